//! Which birth takes which empty site where space does not matter: a draw without replacement, in no order.
//!
//! With B births and E empty sites in a step, both numbered in site order, a bijection of the numbers below max(B, E) under
//! words drawn from (seed, lesion, step) gives birth `i` the empty site of that number, or none if there is no such site. So
//! every birth is as likely to succeed as any other, and every site as likely to be taken, whoever asks first. Twin:
//! `shaders/shared/matching.wgsl`.

use super::random::{Draws, Purpose};

/// Blocks of four words that key a bijection: two words for each of eight rounds.
const BLOCKS: usize = 4;
/// Fewest bits of the numbers that are shuffled: on fewer, rounds of this kind reach too few of the permutations.
pub const MIN_BITS: u32 = 7;

/// The bijections of a lesion in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matching {
    key: [[u32; 4]; BLOCKS],
}

impl Matching {
    /// That of a lesion in a step.
    pub fn new(draws: &Draws) -> Self {
        Self::of([0, 1, 2, 3].map(|draw| draws.block(0, Purpose::Matching, draw)))
    }

    /// That of a key.
    pub const fn of(key: [[u32; 4]; BLOCKS]) -> Self {
        Self { key }
    }

    /// What a number below `size` (1 to 2^31) becomes under the bijection of the numbers below `size`.
    ///
    /// The numbers of a power of two are shuffled until one is below `size`. They form cycles, and the walk began below
    /// `size`, so that it comes back there at the latest after as many steps as there are numbers beyond.
    pub fn permute(&self, number: u32, size: u32) -> u32 {
        let bits = (u32::BITS - (size - 1).leading_zeros()).max(MIN_BITS);
        let mask = (1 << bits) - 1;
        let mut x = number;
        for _ in size..=mask + 1 {
            x = self.shuffle(x, mask, bits.div_ceil(2));
            if x < size {
                break;
            }
        }
        x
    }

    /// Eight rounds, each a bijection of the numbers up to `mask`.
    fn shuffle(&self, mut x: u32, mask: u32, shift: u32) -> u32 {
        for [a, b, c, d] in self.key {
            x = shuffle_round(shuffle_round(x, [a, b], mask, shift), [c, d], mask, shift);
        }
        x
    }
}

/// Exclusive or, product with an odd number, and upper bits onto lower ones: bijections all three.
const fn shuffle_round(x: u32, [flip, factor]: [u32; 2], mask: u32, shift: u32) -> u32 {
    let x = (x ^ flip).wrapping_mul(factor | 1) & mask;
    x ^ (x >> shift)
}
