//! What can be wrong with a dose text.

use std::ops::Range;

use thiserror::Error;

use super::{MAX_DATES, MAX_TEXT};
use crate::scenario::shown::shown;

/// Something wrong with a regimen, in words that stand for themselves.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum DoseProblem {
    /// Nothing written.
    #[error("the regimen is empty")]
    Empty,
    /// A text that is too long to be one regimen.
    #[error("a regimen of {bytes} bytes, and at most {MAX_TEXT} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The text begins with a dose.
    #[error("no drug before the dose")]
    NoDrug,
    /// A schedule without a dose.
    #[error("{} has no dose", shown(.drug))]
    NoDose {
        /// What stands in place of a drug's name.
        drug: String,
    },
    /// A unit of doses after something that is not a number.
    #[error("{} is not a number", shown(.found))]
    NoNumber {
        /// What stands in its place.
        found: String,
        /// The unit after it.
        unit: String,
    },
    /// A number where a dose is expected, and no unit after it.
    #[error("the dose {number} has no unit")]
    NoUnit {
        /// The number as written.
        number: String,
    },
    /// A unit that the program does not know.
    #[error("{} is not a unit of doses", shown(.unit))]
    UnknownUnit {
        /// The unit as written.
        unit: String,
        /// The dose in a unit that is known, or that unit alone where the number does not say how much it is.
        instead: Option<&'static str>,
    },
    /// A dose per day, which does not say in how many parts it is given.
    #[error("{dose} a day is not a single dose")]
    PerDay {
        /// The dose of a day.
        dose: String,
    },
    /// `7,4` in place of `7.4`.
    #[error("a comma in the number {number}")]
    DecimalComma {
        /// The number as written.
        number: String,
    },
    /// A dose that is zero, negative, too large or no number.
    #[error("a dose of {amount} is impossible")]
    Amount {
        /// The dose.
        amount: String,
        /// What is wrong with it.
        wrong: WrongAmount,
    },
    /// More than all of the tumour.
    #[error("{amount} is more than all of the tumour")]
    AboveAll {
        /// The dose.
        amount: String,
    },
    /// A dose without a word on when it is given.
    #[error("nothing says how often {dose} is given")]
    NoRhythm {
        /// The dose.
        dose: String,
    },
    /// A procedure without a date.
    #[error("nothing says when {dose} of the tumour is treated")]
    NoDate {
        /// The dose.
        dose: String,
    },
    /// A clause that stands twice, or two that say the same thing differently.
    #[error("{what} twice")]
    Twice {
        /// Of what there are two.
        what: &'static str,
    },
    /// A word that has no meaning here.
    #[error("{} is not understood", shown(.word))]
    UnknownWord {
        /// The word.
        word: String,
        /// One that may be meant.
        near: Option<&'static str>,
    },
    /// A word that joins two drugs.
    #[error("{} joins two drugs, and a regimen is of one", shown(.word))]
    SeveralDrugs {
        /// The word.
        word: String,
    },
    /// The text ends within a clause, or something else stands there.
    #[error("{} needs {needed} after it", shown(.after))]
    Incomplete {
        /// The word before.
        after: String,
        /// What is needed.
        needed: &'static str,
    },
    /// An end that is an event, not a day.
    #[error("the days of a regimen are fixed, and {} has no day", shown(.event))]
    Event {
        /// The word.
        event: String,
    },
    /// Twice a week, or every other week.
    #[error("`biweekly` has two meanings")]
    Biweekly,
    /// A time that is no whole number of days.
    #[error("{text} is not a whole number of days")]
    PartOfDay {
        /// The time as written.
        text: String,
    },
    /// An interval or a cycle of no length or of years.
    #[error("{what} of {days} d is impossible")]
    Interval {
        /// `an interval` or `a cycle`.
        what: &'static str,
        /// Its length.
        days: u32,
    },
    /// Doses that do not divide a day.
    #[error("{text} does not divide a day evenly")]
    TimesPerDay {
        /// What is written.
        text: String,
    },
    /// Several doses a day, but not every day.
    #[error("several doses a day, but not every day")]
    TimesNotDaily,
    /// Phases out of order, overlapping or beyond the cycle.
    #[error("day {day} is out of place in the cycle")]
    PhaseDay {
        /// The day.
        day: u32,
    },
    /// A cycle that has no day off.
    #[error("the cycle has no day without the drug")]
    NeverOff,
    /// Days without the length of the cycle.
    #[error("the length of the cycle is missing")]
    NoPeriod,
    /// An interval that no on-phase has room for.
    #[error("an interval of {days} d has no room in the days on the drug")]
    NoRoom {
        /// The interval.
        days: u32,
    },
    /// Two clauses that exclude each other.
    #[error("{first} together with {second}")]
    Conflict {
        /// One.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// Dates that are not ascending.
    #[error("day {day} does not come after the day before it")]
    DateOrder {
        /// The day.
        day: u32,
    },
    /// More dates than a regimen may have.
    #[error("{number} dates, and a regimen has at most {MAX_DATES}")]
    TooManyDates {
        /// Their number.
        number: usize,
    },
    /// No courses, or too many.
    #[error("{number} courses are impossible")]
    Courses {
        /// Their number.
        number: u32,
    },
    /// A regimen that ends before its first dose.
    #[error("the regimen ends on day {stop}, and its first dose is on day {first}")]
    EndsBeforeStart {
        /// Day of the first dose.
        first: u32,
        /// Day from which on there are no doses.
        stop: u32,
    },
    /// A day beyond a century.
    #[error("day {day} is more than a hundred years away")]
    TooLate {
        /// The day.
        day: u32,
    },
}

/// Why an amount is impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongAmount {
    /// It is zero.
    Zero,
    /// It is negative.
    Negative,
    /// It is beyond all bounds.
    TooLarge,
}

/// A problem and its place.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{problem}")]
pub struct DoseTextError {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// What is wrong.
    pub problem: DoseProblem,
}

impl DoseTextError {
    pub(super) fn new(span: Range<usize>, problem: DoseProblem) -> DoseTextError {
        DoseTextError { span, problem }
    }
}
