//! Room to grow: half of the cells of a crowded lesion are taken out, and those that are left stand for twice as many.

use super::lesion::LesionState;
use super::random::{Draws, Purpose};
use super::word;

/// Whether live and dead cells fill more than half of the sites.
pub fn is_crowded(cells: u64, sites: u64) -> bool {
    2 * cells > sites
}

/// Keeps every second live or dead cell in the order of state, clone and site, from the first or the second on by one draw: the same
/// whoever computes it. Of a state half is left, of a clone half as near as its place in the order allows. The table of clones, fields
/// and counts of events stay as they are.
pub fn thin(state: &mut LesionState, seed: u64) {
    let draws = Draws::new(seed, state.id.0, state.step);
    let offset = (draws.shared_word(0, Purpose::Thin) >> 31) as usize;
    let mut order: Vec<(u32, u32, usize)> =
        state.cells().enumerate().map(|(at, (_, word, clone))| (word, clone, at)).collect();
    order.sort_unstable();
    let mut is_taken = vec![false; order.len()];
    order.iter().skip(offset).step_by(2).for_each(|(.., at)| is_taken[*at] = true);
    for ((_, word, clone), is_taken) in state.cells_mut().zip(is_taken) {
        if is_taken {
            (*word, *clone) = (word::EMPTY, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::{LesionId, Shape};

    fn full() -> LesionState {
        let mut state = LesionState::empty(LesionId::new(3, 1), Shape::new(3, [40, 40, 40], false));
        state.table.0.push(crate::tissue::Founding { parent: 0, step: 0, site: 0, code: 0 });
        let shape = state.shape;
        state.table.0.extend((1..9).map(|site| crate::tissue::Founding {
            parent: 0,
            step: 0,
            site,
            code: 2,
        }));
        for site in (0..40 * 40 * 40).map(|i| shape.site([i % 40, i / 40 % 40, i / 1600])) {
            let clone = if site % 5 == 0 { 0 } else { (site % 97).min(8) };
            state.put(site, if site % 5 == 0 { word::dead(1) } else { word::live(2) }, clone);
        }
        state
    }

    fn single() -> LesionState {
        let mut state = LesionState::empty(LesionId::new(3, 1), Shape::new(3, [8; 3], false));
        state.table.0.push(crate::tissue::Founding { parent: 0, step: 0, site: 0, code: 0 });
        state.put(state.shape.site([3; 3]), word::live(2), 0);
        state
    }

    // A coin for each cell lost a clone of one cell as often, but let the count of a large one wander by half the root of its size:
    // here it is off by half a cell at most for each state that it has.
    #[test]
    fn half_of_every_state_and_clone_is_left() {
        let before = full();
        for seed in 0..4 {
            let mut after = before.clone();
            thin(&mut after, seed);
            assert_eq!(after.check(), Ok(()));
            let ((live, dead), (now_live, now_dead)) = (before.burden(), after.burden());
            for (was, is) in [(live, now_live), (dead, now_dead)] {
                assert!(2 * is + 1 >= was && 2 * is <= was + 1, "{is} of {was}");
            }
            for (was, is) in before.clone_sizes().iter().zip(after.clone_sizes()) {
                assert!(2 * is + 1 >= *was && 2 * is <= *was + 1, "{is} of {was}");
            }
            assert!(after.cells().all(|(site, w, _)| before.word(site) == w) && after.cells().count() > 0);
        }
    }

    // Every cell is left with a probability of one half, so that no count drifts: six standard errors of 4000 tosses.
    #[test]
    fn a_single_cell_is_left_as_often_as_not() {
        let state = single();
        let is_left = |seed: u64| {
            let mut after = state.clone();
            thin(&mut after, seed);
            after.burden().0
        };
        let left: u64 = (0..4000).map(is_left).sum();
        assert!(left.abs_diff(2000) < 190, "{left}");
    }

    #[test]
    fn it_is_keyed_by_seed_lesion_and_step() {
        let offsets = |change: fn(&mut LesionState)| {
            let mut state = single();
            change(&mut state);
            let is_left = |seed| {
                let mut after = state.clone();
                thin(&mut after, seed);
                after.burden().0 == 1
            };
            (0..64).map(is_left).collect::<Vec<bool>>()
        };
        let base = offsets(|_| {});
        assert_eq!(base, offsets(|_| {}));
        assert!(base.contains(&true) && base.contains(&false));
        assert_ne!(base, offsets(|s| s.id = LesionId::new(3, 2)));
        assert_ne!(base, offsets(|s| s.step = 1));
    }

    #[test]
    fn crowded_is_more_than_half() {
        assert!(!is_crowded(50, 100) && is_crowded(51, 100));
    }
}
