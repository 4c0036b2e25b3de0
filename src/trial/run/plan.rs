//! A trial made ready: its cohort, its arms, and which arms begin like another one.

use std::path::Path;
use std::sync::Arc;

use crate::biology::StateSpace;
use crate::catalogue::CellKill;
use crate::scenario::{Arm, Assessment, Estimand, Line, Pharmacokinetics, Scenario, Therapy, Trial};
use crate::simulation::assemble::expected_cells;
use crate::simulation::care::PlannedLesion;
use crate::simulation::{Job, RunError};
use crate::therapy::course::{Factors, Patient};
use crate::therapy::regimen::Body;
use crate::tissue::random::StreamKey;
use crate::trial::cohort::{Cohort, CohortError, CohortSpec, Lesion, VirtualPatient};
use crate::trial::visits::{FollowUp, TrialView};

/// A trial made ready.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The scenario.
    pub scenario: Scenario,
    /// Its trial.
    pub trial: Trial,
    /// Its patients.
    pub cohort: Cohort,
    assessment: Arc<Assessment>,
    /// Names of the drugs of each line of each arm.
    line_drugs: Vec<Arc<Vec<Vec<String>>>>,
    /// Rows of each locus in which it is changed.
    marks: Arc<Vec<Vec<bool>>>,
    /// The horizon that is asked for.
    horizon: Option<u32>,
}

/// Why a trial cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file is not a trial.
    #[error("find a trial in `{0}`: it has no [cohort] and no [[arm]]; `evotor run` is for one lesion")]
    NoTrial(String),
    /// The cohort is impossible.
    #[error(transparent)]
    Cohort(#[from] CohortError),
    /// What an arm is given cannot be.
    #[error("treat arm `{arm}`: {why}")]
    Arm {
        /// The arm.
        arm: String,
        /// Why.
        why: RunError,
    },
}

impl Plan {
    /// The trial of a scenario; `patients` replaces the size of its cohort.
    ///
    /// # Errors
    ///
    /// [`PlanError`].
    pub fn new(scenario: &Scenario, patients: Option<u32>) -> Result<Self, PlanError> {
        let mut trial = scenario.trial.clone().ok_or_else(|| PlanError::NoTrial(scenario.name.clone()))?;
        for arm in 0..trial.arms.len() {
            if TrialView::primary(&trial, arm).estimand == Estimand::Hypothetical {
                trial.arms[arm].therapy.toxicity.stops = false;
            }
        }
        let spec = crate::trial::file::cohort_spec(scenario);
        let spec = CohortSpec { patients: patients.unwrap_or(spec.patients), ..spec };
        let space = StateSpace::new(scenario);
        Ok(Self {
            cohort: Cohort::new(&spec)?,
            assessment: Arc::new(trial.assessment.clone()),
            line_drugs: trial.arms.iter().map(|arm| Arc::new(line_drugs(&arm.therapy))).collect(),
            marks: Arc::new(space.marks(scenario.loci.len())),
            trial,
            scenario: scenario.clone(),
            horizon: scenario.trial.as_ref().and_then(|trial| trial.conduct.horizon),
        })
    }

    /// The same with another horizon, day.
    pub fn with_horizon(self, day: u32) -> Self {
        Self { horizon: Some(day), ..self }
    }

    /// Day up to which restricted means reach and days are counted, at most: the one that is asked for, or else the first day on which the
    /// last scan of those who are followed to the end may fall.
    pub fn horizon(&self) -> u32 {
        self.horizon.unwrap_or_else(|| {
            let last = self.trial.conduct.cutoff.unwrap_or(u32::MAX).min(self.end());
            let Assessment { visits, jitter, .. } = &*self.assessment;
            let days = (0..).map(|scan| visits.day(scan)).take_while(|day| day + jitter <= last);
            days.last().map_or(last, |day| day.saturating_sub(*jitter).max(1))
        })
    }

    /// Whether a horizon is asked for, and not as far as arms are observed.
    pub fn is_horizon_asked(&self) -> bool {
        self.horizon.is_some()
    }

    /// Tries out the plan of each arm on the typical patient, before anybody is simulated.
    ///
    /// # Errors
    ///
    /// [`PlanError::Arm`], with what a run of that therapy would say.
    pub fn check(&self) -> Result<(), PlanError> {
        for arm in self.arms() {
            let therapy = Some(arm.therapy.clone());
            let treated = Scenario { trial: None, therapy, ..self.scenario.clone() };
            let wrong = |why| PlanError::Arm { arm: arm.name.clone(), why };
            Job::new(&treated, Path::new("")).map_err(wrong)?;
        }
        Ok(())
    }

    /// The arms.
    pub fn arms(&self) -> &[Arm] {
        &self.trial.arms
    }

    /// Names of the loci, in the order of compositions.
    pub fn loci(&self) -> Vec<&str> {
        self.scenario.loci.iter().map(|l| l.name.as_str()).collect()
    }

    /// Last day of follow-up.
    pub fn end(&self) -> u32 {
        self.scenario.time.end / (24 / self.scenario.time.step_hours)
    }

