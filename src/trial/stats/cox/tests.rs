use super::super::data::{self, Record, close, expected, groups, labels, subjects};
use super::*;

const EFRON: CoxOptions = CoxOptions { ties: Ties::Efron, tolerance: 1e-9, iterations: 50 };
const BRESLOW: CoxOptions = CoxOptions { ties: Ties::Breslow, ..EFRON };

fn fit(
    subjects: &[Subject],
    x: &[f64],
    strata: Option<&[usize]>,
    options: CoxOptions,
) -> Result<CoxFit, Undefined> {
    let columns = x.len() / subjects.len().max(1);
    cox(CoxData { subjects, covariates: x, columns, strata }, options)
}

/// Compares with R in every number.
fn compare(name: &str, records: &[Record], x: &[f64], strata: Option<Vec<usize>>) {
    for (ties, options) in [("efron", EFRON), ("breslow", BRESLOW)] {
        let found = fit(&subjects(records), x, strata.as_deref(), options).unwrap();
        let r = &expected(&format!("{name}.{ties}"))[0];
        let columns = found.coefficients.len();
        let wald = found.wald.unwrap();
        close(found.null_log_likelihood, r[0], 1e-13);
        close(found.log_likelihood, r[1], 1e-13);
        close(found.likelihood_ratio.chi_square, r[2], 1e-11);
        close(found.score.chi_square, r[3], 1e-12);
        close(wald.chi_square, r[4], 1e-10);
        close(found.likelihood_ratio.p / r[5], 1.0, 1e-10);
        for (j, coefficient) in found.coefficients.iter().enumerate() {
            let finite = coefficient.finite().unwrap();
            close(finite.coefficient, r[6 + j], 1e-10);
            close(coefficient.hazard_ratio, libm::exp(r[6 + j]), 1e-10);
            close(finite.std_error, r[6 + columns + j], 1e-10);
            close(finite.p, r[6 + 2 * columns + j], 1e-10);
            close(coefficient.interval.low, r[6 + 3 * columns + j], 1e-10);
            close(coefficient.interval.high / r[6 + 4 * columns + j], 1.0, 1e-10);
        }
    }
}

fn arms(records: &[Record]) -> Vec<f64> {
    records.iter().map(|r| r.group as f64).collect()
}

fn with_rest(records: &[Record], columns: &[usize]) -> Vec<f64> {
    records
        .iter()
        .flat_map(|r| std::iter::once(r.group as f64).chain(columns.iter().map(|&c| r.rest[c])))
        .collect()
}

#[test]
fn fits_are_those_of_r() {
    let (gehan, aml, ovarian, visits) = (data::gehan(), data::aml(), data::ovarian(), data::visits());
    compare("gehan", &gehan, &arms(&gehan), None);
    compare("gehan_paired", &gehan, &arms(&gehan), Some(labels(&gehan, 0)));
    compare("aml", &aml, &arms(&aml), None);
    compare("ovarian", &ovarian, &arms(&ovarian), None);
    compare("ovarian_all", &ovarian, &with_rest(&ovarian, &[0, 1, 2]), None);
    compare("ovarian_stratified", &ovarian, &with_rest(&ovarian, &[0]), Some(labels(&ovarian, 1)));
    let dummies = |r: &Record| {
        [f64::from(u8::from(r.group == 1)), f64::from(u8::from(r.group == 2)), r.rest[1], r.rest[2]]
    };
    let x: Vec<f64> = visits.iter().flat_map(dummies).collect();
    compare("visits", &visits, &x, None);
    compare("visits_stratified", &visits, &x, Some(labels(&visits, 0)));
}

// Printed for Gehan's data with treatment 1: Breslow -1.509 (0.410) (Kalbfleisch and Prentice 1980; Kleinbaum and Klein),
// Efron -1.572 (0.412) (Therneau and Grambsch 2000).
#[test]
fn published_values_of_gehan() {
    let records = data::gehan();
    for (options, coefficient, error) in [(BRESLOW, -1.509, 0.410), (EFRON, -1.572, 0.412)] {
        let found =
            fit(&subjects(&records), &arms(&records), None, options).unwrap().first().finite().unwrap();
        close(found.coefficient, coefficient, 5.1e-4);
        close(found.std_error, error, 5.1e-4);
    }
}

