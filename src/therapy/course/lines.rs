//! From line to line: visits, progression, dates, turns, adaptive pauses.

use super::active::Active;
use super::triggers::MarkerWatch;
use super::{Decision, Measurement, MeasurementKind, TreatmentCourse};
use crate::scenario::{AfterLastLine, Line, LineEnd, Monitor};
use crate::therapy::multiple::reaches;
use crate::therapy::record::{Action, EndReason, LineRecord};
use crate::therapy::response::{Category, Judgement, Response};

/// Where a patient stands in the plan.
#[derive(Debug, Clone)]
pub(super) struct LineProgress {
    pub current: Option<usize>,
    pub began: u32,
    /// The line that is to begin, and when.
    pub due: Option<(usize, u32)>,
    response: Option<Response>,
    progressed: Option<u32>,
    /// A drug of the line was stopped for adverse events.
    pub toxic: bool,
    pub paused: bool,
    /// Volume at the line's beginning.
    reference: f64,
    /// The last line has ended and goes on.
    pub beyond: bool,
    turn: usize,
    pub marker: MarkerWatch,
}

impl LineProgress {
    pub fn new(first: &Line) -> LineProgress {
        LineProgress {
            current: None,
            began: 0,
            due: Some((0, first.start.unwrap_or(0).saturating_add(first.delay))),
            response: None,
            progressed: None,
            toxic: false,
            paused: false,
            reference: 1.0,
            beyond: false,
            turn: 0,
            marker: MarkerWatch::default(),
        }
    }
}

impl TreatmentCourse {
    fn plan_line(&self) -> Option<&Line> {
        self.progress.current.map(|line| &self.protocol.plan().lines[line])
    }

    /// Takes a measurement on the morning of today: volume relative to that on day 0, with its noise if it has any.
    pub fn visit(&mut self, volume: f64) -> Decision {
        self.record_input(MeasurementKind::Visit, volume);
        let judgement = self.progress.response.as_mut().map(|r| r.judge(volume));
        self.decide(volume, judgement)
    }

    /// As [`TreatmentCourse::visit`], where a lesion is seen that was not there before: that is progression, whatever the volume.
    pub fn visit_with_new_lesion(&mut self, volume: f64) -> Decision {
        self.record_input(MeasurementKind::NewLesion, volume);
        let judged = self.progress.response.as_mut().map(|r| r.judge(volume));
        let judgement = judged.map(|j| Judgement { category: Category::Progression, ..j });
        self.decide(volume, judgement)
    }

    fn decide(&mut self, volume: f64, judgement: Option<Judgement>) -> Decision {
        let day = self.day;
        let progressed = judgement.is_some_and(|j| j.category == Category::Progression);
        let first = progressed && self.progress.current.is_some() && self.progress.progressed.is_none();
        let mut actions = Vec::new();
        if first {
            self.progress.progressed = Some(day);
            if let Some(record) = self.record.lines.last_mut() {
                record.progression = Some(day);
            }
            actions.extend(self.end_by_progression());
        }
        let adaptive = self.plan_line().and_then(|l| l.adaptive);
        if adaptive.is_some_and(|a| a.monitor == Monitor::Visit) {
            actions.extend(self.adapt(volume));
        }
        self.record.actions.extend(actions.iter().map(|a| (day, *a)));
        Decision { judgement, progression: first, actions }
    }

    /// Whether an adaptive line looks at the burden today.
    pub fn monitor_due(&self) -> bool {
        let monitor = self.plan_line().and_then(|l| l.adaptive).map(|a| a.monitor);
        let passed = self.day - self.progress.began;
        matches!(monitor, Some(Monitor::Every { days }) if passed > 0 && passed.is_multiple_of(days))
    }

    /// Takes a volume (relative to day 0) for the adaptive rule.
    pub fn monitor(&mut self, volume: f64) -> Option<Action> {
        self.record_input(MeasurementKind::Monitor, volume);
        let action = self.adapt(volume);
        self.record.actions.extend(action.map(|a| (self.day, a)));
        action
    }

    /// Sets the volume at which the current line began, where that is not the last visit's; before its first visit.
    pub fn baseline(&mut self, volume: f64) {
        self.record_input(MeasurementKind::Baseline, volume);
        self.set_baseline();
    }

    fn record_input(&mut self, told: MeasurementKind, volume: f64) {
        self.inputs.push(Measurement { day: self.day, told, volume });
        self.volume = volume;
    }

    fn set_baseline(&mut self) {
        let unit_mm = self.protocol.plan().visits.baseline_mm;
        self.progress.response = Some(Response::new(self.volume, unit_mm));
        self.progress.reference = self.volume;
    }

    fn adapt(&mut self, volume: f64) -> Option<Action> {
        let rule = self.plan_line()?.adaptive?;
        let reference = self.progress.reference;
        if self.progress.paused && reaches(volume, rule.on_above, reference) {
            return Some(self.unpause());
        }
        (!self.progress.paused && !reaches(volume, rule.off_below, reference)).then(|| self.pause())
    }

