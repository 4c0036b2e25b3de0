//! How a trial is conducted: accrual, cut-off, horizon and estimand, held against each other and against what is simulated.

use crate::scenario::context::Clock;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{About, AccrualLaw, Arm, Conduct, Estimand, Therapy};

/// What a trial is. A file with \[cohort\] and \[\[arm\]\] is a trial: many virtual patients, each treated in
/// every arm. `evotor compare` runs it.
#[derive(Debug, Section)]
#[section(path = "trial")]
pub(crate) struct TrialKeys {
    /// Number in a list of trials.
    #[key(default = "", example = "T04")]
    pub(crate) id: String,
    /// Title for tables and plots.
    #[key(derived = "`name`", example = "RADIANT-3")]
    pub(crate) title: Option<String>,
    /// Where it was published.
    #[key(default = "", example = "NEJM 2011;364:514")]
    pub(crate) citation: String,
    /// Time over which patients come in, from the first one on. A patient's day of entry is drawn, and the same in
    /// every arm.
    #[key(default = "0 d", example = "20 mo", form = NearestDays)]
    pub(crate) accrual: u32,
    /// Whether patients come in evenly over that time, or more and more (`linear`: the rate grows in proportion to
    /// time).
    #[key(default = "uniform", example = "linear")]
    pub(crate) accrual_law: AccrualLaw,
    /// Time from the first patient's entry to the cut-off of the primary analysis: what happens later is not seen.
    #[key(absent = "everybody is followed to `end` of [time]", example = "30 mo", form = NearestDays)]
    pub(crate) cutoff: Option<u32>,
    /// Rate at which patients withdraw consent or are lost to follow-up; they are censored then. In RADIANT-3 at
    /// most 0.13 a year (all reasons but progression, adverse events and the end of the trial).
    #[key(within(Rate, 0.0, 1.0), default = "0 /d", example = "0.05 /y")]
    pub(crate) withdrawal: f64,
    /// Time from a patient's entry to which restricted means reach, the same in all arms and tables.
    #[key(absent = "the cut-off, or else `end` of [time]", example = "24 mo", form = NearestDays)]
    pub(crate) horizon: Option<u32>,
    /// What it means for times to progression that a line's drugs are stopped. `treatment-policy`: nothing, whatever
    /// is taken until progression or death; `while-on-treatment`: the time is censored; `composite`: a stop for
    /// adverse events is an event; `hypothetical`: nobody stops for adverse events, simulated in the same patient and
    /// tumour.
    #[key(default = "treatment-policy", example = "while-on-treatment")]
    pub(crate) estimand: Estimand,
    /// What of the published trial this file leaves out or cannot say; reports repeat it.
    #[key(default = [], example = ["crossover from placebo"])]
    pub(crate) not_represented: Vec<String>,
}

impl TrialKeys {
    /// The keys of what a trial is, and how it is conducted.
    pub fn of(about: &About, conduct: &Conduct) -> TrialKeys {
        let About { id, title, citation, not_represented } = about.clone();
        let Conduct { accrual, law, cutoff, withdrawal, horizon, estimand } = *conduct;
        let title = Some(title);
        let accrual_law = law;
        TrialKeys {
            id,
            title,
            citation,
            accrual,
            accrual_law,
            cutoff,
            withdrawal,
            horizon,
            estimand,
            not_represented,
        }
    }
}

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
            Diagnostic::error(
                reader.place(key),
                format!("a cut-off on day {days}, when the simulation is over"),
            )
            .label(format!("expected at most {end} d"))
            .related(place.clone(), "the simulation ends here")
            .help(format!("write an earlier time, or a later `end` in [time]: at least \"{days} d\""))
            .report(reader.cx);
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
        Diagnostic::error(reader.place(key), found(days))
            .label(format!("expected at most {last} d, {what}"))
            .related(place.clone(), what)
            .help(format!(
                "write `{key} = \"{last} d\"` or less, or a later `cutoff` in [trial] and `end` in [time]"
            ))
            .report(reader.cx);
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
