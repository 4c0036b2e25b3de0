//! The clinic: the patients of a block, day by day, beside the backend that computes their lesions.

use std::collections::HashMap;
use std::ops::Range;

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::biology::potency::Exposure;
use crate::biology::tissue_tables::{Assembly, TableRequest, TissueTables};
use crate::engine::{Backend, EngineError, Inputs, LogEntry, RateTables};
use crate::scenario::Scenario;

use super::TreatmentSetup;
use super::irradiated::Irradiated;
use super::observer::{Nobody, Observer};
use super::off_lattice::{LedgerRecord, OffLattice};
use super::patient_course::{DayRecord, LesionExposure, PatientCourse, treated};
use crate::simulation::error::RunError;
use crate::simulation::job::Job;
use crate::simulation::record::Tally;
use crate::therapy::course::{Patient, TreatmentCourse};
use crate::tissue::{LesionId, LesionState};

/// A lesion of a patient of a trial, before therapy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedLesion {
    /// Its organ, from 0.
    pub organ: u32,
    /// Its live cells, for its ledger; `None`: as many as its agents stand for.
    pub cells: Option<f64>,
}

/// A patient of a trial, in one arm.
pub struct Admitted<'a, O> {
    /// Its scenario, without a therapy.
    pub scenario: &'a Scenario,
    /// Cells, and the plan of the therapy.
    pub care: &'a TreatmentSetup,
    /// Who is treated.
    pub treated: Patient,
    /// Its lesions; those of all patients are numbered in order.
    pub lesions: Vec<PlannedLesion>,
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
    /// Tables on the backend, and the number of each there.
    placed: HashMap<TableRequest, u32>,
    /// How they were put together.
    assembly: Assembly,
    /// Days that were prepared and not yet taken.
    records: Vec<DayRecord>,
    /// Patients who were left and not yet taken.
    left: Vec<usize>,
    /// Who prepares days beside one another, where patients share nothing.
    threads: Option<ThreadPool>,
}

/// A patient who is followed no further.
pub struct Discharged<O> {
    /// Its place in the order of admission.
    pub number: usize,
    /// Its lesions.
    pub lesions: Range<usize>,
    /// Who followed it, and its therapy; or why that could not go on.
    pub end: Result<(O, TreatmentCourse), RunError>,
}

