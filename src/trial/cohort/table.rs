//! The cohort as a table: one row a patient.

use crate::simulation::rows::Rows;

use super::lesions::MOST_LESIONS;
use super::patient::VirtualPatient;

/// Columns before those of the lesions, with the unit in the name where there is one.
const COLUMNS: [&str; 40] = [
    "patient",
    "origin",
    "sex",
    "weight_kg",
    "surface_m2",
    "growth_per_day",
    "coupled_loss",
    "birth_per_day",
    "death_per_day",
    "floored",
    "ki67_percent",
    "gamma",
    "kill_factor",
    "rapalog_ec_factor",
    "vegfr_ec_factor",
    "radiation_dose_factor",
    "induction_factor",
    "rtk_fraction",
    "gsk3_fraction",
    "tsc_fraction",
    "kinase_fraction",
    "frb_fraction",
    "upregulated_reach",
    "tsc_context",
    "clonal",
    "start",
    "sstr",
    "fgfr4_r388",
    "phlpp2_s1016",
    "germline_effects",
    "men1",
    "daxx_atrx",
    "mgmt_low",
    "pharmacokinetics",
    "vessels_per_mm2",
    "cga_per_cell",
    "cut_off",
    "diameter_sum_mm",
    "lesions",
    "organs",
];

/// The patients as CSV text with a head: floats in the shortest form that reads back the same, flags as `true` or `false`,
/// clonal loci as `tsc=2,pten=2`, starting states as `sensitive: 0.98; rtk=1: 0.02`, lesions largest first, with empty
/// fields for those that are not there.
pub fn patients_csv<'a>(patients: impl IntoIterator<Item = &'a VirtualPatient>) -> Vec<u8> {
    let mut rows = Rows::default();
    head(&mut rows);
    for patient in patients {
        row(&mut rows, patient);
    }
    rows.bytes().to_vec()
}

fn head(rows: &mut Rows) {
    for column in COLUMNS {
        rows.text(column);
    }
    for lesion in 1..=MOST_LESIONS {
        rows.text(&format!("lesion{lesion}_mm")).text(&format!("lesion{lesion}_organ"));
    }
    rows.end();
}

fn row(rows: &mut Rows, patient: &VirtualPatient) {
    let (data, turnover) = (&patient.data, &patient.turnover);
    rows.number(patient.id).text(data.origin.word()).text(data.sex.word());
    rows.number(data.weight_kg).number(data.surface_m2);
    rows.number(data.growth).number(data.coupled_loss);
    rows.number(turnover.birth).number(turnover.death).number(turnover.floored).number(patient.ki67);
    rows.number(data.gamma).number(data.kill_factor);
    rows.number(data.rapalog_ec_factor).number(data.vegfr_ec_factor);
    rows.number(data.radiation_dose_factor).number(data.induction_factor);
    for fraction in data.starting_fractions() {
        rows.number(fraction);
    }
    rows.number(data.upregulated_reach).text(data.tsc_context.word());
    rows.text(&state(&patient.clonal, "")).text(&start(patient)).number(data.sstr);
    rows.number(data.fgfr4_r388).number(data.phlpp2_s1016).number(data.germline_effects);
    rows.number(data.men1).number(data.daxx_atrx).number(patient.mgmt_low);
    rows.text(data.pharmacokinetics.word());
    rows.number(patient.vessels_per_mm2).number(patient.cga_per_cell);
    rows.text(&patient.cut_off.join("+")).number(patient.diameter_sum_mm);
    rows.number(patient.lesions.len()).number(patient.organs());
    for lesion in 0..MOST_LESIONS as usize {
        let lesion = patient.lesions.get(lesion);
        rows.maybe(lesion.map(|l| l.diameter_mm)).maybe(lesion.map(|l| l.organ));
    }
    rows.end();
}

/// A state's levels above 0, or this word.
fn state(levels: &[(&'static str, u8)], without: &str) -> String {
    let parts: Vec<String> = levels.iter().map(|(locus, level)| format!("{locus}={level}")).collect();
    if parts.is_empty() { without.to_owned() } else { parts.join(",") }
}

fn start(patient: &VirtualPatient) -> String {
    let states = patient.start.iter();
    let parts: Vec<String> =
        states.map(|s| format!("{}: {}", state(&s.levels, "sensitive"), s.fraction)).collect();
    parts.join("; ")
}
