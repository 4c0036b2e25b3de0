//! Cumulative incidence of an event where another one may come before it and rule it out.

use serde::{Deserialize, Serialize};

use super::rates::proportion;
use super::subject::{check, order, runs};
use super::{Interval, Proportion, Subject, Undefined, Z95};

/// What came first to a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum First {
    /// The event that is counted.
    Event,
    /// Another one, after which it cannot come any more.
    Competing,
    /// Neither, as far as it was followed.
    Neither,
}

/// One distinct time of a cumulative incidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IncidenceStep {
    /// The time.
    pub time: f64,
    /// Subjects with this time or a later one.
    pub at_risk: usize,
    /// Events at this time.
    pub events: usize,
    /// Competing events at this time.
    pub competing: usize,
    /// Share that has had the event by this time.
    pub incidence: f64,
    /// Variance of the share.
    pub variance: f64,
    /// Its complementary log-log interval; none where the share is 0 or 1.
    pub interval: Option<Interval>,
}

/// Cumulative incidence `F(t) = Σ S(t−)·d₁/n` over the times of events up to `t`, where `S` is the share without any event (Aalen and
/// Johansen 1978). One minus a Kaplan–Meier curve that censors at competing events would be larger: it says how many would have
/// the event if nothing else could happen.
///
/// The variance is that of the delta method (Marubini and Valsecchi 1995, 10.2): with `d` events of both kinds and `d₁` of the counted one,
/// `Σ (F(t) − F)²·d/(n(n − d)) + Σ S(t−)²·d₁(n − d₁)/n³ − 2 Σ (F(t) − F)·S(t−)·d₁/n²`. Without censoring it is the binomial one.
/// The interval is symmetric for `ln(−ln F)`. Ties are as in [`super::KaplanMeier`].
#[derive(Debug, Clone, PartialEq)]
pub struct CumulativeIncidence {
    /// Number of subjects.
    pub subjects: usize,
    /// Number of events.
    pub events: usize,
    /// Distinct times, rising; never empty.
    pub steps: Vec<IncidenceStep>,
}

impl CumulativeIncidence {
    /// That of a group of subjects, in any order: times with what came first.
    ///
    /// # Errors
    ///
    /// [`Undefined::NoSubjects`], or [`Undefined::BadTime`] for a time that is negative or no number.
    pub fn new(subjects: &[(f64, First)]) -> Result<Self, Undefined> {
        let plain: Vec<Subject> =
            subjects.iter().map(|&(time, first)| Subject { time, event: first != First::Neither }).collect();
        check(&plain)?;
        let mut sums = IncidenceSums { at_risk: subjects.len(), free: 1.0, ..IncidenceSums::default() };
        let mut steps = Vec::new();
        for tied in runs(&order(&plain), |&i| plain[i].time) {
            let count = |kind| tied.iter().filter(|&&i| subjects[i].1 == kind).count();
            let (events, competing) = (count(First::Event), count(First::Competing));
            let at_risk = sums.at_risk;
            sums.pass(events, competing);
            sums.at_risk -= tied.len();
            let (incidence, variance) = (sums.incidence, sums.variance());
            steps.push(IncidenceStep {
                time: plain[tied[0]].time + 0.0,
                at_risk,
                events,
                competing,
                incidence,
                variance,
                interval: log_log(incidence, variance),
            });
        }
        Ok(Self { subjects: subjects.len(), events: steps.iter().map(|s| s.events).sum(), steps })
    }

    /// The share at a time, with the interval of the curve; where it is 0 or 1, the exact one of [`proportion`] over those of whom it is
    /// known.
    ///
    /// # Errors
    ///
    /// [`Undefined::BeyondFollowUp`] where nobody was followed so long and not all had an event of either kind.
    pub fn by(&self, time: f64) -> Result<(f64, Interval), Undefined> {
        let last = self.steps[self.steps.len() - 1];
        let passed = &self.steps[..self.steps.partition_point(|s| s.time <= time)];
        if time > last.time && last.at_risk > last.events + last.competing {
            return Err(Undefined::BeyondFollowUp { time, last: last.time });
        }
        let now = passed.last();
        if let Some((step, interval)) = now.and_then(|step| Some((step, step.interval?))) {
            return Ok((step.incidence, interval));
        }
        let had: usize = passed.iter().map(|s| s.events).sum();
        let others: usize = passed.iter().map(|s| s.competing).sum();
        let left = self.steps.get(passed.len()).map_or(0, |s| s.at_risk);
        let Proportion { estimate, interval, .. } = proportion(had as u64, (had + others + left) as u64)?;
        Ok((estimate, interval))
    }
}

