//! What the strategy of an arm came to: restricted means to the trial's horizon, burden and price.

use super::contrast::{Estimate, Price, resampling};
use super::incidence::CountedEvent;
use super::row::{ArmRow, MeasureUnit};
use super::{Endpoint, Results};
use crate::trial::outcome::{DAYS_PER_MONTH, Ended, FollowedSpan, Outcome};
use crate::trial::run::Plan;
use crate::trial::stats::{bootstrap_difference, bootstrap_mean, proportion};

/// Months at which a cumulative incidence is given, beside the horizon.
const AT_MONTHS: [f64; 3] = [6.0, 12.0, 24.0];

/// An arm of a trial.
pub(super) struct OfArm<'a> {
    pub plan: &'a Plan,
    pub results: &'a Results,
    pub arm: usize,
}

impl OfArm<'_> {
    /// All measures of the strategy.
    pub fn rows(&self) -> Vec<ArmRow> {
        let means = Endpoint::CONTRASTED.into_iter().filter_map(|endpoint| self.mean(endpoint));
        let prices = Price::ALL.into_iter().filter_map(|price| self.price(price));
        let incidences = CountedEvent::ALL.into_iter().flat_map(|event| self.incidences(event));
        means.chain(prices).chain(self.dosed()).chain(self.shares()).chain(incidences).collect()
    }

    fn outcomes(&self) -> &[Outcome] {
        &self.results.arms[self.arm]
    }

    fn row(&self, measure: &str, unit: MeasureUnit, value: f64, patients: usize) -> ArmRow {
        ArmRow::new(&self.plan.arms()[self.arm].name, measure, unit, Some(value), patients as u64)
    }

    fn horizon(&self) -> Option<f64> {
        Some(self.results.horizon_months(self.plan))
    }

    /// Restricted mean of a time.
    fn mean(&self, endpoint: Endpoint) -> Option<ArmRow> {
        let subjects = self.results.subjects(self.arm, endpoint);
        let found = bootstrap_mean(&subjects, self.horizon()?, resampling(self.plan)).ok()?;
        let Estimate { value, interval, .. } = Estimate::new(&found, subjects.len());
        let measure = format!("{}_restricted_mean", endpoint.word());
        Some(ArmRow {
            low: interval.map(|i| i.low),
            high: interval.map(|i| i.high),
            at_months: self.horizon(),
            ..self.row(&measure, MeasureUnit::Months, value, subjects.len())
        })
    }

    fn price(&self, price: Price) -> Option<ArmRow> {
        let horizon = self.results.horizon(self.plan);
        let all = self.outcomes().iter().filter_map(|o| price.of(o, horizon));
        let all: Vec<(f64, f64)> = all.map(|x| (x, 0.0)).collect();
        let found = bootstrap_difference(&all, resampling(self.plan)).ok()?;
        let Estimate { value, interval, .. } = Estimate::new(&found, all.len());
        let (unit, shown) = price.shown(value);
        Some(ArmRow {
            low: interval.map(|i| price.shown(i.low).1),
            high: interval.map(|i| price.shown(i.high).1),
            at_months: self.horizon(),
            ..self.row(&crate::table::word(&price), unit, shown, all.len())
        })
    }

    /// Dose intensity by drug, up to progression and not to the stop of the drug alone.
    fn dosed(&self) -> Vec<ArmRow> {
        let drugs = self.plan.arms()[self.arm].therapy.drugs();
        let mean = |(number, drug): (usize, &&str)| {
            let all = self.outcomes().iter().filter_map(|o| o.strategy.intensities.get(number).copied()?);
            let all: Vec<f64> = all.collect();
            let value = all.iter().sum::<f64>() / all.len() as f64;
            let row = || self.row("dose_intensity_to_progression", MeasureUnit::Fraction, value, all.len());
            (!all.is_empty()).then(|| ArmRow { of: (*drug).to_owned(), ..row() })
        };
        drugs.iter().enumerate().filter_map(mean).collect()
    }

    /// Shares of patients.
    fn shares(&self) -> Vec<ArmRow> {
        let share = |measure: &str, has: fn(&Outcome) -> bool| {
            let count = self.outcomes().iter().filter(|o| has(o)).count() as u64;
            let p = proportion(count, self.outcomes().len() as u64).ok()?;
            let row = self.row(measure, MeasureUnit::Fraction, p.estimate, self.outcomes().len());
            Some(ArmRow {
                low: Some(p.interval.low),
                high: Some(p.interval.high),
                events: Some(count),
                ..row
            })
        };
        let second = share("second_drug", |o| o.strategy.second_drug);
        second.into_iter().chain(share("growth_after_leaving", |o| o.strategy.after_leaving)).collect()
    }

    /// Cumulative incidences at fixed times, as far as they are known.
    fn incidences(&self, event: CountedEvent) -> Vec<ArmRow> {
        let Ok(curve) = self.results.incidence(self.arm, event) else { return Vec::new() };
        let horizon = self.results.horizon_months(self.plan);
        let times = AT_MONTHS.into_iter().filter(|t| *t < horizon).chain([horizon]);
        let at = |months: f64| {
            let (share, interval) = curve.by(months).ok()?;
            let had = curve.steps.iter().filter(|s| s.time <= months).map(|s| s.events as u64).sum();
            Some(ArmRow {
                low: Some(interval.low),
                high: Some(interval.high),
                events: Some(had),
                at_months: Some(months),
                ..self.row(
                    &format!("{}_incidence", event.word()),
                    MeasureUnit::Fraction,
                    share,
                    curve.subjects,
                )
            })
        };
        times.filter_map(at).collect()
    }
}

impl Results {
    /// The horizon of all restricted means: that of the plan, or where none was asked for, the largest time up to that one at which in
    /// every arm somebody is still observed or nobody is left. Day.
    pub fn horizon(&self, plan: &Plan) -> u32 {
        if plan.is_horizon_asked() {
            return plan.horizon();
        }
        let reach = |arm: usize| {
            let of = |endpoint: Endpoint| {
                let spans: Vec<_> = self.arms[arm].iter().filter_map(|o| endpoint.of(o)).collect();
                let last = spans.iter().map(|s| s.days).max()?;
                let left = |s: &&FollowedSpan| s.days == last && s.ended == Ended::Censored;
                spans.iter().find(left).map(|_| last)
            };
            [Endpoint::Tfs, Endpoint::TimeToGrowth].into_iter().filter_map(of).min()
        };
        (0..self.arms.len()).filter_map(reach).min().unwrap_or(u32::MAX).min(plan.horizon())
    }

    /// The same in months.
    pub fn horizon_months(&self, plan: &Plan) -> f64 {
        f64::from(self.horizon(plan)) / DAYS_PER_MONTH
    }
}
