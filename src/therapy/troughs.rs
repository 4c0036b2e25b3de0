//! Therapeutic drug monitoring: what of a trough is measured, and which dose follows from it.
//!
//! A trough m that was measured under a dose s (as a share of the planned one) foretells m·s'/s under the dose s'. Outside its bounds
//! the dose goes to the level that is foretold within them, or else nearest to them, by the logarithm from the middle of the target; a
//! low trough never lowers a dose, and a high one never raises it.

use serde::Serialize;

use super::pk::DayExposure;
use super::regimen::ROUNDING;
use crate::scenario::{DrugMonitoring, TroughAnalyte};
use crate::tissue::random::{StreamKey, box_muller, log_normal};

/// Marks the counters of measured troughs. Part of the frozen counter.
const TROUGH: u32 = 0x746d_0001;

/// What is decided on a trough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TroughDecision {
    /// It is within its bounds: the dose stays.
    InRange,
    /// The dose is raised.
    Raised,
    /// The dose is lowered.
    Lowered,
    /// No level brings it nearer: the dose stays.
    NoBetterLevel,
    /// A higher dose is wanted, and forbidden since adverse events have reduced it.
    HeldDown,
    /// The drug is held, paused, stopped or no longer given: nothing follows.
    NotGiven,
}

/// A trough that was measured and has not been acted on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TroughSample {
    /// Day on which it is acted on.
    pub due: u32,
    /// What was measured, ng/mL.
    pub measured: f64,
    /// Dose under which it was measured, as a share of the planned one.
    pub share: f64,
}

/// When a drug's trough was measured, and will be.
#[derive(Debug, Clone, Default)]
pub(super) struct TroughWatch {
    /// First day of doses that have not changed or been interrupted since, and what they are.
    since: Option<u32>,
    dose: (usize, Option<usize>),
    /// Last sample of these doses.
    sampled: Option<u32>,
    /// The sample that waits for its result.
    pub waiting: Option<TroughSample>,
}

impl TroughWatch {
    /// Whether a sample is due on the morning of a day.
    pub fn is_due(&self, day: u32, rule: &DrugMonitoring) -> bool {
        let steady = self.since.is_some_and(|since| day - since >= rule.after);
        let again = |last: u32| rule.every.is_some_and(|every| day - last >= every);
        steady && self.waiting.is_none() && self.sampled.is_none_or(again)
    }

    /// Takes a sample on the morning of a day.
    pub fn take(&mut self, day: u32, rule: &DrugMonitoring, measured: f64, share: f64) -> TroughSample {
        self.sampled = Some(day);
        let sample = TroughSample { due: day.saturating_add(rule.turnaround), measured, share };
        self.waiting = Some(sample);
        sample
    }

    /// Takes a day: whether the drug was given or still counts as given, and at which step and level.
    pub fn pass(&mut self, day: u32, given: bool, dose: (usize, Option<usize>)) {
        if !given {
            self.since = None;
        } else if self.since.is_none() || self.dose != dose {
            (self.since, self.sampled, self.dose) = (Some(day), None, dose);
        }
    }
}

/// A trough as it is measured on a day: with a log-normal error of median 1, keyed by patient, drug and day.
pub(super) fn measured(key: StreamKey, drug: u32, day: u32, cv: f64, trough: f64) -> f64 {
    trough * log_normal(cv, box_muller(key.block([drug, day, TROUGH]).open()))
}

/// What is measured of the exposure of the day before.
pub(super) fn trough(exposure: &DayExposure, analyte: TroughAnalyte) -> f64 {
    let metabolite = exposure.metabolite.map_or(0.0, |m| m.trough);
    match analyte {
        TroughAnalyte::Parent => exposure.parent.trough,
        TroughAnalyte::Total => exposure.parent.trough + metabolite,
    }
}

