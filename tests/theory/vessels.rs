//! Vessels, VEGF and perfusion against their closed forms. Cells do nothing here, but for one check in which they die
//! where they are well perfused. No chance is involved: bounds are those of rounding.

use std::sync::Arc;

use evotor::engine::model::{
    INDEPENDENT, ONE, ONE_FACTOR, ONE_VEGF, OxygenRule, PERFUSION_BINS, PERFUSION_SHIFT, PlacementRule,
    QUANTILES, SUPPLY_BINS, VesselRule,
};
use evotor::engine::pool::Inputs;
use evotor::engine::tables::RateRow;
use evotor::engine::{Backend, CpuBackend, Model, PoolOptions};
use evotor::tissue::fixed::Threshold;
use evotor::tissue::random::{Draws, Purpose};
use evotor::tissue::shape::VOXEL_SHIFT;
use evotor::tissue::{Founding, LesionId, LesionState, Shape, word};

use super::bounds::{Verdict, ensure};
use super::claims::restless;

const SCALE: f64 = 4_294_967_296.0;
const SEED: u64 = 83;
/// Fields of a state.
const VEGF: usize = 1;
const VESSELS: usize = 2;

/// A rule in which VEGF decays by `decay` of what a neighbour gets, voxels with live cells are hypoxic and secrete 1/64, and the
/// others secrete nothing.
fn rule(dimension: u32, decay: f64) -> OxygenRule {
    let neighbours = f64::from(2 * dimension);
    let columns = 65 * SUPPLY_BINS as usize;
    let of_column = |column: usize| if column < SUPPLY_BINS as usize { 0xffff_0000 } else { 0 };
    let vessels = VesselRule {
        quantiles: vec![ONE; QUANTILES],
        spread: (SCALE / (neighbours + decay)) as u32,
        gain: ONE >> 6,
        growth: (0.05 * SCALE) as u32,
        half: ONE_VEGF >> 17,
        ceiling: ONE + ONE / 2,
        saturation: (0.5 * SCALE) as u32,
        loss: (0.01 * SCALE) as u32,
        independence: Vec::new(),
        secretion: Vec::new(),
    };
    OxygenRule {
        patients: Vec::new(),
        weight: vec![0; columns],
        source: (0..columns).map(of_column).collect(),
        hypoxia: (0..64).map(|bin| if bin == 0 { ONE } else { 0 }).collect(),
        free: 0xffff_0000,
        sweeps: 4,
        vessels: Some(vessels),
    }
}

/// A model without events, but that state 0 dies for certain in perfusion bins from `lethal` on.
fn model(rule: &OxygenRule, dimension: u32, lethal: u32) -> Arc<Model> {
    let mut model =
        restless(SEED, dimension, Model::neighbourhood(dimension, true), PlacementRule::Neighbour);
    let certain = Threshold::CERTAIN;
    let dies = RateRow { die: certain, divide: certain, migrate: certain, ..RateRow::default() };
    model.tables.rows = vec![RateRow::default(), RateRow::default(), dies, RateRow::default()];
    model.tables.block_of = vec![0; 64];
    model.tables.bin_shift = 10;
    model.tables.perfusion_bins = PERFUSION_BINS;
    model.tables.maps = (0..PERFUSION_BINS).map(|bin| u32::from(bin >= lethal)).collect();
    model.tables.seal();
    (model.stop.check, model.stop.end) = (1 << 20, 1 << 20);
    model.oxygen = Some(rule.clone());
    Arc::new(model)
}

/// No bin is lethal.
const HARMLESS: u32 = PERFUSION_BINS;

/// A lattice full of dead cells, which consume nothing; live ones where `lives` says so.
fn tissue(shape: Shape, lives: impl Fn([u32; 3]) -> bool) -> LesionState {
    let mut state = LesionState::empty(LesionId(5), shape);
    state.table.0.push(Founding { parent: 0, step: 0, site: 0, code: 0 });
    for (site, _) in (0..).zip(state.words()).filter(|(_, w)| *w == word::EMPTY) {
        let lives = lives(shape.position(site));
        state.put(site, if lives { word::live(0) } else { word::dead(0) }, 0);
    }
    state
}

