//! The clauses after a dose: how often, phases, courses, dates.

use std::ops::Range;

use super::cursor::Cursor;
use super::dose::not_single;
use super::error::{DoseProblem, DoseTextError};
use super::sound::Part;
use super::weekdays::weekdays;
use crate::catalogue::{Dose, Route};
use crate::scenario::model::Phases;
use crate::scenario::nearest::nearest;

/// Words that begin a clause and are no part of a name.
pub(super) const SCHEDULE: &[&str] = &[
    "daily",
    "weekly",
    "monthly",
    "biweekly",
    "fortnightly",
    "once",
    "twice",
    "thrice",
    "every",
    "each",
    "per",
    "qd",
    "bid",
    "tid",
    "qid",
    "qw",
    "qod",
    "tiw",
    "days",
    "times",
    "on",
    "weeks",
    "continuous",
    "continuously",
];

/// Words that may follow a name without a dose.
pub(super) const LATER_CLAUSE: &[&str] = &["from", "starting", "until", "till", "for"];

/// Words for "did you mean".
const KNOWN: &[&str] = &[
    "daily",
    "weekly",
    "twice",
    "every",
    "days",
    "continuously",
    "cycles",
    "courses",
    "from",
    "until",
    "weeks",
    "oral",
    "intravenous",
    "subcutaneous",
    "intramuscular",
];

/// What was read after the dose.
#[derive(Debug)]
pub(super) struct Clauses<'a> {
    pub(super) cursor: Cursor<'a>,
    pub route: Option<Route>,
    pub times: Option<u32>,
    pub interval: Option<u32>,
    /// Days of the cycle on the drug.
    pub listed: Option<Vec<(u32, u32)>>,
    /// Length of the cycle.
    pub period: Option<u32>,
    pub dates: Option<Vec<u32>>,
    pub courses: Option<u32>,
    pub start: Option<u32>,
    pub(super) until: Option<u32>,
    /// `for 24 weeks`, counted from the beginning.
    pub(super) lasting: Option<u32>,
    pub(super) continuous: bool,
    pub spans: Vec<(Part, Range<usize>)>,
}

/// Whether a clause could be read.
pub(super) type Read = Result<(), DoseTextError>;

