//! Treated patients on one backend, day by day, until nobody follows them any longer: what a trial runs.
//!
//! All patients of a batch have one lattice and one environment; they are one patient in several arms, or one arm. A lesion that
//! fills more than half of its lattice is thinned, on the morning of a day and before anything else of it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::engine::Backend;
use crate::therapy::course::TreatmentCourse;
use crate::tissue::{LesionState, thin};

use super::backends::{self, BackendOptions};
use super::care::{Admitted, Clinic, Observer};
use super::error::RunError;
use super::job::Job;

/// Patients on a backend.
pub struct PatientBatch<'a, O> {
    job: &'a Job,
    clinic: Clinic<'a, O>,
    backend: Box<dyn Backend>,
    /// Lesion of each position on the backend, ascending.
    positions: Vec<usize>,
    /// Lesions that were crowded at the last check.
    crowded: BTreeSet<usize>,
    step: u32,
}

/// How its work ended.
#[derive(Debug)]
pub enum Rounds<O> {
    /// Nobody is followed any longer: who followed each patient, and its therapy.
    Over(Vec<(O, TreatmentCourse)>),
    /// A signal stopped it.
    Stopped(usize),
}

impl<'a, O: Observer> PatientBatch<'a, O> {
    /// Patients on the morning of day 0, with the states of their lesions, in the order of patients.
    ///
    /// # Errors
    ///
    /// As [`Clinic::admit`], and as the backend says.
    pub fn open(
        job: &'a Job,
        options: &BackendOptions,
        admitted: Vec<Admitted<'_, O>>,
        states: &[LesionState],
    ) -> Result<Self, RunError> {
        let clinic = Clinic::admit(job, admitted)?;
        let opened = backends::open(options, &job.model, states, job.pool_options())?;
        Ok(Self {
            job,
            clinic,
            backend: opened.backend,
            positions: (0..states.len()).collect(),
            crowded: BTreeSet::new(),
            step: 0,
        })
    }

    /// Where steps are computed, in words.
    pub fn device(&self) -> String {
        let info = self.backend.info();
        format!("{}, {}", info.kind, info.device)
    }

    /// Follows all patients to the end.
    ///
    /// # Errors
    ///
    /// As the backend says; [`RunError::Signalling`] where a therapy cannot go on.
    pub fn run(mut self, stop: &AtomicUsize) -> Result<Rounds<O>, RunError> {
        self.compute(0)?;
        loop {
            let signal = stop.load(Ordering::Relaxed);
            if signal != 0 {
                return Ok(Rounds::Stopped(signal));
            }
            self.make_room()?;
            self.clinic.begin(self.step)?;
            if self.clinic.is_over() {
                return Ok(Rounds::Over(self.clinic.discharge()?));
            }
            let positions = &self.positions;
            let position = |lesion: usize| positions.binary_search(&lesion).ok();
            self.clinic.apply(self.step, self.backend.as_mut(), position)?;
            let until = self.clinic.reach(self.step, u32::MAX)?;
            self.compute(until)?;
            self.step = until;
        }
    }

    fn compute(&mut self, until: u32) -> Result<(), RunError> {
        let mut entries = self.backend.advance(until)?;
        for entry in &mut entries {
            entry.lesion = self.positions[entry.lesion];
        }
        entries.retain(|e| self.clinic.is_followed(e.lesion));
        entries.sort_by_key(|e| (e.step, e.lesion));
        let sites = self.job.shape().sites();
        for entry in &entries {
            let cells = u64::from(entry.live) + u64::from(entry.dead);
            if thin::is_crowded(cells, sites) && entry.status == 0 {
                self.crowded.insert(entry.lesion);
            }
        }
        self.clinic.observe(&entries);
        Ok(())
    }

    /// Thins crowded lesions, and leaves those behind whose patients are followed no further once they are the larger part.
    fn make_room(&mut self) -> Result<(), RunError> {
        let clinic = &mut self.clinic;
        let positions = self.positions.iter().copied().enumerate();
        let kept: Vec<(usize, usize)> = positions.filter(|(_, lesion)| clinic.is_followed(*lesion)).collect();
        let alone = !kept.is_empty() && 2 * kept.len() <= self.positions.len();
        self.crowded.retain(|lesion| clinic.is_followed(*lesion));
        if self.crowded.is_empty() && !alone {
            return Ok(());
        }
        let mut states = Vec::with_capacity(kept.len());
        for (at, lesion) in &kept {
            let mut state = self.backend.state(*at)?;
            if self.crowded.contains(lesion) {
                thin::thin(&mut state, self.job.scenario.seed);
                clinic.thinned(*lesion, &state);
            }
            states.push(state);
        }
        self.crowded.clear();
        self.backend.load(&states, self.job.pool_options())?;
        self.positions = kept.into_iter().map(|(_, lesion)| lesion).collect();
        self.clinic.move_to_another_backend();
        Ok(())
    }
}
