//! What a trial shows of its patients: by which reader, until when, with which confirmation, and what a stop of therapy means.
//!
//! A tumour is simulated once, to the end. A view is worked out afterwards from what was seen and given, so that one simulated trial
//! is read at several cut-offs and by several readers.

use serde::{Deserialize, Serialize};

use super::FollowUp;
use crate::scenario::{Estimand, Published, ScanReader, Trial};

/// Days after which a response must be seen again where a figure was confirmed and the trial does not say how: RECIST's 4 weeks.
const CONFIRMATION: u32 = 28;

/// What a trial shows of its patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialView {
    /// Whose reading of scans.
    pub reader: ScanReader,
    /// Days from the first patient's entry to the cut-off; `None`: everybody is followed to the end.
    pub cutoff: Option<u32>,
    /// Days after which a response must be seen again to count; 0: it counts at once.
    pub confirmation: u32,
    /// What a stop of therapy means.
    pub estimand: Estimand,
}

impl TrialView {
    /// The view in which a trial's tables show an arm.
    pub fn primary(trial: &Trial, arm: usize) -> Self {
        Self {
            reader: trial.assessment.reader,
            cutoff: trial.conduct.cutoff,
            confirmation: trial.assessment.confirmation,
            estimand: trial.arms[arm].estimand.unwrap_or(trial.conduct.estimand),
        }
    }

    /// The view in which a figure was published. What is not known of it is as in the trial; published figures are of a treatment
    /// policy.
    pub fn published(trial: &Trial, figure: &Published) -> Self {
        let confirmation = match (figure.confirmed, trial.assessment.confirmation) {
            (Some(true), 0) => CONFIRMATION,
            (Some(false), _) => 0,
            (_, own) => own,
        };
        Self {
            reader: figure.reader.unwrap_or(trial.assessment.reader),
            cutoff: figure.timing.cutoff(&trial.conduct).or(trial.conduct.cutoff),
            confirmation,
            estimand: Estimand::TreatmentPolicy,
        }
    }

    /// Last day, from the patient's entry, that it shows of a patient; `None` for one who came in after the cut-off.
    pub fn limit(&self, follow: &FollowUp) -> Option<u32> {
        let seen = match self.cutoff {
            Some(cutoff) => cutoff.checked_sub(follow.entry)?,
            None => follow.end,
        };
        Some(seen.min(follow.end).min(follow.withdraws.unwrap_or(u32::MAX)))
    }
}
