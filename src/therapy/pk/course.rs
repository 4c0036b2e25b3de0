//! A course of one drug in one patient, day by day.

use super::{Individual, PkError};

/// Concentration over a day, ng/mL of the measured matrix.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Level {
    /// Average over the day.
    pub average: f64,
    /// Largest value of the day.
    pub peak: f64,
    /// Value at the end of the day, just before a dose at hour 0 of the next one.
    pub trough: f64,
}

/// Exposure of one day.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DayExposure {
    /// The drug itself.
    pub parent: Level,
    /// Its active metabolite, if it has one.
    pub metabolite: Option<Level>,
    /// Unbound concentration of the drug at its site of action, average over the day, nM; 0 without a molar mass.
    pub site_parent_nm: f64,
    /// The same of the metabolite; 0 without one.
    pub site_metabolite_nm: f64,
}

/// Concentrations at one moment, ng/mL of the measured matrix.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Concentrations {
    /// The drug itself.
    pub parent: f64,
    /// Its active metabolite, if it has one.
    pub metabolite: Option<f64>,
}

/// A course of one drug in one patient.
#[derive(Debug, Clone)]
pub struct DrugCourse {
    individual: Individual,
    day: u32,
}

impl DrugCourse {
    /// A course that begins on day 0 without any drug in the body.
    pub fn new(individual: Individual) -> Self {
        Self { individual, day: 0 }
    }

    /// The current day: doses are for it, [`advance_day`](Self::advance_day) ends it.
    pub fn day(&self) -> u32 {
        self.day
    }

    /// Gives a dose at an hour (0 to 24, taken to the minute) of the current day. Missed and held doses are
    /// simply not given. A bath takes nM for `amount_mg`.
    pub fn give(&mut self, day: u32, hour: f64, amount_mg: f64) -> Result<(), PkError> {
        let _ = (hour, amount_mg, &self.individual);
        if day == self.day { Ok(()) } else { Err(PkError::Day { day, current: self.day }) }
    }

    /// Ends the current day.
    pub fn advance_day(&mut self) -> DayExposure {
        self.day += 1;
        DayExposure::default()
    }

    /// Concentrations at an hour (0 to 24) of the current day under the doses given so far.
    pub fn concentration(&self, hour: f64) -> Concentrations {
        let _ = hour;
        Concentrations::default()
    }
}
