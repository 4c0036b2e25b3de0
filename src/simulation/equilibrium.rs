//! The untreated equilibrium that lesions start at in mode `signalling`: dead cells, oxygen, VEGF and vessels as they
//! would be in a tumour that has grown to this size.

use std::sync::Arc;

use crate::biology::patient::Turnover;
use crate::biology::vessels::per_step;
use crate::engine::tables::RateRow;
use crate::engine::{Backend, CpuBackend, EngineError, Inputs, Model};
use crate::scenario::{DeadStart, Scenario};
use crate::tissue::LesionState;

use super::memory::pool_options;

/// Steps in which the fields settle: vessels gain or lose at least a tenth of their distance in each.
const STEPS: u32 = 160;
/// How much faster than in the scenario vessels grow and wither meanwhile, at most.
const FASTEST: f64 = 0.3;
/// Sweeps in each of these steps.
const SWEEPS: u32 = 8;

/// Share of dead among the starting cells; at the equilibrium of an untreated tumour: `D/L = d/(c + r)` with deaths `d` of live cells, clearing `c` and growth
/// `r`, all per day.
pub fn dead_share(turnover: Option<&Turnover>, scenario: &Scenario) -> f64 {
    let turnover = match (scenario.start.dead, turnover) {
        (DeadStart::Fraction { fraction }, _) => return fraction,
        (DeadStart::Equilibrium, None) => return 0.0,
        (DeadStart::Equilibrium, Some(turnover)) => turnover,
    };
    let Some(clearance) = scenario.rates.clearance else {
        return 0.0;
    };
    let ratio = turnover.death / (clearance + turnover.growth);
    ratio / (1.0 + ratio)
}

/// Lets the fields of a starting tumour settle while its cells stay as they are, on this many threads (0: as many as
/// there are cores).
///
/// # Errors
///
/// [`EngineError::Threads`].
pub fn settle(
    state: &mut LesionState,
    scenario: &Scenario,
    model: &Model,
    threads: usize,
) -> Result<(), EngineError> {
    let Some(oxygen) = &model.oxygen else {
        return Ok(());
    };
    let mut still = model.clone();
    still.tables.rows.iter_mut().for_each(|row| *row = RateRow::default());
    still.tables.heads.iter_mut().for_each(|head| *head = Default::default());
    (still.stop.check, still.stop.end, still.stop.factor) = (STEPS, STEPS, None);
    let mut inputs = Inputs::default();
    let mut oxygen = oxygen.clone();
    oxygen.sweeps = SWEEPS;
    if let (Some(rule), Some(vessels)) = (&mut oxygen.vessels, &scenario.vessels) {
        let step_days = scenario.time.step_days();
        let faster = FASTEST / (vessels.growth.max(vessels.loss) * step_days);
        rule.growth = per_step(vessels.growth / vessels.ceiling * faster, step_days);
        inputs.pruning = per_step(vessels.loss * faster, step_days);
    }
    still.oxygen = Some(oxygen);
    let options = pool_options(&still, &state.shape);
    let mut backend = CpuBackend::new(Arc::new(still), std::slice::from_ref(state), options, threads)?;
    backend.set_inputs(0, inputs);
    backend.advance(STEPS)?;
    state.bricks = backend.state(0)?.bricks;
    Ok(())
}
