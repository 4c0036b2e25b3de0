//! `[patient]`: the patient of mode `signalling`.

use super::bounded;
use crate::scenario::error::Diagnostic;
use crate::scenario::keys::WEIGHT_KG;
use crate::scenario::model::{Locus, Mode, PatientData, STARTING_STATES};
use crate::scenario::reader::{At, Reader};
use crate::scenario::table::Bounds;

/// Untreated growth, per day.
const GROWTH: Bounds = Bounds::above(0.0, 1.0);
/// Body surface, m².
const SURFACE: Bounds = Bounds::closed(0.5, 4.0);
/// Height behind the surface where the scenario gives none, cm (C; between the medians of women and men).
const HEIGHT: f64 = 170.0;

/// The patient, with the place of the section: `None` if it is wrong, `Some(None)` in mode `rates`.
pub(super) fn read(root: &Reader<'_>, mode: Mode) -> Option<Option<At<PatientData>>> {
    if mode == Mode::Rates {
        return Some(None);
    }
    let reader = root.table("patient")?;
    let number = |name| reader.number(name).map(|n| n.value);
    let flag = |name| reader.flag(name).map(|f| f.value);
    let word = |name| reader.choice(name).map(|w| w.value.to_owned());
    let (growth, coupled_loss) =
        (bounded::quantity(&reader, "growth", &GROWTH, "/d"), number("coupled_loss"));
    let (gamma, kill_factor) = (number("gamma"), number("kill_factor"));
    let (rapalog_ec_factor, vegfr_ec_factor) = (number("rapalog_ec_factor"), number("vegfr_ec_factor"));
    let radiation_dose_factor = number("radiation_dose_factor");
    let induction_factor = number("induction_factor");
    let (rtk_fraction, gsk3_fraction) = (number("rtk_fraction"), number("gsk3_fraction"));
    let (tsc_fraction, kinase_fraction) = (number("tsc_fraction"), number("kinase_fraction"));
    let (frb_fraction, upregulated_reach) = (number("frb_fraction"), number("upregulated_reach"));
    let (tsc_context, sstr) = (word("tsc_context"), number("sstr"));
    let (fgfr4_r388, phlpp2_s1016) = (flag("fgfr4_r388"), flag("phlpp2_s1016"));
    let germline_effects = flag("germline_effects");
    let (men1, daxx_atrx) = (flag("men1"), flag("daxx_atrx"));
    let (origin, sex) = (word("origin"), word("sex"));
    let weight_kg = bounded::quantity(&reader, "weight", &WEIGHT_KG, "kg");
    let surface_m2 = surface(&reader, weight_kg);
    let pharmacokinetics = reader.choice("pharmacokinetics");
    let patient = PatientData {
        growth: growth?,
        coupled_loss: coupled_loss?,
        gamma: gamma?,
        kill_factor: kill_factor?,
        rapalog_ec_factor: rapalog_ec_factor?,
        vegfr_ec_factor: vegfr_ec_factor?,
        radiation_dose_factor: radiation_dose_factor?,
        induction_factor: induction_factor?,
        rtk_fraction: rtk_fraction?,
        gsk3_fraction: gsk3_fraction?,
        tsc_fraction: tsc_fraction?,
        kinase_fraction: kinase_fraction?,
        frb_fraction: frb_fraction?,
        upregulated_reach: upregulated_reach?,
        tsc_context: tsc_context?,
        sstr: sstr?,
        fgfr4_r388: fgfr4_r388?,
        phlpp2_s1016: phlpp2_s1016?,
        germline_effects: germline_effects?,
        men1: men1?,
        daxx_atrx: daxx_atrx?,
        origin: origin?,
        sex: sex?,
        weight_kg: weight_kg?,
        surface_m2: surface_m2?,
        typical_pharmacokinetics: pharmacokinetics?.value == "typical",
    };
    Some(Some(At::new(patient, reader.span)))
}

/// Keys of the shares of [`STARTING_STATES`].
const SHARES: [&str; 5] =
    ["rtk_fraction", "gsk3_fraction", "tsc_fraction", "kinase_fraction", "frb_fraction"];

/// The patient without shares of states that the scenario's loci do not have. One that is written is told of.
pub(super) fn of_loci(
    root: &Reader<'_>,
    patient: At<PatientData>,
    loci: Option<&[Locus]>,
) -> At<PatientData> {
    let Some(loci) = loci else { return patient };
    let has = |(name, level): &(&str, u8)| {
        loci.iter().any(|l| l.name == *name && usize::from(*level) < l.levels.len())
    };
    patient.map(|mut data| {
        let shares = data.starting_fractions_mut().into_iter().zip(SHARES).zip(&STARTING_STATES);
        for ((share, key), state) in shares.filter(|(_, state)| !has(state)) {
            if *share > 0.0 {
                no_such_cells(root, key, state.0);
            }
            *share = 0.0;
        }
        data
    })
}

fn no_such_cells(root: &Reader<'_>, key: &str, locus: &str) {
    let written = root.given("patient").and_then(|(_, patient)| patient.get_ref().get(key));
    let Some(written) = written else { return };
    root.cx.report(
        Diagnostic::warning(written.span(), format!("`{key}` has no effect"))
            .label(format!("expected the locus `{locus}` in this scenario"))
            .help(format!("add \"{locus}\" to `loci`, or remove `{key}`")),
    );
}

/// The surface as given, else by the formula of Mosteller (NEJM 1987;317:1098) from the weight.
fn surface(reader: &Reader<'_>, weight_kg: Option<f64>) -> Option<f64> {
    let given = bounded::quantity(reader, "surface", &SURFACE, "m2");
    if reader.has("surface") { given } else { weight_kg.map(|kg| libm::sqrt(kg * HEIGHT / 3600.0)) }
}
