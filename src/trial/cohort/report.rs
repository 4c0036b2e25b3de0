//! What is worth knowing of a cohort as a whole.

use schemars::JsonSchema;
use serde::Serialize;

use crate::biology::patient::PatientParameter;

use super::clones::carried;
use super::patient::{Cohort, VirtualPatient};

/// Counts of patients that a report of a trial states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CohortReport {
    /// Number of patients.
    pub patients: u32,
    /// Those whose birth rate was raised to `r/(1 − κ)`: their cells die by coupled loss alone, so that slowed divisions
    /// shrink nothing.
    pub floored: u32,
    /// Those with a Ki-67 index above 20 %, as trials of low and intermediate grade would not take.
    pub high_grade: u32,
    /// Those in whom all cells have a locus changed, by locus; loci without any are left out.
    pub clonal: Vec<(&'static str, u32)>,
    /// Those with a value that was cut off, by quantity; quantities without any are left out.
    pub cut_off: Vec<(&'static str, u32)>,
}

impl CohortReport {
    /// The counts of these patients.
    pub fn of<'a>(patients: impl IntoIterator<Item = &'a VirtualPatient>) -> Self {
        let mut clonal: Vec<_> = carried().map(|(_, (locus, _))| (locus, 0)).collect();
        let mut cut_off: Vec<_> =
            PatientParameter::ALL.into_iter().map(|quantity| (quantity.name(), 0)).collect();
        let (mut all, mut floored, mut high_grade) = (0, 0, 0);
        for patient in patients {
            all += 1;
            floored += u32::from(patient.turnover.floored);
            high_grade += u32::from(patient.ki67 > 20.0);
            patient.clonal.iter().for_each(|(locus, _)| count(&mut clonal, locus));
            patient.cut_off.iter().for_each(|quantity| count(&mut cut_off, quantity));
        }
        clonal.retain(|(_, n)| *n > 0);
        cut_off.retain(|(_, n)| *n > 0);
        Self { patients: all, floored, high_grade, clonal, cut_off }
    }
}

impl Cohort {
    /// The counts of all patients.
    pub fn report(&self) -> CohortReport {
        let patients: Vec<VirtualPatient> = self.patients().collect();
        CohortReport::of(&patients)
    }
}

fn count(counts: &mut [(&'static str, u32)], name: &str) {
    if let Some((_, n)) = counts.iter_mut().find(|(own, _)| *own == name) {
        *n += 1;
    }
}
