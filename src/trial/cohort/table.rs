//! The cohort as tables.

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

use super::clones::StartingState;
use super::patient::VirtualPatient;

/// Declares the row of a cohort: each column with its value for a patient.
macro_rules! cohort_row {
    ($($(#[$doc:meta])* $column:ident: $of_type:ty = $value:expr;)*) => {
        /// One for each patient: all that differs between them, but for what is in `lesions.csv` and `starting_states.csv`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
        pub struct CohortRow {
            $($(#[$doc])* pub $column: $of_type,)*
        }

        impl CohortRow {
            /// A patient.
            pub fn of(patient: &VirtualPatient) -> Self {
                Self { $($column: { let value: fn(&VirtualPatient) -> $of_type = $value; value(patient) },)* }
            }
        }
    };
}

cohort_row! {
    /// Patient, from 0.
    patient: u32 = |p| p.id;
    /// Where the tumour began.
    origin: String = |p| p.data.origin.word().to_owned();
    /// `female` or `male`.
    sex: String = |p| p.data.sex.word().to_owned();
    /// Body weight, kg.
    weight_kg: f64 = |p| p.data.weight_kg;
    /// Body surface, m².
    surface_m2: f64 = |p| p.data.surface_m2;
    /// Net growth of the sensitive cell, per day.
    growth_per_day: f64 = |p| p.data.growth;
    /// Fraction of division attempts that replace the mother in place.
    coupled_loss: f64 = |p| p.data.coupled_loss;
    /// Birth rate of the sensitive cell, per day.
    birth_per_day: f64 = |p| p.turnover.birth;
    /// Its uncoupled death rate, per day.
    death_per_day: f64 = |p| p.turnover.death;
    /// Whether the birth rate was raised to the least that growth and coupled loss allow.
    floor_applied: bool = |p| p.turnover.floored;
    /// Whether the tumour is of grade 2 rather than 1.
    grade_2: bool = |p| p.grade_2;
    /// Whether progression within the year before was documented.
    progressing: bool = |p| p.progressing;
    /// Ki-67 index as measured, percent (as pathology reports it).
    ki67_percent: f64 = |p| p.ki67;
    /// Exponent with which a slowed network slows division.
    gamma: f64 = |p| p.data.gamma;
    /// Factor on drug-induced deaths.
    kill_factor: f64 = |p| p.data.kill_factor;
    /// Factor on the EC50 of rapalogs.
    rapalog_ec_factor: f64 = |p| p.data.rapalog_ec_factor;
    /// Factor on the EC50 of inhibitors of VEGF receptors in vessels.
    vegfr_ec_factor: f64 = |p| p.data.vegfr_ec_factor;
    /// Factor on the tumour's dose of radiation.
    radiation_dose_factor: f64 = |p| p.data.radiation_dose_factor;
    /// Factor on the rates of changes that drugs induce.
    induction_factor: f64 = |p| p.data.induction_factor;
    /// Fraction of starting cells with upregulated receptors.
    rtk_fraction: f64 = |p| p.data.rtk_fraction;
    /// Fraction with overactive GSK3.
    gsk3_fraction: f64 = |p| p.data.gsk3_fraction;
    /// Fraction that has lost TSC.
    tsc_fraction: f64 = |p| p.data.tsc_fraction;
    /// Fraction with an activating mutation of the mTOR kinase.
    kinase_fraction: f64 = |p| p.data.kinase_fraction;
    /// Fraction with a mutation of the FRB domain.
    frb_fraction: f64 = |p| p.data.frb_fraction;
    /// Fraction of upregulated receptors that inhibitors of PDGFR and KIT reach.
    upregulated_reach: f64 = |p| p.data.upregulated_reach;
    /// How cells without TSC1/TSC2 answer to rapalogs: `H` or `R`.
    tsc_context: String = |p| p.data.tsc_context.word().to_owned();
    /// Somatostatin receptor 2, 0 to 1.
    sstr: f64 = |p| p.data.sstr;
    /// Whether somatostatin analogues no longer slow growth.
    analogue_refractory: bool = |p| p.data.analogue_refractory;
    /// Whether the patient has FGFR4 R388.
    fgfr4_r388: bool = |p| p.data.fgfr4_r388;
    /// Whether the patient has PHLPP2 S1016.
    phlpp2_s1016: bool = |p| p.data.phlpp2_s1016;
    /// Whether these two act.
    germline_effects: bool = |p| p.data.germline_effects;
    /// Whether MEN1 is mutated.
    men1: bool = |p| p.data.men1;
    /// Whether DAXX or ATRX is mutated.
    daxx_atrx: bool = |p| p.data.daxx_atrx;
    /// Whether there is little MGMT, so that temozolomide acts.
    mgmt_low: bool = |p| p.mgmt_low;
    /// `typical` or `virtual`.
    pharmacokinetics: String = |p| p.data.pharmacokinetics.word().to_owned();
    /// Vessels before therapy, per mm².
    vessels_per_mm2: f64 = |p| p.vessels_per_mm2;
    /// Chromogranin A per cell relative to the typical patient.
    cga_per_cell: f64 = |p| p.cga_per_cell;
    /// Age at the start, years.
    age_years: f64 = |p| p.age_years;
    /// Quantities whose draws were beyond what is possible and were cut off, joined by `+`.
    cut_off: String = |p| p.cut_off.join("+");
    /// Sum of the diameters of target lesions at baseline, mm.
    diameter_sum_mm: f64 = |p| p.diameter_sum_mm;
    /// Number of target lesions.
    lesions: usize = |p| p.lesions.len();
    /// Number of organs with target lesions.
    organs: u32 = |p| p.organs();
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
