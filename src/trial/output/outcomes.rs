//! `outcomes.jsonl`: what came out of every patient, exactly as it was computed, a line of JSON each in the order of patients.
//!
//! Tables round; this file does not. `evotor resume` takes up from it what came out before, and `evotor merge` makes the whole of it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::simulation::RunError;
use crate::table::Rows;
use crate::trial::results::{PatientOutcomes, Results};
use crate::trial::run::Plan;

/// Name of the file.
pub const OUTCOMES: &str = "outcomes.jsonl";

/// Adds the line of a patient.
pub(super) fn add(rows: &mut Rows, of: &PatientOutcomes) {
    let mut line = serde_json::to_vec(of).unwrap_or_else(|e| unreachable!("plain data becomes text: {e}"));
    line.push(b'\n');
    rows.lines(&line);
}

/// Takes the outcomes of a folder into results, from so many bytes of the file; whether they can be those of some of these patients, which
/// are ascending, in a plan.
///
/// # Errors
///
/// [`RunError::Read`].
pub fn read(
    dir: &Path,
    length: u64,
    plan: &Plan,
    patients: &[u32],
    into: &mut Results,
) -> Result<bool, RunError> {
    if length == 0 {
        return Ok(true);
    }
    let path = dir.join(OUTCOMES);
    let file = BufReader::new(File::open(&path).map_err(RunError::read(&path))?.take(length));
    let mut last = None;
    for line in file.lines() {
        let line = line.map_err(RunError::read(&path))?;
        let Ok(found) = serde_json::from_str::<PatientOutcomes>(&line) else { return Ok(false) };
        let is_next = last < Some(found.patient) && patients.binary_search(&found.patient).is_ok();
        if !is_next || !found.fits(plan, into) {
            return Ok(false);
        }
        last = Some(found.patient);
        into.take(found);
    }
    Ok(true)
}
