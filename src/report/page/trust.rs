//! Limitations: how sure the numbers are, and what is known to be weak.

use std::collections::BTreeMap;

use super::{Block, Fold, PageTable, percent};
use crate::biology::patient::PatientParameter;
use crate::biology::signalling::Parameters;
use crate::catalogue::Confidence;
use crate::scenario::{Mode, Scenario};
use crate::simulation::naming::fixed;

/// The description of the model, from which the weak points are told.
const MODEL: &str = include_str!("../../../docs/model.md");

/// How sure some numbers are.
struct Letters {
    what: &'static str,
    all: Vec<Confidence>,
}

/// Numbers that scenarios use, by what they belong to; each locus and drug once.
fn letters(scenarios: &[&Scenario]) -> Vec<Letters> {
    let mut loci = BTreeMap::new();
    let mut drugs = BTreeMap::new();
    for scenario in scenarios {
        for locus in &scenario.loci {
            let own = locus.changes.iter().map(|c| c.confidence).collect::<Vec<_>>();
            loci.entry(locus.name.as_str()).or_insert(own);
        }
        for drug in &scenario.catalogue {
            let own = drug.numbers().into_iter().map(|e| e.number.confidence).collect::<Vec<_>>();
            drugs.entry(drug.name.as_str()).or_insert(own);
        }
    }
    let together = |of: BTreeMap<&str, Vec<Confidence>>| of.into_values().flatten().collect();
    let mut all = vec![
        Letters { what: "changes of loci", all: together(loci) },
        Letters { what: "drugs", all: together(drugs) },
    ];
    if scenarios.iter().any(|s| !matches!(s.mode, Mode::Rates)) {
        let network = Parameters::TABLE.iter().map(|c| c.confidence).collect();
        let patients = PatientParameter::ALL.map(PatientParameter::confidence).to_vec();
        all.push(Letters { what: "the signalling network", all: network });
        all.push(Letters { what: "the patient and how patients differ", all: patients });
    }
    all.retain(|l| !l.all.is_empty());
    all
}

/// A table of the confidence letters of a scenario.
pub fn confidence(scenario: &Scenario) -> Vec<Block> {
    confidence_of(&[scenario])
}

/// A table of the confidence letters of all numbers that any of several scenarios uses.
pub fn confidence_of(scenarios: &[&Scenario]) -> Vec<Block> {
    let letters = letters(scenarios);
    let mut table = PageTable::new(
        "Confidence of the numbers that were used",
        &["numbers of", "#A", "#B", "#C", "#share of C"],
    );
    let count = |l: &Letters, which| l.all.iter().filter(|c| **c == which).count();
    for l in &letters {
        let [a, b, c] = [Confidence::A, Confidence::B, Confidence::C].map(|which| count(l, which));
        let share = percent(c as u64, l.all.len() as u64, 0);
        table.row([l.what.to_owned(), a.to_string(), b.to_string(), c.to_string(), share]);
    }
    let mut out = Vec::new();
    if !table.rows.is_empty() {
        out.push(Block::Table(table));
    }
    out.push(Block::Text(
        "A: measured in humans, directly. B: one good study, or a re-derivation from one. C: an order of magnitude, or a choice of the \
         model. A result is no surer than the numbers that it rests on."
            .to_owned(),
    ));
    if scenarios.iter().any(|s| matches!(s.mode, Mode::Rates)) {
        let words = "Birth, death and the effects of drugs are given by the scenario itself (mode `rates`). They carry no letter; the file says \
                     whether they are measured or illustrative.";
        out.push(Block::Text(words.replace('`', "")));
    }
    out
}

/// What was done to mutation.
pub fn amplification(factor: f64) -> Block {
    if factor == 1.0 {
        Block::Text(
            "Mutation rates per division are those that the scenario gives, not amplified.".to_owned(),
        )
    } else {
        Block::Note(format!(
            "Mutation rates were multiplied by {factor}, to make up for a piece of tissue that is smaller than a tumour. Times to \
             resistance by mutation, and numbers of clones, depend on this factor."
        ))
    }
}

/// Whether space decided.
pub fn blocked(percent: f64, of: &str) -> Block {
    let few = 0.0 < percent && percent < 0.005;
    let share =
        if few { "Less than 0.01".to_owned() } else { fixed(percent, if percent == 0.0 { 0 } else { 2 }) };
    let words = format!("{share} % of division attempts{of} found no empty site");
    if percent > 1.0 {
        Block::Note(format!(
            "{words}: above 1 % the lattice, and not rates alone, decided how fast the tumour grew."
        ))
    } else {
        Block::Text(format!("{words}; up to 1 % space has next to no part in growth."))
    }
}

/// Weak points of the model as its description lists them, folded away.
pub fn weak_points(scenario: &Scenario) -> Vec<Block> {
    let mut sections = vec![("### 9.1", "Limits and departures: tissue")];
    if !matches!(scenario.mode, Mode::Rates) {
        sections.insert(0, ("### 9.2", "Weak points of mode signalling"));
        sections.push(("### 9.3", "What is known to fail"));
    }
    let fold = |(head, title): (&str, &str)| {
        Block::Fold(Fold { title: title.to_owned(), text: String::new(), items: bullets(head) })
    };
    sections.into_iter().map(fold).collect()
}

/// Items of a section of the model's description: the words in bold, and the rest.
fn bullets(head: &str) -> Vec<(String, String)> {
    let after = MODEL.split_once(&format!("\n{head}")).map_or("", |(_, rest)| rest);
    let section = after.split("\n### ").next().unwrap_or("").split("\n## ").next().unwrap_or("");
    let plain = |text: &str| text.replace(['`', '*'], "");
    // An item below another one goes on with it.
    let section = section.replace("\n  - ", " – ");
    section
        .lines()
        .filter_map(|line| line.strip_prefix("- "))
        .map(|item| match item.strip_prefix("**").and_then(|rest| rest.split_once("**")) {
            Some((bold, rest)) => {
                // What follows a colon or full stop outside of the bold words begins there.
                let (sign, rest) = match rest.chars().next() {
                    Some(c @ (':' | '.' | ',')) => (c.to_string(), &rest[1..]),
                    _ => (String::new(), rest),
                };
                (plain(bold) + &sign, plain(rest.trim_start()))
            }
            None => (String::new(), plain(item)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_points_are_those_of_the_description() {
        for (head, least) in [("### 9.1", 8), ("### 9.2", 8), ("### 9.3", 5)] {
            let found = bullets(head);
            assert!(found.len() >= least, "{head}: {}", found.len());
            assert!(
                found.iter().all(|(a, b)| !a.contains('*') && !b.contains('`') && !b.is_empty()),
                "{head}"
            );
        }
        assert_eq!(bullets("### 9.2")[0].0, "Most numbers are C.");
        // An item that ended in "this costs" was shown without what it costs.
        assert!(
            bullets("### 9.1").iter().any(|(_, text)| text.contains("this costs – crowded growth, where"))
        );
    }

    // The overview once showed the letters of its first trial as those of all.
    #[test]
    fn letters_of_several_scenarios_are_those_of_all_their_drugs() {
        let of =
            |name| crate::trial::review::parse(crate::trial::review::find(name).unwrap()).unwrap().scenario;
        let drugs = |scenarios: &[&Scenario]| letters(scenarios)[1].all.len();
        let (a, b) = (of("radiant-3"), of("sun-1111"));
        assert_eq!(drugs(&[&a, &a]), drugs(&[&a]));
        assert!(drugs(&[&a, &b]) > drugs(&[&a]).max(drugs(&[&b])));
    }
}
