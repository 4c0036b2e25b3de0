//! The mean-field surrogate: a patient's tumour as numbers of cells by state, for searches that would take too long on
//! lattices. Courses, charts and end points are those of the lattice.

pub(in crate::trial) mod beginning;
mod class_vessels;
mod lesions;
mod rare;
mod refusal;
mod tumour;
mod walk;

use std::sync::Arc;

pub use lesions::Lesions;
pub use refusal::refusal;
pub use tumour::MeanField;
pub use walk::{Tumour, walk};

use crate::biology::StateSpace;
use crate::simulation::RunError;
use crate::therapy::Protocol;
use crate::therapy::course::TreatmentCourse;

use super::cohort::VirtualPatient;
use super::outcome::Outcome;
use super::run::{PatientTrajectory, Plan};
use super::visits::Chart;

/// A patient in arms of a plan, by the surrogate: outcome and chronicle of each.
///
/// # Errors
///
/// [`RunError::Signalling`] for a patient, a drug or a plan that cannot be used.
pub fn through(
    plan: &Plan,
    space: &StateSpace,
    patient: &VirtualPatient,
    arms: &[usize],
) -> Result<Vec<(Outcome, PatientTrajectory)>, RunError> {
    let unusable = |e: &dyn std::fmt::Display| RunError::Signalling(e.to_string());
    let own = plan.scenario_of(patient);
    let biology = patient.biology().map_err(|e| unusable(&e))?;
    let lesions = plan.lesions(patient);
    let one = |arm: &usize| {
        let therapy = plan.therapy_in(*arm, patient);
        let protocol = Protocol::new(&therapy, &own.catalogue).map_err(|e| unusable(&e))?;
        let treated = plan.treated(patient);
        let mut tumour = Lesions::new(&own, space, &biology, protocol.drugs(), (&treated, &lesions))
            .map_err(|e| unusable(&e))?;
        let course = TreatmentCourse::new(Arc::new(protocol), treated)?;
        let lines = therapy.lines.len();
        let (chart, course) = walk(course, Chart::new(plan.follow(patient, *arm), lines), &mut tumour)?;
        let record = course.record().clone();
        Ok((Outcome::new(&chart, &record, lines), PatientTrajectory { chart, record }))
    };
    arms.iter().map(one).collect()
}
