//! The clinic: the patients of a block, day by day, beside the backend that computes their lesions.

use crate::biology::potency::Exposure;
use crate::biology::tissue_tables::{Assembly, TableRequest, TissueTables};
use crate::engine::{Backend, EngineError, Inputs, LogEntry};

use super::TreatmentSetup;
use super::observer::{Nobody, Observer};
use super::patient_course::{DayRecord, LesionExposure, PatientCourse, treated};
use crate::simulation::error::RunError;
use crate::simulation::job::Job;
use crate::simulation::record::Tally;
use crate::therapy::course::{Patient, TreatmentCourse};
use crate::tissue::LesionState;

/// A patient of a trial, in one arm.
pub struct Admitted<'a, O> {
    /// Cells, and the plan of the therapy.
    pub care: &'a TreatmentSetup,
    /// Who is treated.
    pub treated: Patient,
    /// Number of lesions; those of all patients are numbered in order.
    pub lesions: usize,
    /// Who follows.
    pub observer: O,
}

/// The patients of a block.
pub struct Clinic<'a, O = Nobody> {
    job: &'a Job,
    /// Tables of each distinct patient; all lesions of a scenario have the same one.
    tissues: Vec<TissueTables>,
    cases: Vec<PatientCourse<O>>,
    /// Patient of each lesion, and the place of the lesion among its own.
    places: Vec<(usize, usize)>,
    steps_per_day: u32,
    /// First day that has not been prepared.
    next_day: u32,
    /// Tables on the backend, in their order.
    placed: Vec<TableRequest>,
    /// How they were put together.
    assembly: Assembly,
    /// Days that were prepared and not yet taken.
    records: Vec<DayRecord>,
}

impl<'a> Clinic<'a> {
    /// The patients of lesions at the start of a step, from what is remembered of them.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for a drug whose pharmacokinetics cannot be used.
    pub fn open(job: &'a Job, care: &TreatmentSetup, tallies: &[Tally], step: u32) -> Result<Self, RunError> {
        let steps_per_day = 24 / job.scenario.time.step_hours;
        let next_day = step.div_ceil(steps_per_day);
        let mut clinic = Self { tissues: vec![care.tissue.clone()], next_day, ..Self::empty(job) };
        for (lesion, tally) in tallies.iter().enumerate() {
            let mut site = LesionExposure::new(
                &job.scenario,
                lesion,
                f64::from(tally.start_live) + f64::from(tally.start_dead),
            );
            if let Some(entry) = &tally.last {
                site.observe(entry);
            }
            let site = site.with_parts(tally.parts);
            let treated = treated(&job.scenario, tally.id.patient());
            let mut case = PatientCourse::new(care, 0, treated, vec![site], None)?;
            let days = job.scenario.time.step_days();
            if let Some(halted) = tally.halted() {
                case.rest(&tally.told, halted.div_ceil(steps_per_day), days)?;
            } else {
                let report = case.replay(&tally.told, next_day)?;
                let begun = next_day.saturating_sub(1) * steps_per_day;
                case.plan(&mut clinic.tissues[0], report.as_ref(), begun, days);
            }
            clinic.places.push((clinic.cases.len(), 0));
            clinic.cases.push(case);
        }
        Ok(clinic)
    }
}

impl<'a, O: Observer> Clinic<'a, O> {
    fn empty(job: &'a Job) -> Self {
        Self {
            job,
            tissues: Vec::new(),
            cases: Vec::new(),
            places: Vec::new(),
            steps_per_day: 24 / job.scenario.time.step_hours,
            next_day: 0,
            placed: Vec::new(),
            assembly: Assembly::default(),
            records: Vec::new(),
        }
    }

    /// Patients of a trial on the morning of day 0, each with its lesions, followed by observers.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for a drug whose pharmacokinetics cannot be used.
    pub fn admit(job: &'a Job, admitted: Vec<Admitted<'_, O>>) -> Result<Self, RunError> {
        let mut clinic = Self::empty(job);
        for (number, patient) in admitted.into_iter().enumerate() {
            let first = clinic.places.len();
            let sites =
                (0..patient.lesions).map(|l| LesionExposure::new(&job.scenario, first + l, 0.0)).collect();
            clinic.places.extend((0..patient.lesions).map(|l| (number, l)));
            let mut tissue = patient.care.tissue.clone();
            let observer = Some(patient.observer);
            let mut case = PatientCourse::new(patient.care, number, patient.treated, sites, observer)?;
            case.plan(&mut tissue, None, 0, job.scenario.time.step_days());
            clinic.tissues.push(tissue);
            clinic.cases.push(case);
        }
        Ok(clinic)
    }

    /// Whether nobody is followed any longer.
    pub fn is_over(&self) -> bool {
        self.cases.iter().all(PatientCourse::is_over)
    }

    /// Whether the patient of a lesion is still followed.
    pub fn is_followed(&self, lesion: usize) -> bool {
        !self.cases[self.places[lesion].0].is_over()
    }

    fn site(&self, lesion: usize) -> &LesionExposure {
        let (case, site) = self.places[lesion];
        &self.cases[case].sites[site]
    }

    /// Takes a lesion that was thinned: an agent stands for twice as many cells as before.
    pub fn thinned(&mut self, lesion: usize, state: &LesionState) {
        let (case, site) = self.places[lesion];
        self.cases[case].sites[site].thinned(state, &self.job.space);
    }

    /// Forgets what a backend was told: another one takes its place.
    pub fn move_to_another_backend(&mut self) {
        self.placed.clear();
        self.cases.iter_mut().flat_map(|c| &mut c.sites).for_each(|site| site.set = None);
    }

