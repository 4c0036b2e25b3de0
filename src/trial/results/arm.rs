//! What an arm came to.

use std::collections::BTreeMap;

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// What a number of a table is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Months of 365.25/12 days.
    Months,
    /// Days.
    Days,
    /// A fraction of 1.
    Fraction,
    /// A ratio.
    Ratio,
}

/// One for each arm and measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct ArmRow {
    /// Arm.
    pub arm: String,
    /// Medians with 95 % intervals (`months`): `tfs`, `time_to_growth`, `pfs`, `second_line_pfs`, `pfs2`, `os`; and of some of them the
    /// `…_restricted_mean` to the horizon. Of the whole strategy, to the horizon: `severe_days` (`days` with an adverse event of a drug of
    /// grade 3 or 4, the mean over patients), `burden` (`ratio`: sum of diameters relative to day 0, geometric mean over the days alive and
    /// over patients); and `second_drug` (fraction of patients who were given two drugs), `growth_after_leaving` (those whose growth or
    /// death was only seen after they had left, where the tumour is taken to grow untreated). Cumulative incidences in the first line by some
    /// months, with progression and death as competing events (`incidence.csv`): `discontinuation_incidence`, `grade_3_or_4_incidence`,
    /// `dose_limiting_incidence`, `response_incidence`. Crude fractions of patients with exact 95 % intervals: `response_rate`,
    /// `disease_control`, `any_shrinkage`, `progressive_disease`, `first_scan_progression`, `grade_3_or_4`, `dose_limiting_28_days`,
    /// `discontinuation`, `dose_modification`, `early_cga`, `early_nse`. Fractions without an interval: `second_line` (patients who began
    /// it), `dominant_at_progression` (of those who progressed), `resampled` (patients with a lesion that was),
    /// `largest_blocked_fraction` (in any patient). And `on_treatment` (the median, `days`), `dose_intensity` (the mean over patients: given
    /// over planned, until the drug is stopped) and `dose_intensity_to_progression` (where it stays planned until progression).
    pub measure: String,
    /// Drug of a dose intensity; locus, or `sensitive`, of a `dominant_at_progression`; else empty.
    pub of: String,
    /// `months`, `days`, `fraction` or `ratio`.
    pub unit: Unit,
    /// Months up to which it counts: the horizon of a restricted mean, the time of a cumulative incidence.
    pub at_months: Option<f64>,
    /// The value; empty for a median that is not reached.
    pub value: Option<f64>,
    /// Lower end of the interval; empty where there is none, or it is not reached.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Patients whom it is of.
    pub patients: u64,
    /// Those of them with the event.
    pub events: Option<u64>,
    /// Patients who were censored because their drugs were stopped without progression, which is not by chance: under the estimand
    /// `while-on-treatment` alone.
    pub censored_at_switch: Option<usize>,
}

impl ArmRow {
    /// A measure without an interval.
    pub(super) fn new(arm: &str, measure: &str, unit: Unit, value: Option<f64>, patients: u64) -> Self {
        Self {
            arm: arm.to_owned(),
            measure: measure.to_owned(),
            of: String::new(),
            unit,
            at_months: None,
            value,
            low: None,
            high: None,
            patients,
            events: None,
            censored_at_switch: None,
        }
    }
}

/// Whether a patient has what is counted.
type Has<'a> = &'a dyn Fn(&Outcome) -> bool;

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
                ..row(&endpoint.word(), "", Unit::Months, m.months, m.patients as u64)
            })
        };
        let shares: [(&str, Has<'_>); 11] = [
            ("response_rate", &Outcome::responded),
            ("disease_control", &Outcome::controlled),
            ("any_shrinkage", &Outcome::shrank),
            ("progressive_disease", &|o| o.best == Some(Category::Progression)),
            ("first_scan_progression", &|o| o.progressed_at_first_scan),
            ("grade_3_or_4", &|o| o.severe),
            ("dose_limiting_28_days", &|o| o.dose_limiting.is_some_and(|day| day < CYCLE)),
            ("discontinuation", &|o| o.discontinued),
            ("dose_modification", &|o| o.dose_changed),
            ("early_cga", &Outcome::early_cga),
            ("early_nse", &Outcome::early_nse),
        ];
        let share = |(measure, has): (&str, Has<'_>)| {
            let Proportion { count, total, estimate, interval } = self::share(outcomes, has)?;
            let (low, high, events) = (Some(interval.low), Some(interval.high), Some(count));
            Some(ArmRow { low, high, events, ..row(measure, "", Unit::Fraction, Some(estimate), total) })
        };
        let dosed = |(number, drug): (usize, &&str)| {
            let all = outcomes.iter().filter_map(|o| o.intensities.get(number).copied().flatten());
            let all: Vec<f64> = all.collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let dosed = all.len() as u64;
            (dosed > 0).then(|| row("dose_intensity", drug, Unit::Fraction, Some(mean), dosed))
        };
        let count = |measure, of: &str, events: u64, all: u64| {
            let value = (all > 0).then(|| events as f64 / all as f64);
            ArmRow { events: Some(events), ..row(measure, of, Unit::Fraction, value, all) }
        };
        let of_all = |has: fn(&Outcome) -> bool| outcomes.iter().filter(|o| has(o)).count() as u64;
        let dominant = dominant(plan, outcomes);
        let progressed = dominant.values().sum();
        let days: Vec<f64> = outcomes.iter().map(|o| f64::from(o.on_treatment)).collect();
        let blocked = outcomes.iter().map(|o| o.blocked).fold(0.0, f64::max);
        let last = [
            row("on_treatment", "", Unit::Days, quantile(&days, 0.5).ok(), patients),
            count("second_line", "", of_all(|o| o.second_line.is_some()), patients),
            count("resampled", "", of_all(|o| o.thinned > 0), patients),
            row("largest_blocked_fraction", "", Unit::Fraction, Some(blocked), patients),
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
