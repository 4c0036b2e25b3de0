//! A search: rounds by the mean field, and agents for the front.

mod conclude;
mod confirm;

use std::collections::BTreeMap;

use super::file::{MIN, StrategySearch};
use super::joint::Joint;
use super::measures::{GROWTH, PatientMeasures, TFS};
use super::race::{Judge, JudgedCandidates};
use super::row::{BoundVerdict, FoundFront, FrontStatus};
use super::space::Space;
use crate::scenario::{Loaded, Scenario};
use crate::simulation::BackendOptions;
use crate::simulation::naming::counted;
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::question::QuestionText;
use crate::trial::results::simulate;
use crate::trial::run::{Plan, TrialOptions};
use crate::trial::surrogate::refusal;

/// Level of all that is said of candidates.
const ALPHA: f64 = 0.05;

/// A search that can be done.
#[derive(Debug, Clone)]
pub struct SearchPlan {
    /// What was asked.
    pub search: StrategySearch,
    /// The trial that was asked about, as it was read.
    pub base: Scenario,
    /// Candidates, with their trial.
    space: Space,
    plan: Plan,
    judge: Judge,
    /// Patients of each round, ascending.
    rounds: Vec<u32>,
}

/// What is known of a candidate.
#[derive(Debug, Clone, Default)]
struct CandidateRecord {
    /// By patients, in order.
    measured: Vec<PatientMeasures>,
    /// What became of it, with who pushed it out; `None` while it is in the race.
    left: Option<(FrontStatus, Option<usize>)>,
}

impl SearchPlan {
    /// Makes a search ready.
    ///
    /// # Errors
    ///
    /// [`TrialError`]: at the place of what is wrong in the file, or in the trial that it asks about.
    pub fn new(text: &QuestionText) -> Result<Self, TrialError> {
        let search = StrategySearch::parse(text)?;
        let Loaded { scenario: base, .. } = text.base(search.base.as_ref(), &search.set)?;
        if let Some(why) = refusal(&base) {
            return Err(TrialError::Input(format!("the mean field searches, and `{}` {why}", base.name)));
        }
        let space = Space::new(&search, text, &base)?;
        let most = search.patients(&base).max(MIN);
        let plan = Plan::new(&space.scenario, Some(most))?;
        plan.check()?;
        let benefit = match search.benefit {
            super::Benefit::Tfs => TFS,
            super::Benefit::TimeToGrowth => GROWTH,
        };
        let judge = Judge {
            benefit,
            bound: search.bound.get_ref().clone(),
            indifference: *search.indifference.get_ref(),
        };
        Ok(Self { rounds: rounds(most), search, base, space, plan, judge })
    }

    /// The trial of all candidates.
    pub fn scenario(&self) -> &Scenario {
        &self.space.scenario
    }

    /// Candidates and patients of the last round.
    pub fn size(&self) -> (usize, u32) {
        (self.space.candidates.len(), self.rounds.last().copied().unwrap_or(0))
    }

    /// What will be done, in a few lines.
    pub fn words(&self) -> String {
        let (candidates, _) = self.size();
        let rounds: Vec<String> = self.rounds.iter().map(u32::to_string).collect();
        let names: Vec<&str> = self.space.candidates.iter().map(|one| one.name.as_str()).collect();
        format!(
            "{} in rounds of {} patients, to day {}\n  {}",
            counted(candidates as u64, "candidate"),
            rounds.join(", "),
            self.plan.horizon(),
            names.join("\n  ")
        )
    }

