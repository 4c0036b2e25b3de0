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