/// What share and variance are made of, as times pass.
#[derive(Default)]
struct IncidenceSums {
    at_risk: usize,
    /// Share without any event.
    free: f64,
    incidence: f64,
    /// Sums of Greenwood's term `g = d/(n(n − d))`, of `F·g` and of `F²·g`.
    greenwood: [f64; 3],
    /// Sum of `S²·d₁(n − d₁)/n³`.
    own: f64,
    /// Sums of `b = S·d₁/n²` and of `F·b`.
    shared: [f64; 2],
}

impl IncidenceSums {
    fn pass(&mut self, events: usize, competing: usize) {
        let (n, own, all) = (self.at_risk as f64, events as f64, (events + competing) as f64);
        let free = self.free;
        self.incidence += free * own / n;
        self.free *= (n - all) / n;
        self.own += free * free * own * (n - own) / (n * n * n);
        // Where everyone has an event nothing comes later.
        let term = if all == n { 0.0 } else { all / (n * (n - all)) };
        let shared = free * own / (n * n);
        let f = self.incidence;
        let add = |sums: &mut [f64], of: f64, to: f64| {
            sums.iter_mut().fold(of, |term, sum| {
                *sum += term;
                term * to
            });
        };
        add(&mut self.greenwood, term, f);
        add(&mut self.shared, shared, f);
    }

    fn variance(&self) -> f64 {
        let f = self.incidence;
        let [g, fg, ffg] = self.greenwood;
        let [b, fb] = self.shared;
        (f * f * g - 2.0 * f * fg + ffg + self.own - 2.0 * (f * b - fb)).max(0.0)
    }
}

fn log_log(share: f64, variance: f64) -> Option<Interval> {
    if share <= 0.0 || share >= 1.0 || variance <= 0.0 {
        return None;
    }
    let log = libm::log(share);
    let factor = libm::exp(Z95 * libm::sqrt(variance) / (share * -log));
    Some(Interval { low: libm::exp(log * factor), high: libm::exp(log / factor) })
}

#[cfg(test)]
mod tests {
    use super::super::KaplanMeier;
    use super::super::data::{self, close};
    use super::*;

    fn of(subjects: &[(f64, First)]) -> CumulativeIncidence {
        CumulativeIncidence::new(subjects).unwrap()
    }

    // By hand, ten subjects: S is 0.9, 0.9, 0.675, 0.5625, 0.45, 0.3 after times 1 to 6.
    #[test]
    fn an_incidence_by_hand() {
        use First::{Competing, Event, Neither};
        let subjects = [
            (1.0, Event),
            (2.0, Neither),
            (3.0, Event),
            (3.0, Competing),
            (4.0, Competing),
            (5.0, Neither),
            (5.0, Event),
            (6.0, Competing),
            (6.0, Neither),
            (7.0, Event),
        ];
        let found = of(&subjects);
        // F rises by 1/10, 0.9·1/8, 0.5625·1/5, and by all that is left at 7.
        let expected = [0.1, 0.1, 0.2125, 0.2125, 0.325, 0.325, 0.625];
        assert_eq!(found.steps.iter().map(|s| s.at_risk).collect::<Vec<_>>(), [10, 9, 8, 6, 5, 3, 1]);
        for (step, expected) in found.steps.iter().zip(expected) {
            close(step.incidence, expected, 1e-14);
        }
        // Variance at 3, term by term: times 1 and 3 with n 10 and 8.
        let f = 0.2125_f64;
        let first = (f - 0.1) * (f - 0.1) * 1.0 / 90.0 + 1.0 * 9.0 / 1000.0 - 2.0 * (f - 0.1) / 100.0;
        let third = 0.81 * 7.0 / 512.0;
        close(found.steps[2].variance, first + third, 1e-14);
        assert_eq!((found.subjects, found.events), (10, 4));
    }

    // Without censoring it is a share, and its variance that of a share.
    #[test]
    fn without_censoring_it_is_binomial() {
        let kinds = [First::Event, First::Competing, First::Competing];
        let all: Vec<(f64, First)> =
            (0..120).map(|i| (f64::from(i % 40), kinds[i as usize * 7 % 3])).collect();
        for step in &of(&all).steps {
            let p = all.iter().filter(|s| s.1 == First::Event && s.0 <= step.time).count() as f64 / 120.0;
            close(step.incidence, p, 1e-12);
            close(step.variance, p * (1.0 - p) / 120.0, 1e-12);
        }
    }

