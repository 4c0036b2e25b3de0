//! Power and assurance of a trial of two arms that is being planned.
//!
//! ```text
//! draw of the posterior ─┬► growth of this trial's population ─► other patients in each arm ─► times ─► trials of each size ─► log-rank test
//! the fitted values ─────┘        (in draws alone)
//! power       share of trials that show the arm to be better, where the fitted values hold
//! assurance   the same over draws: what is not known of the model, and how trials differ, counted in (O'Hagan, Stevens and Campbell 2005)
//! ```
//!
//! Patients of the two arms are different ones, as in a trial. A draw has as many as the largest size asks for; smaller trials are of
//! patients chosen from them without replacement, so that their share of successes is not biased. Accrual, cut-off, withdrawal, reader and
//! estimand are those of the trial's file. The mean field computes the tumours.

mod folder;
mod row;
mod trials;

use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::TrialError;
use super::fitted::Fit;
use super::hooks::TrialHooks;
use super::predict::drawn;
use super::results::{Endpoint, simulate};
use super::run::{Plan, TrialOptions};
use super::stats::{Subject, normal_quantile};
use super::surrogate::refusal;
use crate::biology::patient::PatientParameter;
use crate::engine::EngineError;
use crate::scenario::{CohortChange, Laws, Scenario};
use crate::simulation::naming::shell_word;
use crate::simulation::{BackendOptions, RunError};
use crate::tissue::random::{RandomBlock, box_muller};

pub use folder::{DESIGN_FOLDER, DesignSummary};
pub use row::{DesignRow, PlannedTrial};
use trials::DrawnTrials;

/// Marks the counters of seeds.
const DESIGN: u32 = 0x6473_0001;
/// SD of the half-normal law of how much trials differ in the logarithm of growth (C: the widest that medians of the same drug in
/// comparable trials, 9.7 to 19.4 months on everolimus, ask for).
const BETWEEN: f64 = 0.3;
/// Fewest patients of an arm.
pub const MIN: u32 = 5;

/// What is asked of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DesignQuestion {
    /// Number of the arm that is to be shown to be better.
    pub arm: usize,
    /// Number of the arm that it is held against.
    pub against: usize,
    /// By which time.
    pub endpoint: Endpoint,
    /// Two-sided level of the test.
    pub alpha: f64,
    /// Share of trials that are to succeed.
    pub power: f64,
    /// Patients of both arms together, ascending.
    pub sizes: Vec<u32>,
    /// Patients of the arm for each one of the other.
    pub ratio: f64,
    /// Draws of the posterior.
    pub draws: u32,
    /// SD of the logarithm of growth between trials; `None`: drawn from a half-normal law.
    pub between: Option<f64>,
}

/// The two arms of a draw: times of their patients.
type Pools = [Vec<Subject>; 2];

impl DesignQuestion {
    /// Patients of the arm, and of the other one, of a trial of a size.
    pub fn split(&self, patients: u32) -> [u32; 2] {
        let own = libm::round(f64::from(patients) * self.ratio / (1.0 + self.ratio)) as u32;
        [own.min(patients), patients - own.min(patients)]
    }

