//! Mode `signalling`: patients, their therapy on a clock of days, and what both mean for the lesions.
//!
//! ```text
//! Course (what is given) ─► exposure ─┬► bins ─► TissueTables ─► rate tables ┐
//!    ▲                                └► Vasculature ──────────► inputs      ├─► backend
//!    └──────────── volume at visits ◄── checks ◄─────────────────────────────┘
//! ```
//!
//! Days that change nothing for any lesion are run through in one call to the backend; checks and visits end a call, since
//! a lesion may halt there and a visit may change its therapy.

mod case;
mod clinic;
mod morning;
mod outcome;
pub(super) mod tables;
mod vasculature;

use std::sync::Arc;

pub use case::{DayRecord, Look, Measured, Observer, Seen, treated};
pub use clinic::{Admitted, Clinic};
pub use morning::{Morning, attend};
pub use outcome::{DrugSummary, LineSummary, TherapySummary, outcome, record};
pub use tables::done;

use crate::biology::StateSpace;
use crate::biology::patient::{Patient, Turnover};
use crate::biology::potency::Exposure;
use crate::biology::tissue_tables::{TissueTables, Wanted, assemble};
use crate::engine::RateTables;
use crate::scenario::{Mode, Scenario};
use crate::therapy::Protocol;
use crate::therapy::course::Course;

use super::error::RunError;

/// What all lesions of a scenario in mode `signalling` share.
#[derive(Debug, Clone)]
pub struct Care {
    /// The patient.
    pub patient: Patient,
    /// The plan of the therapy, if there is one.
    pub protocol: Option<Arc<Protocol>>,
    /// Tables of the patient's cells; nothing but the untreated table is in it.
    tissue: TissueTables,
    /// Tables before any drug.
    pub untreated: RateTables,
}

impl Care {
    /// Prepares a scenario; `None` in mode `rates`.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for a patient, a drug or a plan that cannot be used.
    pub fn new(scenario: &Scenario, space: &StateSpace) -> Result<Option<Self>, RunError> {
        let (Mode::Signalling, Some(data)) = (scenario.mode, &scenario.patient) else {
            return Ok(None);
        };
        let unusable = |e: &dyn std::fmt::Display| RunError::Signalling(e.to_string());
        let patient = Patient::of(data).map_err(|e| unusable(&e))?;
        fits_step(scenario, &patient.turnover)?;
        let protocol = scenario
            .therapy
            .as_ref()
            .map(|plan| Protocol::new(plan, &scenario.catalogue).map(Arc::new))
            .transpose()
            .map_err(|e| unusable(&e))?;
        let drugs = protocol.as_ref().map_or(&[][..], |p| p.drugs());
        let mut tissue = TissueTables::new(scenario, space, &patient, drugs).map_err(|e| unusable(&e))?;
        let none = tissue.bins(&vec![Exposure::default(); drugs.len()]);
        let table = tissue.table(&none);
        let untreated = assemble(scenario, space, std::slice::from_ref(&tissue), &[Wanted::Of(0, table)]);
        Ok(Some(Self { patient, protocol, tissue, untreated }))
    }

    /// Tries out the therapy in the first patient: what the numbers of a drug cannot be together shows there.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`], as when the patient is treated.
    pub fn try_out(&self, scenario: &Scenario) -> Result<(), RunError> {
        let Some(protocol) = &self.protocol else { return Ok(()) };
        let course = Course::new(Arc::clone(protocol), treated(scenario, 0));
        course.map(drop).map_err(|e| RunError::Signalling(e.to_string()))
    }

    /// The tables of cells under an exposure to each drug of the plan at mean perfusion: its number is 0.
    pub fn tables_under(
        &self,
        scenario: &Scenario,
        space: &StateSpace,
        exposures: &[Exposure],
    ) -> RateTables {
        let mut tissue = self.tissue.clone();
        let bins = tissue.bins(exposures);
        let table = tissue.table(&bins);
        assemble(scenario, space, &[tissue], &[Wanted::Of(0, table)])
    }
}

/// Most divisions and losses of a cell in a step of a whole day.
const COARSE_DAY: f64 = 0.05;

/// Refuses a step of a day where cells turn over so fast that results depend on the step. Losses are all of them: those at
/// division too.
fn fits_step(scenario: &Scenario, turnover: &Turnover) -> Result<(), RunError> {
    let events = turnover.birth * (1.0 + turnover.coupled_loss) + turnover.death;
    if scenario.time.step_hours < 24 || events <= COARSE_DAY {
        return Ok(());
    }
    Err(RunError::Signalling(format!(
        "take steps of a day: with `growth` = {} /d in [patient] divisions and losses come to {events:.3} a day, and at most \
         {COARSE_DAY} fit such a step; write `step = \"12 h\"` in [time]",
        turnover.growth
    )))
}

#[cfg(test)]
mod tests;
