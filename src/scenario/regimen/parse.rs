//! From a dose text to a regimen.

use std::ops::Range;

use super::MAX_TEXT;
use super::clauses::{Clauses, LATER_CLAUSE, SCHEDULE};
use super::cursor::{Cursor, TextWord, words};
use super::dose::{UnitWord, amount, leading_number, text as dose_text, unit};
use super::error::{DoseProblem, DoseTextError};
use super::sound::{Part, sound};
use crate::catalogue::{Dose, DoseUnit, plain_name};
use crate::scenario::model::{Phases, Regimen, Rhythm};
use crate::scenario::shown::cut;
use crate::scenario::units::decimal_comma;

/// Where in the words a dose stands.
struct DosePlace {
    dose: Dose,
    first: usize,
    /// Index of the word after it.
    next: usize,
    /// Whether it is a dose a day: `10 mg/day`.
    daily: bool,
}

/// Reads a regimen.
///
/// The name is everything before the first number that has a unit of dose; it is returned as written, and it is the
/// caller's to look it up. Without a dose the whole text is a name (as for supportive care), unless it holds words of a schedule.
///
/// # Errors
///
/// The first problem, with its place in the text.
pub fn parse(text: &str) -> Result<Regimen, DoseTextError> {
    read(text, None, &[])
}

/// Reads a reduced dose, such as `5 mg daily`: as [`parse`], but the name may be left out if `drug` gives it, and so
/// may the schedule, which is then that of the drug's regimen in `full`.
///
/// # Errors
///
/// As for [`parse`].
pub fn parse_step(text: &str, drug: Option<&str>, full: &[&Regimen]) -> Result<Regimen, DoseTextError> {
    read(text, drug, full)
}

/// Reads the days of a cycle, such as `1-7 and 15-21 of 28`.
///
/// # Errors
///
/// What is wrong with them; the days themselves are not judged (see [`sound`]).
pub fn parse_days(text: &str) -> Result<Phases, DoseTextError> {
    not_too_long(text)?;
    let all = words(text);
    let mut clauses = Clauses::new(Cursor::new(all, 0));
    clauses.cycle_days(0)?;
    clauses.end()?;
    match (clauses.listed.take(), clauses.period) {
        (Some(on), Some(period)) => Ok(Phases { on, period }),
        _ => Err(DoseTextError::new(0..text.len(), DoseProblem::NoPeriod)),
    }
}

/// Refuses a text that no regimen needs.
fn not_too_long(text: &str) -> Result<(), DoseTextError> {
    let bytes = text.len();
    if bytes <= MAX_TEXT {
        return Ok(());
    }
    let beginning: usize = text.chars().take(10).map(char::len_utf8).sum();
    Err(DoseTextError::new(0..beginning, DoseProblem::TooLong { bytes }))
}

fn read(text: &str, drug: Option<&str>, full: &[&Regimen]) -> Result<Regimen, DoseTextError> {
    not_too_long(text)?;
    let all = words(text);
    let Some(last) = all.last() else {
        return Err(DoseTextError::new(0..text.len(), DoseProblem::Empty));
    };
    let whole = all[0].start..last.span().end;
    let Some(place) = find_dose(&all)? else {
        return without_dose(all, whole, drug);
    };
    let name = name(&all[..place.first]);
    let name = match (name.is_empty(), drug) {
        (false, _) => name,
        (true, Some(drug)) => drug.to_owned(),
        (true, None) => return Err(DoseTextError::new(all[0].span(), DoseProblem::NoDrug)),
    };
    let dose_span = all[place.first].start..all[place.next - 1].span().end;
    let mut clauses = Clauses::new(Cursor::new(all, place.next));
    clauses.read()?;
    if place.daily {
        clauses.once_a_day(&place.dose, &dose_span)?;
    }
    let full = full.iter().find(|full| plain_name(&full.drug) == plain_name(&name));
    finish(name, place.dose, dose_span, clauses, full.copied(), whole)
}

