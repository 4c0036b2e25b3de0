//! The digest: one hash of everything that a run decides.
//!
//! All numbers are little-endian. Several kinds of hashes (BLAKE3, 32 bytes) are nested:
//!
//! * **State digest** of a lesion: the text `evotor state 1`; id; dimension (u32), size (3 × u32), periodic
//!   (u32: 0 or 1); step; control (the words of [`Control`](crate::tissue::lesion::Control)); counters
//!   (9 × u64); number of clones and the clone table (4 words each); then, for each brick that holds
//!   a live or dead cell, in ascending order: its number, its 512 canonical site words (no intent, no claim), its
//!   512 clone ids, and, where the scenario has oxygen, its 8 words of each field (oxygen; with vessels VEGF and vessels); at last the word `u32::MAX`.
//!   Bricks without cells hold nothing that could differ.
//! * **Log chain** of a lesion: 32 zero bytes at first; every check replaces it by the hash of itself followed by
//!   the entry: step, drugs on, table, status, progressed, live, dead (u32 each), counters (9 × u64),
//!   number of states (u32) and live cells by state (u32 each); then, if there are any, the targets met (u32).
//! * **Care chain** of a lesion under therapy: 32 zero bytes at first; every day replaces it by the hash of itself followed by
//!   the day as JSON: visit, doses, dose steps, adverse events, actions, and what was measured. Where there is one,
//!   the log chain below is the hash of the log chain followed by the care chain.
//! * **Ledger** of a lesion that has one: the text `evotor ledger 1`; then for each state with cells in it, in ascending order: its row
//!   (u32) and its cells (u64). The log chain below is then the hash of what it would be, followed by that of the ledger.
//! * **Digest of the run**: the text `evotor digest 1`; number of lesions (u32); then for each lesion in
//!   ascending order of ids: id (u32), digest of its last state, log chain.
//! * **Digest of a trial**: the text `evotor trial digest 1`; then for each row of `patients.csv`, in the order of patients and of arms:
//!   patient (u32), arm (u32), and the row's digest as it is written there (16 letters).
//!
//! Nothing else enters: no optional output, no backend, thread, batch or chunk, no time of day.

use blake3::Hasher;

use super::care::DayRecord;
use crate::engine::LogEntry;
use crate::tissue::{CellLedger, LesionId, LesionState};

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// The log chain before the first entry.
pub const CHAIN_START: Hash = [0; 32];

/// Bytes of words in little-endian order.
fn words(hasher: &mut Hasher, words: &[u32]) {
    if cfg!(target_endian = "little") {
        hasher.update(bytemuck::cast_slice(words));
    } else {
        for word in words {
            hasher.update(&word.to_le_bytes());
        }
    }
}

fn counts(hasher: &mut Hasher, counts: &[u64]) {
    for count in counts {
        hasher.update(&count.to_le_bytes());
    }
}

/// The digest of a lesion's state.
pub fn state_digest(state: &LesionState) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(b"evotor state 1");
    let shape = &state.shape;
    words(&mut hasher, &[state.id.0, shape.dimension]);
    words(&mut hasher, &shape.size);
    words(&mut hasher, &[u32::from(shape.periodic), state.step]);
    words(&mut hasher, bytemuck::cast_slice(&[state.control]));
    counts(&mut hasher, &state.counters.to_array());
    words(&mut hasher, &[state.table.len() as u32]);
    words(&mut hasher, bytemuck::cast_slice(&state.table.0));
    for brick in state.bricks.iter() {
        words(&mut hasher, &[brick.number]);
        words(&mut hasher, brick.sites);
        words(&mut hasher, brick.clones);
        words(&mut hasher, brick.fields);
    }
    words(&mut hasher, &[u32::MAX]);
    *hasher.finalize().as_bytes()
}

/// The log chain after one more entry.
pub fn extend_chain(chain: &Hash, entry: &LogEntry) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(chain);
    let e = entry;
    words(&mut hasher, &[e.step, e.drugs_on, e.table, e.status, e.progressed, e.live, e.dead]);
    counts(&mut hasher, &e.counters.to_array());
    words(&mut hasher, &[e.live_by_row.len() as u32]);
    words(&mut hasher, &e.live_by_row);
    if e.targets != 0 {
        words(&mut hasher, &[e.targets]);
    }
    *hasher.finalize().as_bytes()
}

/// Extends the chain of a lesion's therapy by a day.
pub fn extend_care(chain: &Hash, day: &DayRecord) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(chain);
    let text = serde_json::to_vec(day).unwrap_or_else(|e| unreachable!("plain data becomes text: {e}"));
    hasher.update(&text);
    *hasher.finalize().as_bytes()
}

/// The digest of a ledger.
pub fn ledger_digest(ledger: &CellLedger) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(b"evotor ledger 1");
    for (row, state) in &ledger.states {
        words(&mut hasher, &[*row as u32]);
        counts(&mut hasher, &[state.cells]);
    }
    *hasher.finalize().as_bytes()
}

/// One chain of a log and a therapy, or of both and a ledger.
pub fn join_chains(log: &Hash, care: &Hash) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(log);
    hasher.update(care);
    *hasher.finalize().as_bytes()
}

