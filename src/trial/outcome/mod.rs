//! What one patient came to in one arm: end points, response, toxicity, resistance.
//!
//! | end point | from | to |
//! |---|---|---|
//! | PFS | start | progression of the first line, or death; censored when a second line begins without progression |
//! | PFS of line 2 | its beginning | progression on it, or death; baseline and nadir are its own |
//! | total PFS | | PFS and PFS of line 2 in sum, the gap between them left out; whoever never begins a planned second line contributes the PFS, an event only if dead |
//! | PFS2 | start | progression on line 2, or death |
//! | OS | start | death |
//!
//! An adverse event that stops a drug is no event of any of these. Without an event they end at the last scan (OS: at the end of
//! follow-up). In an arm with one line the total PFS is the PFS, and there is no PFS2.

use serde::{Deserialize, Serialize};

use crate::therapy::Record;
use crate::therapy::response::Category;

use super::exact;
use super::stats::Subject;
use super::visits::{Chart, Composition};

/// Days in a month, as trials count them.
pub const DAYS_PER_MONTH: f64 = 365.25 / 12.0;

/// Share of live cells by which a locus must have grown to count as what dominates at progression.
const DOMINANT: f64 = 0.05;

/// Fall of a marker that is an early response, and at the earliest laboratory visit from this day on.
const EARLY: (f64, u32) = (0.3, 28);

/// Why a time ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Progression.
    Progression,
    /// Death.
    Death,
    /// Neither was seen.
    Censored,
}

/// A time to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Days.
    pub days: u32,
    /// Why it ended.
    pub ended: Ended,
}

impl Span {
    /// In months, for statistics.
    pub fn subject(&self) -> Subject {
        Subject { time: self.months(), event: self.ended != Ended::Censored }
    }

    /// In months.
    pub fn months(&self) -> f64 {
        f64::from(self.days) / DAYS_PER_MONTH
    }
}

/// What one patient came to in one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Number of the patient.
    pub patient: u32,
    /// PFS of the first line.
    pub pfs: Span,
    /// Day on which the second line began.
    pub second_line: Option<u32>,
    /// PFS of the second line.
    pub second_pfs: Option<Span>,
    /// Total PFS.
    pub total_pfs: Span,
    /// PFS2; `None` in an arm with one line.
    pub pfs2: Option<Span>,
    /// Overall survival.
    pub os: Span,
    /// Best response of the first line, confirmed where the trial asks for it; `None` without a scan.
    pub best: Option<Category>,
    /// Smallest relative change of the sum of diameters in the first line.
    #[serde(with = "exact::option")]
    pub best_change: Option<f64>,
    /// Progression at the first scan, or death before it.
    pub progressed_at_first_scan: bool,
    /// Whether progression of the first line was by a new lesion.
    pub new_lesion: bool,
    /// Growth rate by volume from the start to the first scan, percent a month.
    #[serde(with = "exact::option")]
    pub growth_percent_month: Option<f64>,
    /// Days from the start to the last dose of the first line.
    pub on_treatment: u32,
    /// An adverse event of grade 3 or 4.
    pub severe: bool,
    /// Day of the first dose-limiting event: one of a drug, of grade 3 or 4, or of grade 2 that is not tolerated.
    pub dose_limiting: Option<u32>,
    /// A drug was stopped for adverse events.
    pub discontinued: bool,
    /// A dose was held, reduced or stopped.
    pub dose_changed: bool,
    /// Relative dose intensity by drug, in the order of the arm.
    #[serde(with = "exact::options")]
    pub intensities: Vec<Option<f64>>,
    /// Locus that grew most until progression of the first line, if any did much.
    pub dominant: Option<usize>,
    /// Composition at progression of the first line.
    pub at_progression: Option<Composition>,
    /// Chromogranin A at baseline, ng/mL.
    #[serde(with = "exact")]
    pub cga: f64,
    /// Relative change of chromogranin A after 4 weeks.
    #[serde(with = "exact::option")]
    pub cga_change: Option<f64>,
    /// Relative change of neuron-specific enolase after 4 weeks.
    #[serde(with = "exact::option")]
    pub nse_change: Option<f64>,
    /// Number of times that lesions were thinned.
    pub thinned: u32,
    /// Division attempts without a free site as a share of divisions.
    #[serde(with = "exact")]
    pub blocked: f64,
    /// Hash of all that was seen of the tumour, in hexadecimal.
    pub digest: String,
}

