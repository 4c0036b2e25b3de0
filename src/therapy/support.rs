//! Plans, patients and populations for tests, with the drugs of the catalogue; and drugs whose adverse events are
//! certain, to test what follows from them.

use std::sync::Arc;

use super::course::{DayReport, Patient, TreatmentCourse};
use super::regimen::{Body, Regimen, parse, parse_step};
use super::{Protocol, TreatmentRecord};
use crate::catalogue::{Confidence, Drug, Number, OnsetKind, Organ, Toxicity};
use crate::scenario::{AdverseEvents, AfterLastLine, Catalogue, Line, LineEnd, Therapy, Visits};

pub(crate) fn number(value: f64, cv: f64) -> Number {
    Number { value, cv, source: "test".into(), confidence: Confidence::C }
}

/// A drug of the catalogue.
pub(crate) fn drug(name: &str) -> Drug {
    Catalogue::embedded().find(name).unwrap().clone()
}

/// Adverse events as by default.
pub(crate) const EVENTS: AdverseEvents = AdverseEvents {
    occur: true,
    overlap: 2.5,
    background: 0.43,
    grade_2: 0.42,
    grade_4: 0.05,
    grade_4_blood: 0.17,
    intolerable: 0.5,
    not_restarted: 0.65,
    longest_hold: 28,
    stops: true,
};

pub(crate) const NO_EVENTS: AdverseEvents = AdverseEvents { occur: false, ..EVENTS };

/// Events of grade 3 only, without any of the disease, after which a drug is always started again.
pub(crate) const GRADE_3: AdverseEvents =
    AdverseEvents { background: 0.0, grade_4: 0.0, grade_4_blood: 0.0, not_restarted: 0.0, ..EVENTS };

/// The default model is that of the file format.
#[test]
fn the_default_events_are_those_of_the_format() {
    let text = "name = \"x\"\nphenotype = \"signalling\"\n[time]\nend = \"90 d\"\n[lattice]\nsize = [64, 64]\n[start]\nshape = \"single\"\n\
        [therapy]\nregimen = \"everolimus 10 mg daily\"\n";
    let read = crate::scenario::parse(text, "x.toml", std::path::Path::new("")).unwrap();
    assert_eq!(read.scenario.therapy.unwrap().toxicity, EVENTS);
}

/// A drug whose only adverse event, of grade 3 or 4, happens every day on which there is some of it in the body, but for
/// days on which the last one lasts. It lasts for `lasts` days.
pub(crate) fn certain(name: &str, organ: Organ, lasts: f64, stop_after: u32) -> Drug {
    let mut drug = drug(name);
    let all = || number(1.0, 0.0);
    drug.toxicities = vec![Toxicity {
        event: "poison".into(),
        organ,
        any_grade: all(),
        grade_3_4: all(),
        beta: all(),
        reference: Some(number(1e-9, 0.0)),
        reference_dose: None,
        course: OnsetKind::Constant,
        shape: None,
        early_weeks: None,
        early_share: None,
    }];
    drug.label.hold_days = number(lasts, 0.0);
    drug.label.stop_after = stop_after;
    drug
}

pub(crate) fn line(regimens: &[&str], until: &[LineEnd]) -> Line {
    Line {
        regimens: regimens.iter().map(|r| parse(r).unwrap()).collect(),
        steps: Vec::new(),
        start: None,
        delay: 0,
        until: until.to_vec(),
        beyond_progression: 0,
        alternate: None,
        adaptive: None,
        trigger: None,
    }
}

pub(crate) fn step(text: &str, drug: &str) -> Regimen {
    parse_step(text, Some(drug), &[]).unwrap()
}

pub(crate) fn plan(lines: Vec<Line>, toxicity: AdverseEvents) -> Therapy {
    Therapy {
        background: Vec::new(),
        lines,
        after_last_line: AfterLastLine::Stop,
        visits: Visits { at: vec![84], every: 84, baseline_mm: None },
        toxicity,
        monitoring: Vec::new(),
    }
}

pub(crate) fn patient(id: u32) -> Patient {
    let body = Body { weight_kg: 70.0, surface_m2: 1.8 };
    Patient { id, seed: 20, body, typical: false, factors: None }
}

/// The typical patient of 70 kg.
pub(crate) fn typical() -> Patient {
    Patient { typical: true, ..patient(0) }
}

pub(crate) fn protocol(plan: &Therapy, own: &[Drug]) -> Arc<Protocol> {
    let all = Catalogue::merged(Catalogue::embedded(), own.to_vec());
    Arc::new(Protocol::new(plan, all.drugs()).unwrap())
}

/// A course with the catalogue's drugs, some of them replaced.
pub(crate) fn course_with(plan: &Therapy, patient: Patient, own: &[Drug]) -> TreatmentCourse {
    TreatmentCourse::new(protocol(plan, own), patient).unwrap()
}

pub(crate) fn course(plan: &Therapy, patient: Patient) -> TreatmentCourse {
    course_with(plan, patient, &[])
}

/// Lives through days with the visits and looks that are due, at a volume by day.
pub(crate) fn live(course: &mut TreatmentCourse, days: u32, volume: impl Fn(u32) -> f64) -> Vec<DayReport> {
    let day = |_| {
        let today = course.today();
        if course.visit_due() {
            course.visit(volume(today));
        }
        if course.monitor_due() {
            course.monitor(volume(today));
        }
        course.advance_day().unwrap()
    };
    (0..days).map(day).collect()
}

/// Days on which a drug was given.
pub(crate) fn given(days: &[DayReport], drug: usize) -> Vec<u32> {
    days.iter().filter(|d| !d.drugs[drug].given.is_empty()).map(|d| d.day).collect()
}

/// Records of virtual patients who are treated for some days.
pub(crate) fn population(plan: &Therapy, patients: u32, days: u32) -> Vec<TreatmentRecord> {
    let protocol = protocol(plan, &[]);
    let one = |id| {
        let mut course = TreatmentCourse::new(protocol.clone(), patient(id)).unwrap();
        for _ in 0..days {
            course.advance_day().unwrap();
        }
        course.record().clone()
    };
    (0..patients).map(one).collect()
}
