//! `environment.csv`: vessels, perfusion, blood volume, oxygen and VEGF as the live cells of a lesion see them, on average.

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

use crate::biology::oxygen::bin_mmhg;
use crate::engine::model::{ONE, ONE_VEGF};
use crate::engine::pool::base_density;
use crate::table::exact;
use crate::tissue::LesionState;
use crate::tissue::shape::VOXEL_SHIFT;

use super::job::Job;
use super::naming::day;

/// One for each detailed replicate and time asked for while it has live cells: averages over these.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct EnvironmentRow {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Step.
    pub step: u32,
    /// Day of the step.
    #[serde(serialize_with = "exact")]
    pub day: f64,
    /// Density of vessels relative to the patient's mean before therapy; 1 without `[vessels]`.
    pub vessels: f64,
    /// Perfusion relative to the same; 1 without `[vessels]`.
    pub perfusion: f64,
    /// Blood volume relative to the same: vessels times the square root of the flow in each. With the calibre of a vessel its
    /// volume goes as r², its flow as r⁴ (Poiseuille).
    pub blood_volume: f64,
    /// Oxygen, mmHg.
    pub oxygen_mmhg: f64,
    /// Fraction of the cells that are hypoxic.
    pub hypoxic_fraction: f64,
    /// VEGF; 1 is what cells of the untreated starting tumour see, 0 without `[vessels]`.
    pub vegf: f64,
}

/// Averages of a state's environment, at a flow per vessel (0 to 1); `None` without oxygen or without live cells.
pub fn averages(job: &Job, flow: f64, state: &LesionState) -> Option<EnvironmentRow> {
    let (rule, oxygen) = (job.model.oxygen.as_ref()?, job.scenario.oxygen.as_ref()?);
    let shift = 16 + job.model.tables.bin_shift;
    let voxels: Vec<u32> = state.live_cells().map(|(site, ..)| site >> VOXEL_SHIFT).collect();
    let (mut sum, mut cells) = (EnvironmentRow::default(), 0.0);
    for here in voxels.chunk_by(|a, b| a == b) {
        let (voxel, n) = (here[0], here.len() as f64);
        let field = |f: usize| state.bricks.field(f, voxel as usize);
        let mmhg = bin_mmhg(oxygen, field(0) >> shift);
        cells += n;
        sum.oxygen_mmhg += n * f64::from(field(0)) / 4_294_901_760.0 * oxygen.vessel_mmhg;
        sum.hypoxic_fraction += n * f64::from(u8::from(mmhg < oxygen.hypoxic_mmhg));
        let density = rule.vessels.as_ref().map_or(1.0, |vessels| {
            sum.vegf += n * f64::from(field(1)) / f64::from(ONE_VEGF);
            let base = base_density(vessels, job.model.seed, state.id.0, voxel);
            f64::from(base) / f64::from(ONE) * f64::from(field(2)) / f64::from(ONE)
        });
        sum.vessels += n * density;
        sum.perfusion += n * density * flow;
        sum.blood_volume += n * density * flow.sqrt();
    }
    let mean = |x: f64| x / cells;
    (cells > 0.0).then(|| EnvironmentRow {
        replicate: state.id.patient(),
        step: state.step,
        day: day(state.step, job.scenario.time.step_hours),
        vessels: mean(sum.vessels),
        perfusion: mean(sum.perfusion),
        blood_volume: mean(sum.blood_volume),
        oxygen_mmhg: mean(sum.oxygen_mmhg),
        hypoxic_fraction: mean(sum.hypoxic_fraction),
        vegf: mean(sum.vegf),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::engine::{Backend, CpuBackend};
    use crate::tissue::{thin, word};

    fn job() -> Job {
        let text = "name = \"t\"\nphenotype = \"signalling\"\nseed = 3\nloci = []\n[time]\nend = \"700 d\"\nevery = \"14 d\"\n\
                    [lattice]\nsize = [48, 48, 48]\nplacement = \"radius\"\nradius = 4\ncandidates = 16\n[start]\n[patient]\n\
                    growth = \"0.006 /d\"\n[oxygen]\n[vessels]\n";
        Job::new(&crate::scenario::parse(text, "t.toml", Path::new("")).unwrap().scenario, Path::new(""))
            .unwrap()
    }

    /// Advances to a step with what the untreated tumour's vessels need.
    fn advance(job: &Job, state: &LesionState, until: u32) -> LesionState {
        let vessels = job.scenario.vessels.as_ref().unwrap();
        let pruning = crate::biology::vessels::per_step(vessels.loss, job.scenario.time.step_days());
        let states = std::slice::from_ref(state);
        let mut backend = CpuBackend::new(Arc::clone(&job.model), states, job.pool_options(), 1).unwrap();
        backend.set_inputs(0, crate::engine::Inputs { pruning, ..Default::default() });
        backend.advance(until).unwrap();
        backend.state(0).unwrap()
    }

    fn assert_alike(job: &Job, before: &LesionState, after: &LesionState) {
        let [before, after] = [before, after].map(|state| averages(job, 1.0, state).unwrap());
        for (what, of) in [
            ("VEGF", (|e: &EnvironmentRow| e.vegf) as fn(&EnvironmentRow) -> f64),
            ("vessels", |e| e.vessels),
            ("perfusion", |e| e.perfusion),
        ] {
            let change = of(&after) / of(&before) - 1.0;
            println!("{what}: {:+.2} %", 100.0 * change);
            assert!(change.abs() < 0.02, "{what} changes by {change}");
        }
    }

    // The lattice is a sample of tissue: cells of a tumour that has grown eightfold, and was thinned on the way, or that has lost nine
    // tenths of its cells, have the blood of the tumour that they began in. (VEGF rose fivefold in the one and fell to an eighth in
    // the other, where no drug was needed to eradicate the rest.)
    #[test]
    fn what_cells_feel_does_not_follow_their_number() {
        let job = job();
        let begun = job.starting_lesion(0, 1).unwrap();
        let cells = |state: &LesionState| state.burden().0 as f64;
        let (mut grown, mut weight, mut thinned) = (begun.clone(), 1.0, 0);
        while weight * cells(&grown) < 8.0 * cells(&begun) {
            let until = grown.step + 28;
            grown = advance(&job, &grown, until);
            if thin::is_crowded(grown.burden().0 + grown.burden().1, job.shape().sites()) {
                thin::thin(&mut grown, 3);
                (weight, thinned) = (2.0 * weight, thinned + 1);
            }
        }
        assert!(thinned > 0);
        assert_alike(&job, &begun, &grown);
        let mut killed = begun.clone();
        let all = killed.cells_mut().enumerate().filter(|(at, _)| at % 10 != 0);
        all.for_each(|(_, (_, word, clone))| (*word, *clone) = (word::EMPTY, 0));
        assert!(cells(&killed) < 0.11 * cells(&begun));
        let later = advance(&job, &killed, begun.step + 120);
        assert_alike(&job, &begun, &later);
    }
}
