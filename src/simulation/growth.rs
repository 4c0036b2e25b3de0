//! How far a tumour can grow before it is made, as far as its rates say.

use crate::engine::Model;
use crate::engine::tables::RateRow;
use crate::scenario::{Placement, Scenario, StartShape};

use super::assemble;

/// How much larger than expected a tumour may become that began with a cell.
const CHANCE: f64 = 16.0;

/// Cells that the whole run works on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crowd {
    /// On average over the steps.
    pub mean: f64,
    /// At the end.
    pub end: f64,
}

/// More sites than cells will have been at, with room for chance: all that would be there if the fastest cells divided as they can and
/// nothing was cleared, wherever they may have gone. In mode `signalling`, with `mixed` and of a saved start it is the whole lattice.
pub fn most_sites(scenario: &Scenario, model: &Model) -> f64 {
    let sites = assemble::shape(scenario).sites() as f64;
    let mixed = scenario.lattice.placement == Placement::Mixed;
    if mixed || scenario.patient.is_some() || matches!(scenario.start.shape, StartShape::Saved { .. }) {
        return sites;
    }
    let most = |of: fn(&RateRow) -> f64| model.tables.rows.iter().map(of).fold(0.0, f64::max);
    let steps = f64::from(scenario.time.end);
    let births = most(|row| row.divide.probability() - row.die.probability());
    let moves = most(|row| row.migrate.probability() - row.divide.probability());
    let cells = grown(assemble::expected_cells(scenario), births, steps, sites).end;
    (CHANCE * cells * (1.0 + moves * steps)).min(sites)
}

/// Cells that a cell of this row gives in a step, on average, beyond itself.
pub fn growth(row: &RateRow) -> f64 {
    row.divide.probability() - 2.0 * row.die.probability()
}

/// A tumour that grows by a share in each step until the lattice is full.
pub fn grown(start: f64, growth: f64, steps: f64, sites: f64) -> Crowd {
    if start <= 0.0 || growth <= 0.0 {
        return Crowd { mean: start, end: start };
    }
    let rate = libm::log1p(growth);
    let growing = (libm::log(sites / start) / rate).clamp(0.0, steps);
    let end = start * libm::exp(rate * growing);
    Crowd { mean: ((end - start) / rate + end * (steps - growing)) / steps.max(1.0), end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_ends_where_the_lattice_does() {
        let none = grown(100.0, 0.0, 50.0, 1e6);
        assert_eq!(none, Crowd { mean: 100.0, end: 100.0 });
        let free = grown(1.0, 1.0, 10.0, 1e9);
        assert!(
            (free.end - 1024.0).abs() < 1e-6 && (free.mean - 1023.0 / 10.0 / libm::log(2.0)).abs() < 1e-6
        );
        let full = grown(1.0, 1.0, 1000.0, 1024.0);
        assert!((full.end - 1024.0).abs() < 1e-6 && full.mean > 1000.0 && full.mean < 1024.0);
    }
}