/// Runs with these inputs for some steps each; the state at the end of each.
fn run(model: &Arc<Model>, start: &LesionState, course: &[(Inputs, u32)]) -> Vec<LesionState> {
    let states = std::slice::from_ref(start);
    let mut backend =
        CpuBackend::new(Arc::clone(model), states, PoolOptions::default(), 1).expect("a backend");
    let mut until = start.step;
    let mut found = Vec::new();
    for (inputs, steps) in course {
        backend.set_inputs(0, *inputs);
        until += steps;
        backend.advance(until).expect("the run goes on");
        found.push(backend.state(0).expect("a state"));
    }
    found
}

fn values(state: &LesionState, field: usize) -> Vec<u32> {
    (0..state.voxel_count()).map(|voxel| state.bricks.field(field, voxel)).collect()
}

/// Steps that are ample for VEGF to settle.
const LONG: u32 = 200;

fn shape(dimension: u32) -> Shape {
    Shape::new(dimension, if dimension == 3 { [168, 8, 8] } else { [336, 16, 1] }, false)
}

/// A layer of live cells one voxel thick across a long lattice: VEGF along x.
fn flat_source(dimension: u32, decay: f64, secretion: u32) -> (Vec<u32>, usize) {
    let shape = shape(dimension);
    let edge = shape.voxel_size()[0];
    let middle = shape.size[0] / edge / 2;
    let start = tissue(shape, |at| at[0] / edge == middle);
    let model = model(&rule(dimension, decay), dimension, HARMLESS);
    let inputs = Inputs { secretion, ..Inputs::default() };
    let end = run(&model, &start, &[(inputs, LONG)]).remove(0);
    let along = (0..shape.size[0] / edge).map(|x| shape.site([x * edge, 0, 0]) >> VOXEL_SHIFT);
    let found = along.map(|voxel| values(&end, VEGF)[voxel as usize]).collect();
    (found, middle as usize)
}

fn check_flat(dimension: u32, run: f64, theory: f64, secretion: u32) -> Verdict {
    let (found, middle) = flat_source(dimension, run, secretion);
    let d = f64::from(dimension);
    let w = f64::from(rule(dimension, theory).vessels.expect("vessels").spread) / SCALE;
    // w·(r + 1/r) + 2(d−1)·w = 1, r < 1.
    let half = (1.0 - 2.0 * (d - 1.0) * w) / (2.0 * w);
    let r = half - (half * half - 1.0).sqrt();
    let source = f64::from(ONE_VEGF) / 64.0 * f64::from(secretion) / f64::from(ONE);
    let peak = source / (1.0 - 2.0 * (d - 1.0) * w - 2.0 * w * r);
    let bound = d / (1.0 - 2.0 * d * w) + 1.0;
    let law = |x: usize| peak * r.powi(x.abs_diff(middle) as i32);
    let worst = found.iter().enumerate().map(|(x, g)| (f64::from(*g) - law(x)).abs()).fold(0.0, f64::max);
    println!("{dimension}D flat source: VEGF off by {worst:.1} of 2^28 (peak {peak:.0}), bound {bound:.1}");
    ensure(worst <= bound, || format!("VEGF is off by {worst:.1}, bound {bound:.1}"))
}

/// VEGF around a flat source is, at its steady state, `A·r^|n|` in the n-th voxel from it: the solution of
/// `g_n = w·(g_{n−1} + g_{n+1}) + 2(d−1)·w·g_n + s·δ_{n0}`, so `w·(r + 1/r) = 1 − 2(d−1)w` and
/// `A = s / (1 − 2(d−1)w − 2wr)`. The closed edges are so far that what they reflect is below a unit. Bound: each of 2d
/// products is rounded by at most a half, and errors sum up as a geometric series, to `d/(1 − 2dw)`; one more unit for
/// the rounding of secretion.
#[test]
fn vegf_of_a_flat_source_decays_geometrically() {
    for dimension in [2, 3] {
        for secretion in [ONE, ONE / 3] {
            assert_eq!(check_flat(dimension, 1.0, 1.0, secretion), Ok(()));
            // Broken: a tenth more of decay.
            assert!(check_flat(dimension, 1.1, 1.0, secretion).is_err());
        }
    }
}

