//! What a trial of the published size would show, as far as the fit leaves it open.
//!
//! ```text
//! draw of the posterior ─► laws between patients ─► other patients in each arm, as many as were published ─► figure
//!      of all draws: median and central 95 % of the figures
//! ```
//!
//! So the interval holds both what is not known of the fitted numbers and the chance of who is enrolled; it does not hold
//! what is wrong with the model. The mean-field surrogate computes it.

use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::Serialize;

use super::error::TrialError;
use super::fitted::Fit;
use super::hooks::Listener;
use super::results::{Results, figure, simulate};
use super::run::{Plan, PlanError, TrialOptions};
use crate::engine::EngineError;
use crate::scenario::{Laws, Published, Scenario};
use crate::simulation::{BackendOptions, RunError};
use crate::tissue::random::RandomBlock;

/// Patients of an arm whose published size is not given.
pub const USUAL_ARM: u32 = 100;
/// Marks the counters of seeds.
const PREDICTION: u32 = 0x7072_0001;

/// Draws from which on their central 95 % is one: with fewer its ends are all but the smallest and largest.
pub const ENOUGH: u32 = 40;

/// A predicted figure. `None` within it is more than was followed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Predicted {
    /// Median over draws.
    pub median: Option<f64>,
    /// Lower end of the central 95 %.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Draws that gave the figure.
    pub draws: u32,
}

impl Predicted {
    /// Of figures; what was not reached is more than all others. `None` without any.
    fn of(figures: &[Option<f64>]) -> Option<Self> {
        let mut all: Vec<f64> = figures.iter().map(|f| f.unwrap_or(f64::INFINITY)).collect();
        all.sort_by(f64::total_cmp);
        let last = all.len().checked_sub(1)?;
        let at = |share: f64| {
            let place = share * last as f64;
            let (below, part) = (place as usize, place.fract());
            let (low, high) = (all[below], all[(below + 1).min(last)]);
            let value = if part == 0.0 { low } else { low + part * (high - low) };
            value.is_finite().then_some(value)
        };
        Some(Self { median: at(0.5), low: at(0.025), high: at(0.975), draws: all.len() as u32 })
    }

    /// Whether a published value lies in the interval; `None` with too few draws to say.
    pub fn verdict(&self, published: f64) -> Option<bool> {
        (self.draws >= ENOUGH).then(|| self.holds(published))
    }

    /// Whether a published value lies between the ends.
    fn holds(&self, published: f64) -> bool {
        self.low.is_some_and(|low| low <= published) && self.high.is_none_or(|high| published <= high)
    }
}

/// Predictions under way.
pub struct Prediction<'a> {
    /// The trial.
    pub scenario: &'a Scenario,
    /// Number of draws.
    pub draws: u32,
    /// Threads.
    pub threads: usize,
    /// Set by a signal.
    pub stop: &'a AtomicUsize,
}

impl Prediction<'_> {
    /// Predicts all published figures of the trial, in their order. The listener is told how many draws are done.
    ///
    /// # Errors
    ///
    /// [`TrialError`], of the first draw that failed.
    pub fn run(&self, listener: &mut dyn Listener) -> Result<Vec<Option<Predicted>>, TrialError> {
        let numbers = Fit::embedded().sample(self.draws);
        let told = Mutex::new((listener, 0));
        let draw = |(i, number): (usize, &u32)| {
            let figures = self.draw(i as u32, *number);
            let (listener, done) = &mut *told.lock().unwrap_or_else(PoisonError::into_inner);
            *done += 1;
            listener.progress(*done, self.draws.into());
            figures
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads.max(1)).build();
        let pool = pool.map_err(|e| RunError::from(EngineError::Threads(e.to_string())))?;
        let all: Vec<_> = pool.install(|| numbers.par_iter().enumerate().map(draw).collect());
        let of_draws = all.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok((0..self.published().len()).map(|j| predicted(j, &of_draws)).collect())
    }

    fn published(&self) -> &[Published] {
        self.scenario.trial.as_ref().map_or(&[], |t| &t.published)
    }

    /// Figures of a draw.
    fn draw(&self, i: u32, number: u32) -> Result<Vec<Drawn>, TrialError> {
        let published = self.published();
        let mut arms: Vec<usize> =
            published.iter().flat_map(|p| [Some(p.arm), p.against]).flatten().collect();
        arms.sort_unstable();
        arms.dedup();
        let mut together: Option<Results> = None;
        for arm in arms {
            let plan = self.plan(i, number, arm)?;
            let backend = BackendOptions::cpu(1);
            let choices = TrialOptions { backend, patients: None, arms: Some(vec![arm]), surrogate: true };
            let own = simulate(&plan, &choices, self.stop)?;
            let results = together.get_or_insert_with(|| Results::new(&plan));
            results.take_arm(arm, own);
        }
        let Some((results, trial)) = together.zip(self.scenario.trial.as_ref()) else {
            return Ok(Vec::new());
        };
        Ok(published.iter().map(|p| figure(trial, &results, p).map(|f| f.value)).collect())
    }

    /// The trial of a draw, with the patients of one arm.
    fn plan(&self, i: u32, number: u32, arm: usize) -> Result<Plan, PlanError> {
        let enrolled = self.scenario.trial.as_ref().and_then(|trial| trial.arms[arm].enrolled);
        let own = drawn(self.scenario, Laws::Draw(number), [i, arm as u32, 0, PREDICTION]).without_ledger();
        Plan::new(&own, Some(enrolled.unwrap_or(USUAL_ARM)))
    }
}