    /// Patients in the order of their admission: observer and course of therapy.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for a patient without a therapy.
    pub fn discharge(self) -> Result<Vec<(O, TreatmentCourse)>, RunError> {
        let untreated = || RunError::Signalling("follow a patient without a therapy".to_owned());
        self.cases.into_iter().map(|case| case.discharge().ok_or_else(untreated)).collect()
    }

    /// Takes checks that the backend has made; lesions are numbered by block.
    pub fn observe(&mut self, entries: &[LogEntry]) {
        for entry in entries {
            let (case, site) = self.places[entry.lesion];
            let case = &mut self.cases[case];
            case.sites[site].observe(entry);
            case.secrete(&self.tissues[case.tissue]);
        }
    }

    /// Prepares the day that begins at a step, if one does that is not prepared yet.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for a dose that the pharmacokinetics refuse.
    pub fn begin(&mut self, step: u32) -> Result<(), RunError> {
        if step == self.next_day * self.steps_per_day {
            self.prepare(step)?;
        }
        Ok(())
    }

    /// The step up to which nothing changes for any lesion, and nobody looks at one: at most `target`. Days until then are
    /// prepared.
    ///
    /// # Errors
    ///
    /// As [`Clinic::begin`].
    pub fn reach(&mut self, step: u32, target: u32) -> Result<u32, RunError> {
        let check = self.job.scenario.time.check;
        let mut stop = self.boundary(step);
        while stop < target && !stop.is_multiple_of(check) {
            let a_day = stop == self.next_day * self.steps_per_day;
            if !a_day || self.prepare(stop)? {
                break;
            }
            stop = self.boundary(stop);
        }
        Ok(stop.min(target))
    }

    /// Next step after this one at which a day begins or a table changes.
    fn boundary(&self, step: u32) -> u32 {
        let day = (step / self.steps_per_day + 1) * self.steps_per_day;
        self.running().map(|c| c.next_segment(step)).fold(day, u32::min)
    }

    fn running(&self) -> impl Iterator<Item = &PatientCourse<O>> {
        self.cases.iter().filter(|c| !c.is_over())
    }

    /// Whether anything changes for a lesion with the day that begins at a step.
    fn prepare(&mut self, step: u32) -> Result<bool, RunError> {
        let days = self.job.scenario.time.step_days();
        for tissue in self.tissues.iter_mut().filter(|t| t.is_full()) {
            tissue.forget();
            self.placed.clear();
        }
        let mut changed = self.placed.is_empty();
        for case in self.cases.iter_mut().filter(|c| !c.is_over()) {
            let now = |case: &PatientCourse<O>| {
                (case.table(step), case.sites.iter().map(|s| s.inputs).collect::<Vec<_>>())
            };
            let before = now(case);
            let mut record = case.day()?;
            let report = record.as_ref().map(|r| &r.report);
            let tissue = &mut self.tissues[case.tissue];
            case.plan(tissue, report, step, days);
            changed |= before != now(case);
            let parts = case.settle(tissue);
            record.iter_mut().for_each(|record| record.parts = parts);
            self.records.extend(record);
        }
        self.next_day += 1;
        Ok(changed)
    }

    /// Puts what is wanted from a step on into force; `position` gives a lesion's place on the backend.
    ///
    /// # Errors
    ///
    /// As the backend says.
    pub fn apply(
        &mut self,
        step: u32,
        backend: &mut dyn Backend,
        position: impl Fn(usize) -> Option<usize>,
    ) -> Result<(), EngineError> {
        let wanted: Vec<TableRequest> = self.running().map(|c| c.table(step)).collect();
        if wanted.iter().any(|w| !self.placed.contains(w)) {
            self.place(&wanted, backend)?;
        }
        for case in &mut self.cases {
            // One that has halted needs none, but its number must be one of those that are there.
            let wanted = self.placed.iter().position(|w| *w == case.table(step));
            let table = wanted.filter(|_| !case.is_over()).unwrap_or(0) as u32;
            for site in &mut case.sites {
                let inputs = Inputs { table, ..site.inputs };
                if let (Some(at), true) = (position(site.lesion), site.set != Some(inputs)) {
                    backend.set_inputs(at, inputs);
                    site.set = Some(inputs);
                }
            }
        }
        Ok(())
    }

    /// Puts tables on the backend. Those that are there stay while they are few: then only what is new is put together.
    fn place(&mut self, wanted: &[TableRequest], backend: &mut dyn Backend) -> Result<(), EngineError> {
        if self.placed.len() > 2 * self.cases.len() {
            self.placed.clear();
        }
        backend.change_tables(&mut |tables| {
            if self.placed.is_empty() {
                (self.assembly, *tables) = Assembly::begin(&self.job.scenario, &self.job.space);
            }
            // Inputs name tables by their place in `placed`.
            assert_eq!(tables.heads.len(), self.placed.len(), "the tables that were put there");
            for w in wanted {
                if !self.placed.contains(w) {
                    self.assembly.add(tables, &self.tissues, w);
                    self.placed.push(*w);
                }
            }
        })
    }

    /// Perfusion per vessel of a lesion relative to no drugs, 0.32 fixed point.
    pub fn flow(&self, lesion: usize) -> u32 {
        self.site(lesion).inputs.flow
    }

    /// What each drug of the plan brings to the cells of a lesion at mean perfusion, on the day before.
    pub fn exposures(&self, lesion: usize) -> &[Exposure] {
        &self.cases[self.places[lesion].0].exposures
    }

    /// The days that were prepared since the last call, in the order of days.
    pub fn take_records(&mut self) -> Vec<DayRecord> {
        std::mem::take(&mut self.records)
    }
}
