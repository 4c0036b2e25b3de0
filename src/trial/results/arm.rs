//! What an arm came to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Results, Which};
use crate::therapy::response::Category;
use crate::trial::exact;
use crate::trial::outcome::Outcome;
use crate::trial::run::Plan;
use crate::trial::stats::{KaplanMeier, proportion, quantile};
use crate::trial::visits::Composition;

/// Days within which an event counts as dose-limiting: one cycle of 4 weeks.
const CYCLE: u32 = 28;

/// A median with its 95 % interval, months; absent where the curve does not come down so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Median {
    /// Patients.
    pub patients: usize,
    /// Events.
    pub events: usize,
    /// Patients who were censored because the next line began: not by chance, but by toxicity or a date.
    pub censored_at_switch: usize,
    /// The median.
    pub months: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl Median {
    pub(super) fn of(results: &Results, arm: usize, which: Which) -> Option<Self> {
        let curve = KaplanMeier::new(&results.subjects(arm, which)).ok()?;
        let median = curve.median();
        Some(Self {
            patients: curve.subjects,
            events: curve.events,
            censored_at_switch: results.arms[arm].iter().filter(|o| which.is_censored_at_switch(o)).count(),
            months: median.estimate.ok(),
            low: median.low.ok(),
            high: median.high.ok(),
        })
    }
}

/// A share of patients in percent, with its exact 95 % interval (Clopper and Pearson 1934).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Percent {
    /// Patients who have it.
    pub count: u64,
    /// Patients.
    pub of: u64,
    /// Percent.
    pub percent: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Percent {
    /// Of nobody there is none.
    pub(super) fn of(outcomes: &[Outcome], has: impl Fn(&Outcome) -> bool) -> Option<Self> {
        let count = outcomes.iter().filter(|o| has(o)).count() as u64;
        let p = proportion(count, outcomes.len() as u64).ok()?;
        let percent = |x: f64| 100.0 * x;
        Some(Self {
            count,
            of: p.total,
            percent: percent(p.estimate),
            low: percent(p.interval.low),
            high: percent(p.interval.high),
        })
    }
}

/// Mean composition of an arm's tumours on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Resistance {
    /// Day.
    pub day: u32,
    /// Patients who were still followed.
    pub patients: u32,
    /// Mean share of live cells without a change, percent.
    #[serde(with = "exact")]
    pub sensitive: f64,
    /// Mean share with each locus changed, percent.
    #[serde(with = "exact::list")]
    pub changed: Vec<f64>,
    /// Geometric mean of the volume relative to the start.
    #[serde(with = "exact")]
    pub volume: f64,
}

/// Adds a patient to the means.
pub(super) fn compose(means: &mut Vec<Resistance>, of_patient: &[Composition]) {
    for (at, now) in of_patient.iter().enumerate() {
        if means.len() <= at {
            means.push(Resistance {
                day: now.day,
                changed: vec![0.0; now.changed.len()],
                volume: 1.0,
                ..Resistance::default()
            });
        }
        let mean = &mut means[at];
        mean.patients += 1;
        let weight = 1.0 / f64::from(mean.patients);
        let join = |mean: &mut f64, new: f64| *mean += (new - *mean) * weight;
        join(&mut mean.sensitive, 100.0 * now.sensitive);
        mean.changed.iter_mut().zip(&now.changed).for_each(|(mean, new)| join(mean, 100.0 * new));
        let log = libm::log(mean.volume);
        mean.volume = libm::exp(log + (libm::log(now.volume) - log) * weight);
    }
}

