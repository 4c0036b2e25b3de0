//! One patient: what is given on a day, and what reaches the cells and the vessels of its lesions.

use std::sync::Arc;

use serde::Serialize;

use crate::biology::StateSpace;
use crate::biology::marker::{chromogranin_a, variant_fraction};
use crate::biology::potency::Exposure;
use crate::biology::tissue_tables::{TableId, TableRequest, TissueTables};
use crate::biology::vessels::fixed;
use crate::biology::volume::{Cellularity, TissueParts};
use crate::engine::model::ONE;
use crate::engine::{Inputs, LogEntry};
use crate::scenario::{LesionVolume, MarkerTrigger, PatientData, Pharmacokinetics, Scenario, TriggerMarker};
use crate::therapy::course::{DayReport, Factors, Measurement, Patient, TreatmentCourse};
use crate::therapy::pk::PkError;
use crate::therapy::regimen::Body;
use crate::therapy::{Action, Cut, VesselEffect};
use crate::tissue::{Counters, LesionState};

use super::TreatmentSetup;
use super::irradiated::{Irradiated, exposures};
use super::morning::{Morning, attend};
use super::observer::{Measured, Observer, PatientView, VisitDecision};
use super::off_lattice::{LedgerRecord, LesionMorning, OffLattice};
use super::vasculature::Vasculature;

/// A day of one patient, as it is recorded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayRecord {
    /// Position of the lesion in the block.
    #[serde(skip)]
    pub lesion: usize,
    /// The visit on the morning of the day, if there was one.
    pub visit: Option<Measured>,
    /// The day.
    pub report: DayReport,
    /// What an adaptive line with a calendar of its own did on the morning of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitored: Option<Action>,
    /// What the course was told since the day before.
    pub told: Vec<Measurement>,
    /// What of the lesion its cells do not tell, after the day.
    #[serde(skip)]
    pub parts: TissueParts,
}

/// The last census that is known of a lesion.
#[derive(Debug, Clone, Default)]
struct Census {
    cells: f64,
    live_by_row: Vec<u32>,
    blocked: u64,
    births: u64,
}

/// One lesion of a patient.
#[derive(Debug, Clone)]
pub(super) struct LesionExposure {
    /// Position of the lesion in the block.
    pub lesion: usize,
    vasculature: Vasculature,
    /// Live and dead cells at the start; 0 before step 0.
    start: f64,
    census: Census,
    pub halted: bool,
    /// Inputs of the current day, without their table.
    pub inputs: Inputs,
    /// Inputs that the backend has; `None`: not yet any.
    pub set: Option<Inputs>,
    /// Cells that an agent stands for, relative to the start.
    pub weight: f64,
    rule: LesionVolume,
    parts: TissueParts,
    /// Secretion of chromogranin A by a live cell.
    cga: f64,
    /// What is in the ledger; `None`: agents are cells.
    off_lattice: Option<OffLattice>,
    /// What is wanted in the next steps: from a step on, a table.
    segments: Vec<(u32, TableRequest)>,
    /// What the drugs bring to cells on the current day, at mean perfusion.
    pub exposures: Vec<Exposure>,
    /// The tissue's table of the current day.
    table: Option<TableId>,
    /// Share of live cells that procedures of the current day kill.
    killed: f64,
}

impl LesionExposure {
    /// A lesion with this many live and dead cells at the start (0 before step 0).
    pub fn new(scenario: &Scenario, lesion: usize, start: f64, off_lattice: Option<OffLattice>) -> Self {
        Self {
            lesion,
            off_lattice,
            vasculature: Vasculature::new(scenario.vessels.as_ref()),
            start,
            census: Census::default(),
            halted: false,
            inputs: Inputs::default(),
            set: None,
            weight: 1.0,
            rule: scenario.volume,
            parts: TissueParts::default(),
            cga: 1.0,
            segments: Vec::new(),
            exposures: Vec::new(),
            table: None,
            killed: 0.0,
        }
    }