/// What a single full voxel secretes into a closed lattice, summed over it at the steady state.
fn check_point(dimension: u32, run_decay: f64, decay: f64) -> Verdict {
    let shape = Shape::new(dimension, if dimension == 3 { [24; 3] } else { [96, 48, 1] }, false);
    let edge = shape.voxel_size();
    let start = tissue(shape, |at| (0..3).all(|a| at[a] / edge[a] == shape.size[a] / edge[a] / 2));
    let model = model(&rule(dimension, run_decay), dimension, HARMLESS);
    let end = run(&model, &start, &[(Inputs::default(), LONG)]).remove(0);
    let total: f64 = values(&end, VEGF).iter().map(|g| f64::from(*g)).sum();
    let w = f64::from(rule(dimension, decay).vessels.expect("vessels").spread) / SCALE;
    let lost = 1.0 - 2.0 * f64::from(dimension) * w;
    let expected = f64::from(ONE_VEGF) / 64.0 / lost;
    let bound = end.voxel_count() as f64 * f64::from(dimension) / lost;
    println!("{dimension}D point source: {total:.0} in all, {expected:.0} expected, bound {bound:.0}");
    ensure((total - expected).abs() <= bound, || format!("{total:.0} in all, {expected:.0} expected"))
}

/// What a point source gives to a closed lattice decays there and nowhere else: `Σ g = s / (1 − 2dw)`, whatever its form
/// (a closed edge returns what would leave). Bound: rounding, `d/(1 − 2dw)` a voxel.
#[test]
fn vegf_of_a_point_source_is_conserved_but_for_its_decay() {
    for dimension in [2, 3] {
        assert_eq!(check_point(dimension, 0.5, 0.5), Ok(()));
        assert!(check_point(dimension, 0.55, 0.5).is_err());
    }
}

/// Tissue full of live cells, in which VEGF has settled, and vessels are at `vessels`.
fn settled(rule: &OxygenRule, vessels: u32) -> LesionState {
    let calm =
        OxygenRule { vessels: rule.vessels.clone().map(|v| VesselRule { growth: 0, ..v }), ..rule.clone() };
    let start = tissue(Shape::new(3, [16; 3], false), |_| true);
    let mut state = run(&model(&calm, 3, HARMLESS), &start, &[(Inputs::default(), LONG)]).remove(0);
    (0..state.voxel_count()).for_each(|voxel| state.bricks.set_field(VESSELS, voxel, vessels));
    state
}

/// Vessels after some steps from `from` with VEGF `g` under some inputs: the least and the most that rounding allows.
///
/// `v_n = v* + (v_0 − v*)·(1 − G − p)^n`, `G = growth · f/(f + half)`, `v* = G·ceiling/(G + p)`. Free VEGF `f` is cut to
/// 12 bits behind the point, its saturation to 16; three products are rounded in a step.
fn law(rule: &OxygenRule, g: u32, inputs: &Inputs, from: (f64, f64), steps: u32) -> (f64, f64) {
    let rule = rule.vessels.as_ref().expect("vessels");
    let f = f64::from(g) * f64::from(inputs.free_vegf) / SCALE / 65_536.0;
    let half = f64::from(rule.half);
    let formed = f64::from(inputs.formation) / (SCALE - 1.0);
    let (growth, p) = (f64::from(rule.growth) / SCALE * formed, f64::from(inputs.pruning) / SCALE);
    let at = |saturation: f64, from: f64| {
        let gain = growth * saturation.max(0.0);
        let end = if gain + p > 0.0 { f64::from(rule.ceiling) * gain / (gain + p) } else { from };
        (
            end + (from - end) * (1.0 - gain - p).powi(steps as i32),
            2.0 / (gain + p).max(1.0 / f64::from(steps)),
        )
    };
    let low = at((f - 1.0).max(0.0) / ((f - 1.0).max(0.0) + half) - 1.0 / 65_536.0, from.0);
    let high = at((f + 1.0 / 65_536.0) / (f + 1.0 / 65_536.0 + half), from.1);
    (low.0 - low.1, high.0 + high.1)
}

