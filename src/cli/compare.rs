//! `evotor compare` and what `evotor trial` shares with it: a cohort through its arms.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::scenario::{Loaded, Style, effective_toml};
use crate::simulation::RunError;
use crate::simulation::folder::write_aside;
use crate::simulation::naming::counted;
use crate::trial::file;
use crate::trial::output::{Course, TrialFolder, tables};
use crate::trial::results::{ArmSummary, Contrast, Median, Percent, Results, Which, simulate};
use crate::trial::run::{
    Choices, Failure as PatientFailure, Finished, PatientRun, Plan, PlanError, Watch, run,
};

use super::options::BackendArgs;
use super::outcome::{Failure, complain, say};
use super::report::ReportArgs;
use super::signals;
use super::table::{Align, Table};

/// Compare arms of therapy over the same virtual patients
///
/// Reads a trial: a scenario with a cohort and an arm for each therapy. Every patient goes through every arm with the same
/// body, the same tumour and the same luck, so that arms differ by therapy alone. Prints a table of the arms and the differences
/// between them, and writes a folder with a row per patient and arm (patients.csv), the arms (arms.csv), the differences
/// (contrasts.csv), survival curves (survival.csv), the composition of the tumours (resistance.csv), scans, events, and more.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor compare scenarios/06-everolimus-sunitinib.toml\n  \
    evotor compare scenarios/06-everolimus-sunitinib.toml --patients 400 --out results/large\n  \
    evotor compare my-trial.toml --only 17 --arm everolimus\n\n\
    Exit codes:\n  0  done\n  1  a patient failed, or the whole trial (disk full)\n  2  the input is at fault\n  \
    130, 143  stopped by Ctrl-C or SIGTERM; what was done by then is written")]
pub struct Args {
    /// The trial's file
    #[arg(value_name = "TRIAL")]
    pub trial: PathBuf,

    #[command(flatten)]
    pub who: Who,

    /// Folder for the results [default: results/<trial's name>]
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Replace the results of another trial in the same folder
    #[arg(long)]
    pub force: bool,

    /// No progress
    #[arg(long, short)]
    pub quiet: bool,

    #[command(flatten)]
    pub report: ReportArgs,

    #[command(flatten)]
    pub backend: BackendArgs,
}

/// Who goes through which arms.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Who")]
pub struct Who {
    /// Number of patients [default: as the file says]
    ///
    /// Patients keep their numbers: those of a smaller cohort are the first of a larger one.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1 << 24))]
    pub patients: Option<u32>,

    /// This patient alone, by its number from 0; may be repeated
    #[arg(long, value_name = "PATIENT")]
    pub only: Vec<u32>,

    /// This arm alone, by its name; may be repeated
    #[arg(long, value_name = "ARM")]
    pub arm: Vec<String>,

    /// Replace the trial's seed
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Live agents of a patient at the start, at least, in place of the file's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(100..=100_000_000))]
    pub agents: Option<u32>,

    /// Compute the tumours as a mean field, not cell by cell: an approximation, some thirty times faster
    #[arg(long)]
    pub surrogate: bool,
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        Self::Input(format!("failed to {error}"))
    }
}

/// A trial that is ready to run.
pub struct Ready {
    /// The trial.
    pub plan: Plan,
    choices: Choices,
    file: PathBuf,
}

impl Ready {
    /// Reads a trial and who goes through it.
    pub fn load(path: &Path, who: &Who, backend: &BackendArgs, quiet: bool) -> Result<Self, Failure> {
        let loaded = file::load(path)?;
        let warnings = loaded.render_warnings(Style::for_stderr());
        if !warnings.is_empty() && !quiet {
            complain(format_args!("{}", warnings.trim_end()));
        }
        Ok(Self { file: path.to_owned(), ..Self::of(loaded, who, backend)? })
    }

    /// A trial that was read.
    pub fn of(loaded: Loaded, who: &Who, backend: &BackendArgs) -> Result<Self, Failure> {
        backend.check().map_err(Failure::Input)?;
        let file = PathBuf::from(&loaded.file);
        let mut scenario = loaded.scenario;
        scenario.seed = who.seed.unwrap_or(scenario.seed);
        if let (Some(trial), Some(agents)) = (&mut scenario.trial, who.agents) {
            trial.cohort.agents = Some(agents);
        }
        let plan = Plan::new(&scenario, who.patients)?;
        let choices = Choices {
            backend: backend.options(),
            patients: (!who.only.is_empty()).then(|| who.only.clone()),
            arms: arms(&plan, &who.arm)?,
            surrogate: who.surrogate,
        };
        Ok(Self { plan, choices, file })
    }

