//! The pool on the device: its arrays in the buffers of `bindings.rs`, laid out as on the host.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::adapter::AdapterReport;
use super::bindings::{self, DeviceBuffer, Slabs};
use super::device::Gpu;
use super::kernels::{self, LIST_BLOCK, Sizes};
use super::packing::{self, Config, PackedTables, TablePiece, TableSizes, queue};
use crate::engine::backend::EngineError;
use crate::engine::pool::{HostWords, LesionRecord, Pool, PoolArray, StatePart};
use crate::engine::tables::RateTables;
use crate::tissue::shape::{BRICK, BRICK_LEAVES, BRICK_VOXELS};

/// Bytes moved at a time between host and device.
const CHUNK: usize = 64 << 20;

impl PoolArray {
    /// The buffer in which it lies, and its first word there; of the planes of sites and clones the first slab.
    pub const fn place(self, config: &Config) -> (DeviceBuffer, u32) {
        match self {
            Self::Sites => (DeviceBuffer::Sites, 0),
            Self::Clones => (DeviceBuffer::Clones, 0),
            Self::Bricks => (DeviceBuffer::Atomics, config.at_bricks),
            Self::Occupancy => (DeviceBuffer::Atomics, config.at_occupancy),
            Self::Groups => (DeviceBuffer::Atomics, config.at_groups),
            Self::Census => (DeviceBuffer::Atomics, config.at_census),
            Self::Leaves => (DeviceBuffer::Leaves, 0),
            Self::Fields => (DeviceBuffer::Fields, 0),
            Self::CloneTable => (DeviceBuffer::CloneTable, 0),
        }
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
    /// Rate tables that there are, and that there is room for.
    held: TableSizes,
    room: TableSizes,
}

/// How the planes of a pool are cut for an adapter.
///
/// # Errors
///
/// [`EngineError::TooLarge`] where it needs more slabs than the adapter binds, or another array does not fit
/// into one binding.
pub(super) fn cut(
    report: &AdapterReport,
    pool: &Pool,
    slab_sites: Option<u32>,
) -> Result<Slabs, EngineError> {
    let (binding, shift) = (report.largest_binding(), report.slab_shift(slab_sites));
    let addresses = u64::from(pool.brick_total()) * u64::from(BRICK);
    let count = addresses.div_ceil(1 << shift).max(1) as u32;
    let most = bindings::most_slabs(report.storage_buffers);
    let too_large = |what, needed, offered| {
        too_large(report, what, (needed, offered), "a smaller lattice, or fewer replicates")
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
        let held = TableSizes::of(&pool.tables);
        let packed = pack_tables(&gpu.report, pool, held)?;
        let config = packed.config;
        let slab_words = (1usize << slabs.shift).min(pool.sites.len());
        let plane = |label: &str, words: &[AtomicU32]| -> Result<Vec<wgpu::Buffer>, EngineError> {
            words.chunks(slab_words).map(|slab| upload(gpu, label, slab)).collect()
        };
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let plain = |label: &str, words: usize| empty(gpu, label, words.max(1), STORAGE);
        let atomics = config.at_census as usize + pool.census.len();
        let buffers = Self {
            config: initial(gpu, "config", bytemuck::bytes_of(&config), uniform)?,
            tables: plain("tables", packed.words)?,
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
            held,
            room: held,
        };
        buffers.write_tables(gpu, packed.pieces)?;
        for array in PoolArray::WHOLE {
            let (buffer, first) = buffers.place(array);
            fill(gpu, buffer, first, array.of(pool))?;
        }
        buffers.write_queue(gpu, pool, sizes)?;
        Ok(buffers)
    }

    /// Gives the memory of the large ones back: they are not used any more.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn destroy(&self, gpu: &Gpu) -> Result<(), EngineError> {
        let large =
            [&self.tables, &self.atomics, &self.leaves, &self.fields, &self.journal, &self.clone_table];
        let all = large.into_iter().chain(&self.sites).chain(&self.clones);
        gpu.ask(|_, _| all.for_each(wgpu::Buffer::destroy))
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

    /// Puts other rate tables in place, with room for as many more.
    ///
    /// # Errors
    ///
    /// [`EngineError::TooLarge`] if they do not fit into one binding.
    pub fn replace_tables(&mut self, gpu: &Gpu, pool: &Pool) -> Result<(), EngineError> {
        self.held = TableSizes::of(&pool.tables);
        // Tables come as doses change; where there is no room to spare, they are packed anew each time.
        let roomy = pack_tables(&gpu.report, pool, self.held.doubled());
        self.room = if roomy.is_ok() { self.held.doubled() } else { self.held };
        let PackedTables { config, pieces, words } =
            roomy.or_else(|_| pack_tables(&gpu.report, pool, self.held))?;
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
        gpu.write(&self.config, 0, bytemuck::bytes_of(&self.scalars))?;
        if 4 * words as u64 > self.tables.size() {
            self.tables = empty(gpu, "tables", words, self.tables.usage())?;
        }
        self.write_tables(gpu, pieces)
    }

    /// Adds those rate tables that are not there yet, where there is room for them; whether there is.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn add_tables(&mut self, gpu: &Gpu, tables: &RateTables) -> Result<bool, EngineError> {
        let all = TableSizes::of(tables);
        if !self.room.has_room_for(all) {
            return Ok(false);
        }
        let more = packing::pack_more(&self.scalars, tables, self.held);
        self.held = all;
        self.write_tables(gpu, more)?;
        Ok(true)
    }

