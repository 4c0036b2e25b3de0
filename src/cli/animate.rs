//! `evotor animate`: the recorded times of a run as an animation.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicUsize;

use crate::render::animation::{Animation, Format, retake};
use crate::render::check_view;
use crate::render::gallery::{Gallery, days};
use crate::simulation::disk::write_aside;
use crate::simulation::{RunError, Settings};

use super::codes::later_codes;
use super::json::{self, WrittenResult};
use super::options::BackendArgs;
use super::outcome::{Failure, say};
use super::pictures::{self, StyleArgs};
use super::progress::RunBar;
use super::range;
use super::signals;

/// Make an animation of a run
///
/// One frame for every recorded time, with the therapy and the burden running along: an animated PNG, or a GIF. No other program is
/// needed.
///
/// Few times make a short animation. `--every 7d` computes the run again from its beginning, to record it more often: the same
/// scenario and seed give the same run, and it is checked that they did. Nothing in the run's folder is changed but `pictures/`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = concat!("Examples:\n  \
    evotor animate results/first-run --every 7d\n  \
    evotor animate results/three-dimensions --view cutaway --every 14d --format gif\n  \
    evotor animate results/everolimus --what oxygen --theme dark --size 1200\n\n\
    Exit codes:\n  0  done\n  1  a file could not be read or written, or the run failed\n  2  the input is at fault\n  ", later_codes!()))]
pub struct Args {
    /// The folder of the run
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Compute the run again, and record it each such time, in days as in 7d
    #[arg(long, value_name = "TIME")]
    every: Option<String>,

    /// Frames per second, 1 to 50
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = range::count::<u16>(1..=50))]
    fps: u16,

    /// Kind of animation [default: as --out ends, or else png]
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Width of a frame in pixels, 200 to 8000
    #[arg(long, value_name = "PIXELS", default_value_t = 900)]
    size: u32,

    /// A file, or a folder [default: DIR/pictures]
    #[arg(long, short, value_name = "PATH")]
    out: Option<PathBuf>,

    /// Overwrite an animation that is there
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    style: StyleArgs,

    #[command(flatten)]
    backend: BackendArgs,
}

/// Runs the command.
pub fn animate(args: &Args) -> Result<ExitCode, Failure> {
    args.backend.check().map_err(Failure::Input)?;
    let format = format(args)?;
    let style = args.style.style(args.size)?;
    let gallery = Gallery::open(&args.dir, args.style.replicate)?;
    args.style.what.check(&gallery.job)?;
    check_view(&gallery.job, &style)?;
    let every = args.every.as_deref().map(|text| steps(text, &gallery)).transpose()?;
    if every.is_none() {
        gallery.refuse_empty()?;
        pictures::note_unfinished(&gallery);
    }
    let name = format!("{}-{}", gallery.animation_name(), args.style.suffix());
    let path = &pictures::targets(args.out.as_deref(), &args.dir, &[name], format.ending())?[0];
    if path.exists() && !args.force {
        return Err(Failure::Input(format!(
            "`{}` is there already; name another file with --out, or overwrite it with --force",
            path.display()
        )));
    }
    let stop = signals::watch()?;
    let (shown, scratch) = match every {
        None => (gallery, None),
        Some(every) => {
            let scratch = scratch()?;
            (again(args, &gallery, every, scratch.path(), &stop)?, Some(scratch))
        }
    };
    let scope = args.style.scope(&shown, &shown.steps, &stop)?;
    let animation = Animation::new(&shown, scope, style, args.fps, shown.burden()?, &stop)?;
    let mut failed = None;
    let written = write_aside(path, |file| {
        let mut file = std::io::BufWriter::new(file);
        animation.write(&mut file, path, format).map_err(|error| {
            let text = error.to_string();
            failed = Some(error);
            std::io::Error::other(text)
        })?;
        // What the last bytes of a GIF meet would be lost otherwise.
        file.flush()
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    written?;
    drop(scratch);
    json::add(|| WrittenResult::of(std::slice::from_ref(path)));
    say(format_args!("{}", path.display()));
    Ok(ExitCode::SUCCESS)
}

/// The kind of animation: as it is asked for, or as the file's name says.
fn format(args: &Args) -> Result<Format, Failure> {
    let ending = args.out.as_deref().and_then(pictures::ending_of);
    let named = [Format::Png, Format::Gif].into_iter().find(|f| ending.as_deref() == Some(f.ending()));
    match (args.format, named) {
        (Some(asked), Some(named)) if asked != named => Err(Failure::Input(format!(
            "`--format {}` makes no .{}; give one of the two, or --out a folder",
            asked.ending(),
            named.ending()
        ))),
        (asked, named) => Ok(asked.or(named).unwrap_or_default()),
    }
}

/// Computes the run again.
fn again(
    args: &Args,
    first: &Gallery,
    every: u32,
    into: &Path,
    stop: &AtomicUsize,
) -> Result<Gallery, Failure> {
    let mut bar = RunBar::new(&first.job.scenario.time, false);
    let settings = Settings { backend: args.backend.options(), ..Settings::default() };
    let taken = retake(first, every, into, &settings, &mut bar, stop);
    bar.finish();
    Ok(taken?)
}

/// Steps of a time in days.
fn steps(text: &str, gallery: &Gallery) -> Result<u32, Failure> {
    let hours = f64::from(gallery.job.scenario.time.step_hours);
    let steps = days(text).map(|days| days * 24.0 / hours);
    match steps {
        Some(steps) if (1.0..1e7).contains(&steps.round()) && (steps - steps.round()).abs() < 1e-6 => {
            Ok(steps.round() as u32)
        }
        Some(steps) if (0.0..1e7).contains(&steps) && steps > 0.0 => {
            let near = [steps.floor(), steps.ceil()].into_iter().filter(|steps| *steps > 0.0);
            let near: Vec<String> =
                near.map(|steps| format!("`--every {}d`", steps * hours / 24.0)).collect();
            Err(Failure::Input(format!(
                "`--every {text}` is not a whole number of steps of {hours} h; write {}",
                near.join(" or ")
            )))
        }
        _ => Err(Failure::Input(format!(
            "`--every {text}` is not a time; expected days, at least one step of {hours} h, as in `--every 7d`"
        ))),
    }
}

/// A new folder, for this user only, for a run that is computed again; removed in the end.
fn scratch() -> Result<tempfile::TempDir, Failure> {
    let made = tempfile::Builder::new().prefix("evotor-animation-").tempdir();
    Ok(made.map_err(RunError::write(std::env::temp_dir()))?)
}
