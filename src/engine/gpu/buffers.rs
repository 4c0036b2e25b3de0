//! The pool on the device: its arrays in the buffers of `bindings.rs`, laid out as on the host.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::bindings::Slabs;
use super::bindings::{self, DeviceBuffer};
use super::device::Gpu;
use super::kernels::{self, LIST_BLOCK, Sizes};
use super::packing::{self, Config, queue};
use crate::engine::backend::EngineError;
use crate::engine::pool::{LesionRecord, Pool};
use crate::tissue::shape::{BRICK, BRICK_LEAVES, BRICK_VOXELS};

/// Bytes moved at a time between host and device.
const CHUNK: usize = 64 << 20;

/// The arrays of a pool that live on the device and can be moved whole, in the order in which they lie there.
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

    /// The buffer in which it lies, and its first word there.
    pub const fn place(self, config: &Config) -> (DeviceBuffer, u32) {
        match self {
            Self::Bricks => (DeviceBuffer::Atomics, config.at_bricks),
            Self::Occupancy => (DeviceBuffer::Atomics, config.at_occupancy),
            Self::Groups => (DeviceBuffer::Atomics, config.at_groups),
            Self::Census => (DeviceBuffer::Atomics, config.at_census),
            Self::Leaves => (DeviceBuffer::Leaves, 0),
            Self::Fields => (DeviceBuffer::Fields, 0),
            Self::CloneTable => (DeviceBuffer::CloneTable, 0),
        }
    }

    /// The array in a pool.
    pub fn of(self, pool: &Pool) -> HostWords<'_> {
        HostWords::Shared(match self {
            Self::Bricks => &pool.bricks,
            Self::Leaves => &pool.leaves,
            Self::Occupancy => &pool.occupancy,
            Self::Groups => &pool.groups,
            Self::Fields => return HostWords::Plain(&pool.fields),
            Self::Census => &pool.census,
            Self::CloneTable => &pool.clone_table,
        })
    }
}

/// Words of a pool, which threads share or do not.
#[derive(Debug, Clone, Copy)]
pub enum HostWords<'a> {
    /// Shared by threads.
    Shared(&'a [AtomicU32]),
    /// Each changed by one thread alone.
    Plain(&'a [u32]),
}

impl HostWords<'_> {
    /// How many there are.
    pub const fn count(self) -> usize {
        match self {
            Self::Shared(words) => words.len(),
            Self::Plain(words) => words.len(),
        }
    }

    /// Copies of them, so many at a time.
    pub fn chunks(self, size: usize) -> impl Iterator<Item = Vec<u32>> {
        (0..self.count()).step_by(size).map(move |from| {
            let some = from..self.count().min(from + size);
            match self {
                Self::Shared(words) => words[some].iter().map(|w| w.load(Relaxed)).collect(),
                Self::Plain(words) => words[some].to_vec(),
            }
        })
    }

    /// A copy of them all.
    pub fn to_vec(self) -> Vec<u32> {
        self.chunks(self.count().max(1)).next().unwrap_or_default()
    }
}

