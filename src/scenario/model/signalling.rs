//! What mode `signalling` needs beside loci and drugs: the patient, and vessels that live.

use crate::scenario::regimen::Body;
use serde::Serialize;

/// Where the rates of cells come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// From `[rates]`: a table per state and per drug on or off.
    Rates,
    /// From the signalling network of the patient's cells under the drugs of `[therapy]`.
    Signalling,
}

/// Who carries the tumour, in mode `signalling`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PatientData {
    /// Untreated net growth of the sensitive cell, per day.
    pub growth: f64,
    /// Share of division attempts that replace the mother in place, κ.
    pub coupled_loss: f64,
    /// Exponent of the growth multiplier.
    pub gamma: f64,
    /// Factor on deaths that drugs cause.
    pub kill_factor: f64,
    /// Factor on the EC50 of rapalogs.
    pub rapalog_ec_factor: f64,
    /// Factor on the EC50 of VEGF receptor inhibition in vessels.
    pub vegfr_ec_factor: f64,
    /// Factor on the radiation dose of the tumour.
    pub radiation_dose_factor: f64,
    /// Factor on rates that drugs induce.
    pub induction_factor: f64,
    /// Share of untreated cells with upregulated receptors (`rtk` level 1), an equilibrium of switching.
    pub rtk_fraction: f64,
    /// Share of starting cells with overactive GSK3.
    pub gsk3_fraction: f64,
    /// Share of starting cells that have lost TSC1/TSC2.
    pub tsc_fraction: f64,
    /// Share of starting cells with an activating mutation of the MTOR kinase.
    pub kinase_fraction: f64,
    /// Share of starting cells with an FRB mutation.
    pub frb_fraction: f64,
    /// Share of upregulated receptors that inhibitors of PDGFR and KIT reach.
    pub upregulated_reach: f64,
    /// `H` or `R`: how cells without TSC1/TSC2 answer to rapalogs.
    pub tsc_context: String,
    /// Somatostatin receptor 2, 0 to 1.
    pub sstr: f64,
    /// Carries FGFR4 R388.
    pub fgfr4_r388: bool,
    /// Carries PHLPP2 S1016.
    pub phlpp2_s1016: bool,
    /// Whether these two act.
    pub germline_effects: bool,
    /// MEN1 mutated (prognosis only).
    pub men1: bool,
    /// DAXX or ATRX mutated (prognosis only).
    pub daxx_atrx: bool,
    /// Where the tumour began, as the key's choices name it.
    pub origin: String,
    /// `male` or `female`.
    pub sex: String,
    /// Body weight, kg.
    pub weight_kg: f64,
    /// Body surface, m².
    pub surface_m2: f64,
    /// Whether the drugs' concentrations are those of the typical patient, without draws between patients.
    pub typical_pharmacokinetics: bool,
}

impl PatientData {
    /// The body, by which doses are scaled.
    pub fn body(&self) -> Body {
        Body { weight_kg: self.weight_kg, surface_m2: self.surface_m2 }
    }
}

/// Loci and levels that a tumour starts with beside the sensitive state, in the order of
/// [`PatientData::starting_fractions`].
pub const STARTING_STATES: [(&str, u8); 5] =
    [("rtk", 1), ("gsk3", 1), ("tsc", 2), ("mtor_kinase", 1), ("fkbp12_frb", 1)];

impl PatientData {
    /// Share of starting cells in each of [`STARTING_STATES`].
    pub fn starting_fractions(&self) -> [f64; 5] {
        [self.rtk_fraction, self.gsk3_fraction, self.tsc_fraction, self.kinase_fraction, self.frb_fraction]
    }

    /// The same, to be changed.
    pub(crate) fn starting_fractions_mut(&mut self) -> [&mut f64; 5] {
        [
            &mut self.rtk_fraction,
            &mut self.gsk3_fraction,
            &mut self.tsc_fraction,
            &mut self.kinase_fraction,
            &mut self.frb_fraction,
        ]
    }
}

/// Vessels that live: they grow with VEGF, are lost, carry blood to some places more than to others, and
/// anti-angiogenic drugs act on them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vessels {
    /// Coefficient of variation of the local density (log-normal).
    pub unevenness: f64,
    /// Growth at saturating VEGF far below the ceiling, per day.
    pub growth: f64,
    /// Loss, per day.
    pub loss: f64,
    /// Density, relative to the patient's, at which growth comes to a halt (above 1, below 2).
    pub ceiling: f64,
    /// Diffusion length of VEGF, µm.
    pub vegf_length_um: f64,
    /// Factor of hypoxia on the secretion of VEGF.
    pub hypoxic_secretion: f64,
    /// Perfusion, relative to the patient's, at which nutrients halve the division attempts; 0 for no such effect.
    pub nutrient_half: f64,
    /// Deaths per day of a cell that nothing is brought to; falls to none where nutrients are above
    /// [`STARVING`](crate::biology::nutrients::STARVING).
    pub starving_death: f64,
}
