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
mod condition;
mod design;
mod discriminate;
mod drugs;
mod dry_run;
mod ending;
mod export;
mod falsify;
mod init;
mod json;
mod library;
mod loci;
mod merge;
mod optimise;
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

// Without a doc comment, which would take the place of the command's own help.
#[derive(Debug, clap::Args)]
struct Speaking<A: clap::Args> {
    #[command(flatten)]
    args: A,

    /// Print one JSON document in place of lines, errors included; `evotor schema` says what is in it
    #[arg(long)]
    json: bool,
}

/// All commands: the module of each, and what its document is where it speaks JSON. What prints a file for another program has no
/// results.
macro_rules! commands {
    ($($(#[$is:meta])* $name:ident: $module:ident $(as $document:ident)?,)+) => {
        #[derive(Debug, Subcommand)]
        enum Command {
            $($(#[$is])* $name(commands!(@args $module $($document)?)),)+
        }

        impl Command {
            /// What of it is to be said in JSON, if anything.
            fn json(&self) -> Option<json::Described> {
                match self {
                    $(Self::$name(_args) => commands!(@json _args $($document)?),)+
                }
            }

            fn run(self) -> Result<ExitCode, Failure> {
                match self {
                    $(Self::$name(_args) => $module::$module(commands!(@own _args $($document)?)),)+
                }
            }
        }
    };
    (@args $module:ident) => { $module::Args };
    (@args $module:ident $document:ident) => { Speaking<$module::Args> };
    (@json $args:ident) => { None };
    (@json $args:ident $document:ident) => { $args.json.then_some(json::Described::$document) };
    (@own $args:ident) => { &$args };
    (@own $args:ident $document:ident) => { &$args.args };
}

commands! {
    Init: init,
    Run: run as Run,
    Resume: resume as Resume,
    Render: render as Render,
    #[command(alias = "film")]
    Animate: animate as Animate,
    Export: export as Export,
    Compare: compare as Compare,
    Trial: trial as Trial,
    Batch: batch as Batch,
    Design: design as Design,
    Optimise: optimise as Optimise,
    Discriminate: discriminate as Discriminate,
    Condition: condition as Condition,
    Library: library as Library,
    Merge: merge as Merge,
    Plan: plan as Plan,
    Report: report as Report,
    Plots: plots as Plots,
    Tables: tables as TablesCommand,
    Calibrate: calibrate as Calibrate,
    Falsify: falsify as Falsify,
    Validate: validate as Validate,
    Adapters: adapters as Adapters,
    Loci: loci as Loci,
    Signalling: signalling as Signalling,
    Selftest: selftest as Selftest,
    Bench: bench as Bench,
    Drugs: drugs as Drugs,
    Pk: pk as Pk,
    Schema: schema,
    Completions: completions,
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
            cli.command.run().unwrap_or_else(|failure| failure.report())
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
