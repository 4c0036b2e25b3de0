//! Depots against 2c of the table of sources.

use super::support::{
    as_printed, lanreotide, number, octreotide, off, one_compartment, release, treat, typical,
};
use crate::catalogue::Pk;
use crate::therapy::pk::{DayExposure, DrugCourse, PkIndividual, drug_key};

/// The tenth cycle of 28 days.
fn steady_cycle(course: &mut DrugCourse, mg: f64) -> Vec<DayExposure> {
    let monthly = |day: u32| if day.is_multiple_of(28) { vec![(0.0, mg)] } else { Vec::new() };
    treat(course, 280, monthly).split_off(252)
}

fn average(days: &[DayExposure]) -> f64 {
    days.iter().map(|d| d.parent.average).sum::<f64>() / days.len() as f64
}

// 30 mg every 28 d: average about 1.4 ng/mL. A single injection: a burst in the first hours, the second delayed share
// (mean time 12.5 d, narrow) and the last and largest one (mean time 33.6 d, broad, its mode a sixth earlier).
#[test]
fn octreotide_lar_averages_as_published() {
    let mut course = typical(&octreotide());
    as_printed(average(&steady_cycle(&mut course, 30.0)), 1.4, 1);
    let mut single = typical(&octreotide());
    let days = treat(&mut single, 100, |day| if day == 0 { vec![(0.0, 30.0)] } else { Vec::new() });
    let burst = days[0].parent.peak;
    assert!(burst > 5.0 * days[1].parent.peak, "burst {burst}, then {}", days[1].parent.peak);
    let largest = |from: usize, to: usize| {
        (from..to).max_by(|a, b| days[*a].parent.average.total_cmp(&days[*b].parent.average)).unwrap()
    };
    assert!((11..14).contains(&largest(2, 18)), "{}", largest(2, 18));
    assert!((26..31).contains(&largest(20, 100)), "{}", largest(20, 100));
    let area: f64 = days.iter().map(|d| d.parent.average * 24.0).sum();
    assert!(off(area, 30e3 / 32.7) < 0.01, "{area}");
}

// Shares stay shares and times keep their order in every patient; the spread of areas is that of clearance alone.
#[test]
fn depots_vary_between_patients_without_losing_dose() {
    for patient in 0..40 {
        let key = drug_key("octreotide LAR");
        let individual = PkIndividual::sampled(&octreotide(), 70.0, 1, patient, key).unwrap();
        let own = individual.parameters().unwrap().clone();
        let sum: f64 = own.release.iter().map(|r| r.fraction.value).sum();
        assert!((sum - 1.0).abs() < 1e-12 && own.release.iter().all(|r| r.fraction.value > 0.0));
        assert!(own.release.windows(2).all(|w| w[0].mean_time.value < w[1].mean_time.value));
        let expected = 30e3 / own.clearance.value / 672.0;
        let seen = average(&steady_cycle(&mut DrugCourse::new(individual), 30.0));
        assert!(off(seen, expected) < 0.01, "{patient}: {seen} {expected}");
    }
}

// 120 mg every 28 d: dose/(CL·28 d) = 8.4 ng/mL once steady, flat (absorption half-life 44 d). CLARINET's serum levels
// were 4.7 to 8.2 ng/mL in those who had antibodies, without an effect of these (Buil-Bruna 2016).
#[test]
fn lanreotide_autogel_averages_as_published() {
    let mut course = DrugCourse::new(PkIndividual::typical(&lanreotide(), 74.0).unwrap());
    let monthly = |day: u32| if day.is_multiple_of(28) { vec![(0.0, 120.0)] } else { Vec::new() };
    let cycle = treat(&mut course, 28 * 20, monthly).split_off(28 * 19);
    assert!(off(average(&cycle), 120e3 / 513.0 / 28.0) < 0.001);
    let trough = cycle[27].parent.trough;
    assert!((5.0..8.0).contains(&trough) && cycle[0].parent.peak < 2.5 * trough, "{trough}");
}

// Pasireotide LAR 60 mg every 28 d: CL/F 4.5 to 8.5 L/h (label), release-limited half-life 16 d; troughs of 9.5, 11.7
// and 13.0 ng/mL after the first three injections (Petersenn 2014, doi:10.1002/jcph.326), here from 6.5 L/h, a volume
// of 100 L and a first-order release, which has none of the delay that makes the first trough so high.
#[test]
fn pasireotide_lar_is_within_its_published_range() {
    let pk = Pk {
        release: vec![release(number(1.0, 0.0), 1, number(16.0 * 24.0 / 2f64.ln(), 0.0))],
        ..one_compartment(6.5, 100.0)
    };
    let cycle = steady_cycle(&mut typical(&pk), 60.0);
    assert!((7.0..13.0).contains(&cycle[27].parent.trough), "{}", cycle[27].parent.trough);
    assert!(off(average(&cycle), 60e3 / 6.5 / 672.0) < 1e-3);
    let mut single = typical(&pk);
    let days = treat(&mut single, 100, |day| if day == 0 { vec![(0.0, 60.0)] } else { Vec::new() });
    let half_life = 40.0 * 2f64.ln() / (days[50].parent.trough / days[90].parent.trough).ln();
    as_printed(half_life, 16.0, 1);
}
