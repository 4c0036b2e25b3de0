//! The phenotype of mode `rates`.

use serde::Serialize;

use super::locus::Selector;
use crate::scenario::declare::*;

/// Rates of a cell, per day unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CellRates {
    /// Division attempts per day.
    pub birth: f64,
    /// Deaths per day.
    pub death: f64,
    /// Migrations per day.
    pub migration: f64,
    /// Probability of being killed at a division attempt.
    pub kill_at_division: f64,
}

/// Replaces rates of the selected states, while all of the named drugs are on.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "rates.rule", heading = "[[rates.rule]]", given = judge_rule)]
pub struct RateRule {
    /// Which states.
    #[key(default = "any", example = "rtk>=1")]
    pub states: Selector,
    /// Drugs that must all be on; none means always.
    #[key(names(Word), default = [], example = ["rapalog"])]
    pub drugs: Vec<String>,
    /// New birth rate.
    #[key(quantity(Rate), absent = "unchanged", example = "0.02 /d")]
    pub birth: Option<f64>,
    /// New death rate.
    #[key(quantity(Rate), absent = "unchanged", example = "0.02 /d")]
    pub death: Option<f64>,
    /// New migration rate.
    #[key(quantity(Rate), absent = "unchanged", example = "0.02 /d")]
    pub migration: Option<f64>,
    /// New kill probability.
    #[key(FRACTION, absent = "unchanged", example = 0.1)]
    pub kill_at_division: Option<f64>,
}

/// What a drug does to the selected states while it is on. Effects apply in file order: the death rate is
/// multiplied by `death_factor`, then `death_add` is added; kill probabilities a and b become 1-(1-a)(1-b).
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "rates.effect", heading = "[[rates.effect]]", given = judge_effect)]
pub struct Effect {
    /// Name of the drug.
    #[key(name(Word), required, example = "rapalog")]
    pub drug: String,
    /// Which states.
    #[key(default = "any", example = "sensitive")]
    pub states: Selector,
    /// Factor on the birth rate.
    #[key(FACTOR, default = 1.0, example = 0.3)]
    pub birth_factor: f64,
    /// Factor on the death rate.
    #[key(FACTOR, default = 1.0, example = 1.2)]
    pub death_factor: f64,
    /// Added to the death rate.
    #[key(quantity(Rate), default = "0 /d", example = "0.0008 /d")]
    pub death_add: f64,
    /// Factor on the migration rate.
    #[key(FACTOR, default = 1.0, example = 0.5)]
    pub migration_factor: f64,
    /// Probability that a division attempt kills the mother instead.
    #[key(FRACTION, default = 0.0, example = 0.1)]
    pub kill_at_division: f64,
}

/// The phenotype of mode `rates`.
///
/// For a state and a set of drugs that are on: start from `base`, apply every matching rule in
/// file order, multiply birth by the locus levels' birth factors, then apply the effects of
/// every drug that is on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rates {
    /// Rates of the sensitive cell without drugs.
    pub base: CellRates,
    /// Rate per day at which dead cells are cleared; `None` means that the dead vanish at once.
    pub clearance: Option<f64>,
    /// Overrides, in file order.
    pub rules: Vec<RateRule>,
    /// Drug effects, in file order.
    pub effects: Vec<Effect>,
}

/// A rule sets something, by drugs that there are.
fn judge_rule(reader: &Reader<'_>) {
    let changes = ["birth", "death", "migration", "kill_at_division"];
    if !changes.iter().any(|key| reader.has(key)) {
        reader.refuse(
            "",
            "a rule without rates",
            "expected at least one of `birth`, `death`, `migration`, `kill_at_division`",
            "add the rate that the rule sets, or remove the rule",
        );
    }
    let drugs = reader.peek::<Plain, Vec<At<String>>>("drugs").unwrap_or_default();
    drugs.iter().for_each(|drug| reader.cx.known_drug(drug));
}

/// An effect is of a drug that there is.
fn judge_effect(reader: &Reader<'_>) {
    if let Some(drug) = reader.peek::<Plain, String>("drug") {
        reader.cx.known_drug(&At::new(drug, reader.place("drug")));
    }
}
