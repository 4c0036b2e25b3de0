//! Figures with their sampling error.

use serde::Serialize;

use super::verdict::{Bound, Verdict};
use crate::trial::stats::{
    self, HazardRatio, Interval, KaplanMeier, Resampling, Subject, Undefined, bootstrap, cox, infinity,
    proportion, student_quantile, told_above, told_below,
};

/// Replicates of a bootstrap: the ends of an interval are order statistics 50 and 1950.
const REPLICATES: u32 = 1999;

/// Fewest patients from whom a bootstrap is made: with fewer its interval is far too narrow, and with one it has no width.
const MIN: usize = 20;

/// A figure with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure; infinite for a median that is not reached.
    #[serde(serialize_with = "infinity::number")]
    pub value: f64,
    /// Its interval, which may be infinite at an end; `None` where too little is known of the sampling error.
    pub interval: Option<Interval>,
    /// Patients or tumours that it is made of.
    pub of: usize,
}

/// One part of a falsifier: a figure against a bound.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigurePart {
    /// What is measured.
    pub what: String,
    /// Unit: `%`, `months`, or nothing for a ratio.
    pub unit: &'static str,
    /// What it must be.
    pub bound: Bound,
    /// What it is; `None` where there is no figure.
    pub figure: Option<Estimate>,
    /// What follows.
    pub verdict: Verdict,
    /// Why there is no figure, or what else must be known.
    pub note: String,
}

/// What is said of a figure without an interval.
const NO_INTERVAL: &str =
    "no interval: fewer than 20 patients, a group of fewer than 10, or samples without such a figure";

impl FigurePart {
    /// Holds an estimate against a bound.
    pub fn judged(
        what: impl Into<String>,
        unit: &'static str,
        bound: Bound,
        figure: Result<Estimate, Undefined>,
    ) -> Self {
        let (figure, verdict, note) = match figure {
            Ok(figure) => match figure.interval {
                Some(interval) => (Some(figure), bound.judge(interval), String::new()),
                None => (Some(figure), Verdict::Undecided, NO_INTERVAL.to_owned()),
            },
            Err(reason) => (None, Verdict::Undecided, format!("failed to {reason}")),
        };
        Self { what: what.into(), unit, bound, figure, verdict, note }
    }

    /// Holds a share of patients against a bound in percent, and says which true shares so many patients tell from it.
    pub fn of_share(what: impl Into<String>, bound: Bound, figure: Result<Estimate, Undefined>) -> Self {
        let of = figure.as_ref().map_or(0, |found| found.of);
        Self::judged(what, "%", bound, figure).with_note(power(bound, of))
    }

    /// A part that cannot be tested here.
    pub fn not_tested(what: &str, unit: &'static str, bound: Bound, why: impl Into<String>) -> Self {
        let verdict = Verdict::NotTested;
        Self { what: what.to_owned(), unit, bound, figure: None, verdict, note: why.into() }
    }

    /// The same with a remark.
    pub fn with_note(mut self, note: impl AsRef<str>) -> Self {
        if !self.note.is_empty() {
            self.note.push_str("; ");
        }
        self.note.push_str(note.as_ref());
        self
    }
}

/// The true shares that so many patients would show to break a bound in percent, with a probability of 80 %.
fn power(bound: Bound, of: usize) -> String {
    let ends =
        [(bound.low, told_below as fn(f64, u64) -> Option<f64>, "below"), (bound.high, told_above, "above")];
    let tells = ends.into_iter().filter_map(|(end, told, side)| {
        let end = end.filter(|end| (0.0..=100.0).contains(end))?;
        Some(match told(end / 100.0, of as u64) {
            Some(share) => format!("a true share {side} {:.0} %", 100.0 * share),
            None => format!("no share {side} {end:.0} %"),
        })
    });
    let tells: Vec<String> = tells.collect();
    format!("power: 8 of 10 samples of {of} show {} to be outside", tells.join(", and "))
}

/// A share in percent with its exact interval (Clopper and Pearson 1934).
pub fn share(count: usize, of: usize) -> Result<Estimate, Undefined> {
    let found = proportion(count as u64, of as u64)?;
    let percent = |x: f64| 100.0 * x;
    let interval = Interval { low: percent(found.interval.low), high: percent(found.interval.high) };
    Ok(Estimate { value: percent(found.estimate), interval: Some(interval), of })
}

/// Share of those who have something.
pub fn share_of<T>(all: &[T], has: impl Fn(&T) -> bool) -> Result<Estimate, Undefined> {
    share(all.iter().filter(|one| has(one)).count(), all.len())
}

