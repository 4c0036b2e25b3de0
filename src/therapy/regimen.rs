//! Regimens, as the room of scenarios has them: what a regimen is, its text, its days and its doses belong to the file
//! format.

pub use crate::scenario::regimen::{
    Body, DoseProblem, DoseTextError, Finding, ROUNDING, by_vein, fits, label_steps, parse, parse_days,
    parse_dose, parse_step, ratio, sound,
};
pub use crate::scenario::{Phases, Regimen, Rhythm};
