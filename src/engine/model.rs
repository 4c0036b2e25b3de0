//! What the engine is told to do: integers only, the same for both backends.

use crate::tissue::lesion::MAX_DRUGS;

use super::tables::RateTables;

/// A value that never comes: no duration, no burden limit.
pub const NEVER: u32 = u32::MAX;

/// How a site is found for a daughter or a mover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacementRule {
    /// A uniform choice among the empty ones of [`Model::offsets`].
    Neighbour,
    /// The first empty one of this many uniform draws from [`Model::offsets`].
    Candidates(u32),
    /// The i-th birth takes the i-th empty site.
    Mixed,
}

/// A drug's schedule in steps and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrugRule {
    /// Begins at the first check with at least this many live cells; `None`: at `begin_step`.
    pub begin_burden: Option<u32>,
    /// Begins at this step (with an adaptive rule: at the first check from there).
    pub begin_step: u32,
    /// Steps after the beginning when it ends; [`NEVER`] if it does not.
    pub duration: u32,
    /// Half-open windows in steps after the beginning; empty: always.
    pub windows: Vec<(u32, u32)>,
    /// Steps on and off; on = 0: no cycle.
    pub cycle: (u32, u32),
    /// Adaptive rule, if any.
    pub adaptive: Option<AdaptiveRule>,
}

/// Adaptive therapy in integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdaptiveRule {
    /// Off below this fraction of the burden at the beginning, 16.16 fixed point.
    pub off_below: u32,
    /// On again from this fraction, 16.16 fixed point.
    pub on_above: u32,
    /// Steps between two monitorings.
    pub every: u32,
}

/// Rules judged at checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopRule {
    /// Steps between two checks.
    pub check: u32,
    /// Last step.
    pub end: u32,
    /// Halt when no live cell is left.
    pub extinction: bool,
    /// Halt at this many live cells; [`NEVER`] if not.
    pub burden: u32,
    /// Progression from this factor on the starting burden, 16.16 fixed point; 0: no such rule.
    pub factor: u32,
    /// Consecutive checks that make a progression.
    pub checks: u32,
    /// Halt at progression.
    pub halt: bool,
}

/// Oxygen in integers: relaxation of a diffusion-consumption balance towards its steady state.
///
/// A sweep sets each voxel to `source[n] + Σ round(weight[n] · neighbour)`, where `n` is its number
/// of live cells; a missing neighbour counts as the voxel itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OxygenRule {
    /// Weight of each of the 4 or 6 neighbours by live cells (0..=64), 0.32 fixed point.
    pub weight: Vec<u32>,
    /// Source term by live cells, 16.16 fixed point.
    pub source: Vec<u32>,
    /// Value of tissue without tumour cells, 16.16 fixed point; bricks without cells hold it.
    pub free: u32,
    /// Sweeps a step (even).
    pub sweeps: u32,
}

/// Everything a step needs to know beside the lesions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The seed.
    pub seed: u64,
    /// 2 or 3.
    pub dimension: u32,
    /// Whether opposite edges are joined.
    pub periodic: bool,
    /// Displacements from which a site is chosen, in frozen order (z, y, x ascending).
    pub offsets: Vec<[i32; 3]>,
    /// How it is chosen.
    pub placement: PlacementRule,
    /// Rates.
    pub tables: RateTables,
    /// Drug schedules, at most [`MAX_DRUGS`].
    pub drugs: Vec<DrugRule>,
    /// Stop rules.
    pub stop: StopRule,
    /// Oxygen, if the scenario has it.
    pub oxygen: Option<OxygenRule>,
}

impl Model {
    /// Displacements of the von Neumann or Moore neighbourhood.
    pub fn neighbourhood(dimension: u32, moore: bool) -> Vec<[i32; 3]> {
        displacements(dimension, 1).filter(|d| moore || d.iter().map(|c| c.abs()).sum::<i32>() == 1).collect()
    }

    /// Displacements of the ball (disc in 2D) of a radius in site edges.
    pub fn ball(dimension: u32, radius: u32) -> Vec<[i32; 3]> {
        let r = radius as i32;
        displacements(dimension, r).filter(|d| d.iter().map(|c| c * c).sum::<i32>() <= r * r).collect()
    }

    /// Checks the limits that packing relies on.
    ///
    /// # Panics
    ///
    /// If a limit is broken: a programming error, since scenarios are checked first.
    pub fn assert_valid(&self) {
        assert!(self.drugs.len() <= MAX_DRUGS, "too many drugs");
        assert!(self.offsets.len() <= u16::MAX as usize, "too many displacements");
        assert!(self.stop.check > 0 && self.stop.end.is_multiple_of(self.stop.check), "end is no check");
        assert_eq!(self.tables.table_of_drugs.len(), 1 << self.drugs.len());
        if let PlacementRule::Candidates(n) = self.placement {
            assert!((1..=31).contains(&n), "1 to 31 candidates");
        }
        if self.placement == PlacementRule::Neighbour {
            assert!(self.offsets.len() <= 32, "a direction has five bits");
        }
        if let Some(oxygen) = &self.oxygen {
            assert!(oxygen.sweeps.is_multiple_of(2), "an even number of sweeps");
        }
    }
}

fn displacements(dimension: u32, r: i32) -> impl Iterator<Item = [i32; 3]> {
    let depth = if dimension == 3 { r } else { 0 };
    (-depth..=depth)
        .flat_map(move |z| (-r..=r).flat_map(move |y| (-r..=r).map(move |x| [x, y, z])))
        .filter(|d| *d != [0, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbourhoods_have_the_known_sizes() {
        assert_eq!(Model::neighbourhood(2, false).len(), 4);
        assert_eq!(Model::neighbourhood(2, true).len(), 8);
        assert_eq!(Model::neighbourhood(3, false).len(), 6);
        assert_eq!(Model::neighbourhood(3, true).len(), 26);
        assert_eq!(Model::ball(2, 2).len(), 12);
        assert_eq!(Model::ball(3, 3).len(), 122);
    }
}
