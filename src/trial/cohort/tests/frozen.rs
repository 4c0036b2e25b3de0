//! Numbers that published cohorts depend on. They agree to 15 digits with the same distributions worked out apart from this program
//! in arithmetic of 40 digits, from the published Philox4x32-10 on.

use super::super::draws::{CohortDraw, of_slot};
use super::super::{CohortSpec, VirtualPatient};
use super::cohort;
use crate::tissue::random::StreamKey;

#[test]
fn random_numbers_are_frozen() {
    let key = StreamKey { seed: 1, patient: 2 };
    let numbers = [
        of_slot(key, 1, 0),
        of_slot(key, 30, 0),
        CohortDraw::Organs.uniform(key, 0),
        CohortDraw::Size.uniform(key, 3),
    ];
    assert_eq!(numbers, [0.7834894428439815, 0.4221314138869804, 0.29641218817858384, 0.10037227427555584]);
}

#[test]
fn the_first_patients_are_frozen() {
    let patients: Vec<VirtualPatient> = cohort(CohortSpec::new(3, 1)).patients().collect();
    let all = |field: fn(&VirtualPatient) -> f64| patients.iter().map(field).collect::<Vec<f64>>();
    assert_eq!(all(|p| p.data.growth), [0.0005668658517523964, 0.005781629511315288, 0.01027695964884083]);
    assert_eq!(all(|p| p.data.coupled_loss), [0.7293300307648172, 0.8661660169725927, 0.7029172253149807]);
    assert_eq!(all(|p| p.ki67), [1.1295200647126997, 8.146102717555635, 17.115219465503804]);
    assert_eq!(all(|p| p.diameter_sum_mm), [118.39752602739225, 108.94504786690925, 122.05900115817941]);
    assert_eq!(all(|p| p.lesions[0].diameter_mm), [30.00354148750262, 28.412492467570882, 51.63605647445044]);
    let covariates = patients.iter().map(|p| (p.data.sex.word(), p.mgmt_low, p.lesions.len()));
    let frozen = [("female", true, 5), ("female", true, 5), ("female", false, 3)];
    assert_eq!(covariates.collect::<Vec<_>>(), frozen);
    let organs: Vec<u32> = patients[2].lesions.iter().map(|l| l.organ).collect();
    assert_eq!(organs, [1, 0, 1]);
}
