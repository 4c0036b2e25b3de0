//! The canonical state of one lesion: what a digest is taken of, what a checkpoint holds, and what
//! either backend starts from and gives back.

use bytemuck::{Pod, Zeroable};

use super::clones::CloneTable;
use super::shape::{BRICK, BRICK_VOXELS, Shape, VOXEL_SHIFT};
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
    /// Names in the order of the fields, as used in table headers.
    pub const NAMES: [&'static str; COUNTERS] =
        ["births", "deaths", "kills", "blocked", "lost", "switches", "founders", "moves", "cleared"];

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
}

/// Integer state of the rules that are judged at checks: therapy, progression, halting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
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
    /// Canonical site words in site order, padding included.
    pub sites: Vec<u32>,
    /// Clone id of each cell, live or dead; 0 where there is none.
    pub clones: Vec<u32>,
    /// Fields of the environment, one after the other, each a value per voxel in voxel order: oxygen (16.16 fixed
    /// point), and where vessels live VEGF (4.28) and relative vessel density (2.30). Empty where the scenario has
    /// none.
    pub fields: Vec<u32>,
    /// Who descends from whom.
    pub table: CloneTable,
    /// Rules' state.
    pub control: Control,
    /// Events so far.
    pub counters: Counters,
}

impl LesionState {
    /// An empty lesion; padding is marked as wall.
    pub fn empty(id: LesionId, shape: Shape) -> Self {
        let padded = shape.padded_sites() as usize;
        let mut state = Self {
            id,
            shape,
            step: 0,
            sites: vec![word::EMPTY; padded],
            clones: vec![0; padded],
            fields: Vec::new(),
            table: CloneTable::default(),
            control: Control::default(),
            counters: Counters::default(),
        };
        state.mark_padding();
        state
    }

    fn mark_padding(&mut self) {
        let [nx, ny, nz] = self.shape.bricks();
        let edge = self.shape.brick_size();
        for brick in 0..self.shape.brick_count() {
            let at = [brick % nx, brick / nx % ny, brick / nx / ny];
            let last = [nx - 1, ny - 1, nz - 1];
            let cut = (0..3).any(|a| at[a] == last[a] && !self.shape.size[a].is_multiple_of(edge[a]));
            if !cut {
                continue;
            }
            for site in brick * BRICK..(brick + 1) * BRICK {
                if !self.shape.contains(self.shape.position(site)) {
                    self.sites[site as usize] = word::wall();
                }
            }
        }
    }

    /// Number of fields of the environment.
    pub fn field_count(&self) -> usize {
        self.fields.len() / self.voxel_count()
    }

    /// Number of voxels, padding included.
    pub fn voxel_count(&self) -> usize {
        (self.shape.brick_count() * BRICK_VOXELS) as usize
    }

    /// A field's values in the voxels of a brick.
    pub fn field_of_brick(&self, field: usize, brick: usize) -> &[u32] {
        let first = field * self.voxel_count() + brick * BRICK_VOXELS as usize;
        &self.fields[first..first + BRICK_VOXELS as usize]
    }

    /// Numbers of live and dead cells.
    pub fn burden(&self) -> (u64, u64) {
        let (mut live, mut dead) = (0, 0);
        for w in &self.sites {
            live += u64::from(word::is_live(*w));
            dead += u64::from(word::is_dead(*w));
        }
        (live, dead)
    }

    /// Live and dead cells of each voxel, packed `live | dead << 16`.
    pub fn crowd(&self) -> Vec<u32> {
        self.sites
            .chunks_exact(1 << VOXEL_SHIFT)
            .map(|sites| {
                sites
                    .iter()
                    .fold(0, |n, w| n + u32::from(word::is_live(*w)) + (u32::from(word::is_dead(*w)) << 16))
            })
            .collect()
    }

    /// Exclusive sizes of all clones (live cells), by clone id.
    pub fn clone_sizes(&self) -> Vec<u32> {
        let mut sizes = vec![0; self.table.len()];
        for (w, clone) in self.sites.iter().zip(&self.clones) {
            if word::is_live(*w) {
                sizes[*clone as usize] += 1;
            }
        }
        sizes
    }

    /// Checks what must hold of every state: no intent, no claim, cells of known clones, clones in order.
    ///
    /// # Errors
    ///
    /// One sentence saying what is wrong where.
    pub fn check(&self) -> Result<(), String> {
        for (site, (w, clone)) in self.sites.iter().zip(&self.clones).enumerate() {
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
