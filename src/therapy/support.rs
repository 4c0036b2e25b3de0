//! Drugs, plans and patients for tests. The numbers are those of the project's table of sources: pharmacokinetics of
//! everolimus (de Wit 2016) and sunitinib (Yu 2015), adverse events of RADIANT-3, Rugo 2016 and SUN-1111.

use std::sync::Arc;

use super::course::{Course, Patient};
use super::pk::DrugCourse;
use super::regimen::{Body, parse, parse_step};
use super::{Protocol, Record};
use crate::catalogue::{
    Absorption, Confidence, Course as Timing, Drug, DrugKind, Exchange, Label, Metabolite, Number, Organ, Pk,
    Route, Toxicity,
};
use crate::scenario::{AdverseEvents, AfterLastLine, Line, LineEnd, Regimen, Therapy, Visits};

pub(crate) fn number(value: f64, cv: f64) -> Number {
    Number { value, cv, source: "test".into(), confidence: Confidence::C }
}

fn exact(value: f64) -> Number {
    number(value, 0.0)
}

fn toxicity(
    event: &str,
    organ: Organ,
    any: f64,
    high: f64,
    beta: f64,
    reference: f64,
    course: Timing,
) -> Toxicity {
    Toxicity {
        event: event.into(),
        organ,
        any_grade: exact(any),
        grade_3_4: exact(high),
        beta: exact(beta),
        reference: exact(reference),
        course,
    }
}

fn base_pk(matrix: &str, clearance: Number, volume: Number, rate: f64) -> Pk {
    Pk {
        matrix: matrix.into(),
        clearance,
        volume,
        exchange: None,
        absorption: Some(Absorption { rate: exact(rate), transit: 0, transit_time: None }),
        bioavailability: exact(1.0),
        occasion_cv: exact(0.0),
        release: Vec::new(),
        hepatic_flow: None,
        recirculation: None,
        metabolite: None,
        correlations: Vec::new(),
        allometry: None,
        infusion_h: None,
        residual_cv: None,
        unbound: exact(0.05),
        residence_h: None,
    }
}

pub(crate) fn drug(name: &str, kind: DrugKind, routes: &[Route], label: Label) -> Drug {
    Drug {
        name: name.into(),
        aliases: Vec::new(),
        class: "test".into(),
        kind,
        description: String::new(),
        notes: Vec::new(),
        routes: routes.to_vec(),
        molar_mass: None,
        units_per_mg: None,
        pk: None,
        targets: Vec::new(),
        vascular: None,
        kills: Vec::new(),
        delivery_exponent: exact(0.0),
        toxicities: Vec::new(),
        discontinuation: None,
        label,
    }
}

pub(crate) fn label(regimen: &str, reductions: &[&str], maximum: Option<&str>, stop_after: u32) -> Label {
    Label {
        regimen: regimen.into(),
        reductions: reductions.iter().map(|r| (*r).to_owned()).collect(),
        maximum: maximum.map(|m| super::regimen::parse_dose(m).unwrap()),
        // 7 to 14 d taken as quartiles: log-SD 0.5.
        hold_days: number(10.0, 0.533),
        stop_after,
        source: "test".into(),
    }
}

pub(crate) fn everolimus() -> Drug {
    let mut pk = base_pk("whole blood", number(17.4, 0.351), number(25.2, 0.864), 0.647);
    pk.exchange = Some(Exchange { clearance: exact(51.1), volume: exact(400.0) });
    pk.occasion_cv = exact(0.192);
    let at = |event, organ, any, high, beta, course| toxicity(event, organ, any, high, beta, 22.8, course);
    let early = Timing::Early { weeks: 8.0, share: 0.89 };
    let label = label("10 mg daily", &["5 mg daily", "5 mg every 2 d"], Some("20 mg"), 2);
    Drug {
        molar_mass: Some(exact(958.2)),
        pk: Some(pk),
        toxicities: vec![
            at("stomatitis", Organ::Mucosa, 0.67, 0.09, 0.575, early),
            at("rash", Organ::Skin, 0.49, 0.005, 0.575, Timing::Constant),
            at("diarrhoea", Organ::Gut, 0.34, 0.03, 0.575, Timing::Constant),
            at("fatigue", Organ::General, 0.31, 0.02, 0.575, Timing::Constant),
            at("infections", Organ::Infection, 0.23, 0.02, 0.575, Timing::Constant),
            at("pneumonitis", Organ::Lung, 0.17, 0.02, 0.949, Timing::Constant),
            at("hyperglycaemia", Organ::Metabolic, 0.13, 0.05, 0.379, Timing::Constant),
            at("anaemia", Organ::Blood, 0.17, 0.06, 0.575, Timing::Constant),
            at("thrombocytopenia", Organ::Blood, 0.13, 0.04, 0.575, Timing::Constant),
        ],
        ..drug("everolimus", DrugKind::Medicine, &[Route::Oral], label)
    }
}

