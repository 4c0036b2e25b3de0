//! The JSON Schema: valid itself, true of every shipped scenario, and not empty of meaning.

#[path = "support/documents.rs"]
mod documents;

use std::path::Path;

use serde_json::Value;

fn as_json(text: &str) -> Value {
    let table: toml::Table = text.parse().unwrap();
    serde_json::to_value(table).unwrap()
}

fn errors(schema: &jsonschema::Validator, text: &str) -> Vec<String> {
    schema.iter_errors(&as_json(text)).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

fn validator() -> jsonschema::Validator {
    let schema = evotor::scenario::json_schema();
    jsonschema::meta::validate(&schema).expect("the schema is a valid schema");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

#[test]
fn shipped_scenarios_and_their_effective_forms_validate() {
    let schema = validator();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["scenarios", "tests/data/scenario/good"].map(|f| std::fs::read_dir(root.join(f)).unwrap());
    let mut seen = 0;
    for entry in folders.into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") && !path.ends_with("calibration.toml") {
            let loaded = evotor::scenario::load(&path).unwrap();
            assert_eq!(errors(&schema, &loaded.text), [""; 0], "{}", path.display());
            let effective = evotor::scenario::effective_toml(&loaded.scenario);
            assert_eq!(errors(&schema, &effective), [""; 0], "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 1);
}

#[test]
fn every_drug_of_the_catalogue_validates() {
    let schema = validator();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/01-first-run.toml");
    let mut scenario = evotor::scenario::load(&path).unwrap().scenario;
    scenario.catalogue = evotor::scenario::Catalogue::embedded().drugs().to_vec();
    assert_eq!(errors(&schema, &evotor::scenario::effective_toml(&scenario)), [""; 0]);
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let schema = validator();
    let good = "name = 'x'\ntime = { end = '10 d' }\nlattice = { size = [64, 64] }\nstart = { shape = 'single' }\n\
                rates = { birth = '0.1 /d', death = '0.1 /d' }\n";
    assert_eq!(errors(&schema, good), [""; 0]);
    for bad in [
        "phenotype = 'signaling'",
        "patient = { growth = '0.0035' }",
        "patient = { sex = 'man' }",
        "patient = { surface = '1.8 kg' }",
        "vessels = { ceiling = 2 }",
        "seeed = 1",
        "seed = -1",
        "format = 2",
        "replicates = 0",
        "oxygen = { vessels = 300 }",
        "oxygen = { vessels = '300 /inch2' }",
        "oxygen = { hypoxic = '-5 mmHg' }",
        "drug = [{ name = 'X' }]",
        "drug = [{ name = 'x', start = '10 mg' }]",
        "drug = [{ name = 'x', windows = [['0 d']] }]",
        "stop = { progression = { factor = 1 } }",
        "output = { snapshots = ['ten days'] }",
        "catalogue = { drug = [{ name = 'x', routs = ['oral'] }] }",
        "catalogue = { drug = [{ name = 'x', molar_mass = '10 mg' }] }",
        "catalogue = { drug = [{ name = 'x', target = [{ node = 'mek', ec50 = { value = '1 ng/mL' } }] }] }",
        "catalogue = { drug = [{ name = 'x', delivery_exponent = { cv = 0.1 } }] }",
        "cohort = { patients = 0 }",
        "cohort = { change = [{ typical = 1 }] }",
        "arm = [{ name = 'x' }]",
        "arm = [{ name = 'x', therapy = { visits = {} } }]",
        "assessment = { jitter = 7 }",
        "published = [{ arm = 'x', endpoint = 'pfs', value = 1, role = 'predicted', source = '' }]",
    ] {
        assert!(!errors(&schema, &format!("{good}{bad}\n")).is_empty(), "{bad}");
    }
}
