//! Whether a regimen makes sense by itself, whatever the drug.

use super::error::{DoseProblem, WrongAmount};
use super::{MAX_COURSES, MAX_DATES, MAX_DAY, MAX_DOSE, MAX_INTERVAL, dose};
use crate::catalogue::{Dose, DoseUnit};
use crate::scenario::model::{Phases, Regimen, Rhythm};

/// Part of a regimen that a problem is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The amount.
    Dose,
    /// Interval, doses a day or dates.
    Rhythm,
    /// Phases.
    Phases,
    /// Number of courses.
    Courses,
    /// Beginning and end.
    Window,
}

/// A problem and the part that it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsound {
    /// The part.
    pub part: Part,
    /// What is wrong.
    pub problem: DoseProblem,
}

fn check(holds: bool, part: Part, problem: impl FnOnce() -> DoseProblem) -> Result<(), Unsound> {
    if holds { Ok(()) } else { Err(Unsound { part, problem: problem() }) }
}

/// Judges a regimen without the catalogue: amounts, intervals, cycles, dates.
///
/// # Errors
///
/// The first thing that is impossible.
pub fn sound(regimen: &Regimen) -> Result<(), Unsound> {
    amount(regimen)?;
    rhythm(regimen)?;
    if let Some(phases) = &regimen.phases {
        cycle(phases)?;
        if let Rhythm::Every { days } = regimen.rhythm {
            let room = days == 1 || phases.on.iter().all(|(first, last)| last - first >= days);
            check(room, Part::Rhythm, || DoseProblem::NoRoom { days })?;
        }
    }
    let courses = regimen.courses.is_none_or(|n| (1..=MAX_COURSES).contains(&n));
    check(courses, Part::Courses, || DoseProblem::Courses { number: regimen.courses.unwrap_or(0) })?;
    window(regimen)
}

/// Judges an amount alone.
///
/// # Errors
///
/// An amount that is zero, negative, not a number, beyond all bounds, or more than all of the tumour.
pub fn possible(dose: &Dose) -> Result<(), DoseProblem> {
    let amount = || dose::text(dose);
    let wrong = if dose.amount > MAX_DOSE || dose.amount.is_nan() {
        Some(WrongAmount::TooLarge)
    } else if dose.amount < 0.0 {
        Some(WrongAmount::Negative)
    } else {
        (dose.amount == 0.0).then_some(WrongAmount::Zero)
    };
    if let Some(wrong) = wrong {
        return Err(DoseProblem::Amount { amount: amount(), wrong });
    }
    let all = dose.unit == DoseUnit::Percent && dose.amount > 100.0;
    if all { Err(DoseProblem::AboveAll { amount: amount() }) } else { Ok(()) }
}

fn amount(regimen: &Regimen) -> Result<(), Unsound> {
    let Some(given) = &regimen.dose else {
        return Ok(());
    };
    let text = || dose::text(given);
    possible(given).map_err(|problem| Unsound { part: Part::Dose, problem })?;
    if given.unit == DoseUnit::Nanomolar {
        let bath = || DoseProblem::Conflict { first: "a bath", second: "several doses a day" };
        check(regimen.times_per_day == 1, Part::Rhythm, bath)?;
    }
    if given.unit == DoseUnit::Percent {
        let dated = matches!(regimen.rhythm, Rhythm::Dates { .. });
        check(dated, Part::Rhythm, || DoseProblem::NoDate { dose: text() })?;
    }
    Ok(())
}

fn rhythm(regimen: &Regimen) -> Result<(), Unsound> {
    let times = regimen.times_per_day;
    let divides = (1..=24).contains(&times) && 24 % times == 0;
    check(divides, Part::Rhythm, || DoseProblem::TimesPerDay { text: format!("{times} times a day") })?;
    match &regimen.rhythm {
        Rhythm::Every { days } => {
            let possible = (1..=MAX_INTERVAL).contains(days);
            check(possible, Part::Rhythm, || DoseProblem::Interval { what: "an interval", days: *days })?;
            check(times == 1 || *days == 1, Part::Rhythm, || DoseProblem::TimesNotDaily)
        }
        Rhythm::Dates { days } => dates(regimen, days),
    }
}

fn dates(regimen: &Regimen, days: &[u32]) -> Result<(), Unsound> {
    let first = "dates";
    let conflict = |second| move || DoseProblem::Conflict { first, second };
    check(!days.is_empty(), Part::Rhythm, || DoseProblem::Incomplete {
        after: "on".into(),
        needed: "a day",
    })?;
    let number = days.len();
    check(number <= MAX_DATES, Part::Rhythm, || DoseProblem::TooManyDates { number })?;
    check(regimen.times_per_day == 1, Part::Rhythm, conflict("several doses a day"))?;
    check(regimen.phases.is_none(), Part::Phases, conflict("phases"))?;
    check(regimen.courses.is_none(), Part::Courses, conflict("a number of courses"))?;
    let whole = regimen.start == 0 && regimen.stop.is_none();
    check(whole, Part::Window, conflict("a beginning or an end"))?;
    for pair in days.windows(2) {
        check(pair[0] < pair[1], Part::Rhythm, || DoseProblem::DateOrder { day: pair[1] })?;
    }
    let last = days.last().copied().unwrap_or(0);
    check(last <= MAX_DAY, Part::Rhythm, || DoseProblem::TooLate { day: last })
}

fn cycle(phases: &Phases) -> Result<(), Unsound> {
    let period = phases.period;
    let possible = (2..=MAX_INTERVAL).contains(&period);
    check(possible, Part::Phases, || DoseProblem::Interval { what: "a cycle", days: period })?;
    check(!phases.on.is_empty(), Part::Phases, || DoseProblem::PhaseDay { day: 0 })?;
    let mut before = 0;
    for (first, last) in &phases.on {
        let placed = *first > before && first <= last && *last <= period;
        check(placed, Part::Phases, || DoseProblem::PhaseDay {
            day: if *first > before { *last } else { *first },
        })?;
        before = *last;
    }
    let on: u32 = phases.on.iter().map(|(first, last)| last - first + 1).sum();
    check(on < period, Part::Phases, || DoseProblem::NeverOff)
}

fn window(regimen: &Regimen) -> Result<(), Unsound> {
    let start = regimen.start;
    check(start <= MAX_DAY, Part::Window, || DoseProblem::TooLate { day: start })?;
    if let Some(stop) = regimen.stop {
        let first = regimen.first_day();
        check(stop > first, Part::Window, || DoseProblem::EndsBeforeStart { first, stop })?;
        check(stop <= MAX_DAY, Part::Window, || DoseProblem::TooLate { day: stop })?;
    }
    Ok(())
}
