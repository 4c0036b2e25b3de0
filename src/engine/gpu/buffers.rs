//! The pool on the device: one buffer per array, laid out as on the host.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::adapter::PLAIN_BINDINGS;
use super::device::Gpu;
use super::packing::{self, Config};
use super::source::{FIRST_SLAB, Slabs};
use crate::engine::backend::EngineError;
use crate::engine::pool::{LesionRecord, Pool};
use crate::tissue::shape::{BRICK, BRICK_LEAVES, BRICK_VOXELS};

/// Bytes moved at a time between host and device.
const CHUNK: usize = 64 << 20;
/// Words before the list of bricks in the queue (twin: `QUEUE_HEAD`).
const QUEUE_HEAD: usize = 4;
/// Largest number of workgroups in one direction of a dispatch.
const MAX_GROUPS: u32 = 65_535;

/// The arrays of a pool that live on the device and can be moved whole, in the order of their bindings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolArray {
    /// Per brick.
    Bricks,
    /// Per leaf.
    Leaves,
    /// Per leaf: live and full.
    Occupancy,
    /// Per group of bricks.
    Groups,
    /// Per voxel.
    Fields,
    /// Census stripes.
    Census,
    /// Clone tables.
    CloneTable,
}

impl PoolArray {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Bricks,
        Self::Leaves,
        Self::Occupancy,
        Self::Groups,
        Self::Fields,
        Self::Census,
        Self::CloneTable,
    ];

    /// Name, for reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bricks => "bricks",
            Self::Leaves => "leaves",
            Self::Occupancy => "occupancy",
            Self::Groups => "groups",
            Self::Fields => "fields",
            Self::Census => "census",
            Self::CloneTable => "clone table",
        }
    }

    const fn binding(self) -> u32 {
        match self {
            Self::Bricks => 4,
            Self::Leaves => 5,
            Self::Occupancy => 6,
            Self::Groups => 7,
            Self::Fields => 8,
            Self::Census => 9,
            Self::CloneTable => 11,
        }
    }

    /// The array in a pool.
    pub const fn of(self, pool: &Pool) -> &Vec<AtomicU32> {
        match self {
            Self::Bricks => &pool.bricks,
            Self::Leaves => &pool.leaves,
            Self::Occupancy => &pool.occupancy,
            Self::Groups => &pool.groups,
            Self::Fields => &pool.fields,
            Self::Census => &pool.census,
            Self::CloneTable => &pool.clone_table,
        }
    }
}

/// All buffers of a batch, and the bind groups that show them to the stages.
pub(super) struct Buffers {
    pub config: wgpu::Buffer,
    pub tables: wgpu::Buffer,
    pub lesions: wgpu::Buffer,
    pub queue: wgpu::Buffer,
    pub journal: wgpu::Buffer,
    pub dispatch: wgpu::Buffer,
    arrays: Vec<wgpu::Buffer>,
    pub sites: Vec<wgpu::Buffer>,
    pub clones: Vec<wgpu::Buffer>,
    pub slabs: Slabs,
    /// What `config` holds.
    scalars: Config,
}

/// How the planes of a pool are cut for an adapter.
///
/// # Errors
///
/// [`EngineError::TooLarge`] where it needs more slabs than the adapter binds, or another array does not fit
/// into one binding.
pub(super) fn cut(gpu: &Gpu, pool: &Pool, slab_sites: Option<u32>) -> Result<Slabs, EngineError> {
    let report = &gpu.report;
    let binding = report.binding_bytes.min(report.buffer_bytes);
    let offered = u32::try_from(binding / 4).unwrap_or(u32::MAX).min(1 << 30);
    let sites = slab_sites.unwrap_or(u32::MAX).min(offered).max(BRICK);
    let shift = sites.ilog2();
    let addresses = u64::from(pool.brick_total()) * u64::from(BRICK);
    let count = addresses.div_ceil(1 << shift).max(1) as u32;
    let most = (report.storage_buffers.saturating_sub(PLAIN_BINDINGS)) / 2;
    let too_large = |what: &str, needed: u64, offered: u64| EngineError::TooLarge {
        adapter: report.name.clone(),
        what: what.to_owned(),
        needed,
        offered,
        way_out: "use --backend cpu, a smaller lattice, or fewer replicates".to_owned(),
    };
    if count > most {
        return Err(too_large("the lattice", addresses * 4, u64::from(most) << (shift + 2)));
    }
    let bricks = u64::from(pool.brick_total());
    let largest = [
        ("the leaves' words", bricks * u64::from(BRICK_LEAVES) * 16),
        ("the fields", pool.fields.len() as u64 * 4),
        ("the voxels' words", bricks * u64::from(BRICK_VOXELS) * 8),
        ("the clone table", pool.clone_table.len() as u64 * 4),
        ("the census log", pool.log.len() as u64 * 4),
    ];
    for (what, bytes) in largest {
        if bytes > binding {
            return Err(too_large(what, bytes, binding));
        }
    }
    Ok(Slabs { count, shift })
}

