//! Doses that never come: after the end of the run, of their line or of their turn.

use super::line::LineRead;
use super::plan::Judged;
use crate::scenario::context::At;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{LineEnd, Regimen, Rhythm};
use crate::scenario::units::number_text;

/// Days that doses may fall on, counted from the beginning of their line, and what ends them.
struct Reach {
    days: f64,
    ends: &'static str,
}

impl Reach {
    /// The shorter one.
    fn or(self, days: Option<f64>, ends: &'static str) -> Reach {
        match days {
            Some(days) if days < self.days => Reach { days, ends },
            _ => self,
        }
    }
}

impl Judged<'_> {
    /// Doses of the background that the run does not reach.
    pub(super) fn background_never_given(&self) {
        let Some(days) = self.run_days() else { return };
        let reach = Reach { days, ends: "the run ends" };
        self.background.iter().for_each(|regimen| self.comes(regimen, &reach));
    }

    /// Doses of a line that neither the run nor the line reaches.
    pub(super) fn never_given(&self, number: usize, line: &LineRead<'_>) {
        let Some(reach) = self.reach(number, line) else { return };
        // A line whose `start` is too late is reported for itself.
        if reach.days <= 0.0 && line.start.is_some() {
            return;
        }
        line.regimens.iter().for_each(|regimen| self.comes(regimen, &reach));
    }

    /// How long a line can last: until the run ends, the next line begins, its own time is over, or its turn.
    fn reach(&self, number: usize, line: &LineRead<'_>) -> Option<Reach> {
        let run = self.run_days()?;
        // A line that follows another one begins at some time after it; only what is certain is reported.
        let begins = line.start.as_ref().map_or(line.delay, |start| start.value);
        let left = |until: f64| (until - f64::from(begins)).max(0.0);
        let lasts = line.until.iter().find_map(|end| match end.value {
            LineEnd::After { days } => Some(f64::from(days)),
            LineEnd::Progression | LineEnd::Toxicity => None,
        });
        let next = self.lines.get(number + 1).and_then(|next| next.start.as_ref());
        let next =
            next.map(|next| left(f64::from(next.value))).filter(|_| line.start.is_some() || number == 0);
        let turn = line.alternate.as_ref().map(|days| f64::from(days.value));
        let run = Reach { days: left(run), ends: "the run ends" };
        Some(run.or(lasts, "its line ends").or(next, "the next line begins").or(turn, "its turn ends"))
    }

    fn comes(&self, regimen: &At<Regimen>, reach: &Reach) {
        let beyond = |day: &&u32| f64::from(**day) >= reach.days;
        let first = regimen.value.first_day();
        let missed = match &regimen.value.rhythm {
            Rhythm::Dates { days } => days.iter().find(beyond),
            Rhythm::Every { .. } => Some(&first).filter(beyond),
        };
        let Some(day) = missed else { return };
        let what = if regimen.value.dose.is_some() { "a dose" } else { "a therapy" };
        let reached = number_text(reach.days);
        self.report(
            Diagnostic::error(
                regimen.span.clone(),
                format!("{what} that never comes: on day {day}, and {} after {reached} d", reach.ends),
            )
            .label(format!("expected a day before {reached}, counted from the beginning of the line"))
            .help("give it earlier, leave it out, or let the line and the run last longer"),
        );
    }
}