/// The doses between which a trough decides, as shares of the planned one.
#[derive(Debug, Clone, Copy)]
pub(super) struct DoseChoice<'a> {
    /// Levels.
    pub levels: &'a [f64],
    /// The dose that is given.
    pub current: f64,
    /// The largest that may be given.
    pub largest: f64,
}

/// The level to which a trough moves the dose, and why; no level where the dose stays.
pub(super) fn choose(
    rule: &DrugMonitoring,
    sample: &TroughSample,
    doses: &DoseChoice<'_>,
) -> (Option<usize>, TroughDecision) {
    if rule.contains(sample.measured) {
        return (None, TroughDecision::InRange);
    }
    let low = sample.measured < rule.lower;
    let best = |largest: f64| nearest(rule, sample, &DoseChoice { largest, ..*doses });
    match best(doses.largest) {
        Some(level) if low => (Some(level), TroughDecision::Raised),
        Some(level) => (Some(level), TroughDecision::Lowered),
        None if best(f64::INFINITY).is_some() => (None, TroughDecision::HeldDown),
        None => (None, TroughDecision::NoBetterLevel),
    }
}

/// The level that brings a trough nearest to its target; `None` where none is nearer than the dose that is given.
fn nearest(rule: &DrugMonitoring, sample: &TroughSample, doses: &DoseChoice<'_>) -> Option<usize> {
    let low = sample.measured < rule.lower;
    let turns = |share: f64| {
        if low { share > doses.current * (1.0 + ROUNDING) } else { share < doses.current * (1.0 - ROUNDING) }
    };
    let foretold = |share: f64| {
        let trough = sample.measured * share / sample.share;
        (!rule.contains(trough), libm::fabs(libm::log(trough / rule.target())))
    };
    let mut best = (foretold(doses.current), None);
    for (level, share) in doses.levels.iter().enumerate() {
        let score = foretold(*share);
        if turns(*share) && *share <= doses.largest * (1.0 + ROUNDING) && score < best.0 {
            best = (score, Some(level));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(upper: Option<f64>) -> DrugMonitoring {
        DrugMonitoring {
            drug: "everolimus".into(),
            lower: 10.0,
            upper,
            analyte: TroughAnalyte::Parent,
            levels: Vec::new(),
            after: 14,
            every: Some(84),
            turnaround: 7,
            cv: Some(0.1),
            raise_after_toxicity: false,
        }
    }

    /// 15, 12.5, 10, 7.5, 5 and 2.5 mg of a planned 10.
    const LEVELS: [f64; 6] = [1.5, 1.25, 1.0, 0.75, 0.5, 0.25];

    fn decided(
        upper: Option<f64>,
        measured: f64,
        share: f64,
        current: f64,
        largest: f64,
    ) -> (Option<f64>, TroughDecision) {
        let sample = TroughSample { due: 0, measured, share };
        let doses = DoseChoice { levels: &LEVELS, current, largest };
        let (level, decision) = choose(&rule(upper), &sample, &doses);
        (level.map(|level| LEVELS[level]), decision)
    }

    // The middle of 10 to 15 is 12.25. 8 at 10 mg foretells 10 at 12.5 mg and 12 at 15 mg; 20 foretells 15 at 7.5 mg and 10 at 5 mg, of
    // which 15 is ln(15/12.25) = 0.2027 and 10 is 0.2027 away: equally far but for rounding; 21 foretells 10.5 at 5 mg alone within.
    #[test]
    fn the_dose_goes_in_proportion_to_the_level_nearest_to_the_middle_of_the_target() {
        let of = |measured| decided(Some(15.0), measured, 1.0, 1.0, f64::INFINITY);
        assert_eq!(of(8.0), (Some(1.5), TroughDecision::Raised));
        assert_eq!(of(9.9), (Some(1.25), TroughDecision::Raised));
        assert_eq!(of(21.0), (Some(0.5), TroughDecision::Lowered));
        assert_eq!(of(17.0), (Some(0.75), TroughDecision::Lowered));
        // Beyond what any level reaches: the nearest one.
        assert_eq!(of(1.0), (Some(1.5), TroughDecision::Raised));
        assert_eq!(of(200.0), (Some(0.25), TroughDecision::Lowered));
        for inside in [10.0, 12.0, 15.0] {
            assert_eq!(of(inside), (None, TroughDecision::InRange));
        }
    }

    // The sample was taken under 15 mg, of which 10 mg are left by now: 6 at 15 mg are 4 at 10 mg.
    #[test]
    fn a_trough_belongs_to_the_dose_under_which_it_was_measured() {
        assert_eq!(decided(Some(15.0), 18.0, 1.5, 1.5, f64::INFINITY), (Some(1.0), TroughDecision::Lowered));
        assert_eq!(decided(Some(15.0), 18.0, 1.5, 1.0, f64::INFINITY), (None, TroughDecision::NoBetterLevel));
        assert_eq!(decided(Some(15.0), 6.0, 1.5, 1.5, f64::INFINITY), (None, TroughDecision::NoBetterLevel));
    }

    #[test]
    fn without_an_upper_bound_the_smallest_dose_that_suffices_is_taken_and_none_is_lowered() {
        assert_eq!(decided(None, 8.5, 1.0, 1.0, f64::INFINITY), (Some(1.25), TroughDecision::Raised));
        assert_eq!(decided(None, 500.0, 1.0, 1.0, f64::INFINITY), (None, TroughDecision::InRange));
    }

    #[test]
    fn what_adverse_events_hold_down_no_trough_raises() {
        assert_eq!(decided(Some(15.0), 5.0, 0.5, 0.5, 0.5), (None, TroughDecision::HeldDown));
        // It may still be lowered.
        assert_eq!(decided(Some(15.0), 25.0, 0.5, 0.5, 0.5), (Some(0.25), TroughDecision::Lowered));
    }

    #[test]
    fn samples_wait_for_a_steady_state_and_for_results() {
        let rule = rule(Some(15.0));
        let mut watch = TroughWatch::default();
        (0..14).for_each(|day| {
            assert!(!watch.is_due(day, &rule));
            watch.pass(day, true, (0, None));
        });
        assert!(watch.is_due(14, &rule));
        assert_eq!(watch.take(14, &rule, 8.0, 1.0).due, 21);
        assert!(!watch.is_due(98, &rule), "a result is awaited");
        watch.waiting = None;
        assert!(!watch.is_due(97, &rule) && watch.is_due(98, &rule), "84 days later");
        watch.pass(15, true, (0, Some(1)));
        assert!(!watch.is_due(28, &rule) && watch.is_due(29, &rule), "another dose");
        watch.pass(29, false, (0, Some(1)));
        assert!(!watch.is_due(60, &rule), "interrupted");
    }

    // Frozen: published runs depend on the key. Median 1 and the coefficient of variation that was asked for, within five standard errors.
    #[test]
    fn measurements_err_as_they_are_said_to() {
        let n = 20_000_u32;
        let error = |patient| libm::log(measured(StreamKey { seed: 3, patient }, 7, 14, 0.2, 10.0) / 10.0);
        let errors: Vec<f64> = (0..n).map(error).collect();
        let (sd, n) = (libm::sqrt(libm::log1p(0.04)), f64::from(n));
        let mean = errors.iter().sum::<f64>() / n;
        let square = errors.iter().map(|e| e * e).sum::<f64>() / n;
        assert!(mean.abs() < 5.0 * sd / n.sqrt(), "{mean}");
        assert!((square / (sd * sd) - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{square}");
        let key = StreamKey { seed: 3, patient: 0 };
        assert_eq!(measured(key, 7, 14, 0.0, 10.0), 10.0);
        let all =
            [measured(key, 7, 14, 0.2, 1.0), measured(key, 7, 15, 0.2, 1.0), measured(key, 8, 14, 0.2, 1.0)];
        assert!(all[0] != all[1] && all[0] != all[2], "another day, another drug");
    }
}