    /// Runs it into a folder.
    pub fn run(&self, dir: &Path, force: bool, quiet: bool) -> Result<(Results, Finished), Failure> {
        let by = if self.choices.surrogate {
            "# computed by the mean-field surrogate, not cell by cell\n"
        } else {
            ""
        };
        let version = env!("CARGO_PKG_VERSION");
        let scenario = &self.plan.scenario;
        let text = format!("# evotor {version}, seed {}\n{by}#\n{}", scenario.seed, effective_toml(scenario));
        let folder = TrialFolder::create(dir, force, &self.plan, &text)?;
        let stop =
            signals::watch().map_err(|e| Failure::Machine(format!("failed to watch for signals: {e}")))?;
        let mut desk = Desk {
            plan: &self.plan,
            folder,
            results: Results::new(&self.plan),
            bar: bar(quiet),
            taken: false,
        };
        let finished = run(&self.plan, &self.choices, &mut desk, &stop);
        desk.bar.finish_and_clear();
        // What made it useless to go on is told, and not what follows from it.
        let finished = finished?;
        desk.folder.finish(&self.plan, &desk.results, &self.course(&finished))?;
        Ok((desk.results, finished))
    }

    /// How it was computed and how far it came, for whoever reads its folder.
    fn course(&self, finished: &Finished) -> Course {
        let named = |arms: &Vec<usize>| arms.iter().map(|a| self.plan.arms()[*a].name.clone()).collect();
        let failed = match finished {
            Finished::Done(failures) => failures.iter().map(|f| f.patient).collect(),
            Finished::Stopped(_) => BTreeSet::new(),
        };
        Course {
            surrogate: self.choices.surrogate,
            patients: self.plan.cohort.spec().patients,
            only: self.choices.patients.clone(),
            arms: self.choices.arms.as_ref().map(named),
            stopped: matches!(finished, Finished::Stopped(_)),
            failed: failed.into_iter().collect(),
        }
    }

    /// Numbers of the arms that take part.
    pub fn arms(&self) -> Vec<usize> {
        self.choices.arms.clone().unwrap_or_else(|| (0..self.plan.arms().len()).collect())
    }

    /// What sets arms apart, of the pairs that the trial names and that took part.
    fn contrasts(&self, results: &Results, times: &[Which]) -> Vec<Contrast> {
        let took_part = |arm: &usize| self.arms().contains(arm) && !results.arms[*arm].is_empty();
        let pairs = self.plan.trial.comparisons.iter().filter(|(a, b)| took_part(a) && took_part(b));
        pairs.flat_map(|(a, b)| times.iter().map(|w| results.contrast(&self.plan, *a, *b, *w))).collect()
    }

    /// Tells of patients who failed, and how to repeat each of them.
    fn tell(&self, failures: &[PatientFailure]) {
        for failure in failures {
            let arm = failure.arm.map(|arm| &self.plan.arms()[arm].name);
            let of = arm.map_or_else(String::new, |arm| format!(" in arm `{arm}`"));
            let only = arm.map_or_else(String::new, |arm| format!(" --arm {arm:?}"));
            complain(format_args!(
                "error: patient {} (seed {}){of} failed to {}\n  to repeat it alone: evotor compare {} --only {} --seed {}{only}",
                failure.patient,
                self.plan.scenario.seed,
                failure.message,
                self.file.display(),
                failure.patient,
                self.plan.scenario.seed,
            ));
        }
    }

    /// What a command ends with.
    pub fn end(&self, finished: &Finished, dir: &Path) -> ExitCode {
        match finished {
            Finished::Stopped(signal) => {
                complain(format_args!(
                    "stopped by {}; the patients who were done are in {}",
                    signals::name(*signal),
                    dir.display()
                ));
                ExitCode::from(128 + *signal as u8)
            }
            Finished::Done(failures) if failures.is_empty() => ExitCode::SUCCESS,
            Finished::Done(failures) => {
                self.tell(failures);
                ExitCode::from(super::outcome::FAILED)
            }
        }
    }
}

fn arms(plan: &Plan, names: &[String]) -> Result<Option<Vec<usize>>, Failure> {
    if names.is_empty() {
        return Ok(None);
    }
    let find = |name: &String| {
        let all = || plan.arms().iter().map(|a| a.name.as_str());
        all().position(|own| own == name).ok_or_else(|| {
            let near = crate::scenario::nearest_name(name, all());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Failure::Input(format!("there is no arm `{name}`{hint}"))
        })
    };
    let mut numbers = names.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(Some(numbers))
}

