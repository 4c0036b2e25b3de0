//! The canonical state of one lesion: what a digest is taken of, what a checkpoint holds, and what
//! either backend starts from and gives back.

use std::collections::BTreeMap;

use bytemuck::{Pod, Zeroable};
use evotor_derive::DeviceWords;

use super::bricks::Bricks;
use super::clones::CloneTable;
use super::shape::{BRICK_SHIFT, BRICK_VOXELS, Shape};
use super::word;

/// Most drugs that a scenario's integer schedule can hold.
pub const MAX_DRUGS: usize = 8;

/// The id of a lesion: patient or replicate in the high 24 bits, ordinal in the low 8.
///
/// It keys the random numbers, so it never depends on batch position or arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LesionId(pub u32);

impl LesionId {
    /// The id of a patient's (or replicate's) lesion.
    ///
    /// # Panics
    ///
    /// If there are 2^24 patients or 256 lesions, which scenarios cannot ask for.
    pub fn new(patient: u32, ordinal: u32) -> Self {
        assert!(patient < 1 << 24 && ordinal < 1 << 8, "lesion id out of range");
        Self((patient << 8) | ordinal)
    }

    /// The patient or replicate.
    pub const fn patient(self) -> u32 {
        self.0 >> 8
    }

    /// The ordinal within the patient.
    pub const fn ordinal(self) -> u32 {
        self.0 & 0xff
    }
}

/// Events since step 0. Each is a 64-bit count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Pod, Zeroable)]
#[repr(C)]
pub struct Counters {
    /// Completed divisions, replacements in place included.
    pub births: u64,
    /// Deaths by the death hazard.
    pub deaths: u64,
    /// Cells killed at a division attempt.
    pub kills: u64,
    /// Divisions drawn for which no empty site was found.
    pub blocked: u64,
    /// Claims lost to another cell (the mother or mover stays as it was).
    pub lost: u64,
    /// Switching events.
    pub switches: u64,
    /// Clones founded.
    pub founders: u64,
    /// Completed migrations.
    pub moves: u64,
    /// Dead cells cleared.
    pub cleared: u64,
}

/// Number of counters in [`Counters`].
pub const COUNTERS: usize = 9;

impl Counters {
    /// The counts in the order of the fields.
    pub fn to_array(self) -> [u64; COUNTERS] {
        bytemuck::must_cast(self)
    }

    /// The counts from an array in the order of the fields.
    pub fn from_array(counts: [u64; COUNTERS]) -> Self {
        bytemuck::must_cast(counts)
    }
}

/// Why a lesion does not advance. Bits, so that a check that meets several reasons shows them all.
pub mod status {
    /// It advances.
    pub const RUNNING: u32 = 0;
    /// The scenario's end was reached.
    pub const ENDED: u32 = 1;
    /// No live cell was left.
    pub const EXTINCT: u32 = 2;
    /// The burden reached the stop rule's number.
    pub const BURDEN: u32 = 4;
    /// Progression, where the scenario halts there.
    pub const PROGRESSED: u32 = 8;
    /// The first target was met, where the scenario halts there; those of further targets follow.
    pub const TARGET: u32 = 16;
}

/// Integer state of the rules that are judged at checks: therapy, progression, halting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable, DeviceWords)]
#[repr(C)]
pub struct Control {
    /// [`status`] bits; 0 while running.
    pub status: u32,
    /// Bit `d` is set while drug `d` is on.
    pub drugs_on: u32,
    /// Bit `d` is set once drug `d`'s schedule has begun.
    pub drugs_begun: u32,
    /// Bit `d` is set while drug `d`'s adaptive rule holds it off.
    pub drugs_held: u32,
    /// Index of the rate table in force.
    pub table: u32,
    /// 1 once step 0 has been judged, so that a run resumed there does not judge it again.
    pub started: u32,
    /// Live cells at step 0.
    pub start_burden: u32,
    /// Consecutive checks at which the burden was at or above the progression threshold.
    pub streak: u32,
    /// One more than the step of progression; 0 before it.
    pub progressed: u32,
    /// Step at which each drug's schedule began.
    pub begun_at: [u32; MAX_DRUGS],
    /// Burden when each drug's schedule began.
    pub reference: [u32; MAX_DRUGS],
}

impl Default for Control {
    fn default() -> Self {
        Zeroable::zeroed()
    }
}

