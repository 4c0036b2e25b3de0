//! Vessels, VEGF and perfusion as the engine's integer rules.
//!
//! Per voxel, with `v` the density relative to the patient's and `g` the VEGF relative to what cells of
//! the untreated tumour see:
//!
//! ```text
//! dv/dt = p · h(f·g) · (1 − v/v_max) − (d + d_rx)·v,   h(g) = g/(K + g),   K such that v = 1 at g = 1
//! D·∇²g − k·g + secretion = 0,                        sqrt(D/k) the diffusion length
//! perfusion = base · v · flow
//! ```
//!
//! Secretion is that of tissue of the tumour's density, whether the lattice holds few cells or many: it is a sample of a tumour that
//! takes room as it grows and contracts as it shrinks. It differs by the mean secretion of the lesion's cells and by local hypoxia.
//!
//! `base` is the local density, log-normal about the patient's mean (spacing of vessels is uneven); drugs act on the free share `f` of
//! VEGF, on the loss `d_rx`, and at once on `flow`.

use crate::engine::model::{ONE, OxygenRule, QUANTILES, SUPPLY_BINS, VesselRule};
use crate::scenario::{Lattice, Oxygen, Vessels};
use crate::tissue::shape::VOXEL;

use super::normal::normal_quantile;
use super::oxygen::{BINS, Supply, bin_mmhg};

/// Base densities by quantile, relative to the patient's mean: log-normal with a coefficient of variation, mean 1,
/// cut off below 2.
pub fn densities(unevenness: f64) -> Vec<f64> {
    let log_sd = libm::sqrt(libm::log1p(unevenness * unevenness));
    let raw: Vec<f64> = (0..QUANTILES)
        .map(|i| libm::exp(log_sd * normal_quantile((i as f64 + 0.5) / QUANTILES as f64)))
        .collect();
    // The cut takes from the mean: the scale that gives it back, by bisection.
    let cut = |scale: f64| raw.iter().map(|x| (scale * x).min(MAX_DENSITY)).collect::<Vec<f64>>();
    let (mut low, mut high) = (0.0, 4.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let mean = cut(middle).iter().sum::<f64>() / QUANTILES as f64;
        if mean < 1.0 { low = middle } else { high = middle }
    }
    cut(high)
}

/// Largest base density: the top of its fixed point.
const MAX_DENSITY: f64 = 1.999;

/// Saturation of growth by VEGF at which the untreated density is 1: `h` with `p·h·(1 − 1/v_max) = d`.
pub fn untreated_saturation(vessels: &Vessels) -> f64 {
    vessels.loss / (vessels.growth * (1.0 - 1.0 / vessels.ceiling))
}

/// Loss a step at a loss per day, 0.32 fixed point; linear, as growth is, so that both balance at the density of the
/// untreated tumour at any step length.
pub fn per_step(rate: f64, step_days: f64) -> u32 {
    share(rate * step_days)
}

/// A share from 0 to 1 as 0.32 fixed point.
pub fn share(x: f64) -> u32 {
    libm::rint(x.clamp(0.0, 1.0) * 4_294_967_295.0) as u32
}

/// A number as 2.30 fixed point, at most just below 4.
pub fn fixed(x: f64) -> u32 {
    libm::rint((x.max(0.0) * f64::from(ONE)).min(4_294_967_295.0)) as u32
}

/// The rule of a scenario's vessels.
fn rule(vessels: &Vessels, oxygen: &Oxygen, lattice: &Lattice, step_days: f64) -> VesselRule {
    let (edge_sites, neighbours) = if lattice.dimension == 3 { (4.0, 6.0) } else { (8.0, 4.0) };
    let h = edge_sites * lattice.site_um;
    let decay = h * h / (vessels.vegf_length_um * vessels.vegf_length_um);
    let all = neighbours + decay;
    let saturation = untreated_saturation(vessels);
    let half = (1.0 - saturation) / saturation;
    let hypoxia = |bin| {
        let is = bin_mmhg(oxygen, bin) < oxygen.hypoxic_mmhg;
        fixed(if is { vessels.hypoxic_secretion } else { 1.0 })
    };
    VesselRule {
        quantiles: densities(vessels.unevenness).into_iter().map(fixed).collect(),
        // Rounded down, so that neighbours never give more than they have.
        spread: (4_294_967_296.0 / all) as u32,
        gain: fixed(decay / all),
        hypoxia: (0..BINS).map(hypoxia).collect(),
        growth: share(vessels.growth / vessels.ceiling * step_days),
        // A scenario that asks for more is refused when it is read.
        half: (libm::rint(half * 4096.0) as u32).clamp(1, 0xffff),
        ceiling: fixed(vessels.ceiling),
    }
}

/// Weights and sources of oxygen by live cells and supply bin, index `live · SUPPLY_BINS + bin`.
fn supplies(oxygen: &Oxygen, lattice: &Lattice) -> (Vec<u32>, Vec<u32>) {
    let (mut weight, mut source) = (Vec::new(), Vec::new());
    for live in 0..=VOXEL {
        for bin in 0..SUPPLY_BINS {
            let perfusion = 4.0 * (f64::from(bin) + 0.5) / f64::from(SUPPLY_BINS);
            let (w, s) = Supply::new(oxygen, lattice, perfusion).terms(live);
            weight.push(w);
            source.push(s);
        }
    }
    (weight, source)
}

/// Oxygen with vessels that live.
pub fn oxygen_rule(vessels: &Vessels, oxygen: &Oxygen, lattice: &Lattice, step_days: f64) -> OxygenRule {
    let (weight, source) = supplies(oxygen, lattice);
    let vessels = Some(rule(vessels, oxygen, lattice, step_days));
    OxygenRule { weight, source, vessels, ..super::oxygen::rule(oxygen, lattice) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_have_mean_1_and_their_spread() {
        for cv in [0.0, 0.2, 0.5] {
            let all = densities(cv);
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let variance = all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / all.len() as f64;
            assert!((mean - 1.0).abs() < 1e-9);
            // The cut at 2 takes a little of the spread.
            assert!(libm::sqrt(variance) <= cv + 1e-9 && libm::sqrt(variance) >= 0.85 * cv, "{cv}");
            assert!(all.iter().all(|x| *x < 2.0));
        }
    }
}
