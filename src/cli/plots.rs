//! `evotor plots`: the plots of a run or trial as SVG and PNG.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::plot::Theme;
use crate::report::{self, PlotFormat, RunChoices};

use super::json::{self, WrittenResult};
use super::options;
use super::outcome::{Failure, say};
use super::pictures;
use super::range;

/// Draw the plots of a run or trial again, in other forms
///
/// `evotor run`, `evotor compare` and `evotor trial` draw all plots when they are done. This draws them again: on a dark background, with
/// logarithmic axes, with more dots per inch, with smaller clones. Each plot is written at the width of a page (174 mm) and of
/// a column (85 mm), as SVG with real text and as PNG.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor plots results/first-run --log\n  \
    evotor plots results/first-run --clone-share 0.001 --by-clone --out figures\n  \
    evotor plots results/everolimus-sunitinib --theme dark --dpi 300\n\n\
    Exit codes:\n  0  done\n  1  a plot could not be written\n  2  the folder is at fault")]
pub struct Args {
    /// The folder of the run or trial
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Folder for the plots [default: DIR/plots]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Light or dark background
    #[arg(long, value_enum, default_value_t)]
    theme: Theme,

    /// Dots per inch of the PNGs
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = range::count::<u32>(36..=1200))]
    dpi: u32,

    /// SVGs alone, no PNGs
    #[arg(long)]
    svg_only: bool,

    /// Logarithmic axes for cells and concentrations
    #[arg(long)]
    log: bool,

    /// Smallest share of all live cells that a clone must ever have reached to be shown as a band of its own
    #[arg(long, value_name = "SHARE", default_value_t = 0.01, value_parser = share)]
    clone_share: f64,

    /// A colour for each clone, not for the state in which it was founded
    #[arg(long)]
    by_clone: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|s| (0.0..1.0).contains(s));
    share.ok_or_else(|| "expected a share from 0 to below 1, such as 0.01".to_owned())
}

/// Runs the command.
pub fn plots(args: &Args) -> Result<ExitCode, Failure> {
    options::hold(None);
    let output = PlotFormat { theme: args.theme, png: !args.svg_only, dots_per_inch: f64::from(args.dpi) };
    let choices = RunChoices { log: args.log, clone_share: args.clone_share, by_clone: args.by_clone };
    let out = args.out.clone().unwrap_or_else(|| args.dir.join(report::files::PLOTS));
    pictures::refuse_ending(&out, "a folder of plots", "a folder")?;
    let written = report::plots(&args.dir, &out, choices, output)?;
    json::add(|| WrittenResult::of(&written));
    say(format_args!("{} files in {}", written.len(), out.display()));
    Ok(ExitCode::SUCCESS)
}
