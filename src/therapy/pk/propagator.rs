//! Exact steps of a system over any number of minutes.

use super::matrix::Matrix;
use super::system::System;

/// Minutes of a day.
pub(super) const DAY: u32 = 1440;
/// Minutes between the points at which a peak is looked for.
const GRID: u32 = 15;
/// Points of that grid in a day.
const POINTS: usize = (DAY / GRID) as usize;
/// Steps of 1, 2, 4, … 1024 minutes: any length up to a day is a sum of them.
const RUNGS: u32 = 11;
/// Amounts (mg) and cells below this are set to zero: they mean nothing and are slow to compute with.
const NOTHING: f64 = 1e-100;

/// A system with its steps.
///
/// Lengths are whole minutes and every one is made of the same steps, largest first, so that the bits of a result do
/// not depend on which lengths were asked for before.
#[derive(Debug)]
pub(super) struct Propagators {
    pub system: System,
    /// Compartments of which the area under the curve is kept.
    watched: Vec<usize>,
    rungs: Vec<Rung>,
    /// For parent and metabolite: the amount at the grid's points after a unit in each compartment (compartment by
    /// compartment, 96 points each).
    grids: Vec<Vec<f64>>,
}

/// One step: `after = transfer · before`, `areas = area · before` (mg·h).
#[derive(Debug)]
struct Rung {
    transfer: Vec<f64>,
    area: Vec<f64>,
}

/// What advances through a day.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Amounts {
    /// Amount in every compartment, mg.
    pub now: Vec<f64>,
    /// Area under the curve of the watched compartments since it was last cleared, mg·h.
    pub areas: Vec<f64>,
    scratch: Vec<f64>,
}

impl Propagators {
    /// The steps of a system.
    pub fn new(system: System) -> Self {
        let mut watched = vec![system.parent, system.site_parent];
        watched.extend(system.metabolite.into_iter().chain(system.site_metabolite));
        watched.sort_unstable();
        watched.dedup();
        let rungs = rungs(&system, &watched);
        let quarter = system.rates.exponential(f64::from(GRID) / 60.0);
        let seen = [Some(system.parent), system.metabolite];
        let grids = seen.into_iter().flatten().map(|state| grid(&quarter, state)).collect();
        Self { system, watched, rungs, grids }
    }

    /// An empty body.
    pub fn start(&self) -> Amounts {
        let zeros = vec![0.0; self.system.rates.size()];
        Amounts { now: zeros.clone(), areas: vec![0.0; self.watched.len()], scratch: zeros }
    }

    /// Advances by a number of minutes, at most a day.
    pub fn advance(&self, amounts: &mut Amounts, minutes: u32) {
        let n = self.system.rates.size();
        for (bit, rung) in self.rungs.iter().enumerate().rev() {
            if minutes >> bit & 1 == 0 {
                continue;
            }
            for (sum, row) in amounts.areas.iter_mut().zip(rung.area.chunks_exact(n)) {
                *sum += dot(row, &amounts.now);
            }
            for (after, row) in amounts.scratch.iter_mut().zip(rung.transfer.chunks_exact(n)) {
                *after = dot(row, &amounts.now);
            }
            std::mem::swap(&mut amounts.now, &mut amounts.scratch);
        }
    }

    /// The area of a watched compartment, mg·h.
    pub fn area(&self, amounts: &Amounts, state: usize) -> f64 {
        self.watched.iter().position(|&w| w == state).map_or(0.0, |i| amounts.areas[i])
    }

    /// Largest amounts of parent (0) or metabolite (1) at the grid's points in the next minutes, the first one now.
    pub fn largest(&self, amounts: &Amounts, which: usize, minutes: u32) -> f64 {
        let points = (minutes.div_ceil(GRID) as usize).clamp(1, POINTS);
        let mut values = [0.0; POINTS];
        for (column, &amount) in self.grids[which].chunks_exact(POINTS).zip(&amounts.now) {
            if amount != 0.0 {
                let pairs = values[..points].iter_mut().zip(&column[..points]);
                pairs.for_each(|(value, cell)| *value += amount * cell);
            }
        }
        values[..points].iter().copied().fold(0.0, f64::max)
    }

    /// Clears the areas, and amounts too small to matter.
    pub fn new_day(&self, amounts: &mut Amounts) {
        amounts.areas.fill(0.0);
        amounts.now.iter_mut().for_each(|amount| *amount = something(*amount));
    }
}

fn something(value: f64) -> f64 {
    if value < NOTHING { 0.0 } else { value }
}

fn dot(row: &[f64], amounts: &[f64]) -> f64 {
    row.iter().zip(amounts).fold(0.0, |sum, (cell, amount)| sum + cell * amount)
}

/// The steps, each the square of the one before. The areas are extra compartments that fill with the watched amounts.
fn rungs(system: &System, watched: &[usize]) -> Vec<Rung> {
    let n = system.rates.size();
    let mut augmented = Matrix::zeros(n + watched.len());
    for i in 0..n {
        (0..n).for_each(|j| augmented.add(i, j, system.rates.at(i, j)));
    }
    watched.iter().enumerate().for_each(|(i, &state)| augmented.add(n + i, state, 1.0));
    let mut power = augmented.exponential(1.0 / 60.0);
    let mut rungs = Vec::new();
    for _ in 0..RUNGS {
        let rows = |from: usize, to: usize| -> Vec<f64> {
            (from..to).flat_map(|i| power.row(i)[..n].iter().map(|&cell| something(cell))).collect()
        };
        rungs.push(Rung { transfer: rows(0, n), area: rows(n, n + watched.len()) });
        power = power.squared();
    }
    rungs
}

/// Amounts in `state` at 0, 15, 30, … minutes after a unit in each compartment.
fn grid(quarter: &Matrix, state: usize) -> Vec<f64> {
    let n = quarter.size();
    let mut cells = vec![0.0; n * POINTS];
    let mut row = vec![0.0; n];
    row[state] = 1.0;
    for point in 0..POINTS {
        (0..n).for_each(|i| cells[i * POINTS + point] = something(row[i]));
        let mut next = vec![0.0; n];
        for (i, &weight) in row.iter().enumerate() {
            next.iter_mut().zip(quarter.row(i)).for_each(|(sum, cell)| *sum += weight * cell);
        }
        row = next;
    }
    cells
}