pub(crate) fn sunitinib() -> Drug {
    let mut pk = base_pk("plasma", number(35.7, 0.339), number(1360.0, 0.324), 0.34);
    pk.hepatic_flow = Some(exact(80.0));
    pk.metabolite = Some(Metabolite {
        name: "SU12662".into(),
        fraction: exact(0.21),
        clearance: number(17.1, 0.421),
        volume: number(635.0, 0.579),
        exchange: Some(Exchange { clearance: exact(20.1), volume: exact(388.0) }),
        unbound: exact(0.1),
        molar_mass: exact(370.4),
    });
    let at = |event, organ, any, high, course| toxicity(event, organ, any, high, 1.0, 62.6, course);
    // Neutrophils fall mainly in the first cycle (Houk 2010); severe hypertension comes in the first 8 weeks.
    let cycle = Timing::Early { weeks: 6.0, share: 0.7 };
    let label = label("37.5 mg daily", &["25 mg daily", "12.5 mg daily"], Some("50 mg"), 0);
    Drug {
        molar_mass: Some(exact(398.5)),
        pk: Some(pk),
        toxicities: vec![
            at("stomatitis", Organ::Mucosa, 0.22, 0.04, Timing::Constant),
            at("hand-foot syndrome", Organ::Skin, 0.23, 0.06, Timing::Constant),
            at("diarrhoea", Organ::Gut, 0.59, 0.05, Timing::Constant),
            at("fatigue", Organ::General, 0.33, 0.05, Timing::Constant),
            at("asthenia", Organ::General, 0.34, 0.05, Timing::Constant),
            at("neutropenia", Organ::Blood, 0.29, 0.12, cycle),
            at("leukopenia", Organ::Blood, 0.10, 0.06, cycle),
            at("thrombocytopenia", Organ::Blood, 0.17, 0.04, cycle),
            at("hypertension", Organ::Cardiovascular, 0.26, 0.10, Timing::Early { weeks: 8.0, share: 1.0 }),
        ],
        ..drug("sunitinib", DrugKind::Medicine, &[Route::Oral], label)
    }
}

pub(crate) fn catalogue() -> Vec<Drug> {
    let none = || label("", &[], None, 0);
    let radionuclide = label("7.4 GBq every 8 weeks x4", &["3.7 GBq every 8 weeks x4"], None, 0);
    let mut lutetium = drug("177Lu-DOTATATE", DrugKind::Radionuclide, &[Route::Intravenous], radionuclide);
    lutetium.toxicities = vec![toxicity("lymphopenia", Organ::Blood, 0.18, 0.09, 1.0, 7.4, Timing::Constant)];
    let depot = label("30 mg every 28 d", &[], Some("60 mg"), 0);
    let mut octreotide = drug("octreotide LAR", DrugKind::Medicine, &[Route::Intramuscular], depot);
    octreotide.pk = Some(base_pk("plasma", exact(32.7), exact(15.3), 0.003));
    vec![
        everolimus(),
        sunitinib(),
        octreotide,
        lutetium,
        drug("surgery", DrugKind::Procedure, &[Route::None], label("80 % on day 0", &[], None, 0)),
        drug("best supportive care", DrugKind::Supportive, &[Route::None], none()),
        drug("PD98059", DrugKind::Medicine, &[Route::Bath], label("10 uM", &[], None, 0)),
    ]
}

/// Adverse events as by default.
pub(crate) const EVENTS: AdverseEvents = AdverseEvents {
    occur: true,
    overlap: 2.5,
    background: 0.43,
    grade_2: 0.42,
    grade_4: 0.05,
    grade_4_blood: 0.17,
    intolerable: 0.25,
    not_restarted: 0.3,
    longest_hold: 28,
};

pub(crate) const NO_EVENTS: AdverseEvents = AdverseEvents { occur: false, ..EVENTS };

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
    }
}

pub(crate) fn step(text: &str, drug: &str) -> Regimen {
    parse_step(text, Some(drug)).unwrap()
}

pub(crate) fn plan(lines: Vec<Line>, toxicity: AdverseEvents) -> Therapy {
    Therapy {
        background: Vec::new(),
        lines,
        after_last_line: AfterLastLine::Stop,
        visits: Visits { at: vec![84], every: 84, baseline_mm: None },
        toxicity,
    }
}

pub(crate) fn patient(id: u32) -> Patient {
    Patient { id, seed: 20, body: Body { weight_kg: 70.0, surface_m2: 1.8 }, typical: false, factors: None }
}

pub(crate) fn course(plan: &Therapy, patient: Patient) -> Course {
    Course::new(
        Arc::new(Protocol::new(plan, crate::scenario::Catalogue::embedded().drugs()).unwrap()),
        patient,
    )
    .unwrap()
}

/// Records of virtual patients who are treated for some days.
pub(crate) fn population(plan: &Therapy, patients: u32, days: u32) -> Vec<Record> {
    let protocol = Arc::new(Protocol::new(plan, crate::scenario::Catalogue::embedded().drugs()).unwrap());
    let one = |id| {
        let mut course = Course::new(protocol.clone(), patient(id)).unwrap();
        for _ in 0..days {
            course.advance_day().unwrap();
        }
        course.record().clone()
    };
    (0..patients).map(one).collect()
}

/// Average exposure of a typical patient in the last days of a course.
pub(crate) fn steady_average(drug: &Drug, mg: f64, days: u32) -> f64 {
    let individual = super::pk::Individual::of_drug(drug, 70.0, None).unwrap().unwrap();
    let mut course = DrugCourse::new(individual);
    let mut last = 0.0;
    for day in 0..days {
        course.give(day, 0.0, mg).unwrap();
        let exposure = course.advance_day();
        last = exposure.parent.average + exposure.metabolite.map_or(0.0, |m| m.average);
    }
    last
}
