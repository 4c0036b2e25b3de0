//! `evotor completions`: completion of commands and options by the shell.

use std::io::Write;
use std::process::ExitCode;

use clap_complete::Shell;

use super::outcome::{Failure, print};

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor completions bash > ~/.local/share/bash-completion/completions/evotor\n  \
    evotor completions zsh > ~/.zfunc/_evotor\n  \
    evotor completions fish > ~/.config/fish/completions/evotor.fish\n\n\
    Exit codes:\n  0  always")]
pub struct Args {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Runs the command.
pub fn completions(args: &Args) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "evotor", &mut script);
    print(|out| out.write_all(&script));
    Ok(ExitCode::SUCCESS)
}
