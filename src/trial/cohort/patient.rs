//! Virtual patients: each a function of the cohort's distributions, its seed and the patient's number.

use serde::Serialize;

use crate::biology::patient::{PatientBiology, PatientParameter, Turnover, TurnoverError};
use crate::scenario::limits::MAX_PATIENTS;
use crate::scenario::{GROWTH_BY_COVARIATES, Locus, Origin, PatientData, Share};
use crate::therapy::regimen::Body;
use crate::tissue::random::StreamKey;

use super::clones::{self, StartingState};
use super::covariates;
use super::distribution::ParameterDistribution;
use super::draws::{CohortDraw, of_slot};
use super::error::CohortError;
use super::lesions::Lesion;
use super::sampler::Sampler;
use super::spec::CohortSpec;

/// Share of patients with MEN1 and DAXX/ATRX both mutated in the trials behind the growth populations: 44 % of 43 %, as
/// if independent. The median of a population holds for this mixture.
const BOTH_MUTATED: f64 = 0.44 * 0.43;

/// Largest growth, per day.
const MAX_GROWTH: f64 = 1.0;

/// A virtual patient before therapy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VirtualPatient {
    /// Number in the cohort, from 0; random numbers of the therapy and ids of lesions are keyed by it.
    pub id: u32,
    /// What the biology and the therapy need.
    pub data: PatientData,
    /// Birth and uncoupled death of the sensitive cell; whether the birth rate was raised to the floor `r/(1 − κ)`.
    pub turnover: Turnover,
    /// Grade 2 rather than 1.
    pub grade_2: bool,
    /// Documented progression within the year before.
    pub progressing: bool,
    /// Ki-67 index as measured, percent; a biomarker only.
    pub ki67: f64,
    /// Loci that all starting cells have changed, with their levels.
    pub clonal: Vec<(&'static str, u8)>,
    /// All starting states with their shares, which sum to 1.
    pub start: Vec<StartingState>,
    /// Little MGMT, so that temozolomide acts.
    pub mgmt_low: bool,
    /// Sum of the diameters of target lesions at baseline, mm.
    pub diameter_sum_mm: f64,
    /// Target lesions, largest first.
    pub lesions: Vec<Lesion>,
    /// Vessels before therapy, per mm².
    pub vessels_per_mm2: f64,
    /// Chromogranin A per cell, relative to the typical patient.
    pub cga_per_cell: f64,
    /// Age at the start, years.
    pub age_years: f64,
    /// Quantities whose draws were beyond what is possible and were cut off.
    pub cut_off: Vec<&'static str>,
}

impl VirtualPatient {
    /// The patient as the biology has it.
    ///
    /// # Errors
    ///
    /// [`TurnoverError`] if `data` was changed to what is impossible.
    pub fn biology(&self) -> Result<PatientBiology, TurnoverError> {
        PatientBiology::of(self.data.clone())
    }

    /// The starting composition in the loci of a scenario; what is left to 1 is sensitive. Changes that the scenario has
    /// no locus for are left out, see [`missing_loci`](Self::missing_loci).
    pub fn composition(&self, loci: &[Locus]) -> Vec<Share> {
        clones::composition(&self.start, loci)
    }

    /// Loci that all starting cells have changed, but that a scenario has not.
    pub fn missing_loci(&self, loci: &[Locus]) -> Vec<&'static str> {
        clones::missing(&self.clonal, loci)
    }

    /// Number of organs with target lesions.
    pub fn organs(&self) -> u32 {
        self.lesions.iter().map(|lesion| lesion.organ + 1).max().unwrap_or(0)
    }
}

/// A cohort: distributions that were found possible, from which any of its patients is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    spec: CohortSpec,
    distributions: Vec<ParameterDistribution>,
    samplers: Vec<Sampler>,
}

impl Cohort {
    /// A cohort, if what is asked for is possible.
    ///
    /// # Errors
    ///
    /// [`CohortError`] says what is impossible, and what would be.
    pub fn new(spec: &CohortSpec) -> Result<Self, CohortError> {
        if spec.patients == 0 {
            return Err(CohortError::Empty);
        }
        if u64::from(spec.patients) > MAX_PATIENTS {
            return Err(CohortError::TooMany(spec.patients));
        }
        if !(0.01..=100.0).contains(&spec.prognostic_factor) {
            return Err(CohortError::PrognosticFactor(spec.prognostic_factor));
        }
        if !spec.origins.sum_to_one() {
            return Err(CohortError::Origins(spec.origins.each().map(|(_, share)| share)));
        }
        spec.lesions.check()?;
        let distributions = ParameterDistribution::of(spec)?;
        let checked = PatientParameter::ALL
            .into_iter()
            .zip(&distributions)
            .map(|(parameter, given)| Sampler::new(parameter, given));
        let samplers = checked.collect::<Result<Vec<_>, _>>()?;
        Ok(Self { spec: spec.clone(), distributions, samplers })
    }