/// What an arm came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmSummary {
    /// Name.
    pub arm: String,
    /// Patients who finished.
    pub patients: usize,
    /// Median times by their words.
    pub medians: BTreeMap<&'static str, Median>,
    /// Complete or partial responses.
    pub response_rate: Option<Percent>,
    /// Responses and stable disease.
    pub disease_control: Option<Percent>,
    /// Any shrinkage.
    pub any_shrinkage: Option<Percent>,
    /// Progression as best response.
    pub progressive_disease: Option<Percent>,
    /// Progression or death by the first scan.
    pub first_scan_progression: Option<Percent>,
    /// An adverse event of grade 3 or 4, of any cause.
    pub grade_3_or_4: Option<Percent>,
    /// A dose-limiting event within 4 weeks.
    pub dose_limiting: Option<Percent>,
    /// A drug stopped for adverse events of drugs.
    pub discontinuation: Option<Percent>,
    /// A dose held, reduced or stopped for adverse events of drugs.
    pub dose_change: Option<Percent>,
    /// Median days on the first line.
    pub days_on_treatment: Option<f64>,
    /// Mean relative dose intensity by drug, percent.
    pub dose_intensity: Vec<(String, f64)>,
    /// Patients by what dominated at progression of the first line.
    pub dominant: BTreeMap<String, u32>,
    /// Chromogranin A 30 % lower after 4 weeks.
    pub early_cga: Option<Percent>,
    /// Neuron-specific enolase 30 % lower after 4 weeks.
    pub early_nse: Option<Percent>,
    /// Patients who began the second line.
    pub began_second_line: usize,
    /// Largest share of division attempts without a free site in any patient, percent.
    pub most_blocked: f64,
    /// Patients with a lesion that was thinned.
    pub thinned: usize,
}

impl ArmSummary {
    pub(super) fn new(plan: &Plan, arm: usize, outcomes: &[Outcome], results: &Results) -> Self {
        let percent = |has: &dyn Fn(&Outcome) -> bool| Percent::of(outcomes, has);
        let medians = Which::ALL.into_iter().filter_map(|w| Some((w.word(), Median::of(results, arm, w)?)));
        let days: Vec<f64> = outcomes.iter().map(|o| f64::from(o.on_treatment)).collect();
        Self {
            arm: plan.arms()[arm].name.clone(),
            patients: outcomes.len(),
            medians: medians.collect(),
            response_rate: percent(&Outcome::responded),
            disease_control: percent(&Outcome::controlled),
            any_shrinkage: percent(&Outcome::shrank),
            progressive_disease: percent(&|o| o.best == Some(Category::Progression)),
            first_scan_progression: percent(&|o| o.progressed_at_first_scan),
            grade_3_or_4: percent(&|o| o.severe),
            dose_limiting: percent(&|o| o.dose_limiting.is_some_and(|day| day < CYCLE)),
            discontinuation: percent(&|o| o.discontinued),
            dose_change: percent(&|o| o.dose_changed),
            days_on_treatment: quantile(&days, 0.5).ok(),
            dose_intensity: intensities(plan, arm, outcomes),
            dominant: dominant(plan, outcomes),
            early_cga: percent(&Outcome::early_cga),
            early_nse: percent(&Outcome::early_nse),
            began_second_line: outcomes.iter().filter(|o| o.second_line.is_some()).count(),
            most_blocked: 100.0 * outcomes.iter().map(|o| o.blocked).fold(0.0, f64::max),
            thinned: outcomes.iter().filter(|o| o.thinned > 0).count(),
        }
    }
}

/// Mean relative dose intensity of each drug over the patients who had it.
fn intensities(plan: &Plan, arm: usize, outcomes: &[Outcome]) -> Vec<(String, f64)> {
    let drugs = plan.arms()[arm].therapy.drugs();
    let of = |(number, name): (usize, &&str)| {
        let all: Vec<f64> =
            outcomes.iter().filter_map(|o| o.intensities.get(number).copied().flatten()).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        (!all.is_empty()).then(|| ((*name).to_owned(), 100.0 * mean))
    };
    drugs.iter().enumerate().filter_map(of).collect()
}

/// Patients who progressed, by the locus that had grown most.
fn dominant(plan: &Plan, outcomes: &[Outcome]) -> BTreeMap<String, u32> {
    let loci = plan.loci();
    let mut all = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| o.at_progression.is_some()) {
        let name = outcome.dominant.map_or("none", |locus| loci[locus]);
        *all.entry(name.to_owned()).or_insert(0) += 1;
    }
    all
}
