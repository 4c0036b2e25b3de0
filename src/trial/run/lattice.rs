//! Lattices of a patient's lesions: as large as the number of agents needs.

use crate::scenario::{Scenario, StartShape};

/// Edges are multiples of this: voxels are of four sites in 3D and of eight in 2D.
const MULTIPLE: u32 = 8;
/// Smallest and largest edges: nests need some room; a lesion of more sites than this is not what a trial is for.
const EDGES: [u32; 2] = [16, 1024];
/// Share of live cells among those of the start: at most about a tenth are dead at the untreated equilibrium.
const LIVE: f64 = 0.9;

/// Size of each of a patient's lattices, so that its lesions begin with at least this many live agents together.
pub fn size(scenario: &Scenario, agents: u32, lesions: u32) -> [u32; 3] {
    let each = f64::from(agents) / f64::from(lesions.max(1)) / LIVE;
    let share = match scenario.start.shape {
        StartShape::Nests { fraction, .. } => fraction,
        StartShape::Random { density } => density,
        _ => return scenario.lattice.size,
    };
    let sites = each / share;
    let three = scenario.lattice.dimension == 3;
    let edge = if three { libm::cbrt(sites) } else { libm::sqrt(sites) };
    let step = if three { MULTIPLE / 2 } else { MULTIPLE };
    let edge = (libm::ceil(edge / f64::from(step)) as u32 * step).clamp(EDGES[0], EDGES[1]);
    if three { [edge; 3] } else { [edge, edge, 1] }
}
