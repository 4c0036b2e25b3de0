//! Space: fronts of colonies that grow at their rim.

use evotor::engine::Model;
use evotor::engine::model::PlacementRule;
use evotor::tissue::fixed::Threshold;
use evotor::tissue::{Founding, LesionId, LesionState, Shape, word};

use super::bounds::{ALARM, Verdict, binomial, ensure};
use super::claims::restless;
use super::ensemble::states;

/// Probability of a division in a step.
const DIVIDE: f64 = 0.4;

/// Cells that divide into an empty neighbour, and do nothing else.
fn growth(seed: u64, dimension: u32, moore: bool, steps: u32) -> Model {
    let mut model =
        restless(seed, dimension, Model::neighbourhood(dimension, moore), PlacementRule::Neighbour);
    let divide = Threshold::from_probability(DIVIDE);
    model.tables.rows[0].divide = divide;
    model.tables.rows[0].migrate = divide;
    model.tables.seal();
    model.stop.end = steps;
    model
}

/// A lesion with cells where `filled` says so.
fn colony(id: u32, shape: Shape, filled: impl Fn([u32; 3]) -> bool) -> LesionState {
    let mut state = LesionState::empty(LesionId::new(id, 0), shape);
    state.table.0.push(Founding { parent: 0, step: 0, site: 0, code: 0 });
    for site in 0..shape.padded_sites() as u32 {
        let at = shape.position(site);
        if shape.contains(at) && filled(at) {
            state.put(site, word::live(0), 0);
        }
    }
    state
}

/// Total live cells of the lesions after each of some steps.
fn sizes(model: &Model, starts: &[LesionState], times: &[u32]) -> Vec<Vec<f64>> {
    let mut now = starts.to_vec();
    times
        .iter()
        .map(|time| {
            let mut model = model.clone();
            model.stop.end = *time;
            // A run goes on from where the one before stopped.
            for state in &mut now {
                state.control.status = 0;
            }
            now = states(&model, &now, |state| state);
            now.iter().map(|s| s.burden().0 as f64).collect()
        })
        .collect()
}

fn check_row(length: u32) -> Verdict {
    // A row of sites: the last cell alone has room, so the front is a sum of independent steps.
    let along_x = Shape::new(2, [length, 1, 1], false);
    let along_y = Shape::new(2, [1, length, 1], false);
    let model = growth(51, 2, false, 1);
    let times: Vec<u32> = (1..=8).map(|k| 60 * k).collect();
    let starts: Vec<LesionState> = (0..400)
        .map(|id| {
            if id % 2 == 0 {
                colony(id, along_x, |at| at[0] == 0)
            } else {
                colony(id, along_y, |at| at[1] == 0)
            }
        })
        .collect();
    let mut before = 400.0;
    for (k, sizes) in sizes(&model, &starts, &times).iter().enumerate() {
        let after: f64 = sizes.iter().sum();
        let what = format!("advance in window {k}");
        binomial(&what, (after - before) as u64, 400 * 60, DIVIDE, ALARM / 8.0)?;
        before = after;
    }
    Ok(())
}

/// In a row of sites only the last cell has an empty neighbour, so a front advances in every step with the
/// probability p of a division: its position after t steps is Binomial(t, p), its speed constant. Eight windows of
/// 60 steps, 400 rows along x and y; bound: exact binomial tails, the alarm shared out.
#[test]
fn a_front_in_one_dimension_is_binomial() {
    assert_eq!(check_row(512), Ok(()));
    // Broken: a row that ends too soon stops the front.
    assert!(check_row(128).is_err());
}

