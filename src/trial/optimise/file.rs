//! What a search is asked, as a file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::scenario::units::{Dimension, parse_in};
use crate::scenario::{Diagnostic, Scenario, ScenarioError, Span};
use crate::trial::question::{QuestionText, finding};
use crate::trial::results::Endpoint;

/// What this file is called in messages.
const WHAT: &str = "a search";

/// Fewest patients of a search: with fewer an interval tells of these patients alone.
pub(super) const MIN: u32 = 20;
/// Most patients: all that is known of them is held in memory.
const MAX: u32 = 20_000;

/// A search for strategies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrategySearch {
    /// Name, of the output folder.
    pub name: String,
    /// What is searched for, in a sentence; empty for nothing.
    #[serde(default)]
    pub description: String,
    /// The trial whose patients are treated: a file beside this one, or a trial of the review; without it the usual cohort.
    pub(super) base: Option<Spanned<String>>,
    /// Keys of that trial with other values.
    #[serde(default)]
    pub(super) set: Vec<Spanned<String>>,
    /// Patients of the last round; as many as in the trial's cohort if absent.
    pub(super) patients: Option<Spanned<u32>>,
    /// What is gained.
    #[serde(default)]
    pub benefit: Benefit,
    /// What is not allowed.
    #[serde(default = "nowhere")]
    pub(super) bound: Spanned<PriceBound>,
    /// Differences that nobody would act on.
    #[serde(default = "nowhere")]
    pub(super) indifference: Spanned<Indifference>,
    /// Values by the name that stands for them in the strategies.
    #[serde(default)]
    pub(super) space: BTreeMap<Spanned<String>, Spanned<Vec<Spanned<toml::Value>>>>,
    /// Strategies: arms in which `{name}` stands for a value of the space.
    #[serde(default, rename = "strategy")]
    pub(super) strategies: Vec<StrategyTemplate>,
}

/// What a section is that is left out.
fn nowhere<T: Default>() -> Spanned<T> {
    Spanned::new(0..0, T::default())
}

/// A strategy in which some words stand for values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrategyTemplate {
    /// Its name.
    pub(super) name: Spanned<String>,
    /// Its plan, as that of an arm.
    pub(super) therapy: toml::Table,
}

/// What a strategy gains: restricted means to the trial's horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Benefit {
    /// Time to failure of strategy.
    #[default]
    Tfs,
    /// Time to 1.2 times the sum of diameters of day 0, or death.
    TimeToGrowth,
}

impl Benefit {
    /// As an end point.
    pub fn endpoint(self) -> Endpoint {
        match self {
            Self::Tfs => Endpoint::Tfs,
            Self::TimeToGrowth => Endpoint::TimeToGrowth,
        }
    }
}

/// What is not allowed: means over patients.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceBound {
    /// Most days with an adverse event of a drug of grade 3 or 4, to the horizon.
    pub severe_days: Option<f64>,
    /// Largest share of patients with a dose-limiting event.
    pub dose_limiting: Option<f64>,
    /// Time in which those events count.
    #[serde(default = "cycle")]
    pub within: String,
}

fn cycle() -> String {
    "28 d".to_owned()
}

impl PriceBound {
    /// Day up to which dose-limiting events count.
    pub(super) fn day(&self) -> Option<u32> {
        let text = if self.within.is_empty() { cycle() } else { self.within.clone() };
        let days = parse_in(&text, Dimension::Time, "d").ok()?;
        (1.0..=3650.0).contains(&days).then(|| libm::round(days) as u32)
    }

    /// In words; none without a bound.
    pub fn words(&self) -> Option<String> {
        let days = self.severe_days.map(|most| format!("at most {most} days of drug toxicity of grade 3-4"));
        let share = self.dose_limiting.map(|most| {
            format!(
                "a dose-limiting event within {} d in at most {} % of patients",
                self.day().unwrap_or_default(),
                100.0 * most
            )
        });
        let all: Vec<String> = days.into_iter().chain(share).collect();
        (!all.is_empty()).then(|| all.join(", and "))
    }
}

/// Differences that nobody would act on: with a worse value of no more than that a candidate may still push another one out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Indifference {
    /// Of the benefit, months.
    pub months: f64,
    /// Of the price, days with drug toxicity of grade 3 or 4.
    pub days: f64,
}