/// All buffers of a batch.
pub(super) struct Buffers {
    config: wgpu::Buffer,
    tables: wgpu::Buffer,
    pub lesions: wgpu::Buffer,
    atomics: wgpu::Buffer,
    leaves: wgpu::Buffer,
    fields: wgpu::Buffer,
    journal: wgpu::Buffer,
    clone_table: wgpu::Buffer,
    pub dispatch: wgpu::Buffer,
    sites: Vec<wgpu::Buffer>,
    clones: Vec<wgpu::Buffer>,
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
    let (binding, shift) = (report.largest_binding(), report.slab_shift(slab_sites));
    let addresses = u64::from(pool.brick_total()) * u64::from(BRICK);
    let count = addresses.div_ceil(1 << shift).max(1) as u32;
    let most = bindings::most_slabs(report.storage_buffers);
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
    let listed = u64::from(queue::HEAD) + bricks + bricks.div_ceil(u64::from(LIST_BLOCK));
    let atomics = listed
        + [&pool.bricks, &pool.occupancy, &pool.groups, &pool.census]
            .map(|a| a.len() as u64)
            .iter()
            .sum::<u64>();
    let largest = [
        ("the leaves' words", pool.leaves.len() as u64),
        ("the bricks' words", atomics),
        ("the fields", pool.fields.len() as u64),
        ("the clone table", pool.clone_table.len() as u64),
        ("the census log", pool.log.len() as u64),
    ];
    for (what, words) in largest {
        let bytes = 4 * words;
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
    pub fn new(gpu: &Gpu, pool: &Pool, slabs: Slabs, sizes: Sizes) -> Result<Self, EngineError> {
        let (config, tables) = packing::pack(pool);
        let slab_words = (1usize << slabs.shift).min(pool.sites.len());
        let plane = |label: &str, words: &[AtomicU32]| -> Result<Vec<wgpu::Buffer>, EngineError> {
            words.chunks(slab_words).map(|slab| upload(gpu, label, slab)).collect()
        };
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let plain = |label: &str, words: usize| empty(gpu, label, words.max(1), STORAGE);
        let atomics = config.at_census as usize + pool.census.len();
        let buffers = Self {
            config: initial(gpu, "config", bytemuck::bytes_of(&config), uniform)?,
            tables: initial(gpu, "tables", bytemuck::cast_slice(&tables), STORAGE)?,
            lesions: initial(gpu, "lesions", bytemuck::cast_slice(&pool.lesions), STORAGE)?,
            atomics: plain("bricks", atomics)?,
            leaves: plain("leaves", pool.leaves.len())?,
            fields: plain("fields", pool.fields.len())?,
            journal: plain("journal", pool.log.len())?,
            clone_table: plain("clone table", pool.clone_table.len())?,
            dispatch: empty(gpu, "dispatch", 8, STORAGE | wgpu::BufferUsages::INDIRECT)?,
            sites: plane("sites", &pool.sites)?,
            clones: plane("clones", &pool.clones)?,
            slabs,
            scalars: config,
        };
        for array in PoolArray::ALL {
            let (buffer, first) = buffers.place(array);
            fill(gpu, buffer, first, array.of(pool))?;
        }
        buffers.write_queue(gpu, pool, sizes)?;
        Ok(buffers)
    }

    /// Bricks of the pool.
    pub fn bricks(&self) -> u32 {
        self.scalars.bricks
    }

    /// A buffer, or the slabs of a plane.
    pub fn of(&self, bound: DeviceBuffer) -> &[wgpu::Buffer] {
        use std::slice::from_ref;
        match bound {
            DeviceBuffer::Config => from_ref(&self.config),
            DeviceBuffer::Tables => from_ref(&self.tables),
            DeviceBuffer::Lesions => from_ref(&self.lesions),
            DeviceBuffer::Atomics => from_ref(&self.atomics),
            DeviceBuffer::Leaves => from_ref(&self.leaves),
            DeviceBuffer::Fields => from_ref(&self.fields),
            DeviceBuffer::Journal => from_ref(&self.journal),
            DeviceBuffer::CloneTable => from_ref(&self.clone_table),
            DeviceBuffer::Dispatch => from_ref(&self.dispatch),
            DeviceBuffer::Sites => &self.sites,
            DeviceBuffer::Clones => &self.clones,
        }
    }

    /// The buffer of an array, and its first word there.
    fn place(&self, array: PoolArray) -> (&wgpu::Buffer, u64) {
        let (bound, first) = array.place(&self.scalars);
        (&self.of(bound)[0], u64::from(first))
    }

    /// Words of an array.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn read_array(
        &self,
        gpu: &Gpu,
        array: PoolArray,
        first: u64,
        words: u64,
    ) -> Result<Vec<u32>, EngineError> {
        let (buffer, base) = self.place(array);
        read(gpu, buffer, base + first, words)
    }