    /// Takes a check.
    pub fn observe(&mut self, entry: &LogEntry) {
        let cells = f64::from(entry.live) + f64::from(entry.dead);
        if entry.step == 0 {
            self.start = cells;
        }
        let Counters { blocked, births, .. } = entry.counters;
        self.census = Census { cells, live_by_row: entry.live_by_row.clone(), blocked, births };
        if let Some(off) = &mut self.off_lattice {
            off.record.census = None;
        }
        self.halted |= entry.status != 0;
    }

    /// Takes a lesion of which half of the agents were taken out.
    pub fn thinned(&mut self, state: &LesionState, space: &StateSpace) {
        let (live, dead) = state.burden();
        let by_code = state.live_by_code();
        self.census.cells = (live + dead) as f64;
        self.census.live_by_row = space.codes.iter().map(|c| by_code.get(c).copied().unwrap_or(0)).collect();
        self.weight *= 2.0;
    }

    /// Live and dead cells relative to those at the start; where nothing was there, nothing can be.
    fn cells(&self) -> Cellularity {
        if self.start <= 0.0 {
            return Cellularity::default();
        }
        let live: f64 = self.census.live_by_row.iter().map(|n| f64::from(*n)).sum();
        let scale = self.weight / self.start;
        let own = scale * self.agent();
        let rare = self.rare().map(|(_, agents)| agents).sum::<f64>() / self.start;
        Cellularity { live: live * own + rare, dead: (self.census.cells - live) * scale }
    }

    /// Cells in the ledger by row, in agents of the start.
    fn rare(&self) -> impl Iterator<Item = (usize, f64)> {
        self.off_lattice.iter().flat_map(|off| off.record.agents())
    }

    /// What an agent counts of the start, where some of it was in the ledger.
    fn agent(&self) -> f64 {
        self.off_lattice.as_ref().map_or(1.0, |off| off.record.agent())
    }

    /// What is remembered of its ledger.
    pub fn ledger(&self) -> Option<&LedgerRecord> {
        self.off_lattice.as_ref().map(|off| &off.record)
    }

    /// As its ledger was left.
    pub fn with_ledger(mut self, record: Option<&LedgerRecord>) -> Self {
        if let Some((off, record)) = self.off_lattice.as_mut().zip(record) {
            off.record = record.clone();
            if let Some((cells, live_by_row)) = record.census.clone() {
                (self.census.cells, self.census.live_by_row) = (cells as f64, live_by_row);
            }
        }
        self
    }

    /// Whether cells are to be exchanged between the ledger and the lattice.
    pub fn is_exchange_due(&self) -> bool {
        self.off_lattice.as_ref().is_some_and(|off| off.is_due)
    }

    /// Passes the day that is planned in the ledger.
    fn pass_off_lattice(&mut self, tissue: &mut TissueTables, day: u32) {
        let Some((off, table)) = self.off_lattice.as_mut().zip(self.table) else { return };
        let perfusion = self.parts.vessels * self.vasculature.flow();
        let (live, weight, killed) = (&self.census.live_by_row, self.weight, self.killed);
        off.pass(tissue, table, day, &LesionMorning { live, weight, perfusion, killed });
    }

    /// Exchanges cells between the ledger and the lattice, whose state is changed, on the morning of a day.
    pub fn exchange(&mut self, state: &mut LesionState, day: u32) {
        let Some(off) = &mut self.off_lattice else { return };
        off.exchange(state, day, self.weight);
        if let Some((cells, live_by_row)) = &off.record.census {
            (self.census.cells, self.census.live_by_row) = (*cells as f64, live_by_row.clone());
        }
        self.halted = false;
    }

    /// Volume relative to the start.
    fn volume(&self) -> f64 {
        self.parts.volume(&self.rule, self.cells(), self.vasculature.flow())
    }

    /// As it was left at the end of a day.
    pub fn with_parts(self, parts: TissueParts) -> Self {
        Self { parts, ..self }
    }