impl Buffers {
    /// Copies a pool to the device.
    ///
    /// # Errors
    ///
    /// As [`Gpu::buffer`].
    pub fn new(gpu: &Gpu, pool: &Pool, slabs: Slabs, workgroup: u32) -> Result<Self, EngineError> {
        let (config, tables) = packing::pack(pool);
        let slab_words = (1usize << slabs.shift).min(pool.sites.len());
        let plane = |label: &str, words: &[AtomicU32]| -> Result<Vec<wgpu::Buffer>, EngineError> {
            words.chunks(slab_words).map(|slab| upload(gpu, label, slab)).collect()
        };
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let buffers = Self {
            config: initial(gpu, "config", bytemuck::bytes_of(&config), uniform)?,
            tables: initial(gpu, "tables", bytemuck::cast_slice(&tables), STORAGE)?,
            lesions: initial(gpu, "lesions", bytemuck::cast_slice(&pool.lesions), STORAGE)?,
            queue: empty(gpu, "queue", QUEUE_HEAD + pool.brick_total() as usize, STORAGE)?,
            journal: empty(gpu, "journal", pool.log.len().max(1), STORAGE)?,
            dispatch: empty(gpu, "dispatch", 8, STORAGE | wgpu::BufferUsages::INDIRECT)?,
            arrays: PoolArray::ALL
                .iter()
                .map(|a| upload(gpu, a.name(), a.of(pool)))
                .collect::<Result<_, _>>()?,
            sites: plane("sites", &pool.sites)?,
            clones: plane("clones", &pool.clones)?,
            slabs,
            scalars: config,
        };
        buffers.write_queue(gpu, pool, workgroup)?;
        Ok(buffers)
    }

    /// The buffer of an array.
    pub fn array(&self, array: PoolArray) -> &wgpu::Buffer {
        &self.arrays[PoolArray::ALL.iter().position(|a| *a == array).unwrap_or(0)]
    }

    /// Puts another clone table in place.
    ///
    /// # Errors
    ///
    /// As [`Gpu::buffer`].
    pub fn replace_clone_table(&mut self, gpu: &Gpu, pool: &Pool) -> Result<(), EngineError> {
        if let Some(last) = self.arrays.last_mut() {
            *last = upload(gpu, PoolArray::CloneTable.name(), &pool.clone_table)?;
        }
        Ok(())
    }

    /// Puts other rate tables in place.
    ///
    /// # Errors
    ///
    /// [`EngineError::TooLarge`] if they do not fit into one binding.
    pub fn replace_tables(&mut self, gpu: &Gpu, pool: &Pool) -> Result<(), EngineError> {
        let (config, tables) = packing::pack(pool);
        // The pool's arrays are on the device by now, and their sizes are known here only.
        let Config { bricks, groups, voxels, .. } = self.scalars;
        self.scalars = Config { bricks, groups, voxels, ..config };
        let (needed, offered) = (4 * tables.len() as u64, gpu.report.binding_bytes);
        if needed > offered {
            return Err(EngineError::TooLarge {
                adapter: gpu.report.name.clone(),
                what: "the rate tables".to_owned(),
                needed,
                offered,
                way_out: "use --backend cpu, or fewer loci".to_owned(),
            });
        }
        gpu.write(&self.config, 0, bytemuck::bytes_of(&self.scalars))?;
        if needed > self.tables.size() {
            let usage = self.tables.usage();
            // Room to spare: tables come as doses change.
            self.tables = empty(gpu, "tables", (tables.len() * 2).min(offered as usize / 4), usage)?;
        }
        gpu.write(&self.tables, 0, bytemuck::cast_slice(&tables))
    }

