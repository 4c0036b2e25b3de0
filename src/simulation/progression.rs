//! When a replicate progressed: by the burden of `[stop]`, or by the diameter at a visit of a line of therapy.

use super::care;
use super::job::Job;
use super::record::Tally;

/// A progression, in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progressed {
    /// The first observation of those that make it.
    pub first: u32,
    /// The observation that confirmed it: the last of the checks in a row that `[stop]` asks for; at a visit the same one.
    pub confirmed: u32,
}

/// The first progression of a replicate, of either kind.
pub fn progression(job: &Job, tally: &Tally) -> Option<Progressed> {
    by_burden(job, tally).into_iter().chain(at_visit(job, tally)).min_by_key(|p| p.first)
}

fn by_burden(job: &Job, tally: &Tally) -> Option<Progressed> {
    let (rule, confirmed) = (job.scenario.stop.progression?, tally.progression()?);
    let waited = (rule.checks - 1) * job.scenario.time.check;
    Some(Progressed { first: confirmed - waited, confirmed })
}

fn at_visit(job: &Job, tally: &Tally) -> Option<Progressed> {
    let days = care::record(job, tally)?.lines.into_iter().filter_map(|line| line.progression);
    let step = days.min()? * (24 / job.scenario.time.step_hours);
    Some(Progressed { first: step, confirmed: step })
}
