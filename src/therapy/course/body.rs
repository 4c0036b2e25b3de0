//! A drug in one patient: pharmacokinetics, radiation, exposure, and where its dosing stands.

use super::Patient;
use crate::catalogue::{Drug, KillKind, Number, Vascular};
use crate::therapy::Protocol;
use crate::therapy::dosing::Dosing;
use crate::therapy::local::{LocalExposure, VesselEffect, nm_per_ng_ml};
use crate::therapy::pk::radiation::{DayRadiation, RadiationCourse, RadionuclideKinetics};
use crate::therapy::pk::{DayExposure, DrugCourse, PkError, PkIndividual, Way, drug_key};
use crate::therapy::regimen::Body;
use crate::therapy::toxicity::{DoseExposure, ToxicityDraw};
use crate::therapy::troughs::TroughWatch;
use crate::tissue::random::StreamKey;

/// A drug in one patient.
#[derive(Debug, Clone)]
pub(super) struct DrugState {
    pub dosing: Dosing,
    pub watch: TroughWatch,
    /// Exposure of the day before.
    pub exposure: DayExposure,
    pk: Option<DrugCourse>,
    radiation: Option<RadiationCourse>,
    /// The patient's own EC50 of the effect on vessels, ng/mL.
    vessel_ec50: f64,
    /// nM of unbound drug and metabolite per ng/mL; `None` for a bath.
    nm_per_ng_ml: Option<[f64; 2]>,
    /// Without pharmacokinetics: the last dose, and the first day on which it no longer counts.
    carried: (f64, u32),
    /// Exposure of the day before, in the unit of adverse events.
    level: f64,
    first_exposed: Option<u32>,
}

impl DrugState {
    pub fn new(protocol: &Protocol, drug: usize, patient: &Patient) -> Result<DrugState, PkError> {
        let entry = &protocol.drugs()[drug];
        let drawn = (!patient.typical).then_some((patient.seed, patient.id));
        let bath = protocol.is_bath(drug);
        let individual = if bath {
            let mass = entry.molar_mass.as_ref().map(|m| m.value);
            Some(PkIndividual::bath().with_molar_mass(mass)?)
        } else {
            PkIndividual::of_drug(entry, patient.body.weight_kg, drawn)?
        };
        Ok(DrugState {
            dosing: Dosing::default(),
            watch: TroughWatch::default(),
            exposure: DayExposure::default(),
            pk: individual.map(DrugCourse::new),
            radiation: radiation(entry, patient)?.map(RadiationCourse::new),
            vessel_ec50: entry.vascular.as_ref().map_or(0.0, |v| vessel_ec50(entry, v, patient)),
            nm_per_ng_ml: (!bath).then(|| nm_per_ng_ml(entry)),
            carried: (0.0, 0),
            level: 0.0,
            first_exposed: None,
        })
    }

    /// Gives a dose; without pharmacokinetics it counts as exposure for `lasts` days.
    pub fn give(&mut self, way: Way, day: u32, hour: f64, amount: f64, lasts: u32) -> Result<(), PkError> {
        self.carried = (amount, day.saturating_add(lasts));
        self.radiation.as_mut().map_or(Ok(()), |r| r.give(day, hour, amount))?;
        self.pk.as_mut().map_or(Ok(()), |pk| pk.give_by(way, day, hour, amount))
    }

    /// Ends a day.
    pub fn advance(&mut self, day: u32, vascular: Option<&Vascular>) -> (DayExposure, LocalExposure) {
        let exposure = self.pk.as_mut().map(DrugCourse::advance_day);
        let known = exposure.unwrap_or_default();
        self.exposure = known;
        let mut local = LocalExposure::new(&known, self.nm_per_ng_ml);
        local.radiation =
            self.radiation.as_mut().map_or(DayRadiation::default(), RadiationCourse::advance_day);
        local.vessels =
            vascular.map_or(VesselEffect::default(), |v| VesselEffect::new(v, &known, self.vessel_ec50));
        self.level = match exposure {
            Some(_) => local.average,
            None if day < self.carried.1 => self.carried.0,
            None => 0.0,
        };
        if self.level > 0.0 && self.first_exposed.is_none() {
            self.first_exposed = Some(day);
        }
        (known, local)
    }

    /// Exposure of the day that has just ended.
    pub fn exposed(&self, day: u32) -> DoseExposure {
        DoseExposure { level: self.level, since: self.first_exposed.map(|first| day - first) }
    }
}

/// Tries out a drug's numbers together, in the typical patient.
///
/// # Errors
///
/// As [`TreatmentCourse::new`](super::TreatmentCourse::new) for a plan that gives the drug.
pub fn try_out(drug: &Drug) -> Result<(), PkError> {
    PkIndividual::of_drug(drug, Body::typical().weight_kg, None)?;
    let kill = drug.kills.iter().find(|k| k.kind == KillKind::Radiation);
    kill.map_or(Ok(()), |kill| RadionuclideKinetics::typical(kill).map(drop))
}

/// The tumour of a patient under a radionuclide: the patient's own factor if it is known, else drawn.
fn radiation(drug: &Drug, patient: &Patient) -> Result<Option<RadionuclideKinetics>, PkError> {
    let Some(kill) = drug.kills.iter().find(|k| k.kind == KillKind::Radiation) else {
        return Ok(None);
    };
    let source = match patient.factors {
        Some(own) => {
            let typical = RadionuclideKinetics::typical(kill)?;
            RadionuclideKinetics { gray_per_gbq: typical.gray_per_gbq * own.radiation_dose, ..typical }
        }
        None if patient.typical => RadionuclideKinetics::typical(kill)?,
        None => RadionuclideKinetics::sampled(kill, patient.seed, patient.id, drug_key(&drug.name))?,
    };
    Ok(Some(source))
}

/// EC50 of a drug on a patient's vessels: where it varies between patients, the patient's own factor if it is known,
/// else drawn.
fn vessel_ec50(drug: &Drug, vascular: &Vascular, patient: &Patient) -> f64 {
    let ec50: &Number = &vascular.ec50;
    let key = StreamKey { seed: patient.seed, patient: patient.id };
    let factor = match patient.factors {
        _ if ec50.cv <= 0.0 => 1.0,
        Some(own) => own.vessel_ec50,
        None if patient.typical => 1.0,
        None => libm::exp(ec50.log_sd() * ToxicityDraw::Vessels.normal(key, drug_key(&drug.name), 0)),
    };
    ec50.value * factor
}