/// Median of a survival curve (interval of Brookmeyer and Crowley 1982). What is not reached is infinite; where the band is nowhere
/// defined, the interval begins at 0.
pub fn median(subjects: &[Subject]) -> Result<Estimate, Undefined> {
    let curve = KaplanMeier::new(subjects)?;
    let unknown = Interval { low: 0.0, high: f64::INFINITY };
    let interval = Some(curve.median_within().unwrap_or(unknown));
    let value = curve.median().estimate.unwrap_or(f64::INFINITY);
    Ok(Estimate { value, interval, of: subjects.len() })
}

/// Share without an event at a time, percent (complementary log-log interval; exact binomial where all or none are).
pub fn still_free(subjects: &[Subject], time: f64) -> Result<Estimate, Undefined> {
    let (share, interval) = KaplanMeier::new(subjects)?.free_at(time)?;
    let percent = Interval { low: 100.0 * interval.low, high: 100.0 * interval.high };
    Ok(Estimate { value: 100.0 * share, interval: Some(percent), of: subjects.len() })
}

/// A statistic of patients with the percentile interval of a bootstrap over them. It is told who is in the sample; a patient brings
/// all arms along, so that what arms have in common does not count as error.
pub fn resampled(
    patients: usize,
    seed: u64,
    statistic: impl Fn(&[usize]) -> Result<f64, Undefined>,
) -> Result<Estimate, Undefined> {
    let of_counts = |counts: &[u32]| {
        let sample: Vec<usize> =
            counts.iter().enumerate().flat_map(|(i, n)| std::iter::repeat_n(i, *n as usize)).collect();
        statistic(&sample)
    };
    if patients < MIN {
        return Ok(Estimate { value: of_counts(&vec![1; patients])?, interval: None, of: patients });
    }
    let found = bootstrap(patients, Resampling { seed, replicates: REPLICATES }, of_counts)?;
    Ok(Estimate { value: found.estimate, interval: found.percentile.ok(), of: patients })
}

/// Times of a sample of the patients of one arm.
fn chosen(pairs: &[(Subject, Subject)], sample: &[usize]) -> (Vec<Subject>, Vec<Subject>) {
    sample.iter().map(|i| pairs[*i]).unzip()
}

/// Median of the first arm over that of the second one, of the same patients.
pub fn median_ratio(pairs: &[(Subject, Subject)], seed: u64) -> Result<Estimate, Undefined> {
    let middle = |subjects: &[Subject]| -> Result<f64, Undefined> {
        Ok(KaplanMeier::new(subjects)?.median().estimate.unwrap_or(f64::INFINITY))
    };
    resampled(pairs.len(), seed, |sample| {
        let (first, second) = chosen(pairs, sample);
        ratio(middle(&first)?, middle(&second)?)
    })
}

/// Restricted mean of the first arm over that of the second one, of the same patients, to the last time that both curves reach.
pub fn mean_ratio(pairs: &[(Subject, Subject)], seed: u64) -> Result<Estimate, Undefined> {
    let last = |of: fn(&(Subject, Subject)) -> Subject| pairs.iter().map(|p| of(p).time).fold(0.0, f64::max);
    let horizon = last(|p| p.0).min(last(|p| p.1));
    resampled(pairs.len(), seed, |sample| {
        let (first, second) = chosen(pairs, sample);
        ratio(KaplanMeier::new(&first)?.area(horizon), KaplanMeier::new(&second)?.area(horizon))
    })
}

/// A ratio of two that are 0 or more, of which one may be infinite.
fn ratio(first: f64, second: f64) -> Result<f64, Undefined> {
    let found = first / second;
    if found.is_nan() { Err(Undefined::NeitherReached) } else { Ok(found) }
}

/// Hazard ratio of the first arm against the second one (Cox 1972), of the same patients.
pub fn paired_hazard_ratio(pairs: &[(Subject, Subject)], seed: u64) -> Result<Estimate, Undefined> {
    resampled(pairs.len(), seed, |sample| {
        let (first, second) = chosen(pairs, sample);
        Ok(stats::hazard_ratio(&first, &second)?.ratio)
    })
}

/// Fewest patients of a group that is compared with other patients.
const SMALLEST_GROUP: usize = 10;

/// Hazard ratio of a group against another one with other patients, with Wald's interval.
pub fn hazard_ratio(first: &[Subject], second: &[Subject]) -> Result<Estimate, Undefined> {
    if first.is_empty() || second.is_empty() {
        return Err(Undefined::NoSubjects);
    }
    let HazardRatio { ratio, interval } = stats::hazard_ratio(first, second)?;
    let enough = first.len().min(second.len()) >= SMALLEST_GROUP;
    let of = first.len() + second.len();
    Ok(Estimate { value: ratio, interval: enough.then_some(interval), of })
}

