//! Oxygen: diffusion with uptake against its steady state and its exponential.

use std::sync::Arc;

use evotor::biology::oxygen;
use evotor::engine::model::{OxygenRule, PlacementRule};
use evotor::engine::tables::RateRow;
use evotor::engine::{Backend, CpuBackend, Model, PoolOptions};
use evotor::scenario::{Boundary, Lattice, Neighbourhood, Oxygen, Placement};
use evotor::tissue::shape::VOXEL_SHIFT;
use evotor::tissue::{Founding, LesionId, LesionState, Shape, word};

use super::bounds::{Verdict, ensure};
use super::claims::restless;

/// The scenario's oxygen as the engine's rule.
fn rule(dimension: u32, diffusion_length_um: f64, vessels_per_mm2: f64) -> OxygenRule {
    let oxygen = Oxygen {
        vessels_per_mm2,
        vessel_mmhg: 40.0,
        diffusion_length_um,
        hypoxic_mmhg: 5.0,
        hypoxic_birth_factor: 0.3,
        anoxic_mmhg: 1.0,
        anoxic_death_add: 0.01,
        sweeps: 16,
    };
    let lattice = Lattice {
        size: [8, 8, 1],
        dimension,
        neighbourhood: Neighbourhood::Moore,
        boundary: Boundary::Closed,
        site_um: 20.0,
        placement: Placement::Neighbour,
    };
    oxygen::rule(&oxygen, &lattice)
}

/// Practically no vessels within the tissue.
const BARE: f64 = 1e-12;

/// A slab of live cells that do nothing, along x from brick 1 to brick `bricks`; brick 0 holds no cell, nor does
/// the last one where `both` sides are free.
fn slab(dimension: u32, bricks: u32, both: bool) -> LesionState {
    let edge = if dimension == 3 { 8 } else { 32 };
    let all = bricks + if both { 2 } else { 1 };
    let size = if dimension == 3 { [edge * all, 8, 8] } else { [edge * all, 16, 1] };
    let shape = Shape::new(dimension, size, false);
    let mut state = LesionState::empty(LesionId(1), shape);
    state.table.0.push(Founding { parent: 0, step: 0, site: 0, code: 0 });
    for site in 0..shape.padded_sites() as u32 {
        let brick = shape.position(site)[0] / edge;
        if (1..=bricks).contains(&brick) {
            state.put(site, word::live(0), 0);
        }
    }
    state
}

/// The field after some steps, voxel by voxel along x in the first row.
fn profile(rule: &OxygenRule, start: &LesionState, steps: u32) -> Vec<u32> {
    let mut model =
        restless(61, start.shape.dimension, Model::neighbourhood(2, true), PlacementRule::Neighbour);
    model.tables.rows = vec![RateRow::default(); 2];
    model.tables.block_of = vec![0; 64];
    model.tables.bin_shift = 10;
    model.tables.seal();
    model.stop.end = steps;
    model.stop.check = steps;
    model.oxygen = Some(rule.clone());
    let states = std::slice::from_ref(start);
    let mut backend = CpuBackend::new(Arc::new(model), states, PoolOptions::default(), 1).expect("a backend");
    backend.advance(steps).expect("the run goes to its end");
    let end = backend.state(0).expect("a state");
    let edge = start.shape.voxel_size();
    let across = |y: u32, z: u32| -> Vec<u32> {
        (0..start.shape.size[0] / edge[0])
            .map(|x| {
                let site = start.shape.site([x * edge[0], y * edge[1], z * edge[2]]);
                end.bricks.field(0, (site >> VOXEL_SHIFT) as usize)
            })
            .collect()
    };
    // Nothing depends on y and z: a closed edge reflects.
    for z in 0..if start.shape.dimension == 3 { 2 } else { 1 } {
        assert_eq!(across(0, 0), across(1, z));
    }
    across(0, 0)
}

/// The discrete steady state of the slab in real numbers: `c_i = s + w(c_{i−1} + c_{i+1} + 2(d−1)c_i)`, free
/// tissue's value on the left and on the right (or, with `reflects`, the voxel itself), by elimination.
fn steady(rule: &OxygenRule, dimension: u32, voxels: usize, reflects: bool) -> Vec<f64> {
    let weight = f64::from(rule.weight[64]) / 4_294_967_296.0;
    let (source, free) = (f64::from(rule.source[64]), f64::from(rule.free));
    let middle = 1.0 - f64::from(2 * (dimension - 1)) * weight;
    let (mut ratios, mut values) = (Vec::new(), Vec::new());
    let (mut ratio, mut value) = (0.0, free);
    for i in 0..voxels {
        // c_i = value + ratio·c_{i+1}
        let own = if reflects && i + 1 == voxels { middle - weight } else { middle };
        let pivot = own - weight * ratio;
        value = (source + weight * value) / pivot;
        ratio = weight / pivot;
        ratios.push(ratio);
        values.push(value);
    }
    let mut right = if reflects { 0.0 } else { free };
    let mut field = vec![0.0; voxels];
    for i in (0..voxels).rev() {
        right = values[i] + if reflects && i + 1 == voxels { 0.0 } else { ratios[i] * right };
        field[i] = right;
    }
    field
}

