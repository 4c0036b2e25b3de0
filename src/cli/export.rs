//! `evotor export`: recorded lattices for other programs.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::render::export::{ExportKind, ExportedLattice};
use crate::render::gallery::Gallery;
use crate::simulation::disk::write_aside;

use super::json::{self, WrittenResult};
use super::outcome::{Failure, say};
use super::pictures;

/// Write recorded lattices for NumPy or ParaView
///
/// One file for each time, with an array of one value a site for each of: what is there (site), state, clone, age of the clone, chance
/// of division, and, where the scenario has them, oxygen, vessels, perfusion, VEGF and what reaches the cells of each drug.
/// Beside it a file of the same name ending in .json says what is in it. Files go to `lattices/` in the run's folder.
///
/// docs/examples/load_lattice.py reads both.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor export results/first-run --format npz\n  \
    evotor export results/everolimus --format vti --at all --out lattices\n\n\
    Exit codes:\n  0  done\n  1  a file could not be read or written\n  2  the input is at fault")]
pub struct Args {
    /// The folder of the run
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Kind of file
    #[arg(long, value_enum)]
    format: ExportKind,

    /// Times to write, in days as in 90d,180d, or all [default: the last one]
    #[arg(long, value_name = "TIMES")]
    at: Option<String>,

    /// Which replicate
    #[arg(long, value_name = "N", default_value_t = 0)]
    replicate: u32,

    /// A file for one time, or a folder [default: DIR/lattices]
    #[arg(long, short, value_name = "PATH")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn export(args: &Args) -> Result<ExitCode, Failure> {
    let gallery = Gallery::open(&args.dir, args.replicate)?;
    let steps = gallery.choose(args.at.as_deref())?;
    pictures::note_unfinished(&gallery);
    let names: Vec<String> = steps.iter().map(|step| gallery.name(*step)).collect();
    let folder = args.dir.join("lattices");
    let out = args.out.as_deref().unwrap_or(&folder);
    let targets = pictures::targets(Some(out), &args.dir, &names, args.format.ending())?;
    for (step, path) in steps.iter().zip(&targets) {
        let lattice = ExportedLattice::new(&gallery.frame(*step)?, &gallery.job);
        write_aside(path, |file| {
            let mut file = std::io::BufWriter::new(file);
            lattice.write(&mut file, args.format)?;
            std::io::Write::flush(&mut file)
        })?;
        pictures::save(&path.with_extension("json"), lattice.about.as_bytes())?;
        say(format_args!("{}", path.display()));
    }
    let both = |path: &PathBuf| [path.clone(), path.with_extension("json")];
    json::add(|| WrittenResult::of(&targets.iter().flat_map(both).collect::<Vec<_>>()));
    Ok(ExitCode::SUCCESS)
}
