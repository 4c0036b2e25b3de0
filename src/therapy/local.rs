//! What a drug does on a day where the tumour is: unbound concentrations, radiation, vessels, what is cut out.

use serde::Serialize;

use super::pk::DayExposure;
use super::pk::radiation::DayRadiation;
use crate::catalogue::{Analyte, Drug, KillKind, Vascular};

/// A drug at the tumour on one day, at the perfusion before therapy: delivery by another perfusion is the tissue's.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LocalExposure {
    /// Unbound concentration in plasma, average of the day, nM; 0 without a molar mass.
    pub plasma_parent_nm: f64,
    /// The same of the active metabolite; 0 without one.
    pub plasma_metabolite_nm: f64,
    /// Unbound concentration at the site of action, average of the day, nM: that of plasma, with the lag of the
    /// drug's effect compartment if it has one. Cells follow it.
    pub site_parent_nm: f64,
    /// The same of the active metabolite; 0 without one.
    pub site_metabolite_nm: f64,
    /// Average of the day in the measured matrix, drug and active metabolite together, ng/mL.
    pub average: f64,
    /// The same as it lasts at the site of action: kills by concentration follow it.
    pub site_average: f64,
    /// Absorbed dose of the day in the median lesion, and what it does there at its mean.
    pub radiation: DayRadiation,
    /// What it does to vessels.
    pub vessels: VesselEffect,
}

impl LocalExposure {
    /// From the concentrations of a day and the nM of unbound drug and metabolite per ng/mL; `None` for a bath, which is
    /// in nM everywhere.
    pub(super) fn new(exposure: &DayExposure, nm_per_ng_ml: Option<[f64; 2]>) -> LocalExposure {
        let metabolite = exposure.metabolite.map_or(0.0, |m| m.average);
        let bath = [exposure.site_parent_nm, exposure.site_metabolite_nm];
        let in_body = |nm: [f64; 2]| [exposure.parent.average * nm[0], metabolite * nm[1]];
        let [plasma_parent_nm, plasma_metabolite_nm] = nm_per_ng_ml.map_or(bath, in_body);
        LocalExposure {
            plasma_parent_nm,
            plasma_metabolite_nm,
            site_parent_nm: exposure.site_parent_nm,
            site_metabolite_nm: exposure.site_metabolite_nm,
            average: exposure.parent.average + metabolite,
            site_average: exposure.site_average,
            ..LocalExposure::default()
        }
    }
}

/// nM of unbound drug and of unbound metabolite per ng/mL of the measured matrix; 0 without a molar mass.
pub(super) fn nm_per_ng_ml(drug: &Drug) -> [f64; 2] {
    let mass = drug.molar_mass.as_ref().map_or(f64::INFINITY, |m| m.value);
    let unbound = drug.pk.as_ref().map_or(1.0, |pk| pk.unbound.value);
    let metabolite = drug.pk.as_ref().and_then(|pk| pk.metabolite.as_ref());
    [unbound * 1000.0 / mass, metabolite.map_or(0.0, |m| m.unbound.value * 1000.0 / m.molar_mass.value)]
}

/// What drugs do to vessels on a day. A lag of flow is the tissue's.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct VesselEffect {
    /// Inhibition of VEGF receptor signalling in vessels, 0 to 1.
    pub inhibition: f64,
    /// Share of free VEGF that is trapped, 0 to 1.
    pub trap: f64,
    /// Share of the growth of new vessels that is lost, 0 to 1.
    pub formation: f64,
    /// Loss of flow, 0 to 1.
    pub flow: f64,
    /// Loss of vessels, per day.
    pub pruning: f64,
}

impl VesselEffect {
    /// Of a drug at these concentrations, `ec50` being the patient's own, ng/mL: with `s = C^h / (EC50^h + C^h)`
    /// everything is `s` times its value at full effect. Inhibition of receptors is limited to `maximum`.
    pub fn new(drug: &Vascular, exposure: &DayExposure, ec50: f64) -> VesselEffect {
        let (parent, metabolite) = (exposure.parent.average, exposure.metabolite.map_or(0.0, |m| m.average));
        let level = match drug.analyte {
            Analyte::Parent => parent,
            Analyte::Metabolite => metabolite,
            Analyte::Sum => parent + metabolite,
        };
        let share = hill(level, ec50, drug.hill.value);
        VesselEffect {
            inhibition: share * drug.maximum.value,
            trap: share * drug.trap.value,
            formation: share * drug.formation.value,
            flow: share * drug.flow.value,
            pruning: share * drug.pruning.value,
        }
    }

    /// Inhibition of VEGF or its receptors: not that of drugs which only slow the growth of vessels, whatever makes them grow.
    pub fn blockade(&self) -> f64 {
        let is_of_vegf = self.trap > 0.0 || self.pruning > 0.0;
        if is_of_vegf { self.inhibition } else { 0.0 }
    }

    /// Of two drugs at once: shares as of independent events (Bliss), losses per day add up.
    #[must_use]
    pub fn and(self, other: VesselEffect) -> VesselEffect {
        // 1 − (1 − a)(1 − b), so written that nothing added to a is a.
        let both = |a: f64, b: f64| a + b - a * b;
        VesselEffect {
            inhibition: both(self.inhibition, other.inhibition),
            trap: both(self.trap, other.trap),
            formation: both(self.formation, other.formation),
            flow: both(self.flow, other.flow),
            pruning: self.pruning + other.pruning,
        }
    }
}