    /// Searches; with `confirm` agents go through the candidates of the front in so many patients.
    ///
    /// # Errors
    ///
    /// [`TrialError`], of a simulation that failed, or a signal.
    pub fn run(
        &self,
        backend: &BackendOptions,
        confirm: Option<u32>,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<FoundFront, TrialError> {
        let mut known = vec![CandidateRecord::default(); self.space.candidates.len()];
        let mut entered = Vec::new();
        let mut failed = 0;
        let mut from = 0;
        for (number, to) in self.rounds.iter().enumerate() {
            let alive = alive(&known);
            entered.push(alive.len() as u32);
            hooks.listener.begins(&format!("patients of round {}", number + 1), u64::from(to - from));
            self.treat(backend, from..*to, &mut known, &alive, hooks)?;
            from = *to;
            failed = keep_common(&mut known, &alive, *to);
            if number + 1 < self.rounds.len() {
                self.judge_round(&mut known, &alive);
            }
        }
        let mut found = self.conclude(&mut known, failed);
        found.entered = entered;
        if let Some(patients) = confirm {
            self.confirm(backend, patients, &known, &mut found, hooks)?;
        }
        Ok(found)
    }

    /// Simulates patients in some candidates.
    fn treat(
        &self,
        backend: &BackendOptions,
        patients: std::ops::Range<u32>,
        known: &mut [CandidateRecord],
        arms: &[usize],
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(), TrialError> {
        let all = u64::from(patients.end - patients.start);
        let mut done = 0;
        // By parts, so that whoever waits sees how far it is.
        for part in patients.collect::<Vec<_>>().chunks(PART) {
            hooks.go_on()?;
            for (arm, measured) in self.measured(backend, part.to_vec(), arms, true, hooks)? {
                known[arm].measured.extend(measured);
            }
            done += part.len() as u64;
            hooks.listener.progress(done, all);
        }
        Ok(())
    }

    /// What some patients come to in some candidates.
    fn measured(
        &self,
        backend: &BackendOptions,
        patients: Vec<u32>,
        arms: &[usize],
        surrogate: bool,
        hooks: &TrialHooks<'_>,
    ) -> Result<BTreeMap<usize, Vec<PatientMeasures>>, TrialError> {
        let options = TrialOptions {
            backend: backend.clone(),
            patients: Some(patients),
            arms: Some(arms.to_vec()),
            surrogate,
        };
        let results = match surrogate {
            true => simulate(&self.plan.without_ledger(), &options, hooks.stop)?,
            false => simulate(&self.plan, &options, hooks.stop)?,
        };
        let (horizon, limiting) = (self.plan.horizon(), self.judge.bound.day().unwrap_or(28));
        let of = |arm: &usize| {
            let all =
                results.arms[*arm].iter().map(|outcome| PatientMeasures::new(outcome, horizon, limiting));
            (*arm, all.collect())
        };
        Ok(arms.iter().map(of).collect())
    }

    fn joint(&self, known: &[CandidateRecord], of: &[usize]) -> Joint {
        let measured: Vec<Vec<PatientMeasures>> = of.iter().map(|one| known[*one].measured.clone()).collect();
        let (columns, bounded) = self.judge.columns();
        Joint::new(&measured, self.base.seed, (&columns, &bounded), ALPHA / self.rounds.len() as f64)
    }

    /// Takes those out who need not go on.
    fn judge_round(&self, known: &mut [CandidateRecord], alive: &[usize]) {
        let joint = self.joint(known, alive);
        let judged = JudgedCandidates { judge: &self.judge, joint: &joint, count: alive.len() };
        let beaten = judged.beaten();
        let mut on = Vec::new();
        for (at, by) in beaten.iter().enumerate() {
            match (judged.bound(at), by) {
                (BoundVerdict::Broken, _) => known[alive[at]].left = Some((FrontStatus::OverBound, None)),
                (_, Some(by)) => known[alive[at]].left = Some((FrontStatus::Dropped, Some(alive[*by]))),
                _ => on.push(at),
            }
        }
        let go_on = judged.go_on(&on);
        for at in on.iter().filter(|at| !go_on.contains(at)) {
            known[alive[*at]].left = Some((FrontStatus::SetAside, None));
        }
    }
}

/// Patients between two looks at the clock.
const PART: usize = 20;

/// Patients of each round: a quarter, half, all; fewer rounds where a round would be too small.
fn rounds(most: u32) -> Vec<u32> {
    let mut all: Vec<u32> =
        [4, 2, 1].map(|part| most.div_ceil(part)).into_iter().filter(|n| *n >= MIN).collect();
    all.dedup();
    all
}

/// Those that are in the race.
fn alive(known: &[CandidateRecord]) -> Vec<usize> {
    (0..known.len()).filter(|one| known[*one].left.is_none()).collect()
}

/// Leaves patients out who failed in any candidate of the race; how many of so many there are.
fn keep_common(known: &mut [CandidateRecord], alive: &[usize], all: u32) -> u32 {
    let has =
        |one: usize, patient: u32| known[one].measured.binary_search_by_key(&patient, |m| m.patient).is_ok();
    let common: Vec<u32> = (0..all).filter(|patient| alive.iter().all(|one| has(*one, *patient))).collect();
    for one in alive {
        known[*one].measured.retain(|m| common.binary_search(&m.patient).is_ok());
    }
    all - common.len() as u32
}