/// Steps of 16 sweeps that are ample for the field to relax.
const LONG: u32 = 600;

fn check_steady(dimension: u32, bricks: u32, both: bool, run: &OxygenRule, theory: &OxygenRule) -> Verdict {
    let start = slab(dimension, bricks, both);
    let found = profile(run, &start, LONG);
    let per_brick = if dimension == 3 { 2 } else { 4 };
    let voxels = bricks as usize * per_brick;
    let field = steady(theory, dimension, voxels, !both);
    // Each of the 2d products is rounded by at most a half; errors sum up as a geometric series.
    let all = 2.0 * f64::from(dimension);
    let bound = 0.5 * all / (1.0 - all * f64::from(theory.weight[64]) / 4_294_967_296.0) + 1.0;
    let inside = &found[per_brick..per_brick + voxels];
    let worst = inside.iter().zip(&field).map(|(f, s)| (f64::from(*f) - s).abs()).fold(0.0, f64::max);
    println!("{dimension}D slab of {voxels} voxels: off by {worst:.1} of 2^32, bound {bound:.1}");
    ensure(worst <= bound, || format!("the field is off by {worst:.1}, bound {bound:.1}"))?;
    ensure(found[..per_brick].iter().all(|c| *c == run.free), || "free tissue has lost oxygen".to_owned())?;
    if both {
        let mirrored: Vec<u32> = found.iter().rev().copied().collect();
        ensure(found == mirrored, || "the field is not symmetric".to_owned())?;
    }
    Ok(())
}

/// The relaxed field in a slab of cells between two stretches of free tissue, and in one that ends at a closed edge,
/// is the discrete steady state of diffusion, supply and uptake, solved by elimination; it is exactly symmetric,
/// and bricks without cells hold free tissue's value. Bound: rounding, at most `d/(1 − 2d·w)` units of 2^−32 of the
/// scale. No chance is involved.
#[test]
fn oxygen_relaxes_to_its_steady_state() {
    for dimension in [2, 3] {
        for (length, vessels) in [(150.0, BARE), (400.0, BARE), (150.0, 5.0)] {
            let rule = rule(dimension, length, vessels);
            for both in [true, false] {
                assert_eq!(check_steady(dimension, 3, both, &rule, &rule), Ok(()));
            }
            // Broken: cells take up a tenth more.
            let greedy = self::rule(dimension, length / 1.1f64.sqrt(), vessels);
            assert!(check_steady(dimension, 3, true, &greedy, &rule).is_err());
        }
    }
}

fn check_decay(dimension: u32, set_um: f64, expected_um: f64) -> Verdict {
    let h = if dimension == 3 { 80.0 } else { 160.0 };
    let found = profile(&rule(dimension, set_um, BARE), &slab(dimension, 8, false), LONG);
    let per_brick = if dimension == 3 { 2 } else { 4 };
    // Over the first three diffusion lengths; the far edge is five lengths away or more.
    let (near, far) = (per_brick, per_brick + (3.0 * expected_um / h) as usize);
    let fall = (f64::from(found[near]) / f64::from(found[far])).ln();
    let length = (far - near) as f64 * h / fall;
    let error = (length / expected_um - 1.0).abs();
    let bound = (h / expected_um).powi(2) / 24.0 + 0.002;
    println!(
        "{dimension}D: decay length {length:.2} µm, set {expected_um} µm, error {error:.4}, bound {bound:.4}"
    );
    ensure(error < bound, || format!("the decay length is {length:.2} µm instead of {expected_um}"))
}

/// Into consuming tissue without vessels, oxygen falls as `exp(−x/L)`, `L = √(D/k)` the diffusion length that the
/// scenario sets (steady state of `D c'' = k c`). On voxels of edge h the discrete decay is
/// `L' = h / arcosh(1 + h²/2L²) = L·(1 + h²/24L² − …)`, so that the decay length may differ by a share of `h²/24L²`,
/// and by 0.002 for the far edge. No chance is involved.
#[test]
fn oxygen_decays_with_the_diffusion_length() {
    for (dimension, length) in [(2, 800.0), (2, 400.0), (3, 200.0), (3, 120.0)] {
        assert_eq!(check_decay(dimension, length, length), Ok(()));
        // Broken: a diffusion length of a tenth more.
        assert!(check_decay(dimension, 1.1 * length, length).is_err());
    }
}

/// Once relaxed, the field does not depend on how many sweeps a step has, and stays as it is: a fixed point. Before
/// that, the number of sweeps is all that counts: 8 steps of 2 are one of 16.
#[test]
fn oxygen_is_independent_of_sweeps_once_relaxed() {
    let start = slab(2, 3, true);
    let many = rule(2, 400.0, 5.0);
    let few = OxygenRule { sweeps: 2, ..many.clone() };
    let relaxed = profile(&many, &start, LONG);
    assert_eq!(relaxed, profile(&few, &start, 8 * LONG));
    assert_eq!(relaxed, profile(&many, &start, LONG + 1));
    assert_eq!(profile(&many, &start, 1), profile(&few, &start, 8));
    // Not relaxed yet, the two differ, so that the comparison can fail.
    assert_ne!(profile(&many, &start, 4), profile(&few, &start, 4));
}