/// `C^h / (EC50^h + C^h)`, written so that no power overflows.
fn hill(level: f64, ec50: f64, exponent: f64) -> f64 {
    if level <= 0.0 {
        return 0.0;
    }
    1.0 / (1.0 + libm::pow(ec50 / level, exponent))
}

/// A procedure on the morning of a day: surgery, embolisation, ablation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cut {
    /// The procedure, as its place among the protocol's drugs.
    pub drug: usize,
    /// Share of the tumour's live cells that it removes or kills, 0 to 1. Several on one day follow one another:
    /// each takes its share of what is left.
    pub share: f64,
    /// Whether the dead remain where they were (embolisation, ablation), or are gone (surgery).
    pub dead_remain: bool,
}

impl Cut {
    /// The cuts of a procedure given at this dose, in percent of the tumour.
    pub(super) fn of(number: usize, drug: &Drug, percent: f64) -> impl Iterator<Item = Cut> {
        drug.kills.iter().filter_map(move |kill| {
            let dead_remain = match kill.kind {
                KillKind::Removal => false,
                KillKind::Ablation => true,
                _ => return None,
            };
            let share = (percent / 100.0 * kill.strength()).clamp(0.0, 1.0);
            Some(Cut { drug: number, share, dead_remain })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Catalogue;
    use crate::therapy::pk::ConcentrationLevel;

    fn drug(name: &str) -> &'static Drug {
        Catalogue::embedded().find(name).unwrap()
    }

    fn averages(parent: f64, metabolite: f64) -> DayExposure {
        let level = |average| ConcentrationLevel { average, peak: average, trough: average };
        DayExposure {
            parent: level(parent),
            metabolite: Some(level(metabolite)),
            site_parent_nm: 7.0,
            site_metabolite_nm: 8.0,
            site_average: 9.0,
        }
    }

    // biology.md 9 #20: IC50 1.0 mg·h/L a day on the parent's area, Hill 1; 6: pruning 0.08 /d, flow 1 − 0.4·I.
    #[test]
    fn sunitinib_on_vessels_follows_the_area_of_a_day() {
        let vascular = drug("sunitinib").vascular.as_ref().unwrap();
        let area_of_1 = averages(1000.0 / 24.0, 500.0);
        let effect = VesselEffect::new(vascular, &area_of_1, vascular.ec50.value);
        assert!((effect.inhibition - 0.5).abs() < 1e-12, "{effect:?}");
        assert!((effect.pruning - 0.04).abs() < 1e-12 && (effect.flow - 0.2).abs() < 1e-12);
        // A patient of twice the EC50 has a third.
        let effect = VesselEffect::new(vascular, &area_of_1, 2.0 * vascular.ec50.value);
        assert!((effect.inhibition - 1.0 / 3.0).abs() < 1e-12);
        let none = VesselEffect::new(vascular, &averages(0.0, 30.0), vascular.ec50.value);
        assert_eq!(none, VesselEffect::default());
    }

    // biology.md 6: everolimus leaves flow alone (no change in perfusion CT) and slows the growth of vessels.
    #[test]
    fn everolimus_leaves_flow_alone() {
        let vascular = drug("everolimus").vascular.as_ref().unwrap();
        let effect = VesselEffect::new(vascular, &averages(23.9, 0.0), vascular.ec50.value);
        assert_eq!((effect.flow, effect.pruning, effect.trap), (0.0, 0.0, 0.0));
        assert!(effect.formation > 0.4, "{effect:?}");
    }

    #[test]
    fn effects_of_two_drugs_are_independent() {
        let a = VesselEffect { inhibition: 0.5, trap: 0.0, formation: 0.2, flow: 0.4, pruning: 0.08 };
        let b = VesselEffect { inhibition: 0.5, trap: 0.3, formation: 0.5, flow: 0.0, pruning: 0.01 };
        let both = a.and(b);
        assert!((both.inhibition - 0.75).abs() < 1e-12 && (both.formation - 0.6).abs() < 1e-12);
        assert_eq!((both.trap, both.flow), (0.3, 0.4));
        assert!((both.pruning - 0.09).abs() < 1e-12);
        assert_eq!(a.and(VesselEffect::default()), a);
    }

    // 5 % of 398.5 g/mol and 10 % of 370.4 g/mol (biology.md 2b).
    #[test]
    fn plasma_is_unbound_and_molar() {
        let local = LocalExposure::new(&averages(40.0, 20.0), Some(nm_per_ng_ml(drug("sunitinib"))));
        assert!((local.plasma_parent_nm - 40.0 * 0.05 * 1000.0 / 398.5).abs() < 1e-12);
        assert!((local.plasma_metabolite_nm - 20.0 * 0.10 * 1000.0 / 370.4).abs() < 1e-12);
        assert_eq!((local.site_parent_nm, local.site_metabolite_nm, local.average), (7.0, 8.0, 60.0));
    }

    #[test]
    fn procedures_take_their_share() {
        let of = |name, percent| Cut::of(3, drug(name), percent).collect::<Vec<_>>();
        assert_eq!(of("debulking surgery", 80.0), [Cut { drug: 3, share: 0.8, dead_remain: false }]);
        assert_eq!(of("chemoembolisation", 50.0), [Cut { drug: 3, share: 0.3, dead_remain: true }]);
        assert_eq!(of("everolimus", 10.0), []);
    }
}
