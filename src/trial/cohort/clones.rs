//! States that a patient's tumour starts with: what all cells have, and what some have beside.

use serde::Serialize;

use crate::biology::patient::PatientParameter;
use crate::scenario::{Locus, Share};

/// A state of starting cells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StartingState {
    /// Loci at a level above 0; none: the sensitive state.
    pub levels: Vec<(&'static str, u8)>,
    /// Share of starting cells.
    pub fraction: f64,
}

/// Parameters that are shares of starting cells, with the loci and levels that they are of, in the order in which states
/// are listed.
pub(super) fn carried() -> impl Iterator<Item = (PatientParameter, (&'static str, u8))> {
    PatientParameter::ALL.into_iter().filter_map(|parameter| Some((parameter, parameter.starting_state()?)))
}

/// The loci that all cells have changed: those with a share of 1.
pub(super) fn clonal(shares: &[f64]) -> Vec<(&'static str, u8)> {
    let all = carried().zip(shares).filter(|(_, share)| **share >= 1.0);
    all.map(|((_, own), _)| own).collect()
}

/// The starting states: what all cells have in common first, then every share below 1 on top of it.
///
/// Each of the smaller shares has its one change beside the common ones; if they sum to more than 1, they are divided by
/// their sum.
pub(super) fn starting_states(shares: &[f64]) -> Vec<StartingState> {
    let common = clonal(shares);
    let part = |share: f64| if share < 1.0 { share } else { 0.0 };
    let sum: f64 = shares.iter().map(|share| part(*share)).sum();
    let scale = sum.max(1.0);
    let mut states = vec![StartingState { levels: common.clone(), fraction: (1.0 - sum).max(0.0) }];
    for ((_, own), share) in carried().zip(shares) {
        let mut levels = common.clone();
        levels.push(own);
        states.push(StartingState { levels, fraction: part(*share) / scale });
    }
    states.retain(|state| state.fraction > 0.0);
    states
}

/// The starting states in the loci of a scenario. A locus or level that it has not is left out, so that the cells are
/// counted with the state that they then have; what is left to 1 is sensitive.
pub(super) fn composition(states: &[StartingState], loci: &[Locus]) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    for state in states {
        let level = |locus: &Locus| {
            let own = state.levels.iter().find(|own| has(locus, own));
            own.map_or(0, |(_, level)| *level)
        };
        let levels: Vec<u8> = loci.iter().map(level).collect();
        match shares.iter_mut().find(|share| share.levels == levels) {
            Some(share) => share.fraction += state.fraction,
            None => shares.push(Share { levels, fraction: state.fraction }),
        }
    }
    shares.retain(|share| share.levels.iter().any(|level| *level > 0));
    shares
}

/// Those of these loci and levels that a scenario has not.
pub(super) fn missing(levels: &[(&'static str, u8)], loci: &[Locus]) -> Vec<&'static str> {
    let absent = levels.iter().filter(|own| !loci.iter().any(|locus| has(locus, own)));
    absent.map(|(name, _)| *name).collect()
}

fn has(locus: &Locus, own: &(&'static str, u8)) -> bool {
    locus.name == own.0 && usize::from(own.1) < locus.levels.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::catalogue_loci;

    const RARE: [f64; 8] = [0.02, 0.002, 1e-6, 3e-6, 1.2e-6, 0.0, 0.0, 0.0];

    #[test]
    fn every_carried_level_is_in_the_catalogue() {
        let names = ["up", "overactive", "lost", "active", "frb_mutant", "lost", "mutant", "mutant"];
        assert_eq!(carried().count(), names.len());
        for ((_, (name, level)), expected) in carried().zip(names) {
            let locus = catalogue_loci().iter().find(|l| l.name == name).unwrap();
            assert_eq!(locus.levels[usize::from(level)], expected, "{name}");
        }
    }

    #[test]
    fn without_clonal_changes_the_rest_is_sensitive() {
        let states = starting_states(&RARE);
        assert_eq!(states.len(), 6);
        assert!(states[0].levels.is_empty());
        assert!((states.iter().map(|s| s.fraction).sum::<f64>() - 1.0).abs() < 1e-15);
        assert_eq!(states[1], StartingState { levels: vec![("rtk", 1)], fraction: 0.02 });
    }

    #[test]
    fn clonal_changes_are_in_every_state() {
        let shares = [0.02, 0.002, 1.0, 3e-6, 1.2e-6, 1.0, 0.0, 0.0];
        let states = starting_states(&shares);
        let common = [("tsc", 2), ("pten", 2)];
        assert_eq!(clonal(&shares), common);
        assert!(states.iter().all(|s| common.iter().all(|c| s.levels.contains(c))));
        assert_eq!(states[0].levels, common);
        assert_eq!(states[1].levels, [("tsc", 2), ("pten", 2), ("rtk", 1)]);
        assert_eq!(states.len(), 5);
    }

    #[test]
    fn shares_above_one_in_all_are_divided_by_their_sum() {
        let states = starting_states(&[0.5, 0.7, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(states.len(), 2);
        assert!((states[0].fraction - 0.5 / 1.2).abs() < 1e-15);
        assert!((states[1].fraction - 0.7 / 1.2).abs() < 1e-15);
    }

    #[test]
    fn a_scenario_gets_the_loci_that_it_has() {
        let shares = [0.02, 0.002, 1.0, 3e-6, 1.2e-6, 1.0, 0.0, 0.0];
        let states = starting_states(&shares);
        let loci: Vec<Locus> =
            ["rtk", "tsc"].map(|n| catalogue_loci().iter().find(|l| l.name == n).unwrap().clone()).into();
        let composition = composition(&states, &loci);
        let share = |levels: [u8; 2]| composition.iter().find(|s| s.levels == levels).unwrap().fraction;
        assert_eq!(composition.len(), 2);
        assert!((share([1, 2]) - 0.02).abs() < 1e-15 && (share([0, 2]) - 0.98).abs() < 1e-12);
        assert_eq!(missing(&clonal(&shares), &loci), ["pten"]);
        let sensitive = super::composition(&starting_states(&RARE), &loci);
        assert_eq!(sensitive.len(), 2, "the sensitive state is what is left");
    }
}