impl<'a> Clauses<'a> {
    pub fn new(cursor: Cursor<'a>) -> Clauses<'a> {
        Clauses {
            cursor,
            route: None,
            times: None,
            interval: None,
            listed: None,
            period: None,
            dates: None,
            courses: None,
            start: None,
            until: None,
            lasting: None,
            continuous: false,
            spans: Vec::new(),
        }
    }

    /// Day from which on there are no more doses.
    pub fn stop(&self) -> Option<u32> {
        let lasting = self.lasting.map(|days| self.start.unwrap_or(0).saturating_add(days));
        self.until.or(lasting)
    }

    pub fn phases(&self) -> Option<Phases> {
        Some(Phases { on: self.listed.clone()?, period: self.period? })
    }

    /// Place of the clause about a part.
    pub fn span(&self, part: Part) -> Option<Range<usize>> {
        self.spans.iter().find(|(p, _)| *p == part).map(|(_, span)| span.clone())
    }

    /// Reads all clauses.
    pub fn read(&mut self) -> Read {
        while self.cursor.peek(0).is_some() {
            let from = self.cursor.place();
            self.clause(from)?;
        }
        if self.continuous && self.listed.is_some() {
            let span = self.span(Part::Phases).unwrap_or(0..0);
            let problem = DoseProblem::Conflict { first: "`continuous`", second: "phases" };
            return Err(DoseTextError::new(span, problem));
        }
        Ok(())
    }

    /// Refuses words that are left.
    pub fn end(&self) -> Read {
        match self.cursor.peek(0) {
            Some(_) => Err(self.unknown()),
            None => Ok(()),
        }
    }

    fn clause(&mut self, from: usize) -> Read {
        if self.cursor.take(&["and", "a", "schedule", "dosing"]) {
            return Ok(());
        }
        if self.cursor.take(&["continuous", "continuously", "cdd"]) {
            self.continuous = true;
            return Ok(());
        }
        let word = self.cursor.lower(0);
        if let Some(route) = route(&word, &self.cursor.lower(1)) {
            self.cursor.skip(if word == "by" { 2 } else { 1 });
            return self.set(from, Part::Dose, "a route", |c| c.route.replace(route).is_some());
        }
        match word.as_str() {
            "every" | "each" | "on" if !weekdays(&self.cursor.lower(1)).is_empty() => {
                self.cursor.skip(1);
                self.weekdays(from)
            }
            "every" | "each" | "per" => self.every(from),
            "on" | "at" => self.dates(from),
            "days" | "day" => {
                self.cursor.skip(1);
                self.cycle_days(from)
            }
            "from" | "starting" => {
                let day = self.day_after("from", &["on", "at"])?;
                self.set(from, Part::Window, "a beginning", |c| c.start.replace(day).is_some())
            }
            "until" | "till" => {
                let day = self.day_after("until", &[])?;
                self.set(from, Part::Window, "an end", |c| {
                    c.until.replace(day).is_some() || c.lasting.is_some()
                })
            }
            "for" => self.lasting(from),
            _ => self.frequency(from, &word),
        }
    }

    /// Notes a clause, and refuses a second one of its kind.
    pub(super) fn set(
        &mut self,
        from: usize,
        part: Part,
        what: &'static str,
        replaced: impl FnOnce(&mut Self) -> bool,
    ) -> Read {
        let span = self.cursor.since(from);
        if replaced(self) {
            return Err(DoseTextError::new(span, DoseProblem::Twice { what }));
        }
        self.spans.push((part, span));
        Ok(())
    }

    pub(super) fn rhythm(&mut self, from: usize, times: u32, interval: u32) -> Read {
        self.set(from, Part::Rhythm, "how often", |c| {
            c.times = Some(times);
            c.interval.replace(interval).is_some()
        })
    }

    /// Takes `10 mg/day` as one dose a day, and refuses it beside another frequency.
    pub fn once_a_day(&mut self, dose: &Dose, span: &Range<usize>) -> Read {
        let other = self.times.is_some_and(|times| times > 1) || self.interval.is_some_and(|days| days > 1);
        if other {
            return Err(DoseTextError::new(span.clone(), not_single(dose)));
        }
        self.continuous = true;
        Ok(())
    }

    pub(super) fn set_courses(&mut self, from: usize, number: u32) -> Read {
        self.set(from, Part::Courses, "a number of courses", |c| c.courses.replace(number).is_some())
    }

    pub(super) fn set_phases(&mut self, from: usize, on: Vec<(u32, u32)>, period: Option<u32>) -> Read {
        self.set(from, Part::Phases, "a cycle", |c| {
            c.period = period;
            c.listed.replace(on).is_some()
        })
    }

    pub(super) fn error(&self, from: usize, problem: DoseProblem) -> DoseTextError {
        DoseTextError::new(self.cursor.since(from), problem)
    }

    /// The error for the next word, which means nothing here.
    pub(super) fn unknown(&self) -> DoseTextError {
        let word = self.cursor.peek(0).map_or("", |w| w.text);
        if matches!(word, "+" | "&" | "and" | "plus") {
            let problem = DoseProblem::SeveralDrugs { word: word.to_owned() };
            return self.error(self.cursor.place(), problem);
        }
        let near = nearest(word, KNOWN.iter().copied());
        let near = near.and_then(|near| KNOWN.iter().find(|known| **known == near).copied());
        self.error(self.cursor.place(), DoseProblem::UnknownWord { word: word.to_owned(), near })
    }

    pub(super) fn incomplete(&self, from: usize, after: &str, needed: &'static str) -> DoseTextError {
        self.error(from, DoseProblem::Incomplete { after: after.to_owned(), needed })
    }
}

/// A route by its word; `by mouth` is two.
fn route(word: &str, next: &str) -> Option<Route> {
    let plain: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    match (plain.as_str(), next) {
        ("by", "mouth") | ("oral" | "orally" | "po", _) => Some(Route::Oral),
        ("iv" | "intravenous" | "intravenously", _) => Some(Route::Intravenous),
        ("sc" | "subcutaneous" | "subcutaneously", _) => Some(Route::Subcutaneous),
        ("im" | "intramuscular" | "intramuscularly", _) => Some(Route::Intramuscular),
        ("ia" | "intraarterial" | "intraarterially", _) => Some(Route::Intraarterial),
        _ => None,
    }
}
