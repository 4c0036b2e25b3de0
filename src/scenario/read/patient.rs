//! `[patient]`: the patient of mode `signalling`.

use crate::scenario::declare::{Plain, Section as _};
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Locus, Mode, PatientData, STARTING_STATES};
use crate::scenario::reader::{At, Reader};

/// Height behind the surface where the scenario gives none, cm (C; between the medians of women and men).
const HEIGHT: f64 = 170.0;

/// The patient, with the place of the section: `None` if it is wrong, `Some(None)` in mode `rates`.
pub(super) fn read(root: &Reader<'_>, mode: Mode) -> Option<Option<At<PatientData>>> {
    if mode == Mode::Rates {
        return Some(None);
    }
    let reader = root.table("patient")?;
    let patient = PatientData::read(&reader)?;
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

/// The surface by the formula of Mosteller (NEJM 1987;317:1098) from the weight.
pub(crate) fn surface(reader: &Reader<'_>) -> Option<f64> {
    let kg = reader.value::<Plain, f64>("weight")?;
    Some(libm::sqrt(kg * HEIGHT / 3600.0))
}
