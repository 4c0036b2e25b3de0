use super::super::data::{self, Record, close, expected, groups, labels, subjects};
use super::*;

fn compare(name: &str, records: &[Record], strata: Option<Vec<usize>>) -> LogRank {
    let found = log_rank(&subjects(records), &groups(records), strata.as_deref()).unwrap();
    let r = &expected(&format!("{name}.logrank"))[0];
    let count = found.groups.len();
    close(found.test.chi_square, r[0], 1e-12);
    close(found.test.p / r[1], 1.0, 1e-11);
    for (g, group) in found.groups.iter().enumerate() {
        assert_eq!(group.observed as f64, r[2 + g]);
        close(group.expected, r[2 + count + g], 1e-13);
    }
    for (found, expected) in found.variance.iter().zip(&r[2 + 2 * count..]) {
        close(*found, *expected, 1e-13);
    }
    assert_eq!(found.test.df as usize, count - 1);
    found
}

#[test]
fn tests_are_those_of_r() {
    compare("gehan", &data::gehan(), None);
    compare("gehan_paired", &data::gehan(), Some(labels(&data::gehan(), 0)));
    compare("aml", &data::aml(), None);
    compare("ovarian", &data::ovarian(), None);
    compare("ovarian_stratified", &data::ovarian(), Some(labels(&data::ovarian(), 1)));
    compare("visits", &data::visits(), None);
    compare("visits_stratified", &data::visits(), Some(labels(&data::visits(), 0)));
}

// 16.79 in every textbook (Kleinbaum and Klein, chapter 2).
#[test]
fn published_values_of_gehan() {
    let found = log_rank(&subjects(&data::gehan()), &groups(&data::gehan()), None).unwrap();
    close(found.test.chi_square, 16.79, 5e-3 / 16.79);
    close(found.groups[0].expected, 10.75, 5e-3);
    close(found.groups[1].expected, 19.25, 5e-3);
}

/// All ways to choose `count` of the places from `from` on.
fn choices(from: usize, end: usize, count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![vec![]];
    }
    let with =
        |i: usize| choices(i + 1, end, count - 1).into_iter().map(move |rest| [vec![i], rest].concat());
    (from..end).flat_map(with).collect()
}

// Expectation and covariance by their definition: at each time the events are any of those at risk, all choices alike.
#[test]
fn moments_are_those_of_all_choices() {
    let records: Vec<Record> = data::visits().into_iter().step_by(31).collect();
    let (subjects, groups) = (subjects(&records), groups(&records));
    let found = log_rank(&subjects, &groups, None).unwrap();
    let (mut expected, mut variance) = ([0.0; 3], [0.0; 9]);
    let mut times: Vec<f64> = subjects.iter().filter(|s| s.event).map(|s| s.time).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    for time in times {
        let at_risk: Vec<usize> = (0..subjects.len()).filter(|&i| subjects[i].time >= time).collect();
        let events = subjects.iter().filter(|s| s.event && s.time == time).count();
        let ways = choices(0, at_risk.len(), events);
        let count = |way: &[usize], g: usize| way.iter().filter(|&&i| groups[at_risk[i]] == g).count() as f64;
        let mean = |of: &dyn Fn(&[usize]) -> f64| ways.iter().map(|w| of(w)).sum::<f64>() / ways.len() as f64;
        for g in 0..3 {
            let own = mean(&|w| count(w, g));
            expected[g] += own;
            for h in 0..3 {
                variance[3 * g + h] += mean(&|w| count(w, g) * count(w, h)) - own * mean(&|w| count(w, h));
            }
        }
    }
    assert!(found.groups.iter().map(|g| g.observed).sum::<usize>() > 3);
    (0..3).for_each(|g| close(found.groups[g].expected, expected[g], 1e-13));
    (0..9).for_each(|i| close(found.variance[i], variance[i], 1e-13));
}

#[test]
fn groups_in_another_order_or_with_gaps_give_the_same() {
    let records = data::visits();
    let (subjects, groups) = (subjects(&records), groups(&records));
    let found = log_rank(&subjects, &groups, None).unwrap();
    let other: Vec<usize> = groups.iter().map(|g| [7, 2, 5][*g]).collect();
    let same = log_rank(&subjects, &other, None).unwrap();
    close(same.test.chi_square, found.test.chi_square, 1e-13);
    assert_eq!((same.test.df, same.groups.len()), (2, 8));
    assert_eq!(same.groups[0], GroupCount::default());
    assert_eq!(same.groups[2], found.groups[1]);
    // One stratum is not a stratum.
    let one = log_rank(&subjects, &groups, Some(&vec![3; subjects.len()])).unwrap();
    assert_eq!(one, found);
}

#[test]
fn degenerate_comparisons_are_defined() {
    let (early, late) = (Subject::event(1.0), Subject::event(2.0));
    let censored = Subject::censored(0.5);
    assert_eq!(log_rank(&[], &[], None), Err(Undefined::NoSubjects));
    assert_eq!(log_rank(&[censored, censored], &[0, 1], None), Err(Undefined::NoEvents));
    assert_eq!(log_rank(&[early, late], &[0, 0], None), Err(Undefined::NoComparison));
    assert_eq!(log_rank(&[early], &[0], None), Err(Undefined::NoComparison));
    // Everyone at once: no choice, no variance.
    assert_eq!(log_rank(&[early, early, early], &[0, 1, 1], None), Err(Undefined::NoComparison));
    // Each group alone in its stratum.
    assert_eq!(
        log_rank(&[early, late, early, late], &[0, 0, 1, 1], Some(&[0, 0, 1, 1])),
        Err(Undefined::NoComparison)
    );
    // A group that left before the first event counts for nothing.
    let left = log_rank(&[early, late, censored, late], &[0, 1, 2, 1], None).unwrap();
    assert_eq!((left.test.df, left.groups[2].subjects, left.groups[2].expected), (1, 1, 0.0));
    // By hand: one of three at time 1, group 0 holds one of them: E = 1/3, V = 2/9; at time 2 group 1 alone.
    close(left.test.chi_square, (2.0 / 3.0) * (2.0 / 3.0) / (2.0 / 9.0), 1e-15);
    // Events at 0 count as any.
    let zero = log_rank(&[Subject::event(0.0), late, late], &[0, 1, 1], None).unwrap();
    close(zero.test.chi_square, 2.0, 1e-15);
    // Faults.
    assert!(log_rank(&[early], &[0, 1], None).is_err_and(|e| e.is_fault()));
    assert!(log_rank(&[early], &[0], Some(&[])).is_err_and(|e| e.is_fault()));
    assert!(log_rank(&[early], &[usize::MAX - 1], None).is_err_and(|e| e.is_fault()));
}