/// The log partial likelihood of one covariate, straight from its definition (Efron 1977; Breslow 1974).
fn naive(subjects: &[Subject], x: &[f64], strata: &[usize], beta: f64, ties: Ties) -> f64 {
    let sum = |of: &dyn Fn(usize) -> bool| {
        (0..subjects.len()).filter(|&i| of(i)).map(|i| libm::exp(beta * x[i])).sum::<f64>()
    };
    let first = |i: usize| {
        (0..i).all(|j| !(subjects[j].event && subjects[j].time == subjects[i].time && strata[j] == strata[i]))
    };
    let mut log = 0.0;
    for i in (0..subjects.len()).filter(|&i| subjects[i].event) {
        log += beta * x[i];
        if !first(i) {
            continue;
        }
        let same =
            |j: usize| subjects[j].event && subjects[j].time == subjects[i].time && strata[j] == strata[i];
        let risk = sum(&|j| subjects[j].time >= subjects[i].time && strata[j] == strata[i]);
        let (tied, events) = (sum(&same), (0..subjects.len()).filter(|&j| same(j)).count());
        for k in 0..events {
            let share = if ties == Ties::Efron { k as f64 / events as f64 } else { 0.0 };
            log -= libm::log(risk - share * tied);
        }
    }
    log
}

/// Place of the largest value, by golden sections.
fn golden(of: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let ratio = 0.5 * (libm::sqrt(5.0) - 1.0);
    while high - low > 1e-9 {
        let (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
        if of(a) < of(b) { low = a } else { high = b }
    }
    0.5 * (low + high)
}

/// Small random data with ties: subjects, covariate, strata.
fn random(key: u32) -> (Vec<Subject>, Vec<f64>, Vec<usize>) {
    let words = |i: u32| crate::tissue::random::philox([i, key, 0, 0], [5, 7]);
    let count = 6 + key % 9;
    let subject = |i| Subject { time: f64::from(words(i)[0] % 6), event: words(i)[1] % 3 > 0 };
    let x = (0..count).map(|i| f64::from(words(i)[2] % 5) - 1.5).collect();
    (
        (0..count).map(subject).collect(),
        x,
        (0..count).map(|i| (words(i)[3] % (1 + key % 3)) as usize).collect(),
    )
}

// The likelihood, its maximum and its curvature, against the definition on 200 small data sets with ties and strata.
#[test]
fn fits_maximise_the_naive_likelihood() {
    let mut finite = 0;
    for key in 0..200 {
        let (subjects, x, strata) = random(key);
        for options in [EFRON, BRESLOW] {
            let Ok(found) = fit(&subjects, &x, Some(&strata), options) else { continue };
            let log = |beta: f64| naive(&subjects, &x, &strata, beta, options.ties);
            close(found.null_log_likelihood, log(0.0), 1e-13);
            let Some(coefficient) = found.first().finite() else {
                // For ever upwards, and never above the supremum.
                let sign = if found.first().hazard_ratio > 0.0 { 1.0 } else { -1.0 };
                let rising: Vec<f64> = (-3..12).map(|b| log(sign * f64::from(b))).collect();
                assert!(rising.windows(2).all(|w| w[0] <= w[1] + 1e-12), "{rising:?}");
                close(log(sign * 30.0), found.log_likelihood, 1e-10);
                continue;
            };
            finite += 1;
            let beta = coefficient.coefficient;
            close(found.log_likelihood, log(beta), 1e-12);
            // A maximum is flat: golden sections find its place to the root of the precision only.
            close(golden(log, beta - 1.0, beta + 1.0), beta, 1e-6);
            // Five-point differences of the definition: slope 0 and curvature 1/se².
            let h = 3e-3;
            let slope = (log(beta - 2.0 * h) - 8.0 * log(beta - h) + 8.0 * log(beta + h)
                - log(beta + 2.0 * h))
                / (12.0 * h);
            close(slope, 0.0, 1e-8);
            let bend = (-log(beta - 2.0 * h) + 16.0 * log(beta - h) - 30.0 * log(beta)
                + 16.0 * log(beta + h)
                - log(beta + 2.0 * h))
                / (12.0 * h * h);
            close(-bend * coefficient.std_error * coefficient.std_error, 1.0, 1e-5);
        }
    }
    assert!(finite > 200, "{finite}");
}

// Cox's score test of groups without ties is the log-rank test.
#[test]
fn without_ties_the_score_test_is_the_log_rank_test() {
    let mut records = data::visits();
    records.iter_mut().enumerate().for_each(|(i, r)| r.subject.time += i as f64 * 1e-3);
    let x: Vec<f64> =
        records.iter().flat_map(|r| [1, 2].map(|g| f64::from(u8::from(r.group == g)))).collect();
    let strata = labels(&records, 0);
    let fit = fit(&subjects(&records), &x, Some(&strata), EFRON).unwrap();
    let test = super::super::log_rank(&subjects(&records), &groups(&records), Some(&strata)).unwrap().test;
    close(fit.score.chi_square, test.chi_square, 1e-11);
    assert_eq!(fit.score.df, test.df);
}

// Two arms, no ties, no events in the second. The likelihood of coefficient b at each event is 1/(n0 + n1 e^b), so that all is
// known in closed form: here risk sets (3, 3), (2, 3), (1, 3).
#[test]
fn no_event_in_one_arm_has_a_bound() {
    let subjects = [1.0, 2.0, 3.0].map(Subject::event).into_iter().chain([9.0; 3].map(Subject::censored));
    let subjects: Vec<Subject> = subjects.collect();
    let log = |b: f64| -[3.0, 2.0, 1.0].iter().map(|n| libm::log(n + 3.0 * libm::exp(b))).sum::<f64>();
    for sign in [1.0, -1.0] {
        let x: Vec<f64> = (0..6).map(|i| if i < 3 { 0.0 } else { sign }).collect();
        let found = fit(&subjects, &x, None, EFRON).unwrap();
        let first = found.first();
        let Effect::Infinite(Infinite { positive, bound }) = first.effect else { panic!("{first:?}") };
        assert_eq!(positive, sign < 0.0);
        assert_eq!(first.hazard_ratio, if sign < 0.0 { f64::INFINITY } else { 0.0 });
        close(found.log_likelihood, -libm::log(6.0), 1e-14);
        close(found.null_log_likelihood, log(0.0), 1e-14);
        // Where twice the drop of the log-likelihood is the 0.95 quantile of chi-square.
        let (mut low, mut high) = (-9.0, 9.0);
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            let p = super::super::chi_square_tail(2.0 * (-libm::log(6.0) - log(middle)), 1);
            if p > 0.05 { low = middle } else { high = middle }
        }
        close(bound, sign * low, 1e-12);
        let end = libm::exp(bound);
        let interval = if sign > 0.0 { (0.0, end) } else { (end, f64::INFINITY) };
        assert_eq!((first.interval.low, first.interval.high), interval);
        assert_eq!(found.wald, None);
        assert!(first.is_infinite() && first.finite().is_none());
        close(found.likelihood_ratio.chi_square, 2.0 * (-libm::log(6.0) - log(0.0)), 1e-13);
    }
}

