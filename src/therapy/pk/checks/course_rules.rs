//! What a course accepts and refuses, and that nothing but its doses enters a result.

use super::support::{
    everolimus, number, octreotide, one_compartment, sorafenib, sunitinib, swallowed, treat, typical,
};
use crate::catalogue::{Correlation, Pk};
use crate::therapy::pk::{DrugCourse, PkError, PkIndividual, drug_key};

#[test]
fn doses_are_for_the_current_day() {
    let mut course = typical(&everolimus());
    course.advance_day();
    assert_eq!(course.give(0, 0.0, 10.0), Err(PkError::Day { day: 0, current: 1 }));
    assert_eq!(course.give(1, 24.0, 10.0), Err(PkError::Hour { hour: 24.0 }));
    assert_eq!(course.give(1, -0.1, 10.0), Err(PkError::Hour { hour: -0.1 }));
    assert!(matches!(course.give(1, f64::NAN, 10.0), Err(PkError::Hour { .. })));
    assert_eq!(course.give(1, 0.0, -1.0), Err(PkError::Amount { amount: -1.0 }));
    assert!(matches!(course.give(1, 0.0, f64::INFINITY), Err(PkError::Amount { .. })));
    assert_eq!(course.give(1, 23.999, 10.0), Ok(()));
}

#[test]
fn the_order_of_calls_within_a_day_does_not_matter() {
    let run = |doses: &[(f64, f64)]| {
        let mut course = typical(&sunitinib());
        treat(&mut course, 3, |_| doses.to_vec())
    };
    assert_eq!(run(&[(2.0, 10.0), (14.0, 25.0)]), run(&[(14.0, 25.0), (2.0, 10.0)]));
}

// A look at a concentration must not change what comes after: bits are compared.
#[test]
fn looking_changes_nothing() {
    let key = drug_key("everolimus");
    let individual = PkIndividual::sampled(&everolimus(), 82.0, 3, 5, key).unwrap();
    let (mut seen, mut blind) = (DrugCourse::new(individual.clone()), DrugCourse::new(individual));
    for day in 0..10 {
        for course in [&mut seen, &mut blind] {
            course.give(day, 7.5, 10.0).unwrap();
        }
        for i in 0..30 {
            let _ = seen.concentration(f64::from(i) * 0.77);
        }
        assert_eq!(seen.advance_day(), blind.advance_day());
    }
}

#[test]
fn a_patient_is_a_function_of_its_keys() {
    let key = drug_key("everolimus");
    let values = |seed, patient, key| {
        let individual = PkIndividual::sampled(&everolimus(), 70.0, seed, patient, key).unwrap();
        (individual.parameters().unwrap().clearance.value, individual.bioavailability(17))
    };
    let base = values(1, 2, key);
    assert_eq!(base, values(1, 2, key));
    for other in [values(2, 2, key), values(1, 3, key), values(1, 2, key + 1)] {
        assert!(other.0 != base.0 && other.1 != base.1);
    }
    let individual = PkIndividual::sampled(&everolimus(), 70.0, 1, 2, key).unwrap();
    assert_ne!(individual.bioavailability(17), individual.bioavailability(18));
    assert_eq!(PkIndividual::typical(&everolimus(), 70.0).unwrap().bioavailability(17), 1.0);
}

// Between occasions F varies by 19.2 %: the bioavailability of many days.
#[test]
fn occasions_vary_as_published() {
    let individual = PkIndividual::sampled(&everolimus(), 70.0, 1, 2, 3).unwrap();
    let logs: Vec<f64> = (0..4000).map(|day| individual.bioavailability(day).ln()).collect();
    let sd = (logs.iter().map(|l| l * l).sum::<f64>() / 4000.0).sqrt();
    let expected = (1.0f64 + 0.192 * 0.192).ln().sqrt();
    assert!((sd / expected - 1.0).abs() < 5.0 / 8000f64.sqrt(), "{sd}");
}

#[test]
fn exposure_is_proportional_to_dose_and_never_negative() {
    for pk in [everolimus(), sunitinib(), sorafenib(), octreotide()] {
        for patient in 0..10 {
            let individual = PkIndividual::sampled(&pk, 60.0, 9, patient, 4).unwrap();
            let run = |mg: f64| {
                let on = move |day: u32| if day % 3 == 1 { vec![(5.0, mg)] } else { Vec::new() };
                treat(&mut DrugCourse::new(individual.clone()), 40, on)
            };
            for (one, two) in run(8.0).iter().zip(run(16.0)) {
                let (a, b) = (one.parent, two.parent);
                assert!(a.average >= 0.0 && a.trough >= 0.0 && a.peak >= a.trough && a.peak >= a.average);
                assert_eq!((2.0 * a.average, 2.0 * a.peak, 2.0 * a.trough), (b.average, b.peak, b.trough));
            }
        }
    }
}

// Years after the last dose nothing is left, and nothing is slow or strange.
#[test]
fn long_washouts_end_at_zero() {
    let mut course = typical(&swallowed(1.0, 20.0, 30.0));
    course.give(0, 0.0, 100.0).unwrap();
    let days = treat(&mut course, 400, |_| Vec::new());
    assert_eq!(days[399].parent.average, 0.0);
}

fn refused(change: impl FnOnce(&mut Pk)) -> String {
    let mut pk = sunitinib();
    change(&mut pk);
    PkIndividual::typical(&pk, 70.0).unwrap_err().to_string()
}