    /// For each arm, another one that goes on where it ends: a patient whose first lines ended by progression there has been through
    /// this arm too, and needs not be simulated twice.
    pub fn longer_arms(&self) -> Vec<Option<usize>> {
        let arms = self.arms();
        let longer = |arm: &Arm| arms.iter().position(|other| is_beginning(&arm.therapy, &other.therapy));
        arms.iter().map(longer).collect()
    }

    /// The scenario of one patient, without a therapy.
    pub fn scenario_of(&self, patient: &VirtualPatient) -> Scenario {
        let mut own = Scenario { trial: None, replicates: 1, ..self.scenario.clone() };
        own.patient = Some(patient.data.clone());
        own.start.composition = patient.composition(&own.loci);
        if let Some(oxygen) = &mut own.oxygen {
            oxygen.vessels_per_mm2 = patient.vessels_per_mm2;
        }
        if let Some(agents) = self.trial.cohort.agents {
            own.lattice.size = super::lattice::size(&own, agents, patient.lesions.len() as u32);
        }
        own.catalogue.iter_mut().flat_map(|d| &mut d.kills).for_each(|kill| repair(kill, patient));
        let cells: f64 = patient.lesions.iter().map(Lesion::cells).sum();
        let agents = expected_cells(&own) * patient.lesions.len() as f64;
        own.cells_per_agent = own.cells_per_agent.or(Some((cells / agents).max(1.0)));
        own
    }

    /// The same patients without ledgers: see [`Scenario::without_ledger`].
    #[must_use]
    pub fn without_ledger(&self) -> Self {
        Self { scenario: self.scenario.clone().without_ledger(), ..self.clone() }
    }

    /// A patient's lesions before therapy, with their cells but where the file says what an agent stands for.
    pub fn lesions(&self, patient: &VirtualPatient) -> Vec<PlannedLesion> {
        let is_said = self.scenario.cells_per_agent.is_some();
        let cells = |lesion: &Lesion| (!is_said).then(|| lesion.cells());
        let of = |lesion: &Lesion| PlannedLesion { organ: lesion.organ, cells: cells(lesion) };
        patient.lesions.iter().map(of).collect()
    }

    /// What a patient is given in an arm: its plan, held against the patient's own baseline.
    pub fn therapy_in(&self, arm: usize, patient: &VirtualPatient) -> Therapy {
        let mut therapy = self.arms()[arm].therapy.clone();
        let follow = self.follow(patient, arm);
        therapy.visits.baseline_mm = Some(follow.measured_baseline_mm());
        therapy
    }

    /// Who is treated.
    pub fn treated(&self, patient: &VirtualPatient) -> Patient {
        let data = &patient.data;
        Patient {
            id: patient.id,
            seed: self.scenario.seed,
            body: Body { weight_kg: data.weight_kg, surface_m2: data.surface_m2 },
            typical: data.pharmacokinetics == Pharmacokinetics::Typical,
            factors: Some(Factors {
                radiation_dose: data.radiation_dose_factor,
                vessel_ec50: data.vegfr_ec_factor,
            }),
        }
    }

    /// The views of published figures, each once.
    pub fn published_views(&self) -> Vec<TrialView> {
        let mut views = Vec::new();
        for view in self.trial.published.iter().map(|figure| TrialView::published(&self.trial, figure)) {
            if !views.contains(&view) {
                views.push(view);
            }
        }
        views
    }

    /// How a patient is followed in an arm.
    pub fn follow(&self, patient: &VirtualPatient, arm: usize) -> FollowUp {
        let (conduct, key) =
            (&self.trial.conduct, StreamKey { seed: self.scenario.seed, patient: patient.id });
        FollowUp {
            key,
            entry: FollowUp::entry_day(conduct, key),
            withdraws: FollowUp::withdrawal_day(conduct, key),
            view: TrialView::primary(&self.trial, arm),
            line_drugs: self.line_drugs[arm].clone(),
            assessment: self.assessment.clone(),
            diameters_mm: patient.lesions.iter().map(|l| l.diameter_mm).collect(),
            end: self.end(),
            growth: patient.turnover.growth,
            age_years: patient.age_years,
            sex: patient.data.sex,
            cga_per_cell: patient.cga_per_cell,
            marks: self.marks.clone(),
        }
    }
}

/// Names of the drugs of each line.
fn line_drugs(therapy: &Therapy) -> Vec<Vec<String>> {
    let of =
        |line: &Line| line.regimens.iter().filter(|r| r.dose.is_some()).map(|r| r.drug.clone()).collect();
    therapy.lines.iter().map(of).collect()
}

/// An alkylating drug needs more where MGMT repairs what it does, and less where it does not.
fn repair(kill: &mut CellKill, patient: &VirtualPatient) {
    if let (Some(ec50), Some(mgmt)) = (&mut kill.ec50, &kill.mgmt) {
        ec50.value *= if patient.mgmt_low { 1.0 / mgmt.value } else { mgmt.value };
    }
}

/// Whether a plan is how another, longer one begins.
fn is_beginning(plan: &Therapy, longer: &Therapy) -> bool {
    let lines = plan.lines.len();
    lines < longer.lines.len()
        && plan.lines[..] == longer.lines[..lines]
        && (&plan.background, &plan.toxicity, &plan.monitoring)
            == (&longer.background, &longer.toxicity, &longer.monitoring)
}
