//! `evotor init`: a file to begin with.

use std::process::ExitCode;

use super::outcome::{Failure, print};

/// Print a commented file to begin with
///
/// Each can be run as it is: `run` and `therapy` by `evotor run`, `trial` by `evotor compare`. A file of drugs is named by a scenario
/// (`files` of `[catalogue]`); docs/adding-a-drug.md goes through it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor init trial > my.toml && evotor compare my.toml --surrogate\n  \
    evotor init therapy > my.toml && evotor run my.toml\n  \
    evotor init drug > my-drugs.toml && evotor validate my-drugs.toml\n\n\
    Exit codes:\n  0  always")]
pub struct Args {
    /// What to begin with
    #[arg(value_enum, value_name = "WHAT")]
    what: Template,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Template {
    /// Virtual patients through arms of therapy
    Trial,
    /// A tumour whose rates you give
    Run,
    /// One patient under drugs of the catalogue
    Therapy,
    /// A drug that the catalogue does not have
    Drug,
}

impl Template {
    fn text(self) -> &'static str {
        match self {
            Self::Trial => include_str!("init/trial.toml"),
            Self::Run => include_str!("init/run.toml"),
            Self::Therapy => include_str!("init/therapy.toml"),
            Self::Drug => example(include_str!("../../docs/adding-a-drug.md")),
        }
    }
}

/// The worked example of the page about drugs.
fn example(page: &'static str) -> &'static str {
    let begun = page.split_once("<!-- example: my-drugs.toml -->\n```toml\n").map(|(_, rest)| rest);
    begun.and_then(|rest| rest.split_once("```\n")).map_or(page, |(text, _)| text)
}

/// Runs the command.
pub fn init(args: &Args) -> Result<ExitCode, Failure> {
    print(|out| std::io::Write::write_all(out, args.what.text().as_bytes()));
    Ok(ExitCode::SUCCESS)
}
