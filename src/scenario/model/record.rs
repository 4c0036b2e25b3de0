//! What is known of one patient: scans, troughs, markers.

use serde::Serialize;

use super::{Line, LineEnd, Therapy};
use crate::words::named;

/// What is known of one patient, who has been treated up to a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PatientRecord {
    /// Day on which the question is asked: until then arms are what was given, and from then on what could be.
    pub today: u32,
    /// Scans, in the order of the file.
    pub scans: Vec<RecordedScan>,
    /// Concentrations of drugs.
    pub troughs: Vec<RecordedTrough>,
    /// Markers of the blood.
    pub markers: Vec<RecordedMarker>,
}

/// A scan of a patient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordedScan {
    /// Day since the start of the therapy.
    pub day: u32,
    /// Sum of the diameters of target lesions, mm.
    pub sum_mm: f64,
    /// Those of each lesion, mm; empty where the sum alone is known.
    pub diameters_mm: Vec<f64>,
}

/// A concentration of a drug in a patient's blood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordedTrough {
    /// Day at whose end it was taken.
    pub day: u32,
    /// The drug.
    pub drug: String,
    /// The drug with its active metabolite, ng/mL of the measured matrix.
    pub ng_per_ml: f64,
}

named! {
    /// What is measured in blood beside drugs.
    pub enum Marker {
        /// Chromogranin A.
        Cga = "cga",
    }
}

/// A marker in a patient's blood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordedMarker {
    /// Day.
    pub day: u32,
    /// Which.
    pub marker: Marker,
    /// How much, ng/mL.
    pub ng_per_ml: f64,
}

impl PatientRecord {
    /// The last day of which anything is known.
    pub fn last_day(&self) -> u32 {
        let scans = self.scans.iter().map(|scan| scan.day);
        let blood = self.troughs.iter().map(|t| t.day).chain(self.markers.iter().map(|m| m.day));
        scans.chain(blood).max().unwrap_or(0)
    }

    /// Sum of diameters at the start, mm: the geometric mean of the scans of day 0.
    pub fn baseline_mm(&self) -> Option<f64> {
        let logs: Vec<f64> =
            self.scans.iter().filter(|scan| scan.day == 0).map(|scan| libm::log(scan.sum_mm)).collect();
        (!logs.is_empty()).then(|| libm::exp(logs.iter().sum::<f64>() / logs.len() as f64))
    }

    /// Number of target lesions, where scans tell it.
    pub fn lesions(&self) -> Option<u32> {
        let known = self.scans.iter().map(|scan| scan.diameters_mm.len()).max().unwrap_or(0);
        (known > 0).then_some(known as u32)
    }

    /// Number of the lines of a plan that end on the day of the question, by their time alone; `None` where none does.
    pub fn given_lines(&self, plan: &Therapy) -> Option<usize> {
        let mut ends = 0;
        if self.today == 0 {
            return Some(0);
        }
        for (number, line) in plan.lines.iter().enumerate() {
            ends = line_end(line, ends)?;
            if ends >= self.today {
                return (ends == self.today).then_some(number + 1);
            }
        }
        None
    }
}

/// The day on which a line ends whatever is seen, if it does.
fn line_end(line: &Line, before: u32) -> Option<u32> {
    let begins = line.start.unwrap_or(before.saturating_add(line.delay));
    match (&line.until[..], &line.adaptive) {
        ([LineEnd::After { days }], None) => Some(begins.saturating_add(*days)),
        _ => None,
    }
}
