//! The Kaplan–Meier curve with its band, and the area under it.

mod quantile;
mod share;
#[cfg(test)]
mod tests;

use self::quantile::Level;
use super::subject::{check, order, runs};
use super::{Interval, Subject, Undefined, Z95};

pub use self::quantile::SurvivalQuantile;

/// One distinct time of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveRow {
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
    /// Its complementary log-log interval; none where the share is 1 or 0, as in R.
    pub interval: Option<Interval>,
}

/// A survival curve: `S(t) = Π (1 − d/n)` over the times of events up to `t` (Kaplan and Meier 1958).
///
/// The standard error is Greenwood's, `S·√Σ d/(n(n − d))`. The interval is symmetric for `ln(−ln S)`:
/// `S^exp(∓z·√Σ d/(n(n − d))/ln S)` (Kalbfleisch and Prentice 1980; `conf.type = "log-log"` of R's `survfit`).
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// Number of subjects.
    pub subjects: usize,
    /// Number of events.
    pub events: usize,
    /// Distinct times of events and censorings, rising; never empty.
    pub rows: Vec<CurveRow>,
}

/// A curve at some time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct At {
    /// Subjects with this time or a later one: the number at risk of published figures.
    pub at_risk: usize,
    /// Share without an event at this time (events at it have happened).
    pub survival: f64,
    /// As in [`CurveRow`].
    pub interval: Option<Interval>,
    /// Whether nobody was followed so long and the share is not 0: then the last value is carried on, and means little.
    pub beyond: bool,
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
        for tied in runs(&order(subjects), |&i| subjects[i].time) {
            let events = tied.iter().filter(|&&i| subjects[i].event).count();
            survival *= (at_risk - events) as f64 / at_risk as f64;
            greenwood += hazard_variance(events, at_risk);
            rows.push(CurveRow {
                time: subjects[tied[0]].time + 0.0,
                at_risk,
                events,
                censored: tied.len() - events,
                survival,
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

    /// Time up to which the curve is known: the last one, or for ever where nobody is left.
    pub fn reach(&self) -> f64 {
        if self.rows[self.rows.len() - 1].survival > 0.0 { self.last() } else { f64::INFINITY }
    }

    /// The curve at a time of 0 or more.
    pub fn at(&self, time: f64) -> At {
        let next = self.rows.partition_point(|row| row.time <= time);
        let same = self.rows.partition_point(|row| row.time < time);
        let at_risk = self.rows.get(same).map_or(0, |row| row.at_risk);
        let Some(row) = next.checked_sub(1).map(|i| self.rows[i]) else {
            return At { at_risk, survival: 1.0, interval: None, beyond: false };
        };
        let beyond = time > self.last() && row.survival > 0.0;
        At { at_risk, survival: row.survival, interval: row.interval, beyond }
    }

    /// The time by which half of the subjects have had the event.
    ///
    /// Its estimate is where the curve falls to one half; if it rests on exactly that (within 1.5e-8) it is the midpoint
    /// of that stretch, and of the stretch to the last time seen if the curve never falls below. Its limits are the
    /// same of the lower and upper band (Brookmeyer and Crowley 1982, for the band of [`KaplanMeier`]). So
    /// `quantile.survfit` of R, version 3.5; `print` of R takes the stretch's beginning if the curve ends on it.
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
        let curve =
            |pick: fn(&CurveRow) -> Option<f64>| self.rows.iter().map(move |row| (row.time, pick(row)));
        SurvivalQuantile {
            estimate: level.crossed_by(curve(|row| Some(row.survival))),
            low: level.crossed_by(curve(|row| row.interval.map(|i| i.low))),
            high: level.crossed_by(curve(|row| row.interval.map(|i| i.high))),
        }
    }

    /// Area under the curve to a horizon, the mean time without an event until then (Irwin 1949). The last value is carried on.
    pub fn area(&self, horizon: f64) -> f64 {
        area(self.rows.iter().map(|row| (row.time, row.survival)), horizon)
    }
}

/// Area under a curve of times with the shares after them.
pub(super) fn area(curve: impl Iterator<Item = (f64, f64)>, horizon: f64) -> f64 {
    let (mut area, mut left, mut height) = (0.0, 0.0, 1.0);
    for (time, share) in curve.take_while(|&(time, _)| time < horizon) {
        area += height * (time - left);
        (left, height) = (time, share);
    }
    area + height * (horizon - left)
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