/// A course of inputs against the law, each stretch from what the law gave for the one before.
fn check_course(rule: &OxygenRule, course: &[(Inputs, u32)], theory: &[(Inputs, u32)]) -> Verdict {
    let start = settled(rule, ONE / 4);
    let g = values(&start, VEGF)[0];
    let w = f64::from(rule.vessels.as_ref().expect("vessels").spread) / SCALE;
    let expected = f64::from(ONE_VEGF) / 64.0 / (1.0 - 6.0 * w);
    ensure((f64::from(g) - expected).abs() <= 3.0 / (1.0 - 6.0 * w), || format!("VEGF is {g}"))?;
    let mut from = (f64::from(ONE / 4), f64::from(ONE / 4));
    for (state, (inputs, steps)) in run(&model(rule, 3, HARMLESS), &start, course).iter().zip(theory) {
        let found = values(state, VESSELS);
        ensure(found.iter().all(|v| *v == found[0]), || "vessels differ between voxels".to_owned())?;
        from = law(rule, g, inputs, from, *steps);
        let share = |v: f64| v / f64::from(ONE);
        println!(
            "vessels at step {}: {:.6}, law {:.6} to {:.6}",
            state.step,
            share(f64::from(found[0])),
            share(from.0),
            share(from.1)
        );
        ensure((from.0..=from.1).contains(&f64::from(found[0])), || {
            format!("vessels are {:.6} at step {}", share(f64::from(found[0])), state.step)
        })?;
    }
    Ok(())
}

fn loses(rate: f64, free: f64) -> Inputs {
    Inputs { pruning: (rate * SCALE) as u32, free_vegf: (free * (SCALE - 1.0)) as u32, ..Inputs::default() }
}

/// With constant VEGF, vessels come to `v* = G·ceiling/(G + p)` as `(1 − G − p)^n`, from below and from above.
#[test]
fn vessels_relax_to_their_fixed_point() {
    let rule = rule(3, 1.0);
    for free in [1.0, 0.2, 0.01] {
        let course = [(loses(0.01, free), 3), (loses(0.01, free), 40), (loses(0.01, free), 2000)];
        assert_eq!(check_course(&rule, &course, &course), Ok(()));
        // Broken: a tenth more is lost.
        let broken = course.map(|(_, steps)| (loses(0.011, free), steps));
        assert!(check_course(&rule, &broken, &course).is_err());
    }
}

/// Without free VEGF vessels fall as `(1 − p)^n`, with more pruning faster, and they recover once both are as before.
#[test]
fn vessels_fall_under_drugs_and_recover() {
    let rule = rule(3, 1.0);
    let untreated = loses(0.01, 1.0);
    for drug in [loses(0.01, 0.0), loses(0.05, 1.0), loses(0.05, 0.0)] {
        let course = [(untreated, 1000), (drug, 1), (drug, 60), (untreated, 30), (untreated, 1000)];
        assert_eq!(check_course(&rule, &course, &course), Ok(()));
        let states = run(&model(&rule, 3, HARMLESS), &settled(&rule, ONE), &course);
        let v: Vec<u32> = states.iter().map(|s| values(s, VESSELS)[0]).collect();
        assert!(v[2] < v[1] && v[1] < v[0] && v[2] < v[3] && v[3] < v[4], "{v:?}");
        assert!(v[4].abs_diff(v[0]) < ONE / 10_000, "no recovery: {v:?}");
        // Broken: the drug goes on.
        let broken = [(untreated, 1000), (drug, 1), (drug, 60), (drug, 30), (drug, 1000)];
        assert!(check_course(&rule, &broken, &course).is_err());
    }
}

/// Vessels under a drug that blocks all growth by VEGF and adds a loss, where such a part of every cell's share needs no VEGF.
fn kept(part: Option<u32>, drug: Inputs) -> Vec<u32> {
    let mut rule = rule(3, 1.0);
    let g = values(&settled(&rule, ONE), VEGF)[0] >> 16;
    if let Some(vessels) = &mut rule.vessels {
        vessels.saturation = ((g << 16) / (g + vessels.half)) << 16;
        vessels.independence = part.map_or(Vec::new(), |part| vec![part; 2]);
    }
    let course = [(drug, 3), (drug, 80), (drug, 400)];
    let states = run(&model(&rule, 3, HARMLESS), &settled(&rule, ONE), &course);
    states.iter().map(|state| values(state, VESSELS)[0]).collect()
}

