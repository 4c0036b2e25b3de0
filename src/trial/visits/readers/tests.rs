//! Readers and their errors.

use std::sync::Arc;

use super::*;
use crate::scenario::{Assessment, Estimand, ScanReader};
use crate::therapy::response::Category;
use crate::tissue::random::StreamKey;
use crate::trial::visits::tests::assessment;
use crate::trial::visits::{Chart, Scan, TrialView};

fn follow(patient: u32, assessment: Assessment) -> FollowUp {
    let (reader, estimand) = (ScanReader::Investigator, Estimand::TreatmentPolicy);
    FollowUp {
        key: StreamKey { seed: 4, patient },
        assessment: Arc::new(assessment),
        diameters_mm: vec![60.0, 40.0],
        end: 1000,
        entry: 0,
        withdraws: None,
        view: TrialView { reader, cutoff: None, confirmation: 0, estimand },
        line_drugs: Arc::default(),
        growth: 0.0,
        age_years: 58.0,
        sex: crate::scenario::Sex::Male,
        cga_per_cell: 1.0,
        marks: Arc::default(),
    }
}

const MANY: u32 = 20_000;

/// SD of a quantity over patients, each of whom has another draw.
fn spread(assessment: &Assessment, of: impl Fn(&FollowUp) -> f64) -> f64 {
    let all: Vec<f64> = (0..MANY).map(|patient| of(&follow(patient, assessment.clone()))).collect();
    let mean = all.iter().sum::<f64>() / f64::from(MANY);
    libm::sqrt(all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(MANY))
}

// The SD of a sum of squares is known to 1/√2n; five standard errors.
#[track_caller]
fn close(found: f64, expected: f64) {
    let error = 5.0 * expected / (2.0 * f64::from(MANY)).sqrt();
    assert!((found - expected).abs() < error, "{found} for {expected}");
}

// What the limits of agreement are of: one reader's reading against the same reader's, and against another one's.
#[test]
fn errors_within_and_between_readers_are_those_of_the_keys() {
    let of = Assessment { within: 0.041, between: 0.057, ..assessment() };
    let total = libm::sqrt(0.041 * 0.041 + 0.057 * 0.057);
    let ln = |follow: &FollowUp, reader: usize, scan: u32| libm::log(follow.readings(100.0, scan)[reader]);
    close(spread(&of, |f| ln(f, 0, 3)), total);
    close(spread(&of, |f| ln(f, 1, 3)), total);
    close(spread(&of, |f| ln(f, 0, 3) - ln(f, 1, 3)), total * f64::sqrt(2.0));
    // A change from baseline does not hold what is constant for a reader.
    let renewed = libm::sqrt(0.041 * 0.041 + 0.057 * 0.057 * 2.0 / 3.0);
    close(spread(&of, |f| ln(f, 1, 3) - ln(f, 1, 0)), renewed * f64::sqrt(2.0));
}

// A committee chooses one of two readings, whole: the adjudicated one is the investigator's or the central reader's at every scan,
// and the one that lies nearer to the expert's.
#[test]
fn the_adjudicated_reading_is_that_of_the_two_nearer_to_the_expert() {
    let mut local = 0;
    for patient in 0..400 {
        let follow = follow(patient, Assessment { within: 0.05, ..assessment() });
        let mut chart = Chart::new(follow.clone(), 1);
        let scan = |number: u32| Scan {
            day: 84 * number,
            line: 0,
            readings: read(&follow, &mut NewLesions::default(), 100.0, number),
            change: None,
            category: Category::StableDisease,
        };
        chart.scans = (1..5).map(scan).collect();
        let baselines = follow.measured_baselines_mm();
        let logs = |person: usize| -> Vec<f64> {
            chart.scans.iter().map(|s| libm::log(s.readings[person].sum_mm / baselines[person])).collect()
        };
        let expert = logs(2);
        let apart = [0, 1].map(|who| logs(who).iter().zip(&expert).map(|(a, b)| (a - b).abs()).sum::<f64>());
        let chosen = chart.person(ScanReader::Adjudicated, 1000);
        assert_eq!(chosen, usize::from(apart[1] < apart[0]));
        assert_eq!([ScanReader::Investigator, ScanReader::Central].map(|r| chart.person(r, 1000)), [0, 1]);
        assert_eq!(chart.person(ScanReader::Adjudicated, 83), 0, "nothing has been read yet");
        local += usize::from(chosen == 0);
    }
    // Neither errs more: half of the patients, within five standard errors.
    assert!((150..=250).contains(&local), "{local}");
}

#[test]
fn gross_errors_are_as_frequent_as_the_key_says_and_large() {
    let of = Assessment { gross_error: 0.03, ..assessment() };
    let all: Vec<f64> = (0..MANY)
        .map(|patient| libm::log(follow(patient, of.clone()).readings(100.0, 1)[0] / 100.0))
        .collect();
    let gross: Vec<f64> = all.into_iter().filter(|error| error.abs() > 1e-9).collect();
    let share = gross.len() as f64 / f64::from(MANY);
    assert!((share - 0.03).abs() < 5.0 * (0.03 * 0.97 / f64::from(MANY)).sqrt(), "{share}");
    let sd = libm::sqrt(gross.iter().map(|x| x * x).sum::<f64>() / gross.len() as f64);
    assert!((sd - 0.2).abs() < 5.0 * 0.2 / (2.0 * gross.len() as f64).sqrt(), "{sd}");
}

// RECIST 1.1: what is there but too small counts as 5 mm; what cannot be seen is gone.
#[test]
fn small_lesions_count_as_five_millimetres_until_they_cannot_be_seen() {
    let follow = follow(0, assessment());
    let cube = |mm: f64, of: f64| (mm / of) * (mm / of) * (mm / of);
    let sum = |first: f64, second: f64| follow.sum_mm(&[cube(first, 60.0), cube(second, 40.0)]);
    for (first, second, expected) in
        [(60.0, 40.0, 100.0), (10.0, 4.0, 15.0), (10.0, 2.1, 15.0), (10.0, 1.9, 10.0), (0.0, 0.0, 0.0)]
    {
        assert!((sum(first, second) - expected).abs() < 1e-9, "{first} {second}: {}", sum(first, second));
    }
}

#[test]
fn an_overlooked_lesion_is_found_later_by_each_person() {
    let of = Assessment { overlooked: 0.4, ..assessment() };
    let mut first = [0; 3];
    for patient in 0..4000 {
        let follow = follow(patient, of.clone());
        let mut lesions = NewLesions::default();
        assert_eq!(lesions.find(&follow, 1), [false; 3]);
        lesions.appear();
        let mut found = [None; 3];
        for scan in 2..60 {
            for (person, finds) in lesions.find(&follow, scan).into_iter().enumerate() {
                assert!(!finds || found[person].is_none(), "once");
                found[person] = found[person].or(finds.then_some(scan));
            }
        }
        for (person, found) in found.into_iter().enumerate() {
            first[person] += u32::from(found.unwrap() == 2);
        }
    }
    // Five standard errors.
    for count in first {
        let share = f64::from(count) / 4000.0;
        assert!((share - 0.6).abs() < 5.0 * (0.6 * 0.4 / 4000.0_f64).sqrt(), "{share}");
    }
}

// A patient without errors is read alike by all.
#[test]
fn without_errors_all_people_agree() {
    let follow = follow(1, assessment());
    assert_eq!(follow.readings(87.5, 4), [87.5; 3]);
    assert_eq!(follow.measured_baselines_mm(), [100.0; 3]);
}
