//! A drug in one patient: pharmacokinetics, exposure, and where its dosing stands.

use super::Patient;
use crate::therapy::Protocol;
use crate::therapy::dosing::Dosing;
use crate::therapy::pk::{DayExposure, DrugCourse, Individual, PkError};
use crate::therapy::toxicity::Exposure;

/// A drug in one patient.
#[derive(Debug, Clone)]
pub(super) struct DrugState {
    pub dosing: Dosing,
    pk: Option<DrugCourse>,
    /// Without pharmacokinetics: the last dose, and the first day on which it no longer counts.
    carried: (f64, u32),
    /// Exposure of the day before.
    level: f64,
    first_exposed: Option<u32>,
}

impl DrugState {
    pub fn new(protocol: &Protocol, drug: usize, patient: &Patient) -> Result<DrugState, PkError> {
        let entry = &protocol.drugs()[drug];
        let drawn = (!patient.typical).then_some((patient.seed, patient.id));
        let individual = if protocol.is_bath(drug) {
            let mass = entry.molar_mass.as_ref().map(|m| m.value);
            Some(Individual::bath().with_molar_mass(mass)?)
        } else {
            Individual::of_drug(entry, patient.body.weight_kg, drawn)?
        };
        Ok(DrugState {
            dosing: Dosing::default(),
            pk: individual.map(DrugCourse::new),
            carried: (0.0, 0),
            level: 0.0,
            first_exposed: None,
        })
    }

    /// Gives a dose; without pharmacokinetics it counts as exposure for `lasts` days.
    pub fn give(&mut self, day: u32, hour: f64, amount: f64, lasts: u32) -> Result<(), PkError> {
        self.carried = (amount, day.saturating_add(lasts));
        self.pk.as_mut().map_or(Ok(()), |pk| pk.give(day, hour, amount))
    }

    /// Ends a day.
    pub fn advance(&mut self, day: u32) -> DayExposure {
        let exposure = self.pk.as_mut().map(DrugCourse::advance_day);
        self.level = match &exposure {
            Some(e) => e.parent.average + e.metabolite.map_or(0.0, |m| m.average),
            None if day < self.carried.1 => self.carried.0,
            None => 0.0,
        };
        if self.level > 0.0 && self.first_exposed.is_none() {
            self.first_exposed = Some(day);
        }
        exposure.unwrap_or_default()
    }

    /// Exposure of the day that has just ended.
    pub fn exposed(&self, day: u32) -> Exposure {
        Exposure { level: self.level, since: self.first_exposed.map(|first| day - first) }
    }
}
