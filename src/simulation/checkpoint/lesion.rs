//! A lesion's state, sparse and compressed.

use std::io::{self, Write};
use std::ops::Range;

use crate::engine::Model;
use crate::engine::model::{MAX_VEGF, ONE};
use crate::tissue::lesion::{COUNTERS, Control, status};
use crate::tissue::shape::{BRICK, BRICK_SHIFT, BRICK_VOXELS};
use crate::tissue::{Brick, CloneTable, Counters, Founding, LesionId, LesionState, Shape, word};

use super::CheckpointError;
use super::codec::{Decoder, Encoder, bytes_to_words, words_to_bytes};

/// Bricks in a compressed chunk.
const CHUNK_BRICKS: usize = 64;
/// Clones in a compressed chunk.
const CHUNK_CLONES: usize = 16_384;
/// Words of [`Control`].
const CONTROL_WORDS: usize = size_of::<Control>() / 4;
/// Words of a [`Founding`].
const FOUNDING_WORDS: usize = 4;

/// A lesion in a checkpoint, not yet unpacked: bytes `chunks` of the file hold the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Who it is.
    pub id: LesionId,
    /// Its lattice.
    pub shape: Shape,
    /// Steps done.
    pub step: u32,
    control: Control,
    counters: Counters,
    clones: u32,
    fields: u8,
    bricks: u32,
    chunks: Range<usize>,
}

/// Most fields of the environment.
const MAX_FIELDS: u8 = 3;

/// Words that a stored brick takes: its number, sites, clones, fields.
fn brick_words(fields: u8) -> usize {
    1 + 2 * BRICK as usize + usize::from(fields) * BRICK_VOXELS as usize
}

/// Writes a lesion. Bricks without cells hold nothing: their fields are those of free tissue.
pub fn encode<W: Write>(out: &mut Encoder<W>, state: &LesionState) -> io::Result<()> {
    let fields = state.field_count() as u8;
    let stored: Vec<Brick<'_>> = state.bricks.iter().collect();
    out.u32(state.id.0)?;
    out.u32(state.shape.dimension)?;
    out.u32s(&state.shape.size)?;
    out.u8(u8::from(state.shape.periodic))?;
    out.u32(state.step)?;
    out.u32s(bytemuck::cast_slice(&[state.control]))?;
    for count in state.counters.to_array() {
        out.u64(count)?;
    }
    out.u32(state.table.len() as u32)?;
    out.u8(fields)?;
    out.u32(stored.len() as u32)?;
    for clones in state.table.0.chunks(CHUNK_CLONES) {
        out.bytes(&lz4_flex::block::compress(&words_to_bytes(bytemuck::cast_slice(clones))))?;
    }
    let mut words = Vec::with_capacity(CHUNK_BRICKS * brick_words(fields));
    for bricks in stored.chunks(CHUNK_BRICKS) {
        words.clear();
        for brick in bricks {
            words.push(brick.number);
            for part in [brick.sites, brick.clones, brick.fields] {
                words.extend_from_slice(part);
            }
        }
        out.bytes(&lz4_flex::block::compress(&words_to_bytes(&words)))?;
    }
    Ok(())
}

impl Packed {
    /// Reads a lesion's head and finds its chunks. `start` is where the decoder's bytes begin in the file.
    pub fn decode(input: &mut Decoder<'_>, file_length: usize) -> Result<Self, CheckpointError> {
        let id = LesionId(input.u32()?);
        let shape = decode_shape(input)?;
        let step = input.u32()?;
        let mut control = [0; CONTROL_WORDS];
        for word in &mut control {
            *word = input.u32()?;
        }
        let mut counters = [0; COUNTERS];
        for count in &mut counters {
            *count = input.u64()?;
        }
        let clones = input.u32()?;
        let fields = input.u8()?;
        if fields > MAX_FIELDS {
            return Err(CheckpointError::Malformed("a lesion has more fields than there are"));
        }
        let bricks = input.u32()?;
        if bricks > shape.brick_count() {
            return Err(CheckpointError::Malformed("a lesion has more bricks than its lattice"));
        }
        let first = file_length - input.left();
        let chunks = (clones as usize).div_ceil(CHUNK_CLONES) + (bricks as usize).div_ceil(CHUNK_BRICKS);
        for _ in 0..chunks {
            input.bytes()?;
        }
        Ok(Self {
            id,
            shape,
            step,
            control: bytemuck::must_cast(control),
            counters: Counters::from_array(counters),
            clones,
            fields,
            bricks,
            chunks: first..file_length - input.left(),
        })
    }