    /// Names of the arm and of the other one.
    pub fn arms<'a>(&self, scenario: &'a Scenario) -> [&'a str; 2] {
        let arms = scenario.trial.as_ref().map_or(&[][..], |trial| &trial.arms);
        [self.arm, self.against].map(|arm| arms.get(arm).map_or("", |arm| arm.name.as_str()))
    }

    /// The options of the command that ask this.
    pub fn options(&self, scenario: &Scenario) -> String {
        let [arm, against] = self.arms(scenario).map(shell_word);
        let sizes: Vec<String> = self.sizes.iter().map(u32::to_string).collect();
        let between = self.between.map_or_else(String::new, |sd| format!(" --between-trials {sd}"));
        format!(
            "--arm {arm} --against {against} --endpoint {} --alpha {} --power {} --sizes {} --ratio {} --draws {}{between}",
            self.endpoint.word(),
            self.alpha,
            self.power,
            sizes.join(","),
            self.ratio,
            self.draws
        )
    }

    /// Whether the trial can be planned so.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`], with a way out.
    pub fn check(&self, scenario: &Scenario) -> Result<(), TrialError> {
        let refuse = |why: String| Err(TrialError::Input(why));
        let Some(trial) = &scenario.trial else {
            return refuse(format!("`{}` is not a trial: it has no [cohort] and no [[arm]]", scenario.name));
        };
        if trial.conduct.cutoff.is_none() {
            return refuse(format!(
                "`{}` has no data cut-off, so that nobody knows how many events it will see: give `cutoff` in [trial], or --set trial.cutoff=\"36 mo\"",
                scenario.name
            ));
        }
        if self.arm == self.against {
            return refuse("an arm cannot be better than itself: name another one with --against".to_owned());
        }
        if let Some(why) = refusal(scenario) {
            return refuse(format!("the mean field computes the tumours, and this trial {why}"));
        }
        match self.sizes.iter().find(|size| self.split(**size).iter().any(|arm| *arm < MIN)) {
            Some(size) => refuse(format!(
                "{size} patients at a ratio of {} leave an arm with fewer than {MIN}: plan for more",
                self.ratio
            )),
            None => Ok(()),
        }
    }

    /// Plans it.
    ///
    /// # Errors
    ///
    /// [`TrialError`]: as [`check`](Self::check), and of the first draw that failed.
    pub fn plan(
        &self,
        scenario: &Scenario,
        threads: usize,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<PlannedTrial, TrialError> {
        self.check(scenario)?;
        let fit = Fit::embedded();
        let numbers = fit.sample(self.draws);
        let of_draw = |i: u32| Draw {
            laws: Laws::Draw(numbers[i as usize]),
            number: i,
            effect: self.effect(scenario, i),
        };
        // The same numbers of patients with the fitted values: their counters follow on those of the draws.
        let of_fit = |i: u32| Draw { laws: Laws::Fitted, number: self.draws + i, effect: 0.0 };
        let draws: Vec<Draw> = (0..self.draws).map(of_draw).chain((0..self.draws).map(of_fit)).collect();
        hooks.listener.begins("draws", draws.len() as u64);
        let (told, stop) = (Mutex::new((&mut hooks.listener, 0)), hooks.stop);
        let one = |draw: &Draw| {
            let pools = self.pools(scenario, draw, stop)?;
            let trials = DrawnTrials::new(self, scenario.seed, draw.number, &pools);
            let (listener, done) = &mut *told.lock().unwrap_or_else(PoisonError::into_inner);
            *done += 1;
            listener.progress(*done, draws.len() as u64);
            Ok(trials)
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
        let pool = pool.map_err(|e| RunError::from(EngineError::Threads(e.to_string())))?;
        let all: Vec<Result<DrawnTrials, TrialError>> = pool.install(|| draws.par_iter().map(one).collect());
        let all = all.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (drawn, fitted) = all.split_at(self.draws as usize);
        Ok(PlannedTrial::new(self, drawn, fitted, fit.effective_draws()))
    }

    /// By how much the logarithm of growth of a trial's population differs from what the draw says. Where growth follows covariates it is
    /// in the draw already, unless it is given.
    fn effect(&self, scenario: &Scenario, draw: u32) -> f64 {
        let normal = |of: u32| box_muller(RandomBlock::of(scenario.seed, [draw, of, 1, DESIGN]).open());
        let is_drawn = scenario.trial.as_ref().is_some_and(|trial| trial.cohort.grows_by_covariates());
        let usual = || if is_drawn { 0.0 } else { BETWEEN * normal(0).abs() };
        self.between.unwrap_or_else(usual) * normal(1)
    }

    /// Times of the patients of both arms in a draw.
    fn pools(&self, scenario: &Scenario, draw: &Draw, stop: &AtomicUsize) -> Result<Pools, TrialError> {
        let largest = self.sizes.iter().copied().max().unwrap_or(0);
        let [own, other] = self.split(largest);
        let of = |arm: usize, patients: u32| -> Result<Vec<Subject>, TrialError> {
            let scenario = drawn(scenario, draw.laws, [draw.number, arm as u32, 0, DESIGN]);
            let plan = Plan::new(&grown(scenario, draw.effect)?, Some(patients))?;
            let backend = BackendOptions::cpu(1);
            let choices = TrialOptions { backend, patients: None, arms: Some(vec![arm]), surrogate: true };
            Ok(simulate(&plan, &choices, stop)?.subjects(arm, self.endpoint))
        };
        Ok([of(self.arm, own)?, of(self.against, other)?])
    }

    /// Score beyond which a trial has shown that the arm is better.
    fn critical(&self) -> f64 {
        normal_quantile(1.0 - self.alpha / 2.0)
    }
}

/// Under which values a trial is simulated.
struct Draw {
    laws: Laws,
    number: u32,
    effect: f64,
}

/// A trial whose population grows by this much faster, as a logarithm.
fn grown(mut scenario: Scenario, effect: f64) -> Result<Scenario, TrialError> {
    if effect != 0.0 {
        let plan = Plan::new(&scenario, Some(1))?;
        let usual = plan.cohort.distributions()[PatientParameter::Growth.index()].typical;
        let typical = Some(usual * libm::exp(effect));
        let change = CohortChange { quantity: "growth".to_owned(), typical, spread: None, fixed: None };
        scenario.trial.iter_mut().for_each(|trial| trial.cohort.changes.push(change.clone()));
    }
    Ok(scenario)
}

#[cfg(test)]
mod tests;
