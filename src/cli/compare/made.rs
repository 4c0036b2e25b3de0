//! What a trial ends with when its patients are through: repetitions, predictions, the report, and whoever failed.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use crate::simulation::disk::write_aside;
use crate::trial::needed::Needed;
use crate::trial::output::{Extras, TrialFolder, tables};
use crate::trial::predict::Predicted;
use crate::trial::results::{ArmSummary, Beside, Endpoint, Results, simulate, simulated};
use crate::trial::run::{Choices, Finished, Plan};

use super::super::ending;
use super::super::outcome::{Failure, complain, say};
use super::super::predictions::{self, growth, needed_cells, needed_head, predict};
use super::super::report::ReportArgs;
use super::super::signals;
use super::super::trial::{published, title};
use super::ready::Ready;
use super::words::{differences, show, times};

/// A trial whose patients are through, or that was stopped, and the folder that is still its own.
pub struct Through {
    /// What came out.
    pub results: Results,
    /// How it ended.
    pub finished: Finished,
    /// What is made beside the tables.
    pub extras: Extras,
    /// Its folder.
    pub folder: TrialFolder,
}

/// What was made beside the tables.
#[derive(Default)]
pub struct Made {
    /// Whether there are predictions, of each published figure.
    predictions: Option<Vec<Option<Predicted>>>,
    /// The growth that arms would need.
    pub needed: Vec<Needed>,
    /// The signal that stopped it.
    pub signal: Option<usize>,
}

impl Made {
    /// Makes what a trial asks for, unless it was stopped.
    pub fn of(ready: &Ready, through: &Through, beside: &[Beside], quiet: bool) -> Result<Self, Failure> {
        let mut made = Self::default();
        if let Finished::Done(_) = through.finished {
            made.signal = made.fill(ready, through, beside, quiet)?.err();
        }
        Ok(made)
    }

    fn fill(
        &mut self,
        ready: &Ready,
        through: &Through,
        beside: &[Beside],
        quiet: bool,
    ) -> Result<Result<(), usize>, Failure> {
        let (extras, dir) = (&through.extras, through.folder.dir());
        let (scenario, threads) = (&ready.plan.scenario, ready.threads());
        if extras.repeat
            && let Err(signal) = repeats(ready, dir)?
        {
            return Ok(Err(signal));
        }
        if let Some(draws) = extras.predict.filter(|_| !beside.is_empty()) {
            predictions::few_draws(draws).iter().for_each(|note| complain(format_args!("note: {note}")));
            match predict(scenario, draws, threads, quiet)? {
                Ok(found) => {
                    predictions::write_predictions(dir, beside, &found)?;
                    self.predictions = Some(found);
                }
                Err(signal) => return Ok(Err(signal)),
            }
        }
        if extras.needed_growth {
            match growth(scenario, threads)? {
                Ok(found) => self.needed = found,
                Err(signal) => return Ok(Err(signal)),
            }
            predictions::write_needed(dir, &self.needed)?;
        }
        Ok(Ok(()))
    }

    /// The prediction of a figure, if there are predictions.
    pub fn predicted(&self, figure: usize) -> Option<Option<&Predicted>> {
        self.predictions.as_ref().map(|all| all.get(figure).and_then(Option::as_ref))
    }

    /// Whether all is made of a trial that was asked for.
    pub fn is_whole(&self, finished: &Finished) -> bool {
        self.signal.is_none() && matches!(finished, Finished::Done(_))
    }
}

/// What a trial ends with: its tables on the terminal, what is made beside them, the report; and the checkpoint is removed.
pub fn conclude(
    ready: &Ready,
    through: Through,
    report: ReportArgs,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    title(ready);
    show(ready, &through.results);
    let beside = simulated(&ready.plan, &through.results);
    let made = Made::of(ready, &through, &beside, quiet)?;
    if !through.extras.repeat {
        published(&beside, through.extras.predict.is_some(), |j| made.predicted(j));
    }
    if !made.needed.is_empty() {
        say(format_args!(""));
        let mut table = needed_head(&[]);
        made.needed.iter().for_each(|n| table.row(needed_cells(n)));
        table.print();
    }
    let dir = through.folder.dir().to_owned();
    say(format_args!("\nresults in {}", dir.display()));
    report.write_own(&dir, quiet);
    if made.is_whole(&through.finished) {
        through.folder.finish()?;
    }
    Ok(match made.signal {
        Some(signal) => stopped(signal, &dir),
        None => ready.end(&through.finished, &dir),
    })
}

/// How a command ends that a signal stopped after its patients.
fn stopped(signal: usize, dir: &Path) -> ExitCode {
    ending::stopped(signal, "; all patients are through", dir)
}

/// Repeats a comparison with the growth of other populations, by the surrogate: with its own growth first, so that what growth changes
/// can be told from what the surrogate does. The signal that stopped it.
fn repeats(ready: &Ready, dir: &Path) -> Result<Result<(), usize>, Failure> {
    let cohort = &ready.plan.trial.cohort;
    let own = Some(&cohort.population).filter(|_| !cohort.repeat.is_empty() && !ready.choices.surrogate);
    for name in own.into_iter().chain(&cohort.repeat) {
        if let Err(signal) = repeat(ready, dir, name)? {
            return Ok(Err(signal));
        }
    }
    Ok(Ok(()))
}

/// Repeats a comparison with the growth of a population.
fn repeat(ready: &Ready, dir: &Path, name: &String) -> Result<Result<(), usize>, Failure> {
    let cohort = &ready.plan.trial.cohort;
    let mut scenario = ready.plan.scenario.clone();
    if let Some(trial) = &mut scenario.trial {
        trial.cohort.population.clone_from(name);
        trial.cohort.repeat.clear();
    }
    let choices = Choices { surrogate: true, ..ready.choices.clone() };
    let again = Ready { plan: Plan::new(&scenario, Some(ready.plan.cohort.spec().patients))?, choices };
    let results = match simulate(&again.plan, &again.choices, &*signals::watch()?)? {
        Ok(results) => results,
        Err(signal) => return Ok(Err(signal)),
    };
    let (which, why) = if *name == cohort.population {
        ("", ", to tell what it changes from what growth does")
    } else {
        (" other", "")
    };
    say(format_args!("\nThe same with the{which} growth of {name}, by the mean-field surrogate{why}:\n"));
    let arms: Vec<ArmSummary> = again.arms().iter().map(|arm| results.arm(&again.plan, *arm)).collect();
    times(&arms);
    let contrasts = again.contrasts(&results, &[Endpoint::TotalPfs]);
    if !contrasts.is_empty() {
        say(format_args!(""));
        differences(&contrasts);
    }
    for (table, bytes) in tables(&again.plan, &results) {
        if ["arms.csv", "contrasts.csv"].contains(&table) {
            let path = dir.join(format!("{name}-{table}"));
            write_aside(&path, |file| file.write_all(&bytes))?;
        }
    }
    Ok(Ok(()))
}