    /// Writes the lesions' records.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn write_lesions(&self, gpu: &Gpu, lesions: &[LesionRecord]) -> Result<(), EngineError> {
        gpu.write(&self.lesions, 0, bytemuck::cast_slice(lesions))
    }

    /// Marks the list of bricks as to be made anew.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn mark_dirty(&self, gpu: &Gpu) -> Result<(), EngineError> {
        gpu.write(&self.queue, 4, bytemuck::bytes_of(&1u32))
    }

    /// Writes the list of bricks as the pool has it, with the dispatch sizes that belong to it.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn write_queue(&self, gpu: &Gpu, pool: &Pool, workgroup: u32) -> Result<(), EngineError> {
        let mut words = vec![pool.active.len() as u32, pool.dirty.load(Relaxed), 0, 0];
        words.extend_from_slice(&pool.active);
        gpu.write(&self.queue, 0, bytemuck::cast_slice(&words))?;
        let bricks = pool.active.len() as u32;
        let fold = |invocations: u32| {
            let needed = invocations.div_ceil(workgroup);
            let x = needed.min(MAX_GROUPS);
            [x, if x == 0 { 1 } else { needed.div_ceil(x) }, 1, 0]
        };
        let sizes = [fold(bricks * BRICK_LEAVES), fold(bricks * BRICK_VOXELS)].concat();
        gpu.write(&self.dispatch, 0, bytemuck::cast_slice(&sizes))
    }

    /// Writes everything that changes in a step (the bisecting tool's way from host to device).
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn write_all(&self, gpu: &Gpu, pool: &Pool, workgroup: u32) -> Result<(), EngineError> {
        self.write_lesions(gpu, &pool.lesions)?;
        self.write_queue(gpu, pool, workgroup)?;
        gpu.write(&self.journal, 0, bytemuck::cast_slice(&pool.log))?;
        for array in PoolArray::ALL {
            write(gpu, self.array(array), array.of(pool))?;
        }
        let slab_words = (1usize << self.slabs.shift).min(pool.sites.len());
        for (buffers, plane) in [(&self.sites, &pool.sites), (&self.clones, &pool.clones)] {
            for (buffer, words) in buffers.iter().zip(plane.chunks(slab_words)) {
                write(gpu, buffer, words)?;
            }
        }
        Ok(())
    }

    /// All buffers with their bindings in group 0.
    pub fn bindings(&self) -> Vec<(u32, &wgpu::Buffer)> {
        let mut all = vec![
            (0, &self.config),
            (1, &self.tables),
            (2, &self.lesions),
            (3, &self.queue),
            (10, &self.journal),
        ];
        all.extend(PoolArray::ALL.iter().map(|a| (a.binding(), self.array(*a))));
        let planes = self.sites.iter().chain(&self.clones);
        all.extend(planes.enumerate().map(|(i, b)| (FIRST_SLAB + i as u32, b)));
        all.sort_by_key(|(binding, _)| *binding);
        all
    }

    /// Words of one of the planes from an address on, across slabs.
    pub fn read_plane(
        &self,
        gpu: &Gpu,
        plane: &[wgpu::Buffer],
        address: u64,
        words: u64,
    ) -> Result<Vec<u32>, EngineError> {
        let (mut out, mut at) = (Vec::with_capacity(words as usize), address);
        while at < address + words {
            let slab = at >> self.slabs.shift;
            let end = ((slab + 1) << self.slabs.shift).min(address + words);
            let first = at - (slab << self.slabs.shift);
            out.extend(read(gpu, &plane[slab as usize], first, end - at)?);
            at = end;
        }
        Ok(out)
    }
}

