//! The canonical text of a regimen.

use std::fmt;

use super::dose;
use crate::catalogue::DoseUnit;
use crate::scenario::model::{Phases, Regimen, Rhythm};

pub use super::dose::text as dose_text;

impl fmt::Display for Regimen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.drug)?;
        if let Some(given) = &self.dose {
            write!(f, " {}", dose::text(given))?;
            if let Some(route) = self.route {
                write!(f, " {}", route.word())?;
            }
            if given.unit != DoseUnit::Nanomolar || self.rhythm != (Rhythm::Every { days: 1 }) {
                write!(f, " {}", rhythm(self))?;
            }
            if let Some(phases) = &self.phases {
                write!(f, ", {}", phases_text(phases))?;
            }
            if let Some(courses) = self.courses {
                write!(f, " x{courses}")?;
            }
        }
        if self.start > 0 {
            write!(f, ", from day {}", self.start)?;
        }
        if let Some(stop) = self.stop {
            write!(f, ", until day {stop}")?;
        }
        Ok(())
    }
}

fn rhythm(regimen: &Regimen) -> String {
    match (&regimen.rhythm, regimen.times_per_day) {
        (Rhythm::Dates { days }, _) => {
            let listed: Vec<String> = days.iter().map(u32::to_string).collect();
            format!("on day{} {}", if days.len() == 1 { "" } else { "s" }, joined(&listed))
        }
        (Rhythm::Every { days: 1 }, 1) => "daily".to_owned(),
        (Rhythm::Every { days: 1 }, 2) => "twice daily".to_owned(),
        (Rhythm::Every { days: 1 }, n) => format!("{n} times daily"),
        (Rhythm::Every { days: 7 }, _) => "weekly".to_owned(),
        (Rhythm::Every { days }, _) if days.is_multiple_of(7) => format!("every {} weeks", days / 7),
        (Rhythm::Every { days }, _) => format!("every {days} d"),
    }
}

fn phases_text(phases: &Phases) -> String {
    if let [(1, on)] = phases.on[..]
        && on < phases.period
    {
        let off = phases.period - on;
        let (on, off) = (length(on), length(off));
        return format!("{on} on {off} off");
    }
    let days: Vec<String> =
        phases.on.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") }).collect();
    let plural = phases.on.len() > 1 || phases.on.iter().any(|(a, b)| a != b);
    format!("day{} {} of {}", if plural { "s" } else { "" }, joined(&days), phases.period)
}

fn length(days: u32) -> String {
    match days {
        7 => "1 week".to_owned(),
        d if d > 0 && d.is_multiple_of(7) => format!("{} weeks", d / 7),
        d => format!("{d} d"),
    }
}

/// `1, 2 and 3`.
fn joined(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
