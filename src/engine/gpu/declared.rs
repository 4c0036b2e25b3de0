//! What shaders and Rust have in common, as text of WGSL: structs, constants, bindings. Each is declared in Rust, and stands in
//! no file of `shaders/`; `#import shared/declared` puts it there.

use super::bindings;
use super::bindings::Slabs;
use super::packing::{Config, DrugWords, HeadWords, RowWords, TargetWords};
use crate::engine::pool::{Inputs, LesionRecord, LogHead};
use crate::engine::tables::Transition;
use crate::tissue::Founding;
use crate::tissue::layout::DeviceWords;
use crate::tissue::lesion::Control;
use crate::tissue::random::Purpose;

/// Gathers constants by their names in Rust, with a prefix for those that Rust has in a module.
macro_rules! constants {
    ($($prefix:literal $($module:ident)::+: $($name:ident)*;)*) => {{
        let mut all: Vec<(String, u32)> = Vec::new();
        $({
            use $($module)::+ as source;
            $(all.push((concat!($prefix, stringify!($name)).to_owned(), source::$name as u32));)*
        })*
        all
    }};
}

fn constants() -> Vec<(String, u32)> {
    let mut all = constants! {
        "" crate::engine::pool: BRICK_WORDS BRICK_LESION BRICK_CELLS BRICK_STAMP BRICK_COUNTS LEAF_WORDS LEAF_EVENTS LEAF_COUNTS LEAF_EMPTY
            LEAF_WINNERS OCCUPANCY_WORDS OCCUPANCY_LIVE OCCUPANCY_FULL CENSUS_HEAD CENSUS_DEAD NO_STEP;
        "COUNT_" crate::engine::pool::count: BIRTHS DEATHS KILLS BLOCKED LOST SWITCHES FOUNDERS MOVES CLEARED;
        "" crate::engine::pool::rank: LEAF_BIRTHS LEAF_EMPTIES BRICK_BIRTHS BRICK_EMPTIES CHANNELS;
        "RANK_" crate::engine::pool::rank: FOUNDERS BIRTHS EMPTIES;
        "QUEUE_" crate::engine::gpu::packing::queue: LENGTH DIRTY LISTED HEAD;
        "" crate::engine::gpu::kernels: LIST_BLOCK;
        "PLACE_" crate::engine::gpu::packing::place: NEIGHBOUR CANDIDATES MIXED;
        "" crate::engine::model: NEVER MAX_TARGETS SHARE_PARTS ONE ONE_VEGF SUPPLY_BINS SUPPLY_SHIFT PERFUSION_SHIFT MAX_VEGF
            MAX_SECRETION MAX_NORMAL INDEPENDENCE_SHIFT FACTOR_SHIFT;
        "FIELD_" crate::engine::cpu::environment::plane: OXYGEN VEGF VESSELS BASE;
        "" crate::tissue::lesion: COUNTERS;
        "STATUS_" crate::tissue::lesion::status: ENDED EXTINCT BURDEN PROGRESSED TARGET;
        "" crate::tissue::fixed: DECIMAL_WORDS;
        "KEY_" crate::tissue::key: MASK;
        "" crate::tissue::matching: MIN_BITS;
        "" crate::tissue::shape: BRICK_SHIFT VOXEL_SHIFT BRICK_VOXELS LEAF LEAF_SHIFT BRICK_LEAVES GROUP_SHIFT;
        "" crate::tissue::word: EMPTY OCCUPIED CODE_MASK KIND_SHIFT KIND_MASK CHOICE_SHIFT CHOICE_MASK ACTION_SHIFT ACTION_MASK MOVE_SHIFT
            MOVE_MASK INTENT_MASK DEAD REST DIE DIVIDE MIGRATE KILLED REPLACE BLOCKED CLEAR;
    };
    let purposes = [
        ("FATE", Purpose::Fate),
        ("FATE_LOW", Purpose::FateLow),
        ("SWITCH", Purpose::Switch),
        ("SWITCH_LOW", Purpose::SwitchLow),
        ("PLACE", Purpose::Place),
        ("DIVISION", Purpose::Division),
        ("MUTATION", Purpose::Mutation),
        ("KEY", Purpose::Key),
        ("MATCHING", Purpose::Matching),
    ];
    all.extend(purposes.map(|(name, purpose)| (name.to_owned(), purpose as u32)));
    all.extend(DrugWords::positions("DRUG"));
    all.extend(TargetWords::positions("TARGET"));
    all.extend(HeadWords::positions("HEAD"));
    all.extend(RowWords::positions("ROW"));
    all.extend(Transition::positions("OUTCOME"));
    all.extend(LogHead::positions("LOG"));
    all.extend(Founding::positions("CLONE"));
    all
}

/// The text: structs, constants, and bindings of all buffers but the slabs.
pub(super) fn text(slabs: Slabs) -> String {
    let mut out = String::new();
    out.push_str(&Config::declaration());
    out.push_str(&Inputs::declaration());
    out.push_str(&Control::declaration());
    out.push_str(&LesionRecord::declaration());
    for (name, value) in constants() {
        out.push_str(&format!("const {name}: u32 = {value}u;\n"));
    }
    out.push_str(&bindings::declarations(slabs, false));
    out
}