/// What a buffer of the stages is used for.
const STORAGE: wgpu::BufferUsages =
    wgpu::BufferUsages::STORAGE.union(wgpu::BufferUsages::COPY_DST).union(wgpu::BufferUsages::COPY_SRC);

fn empty(
    gpu: &Gpu,
    label: &str,
    words: usize,
    usage: wgpu::BufferUsages,
) -> Result<wgpu::Buffer, EngineError> {
    gpu.buffer(label, 4 * words as u64, usage)
}

fn initial(
    gpu: &Gpu,
    label: &str,
    bytes: &[u8],
    usage: wgpu::BufferUsages,
) -> Result<wgpu::Buffer, EngineError> {
    let buffer = gpu.buffer(label, bytes.len() as u64, usage)?;
    gpu.write(&buffer, 0, bytes)?;
    Ok(buffer)
}

/// A new storage buffer with these words; a buffer is never empty.
fn upload(gpu: &Gpu, label: &str, words: &[AtomicU32]) -> Result<wgpu::Buffer, EngineError> {
    let buffer = empty(gpu, label, words.len().max(1), STORAGE)?;
    for (i, chunk) in words.chunks(CHUNK / 4).enumerate() {
        // New buffers are zero, so that empty tissue need not be sent.
        if chunk.iter().any(|w| w.load(Relaxed) != 0) {
            write_at(gpu, &buffer, (i * CHUNK) as u64, chunk)?;
        }
    }
    Ok(buffer)
}

fn write(gpu: &Gpu, buffer: &wgpu::Buffer, words: &[AtomicU32]) -> Result<(), EngineError> {
    let mut chunks = words.chunks(CHUNK / 4).enumerate();
    chunks.try_for_each(|(i, chunk)| write_at(gpu, buffer, (i * CHUNK) as u64, chunk))
}

fn write_at(gpu: &Gpu, buffer: &wgpu::Buffer, offset: u64, words: &[AtomicU32]) -> Result<(), EngineError> {
    let plain: Vec<u32> = words.iter().map(|w| w.load(Relaxed)).collect();
    gpu.write(buffer, offset, bytemuck::cast_slice(&plain))?;
    if plain.len() * 4 == CHUNK { gpu.flush() } else { Ok(()) }
}

/// Reads words of a buffer.
pub(super) fn read(
    gpu: &Gpu,
    buffer: &wgpu::Buffer,
    first: u64,
    words: u64,
) -> Result<Vec<u32>, EngineError> {
    let mut out = Vec::with_capacity(words as usize);
    let per_chunk = (CHUNK / 4) as u64;
    let mut at = first;
    while at < first + words {
        let here = per_chunk.min(first + words - at);
        out.extend(read_chunk(gpu, buffer, at, here)?);
        at += here;
    }
    Ok(out)
}

fn read_chunk(gpu: &Gpu, buffer: &wgpu::Buffer, first: u64, words: u64) -> Result<Vec<u32>, EngineError> {
    let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
    let staging = empty(gpu, "staging", words as usize, usage)?;
    gpu.submit(|encoder| encoder.copy_buffer_to_buffer(buffer, 4 * first, &staging, 0, 4 * words))?;
    let (send, receive) = std::sync::mpsc::channel();
    gpu.ask(|_, _| {
        staging.map_async(wgpu::MapMode::Read, .., move |result| {
            // If the receiver is gone, nobody asks any more.
            let _ = send.send(result);
        });
    })?;
    gpu.wait()?;
    // All that was asked for before the wait has been answered by now, or never will be.
    let mapped = receive.try_recv().map_err(|_| gpu.lose("a buffer was not mapped"))?;
    mapped.map_err(|e| gpu.lose(&e.to_string()))?;
    let copied = gpu.ask(|_, _| {
        let view = staging.get_mapped_range(..).map_err(|e| e.to_string())?;
        Ok::<Vec<u32>, String>(bytemuck::cast_slice(&view).to_vec())
    })?;
    copied.map_err(|why| gpu.lose(&why))
}
