//! The clone table: who descends from whom.

use bytemuck::{Pod, Zeroable};
use evotor_derive::DeviceWords;

/// A clone's founding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
pub struct Founding {
    /// Id of the clone in which it arose; a root is its own parent.
    pub parent: u32,
    /// Step in which it arose.
    pub step: u32,
    /// Site of its first cell.
    pub site: u32,
    /// State code of its first cell.
    pub code: u32,
}

/// All clones of a lesion, by id. Ids are given in order of (step, mother's site, mother before
/// placed daughter), so a parent's id is never above its child's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CloneTable(pub Vec<Founding>);

impl CloneTable {
    /// The clone with an id.
    pub fn get(&self, id: u32) -> Option<&Founding> {
        self.0.get(id as usize)
    }

    /// Number of clones.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks that parents come before children and steps do not run backwards.
    ///
    /// # Errors
    ///
    /// The id of the first clone that breaks the order.
    pub fn check(&self) -> Result<(), u32> {
        let mut last = 0;
        for (id, clone) in self.0.iter().enumerate() {
            let id = id as u32;
            if clone.parent > id || clone.step < last {
                return Err(id);
            }
            last = clone.step;
        }
        Ok(())
    }
}
