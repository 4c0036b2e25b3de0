//! How a trial is conducted: accrual, cut-off, horizon and estimand, held against each other and against what is simulated.

use super::time::Clock;
use super::trial::TrialKeys;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{Arm, Conduct, Estimand, Therapy};

/// What limits the times of a trial.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Day of the first scan, if it could be read.
    pub first_scan: Option<u32>,
    /// Last day that is simulated.
    pub end: Option<u32>,
}

impl Limits {
    /// Of a calendar of scans and the time axis.
    pub fn new(first_scan: Option<u32>, clock: &Clock) -> Self {
        let end = clock.end.as_ref().zip(clock.step_hours).map(|(end, hours)| end.value / (24 / hours));
        Self { first_scan, end }
    }

    /// Reports a cut-off before anything was seen, or after all that is simulated.
    pub fn cutoff(self, reader: &Reader<'_>, key: &str, days: u32) {
        if let Some(end) = self.end.filter(|end| days > *end) {
            reader.refuse(
                key,
                format!("a cut-off on day {days}, when the simulation is over"),
                format!("expected at most {end} d"),
                format!("write an earlier time, or a later `end` in [time]: at least \"{days} d\""),
            );
        }
        if let Some(first) = self.first_scan.filter(|first| days < *first) {
            reader.refuse(
                key,
                format!("a cut-off on day {days}, before the first scan"),
                format!("expected at least {first} d, the day of the first scan"),
                "write a later time, or set an earlier visit in [assessment.visits]",
            );
        }
    }
}

/// The conduct as the keys give it; reports times that cannot be together.
pub(super) fn read(reader: &Reader<'_>, keys: &TrialKeys, limits: Limits) -> Conduct {
    let conduct = Conduct {
        accrual: keys.accrual,
        law: keys.accrual_law,
        cutoff: keys.cutoff,
        withdrawal: keys.withdrawal,
        horizon: keys.horizon,
        estimand: keys.estimand,
    };
    if let Some(cutoff) = conduct.cutoff {
        limits.cutoff(reader, "cutoff", cutoff);
    }
    let Some(last) = conduct.cutoff.or(limits.end) else { return conduct };
    let what = if conduct.cutoff.is_some() { "the cut-off" } else { "the end of the simulation" };
    if conduct.accrual > last {
        beyond(reader, "accrual", format!("an accrual of {} d, longer than the trial", conduct.accrual), what, last);
    }
    if let Some(horizon) = conduct.horizon.filter(|horizon| *horizon > last) {
        beyond(reader, "horizon", format!("a horizon of {horizon} d, when nobody is followed any longer"), what, last);
    }
    conduct
}

fn beyond(reader: &Reader<'_>, key: &str, found: String, what: &str, last: u32) {
    let related = reader.given("cutoff").map_or(0..0, |(_, value)| value.span());
    reader.cx.report(
        Diagnostic::error(reader.place(key), found)
            .label(format!("expected at most {last} d, {what}"))
            .related(related, what)
            .help(format!("write `{key} = \"{last} d\"` or less, or a later `cutoff` in [trial] and `end` in [time]")),
    );
}

/// Whether a plan gives anything that could be stopped.
fn has_drugs(therapy: &Therapy) -> bool {
    therapy.regimens().any(|regimen| regimen.dose.is_some())
}

/// Reports an estimand of a stop of drugs where there are none.
pub(super) fn stoppable<'a>(
    reader: &Reader<'_>,
    estimand: Estimand,
    mut therapies: impl Iterator<Item = &'a Therapy>,
) {
    if estimand == Estimand::TreatmentPolicy || therapies.any(has_drugs) {
        return;
    }
    reader.refuse(
        "estimand",
        format!("the estimand `{}` without a drug that could be stopped", estimand.word()),
        "expected a plan with a drug",
        "write `estimand = \"treatment-policy\"`, or leave it out",
    );
}

/// The same of all arms together.
pub(super) fn stoppable_anywhere(reader: &Reader<'_>, estimand: Estimand, arms: Option<&[Arm]>) {
    if let Some(arms) = arms {
        stoppable(reader, estimand, arms.iter().map(|arm| &arm.therapy));
    }
}

/// Place of a figure's cut-off.
pub(super) fn cutoff_place(reader: &Reader<'_>) -> (&'static str, Span) {
    let key = if reader.has("cutoff") { "cutoff" } else { "follow_up" };
    (key, reader.place(key))
}
