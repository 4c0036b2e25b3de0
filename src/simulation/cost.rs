//! What a run will cost in time and on the disk, told before any tumour is made.
//!
//! Between two bounds: the tumour stays as large as it starts, or it grows as its fastest cells would, as far as the lattice
//! has room. The seconds of one cell, event and voxel are those of `evotor bench` (`benches/README.md`) on one core of a server; another
//! machine is a factor, not another law.

use super::assemble;
use super::growth::{Crowd, grown, growth};
use super::job::Job;

/// Seconds that a live cell takes in a step.
const CELL: f64 = 8e-9;
/// Seconds that a birth, a death or a move takes.
const EVENT: f64 = 180e-9;
/// Seconds that a relaxation of a voxel's fields takes.
const SWEEP: f64 = 25e-9;
/// Seconds that a step takes whatever is in it.
const STEP: f64 = 20e-6;
/// Seconds that a patient's day takes on the host: doses, concentrations, adverse events, tables.
const DAY: f64 = 400e-6;
/// Seconds that a picture and its recorded lattice take.
const PICTURE: f64 = 0.01;
/// Bytes that a cell takes in a recorded lattice and in a checkpoint, compressed.
const STORED: f64 = 6.0;
/// Bytes of a row of the series: its fixed columns, and one for each state.
const ROW: [f64; 2] = [80.0, 6.0];
/// Bytes of a picture.
const IMAGE: f64 = 70e3;
/// Bytes of a report with its plots.
const REPORT: f64 = 1.5e6;

/// A lower and an upper estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Seconds of one core: if the tumour stays as it starts, and if it grows as fast as it can.
    pub core_seconds: [f64; 2],
    /// Bytes of the output folder, likewise.
    pub disk: [u64; 2],
}

/// Estimates what a run costs.
pub fn estimate(job: &Job) -> Cost {
    let start = assemble::expected_cells(&job.scenario);
    let steps = f64::from(job.scenario.time.end);
    let rows = &job.model.tables.rows;
    let events = rows.iter().map(|row| row.migrate.probability()).fold(0.0, f64::max);
    let growth = rows.iter().map(growth).fold(0.0, f64::max);
    let crowds = [Crowd { mean: start, end: start }, grown(start, growth, steps, job.shape().sites() as f64)];
    Cost {
        core_seconds: crowds.map(|crowd| core_seconds(job, crowd, events)),
        disk: crowds.map(|crowd| disk(job, crowd) as u64),
    }
}

fn core_seconds(job: &Job, crowd: Crowd, events: f64) -> f64 {
    let (time, replicates) = (&job.scenario.time, job.own_lesions().len() as f64);
    let sites = job.shape().sites() as f64;
    let sweeps = job.model.oxygen.as_ref().map_or(0.0, |o| f64::from(o.sweeps));
    // Cells in nests leave half of their bricks empty; a brick is relaxed as a whole.
    let voxels = (2.0 * crowd.mean).min(sites) / 64.0;
    let step = STEP + crowd.mean * (CELL + events * EVENT) + voxels * sweeps * SWEEP;
    let days = if job.care.is_some() { f64::from(time.end) * time.step_days() * DAY } else { 0.0 };
    replicates * (f64::from(time.end) * step + days) + pictures(job) * PICTURE
}

/// Pictures of all replicates that are shown.
fn pictures(job: &Job) -> f64 {
    let output = &job.scenario.output;
    let shown = job.own_lesions().filter(|lesion| job.is_detailed(*lesion)).count();
    (output.snapshots.len() * shown) as f64
}

fn disk(job: &Job, crowd: Crowd) -> f64 {
    let (time, replicates) = (&job.scenario.time, job.own_lesions().len() as f64);
    let observations = f64::from(time.end / time.check + 1);
    let row = ROW[0] + ROW[1] * job.names.len() as f64;
    let lattice = if job.scenario.output.frames { STORED * crowd.mean } else { 0.0 };
    replicates * (observations * row + STORED * crowd.end) + pictures(job) * (IMAGE + lattice) + REPORT
}

/// A time in words: "0.3 s", "5 min", "2 h".
pub fn seconds_text(seconds: f64) -> String {
    match seconds {
        s if s < 0.1 => "under 0.1 s".to_owned(),
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} h", s / 3600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_a_unit_that_can_be_felt() {
        let said = [0.01, 0.34, 59.4, 300.0, 86_400.0, 1e6].map(seconds_text);
        assert_eq!(said, ["under 0.1 s", "0.3 s", "59 s", "5 min", "24 h", "12 days"]);
    }
}