    /// Ends a day, with the cells of the last census.
    fn settle(&mut self, tissue: &TissueTables) {
        let Some(table) = self.table else { return };
        let (cells, live_by_row) = (self.cells(), &self.census.live_by_row);
        self.parts.advance_day(&self.rule, cells, tissue.mass(table, live_by_row));
        let (vegf, independent) = (tissue.secretion(table, live_by_row), tissue.independence(live_by_row));
        self.parts.vessels = self.vasculature.grown(self.parts.vessels, vegf, independent);
    }

    fn secrete(&mut self, tissue: &TissueTables) {
        let Some(table) = self.table else { return };
        let live_by_row = &self.census.live_by_row;
        self.inputs.secretion = fixed(tissue.secretion(table, live_by_row));
        // What the engine gives to cells by their states is then, in the mean, what the lesion's cells secrete.
        let mean = f64::from(self.inputs.secretion) / f64::from(ONE);
        self.inputs.plain_secretion = fixed(mean / tissue.secretion_factor(live_by_row));
        self.cga = tissue.cga_secretion_of(table, &self.census.live_by_row);
    }

    /// Plans the day that begins at a step under a table. Procedures act in its first step.
    fn plan(&mut self, tissue: usize, table: TableId, cuts: &[Cut], step: u32) {
        self.table = Some(table);
        let of_tissue = TableRequest::Of(tissue, table);
        self.killed = 1.0 - cuts.iter().fold(1.0, |left, cut| left * (1.0 - cut.share));
        // With steps of a whole day the dead of yesterday's procedure are cleared today.
        let pending =
            self.segments.iter().any(|(at, w)| *at == step && matches!(w, TableRequest::Cleared(..)));
        let after = match pending || cuts.iter().any(|c| !c.dead_remain) {
            true => TableRequest::Cleared(tissue, table),
            false => of_tissue,
        };
        self.segments = if cuts.is_empty() {
            vec![(step, after), (step + 1, of_tissue)]
        } else {
            vec![(step, TableRequest::Killed(self.killed)), (step + 1, after), (step + 2, of_tissue)]
        };
        self.segments.dedup_by_key(|(_, wanted)| *wanted);
    }

    /// The table in force at a step.
    pub fn table(&self, step: u32) -> TableRequest {
        let begun = self.segments.iter().rev().find(|(from, _)| *from <= step);
        begun.or(self.segments.first()).map_or(TableRequest::Killed(0.0), |(_, wanted)| *wanted)
    }

    /// Live cells, in agents of the start.
    fn live(&self) -> f64 {
        let agents: f64 = self.census.live_by_row.iter().map(|n| f64::from(*n)).sum();
        self.weight * self.agent() * agents + self.rare().map(|(_, agents)| agents).sum::<f64>()
    }
}

/// One patient: a course of therapy, and the lesions that share its plasma.
#[derive(Debug)]
pub(super) struct PatientCourse<O> {
    /// Number of the patient's tissue.
    pub tissue: usize,
    pub sites: Vec<LesionExposure>,
    pub course: Option<TreatmentCourse>,
    pub observer: Option<O>,
    /// Followed no further.
    pub left: bool,
    /// Why its therapy could not go on.
    pub fault: Option<PkError>,
    irradiated: Irradiated,
    /// For each locus, the states that have it changed.
    marks: Arc<Vec<Vec<bool>>>,
}

impl<O: Observer> PatientCourse<O> {
    /// A patient before day 0.
    pub fn new(
        care: &TreatmentSetup,
        tissue: usize,
        treated: Patient,
        (irradiated, mut sites): (Irradiated, Vec<LesionExposure>),
        observer: Option<O>,
    ) -> Result<Self, PkError> {
        let drugs = care.protocol.as_ref().map_or(&[][..], |p| p.drugs());
        sites.iter_mut().for_each(|site| site.exposures = vec![Exposure::default(); drugs.len()]);
        let course = care.protocol.as_ref().map(|protocol| TreatmentCourse::new(protocol.clone(), treated));
        Ok(Self {
            tissue,
            sites,
            course: course.transpose()?,
            observer,
            left: false,
            fault: None,
            irradiated,
            marks: care.marks.clone(),
        })
    }

