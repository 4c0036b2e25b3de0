//! `outcomes.jsonl`: what came out of every patient, exactly as it was computed, a line of JSON each in the order of patients.
//!
//! Tables round; this file does not. `evotor resume` takes up from it what came out before, and `evotor merge` makes the whole of it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::simulation::{RunError, disk};
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

/// Takes lines into results, one after another.
pub struct OutcomeReader<'a> {
    plan: &'a Plan,
    /// Whose they may be, ascending.
    patients: &'a [u32],
    last: Option<u32>,
}

impl<'a> OutcomeReader<'a> {
    /// Of some patients, who are ascending.
    pub fn new(plan: &'a Plan, patients: &'a [u32]) -> Self {
        Self { plan, patients, last: None }
    }

    /// Takes a line; whether it can be that of the next of these patients.
    pub fn take(&mut self, line: &[u8], into: &mut Results) -> bool {
        let Ok(found) = serde_json::from_slice::<PatientOutcomes>(line) else { return false };
        let is_next = self.last < Some(found.patient) && self.patients.binary_search(&found.patient).is_ok();
        if !is_next || !found.fits(self.plan, into) {
            return false;
        }
        self.last = Some(found.patient);
        into.take(found);
        true
    }
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
    let file = BufReader::new(disk::open(&path).map_err(RunError::read(&path))?.take(length));
    let mut reader = OutcomeReader::new(plan, patients);
    for line in file.lines() {
        if !reader.take(line.map_err(RunError::read(&path))?.as_bytes(), into) {
            return Ok(false);
        }
    }
    Ok(true)
}
