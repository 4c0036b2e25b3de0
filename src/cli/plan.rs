//! `evotor plan`: how a trial is cut for a cluster.

use std::path::Path;
use std::process::ExitCode;

use crate::scenario::keys;
use crate::simulation::cost::seconds_text;
use crate::simulation::naming::{bytes_text, counted, shell_word};
use crate::trial::forecast::{Forecast, ShardCut, forecast};
use crate::trial::session::Selection;

use super::codes::later_codes;
use super::compare::with_bar;
use super::json::{self, CutPlan, PlanResult};
use super::options::SetArgs;
use super::outcome::{Failure, say};
use super::range;
use super::trial::load;

/// A job is given this many times the hours that it is thought to take.
const SAFETY: f64 = 2.0;

/// Say into how many shards to cut a trial, and what each takes
///
/// Measures a few patients, on small lattices where those of the trial are large, for about half a minute: no large tumour is made. Prints
/// core-hours, shards of about the hours that are asked for, their memory and disk, and the line that starts them on Slurm. Another
/// machine is a factor: run it where the shards will run. The time that is asked for is twice the estimate.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor plan scenarios/06-everolimus-sunitinib.toml --patients 10000\n  \
    evotor plan my-trial.toml --shard-hours 0.5 --cpus 8\n  \
    evotor plan radiant-4 --patients 100000 --surrogate\n\n\
    Exit codes:\n  0  done\n  1  a patient could not be measured\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// A trial's file, or the name of a trial of the review
    #[arg(value_name = "TRIAL")]
    trial: String,

    #[command(flatten)]
    set: SetArgs,

    /// Hours that a shard should take
    #[arg(long, value_name = "HOURS", default_value_t = 1.0, value_parser = hours)]
    shard_hours: f64,

    /// Cores of a shard
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = range::count::<u16>(1..=1024))]
    cpus: u16,

    /// Number of patients, in place of the file's
    #[arg(long, value_name = "N", value_parser = range::of::<u32>(keys::COHORT, "patients"))]
    patients: Option<u32>,

    /// For tumours as a mean field
    #[arg(long)]
    surrogate: bool,

    /// No progress
    #[arg(long, short)]
    quiet: bool,
}

fn hours(text: &str) -> Result<f64, String> {
    let hours = text.parse().ok().filter(|hours| (0.01..=1000.0).contains(hours));
    hours.ok_or_else(|| "expected a number of hours from 0.01 to 1000".to_owned())
}

/// Runs the command.
pub fn plan(args: &Args) -> Result<ExitCode, Failure> {
    let loaded = load(&args.trial, &args.set.overlay())?;
    if loaded.scenario.trial.is_none() {
        return Err(Failure::Input(format!(
            "`{}` is not a trial: `evotor run {} --dry-run` says what a run takes",
            args.trial,
            shell_word(&args.trial)
        )));
    }
    let selection = Selection { patients: args.patients, surrogate: args.surrogate, ..Selection::default() };
    let forecast = with_bar(args.quiet, |hooks| Ok(forecast(&loaded.scenario, &selection, hooks)?))?;
    let arms = loaded.scenario.trial.as_ref().map_or(0, |trial| trial.arms.len());
    tell(args, &forecast, arms, &loaded.scenario.name);
    Ok(ExitCode::SUCCESS)
}

fn tell(args: &Args, forecast: &Forecast, arms: usize, name: &str) {
    let Forecast { patients, measured, seconds, core_seconds: [mean, low, high], disk, .. } = *forecast;
    let cut = forecast.cut(args.shard_hours, args.cpus);
    let by = if args.surrogate { "by the surrogate" } else { "by agents" };
    let of_shard = patients.div_ceil(cut.shards);
    let all = u64::from(patients) * disk;
    let say_line = |what: &str, text: String| say(format_args!("{what:<11}{text}"));
    let (patients_text, arms_text) = (counted(patients.into(), "patient"), counted(arms as u64, "arm"));
    say_line("trial:", format!("{name}, {patients_text} through {arms_text}, {by}"));
    say_line("measured:", format!("{} in {}", counted(measured.into(), "patient"), seconds_text(seconds)));
    say_line(
        "a patient:",
        format!("{} of one core ({} to {})", seconds_text(mean), seconds_text(low), seconds_text(high)),
    );
    say_line("all:", format!("{} of one core", seconds_text(mean * f64::from(patients))));
    say_line(
        "shards:",
        format!(
            "{}, each of up to {}, about {} on {}",
            cut.shards,
            counted(of_shard.into(), "patient"),
            seconds_text(cut.hours * 3600.0),
            counted(args.cpus.into(), "core")
        ),
    );
    say_line("memory:", format!("{} MiB for each", cut.mebibytes));
    let of_each = bytes_text(u64::from(of_shard) * disk);
    say_line(
        "disk:",
        format!("{of_each} for each, {} in all, and as much again for the merge", bytes_text(all)),
    );
    let commands = [sbatch(args, &cut), "evotor merge parts/* --out whole".to_owned()];
    say(format_args!("\n{}", commands.join("\n")));
    let plan = CutPlan {
        patients,
        measured,
        core_seconds: forecast.core_seconds,
        shards: cut.shards,
        hours: cut.hours,
        memory_mib: cut.mebibytes,
        disk_bytes: all,
        commands: commands.to_vec(),
    };
    json::add(|| PlanResult { plan: Some(plan) });
}

/// The line that starts all shards.
fn sbatch(args: &Args, cut: &ShardCut) -> String {
    let minutes = (libm::ceil(SAFETY * cut.hours * 4.0) as u64).max(1) * 15;
    let time = format!("{:02}:{:02}:00", minutes / 60, minutes % 60);
    let is_file = Path::new(&args.trial).exists();
    let command = if is_file { "compare" } else { "trial" };
    let mut options = String::new();
    for setting in &args.set.set {
        let both = format!("{}={}", setting.key, setting.value);
        options.push_str(&format!(" --set {}", shell_word(&both)));
    }
    if let Some(patients) = args.patients {
        options.push_str(&format!(" --patients {patients}"));
    }
    if args.surrogate {
        options.push_str(" --surrogate");
    }
    let wrapped = format!(
        "exec evotor {command} {}{options} --backend cpu --shard \"$SLURM_ARRAY_TASK_ID/{}\" --out \"parts/$SLURM_ARRAY_TASK_ID\" --continue --quiet",
        shell_word(&args.trial),
        cut.shards
    );
    format!(
        "sbatch --array=0-{} --cpus-per-task={} --mem={}M --time={time} --requeue --signal=B:USR1@120 \\\n  --wrap {}",
        cut.shards - 1,
        args.cpus,
        cut.mebibytes,
        shell_word(&wrapped)
    )
}
