//! What is made of a trial beside its tables: repetitions with other growth, predictions, the growth that it would need.

use std::io::Write;
use std::path::Path;

use super::{Session, SessionRun};
use crate::simulation::RunError;
use crate::simulation::disk::write_aside;
use crate::table::{csv, word};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::needed::{NeededGrowthRow, needed};
use crate::trial::output::rows::{PredictionRow, unit};
use crate::trial::output::{NEEDED_GROWTH, PREDICTIONS, tables};
use crate::trial::predict::{ENOUGH, Predicted, Prediction};
use crate::trial::results::{ArmSummary, ContrastRow, Endpoint, PublishedComparison, simulate};
use crate::trial::run::{Plan, TrialEnding, TrialOptions};

/// A comparison repeated by the surrogate with the growth of a population.
#[derive(Debug)]
pub struct Repetition {
    /// Name of the population.
    pub population: String,
    /// Whether it is the trial's own, which tells what the surrogate changes from what growth does.
    pub is_own: bool,
    /// Its arms.
    pub arms: Vec<ArmSummary>,
    /// What sets them apart.
    pub contrasts: Vec<ContrastRow>,
}

/// What is made of a trial beside its tables.
#[derive(Debug, Default)]
pub struct ExtraResults {
    /// Repetitions.
    pub repetitions: Vec<Repetition>,
    /// Whether there are predictions, of each published figure.
    predictions: Option<Vec<Option<Predicted>>>,
    /// The rows of their table.
    pub prediction_rows: Option<Vec<PredictionRow>>,
    /// The growth that arms would need.
    pub needed: Vec<NeededGrowthRow>,
    /// The signal that stopped it.
    pub signal: Option<usize>,
}

impl ExtraResults {
    /// Makes what a trial asks for and writes it into its folder, unless the trial was stopped.
    ///
    /// # Errors
    ///
    /// [`TrialError`], but for a signal, which is among the results.
    pub fn make(
        session: &Session,
        run: &SessionRun,
        beside: &[PublishedComparison],
        hooks: &mut TrialHooks<'_>,
    ) -> Result<Self, TrialError> {
        let mut made = Self::default();
        if let TrialEnding::Done(_) = run.finished {
            match made.fill(session, run, beside, hooks) {
                Err(TrialError::Stopped(signal)) => made.signal = Some(signal),
                filled => filled?,
            }
        }
        Ok(made)
    }

    fn fill(
        &mut self,
        session: &Session,
        run: &SessionRun,
        beside: &[PublishedComparison],
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(), TrialError> {
        let (extras, dir) = (&run.extras, run.folder.dir());
        let (scenario, threads) = (&session.plan.scenario, session.threads());
        if extras.repeat {
            let cohort = &session.plan.trial.cohort;
            let own =
                Some(&cohort.population).filter(|_| !cohort.repeat.is_empty() && !session.choices.surrogate);
            for name in own.into_iter().chain(&cohort.repeat) {
                self.repetitions.push(repeat(session, run, name, hooks)?);
            }
        }
        if let Some(draws) = extras.predict.filter(|_| !beside.is_empty()) {
            if draws < ENOUGH {
                hooks.listener.note(&format!(
                    "{draws} draws are too few for an interval of 95 %: its ends are all but the smallest and largest of them, and \
                     no figure is said to lie outside; `--predict {ENOUGH}` or more shows it"
                ));
            }
            hooks.listener.begins("draws predicted", draws.into());
            let found = Prediction { scenario, draws, threads, stop: hooks.stop }.run(hooks.listener)?;
            let rows = prediction_rows(beside, &found);
            write(&dir.join(PREDICTIONS), &csv(rows.iter().cloned()))?;
            (self.predictions, self.prediction_rows) = (Some(found), Some(rows));
        }
        if extras.needed_growth {
            self.needed = needed(scenario, threads, hooks.stop)?;
            write(&dir.join(NEEDED_GROWTH), &csv(self.needed.iter().cloned()))?;
        }
        Ok(())
    }

    /// The prediction of a figure, if there are predictions.
    pub fn predicted(&self, figure: usize) -> Option<Option<&Predicted>> {
        self.predictions.as_ref().map(|all| all.get(figure).and_then(Option::as_ref))
    }
}

/// Repeats a comparison with the growth of a population, to the same horizon.
fn repeat(
    session: &Session,
    run: &SessionRun,
    name: &str,
    hooks: &TrialHooks<'_>,
) -> Result<Repetition, TrialError> {
    let mut scenario = session.plan.scenario.clone();
    if let Some(trial) = &mut scenario.trial {
        name.clone_into(&mut trial.cohort.population);
        trial.cohort.repeat.clear();
    }
    let choices = TrialOptions { surrogate: true, ..session.choices.clone() };
    let plan = Plan::new(&scenario, Some(session.plan.cohort.spec().patients))?;
    let plan = plan.with_horizon(run.results.horizon(&session.plan));
    let again = Session { plan, choices, ..session.clone() };
    let results = simulate(&again.plan, &again.choices, hooks.stop)?;
    for (table, text) in tables(&again.plan, &results) {
        if ["arms.csv", "contrasts.csv"].contains(&table) {
            let text = [run.course.remark().as_bytes(), &text].concat();
            write(&run.folder.dir().join(format!("{name}-{table}")), &text)?;
        }
    }
    Ok(Repetition {
        population: name.to_owned(),
        is_own: name == session.plan.trial.cohort.population,
        arms: again.arms().iter().map(|arm| results.arm(&again.plan, *arm)).collect(),
        contrasts: again.contrasts(&results, &[Endpoint::Tfs]),
    })
}

/// The rows of `predictions.csv` of a trial.
fn prediction_rows(beside: &[PublishedComparison], all: &[Option<Predicted>]) -> Vec<PredictionRow> {
    let row = |(beside, p): (&PublishedComparison, &Option<Predicted>)| {
        let b = &beside.published;
        let (unit, scale) = unit(b.endpoint);
        let scaled = |of: fn(&Predicted) -> Option<f64>| p.as_ref().and_then(of).map(|x| scale * x);
        PredictionRow {
            arm: beside.arm.clone(),
            endpoint: word(&b.endpoint),
            unit,
            at_months: b.at_months,
            published: scale * b.value,
            role: word(&b.role),
            predicted_median: scaled(|p| p.median),
            predicted_low: scaled(|p| p.low),
            predicted_high: scaled(|p| p.high),
            draws: p.as_ref().map(|p| p.draws),
            inside: p.as_ref().and_then(|p| p.verdict(b.value)),
        }
    };
    beside.iter().zip(all).map(row).collect()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    write_aside(path, |file| file.write_all(bytes))
}
