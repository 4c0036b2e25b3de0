//! Treated patients on one backend, day by day, until nobody follows them any longer: what a trial runs.
//!
//! All patients of a ward have one lattice and one environment; they are one patient in several arms, or one arm. A lesion that
//! fills more than half of its lattice is thinned, on the morning of a day and before anything else of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::engine::Backend;
use crate::therapy::course::Course;
use crate::tissue::{LesionState, thin};

use super::backends::{self, BackendOptions};
use super::care::{Admitted, Clinic, Observer};
use super::error::RunError;
use super::job::Job;

/// What is left of a patient.
#[derive(Debug)]
pub struct Discharged {
    /// Who followed.
    pub observer: Box<dyn Observer>,
    /// The therapy.
    pub course: Course,
}

/// Patients on a backend.
pub struct Ward<'a> {
    job: &'a Job,
    clinic: Clinic<'a>,
    backend: Box<dyn Backend>,
    /// Lesion of each position on the backend.
    positions: Vec<usize>,
    /// Lesions that were crowded at the last check.
    crowded: Vec<usize>,
    step: u32,
}

/// How a ward's work ended.
#[derive(Debug)]
pub enum Rounds {
    /// Nobody is followed any longer.
    Over(Vec<Discharged>),
    /// A signal stopped it.
    Stopped(usize),
}

impl<'a> Ward<'a> {
    /// Patients on the morning of day 0, with the states of their lesions, in the order of patients.
    ///
    /// # Errors
    ///
    /// As [`Clinic::admit`], and as the backend says.
    pub fn open(
        job: &'a Job,
        options: &BackendOptions,
        admitted: Vec<Admitted<'_>>,
        states: &[LesionState],
    ) -> Result<Self, RunError> {
        let clinic = Clinic::admit(job, admitted)?;
        let opened = backends::open(options, &job.model, states, job.pool_options())?;
        Ok(Self {
            job,
            clinic,
            backend: opened.backend,
            positions: (0..states.len()).collect(),
            crowded: Vec::new(),
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
    pub fn run(mut self, stop: &AtomicUsize) -> Result<Rounds, RunError> {
        self.compute(0)?;
        loop {
            let signal = stop.load(Ordering::Relaxed);
            if signal != 0 {
                return Ok(Rounds::Stopped(signal));
            }
            self.make_room()?;
            self.clinic.begin(self.step)?;
            if self.clinic.is_over() {
                return Ok(Rounds::Over(self.discharge()));
            }
            let positions = &self.positions;
            let position = |lesion: usize| positions.iter().position(|l| *l == lesion);
            self.clinic.apply(self.step, self.backend.as_mut(), position)?;
            let until = self.clinic.reach(self.step, u32::MAX)?;
            self.compute(until)?;
            self.step = until;
        }
    }

    fn compute(&mut self, until: u32) -> Result<(), RunError> {
        let mut entries = self.backend.advance(until)?;
        let followed = self.clinic.followed();
        for entry in &mut entries {
            entry.lesion = self.positions[entry.lesion];
        }
        entries.retain(|e| followed.contains(&e.lesion));
        entries.sort_by_key(|e| (e.step, e.lesion));
        let sites = self.job.shape().sites();
        for entry in &mut entries {
            let cells = u64::from(entry.live) + u64::from(entry.dead);
            if thin::is_crowded(cells, sites) && entry.status == 0 && !self.crowded.contains(&entry.lesion) {
                self.crowded.push(entry.lesion);
            }
        }
        self.clinic.observe(&entries);
        Ok(())
    }

    /// Thins crowded lesions, and leaves those behind whose patients are followed no further once they are the larger part.
    fn make_room(&mut self) -> Result<(), RunError> {
        let followed = self.clinic.followed();
        let alone = !followed.is_empty() && 2 * followed.len() <= self.positions.len();
        self.crowded.retain(|lesion| followed.contains(lesion));
        if self.crowded.is_empty() && !alone {
            return Ok(());
        }
        let mut states = Vec::with_capacity(followed.len());
        let mut positions = Vec::with_capacity(followed.len());
        for (at, lesion) in self.positions.iter().enumerate().filter(|(_, l)| followed.contains(l)) {
            let mut state = self.backend.state(at)?;
            if self.crowded.contains(lesion) {
                thin::thin(&mut state, self.job.scenario.seed);
                self.clinic.thinned(*lesion, &state, &self.job.space);
            }
            states.push(state);
            positions.push(*lesion);
        }
        self.crowded.clear();
        self.backend.load(&states, self.job.pool_options())?;
        self.positions = positions;
        self.clinic.move_to_another_backend();
        Ok(())
    }

    fn discharge(self) -> Vec<Discharged> {
        let left = self.clinic.discharge();
        left.filter_map(|(observer, course)| Some(Discharged { observer: observer?, course: course? }))
            .collect()
    }
}
