//! The law of each quantity of a cohort, with the changes that were asked for.

use serde::Serialize;

use crate::biology::patient::{Law, SPREADS};

use super::error::CohortError;
use super::population::{self, POPULATIONS};
use super::quantity::Quantity;
use super::spec::{Change, CohortSpec};

/// The law of one quantity of a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QuantityLaw {
    /// Name of the quantity.
    pub quantity: &'static str,
    /// Typical value, in the unit of the list of spreads.
    pub typical: f64,
    /// The law.
    pub law: Law,
    /// Whether it is another one than in the list of spreads.
    pub changed: bool,
}

impl QuantityLaw {
    /// The laws of a cohort, in the order of slots.
    pub(super) fn of(spec: &CohortSpec) -> Result<Vec<Self>, CohortError> {
        let mut laws = Quantity::all().map(Self::usual).collect::<Result<Vec<_>, _>>()?;
        let population = population::find(&spec.population)?;
        if population.name != POPULATIONS[0].name {
            let growth = &mut laws[Quantity::Growth.index()];
            growth.change(Change::Typical(population.growth))?;
            growth.change(Change::Spread(population.log_sd))?;
        }
        for change in spec.fitted.iter().chain(&spec.changes) {
            laws[Quantity::find(&change.quantity)?.index()].change(change.change)?;
        }
        Ok(laws)
    }

    /// The law of the list of spreads.
    fn usual(quantity: Quantity) -> Result<Self, CohortError> {
        let name = quantity.name();
        let missing = || CohortError::Quantity { name: name.to_owned(), nearest: None };
        let spread = SPREADS.iter().find(|s| s.name == name).ok_or_else(missing)?;
        Ok(Self { quantity: name, typical: spread.typical, law: spread.law, changed: false })
    }

    /// Makes a change, without asking whether the result is possible.
    fn change(&mut self, change: Change) -> Result<(), CohortError> {
        let quantity = self.quantity;
        match change {
            Change::Typical(_) if matches!(self.law, Law::Uniform { .. }) => {
                return Err(CohortError::NoTypical { quantity });
            }
            Change::Typical(value) => self.typical = value,
            Change::Fixed(value) => (self.typical, self.law) = (value, Law::Fixed),
            Change::Law { typical, law } => (self.typical, self.law) = (typical, law),
            Change::Spread(value) => match &mut self.law {
                Law::LogNormal { log_sd, .. } => *log_sd = value,
                Law::Beta { sd } => *sd = value,
                Law::Bernoulli { probability, .. } => *probability = value,
                Law::Fixed => return Err(CohortError::NoSpread { quantity, law: "the same value for all" }),
                Law::Uniform { .. } => return Err(CohortError::NoSpread { quantity, law: "uniform" }),
            },
        }
        self.changed = true;
        Ok(())
    }
}
