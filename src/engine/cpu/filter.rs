//! Which sites of a run of bricks may have an event: the filter of *decide*, in a form that compilers turn into vectors.
//!
//! Four sites share a random block, and a word above the table's reject word cannot be an event in any state. So most
//! sites cost a quarter of a block and a comparison, and their words are not read. Blocks without cells are left out before any is
//! drawn: the lists of those that are drawn are dense, whatever the tumour looks like. What passes is judged by [`super::decide`].

use crate::engine::pool::{LesionRecord, Pool, SiteHit};
use crate::engine::tables::TableHead;
use crate::tissue::random::{Draws, Purpose, philox};
use crate::tissue::shape::{BRICK_LEAVES, BRICK_SHIFT, LEAF, LEAF_SHIFT};

/// Sites that share a random block.
const BLOCK: u32 = 4;
/// Blocks of a leaf.
const LEAF_BLOCKS: usize = (LEAF / BLOCK) as usize;
/// Blocks of a brick.
const BRICK_BLOCKS: usize = LEAF_BLOCKS * BRICK_LEAVES as usize;
/// Blocks that are drawn at a time, so that what is known of them stays in the nearest cache.
const BATCH: usize = 4 * BRICK_BLOCKS;
/// Lists are filled up to a multiple of this, so that vectors of all widths come out even.
const EVEN: usize = 32;
/// Set in a block's number where it holds a site that is taken by no live cell.
const DEAD: u32 = 1 << 31;

/// Positions of the set bits of a byte, in ascending order.
const POSITIONS: [[u8; 8]; 256] = positions();

const fn positions() -> [[u8; 8]; 256] {
    let mut table = [[0; 8]; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut bit, mut n) = (0, 0);
        while bit < 8 {
            if mask >> bit & 1 != 0 {
                table[mask][n] = bit;
                n += 1;
            }
            bit += 1;
        }
        mask += 1;
    }
    table
}

/// Random words of a list of blocks, word by word, and which of them are low.
struct Words {
    words: [[u32; BATCH + EVEN]; 4],
    marks: [u8; BATCH + EVEN],
}

impl Words {
    const NONE: Self = Self { words: [[0; BATCH + EVEN]; 4], marks: [0; BATCH + EVEN] };
}

/// Blocks of one lesion that hold cells, and their words.
pub struct Filter {
    /// Numbers of the blocks within the lesion, with [`DEAD`].
    blocks: [u32; BATCH + EVEN],
    count: usize,
    fates: Words,
    switches: Words,
}

impl Filter {
    /// Without blocks.
    pub const fn new() -> Self {
        Self { blocks: [0; BATCH + EVEN], count: 0, fates: Words::NONE, switches: Words::NONE }
    }

    /// Appends the sites of some bricks, ascending, that may have an event.
    #[inline(always)]
    pub fn hits(&mut self, pool: &Pool, bricks: &[u32], hits: &mut Vec<SiteHit>) {
        let mut rest = bricks;
        while let Some(first) = rest.first() {
            let record = pool.record_of(*first);
            let bricks = rest.iter().take_while(|brick| record.holds(**brick)).count();
            for some in rest[..bricks].chunks(BATCH / BRICK_BLOCKS) {
                self.count = 0;
                for brick in some {
                    self.add_brick(pool, record, *brick);
                }
                self.draw(pool, record, hits);
            }
            rest = &rest[bricks..];
        }
    }

    /// Lists the blocks of a brick that hold cells.
    #[inline(always)]
    fn add_brick(&mut self, pool: &Pool, record: &LesionRecord, brick: u32) {
        let first = (brick - record.brick_base) * BRICK_BLOCKS as u32;
        for leaf in 0..BRICK_LEAVES {
            let (live, full) = pool.occupied(brick * BRICK_LEAVES + leaf);
            if full == 0 {
                continue;
            }
            let taken = blocks_of(full);
            let dead = blocks_of(full & !live);
            let first = first + leaf * LEAF_BLOCKS as u32;
            let positions = &POSITIONS[taken as usize];
            let list = &mut self.blocks[self.count..][..LEAF_BLOCKS];
            for (block, position) in list.iter_mut().zip(positions) {
                let position = u32::from(*position);
                *block = (first + position) | (dead >> position) << 31;
            }
            self.count += taken.count_ones() as usize;
        }
    }

    /// Draws the words of the blocks, and appends the sites whose words are low.
    #[inline(always)]
    fn draw(&mut self, pool: &Pool, record: &LesionRecord, hits: &mut Vec<SiteHit>) {
        let head = &pool.tables.heads[record.table() as usize];
        let draws = Draws::new(pool.model.seed, record.id, record.step);
        let even = self.count.next_multiple_of(EVEN);
        self.blocks[self.count..even].fill(0);
        let high = head.fate_reject.max(head.clear.hi);
        draw_words(&draws, Purpose::Fate, &self.blocks[..even], (head.fate_reject, high), &mut self.fates);
        if head.switches {
            let low = (head.switch_reject, head.switch_reject);
            draw_words(&draws, Purpose::Switch, &self.blocks[..even], low, &mut self.switches);
            for (mark, other) in self.fates.marks[..even].iter_mut().zip(&self.switches.marks[..even]) {
                *mark |= other;
            }
        }
        self.fates.marks[self.count..even].fill(0);
        let base = record.brick_base << BRICK_SHIFT;
        for (i, marks) in self.fates.marks[..even].chunks_exact(8).enumerate() {
            let mut marks = marks.iter().rev().fold(0u64, |all, mark| (all << 8) | u64::from(*mark));
            while marks != 0 {
                let bit = marks.trailing_zeros() as usize;
                marks &= marks - 1;
                let (block, word) = (8 * i + bit / 8, bit % 8);
                let address = base + BLOCK * (self.blocks[block] & !DEAD) + word as u32;
                let (fate, switch) = (self.fates.words[word][block], self.switches.words[word][block]);
                if is_hit(pool, head, address, fate, switch) {
                    hits.push(SiteHit { address, fate, switch, now: 0 });
                }
            }
        }
    }
}

