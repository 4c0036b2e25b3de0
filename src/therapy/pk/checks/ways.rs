//! Which way a dose goes into the body, and how long an infusion may last.

use super::support::{number, off, one_compartment, swallowed, treat, typical};
use crate::catalogue::{Pk, Release};
use crate::therapy::pk::{DrugCourse, PkError, PkIndividual, Way};

/// Peak and average of the first day after 50 mg, and the area of twenty days, mg*h/L.
fn given(pk: &Pk, way: Way) -> (f64, f64, f64) {
    let mut course = typical(pk);
    course.give_by(way, 0, 0.0, 50.0).unwrap();
    let first = course.advance_day();
    let rest: f64 = (0..19).map(|_| course.advance_day().parent.average * 24.0).sum();
    (first.parent.peak, first.parent.average, (first.parent.average * 24.0 + rest) / 1000.0)
}

// 50 mg into 100 L are 500 ng/mL at once; the day's average under 10 L/h is that of an exponential. Swallowed, the peak is
// lower and later, and the area the same.
#[test]
fn a_dose_into_a_vein_passes_by_the_absorption() {
    let pk = swallowed(0.5, 10.0, 100.0);
    let (peak, average, area) = given(&pk, Way::Vein);
    assert!(off(peak, 500.0) < 1e-9, "{peak}");
    assert!(off(average, 500.0 * (1.0 - (-2.4f64).exp()) / 2.4) < 1e-9, "{average}");
    let (oral_peak, _, oral_area) = given(&pk, Way::Usual);
    assert!(oral_peak < 350.0 && off(area, 5.0) < 1e-6 && off(oral_area, 5.0) < 1e-6, "{oral_peak}");
}

#[test]
fn a_dose_into_a_vein_passes_by_depot_first_pass_and_bioavailability() {
    let half = Pk { bioavailability: number(0.5, 0.0), ..swallowed(0.5, 10.0, 100.0) };
    let (vein, usual) = (given(&half, Way::Vein).2, given(&half, Way::Usual).2);
    assert!(off(vein, 5.0) < 1e-6 && off(usual, 2.5) < 1e-6, "{vein} {usual}");
    // The liver takes CL/(Q + CL) = 1/10 of what is swallowed, and clears Q times that of what is in the blood.
    let liver = Pk { hepatic_flow: Some(number(90.0, 0.0)), ..swallowed(0.5, 10.0, 100.0) };
    let (vein, usual) = (given(&liver, Way::Vein).2, given(&liver, Way::Usual).2);
    assert!(off(vein, 50.0 / 9.0) < 1e-6 && off(usual, 0.9 * 50.0 / 9.0) < 1e-6, "{vein} {usual}");
    let slow = Release { fraction: number(1.0, 0.0), transit: 1, mean_time: number(2000.0, 0.0) };
    let depot = Pk { release: vec![slow], ..one_compartment(10.0, 100.0) };
    assert!(off(given(&depot, Way::Vein).0, 500.0) < 1e-9);
    assert!(given(&depot, Way::Usual).0 < 10.0);
    // Without an absorption both ways are one.
    let bolus = one_compartment(10.0, 100.0);
    assert_eq!(given(&bolus, Way::Vein), given(&bolus, Way::Usual));
}

// A steady level by the rate for as long as the infusion lasts, a month or a year, and nothing soon after.
#[test]
fn infusions_of_any_length_end_when_they_should() {
    let infused = |hours: f64| Pk { infusion_h: Some(number(hours, 0.0)), ..one_compartment(10.0, 100.0) };
    let last = |hours: f64, days: u32| {
        let mut course = typical(&infused(hours));
        let all = treat(&mut course, days, |day| if day == 0 { vec![(0.0, 100.0)] } else { Vec::new() });
        all[days as usize - 1].parent.average
    };
    let at_rate = |hours: f64| 100.0 / hours / 10.0 * 1000.0;
    assert!(off(last(8784.0, 366), at_rate(8784.0)) < 1e-6);
    assert!(last(8784.0, 380) < 1e-9 * at_rate(8784.0));
    assert!(off(last(876.0, 36), at_rate(876.0)) < 1e-6);
    let beyond = PkIndividual::typical(&infused(7e7), 70.0).unwrap_err();
    assert!(matches!(beyond, PkError::Parameter { value, .. } if value == 7e7), "{beyond}");
    // A patient's own may be longer than any that a file may give, and still does not wrap around.
    let mut pk = infused(8784.0);
    pk.infusion_h = Some(number(8784.0, 10.0));
    for patient in 0..40 {
        let own = PkIndividual::sampled(&pk, 70.0, 3, patient, 7).unwrap();
        let hours = own.parameters().unwrap().infusion_h.as_ref().unwrap().value;
        let mut course = DrugCourse::new(own);
        let days = treat(&mut course, 30, |day| if day == 0 { vec![(0.0, 100.0)] } else { Vec::new() });
        if hours > 31.0 * 24.0 {
            assert!(off(days[29].parent.average, at_rate(hours)) < 1e-3, "{hours}");
        }
    }
}
