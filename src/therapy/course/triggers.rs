//! Lines that a marker of the blood pauses or ends.

use std::collections::VecDeque;

use super::{Measurement, MeasurementKind, TreatmentCourse};
use crate::scenario::{MarkerAction, MarkerReference, MarkerTrigger};
use crate::therapy::record::{Action, EndReason};
use crate::tissue::random::{StreamKey, box_muller, log_normal};

/// Marks the counters of the assay's errors. Part of the frozen counter.
const ASSAY: u32 = 0x6d6b_0001;

/// A sample whose result is awaited.
#[derive(Debug, Clone, Copy)]
struct MarkerSample {
    taken: u32,
    due: u32,
    reported: f64,
}

/// What is known of a line's marker.
#[derive(Debug, Clone, Default)]
pub(super) struct MarkerWatch {
    waiting: VecDeque<MarkerSample>,
    /// What samples are held against: the first of the line, or the smallest.
    reference: Option<f64>,
    /// Samples in a row that have shown a rise.
    risen: u32,
    /// Whether it has paused the line's drugs.
    holds: bool,
}

impl MarkerWatch {
    /// Another line begins: of what was sampled before, this morning's sample alone counts.
    pub fn begin(&mut self, day: u32) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|sample| sample.taken == day);
        *self = MarkerWatch { waiting, ..MarkerWatch::default() };
    }

    /// Takes a result; what it leads to.
    fn read(&mut self, rule: &MarkerTrigger, reported: f64) -> Option<MarkerVerdict> {
        let reference = *self.reference.get_or_insert(reported);
        if rule.reference == Some(MarkerReference::Nadir) && reported < reference {
            self.reference = Some(reported);
        }
        if self.holds {
            return rule.resumes(reported, reference).then_some(MarkerVerdict::Resume);
        }
        self.risen = if rule.has_risen(reported, reference) { self.risen + 1 } else { 0 };
        (self.risen >= rule.samples).then_some(MarkerVerdict::Risen)
    }
}

/// What follows from a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MarkerVerdict {
    Risen,
    Resume,
}

impl TreatmentCourse {
    /// The true levels of the markers of all lines, 0 of a line without one; none where no line has one.
    pub fn markers(&self, level: impl Fn(&MarkerTrigger) -> f64) -> Vec<f64> {
        let lines = &self.protocol.plan().lines;
        if lines.iter().all(|line| line.trigger.is_none()) {
            return Vec::new();
        }
        lines.iter().map(|line| line.trigger.as_ref().map_or(0.0, &level)).collect()
    }

    /// The marker of which a sample is due this morning, before doses and after a visit, and the line that it belongs to.
    pub fn marker_due(&self) -> Option<(usize, &MarkerTrigger)> {
        let lines = &self.protocol.plan().lines;
        if let Some(line) = self.progress.current {
            let rule = lines[line].trigger.as_ref().filter(|_| !self.progress.beyond)?;
            let passed = self.day - self.progress.began;
            return (passed > 0 && passed.is_multiple_of(rule.every)).then_some((line, rule));
        }
        let (line, _) = self.progress.due.filter(|(_, day)| *day <= self.day)?;
        Some((line, lines.get(line)?.trigger.as_ref()?))
    }

    /// Takes a sample of the marker that is due: its true level in the blood of this morning, in any unit that stays the same.
    pub fn marker(&mut self, level: f64) {
        let Some((_, rule)) = self.marker_due() else { return };
        let (cv, turnaround) = (rule.cv, rule.turnaround);
        let key = StreamKey { seed: self.patient.seed, patient: self.patient.id };
        let normal = box_muller(key.block([0, self.day, ASSAY]).open());
        let reported = rule.reported(level * log_normal(cv, normal));
        self.inputs.push(Measurement { day: self.day, told: MeasurementKind::Marker, volume: level });
        let due = self.day.saturating_add(turnaround);
        self.progress.marker.waiting.push_back(MarkerSample { taken: self.day, due, reported });
    }

    /// Samples of this morning, in the record.
    pub(super) fn samples_taken(&self) -> impl Iterator<Item = Action> + use<> {
        let today = self.day;
        let taken = self.progress.marker.waiting.iter().filter(|sample| sample.taken == today);
        let taken: Vec<MarkerSample> = taken.copied().collect();
        taken.into_iter().map(|sample| Action::Marker { measured: sample.reported, until: sample.due })
    }

    /// Reads the results that are there, and does what follows from them.
    pub(super) fn read_markers(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        while let Some(sample) =
            self.progress.marker.waiting.front().copied().filter(|sample| sample.due <= self.day)
        {
            // A line that begins today takes this morning's sample first.
            let Some(line) = self.progress.current else { break };
            self.progress.marker.waiting.pop_front();
            let protocol = self.protocol.clone();
            let Some(rule) = protocol.plan().lines[line].trigger.as_ref() else { continue };
            let verdict = self.progress.marker.read(rule, sample.reported);
            actions.extend(verdict.and_then(|verdict| self.follow(rule, verdict)));
        }
        actions
    }

    fn follow(&mut self, rule: &MarkerTrigger, verdict: MarkerVerdict) -> Option<Action> {
        if self.progress.beyond {
            return None;
        }
        match (verdict, rule.action) {
            (MarkerVerdict::Risen, MarkerAction::EndLine) => self.end(EndReason::Marker),
            (MarkerVerdict::Risen, MarkerAction::Hold) => {
                (self.progress.marker.holds, self.progress.marker.risen) = (true, 0);
                Some(self.pause())
            }
            (MarkerVerdict::Resume, _) => {
                self.progress.marker.holds = false;
                Some(self.unpause())
            }
        }
    }
}
