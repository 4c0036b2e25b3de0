//! What a batch over seeds comes to: quantiles of each figure.

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::design::SEED;
use super::question::BatchQuestion;
use super::row::{RowResult, RowStatus};
use crate::trial::stats::quantile;

/// One for each figure of a batch whose rows differ by the seed alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Documented, DocumentedFields)]
pub struct QuantileRow {
    /// Figure, as its column of `results.csv` is called.
    pub figure: String,
    /// Seeds in which there is such a figure: a day of an event that came, a share of live cells of which there are some.
    pub seeds: u32,
    /// Mean; empty for a day that did not come in every seed.
    pub mean: Option<f64>,
    /// Smallest value.
    pub minimum: Option<f64>,
    /// The value below which 5 % of the seeds lie (linear between order statistics, as R has it). A day that did not come counts as later
    /// than all; where that is the quantile, it is empty, and so are the ones below.
    pub quantile_5: Option<f64>,
    /// The same of 25 %.
    pub quantile_25: Option<f64>,
    /// The same of 50 %.
    pub median: Option<f64>,
    /// The same of 75 %.
    pub quantile_75: Option<f64>,
    /// The same of 95 %.
    pub quantile_95: Option<f64>,
    /// Largest value.
    pub maximum: Option<f64>,
}

impl QuantileRow {
    /// The figure over its rows. A day that did not come is one after the end, and not a value that is missing.
    fn new(figure: &str, values: &[Option<f64>]) -> Self {
        let is_day = figure.ends_with(DAY);
        let later = is_day.then_some(f64::INFINITY);
        let known: Vec<f64> = values.iter().filter_map(|value| value.or(later)).collect();
        let finite = |value: f64| value.is_finite().then_some(value);
        let at = |share| quantile(&known, share).ok().and_then(finite);
        let mean = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64);
        Self {
            figure: figure.to_owned(),
            seeds: values.iter().flatten().count() as u32,
            mean: mean.and_then(finite),
            minimum: at(0.0),
            quantile_5: at(0.05),
            quantile_25: at(0.25),
            median: at(0.5),
            quantile_75: at(0.75),
            quantile_95: at(0.95),
            maximum: at(1.0),
        }
    }
}

/// What the names of figures that are days of events end with. (A restricted mean is there in any case.)
const DAY: &str = "_median_day";

/// Quantiles of a whole batch over seeds; none of another one, and none of a shard.
pub(super) fn quantiles(question: &BatchQuestion, rows: &[RowResult]) -> Vec<QuantileRow> {
    if question.columns != [SEED] || question.shard.is_some() {
        return Vec::new();
    }
    let done: Vec<&RowResult> = rows.iter().filter(|row| row.status == RowStatus::Done).collect();
    let of = |(at, name): (usize, &String)| {
        let values: Vec<Option<f64>> =
            done.iter().map(|row| row.figures.get(at).copied().flatten()).collect();
        QuantileRow::new(name, &values)
    };
    question.figures.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_r() {
        // quantile(c(4, 1, 3, 2, 10), c(.05, .25, .5, .75, .95))
        let row = QuantileRow::new("live", &[4.0, 1.0, 3.0, 2.0, 10.0].map(Some));
        let near = |value: Option<f64>, expected: f64| (value.unwrap() - expected).abs() < 1e-12;
        assert!(near(row.quantile_5, 1.2) && near(row.quantile_25, 2.0) && near(row.median, 3.0), "{row:?}");
        assert!(near(row.quantile_75, 4.0) && near(row.quantile_95, 8.8) && near(row.mean, 4.0), "{row:?}");
        assert_eq!((row.seeds, row.minimum, row.maximum), (5, Some(1.0), Some(10.0)));
    }

    // Where four of ten seeds progressed, the median of these four is no median of ten: it was not reached.
    #[test]
    fn a_day_that_did_not_come_is_later_than_all_days() {
        let days: Vec<Option<f64>> = (0..10).map(|n| (n < 4).then_some(f64::from(n) * 10.0)).collect();
        let row = QuantileRow::new("progression_median_day", &days);
        assert_eq!((row.seeds, row.minimum, row.median, row.maximum), (4, Some(0.0), None, None));
        assert_eq!((row.quantile_25, row.mean), (Some(22.5), None));
        let share = QuantileRow::new("rtk_fraction", &[None, Some(0.5), Some(0.7)]);
        assert_eq!((share.seeds, share.median.map(|m| (m * 10.0).round())), (2, Some(6.0)));
        let none = QuantileRow::new("relative_live", &[None, None]);
        assert_eq!((none.seeds, none.mean, none.median), (0, None, None));
    }
}