fn bar(quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new(1);
    let hidden = quiet || !std::io::stderr().is_terminal();
    bar.set_draw_target(if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() });
    if let Ok(style) =
        ProgressStyle::with_template("{bar:32} {percent:>3} %  {pos} of {len} patients  {eta} left")
    {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}

/// Takes patients into tables and results.
struct Desk<'a> {
    plan: &'a Plan,
    folder: TrialFolder,
    results: Results,
    bar: ProgressBar,
    taken: bool,
}

impl Watch for Desk<'_> {
    fn progress(&mut self, done: u32, all: u32) {
        self.bar.set_length(u64::from(all));
        self.bar.set_position(u64::from(done));
    }

    fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
        self.folder.add(self.plan, &run, !self.taken)?;
        self.taken = true;
        self.results.add(&run);
        Ok(())
    }
}

/// Runs the command.
pub fn compare(args: &Args) -> Result<ExitCode, Failure> {
    let ready = Ready::load(&args.trial, &args.who, &args.backend, args.quiet)?;
    let name = &ready.plan.scenario.name;
    let dir = args.out.clone().unwrap_or_else(|| PathBuf::from("results").join(name));
    let (results, finished) = ready.run(&dir, args.force, args.quiet)?;
    show(&ready, &results);
    if matches!(finished, Finished::Done(_)) {
        repeats(&ready, &args.who, &dir)?;
    }
    say(format_args!("\nresults in {}", dir.display()));
    args.report.write(&dir, args.quiet);
    Ok(ready.end(&finished, &dir))
}

/// Repeats a comparison with the growth of other populations, by the surrogate.
fn repeats(ready: &Ready, who: &Who, dir: &Path) -> Result<(), Failure> {
    let stop = signals::watch().map_err(|e| Failure::Machine(format!("failed to watch for signals: {e}")))?;
    for name in &ready.plan.trial.cohort.repeat {
        let mut scenario = ready.plan.scenario.clone();
        if let Some(trial) = &mut scenario.trial {
            trial.cohort.population.clone_from(name);
            trial.cohort.repeat.clear();
        }
        let choices = Choices { surrogate: true, ..ready.choices.clone() };
        let again = Ready { plan: Plan::new(&scenario, who.patients)?, choices, file: ready.file.clone() };
        let Ok(results) = simulate(&again.plan, &again.choices, &stop)? else {
            complain(format_args!("stopped before the repetition with the growth of {name}"));
            return Ok(());
        };
        say(format_args!("\nThe same with the growth of {name}, by the mean-field surrogate:\n"));
        let arms: Vec<ArmSummary> = again.arms().iter().map(|arm| results.arm(&again.plan, *arm)).collect();
        times(&arms);
        let contrasts = again.contrasts(&results, &[Which::TotalPfs]);
        if !contrasts.is_empty() {
            say(format_args!(""));
            differences(&contrasts);
        }
        for (table, text) in tables(&again.plan, &results) {
            if ["arms.csv", "contrasts.csv"].contains(&table) {
                let path = dir.join(format!("{name}-{table}"));
                write_aside(&path, |file| file.write_all(text.as_bytes()))?;
            }
        }
    }
    Ok(())
}

/// Prints arms and contrasts.
pub fn show(ready: &Ready, results: &Results) {
    let plan = &ready.plan;
    let arms: Vec<ArmSummary> = ready.arms().iter().map(|arm| results.arm(plan, *arm)).collect();
    times(&arms);
    say(format_args!(""));
    responses(&arms);
    say(format_args!(""));
    toxicity(&arms);
    let contrasts = ready.contrasts(results, &[Which::Pfs, Which::TotalPfs, Which::Os]);
    if !contrasts.is_empty() {
        say(format_args!(""));
        differences(&contrasts);
    }
    remarks(plan, &arms);
    if ready.choices.surrogate {
        say(format_args!("computed by the mean-field surrogate, not cell by cell"));
    }
}

fn times(arms: &[ArmSummary]) {
    let columns = ["PFS", "line 2", "total PFS", "PFS2", "OS"].map(|name| (name, Align::Right));
    let mut table =
        Table::new(&[&[("months, median (95 %)", Align::Left), ("N", Align::Right)], &columns[..]].concat());
    for arm in arms {
        let median = |which: Which| arm.medians.get(which.word()).map_or_else(|| "-".to_owned(), months);
        let cells = Which::ALL.map(median);
        table.row([vec![arm.arm.clone(), arm.patients.to_string()], cells.to_vec()].concat());
    }
    table.print();
}

