//! What a mean field begins with: agents, the dead beside the live, states, classes of perfusion.

use crate::biology::patient::Turnover;
use crate::scenario::{Change, ChangeKind, Scenario, StartShape, nest_cells};
use crate::simulation::care::placed_shares;
use crate::simulation::dead_share;

/// States with a smaller share of the start are left out, with what can only come from them: they are in a ledger, if there is one.
pub(super) const MIN: f64 = 1e-4;

/// Dead cells for each live one, as lattices begin with.
pub(in crate::trial) fn dead(scenario: &Scenario, turnover: &Turnover) -> f64 {
    let share = dead_share(Some(turnover), scenario);
    share / (1.0 - share)
}

/// Live agents with which the lattices of all lesions would begin, in the mean.
pub(in crate::trial) fn agents(scenario: &Scenario, turnover: &Turnover, lesions: usize) -> f64 {
    let sites: u64 = scenario.lattice.size.iter().map(|edge| u64::from(*edge)).product();
    let cells = match scenario.start.shape {
        StartShape::Nests { fraction, .. } => nest_cells(fraction, sites) as f64,
        StartShape::Random { density } => density * sites as f64,
        StartShape::Ball { radius_um } => {
            let radius = radius_um / scenario.lattice.site_um;
            let disc = std::f64::consts::PI * radius * radius;
            if scenario.lattice.dimension == 2 { disc } else { disc * radius * 4.0 / 3.0 }
        }
        StartShape::Count { cells } => f64::from(cells),
        StartShape::Single | StartShape::Saved { .. } => 1.0,
    };
    cells * (1.0 - dead_share(Some(turnover), scenario)) * lesions as f64
}

/// States of the start and their shares, the sensitive one first.
pub(super) fn shares(scenario: &Scenario) -> Vec<(Vec<u8>, f64)> {
    let mut shares: Vec<(Vec<u8>, f64)> = vec![(vec![0; scenario.loci.len()], 1.0)];
    for share in placed_shares(scenario).iter().filter(|s| s.fraction >= MIN) {
        shares[0].1 -= share.fraction;
        match shares.iter_mut().find(|(levels, _)| *levels == share.levels) {
            Some(known) => known.1 += share.fraction,
            None => shares.push((share.levels.clone(), share.fraction)),
        }
    }
    shares
}

/// States that switching can lead to from these.
pub(super) fn reachable(scenario: &Scenario, mut levels: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut at = 0;
    while at < levels.len() {
        for (locus, described) in scenario.loci.iter().enumerate() {
            let level = levels[at][locus];
            // Mutants go into a ledger.
            let stays = |c: &Change| c.kind == ChangeKind::Switching || !scenario.has_ledger();
            let matters =
                |c: &&Change| c.from == level && stays(c) && (c.induced.is_some() || c.rate > MIN / 10.0);
            for change in described.changes.iter().filter(matters) {
                let mut after = levels[at].clone();
                after[locus] = change.to;
                if !levels.contains(&after) {
                    levels.push(after);
                }
            }
        }
        at += 1;
    }
    levels
}