/// A trial under other laws between patients and with other patients, who are those of a counter.
pub(super) fn drawn(scenario: &Scenario, laws: Laws, counter: [u32; 4]) -> Scenario {
    let [seed, _] = RandomBlock::of(scenario.seed, counter).pairs();
    let mut own = Scenario { seed, ..scenario.clone() };
    Fit::embedded().set_of_all(laws, &mut own);
    own.trial.iter_mut().for_each(|trial| trial.cohort.laws = laws);
    own
}

/// A figure of a draw: none at all, or one that was not reached.
type Drawn = Option<Option<f64>>;

fn predicted(j: usize, of_draws: &[Vec<Drawn>]) -> Option<Predicted> {
    let figures: Vec<Option<f64>> =
        of_draws.iter().filter_map(|draw| draw.get(j).copied().flatten()).collect();
    Predicted::of(&figures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::review;

    #[test]
    fn intervals_are_quantiles_and_what_was_not_reached_is_most() {
        let of = |all: &[Option<f64>]| Predicted::of(all);
        assert_eq!(of(&[]), None);
        let all: Vec<Option<f64>> = (0..=40).map(|i| Some(f64::from(i))).collect();
        let found = of(&all).unwrap();
        assert_eq!(
            (found.low, found.median, found.high, found.draws),
            (Some(1.0), Some(20.0), Some(39.0), 41)
        );
        assert_eq!((found.verdict(1.0), found.verdict(0.9)), (Some(true), Some(false)));
        assert_eq!(of(&all[..39]).unwrap().verdict(1.0), None, "39 draws are too few");
        assert!(found.holds(1.0) && found.holds(39.0) && !found.holds(39.1) && !found.holds(0.9));
        let open = of(&[Some(10.0), Some(12.0), None, Some(11.0)]).unwrap();
        assert_eq!((open.low.map(f64::floor), open.median, open.high), (Some(10.0), Some(11.5), None));
        assert!(open.holds(1e9) && !open.holds(9.0));
    }

    // Draws differ by their laws and by their patients, and are the same whoever computes them.
    #[test]
    fn predictions_do_not_depend_on_threads() {
        let mut scenario = review::parse(review::find("radiant-3").unwrap()).unwrap().scenario;
        for arm in &mut scenario.trial.as_mut().unwrap().arms {
            arm.enrolled = Some(8);
        }
        let stop = AtomicUsize::new(0);
        let with = |threads| {
            let prediction = Prediction { scenario: &scenario, draws: 3, threads, stop: &stop };
            prediction.run(&mut ()).unwrap()
        };
        let (one, three) = (with(1), with(3));
        assert_eq!(one, three);
        let median = one[1].unwrap();
        assert!(median.draws == 3 && median.low < median.high, "{median:?}");
        stop.store(2, std::sync::atomic::Ordering::Relaxed);
        let stopped = Prediction { scenario: &scenario, draws: 3, threads: 1, stop: &stop }.run(&mut ());
        assert!(matches!(stopped, Err(TrialError::Stopped(2))), "{stopped:?}");
    }
}