    /// Unpacks the lesion from the file's bytes. `free` is what fields hold in tissue without cells.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Malformed`] where the state is not possible.
    pub fn unpack(&self, file: &[u8], free: &[u32]) -> Result<LesionState, CheckpointError> {
        let chunks =
            file.get(self.chunks.clone()).ok_or(CheckpointError::Malformed("its parts are cut short"))?;
        let mut input = Decoder::new(chunks);
        let mut state = LesionState::empty(self.id, self.shape);
        state.step = self.step;
        state.control = self.control;
        state.counters = self.counters;
        state.table = self.table(&mut input)?;
        let free = (0..usize::from(self.fields)).map(|field| free.get(field).copied().unwrap_or(0));
        state.bricks.set_free(&free.collect::<Vec<_>>());
        self.fill(&mut input, &mut state)?;
        input.end()?;
        let found = state.check();
        found.map_err(|_| CheckpointError::Malformed("a site or a clone contradicts the others"))?;
        Ok(state)
    }

    fn table(&self, input: &mut Decoder<'_>) -> Result<CloneTable, CheckpointError> {
        let mut table = Vec::new();
        let mut left = self.clones as usize;
        while left > 0 {
            let here = left.min(CHUNK_CLONES);
            let words = decompress(input.bytes()?, here * FOUNDING_WORDS)?;
            table.extend(words.chunks_exact(FOUNDING_WORDS).map(|w| Founding {
                parent: w[0],
                step: w[1],
                site: w[2],
                code: w[3],
            }));
            left -= here;
        }
        Ok(CloneTable(table))
    }

    fn fill(&self, input: &mut Decoder<'_>, state: &mut LesionState) -> Result<(), CheckpointError> {
        let stride = brick_words(self.fields);
        let mut left = self.bricks as usize;
        let mut next = 0;
        while left > 0 {
            let here = left.min(CHUNK_BRICKS);
            for words in decompress(input.bytes()?, here * stride)?.chunks_exact(stride) {
                let brick = words[0];
                if brick < next || brick >= self.shape.brick_count() {
                    return Err(CheckpointError::Malformed("its bricks are out of order"));
                }
                next = brick + 1;
                put_brick(state, brick, &words[1..])?;
            }
            left -= here;
        }
        Ok(())
    }
}

fn put_brick(state: &mut LesionState, number: u32, words: &[u32]) -> Result<(), CheckpointError> {
    let (sites, rest) = words.split_at(BRICK as usize);
    let (clones, fields) = rest.split_at(BRICK as usize);
    for (site, new) in (number << BRICK_SHIFT..).zip(sites) {
        let old = state.word(site);
        let fits = if old == word::wall() { *new == old } else { *new == word::EMPTY || word::is_cell(*new) };
        if !fits {
            return Err(CheckpointError::Malformed("a site holds what no site can"));
        }
    }
    let brick = Brick { number, sites, clones, fields };
    if !brick.holds_cells() {
        return Err(CheckpointError::Malformed("a brick holds no cell"));
    }
    state.bricks.put_brick(&state.shape, brick);
    Ok(())
}

fn decode_shape(input: &mut Decoder<'_>) -> Result<Shape, CheckpointError> {
    let dimension = input.u32()?;
    let size = [input.u32()?, input.u32()?, input.u32()?];
    let periodic = input.flag()?;
    Shape::checked(dimension, size, periodic).ok_or(CheckpointError::Malformed("its lattice is impossible"))
}

fn decompress(bytes: &[u8], words: usize) -> Result<Vec<u32>, CheckpointError> {
    let malformed = CheckpointError::Malformed("a compressed part is damaged");
    let mut raw = vec![0; 4 * words];
    match lz4_flex::block::decompress_into(bytes, &mut raw) {
        Ok(n) if n == raw.len() => Ok(bytes_to_words(&raw).collect()),
        _ => Err(malformed),
    }
}