    // With two hazards λ and μ that do not change, F(t) = λ/(λ + μ)·(1 − exp(−(λ + μ)t)), whatever the censoring: here of
    // every tenth subject at time 1, with every third event of the counted kind. A sample of quantiles is off by the width of a step.
    #[test]
    fn constant_hazards_have_a_closed_form() {
        let (lambda, mu, n) = (0.2, 0.4, 30_000);
        let subject = |i: usize| {
            let time = -libm::log(1.0 - (i as f64 + 0.5) / n as f64) / (lambda + mu);
            let kind = if i % 3 == 1 { First::Event } else { First::Competing };
            if i % 10 == 9 && time > 1.0 { (1.0, First::Neither) } else { (time, kind) }
        };
        let found = of(&(0..n).map(subject).collect::<Vec<_>>());
        for time in [0.5, 1.0, 2.0, 4.0, 6.0] {
            let expected = lambda / (lambda + mu) * -libm::expm1(-(lambda + mu) * time);
            let (share, interval) = found.by(time).unwrap();
            assert!((share - expected).abs() < 1e-3, "{share} is not {expected} at {time}");
            assert!(interval.low < expected && expected < interval.high);
        }
    }

    // Remission of children with leukaemia: without a competing event it is one minus the curve of Kaplan and Meier, and the variance
    // Greenwood's, both held to R elsewhere; and the incidences of all kinds and the share without any make 1.
    #[test]
    fn without_a_competing_event_it_is_what_kaplan_and_meier_leave() {
        let gehan: Vec<Subject> = data::gehan().into_iter().map(|r| r.subject).collect();
        let alone: Vec<(f64, First)> =
            gehan.iter().map(|s| (s.time, if s.event { First::Event } else { First::Neither })).collect();
        let curve = KaplanMeier::new(&gehan).unwrap();
        let mut greenwood = 0.0;
        for (step, row) in of(&alone).steps.iter().zip(&curve.rows) {
            close(step.incidence, 1.0 - row.survival, 1e-13);
            greenwood += row.events as f64 / (row.at_risk as f64 * (row.at_risk - row.events) as f64);
            close(step.variance, row.survival * row.survival * greenwood, 1e-13);
        }
        let kind = |i: usize, of: [First; 2]| of[i % 2];
        let cause = |of: [First; 2]| -> Vec<(f64, First)> {
            let of = |(i, s): (usize, &Subject)| (s.time, if s.event { kind(i, of) } else { First::Neither });
            gehan.iter().enumerate().map(of).collect()
        };
        let one = of(&cause([First::Event, First::Competing]));
        let other = of(&cause([First::Competing, First::Event]));
        for ((a, b), row) in one.steps.iter().zip(&other.steps).zip(&curve.rows) {
            close(a.incidence + b.incidence + row.survival, 1.0, 1e-13);
        }
    }

    #[test]
    fn degenerate_groups_are_defined() {
        use First::{Competing, Event, Neither};
        assert_eq!(CumulativeIncidence::new(&[]), Err(Undefined::NoSubjects));
        assert_eq!(CumulativeIncidence::new(&[(f64::NAN, Event)]), Err(Undefined::BadTime { subject: 0 }));
        // Never, of ten who are known: the exact interval.
        let never = of(&[(9.0, Neither); 10]);
        let (share, interval) = never.by(6.0).unwrap();
        assert_eq!((share, interval.low), (0.0, 0.0));
        close(interval.high, 1.0 - libm::pow(0.025, 0.1), 1e-12);
        assert_eq!(never.by(9.5), Err(Undefined::BeyondFollowUp { time: 9.5, last: 9.0 }));
        // Where all have had something, it is known for ever.
        let over = of(&[(2.0, Event), (3.0, Competing), (4.0, Competing), (5.0, Competing)]);
        close(over.by(100.0).unwrap().0, 0.25, 1e-15);
        let (all, interval) = of(&[(2.0, Event); 10]).by(3.0).unwrap();
        assert!(all == 1.0 && interval.high == 1.0 && interval.low < 0.7);
        assert_eq!(of(&[(2.0, Event); 10]).by(1.0).unwrap().0, 0.0);
    }
}
