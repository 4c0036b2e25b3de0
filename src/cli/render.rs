//! `evotor render`: draws what a run has recorded.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicUsize;

use crate::render::gallery::Gallery;
use crate::render::{RenderError, Snapshot, What, check_view};

use super::json::{self, WrittenResult};
use super::options;
use super::outcome::{Failure, say};
use super::pictures::{self, StyleArgs};

/// Draw recorded times of a run
///
/// A run records its lattice at the times of `snapshots` in `[output]`. This draws any of them: coloured by state, clone, age of the
/// clone, oxygen, vessels, what reaches the cells of a drug, or the chance of division; in 3D as a slice, as a projection, or from
/// outside with a corner cut away.
///
/// Pictures go to `pictures/` in the run's folder; nothing else there is changed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor render results/first-run\n  \
    evotor render results/first-run --what clone --at 60d,300d\n  \
    evotor render results/everolimus --view cutaway --at all --theme dark\n  \
    evotor render results/everolimus --what drug --plane y=20 --out figure.png\n\n\
    Exit codes:\n  0  done\n  1  a file could not be read or written\n  2  the input is at fault")]
pub struct Args {
    /// The folder of the run
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Times to draw, in days as in 90d,180d, or all [default: the last one]
    #[arg(long, value_name = "TIMES")]
    at: Option<String>,

    /// Width of a picture in pixels, 200 to 8000
    #[arg(long, value_name = "PIXELS", default_value_t = 1600)]
    size: u32,

    /// A file for one time (.png, or .svg for text that can be edited), or a folder [default: DIR/pictures]
    #[arg(long, short, value_name = "PATH")]
    out: Option<PathBuf>,

    #[command(flatten)]
    style: StyleArgs,
}

/// Runs the command.
pub fn render(args: &Args) -> Result<ExitCode, Failure> {
    options::hold(None);
    let style = args.style.style(args.size)?;
    let gallery = Gallery::open(&args.dir, args.style.replicate)?;
    check_view(&gallery.job, &style)?;
    let steps = gallery.choose(args.at.as_deref())?;
    pictures::note_unfinished(&gallery);
    // What depends on the times of a run is told from all of them, so that pictures made one by one can be compared.
    let seen = match args.style.what {
        What::Clone | What::Drug | What::Division => gallery.steps.as_slice(),
        // Of the whole run the scale would be too wide for what is shown.
        What::Oxygen => steps.as_slice(),
        _ => &[],
    };
    let shared = args.style.scope(&gallery, seen, &AtomicUsize::new(0))?;
    let names: Vec<String> =
        steps.iter().map(|step| format!("{}-{}", gallery.name(*step), args.style.suffix())).collect();
    let named = args.out.as_deref().and_then(pictures::ending_of);
    let ending = if named.as_deref() == Some("svg") { "svg" } else { "png" };
    let targets = pictures::targets(args.out.as_deref(), &args.dir, &names, ending)?;
    for (step, path) in steps.iter().zip(&targets) {
        let frame = gallery.frame(*step)?;
        let picture = frame.picture(&gallery.job);
        let mut scope = shared.clone();
        scope.see(&picture);
        let drawn = Snapshot::new(&picture, &scope, &style, None)?;
        let bytes = if ending == "svg" {
            drawn.svg().into_bytes()
        } else {
            drawn.png().map_err(RenderError::from)?
        };
        pictures::save(path, &bytes)?;
        say(format_args!("{}", path.display()));
    }
    json::add(|| WrittenResult::of(&targets));
    Ok(ExitCode::SUCCESS)
}
