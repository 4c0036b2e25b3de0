//! `[start]`: the tumour at step 0.

use std::path::Path;

use super::composition::{self, Size};
use crate::scenario::amount::{Amount, Amounts};
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::limits::MAX_CELLS;
use crate::scenario::model::{
    DeadStart, Lattice, Locus, Mode, PatientData, Scenario, Start, StartShape, nest_cells,
};
use crate::scenario::selector::state_text;
use crate::scenario::shown::shown;
use crate::scenario::units::number_text;
use crate::words::named;

/// Share of the lattice that nests can take before scattering them without contact becomes
/// impossible (random sequential packing jams at 0.547 in 2D and 0.38 in 3D).
const NEST_LIMIT: [f64; 2] = [0.45, 0.3];

/// Radius of a nest in micrometres where the scenario gives none and the lattice has room for it.
const NEST_RADIUS: f64 = 80.0;

named! {
    /// The word of a [`StartShape`].
    pub(crate) enum ShapeKind {
        Nests = "nests",
        Ball = "ball",
        Disc = "disc",
        Random = "random",
        Single = "single",
        Count = "count",
        Saved = "saved",
    }
}

/// The tumour at step 0.
#[derive(Debug, Section)]
#[section(path = "start")]
pub(crate) struct StartKeys {
    /// Small nests scattered over the lattice; one ball (3D) or disc (2D) at its centre; each site at random;
    /// one cell at the centre; a number of cells at random sites; the state that an earlier run saved.
    #[key(default = "nests")]
    pub(crate) shape: At<ShapeKind>,
    /// Share of all sites that hold a cell.
    #[key(SHARE, default = 0.12, only(shape = "nests"))]
    pub(crate) fraction: Option<At<f64>>,
    /// Radius of a nest, ball or disc.
    #[key(
        quantity(Length),
        derived = "80 um for nests, or as near to it as the lattice allows; required for a ball or disc",
        example = "80 um", only(shape = "nests" | "ball" | "disc"),
    )]
    pub(crate) radius: Option<At<f64>>,
    /// Probability that a site within a nest holds a cell; loose nests leave room to divide.
    #[key(SHARE, default = 0.6, only(shape = "nests"))]
    pub(crate) packing: Option<f64>,
    /// Probability that a site holds a cell.
    #[key(SHARE, required_there, example = 0.1, only(shape = "random"))]
    pub(crate) density: Option<f64>,
    /// Number of cells.
    #[key(integer(1, MAX_CELLS), required_there, example = 100, only(shape = "count"))]
    pub(crate) cells: Option<At<u32>>,
    /// Saved state, relative to the scenario file.
    #[key(required_there, example = "results/first-run/checkpoint.evotor", only(shape = "saved"))]
    pub(crate) path: Option<At<String>>,
    /// Starting states, each with a fraction, such as `"rtk=1" = 0.02`, or with an exact number of live cells,
    /// such as `"rtk=1" = "50 cells"`; loci that are not named are at level 0. A fraction is the probability of
    /// each cell, so that numbers vary by chance. Where both stand together, the exact numbers are drawn first,
    /// from all live cells, and fractions are of the cells that are left. What is left is sensitive;
    /// `sensitive` itself may be written: fractions must then sum to 1, and numbers to those of the start,
    /// where it has a known one.
    #[key(
        Kind::Shares,
        derived = "every cell is sensitive; with phenotype = \"signalling\" the fractions of [patient], of the loci that the scenario has",
        example = { "rtk=1" = 0.02 },
    )]
    pub(crate) composition: Option<At<Amounts>>,
    /// Share of dead cells among the cells, or "equilibrium": the share at which deaths and clearance balance
    /// in the untreated tumour.
    #[key(
        Kind::NumberOr(Bounds::closed(0.0, 0.99), "equilibrium"),
        derived = "0; with phenotype = \"signalling\" \"equilibrium\"", example = 0.1,
        only(shape = "nests" | "ball" | "disc" | "random" | "single" | "count"),
    )]
    pub(crate) dead: Option<At<Option<f64>>>,
}

