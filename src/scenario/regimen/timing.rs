//! Clauses about time: intervals, phases, lists of days, courses.

use super::clauses::{Clauses, Read};
use super::dose::leading_number;
use super::error::{DoseProblem, DoseTextError};
use super::sound::Part;
use super::weekdays::{ranges, weekdays};
use crate::scenario::shown::cut;
use crate::scenario::units::{Dimension, Written};

const NUMBERS: &[&str] = &["one", "two", "three", "four", "five", "six", "seven", "eight"];

/// Events that people write after `until`.
const EVENTS: [&str; 6] = ["progression", "disease", "pd", "toxicity", "unacceptable", "death"];

/// A length of time and how it was written.
struct Length {
    hours: f64,
    text: String,
}

/// What a month is.
#[derive(Clone, Copy)]
enum Month {
    /// Four weeks: the interval of a depot that is given monthly.
    Interval,
    /// The mean month, to the day.
    Mean,
}

/// A unit of time by any of its words, of an hour at least; `a` is an article here, and `m` a month.
fn unit(word: &str) -> Option<Written> {
    let word = if word == "m" { "mo" } else { word };
    let is_time = |w: &Written| w.unit.dimension == Dimension::Time && w.canonical(1.0) >= 1.0;
    Written::of(word).filter(|w| word != "a" && is_time(w))
}

/// Hours of so many of a unit of time. Mean months and years are of whole days.
fn hours(value: f64, word: &str, month: Month) -> Option<f64> {
    let written = unit(word)?;
    Some(match (written.unit.symbol, month) {
        ("mo", Month::Interval) => value * 28.0 * 24.0,
        ("mo" | "y", _) => libm::round(written.canonical(value) / 24.0) * 24.0,
        _ => written.canonical(value),
    })
}

fn is_course(word: &str) -> bool {
    matches!(word, "cycle" | "cycles" | "course" | "courses" | "dose" | "doses")
}

