//! The Kaplan–Meier curve with its band, and the restricted mean.

mod quantile;
mod share;
#[cfg(test)]
mod tests;

use serde::Serialize;

use self::quantile::Level;
use super::subject::{check, order, runs};
use super::{Interval, Subject, Undefined, Z95};

pub use self::quantile::SurvivalQuantile;
pub(super) use self::quantile::TOLERANCE;

/// One distinct time of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Row {
    /// The time.
    pub time: f64,
    /// Subjects with this time or a later one.
    pub at_risk: usize,
    /// Events at this time.
    pub events: usize,
    /// Subjects censored at this time, after its events.
    pub censored: usize,
    /// Share without an event just after this time.
    pub survival: f64,
    /// Its standard error by Greenwood's formula; none where the share is 0.
    pub std_error: Option<f64>,
    /// Its complementary log-log interval; none where the share is 1 or 0, as in R.
    pub interval: Option<Interval>,
}

/// A survival curve: `S(t) = Π (1 − d/n)` over the times of events up to `t` (Kaplan and Meier 1958).
///
/// The standard error is Greenwood's, `S·√Σ d/(n(n − d))`. The interval is symmetric for `ln(−ln S)`:
/// `S^exp(∓z·√Σ d/(n(n − d))/ln S)` (Kalbfleisch and Prentice 1980; `conf.type = "log-log"` of R's `survfit`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KaplanMeier {
    /// Number of subjects.
    pub subjects: usize,
    /// Number of events.
    pub events: usize,
    /// Distinct times of events and censorings, rising; never empty.
    pub rows: Vec<Row>,
}

/// A curve at some time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct At {
    /// The time asked for.
    pub time: f64,
    /// Subjects with this time or a later one: the number at risk of published figures.
    pub at_risk: usize,
    /// Share without an event at this time (events at it have happened).
    pub survival: f64,
    /// As in [`Row`]; 0 before the first time.
    pub std_error: Option<f64>,
    /// As in [`Row`].
    pub interval: Option<Interval>,
    /// Whether nobody was followed so long and the share is not 0: then the last value is carried on, and means little.
    pub beyond: bool,
}

/// The mean of `min(time to event, tau)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RestrictedMean {
    /// The horizon.
    pub tau: f64,
    /// Area under the curve from 0 to `tau`, in the unit of time.
    pub mean: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Normal interval.
    pub interval: Interval,
}

impl KaplanMeier {
    /// The curve of a group of subjects, in any order.
    ///
    /// # Errors
    ///
    /// [`Undefined::NoSubjects`], or [`Undefined::BadTime`] for a time that is negative or no number.
    pub fn new(subjects: &[Subject]) -> Result<KaplanMeier, Undefined> {
        check(subjects)?;
        let mut rows = Vec::new();
        let (mut at_risk, mut survival, mut greenwood) = (subjects.len(), 1.0, 0.0);
        for tied in runs(&order(subjects, None), |&i| subjects[i].time) {
            let events = tied.iter().filter(|&&i| subjects[i].event).count();
            survival *= (at_risk - events) as f64 / at_risk as f64;
            greenwood += hazard_variance(events, at_risk);
            rows.push(Row {
                time: subjects[tied[0]].time + 0.0,
                at_risk,
                events,
                censored: tied.len() - events,
                survival,
                std_error: (survival > 0.0).then(|| survival * libm::sqrt(greenwood)),
                interval: log_log(survival, greenwood),
            });
            at_risk -= tied.len();
        }
        let events = rows.iter().map(|row| row.events).sum();
        Ok(KaplanMeier { subjects: subjects.len(), events, rows })
    }

    /// Last time at which anyone was seen.
    pub fn last(&self) -> f64 {
        self.rows[self.rows.len() - 1].time
    }

    /// The curve at a time of 0 or more.
    pub fn at(&self, time: f64) -> At {
        let next = self.rows.partition_point(|row| row.time <= time);
        let same = self.rows.partition_point(|row| row.time < time);
        let at_risk = self.rows.get(same).map_or(0, |row| row.at_risk);
        let Some(row) = next.checked_sub(1).map(|i| self.rows[i]) else {
            return At { time, at_risk, survival: 1.0, std_error: Some(0.0), interval: None, beyond: false };
        };
        let beyond = time > self.last() && row.survival > 0.0;
        At { time, at_risk, survival: row.survival, std_error: row.std_error, interval: row.interval, beyond }
    }

