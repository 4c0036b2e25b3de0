//! Whether the days on which a therapy looks at the tumour are checks of the run.

use super::line::LineRead;
use crate::scenario::context::Clock;
use crate::scenario::context::{At, Context};
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{LineEnd, Monitor, Visits};
use crate::scenario::reader::Reader;

/// Days on which the tumour is looked at: all multiples of `days`, or that day itself.
struct Look {
    days: u32,
    place: Span,
    message: String,
}

/// Reports checks that are no whole days, and visits and monitorings that fall between two observations.
pub(super) fn judge(therapy: &Reader<'_>, visits: &Visits, lines: &[LineRead<'_>], clock: &Clock) {
    let (Some(check), Some(hours)) = (&clock.check, clock.step_hours) else {
        return;
    };
    let mut looks = visiting(therapy, visits);
    looks.extend((0..lines.len()).filter_map(|number| monitoring(visits, lines, number)));
    looks.extend((0..lines.len()).filter_map(|number| sampling(visits, lines, number)));
    let common = looks.iter().fold(run_days(clock), |common, look| gcd(common, look.days));
    let every = At::new(u64::from(check.value) * u64::from(hours), check.span.clone());
    let whole = u32::try_from(every.value / 24).unwrap_or(u32::MAX);
    if !whole_days(therapy.cx, clock, common) {
        return;
    }
    let help = format!("write `every = \"{} d\"` in [time]", fitting(common, whole));
    for look in looks.into_iter().filter(|look| !look.days.is_multiple_of(whole)) {
        Diagnostic::error(look.place, look.message)
            .label(format!("expected multiples of {whole} d: the tumour is looked at in observations alone"))
            .related(every.span.clone(), format!("an observation every {whole} d"))
            .help(format!("{help}, or move it to an observation"))
            .report(therapy.cx);
    }
}

/// Reports checks that are no whole days; `common` days are a multiple of what would do.
fn whole_days(cx: &Context<'_>, clock: &Clock, common: u32) -> bool {
    let (Some(check), Some(hours)) = (&clock.check, clock.step_hours) else {
        return true;
    };
    let every = u64::from(check.value) * u64::from(hours);
    if every.is_multiple_of(24) {
        return true;
    }
    let whole = u32::try_from(every / 24).unwrap_or(u32::MAX);
    Diagnostic::error(
        check.span.clone(),
        format!("an observation every {} does not keep to whole days", clock.text(check.value)),
    )
    .label("expected whole days: [therapy] is planned by the day")
    .help(format!("write `every = \"{} d\"` in [time]", fitting(common, whole)))
    .report(cx);
    false
}

/// The first visits, and the interval of the others.
fn visiting(therapy: &Reader<'_>, visits: &Visits) -> Vec<Look> {
    let section = therapy.given("visits").map(|(_, section)| section);
    let place = |names: [&str; 2]| {
        let key = names.iter().find_map(|name| section?.get_ref().get(*name));
        key.map(|k| k.span()).or(section.map(|s| s.span())).unwrap_or(therapy.span.clone())
    };
    let first = visits.at.iter().map(|day| Look {
        days: *day,
        place: place(["at", "first"]),
        message: format!("the visit on day {day} falls between two observations"),
    });
    let rest = Look {
        days: visits.every,
        place: place(["every", "every"]),
        message: format!("visits every {} d fall between two observations", visits.every),
    };
    // Without `first` and `at` the first visit is told by the interval.
    first.filter(|look| look.days != visits.every).chain([rest]).collect()
}

/// The days on which an adaptive line looks at the burden between visits.
fn monitoring(visits: &Visits, lines: &[LineRead<'_>], number: usize) -> Option<Look> {
    let Monitor::Every { days } = lines[number].adaptive?.monitor else {
        return None;
    };
    repeated(visits, lines, number, days, ("adaptive", "monitor", "a look at the burden"))
}

/// The days on which a marker is sampled.
fn sampling(visits: &Visits, lines: &[LineRead<'_>], number: usize) -> Option<Look> {
    let days = lines[number].trigger.as_ref()?.every;
    repeated(visits, lines, number, days, ("trigger", "every", "a sample of the marker"))
}

/// What a rule of a line, in a section with a key, does every so many days since the line began.
fn repeated(
    visits: &Visits,
    lines: &[LineRead<'_>],
    number: usize,
    days: u32,
    (section, key, what): (&str, &str, &str),
) -> Option<Look> {
    let (reader, begins) = (lines[number].reader.as_ref()?, begins(visits, lines, number));
    let rule = reader.given(section).map(|(_, rule)| rule);
    let key = rule.and_then(|r| r.get_ref().get(key).map(|m| m.span()));
    let place = key.or(rule.map(|r| r.span())).unwrap_or(reader.span.clone());
    let from = match begins {
        0 => String::new(),
        1 => " from the line's beginning, which may be any day,".to_owned(),
        _ => " from the line's beginning".to_owned(),
    };
    let message = format!("{what} every {days} d{from} falls between two observations");
    Some(Look { days: gcd(days, begins), place, message })
}

/// The largest number of which every day is a multiple on which a line may begin; 0 if it begins on day 0.
fn begins(visits: &Visits, lines: &[LineRead<'_>], number: usize) -> u32 {
    let line = &lines[number];
    match (&line.start, number.checked_sub(1)) {
        (Some(start), _) => start.value,
        (None, None) => line.delay,
        (None, Some(before)) => {
            let begun = begins(visits, lines, before);
            let visit = visits.at.iter().fold(visits.every, |common, day| gcd(common, *day));
            let before = &lines[before];
            let ends = before.until.iter().map(|end| match end.value {
                LineEnd::Progression => gcd(visit, before.beyond.as_ref().map_or(0, |b| b.value)),
                LineEnd::After { days } => gcd(begun, days),
                LineEnd::Toxicity => 1,
            });
            let marker = before.ending_marker().map(|rule| gcd(gcd(begun, rule.every), rule.turnaround));
            ends.chain(marker).fold(line.delay, gcd)
        }
    }
}

/// Days of the run, 0 if they are no whole ones.
fn run_days(clock: &Clock) -> u32 {
    let hours =
        clock.end.as_ref().map_or(0, |e| u64::from(e.value)) * u64::from(clock.step_hours.unwrap_or(0));
    if hours.is_multiple_of(24) { u32::try_from(hours / 24).unwrap_or(0) } else { 0 }
}

/// The largest number of days up to `most` of which `common` is a multiple; at least 1.
fn fitting(common: u32, most: u32) -> u32 {
    (1..=most.min(common)).rev().find(|days| common.is_multiple_of(*days)).unwrap_or(1)
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_that_is_offered_divides_everything_and_is_no_longer() {
        assert_eq!(gcd(84, 30), 6);
        assert_eq!((gcd(0, 7), gcd(7, 0)), (7, 7));
        assert_eq!(fitting(30, 7), 6);
        assert_eq!(fitting(84, 200), 84);
        assert_eq!(fitting(84, 0), 1);
    }
}