/// A day of a patient, prepared.
struct PreparedDay {
    /// Whether anything changes for a lesion with it.
    changed: bool,
    record: Option<DayRecord>,
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
                OffLattice::new(&job.scenario, &job.space, tally.id, None),
            );
            if let Some(entry) = &tally.last {
                site.observe(entry);
            }
            let site = site.with_parts(tally.parts).with_ledger(tally.ledger.as_ref());
            let treated = treated(&job.scenario, tally.id.patient());
            let irradiated = irradiated(care, &job.scenario, &treated, &[0])?;
            let mut case = PatientCourse::new(care, 0, treated, (irradiated, vec![site]), None)?;
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
    /// Nobody yet. The jobs of all patients differ in what the patients are, and that is not asked of this one.
    pub fn empty(job: &'a Job) -> Self {
        Self {
            job,
            tissues: Vec::new(),
            cases: Vec::new(),
            places: Vec::new(),
            steps_per_day: 24 / job.scenario.time.step_hours,
            next_day: 0,
            placed: HashMap::new(),
            assembly: Assembly::default(),
            records: Vec::new(),
            left: Vec::new(),
            threads: None,
        }
    }

    /// The same with this many threads that prepare days.
    ///
    /// # Errors
    ///
    /// [`EngineError::Threads`].
    pub fn with_threads(mut self, threads: usize) -> Result<Self, EngineError> {
        if threads > 1 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            self.threads = Some(pool.map_err(|e| EngineError::Threads(e.to_string()))?);
        }
        Ok(self)
    }

    /// Takes a patient of a trial on the morning of day 0, with its lesions, followed by an observer.
    ///
    /// # Errors
    ///
    /// [`RunError::Signalling`] for a drug whose pharmacokinetics cannot be used.
    pub fn admit(&mut self, patient: Admitted<'_, O>) -> Result<(), RunError> {
        let (number, first, scenario) = (self.cases.len(), self.places.len(), patient.scenario);
        let organs: Vec<u32> = patient.lesions.iter().map(|lesion| lesion.organ).collect();
        let irradiated = irradiated(patient.care, scenario, &patient.treated, &organs)?;
        let site = |(l, lesion): (usize, &PlannedLesion)| {
            let id = LesionId::new(patient.treated.id, l as u32);
            let off_lattice = OffLattice::new(scenario, &self.job.space, id, lesion.cells);
            LesionExposure::new(scenario, first + l, 0.0, off_lattice)
        };
        let sites: Vec<LesionExposure> = patient.lesions.iter().enumerate().map(site).collect();
        let mut tissue = patient.care.tissue.clone();
        let observer = Some(patient.observer);
        let mut case =
            PatientCourse::new(patient.care, number, patient.treated, (irradiated, sites), observer)?;
        case.plan(&mut tissue, None, 0, scenario.time.step_days());
        self.places.extend((0..organs.len()).map(|l| (number, l)));
        self.tissues.push(tissue);
        self.cases.push(case);
        Ok(())
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

    /// Those who are followed no further and were not yet taken.
    pub fn take_left(&mut self) -> Vec<Discharged<O>> {
        let untreated = || RunError::Signalling("follow a patient without a therapy".to_owned());
        let mut take = |number: usize| {
            let case = &mut self.cases[number];
            let first = case.sites.first().map_or(0, |site| site.lesion);
            let end = match case.fault.take() {
                Some(fault) => Err(fault.into()),
                None => case.observer.take().zip(case.course.take()).ok_or_else(untreated),
            };
            // What was made for it is not needed any more.
            self.tissues[case.tissue].forget();
            Discharged { number, lesions: first..first + case.sites.len(), end }
        };
        std::mem::take(&mut self.left).into_iter().map(&mut take).collect()
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
        for (number, day) in self.prepare_each(step, days) {
            let PreparedDay { changed: differs, record } = day?;
            changed |= differs;
            // Observers have been told.
            let case = &self.cases[number];
            self.records.extend(record.filter(|_| case.observer.is_none()));
            if case.left {
                self.left.push(number);
            }
        }
        self.next_day += 1;
        Ok(changed)
    }

    /// Prepares the day of each patient who is followed, with its number.
    fn prepare_each(&mut self, step: u32, days: f64) -> Vec<(usize, Result<PreparedDay, RunError>)> {
        let (cases, tissues, today) = (&mut self.cases, &mut self.tissues, self.next_day);
        match &self.threads {
            Some(threads) if cases.len() == tissues.len() => threads.install(|| {
                let each = cases.par_iter_mut().zip(tissues.par_iter_mut()).enumerate();
                let followed = each.filter(|(_, (case, _))| !case.is_over());
                followed
                    .map(|(n, (case, tissue))| (n, prepare_day(case, tissue, (today, step), days)))
                    .collect()
            }),
            _ => {
                let followed = cases.iter_mut().enumerate().filter(|(_, case)| !case.is_over());
                let prepare = |(n, case): (usize, &mut PatientCourse<O>)| {
                    let tissue = &mut tissues[case.tissue];
                    (n, prepare_day(case, tissue, (today, step), days))
                };
                followed.map(prepare).collect()
            }
        }
    }

    /// Exchanges cells between ledgers and lattices on the morning that begins at a step, where that is due; `position` gives a lesion's
    /// place on the backend.
    ///
    /// # Errors
    ///
    /// As the backend says.
    pub fn exchange(
        &mut self,
        step: u32,
        backend: &mut dyn Backend,
        position: impl Fn(usize) -> Option<usize>,
    ) -> Result<(), EngineError> {
        let day = step / self.steps_per_day;
        for case in self.cases.iter_mut().filter(|case| !case.is_over()) {
            if !case.sites.iter().any(LesionExposure::is_exchange_due) {
                continue;
            }
            for site in case.sites.iter_mut().filter(|site| site.is_exchange_due()) {
                let Some(at) = position(site.lesion) else { continue };
                let mut state = backend.state(at)?;
                site.exchange(&mut state, day);
                // One whose last agent had died goes on from here.
                (state.step, state.control.status) = (step, 0);
                backend.replace(at, &state)?;
            }
            case.secrete(&self.tissues[case.tissue]);
        }
        Ok(())
    }

    /// What is remembered of the ledger of a lesion, where it has one.
    pub fn ledger(&self, lesion: usize) -> Option<&LedgerRecord> {
        self.site(lesion).ledger()
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
        let sites = self.running().flat_map(|case| &case.sites);
        let mut wanted: Vec<TableRequest> = sites.map(|site| site.table(step)).collect();
        wanted.dedup();
        if wanted.iter().any(|w| !self.placed.contains_key(w)) {
            self.place(&wanted, backend)?;
        }
        for case in &mut self.cases {
            let is_over = case.is_over();
            for site in &mut case.sites {
                // One that has halted needs none, but its number must be one of those that are there.
                let wanted = self.placed.get(&site.table(step));
                let table = wanted.filter(|_| !is_over).copied().unwrap_or(0);
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
        if self.placed.len() > 2 * self.places.len() {
            self.placed.clear();
        }
        let is_anew = self.placed.is_empty();
        let mut change = |tables: &mut RateTables| {
            if is_anew {
                (self.assembly, *tables) = Assembly::begin(&self.job.scenario, &self.job.space);
            }
            // Inputs name tables by their place among those that are there.
            assert_eq!(tables.heads.len(), self.placed.len(), "the tables that were put there");
            for w in wanted {
                if !self.placed.contains_key(w) {
                    self.assembly.add(tables, &self.tissues, w);
                    self.placed.insert(*w, self.placed.len() as u32);
                }
            }
        };
        if is_anew { backend.change_tables(&mut change) } else { backend.add_tables(&mut change) }
    }

    /// Perfusion per vessel of a lesion relative to no drugs, 0.32 fixed point.
    pub fn flow(&self, lesion: usize) -> u32 {
        self.site(lesion).inputs.flow
    }

    /// What each drug of the plan brings to the cells of a lesion at mean perfusion, on the day before.
    pub fn exposures(&self, lesion: usize) -> &[Exposure] {
        &self.site(lesion).exposures
    }

    /// The days that were prepared since the last call, in the order of days.
    pub fn take_records(&mut self) -> Vec<DayRecord> {
        std::mem::take(&mut self.records)
    }
}

/// A patient's lesions, in these organs, under the radionuclides of a plan.
fn irradiated(
    care: &TreatmentSetup,
    scenario: &Scenario,
    treated: &Patient,
    organs: &[u32],
) -> Result<Irradiated, RunError> {
    let drugs = care.protocol.as_ref().map_or(&[][..], |p| p.drugs());
    let made = Irradiated::new(scenario, &care.patient, drugs, treated, organs);
    made.map_err(|e| RunError::Signalling(e.to_string()))
}

/// The day of a patient that begins at a step. A patient of a trial whose therapy cannot go on is left.
fn prepare_day<O: Observer>(
    case: &mut PatientCourse<O>,
    tissue: &mut TissueTables,
    (today, step): (u32, u32),
    days: f64,
) -> Result<PreparedDay, RunError> {
    let now = |case: &PatientCourse<O>| {
        case.sites.iter().map(|site| (site.table(step), site.inputs)).collect::<Vec<_>>()
    };
    let before = now(case);
    let mut record = match case.day() {
        Err(fault) if case.observer.is_some() => {
            (case.left, case.fault) = (true, Some(fault));
            None
        }
        day => day?,
    };
    if case.left {
        return Ok(PreparedDay { changed: true, record });
    }
    case.plan(tissue, record.as_ref().map(|r| &r.report), step, days);
    let is_exchange_due = case.pass_off_lattice(tissue, today);
    let changed = is_exchange_due || before != now(case);
    let parts = case.settle(tissue);
    record.iter_mut().for_each(|record| record.parts = parts);
    Ok(PreparedDay { changed, record })
}
