//! Treated patients on one backend, day by day, until nobody follows them any longer: what a trial runs.
//!
//! All patients of a batch have one environment, each with a supply of its own: they are many patients, each in several arms. A lesion that
//! fills more than half of its lattice is thinned, on the morning of a day and before anything else of it; one whose patient is followed no
//! further halts.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::engine::{Backend, Model};
use crate::tissue::{LesionState, thin};

use super::backends::Seat;
use super::care::{Clinic, Discharged, Observer};
use super::error::RunError;
use super::memory::batch_options;

/// Patients on a backend.
pub struct PatientBatch<'a, O> {
    clinic: Clinic<'a, O>,
    backend: &'a mut dyn Backend,
    seed: u64,
    /// Sites of each lesion.
    sites: Vec<u64>,
    /// Lesions that were crowded at the last check.
    crowded: BTreeSet<usize>,
    step: u32,
}

impl<'a, O: Observer> PatientBatch<'a, O> {
    /// Patients on the morning of day 0, with the states of their lesions, in the order in which they were admitted.
    ///
    /// # Errors
    ///
    /// As the backend says.
    pub fn open(
        clinic: Clinic<'a, O>,
        model: &Arc<Model>,
        states: &[LesionState],
        seat: &'a mut Seat,
    ) -> Result<Self, RunError> {
        let backend = seat.take(model, states, batch_options(model, states))?;
        let sites = states.iter().map(|state| state.shape.sites()).collect();
        Ok(Self { clinic, backend, seed: model.seed, sites, crowded: BTreeSet::new(), step: 0 })
    }

    /// Follows all patients to the end, and hands over each as soon as it is followed no further. The number of the signal that stopped it;
    /// 0: none.
    ///
    /// # Errors
    ///
    /// As the backend says.
    pub fn run(
        mut self,
        stop: &AtomicUsize,
        discharged: &mut dyn FnMut(Discharged<O>),
    ) -> Result<usize, RunError> {
        self.compute(0)?;
        loop {
            let signal = stop.load(Ordering::Relaxed);
            if signal != 0 {
                return Ok(signal);
            }
            self.make_room()?;
            self.clinic.begin(self.step)?;
            for patient in self.clinic.take_left() {
                patient.lesions.clone().for_each(|lesion| self.backend.halt(lesion));
                discharged(patient);
            }
            if self.clinic.is_over() {
                return Ok(0);
            }
            self.clinic.exchange(self.step, self.backend, Some)?;
            self.clinic.apply(self.step, self.backend, Some)?;
            let until = self.clinic.reach(self.step, u32::MAX)?;
            self.compute(until)?;
            self.step = until;
        }
    }

    fn compute(&mut self, until: u32) -> Result<(), RunError> {
        let mut entries = self.backend.advance(until)?;
        entries.retain(|e| self.clinic.is_followed(e.lesion));
        entries.sort_by_key(|e| (e.step, e.lesion));
        for entry in &entries {
            let cells = u64::from(entry.live) + u64::from(entry.dead);
            if thin::is_crowded(cells, self.sites[entry.lesion]) && entry.status == 0 {
                self.crowded.insert(entry.lesion);
            }
        }
        self.clinic.observe(&entries);
        Ok(())
    }

    /// Thins crowded lesions.
    fn make_room(&mut self) -> Result<(), RunError> {
        for lesion in std::mem::take(&mut self.crowded) {
            if self.clinic.is_followed(lesion) {
                let mut state = self.backend.state(lesion)?;
                thin::thin(&mut state, self.seed);
                self.clinic.thinned(lesion, &state);
                self.backend.replace(lesion, &state)?;
            }
        }
        Ok(())
    }
}
