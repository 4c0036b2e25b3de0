//! What depends on what, and what does not.

use super::super::draws::{CohortDraw, of_slot};
use super::super::{CohortReport, CohortSpec, ParameterChange};
use super::{MANY, SEED, assert_share, bound, cohort, column, distance, many, normal};
use crate::biology::patient::{Distribution, PatientParameter};
use crate::tissue::random::StreamKey;

/// The quantities that growth follows.
const MUTATIONS: [PatientParameter; 2] = [PatientParameter::Men1, PatientParameter::DaxxAtrx];

/// Correlation over its bound, of numbers of variance 1 at most whose product is at most `most`.
fn correlation(x: &[f64], y: &[f64], most: f64) -> f64 {
    let n = x.len() as f64;
    let sum: f64 = x.iter().zip(y).map(|(a, b)| a * b).sum();
    (sum / n).abs() / bound(n, 1.0, most)
}

#[test]
fn random_numbers_of_quantities_and_patients_are_independent() {
    let others = [
        (CohortDraw::Organs, 0),
        (CohortDraw::Second, 0),
        (CohortDraw::Second, 1),
        (CohortDraw::Size, 0),
        (CohortDraw::Size, 3),
    ];
    let slots = (1..=PatientParameter::ALL.len() as u32).map(|slot| (slot, 0));
    let keys: Vec<(u32, u32)> = slots.chain(others.map(|(draw, index)| (draw as u32, index))).collect();
    let n = 8000;
    let of = |(slot, index), patient| {
        (of_slot(StreamKey { seed: SEED, patient }, slot, index) - 0.5) * 12f64.sqrt()
    };
    let columns: Vec<Vec<f64>> =
        keys.iter().map(|key| (0..=n).map(|patient| of(*key, patient)).collect()).collect();
    let n = n as usize;
    for (i, x) in columns.iter().enumerate() {
        // The next patient, and every other quantity.
        assert!(correlation(&x[..n], &x[1..], 3.0) < 1.0, "{i} between patients");
        for (j, y) in columns[..i].iter().enumerate() {
            assert!(correlation(&x[..n], &y[..n], 3.0) < 1.0, "{i} {j}");
        }
    }
}

/// Ranks with mean 0 and variance 1, equal ones with their mean rank; and the largest of them.
fn ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let below = |x: f64| sorted.partition_point(|y| *y < x) as f64;
    let upto = |x: f64| sorted.partition_point(|y| *y <= x) as f64;
    let centred: Vec<f64> = values.iter().map(|x| (below(*x) + upto(*x) - n) / n).collect();
    let sd = (centred.iter().map(|x| x * x).sum::<f64>() / n).sqrt();
    let scaled: Vec<f64> = centred.iter().map(|x| x / sd).collect();
    let most = scaled.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    (scaled, most)
}

// The same of the patients themselves: no two quantities share a number, and none depends on another that is not said to.
// (Means and variances of ranks are their own, which changes a correlation by no more than its square.)
#[test]
fn quantities_of_patients_are_independent() {
    let cohort = cohort(CohortSpec::new(1, SEED));
    let drawn = |patient| cohort.draw(StreamKey { seed: SEED, patient }).values;
    let patients: Vec<[f64; PatientParameter::ALL.len()]> = (0..12_000).map(drawn).collect();
    // The same for all unless a cohort says otherwise.
    let same =
        [PatientParameter::FrbFraction, PatientParameter::AnalogueRefractory, PatientParameter::Progressing];
    let varied = PatientParameter::ALL.into_iter().filter(|q| !same.contains(q));
    let columns: Vec<_> = varied
        .map(|q| (q, ranks(&patients.iter().map(|values| values[q.index()]).collect::<Vec<f64>>())))
        .collect();
    for (i, (first, (x, most))) in columns.iter().enumerate() {
        for (second, (y, other)) in &columns[..i] {
            let follows = *second == PatientParameter::Growth && MUTATIONS.contains(first);
            let ratio = correlation(x, y, most * other);
            assert!(follows || ratio < 1.0, "{} and {}: {ratio}", first.name(), second.name());
        }
    }
}

// Row 4 and ruling 22: b = 0.025·(r/0.0035)^0.9 within 0.003 to 0.12, but never below r/(1 − κ); d0 = b(1 − κ) − r.
#[test]
fn birth_and_death_follow_growth() {
    for patient in many() {
        let (r, kappa, t) = (patient.data.growth, patient.data.coupled_loss, patient.turnover);
        let clipped = (0.025 * (r / 0.0035).powf(0.9)).clamp(0.003, 0.12);
        let floor = r / (1.0 - kappa);
        assert!((t.birth / clipped.max(floor) - 1.0).abs() < 1e-12);
        assert!(t.death >= 0.0 && (t.birth * (1.0 - kappa) - t.death - r).abs() < 1e-15);
        assert_eq!(t.floored, clipped <= floor);
    }
}