/// A whole number.
fn whole(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

impl Clauses<'_> {
    /// A number and a unit of time, in one word or two; `None` if there is none.
    fn length(&mut self, month: Month) -> Option<Length> {
        let first = self.cursor.lower(0);
        let counted = NUMBERS.iter().position(|word| *word == first).map(|n| (n + 1).to_string());
        self.length_of(&counted.unwrap_or(first), month)
    }

    /// The same, where this is what the next word says: `28` of `q28 days`.
    fn length_of(&mut self, first: &str, month: Month) -> Option<Length> {
        let (number, tail) = leading_number(first)?;
        let (unit, count) = if tail.is_empty() { (self.cursor.lower(1), 2) } else { (tail.to_owned(), 1) };
        let value = number.parse::<f64>().ok()?;
        let hours = hours(value, &unit, month)?;
        self.cursor.skip(count);
        Some(Length { hours, text: format!("{} {unit}", cut(number)) })
    }

    fn whole_days(&self, from: usize, length: &Length) -> Result<u32, DoseTextError> {
        let days = length.hours / 24.0;
        if days == libm::floor(days) && (0.0..1e9).contains(&days) {
            return Ok(days as u32);
        }
        Err(self.error(from, DoseProblem::PartOfDay { text: length.text.clone() }))
    }

    /// `every 28 d`, `every other day`.
    pub(super) fn every(&mut self, from: usize) -> Read {
        let after = self.cursor.lower(0);
        self.cursor.skip(1);
        let other = self.cursor.take(&["other", "second"]);
        let factor = if other { 2 } else { 1 };
        if self.cursor.take(&["day"]) {
            return self.rhythm(from, 1, factor);
        }
        if self.cursor.take(&["week"]) {
            return self.rhythm(from, 1, 7 * factor);
        }
        if self.cursor.take(&["month"]) {
            return self.rhythm(from, 1, 28 * factor);
        }
        match self.length(Month::Interval) {
            Some(length) if !other => self.interval(from, &length),
            _ => Err(self.incomplete(from, &after, "a time")),
        }
    }

    fn interval(&mut self, from: usize, length: &Length) -> Read {
        // After a list of days, `every 28 d` is the length of the cycle.
        if self.listed.is_some() && self.period.is_none() {
            self.period = Some(self.whole_days(from, length)?);
            return Ok(());
        }
        if length.hours > 0.0 && length.hours < 24.0 {
            let times = 24.0 / length.hours;
            if times != libm::floor(times) {
                return Err(self.error(from, DoseProblem::TimesPerDay { text: length.text.clone() }));
            }
            return self.rhythm(from, times as u32, 1);
        }
        let days = self.whole_days(from, length)?;
        self.rhythm(from, 1, days)
    }

    /// `daily`, `3 times a week`, `q2w`, `x4`, `4 weeks on 2 weeks off`, `4/2`.
    pub(super) fn frequency(&mut self, from: usize, word: &str) -> Read {
        let plain: String = word.chars().filter(|c| *c != '.').collect();
        let simple = match plain.as_str() {
            "daily" | "qd" | "od" | "qday" | "qam" | "qpm" | "qhs" | "nocte" | "mane" => Some((1, 1)),
            "bid" | "bd" => Some((2, 1)),
            "tid" | "tds" => Some((3, 1)),
            "qid" => Some((4, 1)),
            "weekly" | "qw" | "qwk" | "qweek" => Some((1, 7)),
            "fortnightly" => Some((1, 14)),
            "monthly" | "qm" | "qmo" | "qmonth" => Some((1, 28)),
            "qod" => Some((1, 2)),
            _ => None,
        };
        if let Some((times, days)) = simple {
            self.cursor.skip(1);
            return self.rhythm(from, times, days);
        }
        match plain.as_str() {
            "tiw" => {
                self.cursor.skip(1);
                self.per_week(from, 3)
            }
            "biweekly" | "biw" => Err(self.error(from, DoseProblem::Biweekly)),
            _ if !weekdays(&plain).is_empty() => self.weekdays(from),
            _ => self.counted(from, word),
        }
    }

    /// Clauses that begin with a number, or with a letter and a number.
    fn counted(&mut self, from: usize, word: &str) -> Read {
        let (stem, rest) = word.split_once('/').map_or((word, ""), |(stem, _)| (stem, &word[stem.len()..]));
        let times = match stem {
            "once" => Some(1),
            "twice" => Some(2),
            "thrice" => Some(3),
            _ => None,
        };
        if let Some(times) = times {
            return self.so_often(from, word, times, rest);
        }
        let number = NUMBERS.iter().position(|n| *n == word).map(|n| n as u32 + 1).or(whole(word));
        if let Some(number) = number {
            return self.numbered(from, word, number);
        }
        if let Some(number) = word.strip_prefix(['x', '×']) {
            let (number, count) =
                if number.is_empty() { (whole(&self.cursor.lower(1)), 2) } else { (whole(number), 1) };
            if let Some(number) = number {
                self.cursor.skip(count);
                self.cursor.take(&["cycles", "courses", "doses"]);
                return self.set_courses(from, number);
            }
        }
        if let Some(rest) = word.strip_prefix('q').filter(|rest| leading_number(rest).is_some()) {
            let length = self.length_of(rest, Month::Interval).ok_or_else(|| self.unknown())?;
            return self.interval(from, &length);
        }
        if word == "q" {
            return self.every(from);
        }
        if let Some(weeks) = word.strip_suffix("-weekly").and_then(whole) {
            self.cursor.skip(1);
            return self.rhythm(from, 1, weeks.saturating_mul(7));
        }
        if let Some((number, rest)) = leading_number(word)
            && let (Some(times), Some(rest)) = (whole(number), rest.strip_prefix(['x', '×']))
        {
            return self.so_often(from, word, times, rest);
        }
        if word.strip_prefix('d').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            return self.cycle_days(from);
        }
        self.phases_text(from, word)
    }

    /// A whole number: `3 times daily`, `4 cycles`, `4 weeks on`.
    fn numbered(&mut self, from: usize, word: &str, number: u32) -> Read {
        let next = self.cursor.lower(1);
        match next.as_str() {
            "times" | "x" | "×" => {
                self.cursor.skip(2);
                self.times(from, &next, number)
            }
            "on" => {
                self.cursor.skip(2);
                Err(self.incomplete(from, word, "a unit of time"))
            }
            _ if is_course(&next) => {
                self.cursor.skip(2);
                self.set_courses(from, number)
            }
            _ => self.phases_text(from, word),
        }
    }

    /// `once daily`, `2x/day`: `rest` is what follows the number in its word.
    fn so_often(&mut self, from: usize, word: &str, times: u32, rest: &str) -> Read {
        match rest {
            "" => {
                self.cursor.skip(1);
                self.times(from, word, times)
            }
            "/d" | "/day" | "/daily" => {
                self.cursor.skip(1);
                self.rhythm(from, times, 1)
            }
            "/w" | "/wk" | "/week" => {
                self.cursor.skip(1);
                self.per_week(from, times)
            }
            _ => Err(self.unknown()),
        }
    }

    /// What follows a number of times: a day, a week or a month.
    fn times(&mut self, from: usize, after: &str, times: u32) -> Read {
        if times == 1 && matches!(self.cursor.lower(0).as_str(), "every" | "each") {
            return self.every(from);
        }
        let word = self.cursor.take(&["a", "per", "each", "every"]);
        let [day, week, month] = if word { ["day", "week", "month"] } else { ["daily", "weekly", "monthly"] };
        if self.cursor.take(&[day]) {
            return self.rhythm(from, times, 1);
        }
        if self.cursor.take(&[week]) {
            return self.per_week(from, times);
        }
        if matches!(times, 1 | 2 | 4) && self.cursor.take(&[month]) {
            return self.rhythm(from, 1, 28 / times);
        }
        Err(self.incomplete(from, after, "`daily` or `weekly`"))
    }

    /// So many days a week, as evenly as whole days allow.
    fn per_week(&mut self, from: usize, times: u32) -> Read {
        let on = match times {
            1 => return self.rhythm(from, 1, 7),
            2 => vec![(1, 1), (4, 4)],
            3 => vec![(1, 1), (3, 3), (5, 5)],
            4 => vec![(1, 1), (3, 3), (5, 5), (7, 7)],
            5 | 6 => vec![(1, times)],
            7 => return self.rhythm(from, 1, 1),
            _ => {
                return Err(
                    self.error(from, DoseProblem::TimesPerDay { text: format!("{times} times a week") })
                );
            }
        };
        self.rhythm(from, 1, 1)?;
        self.set_phases(from, on, Some(7))
    }

    /// `4 weeks on 2 weeks off`, or `4/2` in weeks.
    fn phases_text(&mut self, from: usize, word: &str) -> Read {
        if let Some((on, off)) = word.split_once('/')
            && let (Some(on), Some(off)) = (whole(on), whole(off))
        {
            self.cursor.skip(1);
            return self.on_off(from, on.saturating_mul(7), off.saturating_mul(7));
        }
        let on = self.length(Month::Interval).ok_or_else(|| self.unknown())?;
        if !self.cursor.take(&["on"]) {
            return Err(self.incomplete(from, &on.text, "`on`"));
        }
        while self.cursor.take(&["and", "then", "/", "followed", "by"]) {}
        self.off(from, &on)
    }

    /// `2 weeks off`, after a time on.
    fn off(&mut self, from: usize, on: &Length) -> Read {
        match self.length(Month::Interval) {
            Some(off) if self.cursor.take(&["off"]) => {
                let (on, off) = (self.whole_days(from, on)?, self.whole_days(from, &off)?);
                self.on_off(from, on, off)
            }
            _ => Err(self.incomplete(from, "on", "a time off")),
        }
    }

    fn on_off(&mut self, from: usize, on: u32, off: u32) -> Read {
        self.set_phases(from, vec![(1, on)], Some(on.saturating_add(off)))
    }

    /// A list of days with ranges; `and`, `d` and commas are free.
    fn list(&mut self, from: usize) -> Result<Vec<(u32, u32)>, DoseTextError> {
        let mut days = Vec::new();
        loop {
            if self.cursor.take(&["and", "&", "+", "day", "days"]) {
                continue;
            }
            let word = self.cursor.lower(0);
            let word = word.strip_prefix('d').unwrap_or(&word);
            let next = self.cursor.lower(1);
            let other = is_course(&next) || unit(&next).is_some() || next == "times";
            if !word.starts_with(|c: char| c.is_ascii_digit()) || (other && !days.is_empty()) {
                break;
            }
            for item in word.split(',').filter(|i| !i.is_empty()) {
                let (first, last) = item.split_once(['-', '–']).unwrap_or((item, item));
                let last = last.strip_prefix('d').unwrap_or(last);
                let (Some(first), Some(last)) = (whole(first), whole(last)) else {
                    return Err(self.unknown());
                };
                days.push((first, last));
            }
            self.cursor.skip(1);
            if let (true, Some(last)) = (self.cursor.lower(0) == "to", whole(&self.cursor.lower(1)))
                && let Some(range) = days.last_mut()
            {
                range.1 = last;
                self.cursor.skip(2);
            }
        }
        if days.is_empty() {
            return Err(self.incomplete(from, "days", "their numbers"));
        }
        Ok(days)
    }

    /// `1-7 and 15-21 of 28`, after the word `days`.
    pub(super) fn cycle_days(&mut self, from: usize) -> Read {
        let days = self.list(from)?;
        let period = self.of()?;
        self.set_phases(from, days, period)
    }

    /// `of 28`, `of a 28-day cycle`.
    fn of(&mut self) -> Result<Option<u32>, DoseTextError> {
        let from = self.cursor.place();
        if !self.cursor.take(&["of"]) {
            return Ok(None);
        }
        while self.cursor.take(&["a", "each", "every", "the"]) {}
        let word = self.cursor.lower(0);
        let (number, tail) = leading_number(&word).unwrap_or(("", &word));
        let fits = matches!(tail, "" | "d" | "-day" | "-days" | "days" | "day");
        let Some(period) = whole(number).filter(|_| fits) else {
            return Err(self.incomplete(from, "of", "the length of the cycle in days"));
        };
        self.cursor.skip(1);
        while self.cursor.take(&["d", "day", "days", "cycle", "cycles"]) {}
        Ok(Some(period))
    }

    /// `on day 100`, `on days 9 and 37`; with `of 21` a cycle.
    pub(super) fn dates(&mut self, from: usize) -> Read {
        self.cursor.skip(1);
        let days = self.list(from)?;
        if let Some(period) = self.of()? {
            return self.set_phases(from, days, Some(period));
        }
        let spread = days.iter().map(|(a, b)| u64::from(b.saturating_sub(*a))).sum::<u64>();
        if spread > 366 {
            return Err(self.incomplete(from, "on", "at most a year of dates"));
        }
        let all: Vec<u32> = days.iter().flat_map(|(a, b)| *a..=*b).collect();
        self.set(from, Part::Rhythm, "dates", |c| c.dates.replace(all).is_some())
    }

    /// The day after `from` or `until`: `day 84`, `84 d`, `12 weeks`.
    pub(super) fn day_after(&mut self, after: &str, skipped: &[&str]) -> Result<u32, DoseTextError> {
        let from = self.cursor.place();
        self.cursor.skip(1);
        while self.cursor.take(skipped) {}
        let unit = self.cursor.lower(0);
        if matches!(unit.as_str(), "day" | "week" | "month" | "year") {
            let number = whole(&self.cursor.lower(1));
            self.cursor.skip(2);
            let text = format!("{} {unit}", number.unwrap_or(0));
            let hours = number.and_then(|number| hours(f64::from(number), &unit, Month::Mean));
            let length = hours.map(|hours| Length { hours, text });
            return length
                .ok_or_else(|| self.incomplete(from, after, "a day"))
                .and_then(|length| self.whole_days(from, &length));
        }
        if EVENTS.contains(&unit.as_str()) {
            self.cursor.skip(1);
            return Err(self.error(from, DoseProblem::Event { event: unit }));
        }
        match self.length(Month::Mean) {
            Some(length) => self.whole_days(from, &length),
            None => Err(self.incomplete(from, after, "a day")),
        }
    }

    /// `for 4 cycles`, `for 24 weeks`.
    pub(super) fn lasting(&mut self, from: usize) -> Read {
        self.cursor.skip(1);
        if let (Some(number), true) = (whole(&self.cursor.lower(0)), is_course(&self.cursor.lower(1))) {
            self.cursor.skip(2);
            return self.set_courses(from, number);
        }
        let length = self
            .length(Month::Mean)
            .ok_or_else(|| self.incomplete(from, "for", "a time or a number of cycles"))?;
        // `for 4 weeks then 2 weeks off` is a cycle.
        if self.cursor.take(&["then", "followed"]) {
            self.cursor.take(&["by"]);
            return self.off(from, &length);
        }
        let days = self.whole_days(from, &length)?;
        self.set(from, Part::Window, "an end", |c| c.lasting.replace(days).is_some() || c.until.is_some())
    }
}

impl Clauses<'_> {
    /// Reads days of the week as days of a cycle of seven. They may say more closely what `weekly` or `3 times a week` said.
    pub(super) fn weekdays(&mut self, from: usize) -> Read {
        let mut days = Vec::new();
        loop {
            let more = weekdays(&self.cursor.lower(0));
            if more.is_empty() {
                break;
            }
            days.extend(more);
            self.cursor.skip(1);
            while self.cursor.take(&["and", "&", "+"]) {}
        }
        days.sort_unstable();
        days.dedup();
        self.forget_weekly(days.len());
        if days.len() == 7 {
            return self.rhythm(from, 1, 1);
        }
        self.set_phases(from, ranges(&days), Some(7))
    }

    /// Drops `weekly` or `3 times a week`, where so many days say the same.
    fn forget_weekly(&mut self, often: usize) {
        if often == 1 && self.interval == Some(7) {
            self.interval = None;
        }
        let listed: u32 = self.listed.iter().flatten().map(|(first, last)| last - first + 1).sum();
        if self.period == Some(7) && listed as usize == often {
            self.listed = None;
        }
    }
}