    /// What the cohort was asked to be.
    pub fn spec(&self) -> &CohortSpec {
        &self.spec
    }

    /// The distributions between patients, with all changes made.
    pub fn distributions(&self) -> &[ParameterDistribution] {
        &self.distributions
    }

    /// All patients, by number.
    pub fn patients(&self) -> impl ExactSizeIterator<Item = VirtualPatient> + '_ {
        (0..self.spec.patients).map(|id| self.patient(id))
    }

    /// The patient of this number. It does not depend on the number of patients, so that a number beyond it is who
    /// would be next.
    pub fn patient(&self, id: u32) -> VirtualPatient {
        let key = StreamKey { seed: self.spec.seed, patient: id };
        let own = self.draw(key);
        let turnover =
            Turnover::new(own.get(PatientParameter::Growth), own.get(PatientParameter::CoupledLoss))
                .expect("growth and coupled loss are within the bounds of a turnover");
        assert!(turnover.death >= 0.0, "uncoupled deaths are no births");
        let shares: Vec<f64> = clones::carried().map(|(parameter, _)| own.get(parameter)).collect();
        let diameter_sum_mm = own.get(PatientParameter::DiameterSum);
        VirtualPatient {
            id,
            ki67: (turnover.ki67() * own.get(PatientParameter::Ki67) / Turnover::typical().ki67()).min(100.0),
            turnover,
            grade_2: own.has(PatientParameter::Grade2),
            progressing: own.has(PatientParameter::Progressing),
            clonal: clones::clonal(&shares),
            start: clones::starting_states(&shares),
            mgmt_low: own.has(PatientParameter::MgmtLow),
            diameter_sum_mm,
            lesions: self.spec.lesions.draw(key, diameter_sum_mm),
            vessels_per_mm2: own.get(PatientParameter::Vessels),
            cga_per_cell: own.get(PatientParameter::CgaPerCell),
            age_years: own.get(PatientParameter::Age),
            data: self.data(&own, self.origin(key)),
            cut_off: own.cut_off,
        }
    }

    /// Where a patient's tumour began.
    pub(super) fn origin(&self, key: StreamKey) -> Origin {
        covariates::origin(&self.spec.origins, CohortDraw::Origin.uniform(key, 0))
    }

    /// Logarithm by which covariates move a patient's growth.
    fn moved(&self, key: StreamKey, own: &Own) -> f64 {
        if !self.spec.population.eq_ignore_ascii_case(GROWTH_BY_COVARIATES) {
            return 0.0;
        }
        let (grade_2, progressing) =
            (own.has(PatientParameter::Grade2), own.has(PatientParameter::Progressing));
        self.spec.effects.shift(self.origin(key), grade_2, progressing)
    }

    /// Draws every quantity, and lets growth follow covariates and mutations.
    pub(super) fn draw(&self, key: StreamKey) -> Own {
        let mut own = Own { values: [0.0; PatientParameter::ALL.len()], cut_off: Vec::new() };
        for (parameter, sampler) in PatientParameter::ALL.into_iter().zip(&self.samplers) {
            let drawn = sampler.draw(of_slot(key, parameter as u32, 0));
            own.values[parameter.index()] = drawn.value;
            if drawn.cut {
                own.cut_off.push(parameter.name());
            }
        }
        let growth = PatientParameter::Growth.index();
        own.values[growth] = (own.values[growth] * self.growth_factor(key, &own)).min(MAX_GROWTH);
        own
    }

    /// Factor by which covariates and mutations move a patient's growth.
    pub(super) fn growth_factor(&self, key: StreamKey, own: &Own) -> f64 {
        if self.samplers[PatientParameter::Growth.index()].is_fixed() {
            return 1.0;
        }
        let both = own.has(PatientParameter::Men1) && own.has(PatientParameter::DaxxAtrx);
        let exponent = f64::from(u8::from(both)) - BOTH_MUTATED;
        libm::pow(self.spec.prognostic_factor, exponent) * libm::exp(self.moved(key, own))
    }

    /// The law of a parameter.
    pub(super) fn sampler(&self, parameter: PatientParameter) -> &Sampler {
        &self.samplers[parameter.index()]
    }

    fn data(&self, own: &Own, origin: Origin) -> PatientData {
        let CohortSpec { germline_effects, pharmacokinetics, .. } = self.spec;
        let mut data = PatientData { germline_effects, origin, pharmacokinetics, ..PatientData::typical() };
        for parameter in PatientParameter::ALL {
            parameter.set(&mut data, own.get(parameter));
        }
        data.surface_m2 = Body::of_weight(data.weight_kg).surface_m2;
        data
    }
}

/// Values of one patient, in the order of slots.
pub(super) struct Own {
    pub values: [f64; PatientParameter::ALL.len()],
    cut_off: Vec<&'static str>,
}

impl Own {
    fn get(&self, parameter: PatientParameter) -> f64 {
        self.values[parameter.index()]
    }

    fn has(&self, parameter: PatientParameter) -> bool {
        self.get(parameter) > 0.5
    }
}
