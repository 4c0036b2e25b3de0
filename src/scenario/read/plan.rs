//! Whether the parts of a plan fit together.

use super::line::LineRead;
use super::regimens::Formulary;
use crate::scenario::context::At;
use crate::scenario::context::Clock;
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{AdverseEvents, AfterLastLine, LineEnd, Regimen, Visits};
use crate::scenario::units::number_text;

/// Factor on the volume that is progression: 20 % in diameter.
const PROGRESSION: f64 = 1.728;

/// A plan whose parts are judged together.
pub(super) struct Judged<'a> {
    pub formulary: &'a Formulary<'a>,
    pub background: &'a [At<Regimen>],
    pub lines: &'a [LineRead<'a>],
    pub after: &'a At<AfterLastLine>,
    pub visits: &'a Visits,
    /// Whether it is an arm's, whose visits are scans of `[assessment]`; one that is due on the last day is made.
    pub of_arm: bool,
    pub toxicity: &'a AdverseEvents,
    pub clock: &'a Clock,
    pub place: &'a Span,
}

/// Reports what cannot be meant: drugs given twice, lines that never begin or overlap, ends that never come.
pub(super) fn judge(plan: &Judged<'_>) {
    for (number, line) in plan.lines.iter().enumerate() {
        plan.twice(line);
        plan.ends(number, line);
        plan.beyond(line);
        plan.turns(line);
        plan.regrowth(line);
        plan.never_given(number, line);
    }
    plan.background_never_given();
    plan.order();
    plan.after_last();
}