impl StartKeys {
    /// The keys of a scenario's start. In a trial every patient has an own composition.
    pub fn of(scenario: &Scenario) -> StartKeys {
        let Start { shape, composition, cells, dead } = &scenario.start;
        let at = |value: f64| Some(At::new(value, 0..0));
        let is_saved = matches!(shape, StartShape::Saved { .. });
        let state = |levels: &[u8]| At::new(state_text(&scenario.loci, levels), 0..0);
        let shares = composition.iter().map(|s| (state(&s.levels), At::new(Amount::Share(s.fraction), 0..0)));
        let exact = cells.iter().map(|s| (state(&s.levels), At::new(Amount::Cells(s.cells), 0..0)));
        let amounts: Amounts = shares.chain(exact).collect();
        // Without it the patient's fractions would hold.
        let said = !amounts.is_empty() || (scenario.mode == Mode::Signalling && !is_saved);
        let dead = match dead {
            DeadStart::Fraction { fraction } => Some(*fraction),
            DeadStart::Equilibrium => None,
        };
        let keys = StartKeys {
            shape: At::new(ShapeKind::Single, 0..0),
            fraction: None,
            radius: None,
            packing: None,
            density: None,
            cells: None,
            path: None,
            composition: (said && scenario.trial.is_none()).then(|| At::new(amounts, 0..0)),
            dead: (!is_saved).then(|| At::new(dead, 0..0)),
        };
        let of = |kind| At::new(kind, 0..0);
        match shape {
            StartShape::Nests { fraction, radius_um, packing } => StartKeys {
                shape: of(ShapeKind::Nests),
                fraction: at(*fraction),
                radius: at(*radius_um),
                packing: Some(*packing),
                ..keys
            },
            StartShape::Ball { radius_um } => {
                let flat = scenario.lattice.dimension == 2;
                let shape = of(if flat { ShapeKind::Disc } else { ShapeKind::Ball });
                StartKeys { shape, radius: at(*radius_um), ..keys }
            }
            StartShape::Random { density } => {
                StartKeys { shape: of(ShapeKind::Random), density: Some(*density), ..keys }
            }
            StartShape::Single => keys,
            StartShape::Count { cells } => {
                StartKeys { shape: of(ShapeKind::Count), cells: Some(At::new(*cells, 0..0)), ..keys }
            }
            StartShape::Saved { path } => {
                StartKeys { shape: of(ShapeKind::Saved), path: Some(At::new(path.clone(), 0..0)), ..keys }
            }
        }
    }
}

pub(crate) fn read(
    reader: &Reader<'_>,
    loci: Option<&[Locus]>,
    lattice: Option<&Lattice>,
    patient: Option<&At<PatientData>>,
    base_dir: &Path,
) -> Option<Start> {
    let keys = StartKeys::read(reader)?;
    let is_saved = keys.shape.value == ShapeKind::Saved;
    let patient = patient.filter(|_| !is_saved);
    let shape = shape(reader, &keys, lattice, base_dir);
    // Dead cells: none unless the scenario has some, or a patient.
    let dead = match keys.dead {
        Some(At { value: Some(fraction), .. }) => DeadStart::Fraction { fraction },
        None if patient.is_none() => DeadStart::Fraction { fraction: 0.0 },
        _ => DeadStart::Equilibrium,
    };
    let size = cells(shape.as_ref(), Some(dead), lattice);
    if is_saved && reader.has("composition") {
        reader.refuse(
            "composition",
            "`composition` does not go with shape = \"saved\"",
            "expected no fractions: the saved state has its own",
            "remove `composition`",
        );
    }
    let composition = composition::read(reader, keys.composition, loci, patient, size)?;
    Some(Start { shape: shape?, composition: composition.shares, cells: composition.cells, dead })
}

/// How many cells a start has. Places of a ball and of random cells are not told beforehand.
fn cells(shape: Option<&StartShape>, dead: Option<DeadStart>, lattice: Option<&Lattice>) -> Size {
    let sites = lattice.map(Lattice::sites);
    let (most, is_known) = match shape {
        Some(StartShape::Single) => (Some(1), true),
        Some(StartShape::Count { cells }) => (Some(u64::from(*cells)), true),
        Some(StartShape::Nests { fraction, .. }) => (sites.map(|s| nest_cells(*fraction, s)), true),
        _ => (sites, false),
    };
    let all_live = matches!(dead, Some(DeadStart::Fraction { fraction }) if fraction == 0.0);
    Size { most, is_exact: is_known && all_live }
}

fn shape(
    reader: &Reader<'_>,
    keys: &StartKeys,
    lattice: Option<&Lattice>,
    base_dir: &Path,
) -> Option<StartShape> {
    match keys.shape.value {
        ShapeKind::Nests => nests(reader, keys, lattice),
        ShapeKind::Ball | ShapeKind::Disc => ball(reader, keys, lattice),
        ShapeKind::Random => Some(StartShape::Random { density: keys.density? }),
        ShapeKind::Single => Some(StartShape::Single),
        ShapeKind::Count => count(reader, keys.cells.as_ref()?.value, lattice),
        ShapeKind::Saved => saved(reader, &keys.path.as_ref()?.value, base_dir),
    }
}

