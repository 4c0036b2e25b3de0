// The word of a site. Twin: src/tissue/word.rs.

const EMPTY: u32 = 0u;
const OCCUPIED: u32 = 0x80000000u;
const CODE_MASK: u32 = 0xfffu;
const KIND_SHIFT: u32 = 12u;
const KIND_MASK: u32 = 3u;
const CHOICE_SHIFT: u32 = 14u;
const CHOICE_MASK: u32 = 31u;
const ACTION_SHIFT: u32 = 19u;
const ACTION_MASK: u32 = 15u;
const MOVE_SHIFT: u32 = 23u;
const MOVE_MASK: u32 = 15u;
const INTENT_MASK: u32 = 0x07ffc000u;

const DEAD: u32 = 1u;

const REST: u32 = 0u;
const DIE: u32 = 1u;
const DIVIDE: u32 = 2u;
const MIGRATE: u32 = 3u;
const KILLED: u32 = 4u;
const REPLACE: u32 = 5u;
const BLOCKED: u32 = 6u;
const CLEAR: u32 = 7u;

fn word_live(code: u32) -> u32 {
    return OCCUPIED | code;
}

fn word_dead(code: u32) -> u32 {
    return OCCUPIED | (DEAD << KIND_SHIFT) | code;
}

fn is_live(word: u32) -> bool {
    return (word & (OCCUPIED | (KIND_MASK << KIND_SHIFT))) == OCCUPIED;
}

fn is_dead(word: u32) -> bool {
    return (word & (OCCUPIED | (KIND_MASK << KIND_SHIFT))) == (OCCUPIED | (DEAD << KIND_SHIFT));
}

fn word_code(word: u32) -> u32 {
    return word & CODE_MASK;
}

fn word_action(word: u32) -> u32 {
    return (word >> ACTION_SHIFT) & ACTION_MASK;
}

fn word_choice(word: u32) -> u32 {
    return (word >> CHOICE_SHIFT) & CHOICE_MASK;
}

fn word_moved(word: u32) -> u32 {
    return (word >> MOVE_SHIFT) & MOVE_MASK;
}

fn word_settled(word: u32) -> u32 {
    return word & ~INTENT_MASK;
}

fn with_intent(word: u32, action: u32, choice: u32, moved: u32) -> u32 {
    return word_settled(word)
        | (action << ACTION_SHIFT)
        | (choice << CHOICE_SHIFT)
        | (moved << MOVE_SHIFT);
}
