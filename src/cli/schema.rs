//! `evotor schema`: the scenario format for editors.

use std::process::ExitCode;

use crate::scenario::json_schema;

use super::outcome::{Failure, say};

/// Print the JSON Schema of scenario files
///
/// An editor that knows it completes keys and marks errors while you write. With taplo (Even Better TOML), save it and
/// begin a scenario with the line `#:schema evotor.schema.json`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  evotor schema > evotor.schema.json\n\nExit codes:\n  0  always")]
pub struct Args {}

/// Runs the command.
pub fn schema(_args: &Args) -> Result<ExitCode, Failure> {
    say(format_args!("{:#}", json_schema()));
    Ok(ExitCode::SUCCESS)
}
