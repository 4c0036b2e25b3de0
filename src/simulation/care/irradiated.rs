//! The lesions of a patient under the radionuclides of a plan: doses from the course, hits and attempts of their cells.
//!
//! It follows from the course alone: attempts are those of a sensitive cell with oxygen under the day's drugs, whatever lives in
//! the lesion, so that a checkpoint needs not hold it. Lattices and the mean field are told the same.

use crate::biology::irradiation::Irradiation;
use crate::biology::patient::PatientBiology;
use crate::biology::phenotype::{OxygenEffects, Phenotype, Regime, StatePhenotype};
use crate::biology::potency::{Exposure, PotencyError};
use crate::biology::signalling::Parameters;
use crate::catalogue::{CellKill, Drug};
use crate::scenario::Scenario;
use crate::therapy::course::{DayReport, DrugDay, Patient};
use crate::therapy::pk::drug_key;
use crate::therapy::pk::radiation::lesion_factor;
use crate::tissue::random::StreamKey;

/// The organ, among those of a patient's lesions, that is the liver: the first, which every patient has. Of patients with advanced
/// pancreatic or midgut tumours eight to nine in ten have metastases there (doi:10.1055/s-0041-1729755).
const LIVER: u32 = 0;

/// The lesions of a patient under the radionuclides of a plan.
#[derive(Debug, Clone)]
pub struct Irradiated {
    /// The sensitive cell; `None` without radionuclides.
    sensitive: Option<StatePhenotype>,
    lesions: Vec<Irradiation>,
    /// What each drug does to attempts of the day, by lesion.
    levels: Vec<Vec<f64>>,
}

impl Irradiated {
    /// Lesions in these organs before any dose.
    ///
    /// # Errors
    ///
    /// [`PotencyError`] if a drug's targets cannot be used.
    pub fn new(
        scenario: &Scenario,
        biology: &PatientBiology,
        drugs: &[Drug],
        treated: &Patient,
        organs: &[u32],
    ) -> Result<Self, PotencyError> {
        let key = StreamKey { seed: treated.seed, patient: treated.id };
        let of = |(lesion, organ): (u32, &u32)| {
            let factor = |drug: &Drug, kill: &CellKill| match kill.liver_only {
                Some(true) if *organ != LIVER => 0.0,
                _ if treated.typical => 1.0,
                _ => lesion_factor(between_lesions(kill), key, drug_key(&drug.name), lesion),
            };
            Irradiation::new(drugs, biology.turnover.coupled_loss, biology.data.sstr, factor)
        };
        let lesions: Vec<Irradiation> = (0..).zip(organs).map(of).collect();
        if lesions.iter().all(Irradiation::is_without) {
            return Ok(Self { sensitive: None, lesions: Vec::new(), levels: Vec::new() });
        }
        let oxygen = scenario.oxygen.as_ref().map_or_else(OxygenEffects::default, OxygenEffects::from);
        let phenotype = Phenotype::new(biology, Parameters::default(), &scenario.loci, drugs, oxygen)?;
        Ok(Self {
            sensitive: Some(phenotype.state(&vec![0; scenario.loci.len()])),
            levels: vec![vec![0.0; drugs.len()]; lesions.len()],
            lesions,
        })
    }

    /// Whether lesions may differ.
    pub fn differ(&self) -> bool {
        self.sensitive.is_some()
    }

    /// A day of the course.
    pub fn pass(&mut self, report: &DayReport) {
        let Some(sensitive) = &self.sensitive else { return };
        let hits = report.drugs.iter().map(|day| &day.local.radiation);
        let hits: Vec<[f64; 2]> = hits.map(|day| [day.linear, day.quadratic]).collect();
        let is_given = hits.iter().any(|[linear, _]| *linear > 0.0);
        if !is_given && self.lesions.iter().all(Irradiation::is_untouched) {
            return;
        }
        let attempts = sensitive.fate(&exposures(report), Regime::Normoxic).division;
        let days = self.lesions.iter_mut().map(|lesion| lesion.advance_day(&hits, attempts));
        self.levels = days.collect();
    }

