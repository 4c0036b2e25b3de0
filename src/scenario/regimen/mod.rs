//! Dose text: one line of plain words for a drug, its dose and when it is given.
//!
//! ```text
//! everolimus 10 mg daily
//! sunitinib 50 mg daily, 4 weeks on 2 weeks off
//! temozolomide 150 mg/m2 daily, days 1-7 and 15-21 of 28
//! 177Lu-DOTATATE 7.4 GBq every 8 weeks x4
//! surgery 80 % on day 100
//! ```
//!
//! Other words for the same are read as well: `10 mg/day`, `q28d`, `Mon/Wed/Fri` (a line begins on a Monday), `200 mCi`. A month
//! between two doses is four weeks, as the labels of depots mean it; as a length of time it is 30.4375 days.
//!
//! [`parse()`] reads it, the `Display` of a [`Regimen`](super::Regimen) writes the one canonical form of it. The
//! name ends where a number with a unit of dose begins, so that names may hold blanks, digits and hyphens. What the
//! drug itself allows (its name, unit, route) is judged with the catalogue at hand: [`fits()`].

mod advice;
mod body;
mod calendar;
mod clauses;
mod cursor;
mod dose;
mod error;
mod finding;
mod fits;
mod label;
mod parse;
mod records;
mod sound;
mod text;
mod timing;
mod unlike;
mod weekdays;

pub use body::Body;
pub(crate) use body::TYPICAL_SURFACE;
pub use dose::{MAX_DOSE, parse_dose};
pub use error::{DoseProblem, DoseTextError, WrongAmount};
pub use finding::Finding;
pub use fits::{by_vein, fits};
pub use label::{ROUNDING, is_above, is_below, label_steps, ratio, reductions, usual};
pub use parse::{parse, parse_days, parse_step};
pub use records::{RecordError, regimen_of_records};
pub use sound::{Part, Unsound, possible, sound};
pub use text::dose_text;

/// Longest interval between two doses, and longest cycle, in days.
pub const MAX_INTERVAL: u32 = 732;

/// Latest day that a regimen may name: a hundred years.
pub const MAX_DAY: u32 = 36_525;

/// Longest text of a regimen, in bytes. The dates of a year, one by one, have room in it.
pub const MAX_TEXT: usize = 16 << 10;

/// Most dates of a regimen.
pub const MAX_DATES: usize = 1000;

/// Largest number of courses.
pub const MAX_COURSES: u32 = 1000;

#[cfg(test)]
mod tests;