    fn write_tables(&self, gpu: &Gpu, pieces: Vec<TablePiece>) -> Result<(), EngineError> {
        let write = |(at, words): &TablePiece| {
            gpu.write(&self.tables, 4 * u64::from(*at), bytemuck::cast_slice(words))
        };
        pieces.iter().try_for_each(write)
    }

    /// Writes the parts of a lesion that another state takes the place of.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn replace(&self, gpu: &Gpu, one: &Pool, parts: Vec<StatePart>) -> Result<(), EngineError> {
        for StatePart { array, own, at } in parts {
            let words = array.of(one).part(own);
            if matches!(array, PoolArray::Sites | PoolArray::Clones) {
                self.write_plane(gpu, array.place(&self.scalars).0, at as u64, words)?;
                continue;
            }
            let (buffer, first) = self.place(array);
            write(gpu, buffer, first + at as u64, words)?;
        }
        Ok(())
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
        for array in PoolArray::WHOLE {
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

    /// Writes words of one of the planes from an address on, across slabs.
    fn write_plane(
        &self,
        gpu: &Gpu,
        plane: DeviceBuffer,
        address: u64,
        words: HostWords,
    ) -> Result<(), EngineError> {
        let (mut done, count) = (0, words.count());
        while done < count {
            let at = address + done as u64;
            let slab = at >> self.slabs.shift;
            let room = (((slab + 1) << self.slabs.shift) - at) as usize;
            let now = words.part(done..count.min(done + room));
            write(gpu, &self.of(plane)[slab as usize], at - (slab << self.slabs.shift), now)?;
            done += now.count();
        }
        Ok(())
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

/// The tables of a pool, with room for so many rate tables.
fn pack_tables(report: &AdapterReport, pool: &Pool, room: TableSizes) -> Result<PackedTables, EngineError> {
    let packed = packing::pack_with_room(pool, room);
    let (needed, offered) = (4 * packed.words as u64, report.largest_binding());
    if needed > offered {
        return Err(too_large(report, "the rate tables", (needed, offered), "fewer loci"));
    }
    Ok(packed)
}

fn too_large(
    report: &AdapterReport,
    what: &str,
    (needed, offered): (u64, u64),
    way_out: &str,
) -> EngineError {
    EngineError::TooLarge {
        adapter: report.name.clone(),
        what: what.to_owned(),
        needed,
        offered,
        way_out: format!("use --backend cpu, {way_out}"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{PoolOptions, Workload};

    fn report(binding_bytes: u64, storage_buffers: u32) -> AdapterReport {
        AdapterReport {
            index: 0,
            name: "Small".to_owned(),
            kind: "discrete",
            backend: "Vulkan".to_owned(),
            pci: String::new(),
            driver: String::new(),
            binding_bytes,
            buffer_bytes: 1 << 40,
            storage_buffers,
            int64: false,
            refused: None,
        }
    }

    /// What is wrong with a batch on an adapter, and the words of it.
    fn refused(report: &AdapterReport, pool: &Pool) -> (String, String) {
        let error = cut(report, pool, None).unwrap_err();
        assert!(error.is_of_room() && error.is_of_device(), "{error}");
        let EngineError::TooLarge { what, .. } = &error else { panic!("{error}") };
        (what.clone(), error.to_string())
    }

    // Eight buffers are enough for one slab of sites and one of clones; a lattice that needs two, or whose leaves, the largest of the fields that must
    // fit one binding, are larger than it, is refused with what is needed, what is offered, and a way out.
    #[test]
    fn what_an_adapter_has_no_room_for_is_said() {
        let (model, states) = Workload::Vessels.build(64).unwrap();
        let states = [states];
        let pool = Pool::new(model, &states, PoolOptions::default());
        let (sites, leaves) = (4 * pool.sites.len() as u64, 4 * pool.leaves.len() as u64);
        assert!(4 * (pool.fields.len() as u64) < leaves && leaves < sites);
        assert_eq!(cut(&report(sites.next_power_of_two(), 8), &pool, None).unwrap().count, 1);
        let two = sites.next_power_of_two() / 2;
        assert_eq!(cut(&report(two, 10), &pool, None).unwrap().count, 2);
        let (what, text) = refused(&report(two, 8), &pool);
        assert!(what == "the lattice" && text.contains(&sites.to_string()), "{text}");
        assert!(text.contains("`Small`") && text.contains("--backend cpu"), "{text}");
        let (what, text) = refused(&report(leaves - 4, 64), &pool);
        assert!(what == "the leaves' words" && text.contains(&leaves.to_string()), "{text}");
        let tables = pack_tables(&report(1024, 8), &pool, TableSizes::of(&pool.tables)).err().unwrap();
        assert!(tables.to_string().contains("the rate tables"), "{tables}");
    }

    // What is added stands behind what is there, where there is room for it, and the same words come of it as of all at once.
    #[test]
    fn tables_that_are_added_are_packed_as_all_at_once() {
        let (model, states) = Workload::Vessels.build(16).unwrap();
        let states = [states];
        let mut pool = Pool::new(model, &states, PoolOptions::default());
        let before = TableSizes::of(&pool.tables);
        let first = packing::pack_with_room(&pool, before.doubled());
        let environments = pool.tables.environments() as usize;
        pool.change_tables(&mut |tables| {
            let again = tables.rows.clone();
            let block = tables.rows.len() as u32 / tables.states();
            tables.rows.extend(again);
            tables.push_table(crate::tissue::fixed::Threshold::CERTAIN, &vec![block; environments]);
        });
        let now = TableSizes::of(&pool.tables);
        assert!(before.doubled().has_room_for(now) && !before.has_room_for(now));
        let put = |pieces: Vec<TablePiece>, words: &mut [u32]| {
            for (at, piece) in pieces {
                words[at as usize..][..piece.len()].copy_from_slice(&piece);
            }
        };
        let whole = packing::pack_with_room(&pool, before.doubled());
        let (mut grown, mut expected) = (vec![0; first.words], vec![0; whole.words]);
        put(first.pieces, &mut grown);
        put(whole.pieces, &mut expected);
        assert_ne!(grown, expected);
        let more = packing::pack_more(&first.config, &pool.tables, before);
        assert!(more.iter().map(|(_, words)| words.len()).sum::<usize>() < whole.words / 2);
        put(more, &mut grown);
        assert_eq!((grown, first.config), (expected, whole.config));
    }
}
