//! What drugs do to the tumour's vessels.
//!
//! Inhibition of VEGF receptors follows the daily average: `I = max · Cʰ/(EC50ʰ + Cʰ)`. Flow falls at once, with a lag of a day
//! (`closure` follows its target with a time constant of a day), vessels wither at `pruning · I` a day, antibodies trap VEGF,
//! and rapalogs slow the growth of new vessels. Several drugs combine as independent events; prunings add up.

use crate::catalogue::{Analyte, Drug, Vascular};
use crate::scenario::Vessels;

use super::patient::Patient;
use super::signalling::Hill;

/// Daily averages of a drug in its measured matrix, ng/mL.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Averages {
    /// The drug itself.
    pub parent: f64,
    /// Its active metabolite.
    pub metabolite: f64,
}

/// What a day's drugs do to vessels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VesselEffects {
    /// Perfusion per vessel relative to none of them, 0 to 1.
    pub flow: f64,
    /// Loss of vessels, per day, that of the untreated included.
    pub loss: f64,
    /// Growth of vessels, relative to none of them.
    pub formation: f64,
    /// Share of VEGF that is free.
    pub free_vegf: f64,
}

/// Vessels of one tumour under drugs, from day to day.
#[derive(Debug, Clone, PartialEq)]
pub struct Vasculature {
    loss: f64,
    actions: Vec<Option<(Vascular, f64)>>,
    /// Loss of flow, which lags behind its cause.
    closure: f64,
}

impl Vasculature {
    /// Untreated vessels, and the drugs that may come.
    pub fn new(vessels: Option<&Vessels>, drugs: &[Drug], patient: &Patient) -> Self {
        let action = |d: &Drug| d.vascular.clone().map(|v| (v, patient.vegfr_ec_factor));
        Self {
            loss: vessels.map_or(0.0, |v| v.loss),
            actions: drugs.iter().map(action).collect(),
            closure: 0.0,
        }
    }

    /// Effects without drugs.
    pub fn untreated(&self) -> VesselEffects {
        VesselEffects { flow: 1.0, loss: self.loss, formation: 1.0, free_vegf: 1.0 }
    }

    /// A day with these averages, one for each drug.
    pub fn advance_day(&mut self, averages: &[Averages]) -> VesselEffects {
        let mut left = self.untreated();
        for (action, average) in self.actions.iter().zip(averages) {
            let Some((action, factor)) = action else { continue };
            let level = match action.analyte {
                Analyte::Parent => average.parent,
                Analyte::Metabolite => average.metabolite,
                Analyte::Sum => average.parent + average.metabolite,
            };
            let response = Hill::new(action.ec50.value * factor, action.hill.value);
            let inhibition = action.maximum.value * response.of(level.max(0.0));
            left.flow *= 1.0 - action.flow.value * inhibition;
            left.loss += action.pruning.value * inhibition;
            left.formation *= 1.0 - action.formation.value * inhibition;
            left.free_vegf *= 1.0 - action.trap.value * inhibition;
        }
        self.closure += (1.0 - left.flow - self.closure) * -libm::expm1(-1.0);
        VesselEffects { flow: 1.0 - self.closure, ..left }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Catalogue;

    fn under(name: &str) -> Vasculature {
        let drug = Catalogue::embedded().find(name).unwrap().clone();
        Vasculature::new(None, &[drug], &Patient::typical())
    }

    #[test]
    fn without_drugs_nothing_happens() {
        let effects = under("sunitinib").advance_day(&[Averages::default()]);
        assert_eq!(effects, VesselEffects { flow: 1.0, loss: 0.0, formation: 1.0, free_vegf: 1.0 });
    }

    #[test]
    fn flow_lags_by_a_day_and_comes_back() {
        let mut vessels = under("sunitinib");
        let much = [Averages { parent: 1e9, metabolite: 0.0 }];
        let days: Vec<f64> = (0..3).map(|_| vessels.advance_day(&much).flow).collect();
        for (day, flow) in days.iter().enumerate() {
            let expected = 1.0 - 0.4 * -libm::expm1(-(day as f64 + 1.0));
            assert!((flow - expected).abs() < 1e-6, "day {day}: {flow}");
        }
        for _ in 0..20 {
            vessels.advance_day(&[Averages::default()]);
        }
        assert!(vessels.advance_day(&[Averages::default()]).flow > 1.0 - 1e-8);
    }
}