impl Outcome {
    /// Whether it can be that of a trial with so many loci.
    pub fn fits(&self, loci: usize) -> bool {
        self.dominant.is_none_or(|locus| locus < loci)
            && self.at_progression.as_ref().is_none_or(|c| c.changed.len() == loci)
    }

    /// From the chart and the record of the therapy, in an arm with this many lines.
    pub fn new(chart: &Chart, record: &Record, lines: usize) -> Self {
        let follow = chart.follow();
        let second = record.lines.get(1).map(|l| l.began);
        let pfs = first_line(chart, second);
        let second_pfs = second.map(|began| of_line(chart, 1, began));
        let of_first: Vec<_> = chart.scans.iter().filter(|s| s.line == 0).collect();
        let changes = of_first.iter().map(|s| s.change);
        let at_progression = chart.at_progression.iter().find(|(line, _)| *line == 0).map(|(_, c)| c.clone());
        let early = chart.laboratory.iter().find(|l| l.day >= EARLY.1);
        let start = chart.laboratory.first();
        let relative = |now: f64, before: f64| now / before - 1.0;
        Self {
            patient: follow.keyed.patient,
            second_line: second,
            second_pfs,
            total_pfs: total(&pfs, second_pfs.as_ref(), lines),
            pfs2: (lines > 1).then(|| pfs2(chart, &pfs, second, second_pfs.as_ref())),
            os: match chart.outlive() {
                Some(day) => Span { days: day, ended: Ended::Death },
                None => Span { days: follow.end, ended: Ended::Censored },
            },
            best: best(chart),
            best_change: changes.fold(None, |least: Option<f64>, c| Some(least.map_or(c, |l| l.min(c)))),
            progressed_at_first_scan: match of_first.first() {
                Some(scan) => scan.category == Category::Progression,
                None => pfs.ended == Ended::Death,
            },
            new_lesion: of_first.iter().any(|s| s.category == Category::Progression && s.new_lesion),
            growth_percent_month: of_first.first().map(|scan| {
                let months = f64::from(scan.day) / DAYS_PER_MONTH;
                100.0 * libm::expm1(3.0 * libm::log1p(scan.change) / months)
            }),
            on_treatment: record.lines.first().map_or(0, |l| l.time_on_treatment()),
            severe: record.events.iter().any(|e| e.grade >= 3),
            dose_limiting: dose_limiting(record),
            discontinued: record.discontinued(),
            dose_changed: record.dose_changed(),
            intensities: record.drugs.iter().map(|d| d.relative_dose_intensity()).collect(),
            dominant: at_progression.as_ref().and_then(|now| dominant(chart.compositions.first()?, now)),
            at_progression,
            cga: start.map_or(0.0, |l| l.cga),
            cga_change: early.zip(start).map(|(now, start)| relative(now.cga, start.cga)),
            nse_change: early.zip(start).map(|(now, start)| relative(now.nse, start.nse)),
            thinned: chart.thinned,
            blocked: match chart.blocked {
                (0, _) => 0.0,
                (blocked, births) => blocked as f64 / (blocked + births) as f64,
            },
            digest: crate::simulation::digest::hex(&chart.digest())[..16].to_owned(),
            pfs,
        }
    }

    /// An objective response.
    pub fn responded(&self) -> bool {
        matches!(self.best, Some(Category::CompleteResponse | Category::PartialResponse))
    }

    /// A response or stable disease.
    pub fn controlled(&self) -> bool {
        self.responded() || self.best == Some(Category::StableDisease)
    }

    /// Any shrinkage.
    pub fn shrank(&self) -> bool {
        self.best_change.is_some_and(|change| change < 0.0)
    }

