//! Vessels, VEGF and perfusion as the engine's integer rules.
//!
//! Per voxel, with `v` the density relative to the patient's and `g` the VEGF relative to what cells of
//! the untreated tumour see:
//!
//! ```text
//! dv/dt = p · h · (1 − v/v_max) − (d + (1 − e)·d_rx)·v
//! h     = H(f·g) + e·(H(1) − H(f·g))⁺,   H(g) = g/(K + g),   K such that v = 1 at g = 1 and e = 0
//! D·∇²g − k·g + secretion = 0,                        sqrt(D/k) the diffusion length
//! perfusion = base · v · flow
//! ```
//!
//! Secretion is that of tissue of the tumour's density, whether the lattice holds few cells or many: it is a sample of a tumour that
//! takes room as it grows and contracts as it shrinks. It is the mean secretion of the lesion's cells, times local hypoxia, times the mean factor
//! of the place's live cells relative to that of the lesion, where states put factors of their own on it ([`VesselTraits`]).
//!
//! Hypoxia raises secretion by way of HIF ([`hypoxic_secretion`]). `e` is the share of the vessels that live without VEGF and its receptors: of
//! the live cells of the place, those in a state that keeps vessels by other factors.
//!
//! `base` is the local density, log-normal about the patient's mean (spacing of vessels is uneven); drugs act on the free share `f` of
//! VEGF, on the loss `d_rx`, and at once on `flow`.

use crate::catalogue::{LevelEffect, MAX_VEGF_FACTOR, NetworkInput};
use crate::engine::model::{
    INDEPENDENT, MAX_FACTOR, ONE, ONE_FACTOR, OxygenRule, QUANTILES, SUPPLY_BINS, VesselRule,
};
use crate::scenario::{Lattice, Locus, Oxygen, Vessels};
use crate::tissue::shape::VOXEL;

use super::normal::normal_quantile;
use super::oxygen::{BINS, MeanOxygen, Supply, bin_mmhg};
use super::states::StateSpace;

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

/// Pressure of oxygen at half of HIF's response, mmHg: HIF-1 is half of its largest between 1.5 and 2 % of oxygen, here 1.75 % of
/// 713 mmHg of dry gas (HeLa cells; Am J Physiol 1996;271:C1172, PubMed 8897823; B).
pub const HIF_HALF_MMHG: f64 = 12.5;
/// Steepness of that response: with 2 it is at 92 % at 0.5 % of oxygen, where the same source has the largest, and at 8 % at 6 % (C; derived).
const HIF_HILL: i32 = 2;

/// Factor of hypoxia on the secretion of VEGF, 1 at the pressure of vessels: `(1 + (m − 1)·r(p)) / (1 + (m − 1)·r(vessels))`,
/// `r(p) = 1/(1 + (p/12.5 mmHg)²)`.
pub fn hypoxic_secretion(vessels: &Vessels, oxygen: &Oxygen, mmhg: f64) -> f64 {
    let raised = |mmhg: f64| {
        let ratio: f64 = (0..HIF_HILL).map(|_| mmhg / HIF_HALF_MMHG).product();
        1.0 + (vessels.hypoxic_secretion - 1.0) / (1.0 + ratio)
    };
    raised(mmhg) / raised(oxygen.vessel_mmhg)
}

/// The mean of [`hypoxic_secretion`] over untreated tissue whose cells take this share of the sites: what the engine's factors are relative to,
/// so that VEGF is 1 in the mean of the untreated tumour, however few its vessels are.
pub fn untreated_secretion(vessels: &Vessels, oxygen: &Oxygen, lattice: &Lattice, occupied: f64) -> f64 {
    let tissue = MeanOxygen::of(Some((oxygen, lattice)), occupied);
    let around = tissue.around(1.0);
    let at = |density: f64| {
        tissue.pressure(density, around).map_or(1.0, |(_, mmhg)| hypoxic_secretion(vessels, oxygen, mmhg))
    };
    densities(vessels.unevenness).into_iter().map(at).sum::<f64>() / QUANTILES as f64
}