/// Mean and standard error.
fn mean(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// Two-sided quantile at 1e-7 of Student's t with 40 or more degrees of freedom, rounded up.
const STUDENT: f64 = 6.5;

/// Coefficient of determination of a straight line through points.
fn linearity(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let (sxx, syy, sxy) = points.iter().fold((0.0, 0.0, 0.0), |s, p| {
        (s.0 + (p.0 - mx).powi(2), s.1 + (p.1 - my).powi(2), s.2 + (p.0 - mx) * (p.1 - my))
    });
    sxy * sxy / (sxx * syy)
}

/// Fronts that start from one side of a square or cube: their mean position at some times, per direction.
fn plane_fronts(model: &Model, edge: u32, lesions: u32, times: &[u32]) -> Vec<Vec<Vec<f64>>> {
    let dimension = model.dimension as usize;
    let shape = Shape::new(model.dimension, if dimension == 3 { [edge; 3] } else { [edge, edge, 1] }, false);
    let area = f64::from(edge).powi(dimension as i32 - 1);
    (0..2 * dimension)
        .map(|direction| {
            let (axis, backwards) = (direction / 2, direction % 2 == 1);
            let first = if backwards { edge - 1 } else { 0 };
            let starts: Vec<LesionState> = (0..lesions)
                .map(|id| colony(256 * direction as u32 + id, shape, |at| at[axis] == first))
                .collect();
            let sizes = sizes(model, &starts, times);
            sizes.into_iter().map(|sizes| sizes.into_iter().map(|s| s / area).collect()).collect()
        })
        .collect()
}

fn check_plane_fronts(model: &Model, edge: u32, lesions: u32, times: &[u32]) -> Verdict {
    let fronts = plane_fronts(model, edge, lesions, times);
    for (direction, front) in fronts.iter().enumerate() {
        let points: Vec<(f64, f64)> =
            times.iter().zip(front).map(|(t, sizes)| (f64::from(*t), mean(sizes).0)).collect();
        let r2 = linearity(&points);
        // Advance in the second half of the time less that in the first, lesion by lesion.
        let (half, last) = (front.len() / 2, front.len() - 1);
        let changes: Vec<f64> =
            (0..lesions as usize).map(|l| front[last][l] - 2.0 * front[half][l] + front[0][l]).collect();
        let (change, error) = mean(&changes);
        let advance = points[last].1 - points[0].1;
        println!(
            "direction {direction}: {:.4} a step, R² {r2:.6}, change {change:+.4} ± {error:.4}",
            advance / f64::from(times[last] - times[0])
        );
        ensure(r2 > 0.9995, || format!("direction {direction}: R² of position against time is {r2:.6}"))?;
        // A front that still roughens speeds up a little: allow 1 % of its advance beside chance.
        ensure(change.abs() < STUDENT * error + 0.01 * advance, || {
            format!("direction {direction}: the speed changes by {change:+.4} ± {error:.4}")
        })?;
    }
    let ends: Vec<(f64, f64)> = fronts.iter().map(|f| mean(&f[f.len() - 1])).collect();
    for (direction, end) in ends.iter().enumerate().skip(1) {
        let (gap, error) = (end.0 - ends[0].0, end.1.hypot(ends[0].1));
        ensure(gap.abs() < STUDENT * error, || {
            format!("direction {direction}: {gap:+.4} ± {error:.4} ahead of direction 0")
        })?;
    }
    Ok(())
}

/// A front that grows at its rim alone (Eden growth, contact inhibition) moves at constant speed, alike in all
/// directions of the lattice's axes: position is linear in time after a transient of 20 steps (R² > 0.9995; the
/// speed of the second half equals that of the first within 1 % and chance), and mean positions agree between
/// directions. Bound: Student's t over independent lesions, below 1e-7 for each of at most 11 comparisons.
#[test]
fn plane_fronts_move_at_constant_speed() {
    let times: Vec<u32> = (0..=8).map(|k| 20 + 10 * k).collect();
    let flat = growth(52, 2, true, 1);
    assert_eq!(check_plane_fronts(&flat, 64, 48, &times), Ok(()));
    let solid: Vec<u32> = (0..=6).map(|k| 12 + 3 * k).collect();
    assert_eq!(check_plane_fronts(&growth(53, 3, false, 1), 24, 32, &solid), Ok(()));
    // Broken: a neighbourhood that lacks one corner; a lattice that is filled before the end.
    let mut lame = flat.clone();
    lame.offsets.retain(|o| *o != [1, 1, 0]);
    assert!(check_plane_fronts(&lame, 64, 48, &times).is_err());
    assert!(check_plane_fronts(&flat, 32, 48, &times).is_err());
}

/// Furthest cell of a colony from the middle of a square along an axis or a diagonal.
fn reach(state: &LesionState, middle: u32, towards: [i32; 2]) -> f64 {
    let shape = state.shape;
    let at = |k: i32| [0, 1].map(|a| (middle as i32 + k * towards[a]) as u32);
    let live = |k: &i32| {
        let [x, y] = at(*k);
        x < shape.size[0] && y < shape.size[1] && word::is_live(state.word(shape.site([x, y, 0])))
    };
    let furthest = (0..middle as i32).filter(live).max().unwrap_or(0);
    f64::from(furthest) * f64::from(towards[0] * towards[0] + towards[1] * towards[1]).sqrt()
}

/// A disc stays round within the lattice's own anisotropy: the radius along the axes is within a tenth of that along
/// the diagonals (it is some 5 % shorter), and the four axes, and the four diagonals, agree with each other. Bound: Student's
/// t over independent lesions, below 1e-7 for each of six comparisons.
#[test]
fn discs_grow_alike_in_all_directions() {
    let shape = Shape::new(2, [160, 160, 1], false);
    let middle = 80u32;
    let inside = |at: [u32; 3]| (at[0].abs_diff(middle)).pow(2) + (at[1].abs_diff(middle)).pow(2) <= 36;
    let starts: Vec<LesionState> = (0..48).map(|id| colony(id, shape, inside)).collect();
    let axes = [[1, 0], [-1, 0], [0, 1], [0, -1]];
    let diagonals = [[1, 1], [-1, -1], [1, -1], [-1, 1]];
    let check = |model: &Model| -> Result<f64, String> {
        let all: Vec<LesionState> = states(model, &starts, |s| s);
        let radii = |ways: [[i32; 2]; 4]| {
            ways.map(|way| mean(&all.iter().map(|s| reach(s, middle, way)).collect::<Vec<_>>()))
        };
        let (along, across) = (radii(axes), radii(diagonals));
        println!("radius along the axes {along:.2?}, along the diagonals {across:.2?}");
        for group in [along, across] {
            for other in &group[1..] {
                let (gap, error) = (other.0 - group[0].0, other.1.hypot(group[0].1));
                ensure(gap.abs() < STUDENT * error, || {
                    format!("directions differ by {gap:.2} ± {error:.2}")
                })?;
            }
        }
        let middle = |group: [(f64, f64); 4]| group.iter().map(|g| g.0).sum::<f64>() / 4.0;
        Ok(middle(along) / middle(across))
    };
    let model = growth(54, 2, true, 100);
    let ratio = check(&model);
    println!("axes to diagonals {ratio:?}");
    assert!(ratio.is_ok_and(|r| (0.9..1.1).contains(&r)));
    // Broken: a neighbourhood that lacks one corner.
    let mut lame = model;
    lame.offsets.retain(|o| *o != [1, 1, 0]);
    assert!(check(&lame).is_err());
}
