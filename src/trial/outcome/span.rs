//! Times to events of a patient with any number of lines, begun or planned.

use serde::{Deserialize, Serialize};

pub use crate::numbers::DAYS_PER_MONTH;
use crate::therapy::TreatmentRecord;
use crate::therapy::response::Category;
use crate::trial::stats::Subject;
use crate::trial::visits::Chart;

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

/// What the times of a patient follow from.
pub(super) struct Spans<'a> {
    pub chart: &'a Chart,
    pub record: &'a TreatmentRecord,
    /// Lines of the plan.
    pub lines: usize,
}

impl Spans<'_> {
    /// Day on which a line began, from 0.
    pub fn began(&self, line: usize) -> Option<u32> {
        self.record.lines.iter().find(|l| l.line == line).map(|l| l.began)
    }

    /// Days are counted from the start in the first line, and from a later line's own beginning.
    fn origin(&self, line: usize) -> u32 {
        if line == 0 { 0 } else { self.began(line).unwrap_or(0) }
    }

    fn progression(&self, line: usize) -> Option<u32> {
        let seen = self.chart.scans.iter().find(|s| s.line == line && s.category == Category::Progression);
        seen.map(|s| s.day)
    }

    /// PFS of a line that has begun, or of the first one.
    pub fn of_line(&self, line: usize) -> Span {
        let origin = self.origin(line);
        let (day, ended) = self.event(line, line);
        Span { days: day.unwrap_or(origin) - origin, ended }
    }

    /// Progression on a line, or death before the next line begins; else the last scan since the line `from` until then, if there is one.
    fn event(&self, line: usize, from: usize) -> (Option<u32>, Ended) {
        match (self.progression(line), self.began(line + 1), self.chart.died) {
            (Some(day), ..) => (Some(day), Ended::Progression),
            (None, None, Some(day)) => (Some(day), Ended::Death),
            _ => (self.last_scan(from, line), Ended::Censored),
        }
    }

    /// Last scan of a range of lines.
    fn last_scan(&self, first: usize, last: usize) -> Option<u32> {
        let scans = self.chart.scans.iter().filter(|s| (first..=last).contains(&s.line));
        scans.map(|s| s.day).next_back()
    }

    /// PFS of the second line, of those who began it.
    pub fn second(&self) -> Option<Span> {
        self.began(1).map(|_| self.of_line(1))
    }

    /// Total PFS.
    pub fn total(&self) -> Span {
        let first = self.of_line(0);
        match self.began(1) {
            Some(began) => self.without_gap(began),
            None if self.lines > 1 && first.ended == Ended::Progression => {
                // The line that was planned never came: by death in the gap, or because follow-up ended.
                let ended = if self.chart.died.is_some() { Ended::Death } else { Ended::Censored };
                Span { ended, ..first }
            }
            None => first,
        }
    }

    /// PFS2 without the time between progression of the first line and the day on which the second began.
    fn without_gap(&self, began: u32) -> Span {
        let whole = self.pfs2();
        let days = match self.progression(0) {
            Some(progressed) => progressed + whole.days.saturating_sub(began),
            None => whole.days,
        };
        Span { days, ..whole }
    }

    /// PFS2.
    pub fn pfs2(&self) -> Span {
        let (day, ended) = self.event(1, 0);
        Span { days: day.unwrap_or(0), ended }
    }

    /// Overall survival.
    pub fn survival(&self) -> Span {
        match self.chart.outlive() {
            Some(day) => Span { days: day, ended: Ended::Death },
            None => Span { days: self.chart.follow().end, ended: Ended::Censored },
        }
    }
}
