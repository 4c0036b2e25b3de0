//! Approximate Bayesian computation by sequential Monte Carlo (Toni et al., J R Soc Interface 2009;6:187; Beaumont et al., Biometrika
//! 2009;96:983): draws of the prior, then generations in which draws of the one before are moved by a normal kernel with twice their
//! weighted variance and kept if their distance is below the median of the one before.
//!
//! Places are those in the prior, 0 to 1 in every direction. Every attempt is keyed by (seed, generation, number), and draws are
//! kept in the order of attempts: results do not depend on how many are tried at once.

use serde::{Deserialize, Serialize};

use crate::tissue::random::RandomBlock;
use crate::trial::exact;
use crate::trial::stats::normal_quantile;

/// Marks the counters of calibrations.
const CALIBRATION: u32 = 0x6362_0001;
/// Share of a generation whose distance the next one must reach.
const QUANTILE: f64 = 0.5;
/// Attempts, most of which leave the prior where there are many parameters.
pub(super) const MAX_ATTEMPTS: u32 = 1 << 20;

/// Kernel: standard deviation relative to the weighted one of the generation before (its variance twice as large).
const KERNEL: f64 = std::f64::consts::SQRT_2;

/// A draw that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// Generation, from 0: draws of the prior.
    pub generation: u32,
    /// Number in the generation.
    pub number: u32,
    /// Places in the prior.
    pub places: Vec<f64>,
    /// Its distance.
    #[serde(with = "exact")]
    pub distance: f64,
}

/// A draw that was kept, with its weight.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Particle {
    /// Places in the prior.
    pub places: Vec<f64>,
    /// Its distance.
    pub distance: f64,
    /// Its weight; those of a generation sum to 1.
    pub weight: f64,
}

/// Draws of one seed.
#[derive(Debug, Clone, Copy)]
pub struct Sampler {
    /// The seed.
    pub seed: u64,
    /// Number of parameters.
    pub parameters: usize,
}

impl Sampler {
    fn uniform(&self, generation: u32, attempt: u32, slot: u32) -> f64 {
        RandomBlock::of(self.seed, [generation, attempt, slot, CALIBRATION]).uniform()
    }

    /// The places of an attempt, given the generation before; `None` where it would leave the prior.
    pub fn propose(&self, before: &[Particle], generation: u32, attempt: u32) -> Option<Vec<f64>> {
        let slots = 0..self.parameters as u32;
        if before.is_empty() {
            return Some(slots.map(|slot| self.uniform(generation, attempt, slot)).collect());
        }
        let widths = kernel(before);
        let mut left = self.uniform(generation, attempt, u32::MAX);
        let chosen = before.iter().find(|p| {
            left -= p.weight;
            left <= 0.0
        });
        let from = &chosen.or(before.last())?.places;
        let moved: Vec<f64> = slots
            .map(|slot| {
                let z = normal_quantile(self.uniform(generation, attempt, slot));
                from[slot as usize] + widths[slot as usize] * z
            })
            .collect();
        moved.iter().all(|p| (0.0..=1.0).contains(p)).then_some(moved)
    }
}

/// Standard deviations of the kernel.
fn kernel(particles: &[Particle]) -> Vec<f64> {
    let middle = middle(particles);
    let of = |j: usize| {
        let mean = middle[j];
        let variance: f64 =
            particles.iter().map(|p| p.weight * (p.places[j] - mean) * (p.places[j] - mean)).sum();
        KERNEL * libm::sqrt(variance).max(1e-4)
    };
    (0..middle.len()).map(of).collect()
}

/// Weighted mean of the places.
pub fn middle(particles: &[Particle]) -> Vec<f64> {
    let parameters = particles.first().map_or(0, |p| p.places.len());
    (0..parameters).map(|j| particles.iter().map(|p| p.weight * p.places[j]).sum()).collect()
}

/// Distance that the next generation must reach.
pub fn threshold(particles: &[Particle]) -> f64 {
    let mut all: Vec<f64> = particles.iter().map(|p| p.distance).collect();
    all.sort_by(f64::total_cmp);
    all.get((all.len() as f64 * QUANTILE) as usize).copied().unwrap_or(f64::INFINITY)
}

/// Weights of draws that were kept: the prior, which is flat, over the density of the proposal.
pub fn weigh(kept: Vec<(Vec<f64>, f64)>, before: &[Particle]) -> Vec<Particle> {
    let widths = kernel(before);
    let density = |places: &[f64]| -> f64 {
        let at = |p: &Particle| {
            let squares =
                places.iter().zip(&p.places).zip(&widths).map(|((a, b), w)| (a - b) / w * ((a - b) / w));
            p.weight * libm::exp(-0.5 * squares.sum::<f64>())
        };
        before.iter().map(at).sum()
    };
    let raw: Vec<f64> =
        kept.iter().map(|(places, _)| if before.is_empty() { 1.0 } else { 1.0 / density(places) }).collect();
    let sum: f64 = raw.iter().sum();
    let particle =
        |((places, distance), w): ((Vec<f64>, f64), f64)| Particle { places, distance, weight: w / sum };
    kept.into_iter().zip(raw).map(particle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A whole calibration of a known law: the distance is that to 0.3, 0.7.
    fn posterior(generations: u32) -> Vec<Particle> {
        let sampler = Sampler { seed: 4, parameters: 2 };
        let distance = |p: &[f64]| libm::hypot(p[0] - 0.3, (p[1] - 0.7) / 4.0);
        let mut now: Vec<Particle> = Vec::new();
        for generation in 0..=generations {
            let limit = if now.is_empty() { f64::INFINITY } else { threshold(&now) };
            let mut kept = Vec::new();
            for attempt in 0.. {
                if let Some(places) = sampler.propose(&now, generation, attempt)
                    && distance(&places) <= limit
                {
                    kept.push((places.clone(), distance(&places)));
                }
                if kept.len() == 200 {
                    break;
                }
            }
            now = weigh(kept, &now);
        }
        now
    }

    #[test]
    fn generations_close_in_on_what_fits() {
        let spread = |of: &[Particle], j: usize, at: f64| -> f64 {
            libm::sqrt(of.iter().map(|p| p.weight * (p.places[j] - at) * (p.places[j] - at)).sum())
        };
        let (first, last) = (posterior(0), posterior(5));
        assert!(spread(&last, 0, 0.3) < 0.15 * spread(&first, 0, 0.3));
        // The direction to which the distance is four times less sensitive stays wider.
        assert!(spread(&last, 1, 0.7) > 1.5 * spread(&last, 0, 0.3));
        assert!((last.iter().map(|p| p.weight).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(last.iter().all(|p| p.places.iter().all(|x| (0.0..=1.0).contains(x))));
        let mean: f64 = last.iter().map(|p| p.weight * p.places[0]).sum();
        assert!((mean - 0.3).abs() < 0.02, "{mean}");
    }
}
