//! What a course is told, and what it says of a day and of a visit.

use serde::Serialize;

use crate::therapy::local::{Cut, LocalExposure, VesselEffect};
use crate::therapy::pk::DayExposure;
use crate::therapy::record::Action;
use crate::therapy::response::Judgement;
use crate::therapy::toxicity::AdverseEvent;

/// What a caller told a course.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum MeasurementKind {
    /// A visit.
    Visit,
    /// A look at the burden for adaptive therapy.
    Monitor,
    /// The volume at the beginning of a line.
    Baseline,
    /// A visit at which a new lesion is seen.
    NewLesion,
    /// The marker of a line, in place of a volume.
    Marker,
}

impl MeasurementKind {
    const ALL: [MeasurementKind; 5] = [
        MeasurementKind::Visit,
        MeasurementKind::Monitor,
        MeasurementKind::Baseline,
        MeasurementKind::NewLesion,
        MeasurementKind::Marker,
    ];

    /// A number for files.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What a number of a file means.
    pub fn of_code(code: u8) -> Option<MeasurementKind> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// What was told on a day: a volume, relative to that at the start of the therapy, or a marker.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measurement {
    /// The day.
    pub day: u32,
    /// What for.
    pub told: MeasurementKind,
    /// Volume relative to day 0; of a marker its level.
    pub volume: f64,
}

/// What follows from a visit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The measurement, judged against the current (or last) line; `None` before the first one.
    pub judgement: Option<Judgement>,
    /// Whether this is the line's first progression.
    pub progression: bool,
    /// What is done.
    pub actions: Vec<Action>,
}

/// Where a drug stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not planned: its line or turn is not there, or its regimen has not begun or is over.
    #[default]
    Off,
    /// On treatment, planned off-days of a cycle included.
    On,
    /// Paused by the adaptive rule or by a marker.
    Paused,
    /// Held because of an adverse event.
    Held,
    /// Stopped for good because of adverse events.
    Stopped,
}

/// A drug on a day.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct DrugDay {
    /// Doses as hour and amount: mg, or the dose's own unit where it has no mass.
    pub given: Vec<(f64, f64)>,
    /// Concentrations in the measured matrix; zero for what has no pharmacokinetics.
    #[serde(skip)]
    pub exposure: DayExposure,
    /// What the tumour sees of it.
    #[serde(skip)]
    pub local: LocalExposure,
    /// Dose step: 0 for the full dose.
    pub step: usize,
    /// Where it stood when the doses were given.
    pub status: Status,
    /// Whether the day is one of a dose, or of the interval after one: off-days of a cycle are not.
    pub covered: bool,
}

/// A day of therapy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayReport {
    /// The day.
    pub day: u32,
    /// The line, from 0; `None` between lines and after the last one.
    pub line: Option<usize>,
    /// Whether a line begins on this day, so that a baseline may be measured.
    pub line_begins: bool,
    /// Drugs in the order of [`Protocol::drugs`](crate::therapy::Protocol::drugs).
    pub drugs: Vec<DrugDay>,
    /// Procedures of the day, before everything else of it.
    pub cuts: Vec<Cut>,
    /// Whether a drug, radionuclide or procedure is on treatment; supportive care is not.
    pub on_treatment: bool,
    /// Adverse events that begin.
    pub events: Vec<AdverseEvent>,
    /// What is done, in order.
    pub actions: Vec<Action>,
}

impl DayReport {
    /// What all drugs together do to vessels.
    pub fn vessels(&self) -> VesselEffect {
        self.drugs.iter().fold(VesselEffect::default(), |all, drug| all.and(drug.local.vessels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Frozen: checkpoints hold these.
    #[test]
    fn codes_are_frozen() {
        for (code, told) in MeasurementKind::ALL.into_iter().enumerate() {
            assert_eq!((usize::from(told.code()), MeasurementKind::of_code(told.code())), (code, Some(told)));
        }
        assert_eq!(
            MeasurementKind::ALL,
            [
                MeasurementKind::Visit,
                MeasurementKind::Monitor,
                MeasurementKind::Baseline,
                MeasurementKind::NewLesion,
                MeasurementKind::Marker
            ]
        );
        assert_eq!(MeasurementKind::of_code(5), None);
    }
}
