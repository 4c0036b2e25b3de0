//! The search: generations of draws by the surrogate, then agents judge some of the last one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::abc::{Attempt, Particle, Sampler, threshold, weigh};
use super::distance::{Fit, at, distance, fits};
use super::file::{Calibration, Fitted};
use crate::simulation::{BackendOptions, RunError};
use crate::trial::results::simulate;
use crate::trial::run::Choices;

/// Evaluations in a generation for each draw that is to be kept, after which it is content with fewer.
const PATIENCE: usize = 8;
/// Attempts, most of which leave the prior where there are many parameters.
pub(super) const MOST_ATTEMPTS: u32 = 1 << 20;

/// Who is told of a search, and keeps its attempts.
pub trait Ledger {
    /// An attempt was made: it is kept so that a search that was stopped need not make it again.
    ///
    /// # Errors
    ///
    /// A full disk.
    fn note(&mut self, attempt: &Attempt) -> Result<(), RunError>;

    /// How many draws of a generation are kept, of how many.
    fn progress(&mut self, what: &str, done: usize, all: usize);
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The posterior, as the last generation.
    Posterior(Vec<Particle>),
    /// A signal stopped it.
    Stopped(usize),
}

/// A draw as agents judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
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
    /// Attempts that are known already.
    pub known: BTreeMap<(u32, u32), f64>,
    /// Threads.
    pub threads: usize,
    /// Set by a signal.
    pub stop: &'a AtomicUsize,
}

impl Search<'_> {
    fn values(&self, places: &[f64]) -> Vec<f64> {
        self.calibration.parameters.iter().zip(places).map(|(p, place)| p.value(*place)).collect()
    }

    /// Figures at some values: by the surrogate with a thread of its own, or by agents.
    fn fits(&self, values: &[f64], agents: Option<u32>) -> Result<Result<Vec<Fit>, usize>, RunError> {
        let mut all = Vec::new();
        for fitted in self.trials {
            // What the cohort refuses is no draw.
            let Ok(plan) = at(self.calibration, fitted, values, agents) else { return Ok(Ok(Vec::new())) };
            let mut arms: Vec<usize> =
                fitted.figures.iter().flat_map(|f| [Some(f.arm), f.against]).flatten().collect();
            arms.sort_unstable();
            arms.dedup();
            let threads = if agents.is_some() { self.threads } else { 1 };
            let backend = BackendOptions::cpu(threads);
            let choices = Choices { backend, patients: None, arms: Some(arms), surrogate: agents.is_none() };
            match simulate(&plan, &choices, self.stop)? {
                Ok(results) => all.extend(fits(fitted, &plan, &results)),
                Err(signal) => return Ok(Err(signal)),
            }
        }
        Ok(Ok(all))
    }

    /// Distances of attempts, several at once.
    fn distances(&self, tried: &[(u32, Vec<f64>)]) -> Result<Result<Vec<f64>, usize>, RunError> {
        let one = |places: &[f64]| -> Result<Result<f64, usize>, RunError> {
            let fits = self.fits(&self.values(places), None)?;
            Ok(fits.map(|f| if f.is_empty() { f64::INFINITY } else { distance(&f) }))
        };
        let found: Vec<Result<Result<f64, usize>, RunError>> = std::thread::scope(|scope| {
            let workers: Vec<_> = tried.iter().map(|(_, places)| scope.spawn(|| one(places))).collect();
            let fault = || Err(RunError::Signalling("evaluate a draw: a fault of the program".to_owned()));
            workers.into_iter().map(|w| w.join().unwrap_or_else(|_| fault())).collect()
        });
        let mut all = Vec::new();
        for result in found {
            match result? {
                Ok(distance) => all.push(distance),
                Err(signal) => return Ok(Err(signal)),
            }
        }
        Ok(Ok(all))
    }

    /// Runs all generations.
    ///
    /// # Errors
    ///
    /// What the trials say, and the ledger.
    pub fn run(&mut self, ledger: &mut dyn Ledger) -> Result<Found, RunError> {
        let sampler = Sampler { seed: self.calibration.seed, parameters: self.calibration.parameters.len() };
        let mut now: Vec<Particle> = Vec::new();
        for generation in 0..=self.calibration.generations {
            match self.generation(&sampler, &now, generation, ledger)? {
                Ok(next) => now = next,
                Err(signal) => return Ok(Found::Stopped(signal)),
            }
        }
        Ok(Found::Posterior(now))
    }

    fn generation(
        &mut self,
        sampler: &Sampler,
        before: &[Particle],
        generation: u32,
        ledger: &mut dyn Ledger,
    ) -> Result<Result<Vec<Particle>, usize>, RunError> {
        let wanted = self.calibration.particles;
        let limit = if before.is_empty() { f64::INFINITY } else { threshold(before) };
        let mut kept = Vec::new();
        let (mut attempt, mut evaluated) = (0, 0);
        while kept.len() < wanted && evaluated < PATIENCE * wanted && attempt < MOST_ATTEMPTS {
            if self.stop.load(Ordering::Relaxed) != 0 {
                return Ok(Err(self.stop.load(Ordering::Relaxed)));
            }
            let mut tried: Vec<(u32, Vec<f64>)> = Vec::new();
            while tried.len() < self.threads && attempt < MOST_ATTEMPTS {
                tried.extend(sampler.propose(before, generation, attempt).map(|places| (attempt, places)));
                attempt += 1;
            }
            let unknown: Vec<(u32, Vec<f64>)> =
                tried.iter().filter(|(n, _)| !self.known.contains_key(&(generation, *n))).cloned().collect();
            let distances = match self.distances(&unknown)? {
                Ok(distances) => distances,
                Err(signal) => return Ok(Err(signal)),
            };
            let mut found = distances.into_iter();
            for (number, places) in tried {
                // What is beyond the end was tried for nothing: how much depends on the threads, and what is noted must not.
                if kept.len() == wanted || evaluated == PATIENCE * wanted {
                    break;
                }
                evaluated += 1;
                let distance = match self.known.get(&(generation, number)) {
                    Some(known) => *known,
                    None => {
                        let distance = found.next().unwrap_or(f64::INFINITY);
                        let attempt = Attempt { generation, number, places: places.clone(), distance };
                        ledger.note(&attempt)?;
                        self.known.insert((generation, number), distance);
                        distance
                    }
                };
                if distance <= limit && distance.is_finite() {
                    kept.push((places, distance));
                }
            }
            ledger.progress(&format!("generation {generation}"), kept.len(), wanted);
        }
        Ok(Ok(if kept.is_empty() { before.to_vec() } else { weigh(kept, before) }))
    }

    /// Lets agents judge the nearest draws of a posterior, and the middle of it; the best comes first.
    ///
    /// # Errors
    ///
    /// As [`Search::run`].
    pub fn judge(
        &self,
        posterior: &[Particle],
        ledger: &mut dyn Ledger,
    ) -> Result<Result<Vec<Judged>, usize>, RunError> {
        let mut order: Vec<&Particle> = posterior.iter().collect();
        order.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        let mut all: Vec<Judged> = Vec::new();
        for (done, particle) in order.iter().take(self.calibration.judged).enumerate() {
            ledger.progress("judged by agents", done, self.calibration.judged);
            let values = self.values(&particle.places);
            match self.fits(&values, Some(self.calibration.agents))? {
                Ok(fits) => {
                    all.push(Judged {
                        values,
                        surrogate: particle.distance,
                        distance: distance(&fits),
                        fits,
                    });
                }
                Err(signal) => return Ok(Err(signal)),
            }
        }
        all.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        Ok(Ok(all))
    }
}
