//! The search: generations of draws by the surrogate, then agents judge some of the last one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::abc::{Attempt, MAX_ATTEMPTS, Particle, Sampler, middle, threshold, weigh};
use super::distance::{Fit, distance, fits};
use super::file::{Calibration, Fitted, at};
use crate::simulation::{BackendOptions, RunError};
use crate::trial::book::Book;
use crate::trial::error::TrialError;
use crate::trial::hooks::Listener;
use crate::trial::results::simulate;
use crate::trial::run::TrialOptions;

/// Evaluations in a generation for each draw that is to be kept, after which it is content with fewer.
const PATIENCE: usize = 8;
/// A draw as agents judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedDraw {
    /// Values of the parameters.
    pub values: Vec<f64>,
    /// Distance by the surrogate.
    pub surrogate: f64,
    /// Distance by agents.
    pub distance: f64,
    /// Figure by figure, by agents.
    pub fits: Vec<Fit>,
}

/// A calibration under way.
pub struct Search<'a> {
    /// What is asked for.
    pub calibration: &'a Calibration,
    /// The trials.
    pub trials: &'a [Fitted],
    /// Threads.
    pub threads: usize,
    /// Not zero once the search is to stop: the number of the signal.
    pub stop: &'a AtomicUsize,
}

/// What a search writes and says.
pub struct Ledger<'a> {
    /// Where attempts are kept, so that a search that was stopped need not make them again.
    pub book: Book<Attempt>,
    /// Distances of attempts that are known already, by generation and number.
    pub known: BTreeMap<(u32, u32), f64>,
    /// Who is told how many draws of a generation are kept.
    pub listener: &'a mut dyn Listener,
}

impl Search<'_> {
    fn values(&self, places: &[f64]) -> Vec<f64> {
        self.calibration.parameters.iter().zip(places).map(|(p, place)| p.value(*place)).collect()
    }

    /// Figures at some values: by the surrogate with a thread of its own, or by agents.
    fn fits(&self, values: &[f64], agents: Option<u32>) -> Result<Vec<Fit>, TrialError> {
        let mut all = Vec::new();
        for fitted in self.trials {
            // What the cohort refuses is not a draw.
            let Ok(plan) = at(self.calibration, fitted, values, agents) else { return Ok(Vec::new()) };
            let threads = if agents.is_some() { self.threads } else { 1 };
            let backend = BackendOptions::cpu(threads);
            let choices = TrialOptions {
                backend,
                patients: None,
                arms: Some(fitted.arms()),
                surrogate: agents.is_none(),
            };
            all.extend(fits(fitted, &plan, &simulate(&plan, &choices, self.stop)?));
        }
        Ok(all)
    }

    /// Distances of attempts, several at once.
    fn distances(&self, tried: &[(u32, Vec<f64>)]) -> Result<Vec<f64>, TrialError> {
        let one = |places: &[f64]| -> Result<f64, TrialError> {
            let fits = self.fits(&self.values(places), None)?;
            Ok(if fits.is_empty() { f64::INFINITY } else { distance(&fits) })
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = tried.iter().map(|(_, places)| scope.spawn(|| one(places))).collect();
            let fault =
                || Err(RunError::Signalling("evaluate a draw: a fault of the program".to_owned()).into());
            workers.into_iter().map(|w| w.join().unwrap_or_else(|_| fault())).collect()
        })
    }

    /// Runs all generations; the posterior, which is the last of them.
    ///
    /// # Errors
    ///
    /// As trials fail; a full disk; [`TrialError::Stopped`].
    pub fn run(&self, ledger: &mut Ledger<'_>) -> Result<Vec<Particle>, TrialError> {
        let sampler = Sampler { seed: self.calibration.seed, parameters: self.calibration.parameters.len() };
        let mut now: Vec<Particle> = Vec::new();
        for generation in 0..=self.calibration.generations {
            now = self.generation(&sampler, &now, generation, ledger)?;
        }
        Ok(now)
    }

    fn generation(
        &self,
        sampler: &Sampler,
        before: &[Particle],
        generation: u32,
        ledger: &mut Ledger<'_>,
    ) -> Result<Vec<Particle>, TrialError> {
        let wanted = self.calibration.particles;
        let limit = if before.is_empty() { f64::INFINITY } else { threshold(before) };
        ledger.listener.begins(&format!("generation {generation}"), wanted as u64);
        let mut kept = Vec::new();
        let (mut attempt, mut evaluated) = (0, 0);
        while kept.len() < wanted && evaluated < PATIENCE * wanted && attempt < MAX_ATTEMPTS {
            if let signal @ 1.. = self.stop.load(Ordering::Relaxed) {
                return Err(TrialError::Stopped(signal));
            }
            let mut tried: Vec<(u32, Vec<f64>)> = Vec::new();
            while tried.len() < self.threads && attempt < MAX_ATTEMPTS {
                tried.extend(sampler.propose(before, generation, attempt).map(|places| (attempt, places)));
                attempt += 1;
            }
            let unknown: Vec<(u32, Vec<f64>)> = tried
                .iter()
                .filter(|(n, _)| !ledger.known.contains_key(&(generation, *n)))
                .cloned()
                .collect();
            let mut found = self.distances(&unknown)?.into_iter();
            for (number, places) in tried {
                // What is beyond the end was tried for nothing: how much depends on the threads, and what is noted must not.
                if kept.len() == wanted || evaluated == PATIENCE * wanted {
                    break;
                }
                evaluated += 1;
                let distance = match ledger.known.get(&(generation, number)) {
                    Some(known) => *known,
                    None => {
                        let distance = found.next().unwrap_or(f64::INFINITY);
                        let attempt = Attempt { generation, number, places: places.clone(), distance };
                        ledger.book.note(&attempt)?;
                        ledger.known.insert((generation, number), distance);
                        distance
                    }
                };
                if distance <= limit && distance.is_finite() {
                    kept.push((places, distance));
                }
            }
            ledger.listener.progress(kept.len() as u64, wanted as u64);
        }
        Ok(if kept.is_empty() { before.to_vec() } else { weigh(kept, before) })
    }

    /// Lets agents judge the nearest draws of a posterior, and the middle of it; the best comes first.
    ///
    /// # Errors
    ///
    /// As [`Search::run`].
    pub fn judge(
        &self,
        posterior: &[Particle],
        listener: &mut dyn Listener,
    ) -> Result<Vec<JudgedDraw>, TrialError> {
        let mut order: Vec<&Particle> = posterior.iter().collect();
        order.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        let nearest =
            order.iter().take(self.calibration.judged).map(|p| (self.values(&p.places), Some(p.distance)));
        let tried: Vec<(Vec<f64>, Option<f64>)> =
            std::iter::once((self.values(&middle(posterior)), None)).chain(nearest).collect();
        let mut all: Vec<JudgedDraw> = Vec::new();
        listener.begins("judged by agents", tried.len() as u64);
        for (done, (values, known)) in tried.iter().enumerate() {
            listener.progress(done as u64, tried.len() as u64);
            let surrogate = match known {
                Some(distance) => *distance,
                None => distance(&self.fits(values, None)?),
            };
            let fits = self.fits(values, Some(self.calibration.agents))?;
            all.push(JudgedDraw { values: values.clone(), surrogate, distance: distance(&fits), fits });
        }
        all.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        Ok(all)
    }
}
