//! `environment.csv`: vessels, perfusion, blood volume, oxygen and VEGF as the live cells of a lesion see them, on average.

use crate::biology::oxygen::bin_mmhg;
use crate::engine::model::{ONE, ONE_VEGF};
use crate::engine::pool::base_density;
use crate::tissue::LesionState;
use crate::tissue::shape::VOXEL_SHIFT;

use super::folder::{Folder, Table};
use super::job::Job;
use super::naming::day_text;

/// Writes the head of the table.
pub fn head(folder: &mut Folder) {
    folder.rows(Table::Environment).line([
        "replicate",
        "step",
        "day",
        "vessels",
        "perfusion",
        "blood_volume",
        "oxygen_mmhg",
        "hypoxic_share",
        "vegf",
    ]);
}

/// Averages over live cells.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Averages {
    /// Vessel density relative to the patient's mean before therapy.
    pub vessels: f64,
    /// Perfusion relative to the same.
    pub perfusion: f64,
    /// Blood volume relative to the same: vessels times the square root of the flow in each. With the calibre of a vessel its
    /// volume goes as r², its flow as r⁴ (Poiseuille).
    pub blood_volume: f64,
    /// Oxygen, mmHg.
    pub oxygen_mmhg: f64,
    /// Share of cells that are hypoxic.
    pub hypoxic: f64,
    /// VEGF relative to what cells of the untreated tumour see.
    pub vegf: f64,
}

/// Averages of a state's environment, at a flow per vessel (0 to 1); `None` without oxygen or without live cells.
pub fn averages(job: &Job, flow: f64, state: &LesionState) -> Option<Averages> {
    let (rule, oxygen) = (job.model.oxygen.as_ref()?, job.scenario.oxygen.as_ref()?);
    let shift = 16 + job.model.tables.bin_shift;
    let voxels: Vec<u32> = state.live_cells().map(|(site, ..)| site >> VOXEL_SHIFT).collect();
    let (mut sum, mut cells) = (Averages::default(), 0.0);
    for here in voxels.chunk_by(|a, b| a == b) {
        let (voxel, n) = (here[0], here.len() as f64);
        let field = |f: usize| state.bricks.field(f, voxel as usize);
        let mmhg = bin_mmhg(oxygen, field(0) >> shift);
        cells += n;
        sum.oxygen_mmhg += n * f64::from(field(0)) / 4_294_901_760.0 * oxygen.vessel_mmhg;
        sum.hypoxic += n * f64::from(u8::from(mmhg < oxygen.hypoxic_mmhg));
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
    (cells > 0.0).then(|| Averages {
        vessels: mean(sum.vessels),
        perfusion: mean(sum.perfusion),
        blood_volume: mean(sum.blood_volume),
        oxygen_mmhg: mean(sum.oxygen_mmhg),
        hypoxic: mean(sum.hypoxic),
        vegf: mean(sum.vegf),
    })
}

/// Writes the averages of a state.
pub fn write(folder: &mut Folder, job: &Job, flow: u32, state: &LesionState) {
    let Some(a) = averages(job, f64::from(flow) / 4_294_967_295.0, state) else {
        return;
    };
    let rows = folder.rows(Table::Environment);
    rows.number(state.id.patient()).number(state.step);
    rows.text(&day_text(state.step, job.scenario.time.step_hours));
    for value in [a.vessels, a.perfusion, a.blood_volume, a.oxygen_mmhg, a.hypoxic, a.vegf] {
        rows.text(&format!("{value:.6}"));
    }
    rows.end();
}
