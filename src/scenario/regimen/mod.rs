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
//! [`parse()`] reads it, the `Display` of a [`Regimen`](super::Regimen) writes the one canonical form of it. The
//! name ends where a number with a unit of dose begins, so that names may hold blanks, digits and hyphens. What the
//! drug itself allows (its name, unit, route) is judged with the catalogue at hand: [`fits()`].

mod advice;
mod clauses;
mod cursor;
mod dose;
mod error;
mod fits;
mod parse;
mod sound;
mod text;
mod timing;

pub use dose::{MOST_DOSE, parse_dose};
pub use error::{DoseProblem, DoseTextError};
pub use fits::{Finding, fits};
pub use parse::{parse, parse_days, parse_step};
pub use sound::{Part, Unsound, sound};
pub use text::dose_text;

/// Longest interval between two doses, and longest cycle, in days.
pub const LONGEST_INTERVAL: u32 = 732;

/// Latest day that a regimen may name: a hundred years.
pub const LATEST_DAY: u32 = 36_525;

/// Largest number of courses.
pub const MOST_COURSES: u32 = 1000;

#[cfg(test)]
mod tests;