/// A choice (C): less than half a scan interval, and less than a week.
impl Default for Indifference {
    fn default() -> Self {
        Self { months: 0.5, days: 5.0 }
    }
}

impl StrategySearch {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Invalid`] at the places of what is wrong.
    pub fn parse(text: &QuestionText) -> Result<Self, ScenarioError> {
        let read: Self = text.read(WHAT)?;
        let found = read.faults();
        if found.is_empty() { Ok(read) } else { Err(text.refused(found)) }
    }

    /// Whether a text is that of a search, right or wrong, and not of a scenario.
    pub fn is_one(text: &QuestionText) -> bool {
        text.has("strategy") && !text.has("time")
    }

    /// Patients of the last round.
    pub(super) fn patients(&self, base: &Scenario) -> u32 {
        let usual = base.trial.as_ref().map_or(0, |trial| trial.cohort.patients);
        self.patients.as_ref().map_or(usual, |n| *n.get_ref())
    }

    /// What is wrong with it by itself.
    fn faults(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        if self.strategies.is_empty() {
            let help = "add a [[strategy]] with a name and a therapy: an arm of a trial, with {name} where a value of [space] comes in";
            found.push(finding(
                0..0,
                "there is nothing to search: no [[strategy]]",
                "expected a strategy",
                help,
            ));
        }
        if let Some(patients) = self.patients.as_ref().filter(|n| !(MIN..=MAX).contains(n.get_ref())) {
            let expected = format!("expected {MIN} to {MAX}");
            let help = "an interval over fewer tells of those patients alone";
            found.push(finding(
                patients.span(),
                "this is not a number of patients of a search",
                expected,
                help,
            ));
        }
        for (name, values) in &self.space {
            if values.get_ref().is_empty() {
                let message = format!("the space of `{}` is empty", name.get_ref());
                let help = "give at least one value, or write it into the strategies";
                found.push(finding(values.span(), message, "expected values", help));
            }
        }
        found.extend(self.doubles());
        found.extend(self.number_faults());
        found
    }

    /// Strategies of one name, and values that are given twice: candidates could not be told apart.
    fn doubles(&self) -> Vec<Diagnostic> {
        let names: Vec<(String, Span)> =
            self.strategies.iter().map(|one| (one.name.get_ref().clone(), one.name.span())).collect();
        let values = self.space.values().map(|values| {
            values
                .get_ref()
                .iter()
                .map(|value| (value.get_ref().to_string(), value.span()))
                .collect::<Vec<_>>()
        });
        let lists = std::iter::once(names).chain(values);
        let of_list = |list: Vec<(String, Span)>| -> Vec<Diagnostic> {
            let twice = |(at, (text, _)): &(usize, &(String, Span))| {
                list[..*at].iter().any(|(other, _)| other == text)
            };
            let found = list.iter().enumerate().filter(twice);
            found
                .map(|(_, (text, span))| {
                    let message = format!("`{}` is there already", text.trim_matches('"'));
                    finding(span.clone(), message, "this one is there twice", "take one of them out")
                })
                .collect()
        };
        lists.flat_map(of_list).collect()
    }

    fn number_faults(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let (bound, alike) = (self.bound.get_ref(), self.indifference.get_ref());
        let mut check = |span: Span, name: &str, value: Option<f64>, high: f64| {
            if let Some(value) = value.filter(|x| !(0.0..=high).contains(x)) {
                let message = format!("`{name}` cannot be {value}");
                found.push(finding(span, message, format!("expected 0 to {high}"), "correct it"));
            }
        };
        check(self.bound.span(), "severe_days", bound.severe_days, 36_500.0);
        check(self.bound.span(), "dose_limiting", bound.dose_limiting, 1.0);
        check(self.indifference.span(), "months", Some(alike.months), 120.0);
        check(self.indifference.span(), "days", Some(alike.days), 3650.0);
        if bound.day().is_none() {
            let message = format!("`within` cannot be \"{}\"", bound.within);
            found.push(finding(
                self.bound.span(),
                message,
                "expected a time such as \"28 d\"",
                "give 1 d to 3650 d",
            ));
        }
        found
    }
}