impl Judged<'_> {
    pub(super) fn report(&self, found: Diagnostic) {
        self.formulary.cx.report(found);
    }

    fn span(&self, line: &LineRead<'_>) -> Span {
        line.reader.as_ref().map_or(self.place.clone(), |r| r.span.clone())
    }

    pub(super) fn run_days(&self) -> Option<f64> {
        let (end, hours) = (self.clock.end.as_ref()?.value, self.clock.step_hours?);
        Some(f64::from(end) * f64::from(hours) / 24.0)
    }

    /// A drug given twice at once.
    fn twice(&self, line: &LineRead<'_>) {
        let mut seen: Vec<&At<Regimen>> = self.background.iter().collect();
        for regimen in &line.regimens {
            let first = seen.iter().find(|r| r.value.drug == regimen.value.drug);
            if let Some(first) = first {
                self.report(
                    Diagnostic::error(
                        regimen.span.clone(),
                        format!("`{}` twice at once", regimen.value.drug),
                    )
                    .label("expected each drug once in a line and the background")
                    .related(first.span.clone(), "the first one")
                    .help("merge the two, or put them into different lines"),
                );
            }
            seen.push(regimen);
        }
    }

    /// Ends of a line that never come.
    fn ends(&self, number: usize, line: &LineRead<'_>) {
        for (at, end) in line.until.iter().enumerate() {
            let same =
                |e: &&At<LineEnd>| std::mem::discriminant(&e.value) == std::mem::discriminant(&end.value);
            if let Some(first) = line.until[..at].iter().find(same) {
                self.report(
                    Diagnostic::error(end.span.clone(), "an end of the line twice")
                        .label("expected each kind of end once")
                        .related(first.span.clone(), "the first one")
                        .help("remove one of the two"),
                );
            }
            let never = match end.value {
                LineEnd::Progression => self.no_visit(),
                LineEnd::Toxicity => self.no_toxicity(line),
                LineEnd::After { days } => self.too_late(number, line, days),
            };
            if let Some((why, help)) = never {
                self.report(
                    Diagnostic::error(end.span.clone(), format!("an end that never comes: {why}"))
                        .label("expected something that can happen within the run")
                        .help(help),
                );
            }
        }
    }

    fn no_visit(&self) -> Option<(String, String)> {
        let first = self.visits.day(0);
        let missed = |run: &f64| f64::from(first) > *run || (f64::from(first) >= *run && !self.of_arm);
        let run = self.run_days().filter(missed)?;
        let why = format!("the first visit is on day {first}, the run ends after {} d", number_text(run));
        let section = if self.of_arm { "[assessment.visits]" } else { "[therapy.visits]" };
        Some((why, format!("set an earlier visit in {section}, or a later `end` in [time]")))
    }

    fn no_toxicity(&self, line: &LineRead<'_>) -> Option<(String, String)> {
        if !self.toxicity.occur {
            return Some((
                "there are no adverse events".to_owned(),
                "remove it, or `events = false`".to_owned(),
            ));
        }
        let toxic = line.regimens.iter().any(|r| self.formulary.is_toxic(&r.value.drug));
        let none = "no drug of the line has adverse events in the catalogue".to_owned();
        (!toxic && !line.regimens.is_empty()).then_some((none, "remove it, or name another end".to_owned()))
    }

    fn too_late(&self, number: usize, line: &LineRead<'_>, days: u32) -> Option<(String, String)> {
        let begins = match &line.start {
            Some(start) => start.value,
            None if number == 0 => line.delay,
            None => return None,
        };
        let ends = f64::from(begins) + f64::from(days);
        let run = self.run_days().filter(|run| ends > *run)?;
        let why = format!("the run ends after {} d", number_text(run));
        Some((why, "use a shorter time, or a later `end` in [time]".to_owned()))
    }

    fn beyond(&self, line: &LineRead<'_>) {
        let progression = line.until.iter().any(|e| e.value == LineEnd::Progression);
        if let Some(beyond) = line.beyond.as_ref().filter(|b| b.value > 0 && !progression) {
            self.report(
                Diagnostic::error(
                    beyond.span.clone(),
                    "`beyond_progression` in a line that progression does not end",
                )
                .label("expected `until` with \"progression\"")
                .help("add `until = \"progression\"`, or leave it out: the line goes on anyway"),
            );
        }
    }

    fn turns(&self, line: &LineRead<'_>) {
        if let Some(alternate) = &line.alternate
            && line.regimens.len() == 1
        {
            self.report(
                Diagnostic::error(alternate.span.clone(), "`alternate` with one regimen")
                    .label("expected at least two regimens that take turns")
                    .help("add a regimen to the line, or leave `alternate` out"),
            );
        }
    }

    /// An adaptive rule whose pauses end in progression before they end in doses.
    fn regrowth(&self, line: &LineRead<'_>) {
        let end = line.until.iter().find(|e| e.value == LineEnd::Progression);
        let (Some(rule), Some(end)) = (&line.adaptive, end) else { return };
        let place = line.reader.as_ref().and_then(|r| r.given("adaptive"));
        if let Some((span, _)) = place.filter(|_| rule.on_above >= PROGRESSION * rule.off_below) {
            self.report(
                Diagnostic::warning(span, "a pause that ends in progression rather than in doses")
                    .label(format!(
                        "expected `on_above` below {} times `off_below`",
                        number_text(PROGRESSION)
                    ))
                    .related(
                        end.span.clone(),
                        "progression, 20 % in diameter above the smallest, ends the line",
                    )
                    .help("bring the two closer, or let something else end the line"),
            );
        }
    }

    /// Lines that never begin, or that begin before the one before them is over.
    fn order(&self) {
        for pair in self.lines.windows(2) {
            let (before, line) = (&pair[0], &pair[1]);
            let Some(start) = &line.start else {
                if before.until.is_empty() && before.ending_marker().is_none() {
                    self.report(
                        Diagnostic::error(self.span(line), "a line that never begins")
                            .label("expected the line before it to end, or a `start` of its own")
                            .related(self.span(before), "nothing ends this line")
                            .help("give the line before it `until = \"progression\"`, or this one a `start`"),
                    );
                }
                continue;
            };
            self.overlap(before, start);
        }
        if let Some(run) = self.run_days() {
            for start in self.lines.iter().filter_map(|l| l.start.as_ref()) {
                if f64::from(start.value) >= run {
                    self.report(
                        Diagnostic::error(start.span.clone(), "a line that begins after the run ends")
                            .label(format!("expected a time before {} d", number_text(run)))
                            .help("start it earlier, or set a later `end` in [time]"),
                    );
                }
            }
        }
    }

    fn overlap(&self, before: &LineRead<'_>, start: &At<u32>) {
        let begins = before.start.as_ref().map_or(before.delay, |s| s.value);
        if start.value <= begins {
            self.report(
                Diagnostic::error(start.span.clone(), "a line that begins before the line before it")
                    .label(format!("expected a time after {} d", begins))
                    .related(self.span(before), "the line before it")
                    .help("put the lines in the order of time"),
            );
            return;
        }
        for end in &before.until {
            if let LineEnd::After { days } = end.value
                && begins.saturating_add(days) > start.value
            {
                self.report(
                    Diagnostic::error(end.span.clone(), "a line that overlaps the next one")
                        .label(format!("expected at most {} d", start.value - begins))
                        .related(start.span.clone(), "the next line begins here")
                        .help("shorten it, start the next line later, or put the regimens into one line"),
                );
            }
        }
    }

    fn after_last(&self) {
        let Some(last) = self.lines.last().filter(|_| self.after.value == AfterLastLine::Continue) else {
            return;
        };
        let other = last.until.iter().find(|e| e.value != LineEnd::Progression);
        if let Some(end) = other {
            self.report(
                Diagnostic::error(end.span.clone(), "an end without effect: the last line goes on")
                    .label("expected only \"progression\" with after_last_line = \"continue\"")
                    .related(self.after.span.clone(), "it goes on")
                    .help("remove it, or write `after_last_line = \"stop\"`"),
            );
        }
    }
}
