//! Lattices as files for other programs: NumPy (`.npz`) and ParaView (`.vti`), and beside each a `.json` that says what is in it.
//!
//! All arrays have one value a site, z slowest and x fastest, so that `array[z, y, x]` is the site at x, y, z.

mod npz;
mod vti;

use std::collections::BTreeMap;
use std::io::{Seek, Write};

use serde::Serialize;

use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::naming::{day_text, slugs, state_name};
use crate::simulation::{Frame, Job, Surroundings};
use crate::tissue::shape::VOXEL_SHIFT;
use crate::tissue::word;

use super::what::{Delivered, SiteMeasure, drugs};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportKind {
    /// NumPy: an archive (.npz) of one array for each quantity; npy is taken too
    #[value(alias = "npy")]
    Npz,
    /// ParaView and VTK: an image (.vti) with one array for each quantity
    Vti,
}

impl ExportKind {
    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Npz => "npz",
            Self::Vti => "vti",
        }
    }
}

/// Values of all sites.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Small whole numbers.
    U8(Vec<u8>),
    /// Whole numbers.
    I32(Vec<i32>),
    /// Quantities; what is not there is no number.
    F32(Vec<f32>),
}

/// An array of a lattice.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Its name.
    pub name: String,
    /// What it holds, with the unit.
    pub meaning: String,
    /// One value a site.
    pub values: Values,
}

/// A lattice at a time, as arrays.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedLattice {
    /// Sites along x, y, z.
    pub size: [u32; 3],
    /// Edge of a site, µm.
    pub site_um: f64,
    /// The arrays.
    pub arrays: Vec<Array>,
    /// What the file beside says.
    pub about: String,
}

#[derive(Serialize)]
struct ExportHead<'a> {
    program: String,
    scenario: &'a str,
    seed: u64,
    replicate: u32,
    step: u32,
    day: String,
    digest: &'a str,
    size: [u32; 3],
    site_um: f64,
    order: &'static str,
    states: BTreeMap<u32, String>,
    arrays: BTreeMap<&'a str, &'a str>,
}

impl ExportedLattice {
    /// All that was recorded of a lesion, and what follows from it.
    pub fn new(frame: &Frame, job: &Job) -> Self {
        let arrays = arrays(frame, job);
        let (scenario, state) = (&job.scenario, &frame.state);
        let about = ExportHead {
            program: format!("evotor {PROGRAM}"),
            scenario: &scenario.name,
            seed: scenario.seed,
            replicate: state.id.patient(),
            step: state.step,
            day: day_text(state.step, scenario.time.step_hours),
            digest: &frame.digest,
            size: state.shape.size,
            site_um: scenario.lattice.site_um,
            order: "array[z, y, x]",
            states: job
                .space
                .codes
                .iter()
                .map(|c| (*c, state_name(&job.space, &scenario.loci, *c)))
                .collect(),
            arrays: arrays.iter().map(|a| (a.name.as_str(), a.meaning.as_str())).collect(),
        };
        let about = serde_json::to_string_pretty(&about).unwrap_or_default() + "\n";
        Self { size: state.shape.size, site_um: scenario.lattice.site_um, arrays, about }
    }

    /// Writes the lattice.
    ///
    /// # Errors
    ///
    /// What the file says.
    pub fn write<W: Write + Seek>(&self, file: &mut W, kind: ExportKind) -> std::io::Result<()> {
        match kind {
            ExportKind::Npz => npz::write(self, file),
            ExportKind::Vti => vti::write(self, file),
        }
    }
}

/// A quantity by voxel, if there is one.
type OfVoxel<'a> = &'a dyn Fn(usize) -> Option<f64>;

fn arrays(frame: &Frame, job: &Job) -> Vec<Array> {
    let state = &frame.state;
    let shape = state.shape;
    let [nx, ny, nz] = shape.size;
    let places = (0..nz).flat_map(|z| (0..ny).flat_map(move |y| (0..nx).map(move |x| [x, y, z])));
    let sites: Vec<u32> = places.map(|place| shape.site(place)).collect();
    let words: Vec<u32> = sites.iter().map(|site| state.word(*site)).collect();
    let picture = frame.picture(job);
    let surroundings = Surroundings::new(&picture);
    let array =
        |name: &str, meaning: &str, values| Array { name: name.into(), meaning: meaning.into(), values };
    let whole = |of: &dyn Fn(u32, u32) -> Option<u32>| {
        let value = |(site, w): (&u32, &u32)| of(*site, *w).map_or(-1, |v| v as i32);
        Values::I32(sites.iter().zip(&words).map(value).collect())
    };
    let kind = |w: &u32| u8::from(word::is_cell(*w)) + u8::from(word::is_live(*w));
    let of_clone = |site: u32, w: u32| word::is_cell(w).then(|| state.bricks.clone_of(site));
    let mut arrays = vec![
        array("site", "0 empty, 1 dead cell, 2 live cell", Values::U8(words.iter().map(kind).collect())),
        array(
            "state",
            "code of the cell's state, see `states`; -1 where there is no cell",
            whole(&|_, w| word::is_cell(w).then(|| word::code(w))),
        ),
        array(
            "clone",
            "number of the cell's clone, as in clones.csv; -1 where there is no cell",
            whole(&of_clone),
        ),
    ];
    let days = job.scenario.time.step_days();
    let quantity = |of: &dyn Fn(u32, u32) -> Option<f64>| {
        let value = |(site, w): (&u32, &u32)| of(*site, *w).map_or(f32::NAN, |v| v as f32);
        Values::F32(sites.iter().zip(&words).map(value).collect())
    };
    let age = |site: u32, w: u32| {
        let founding = state.table.get(of_clone(site, w)?)?;
        Some(f64::from(state.step - founding.step) * days)
    };
    arrays.push(array("clone_age", "days since the cell's clone was founded", quantity(&age)));
    let chances = surroundings.chances();
    let divide = |site: u32, w: u32| word::is_live(w).then(|| chances.at(site, w));
    arrays.push(array(
        "division",
        "chance of a division attempt of a live cell in a step",
        quantity(&divide),
    ));
    let fields: [(&str, &str, OfVoxel<'_>); 4] = [
        ("oxygen", "mmHg", &|v| surroundings.oxygen_mmhg(v)),
        ("vessels", "density relative to the mean before therapy", &|v| surroundings.vessels(v)),
        ("perfusion", "relative to the mean before therapy", &|v| surroundings.perfusion(v)),
        ("vegf", "relative to what cells of the untreated tumour see", &|v| surroundings.vegf(v)),
    ];
    for (name, meaning, of) in fields.into_iter().filter(|(_, _, of)| of(0).is_some()) {
        arrays.push(array(name, meaning, quantity(&|site, _| of((site >> VOXEL_SHIFT) as usize))));
    }
    let drugs = drugs(job);
    let names = slugs(drugs.iter().map(|drug| drug.name.as_str()));
    for (number, (drug, name)) in drugs.iter().zip(names).enumerate() {
        let delivered = Delivered::new(&picture, number);
        let meaning = format!("{}: {}", drug.name, SiteMeasure::of(drug).text());
        let values = quantity(&|site, _| Some(delivered.at((site >> VOXEL_SHIFT) as usize)));
        arrays.push(array(&format!("drug_{name}"), &meaning, values));
    }
    arrays
}