    /// Pauses the drugs of the line.
    pub(super) fn pause(&mut self) -> Action {
        self.progress.paused = true;
        Action::Pause
    }

    /// Resumes them.
    pub(super) fn unpause(&mut self) -> Action {
        self.progress.paused = false;
        for active in self.active.iter_mut().filter(|a| a.line.is_some()) {
            active.resume(self.day, self.drugs[active.drug].dosing.dose());
        }
        Action::Continue
    }

    /// Lines that end or begin today, and turns.
    pub(super) fn turn_lines(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        if !self.progress.beyond {
            let reason = self.over();
            actions.extend(reason.and_then(|reason| self.end(reason)));
        }
        if let Some((line, day)) = self.progress.due
            && day <= self.day
        {
            actions.push(self.begin(line));
        }
        actions.extend(self.turn());
        actions
    }

    /// Why the current line is over today, progression of today left out.
    fn over(&self) -> Option<EndReason> {
        let (line, number) = (self.plan_line()?, self.progress.current?);
        let passed = self.day - self.progress.began;
        let lasts = |end: &LineEnd| matches!(end, LineEnd::After { days } if passed >= *days);
        if line.until.iter().any(lasts) {
            return Some(EndReason::Duration);
        }
        if self.progress.toxic && line.until.contains(&LineEnd::Toxicity) {
            return Some(EndReason::Toxicity);
        }
        if self.progression_ends(line) {
            return Some(EndReason::Progression);
        }
        let next = self.protocol.plan().lines.get(number + 1).and_then(|l| l.start);
        next.filter(|start| *start <= self.day).map(|_| EndReason::NextLine)
    }

    fn progression_ends(&self, line: &Line) -> bool {
        let until = line.until.contains(&LineEnd::Progression);
        let gone_on = |day: u32| self.day - day >= line.beyond_progression;
        until && self.progress.progressed.is_some_and(gone_on)
    }

    fn end_by_progression(&mut self) -> Option<Action> {
        let over = !self.progress.beyond && self.plan_line().is_some_and(|l| self.progression_ends(l));
        over.then(|| self.end(EndReason::Progression)).flatten()
    }

    pub(super) fn end(&mut self, reason: EndReason) -> Option<Action> {
        let line = self.progress.current?;
        if let Some(record) = self.record.lines.last_mut() {
            record.ended = Some((self.day, reason));
        }
        let plan = self.protocol.plan();
        let next = plan.lines.get(line + 1);
        let goes_on = next.is_none() && plan.after_last_line == AfterLastLine::Continue;
        self.progress.beyond = goes_on;
        if !goes_on {
            self.progress.due = next.map(|next| {
                let soonest = self.day.saturating_add(next.delay);
                (line + 1, next.start.map_or(soonest, |start| start.max(self.day)))
            });
            self.progress.current = None;
            self.progress.paused = false;
            self.active.retain(|a| a.line.is_none());
        }
        Some(Action::LineEnds { line, reason, goes_on })
    }

    fn begin(&mut self, line: usize) -> Action {
        let first = LineProgress { due: None, current: Some(line), began: self.day, ..self.progress.clone() };
        self.progress = LineProgress { progressed: None, toxic: false, paused: false, turn: 0, ..first };
        self.progress.marker.begin(self.day);
        self.set_baseline();
        let turns = self.protocol.plan().lines[line].alternate.is_some();
        let slots = &self.protocol.lines[line];
        for slot in slots.iter().take(if turns { 1 } else { slots.len() }) {
            let dose = self.drugs[slot.drug].dosing.dose();
            self.active.push(Active::new(slot, Some(line), self.day, dose));
        }
        // A drug that an earlier line had to stop ends this one at once, if toxicity ends it.
        self.progress.toxic = slots.iter().any(|s| self.drugs[s.drug].dosing.stopped.is_some());
        let began = self.day;
        let record = LineRecord { line, began, progression: None, ended: None, last_dose: None };
        self.record.lines.push(record);
        Action::LineBegins { line }
    }

    /// Passes on to the next regimen of a line that takes turns.
    fn turn(&mut self) -> Option<Action> {
        let line = self.progress.current?;
        let length = self.plan_line()?.alternate?;
        let slots = &self.protocol.lines[line];
        let turn = ((self.day - self.progress.began) / length) as usize % slots.len();
        if turn == self.progress.turn {
            return None;
        }
        self.progress.turn = turn;
        let slot = &slots[turn];
        self.active.retain(|a| a.line.is_none());
        let dose = self.drugs[slot.drug].dosing.dose();
        self.active.push(Active::new(slot, Some(line), self.day, dose));
        Some(Action::TurnBegins { drug: slot.drug })
    }
}
