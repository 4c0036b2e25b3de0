//! A run in memory that is looked at on some days: who the cells are, and what surrounds them.

use crate::tissue::LesionId;

use super::backends::BackendOptions;
use super::batch::Batch;
use super::environment::{EnvironmentRow, averages};
use super::error::RunError;
use super::job::Job;
use super::record::Tally;

/// What is seen of a lesion on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct LesionSnapshot {
    /// Live cells of each state, in the order of [`StateSpace::codes`](crate::biology::StateSpace).
    pub live_by_row: Vec<u32>,
    /// Cells that are dead and not yet cleared.
    pub dead: u32,
    /// What live cells have around them; `None` without oxygen or without live cells.
    pub environment: Option<EnvironmentRow>,
}

impl LesionSnapshot {
    /// Live and dead cells.
    pub fn cells(&self) -> u32 {
        self.live_by_row.iter().sum::<u32>() + self.dead
    }
}

/// Runs all replicates of a scenario at once and looks at them on the mornings of these days (ascending): for each day, what is
/// seen of each replicate. For a day beyond the scenario's end it is what is there at the end. Where a device fails, the CPU does it.
///
/// # Errors
///
/// As [`run_in_memory`](super::run_in_memory).
pub fn lesion_snapshots(
    job: &Job,
    options: &BackendOptions,
    days: &[u32],
) -> Result<Vec<Vec<LesionSnapshot>>, RunError> {
    see(job, options, days).or_else(|error| match options.after(&error) {
        Some(cpu) => see(job, &cpu, days),
        None => Err(error),
    })
}

fn see(job: &Job, options: &BackendOptions, days: &[u32]) -> Result<Vec<Vec<LesionSnapshot>>, RunError> {
    let states = job.starting_lesions(0..job.lesions(), options.threads)?;
    let tallies: Vec<Tally> = (0..job.lesions()).map(|l| Tally::new(LesionId::new(l, 0))).collect();
    let mut batch = Batch::open(job, options, states, &tallies, 0)?.batch;
    batch.advance(0)?;
    let steps_per_day = 24 / job.scenario.time.step_hours;
    let mut seen = Vec::with_capacity(days.len());
    for day in days {
        batch.advance((day * steps_per_day).min(job.scenario.time.end))?;
        seen.push(
            (0..batch.lesions()).map(|lesion| look(job, &mut batch, lesion)).collect::<Result<_, _>>()?,
        );
    }
    Ok(seen)
}

fn look(job: &Job, batch: &mut Batch<'_>, lesion: usize) -> Result<LesionSnapshot, RunError> {
    let flow = f64::from(batch.flow(lesion)) / f64::from(u32::MAX);
    let state = batch.state(lesion)?;
    let live = state.live_by_code();
    let live_by_row = job.space.codes.iter().map(|code| live.get(code).copied().unwrap_or(0)).collect();
    let dead = state.burden().1 as u32;
    Ok(LesionSnapshot { live_by_row, dead, environment: averages(job, flow, &state) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::{Settings, run_in_memory};
    use std::path::Path;

    const TEXT: &str = "name = \"t\"\nphenotype = \"signalling\"\nreplicates = 2\n[time]\nend = \"14 d\"\ncheck = \"7 d\"\n[lattice]\n\
        size = [24, 24, 24]\nplacement = \"radius\"\n[start]\ncomposition = { \"rtk=up\" = 0.5 }\n[oxygen]\n[vessels]\n[therapy]\n\
        regimen = \"sunitinib 37.5 mg daily\"\n";

    // What is seen at the end is what a run remembers of its last check.
    #[test]
    fn snapshots_are_of_the_run_itself() {
        let scenario = crate::scenario::parse(TEXT, "t.toml", Path::new("")).unwrap().scenario;
        let job = Job::new(&scenario, Path::new("")).unwrap();
        let options = BackendOptions::cpu(1);
        let seen = lesion_snapshots(&job, &options, &[0, 5, 14]).unwrap();
        let settings = Settings { backend: options, ..Settings::default() };
        let record = run_in_memory(&job, &settings).unwrap().record;
        assert_eq!((seen.len(), seen[2].len()), (3, 2));
        for (snapshot, tally) in seen[2].iter().zip(&record.tallies) {
            let last = tally.last.as_ref().unwrap();
            assert_eq!((&snapshot.live_by_row, snapshot.dead), (&last.live_by_row, last.dead));
        }
        for (snapshot, tally) in seen[0].iter().zip(&record.tallies) {
            assert_eq!(snapshot.cells(), tally.start_live + tally.start_dead);
        }
        // Negative control: the drug has acted by day 5.
        let perfusion = |day: usize| seen[day][0].environment.unwrap().perfusion;
        assert!(perfusion(1) < 0.9 * perfusion(0), "{} {}", perfusion(1), perfusion(0));
    }
}
