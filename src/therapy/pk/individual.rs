//! One patient's parameters for one drug.

use std::sync::Arc;

use crate::catalogue::{Drug, Pk, Route};

use super::draws::Keyed;
use super::parameters::{check, require, scale_to};
use super::propagator::Propagators;
use super::system::System;
use super::variability::{check_correlations, normalise_shares, occasion, vary};
use super::{PkError, drug_key};
use crate::tissue::random::StreamKey;

/// One patient's parameters for one drug. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PkIndividual {
    pub(super) model: PkModel,
    occasions: Option<(f64, Keyed)>,
    molar_mass: Option<f64>,
}

/// Where the concentration comes from.
#[derive(Debug, Clone)]
pub(super) enum PkModel {
    /// Compartments, from the patient's own parameters.
    Compartments(Arc<PkBody>),
    /// A dish: the concentration is what was given.
    Bath,
}

/// A patient's own parameters, and the steps made from them.
#[derive(Debug)]
pub(super) struct PkBody {
    pub pk: Pk,
    pub steps: Propagators,
}

impl PkIndividual {
    /// The typical patient of a weight in kg: no variability.
    ///
    /// # Errors
    /// A parameter out of its range, a structure that contradicts itself, or a weight that is none.
    pub fn typical(pk: &Pk, weight_kg: f64) -> Result<Self, PkError> {
        Self::new(pk, weight_kg, None)
    }

    /// A patient drawn from the population: a pure function of its arguments. `drug_key` is that of the drug's name
    /// ([`drug_key`]), so that a patient's numbers for one drug do not depend on what else is given.
    ///
    /// # Errors
    /// As [`typical`](Self::typical), and correlations that cannot be.
    pub fn sampled(pk: &Pk, weight_kg: f64, seed: u64, patient: u32, drug_key: u32) -> Result<Self, PkError> {
        Self::new(pk, weight_kg, Some((StreamKey { seed, patient }, drug_key)))
    }

    /// A compound in a bath: the amount given on a day, in nM unbound, is its concentration all that day.
    pub fn bath() -> Self {
        Self { model: PkModel::Bath, occasions: None, molar_mass: None }
    }

    /// A patient for a drug of the catalogue, typical or drawn (seed and patient); `None` for a drug without
    /// pharmacokinetics (radionuclides, procedures, supportive care).
    ///
    /// # Errors
    /// As [`sampled`](Self::sampled).
    pub fn of_drug(drug: &Drug, weight_kg: f64, drawn: Option<(u64, u32)>) -> Result<Option<Self>, PkError> {
        let individual = match (&drug.pk, drawn) {
            (Some(pk), None) => Self::typical(pk, weight_kg)?,
            (Some(pk), Some((seed, patient))) => {
                Self::sampled(pk, weight_kg, seed, patient, drug_key(&drug.name))?
            }
            (None, _) if drug.routes.contains(&Route::Bath) => Self::bath(),
            (None, _) => return Ok(None),
        };
        individual.with_molar_mass(drug.molar_mass.as_ref().map(|m| m.value)).map(Some)
    }

    /// With the parent's molar mass in g/mol; without one, concentrations in nM are 0 (and those of a bath in ng/mL).
    ///
    /// # Errors
    /// A mass that is not above 0.
    pub fn with_molar_mass(mut self, grams_per_mole: Option<f64>) -> Result<Self, PkError> {
        if let Some(mass) = grams_per_mole {
            require(mass > 0.0 && mass.is_finite(), "molar_mass", mass, "a number above 0")?;
        }
        self.molar_mass = grams_per_mole;
        Ok(self)
    }

    fn new(pk: &Pk, weight_kg: f64, keyed: Option<Keyed>) -> Result<Self, PkError> {
        let mut pk = pk.clone();
        check(&mut pk)?;
        check_correlations(&mut pk)?;
        scale_to(&mut pk, weight_kg)?;
        if let Some(keyed) = keyed {
            vary(&mut pk, keyed)?;
        }
        normalise_shares(&mut pk);
        let steps = Propagators::new(System::new(&pk)?);
        let occasions = keyed.map(|keyed| (pk.occasion_cv.value, keyed)).filter(|(cv, _)| *cv > 0.0);
        Ok(Self { model: PkModel::Compartments(Arc::new(PkBody { pk, steps })), occasions, molar_mass: None })
    }

    /// The patient's own parameters (`value` is theirs); none for a bath.
    pub fn parameters(&self) -> Option<&Pk> {
        match &self.model {
            PkModel::Compartments(body) => Some(&body.pk),
            PkModel::Bath => None,
        }
    }

    /// Bioavailability on a day, by which doses of that day are multiplied.
    pub fn bioavailability(&self, day: u32) -> f64 {
        let usual = self.parameters().map_or(1.0, |pk| pk.bioavailability.value);
        usual * self.occasions.map_or(1.0, |(cv, keyed)| occasion(cv, keyed, day))
    }

    /// nM of unbound parent per ng/mL of the measured matrix.
    pub(super) fn parent_nm(&self) -> f64 {
        let unbound = self.parameters().map_or(1.0, |pk| pk.unbound.value);
        self.molar_mass.map_or(0.0, |mass| unbound * 1000.0 / mass)
    }

    /// nM of unbound metabolite per ng/mL.
    pub(super) fn metabolite_nm(&self) -> f64 {
        let metabolite = self.parameters().and_then(|pk| pk.metabolite.as_ref());
        metabolite.map_or(0.0, |m| m.unbound.value * 1000.0 / m.molar_mass.value)
    }
}
