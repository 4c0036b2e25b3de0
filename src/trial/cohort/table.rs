//! The cohort as tables.

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

use super::clones::StartingState;
use super::patient::VirtualPatient;

/// One for each patient: all that differs between them, but for what is in `lesions.csv` and `starting_states.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct CohortRow {
    /// Patient, from 0.
    pub patient: u32,
    /// Where the tumour began.
    pub origin: String,
    /// `female` or `male`.
    pub sex: String,
    /// Body weight, kg.
    pub weight_kg: f64,
    /// Body surface, m².
    pub surface_m2: f64,
    /// Net growth of the sensitive cell, per day.
    pub growth_per_day: f64,
    /// Fraction of division attempts that replace the mother in place.
    pub coupled_loss: f64,
    /// Birth rate of the sensitive cell, per day.
    pub birth_per_day: f64,
    /// Its uncoupled death rate, per day.
    pub death_per_day: f64,
    /// Whether the birth rate was raised to the least that growth and coupled loss allow.
    pub floor_applied: bool,
    /// Ki-67 index as measured, percent (as pathology reports it).
    pub ki67_percent: f64,
    /// Exponent with which a slowed network slows division.
    pub gamma: f64,
    /// Factor on drug-induced deaths.
    pub kill_factor: f64,
    /// Factor on the EC50 of rapalogs.
    pub rapalog_ec_factor: f64,
    /// Factor on the EC50 of inhibitors of VEGF receptors in vessels.
    pub vegfr_ec_factor: f64,
    /// Factor on the tumour's dose of radiation.
    pub radiation_dose_factor: f64,
    /// Factor on the rates of changes that drugs induce.
    pub induction_factor: f64,
    /// Fraction of starting cells with upregulated receptors.
    pub rtk_fraction: f64,
    /// Fraction with overactive GSK3.
    pub gsk3_fraction: f64,
    /// Fraction that has lost TSC.
    pub tsc_fraction: f64,
    /// Fraction with an activating mutation of the mTOR kinase.
    pub kinase_fraction: f64,
    /// Fraction with a mutation of the FRB domain.
    pub frb_fraction: f64,
    /// Fraction of upregulated receptors that inhibitors of PDGFR and KIT reach.
    pub upregulated_reach: f64,
    /// How cells without TSC1/TSC2 answer to rapalogs: `H` or `R`.
    pub tsc_context: String,
    /// Somatostatin receptor 2, 0 to 1.
    pub sstr: f64,
    /// Whether the patient has FGFR4 R388.
    pub fgfr4_r388: bool,
    /// Whether the patient has PHLPP2 S1016.
    pub phlpp2_s1016: bool,
    /// Whether these two act.
    pub germline_effects: bool,
    /// Whether MEN1 is mutated.
    pub men1: bool,
    /// Whether DAXX or ATRX is mutated.
    pub daxx_atrx: bool,
    /// Whether there is little MGMT, so that temozolomide acts.
    pub mgmt_low: bool,
    /// `typical` or `virtual`.
    pub pharmacokinetics: String,
    /// Vessels before therapy, per mm².
    pub vessels_per_mm2: f64,
    /// Chromogranin A per cell relative to the typical patient.
    pub cga_per_cell: f64,
    /// Quantities whose draws were beyond what is possible and were cut off, joined by `+`.
    pub cut_off: String,
    /// Sum of the diameters of target lesions at baseline, mm.
    pub diameter_sum_mm: f64,
    /// Number of target lesions.
    pub lesions: usize,
    /// Number of organs with target lesions.
    pub organs: u32,
}

/// One for each target lesion, the largest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct LesionRow {
    /// Patient, from 0.
    pub patient: u32,
    /// Lesion, from 1.
    pub lesion: usize,
    /// Organ, from 0.
    pub organ: u32,
    /// Longest diameter at baseline, mm.
    pub diameter_mm: f64,
}

/// One for each state of a patient's starting cells; what all cells have changed is in every one of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct StartingStateRow {
    /// Patient, from 0.
    pub patient: u32,
    /// Loci with their levels above 0, as in `rtk=1+tsc=2`; `sensitive` without any.
    pub state: String,
    /// Fraction of the starting cells; those of a patient sum to 1.
    pub fraction: f64,
}

impl CohortRow {
    /// A patient.
    pub fn of(patient: &VirtualPatient) -> Self {
        let (data, turnover) = (&patient.data, &patient.turnover);
        Self {
            patient: patient.id,
            origin: data.origin.word().to_owned(),
            sex: data.sex.word().to_owned(),
            weight_kg: data.weight_kg,
            surface_m2: data.surface_m2,
            growth_per_day: data.growth,
            coupled_loss: data.coupled_loss,
            birth_per_day: turnover.birth,
            death_per_day: turnover.death,
            floor_applied: turnover.floored,
            ki67_percent: patient.ki67,
            gamma: data.gamma,
            kill_factor: data.kill_factor,
            rapalog_ec_factor: data.rapalog_ec_factor,
            vegfr_ec_factor: data.vegfr_ec_factor,
            radiation_dose_factor: data.radiation_dose_factor,
            induction_factor: data.induction_factor,
            rtk_fraction: data.rtk_fraction,
            gsk3_fraction: data.gsk3_fraction,
            tsc_fraction: data.tsc_fraction,
            kinase_fraction: data.kinase_fraction,
            frb_fraction: data.frb_fraction,
            upregulated_reach: data.upregulated_reach,
            tsc_context: data.tsc_context.word().to_owned(),
            sstr: data.sstr,
            fgfr4_r388: data.fgfr4_r388,
            phlpp2_s1016: data.phlpp2_s1016,
            germline_effects: data.germline_effects,
            men1: data.men1,
            daxx_atrx: data.daxx_atrx,
            mgmt_low: patient.mgmt_low,
            pharmacokinetics: data.pharmacokinetics.word().to_owned(),
            vessels_per_mm2: patient.vessels_per_mm2,
            cga_per_cell: patient.cga_per_cell,
            cut_off: patient.cut_off.join("+"),
            diameter_sum_mm: patient.diameter_sum_mm,
            lesions: patient.lesions.len(),
            organs: patient.organs(),
        }
    }
}

impl LesionRow {
    /// The lesions of a patient.
    pub fn of(patient: &VirtualPatient) -> impl Iterator<Item = Self> {
        let row = |(lesion, l): (usize, &super::Lesion)| {
            let (organ, diameter_mm) = (l.organ, l.diameter_mm);
            Self { patient: patient.id, lesion, organ, diameter_mm }
        };
        (1..).zip(&patient.lesions).map(row)
    }
}

impl StartingStateRow {
    /// The starting states of a patient.
    pub fn of(patient: &VirtualPatient) -> impl Iterator<Item = Self> {
        let state = |s: &StartingState| {
            let levels: Vec<String> =
                s.levels.iter().map(|(locus, level)| format!("{locus}={level}")).collect();
            if levels.is_empty() { "sensitive".to_owned() } else { levels.join("+") }
        };
        let row = move |s| Self { patient: patient.id, state: state(s), fraction: s.fraction };
        patient.start.iter().map(row)
    }
}