/// The state of one lesion after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LesionState {
    /// Who it is.
    pub id: LesionId,
    /// Its lattice.
    pub shape: Shape,
    /// Steps done.
    pub step: u32,
    /// Cells, their clones, and the environment about them: oxygen (16.16 fixed point), and where vessels live VEGF
    /// (4.28) and relative vessel density (2.30). A brick without cells holds nothing that could differ.
    pub bricks: Bricks,
    /// Who descends from whom.
    pub table: CloneTable,
    /// Rules' state.
    pub control: Control,
    /// Events so far.
    pub counters: Counters,
}

impl LesionState {
    /// An empty lesion without fields of the environment.
    pub fn empty(id: LesionId, shape: Shape) -> Self {
        Self {
            id,
            shape,
            step: 0,
            bricks: Bricks::none(shape.brick_count()),
            table: CloneTable::default(),
            control: Control::default(),
            counters: Counters::default(),
        }
    }

    /// Number of fields of the environment.
    pub fn field_count(&self) -> usize {
        self.bricks.free().len()
    }

    /// Number of voxels, padding included.
    pub fn voxel_count(&self) -> usize {
        (self.shape.brick_count() * BRICK_VOXELS) as usize
    }

    /// The canonical word of a site.
    pub fn word(&self, site: u32) -> u32 {
        self.bricks.word(&self.shape, site)
    }

    /// The canonical words of all sites, padding included: for lattices that are small.
    pub fn words(&self) -> Vec<u32> {
        (0..self.shape.padded_sites() as u32).map(|site| self.word(site)).collect()
    }

    /// Puts a word and a clone at a site.
    pub fn put(&mut self, site: u32, word: u32, clone: u32) {
        self.bricks.put(&self.shape, site, word, clone);
    }

    /// Site, word and clone of every cell, live or dead, in site order.
    pub fn cells(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        self.bricks.iter().flat_map(|brick| {
            let sites = (brick.number << BRICK_SHIFT..).zip(brick.sites).zip(brick.clones);
            sites.map(|((site, word), clone)| (site, *word, *clone)).filter(|(_, w, _)| word::is_cell(*w))
        })
    }

    /// The same of live cells.
    pub fn live_cells(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        self.cells().filter(|(_, w, _)| word::is_live(*w))
    }

    /// The same of all cells, to be changed.
    pub fn cells_mut(&mut self) -> impl Iterator<Item = (u32, &mut u32, &mut u32)> {
        self.bricks.sites_mut().filter(|(_, w, _)| word::is_cell(**w))
    }

    /// Numbers of live and dead cells.
    pub fn burden(&self) -> (u64, u64) {
        self.cells().fold((0, 0), |(live, dead), (_, w, _)| {
            (live + u64::from(word::is_live(w)), dead + u64::from(word::is_dead(w)))
        })
    }

    /// Live cells of each state code.
    pub fn live_by_code(&self) -> BTreeMap<u32, u32> {
        let mut live = vec![0; 1 << word::CODE_BITS];
        self.live_cells().for_each(|(_, w, _)| live[word::code(w) as usize] += 1);
        (0..).zip(live).filter(|(_, cells)| *cells > 0).collect()
    }

    /// Exclusive sizes of all clones (live cells), by clone id.
    pub fn clone_sizes(&self) -> Vec<u32> {
        let mut sizes = vec![0; self.table.len()];
        self.live_cells().for_each(|(_, _, clone)| sizes[clone as usize] += 1);
        sizes
    }

    /// Checks what must hold of every state: no intent, no claim, cells of known clones, clones in order.
    ///
    /// # Errors
    ///
    /// One sentence saying what is wrong where.
    pub fn check(&self) -> Result<(), String> {
        let bricks = self.bricks.iter();
        let sites = bricks.flat_map(|b| (b.number << BRICK_SHIFT..).zip(b.sites).zip(b.clones));
        for ((site, w), clone) in sites {
            if word::canonical(*w) != *w {
                return Err(format!("site {site} holds an intent or a claim ({w:#010x})"));
            }
            if word::is_cell(*w) && *clone as usize >= self.table.len() {
                return Err(format!("site {site} belongs to clone {clone}, which does not exist"));
            }
            if !word::is_cell(*w) && *clone != 0 {
                return Err(format!("site {site} has no cell but clone {clone}"));
            }
        }
        self.table.check().map_err(|id| format!("clone {id} is out of order"))
    }
}
