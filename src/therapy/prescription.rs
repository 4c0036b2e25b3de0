//! One drug and how it is given, read from plain words and looked up in the catalogue.

use super::pk::{Concentrations, DayExposure, DrugCourse, PkError, PkIndividual, Way};
use super::regimen::{Body, Regimen, by_vein, fits, parse};
use crate::catalogue::{Dose, DoseUnit, Drug};
use crate::scenario::{Catalogue, Severity, cut, shown};

/// Days of doses after which a steady state is taken to be reached: whole cycles, at least this many days and two of them.
const STEADY_DAYS: u32 = 364;

/// Why a text does not prescribe anything, with a way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PrescriptionError(String);

/// A drug and how it is given.
#[derive(Debug, Clone)]
pub struct Prescription {
    /// The drug.
    pub drug: Drug,
    /// The regimen, under the drug's own name.
    pub regimen: Regimen,
    /// What a user should know of it: a dose above the label.
    pub remarks: Vec<String>,
}

impl Prescription {
    /// Reads a regimen such as `everolimus 10 mg daily` of a drug of `catalogue`, for a body by which its doses are scaled.
    ///
    /// # Errors
    ///
    /// A text that is not a regimen, a drug that is not in the catalogue, a dose that the drug does not have.
    pub fn read(text: &str, catalogue: &Catalogue, body: &Body) -> Result<Self, PrescriptionError> {
        let wrong = PrescriptionError;
        let mut regimen = parse(text).map_err(|e| {
            let part = text.get(e.span.clone()).unwrap_or_default();
            let at = if part.is_empty() || part == text {
                String::new()
            } else {
                format!(" (at \"{}\")", cut(part))
            };
            wrong(format!("{}{at}; {}", e.problem, e.problem.help()))
        })?;
        let drug = catalogue.find(&regimen.drug).map_err(|unknown| {
            let near = unknown.nearest.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            wrong(format!("there is no drug {}{near} (`evotor drugs` lists them)", shown(&unknown.name)))
        })?;
        let forms = catalogue.other_forms(drug);
        let findings = fits(&regimen, drug, body).into_iter();
        let findings: Vec<_> = findings.map(|finding| finding.with_forms(&regimen, &forms, body)).collect();
        if let Some(error) = findings.iter().find(|f| f.severity == Severity::Error) {
            return Err(wrong(format!("{}; {}; {}", error.message, error.expected, error.help)));
        }
        regimen.drug = drug.name.clone();
        let remarks = findings.into_iter().map(|f| format!("{}; {}", f.message, f.expected)).collect();
        Ok(Self { drug: drug.clone(), regimen, remarks })
    }

    /// Whether it is a constant concentration.
    pub fn is_bath(&self) -> bool {
        self.regimen.dose.is_some_and(|d| d.unit == DoseUnit::Nanomolar)
    }

    /// The patient's body under this drug: the typical one, or one drawn by seed and number.
    ///
    /// # Errors
    ///
    /// Parameters that cannot be used; a drug without pharmacokinetics is `None`.
    pub fn individual(
        &self,
        weight_kg: f64,
        drawn: Option<(u64, u32)>,
    ) -> Result<Option<PkIndividual>, PkError> {
        if self.is_bath() {
            let mass = self.drug.molar_mass.as_ref().map(|m| m.value);
            return PkIndividual::bath().with_molar_mass(mass).map(Some);
        }
        PkIndividual::of_drug(&self.drug, weight_kg, drawn)
    }

    /// Doses of a day as hour and mg, for a body.
    pub fn doses(&self, day: u32, body: &Body) -> Vec<(f64, f64)> {
        let per_mg = self.drug.units_per_mg.as_ref().map(|n| n.value);
        let Some(dose) = self.regimen.dose else {
            return Vec::new();
        };
        let amount = |(hour, amount)| (hour, body.amount(&Dose { amount, ..dose }, per_mg));
        self.regimen.doses_on(day).map(amount).collect()
    }

    fn give(&self, course: &mut DrugCourse, day: u32, body: &Body) -> Result<(), PkError> {
        let way = if by_vein(&self.regimen, &self.drug) { Way::Vein } else { Way::Usual };
        self.doses(day, body).into_iter().try_for_each(|(hour, mg)| course.give_by(way, day, hour, mg))
    }

    /// Exposure of every day of a course.
    ///
    /// # Errors
    ///
    /// A dose that cannot be given.
    pub fn course(
        &self,
        individual: PkIndividual,
        days: u32,
        body: &Body,
    ) -> Result<Vec<DayExposure>, PkError> {
        let mut course = DrugCourse::new(individual);
        let one = |day| {
            self.give(&mut course, day, body)?;
            Ok(course.advance_day())
        };
        (0..days).map(one).collect()
    }

    /// The days of a cycle at steady state, of a regimen that does not end; when it began does not matter then.
    ///
    /// # Errors
    ///
    /// A dose that cannot be given.
    pub fn steady_cycle(&self, individual: PkIndividual, body: &Body) -> Result<Vec<DayExposure>, PkError> {
        let mut lasting = self.clone();
        lasting.regimen.start = 0;
        let period = lasting.regimen.period();
        let before = (STEADY_DAYS.div_ceil(period).max(2) - 1) * period;
        let mut days = lasting.course(individual, before + period, body)?;
        Ok(days.split_off(before as usize))
    }

    /// Concentrations at every hour.
    ///
    /// # Errors
    ///
    /// A dose that cannot be given.
    pub fn hours(
        &self,
        individual: PkIndividual,
        days: u32,
        body: &Body,
    ) -> Result<Vec<Concentrations>, PkError> {
        let mut course = DrugCourse::new(individual);
        let mut hours = Vec::new();
        for day in 0..days {
            self.give(&mut course, day, body)?;
            hours.extend((0..24).map(|hour| course.concentration(f64::from(hour))));
            course.advance_day();
        }
        Ok(hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Prescription, PrescriptionError> {
        Prescription::read(text, Catalogue::embedded(), &Body::typical())
    }

    #[test]
    fn regimens_are_looked_up() {
        let given = read("Afinitor 10 mg daily").unwrap();
        assert_eq!((given.drug.name.as_str(), given.regimen.period()), ("everolimus", 1));
        let given = read("sunitinib 50 mg daily 4w on 2w off").unwrap();
        assert_eq!(given.regimen.period(), 42);
        assert_eq!(given.doses(27, &Body::new(70.0, 170.0)), [(0.0, 50.0)]);
        assert!(given.doses(28, &Body::new(70.0, 170.0)).is_empty());
        assert!(read("PP242 100 nM").unwrap().is_bath());
    }

    #[test]
    fn what_cannot_be_given_is_said_with_a_way_out() {
        let said = |text: &str| read(text).unwrap_err().to_string();
        assert!(said("evrolimus 10 mg daily").contains("did you mean `everolimus`?"));
        assert!(said("everolimus 10 daily").contains("no unit"), "{}", said("everolimus 10 daily"));
        assert!(said("everolimus 10 mg").contains("how often"));
        assert!(said("everolimus 10 GBq daily").contains("GBq"), "{}", said("everolimus 10 GBq daily"));
    }

    #[test]
    fn a_dose_above_the_label_is_remarked() {
        assert_eq!(read("everolimus 30 mg daily").unwrap().remarks.len(), 1);
        assert!(read("everolimus 10 mg daily").unwrap().remarks.is_empty());
    }
}
