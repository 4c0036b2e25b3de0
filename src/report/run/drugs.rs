//! The drugs of a run: one list and one colour each in all of its plots, and when they were on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Bar, few};
use crate::plot::Paint;
use crate::plot::colours;
use crate::plot::strip::{Bars, On};
use crate::report::read::{RunFolder, Stretch};
use crate::scenario::{Regimen, Rhythm};

impl Bar for On {
    fn span(&self) -> (f64, f64) {
        (self.from, self.to)
    }
    fn join(self, next: Self) -> Self {
        let part = |on: &Self| on.share * (on.to - on.from);
        let share = (part(&self) + part(&next)) / (next.to - self.from);
        Self { from: self.from, to: next.to, share }
    }
}

/// Drugs that a table of the run names, in the order of the plan.
pub fn drugs(run: &RunFolder) -> Vec<String> {
    let scenario = &run.loaded.scenario;
    let planned: Vec<&str> = match &scenario.therapy {
        Some(therapy) => therapy.drugs(),
        None => scenario.drugs.iter().map(|d| d.name.as_str()).collect(),
    };
    let mut found: Vec<&str> = Vec::new();
    let told = run.exposure.iter().map(|e| &e.drug).chain(&run.series.drugs);
    for drug in told {
        if !found.contains(&drug.as_str()) {
            found.push(drug);
        }
    }
    found.sort_by_key(|drug| planned.iter().position(|p| p == drug).unwrap_or(planned.len()));
    found.into_iter().map(str::to_owned).collect()
}

/// Bars of the drugs that were on at any time.
pub fn bars(run: &RunFolder) -> Vec<Bars> {
    let all = drugs(run);
    let of = |name: &String| Bars { times: times(run, name), paint: paint(&all, name), name: name.clone() };
    all.iter().map(of).filter(|b| !b.times.is_empty()).collect()
}

/// The colour of a drug in all plots of a run.
pub fn paint(all: &[String], drug: &str) -> Paint {
    colours::drug(all.iter().position(|d| d == drug).unwrap_or(all.len()))
}

/// When a drug was on: to the day where days of all replicates were recorded, else to the observation.
pub fn times(run: &RunFolder, drug: &str) -> Vec<On> {
    let all = if has_days(run) { by_day(run, drug) } else { at_checks(run, drug) };
    few(all, run.last_day())
}

/// Whether days of all replicates are known.
fn has_days(run: &RunFolder) -> bool {
    let found: BTreeSet<u32> = run.exposure.iter().map(|e| e.replicate).collect();
    let whole = run.left_out.iter().all(|words| !words.starts_with("exposure"));
    whole && !found.is_empty() && found.len() >= run.series.checks.len()
}

/// What a caption says of the bars; empty without drugs.
pub fn words(run: &RunFolder) -> String {
    let paler = if run.summary.replicates > 1 { ", paler where only some replicates had them" } else { "" };
    match (drugs(run).is_empty(), has_days(run)) {
        (true, _) => String::new(),
        (false, true) => format!("; bars show when drugs were on{paler}"),
        (false, false) => format!(
            "; bars show when drugs were on{paler}, as seen at observations: they may begin and end up to one observation early"
        ),
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
    let ends: Vec<f64> =
        run.series.checks.values().filter_map(|checks| checks.last()).map(|check| check.day).collect();
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
    let Some(place) = run.series.drugs.iter().position(|d| d == drug) else { return Vec::new() };
    let part =
        |s: &Stretch| On { from: s.from, to: s.to, share: f64::from(s.on[place]) / f64::from(s.checks) };
    joined(run.series.therapy.iter().map(part).filter(|on| on.share > 0.0 && on.to > on.from))
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