/// Where all cells keep their vessels without VEGF, a drug that takes all free VEGF and doubles the loss many times over leaves them as they would
/// be without it, but for two roundings a step and the 2^-32 of the largest share; where none does, they are bit for bit what they are without
/// the rule; where half do, they are in between, at `(G + p')·v* = G·ceiling` with half of the saturation and half of the added loss.
#[test]
fn vessels_that_need_no_vegf_are_kept() {
    let (untreated, drug) = (loses(0.01, 1.0), loses(0.05, 0.0));
    let as_before = kept(None, untreated);
    let all = kept(Some(INDEPENDENT), drug);
    let off = all.iter().zip(&as_before).map(|(v, w)| v.abs_diff(*w)).max();
    println!("all cells independent: vessels off by {off:?} of 2^30");
    assert!(off <= Some(300), "{all:?} {as_before:?}");
    assert_eq!(kept(Some(0), drug), kept(None, drug));
    let half = kept(Some(INDEPENDENT / 2), drug);
    let none = kept(None, drug);
    assert!((0..3).all(|at| none[at] < half[at] && half[at] < all[at]), "{none:?} {half:?} {all:?}");
    let rule = rule(3, 1.0).vessels.expect("vessels");
    let g = f64::from(values(&settled(&self::rule(3, 1.0), ONE), VEGF)[0] >> 16);
    let gain = f64::from(rule.growth) / SCALE * 0.5 * g / (g + f64::from(rule.half));
    let end = f64::from(rule.ceiling) * gain / (gain + 0.03);
    assert!((f64::from(half[2]) / end - 1.0).abs() < 1e-3, "{} {end}", half[2]);
    // Without a drug, what keeps vessels changes nothing.
    assert_eq!(kept(Some(INDEPENDENT), untreated), as_before);
}

/// A lattice full of live cells in two halves along x, of which those of the second secrete `factor` times the VEGF of the first, and the lesion
/// as much in the mean as if all were of the first kind; or the same without factors.
fn halves(dimension: u32, factor: Option<u32>) -> LesionState {
    let shape = shape(dimension);
    let mut start = LesionState::empty(LesionId(5), shape);
    start.table.0.push(Founding { parent: 0, step: 0, site: 0, code: 0 });
    for (site, _) in (0..).zip(start.words()).filter(|(_, w)| *w == word::EMPTY) {
        let second = 2 * shape.position(site)[0] >= shape.size[0];
        start.put(site, word::live(u32::from(second)), 0);
    }
    let mut rule = rule(dimension, 0.5);
    let mut inputs = Inputs::default();
    if let (Some(factor), Some(vessels)) = (factor, &mut rule.vessels) {
        vessels.secretion = vec![ONE_FACTOR, factor * ONE_FACTOR];
        inputs.plain_secretion = 2 * (ONE / (1 + factor));
    }
    run(&model(&rule, dimension, HARMLESS), &start, &[(inputs, LONG)]).remove(0)
}