    /// What a lesion's cells are exposed to, of what all lesions of the patient are.
    pub fn exposures(&self, lesion: usize, mut all: Vec<Exposure>) -> Vec<Exposure> {
        if let Some(levels) = self.levels.get(lesion) {
            all.iter_mut().zip(levels).for_each(|(exposure, level)| exposure.radiation = *level);
        }
        all
    }
}

/// What cells are exposed to on a day at mean perfusion, drug by drug, but for radiation, which differs between lesions
/// ([`Irradiated`]).
pub fn exposures(report: &DayReport) -> Vec<Exposure> {
    let of = |day: &DrugDay| Exposure {
        parent_nm: day.local.site_parent_nm,
        metabolite_nm: day.local.site_metabolite_nm,
        average: day.local.site_average,
        radiation: 0.0,
        systemic: day.local.average,
        vegf_blockade: day.local.vessels.blockade(),
    };
    report.drugs.iter().map(of).collect()
}

fn between_lesions(kill: &CellKill) -> f64 {
    kill.lesions_log_sd.as_ref().map_or(0.0, |log_sd| log_sd.value)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario;
    use crate::therapy::Protocol;
    use crate::therapy::course::TreatmentCourse;
    use crate::therapy::regimen::Body;

    const HEAD: &str = "name = \"x\"\nphenotype = \"signalling\"\nloci = [\"rtk\"]\n[time]\nend = \"400 d\"\n[lattice]\n\
        size = [96, 96]\nplacement = \"radius\"\n[start]\nshape = \"nests\"\n[therapy]\n";

    /// Levels of each lesion of a patient, of the first drug, day by day.
    fn levels(regimen: &str, organs: &[u32], typical: bool) -> Vec<Vec<f64>> {
        let text = format!("{HEAD}regimen = \"{regimen}\"\n");
        let scenario = scenario::parse(&text, "x.toml", Path::new("")).unwrap().scenario;
        let protocol = Protocol::new(scenario.therapy.as_ref().unwrap(), &scenario.catalogue).unwrap();
        let treated = Patient { id: 4, seed: 9, body: Body::typical(), typical, factors: None };
        let biology = PatientBiology::typical();
        let mut found = Irradiated::new(&scenario, &biology, protocol.drugs(), &treated, organs).unwrap();
        let mut course = TreatmentCourse::new(std::sync::Arc::new(protocol), treated).unwrap();
        let mut day = || {
            let report = course.advance_day().unwrap();
            found.pass(&report);
            let of = |lesion| found.exposures(lesion, exposures(&report))[0].radiation;
            (0..organs.len()).map(of).collect()
        };
        (0..120).map(|_| day()).collect()
    }

    #[test]
    fn microspheres_in_the_liver_leave_other_organs_alone() {
        let found = levels("90Y SIRT 1.5 GBq on days 9 and 37", &[0, 1, 0, 2], false);
        let most = |lesion: usize| found.iter().map(|day| day[lesion]).fold(0.0, f64::max);
        assert_eq!((most(1), most(3)), (0.0, 0.0));
        assert!(most(0) > 0.1 && most(2) > 0.1, "{} {}", most(0), most(2));
        let everywhere = levels("177Lu-DOTATATE 7.4 GBq every 8 weeks x4", &[0, 1], false);
        assert!(everywhere.iter().any(|day| day[1] > 0.1));
    }

    #[test]
    fn lesions_of_a_patient_get_doses_of_their_own() {
        let drawn = levels("177Lu-DOTATATE 7.4 GBq every 8 weeks x4", &[0, 0, 1], false);
        assert!(drawn[30][0] != drawn[30][1] && drawn[30][1] != drawn[30][2], "{:?}", drawn[30]);
        let typical = levels("177Lu-DOTATATE 7.4 GBq every 8 weeks x4", &[0, 0, 1], true);
        assert!(typical.iter().all(|day| day[0] == day[1] && day[1] == day[2]));
    }
}
