// The word of a site. Twin: src/tissue/word.rs.

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
