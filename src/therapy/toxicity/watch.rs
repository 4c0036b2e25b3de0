//! Watches a patient for adverse events.

use serde::Serialize;

use super::draws::{Draw, Keyed, event_key};
use super::hazard::{DayHazard, presence};
use crate::catalogue::{Drug, Organ, Toxicity};
use crate::scenario::AdverseEvents;

/// Median time to recovery from an event of the disease, d, and the standard deviation of its logarithm: those of holds
/// in general (7 to 14 d taken as quartiles).
const RECOVERY: (f64, f64) = (10.0, 0.5);

/// A drug counts as involved in another one's event from this share of its reference exposure on.
const INVOLVED: f64 = 0.5;

/// A patient's exposure to a drug on a day.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Exposure {
    /// In the unit of the references of its adverse events.
    pub level: f64,
    /// Days since the first exposure; `None` before it.
    pub since: Option<u32>,
}

/// An adverse event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AdverseEvent {
    /// Day on which it began.
    pub day: u32,
    /// Name, e.g. `stomatitis`; `disease` for one that no drug has caused.
    pub event: String,
    /// Organ class; `None` for one of the disease.
    pub organ: Option<Organ>,
    /// Drug that has caused it, as its place among the protocol's drugs.
    pub drug: Option<usize>,
    /// Other drugs that share the organ class and were there.
    pub partners: Vec<usize>,
    /// Grade, 1 to 4.
    pub grade: u8,
    /// First day on which it is of grade 1 or less again.
    pub recovered: u32,
    /// Grade 2: whether it is not tolerated. Grade 3: whether the drug is not to be started again.
    pub decisive: bool,
}

/// One kind of event that may happen to the patient.
#[derive(Debug, Clone)]
struct Row {
    /// Drug and its toxicity; `None` for the disease.
    cause: Option<(usize, usize)>,
    key: u32,
    /// Grade of the last event, and when it is over.
    grade: u8,
    recovered: u32,
}

/// The events that may happen to a patient, and those that have not ended.
#[derive(Debug, Clone)]
pub struct Watch {
    keyed: Keyed,
    model: AdverseEvents,
    rows: Vec<Row>,
}

impl Watch {
    /// Watches a patient for the adverse events of these drugs.
    pub(crate) fn new(keyed: Keyed, model: AdverseEvents, drugs: &[Drug]) -> Watch {
        let row = |cause, key| Row { cause, key, grade: 0, recovered: 0 };
        let of_drug = |(d, drug): (usize, &Drug)| {
            let keys: Vec<u32> = drug.toxicities.iter().map(|t| event_key(&drug.name, &t.event)).collect();
            keys.into_iter().enumerate().map(move |(t, key)| row(Some((d, t)), key))
        };
        let mut rows: Vec<Row> = drugs.iter().enumerate().flat_map(of_drug).collect();
        rows.push(row(None, event_key("", "disease")));
        Watch { keyed, model, rows }
    }

    /// The events that begin on a day, given that day's exposure to each drug.
    pub fn day(&mut self, day: u32, drugs: &[Drug], exposures: &[Exposure]) -> Vec<AdverseEvent> {
        if !self.model.occur {
            return Vec::new();
        }
        let mut found = Vec::new();
        for at in 0..self.rows.len() {
            if let Some(event) = self.judge(at, day, drugs, exposures) {
                self.rows[at].grade = event.grade;
                self.rows[at].recovered = event.recovered;
                found.push(event);
            }
        }
        found
    }

    fn judge(&self, at: usize, day: u32, drugs: &[Drug], exposures: &[Exposure]) -> Option<AdverseEvent> {
        let row = &self.rows[at];
        let Some((drug, toxicity)) = row.cause else {
            let high = -libm::log1p(-self.model.background.min(0.999_999)) / 365.0;
            return self.happen(row, day, DayHazard { low: 0.0, high }, None);
        };
        let cause = &drugs[drug].toxicities[toxicity];
        let exposure = exposures[drug];
        let partners = partners(cause.organ, drug, drugs, exposures);
        let strongest = partners.iter().map(|(_, share)| *share).fold(0.0, f64::max);
        let overlap = 1.0 + (self.model.overlap - 1.0) * strongest;
        let hazard = DayHazard::new(cause, exposure.since?, exposure.level, overlap);
        let involved = partners.iter().filter(|(_, share)| *share >= INVOLVED).map(|(d, _)| *d).collect();
        self.happen(row, day, hazard, Some((&drugs[drug], cause, drug, involved)))
    }

    fn happen(
        &self,
        row: &Row,
        day: u32,
        hazard: DayHazard,
        cause: Option<(&Drug, &Toxicity, usize, Vec<usize>)>,
    ) -> Option<AdverseEvent> {
        let total = hazard.low + hazard.high;
        if total <= 0.0 {
            return None;
        }
        let [when, what] = self.keyed.uniforms(Draw::Event, row.key, day);
        // One number for occurrence and grade: the most severe grade has the lowest numbers.
        let any = -libm::expm1(-total);
        if when >= any {
            return None;
        }
        let blood = cause.as_ref().is_some_and(|(_, t, ..)| t.organ == Organ::Blood);
        let fourth = if blood { self.model.grade_4_blood } else { self.model.grade_4 };
        let high = any * (hazard.high / total);
        let grade = match when {
            w if w < high * fourth => 4,
            w if w < high => 3,
            w if w < high + (any - high) * self.model.grade_2 => 2,
            _ => 1,
        };
        // While an event lasts, only one that is worse is a new one.
        if day < row.recovered && grade <= row.grade {
            return None;
        }
        let (median, sd) = cause
            .as_ref()
            .map_or(RECOVERY, |(drug, ..)| (drug.label.hold_days.value, drug.label.hold_days.log_sd()));
        let lasts = median * libm::exp(sd * self.keyed.normal(Draw::Recovery, row.key, day));
        let decisive = what < if grade == 2 { self.model.intolerable } else { self.model.not_restarted };
        let recovered = day.saturating_add(1 + libm::round(lasts.clamp(1.0, 36_500.0)) as u32);
        let (event, organ, drug, partners) = match cause {
            Some((_, t, drug, partners)) => (t.event.clone(), Some(t.organ), Some(drug), partners),
            None => ("disease".to_owned(), None, None, Vec::new()),
        };
        Some(AdverseEvent { day, event, organ, drug, partners, grade, recovered, decisive })
    }
}

/// Other drugs with events of an organ class, and how much of them is there (0 to 1).
fn partners(organ: Organ, of: usize, drugs: &[Drug], exposures: &[Exposure]) -> Vec<(usize, f64)> {
    let there = |d: usize| {
        let shared = drugs[d].toxicities.iter().filter(|t| t.organ == organ);
        shared.map(|t| presence(t, exposures[d].level)).fold(0.0, f64::max)
    };
    (0..drugs.len()).filter(|d| *d != of).map(|d| (d, there(d))).filter(|(_, share)| *share > 0.0).collect()
}