    /// The whole clone table.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn read_clone_table(&self, gpu: &Gpu) -> Result<Vec<u32>, EngineError> {
        read(gpu, &self.clone_table, 0, self.clone_table.size() / 4)
    }

    /// Puts another clone table in place.
    ///
    /// # Errors
    ///
    /// As [`Gpu::buffer`].
    pub fn replace_clone_table(&mut self, gpu: &Gpu, pool: &Pool) -> Result<(), EngineError> {
        self.clone_table = upload(gpu, "clone table", &pool.clone_table)?;
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
        let Config {
            bricks, groups, voxels, at_blocks, at_bricks, at_occupancy, at_groups, at_census, ..
        } = self.scalars;
        self.scalars = Config {
            bricks,
            groups,
            voxels,
            at_blocks,
            at_bricks,
            at_occupancy,
            at_groups,
            at_census,
            ..config
        };
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
        gpu.write(&self.atomics, 4 * u64::from(queue::DIRTY), bytemuck::bytes_of(&1u32))
    }

    /// Writes the list of bricks as the pool has it, with the dispatch sizes that belong to it.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn write_queue(&self, gpu: &Gpu, pool: &Pool, sizes: Sizes) -> Result<(), EngineError> {
        let mut words = vec![pool.active.len() as u32, pool.dirty.load(Relaxed), 0, 0];
        words.extend_from_slice(&pool.active);
        gpu.write(&self.atomics, 0, bytemuck::cast_slice(&words))?;
        let bricks = pool.active.len() as u32;
        let fold = |invocations: u32| {
            let [x, y] = kernels::folded(invocations.div_ceil(sizes.workgroup), sizes.max_groups);
            [x, y, 1, 0]
        };
        let sizes = [fold(bricks * BRICK_LEAVES), fold(bricks * BRICK_VOXELS)].concat();
        gpu.write(&self.dispatch, 0, bytemuck::cast_slice(&sizes))
    }

    /// Writes everything that changes in a step (the bisecting tool's way from host to device).
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn write_all(&self, gpu: &Gpu, pool: &Pool, sizes: Sizes) -> Result<(), EngineError> {
        self.write_lesions(gpu, &pool.lesions)?;
        self.write_queue(gpu, pool, sizes)?;
        gpu.write(&self.journal, 0, bytemuck::cast_slice(&pool.log))?;
        for array in PoolArray::ALL {
            let (buffer, first) = self.place(array);
            write(gpu, buffer, first, array.of(pool))?;
        }
        let slab_words = (1usize << self.slabs.shift).min(pool.sites.len());
        for (buffers, plane) in [(&self.sites, &pool.sites), (&self.clones, &pool.clones)] {
            for (buffer, words) in buffers.iter().zip(plane.chunks(slab_words)) {
                write(gpu, buffer, 0, HostWords::Shared(words))?;
            }
        }
        Ok(())
    }

    /// The list of bricks with its length before it.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn read_queue(&self, gpu: &Gpu) -> Result<Vec<u32>, EngineError> {
        let words = read(gpu, &self.atomics, 0, u64::from(self.scalars.at_blocks))?;
        let (head, list) = words.split_at(queue::HEAD as usize);
        Ok([&head[..1], list].concat())
    }

    /// Words of one of the planes from an address on, across slabs.
    pub fn read_plane(
        &self,
        gpu: &Gpu,
        plane: DeviceBuffer,
        address: u64,
        words: u64,
    ) -> Result<Vec<u32>, EngineError> {
        let (mut out, mut at) = (Vec::with_capacity(words as usize), address);
        while at < address + words {
            let slab = at >> self.slabs.shift;
            let end = ((slab + 1) << self.slabs.shift).min(address + words);
            let first = at - (slab << self.slabs.shift);
            out.extend(read(gpu, &self.of(plane)[slab as usize], first, end - at)?);
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
    fill(gpu, &buffer, 0, HostWords::Shared(words))?;
    Ok(buffer)
}

/// Writes words into a new buffer from a word on. New buffers are zero, so that empty tissue need not be sent.
fn fill(gpu: &Gpu, buffer: &wgpu::Buffer, first: u64, words: HostWords) -> Result<(), EngineError> {
    let mut chunks = words.chunks(CHUNK / 4).enumerate().filter(|(_, chunk)| chunk.iter().any(|w| *w != 0));
    chunks.try_for_each(|(i, chunk)| write_at(gpu, buffer, 4 * first + (i * CHUNK) as u64, &chunk))
}

/// Writes words into a buffer from a word on.
fn write(gpu: &Gpu, buffer: &wgpu::Buffer, first: u64, words: HostWords) -> Result<(), EngineError> {
    let mut chunks = words.chunks(CHUNK / 4).enumerate();
    chunks.try_for_each(|(i, chunk)| write_at(gpu, buffer, 4 * first + (i * CHUNK) as u64, &chunk))
}

fn write_at(gpu: &Gpu, buffer: &wgpu::Buffer, offset: u64, words: &[u32]) -> Result<(), EngineError> {
    gpu.write(buffer, offset, bytemuck::cast_slice(words))?;
    if words.len() * 4 == CHUNK { gpu.flush() } else { Ok(()) }
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
