//! One lesion's patient: what is given on a day, and what reaches the cells and the vessels.

use serde::Serialize;

use crate::biology::exposure::DrugBins;
use crate::biology::potency::Exposure;
use crate::biology::tissue_tables::{TableId, TissueTables, Wanted};
use crate::biology::vessels::fixed;
use crate::engine::{Inputs, LogEntry};
use crate::scenario::Scenario;
use crate::therapy::VesselEffect;
use crate::therapy::course::{Course, DayReport, Decision, DrugDay, Factors, Input, Patient as Treated};
use crate::therapy::pk::PkError;
use crate::therapy::regimen::Body;

use super::Care;
use super::vasculature::Vasculature;
use crate::simulation::record::Tally;

/// A visit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// The line that is judged, from 0; `None` between lines.
    pub line: Option<usize>,
    /// Live and dead sites relative to those at the start.
    pub volume: f64,
    /// What follows.
    pub decision: Decision,
}

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
    /// What the course was told since the day before.
    pub told: Vec<Input>,
}

/// The last census that is known.
#[derive(Debug, Clone, Default)]
struct Census {
    cells: f64,
    live_by_row: Vec<u32>,
}

/// One lesion's patient.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// Position of the lesion in the block.
    pub lesion: usize,
    course: Option<Course>,
    vasculature: Vasculature,
    /// Live and dead cells at the start; 0 before step 0.
    start: f64,
    census: Census,
    pub halted: bool,
    /// What is wanted in the next steps: from a step on, a table.
    pub segments: Vec<(u32, Wanted)>,
    /// Bins of the current day.
    pub bins: Vec<DrugBins>,
    /// Inputs of the current day, without their table.
    pub inputs: Inputs,
    /// The tissue's table of the current day.
    table: Option<TableId>,
}

impl Case {
    /// A lesion's patient before day 0.
    pub fn new(care: &Care, scenario: &Scenario, lesion: usize, tally: &Tally) -> Result<Self, PkError> {
        let drugs = care.protocol.as_ref().map_or(&[][..], |p| p.drugs());
        let treated = treated(scenario, tally.id.patient());
        let course = care.protocol.as_ref().map(|protocol| Course::new(protocol.clone(), treated));
        let mut case = Self {
            lesion,
            course: course.transpose()?,
            vasculature: Vasculature::new(scenario.vessels.as_ref()),
            start: f64::from(tally.start_live) + f64::from(tally.start_dead),
            census: Census::default(),
            halted: tally.halted().is_some(),
            segments: Vec::new(),
            bins: vec![DrugBins::ABSENT; drugs.len()],
            inputs: Inputs::default(),
            table: None,
        };
        if let Some(entry) = &tally.last {
            case.observe(entry);
        }
        Ok(case)
    }

    /// Takes a check.
    pub fn observe(&mut self, entry: &LogEntry) {
        let cells = f64::from(entry.live) + f64::from(entry.dead);
        if entry.step == 0 {
            self.start = cells;
        }
        self.census = Census { cells, live_by_row: entry.live_by_row.clone() };
        self.halted |= entry.status != 0;
    }

    /// What the cells of the last check secrete. It follows every check, also one within a day, so that it can be told from
    /// the last check alone when a run goes on.
    pub fn secrete(&mut self, tissue: &TissueTables) {
        if let Some(table) = self.table {
            self.inputs.secretion = fixed(tissue.secretion(table, &self.census.live_by_row));
        }
    }

    /// Brings a lesion that has halted to the day on which it did: vessels stay as they are then.
    pub fn rest(&mut self, told: &[Input], day: u32, step_days: f64) -> Result<(), PkError> {
        self.replay(told, day)?;
        self.inputs = self.vasculature.inputs(step_days);
        Ok(())
    }