/// VEGF where cells secrete unlike each other: `g_n = w·(g_{n−1} + g_{n+1}) + 2(d−1)·w·g_n + s_n` with `s = s̄ ∓ δ` in two halves has
/// `g = ḡ ∓ (E − C·r^n)` in the n-th voxel from the border, `ḡ = s̄/(1 − 2dw)`, `E = δ/(1 − 2dw)`, `r` as beside a flat source, and `C = 2E·r/(1 + r)`,
/// since both halves are mirror images. So the sum over the lattice is that of the lesion's mean. Bound: as beside a flat source, and 20 units of
/// 2^-28 for what secretion is rounded by: a half of the product with the gain, 15-fold, a half of 2^-24 of that with the factor, 2 at last.
fn check_halves(dimension: u32, run: u32, theory: u32) -> Verdict {
    let end = halves(dimension, Some(run));
    let (shape, d) = (shape(dimension), f64::from(dimension));
    let edge = shape.voxel_size()[0];
    let w = f64::from(rule(dimension, 0.5).vessels.expect("vessels").spread) / SCALE;
    let kept = 1.0 - 2.0 * d * w;
    let half = (1.0 - 2.0 * (d - 1.0) * w) / (2.0 * w);
    let r = half - (half * half - 1.0).sqrt();
    let mean = f64::from(ONE_VEGF) / 64.0;
    let away = mean * f64::from(theory - 1) / f64::from(theory + 1) / kept;
    let border = shape.size[0] / edge / 2;
    let law = |x: u32| {
        let n = if x < border { border - 1 - x } else { x - border };
        let off = away * (1.0 - 2.0 * r / (1.0 + r) * r.powi(n as i32));
        mean / kept + if x < border { -off } else { off }
    };
    let bound = (d + 20.0) / kept;
    let all = values(&end, VEGF);
    let mut worst: f64 = 0.0;
    for x in 0..shape.size[0] / edge {
        let found = f64::from(all[(shape.site([x * edge, 0, 0]) >> VOXEL_SHIFT) as usize]);
        worst = worst.max((found - law(x)).abs());
    }
    println!("{dimension}D halves: VEGF off by {worst:.1} of {:.0}, bound {bound:.1}", mean / kept);
    ensure(worst <= bound, || format!("VEGF is off by {worst:.1}, bound {bound:.1}"))
}

/// What cells secrete more than others is felt where they are, and the lesion has as much VEGF as before.
#[test]
fn vegf_is_higher_about_cells_that_secrete_more() {
    for dimension in [2, 3] {
        assert_eq!(check_halves(dimension, 2, 2), Ok(()));
        assert_eq!(check_halves(dimension, 15, 15), Ok(()));
        // Broken: a factor of 3 where 2 was asked for; and no factor at all.
        assert!(check_halves(dimension, 3, 2).is_err());
        assert!(check_halves(dimension, 1, 2).is_err());
        let total = |state: &LesionState| values(state, VEGF).iter().map(|g| f64::from(*g)).sum::<f64>();
        let (with, without) = (total(&halves(dimension, Some(2))), total(&halves(dimension, None)));
        assert!((with / without - 1.0).abs() < 1e-5, "{dimension}D: {with} {without}");
    }
}

/// A voxel is a sample of tissue: where all cells of a lesion have the same factor, VEGF is what it is without factors, in voxels without cells too.
#[test]
fn voxels_without_cells_secrete_as_the_lesion_does() {
    let shape = Shape::new(3, [32; 3], false);
    let mut start = LesionState::empty(LesionId(5), shape);
    start.table.0.push(Founding { parent: 0, step: 0, site: 0, code: 0 });
    let sites: Vec<u32> =
        (0..).zip(start.words()).filter(|(_, w)| *w == word::EMPTY).map(|(s, _)| s).collect();
    sites.iter().step_by(100).for_each(|site| start.put(*site, word::live(1), 0));
    let mut rule = rule(3, 0.5);
    rule.hypoxia = vec![ONE; 64];
    let mut after = |secretion: Vec<u32>| {
        if let Some(vessels) = &mut rule.vessels {
            vessels.secretion = secretion;
        }
        let inputs = Inputs { plain_secretion: ONE / 4, ..Inputs::default() };
        values(&run(&model(&rule, 3, HARMLESS), &start, &[(inputs, LONG)]).remove(0), VEGF)
    };
    let (with, without) = (after(vec![ONE_FACTOR, 4 * ONE_FACTOR]), after(Vec::new()));
    let worst = with.iter().zip(&without).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst < Some(ONE_VEGF / 10_000), "off by {worst:?} of 2^28");
    // Broken: cells secrete twice as much as the lesion.
    let worst =
        after(vec![ONE_FACTOR, 8 * ONE_FACTOR]).iter().zip(&without).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst > Some(ONE_VEGF / 100), "off by {worst:?} of 2^28");
}

