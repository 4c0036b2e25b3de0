//! The command line: one file per command, each thin.
//!
//! Results go to files and standard output, everything else to standard error. Exit codes are declared in `codes.rs`.

mod adapters;
mod animate;
mod batch;
mod bench;
mod calibrate;
mod codes;
mod columns;
mod compare;
mod completions;
mod design;
mod drugs;
mod dry_run;
mod ending;
mod export;
mod falsify;
mod init;
mod json;
mod loci;
mod merge;
mod options;
mod outcome;
mod own;
mod pictures;
mod pk;
mod plan;
mod plots;
mod predictions;
mod progress;
mod quantiles;
mod range;
mod render;
mod report;
mod resume;
mod run;
mod schema;
mod seeds;
mod selftest;
mod signalling;
mod signals;
mod stdout;
mod table;
mod tables;
mod trial;
mod validate;

use std::borrow::Cow;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::engine::gpu::close_devices;
use crate::simulation::may_pass;
use crate::sink;
use progress::ShowProgress;

pub use codes::exit_codes_markdown;
pub use columns::columns_markdown;
pub use outcome::Failure;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "evotor",
    version,
    about = "Evolution of neuroendocrine tumours under therapy: every cell an agent, the same bits on GPU and CPU",
    long_about = "evotor simulates neuroendocrine tumours under targeted therapy. Every cell is an agent on a \
        lattice; it divides, dies, moves, mutates and switches its state, and drugs change how fast. A scenario \
        file and its seed decide every bit of the result: the same on any GPU, on the CPU, with any number of \
        threads, and however often a run was stopped and resumed.",
    after_long_help = concat!(
        "Begin with:\n  evotor run scenarios/01-first-run.toml\n\nExit codes:\n  ",
        codes::all_codes!(),
        "\n\nWhat is ignored when the program starts, as by nohup, does not stop it.",
    ),
    max_term_width = 100
)]
struct Cli {
    /// How commands that take long show their progress on standard error
    ///
    /// With `--quiet` there is none.
    #[arg(long, global = true, value_enum, value_name = "HOW", default_value_t, help_heading = "Progress")]
    progress: ShowProgress,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Run(run::Args),
    Resume(resume::Args),
    Render(render::Args),
    #[command(alias = "film")]
    Animate(animate::Args),
    Export(export::Args),
    Compare(compare::Args),
    Trial(trial::Args),
    Batch(batch::Args),
    Design(design::Args),
    Merge(merge::Args),
    Plan(plan::Args),
    Report(report::Args),
    Plots(plots::Args),
    Tables(tables::Args),
    Calibrate(calibrate::Args),
    Falsify(falsify::Args),
    Validate(validate::Args),
    Adapters(adapters::Args),
    Loci(loci::Args),
    Signalling(signalling::Args),
    Selftest(selftest::Args),
    Bench(bench::Args),
    Drugs(drugs::Args),
    Pk(pk::Args),
    Schema(schema::Args),
    Completions(completions::Args),
}

impl Command {
    /// What of it is to be said in JSON, if anything. What prints a file for another program (`init`, `schema`, `completions`) has no
    /// results.
    fn json(&self) -> Option<json::Described> {
        use json::Described;
        let (asked, what) = match self {
            Self::Run(args) => (args.json, Described::Run),
            Self::Resume(args) => (args.json, Described::Resume),
            Self::Render(args) => (args.json, Described::Render),
            Self::Animate(args) => (args.json, Described::Animate),
            Self::Export(args) => (args.json, Described::Export),
            Self::Compare(args) => (args.json, Described::Compare),
            Self::Trial(args) => (args.json, Described::Trial),
            Self::Batch(args) => (args.json, Described::Batch),
            Self::Design(args) => (args.json, Described::Design),
            Self::Merge(args) => (args.json, Described::Merge),
            Self::Plan(args) => (args.json, Described::Plan),
            Self::Report(args) => (args.json, Described::Report),
            Self::Plots(args) => (args.json, Described::Plots),
            Self::Tables(args) => (args.json, Described::TablesCommand),
            Self::Calibrate(args) => (args.json, Described::Calibrate),
            Self::Falsify(args) => (args.json, Described::Falsify),
            Self::Validate(args) => (args.json, Described::Validate),
            Self::Adapters(args) => (args.json, Described::Adapters),
            Self::Loci(args) => (args.json, Described::Loci),
            Self::Signalling(args) => (args.json, Described::Signalling),
            Self::Selftest(args) => (args.json, Described::Selftest),
            Self::Bench(args) => (args.json, Described::Bench),
            Self::Drugs(args) => (args.json, Described::Drugs),
            Self::Pk(args) => (args.json, Described::Pk),
            Self::Init(_) | Self::Schema(_) | Self::Completions(_) => return None,
        };
        asked.json.then_some(what)
    }
}