/// Which blocks of a leaf have a bit of a mask.
#[inline(always)]
const fn blocks_of(mask: u32) -> u32 {
    let x = mask | mask >> 2;
    let x = (x | x >> 1) & 0x1111_1111;
    let x = (x | x >> 3) & 0x0303_0303;
    let x = (x | x >> 6) & 0x000f_000f;
    (x | x >> 12) & 0xff
}

/// Draws the words of blocks; marks, a bit each, those that are at most `low`, or `high` in blocks with [`DEAD`].
#[inline(always)]
fn draw_words(draws: &Draws, purpose: Purpose, blocks: &[u32], (low, high): (u32, u32), out: &mut Words) {
    let [a, b, c, d] = &mut out.words;
    let count = blocks.len();
    let (a, b, c, d) = (&mut a[..count], &mut b[..count], &mut c[..count], &mut d[..count]);
    let marks = &mut out.marks[..count];
    for i in 0..count {
        let limit = if blocks[i] & DEAD != 0 { high } else { low };
        let counter = [blocks[i] & !DEAD, draws.step, (purpose as u32) << 16, draws.lesion];
        let [w, x, y, z] = philox(counter, draws.key);
        (a[i], b[i], c[i], d[i]) = (w, x, y, z);
        let low = |word| u32::from(word <= limit);
        marks[i] = (low(w) | low(x) << 1 | low(y) << 2 | low(z) << 3) as u8;
    }
}

/// Whether a site may have an event, now that it matters whether a live cell is there.
#[inline(always)]
fn is_hit(pool: &Pool, head: &TableHead, address: u32, fate: u32, switch: u32) -> bool {
    let (live, full) = pool.occupied(address >> LEAF_SHIFT);
    let bit = 1 << (address & (LEAF - 1));
    if live & bit != 0 {
        return fate <= head.fate_reject || head.switches && switch <= head.switch_reject;
    }
    full & bit != 0 && fate <= head.clear.hi
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cpu::{Stages, control};
    use crate::engine::{PoolOptions, Workload};

    /// The same site by site, as the shader does it.
    fn plain_hits(pool: &Pool, bricks: &[u32]) -> Vec<SiteHit> {
        let mut hits = Vec::new();
        for address in bricks.iter().flat_map(|brick| brick << BRICK_SHIFT..(brick + 1) << BRICK_SHIFT) {
            let record = pool.record_of(address >> BRICK_SHIFT);
            let site = address - (record.brick_base << BRICK_SHIFT);
            let draws = Draws::new(pool.model.seed, record.id, record.step);
            let head = &pool.tables.heads[record.table() as usize];
            let fate = draws.shared_word(site, Purpose::Fate);
            let switch = if head.switches { draws.shared_word(site, Purpose::Switch) } else { 0 };
            let is_in = |mask: u32| (mask >> (address % LEAF)) & 1 != 0;
            let (live, full) = (pool.live(address >> LEAF_SHIFT), pool.full(address >> LEAF_SHIFT));
            let is_hit = if is_in(live) {
                fate <= head.fate_reject || (head.switches && switch <= head.switch_reject)
            } else {
                is_in(full) && fate <= head.clear.hi
            };
            if is_hit {
                hits.push(SiteHit { address, fate, switch, now: 0 });
            }
        }
        hits
    }

    struct Filtered<'a>(&'a Pool, &'a [u32]);

    impl pulp::NullaryFnOnce for Filtered<'_> {
        type Output = Vec<SiteHit>;

        #[inline(always)]
        fn call(self) -> Vec<SiteHit> {
            let mut hits = Vec::new();
            Filter::new().hits(self.0, self.1, &mut hits);
            hits
        }
    }

    // Two lesions, one after the other, at their own ids; with and without switching, sparse and full leaves, walls.
    #[test]
    fn the_filter_lets_through_what_the_plain_form_does() {
        for workload in [Workload::Switching, Workload::Flat, Workload::DenseFlat, Workload::Dense] {
            let (model, first) = workload.build(36).unwrap();
            let mut second = first.clone();
            second.id.0 += 1;
            let mut pool = Pool::new(model, &[first, second], PoolOptions::default());
            control::begin(&mut pool);
            pool.set_until(u32::MAX);
            let stages = Stages::new(1).unwrap();
            (0..24).for_each(|_| stages.step(&mut pool));
            for bricks in [&pool.active[..], &pool.active[3..4], &[]] {
                let found = pulp::Arch::new().dispatch(Filtered(&pool, bricks));
                let expected = plain_hits(&pool, bricks);
                assert!(found == expected, "{}: {} of {}", workload.name(), found.len(), expected.len());
                assert!(bricks.len() < 2 || found.len() > 100, "{}: {}", workload.name(), found.len());
            }
        }
    }

    #[test]
    fn blocks_are_those_with_a_bit() {
        for mask in [0, 1, 0x8000_0000, 0x0010_0800, 0xffff_ffff, 0x4020_1008] {
            let expected = (0..8).filter(|b| (mask >> (4 * b)) & 15 != 0).fold(0, |all, b| all | 1 << b);
            assert_eq!(blocks_of(mask), expected, "{mask:#x}");
        }
    }
}
