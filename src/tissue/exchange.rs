//! Agents that come onto a lattice from the ledger, and those that go back into it.

use super::clones::Founding;
use super::host_random::HostRandom;
use super::lesion::LesionState;
use super::word;

/// Farthest that a cell from the ledger is placed from a live one, in sites along an axis.
const REACH: u64 = 4;
/// Places tried about live cells before one of them gives its own.
const ATTEMPTS: usize = 64;

/// Founds a clone of the ancestor for each of these states that has none, so that cells of any can be placed later: they are the ledger's clone.
pub fn found_all(state: &mut LesionState, codes: &[u32]) {
    let site = state.table.0.first().map_or(0, |root| root.site);
    for code in codes {
        if clone_of(state, *code).is_none() {
            state.table.0.push(Founding { parent: 0, step: 0, site, code: *code });
        }
    }
}

fn clone_of(state: &LesionState, code: u32) -> Option<u32> {
    state.table.0.iter().position(|founding| founding.code == code).map(|id| id as u32)
}

/// Places live cells of a state, each at an empty site about a live cell of another one, or, where none is found, in its place. Without live cells they come where the dead are, and in an empty tumour about its centre.
pub fn place(state: &mut LesionState, code: u32, cells: u32, random: &mut HostRandom) {
    let Some(clone) = clone_of(state, code) else { return };
    let mut about: Vec<u32> =
        state.live_cells().filter(|(_, w, _)| word::code(*w) != code).map(|(site, ..)| site).collect();
    if about.is_empty() {
        about = state.cells().map(|(site, ..)| site).collect();
    }
    if about.is_empty() {
        about.push(state.shape.site(state.shape.size.map(|edge| edge / 2)));
    }
    for _ in 0..cells {
        let mut mother = 0;
        let found = (0..ATTEMPTS).find_map(|_| {
            mother = about[random.below(about.len() as u64) as usize];
            let offset = [0; 3].map(|_: i32| random.below(2 * REACH + 1) as i32 - REACH as i32);
            let [x, y, z] = offset;
            let plane = if state.shape.dimension == 2 { 0 } else { z };
            let site = state.shape.neighbour(state.shape.position(mother), [x, y, plane])?;
            word::is_empty(state.word(site)).then_some(site)
        });
        state.put(found.unwrap_or(mother), word::live(code), clone);
    }
}

/// Takes all live cells of a state off the lattice: how many there were.
pub fn withdraw(state: &mut LesionState, code: u32) -> u32 {
    let mut taken = 0;
    for (_, w, clone) in state.cells_mut() {
        if *w == word::live(code) {
            (*w, *clone) = (word::EMPTY, 0);
            taken += 1;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::host_random::HostPurpose;
    use crate::tissue::start::{StartForm, start};
    use crate::tissue::{LesionId, Shape};

    fn tumour(dimension: u32, radius: f64) -> LesionState {
        let size = if dimension == 2 { [40, 40, 1] } else { [24; 3] };
        let shape = Shape::new(dimension, size, false);
        let mut state = start(7, LesionId(256), shape, StartForm::Ball { radius }, &[]).unwrap();
        found_all(&mut state, &[0, 1, 5]);
        state
    }

    fn random() -> HostRandom {
        HostRandom::keyed(1, 256, HostPurpose::LedgerPlaces, [5, 7])
    }

    #[test]
    fn cells_come_and_go_whole() {
        for dimension in [2, 3] {
            let before = tumour(dimension, 6.0);
            assert_eq!(before.table.len(), 3);
            let mut state = before.clone();
            place(&mut state, 5, 40, &mut random());
            assert_eq!(state.check(), Ok(()));
            let by_code = state.live_by_code();
            assert_eq!((by_code[&0], by_code[&5]), (before.live_by_code()[&0], 40));
            assert!(state.live_cells().all(|(_, w, clone)| word::code(w) == 0 || clone == 2));
            let mut again = before.clone();
            place(&mut again, 5, 40, &mut random());
            assert_eq!(again, state, "the same whoever places them");
            assert_eq!(withdraw(&mut state, 5), 40);
            assert_eq!(state.live_by_code(), before.live_by_code());
        }
    }

    // A full lattice has no empty site: cells then change their state in place, and the tumour stays as large.
    #[test]
    fn without_room_a_cell_gives_its_place() {
        let mut state = tumour(2, 60.0);
        let live = state.burden().0;
        place(&mut state, 1, 9, &mut random());
        assert_eq!(state.burden().0, live);
        assert!(state.live_by_code()[&1] <= 9);
    }

    #[test]
    fn an_empty_tumour_grows_again_from_its_centre() {
        let mut state = tumour(2, 4.0);
        withdraw(&mut state, 0);
        place(&mut state, 1, 9, &mut random());
        assert_eq!((state.check(), state.live_by_code()[&1] > 4), (Ok(()), true));
    }
}
