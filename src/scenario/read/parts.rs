//! What sections of a drug and of a locus are read with.

use crate::scenario::declare::Plain;
use crate::scenario::reader::Reader;

/// All of them, each read and judged, or `None` if one is wrong.
pub(super) fn all<T>(read: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = read.collect();
    read.into_iter().collect()
}

/// A level of a locus with so many levels; reports one that it does not have.
pub(super) fn level(reader: &Reader<'_>, key: &'static str, levels: usize) -> Option<u8> {
    let level = reader.peek::<Plain, u32>(key)?;
    if (level as usize) < levels {
        return Some(level as u8);
    }
    reader.refused(
        key,
        format!("there is no level {level}"),
        format!("expected a level from 0 to {}", levels.saturating_sub(1)),
        "levels count from 0; add one to `levels` if it is missing",
    )
}
