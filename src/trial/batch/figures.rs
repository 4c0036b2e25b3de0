//! The figures of a row: as many for every row, by name, so that other programs can read them.

use crate::biology::StateSpace;
use crate::simulation::{Events, Finished, Job, Summary, summary};
use crate::trial::results::Results;
use crate::trial::run::Plan;

/// A name, and the number if there is one.
pub type NamedFigure = (String, Option<f64>);

/// Measures of an arm that are figures, as `arms.csv` has them, and what their columns are called.
const OF_ARMS: [(&str, &str); 28] = [
    ("tfs", "tfs_median_months"),
    ("tfs_restricted_mean", "tfs_restricted_mean_months"),
    ("time_to_growth", "time_to_growth_median_months"),
    ("time_to_growth_restricted_mean", "time_to_growth_restricted_mean_months"),
    ("pfs", "pfs_median_months"),
    ("pfs_restricted_mean", "pfs_restricted_mean_months"),
    ("second_line_pfs", "second_line_pfs_median_months"),
    ("pfs2", "pfs2_median_months"),
    ("os", "os_median_months"),
    ("os_restricted_mean", "os_restricted_mean_months"),
    ("burden", "burden"),
    ("severe_days", "severe_days"),
    ("response_rate", "response_rate"),
    ("disease_control", "disease_control"),
    ("any_shrinkage", "any_shrinkage"),
    ("progressive_disease", "progressive_disease"),
    ("first_scan_progression", "first_scan_progression"),
    ("grade_3_or_4", "grade_3_or_4"),
    ("dose_limiting_28_days", "dose_limiting_28_days"),
    ("discontinuation", "discontinuation"),
    ("dose_modification", "dose_modification"),
    ("early_cga", "early_cga"),
    ("early_nse", "early_nse"),
    ("second_line", "second_line"),
    ("second_drug", "second_drug"),
    ("on_treatment", "on_treatment_median_days"),
    ("resampled", "resampled"),
    ("largest_blocked_fraction", "largest_blocked_fraction"),
];

/// Figures of a trial; without results their names. The patients of an arm are those who finished in it.
pub fn of_trial(plan: &Plan, results: Option<&Results>) -> Vec<NamedFigure> {
    let horizon = results.map(|results| results.horizon_months(plan));
    let mut all = vec![("horizon_months".to_owned(), horizon)];
    for (number, arm) in plan.arms().iter().enumerate() {
        let summary = results.map(|results| results.arm(plan, number));
        let named = |name: &str, value| (format!("{}.{name}", arm.name), value);
        all.push(named("patients", summary.as_ref().map(|arm| arm.patients as f64)));
        for (measure, name) in OF_ARMS {
            let value = summary.as_ref().and_then(|arm| arm.one(measure)?.value);
            all.push(named(name, value.filter(|value| value.is_finite())));
        }
    }
    all
}

/// Figures of a run, means over its replicates; without its end their names. `states` are the names of the states that have one each:
/// of states that this run cannot reach there are no cells.
pub fn of_run(job: &Job, states: &[String], finished: Option<&Finished>) -> Vec<NamedFigure> {
    let end = finished.map(|finished| RunEnd::new(job, finished));
    let of = |value: fn(&RunEnd) -> f64| end.as_ref().map(value);
    let mut all = vec![
        ("start_live".to_owned(), of(|end| end.start_live)),
        ("live".to_owned(), of(|end| end.live)),
        ("dead".to_owned(), of(|end| end.dead)),
        ("relative_live".to_owned(), end.as_ref().and_then(|end| ratio(end.live, end.start_live))),
    ];
    let times = |what: &str, days: Option<&[f64]>| -> Vec<NamedFigure> {
        let known = days.zip(end.as_ref());
        vec![
            (format!("{what}_share"), known.map(|(days, end)| days.len() as f64 / end.replicates)),
            (format!("{what}_median_day"), known.and_then(|(days, end)| end.median(days))),
            (format!("{what}_restricted_mean_day"), known.map(|(days, end)| end.restricted(days))),
        ]
    };
    all.extend(times("progression", end.as_ref().map(|end| &end.summary.progression_days[..])));
    all.extend(times("extinction", end.as_ref().map(|end| &end.summary.extinction_days[..])));
    for target in &job.scenario.stop.targets {
        let days = end.as_ref().and_then(|end| end.summary.first_passage_days.get(&target.name));
        all.extend(times(&target.name, days.map(Vec::as_slice)));
    }
    all.extend(events(end.as_ref()));
    let share = |cells: &dyn Fn(&RunEnd) -> u64| {
        end.as_ref().and_then(|end| ratio(cells(end) as f64, end.all as f64))
    };
    let changed = |locus: usize, space: &StateSpace, end: &RunEnd| -> u64 {
        let cells = space.codes.iter().zip(&end.by_state);
        cells.filter(|(code, _)| space.level(**code, locus) > 0).map(|(_, cells)| cells).sum()
    };
    for (number, locus) in job.scenario.loci.iter().enumerate() {
        all.push((format!("{}_fraction", locus.name), share(&|end| changed(number, &job.space, end))));
    }
    for state in states {
        let place = job.names.iter().position(|name| name == state);
        let cells = |end: &RunEnd| place.map_or(0, |place| end.by_state[place]);
        all.push((format!("state {state}"), share(&cells)));
    }
    all
}

/// Counts of events, means over replicates.
fn events(end: Option<&RunEnd>) -> Vec<NamedFigure> {
    let counters = end.map_or_else(Events::default, |end| end.summary.counters);
    let all = [
        ("births", counters.births),
        ("deaths", counters.deaths),
        ("drug_induced_deaths", counters.drug_induced_deaths),
        ("blocked_divisions", counters.blocked_divisions),
        ("switches", counters.switches),
        ("new_clones", counters.new_clones),
    ];
    all.map(|(name, count)| (name.to_owned(), end.map(|end| count as f64 / end.replicates))).to_vec()
}

/// What a run came to.
struct RunEnd {
    summary: Summary,
    replicates: f64,
    start_live: f64,
    live: f64,
    dead: f64,
    /// Live cells of all replicates, together and by state.
    all: u64,
    by_state: Vec<u64>,
    end_day: f64,
}

impl RunEnd {
    fn new(job: &Job, finished: &Finished) -> Self {
        let replicates = f64::from(job.lesions().max(1));
        let (all, dead, by_state) = finished.record.totals(job.names.len());
        let start: u64 = finished.record.tallies.iter().map(|tally| u64::from(tally.start_live)).sum();
        let mean = |sum: u64| sum as f64 / replicates;
        Self {
            summary: summary(job, finished),
            replicates,
            start_live: mean(start),
            live: mean(all),
            dead: mean(dead),
            all,
            by_state,
            end_day: job.scenario.time.days(job.scenario.time.end),
        }
    }

    /// The day by which half of the replicates had an event; of ascending days of those that had one.
    fn median(&self, days: &[f64]) -> Option<f64> {
        let half = libm::ceil(self.replicates / 2.0) as usize;
        days.get(half.checked_sub(1)?).copied()
    }

    /// The mean of the days to an event, or to the end of the scenario where there was none.
    fn restricted(&self, days: &[f64]) -> f64 {
        let without = self.replicates - days.len() as f64;
        (days.iter().sum::<f64>() + without * self.end_day) / self.replicates
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}