// Given κ and the mutations, the floor holds from some r on: from 0.12·(1 − κ), where birth is clipped, or before, from
// 0.0035·((1 − κ)·0.025/0.0035)^10, if κ is above 0.83.
#[test]
fn the_floored_share_is_that_of_the_laws() {
    let both = 0.44 * 0.43;
    let chance = |patient: &super::VirtualPatient| {
        let rest = 1.0 - patient.data.coupled_loss;
        let from = (0.12 * rest).min(0.0035 * (rest * 0.025 / 0.0035).powi(10));
        let mutated = f64::from(u8::from(patient.data.men1 && patient.data.daxx_atrx));
        let median = 0.0035 * 0.8f64.powf(mutated - both);
        normal(-(from / median).ln() / 1.32)
    };
    let expected = column(chance).iter().sum::<f64>() / f64::from(MANY);
    let report = CohortReport::of(many());
    assert_share(report.floored as usize, MANY as usize, expected, "floored");
    assert!((0.12..0.18).contains(&expected), "{expected}");
    assert_eq!(report.patients, MANY);
    assert_eq!(cohort(CohortSpec::new(300, SEED)).report(), CohortReport::of(&many()[..300]));
}

// Row 3: the index is 100·2 d·b, times noise of log-SD 0.4 that has nothing to do with it. Where births are below 0.1 /d
// hardly any index is cut off at 100 %.
#[test]
fn ki67_follows_birth_with_noise() {
    let slow: Vec<_> = many().iter().filter(|p| p.turnover.birth < 0.1).collect();
    assert!(slow.len() * 10 > many().len() * 8);
    let noise: Vec<f64> = slow.iter().map(|p| (p.ki67 / (200.0 * p.turnover.birth)).ln() / 0.4).collect();
    assert!(distance(&noise, normal) < 1.0);
    let share = |z: f64| (normal(z) - 0.5) * 12f64.sqrt();
    let growth: Vec<f64> = slow.iter().map(|p| share((p.data.growth / 0.0035).ln() / 1.32)).collect();
    let own: Vec<f64> = noise.iter().map(|z| share(*z)).collect();
    let index: Vec<f64> = slow.iter().map(|p| share((p.ki67 / 5.0).ln() / 1.26)).collect();
    assert!(correlation(&growth, &own, 3.0) < 1.0);
    assert!(correlation(&growth, &index, 3.0) > 10.0);
    assert!(many().iter().all(|p| p.ki67 <= 100.0));
}

// Row 39, as a ratio of the same patients with and without the factor: exact, not statistical.
#[test]
fn mutations_of_prognosis_slow_growth() {
    let without = cohort(CohortSpec { prognostic_factor: 1.0, ..CohortSpec::new(1, SEED) });
    let p = 0.44 * 0.43;
    let mut seen = [0; 2];
    for patient in &many()[..2000] {
        let both = patient.data.men1 && patient.data.daxx_atrx;
        let ratio = patient.data.growth / without.patient(patient.id).data.growth;
        let expected = 0.8f64.powf(f64::from(u8::from(both)) - p);
        assert!((ratio / expected - 1.0).abs() < 1e-12);
        seen[usize::from(both)] += 1;
    }
    assert!(seen.iter().all(|n| *n > 100), "{seen:?}");
    let logs: Vec<f64> = column(|p| p.data.growth.ln());
    let mean = |both: bool| {
        let of = many().iter().zip(&logs).filter(|(p, _)| (p.data.men1 && p.data.daxx_atrx) == both);
        let own: Vec<f64> = of.map(|(_, x)| *x).collect();
        own.iter().sum::<f64>() / own.len() as f64
    };
    // Six standard errors: 1.32·√(1/7500 + 1/32500) = 0.017.
    assert!((mean(true) - mean(false) - 0.8f64.ln()).abs() < 0.1);
}

// A fixed growth is meant for all.
#[test]
fn a_fixed_growth_is_fixed() {
    let cohort = cohort(CohortSpec::new(50, SEED).with("growth", ParameterChange::Fixed(0.01)));
    assert!(cohort.patients().all(|p| p.data.growth == 0.01));
}

