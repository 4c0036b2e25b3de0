//! The drugs of a run: one list and one colour each in all of its plots, and when they were on.

use std::collections::BTreeMap;

use crate::report::colours;
use crate::report::plot::Paint;
use crate::report::read::RunFolder;
use crate::scenario::{Regimen, Rhythm};

/// A time over which a drug was on, and in what share of the replicates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct On {
    /// First day.
    pub from: f64,
    /// Day after the last one.
    pub to: f64,
    /// Share of the replicates that still ran.
    pub share: f64,
}

/// Drugs that a table of the run names, in the order of the plan.
pub fn drugs(run: &RunFolder) -> Vec<String> {
    let scenario = &run.loaded.scenario;
    let planned: Vec<&str> = match &scenario.therapy {
        Some(therapy) => therapy.drugs(),
        None => scenario.drugs.iter().map(|d| d.name.as_str()).collect(),
    };
    let mut found: Vec<&str> = Vec::new();
    let told = run.exposure.iter().map(|e| &e.drug).chain(run.checks.iter().flat_map(|c| &c.drugs));
    for drug in told {
        if !found.contains(&drug.as_str()) {
            found.push(drug);
        }
    }
    found.sort_by_key(|drug| planned.iter().position(|p| p == drug).unwrap_or(planned.len()));
    found.into_iter().map(str::to_owned).collect()
}

/// The colour of a drug in all plots of a run.
pub fn paint(all: &[String], drug: &str) -> Paint {
    colours::drug(all.iter().position(|d| d == drug).unwrap_or(all.len()))
}

/// When a drug was on: to the day where days were recorded, else to the check.
pub fn times(run: &RunFolder, drug: &str) -> Vec<On> {
    if run.exposure.is_empty() { at_checks(run, drug) } else { by_day(run, drug) }
}

/// What a caption says of the bars; empty without drugs.
pub fn words(run: &RunFolder) -> String {
    let paler = if run.summary.replicates > 1 { ", paler where only some replicates had them" } else { "" };
    let detailed = run.loaded.scenario.output.detailed_replicates;
    match (drugs(run).is_empty(), run.exposure.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!(
            "; bars show when drugs were on{paler}, as seen at checks: they may begin and end up to one check early"
        ),
        (false, false) if detailed < run.summary.replicates => {
            let first = if detailed == 1 { "replicate".to_owned() } else { format!("{detailed} replicates") };
            format!("; bars show when drugs were on in the first {first}{paler}")
        }
        (false, false) => format!("; bars show when drugs were on{paler}"),
    }
}

fn by_day(run: &RunFolder, drug: &str) -> Vec<On> {
    // Days with a dose, or within the interval after one: a drug whose status is `on` may be between two phases of a cycle.
    let regimens = run.loaded.scenario.therapy.iter().flat_map(|t| t.regimens());
    let interval = regimens.filter(|r| r.drug == drug).map(days_between).max().unwrap_or(1).max(1);
    let mut days: BTreeMap<u32, u32> = BTreeMap::new();
    let mut last_given: BTreeMap<u32, f64> = BTreeMap::new();
    for row in run.exposure.iter().filter(|e| e.drug == drug) {
        if row.given > 0.0 {
            last_given.insert(row.replicate, row.day);
        }
        let covers = |given: &f64| row.day - given < f64::from(interval);
        if row.given > 0.0 || row.status == "on" && last_given.get(&row.replicate).is_some_and(covers) {
            *days.entry(row.day as u32).or_default() += 1;
        }
    }
    let detailed = run.loaded.scenario.output.detailed_replicates;
    let ends: Vec<f64> = run
        .replicates()
        .into_iter()
        .filter(|r| *r < detailed)
        .map(|r| run.checks_of(r).map(|c| c.day).fold(0.0, f64::max))
        .collect();
    let part = |(day, on): (u32, u32)| {
        let from = f64::from(day);
        let running = ends.iter().filter(|end| **end > from).count().max(on as usize);
        On { from, to: from + 1.0, share: f64::from(on) / running as f64 }
    };
    joined(days.into_iter().map(part))
}

/// Days from one dose of a regimen to the next within a phase.
fn days_between(regimen: &Regimen) -> u32 {
    match regimen.rhythm {
        Rhythm::Every { days } => days,
        Rhythm::Dates { .. } => 1,
    }
}

fn at_checks(run: &RunFolder, drug: &str) -> Vec<On> {
    // By step: the day, replicates in which it was on, and all of them.
    let mut steps: BTreeMap<u32, (f64, u32, u32)> = BTreeMap::new();
    for check in &run.checks {
        let at = steps.entry(check.step).or_insert((check.day, 0, 0));
        at.1 += u32::from(check.drugs.iter().any(|d| d == drug));
        at.2 += 1;
    }
    let steps: Vec<(f64, u32, u32)> = steps.into_values().collect();
    let part = |pair: &[(f64, u32, u32)]| On {
        from: pair[0].0,
        to: pair[1].0,
        share: f64::from(pair[1].1) / f64::from(pair[1].2),
    };
    joined(steps.windows(2).map(part).filter(|on| on.share > 0.0))
}

/// Times that follow on each other with the same share as one.
fn joined(parts: impl Iterator<Item = On>) -> Vec<On> {
    let mut out: Vec<On> = Vec::new();
    for part in parts {
        match out.last_mut() {
            Some(last) if last.to == part.from && last.share == part.share => last.to = part.to,
            _ => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_a_row_are_one_bar() {
        let on = |from: f64, to, share| On { from, to, share };
        let parts = [on(0.0, 1.0, 1.0), on(1.0, 2.0, 1.0), on(2.0, 3.0, 0.5), on(4.0, 5.0, 0.5)];
        assert_eq!(joined(parts.into_iter()), [on(0.0, 2.0, 1.0), on(2.0, 3.0, 0.5), on(4.0, 5.0, 0.5)]);
    }
}
