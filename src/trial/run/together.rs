//! Patients beside one another: all their lesions, in all arms, in one batch.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use crate::engine::Model;
use crate::simulation::RunError;
use crate::simulation::backends::Seat;
use crate::simulation::care::{Admitted, Clinic, Discharged};
use crate::simulation::patient_batch::PatientBatch;
use crate::tissue::LesionState;
use crate::trial::visits::Chart;

use super::patient::{PatientRun, Underway};
use super::plan::Plan;

/// Why patients were not finished.
#[derive(Debug)]
pub enum Unfinished {
    /// A signal stopped the trial.
    Stopped(usize),
    /// The backend failed.
    Failed(RunError),
}

/// A patient by its number, with what it came to, or why it cannot begin.
pub type FinishedPatient = (u32, Result<PatientRun, String>);

/// Takes patients through arms, so many at once, and hands over each patient as soon as it has been through all of them.
pub fn through(
    plan: &Plan,
    seat: &mut Seat,
    ids: &[u32],
    (arms, at_once): (&[usize], usize),
    stop: &AtomicUsize,
    finished: &mut dyn FnMut(FinishedPatient),
) -> Result<(), Unfinished> {
    let mut together = Together { plan, seat, at_once, stop, finished };
    let mut begun = Vec::with_capacity(ids.len());
    for id in ids {
        match Underway::begin(plan, *id, arms) {
            Ok(patient) => begun.push(patient),
            Err(why) => (together.finished)((*id, Err(why))),
        }
    }
    begun.sort_by_key(|patient| patient.patient.id);
    for alike in alike(begun) {
        together.simulate(alike)?;
    }
    Ok(())
}

/// Patients whose lesions fit one batch, each group in the order of their numbers.
fn alike(patients: Vec<Underway<'_>>) -> Vec<Vec<Underway<'_>>> {
    let mut groups: Vec<Vec<Underway<'_>>> = Vec::new();
    for patient in patients {
        match groups.iter_mut().find(|group| group[0].job.model.is_alike(&patient.job.model)) {
            Some(group) => group.push(patient),
            None => groups.push(vec![patient]),
        }
    }
    groups
}

struct Together<'a> {
    plan: &'a Plan,
    seat: &'a mut Seat,
    /// Most arms of a patient at once.
    at_once: usize,
    stop: &'a AtomicUsize,
    finished: &'a mut dyn FnMut(FinishedPatient),
}

impl Together<'_> {
    /// Takes patients of one kind through all that is to be simulated, each at its own pace.
    fn simulate(&mut self, mut patients: Vec<Underway<'_>>) -> Result<(), Unfinished> {
        let models = patients.iter().map(|p| (p.patient.id, &*p.job.model));
        let Some(model) = Model::of_patients(models).map(Arc::new) else { return Ok(()) };
        self.settle(&mut patients, &model).map_err(Unfinished::Failed)?;
        let mut patients: Vec<Option<Underway<'_>>> = patients.into_iter().map(Some).collect();
        while patients.iter().any(Option::is_some) {
            self.advance(&mut patients, &model)?;
        }
        Ok(())
    }

    /// Lets the lesions of all patients settle in one batch.
    fn settle(&mut self, patients: &mut [Underway<'_>], model: &Model) -> Result<(), RunError> {
        let mut all: Vec<LesionState> =
            patients.iter_mut().flat_map(|p| std::mem::take(&mut p.states)).collect();
        if let Some(first) = patients.first() {
            first.job.settle(&mut all, model, self.seat)?;
        }
        let mut settled = all.into_iter();
        for patient in patients {
            patient.states = settled.by_ref().take(patient.patient.lesions.len()).collect();
        }
        Ok(())
    }

    /// Simulates the next arms of all patients. Who has been through is taken out.
    fn advance(
        &mut self,
        patients: &mut [Option<Underway<'_>>],
        model: &Arc<Model>,
    ) -> Result<(), Unfinished> {
        let Some(job) = patients.iter().flatten().next().map(|p| p.job.clone()) else { return Ok(()) };
        let clinic = Clinic::empty(&job).with_threads(self.seat.options().cpu_threads());
        let mut clinic = clinic.map_err(|e| Unfinished::Failed(e.into()))?;
        let (mut admitted, mut states) = (Vec::new(), Vec::new());
        for (place, slot) in patients.iter_mut().enumerate() {
            let Some(patient) = slot else { continue };
            let mut is_through = false;
            let next: Vec<usize> = patient.next.iter().copied().take(self.at_once).collect();
            for arm in next {
                match admit(self.plan, &mut clinic, patient, arm) {
                    Ok(()) => {
                        admitted.push((place, arm));
                        states.extend(patient.states.iter().cloned());
                    }
                    Err(error) => is_through = patient.take(arm, Err(error)),
                }
            }
            if is_through {
                hand_over(slot, self.finished);
            }
        }
        if admitted.is_empty() {
            return Ok(());
        }
        let batch = PatientBatch::open(clinic, model, &states, self.seat);
        drop(states);
        let mut discharged = |left: Discharged<Chart>| {
            let (place, arm) = admitted[left.number];
            let slot = &mut patients[place];
            if slot.as_mut().is_some_and(|patient| patient.take(arm, left.end)) {
                hand_over(slot, self.finished);
            }
        };
        match batch.and_then(|batch| batch.run(self.stop, &mut discharged)) {
            Ok(0) => Ok(()),
            Ok(signal) => Err(Unfinished::Stopped(signal)),
            Err(error) => Err(Unfinished::Failed(error)),
        }
    }
}

/// Brings a patient into a clinic, in an arm.
fn admit(
    plan: &Plan,
    clinic: &mut Clinic<'_, Chart>,
    patient: &Underway<'_>,
    arm: usize,
) -> Result<(), RunError> {
    let care = patient.setup(arm)?;
    let treated = plan.treated(&patient.patient);
    let lesions = plan.lesions(&patient.patient);
    let scenario = &patient.job.scenario;
    clinic.admit(Admitted { scenario, care: &care, treated, lesions, observer: patient.chart(arm) })
}

fn hand_over(slot: &mut Option<Underway<'_>>, finished: &mut dyn FnMut(FinishedPatient)) {
    if let Some(patient) = slot.take() {
        finished((patient.patient.id, Ok(patient.finish())));
    }
}
