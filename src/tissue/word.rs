//! The word of a site: who is there, and what it is about to do.
//!
//! ```text
//! bit 31      1 = occupied, 0 = empty or claimed
//! occupied:   bits 0..12 state code, 12..14 kind, 14..19 choice, 19..23 action, 23..27 move
//! empty:      all zero
//! claimed:    bits 0..31 the complement of the claimant's 31-bit key (see `key`)
//! ```
//!
//! An empty site is zero so that untouched memory is empty tissue; a claim is made with `atomicMax`,
//! so the smallest key wins. Twin: `shaders/shared/word.wgsl`.

/// An empty site.
pub const EMPTY: u32 = 0;
/// Set in the word of every site that is not empty.
pub const OCCUPIED: u32 = 1 << 31;
/// Largest number of bits of a state code.
pub const CODE_BITS: u32 = 12;
/// Mask of the state code.
pub const CODE_MASK: u32 = (1 << CODE_BITS) - 1;
/// Position of the kind.
pub const KIND_SHIFT: u32 = 12;
/// Mask of the kind, shifted.
pub const KIND_MASK: u32 = 3;
/// Position of the choice: direction (radius 1) or candidate number.
pub const CHOICE_SHIFT: u32 = 14;
/// Mask of the choice, shifted.
pub const CHOICE_MASK: u32 = 31;
/// Position of the action.
pub const ACTION_SHIFT: u32 = 19;
/// Mask of the action, shifted.
pub const ACTION_MASK: u32 = 15;
/// Position of the switching move (1-based; 0 = none).
pub const MOVE_SHIFT: u32 = 23;
/// Mask of the move, shifted.
pub const MOVE_MASK: u32 = 15;
/// Everything that a step may add to an occupied word.
pub const INTENT_MASK: u32 =
    (CHOICE_MASK << CHOICE_SHIFT) | (ACTION_MASK << ACTION_SHIFT) | (MOVE_MASK << MOVE_SHIFT);

/// A live cell.
pub const LIVE: u32 = 0;
/// A dead cell that still holds its site.
pub const DEAD: u32 = 1;
/// Not tissue: padding between the lattice's edge and the edge of its last brick.
pub const WALL: u32 = 3;

/// No action.
pub const REST: u32 = 0;
/// A live cell dies.
pub const DIE: u32 = 1;
/// A live cell divides into the chosen site.
pub const DIVIDE: u32 = 2;
/// A live cell migrates to the chosen site.
pub const MIGRATE: u32 = 3;
/// A live cell is killed at its division attempt.
pub const KILLED: u32 = 4;
/// A live cell is replaced in place by one daughter.
pub const REPLACE: u32 = 5;
/// A live cell drew a division but found no empty site.
pub const BLOCKED: u32 = 6;
/// A dead cell is cleared.
pub const CLEAR: u32 = 7;

/// The word of a live cell.
#[inline]
pub const fn live(code: u32) -> u32 {
    OCCUPIED | code
}

/// The word of a dead cell.
#[inline]
pub const fn dead(code: u32) -> u32 {
    OCCUPIED | (DEAD << KIND_SHIFT) | code
}

/// The word of a site outside the lattice.
pub const fn wall() -> u32 {
    OCCUPIED | (WALL << KIND_SHIFT)
}

/// Whether nobody is there (claimed or not).
#[inline]
pub const fn is_empty(word: u32) -> bool {
    word & OCCUPIED == 0
}

/// Whether a live cell is there.
#[inline]
pub const fn is_live(word: u32) -> bool {
    word & (OCCUPIED | (KIND_MASK << KIND_SHIFT)) == OCCUPIED
}

/// Whether a dead cell is there.
#[inline]
pub const fn is_dead(word: u32) -> bool {
    word & (OCCUPIED | (KIND_MASK << KIND_SHIFT)) == OCCUPIED | (DEAD << KIND_SHIFT)
}

/// Whether a live or dead cell is there.
#[inline]
pub const fn is_cell(word: u32) -> bool {
    is_live(word) || is_dead(word)
}

/// State code of an occupied word.
#[inline]
pub const fn code(word: u32) -> u32 {
    word & CODE_MASK
}

/// Action of an occupied word.
#[inline]
pub const fn action(word: u32) -> u32 {
    (word >> ACTION_SHIFT) & ACTION_MASK
}

/// Choice of an occupied word.
#[inline]
pub const fn choice(word: u32) -> u32 {
    (word >> CHOICE_SHIFT) & CHOICE_MASK
}

/// Switching move of an occupied word: 0 for none, else one more than its index.
#[inline]
pub const fn moved(word: u32) -> u32 {
    (word >> MOVE_SHIFT) & MOVE_MASK
}

/// The word without intent.
#[inline]
pub const fn settled(word: u32) -> u32 {
    word & !INTENT_MASK
}

/// The word with an intent.
#[inline]
pub const fn with_intent(word: u32, action: u32, choice: u32, moved: u32) -> u32 {
    settled(word) | (action << ACTION_SHIFT) | (choice << CHOICE_SHIFT) | (moved << MOVE_SHIFT)
}

/// The word as it enters digests and checkpoints: no intents, no claims.
#[inline]
pub const fn canonical(word: u32) -> u32 {
    if is_empty(word) { EMPTY } else { settled(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_do_not_overlap() {
        let word = with_intent(live(CODE_MASK), ACTION_MASK, CHOICE_MASK, MOVE_MASK);
        assert_eq!(code(word), CODE_MASK);
        assert_eq!(action(word), ACTION_MASK);
        assert_eq!(choice(word), CHOICE_MASK);
        assert_eq!(moved(word), MOVE_MASK);
        assert!(is_live(word) && !is_dead(word) && !is_empty(word));
        assert_eq!(settled(word), live(CODE_MASK));
    }

    #[test]
    fn kinds_are_told_apart() {
        assert!(is_dead(dead(3)) && is_cell(dead(3)) && !is_live(dead(3)));
        assert!(!is_cell(wall()) && !is_empty(wall()));
        assert!(is_empty(EMPTY) && is_empty(0x7fff_ffff));
        assert_eq!(canonical(0x1234), EMPTY);
    }
}