    /// Whether nothing happens to it any more.
    pub fn is_over(&self) -> bool {
        self.left || (self.observer.is_none() && self.sites.iter().all(|s| s.halted))
    }

    /// What the cells of the last check secrete. It follows every check, also one within a day, so that it can be told from
    /// the last check alone when a run goes on.
    pub fn secrete(&mut self, tissue: &TissueTables) {
        self.sites.iter_mut().for_each(|site| site.secrete(tissue));
    }

    /// Brings a patient whose lesion has halted to the day on which it did: vessels stay as they are then.
    pub fn rest(&mut self, told: &[Measurement], day: u32, step_days: f64) -> Result<(), PkError> {
        if let Some(report) = self.replay(told, day)? {
            self.expose(&report);
        }
        self.set_vessels(step_days);
        Ok(())
    }

    fn expose(&mut self, report: &DayReport) {
        let all = exposures(report);
        for (lesion, site) in self.sites.iter_mut().enumerate() {
            site.exposures = self.irradiated.exposures(lesion, all.clone());
        }
    }

    fn set_vessels(&mut self, step_days: f64) {
        for site in &mut self.sites {
            site.inputs = site.vasculature.inputs(step_days);
        }
    }

    /// Repeats the days before one from what the course was told; the report of the last of them.
    pub fn replay(&mut self, told: &[Measurement], day: u32) -> Result<Option<DayReport>, PkError> {
        let mut told = told.iter().peekable();
        let mut last = None;
        for today in 0..=day {
            if let Some(course) = &mut self.course {
                while let Some(input) = told.next_if(|i| i.day == today) {
                    course.replay_input(input);
                }
            }
            if today < day {
                last = self.pass()?;
            }
        }
        Ok(last)
    }

    /// A day: visits and what is due on its morning, then doses and what follows from them.
    pub fn day(&mut self) -> Result<Option<DayRecord>, PkError> {
        let Some(course) = &mut self.course else {
            self.pass()?;
            return Ok(None);
        };
        let known = course.inputs().len();
        let volumes: Vec<f64> = self.sites.iter().map(LesionExposure::volume).collect();
        let day = course.today();
        // A patient without an observer has one lesion, and the tumour is that.
        let look = match &mut self.observer {
            Some(observer) => {
                let live_by_row = &live_by_row(&self.sites);
                let thinned = self.sites.iter().map(|s| libm::log2(s.weight) as u32).sum();
                let blocked = self.sites.iter().fold((0, 0), |(blocked, births), s| {
                    (blocked + s.census.blocked, births + s.census.births)
                });
                let vegf = mean(&self.sites, |s| f64::from(s.inputs.secretion) / f64::from(ONE));
                let cga = mean(&self.sites, |s| s.cga);
                let volumes = &volumes;
                observer.morning(&PatientView {
                    day,
                    volumes,
                    live_by_row,
                    vegf,
                    cga,
                    thinned,
                    blocked,
                    course,
                })
            }
            None => VisitDecision {
                measured: course.visit_due().then_some(volumes[0]),
                monitored: Some(volumes[0]),
                markers: course.markers(|rule| marker(rule, &self.sites, &self.marks)),
                ..VisitDecision::default()
            },
        };
        let morning = attend(course, self.observer.as_mut(), look);
        self.left = morning.left;
        if self.left {
            return Ok(None);
        }
        let report = self.pass()?;
        let course = self.course.as_mut();
        let (Some(course), Some(report)) = (course, report) else {
            return Ok(None);
        };
        match &mut self.observer {
            Some(observer) => observer.evening(&report),
            None if report.line_begins => course.baseline(volumes[0]),
            None => {}
        }
        let told = course.inputs()[known..].to_vec();
        let lesion = self.sites.first().map_or(0, |s| s.lesion);
        let Morning { visit, monitored, .. } = morning;
        Ok(Some(DayRecord { lesion, visit, report, monitored, told, parts: TissueParts::default() }))
    }

