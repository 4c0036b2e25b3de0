//! Vessels of one tumour under drugs, from day to day.
//!
//! Flow falls with a lag: the loss of flow follows what the drugs ask for with a time constant of a day, so that most
//! of it is there on day 2 (perfusion CT under bevacizumab, PubMed 21343498). VEGF, growth and loss of vessels are the engine's, voxel by
//! voxel; where a tumour has no lattice, and for the blood in a lesion, they follow the same equations for all of it.

use crate::biology::vessels::{per_step, share, untreated_saturation};
use crate::engine::Inputs;
use crate::scenario::Vessels;
use crate::therapy::VesselEffect;

/// Vessels of one tumour.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vasculature {
    /// `None`: their density never changes.
    vessels: Option<Vessels>,
    /// Half-saturation of growth by VEGF.
    half: f64,
    /// Loss of flow, 0 to 1.
    closure: f64,
    effect: VesselEffect,
}

impl Vasculature {
    /// Vessels without drugs.
    pub fn new(vessels: Option<&Vessels>) -> Self {
        let half = vessels.map_or(1.0, |v| (1.0 / untreated_saturation(v)) - 1.0);
        Self { vessels: vessels.cloned(), half, closure: 0.0, effect: VesselEffect::default() }
    }

    /// Flow per vessel, relative to none of the drugs.
    pub fn flow(&self) -> f64 {
        1.0 - self.closure
    }

    /// Density after the day, relative to the patient's, where cells secrete so much VEGF relative to the untreated tumour.
    pub fn grown(&self, density: f64, vegf: f64) -> f64 {
        let Some(v) = &self.vessels else { return density };
        let g = vegf * (1.0 - self.effect.trap);
        let growth = v.growth * g / (self.half + g) * (1.0 - self.effect.formation);
        let change = growth * (1.0 - density / v.ceiling) - (v.loss + self.effect.pruning) * density;
        (density + change).max(0.0)
    }

    /// A day under drugs.
    pub fn advance_day(&mut self, effect: VesselEffect) {
        self.closure += (effect.flow - self.closure) * -libm::expm1(-1.0);
        self.effect = effect;
    }

    /// The same for the engine.
    pub fn inputs(&self, step_days: f64) -> Inputs {
        Inputs {
            flow: share(self.flow()),
            pruning: per_step(self.vessels.as_ref().map_or(0.0, |v| v.loss) + self.effect.pruning, step_days),
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
