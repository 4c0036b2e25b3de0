//! What doses do that is no concentration: radionuclides irradiate, procedures take a share of the tumour at once.

use crate::biology::patient::Patient;
use crate::catalogue::{Drug, KillKind};
use crate::therapy::course::{DayReport, Patient as Treated};
use crate::therapy::pk::radiation::{RadiationCourse, Source};
use crate::therapy::pk::{PkError, drug_key};

/// A share of the tumour that a procedure takes at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Procedure {
    /// Probability that a live cell dies.
    pub killed: f64,
    /// Whether the dead are removed too.
    pub removed: bool,
}

/// Radionuclides of a plan in one patient, in the order of its drugs.
#[derive(Debug, Clone)]
pub(super) struct Radionuclides(Vec<Option<RadiationCourse>>);

impl Radionuclides {
    pub fn new(drugs: &[Drug], patient: &Patient, treated: &Treated) -> Result<Self, PkError> {
        let course = |drug: &Drug| {
            let kill = drug.kills.iter().find(|k| k.kind == KillKind::Radiation);
            let source = kill.map(|kill| {
                if treated.typical {
                    Source::typical(kill)
                } else {
                    Source::sampled(kill, treated.seed, treated.id, drug_key(&drug.name))
                }
            });
            let own =
                |s: Source| Source { gray_per_gbq: s.gray_per_gbq * patient.radiation_dose_factor, ..s };
            source.transpose().map(|s| s.map(own).map(RadiationCourse::new))
        };
        drugs.iter().map(course).collect::<Result<_, _>>().map(Self)
    }

    /// Hazard of death of a day, drug by drug.
    pub fn advance_day(&mut self, report: &DayReport) -> Result<Vec<f64>, PkError> {
        let day = |(course, drug): (&mut Option<RadiationCourse>, &crate::therapy::course::DrugDay)| {
            let Some(course) = course else { return Ok(0.0) };
            for (hour, gbq) in &drug.given {
                course.give(report.day, *hour, *gbq)?;
            }
            Ok(course.advance_day().hazard)
        };
        self.0.iter_mut().zip(&report.drugs).map(day).collect()
    }
}

/// What the procedures of a day take; several combine as independent events.
pub(super) fn procedure(drugs: &[Drug], report: &DayReport) -> Option<Procedure> {
    let (mut spared, mut removed) = (1.0, false);
    for (drug, day) in drugs.iter().zip(&report.drugs) {
        for kill in &drug.kills {
            if matches!(kill.kind, KillKind::Removal | KillKind::Ablation) {
                for (_, percent) in &day.given {
                    spared *= 1.0 - kill.strength.value * percent / 100.0;
                    removed |= kill.kind == KillKind::Removal;
                }
            }
        }
    }
    (spared < 1.0).then_some(Procedure { killed: 1.0 - spared, removed })
}