    /// Ends a day: doses, exposure, vessels.
    fn pass(&mut self) -> Result<Option<DayReport>, PkError> {
        let report = self.course.as_mut().map(TreatmentCourse::advance_day).transpose()?;
        let effect = report.as_ref().map_or(VesselEffect::default(), DayReport::vessels);
        self.sites.iter_mut().for_each(|site| site.vasculature.advance_day(effect));
        if let Some(report) = &report {
            self.irradiated.pass(report);
        }
        Ok(report)
    }

    /// Sets what the lesions need in the day that begins at `step`.
    pub fn plan(&mut self, tissue: &mut TissueTables, report: Option<&DayReport>, step: u32, step_days: f64) {
        if let Some(report) = report {
            self.expose(report);
        }
        let cuts = report.map_or(&[][..], |r| &r.cuts);
        for site in &mut self.sites {
            let table = tissue.table(&tissue.bins(&site.exposures));
            site.plan(self.tissue, table, cuts, step);
        }
        self.set_vessels(step_days);
        self.secrete(tissue);
    }

    /// Passes the day that is planned in the ledgers of the lesions; whether any is to exchange cells with its lattice before.
    pub fn pass_off_lattice(&mut self, tissue: &mut TissueTables, day: u32) -> bool {
        self.sites.iter_mut().for_each(|site| site.pass_off_lattice(tissue, day));
        self.sites.iter().any(LesionExposure::is_exchange_due)
    }

    /// What of the lesions their cells do not tell, at the end of the day that is planned; that of the first one.
    pub fn settle(&mut self, tissue: &TissueTables) -> TissueParts {
        self.sites.iter_mut().for_each(|site| site.settle(tissue));
        self.sites.first().map_or_else(TissueParts::default, |site| site.parts)
    }

    /// First step after this one at which another table comes into force.
    pub fn next_segment(&self, step: u32) -> u32 {
        let next =
            |site: &LesionExposure| site.segments.iter().map(|(from, _)| *from).find(|from| *from > step);
        self.sites.iter().filter_map(next).min().unwrap_or(u32::MAX)
    }
}

/// The true level of a marker: chromogranin A relative to as many untreated sensitive cells as all of the start.
fn marker(rule: &MarkerTrigger, sites: &[LesionExposure], marks: &[Vec<bool>]) -> f64 {
    match rule.marker {
        TriggerMarker::Cga => chromogranin_a(sites[0].cells().live) * sites[0].cga,
        TriggerMarker::Ctdna => variant_fraction(&live_by_row(sites), marks, rule.locus_number),
    }
}

/// Mean over the live cells of all lesions.
fn mean(sites: &[LesionExposure], of: impl Fn(&LesionExposure) -> f64) -> f64 {
    let all: f64 = sites.iter().map(LesionExposure::live).sum();
    let sum: f64 = sites.iter().map(|s| s.live() * of(s)).sum();
    if all > 0.0 { sum / all } else { 1.0 }
}

/// Live cells by state over lesions.
fn live_by_row(sites: &[LesionExposure]) -> Vec<f64> {
    let rows = sites.iter().map(|s| s.census.live_by_row.len()).max().unwrap_or(0);
    let mut all = vec![0.0; rows];
    for site in sites {
        for (sum, cells) in all.iter_mut().zip(&site.census.live_by_row) {
            *sum += f64::from(*cells) * site.weight * site.agent();
        }
        for (row, agents) in site.rare() {
            all[row] += agents;
        }
    }
    all
}

/// Who is treated.
pub fn treated(scenario: &Scenario, id: u32) -> Patient {
    let data = scenario.patient.as_ref();
    let body = data.map_or_else(Body::typical, PatientData::body);
    let own = data.map_or((1.0, 1.0), |p| (p.radiation_dose_factor, p.vegfr_ec_factor));
    let typical = data.is_none_or(|p| p.pharmacokinetics == Pharmacokinetics::Typical);
    // A patient of whom nothing else is said has these drawn with the rest.
    let drawn = !typical && own == (1.0, 1.0);
    let factors = (!drawn).then_some(Factors { radiation_dose: own.0, vessel_ec50: own.1 });
    Patient { id, seed: scenario.seed, body, typical, factors }
}
