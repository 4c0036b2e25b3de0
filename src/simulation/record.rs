//! What a run remembers of its lesions beside their states: log chains, outcomes, therapy, known clones.

use crate::biology::volume::TissueParts;
use crate::engine::LogEntry;
use crate::engine::model::MAX_TARGETS;
use crate::tissue::LesionId;

use super::care::{DayRecord, LedgerRecord};
use super::digest::{CHAIN_START, Hash, extend_care, extend_chain, join_chains, ledger_digest, run_digest};
use crate::therapy::course::Measurement;

/// What is remembered of one lesion.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Who it is.
    pub id: LesionId,
    /// Hash chain over its log.
    pub chain: Hash,
    /// Digest of its last state, once it is finished.
    pub digest: Option<Hash>,
    /// Live cells at step 0.
    pub start_live: u32,
    /// Step of the first check without a live cell.
    pub extinct: Option<u32>,
    /// Its latest check.
    pub last: Option<LogEntry>,
    /// Lesions with clone tables: bit `c` is set once clone `c` was written.
    pub written: Vec<u64>,
    /// Lesions with pictures: checks from which on the set of drugs differed, and that set.
    pub therapy: Vec<(u32, u32)>,
    /// Drugs that are on, in mode `signalling`: a bit for each drug of the plan.
    pub on: u32,
    /// Dead cells at step 0.
    pub start_dead: u32,
    /// One more than the step of the first check at which each target was met; 0 before it.
    pub reached: [u32; MAX_TARGETS],
    /// What the course of therapy was told, from which it can be repeated.
    pub told: Vec<Measurement>,
    /// Chain of hashes of the days of therapy.
    pub care: Hash,
    /// What of the lesion its cells do not tell, after the last day of therapy.
    pub parts: TissueParts,
    /// Its ledger, where it has one, as of the last checkpoint or its end.
    pub ledger: Option<LedgerRecord>,
}

impl Tally {
    /// Nothing yet.
    pub fn new(id: LesionId) -> Self {
        Self {
            id,
            chain: CHAIN_START,
            digest: None,
            start_live: 0,
            extinct: None,
            last: None,
            written: Vec::new(),
            therapy: Vec::new(),
            on: 0,
            start_dead: 0,
            reached: [0; MAX_TARGETS],
            told: Vec::new(),
            care: CHAIN_START,
            parts: TissueParts::default(),
            ledger: None,
        }
    }

    /// Takes in a check.
    pub fn add(&mut self, mut entry: LogEntry) {
        // Its place in the batch means nothing beyond the batch.
        entry.lesion = 0;
        self.chain = extend_chain(&self.chain, &entry);
        if self.last.is_none() {
            self.start_live = entry.live;
            self.start_dead = entry.dead;
        }
        if entry.live == 0 && self.extinct.is_none() {
            self.extinct = Some(entry.step);
        }
        for (target, reached) in self.reached.iter_mut().enumerate() {
            if *reached == 0 && entry.targets & (1 << target) != 0 {
                *reached = entry.step + 1;
            }
        }
        self.last = Some(entry);
    }

    /// Notes which drugs are on from a step on, for pictures.
    pub fn note_drugs(&mut self, step: u32, on: u32) {
        if self.therapy.last().map_or(0, |t| t.1) != on {
            self.therapy.push((step, on));
        }
    }

    /// The log chain, followed by that of the days of therapy if there were any, and by the ledger if there is one.
    fn whole_chain(&self) -> Hash {
        let chain = if self.care == CHAIN_START { self.chain } else { join_chains(&self.chain, &self.care) };
        self.ledger.as_ref().map_or(chain, |of| join_chains(&chain, &ledger_digest(&of.ledger)))
    }

    /// Adds a day of therapy.
    pub fn add_day(&mut self, day: DayRecord) {
        let drugs = day.report.drugs.iter().enumerate().take(32);
        self.on = drugs.map(|(d, today)| u32::from(today.covered) << d).sum();
        self.care = extend_care(&self.care, &day);
        self.told.extend(day.told);
        self.parts = day.parts;
    }

    /// Whether the lesion has halted, and where.
    pub fn halted(&self) -> Option<u32> {
        self.last.as_ref().filter(|e| e.status != 0).map(|e| e.step)
    }

    /// Step of the check that confirmed a progression by burden, if there was one.
    pub fn progression(&self) -> Option<u32> {
        self.last.as_ref().and_then(|e| e.progressed.checked_sub(1))
    }

    /// Step of the first check at which a target was met.
    pub fn reached(&self, target: usize) -> Option<u32> {
        self.reached.get(target).and_then(|r| r.checked_sub(1))
    }

    /// Remembers that a clone was written.
    pub fn mark_written(&mut self, clone: u32) {
        let word = clone as usize / 64;
        if self.written.len() <= word {
            self.written.resize(word + 1, 0);
        }
        self.written[word] |= 1 << (clone % 64);
    }

    /// Whether a clone was written.
    pub fn is_written(&self, clone: u32) -> bool {
        self.written.get(clone as usize / 64).is_some_and(|w| w & (1 << (clone % 64)) != 0)
    }
}

/// What is remembered of a whole run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunRecord {
    /// One tally per lesion that has begun, in ascending order of ids.
    pub tallies: Vec<Tally>,
    /// Backends that computed it, in words, each with where it began.
    pub backends: Vec<String>,
    /// Wall-clock time spent, in milliseconds.
    pub elapsed_ms: u64,
}

impl RunRecord {
    /// The digest of the run; `None` while a lesion is unfinished.
    pub fn digest(&self) -> Option<Hash> {
        let lesions: Option<Vec<_>> =
            self.tallies.iter().map(|t| Some((t.id, t.digest?, t.whole_chain()))).collect();
        lesions.map(|l| run_digest(&l))
    }

    /// Sums of the latest checks: live, dead, live by state.
    pub fn totals(&self, states: usize) -> (u64, u64, Vec<u64>) {
        let (mut live, mut dead, mut by_state) = (0, 0, vec![0; states]);
        for entry in self.tallies.iter().filter_map(|t| t.last.as_ref()) {
            live += u64::from(entry.live);
            dead += u64::from(entry.dead);
            for (sum, cells) in by_state.iter_mut().zip(&entry.live_by_row) {
                *sum += u64::from(*cells);
            }
        }
        (live, dead, by_state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::Counters;

    fn entry(step: u32, live: u32, drugs_on: u32) -> LogEntry {
        LogEntry {
            lesion: 0,
            step,
            drugs_on,
            table: drugs_on,
            status: 0,
            progressed: 0,
            live,
            dead: 0,
            targets: 0,
            counters: Counters::default(),
            live_by_row: vec![live],
        }
    }

    #[test]
    fn a_tally_follows_its_lesion() {
        let mut tally = Tally::new(LesionId(0));
        for (step, live, drugs) in [(0, 9, 0), (10, 5, 1), (20, 0, 1), (30, 0, 0)] {
            tally.note_drugs(step, drugs);
            tally.add(entry(step, live, drugs));
        }
        assert_eq!((tally.start_live, tally.extinct), (9, Some(20)));
        assert_eq!(tally.therapy, [(10, 1), (30, 0)]);
        assert_eq!((tally.halted(), tally.progression()), (None, None));
    }

    #[test]
    fn written_clones_are_remembered() {
        let mut tally = Tally::new(LesionId(0));
        assert!(!tally.is_written(70));
        tally.mark_written(70);
        assert!(tally.is_written(70) && !tally.is_written(6) && !tally.is_written(700));
    }
}
