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
    /// Saturation of growth by VEGF before therapy.
    untreated: f64,
    /// Loss of flow, 0 to 1.
    closure: f64,
    effect: VesselEffect,
}

impl Vasculature {
    /// Vessels without drugs.
    pub fn new(vessels: Option<&Vessels>) -> Self {
        let untreated = vessels.map_or(0.5, untreated_saturation);
        Self { vessels: vessels.cloned(), untreated, closure: 0.0, effect: VesselEffect::default() }
    }

    /// Flow per vessel, relative to none of the drugs.
    pub fn flow(&self) -> f64 {
        1.0 - self.closure
    }

    /// Density after the day, relative to the patient's, where cells secrete so much VEGF relative to the untreated tumour, and such a
    /// share of the vessels lives without it.
    pub fn grown(&self, density: f64, vegf: f64, independent: f64) -> f64 {
        let Some(v) = &self.vessels else { return density };
        let g = vegf * (1.0 - self.effect.trap);
        let driven = g / (1.0 / self.untreated - 1.0 + g);
        let saturation = driven + independent * (self.untreated - driven).max(0.0);
        let growth = v.growth * saturation * (1.0 - self.effect.formation);
        let pruning = self.effect.pruning * (1.0 - independent);
        let change = growth * (1.0 - density / v.ceiling) - (v.loss + pruning) * density;
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

    // All cells of a place in the state: the drug does to its vessels nothing but slow their flow; half of them: half of the pruning.
    #[test]
    fn vessels_that_need_no_vegf_are_not_pruned() {
        let text = "name = \"a\"\nphenotype = \"signalling\"\n[time]\nend = \"1 d\"\n[lattice]\nsize = [64, 64]\n[start]\n\
                    [patient]\n[oxygen]\n[vessels]\n";
        let scenario = crate::scenario::parse(text, "a.toml", std::path::Path::new("")).unwrap().scenario;
        let mut treated = Vasculature::new(scenario.vessels.as_ref());
        treated.advance_day(VesselEffect { trap: 0.9, flow: 0.4, pruning: 0.08, ..VesselEffect::default() });
        let untreated = Vasculature::new(scenario.vessels.as_ref());
        let after = |vessels: &Vasculature, independent: f64| {
            (0..400).fold(0.7, |density, _| vessels.grown(density, 1.0, independent))
        };
        assert!((after(&untreated, 0.0) - 1.0).abs() < 1e-3);
        assert!((after(&treated, 1.0) - after(&untreated, 0.0)).abs() < 1e-12);
        let (none, half) = (after(&treated, 0.0), after(&treated, 0.5));
        assert!(none < half && half < 1.0, "{none} {half}");
        assert_eq!(after(&untreated, 0.5), after(&untreated, 0.0), "without a drug it changes nothing");
    }

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
