//! Times to events of a patient with any number of lines, begun or planned, as a view shows them.

use serde::{Deserialize, Serialize};

pub use crate::numbers::DAYS_PER_MONTH;
use crate::scenario::Estimand;
use crate::therapy::response::Category;
use crate::therapy::{EndReason, TreatmentRecord};
use crate::trial::stats::Subject;
use crate::trial::visits::{Chart, TrialView};

use super::seen::{JudgedScan, seen};

/// Why a time ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Progression.
    Progression,
    /// Death.
    Death,
    /// A stop for adverse events, where the estimand counts it.
    Toxicity,
    /// None of them was seen.
    Censored,
}

/// A time to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedSpan {
    /// Days.
    pub days: u32,
    /// Why it ended.
    pub ended: Ended,
}

impl FollowedSpan {
    /// In months, for statistics.
    pub fn subject(&self) -> Subject {
        Subject { time: self.months(), event: self.ended != Ended::Censored }
    }

    /// In months.
    pub fn months(&self) -> f64 {
        f64::from(self.days) / DAYS_PER_MONTH
    }
}

/// A line under a view: its scans until its event, and the event.
#[derive(Debug, Clone)]
pub(super) struct LineSeen {
    /// Scans that count for it, in order.
    pub scans: Vec<JudgedScan>,
    /// Day of the event, or of the last scan; `None` without either.
    pub day: Option<u32>,
    /// What the event was.
    pub ended: Ended,
    /// Whether it is censored because the drugs were stopped.
    pub stopped: bool,
}

/// What the times of a patient follow from.
pub(super) struct Spans<'a> {
    pub chart: &'a Chart,
    pub record: &'a TreatmentRecord,
    /// Lines of the plan.
    pub lines: usize,
    pub view: TrialView,
    /// Last day that the view shows.
    pub limit: u32,
}

impl Spans<'_> {
    /// Day on which a line began, from 0, if that is seen.
    pub fn began(&self, line: usize) -> Option<u32> {
        let record = self.record.lines.iter().find(|l| l.line == line)?;
        Some(record.began).filter(|day| *day <= self.limit)
    }

    /// Day of death, if that is seen.
    pub fn died(&self) -> Option<u32> {
        self.chart.died.filter(|day| *day <= self.limit)
    }

    /// A line, whatever comes after it: its first progression against its own baseline and nadir, or death. What a stop of its drugs
    /// means is the view's estimand.
    pub fn line(&self, line: usize) -> LineSeen {
        let stop = match self.view.estimand {
            Estimand::TreatmentPolicy | Estimand::Hypothetical => None,
            Estimand::WhileOnTreatment => self.stopped(line).map(|(day, _)| day),
            Estimand::Composite => self.stopped(line).filter(|(_, toxic)| *toxic).map(|(day, _)| day),
        };
        let stop = stop.filter(|day| *day <= self.limit);
        let until = stop.unwrap_or(self.limit);
        let person = self.chart.person(self.view.reader, self.limit);
        let (scans, closed) = seen(self.chart, person, self.line_begins(line), line, until);
        let last = scans.last().map(|s| s.day);
        let progressed = scans.last().is_some_and(|s| s.category == Category::Progression);
        // Scans end when the investigator sees progression, and with them what is known of the patient to other readers.
        let died = self.died().filter(|day| *day <= until && !closed);
        let (day, ended) = match (progressed, died, stop) {
            (true, ..) => (last, Ended::Progression),
            (false, Some(day), _) => (Some(day), Ended::Death),
            (false, None, Some(day)) if self.view.estimand == Estimand::Composite && !closed => {
                (Some(day), Ended::Toxicity)
            }
            _ => (last, Ended::Censored),
        };
        LineSeen { scans, day, ended, stopped: ended == Ended::Censored && stop.is_some() && !closed }
    }

    /// Days are counted from the start in the first line, and from a later line's own beginning.
    fn line_begins(&self, line: usize) -> u32 {
        if line == 0 { 0 } else { self.began(line).unwrap_or(0) }
    }

    /// Day on which a line's drugs were stopped without progression, and whether for adverse events: the line ended, or all its drugs
    /// were stopped for good.
    fn stopped(&self, line: usize) -> Option<(u32, bool)> {
        let record = self.record.lines.iter().find(|l| l.line == line)?;
        let ended = record.ended.filter(|(_, reason)| *reason != EndReason::Progression);
        let ended = ended.map(|(day, reason)| (day, reason == EndReason::Toxicity));
        let names = self.chart.follow().line_drugs.get(line).map_or(&[][..], |names| names);
        let stop = |name: &String| Some(self.record.drugs.iter().find(|d| d.name == *name)?.stopped?.0);
        let stops: Option<Vec<u32>> = names.iter().map(stop).collect();
        let given_up = stops.and_then(|days| days.into_iter().max()).map(|day| (day.max(record.began), true));
        ended.into_iter().chain(given_up).min()
    }

    /// The time of a line that has begun, or of the first one.
    pub fn span(&self, line: usize, seen: &LineSeen) -> FollowedSpan {
        let begins = self.line_begins(line);
        FollowedSpan { days: seen.day.map_or(0, |day| day.saturating_sub(begins)), ended: seen.ended }
    }

    /// Total PFS: PFS2 without the time between progression of the first line and the day on which the second began.
    pub fn total(&self, first: FollowedSpan) -> FollowedSpan {
        let Some(began) = self.began(1) else {
            // The line that was planned never came: by death in the gap, or because follow-up ended.
            let waits = self.lines > 1 && first.ended == Ended::Progression;
            let ended = if self.died().is_some() { Ended::Death } else { Ended::Censored };
            return FollowedSpan { ended: if waits { ended } else { first.ended }, ..first };
        };
        let whole = self.pfs2();
        let gap = if first.ended == Ended::Progression { began.saturating_sub(first.days) } else { 0 };
        FollowedSpan { days: whole.days.saturating_sub(gap).max(first.days), ..whole }
    }

    /// PFS2: until the event of the second line, or death before it.
    pub fn pfs2(&self) -> FollowedSpan {
        let scans = self.chart.scans.iter().map(|s| s.day).filter(|day| *day <= self.limit);
        let (day, ended) = match (self.began(1), self.died()) {
            (None, Some(day)) => (Some(day), Ended::Death),
            (None, None) => (None, Ended::Censored),
            (Some(_), _) => {
                let second = self.line(1);
                (second.day, second.ended)
            }
        };
        let last = || scans.take_while(|d| self.began(1).is_none_or(|b| *d <= b)).last().unwrap_or(0);
        FollowedSpan { days: day.unwrap_or_else(last), ended }
    }

    /// Overall survival.
    pub fn survival(&self) -> FollowedSpan {
        match self.chart.outlive().filter(|day| *day <= self.limit) {
            Some(day) => FollowedSpan { days: day, ended: Ended::Death },
            None => FollowedSpan { days: self.limit, ended: Ended::Censored },
        }
    }
}