/// Hazard ratio of one unit of a covariate, with Wald's interval.
pub fn hazard_per_unit(data: &[(Subject, f64)]) -> Result<Estimate, Undefined> {
    let HazardRatio { ratio, interval } = cox(data)?;
    Ok(Estimate { value: ratio, interval: Some(interval), of: data.len() })
}

/// Mean of independent tumours with Student's interval; a single one has none.
pub fn mean(values: &[f64]) -> Result<Estimate, Undefined> {
    if values.is_empty() {
        return Err(Undefined::NoSubjects);
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
    let interval = (values.len() > 1).then(|| {
        let half = student_quantile(0.05, n - 1.0) * libm::sqrt(squares / (n - 1.0) / n);
        Interval { low: mean - half, high: mean + half }
    });
    Ok(Estimate { value: mean, interval, of: values.len() })
}

/// A figure that has no sampling error.
pub fn exact(value: f64, of: usize) -> Estimate {
    Estimate { value, interval: Some(Interval { low: value, high: value }), of }
}

/// Odds ratio of one unit of a covariate: the slope of a logistic regression, by Newton's method.
///
/// # Errors
///
/// [`Undefined::NoMaximum`] where all answers are the same, or a threshold of the covariate tells them apart.
pub fn odds_per_unit(rows: &[(f64, bool)]) -> Result<f64, Undefined> {
    let n = rows.len() as f64;
    let centre = rows.iter().map(|r| r.0).sum::<f64>() / n;
    let (mut level, mut slope) = (0.0, 0.0);
    for _ in 0..NEWTON {
        // Gradient and information of the log likelihood.
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (x, yes) in rows {
            let x = x - centre;
            let p = 1.0 / (1.0 + libm::exp(-(level + slope * x)));
            let (left, weight) = (f64::from(u8::from(*yes)) - p, p * (1.0 - p));
            (g0, g1) = (g0 + left, g1 + left * x);
            (h00, h01, h11) = (h00 + weight, h01 + weight * x, h11 + weight * x * x);
        }
        let determinant = h00 * h11 - h01 * h01;
        let steps = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
        level += steps[0];
        slope += steps[1];
        if !(level.abs() < FAR && slope.abs() < FAR) {
            return Err(Undefined::NoMaximum);
        }
        if steps.iter().all(|s| s.abs() < 1e-10) {
            return Ok(libm::exp(slope));
        }
    }
    Err(Undefined::NoMaximum)
}

/// Most of Newton's steps.
const NEWTON: usize = 50;
/// A coefficient beyond which the likelihood rises for ever.
const FAR: f64 = 30.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9 * (1.0 + expected.abs()), "{found} is not {expected}");
    }

    // With one binary covariate a logistic regression is the table of two by two.
    #[test]
    fn odds_of_a_binary_covariate_are_those_of_the_table() {
        let cells = [(0.0, true, 3), (0.0, false, 9), (1.0, true, 8), (1.0, false, 5)];
        let rows: Vec<(f64, bool)> =
            cells.iter().flat_map(|(x, y, n)| std::iter::repeat_n((*x, *y), *n)).collect();
        close(odds_per_unit(&rows).unwrap(), (8.0 / 5.0) / (3.0 / 9.0));
        // The unit of the covariate counts, its origin does not.
        let wide: Vec<(f64, bool)> = rows.iter().map(|(x, y)| (7.0 + 2.0 * x, *y)).collect();
        close(odds_per_unit(&wide).unwrap(), libm::sqrt((8.0 / 5.0) / (3.0 / 9.0)));
    }

    #[test]
    fn odds_without_a_maximum_are_refused() {
        let split: Vec<(f64, bool)> = (0..10).map(|i| (f64::from(i), i > 4)).collect();
        assert_eq!(odds_per_unit(&split), Err(Undefined::NoMaximum));
        assert_eq!(odds_per_unit(&[(1.0, true), (2.0, true)]), Err(Undefined::NoMaximum));
        assert_eq!(odds_per_unit(&[]), Err(Undefined::NoMaximum));
    }

    #[test]
    fn the_same_times_have_ratios_of_one_without_error() {
        let pairs: Vec<(Subject, Subject)> =
            (1..30).map(|i| (Subject::event(f64::from(i)), Subject::event(f64::from(i)))).collect();
        for found in [median_ratio(&pairs, 1), mean_ratio(&pairs, 1), paired_hazard_ratio(&pairs, 1)] {
            let found = found.unwrap();
            assert!((found.value - 1.0).abs() < 1e-9, "{found:?}");
            let interval = found.interval.unwrap();
            assert!((interval.high - interval.low).abs() < 1e-9, "{found:?}");
        }
        // Negative control: twice as long in one arm.
        let longer: Vec<(Subject, Subject)> =
            pairs.iter().map(|(a, b)| (Subject::event(2.0 * a.time), *b)).collect();
        close(median_ratio(&longer, 1).unwrap().value, 2.0);
        assert!(paired_hazard_ratio(&longer, 1).unwrap().interval.unwrap().high < 1.0);
        assert!(mean_ratio(&longer, 1).unwrap().interval.unwrap().low > 1.2);
    }

    #[test]
    fn medians_that_are_not_reached_are_infinite() {
        let free = [Subject::censored(10.0); 12];
        let found = median(&free).unwrap();
        let interval = found.interval.unwrap();
        assert_eq!((found.value, interval.high), (f64::INFINITY, f64::INFINITY));
        assert_eq!(Bound::at_least(18.0).judge(interval), Verdict::Undecided);
        let pairs = [(Subject::censored(10.0), Subject::event(3.0)); 12];
        assert_eq!(median_ratio(&pairs, 1).unwrap().value, f64::INFINITY);
        assert_eq!(median_ratio(&[(free[0], free[0]); 12], 1), Err(Undefined::NeitherReached));
    }

    #[test]
    fn shares_at_a_time_have_an_interval_at_their_ends() {
        let all = [Subject::event(20.0); 10];
        let found = still_free(&all, 18.0).unwrap();
        let interval = found.interval.unwrap();
        assert_eq!((found.value, interval.high), (100.0, 100.0));
        assert!(interval.low > 60.0 && interval.low < 75.0);
        assert!(still_free(&[Subject::censored(5.0); 4], 18.0).is_err());
    }

    #[test]
    fn means_have_students_interval() {
        // mean(c(1, 2, 4)) and t.test(c(1, 2, 4))$conf.int of R
        let found = mean(&[1.0, 2.0, 4.0]).unwrap();
        close(found.value, 7.0 / 3.0);
        assert!((found.interval.unwrap().low + 1.461_2).abs() < 1e-4, "{found:?}");
        assert_eq!(mean(&[2.5]).unwrap().interval, None);
        assert!(mean(&[]).is_err());
    }

    // Two patients who are alike under both arms do not prove that all are.
    #[test]
    fn few_patients_have_a_figure_without_an_interval() {
        let pairs = |n| vec![(Subject::event(3.0), Subject::event(3.0)); n];
        for (patients, verdict) in [(1, Verdict::Undecided), (19, Verdict::Undecided), (20, Verdict::Holds)] {
            let part =
                FigurePart::judged("x", "", Bound::between(0.75, 1.0), median_ratio(&pairs(patients), 1));
            assert_eq!((part.verdict, part.figure.unwrap().value), (verdict, 1.0), "{patients}");
            assert_eq!(part.note.is_empty(), verdict == Verdict::Holds);
        }
    }

    // One patient who does well makes no association.
    #[test]
    fn a_group_of_a_few_has_no_interval() {
        let times = |n: u32| (1..=n).map(|i| Subject::event(f64::from(i))).collect::<Vec<_>>();
        assert_eq!(hazard_ratio(&[Subject::censored(60.0)], &times(59)).unwrap().interval, None);
        assert!(hazard_ratio(&times(10), &times(50)).unwrap().interval.is_some());
        assert_eq!(hazard_ratio(&[], &times(9)), Err(Undefined::NoSubjects));
    }

    // 12 of 60 leave up to 32.3 %, 13 up to 34.2 %: at most 12 show that a share is below a third, and of 16.8 % they are so few in 8 of 10 samples.
    #[test]
    fn shares_say_their_power() {
        let part = FigurePart::of_share("x", Bound::at_least(100.0 / 3.0), share(20, 60));
        assert_eq!(part.note, "power: 8 of 10 samples of 60 show a true share below 17 % to be outside");
        let part = FigurePart::of_share("x", Bound::between(50.0, 70.0), share(1, 2));
        assert_eq!(
            part.note,
            "power: 8 of 10 samples of 2 show no share below 50 %, and no share above 70 % to be outside"
        );
    }

    #[test]
    fn a_part_without_a_figure_is_undecided_and_says_why() {
        let part = FigurePart::judged("x", "%", Bound::at_most(12.0), share(0, 0));
        assert_eq!(part.verdict, Verdict::Undecided);
        assert!(part.note.contains("no subjects"), "{}", part.note);
    }
}
