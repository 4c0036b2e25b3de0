//! The lesions of a patient: one mean field for all where they are alike, one for each where radionuclides tell them apart.

use crate::biology::StateSpace;
use crate::biology::patient::PatientBiology;
use crate::biology::potency::PotencyError;
use crate::catalogue::Drug;
use crate::scenario::Scenario;
use crate::simulation::care::{Irradiated, PlannedLesion, exposures};
use crate::therapy::course::{DayReport, Patient};
use crate::tissue::LesionId;

use super::{MeanField, Tumour};

/// A patient's lesions without lattices.
pub struct Lesions {
    fields: Vec<MeanField>,
    irradiated: Irradiated,
}

impl Lesions {
    /// The lesions of a patient's scenario at their untreated equilibrium, with their ledgers.
    ///
    /// # Errors
    ///
    /// [`PotencyError`] if a drug's targets cannot be used.
    pub fn new(
        scenario: &Scenario,
        space: &StateSpace,
        biology: &PatientBiology,
        drugs: &[Drug],
        (treated, lesions): (&Patient, &[PlannedLesion]),
    ) -> Result<Self, PotencyError> {
        let organs: Vec<u32> = lesions.iter().map(|lesion| lesion.organ).collect();
        let irradiated = Irradiated::new(scenario, biology, drugs, treated, &organs)?;
        let alike = if irradiated.differ() { 1 } else { lesions.len().max(1) };
        let field = MeanField::new(scenario, space, biology, drugs, alike)?;
        let of =
            |(lesion, planned): (u32, &PlannedLesion)| (LesionId::new(treated.id, lesion), planned.cells);
        let ledgers: Vec<(LesionId, Option<f64>)> = (0..).zip(lesions).map(of).collect();
        let own = |ledgers: &[_]| field.clone().with_ledgers(scenario, space, ledgers);
        Ok(Self { fields: ledgers.chunks(alike).map(own).collect(), irradiated })
    }
}

impl Tumour for Lesions {
    fn volumes(&self) -> Vec<f64> {
        self.fields.iter().flat_map(Tumour::volumes).collect()
    }

    fn live_by_row(&self) -> Vec<f64> {
        let mut all: Vec<f64> = Vec::new();
        for field in &self.fields {
            let own = field.live_by_row();
            all.resize(own.len(), 0.0);
            all.iter_mut().zip(own).for_each(|(sum, cells)| *sum += cells);
        }
        all
    }

    /// By a live cell of all lesions.
    fn secretion(&self) -> (f64, f64) {
        if let [field] = &self.fields[..] {
            return field.secretion();
        }
        let cells = |field: &MeanField| field.live_by_row().iter().sum::<f64>();
        let all: f64 = self.fields.iter().map(cells).sum();
        if all <= 0.0 {
            return (1.0, 1.0);
        }
        let of = |field: &MeanField| (cells(field) / all, field.secretion());
        let add = |(vegf, cga), (share, own): (f64, (f64, f64))| (vegf + share * own.0, cga + share * own.1);
        self.fields.iter().map(of).fold((0.0, 0.0), add)
    }

    fn pass(&mut self, report: &DayReport) {
        self.irradiated.pass(report);
        let all = exposures(report);
        for (lesion, field) in self.fields.iter_mut().enumerate() {
            field.pass_under(report, &self.irradiated.exposures(lesion, all.clone()));
        }
    }
}
