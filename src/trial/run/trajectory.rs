//! What is known of a patient in an arm beside its outcome.

use crate::therapy::TreatmentRecord;
use crate::trial::visits::Chart;

/// What is known of a patient in an arm beside its outcome.
#[derive(Debug, Clone)]
pub struct PatientTrajectory {
    /// What was seen.
    pub chart: Chart,
    /// What was given, and what came of it.
    pub record: TreatmentRecord,
}