fn months(m: &Median) -> String {
    let one = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), |x| format!("{x:.1}"));
    format!("{} ({}-{})", one(m.months), one(m.low), one(m.high))
}

fn percent(p: &Option<Percent>) -> String {
    p.map_or_else(|| "-".to_owned(), |p| format!("{:.0}", p.percent))
}

fn responses(arms: &[ArmSummary]) {
    let columns = ["ORR", "DCR", "any shrinkage", "PD at 1st scan", "CgA -30 %"].map(|c| (c, Align::Right));
    let last = ("dominant at progression", Align::Left);
    let mut table = Table::new(&[&[("percent of patients", Align::Left)], &columns[..], &[last]].concat());
    for arm in arms {
        let shares = [
            &arm.response_rate,
            &arm.disease_control,
            &arm.any_shrinkage,
            &arm.first_scan_progression,
            &arm.early_cga,
        ];
        let dominant: Vec<String> = arm.dominant.iter().map(|(name, n)| format!("{name} {n}")).collect();
        let shares = shares.map(percent).to_vec();
        table.row([vec![arm.arm.clone()], shares, vec![dominant.join(", ")]].concat());
    }
    table.print();
}

fn toxicity(arms: &[ArmSummary]) {
    let columns = ["grade 3-4", "DLT in 28 d", "stopped", "changed", "days on"].map(|c| (c, Align::Right));
    let last = ("dose intensity, %", Align::Left);
    let mut table = Table::new(&[&[("percent of patients", Align::Left)], &columns[..], &[last]].concat());
    for arm in arms {
        let shares = [&arm.grade_3_or_4, &arm.dose_limiting, &arm.discontinuation, &arm.dose_change];
        let intensities: Vec<String> =
            arm.dose_intensity.iter().map(|(drug, share)| format!("{drug} {share:.0}")).collect();
        let days = arm.days_on_treatment.map_or_else(|| "-".to_owned(), |d| d.to_string());
        let cells = [vec![arm.arm.clone()], shares.map(percent).to_vec(), vec![days, intensities.join(", ")]];
        table.row(cells.concat());
    }
    table.print();
}

fn differences(contrasts: &[Contrast]) {
    let mut table = Table::new(&[
        ("arm", Align::Left),
        ("against", Align::Left),
        ("time", Align::Left),
        ("hazard ratio (95 %)", Align::Right),
        ("log-rank p", Align::Right),
        ("paired difference, months", Align::Right),
        ("up to month", Align::Right),
    ]);
    for c in contrasts {
        let ratio = c.hazard_ratio.map_or_else(
            || "-".to_owned(),
            |h| format!("{:.2} ({:.2}-{:.2})", h.ratio, h.interval.low, h.interval.high),
        );
        let p = c.log_rank_p.map_or_else(|| "-".to_owned(), p_text);
        let paired = c.paired.map_or_else(
            || "-".to_owned(),
            |d| {
                let interval =
                    d.interval.map_or_else(String::new, |i| format!(" ({:+.1} to {:+.1})", i.low, i.high));
                format!("{:+.1}{interval}", d.months)
            },
        );
        let horizon = c.paired.map_or_else(|| "-".to_owned(), |d| format!("{:.0}", d.horizon));
        table.row([c.arm.clone(), c.against.clone(), c.which.word().to_owned(), ratio, p, paired, horizon]);
    }
    table.print();
}

fn p_text(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

/// What every reader of these tables must know.
fn remarks(plan: &Plan, arms: &[ArmSummary]) {
    say(format_args!(""));
    say(format_args!(
        "{}, growth population {}; seed {}. Patients are the same in all arms: paired differences use that, hazard \
         ratios do not. OS is of confidence C and not validated.",
        counted(arms.iter().map(|a| a.patients as u64).max().unwrap_or(0), "virtual patient"),
        plan.trial.cohort.population,
        plan.scenario.seed
    ));
    if plan.scenario.mutation_amplification != 1.0 {
        say(format_args!("mutation rates are amplified {} times", plan.scenario.mutation_amplification));
    }
    let most = arms.iter().map(|a| a.most_blocked).fold(0.0, f64::max);
    if most > 1.0 {
        say(format_args!(
            "note: up to {most:.1} % of division attempts found no site; results depend on the lattice above 1 %"
        ));
    }
}