    /// The time by which a share `p` of subjects has had the event, `0 < p < 1`; 0.5 is the median.
    ///
    /// Its estimate is where the curve falls to `1 − p`; if it rests on exactly `1 − p` (within 1.5e-8) it is the midpoint
    /// of that stretch, and of the stretch to the last time seen if the curve never falls below. Its limits are the
    /// same of the lower and upper band (Brookmeyer and Crowley 1982, for the band of [`KaplanMeier`]). So
    /// `quantile.survfit` of R, version 3.5; `print` of R takes the stretch's beginning if the curve ends on it.
    ///
    /// # Errors
    ///
    /// [`Undefined::OutOfRange`] for another `p`. A quantile or limit that is not reached is told in the answer.
    pub fn quantile(&self, p: f64) -> Result<SurvivalQuantile, Undefined> {
        if !(p > 0.0 && p < 1.0) {
            let expected = "more than 0 and less than 1";
            return Err(Undefined::OutOfRange { what: "the probability", value: p, expected });
        }
        Ok(self.crossings(p))
    }

    /// The median with its interval: [`KaplanMeier::quantile`] of one half.
    pub fn median(&self) -> SurvivalQuantile {
        self.crossings(0.5)
    }

    /// Between which times the median lies, as far as the band tells: 0 or infinite at an end that it leaves open. None where
    /// the band is nowhere defined, so that nothing is known.
    pub fn median_within(&self) -> Option<Interval> {
        self.rows.iter().find(|row| row.interval.is_some())?;
        let median = self.median();
        let end = |limit: Result<f64, Undefined>| limit.unwrap_or(f64::INFINITY);
        Some(Interval { low: end(median.low), high: end(median.high) })
    }

    fn crossings(&self, p: f64) -> SurvivalQuantile {
        let level = Level { left: 1.0 - p, last: self.last() };
        let curve = |pick: fn(&Row) -> Option<f64>| self.rows.iter().map(move |row| (row.time, pick(row)));
        SurvivalQuantile {
            p,
            estimate: level.crossed_by(curve(|row| Some(row.survival))),
            low: level.crossed_by(curve(|row| row.interval.map(|i| i.low))),
            high: level.crossed_by(curve(|row| row.interval.map(|i| i.high))),
        }
    }

    /// The mean time without an event up to a horizon `tau > 0`.
    ///
    /// Area under the curve; variance `Σ A²·d/(n(n − d))` over event times, `A` the area from there to `tau` (Irwin 1949;
    /// Kaplan and Meier 1958; `rmean` of R). Events that take the curve to 0 have no area after them and count nothing.
    ///
    /// # Errors
    ///
    /// [`Undefined::BeyondFollowUp`] if the curve ends above 0 before `tau`; [`Undefined::OutOfRange`] for `tau` of 0 or less.
    pub fn restricted_mean(&self, tau: f64) -> Result<RestrictedMean, Undefined> {
        if !(tau.is_finite() && tau > 0.0) {
            let expected = "a finite number above 0";
            return Err(Undefined::OutOfRange { what: "the horizon", value: tau, expected });
        }
        if self.at(tau).beyond {
            return Err(Undefined::BeyondFollowUp { time: tau, last: self.last() });
        }
        // From the horizon backwards: the area to the right of each time.
        let (mut area, mut variance, mut right) = (0.0, 0.0, tau);
        for row in self.rows.iter().rev().skip_while(|row| row.time >= tau) {
            area += row.survival * (right - row.time);
            variance += area * area * hazard_variance(row.events, row.at_risk);
            right = row.time;
        }
        let (mean, std_error) = (area + right, libm::sqrt(variance));
        let interval = Interval { low: mean - Z95 * std_error, high: mean + Z95 * std_error };
        Ok(RestrictedMean { tau, mean, std_error, interval })
    }
}

/// Greenwood's term of a time, `d/(n(n − d))`; 0 where everyone has the event, as nothing depends on it then.
fn hazard_variance(events: usize, at_risk: usize) -> f64 {
    if events == at_risk { 0.0 } else { events as f64 / (at_risk as f64 * (at_risk - events) as f64) }
}

/// Interval of a share by the variance of its logarithm.
fn log_log(survival: f64, greenwood: f64) -> Option<Interval> {
    if survival <= 0.0 || survival >= 1.0 {
        return None;
    }
    let log = libm::log(survival);
    let factor = libm::exp(Z95 * libm::sqrt(greenwood) / -log);
    Some(Interval { low: libm::exp(log * factor), high: libm::exp(log / factor) })
}
