//! What a lesion measures: more than a count of its cells.
//!
//! ```text
//! V/V0 = cells · (live · size + dead) + stroma · s + blood · b · (live + dead)          cells = 1 − stroma − blood
//! size   follows 1 − cell_size · (1 − m), m the output of mTORC1 that sets the size of a cell (`mass` of the network), at cell_size_rate
//! s      follows live + dead: at once where tissue grows, at stroma_loss where it is lost
//! b      density of vessels times the square root of their flow
//! ```
//!
//! `live` and `dead` are numbers of cells relative to both at the start, `s` and `b` relative to the start. Where no cell is left, what
//! remains is a scar, which is not measured.

use crate::scenario::LesionVolume;

/// Parts of a lesion that are not told by the numbers of its cells today, relative to the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TissueParts {
    /// Mean size of a live cell.
    pub cell_size: f64,
    /// Stroma.
    pub stroma: f64,
    /// Density of vessels.
    pub vessels: f64,
}

impl Default for TissueParts {
    /// As at the start.
    fn default() -> Self {
        Self { cell_size: 1.0, stroma: 1.0, vessels: 1.0 }
    }
}

/// Cells of a lesion, relative to live and dead cells at the start.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cellularity {
    /// Live cells.
    pub live: f64,
    /// Dead cells that are not cleared yet.
    pub dead: f64,
}

impl Cellularity {
    fn all(self) -> f64 {
        self.live + self.dead
    }
}

impl TissueParts {
    /// A day on which the network drives the size of live cells by `mass` (1 untreated), beside these cells.
    pub fn advance_day(&mut self, rule: &LesionVolume, cells: Cellularity, mass: f64) {
        let size = (1.0 - rule.cell_size * (1.0 - mass)).max(0.0);
        self.cell_size += (size - self.cell_size) * -libm::expm1(-rule.cell_size_rate);
        let excess = (self.stroma - cells.all()).max(0.0);
        self.stroma = cells.all() + excess * libm::exp(-rule.stroma_loss);
    }

    /// Volume relative to the start, at a flow per vessel (0 to 1).
    pub fn volume(&self, rule: &LesionVolume, cells: Cellularity, flow: f64) -> f64 {
        if cells.all() <= 0.0 {
            return 0.0;
        }
        let of_cells = (1.0 - rule.stroma - rule.blood) * (cells.live * self.cell_size + cells.dead);
        let stroma = rule.stroma * self.stroma.max(cells.all());
        of_cells + stroma + rule.blood * self.vessels * libm::sqrt(flow) * cells.all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> LesionVolume {
        let stroma_loss = std::f64::consts::LN_2 / 100.0;
        LesionVolume { stroma: 0.2, stroma_loss, blood: 0.1, cell_size: 0.1, cell_size_rate: 0.1 }
    }

    fn cells(live: f64, dead: f64) -> Cellularity {
        Cellularity { live, dead }
    }

    fn after(days: u32, cells: Cellularity, mass: f64) -> TissueParts {
        let mut parts = TissueParts::default();
        (0..days).for_each(|_| parts.advance_day(&rule(), cells, mass));
        parts
    }

    #[test]
    fn untreated_tissue_measures_what_its_cells_count() {
        for x in [1.0, 2.0, 8.0] {
            let at = cells(0.9 * x, 0.1 * x);
            assert!((after(30, at, 1.0).volume(&rule(), at, 1.0) - x).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn stroma_stays_behind_and_halves_its_distance() {
        let at = cells(0.5, 0.0);
        for (days, stroma) in [(0, 1.0), (100, 0.75), (200, 0.625)] {
            let parts = after(days, at, 1.0);
            assert!((parts.stroma - stroma).abs() < 1e-9, "{days}: {parts:?}");
            let expected = 0.7 * 0.5 + 0.2 * stroma + 0.1 * 0.5;
            assert!((parts.volume(&rule(), at, 1.0) - expected).abs() < 1e-9, "{days}");
        }
    }

    // Smaller cells are not fewer cells, and swell again when the drug is gone.
    #[test]
    fn cells_shrink_and_swell_within_weeks() {
        let at = cells(1.0, 0.0);
        let mut parts = after(100, at, 0.0);
        assert!((parts.cell_size - 0.9).abs() < 1e-3, "{parts:?}");
        assert!((parts.volume(&rule(), at, 1.0) - 0.93).abs() < 1e-3);
        (0..100).for_each(|_| parts.advance_day(&rule(), at, 1.0));
        assert!((parts.volume(&rule(), at, 1.0) - 1.0).abs() < 1e-3, "{parts:?}");
    }

    #[test]
    fn blood_follows_vessels_and_the_root_of_their_flow() {
        let at = cells(1.0, 0.0);
        let parts = TissueParts { vessels: 0.8, ..TissueParts::default() };
        assert!((parts.volume(&rule(), at, 0.25) - (0.9 + 0.1 * 0.4)).abs() < 1e-12);
    }

    #[test]
    fn a_lesion_without_a_cell_measures_nothing() {
        assert_eq!(after(1, cells(0.0, 0.0), 1.0).volume(&rule(), cells(0.0, 0.0), 1.0), 0.0);
    }
}
