//! A patient as the trial follows it: scans with their errors, new lesions, laboratory values, death.
//!
//! ```text
//! each morning   volumes of the lesions ─► ln(V/V0) ─► hazards of a new lesion and of death
//! at a scan      sum of diameters = Σ D0·(V/V0)^⅓, read by the investigator, a central reader and an expert, each with errors of its
//!                own at this scan and at the baseline
//!                progression: RECIST 1.1 on the investigator's sum, or a lesion that is new since the scan before
//! at the end     the last end point that the trial needs: progression in the last line, death, or the end of follow-up, on which a
//!                scan that is due is still made
//! ```
//!
//! Readings are kept; a [`TrialView`] says which of them are shown, and until when. After progression in the last line nothing is simulated: the tumour is taken to grow at the patient's untreated rate, which
//! matters for overall survival alone. All draws are keyed by patient and purpose, so that arms differ by therapy alone.

mod afterwards;
mod calendar;
mod chart;
mod draws;
mod findings;
mod follow;
mod mortality;
mod readers;
mod spread;
mod view;

pub use afterwards::{FirstProgression, first_progression};
pub use calendar::VisitCalendar;
pub use chart::{Chart, LineSnapshot};
pub(in crate::trial) use chart::{WITHIN_PERSON, relative_volume};
pub use draws::VisitDraw;
pub use findings::{Composition, Laboratory, Scan, ScanReading};
pub(in crate::trial) use follow::ELEVATED_CGA;
pub use follow::FollowUp;
pub(in crate::trial) use readers::{GROSS, ReadingError};
pub use view::TrialView;

#[cfg(test)]
pub(crate) mod tests {
    use crate::scenario::{Assessment, ScanReader, Visits};

    /// As in RADIANT-3, without chance.
    pub fn assessment() -> Assessment {
        Assessment {
            visits: Visits { at: vec![84], every: 84, baseline_mm: None },
            jitter: 0,
            reader: ScanReader::Investigator,
            within: 0.0,
            between: 0.0,
            gross_error: 0.0,
            overlooked: 0.0,
            new_lesions: 0.0,
            laboratory: 28,
            confirmation: 0,
            other_death: 0.0,
            background_mortality: 0.0,
            tumour_death: 0.0,
        }
    }
}
