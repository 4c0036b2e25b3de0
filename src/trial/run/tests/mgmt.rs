//! Alkylating drugs in patients with MGMT and without.

use super::{SUPPORT, plan};
use crate::catalogue::Drug;

fn ec50(drugs: &[Drug], name: &str) -> Option<f64> {
    drugs.iter().find(|d| d.name == name)?.kills.iter().find_map(|k| Some(k.ec50.as_ref()?.value))
}

// MGMT belongs to what a drug's file says, and not to its name.
#[test]
fn mgmt_changes_every_drug_that_says_so_and_no_other() {
    let mut plan = plan(8, 168, &[("care", SUPPORT)]);
    let temozolomide = plan.scenario.catalogue.iter().find(|d| d.name == "temozolomide").unwrap().clone();
    let mut own = Drug { name: "own alkylator".into(), ..temozolomide.clone() };
    own.kills[0].mgmt.as_mut().unwrap().value = 4.0;
    let mut indifferent = Drug { name: "indifferent".into(), ..temozolomide };
    indifferent.kills[0].mgmt = None;
    plan.scenario.catalogue.extend([own, indifferent]);
    let usual = ec50(&plan.scenario.catalogue, "temozolomide").unwrap();
    let mut seen = [0; 2];
    for patient in plan.cohort.patients() {
        let treated = plan.scenario_of(&patient).catalogue;
        let change = |name: &str| ec50(&treated, name).unwrap() / usual;
        let by = |factor: f64| if patient.mgmt_low { 1.0 / factor } else { factor };
        for (name, expected) in [("temozolomide", by(2.3)), ("own alkylator", by(4.0)), ("indifferent", 1.0)]
        {
            assert!((change(name) - expected).abs() < 1e-12, "{name}: {}", change(name));
        }
        seen[usize::from(patient.mgmt_low)] += 1;
    }
    assert!(seen.iter().all(|n| *n > 0), "{seen:?}");
}