    /// Repeats the days before one from what the course was told; the report of the last of them.
    pub fn replay(&mut self, told: &[Input], day: u32) -> Result<Option<DayReport>, PkError> {
        let mut told = told.iter().peekable();
        let mut last = None;
        for today in 0..=day {
            if let Some(course) = &mut self.course {
                while let Some(input) = told.next_if(|i| i.day == today) {
                    course.hear(input);
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
        let volume = if self.start > 0.0 { self.census.cells / self.start } else { 1.0 };
        let Some(course) = &mut self.course else {
            self.pass()?;
            return Ok(None);
        };
        let known = course.inputs().len();
        let line = course.line();
        let visit = course.visit_due().then(|| Measured { line, volume, decision: course.visit(volume) });
        if course.monitor_due() {
            course.monitor(volume);
        }
        let report = self.pass()?;
        let course = self.course.as_mut();
        let (Some(course), Some(report)) = (course, report) else {
            return Ok(None);
        };
        if report.line_begins {
            course.baseline(volume);
        }
        let told = course.inputs()[known..].to_vec();
        Ok(Some(DayRecord { lesion: self.lesion, visit, report, told }))
    }

    /// Ends a day: doses, exposure, vessels.
    fn pass(&mut self) -> Result<Option<DayReport>, PkError> {
        let report = self.course.as_mut().map(Course::advance_day).transpose()?;
        self.vasculature.advance_day(report.as_ref().map_or(VesselEffect::default(), DayReport::vessels));
        Ok(report)
    }

    /// Sets what the lesion needs in the day that begins at `step`. Procedures act in its first step.
    pub fn plan(
        &mut self,
        (number, tissue): (usize, &mut TissueTables),
        report: Option<&DayReport>,
        step: u32,
        step_days: f64,
    ) {
        if let Some(report) = report {
            self.bins = tissue.bins(&exposures(report));
        }
        let table = tissue.table(&self.bins);
        self.table = Some(table);
        self.inputs = self.vasculature.inputs(step_days);
        self.secrete(tissue);
        let of_tissue = Wanted::Of(number, table);
        let cuts = report.map_or(&[][..], |r| &r.cuts);
        let killed = 1.0 - cuts.iter().fold(1.0, |left, cut| left * (1.0 - cut.share));
        // With steps of a whole day the dead of yesterday's procedure are cleared today.
        let pending = self.segments.iter().any(|(at, w)| *at == step && matches!(w, Wanted::Cleared(..)));
        let after = match pending || cuts.iter().any(|c| !c.dead_remain) {
            true => Wanted::Cleared(number, table),
            false => of_tissue,
        };
        self.segments = if cuts.is_empty() {
            vec![(step, after), (step + 1, of_tissue)]
        } else {
            vec![(step, Wanted::Killed(killed)), (step + 1, after), (step + 2, of_tissue)]
        };
        self.segments.dedup_by_key(|(_, wanted)| *wanted);
    }

    /// The table in force at a step.
    pub fn table(&self, step: u32) -> Wanted {
        let begun = self.segments.iter().rev().find(|(from, _)| *from <= step);
        begun.or(self.segments.first()).map_or(Wanted::Killed(0.0), |(_, wanted)| *wanted)
    }

    /// First step after this one at which another table comes into force.
    pub fn next_segment(&self, step: u32) -> u32 {
        self.segments.iter().map(|(from, _)| *from).find(|from| *from > step).unwrap_or(u32::MAX)
    }
}

/// What cells are exposed to on a day, drug by drug.
fn exposures(report: &DayReport) -> Vec<Exposure> {
    let of = |day: &DrugDay| Exposure {
        parent_nm: day.local.site_parent_nm,
        metabolite_nm: day.local.site_metabolite_nm,
        average: day.local.site_average,
        radiation: day.local.radiation.hazard,
    };
    report.drugs.iter().map(of).collect()
}

/// Who is treated.
pub fn treated(scenario: &Scenario, id: u32) -> Treated {
    let data = scenario.patient.as_ref();
    let body =
        data.map_or(Body::new(70.0, 170.0), |p| Body { weight_kg: p.weight_kg, surface_m2: p.surface_m2 });
    let own = data.map_or((1.0, 1.0), |p| (p.radiation_dose_factor, p.vegfr_ec_factor));
    let typical = data.is_none_or(|p| p.typical_pharmacokinetics);
    // A patient of whom nothing else is said has these drawn with the rest.
    let drawn = !typical && own == (1.0, 1.0);
    let factors = (!drawn).then_some(Factors { radiation_dose: own.0, vessel_ec50: own.1 });
    Treated { id, seed: scenario.seed, body, typical, factors }
}
