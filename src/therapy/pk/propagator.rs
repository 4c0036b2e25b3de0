//! Exact steps of a system over any number of minutes.

use super::matrix::Matrix;
use super::system::System;

/// Minutes of a day.
pub(super) const DAY: u32 = 1440;
/// Minutes between the points at which a peak is looked for first.
const GRID: u32 = 15;
/// Points of that coarse grid in a day.
const POINTS: usize = (DAY / GRID) as usize;
/// Minutes from the point before a coarse grid's largest value to the one after it, both counted.
const FINE: usize = 2 * GRID as usize + 1;
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
    /// For parent and metabolite: the amount at the points of a day's coarse grid.
    coarse: Vec<TimeGrid>,
    /// The same minute by minute over two intervals of the coarse grid.
    fine: Vec<TimeGrid>,
}

/// Amount of an analyte at equally spaced times after a unit in each compartment, compartment by compartment.
#[derive(Debug)]
struct TimeGrid {
    points: usize,
    cells: Vec<f64>,
}

/// One step: `after = transfer · before`, `areas = area · before` (mg·h).
#[derive(Debug)]
struct Rung {
    transfer: Vec<f64>,
    area: Vec<f64>,
}

/// What advances through a day.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CompartmentAmounts {
    /// Amount in every compartment, mg.
    pub now: Vec<f64>,
    /// Area under the curve of the watched compartments since it was last cleared, mg·h.
    pub areas: Vec<f64>,
    scratch: Vec<f64>,
    probe: Vec<f64>,
}

impl Propagators {
    /// The steps of a system.
    pub fn new(system: System) -> Self {
        let mut watched = vec![system.parent, system.site_parent];
        watched.extend(system.metabolite.into_iter().chain(system.site_metabolite));
        watched.sort_unstable();
        watched.dedup();
        let rungs = rungs(&system, &watched);
        let seen = [Some(system.parent), system.metabolite];
        let grids = |minutes: u32, points: usize| {
            let step = system.rates.exponential(f64::from(minutes) / 60.0);
            seen.into_iter().flatten().map(|state| TimeGrid::new(&step, state, points)).collect()
        };
        let (coarse, fine) = (grids(GRID, POINTS), grids(1, FINE));
        Self { system, watched, rungs, coarse, fine }
    }

    /// An empty body.
    pub fn start(&self) -> CompartmentAmounts {
        let zeros = vec![0.0; self.system.rates.size()];
        let areas = vec![0.0; self.watched.len()];
        CompartmentAmounts { now: zeros.clone(), areas, scratch: zeros.clone(), probe: zeros }
    }

    /// Advances by a number of minutes, at most a day.
    pub fn advance(&self, amounts: &mut CompartmentAmounts, minutes: u32) {
        let n = self.system.rates.size();
        for rung in self.steps(minutes) {
            for (sum, row) in amounts.areas.iter_mut().zip(rung.area.chunks_exact(n)) {
                *sum += dot(row, &amounts.now);
            }
            rung.apply(&amounts.now, &mut amounts.scratch);
            std::mem::swap(&mut amounts.now, &mut amounts.scratch);
        }
    }

    /// The steps that make up a number of minutes, largest first.
    fn steps(&self, minutes: u32) -> impl Iterator<Item = &Rung> {
        self.rungs
            .iter()
            .enumerate()
            .rev()
            .filter(move |(bit, _)| minutes >> bit & 1 == 1)
            .map(|(_, rung)| rung)
    }

    /// The area of a watched compartment, mg·h.
    pub fn area(&self, amounts: &CompartmentAmounts, state: usize) -> f64 {
        self.watched.iter().position(|&w| w == state).map_or(0.0, |i| amounts.areas[i])
    }

    /// Largest amount of parent (0) or metabolite (1) in the next minutes: on the coarse grid, then minute by minute
    /// around its largest value.
    pub fn largest(&self, amounts: &mut CompartmentAmounts, which: usize, minutes: u32) -> f64 {
        let values =
            self.coarse[which].values::<POINTS>(&amounts.now, (minutes.div_ceil(GRID) as usize).max(1));
        let best = (1..POINTS).fold(0, |best, i| if values[i] > values[best] { i } else { best });
        let from = GRID * (best as u32).saturating_sub(1);
        amounts.probe.copy_from_slice(&amounts.now);
        for rung in self.steps(from) {
            rung.apply(&amounts.probe, &mut amounts.scratch);
            std::mem::swap(&mut amounts.probe, &mut amounts.scratch);
        }
        let left = (minutes - from) as usize + 1;
        let values = self.fine[which].values::<FINE>(&amounts.probe, left);
        values.into_iter().fold(0.0, f64::max)
    }

    /// Clears the areas, and amounts too small to matter.
    pub fn new_day(&self, amounts: &mut CompartmentAmounts) {
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

impl Rung {
    fn apply(&self, before: &[f64], after: &mut [f64]) {
        let rows = self.transfer.chunks_exact(before.len());
        after.iter_mut().zip(rows).for_each(|(after, row)| *after = dot(row, before));
    }
}

impl TimeGrid {
    /// For the analyte in `state`, at 0, 1, 2, … steps.
    fn new(step: &Matrix, state: usize, points: usize) -> Self {
        let n = step.size();
        let mut cells = vec![0.0; n * points];
        let mut row = vec![0.0; n];
        row[state] = 1.0;
        for point in 0..points {
            (0..n).for_each(|i| cells[i * points + point] = something(row[i]));
            let mut next = vec![0.0; n];
            for (i, &weight) in row.iter().enumerate() {
                next.iter_mut().zip(step.row(i)).for_each(|(sum, cell)| *sum += weight * cell);
            }
            row = next;
        }
        Self { points, cells }
    }

    /// The analyte at the first `wanted` points, zero at later ones.
    fn values<const N: usize>(&self, amounts: &[f64], wanted: usize) -> [f64; N] {
        let wanted = wanted.min(self.points);
        let mut values = [0.0; N];
        for (column, &amount) in self.cells.chunks_exact(self.points).zip(amounts) {
            if amount != 0.0 {
                let pairs = values[..wanted].iter_mut().zip(column);
                pairs.for_each(|(value, cell)| *value += amount * cell);
            }
        }
        values
    }
}
