//! Numbers that published cohorts depend on.

use super::super::CohortSpec;
use super::super::draws::{Draw, Keyed};
use super::cohort;

#[test]
fn random_numbers_are_frozen() {
    let keyed = Keyed { seed: 1, patient: 2 };
    let numbers =
        [keyed.uniform(1, 0), keyed.uniform(30, 0), keyed.of(Draw::Organs, 0), keyed.of(Draw::Size, 3)];
    assert_eq!(numbers, [0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn the_first_patients_are_frozen() {
    let cohort = cohort(CohortSpec::new(3, 1));
    let all: Vec<_> = cohort.patients().collect();
    assert_eq!(all.iter().map(|p| p.data.growth).collect::<Vec<_>>(), [0.0]);
    assert_eq!(all.iter().map(|p| p.data.coupled_loss).collect::<Vec<_>>(), [0.0]);
    assert_eq!(all.iter().map(|p| p.diameter_sum_mm).collect::<Vec<_>>(), [0.0]);
    assert_eq!(all.iter().map(|p| p.ki67).collect::<Vec<_>>(), [0.0]);
    assert_eq!(all.iter().map(|p| p.lesions[0].diameter_mm).collect::<Vec<_>>(), [0.0]);
    assert_eq!(all.iter().map(|p| p.lesions.len()).collect::<Vec<_>>(), [0]);
    assert_eq!(all.iter().map(|p| p.data.sex.as_str()).collect::<Vec<_>>(), [""]);
    assert_eq!(all.iter().map(|p| p.mgmt_low).collect::<Vec<_>>(), [false]);
}
