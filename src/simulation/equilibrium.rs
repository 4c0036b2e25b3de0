//! The untreated equilibrium that lesions start at in mode `signalling`: dead cells, oxygen, VEGF and vessels as they
//! would be in a tumour that has grown to this size.

use std::sync::Arc;

use crate::biology::patient::Turnover;
use crate::biology::vessels::per_step;
use crate::engine::tables::RateRow;
use crate::engine::{EngineError, Inputs, Model};
use crate::scenario::{DeadStart, Scenario};
use crate::tissue::LesionState;

use super::backends::Seat;
use super::memory::batch_options;

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

/// Lets the fields of starting tumours settle while their cells stay as they are, all in one batch.
///
/// # Errors
///
/// As the backend says.
pub fn settle(
    states: &mut [LesionState],
    scenario: &Scenario,
    model: &Model,
    seat: &mut Seat,
) -> Result<(), EngineError> {
    let Some(oxygen) = model.oxygen.as_ref().filter(|_| !states.is_empty()) else {
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
        rule.loss = inputs.pruning;
        // The equilibrium is that of sensitive cells.
        rule.secretion = Vec::new();
    }
    still.oxygen = Some(oxygen);
    let options = batch_options(&still, states);
    let backend = seat.take(&Arc::new(still), states, options)?;
    (0..states.len()).for_each(|lesion| backend.set_inputs(lesion, inputs));
    backend.advance(STEPS)?;
    for (lesion, state) in states.iter_mut().enumerate() {
        state.bricks = backend.state(lesion)?.bricks;
    }
    Ok(())
}
