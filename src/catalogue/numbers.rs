//! All numbers of a drug with their places and units, for cards, tables and checks.

use super::{Confidence, Drug, Number};
use crate::scenario::declare::{Place, Section};

/// A number of a drug.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberEntry<'a> {
    /// Where it stands, as in a file: `pk.clearance`, `target[1].ec50`.
    pub path: String,
    /// What it belongs to, in words: `pharmacokinetics, exchange`, `target rtk, sum, unbound`.
    pub place: String,
    /// Its name there: `clearance`.
    pub name: &'static str,
    /// The number.
    pub number: &'a Number,
    /// Unit in which it is kept; empty for a plain number.
    pub unit: &'static str,
}

impl Drug {
    /// All its numbers, in the order of a file.
    pub fn numbers(&self) -> Vec<NumberEntry<'_>> {
        let mut all = Vec::new();
        Section::numbers(self, &Place::default(), &mut |place, key, number| {
            let path = format!("{}{}", place.path, key.name);
            all.push(NumberEntry {
                path,
                place: place.words.clone(),
                name: key.name,
                number,
                unit: key.unit(),
            });
        });
        all
    }

    /// How sure its weakest number is; defaults of the file format do not count.
    pub fn weakest(&self) -> Confidence {
        let own = self.numbers().into_iter().filter(|e| !e.number.is_default());
        own.map(|e| e.number.confidence).max().unwrap_or(Confidence::A)
    }

    /// The letter of the weakest number, and how many numbers have which letter: `C (41 A, 5 B, 15 C)`.
    pub fn sureness(&self) -> String {
        let numbers = self.numbers();
        let of = |letter: Confidence| {
            numbers.iter().filter(|e| !e.number.is_default() && e.number.confidence == letter).count()
        };
        let counted = Confidence::ALL.iter().map(|letter| (of(*letter), letter.word()));
        let counts: Vec<String> =
            counted.filter(|(n, _)| *n > 0).map(|(n, letter)| format!("{n} {letter}")).collect();
        format!("{} ({})", self.weakest().word(), counts.join(", "))
    }

    /// Nodes, hormones, vessels, and how it kills, in words: `rtk, vessels`.
    pub fn acts_on(&self) -> String {
        let mut parts: Vec<&str> = self.targets.iter().map(|t| t.node.word()).collect();
        parts.extend(self.hormones.iter().map(|h| h.hormone.word()));
        parts.extend(self.vascular.iter().map(|_| "vessels"));
        parts.extend(self.kills.iter().map(|k| k.kind.word()));
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }
}
