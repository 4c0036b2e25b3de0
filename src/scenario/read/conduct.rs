//! How a trial is conducted: accrual, cut-off, horizon and estimand, held against each other and against what is simulated.

use super::time::Clock;
use super::trial::TrialKeys;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{Arm, Conduct, Estimand, Therapy};

/// What limits the times of a trial.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits<'a> {
    /// Day of the first scan, if it could be read.
    pub first_scan: Option<u32>,
    /// Last day that is simulated, and where that is said.
    pub end: Option<(u32, &'a Span)>,
}

impl<'a> Limits<'a> {
    /// Of a calendar of scans and the time axis.
    pub fn new(first_scan: Option<u32>, clock: &'a Clock) -> Self {
        let end = clock.end.as_ref().zip(clock.step_hours);
        Self { first_scan, end: end.map(|(end, hours)| (end.value / (24 / hours), &end.span)) }
    }

    /// Reports a cut-off before anything was seen, or after all that is simulated.
    pub fn cutoff(self, reader: &Reader<'_>, key: &str, days: u32) {
        if let Some((end, place)) = self.end.filter(|(end, _)| days > *end) {
            reader.cx.report(
                Diagnostic::error(
                    reader.place(key),
                    format!("a cut-off on day {days}, when the simulation is over"),
                )
                .label(format!("expected at most {end} d"))
                .related(place.clone(), "the simulation ends here")
                .help(format!("write an earlier time, or a later `end` in [time]: at least \"{days} d\"")),
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

impl Conduct {
    /// The conduct as the keys give it.
    pub(super) fn of(keys: &TrialKeys) -> Conduct {
        Conduct {
            accrual: keys.accrual,
            law: keys.accrual_law,
            cutoff: keys.cutoff,
            withdrawal: keys.withdrawal,
            horizon: keys.horizon,
            estimand: keys.estimand,
        }
    }
}

/// Reports times that cannot be together.
pub(super) fn judge(reader: &Reader<'_>, limits: Limits<'_>) {
    let days = |key| reader.peek::<NearestDays, u32>(key);
    let cutoff = days("cutoff");
    if let Some(cutoff) = cutoff {
        limits.cutoff(reader, "cutoff", cutoff);
    }
    let Some(last) = cutoff.or(limits.end.map(|(end, _)| end)) else { return };
    let end = || limits.end.map_or(0..0, |(_, place)| place.clone());
    let (what, place) = match reader.given("cutoff") {
        Some((_, value)) => ("the cut-off", value.span()),
        None => ("the end of the simulation", end()),
    };
    let accrual = |days| format!("an accrual of {days} d, longer than the trial");
    let horizon = |days| format!("a horizon of {days} d, when nobody is followed any longer");
    let times: [(&'static str, &dyn Fn(u32) -> String); 2] = [("accrual", &accrual), ("horizon", &horizon)];
    for (key, found) in times {
        let Some(days) = days(key).filter(|days| *days > last) else { continue };
        reader.cx.report(
            Diagnostic::error(reader.place(key), found(days))
                .label(format!("expected at most {last} d, {what}"))
                .related(place.clone(), what)
                .help(format!(
                    "write `{key} = \"{last} d\"` or less, or a later `cutoff` in [trial] and `end` in [time]"
                )),
        );
    }
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
pub(super) fn stoppable_anywhere(reader: &Reader<'_>, arms: Option<&[Arm]>) {
    if let Some((estimand, arms)) = reader.peek::<Plain, Estimand>("estimand").zip(arms) {
        stoppable(reader, estimand, arms.iter().map(|arm| &arm.therapy));
    }
}

/// Place of a figure's cut-off.
pub(super) fn cutoff_place(reader: &Reader<'_>) -> (&'static str, Span) {
    let key = if reader.has("cutoff") { "cutoff" } else { "follow_up" };
    (key, reader.place(key))
}