fn nests(reader: &Reader<'_>, keys: &StartKeys, lattice: Option<&Lattice>) -> Option<StartShape> {
    let radius_um = match &keys.radius {
        Some(radius) => fits(reader, radius, lattice, "nest")?,
        None => {
            let (least, most) = radii(lattice?, "nest");
            NEST_RADIUS.clamp(least, most)
        }
    };
    let (fraction, packing) = (keys.fraction.as_ref()?.value, keys.packing?);
    let limit = NEST_LIMIT[usize::from(lattice?.dimension == 3)];
    if fraction > limit * packing {
        let most = (limit * packing * 1e3).floor() / 1e3;
        return Diagnostic::error(
            reader.place("fraction"),
            format!("nests cannot hold {} of the sites", number_text(fraction)),
        )
        .label(format!("expected at most {most}, with a packing of {}", number_text(packing)))
        .note("nests are scattered without touching, so they cover less than half of a lattice")
        .help("lower `fraction`, raise `packing`, or use shape = \"random\"")
        .fail(reader.cx);
    }
    Some(StartShape::Nests { fraction, radius_um, packing })
}

fn ball(reader: &Reader<'_>, keys: &StartKeys, lattice: Option<&Lattice>) -> Option<StartShape> {
    let shape = keys.shape.value.word();
    let Some(radius) = &keys.radius else {
        return reader.refused(
            "shape",
            format!("missing key `radius`, which shape = {shape:?} needs"),
            "expected a `radius` beside it",
            "add `radius = \"200 um\"`",
        );
    };
    let dimension = lattice.map_or(0, |l| l.dimension);
    let other = match (keys.shape.value, dimension) {
        (ShapeKind::Ball, 2) => Some("disc"),
        (ShapeKind::Disc, 3) => Some("ball"),
        _ => None,
    };
    if let Some(other) = other {
        reader.refuse(
            "shape",
            format!("a {shape} on a {dimension}D lattice"),
            format!("expected \"{other}\""),
            format!("write `shape = \"{other}\"`"),
        );
    }
    Some(StartShape::Ball { radius_um: fits(reader, radius, lattice, shape)? })
}

/// The smallest and the largest radius on a lattice, so that a site is held and none sticks out: a nest is about one site, a ball
/// about the middle of the lattice, which lies between sites where an edge is even.
fn radii(lattice: &Lattice, what: &str) -> (f64, f64) {
    let half = lattice.site_um / 2.0;
    let even = lattice.size.iter().filter(|edge| edge.is_multiple_of(2)).count();
    let least = match what {
        "nest" => half,
        _ if even < 2 => half,
        _ => libm::ceil(libm::sqrt(even as f64) * half * 100.0) / 100.0,
    };
    (least, f64::from(lattice.width()) * half)
}

/// A radius that holds a site and does not stick out of the lattice.
fn fits(reader: &Reader<'_>, radius: &At<f64>, lattice: Option<&Lattice>, what: &str) -> Option<f64> {
    let (least, most) = radii(lattice?, what);
    if (least..=most).contains(&radius.value) {
        return Some(radius.value);
    }
    let (size, help) = if radius.value < least {
        ("smaller than a site", "enlarge the radius")
    } else {
        ("larger than the lattice", "lower the radius, or enlarge `size` in [lattice]")
    };
    reader.refused(
        "radius",
        format!("a {what} of radius {} um is {size}", number_text(radius.value)),
        format!("expected {} um to {} um on this lattice", number_text(least), number_text(most)),
        help,
    )
}

fn count(reader: &Reader<'_>, cells: u32, lattice: Option<&Lattice>) -> Option<StartShape> {
    let sites = lattice.map_or(u64::MAX, Lattice::sites);
    if u64::from(cells) > sites {
        return reader.refused(
            "cells",
            format!("{cells} cells on {sites} sites"),
            format!("expected at most {sites}"),
            "start with fewer cells, or enlarge `size` in [lattice]",
        );
    }
    Some(StartShape::Count { cells })
}

fn saved(reader: &Reader<'_>, path: &str, base_dir: &Path) -> Option<StartShape> {
    if path.is_empty() || path.contains('\0') || !base_dir.join(path).exists() {
        return Diagnostic::error(reader.place("path"), format!("no saved state at {}", shown(path)))
            .label("expected a file that exists")
            .note("the path is relative to the scenario file")
            .help("correct the path, or run the scenario that saves this state first")
            .fail(reader.cx);
    }
    Some(StartShape::Saved { path: path.to_owned() })
}