/// Words with single blanks between them.
fn name(words: &[TextWord<'_>]) -> String {
    words.iter().map(|w| w.text).collect::<Vec<_>>().join(" ")
}

fn find_dose(all: &[TextWord<'_>]) -> Result<Option<DosePlace>, DoseTextError> {
    let mut bare = None;
    for (first, word) in all.iter().enumerate() {
        let lower = word.lower();
        if first > 0 && (SCHEDULE.contains(&lower.as_str()) || LATER_CLAUSE.contains(&lower.as_str())) {
            break;
        }
        let Some((number, tail)) = leading_number(word.text) else {
            continue;
        };
        let (unit_word, next) = if tail.is_empty() {
            (all.get(first + 1).map_or("", |w| w.text), first + 2)
        } else {
            (tail, first + 1)
        };
        match unit(unit_word) {
            Some(UnitWord::Known(_) | UnitWord::PerDay(_) | UnitWord::Foreign(_)) => {
                let span = word.start..all[next - 1].span().end;
                let (dose, daily) = amount(number, unit_word).map_err(|p| DoseTextError::new(span, p))?;
                return Ok(Some(DosePlace { dose, first, next, daily }));
            }
            None => comma(word, number)?,
        }
        if tail.is_empty() && (first > 0 || all.len() == 1) {
            bare = Some((first, number));
        }
    }
    bare.map_or(Ok(None), |(first, number)| Err(unitless(all, first, number)))
}

/// Refuses `7,4 GBq`.
fn comma(word: &TextWord<'_>, number: &str) -> Result<(), DoseTextError> {
    let Some(number) = decimal_comma(word.text, number.len()) else {
        return Ok(());
    };
    let rest = &word.text[number.len()..];
    if rest.is_empty() || unit(rest).is_some() {
        return Err(DoseTextError::new(word.span(), DoseProblem::DecimalComma { number: cut(number) }));
    }
    Ok(())
}

/// The error for a number without a known unit.
fn unitless(all: &[TextWord<'_>], first: usize, number: &str) -> DoseTextError {
    let number = cut(number);
    let follows = all.get(first + 1).filter(|w| !SCHEDULE.contains(&w.lower().as_str()));
    match follows {
        Some(word) if leading_number(word.text).is_none() => DoseTextError::new(
            word.span(),
            DoseProblem::UnknownUnit { unit: word.text.to_owned(), instead: None },
        ),
        _ => DoseTextError::new(all[first].span(), DoseProblem::NoUnit { number }),
    }
}

/// A text without a dose: a name and perhaps a beginning and an end.
fn without_dose(
    all: Vec<TextWord<'_>>,
    whole: Range<usize>,
    known: Option<&str>,
) -> Result<Regimen, DoseTextError> {
    let at = |any: &[&str]| (1..all.len()).find(|i| any.contains(&all[*i].lower().as_str()));
    let later = at(LATER_CLAUSE).unwrap_or(all.len());
    if let Some(word) = at(SCHEDULE).filter(|i| *i < later) {
        no_number(&all[..word], known)?;
        let drug = name(&all[..word]);
        return Err(DoseTextError::new(all[word].span(), DoseProblem::NoDose { drug }));
    }
    no_number(&all[..later], known)?;
    let drug = name(&all[..later]);
    let mut clauses = Clauses::new(Cursor::new(all, later));
    clauses.read()?;
    let regimen = Regimen {
        drug: drug.clone(),
        dose: None,
        route: None,
        times_per_day: 1,
        rhythm: Rhythm::Every { days: 1 },
        phases: None,
        courses: None,
        start: clauses.start.unwrap_or(0),
        stop: clauses.stop(),
    };
    if clauses.interval.is_some() || clauses.phases().is_some() || clauses.courses.is_some() {
        return Err(DoseTextError::new(whole, DoseProblem::NoDose { drug }));
    }
    judged(regimen, &clauses, whole)
}

/// Refuses `NaN mg`: a unit of doses at the end of a name, with something else than a number before it. Where the
/// drug is known no name needs to stand before them.
fn no_number(words: &[TextWord<'_>], known: Option<&str>) -> Result<(), DoseTextError> {
    match words {
        [name @ .., found, unit_word]
            if (known.is_some() || !name.is_empty())
                && matches!(unit(unit_word.text), Some(UnitWord::Known(_))) =>
        {
            let problem =
                DoseProblem::NoNumber { found: found.text.to_owned(), unit: unit_word.text.to_owned() };
            Err(DoseTextError::new(found.start..unit_word.span().end, problem))
        }
        _ => Ok(()),
    }
}

fn finish(
    drug: String,
    dose: Dose,
    dose_span: Range<usize>,
    mut clauses: Clauses<'_>,
    full: Option<&Regimen>,
    whole: Range<usize>,
) -> Result<Regimen, DoseTextError> {
    let mut phases = clauses.phases();
    let mut times = clauses.times.unwrap_or(1);
    if clauses.listed.is_some() && phases.is_none() {
        let span = clauses.span(Part::Phases).unwrap_or(whole);
        return Err(DoseTextError::new(span, DoseProblem::NoPeriod));
    }
    let dates = clauses.dates.take();
    let rhythm = match (dates, clauses.interval) {
        (Some(days), None) => Rhythm::Dates { days },
        (Some(_), Some(_)) => {
            let problem = DoseProblem::Conflict { first: "dates", second: "an interval" };
            return Err(DoseTextError::new(clauses.span(Part::Rhythm).unwrap_or(whole), problem));
        }
        (None, Some(days)) => Rhythm::Every { days },
        (None, None) if phases.is_some() || clauses.continuous || dose.unit == DoseUnit::Nanomolar => {
            Rhythm::Every { days: 1 }
        }
        (None, None) => {
            let full = full.ok_or_else(|| unscheduled(&dose, dose_span.clone()))?;
            times = full.times_per_day;
            phases.clone_from(&full.phases);
            full.rhythm.clone()
        }
    };
    clauses.spans.push((Part::Dose, dose_span));
    let regimen = Regimen {
        drug,
        dose: Some(dose),
        route: clauses.route,
        times_per_day: times,
        rhythm,
        phases,
        courses: clauses.courses,
        start: clauses.start.unwrap_or(0),
        stop: clauses.stop(),
    };
    judged(regimen, &clauses, whole)
}

/// The error for a dose of which nothing says when it is given.
fn unscheduled(dose: &Dose, span: Range<usize>) -> DoseTextError {
    let removal = dose.unit == DoseUnit::Percent;
    let dose = dose_text(dose);
    let problem = if removal { DoseProblem::NoDate { dose } } else { DoseProblem::NoRhythm { dose } };
    DoseTextError::new(span, problem)
}

fn judged(regimen: Regimen, clauses: &Clauses<'_>, whole: Range<usize>) -> Result<Regimen, DoseTextError> {
    match sound(&regimen) {
        Ok(()) => Ok(regimen),
        Err(unsound) => {
            let span = clauses.span(unsound.part).unwrap_or(whole);
            Err(DoseTextError::new(span, unsound.problem))
        }
    }
}
