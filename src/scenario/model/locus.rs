//! Heritable traits, how they change, and sets of their states.

use serde::Serialize;

use crate::catalogue::{Confidence, Induction, LevelEffect, Number, Suppression};

/// How a locus changes level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// By mutation at division; the rate is a probability per completed division. Founds a clone.
    Mutation,
    /// By switching of a live cell; the rate is per day. Inherited, founds no clone.
    Switching,
}

/// One possible change of a locus from a level to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Level before.
    pub from: u8,
    /// Level after (different from `from`).
    pub to: u8,
    /// Mutation or switching.
    pub kind: ChangeKind,
    /// Rate with no drug on: per completed division, or per day.
    pub rate: f64,
    /// Rates that replace `rate` while the named drug is on (the largest where several are on).
    pub with: Vec<(String, f64)>,
    /// What drugs add to `rate` through the signalling network (mode `signalling`).
    pub induced: Option<Induction>,
    /// What drugs take from the rate through the signalling network (mode `signalling`).
    pub suppressed: Option<Suppression>,
    /// Where the number comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A heritable trait with two to four levels; level 0 is the sensitive one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Locus {
    /// Name as used in selectors, e.g. `rtk`.
    pub name: String,
    /// What it is, in one sentence.
    pub description: String,
    /// Names of the levels, level 0 first.
    pub levels: Vec<String>,
    /// Fitness cost: factor on the birth rate at each level (1 at level 0); mode `rates`.
    pub birth_factor: Vec<f64>,
    /// What the levels do in the signalling network (mode `signalling`).
    pub network: Vec<LevelEffect>,
    /// Possible changes.
    pub changes: Vec<Change>,
}

impl Locus {
    /// All its numbers, each with where it comes from and how sure it is.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, Confidence)> {
        fn of(number: &Number) -> (&str, Confidence) {
            (&number.source, number.confidence)
        }
        let levels = self.network.iter().map(|effect| of(&effect.value));
        let changes = self.changes.iter().flat_map(|change| {
            let induced = change.induced.iter().map(|induced| of(&induced.rate));
            let suppressed = change.suppressed.iter().map(|suppressed| of(&suppressed.share));
            std::iter::once((change.source.as_str(), change.confidence)).chain(induced).chain(suppressed)
        });
        levels.chain(changes)
    }
}

/// A condition on one locus: its level must be in `allowed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// Index into the loci of the scenario.
    pub locus: usize,
    /// Bit `l` is set when level `l` is allowed.
    pub allowed: u8,
}

/// A set of states: all conditions must hold. Empty means every state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Selector {
    /// The text as written.
    pub text: String,
    /// Conditions, all of which must hold.
    pub conditions: Vec<Condition>,
}

impl Selector {
    /// Whether a state with these levels is selected.
    pub fn matches(&self, levels: &[u8]) -> bool {
        self.conditions.iter().all(|c| c.allowed & (1 << levels[c.locus]) != 0)
    }
}