/// Checks a state against the model that is to advance it: codes, drugs, tables and steps that it knows.
///
/// # Errors
///
/// [`CheckpointError::Malformed`].
pub fn check_against(state: &LesionState, model: &Model) -> Result<(), CheckpointError> {
    let malformed = |what| Err(CheckpointError::Malformed(what));
    let tables = &model.tables;
    let known = |code: u32| tables.row_of.get(code as usize).is_some_and(|row| *row != u32::MAX);
    if !state.cells().all(|(_, w, _)| known(word::code(w))) {
        return malformed("a cell has a state that the scenario does not know");
    }
    let padded = state.shape.padded_sites();
    if !state.table.0.iter().all(|c| known(c.code) && u64::from(c.site) < padded && c.step <= state.step) {
        return malformed("a clone has a state, a site or a time that the scenario does not know");
    }
    let control = &state.control;
    if tables.table_of_drugs.get(control.drugs_on as usize) != Some(&control.table) {
        return malformed("it has drugs that the scenario does not know");
    }
    if control.begun_at.iter().any(|s| *s > state.step) || state.step > model.stop.end {
        return malformed("it has times that the scenario does not know");
    }
    let of_targets = ((1 << model.targets.rules.len()) - 1) * status::TARGET;
    let words = status::ENDED | status::EXTINCT | status::BURDEN | status::PROGRESSED | of_targets;
    if control.status & !words != 0 {
        return malformed("it has an outcome that this program does not know");
    }
    if state.field_count() as u32 != model.oxygen.as_ref().map_or(0, |o| o.fields()) {
        return malformed("it has other fields of the environment than the scenario");
    }
    // Largest values after that of oxygen, which fills its words.
    let most = [MAX_VEGF, 2 * ONE - 1];
    let fields =
        state.bricks.iter().flat_map(|brick| brick.fields.chunks(BRICK_VOXELS as usize).skip(1).zip(most));
    if fields.into_iter().any(|(field, most)| field.iter().any(|v| *v > most)) {
        return malformed("it has VEGF or vessels beyond their scale");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::pool::Inputs;
    use crate::engine::{Backend, CpuBackend, PoolOptions, Workload};
    use crate::simulation::digest::state_digest;

    /// The state as a checkpoint gives it back.
    fn stored(state: &LesionState, model: &Model) -> LesionState {
        let mut out = Encoder::new(Vec::new());
        encode(&mut out, state).unwrap();
        let (_, _, payload) = out.finish();
        let mut input = Decoder::new(&payload);
        let packed = Packed::decode(&mut input, payload.len()).unwrap();
        let rule = model.oxygen.as_ref().unwrap();
        let free: Vec<u32> = (0..rule.fields()).map(|f| rule.free_of(f)).collect();
        packed.unpack(&payload, &free).unwrap()
    }

    fn run(model: &Arc<Model>, start: &LesionState, steps: u32) -> LesionState {
        let states = std::slice::from_ref(start);
        let mut backend = CpuBackend::new(Arc::clone(model), states, PoolOptions::default(), 1).unwrap();
        backend.set_inputs(0, Inputs { pruning: 1 << 25, ..Inputs::default() });
        backend.advance(start.step + steps).unwrap();
        backend.state(0).unwrap()
    }

    #[test]
    fn all_fields_of_the_environment_survive_a_checkpoint() {
        let (model, start) = Workload::Vessels.build(40).unwrap();
        let half = run(&model, &start, 12);
        assert_eq!(half.field_count(), 3);
        let found = stored(&half, &model);
        assert_eq!(found, half);
        check_against(&found, &model).unwrap();
        let whole = state_digest(&run(&model, &start, 24));
        assert_eq!(state_digest(&run(&model, &found, 12)), whole);
        // None of them may be left out: the end would be another.
        for field in 0..3 {
            let mut blank = found.clone();
            (0..blank.voxel_count()).for_each(|voxel| blank.bricks.set_field(field, voxel, 0));
            assert_ne!(state_digest(&run(&model, &blank, 12)), whole, "field {field}");
        }
    }

    #[test]
    fn fields_beyond_their_scale_are_refused() {
        let (model, start) = Workload::Vessels.build(40).unwrap();
        for (field, most) in [(1, MAX_VEGF), (2, 2 * ONE - 1)] {
            let mut state = run(&model, &start, 1);
            let voxel = state.live_cells().next().unwrap().0 as usize / 64;
            state.bricks.set_field(field, voxel, most);
            assert_eq!(check_against(&state, &model), Ok(()));
            state.bricks.set_field(field, voxel, most + 1);
            assert!(check_against(&state, &model).is_err());
        }
        let mut state = run(&model, &start, 1);
        let free = state.bricks.free()[..2].to_vec();
        state.bricks.set_free(&free);
        assert!(check_against(&state, &model).is_err());
    }
}
