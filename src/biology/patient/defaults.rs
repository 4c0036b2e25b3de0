//! The patient of a scenario that says nothing of it is the typical one.

use std::path::Path;

use serde_json::Value;

use super::{PatientBiology, SPREADS, Turnover};
use crate::scenario::{PatientData, STARTING_STATES, keys, parse};

const SCENARIO: &str = "name = \"x\"\nphenotype = \"signalling\"\ntime = { end = \"28 d\" }\n\
    lattice = { size = [64, 64] }\nstart = { shape = \"single\" }\n";

fn default() -> PatientData {
    let scenario = parse(SCENARIO, "x.toml", Path::new("")).unwrap().scenario;
    scenario.patient.unwrap()
}

/// What the biology has under a field's name.
fn typical(field: &str) -> Option<Value> {
    let patient = serde_json::to_value(PatientBiology::typical()).unwrap();
    let spread = || SPREADS.iter().find(|s| s.name == field).map(|s| s.typical.into());
    let own = patient.get(field).or(patient["turnover"].get(field)).cloned();
    own.or_else(spread)
}

#[test]
fn the_defaults_of_a_scenario_are_the_typical_patient() {
    let fields = serde_json::to_value(default()).unwrap();
    for (field, value) in fields.as_object().unwrap() {
        match field.as_str() {
            "surface_m2" => assert!((value.as_f64().unwrap() - 1.82).abs() < 0.01),
            "pharmacokinetics" => assert_eq!(*value, "typical"),
            _ => assert_eq!(Some(value), typical(field).as_ref(), "{field}"),
        }
    }
}

#[test]
fn every_number_that_a_patient_differs_by_is_a_key_with_its_confidence() {
    let patient_of_drugs =
        ["ki67", "pten", "pik3ca", "kras", "mgmt_low", "diameter_sum", "vessels", "cga_per_cell"];
    for spread in SPREADS {
        let name = match spread.name {
            "weight_kg" => "weight",
            "male" => "sex",
            name => name,
        };
        let Some(key) = keys::PATIENT.find(name) else {
            assert!(patient_of_drugs.contains(&name), "{name} is no key of [patient]");
            continue;
        };
        assert!(key.doc.contains(&format!("({:?}", spread.confidence)), "{name}: {}", key.doc);
    }
}

#[test]
fn the_shares_at_the_start_are_of_the_same_states() {
    let (data, patient) = (default(), PatientBiology::typical());
    let states = STARTING_STATES.iter().zip(data.starting_fractions());
    let named: Vec<(String, f64)> =
        states.map(|((locus, level), f)| (format!("{locus}={level}"), f)).collect();
    let own: Vec<(String, f64)> =
        patient.starting_fractions().iter().map(|(state, f)| ((*state).to_owned(), *f)).collect();
    assert_eq!(named, own);
    let (locus, level) = STARTING_STATES[0];
    assert_eq!(patient.equilibrium_fraction(locus, level), Some(data.rtk_fraction));
}

#[test]
fn whatever_a_scenario_accepts_is_a_possible_turnover() {
    for growth in [1e-12, 0.0035, 1.0] {
        for coupled_loss in [0.0, 0.72, 0.99] {
            let read = format!(
                "{SCENARIO}patient = {{ growth = \"{growth} /d\", coupled_loss = {coupled_loss:?} }}\n"
            );
            let scenario = parse(&read, "x.toml", Path::new("")).unwrap().scenario;
            let patient = scenario.patient.unwrap();
            assert!(Turnover::new(patient.growth, patient.coupled_loss).is_ok());
        }
    }
}