/// The digest of a run from its lesions, in ascending order of ids: id, digest of the last state, log chain.
pub fn run_digest(lesions: &[(LesionId, Hash, Hash)]) -> Hash {
    debug_assert!(lesions.is_sorted_by_key(|l| l.0));
    let mut hasher = Hasher::new();
    hasher.update(b"evotor digest 1");
    words(&mut hasher, &[lesions.len() as u32]);
    for (id, state, chain) in lesions {
        words(&mut hasher, &[id.0]);
        hasher.update(state);
        hasher.update(chain);
    }
    *hasher.finalize().as_bytes()
}

/// The digest of a trial from its patients in arms: number of the patient, of the arm, digest of the row. They may come in any order.
pub fn trial_digest<'a>(rows: impl Iterator<Item = (u32, u32, &'a str)>) -> Hash {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_unstable();
    let mut hasher = Hasher::new();
    hasher.update(b"evotor trial digest 1");
    for (patient, arm, row) in rows {
        words(&mut hasher, &[patient, arm]);
        hasher.update(row.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// A hash as 64 hexadecimal digits.
pub fn hex(hash: &Hash) -> String {
    blake3::Hash::from_bytes(*hash).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::start::{StartForm, start};
    use crate::tissue::{Counters, Shape, word};

    fn state() -> LesionState {
        let shape = Shape::new(2, [70, 40, 1], false);
        start(7, LesionId(256), shape, StartForm::Ball { radius: 9.0 }, &[]).unwrap()
    }

    fn entry() -> LogEntry {
        LogEntry {
            lesion: 3,
            step: 14,
            drugs_on: 1,
            table: 1,
            status: 0,
            progressed: 0,
            live: 9,
            dead: 2,
            targets: 0,
            counters: Counters::default(),
            live_by_row: vec![4, 5],
        }
    }

    // Frozen: a change here changes every published digest.
    #[test]
    fn the_byte_stream_is_frozen() {
        let state = state_digest(&state());
        let chain = extend_chain(&CHAIN_START, &entry());
        let run = run_digest(&[(LesionId(256), state, chain)]);
        assert_eq!(hex(&state)[..16], *"546c74c3a86abf64", "state");
        assert_eq!(hex(&chain)[..16], *"25f2f49ee909ff03", "chain");
        assert_eq!(hex(&run)[..16], *"37b4a2ba945e3d28", "run");
    }

    #[test]
    fn a_trial_is_its_rows_in_order() {
        let rows = [(1, 0, "00000000000000aa"), (0, 1, "00000000000000bb"), (0, 0, "00000000000000cc")];
        let bytes = [
            &b"evotor trial digest 1"[..],
            b"\0\0\0\0\0\0\0\x0000000000000000cc",
            b"\0\0\0\0\x01\0\0\x0000000000000000bb",
            b"\x01\0\0\0\0\0\0\x0000000000000000aa",
        ];
        assert_eq!(trial_digest(rows.into_iter()), *blake3::hash(&bytes.concat()).as_bytes());
        assert_ne!(trial_digest(rows[1..].iter().copied()), trial_digest(rows.into_iter()));
    }

    #[test]
    fn every_part_of_a_state_enters() {
        let before = state_digest(&state());
        let changes: [fn(&mut LesionState); 9] = [
            |s| s.id = LesionId(1),
            |s| s.step += 1,
            |s| s.shape.periodic = true,
            |s| s.control.streak += 1,
            |s| s.counters.moves += 1,
            |s| s.table.0[0].site += 1,
            |s| s.table.0.push(s.table.0[0]),
            |s| {
                s.cells_mut().for_each(|(_, w, _)| *w = word::dead(0));
            },
            |s| {
                s.cells_mut().for_each(|(_, _, clone)| *clone += 1);
            },
        ];
        for (i, change) in changes.into_iter().enumerate() {
            let mut changed = state();
            change(&mut changed);
            assert_ne!(state_digest(&changed), before, "change {i}");
        }
    }

    #[test]
    fn oxygen_enters_where_there_are_cells_only() {
        let mut state = state();
        state.bricks.set_free(&[5]);
        let before = state_digest(&state);
        let with_cells = state.live_cells().next().unwrap().0 / 64;
        let without = (0..state.shape.brick_count()).find(|n| state.bricks.iter().all(|b| b.number != *n));
        let without = without.unwrap() * 512;
        state.put(without, word::live(0), 0);
        state.bricks.set_field(0, without as usize / 64, 6);
        state.put(without, word::EMPTY, 0);
        assert_eq!(state_digest(&state), before);
        state.bricks.set_field(0, with_cells as usize, 6);
        assert_ne!(state_digest(&state), before);
    }

    #[test]
    fn the_batch_position_does_not_enter_the_chain() {
        let moved = LogEntry { lesion: 4, ..entry() };
        assert_eq!(extend_chain(&CHAIN_START, &entry()), extend_chain(&CHAIN_START, &moved));
        for other in [LogEntry { dead: 3, ..entry() }, LogEntry { targets: 1, ..entry() }] {
            assert_ne!(extend_chain(&CHAIN_START, &entry()), extend_chain(&CHAIN_START, &other));
        }
        let other = LogEntry { targets: 2, ..entry() };
        assert_ne!(extend_chain(&CHAIN_START, &entry()), extend_chain(&CHAIN_START, &other));
    }
}
