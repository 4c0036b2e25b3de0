//! Rows of a run's table, merged from shards into the order in which one process writes them: by block of replicates, time, replicate.

use super::manifest::Sharded;
use super::parts::{DoneShard, SealedTable};
use crate::simulation::Job;
use crate::simulation::folder::RunTable;
use crate::trial::error::TrialError;

/// How the rows of a table follow each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowOrder<'a> {
    /// The run.
    pub job: &'a Job,
    /// Replicates in a block.
    pub block: u32,
    /// The table.
    pub table: RunTable,
}

/// Where a row comes: its block, its time, its replicate.
type RowPlace = (u32, u32, u32);

impl RowOrder<'_> {
    /// The place of a row; `None` if it is not one of the table.
    fn place(&self, row: &[u8]) -> Option<RowPlace> {
        let mut cells = row.splitn(3, |byte| *byte == b',').map(std::str::from_utf8);
        let replicate: u32 = cells.next()?.ok()?.parse().ok()?;
        let mut time = || cells.next()?.ok()?.parse::<u32>().ok();
        let time = match self.table {
            // These are written when a block is done.
            RunTable::Clones | RunTable::Replicates => 0,
            // A replicate that has halted is looked at once more, at the event that follows.
            RunTable::CloneSizes | RunTable::Environment => self.event(time()?),
            RunTable::Series
            | RunTable::States
            | RunTable::Exposure
            | RunTable::Therapy
            | RunTable::AdverseEvents
            | RunTable::Visits => time()?,
        };
        Some((replicate / self.block, time, replicate))
    }

    fn event(&self, step: u32) -> u32 {
        let timeline = &self.job.timeline;
        if timeline.is_event(step) { step } else { timeline.next_after(step) }
    }
}

/// The rows of one shard that are still to come.
struct RowsOfShard<'a> {
    table: SealedTable<'a>,
    replicates: std::ops::RangeInclusive<u32>,
    next: Option<(RowPlace, Vec<u8>)>,
}

impl<'a> RowsOfShard<'a> {
    /// The rows behind the head, which is passed on.
    fn open<P: Sharded>(
        shard: &'a DoneShard<P>,
        order: &RowOrder<'_>,
        head: &mut dyn FnMut(&[u8]) -> Result<(), TrialError>,
    ) -> Result<Self, TrialError> {
        let mut table = shard.table(order.table.file_name())?;
        if let Some(line) = table.row()? {
            head(line)?;
        }
        let mut rows = Self { table, replicates: shard.manifest.range.numbers(), next: None };
        rows.read(order)?;
        Ok(rows)
    }

    /// Reads on; rows must follow each other as they do in the whole.
    fn read(&mut self, order: &RowOrder<'_>) -> Result<(), TrialError> {
        let before = self.next.take().map(|(place, _)| place);
        let Some(row) = self.table.row()?.map(<[u8]>::to_vec) else { return Ok(()) };
        let place = order.place(&row);
        let place = place.filter(|place| self.replicates.contains(&place.2) && before <= Some(*place));
        self.next = Some((place.ok_or_else(|| self.table.changed())?, row));
        Ok(())
    }
}

/// Passes on the head and the rows of a table of all shards, which are in the order of their replicates. No more of them are open at
/// once than have replicates in one block.
pub(super) fn merge_rows<P: Sharded>(
    shards: &[DoneShard<P>],
    order: &RowOrder<'_>,
    to: &mut dyn FnMut(&[u8]) -> Result<(), TrialError>,
) -> Result<(), TrialError> {
    let (mut waiting, mut open) = (shards.iter().enumerate().peekable(), Vec::new());
    loop {
        let block = match (first(&open), waiting.peek()) {
            (Some((_, place)), _) => place.0,
            (None, next) => {
                open.drain(..).try_for_each(|rows: RowsOfShard<'_>| rows.table.end())?;
                let Some((_, shard)) = next else { return Ok(()) };
                shard.manifest.range.first / order.block
            }
        };
        while let Some((number, shard)) =
            waiting.next_if(|(_, shard)| shard.manifest.range.first / order.block <= block)
        {
            let head = &mut |line: &[u8]| if number == 0 { to(line) } else { Ok(()) };
            open.push(RowsOfShard::open(shard, order, head)?);
        }
        if let Some((at, _)) = first(&open) {
            let rows = &mut open[at];
            if let Some((_, row)) = &rows.next {
                to(row)?;
            }
            rows.read(order)?;
        }
    }
}

/// Which shard has the row that comes first.
fn first(open: &[RowsOfShard<'_>]) -> Option<(usize, RowPlace)> {
    let places = open.iter().enumerate().filter_map(|(at, rows)| Some((at, rows.next.as_ref()?.0)));
    places.min_by_key(|(_, place)| *place)
}
