//! The log-rank test of two groups.

use super::subject::{check, runs};
use super::{Subject, Undefined};

/// Standard score of the log-rank test (Mantel 1966): events of the first group less those expected if both had one hazard, over the root
/// of their hypergeometric variance. Below 0 the first group has fewer. Its square is the chi-square of `survdiff` of R.
///
/// # Errors
///
/// [`Undefined::NoSubjects`] for an empty group, [`Undefined::NoEvents`], [`Undefined::NoContrast`] where at no event both groups are at
/// risk; faults of the input.
pub fn log_rank(first: &[Subject], second: &[Subject]) -> Result<f64, Undefined> {
    check(first)?;
    check(second)?;
    let mut all: Vec<(Subject, bool)> = first.iter().map(|s| (*s, true)).collect();
    all.extend(second.iter().map(|s| (*s, false)));
    // -0 is 0.
    all.sort_by(|(a, _), (b, _)| (a.time + 0.0).total_cmp(&(b.time + 0.0)));
    if !all.iter().any(|(subject, _)| subject.event) {
        return Err(Undefined::NoEvents);
    }
    let (mut own, mut left) = (first.len() as f64, all.len() as f64);
    let (mut excess, mut variance) = (0.0, 0.0);
    for tied in runs(&all, |(subject, _)| subject.time) {
        let of_first = tied.iter().filter(|(_, is_first)| *is_first);
        let events = tied.iter().filter(|(subject, _)| subject.event).count() as f64;
        let own_events = of_first.clone().filter(|(subject, _)| subject.event).count() as f64;
        let share = own / left;
        excess += own_events - events * share;
        if left > 1.0 {
            variance += events * share * (1.0 - share) * (left - events) / (left - 1.0);
        }
        own -= of_first.count() as f64;
        left -= tied.len() as f64;
    }
    if variance > 0.0 { Ok(excess / libm::sqrt(variance)) } else { Err(Undefined::NoContrast) }
}

#[cfg(test)]
mod tests {
    use super::super::data::{aml, gehan, ovarian};
    use super::*;

    // Chi-squares that `survdiff` of R prints of data that come with it: 3.4 and 1.1; of Gehan's 16.8.
    #[test]
    fn scores_are_those_of_r() {
        for (records, chi_square, bound) in
            [(aml(), 3.3964, 5e-4), (ovarian(), 1.0630, 5e-4), (gehan(), 16.793, 5e-3)]
        {
            let of = |group: bool| -> Vec<Subject> {
                records.iter().filter(|r| (r.group == 1) == group).map(|r| r.subject).collect()
            };
            let (one, other) = (of(true), of(false));
            let z = log_rank(&one, &other).unwrap();
            assert!((z * z - chi_square).abs() < bound, "{} for {chi_square}", z * z);
            assert!((log_rank(&other, &one).unwrap() + z).abs() < 1e-12, "the sign says which group");
        }
    }

    // By hand: at 1 one of two is expected to be the first group's by a half, and so on until nobody of it is left.
    #[test]
    fn a_small_case_is_counted_by_hand() {
        let z = log_rank(&[Subject::event(1.0)], &[Subject::event(2.0)]).unwrap();
        assert!((z - 0.5 / 0.5).abs() < 1e-15, "{z}");
        let censored = [Subject::censored(1.0)];
        assert_eq!(log_rank(&censored, &censored), Err(Undefined::NoEvents));
        assert_eq!(log_rank(&censored, &[Subject::event(2.0)]), Err(Undefined::NoContrast));
        assert_eq!(log_rank(&[], &censored), Err(Undefined::NoSubjects));
    }
}