/// What the cells of a state do to the vessels about them, whoever the patient is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VesselTraits {
    /// Part of the vessels about a cell that it keeps alive without VEGF and its receptors, 0 to 1.
    pub independence: f64,
    /// Factor that its loci put on its secretion of VEGF. What holds in one context of TSC alone is not in it, but in the secretion of
    /// the lesion alone: all patients of a batch have the same factors.
    pub secretion: f64,
}

impl VesselTraits {
    /// Those of a cell with these levels.
    pub fn of(loci: &[Locus], levels: &[u8]) -> Self {
        let kept: f64 = effects(loci, levels, NetworkInput::Vessels).map(|e| e.value.value).sum();
        let factors = effects(loci, levels, NetworkInput::Vegf).filter(|e| e.tsc_context.is_none());
        Self { independence: kept.min(1.0), secretion: factors.map(|e| e.value.value).product() }
    }

    /// Those of all states, by row.
    pub fn by_row(loci: &[Locus], space: &StateSpace) -> Vec<Self> {
        space.codes.iter().map(|code| Self::of(loci, &space.levels(*code))).collect()
    }
}

/// What these levels do to an input of the network.
fn effects<'a>(
    loci: &'a [Locus],
    levels: &'a [u8],
    input: NetworkInput,
) -> impl Iterator<Item = &'a LevelEffect> {
    let of = move |(locus, level): (&'a Locus, &'a u8)| {
        locus.network.iter().filter(move |e| e.level == *level && e.input == input)
    };
    loci.iter().zip(levels).flat_map(of)
}

const _: () =
    assert!(MAX_VEGF_FACTOR * ONE_FACTOR <= MAX_FACTOR, "the engine holds what a scenario may have");

/// Independence of each state in parts of [`INDEPENDENT`]; empty where no state has any.
fn parts_of_independence(states: &[VesselTraits]) -> Vec<u32> {
    parts(states, |state| state.independence, 0.0, INDEPENDENT, INDEPENDENT)
}

/// Factor of each state on secretion in parts of [`ONE_FACTOR`]; empty where all are 1.
fn parts_of_secretion(states: &[VesselTraits]) -> Vec<u32> {
    parts(states, |state| state.secretion, 1.0, ONE_FACTOR, MAX_FACTOR)
}

/// A number of each state in parts of one, at most so many; empty where it is `usual` in all.
fn parts(
    states: &[VesselTraits],
    of: impl Fn(&VesselTraits) -> f64,
    usual: f64,
    one: u32,
    most: u32,
) -> Vec<u32> {
    if states.iter().all(|state| of(state) == usual) {
        return Vec::new();
    }
    states.iter().map(|state| (libm::rint(of(state) * f64::from(one)) as u32).min(most)).collect()
}

/// Of the VEGF that cells of a voxel see, what they secrete themselves, and the number of its neighbours and its decay together.
fn own_secretion(vessels: &Vessels, lattice: &Lattice) -> (f64, f64) {
    let (edge_sites, neighbours) = if lattice.dimension == 3 { (4.0, 6.0) } else { (8.0, 4.0) };
    let h = edge_sites * lattice.site_um;
    let decay = h * h / (vessels.vegf_length_um * vessels.vegf_length_um);
    (decay / (neighbours + decay), neighbours + decay)
}

/// Of the VEGF that cells see, what comes from their own voxel and not from those around it; the first term of the series over neighbours.
pub fn own_share(vessels: &Vessels, lattice: &Lattice) -> f64 {
    own_secretion(vessels, lattice).0
}

