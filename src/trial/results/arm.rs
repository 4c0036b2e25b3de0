//! What an arm came to.

use std::collections::BTreeMap;

use super::row::{ArmRow, MeasureUnit};
use super::strategy::OfArm;
use super::{Endpoint, Results, subjects};
use crate::therapy::response::Category;
use crate::trial::outcome::Outcome;
use crate::trial::run::Plan;
use crate::trial::stats::{KaplanMeier, Proportion, proportion, quantile};

/// Days within which an event counts as dose-limiting: one cycle of 4 weeks.
const CYCLE: u32 = 28;

/// A median with its 95 % interval, months; absent where the curve does not come down so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Median {
    /// Patients.
    pub patients: usize,
    /// Events.
    pub events: usize,
    /// Patients who were censored because their drugs were stopped: not by chance, but by toxicity or a date.
    pub censored_at_switch: usize,
    /// The median.
    pub months: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl Median {
    pub(super) fn of(outcomes: &[Outcome], endpoint: Endpoint) -> Option<Self> {
        let curve = KaplanMeier::new(&subjects(outcomes, endpoint)).ok()?;
        let median = curve.median();
        Some(Self {
            patients: curve.subjects,
            events: curve.events,
            censored_at_switch: outcomes.iter().filter(|o| endpoint.is_censored_at_stop(o)).count(),
            months: median.estimate.ok(),
            low: median.low.ok(),
            high: median.high.ok(),
        })
    }
}

/// Patients who have something, as a fraction; of nobody there is none.
pub(super) fn share(outcomes: &[Outcome], has: impl Fn(&Outcome) -> bool) -> Option<Proportion> {
    proportion(outcomes.iter().filter(|o| has(o)).count() as u64, outcomes.len() as u64).ok()
}

/// The same among those of whom it can be said.
pub(super) fn share_of_some(
    outcomes: &[Outcome],
    has: impl Fn(&Outcome) -> Option<bool>,
) -> Option<Proportion> {
    let said: Vec<bool> = outcomes.iter().filter_map(has).collect();
    proportion(said.iter().filter(|has| **has).count() as u64, said.len() as u64).ok()
}

/// Whether a patient has what is counted, where that can be said.
type Has<'a> = &'a dyn Fn(&Outcome) -> Option<bool>;

/// What an arm came to.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmSummary {
    /// Name.
    pub arm: String,
    /// Patients who finished.
    pub patients: usize,
    /// All measures, in the order of their list.
    pub rows: Vec<ArmRow>,
}

impl ArmSummary {
    /// Rows of a measure.
    pub fn all<'a>(&'a self, measure: &'a str) -> impl Iterator<Item = &'a ArmRow> {
        self.rows.iter().filter(move |row| row.measure == measure)
    }

    /// A measure that there is one of.
    pub fn one(&self, measure: &str) -> Option<&ArmRow> {
        self.rows.iter().find(|row| row.measure == measure)
    }

    pub(super) fn new(plan: &Plan, arm: usize, outcomes: &[Outcome], results: &Results) -> Self {
        let name = &plan.arms()[arm].name;
        let row = |measure: &str, of: &str, unit, value: Option<f64>, patients| ArmRow {
            of: of.to_owned(),
            ..ArmRow::new(name, measure, unit, value, patients)
        };
        let patients = outcomes.len() as u64;
        let median = |endpoint: Endpoint| {
            let m = Median::of(outcomes, endpoint)?;
            Some(ArmRow {
                low: m.low,
                high: m.high,
                events: Some(m.events as u64),
                censored_at_switch: Some(m.censored_at_switch),
                ..row(&endpoint.word(), "", MeasureUnit::Months, m.months, m.patients as u64)
            })
        };
        let shares: [(&str, Has<'_>); 11] = [
            ("response_rate", &|o| Some(o.responded())),
            ("disease_control", &|o| Some(o.controlled())),
            ("any_shrinkage", &|o| Some(o.shrank())),
            ("progressive_disease", &|o| Some(o.best == Some(Category::Progression))),
            ("first_scan_progression", &|o| Some(o.progressed_at_first_scan)),
            ("grade_3_or_4", &|o| Some(o.severe)),
            ("dose_limiting_28_days", &|o| Some(o.dose_limiting.is_some_and(|day| day < CYCLE))),
            ("discontinuation", &|o| Some(o.discontinued)),
            ("dose_modification", &|o| Some(o.dose_changed)),
            ("early_cga", &Outcome::early_cga),
            ("early_nse", &|o| Some(o.early_nse())),
        ];
        let share = |(measure, has): (&str, Has<'_>)| {
            let Proportion { count, total, estimate, interval } = share_of_some(outcomes, has)?;
            let (low, high, events) = (Some(interval.low), Some(interval.high), Some(count));
            Some(ArmRow {
                low,
                high,
                events,
                ..row(measure, "", MeasureUnit::Fraction, Some(estimate), total)
            })
        };
        let dosed = |(number, drug): (usize, &&str)| {
            let all = outcomes.iter().filter_map(|o| o.intensities.get(number).copied().flatten());
            let all: Vec<f64> = all.collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let dosed = all.len() as u64;
            (dosed > 0).then(|| row("dose_intensity", drug, MeasureUnit::Fraction, Some(mean), dosed))
        };
        let count = |measure, of: &str, events: u64, all: u64| {
            let value = (all > 0).then(|| events as f64 / all as f64);
            ArmRow { events: Some(events), ..row(measure, of, MeasureUnit::Fraction, value, all) }
        };
        let of_all = |has: fn(&Outcome) -> bool| outcomes.iter().filter(|o| has(o)).count() as u64;
        let dominant = dominant(plan, outcomes);
        let progressed = dominant.values().sum();
        let days: Vec<f64> = outcomes.iter().map(|o| f64::from(o.on_treatment)).collect();
        let blocked = outcomes.iter().map(|o| o.blocked).fold(0.0, f64::max);
        let last = [
            row("on_treatment", "", MeasureUnit::Days, quantile(&days, 0.5).ok(), patients),
            count("second_line", "", of_all(|o| o.second_line.is_some()), patients),
            count("resampled", "", of_all(|o| o.thinned > 0), patients),
            row("largest_blocked_fraction", "", MeasureUnit::Fraction, Some(blocked), patients),
        ];
        let strategy = OfArm { plan, results, arm }.rows();
        let times = Endpoint::ALL.into_iter().filter_map(median).chain(strategy);
        let rows = times.chain(shares.into_iter().filter_map(share));
        let drugs = plan.arms()[arm].therapy.drugs();
        let rows = rows.chain(drugs.iter().enumerate().filter_map(dosed));
        let dominant = dominant.iter().map(|(of, n)| count("dominant_at_progression", of, *n, progressed));
        let rows = rows.chain(dominant).chain(last).collect();
        Self { arm: name.clone(), patients: outcomes.len(), rows }
    }
}

/// Patients who progressed, by the locus that had grown most.
fn dominant<'a>(plan: &'a Plan, outcomes: &[Outcome]) -> BTreeMap<&'a str, u64> {
    let loci = plan.loci();
    let mut all = BTreeMap::new();
    for outcome in outcomes.iter().filter(|o| o.at_progression.is_some()) {
        *all.entry(outcome.dominant.map_or("sensitive", |locus| loci[locus])).or_insert(0) += 1;
    }
    all
}
