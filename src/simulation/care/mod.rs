//! Mode `signalling`: patients, their therapy on a clock of days, and what both mean for the lesions.
//!
//! Days that change nothing for any lesion are run through in one call to the backend; checks and visits end a call, since
//! a lesion may halt there and a visit may change its therapy.
//!
//! ```text
//!  morning of day d = step d·24/Δt
//!    │  volume of the last check ─► TreatmentCourse: visit, lines, holds,      src/therapy/course/
//!    │                              doses, concentrations, radiation, adverse events  src/therapy/pk/, toxicity/
//!    │                                │
//!    │              ├─ radionuclides: hits by lesion, hit cells ─► Irradiated  src/biology/irradiation.rs
//!    │              ├─ cells: exposure ─► bins (⅛ octave) ─► TissueTables      src/biology/exposure.rs, tissue_tables.rs
//!    │              └─ vessels: closure, pruning, trap ─► Vasculature          src/simulation/care/vasculature.rs
//!    ▼                                │
//!  backend.add_tables, set_inputs ◄───┘
//!  backend.advance(until)      until = next check, next day that changes something, next step of a procedure
//!    │
//!    └─► log entries of checks ─► Clinic::observe ─► the next morning
//! ```
//!
//! `Clinic::begin` prepares the day that begins at a step, `apply` puts its table and inputs into force, `reach` says how far the
//! backend may go: it prepares further days until one changes anything for any lesion of the block, and never beyond a
//! check, since a visit needs its volume. `Batch` (`src/simulation/batch.rs`) is the loop. Tables are few: a table is a map from
//! environments to blocks of rows. Whatever it is made of is made once and kept while its number is bounded: the network's
//! answers at the nodes of a grid of exposures, the fates of each kind of cell under a local exposure, lists of what cells change
//! to, blocks. Only tables in force are on the backend. With
//! `src/simulation/equilibrium.rs` a lesion starts as a tumour that was there before: with its dead, its fields settled.

mod clinic;
mod irradiated;
mod morning;
mod observer;
mod off_lattice;
mod outcome;
mod patient_course;
pub(super) mod tables;
mod vasculature;

use std::sync::Arc;

pub use clinic::{Admitted, Clinic, Discharged, PlannedLesion};
pub use irradiated::{Irradiated, exposures};
pub use morning::{Morning, attend};
pub use observer::{Measured, Nobody, Observer, PatientView, VisitDecision};
pub use off_lattice::{LedgerRecord, LedgerStart, placed_shares};
pub use outcome::{DrugSummary, LineSummary, TherapySummary, outcome, record};
pub use patient_course::{DayRecord, treated};
pub use tables::done;
pub(crate) use vasculature::Vasculature;

use crate::biology::StateSpace;
use crate::biology::patient::{PatientBiology, Turnover};
use crate::biology::potency::Exposure;
use crate::biology::tissue_tables::{TableRequest, TissueTables, assemble};
use crate::engine::RateTables;
use crate::scenario::{Mode, Scenario, Therapy};
use crate::therapy::Protocol;
use crate::therapy::course::TreatmentCourse;

use super::error::RunError;

/// What all lesions of a scenario in mode `signalling` share.
#[derive(Debug, Clone)]
pub struct TreatmentSetup {
    /// The patient.
    pub patient: PatientBiology,
    /// The plan of the therapy, if there is one.
    pub protocol: Option<Arc<Protocol>>,
    /// Tables of the patient's cells; nothing but the untreated table is in it.
    tissue: TissueTables,
    /// Tables before any drug.
    pub untreated: RateTables,
    /// For each locus, the states that have it changed.
    marks: Arc<Vec<Vec<bool>>>,
}

impl TreatmentSetup {
    /// Prepares a scenario's patient for a therapy; `None` in mode `rates`.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for a patient, a drug or a plan that cannot be used.
    pub fn new(
        scenario: &Scenario,
        therapy: Option<&Therapy>,
        space: &StateSpace,
    ) -> Result<Option<Self>, RunError> {
        let (Mode::Signalling, Some(data)) = (scenario.mode, &scenario.patient) else {
            return Ok(None);
        };
        let unusable = |e: &dyn std::fmt::Display| RunError::Signalling(e.to_string());
        let patient = PatientBiology::of(data.clone()).map_err(|e| unusable(&e))?;
        fits_step(scenario, &patient.turnover)?;
        let protocol = therapy
            .map(|plan| Protocol::new(plan, &scenario.catalogue).map(Arc::new))
            .transpose()
            .map_err(|e| unusable(&e))?;
        let drugs = protocol.as_ref().map_or(&[][..], |p| p.drugs());
        let mut tissue = TissueTables::new(scenario, space, &patient, drugs).map_err(|e| unusable(&e))?;
        let none = tissue.bins(&vec![Exposure::default(); drugs.len()]);
        let table = tissue.table(&none);
        let untreated =
            assemble(scenario, space, std::slice::from_ref(&tissue), &[TableRequest::Of(0, table)]);
        let marks = Arc::new(space.marks(scenario.loci.len()));
        Ok(Some(Self { patient, protocol, tissue, untreated, marks }))
    }

    /// Tries out the therapy in the first patient: what the numbers of a drug cannot be together shows there.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`], as when the patient is treated.
    pub fn try_out(&self, scenario: &Scenario) -> Result<(), RunError> {
        let Some(protocol) = &self.protocol else { return Ok(()) };
        let course = TreatmentCourse::new(Arc::clone(protocol), treated(scenario, 0));
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
        assemble(scenario, space, &[tissue], &[TableRequest::Of(0, table)])
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
