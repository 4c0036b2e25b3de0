//! Vessels of one tumour under drugs, from day to day.
//!
//! Flow falls with a lag: the loss of flow follows what the drugs ask for with a time constant of a day, so that most
//! of it is there on day 2 (perfusion CT under bevacizumab, PubMed 21343498). The rest is the engine's: VEGF, growth and
//! loss of vessels.

use crate::biology::vessels::{per_step, share};
use crate::engine::Inputs;
use crate::scenario::Vessels;
use crate::therapy::VesselEffect;

/// Vessels of one tumour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vasculature {
    /// Loss without drugs, per day.
    loss: f64,
    /// Loss of flow, 0 to 1.
    closure: f64,
    effect: VesselEffect,
}

impl Vasculature {
    /// Vessels without drugs.
    pub fn new(vessels: Option<&Vessels>) -> Self {
        Self { loss: vessels.map_or(0.0, |v| v.loss), closure: 0.0, effect: VesselEffect::default() }
    }

    /// A day under drugs.
    pub fn advance_day(&mut self, effect: VesselEffect) {
        self.closure += (effect.flow - self.closure) * -libm::expm1(-1.0);
        self.effect = effect;
    }

    /// The same for the engine.
    pub fn inputs(&self, step_days: f64) -> Inputs {
        Inputs {
            flow: share(1.0 - self.closure),
            pruning: per_step(self.loss + self.effect.pruning, step_days),
            formation: share(1.0 - self.effect.formation),
            free_vegf: share(1.0 - self.effect.trap),
            ..Inputs::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flow_lags_by_a_day_and_comes_back() {
        let mut vessels = Vasculature::new(None);
        let full = VesselEffect { flow: 0.4, ..VesselEffect::default() };
        for day in 1..4 {
            vessels.advance_day(full);
            let expected = 0.4 * -libm::expm1(-f64::from(day));
            assert!((vessels.closure - expected).abs() < 1e-12, "day {day}");
        }
        for _ in 0..40 {
            vessels.advance_day(VesselEffect::default());
        }
        assert!(vessels.closure < 1e-15);
    }
}