/// The rule of a scenario's vessels.
fn rule(vessels: &Vessels, lattice: &Lattice, step_days: f64) -> VesselRule {
    let (gain, all) = own_secretion(vessels, lattice);
    let saturation = untreated_saturation(vessels);
    let half = (1.0 - saturation) / saturation;
    VesselRule {
        quantiles: densities(vessels.unevenness).into_iter().map(fixed).collect(),
        // Rounded down, so that neighbours never give more than they have.
        spread: (4_294_967_296.0 / all) as u32,
        gain: fixed(gain),
        growth: share(vessels.growth / vessels.ceiling * step_days),
        // A scenario that asks for more is refused when it is read.
        half: (libm::rint(half * 4096.0) as u32).clamp(1, 0xffff),
        ceiling: fixed(vessels.ceiling),
        saturation: share(saturation),
        loss: per_step(vessels.loss, step_days),
        independence: Vec::new(),
        secretion: Vec::new(),
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

/// What the rule must know of the tissue beside its sections of the scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct TissueCells {
    /// Share of the sites that live cells take at the start, where they are.
    pub occupied: f64,
    /// What each state does to vessels, by row.
    pub traits: Vec<VesselTraits>,
}

/// Oxygen with vessels that live.
pub fn oxygen_rule(
    vessels: &Vessels,
    oxygen: &Oxygen,
    lattice: &Lattice,
    step_days: f64,
    cells: &TissueCells,
) -> OxygenRule {
    let (weight, source) = supplies(oxygen, lattice);
    let untreated = untreated_secretion(vessels, oxygen, lattice, cells.occupied);
    let raised = |bin| hypoxic_secretion(vessels, oxygen, bin_mmhg(oxygen, bin)) / untreated;
    let hypoxia = (0..BINS).map(|bin| fixed(raised(bin))).collect();
    let rule = rule(vessels, lattice, step_days);
    let vessels = Some(VesselRule {
        independence: parts_of_independence(&cells.traits),
        secretion: parts_of_secretion(&cells.traits),
        ..rule
    });
    OxygenRule { weight, source, hypoxia, vessels, ..super::oxygen::rule(oxygen, lattice) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Half of the response at 1.75 % of oxygen, nearly all of it at 0.5 %, little at 6 %, none counted at the pressure of vessels.
    #[test]
    fn hif_answers_to_the_oxygen_of_the_place() {
        let text = "name = \"a\"\nphenotype = \"signalling\"\n[time]\nend = \"1 d\"\n[lattice]\nsize = [64, 64]\n[start]\n\
                    [patient]\n[oxygen]\n[vessels]\nhypoxic_secretion = 3.0\n";
        let scenario = crate::scenario::parse(text, "a.toml", std::path::Path::new("")).unwrap().scenario;
        let (vessels, oxygen) = (scenario.vessels.unwrap(), scenario.oxygen.unwrap());
        let raised = |mmhg| hypoxic_secretion(&vessels, &oxygen, mmhg);
        assert_eq!(raised(oxygen.vessel_mmhg), 1.0);
        let most = raised(0.0) - raised(1e9);
        let response = |percent: f64| (raised(percent / 100.0 * 713.0) - raised(1e9)) / most;
        assert!((response(1.75) - 0.5).abs() < 2e-3 && (raised(0.0) / raised(1e9) - 3.0).abs() < 1e-9);
        assert!(response(0.5) > 0.9 && response(6.0) < 0.1, "{} {}", response(0.5), response(6.0));
    }

    // Whether all of a tumour has oxygen or vessels are so few that it has hardly any: in the untreated tumour the factors that the engine
    // is given have mean 1.
    #[test]
    fn hif_has_mean_1_in_the_untreated_tumour() {
        for (per_mm2, hypoxic) in [(300.0, false), (3.0, true)] {
            let text = format!(
                "name = \"a\"\nphenotype = \"signalling\"\n[time]\nend = \"1 d\"\n[lattice]\nsize = [64, 64]\n[start]\n\
                 [patient]\n[oxygen]\nvessels = \"{per_mm2} /mm2\"\n[vessels]\n"
            );
            let scenario =
                crate::scenario::parse(&text, "a.toml", std::path::Path::new("")).unwrap().scenario;
            let (vessels, oxygen, lattice) =
                (scenario.vessels.unwrap(), scenario.oxygen.unwrap(), scenario.lattice);
            let cells = TissueCells { occupied: 0.5, traits: Vec::new() };
            let table = oxygen_rule(&vessels, &oxygen, &lattice, 0.5, &cells).hypoxia;
            assert!(table.is_sorted_by(|a, b| a >= b), "less oxygen, more VEGF");
            let tissue = MeanOxygen::of(Some((&oxygen, &lattice)), cells.occupied);
            let around = tissue.around(1.0);
            // As a sweep takes them: by bin.
            let factor = |density: f64| {
                let (_, mmhg) = tissue.pressure(density, around).unwrap();
                let bin = ((mmhg / oxygen.vessel_mmhg * f64::from(BINS)) as usize).min(BINS as usize - 1);
                f64::from(table[bin]) / f64::from(ONE)
            };
            let all: Vec<f64> = densities(vessels.unevenness).into_iter().map(factor).collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            assert!((mean - 1.0).abs() < 0.01, "{per_mm2}: {mean}");
            // Without that they would be as far from 1 as this.
            let raised = untreated_secretion(&vessels, &oxygen, &lattice, cells.occupied);
            assert!(
                (raised - 1.0 > 0.5) == hypoxic && (raised - 1.0 < 0.01) != hypoxic,
                "{per_mm2}: {raised}"
            );
        }
    }

    #[test]
    fn a_state_without_vessels_of_its_own_costs_nothing() {
        let states = |all: &[(f64, f64)]| -> Vec<VesselTraits> {
            all.iter()
                .map(|(independence, secretion)| VesselTraits {
                    independence: *independence,
                    secretion: *secretion,
                })
                .collect()
        };
        let usual = states(&[(0.0, 1.0), (0.0, 1.0)]);
        assert!(parts_of_independence(&usual).is_empty() && parts_of_secretion(&usual).is_empty());
        let others = states(&[(0.0, 1.0), (0.5, 2.0), (1.0, 0.25)]);
        assert_eq!(parts_of_independence(&others), [0, INDEPENDENT / 2, INDEPENDENT]);
        assert_eq!(parts_of_secretion(&others), [ONE_FACTOR, 2 * ONE_FACTOR, ONE_FACTOR / 4]);
        assert_eq!(parts_of_secretion(&states(&[(0.0, 1e9)])), [MAX_FACTOR]);
    }

    // `vegf` doubles what a cell secretes, and with a second locus of that kind it is the product; what holds in one context of TSC is not local.
    #[test]
    fn loci_say_what_cells_do_to_vessels() {
        let mut loci = crate::scenario::catalogue_loci().to_vec();
        let at = |name: &str| loci.iter().position(|l| l.name == name).unwrap();
        let (evasive, vegf) = (at("angiogenesis"), at("vegf"));
        let traits = |loci: &[Locus], up: &[usize]| {
            let mut levels = vec![0; loci.len()];
            up.iter().for_each(|locus| levels[*locus] = 1);
            let VesselTraits { independence, secretion } = VesselTraits::of(loci, &levels);
            (independence, secretion)
        };
        assert_eq!(traits(&loci, &[]), (0.0, 1.0));
        assert_eq!(traits(&loci, &[evasive]), (1.0, 1.0));
        assert_eq!(traits(&loci, &[vegf, evasive]), (1.0, 2.0));
        let mut second = loci[vegf].clone();
        second.network[0].value.value = 3.0;
        loci.push(second);
        let last = loci.len() - 1;
        assert_eq!(traits(&loci, &[vegf, last]), (0.0, 6.0));
        loci[last].network[0].tsc_context = Some(crate::catalogue::TscContext::R);
        assert_eq!(traits(&loci, &[vegf, last]), (0.0, 2.0));
    }

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