    /// An early response of chromogranin A.
    pub fn early_cga(&self) -> bool {
        self.cga_change.is_some_and(|change| change <= -EARLY.0)
    }

    /// An early response of neuron-specific enolase.
    pub fn early_nse(&self) -> bool {
        self.nse_change.is_some_and(|change| change <= -EARLY.0)
    }
}

/// Day of the last scan of a line, or its beginning.
fn last_scan(chart: &Chart, line: usize, began: u32) -> u32 {
    chart.scans.iter().filter(|s| s.line == line).map(|s| s.day).next_back().unwrap_or(began)
}

fn progression(chart: &Chart, line: usize) -> Option<u32> {
    let of_line = chart.scans.iter().find(|s| s.line == line && s.category == Category::Progression);
    of_line.map(|s| s.day)
}

fn first_line(chart: &Chart, second: Option<u32>) -> Span {
    match (progression(chart, 0), second, chart.died) {
        (Some(day), ..) => Span { days: day, ended: Ended::Progression },
        (None, Some(began), _) => Span { days: began, ended: Ended::Censored },
        (None, None, Some(day)) => Span { days: day, ended: Ended::Death },
        (None, None, None) => Span { days: last_scan(chart, 0, 0), ended: Ended::Censored },
    }
}

fn of_line(chart: &Chart, line: usize, began: u32) -> Span {
    match (progression(chart, line), chart.died) {
        (Some(day), _) => Span { days: day - began, ended: Ended::Progression },
        (None, Some(day)) => Span { days: day - began, ended: Ended::Death },
        (None, None) => Span { days: last_scan(chart, line, began) - began, ended: Ended::Censored },
    }
}

fn total(first: &Span, second: Option<&Span>, lines: usize) -> Span {
    match second {
        Some(second) => Span { days: first.days + second.days, ended: second.ended },
        None if lines > 1 && first.ended == Ended::Progression => Span { ended: Ended::Censored, ..*first },
        None => *first,
    }
}

fn pfs2(chart: &Chart, first: &Span, second: Option<u32>, of_second: Option<&Span>) -> Span {
    match (second, of_second, chart.died) {
        (Some(began), Some(span), _) => Span { days: began + span.days, ended: span.ended },
        (_, _, Some(day)) => Span { days: day, ended: Ended::Death },
        _ => Span { days: first.days, ended: Ended::Censored },
    }
}

/// Best response of the first line.
fn best(chart: &Chart) -> Option<Category> {
    let scans: Vec<_> = chart.scans.iter().filter(|s| s.line == 0).collect();
    let wait = chart.follow().assessment.confirmation;
    let is_response = |c| matches!(c, Category::CompleteResponse | Category::PartialResponse);
    let kept = |i: usize, of: fn(Category) -> bool| {
        of(scans[i].category)
            && (wait == 0 || scans[i + 1..].iter().any(|s| of(s.category) && s.day >= scans[i].day + wait))
    };
    let any = |of: fn(Category) -> bool| (0..scans.len()).any(|i| kept(i, of));
    if any(|c| c == Category::CompleteResponse) {
        return Some(Category::CompleteResponse);
    }
    if any(is_response) {
        return Some(Category::PartialResponse);
    }
    let stable = scans.iter().any(|s| s.category != Category::Progression);
    let worst = scans.first().map(|_| Category::Progression);
    if stable { Some(Category::StableDisease) } else { worst }
}

pub(super) fn dose_limiting(record: &Record) -> Option<u32> {
    let limits = |grade, decisive| grade >= 3 || (grade == 2 && decisive);
    let events = record.events.iter().filter(|e| e.drug.is_some() && limits(e.grade, e.decisive));
    events.map(|e| e.day).min()
}

fn dominant(start: &Composition, now: &Composition) -> Option<usize> {
    let rises = now.changed.iter().zip(&start.changed).map(|(now, start)| now - start).enumerate();
    let most = rises.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    most.filter(|(_, rise)| *rise >= DOMINANT).map(|(locus, _)| locus)
}

#[cfg(test)]
mod tests;
