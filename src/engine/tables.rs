//! Rate tables: the only door between biology and tissue.
//!
//! The host turns rates (floats) into cumulative 64-bit thresholds, once, and gives the same
//! integers to both backends. A *row* is what one state may do under one set of drugs in one
//! environment block. Rows exist only for states that the scenario can reach.

use bytemuck::{Pod, Zeroable};
use evotor_derive::DeviceWords;

use crate::tissue::fixed::Threshold;

/// What a cell of one state may do in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateRow {
    /// Probability of dying.
    pub die: Threshold,
    /// Cumulative: dying or dividing.
    pub divide: Threshold,
    /// Cumulative: dying, dividing or migrating.
    pub migrate: Threshold,
    /// Given a division: replaced in place by one daughter.
    pub replace: Threshold,
    /// Given a division attempt: killed.
    pub kill: Threshold,
    /// Switching moves: range in [`RateTables::outcomes`] (first, number).
    pub switches: (u32, u32),
    /// Mutation of one daughter: range in [`RateTables::outcomes`] (first, number).
    pub mutations: (u32, u32),
}

/// One outcome of a list: it happens when the draw is below `below` and not below the entry before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
pub struct Transition {
    /// High word of the cumulative threshold.
    pub hi: u32,
    /// Low word of the cumulative threshold.
    pub lo: u32,
    /// State code afterwards.
    pub code: u32,
}

impl Transition {
    /// The cumulative threshold.
    pub const fn below(&self) -> Threshold {
        Threshold { hi: self.hi, lo: self.lo }
    }
}

/// What holds for all rows of one table (one set of drugs).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableHead {
    /// Clearing of a dead cell.
    pub clear: Threshold,
    /// No live cell has an event when its fate word is above this.
    pub fate_reject: u32,
    /// No live cell switches when its switching word is above this.
    pub switch_reject: u32,
    /// Whether any live cell can switch.
    pub switches: bool,
}

/// All rate tables of a scenario (or of one patient).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RateTables {
    /// State code of each row, ascending.
    pub codes: Vec<u32>,
    /// Row of each state code, `u32::MAX` where the scenario cannot reach it; `2^bits` entries.
    pub row_of: Vec<u32>,
    /// Class of each oxygen bin (a single 0 where there is no oxygen field).
    pub block_of: Vec<u32>,
    /// Number of oxygen classes.
    pub blocks: u32,
    /// Right shift that turns a 16-bit oxygen value into a bin.
    pub bin_shift: u32,
    /// Number of perfusion bins; 0 or 1 where there is no field of vessels.
    pub perfusion_bins: u32,
    /// Heads of the tables.
    pub heads: Vec<TableHead>,
    /// Block of rows of each table and environment, index
    /// `(table * blocks + oxygen class) * perfusion_bins + perfusion bin`. Tables share blocks. Empty until
    /// [`RateTables::seal`] where every table has its own blocks in order.
    pub maps: Vec<u32>,
    /// Rows, index `block * codes.len() + row`.
    pub rows: Vec<RateRow>,
    /// Lists of transitions of all rows.
    pub outcomes: Vec<Transition>,
    /// Whether the dead vanish at once.
    pub immediate_clearance: bool,
    /// Table of each set of drugs (index: bit mask of drugs that are on).
    pub table_of_drugs: Vec<u32>,
}

impl RateTables {
    /// Number of rows per table and block.
    pub fn states(&self) -> u32 {
        self.codes.len() as u32
    }

    /// Number of environments, and so of entries of [`RateTables::maps`], per table.
    pub fn environments(&self) -> u32 {
        self.blocks * self.perfusion_bins.max(1)
    }

    /// Whether they are of the same states, environments and sets of drugs.
    pub fn is_alike(&self, other: &Self) -> bool {
        let kind = |tables: &Self| {
            (tables.blocks, tables.bin_shift, tables.perfusion_bins, tables.immediate_clearance)
        };
        kind(self) == kind(other)
            && (&self.codes, &self.row_of) == (&other.codes, &other.row_of)
            && (&self.block_of, &self.table_of_drugs) == (&other.block_of, &other.table_of_drugs)
    }

    /// Index of the row of a state under a table in an environment (oxygen class, perfusion bin).
    #[inline]
    pub fn row_index(&self, table: u32, class: u32, perfusion: u32, code: u32) -> usize {
        let row = self.row_of[code as usize];
        let environment = class * self.perfusion_bins.max(1) + perfusion;
        (self.maps[(table * self.environments() + environment) as usize] * self.states() + row) as usize
    }

    /// Completes the maps and sets the heads' reject words from the rows.
    pub fn seal(&mut self) {
        if self.maps.is_empty() {
            self.maps = (0..self.heads.len() as u32 * self.environments()).collect();
        }
        for table in 0..self.heads.len() {
            self.seal_table(table);
        }
    }

    /// Appends a table: the block of each environment. Its number.
    pub fn push_table(&mut self, clear: Threshold, map: &[u32]) -> u32 {
        assert_eq!(map.len(), self.environments() as usize, "a block for every environment");
        self.heads.push(TableHead { clear, ..TableHead::default() });
        self.maps.extend_from_slice(map);
        self.seal_table(self.heads.len() - 1);
        self.heads.len() as u32 - 1
    }

    fn seal_table(&mut self, table: usize) {
        let (states, environments) = (self.states() as usize, self.environments() as usize);
        let mut head = TableHead { clear: self.heads[table].clear, ..TableHead::default() };
        let mut blocks = self.maps[table * environments..(table + 1) * environments].to_vec();
        blocks.sort_unstable();
        blocks.dedup();
        for block in blocks {
            for row in &self.rows[block as usize * states..(block as usize + 1) * states] {
                head.fate_reject = head.fate_reject.max(row.migrate.hi);
                if row.switches.1 > 0 {
                    let last = self.outcomes[(row.switches.0 + row.switches.1 - 1) as usize].hi;
                    head.switches = true;
                    head.switch_reject = head.switch_reject.max(last);
                }
            }
        }
        self.heads[table] = head;
    }

    /// First outcome of a list that a 64-bit draw falls into: its index within the list.
    #[inline]
    pub fn pick(&self, list: (u32, u32), hi: u32, lo: u32) -> Option<u32> {
        (0..list.1).find(|i| self.outcomes[(list.0 + i) as usize].below().is_below(hi, lo))
    }
}
