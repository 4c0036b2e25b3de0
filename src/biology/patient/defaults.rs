//! What is written of the numbers by which patients differ.

use super::SPREADS;
use crate::scenario::keys;

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
