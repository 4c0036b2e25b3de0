//! Whether a checkpoint can be one of a job, and the lesions that it holds.

use super::care::LedgerRecord;
use super::checkpoint::{self, Checkpoint};
use super::error::CheckpointError;
use super::job::Job;
use crate::tissue::{LesionId, LesionState};

/// Where the block of a lesion ends. Blocks begin at multiples of their size, so that those of a shard are parts of those of the whole.
pub(super) fn end_of_block(lesion: u32, block: u32, job: &Job) -> u32 {
    (lesion / block + 1).saturating_mul(block).min(job.own_lesions().end)
}

/// Whether a checkpoint can be one of this job, before memory is taken for it.
pub(super) fn check_position(checkpoint: &Checkpoint, job: &Job) -> Result<(), CheckpointError> {
    let header = &checkpoint.header;
    let malformed = |what| Err(CheckpointError::Malformed(what));
    if header.start != job.start_hash() {
        return malformed("`start.evotor` beside it is not the one that the run began with");
    }
    if header.shard.is_some_and(|shard| !shard.is_part_of(job.lesions())) {
        return malformed("its shard is not one of this scenario");
    }
    let own = job.own_lesions();
    if header.block == 0 || !own.contains(&header.first) || header.step > job.timeline.end() {
        return malformed("its position is not one of this scenario");
    }
    let end = end_of_block(header.first, header.block, job);
    let ids = |range: std::ops::Range<u32>| range.map(|l| LesionId::new(l, 0));
    if !header.record.tallies.iter().map(|t| t.id).eq(ids(own.start..end)) {
        return malformed("its record is not one of this scenario");
    }
    let stored = if header.step == 0 && !header.finished { 0..0 } else { header.first..end };
    if !checkpoint.lesions.iter().map(|l| l.id).eq(ids(stored)) {
        return malformed("its lesions are not those of this scenario");
    }
    let shape = job.shape();
    if checkpoint.lesions.iter().any(|l| l.shape != shape || l.step > header.step) {
        return malformed("its lattice or its steps are not those of this scenario");
    }
    let states = job.names.len();
    let mut entries = header.record.tallies.iter().filter_map(|t| t.last.as_ref());
    if entries.any(|e| e.live_by_row.len() != states) {
        return malformed("its states are not those of this scenario");
    }
    let fits = |record: &LedgerRecord| {
        let ledger = &record.ledger;
        let rows = ledger.states.last_key_value().map(|(row, _)| row);
        let due = ledger.due.last_key_value().map(|(row, _)| row);
        let census = record.census.as_ref().map(|(_, live_by_row)| live_by_row.len());
        rows.into_iter().chain(due).all(|row| *row < states) && census.is_none_or(|n| n == states)
    };
    if !header.record.tallies.iter().filter_map(|t| t.ledger.as_ref()).all(fits) {
        return malformed("the states of its ledger are not those of this scenario");
    }
    Ok(())
}

/// The states of a checkpoint's lesions.
pub(super) fn unpack_lesions(
    checkpoint: &Checkpoint,
    job: &Job,
) -> Result<Vec<LesionState>, CheckpointError> {
    let unpack = |i| {
        let state = checkpoint.unpack(i, &job.free_fields())?;
        checkpoint::lesion::check_against(&state, &job.model)?;
        Ok(state)
    };
    (0..checkpoint.lesions.len()).map(unpack).collect()
}