#[test]
fn starting_states_make_a_whole_and_have_the_clonal_changes() {
    for patient in many() {
        let sum: f64 = patient.start.iter().map(|s| s.fraction).sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert!(patient.start.iter().all(|s| patient.clonal.iter().all(|own| s.levels.contains(own))));
        assert_eq!(patient.start[0].levels, patient.clonal);
        let rtk: f64 =
            patient.start.iter().filter(|s| s.levels.contains(&("rtk", 1))).map(|s| s.fraction).sum();
        assert!((rtk - patient.data.rtk_fraction).abs() < 1e-12);
    }
    let two = many().iter().filter(|p| p.clonal.len() > 1).count();
    assert!(two > 0, "some have two clonal changes");
}

#[test]
fn lesions_sum_to_the_baseline() {
    for patient in many() {
        let sum: f64 = patient.lesions.iter().map(|l| l.diameter_mm).sum();
        assert!((sum / patient.diameter_sum_mm - 1.0).abs() < 1e-13);
        assert!((1..=3).contains(&patient.organs()));
    }
}

#[test]
fn patients_stay_when_the_cohort_grows() {
    let (few, more) = (cohort(CohortSpec::new(7, SEED)), cohort(CohortSpec::new(90, SEED)));
    let few: Vec<_> = few.patients().collect();
    assert_eq!(few, more.patients().take(7).collect::<Vec<_>>());
    assert_eq!(few, many()[..7]);
    assert_eq!(more.patient(6), few[6]);
    assert_ne!(cohort(CohortSpec::new(1, SEED + 1)).patient(0), few[0]);
}

// Another distribution of one quantity leaves all other numbers of every patient as they are; only growth knows the mutations of
// prognosis. Neither do lesions, pharmacokinetics or the population matter.
#[test]
fn quantities_stay_when_other_laws_change() {
    let base = cohort(CohortSpec::new(1, SEED));
    for changed in PatientParameter::ALL.into_iter() {
        let value = match changed {
            PatientParameter::WeightKg | PatientParameter::Age => 90.0,
            PatientParameter::RtkFraction | PatientParameter::CoupledLoss => 0.5,
            _ => 1.0,
        };
        let other = cohort(CohortSpec::new(1, SEED).with(changed.name(), ParameterChange::Fixed(value)));
        for patient in 0..40 {
            let keyed = StreamKey { seed: SEED, patient };
            let (before, after) = (base.draw(keyed).values, other.draw(keyed).values);
            assert_eq!(after[changed.index()], value);
            for quantity in PatientParameter::ALL.into_iter().filter(|q| *q != changed) {
                let follows = quantity == PatientParameter::Growth && MUTATIONS.contains(&changed);
                let (a, b) = (before[quantity.index()], after[quantity.index()]);
                assert!(follows || a == b, "{} by {}", quantity.name(), changed.name());
            }
        }
    }
}

#[test]
fn another_spread_keeps_the_order_of_patients() {
    let wide = cohort(CohortSpec::new(1, SEED).with("gamma", ParameterChange::Spread(0.8)));
    let often = cohort(CohortSpec::new(1, SEED).with("men1", ParameterChange::Spread(0.6)));
    let slow = cohort(CohortSpec { population: "sun-1111".into(), ..CohortSpec::new(1, SEED) });
    for patient in &many()[..500] {
        let (id, data) = (patient.id, &patient.data);
        assert!((wide.patient(id).data.gamma.ln() - 2.0 * data.gamma.ln()).abs() < 1e-12);
        assert!(!data.men1 || often.patient(id).data.men1);
        assert!((slow.patient(id).data.growth / data.growth * 1.4 - 1.0).abs() < 1e-12);
    }
}

#[test]
fn the_sum_of_diameters_changes_no_other_draw_of_lesions() {
    let larger = cohort(CohortSpec::new(1, SEED).with("diameter_sum", ParameterChange::Typical(220.0)));
    let mut same = 0;
    for patient in many()[..500].iter().filter(|p| p.diameter_sum_mm > 50.0) {
        let other = larger.patient(patient.id);
        assert_eq!(other.lesions.len(), patient.lesions.len());
        let organs = |p: &super::VirtualPatient| p.lesions.iter().map(|l| l.organ).collect::<Vec<_>>();
        assert_eq!(organs(&other), organs(patient));
        same += 1;
    }
    assert!(same > 300);
}

#[test]
fn laws_can_be_read_back() {
    let spec = CohortSpec { population: "radiant-4".into(), ..CohortSpec::new(1, 1) };
    let cohort = cohort(spec.clone().with("sstr", ParameterChange::Fixed(1.0)));
    let changed: Vec<_> = cohort.distributions().iter().filter(|d| d.changed).collect();
    assert_eq!(changed.len(), 2);
    assert_eq!((changed[0].quantity, changed[0].typical), ("growth", 0.0045));
    assert_eq!((changed[1].quantity, changed[1].distribution), ("sstr", Distribution::Fixed));
    assert_eq!(cohort.spec().population, "radiant-4");
}