// One coefficient infinite beside a finite one: those of a fit in which it is very large, by the definition.
#[test]
fn others_are_estimated_in_the_limit() {
    let records = data::ovarian();
    let mut subjects = subjects(&records);
    // Nobody with performance status 2 has the event.
    subjects.iter_mut().zip(&records).for_each(|(s, r)| s.event &= r.rest[2] == 1.0);
    let x: Vec<f64> = records.iter().flat_map(|r| [r.rest[0], r.rest[2]]).collect();
    for options in [EFRON, BRESLOW] {
        let found = fit(&subjects, &x, None, options).unwrap();
        assert_eq!(found.coefficients[1].hazard_ratio, 0.0);
        let age = found.coefficients[0].finite().unwrap();
        let log = |b: f64, status: f64| {
            let sum: Vec<f64> = records.iter().map(|r| b * r.rest[0] + status * r.rest[2]).collect();
            naive(&subjects, &sum, &vec![0; subjects.len()], 1.0, options.ties)
        };
        close(golden(|b| log(b, -40.0), age.coefficient - 1.0, age.coefficient + 1.0), age.coefficient, 1e-6);
        close(log(age.coefficient, -40.0), found.log_likelihood, 1e-12);
        // The bound is on the profile: the best age at that status is short by half of 3.84.
        let Effect::Infinite(Infinite { bound, .. }) = found.coefficients[1].effect else { panic!() };
        let best = golden(|b| log(b, bound), age.coefficient - 1.0, age.coefficient + 1.0);
        close(found.log_likelihood - log(best, bound), 0.5 * 3.841_458_820_694_124, 1e-9);
        assert_eq!((found.covariance[3], found.covariance[1]), (f64::INFINITY, 0.0));
        close(found.covariance[0], age.std_error * age.std_error, 1e-14);
    }
}

// The unit of a covariate does not matter, nor what is added to it.
#[test]
fn units_do_not_matter() {
    let records = data::ovarian();
    let x = with_rest(&records, &[0]);
    let other: Vec<f64> = x.chunks(2).flat_map(|r| [r[0], 1e6 + 365.0 * r[1]]).collect();
    let (a, b) = (
        fit(&subjects(&records), &x, None, EFRON).unwrap(),
        fit(&subjects(&records), &other, None, EFRON).unwrap(),
    );
    let coefficient = |f: &CoxFit, j: usize| f.coefficients[j].finite().unwrap();
    close(coefficient(&b, 0).coefficient, coefficient(&a, 0).coefficient, 1e-9);
    close(365.0 * coefficient(&b, 1).coefficient, coefficient(&a, 1).coefficient, 1e-9);
    close(coefficient(&b, 1).z, coefficient(&a, 1).z, 1e-9);
}

