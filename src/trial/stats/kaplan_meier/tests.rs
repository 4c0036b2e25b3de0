use super::super::data::{self, Record, close, expected};
use super::*;

fn curve(subjects: &[Subject]) -> KaplanMeier {
    KaplanMeier::new(subjects).unwrap()
}

fn arm(records: &[Record], group: usize) -> KaplanMeier {
    let subjects: Vec<Subject> = records.iter().filter(|r| r.group == group).map(|r| r.subject).collect();
    curve(&subjects)
}

fn all_arms() -> Vec<(String, KaplanMeier)> {
    let sets = [
        ("gehan", data::gehan(), 2),
        ("aml", data::aml(), 2),
        ("ovarian", data::ovarian(), 2),
        ("visits", data::visits(), 3),
    ];
    let arms = |(name, records, groups): &(&str, Vec<Record>, usize)| -> Vec<(String, KaplanMeier)> {
        (0..*groups).map(|g| (format!("{name}{g}"), arm(records, g))).collect()
    };
    sets.iter().flat_map(arms).collect()
}

#[test]
fn curves_are_those_of_r() {
    for (name, curve) in all_arms() {
        let rows = expected(&format!("{name}.row"));
        assert_eq!(rows.len(), curve.rows.len(), "{name}");
        for (row, r) in curve.rows.iter().zip(rows) {
            let counts = [row.time, row.at_risk as f64, row.events as f64, row.censored as f64];
            assert_eq!(counts, r[..4], "{name}");
            close(row.survival, r[4], 1e-14);
            close(row.interval.map(|i| i.low), r[6], 1e-13);
            close(row.interval.map(|i| i.high), r[7], 1e-13);
        }
    }
}

#[test]
fn quantiles_are_those_of_r() {
    for (name, curve) in all_arms() {
        for r in expected(&format!("{name}.quantile")) {
            let found = curve.crossings(r[0]);
            close(found.estimate.ok(), r[1], 1e-14);
            close(found.low.ok(), r[2], 1e-14);
            close(found.high.ok(), r[3], 1e-14);
        }
    }
}

#[test]
fn restricted_means_are_those_of_r() {
    for (name, curve) in all_arms() {
        for r in expected(&format!("{name}.rmean")) {
            close(curve.area(r[0]), r[1], 1e-13);
        }
    }
}

// Gehan's data are in every textbook: medians 23 and 8 weeks (Kleinbaum and Klein, Survival Analysis, chapter 2).
#[test]
fn published_values_of_gehan() {
    let (placebo, treated) = (arm(&data::gehan(), 0), arm(&data::gehan(), 1));
    assert_eq!((placebo.median().estimate, treated.median().estimate), (Ok(8.0), Ok(23.0)));
    let shares = [
        (6.0, 0.857),
        (7.0, 0.807),
        (10.0, 0.753),
        (13.0, 0.690),
        (16.0, 0.627),
        (22.0, 0.538),
        (23.0, 0.448),
    ];
    for (time, share) in shares {
        close(treated.at(time).survival, share, 5.1e-4);
    }
}

// By hand: five at risk at 2 (one was lost at 1), so S = 4/5, 3/5, 2/5 and 0.
#[test]
fn a_curve_by_hand() {
    let subjects = [(1.0, false), (2.0, true), (3.0, true), (4.0, true), (4.0, false), (5.0, true)];
    let found = curve(&subjects.map(|(time, event)| Subject { time, event }));
    let survival: Vec<f64> = found.rows.iter().map(|r| r.survival).collect();
    for (found, expected) in survival.iter().zip([1.0, 0.8, 0.6, 0.4, 0.0]) {
        close(*found, expected, 1e-15);
    }
    assert_eq!(found.rows[0].interval, None);
    assert_eq!(found.rows[4].interval, None);
    // 2·1 + 0.8 + 0.6 + 0.4·0.5 up to 4.5.
    close(found.area(4.5), 3.6, 1e-15);
    // Beyond the last event, where nobody is left, it is the mean itself.
    close(found.area(100.0), 3.8, 1e-15);
}

#[test]
fn any_time_has_a_value_and_a_number_at_risk() {
    let found =
        curve(&[Subject::event(2.0), Subject::censored(4.0), Subject::event(3.0), Subject::censored(4.0)]);
    let at = |time: f64| {
        let at = found.at(time);
        (at.at_risk, at.survival, at.beyond)
    };
    assert_eq!(at(0.0), (4, 1.0, false));
    assert_eq!(at(2.0), (4, 0.75, false));
    assert_eq!(at(2.5), (3, 0.75, false));
    assert_eq!(at(4.0), (2, 0.5, false));
    assert_eq!(at(4.1), (0, 0.5, true));
    // Never below one half: the middle of the rest, from 3 to 4.
    assert_eq!(found.median().estimate, Ok(3.5));
}

