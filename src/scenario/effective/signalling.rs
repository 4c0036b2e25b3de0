//! The patient and the vessels of mode `signalling` in the effective scenario.

use super::Writer;
use crate::scenario::keys;
use crate::scenario::model::{PatientData, Vessels};

/// Writes a patient as `[patient]`.
pub(super) fn patient(out: &mut Writer, patient: &PatientData) {
    out.section(&keys::PATIENT);
    out.rate("growth", patient.growth);
    out.number("coupled_loss", patient.coupled_loss);
    out.number("gamma", patient.gamma);
    out.number("kill_factor", patient.kill_factor);
    out.number("rapalog_ec_factor", patient.rapalog_ec_factor);
    out.number("vegfr_ec_factor", patient.vegfr_ec_factor);
    out.number("radiation_dose_factor", patient.radiation_dose_factor);
    out.number("induction_factor", patient.induction_factor);
    out.number("rtk_fraction", patient.rtk_fraction);
    out.number("gsk3_fraction", patient.gsk3_fraction);
    out.number("tsc_fraction", patient.tsc_fraction);
    out.number("kinase_fraction", patient.kinase_fraction);
    out.number("frb_fraction", patient.frb_fraction);
    out.number("upregulated_reach", patient.upregulated_reach);
    out.text("tsc_context", &patient.tsc_context);
    out.number("sstr", patient.sstr);
    out.key("fgfr4_r388", patient.fgfr4_r388.to_string());
    out.key("phlpp2_s1016", patient.phlpp2_s1016.to_string());
    out.key("germline_effects", patient.germline_effects.to_string());
    out.key("men1", patient.men1.to_string());
    out.key("daxx_atrx", patient.daxx_atrx.to_string());
    out.text("origin", &patient.origin);
    out.text("sex", &patient.sex);
    out.unit("weight", patient.weight_kg, "kg");
    out.unit("surface", patient.surface_m2, "m2");
    out.text("pharmacokinetics", if patient.typical_pharmacokinetics { "typical" } else { "virtual" });
}

/// Writes vessels that live as `[vessels]`.
pub(super) fn vessels(out: &mut Writer, vessels: &Vessels) {
    out.section(&keys::VESSELS);
    out.number("unevenness", vessels.unevenness);
    out.rate("growth", vessels.growth);
    out.rate("loss", vessels.loss);
    out.number("ceiling", vessels.ceiling);
    out.unit("vegf_length", vessels.vegf_length_um, "um");
    out.number("hypoxic_secretion", vessels.hypoxic_secretion);
    out.number("nutrient_half", vessels.nutrient_half);
    out.rate("starving_death", vessels.starving_death);
}