#[test]
fn wrong_parameters_are_named() {
    let text = refused(|pk| pk.clearance.value = 0.0);
    assert_eq!(text, "use clearance = 0: expected a number above 0");
    let text = refused(|pk| pk.metabolite.as_mut().unwrap().volume.value = f64::NAN);
    assert_eq!(text, "use metabolite.volume = NaN: expected a number above 0");
    let text = refused(|pk| pk.metabolite.as_mut().unwrap().fraction.value = 1.2);
    assert_eq!(text, "use metabolite.fraction = 1.2: expected a number from 0 to 1");
    let text = refused(|pk| pk.volume.cv = -0.1);
    assert_eq!(text, "use volume.cv = -0.1: expected a number, 0 or more");
    let text = refused(|pk| pk.volume.value = 1e-9);
    assert!(text.starts_with("use clearance over volume: it makes a rate of"), "{text}");
    let text = refused(|pk| pk.absorption = None);
    assert_eq!(text, "use hepatic_flow: it needs an oral absorption without release");
    let text = refused(|pk| pk.infusion_h = Some(number(1.0, 0.0)));
    assert_eq!(text, "use absorption together with infusion: a dose is either absorbed or infused");
    let text = refused(|pk| pk.absorption.as_mut().unwrap().transit = 3);
    assert_eq!(text, "use absorption.transit: it needs absorption.transit_time");
    assert_eq!(PkIndividual::typical(&sunitinib(), -3.0).unwrap_err(), PkError::Weight { value: -3.0 });
}

#[test]
fn wrong_depots_are_named() {
    let change = |edit: fn(&mut Pk)| {
        let mut pk = octreotide();
        edit(&mut pk);
        PkIndividual::typical(&pk, 70.0).unwrap_err().to_string()
    };
    let text = change(|pk| pk.release[3].fraction.value = 0.3);
    assert!(text.starts_with("use release[*].fraction (their sum) = 0.5"), "{text}");
    let text = change(|pk| pk.release[2].mean_time.value = 50.0);
    assert_eq!(text, "use release[3].mean_time = 50: expected at least that of the share before it");
    let text = change(|pk| pk.release[0].mean_time.value = 5.0);
    assert_eq!(
        text,
        "use release[1].mean_time = 5: expected 0, since a share without compartments is a burst"
    );
}

#[test]
fn nothing_comes_back_for_ever() {
    let mut pk = sorafenib();
    pk.recirculation.as_mut().unwrap().fraction.value = 1.0;
    let text = PkIndividual::typical(&pk, 70.0).unwrap_err().to_string();
    assert!(text.contains("nothing is ever eliminated"), "{text}");
}

#[test]
fn correlations_of_what_does_not_vary_are_refused() {
    let mut pk = one_compartment(1.0, 1.0);
    pk.correlations = vec![Correlation { first: "clearance".into(), second: "volume".into(), value: 0.5 }];
    let error = PkIndividual::sampled(&pk, 70.0, 1, 1, 1).unwrap_err();
    assert_eq!(error, PkError::Uncorrelated { path: "clearance".into() });
}

// The peak is that of all minutes, also where rates vary widely between patients.
#[test]
fn peaks_are_those_of_all_minutes() {
    for pk in [everolimus(), sunitinib(), sorafenib(), octreotide()] {
        for patient in 0..12 {
            let mut course = DrugCourse::new(PkIndividual::sampled(&pk, 70.0, 5, patient, 6).unwrap());
            for (hour, mg) in [(6.1, 10.0), (9.5, 25.0)] {
                course.give(0, hour, mg).unwrap();
            }
            let every_minute =
                (0..=1440).map(|m| course.concentration(f64::from(m) / 60.0).parent).fold(0.0, f64::max);
            let peak = course.advance_day().parent.peak;
            assert!((peak / every_minute - 1.0).abs() < 1e-9, "{peak} {every_minute}");
        }
    }
}

// Frozen: what a patient of a published run was exposed to. Another platform, compiler or number of threads that
// changes these bits breaks the contract (fused multiply-adds would). A change on purpose breaks reproducibility.
#[test]
fn bits_are_frozen() {
    let bits = |pk: &Pk, name: &str, every: u32| {
        let individual = PkIndividual::sampled(pk, 82.5, 77, 9, drug_key(name)).unwrap();
        let individual = individual.with_molar_mass(Some(400.0)).unwrap();
        let doses = |day: u32| if day.is_multiple_of(every) { vec![(8.25, 30.0)] } else { Vec::new() };
        let day = treat(&mut DrugCourse::new(individual), 60, doses)[59];
        let metabolite = day.metabolite.unwrap_or_default().average;
        [day.parent.average, day.parent.peak, metabolite, day.site_parent_nm].map(f64::to_bits)
    };
    let mut slow = everolimus();
    slow.residence_h = Some(number(60.0, 0.3));
    let seen = [
        bits(&slow, "everolimus", 1),
        bits(&sunitinib(), "sunitinib", 1),
        bits(&octreotide(), "octreotide LAR", 28),
        bits(&sorafenib(), "sorafenib", 1),
    ];
    assert_eq!(seen, FROZEN, "{seen:#x?}");
}

/// Average, peak, the metabolite's average and the site of the last of 60 days.
const FROZEN: [[u64; 4]; 4] = [
    [0x4041_193f_cd39_4e7b, 0x4063_6692_3107_b5b8, 0x0000_0000_0000_0000, 0x4013_3945_e7e7_1648],
    [0x4044_d722_dc0d_af8a, 0x4045_f665_6b99_7518, 0x402b_1e62_957f_4262, 0x4014_d722_dc0d_af8a],
    [0x4000_4b3d_0c26_c5b0, 0x4000_a404_68f2_c745, 0x0000_0000_0000_0000, 0x4014_5e0c_4f30_771c],
    [0x4071_1e8f_8466_e233, 0x4075_8597_b58f_c507, 0x0000_0000_0000_0000, 0x4085_6633_6580_9abf],
];