#[test]
fn degenerate_data_are_defined() {
    let (early, late, censored) = (Subject::event(1.0), Subject::event(2.0), Subject::censored(3.0));
    let one = |subjects: &[Subject], x: &[f64]| fit(subjects, x, None, EFRON);
    assert_eq!(one(&[], &[]).unwrap_err(), Undefined::NoSubjects);
    assert_eq!(one(&[censored, censored], &[0.0, 1.0]).unwrap_err(), Undefined::NoEvents);
    assert_eq!(one(&[early], &[1.0]).unwrap_err(), Undefined::NoContrast { covariate: 0 });
    assert_eq!(one(&[early, late], &[1.0, 1.0]).unwrap_err(), Undefined::NoContrast { covariate: 0 });
    // An empty arm: the other is all there is.
    assert_eq!(one(&[early, late, censored], &[0.0; 3]).unwrap_err(), Undefined::NoContrast { covariate: 0 });
    // Different only between strata, by values whose mean is not exact.
    let strata = fit(&[early, late, early, late], &[0.1, 0.1, 0.3, 0.3], Some(&[0, 0, 1, 1]), EFRON);
    assert_eq!(strata.unwrap_err(), Undefined::NoContrast { covariate: 0 });
    // Columns that determine each other.
    let twice = fit(&[early, late, censored, late], &[0.0, 3.0, 1.0, 5.0, 1.0, 5.0, 0.0, 3.0], None, EFRON);
    assert_eq!(twice.unwrap_err(), Undefined::Collinear { covariate: 1 });
    // Everyone at once: the Efron likelihood still knows who was at risk; nobody's hazard was higher.
    let once = one(&[late; 4], &[0.0, 0.0, 1.0, 1.0]).unwrap();
    close(once.first().finite().unwrap().coefficient, 0.0, 1e-15);
    close(once.likelihood_ratio.p, 1.0, 1e-15);
    // Events at 0.
    let zero =
        one(&[Subject::event(0.0), late, censored, Subject::event(0.0)], &[0.0, 1.0, 0.0, 1.0]).unwrap();
    assert!(zero.first().finite().is_some());
    // Faults.
    assert!(fit(&[early, late], &[0.0, f64::NAN], None, EFRON).is_err_and(|e| e.is_fault()));
    assert!(fit(&[early, late], &[0.0, 1.0], Some(&[0]), EFRON).is_err_and(|e| e.is_fault()));
    let none = cox(CoxData { subjects: &[early], covariates: &[], columns: 0, strata: None }, EFRON);
    assert!(none.is_err_and(|e| e.is_fault()));
    let short = cox(CoxData { subjects: &[early], covariates: &[], columns: 1, strata: None }, EFRON);
    assert!(short.is_err_and(|e| e.is_fault()));
}

// Three arms, and none of the reference has the event: it rises along both arms together, along neither alone.
#[test]
fn a_combination_for_ever_is_told() {
    let records = data::visits();
    let mut subjects = subjects(&records);
    subjects.iter_mut().zip(&records).for_each(|(s, r)| s.event &= r.group > 0);
    let x: Vec<f64> =
        records.iter().flat_map(|r| [1, 2].map(|g| f64::from(u8::from(r.group == g)))).collect();
    assert_eq!(fit(&subjects, &x, None, EFRON).unwrap_err(), Undefined::NoMaximum);
    // Coded with another reference it has an answer.
    let other: Vec<f64> =
        records.iter().flat_map(|r| [0, 2].map(|g| f64::from(u8::from(r.group == g)))).collect();
    let found = fit(&subjects, &other, None, EFRON).unwrap();
    assert_eq!(found.coefficients[0].hazard_ratio, 0.0);
    assert!(found.coefficients[1].finite().is_some());
}

#[test]
fn too_few_iterations_are_told() {
    let records = data::gehan();
    let found = fit(&subjects(&records), &arms(&records), None, CoxOptions { iterations: 2, ..EFRON });
    assert_eq!(found.unwrap_err(), Undefined::NoConvergence { iterations: 2 });
}

// Large covariates overflow nothing, and a large effect is found from far away.
#[test]
fn large_effects_are_found() {
    let subjects: Vec<Subject> = (0..60).map(|i| Subject::event(f64::from(i))).collect();
    let x: Vec<f64> = (0..60).map(|i| if i % 7 == 3 { 900.0 } else { 10.0 * f64::from(60 - i) }).collect();
    let found = fit(&subjects, &x, None, EFRON).unwrap();
    let beta = found.first().finite().unwrap().coefficient;
    let log = |b: f64| naive(&subjects, &x, &[0; 60], b, Ties::Efron);
    close(found.log_likelihood, log(beta), 1e-12);
    close(golden(log, beta - 0.1, beta + 0.1), beta, 1e-7);
}
