//! What is asked of rival models, as a file.

use serde::Deserialize;
use toml::Spanned;

use super::measurement::AssayKind;
use crate::scenario::units::{Dimension, parse_in};
use crate::scenario::{Diagnostic, ScenarioError};
use crate::trial::question::{QuestionText, finding};

/// What this file is called in messages.
const WHAT: &str = "a comparison of rivals";

/// Patients of each rival: fewer do not show a density, more are held in memory for nothing.
const PATIENTS: std::ops::RangeInclusive<u32> = 40..=20_000;
/// Largest number of patients in whom something is measured.
const MAX_MEASURED: u32 = 500;

/// Rival models, and what could be measured to tell them apart.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RivalQuestion {
    /// Name, of the output folder.
    pub name: String,
    /// What is asked, in a sentence; empty for nothing.
    #[serde(default)]
    pub description: String,
    /// The trial whose patients are treated: a file beside this one, or a trial of the review; without it the usual cohort.
    pub(super) base: Option<Spanned<String>>,
    /// Keys of that trial with other values, for every rival.
    #[serde(default)]
    pub(super) set: Vec<Spanned<String>>,
    /// What the patients are given, as the plan of an arm; without it the trial's first arm.
    pub(super) therapy: Option<Spanned<toml::Table>>,
    /// Patients of each rival who are simulated.
    #[serde(default = "usual_patients")]
    pub(super) patients: Spanned<u32>,
    /// Largest number of patients in whom something is measured.
    #[serde(default = "usual_most")]
    pub(super) most: Spanned<u32>,
    /// Probability with which the right rival is to be named.
    #[serde(default = "usual_power")]
    pub(super) power: Spanned<f64>,
    /// The rivals.
    #[serde(default, rename = "rival")]
    pub(super) rivals: Vec<RivalModel>,
    /// What could be measured.
    #[serde(default, rename = "measurement")]
    pub(super) measurements: Vec<PlannedMeasurement>,
}

fn usual_patients() -> Spanned<u32> {
    Spanned::new(0..0, 200)
}

fn usual_most() -> Spanned<u32> {
    Spanned::new(0..0, 100)
}

fn usual_power() -> Spanned<f64> {
    Spanned::new(0..0, 0.9)
}

/// A rival model: the trial with keys of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RivalModel {
    /// Its name.
    pub(super) name: Spanned<String>,
    /// Its own trial, in place of the file's.
    pub(super) base: Option<Spanned<String>>,
    /// Keys of the trial with other values.
    #[serde(default)]
    pub(super) set: Vec<Spanned<String>>,
}

/// Something that could be measured.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedMeasurement {
    /// Its name.
    pub(super) name: Spanned<String>,
    /// What it is.
    pub(super) kind: AssayKind,
    /// When, from the start of therapy.
    pub(super) at: Spanned<String>,
    /// Locus whose changed cells are counted: of a biopsy and of circulating DNA.
    pub(super) locus: Option<Spanned<String>>,
    /// Cells that are counted, or molecules of the tumour that are read.
    pub(super) count: Option<Spanned<u32>>,
    /// Share of them that are read wrong.
    pub(super) error: Option<Spanned<f64>>,
}

impl PlannedMeasurement {
    /// Its day, if its time is one.
    pub(super) fn day(&self) -> Option<u32> {
        let days = parse_in(self.at.get_ref(), Dimension::Time, "d").ok()?;
        (1.0..=36_500.0).contains(&days).then(|| libm::round(days) as u32)
    }
}

impl RivalQuestion {
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

    /// Whether a text is that of rivals, right or wrong, and not of a scenario.
    pub fn is_one(text: &QuestionText) -> bool {
        (text.has("rival") || text.has("measurement")) && !text.has("time")
    }

    /// What is wrong with it by itself.
    fn faults(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        if self.rivals.len() < 2 {
            let place = self.rivals.first().map_or(0..0, |rival| rival.name.span());
            let help = "add a [[rival]] with a name, and with `set` what it has otherwise";
            found.push(finding(place, "there are fewer than two rivals", "expected another one", help));
        }
        if self.measurements.is_empty() {
            let help = "add a [[measurement]] with `name`, `kind` and `at`";
            found.push(finding(0..0, "nothing is measured", "expected a measurement", help));
        }
        let names = self.rivals.iter().map(|rival| &rival.name);
        found.extend(twice(names).chain(twice(self.measurements.iter().map(|one| &one.name))));
        found.extend(self.measurements.iter().flat_map(PlannedMeasurement::faults));
        let mut number = |ok: bool, span, what: &str, expected: String| {
            if !ok {
                found.push(finding(span, format!("this cannot be `{what}`"), expected, "correct it"));
            }
        };
        let (low, high) = (PATIENTS.start(), PATIENTS.end());
        number(
            PATIENTS.contains(self.patients.get_ref()),
            self.patients.span(),
            "patients",
            format!("expected {low} to {high}"),
        );
        let most = 1..=MAX_MEASURED;
        number(
            most.contains(self.most.get_ref()),
            self.most.span(),
            "most",
            format!("expected 1 to {MAX_MEASURED}"),
        );
        let power = 0.5..=0.999;
        number(
            power.contains(self.power.get_ref()),
            self.power.span(),
            "power",
            "expected 0.5 to 0.999".to_owned(),
        );
        found
    }
}

/// Names that are there already.
fn twice<'a>(names: impl Iterator<Item = &'a Spanned<String>>) -> impl Iterator<Item = Diagnostic> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for name in names {
        if seen.contains(&name.get_ref().as_str()) {
            let message = format!("`{}` is there twice", name.get_ref());
            found.push(finding(name.span(), message, "expected another name", "choose another name"));
        }
        seen.push(name.get_ref());
    }
    found.into_iter()
}

impl PlannedMeasurement {
    fn faults(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        if self.day().is_none() {
            let message = format!("\"{}\" is not a time of a measurement", self.at.get_ref());
            found.push(finding(
                self.at.span(),
                message,
                "expected a time such as \"12 wk\"",
                "give 1 d or more",
            ));
        }
        let counts = self.kind.counts_cells();
        if counts && self.locus.is_none() {
            let message = format!("a {} needs a locus", self.kind.noun());
            let help = "add `locus = \"rtk\"`: the share of cells in which it is changed is measured";
            found.push(finding(self.name.span(), message, "of which locus?", help));
        }
        let own = [
            self.locus.as_ref().map(|one| ("locus", one.span())),
            self.count.as_ref().map(|one| ("count", one.span())),
            self.error.as_ref().map(|one| ("error", one.span())),
        ];
        for (key, span) in own.into_iter().flatten().filter(|_| !counts) {
            let message = format!("a {} has no `{key}`", self.kind.noun());
            found.push(finding(span, message, "this is of a biopsy or of ctDNA", "take it out"));
        }
        if let Some(count) = self.count.as_ref().filter(|n| !(10..=1_000_000).contains(n.get_ref())) {
            found.push(finding(
                count.span(),
                "this is not a number to count",
                "expected 10 to 1000000",
                "correct it",
            ));
        }
        if let Some(error) = self.error.as_ref().filter(|x| !(0.0..=0.4).contains(x.get_ref())) {
            found.push(finding(
                error.span(),
                "this is not a share of errors",
                "expected 0 to 0.4",
                "correct it",
            ));
        }
        found
    }
}