/// Cells die in the voxels that are perfused at least so much, and in no others.
fn check_perfusion(set: &Inputs, flow: f64) -> Verdict {
    // A half of the mean.
    let lethal = 8;
    let mut rule = rule(3, 1.0);
    let base = |quantile: usize| 0.25 + quantile as f64 / 128.0;
    let mut lost = 0;
    if let Some(vessels) = &mut rule.vessels {
        // No growth, no loss, and quantiles that are exact in 2.30.
        vessels.growth = 0;
        vessels.quantiles = (0..QUANTILES).map(|q| (base(q).min(1.75) * f64::from(ONE)) as u32).collect();
    }
    let start = settled(&rule, ONE / 2 + ONE / 4);
    let model = model(&rule, 3, lethal);
    let end = run(&model, &start, &[(*set, 1)]).remove(0);
    let draws = Draws::new(SEED, 5, 0);
    let mut cells = 0;
    for (site, w, _) in end.cells() {
        let [drawn, ..] = draws.block(site >> VOXEL_SHIFT, Purpose::Vessels, 0);
        let perfusion = base((drawn >> 24) as usize).min(1.75) * 0.75 * flow;
        let is_lethal = perfusion >= f64::from(lethal << PERFUSION_SHIFT) / f64::from(ONE);
        ensure(is_lethal == word::is_dead(w), || format!("site {site} with perfusion {perfusion}: {w:#x}"))?;
        lost += u32::from(is_lethal);
        cells += 1;
    }
    println!("{lost} of {cells} cells die at flow {flow}");
    ensure(lost > 0 && lost < cells, || format!("{lost} cells die"))
}

/// Perfusion is base density · vessels · flow, exactly (all three are binary fractions here): cells for which a bin of
/// perfusion is lethal die where it is reached, all of them and no others; base densities are those that are drawn by
/// voxel. At flow 1 the device multiplies by 1 − 2^−32, and rounds up to the same.
#[test]
fn perfusion_is_density_times_flow() {
    let flow = |flow| Inputs { flow, ..Inputs::default() };
    assert_eq!(check_perfusion(&flow(1 << 31), 0.5), Ok(()));
    assert_eq!(check_perfusion(&flow(3 << 30), 0.75), Ok(()));
    assert_eq!(check_perfusion(&flow(u32::MAX), 1.0), Ok(()));
    // Broken: flow is not what was set.
    assert!(check_perfusion(&flow(3 << 30), 1.0).is_err());
    assert!(check_perfusion(&flow(u32::MAX), 0.75).is_err());
}

/// VEGF is that of the tissue, of which the lattice is a sample: with the same oxygen everywhere it is 1 in every voxel whose
/// brick holds a cell, however many there are. (A source that went with the number of live cells diluted it tenfold where a
/// drug had killed nine cells of ten, and flooded a tumour that had grown.)
#[test]
fn vegf_does_not_follow_the_number_of_cells() {
    for dimension in [2, 3] {
        let shape = Shape::new(dimension, if dimension == 3 { [32; 3] } else { [96, 48, 1] }, false);
        let mut alike = rule(dimension, 0.5);
        if let Some(vessels) = &mut alike.vessels {
            vessels.gain = (f64::from(ONE) * 0.5 / (f64::from(2 * dimension) + 0.5)) as u32;
            alike.hypoxia = vec![ONE; 64];
        }
        for every in [2, 20, 500] {
            let mut start = LesionState::empty(LesionId(5), shape);
            start.table.0.push(Founding { parent: 0, step: 0, site: 0, code: 0 });
            let sites: Vec<u32> =
                (0..).zip(start.words()).filter(|(_, w)| *w == word::EMPTY).map(|(s, _)| s).collect();
            sites.iter().step_by(every).for_each(|site| start.put(*site, word::live(0), 0));
            let end =
                run(&model(&alike, dimension, HARMLESS), &start, &[(Inputs::default(), LONG)]).remove(0);
            let worst = values(&end, VEGF).iter().map(|g| g.abs_diff(ONE_VEGF)).max();
            assert!(
                worst < Some(ONE_VEGF / 10_000),
                "{dimension}D, a cell in {every}: off by {worst:?} of 2^28"
            );
        }
    }
}