/// Stack of the thread that runs a command, whatever the shell's limit is.
const STACK: usize = 16 << 20;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    if let Err(error) = signals::prepare() {
        outcome::complain(format_args!("note: failed to watch for the limit on files: {error}"));
    }
    let command = std::thread::Builder::new().name("main".to_owned()).stack_size(STACK).spawn(command_line);
    match command {
        // A panic has told of itself.
        Ok(running) => running.join().unwrap_or(ExitCode::from(codes::PANICKED)),
        Err(error) => {
            Failure::of_machine(format!("failed to start a thread: {error}"), may_pass(&error)).report()
        }
    }
}

fn command_line() -> ExitCode {
    let code = match parse(std::env::args_os()) {
        Ok(cli) => {
            progress::choose(cli.progress);
            cli.command.json().into_iter().for_each(json::choose);
            run_command(cli.command).unwrap_or_else(|failure| failure.report())
        }
        Err(usage) => tell(&usage),
    };
    json::end();
    close_devices();
    outcome::end(code)
}

/// Shows what clap has to say: help and version on standard output, faults of the input on standard error.
fn tell(usage: &clap::Error) -> ExitCode {
    if usage.use_stderr() {
        let message = usage.render().to_string();
        match sink::terminal(message.trim_end()) {
            // There is nowhere else to say it.
            Cow::Borrowed(_) => drop(usage.print()),
            // It repeats what was typed, which may command the terminal: without colours, nothing in it can.
            Cow::Owned(safe) => outcome::show(&safe),
        }
        json::choose_by(std::env::args_os());
        json::fail(json::CommandError::new(codes::INPUT, &message));
        return ExitCode::from(codes::INPUT);
    }
    outcome::print(|_| usage.print());
    ExitCode::SUCCESS
}

fn run_command(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Init(args) => init::init(&args),
        Command::Run(args) => run::run(&args),
        Command::Resume(args) => resume::resume(&args),
        Command::Render(args) => render::render(&args),
        Command::Animate(args) => animate::animate(&args),
        Command::Export(args) => export::export(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Trial(args) => trial::trial(&args),
        Command::Batch(args) => batch::batch(&args),
        Command::Design(args) => design::design(&args),
        Command::Merge(args) => merge::merge(&args),
        Command::Plan(args) => plan::plan(&args),
        Command::Report(args) => report::report(&args),
        Command::Tables(args) => tables::tables(&args),
        Command::Plots(args) => plots::plots(&args),
        Command::Calibrate(args) => calibrate::calibrate(&args),
        Command::Falsify(args) => falsify::falsify(&args),
        Command::Validate(args) => validate::validate(&args),
        Command::Adapters(args) => adapters::adapters(&args),
        Command::Loci(args) => loci::loci(&args),
        Command::Signalling(args) => signalling::signalling(&args),
        Command::Selftest(args) => selftest::selftest(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Drugs(args) => drugs::drugs(&args),
        Command::Pk(args) => pk::pk(&args),
        Command::Schema(args) => schema::schema(&args),
        Command::Completions(args) => completions::completions(&args),
    }
}

/// Whether arguments can be read; nothing is done with them.
///
/// # Errors
///
/// What the user is told, help and version among them.
pub fn understood(arguments: &[&str]) -> Result<(), String> {
    parse(["evotor"].iter().chain(arguments)).map(|_| ()).map_err(|e| e.to_string())
}

/// Reads the command line.
fn parse(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Cli, clap::Error> {
    let mut command = command();
    let mut found = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches_mut(&mut found).map_err(|error| error.format(&mut command))
}

/// The command line as clap knows it.
pub fn command() -> clap::Command {
    // A number below 0 is a wrong value of an option, and no option that nobody knows.
    let valued = |arg: clap::Arg| match arg.get_action().takes_values() && !arg.is_positional() {
        true => arg.allow_negative_numbers(true),
        false => arg,
    };
    Cli::command().mut_subcommands(|command| command.mut_args(valued))
}
