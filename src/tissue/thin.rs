//! Room to grow: half of the cells of a crowded lesion are taken out, and those that are left stand for twice as many.

use super::lesion::LesionState;
use super::random::{Draws, Purpose};
use super::word;

/// Whether live and dead cells fill more than half of the sites.
pub fn is_crowded(cells: u64, sites: u64) -> bool {
    2 * cells > sites
}

/// Keeps each live or dead cell with probability ½, by a draw keyed by its site: the same whoever computes it. Clones, fields and
/// counts of events stay as they are.
pub fn thin(state: &mut LesionState, seed: u64) {
    let draws = Draws::new(seed, state.id.0, state.step);
    for (site, word, clone) in state.cells_mut() {
        if draws.shared_word(site, Purpose::Thin) >> 31 == 0 {
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
        for site in (0..40 * 40 * 40).map(|i| shape.site([i % 40, i / 40 % 40, i / 1600])) {
            state.put(site, if site % 5 == 0 { word::dead(1) } else { word::live(2) }, 0);
        }
        state
    }

    #[test]
    fn half_of_the_cells_are_left_live_and_dead_alike() {
        let before = full();
        let mut after = before.clone();
        thin(&mut after, 7);
        assert_eq!(after.check(), Ok(()));
        let ((live, dead), (now_live, now_dead)) = (before.burden(), after.burden());
        // Six standard errors of a binomial share of one half.
        for (was, is) in [(live, now_live), (dead, now_dead)] {
            let share = is as f64 / was as f64;
            assert!((share - 0.5).abs() < 3.0 / (was as f64).sqrt(), "{share} of {was}");
        }
        assert!(after.cells().all(|(site, w, _)| before.word(site) == w) && after.cells().count() > 0);
    }

    #[test]
    fn it_is_keyed_by_seed_lesion_and_step() {
        let thinned = |change: fn(&mut LesionState), seed| {
            let mut state = full();
            change(&mut state);
            thin(&mut state, seed);
            state.bricks
        };
        let base = thinned(|_| {}, 7);
        assert_eq!(base, thinned(|_| {}, 7));
        assert_ne!(base, thinned(|_| {}, 8));
        assert_ne!(base, thinned(|s| s.id = LesionId::new(3, 2), 7));
        assert_ne!(base, thinned(|s| s.step = 1, 7));
    }

    #[test]
    fn crowded_is_more_than_half() {
        assert!(!is_crowded(50, 100) && is_crowded(51, 100));
    }
}
