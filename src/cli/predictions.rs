//! What `evotor trial` predicts of a trial before looking, and the growth that it would have needed.

use std::io::Write;
use std::path::Path;

use crate::scenario::Scenario;
use crate::simulation::RunError;
use crate::simulation::disk::write_aside;
use crate::table::{csv, word};
use crate::trial::needed::{Needed, NeededError, needed};
use crate::trial::output::rows::{NeededGrowthRow, PredictionRow, unit};
use crate::trial::output::{NEEDED_GROWTH, PREDICTIONS};
use crate::trial::predict::{ENOUGH, PredictError, Predicted, Prediction};
use crate::trial::results::Beside;

use super::outcome::Failure;
use super::progress::bar;
use super::signals;
use super::table::{Align, Table};

impl From<PredictError> for Failure {
    fn from(error: PredictError) -> Self {
        match error {
            PredictError::Plan(error) => error.into(),
            PredictError::Run(error) => error.into(),
        }
    }
}

impl From<NeededError> for Failure {
    fn from(error: NeededError) -> Self {
        match error {
            NeededError::Plan(error) => error.into(),
            NeededError::Run(error) => error.into(),
        }
    }
}

/// A prediction of each published figure; the signal that stopped it.
pub type Predictions = Result<Vec<Option<Predicted>>, usize>;

/// What must be known of predictions from few draws.
pub fn few_draws(draws: u32) -> Option<String> {
    (draws < ENOUGH).then(|| {
        format!(
            "{draws} draws are too few for an interval of 95 %: its ends are all but the smallest and largest of them, and no figure is said \
             to lie outside; `--predict {ENOUGH}` or more shows it"
        )
    })
}

/// Predicts the published figures of a trial.
pub fn predict(scenario: &Scenario, draws: u32, threads: usize, quiet: bool) -> Result<Predictions, Failure> {
    let stop = signals::watch()?;
    let bar = bar(draws.into(), "{bar:32} {pos} of {len} draws predicted  {eta} left", quiet);
    let prediction = Prediction { scenario, draws, threads, stop: &stop };
    let found = prediction.run(&|done| bar.set_position(u64::from(done)));
    bar.finish_and_clear();
    Ok(found?)
}

/// The growth that a trial's published medians would need; the signal that stopped it.
pub fn growth(scenario: &Scenario, threads: usize) -> Result<Result<Vec<Needed>, usize>, Failure> {
    Ok(needed(scenario, threads, &*signals::watch()?)?)
}

/// Writes `predictions.csv` of a trial.
pub fn write_predictions(dir: &Path, beside: &[Beside], all: &[Option<Predicted>]) -> Result<(), RunError> {
    let row = |(b, p): (&Beside, &Option<Predicted>)| {
        let (unit, scale) = unit(b.endpoint);
        let scaled = |of: fn(&Predicted) -> Option<f64>| p.as_ref().and_then(of).map(|x| scale * x);
        PredictionRow {
            arm: b.arm.clone(),
            endpoint: word(&b.endpoint),
            unit,
            at_months: b.at_months,
            published: scale * b.published,
            role: word(&b.role),
            predicted_median: scaled(|p| p.median),
            predicted_low: scaled(|p| p.low),
            predicted_high: scaled(|p| p.high),
            draws: p.as_ref().map(|p| p.draws),
            inside: p.as_ref().and_then(|p| p.verdict(b.published)),
        }
    };
    write(&dir.join(PREDICTIONS), &csv(beside.iter().zip(all).map(row)))
}

/// Writes `needed_growth.csv` of a trial.
pub fn write_needed(dir: &Path, all: &[Needed]) -> Result<(), RunError> {
    let row = |n: &Needed| NeededGrowthRow {
        arm: n.arm.clone(),
        published_months: n.published,
        simulated_months: n.median,
        growth_per_day: n.usual,
        needed_growth_per_day: n.growth,
    };
    write(&dir.join(NEEDED_GROWTH), &csv(all.iter().map(row)))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    write_aside(path, |file| file.write_all(bytes))
}

/// Head of the table of growth that would be needed.
pub fn needed_head(first: &[(&str, Align)]) -> Table {
    let columns = [
        ("arm", Align::Left),
        ("published PFS, months", Align::Right),
        ("simulated", Align::Right),
        ("growth, /d", Align::Right),
        ("needed for it, /d", Align::Right),
    ];
    Table::new(&[first, &columns].concat())
}

/// A row of it.
pub fn needed_cells(n: &Needed) -> Vec<String> {
    let months = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), |x| format!("{x:.1}"));
    vec![
        n.arm.clone(),
        format!("{:.1}", n.published),
        months(n.median),
        format!("{:.4}", n.usual),
        n.growth.map_or_else(|| "none".to_owned(), |g| format!("{g:.4}")),
    ]
}

/// The interval of a prediction.
pub fn interval(predicted: Option<&Predicted>, number: impl Fn(f64) -> String) -> String {
    let end = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), &number);
    predicted
        .map_or_else(|| "-".to_owned(), |p| format!("{} ({}-{})", end(p.median), end(p.low), end(p.high)))
}
