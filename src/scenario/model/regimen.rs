//! A regimen: one drug, its dose, and when it is given, in whole days.

use serde::Serialize;

use crate::catalogue::{Dose, Route};

/// When doses of a regimen are given, in days since its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Rhythm {
    /// Every so many days (1: daily), counted anew from the first day of each on-phase.
    Every {
        /// Number of days, at least 1.
        days: u32,
    },
    /// On these days alone, ascending.
    Dates {
        /// Days since the regimen's line began, the first one being 0.
        days: Vec<u32>,
    },
}

/// Days of a repeated cycle on which doses may be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phases {
    /// On-phases as first and last day, both included and counted from 1; ascending, with off-days between them.
    pub on: Vec<(u32, u32)>,
    /// Length of the cycle in days.
    pub period: u32,
}

/// One drug, its dose, and when it is given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Regimen {
    /// Name of the drug as the catalogue has it.
    pub drug: String,
    /// One administration; `None` for supportive care.
    pub dose: Option<Dose>,
    /// Route; `None` for the drug's usual one.
    pub route: Option<Route>,
    /// Administrations on a day with doses: a divisor of 24.
    pub times_per_day: u32,
    /// On which days.
    pub rhythm: Rhythm,
    /// Cycles; `None` for none.
    pub phases: Option<Phases>,
    /// Number of days with doses, or of cycles where there are phases, after which it ends; `None` for no limit.
    pub courses: Option<u32>,
    /// Day of the line on which the regimen begins.
    pub start: u32,
    /// Day of the line from which on there are no more doses; `None` for never.
    pub stop: Option<u32>,
}
