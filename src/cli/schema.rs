//! `evotor schema`: the scenario format for editors.

use std::process::ExitCode;

use super::json::{self, Described};
use super::outcome::{Failure, say};

/// Print a JSON Schema: of scenario files, or of what a command prints with --json
///
/// An editor that knows it completes keys and marks errors while you write. With taplo (Even Better TOML), save it and
/// begin a scenario with the line `#:schema evotor.schema.json`.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  evotor schema > evotor.schema.json\n  evotor schema compare > compare.schema.json\n\nExit codes:\n  0  always"
)]
pub struct Args {
    /// What the schema is of
    #[arg(value_enum, value_name = "WHAT", default_value_t)]
    of: Described,
}

/// Runs the command.
pub fn schema(args: &Args) -> Result<ExitCode, Failure> {
    say(format_args!("{:#}", json::schema(args.of)));
    Ok(ExitCode::SUCCESS)
}
