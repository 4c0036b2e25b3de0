//! New lesions: when they come.

use super::draws::VisitDraw;
use super::follow::FollowUp;
use super::readers::NewLesions;
use crate::tissue::random::StreamKey;

/// What the hazard of new lesions has come to in a patient.
#[derive(Debug, Clone)]
pub(super) struct NewLesionHazard {
    /// Largest ln(V/V0) so far.
    largest: f64,
    hazard: f64,
    threshold: f64,
    new_lesions: u32,
    /// Those that came, and who has not found them yet.
    pub unseen: NewLesions,
}

impl NewLesionHazard {
    /// That of a patient at the start.
    pub fn new(key: StreamKey) -> Self {
        let threshold = VisitDraw::NewLesion.of(key, 0).exponential();
        Self { largest: 0.0, hazard: 0.0, threshold, new_lesions: 0, unseen: NewLesions::default() }
    }

    /// A day's hazard of a new lesion: it follows growth beyond the largest volume so far.
    pub fn advance_day(&mut self, follow: &FollowUp, log_volume: f64) {
        let rise = (log_volume - self.largest).max(0.0);
        self.largest += rise;
        self.hazard += follow.assessment.new_lesions * rise;
        if self.hazard >= self.threshold {
            self.new_lesions += 1;
            self.threshold += VisitDraw::NewLesion.of(follow.key, self.new_lesions).exponential();
            self.unseen.appear();
        }
    }
}
