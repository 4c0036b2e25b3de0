//! `[patient]`: the patient of mode `signalling`.

use crate::scenario::context::At;
use crate::scenario::declare::Section as _;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Locus, Mode, PatientData, STARTING_STATES};
use crate::scenario::reader::Reader;

/// The patient, with the place of the section: `None` if it is wrong, `Some(None)` in mode `rates`.
pub(super) fn read(root: &Reader<'_>, mode: Mode) -> Option<Option<At<PatientData>>> {
    if mode == Mode::Rates {
        return Some(None);
    }
    let reader = root.table("patient")?;
    let patient = PatientData::read(&reader)?;
    Some(Some(At::new(patient, reader.span)))
}

/// The patient without shares of states that the scenario's loci do not have. One that is written is told of.
pub(super) fn of_loci(
    root: &Reader<'_>,
    patient: At<PatientData>,
    loci: Option<&[Locus]>,
) -> At<PatientData> {
    let Some(loci) = loci else { return patient };
    patient.map(|mut data| {
        for state in STARTING_STATES.iter().filter(|state| !loci.iter().any(|l| state.is_in(l))) {
            let share = std::mem::take((state.of_mut)(&mut data));
            if share > 0.0 {
                no_such_cells(root, state.key, state.locus);
            }
        }
        data
    })
}

fn no_such_cells(root: &Reader<'_>, key: &str, locus: &str) {
    let written = root.given("patient").and_then(|(_, patient)| patient.get_ref().get(key));
    let Some(written) = written else { return };
    Diagnostic::warning(written.span(), format!("`{key}` has no effect"))
        .label(format!("expected the locus `{locus}` in this scenario"))
        .help(format!("add \"{locus}\" to `loci`, or remove `{key}`"))
        .report(root.cx);
}
