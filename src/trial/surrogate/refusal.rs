//! What a mean field cannot do.

use crate::scenario::{ChangeKind, Scenario, StartShape};

/// What of a trial the mean field does not have, if there is anything: agents then have to compute it.
pub fn refusal(scenario: &Scenario) -> Option<&'static str> {
    let start = match scenario.start.shape {
        StartShape::Nests { .. } | StartShape::Random { .. } => None,
        StartShape::Saved { .. } => Some("begins with the cells of another run"),
        StartShape::Ball { .. } | StartShape::Single | StartShape::Count { .. } => {
            Some("begins with cells in one place, and its growth depends on where they are")
        }
    };
    let mutates = scenario.loci.iter().flat_map(|l| &l.changes).any(|c| c.kind == ChangeKind::Mutation);
    start
        .or((!scenario.start.cells.is_empty()).then_some("begins with single cells of a state"))
        .or((mutates && scenario.cells_per_agent == Some(1.0) && scenario.mutation_amplification != 1.0)
            .then_some("amplifies mutations, which are events of single cells"))
}
