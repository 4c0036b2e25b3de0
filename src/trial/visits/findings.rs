//! What is found in a patient: scans, values of the blood, who the cells are.

use serde::{Deserialize, Serialize};

use crate::therapy::response::Category;
use crate::trial::exact;

/// People who read: the investigator, the central reader, the expert.
pub const PEOPLE: usize = 3;

/// What a person reports of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScanReading {
    /// Sum of the diameters of target lesions as measured, mm.
    pub sum_mm: f64,
    /// Whether a lesion is reported that was not there before.
    pub new_lesion: bool,
}

/// A scan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scan {
    /// Day.
    pub day: u32,
    /// Line that is judged, from 0: the one given, or else the last one.
    pub line: usize,
    /// What the investigator, the central reader and the expert report.
    pub readings: [ScanReading; PEOPLE],
    /// Relative change from the line's baseline by the investigator; `None` where nothing was there.
    pub change: Option<f64>,
    /// The investigator's judgement, by which the patient was treated.
    pub category: Category,
}

/// Values of the blood.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Laboratory {
    /// Day.
    pub day: u32,
    /// Chromogranin A, ng/mL.
    pub cga: f64,
    /// Neuron-specific enolase, relative to what it is at baseline on average.
    pub nse: f64,
}

/// Who the live cells are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Composition {
    /// Day.
    pub day: u32,
    /// Total volume relative to the start.
    #[serde(with = "exact")]
    pub volume: f64,
    /// Share of live cells with no locus changed.
    #[serde(with = "exact")]
    pub sensitive: f64,
    /// Share of live cells with each locus changed, in the order of [`super::FollowUp::marks`].
    #[serde(with = "exact::list")]
    pub changed: Vec<f64>,
}