#[test]
fn wrong_input_is_refused() {
    assert_eq!(KaplanMeier::new(&[]), Err(Undefined::NoSubjects));
    assert_eq!(KaplanMeier::new(&[Subject::event(f64::NAN)]), Err(Undefined::BadTime { subject: 0 }));
}

#[test]
fn degenerate_groups_are_defined() {
    // All censored: nothing falls.
    let censored = curve(&[Subject::censored(3.0), Subject::censored(7.0)]);
    assert_eq!(censored.events, 0);
    assert_eq!(censored.at(7.0).survival, 1.0);
    let reason = Undefined::NotReached { share: 0.5, lowest: 1.0, last: 7.0 };
    assert_eq!(censored.median().estimate, Err(reason.clone()));
    assert_eq!(censored.median().low, Err(reason));
    assert_eq!(censored.area(7.0), 7.0);
    // One patient.
    let one = curve(&[Subject::event(4.0)]);
    assert_eq!(one.median().estimate, Ok(4.0));
    assert!(one.median().low.is_err() && one.median().high.is_err());
    assert_eq!(one.area(10.0), 4.0);
    // Everyone at once, also at 0 of either sign.
    let once = curve(&[Subject::event(0.0), Subject::event(-0.0), Subject::event(0.0)]);
    assert_eq!(once.rows.len(), 1);
    assert_eq!((once.at(0.0).survival, once.at(0.0).at_risk, once.median().estimate), (0.0, 3, Ok(0.0)));
    assert_eq!(once.area(5.0), 0.0);
    assert!(!once.at(9.0).beyond);
}

#[test]
fn without_censoring_the_restricted_mean_is_a_mean() {
    let times: Vec<f64> = (0..40).map(|i| f64::from(i * 37 % 101)).collect();
    let found = curve(&times.iter().map(|&t| Subject::event(t)).collect::<Vec<_>>()).area(60.0);
    close(found, times.iter().map(|t| t.min(60.0)).sum::<f64>() / 40.0, 1e-14);
}

// A share of 0 or 1 has no log-log interval, and is not known exactly for that: Clopper and Pearson over those of whom it is known.
#[test]
fn shares_of_all_and_none_have_an_interval() {
    let (all, none) = ([Subject::event(20.0); 10], [Subject::event(5.0); 10]);
    let root = libm::exp(libm::log(0.025) / 10.0);
    let of = |subjects: &[Subject], time| KaplanMeier::new(subjects).unwrap().free_at(time).unwrap();
    let (share, interval) = of(&all, 18.0);
    assert!(share == 1.0 && interval.high == 1.0 && (interval.low - root).abs() < 1e-12, "{interval:?}");
    let (share, interval) = of(&none, 18.0);
    assert!(
        share == 0.0 && interval.low == 0.0 && (interval.high - 1.0 + root).abs() < 1e-12,
        "{interval:?}"
    );
    // Those who were censored before are not known to be free.
    let early = [&all[..], &[Subject::censored(1.0); 90]].concat();
    assert_eq!(of(&early, 18.0), of(&all, 18.0));
    let (share, interval) = of(&[&none[..], &all[..]].concat(), 18.0);
    assert!(share == 0.5 && interval.low > 0.0 && interval.high < 1.0);
    assert!(KaplanMeier::new(&[Subject::censored(5.0); 4]).unwrap().free_at(18.0).is_err());
}

#[test]
fn what_is_known_of_a_median_may_be_open_at_an_end() {
    let of = |subjects: &[Subject]| KaplanMeier::new(subjects).unwrap().median_within();
    let open = [Subject::event(2.0), Subject::event(4.0), Subject::event(8.0), Subject::event(9.0)];
    let twelve: Vec<Subject> = (1..=12).map(|i| Subject::event(f64::from(i))).collect();
    let within = of(&twelve).unwrap();
    assert!(
        within.low > 0.0 && within.low < 6.5 && within.high > 6.5 && within.high.is_finite(),
        "{within:?}"
    );
    let within = of(&[&open[..2], &[Subject::censored(20.0); 2]].concat()).unwrap();
    assert!(within.low.is_finite() && within.high == f64::INFINITY, "{within:?}");
    // So few events that even the lower limit is later than all that was seen.
    let within = of(&[&open[..1], &[Subject::censored(20.0); 60]].concat()).unwrap();
    assert_eq!((within.low, within.high), (f64::INFINITY, f64::INFINITY));
    assert_eq!((of(&[Subject::censored(20.0); 5]), of(&[Subject::event(3.0)])), (None, None));
}
