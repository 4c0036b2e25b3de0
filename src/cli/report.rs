//! `evotor report`: the page that tells of a run or trial.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::report::{self, PlotFormat, ReportError, ro_crate};

use super::columns::row_meaning;
use super::json::{self, WrittenResult};
use super::options;
use super::outcome::{Failure, complain, say};

/// Write the report of a run or trial: one HTML file that opens offline
///
/// `evotor run`, `evotor compare` and `evotor trial` do so when they are done, unless --no-report is given. The page tells what was asked, what
/// happened, how far to trust it and how to repeat it, with all plots in it; beside it are the plots as files (plots/) and, of a run, the
/// histories of its clones (lineage/: Newick, and tables for ggmuller and EvoFreq). No result of the folder is changed.
///
/// DIR may also hold the folders of several trials, as `evotor trial --all` leaves them: then the page sets all published
/// figures beside simulated ones.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor report results/first-run\n  \
    evotor report results/trials\n  \
    evotor report results/first-run --out first-run.html\n\n\
    Exit codes:\n  0  done\n  1  the report could not be written\n  2  the folder is at fault: no run or trial, or not finished\n  75  it is still being written")]
pub struct Args {
    /// The folder of the run, of the trial, or of several trials
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Write the page alone, to this file [default: DIR/report.html, with DIR/plots and DIR/lineage]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn report(args: &Args) -> Result<ExitCode, Failure> {
    options::hold(None);
    let path = report::report(&args.dir, args.out.as_deref(), PlotFormat::default())?;
    json::add(|| WrittenResult::of(std::slice::from_ref(&path)));
    say(format_args!("report: {}", path.display()));
    Ok(ExitCode::SUCCESS)
}

/// Whether a command ends with a report.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct ReportArgs {
    /// Write no report and no plots
    #[arg(long)]
    pub no_report: bool,
}

impl ReportArgs {
    /// Writes the report of a folder that was just finished, unless it is not wanted. A failure is told and is not a failure of what
    /// was computed.
    pub fn write(self, dir: &Path, quiet: bool) {
        self.write_by(|| report::report(dir, None, PlotFormat::default()), quiet);
        describe(dir);
    }

    /// The same for a folder that this process still holds.
    pub fn write_own(self, dir: &Path, quiet: bool) {
        self.write_by(|| report::own_report(dir, PlotFormat::default()), quiet);
        describe(dir);
    }

    fn write_by(self, write: impl FnOnce() -> Result<PathBuf, ReportError>, quiet: bool) {
        if self.no_report {
            return;
        }
        match write() {
            Ok(path) if !quiet => say(format_args!("report: {}", path.display())),
            Ok(_) => {}
            Err(error) => warn(&error),
        }
    }
}

/// Writes what repositories of data want to know of a folder. A failure is told and is not a failure of what was computed.
pub fn describe(dir: &Path) {
    if let Err(error) = ro_crate::describe(dir, row_meaning) {
        warn(&error);
    }
}

fn warn(error: &ReportError) {
    complain(format_args!("warning: failed to {error}; the results are not concerned"));
}
