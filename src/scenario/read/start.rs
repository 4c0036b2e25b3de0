//! `[start]`: the tumour at step 0.

use std::path::Path;

use super::composition::{self, Size};
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{DeadStart, Lattice, Locus, PatientData, Start, StartShape, nest_cells};
use crate::scenario::reader::{At, Reader};
use crate::scenario::units::number_text;
use crate::scenario::value::shown;

/// Share of the lattice that nests can take before scattering them without contact becomes
/// impossible (random sequential packing jams at 0.547 in 2D and 0.38 in 3D).
const NEST_LIMIT: [f64; 2] = [0.45, 0.3];

/// Radius of a nest in micrometres where the scenario gives none and the lattice has room for it.
const NEST_RADIUS: f64 = 80.0;

pub(crate) fn read(
    reader: &Reader<'_>,
    loci: Option<&[Locus]>,
    lattice: Option<&Lattice>,
    patient: Option<&At<PatientData>>,
    base_dir: &Path,
) -> Option<Start> {
    let chosen = reader.choice("shape");
    if let Some(chosen) = &chosen {
        reader.check_only("shape", chosen);
    }
    let shape = chosen.as_ref().and_then(|chosen| shape(reader, chosen, lattice, base_dir));
    let saved = chosen.as_ref().is_some_and(|c| c.value == "saved");
    let patient = patient.filter(|_| !saved);
    let dead = dead(reader, patient.is_some());
    let composition = composition::read(reader, loci, patient, cells(shape.as_ref(), dead, lattice));
    if let (Some((span, _)), true) = (reader.given("composition"), saved) {
        reader.cx.report(
            Diagnostic::error(span, "`composition` does not go with shape = \"saved\"")
                .label("expected no fractions: the saved state has its own")
                .help("remove `composition`"),
        );
    }
    let composition = composition?;
    Some(Start { shape: shape?, composition: composition.shares, cells: composition.cells, dead: dead? })
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
    chosen: &At<&'static str>,
    lattice: Option<&Lattice>,
    base_dir: &Path,
) -> Option<StartShape> {
    match chosen.value {
        "nests" => nests(reader, lattice),
        "ball" | "disc" => ball(reader, chosen, lattice),
        "random" => Some(StartShape::Random { density: reader.number("density")?.value }),
        "single" => Some(StartShape::Single),
        "count" => count(reader, lattice),
        _ => saved(reader, base_dir),
    }
}

fn nests(reader: &Reader<'_>, lattice: Option<&Lattice>) -> Option<StartShape> {
    let (fraction, packing) = (reader.number("fraction"), reader.number("packing"));
    let radius = reader.quantity("radius");
    let radius = match radius {
        Some(radius) => fits(reader, &radius, lattice, "nest")?,
        None if reader.has("radius") => return None,
        None => {
            let (least, most) = radii(lattice?, "nest");
            NEST_RADIUS.clamp(least, most)
        }
    };
    let (fraction, packing) = (fraction?, packing?);
    let limit = NEST_LIMIT[usize::from(lattice?.dimension == 3)];
    if fraction.value > limit * packing.value {
        let most = (limit * packing.value * 1e3).floor() / 1e3;
        reader.cx.report(
            Diagnostic::error(
                fraction.span,
                format!("nests cannot hold {} of the sites", number_text(fraction.value)),
            )
            .label(format!("expected at most {most}, with a packing of {}", number_text(packing.value)))
            .note("nests are scattered without touching, so they cover less than half of a lattice")
            .help("lower `fraction`, raise `packing`, or use shape = \"random\""),
        );
        return None;
    }
    Some(StartShape::Nests { fraction: fraction.value, radius_um: radius, packing: packing.value })
}

fn ball(reader: &Reader<'_>, chosen: &At<&'static str>, lattice: Option<&Lattice>) -> Option<StartShape> {
    let Some(radius) = reader.quantity("radius") else {
        if !reader.has("radius") {
            reader.cx.report(
                Diagnostic::error(
                    chosen.span.clone(),
                    format!("missing key `radius`, which shape = {:?} needs", chosen.value),
                )
                .label("expected a `radius` beside it")
                .help("add `radius = \"200 um\"`"),
            );
        }
        return None;
    };
    let dimension = lattice.map_or(0, |l| l.dimension);
    let other = match (chosen.value, dimension) {
        ("ball", 2) => Some("disc"),
        ("disc", 3) => Some("ball"),
        _ => None,
    };
    if let Some(other) = other {
        reader.cx.report(
            Diagnostic::error(chosen.span.clone(), format!("a {} on a {dimension}D lattice", chosen.value))
                .label(format!("expected \"{other}\""))
                .help(format!("write `shape = \"{other}\"`")),
        );
    }
    Some(StartShape::Ball { radius_um: fits(reader, &radius, lattice, chosen.value)? })
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
    let size = if radius.value < least { "smaller than a site" } else { "larger than the lattice" };
    reader.cx.report(
        Diagnostic::error(
            radius.span.clone(),
            format!("a {what} of radius {} um is {size}", number_text(radius.value)),
        )
        .label(format!("expected {} um to {} um on this lattice", number_text(least), number_text(most)))
        .help(if radius.value < least {
            "enlarge the radius"
        } else {
            "lower the radius, or enlarge `size` in [lattice]"
        }),
    );
    None
}

fn count(reader: &Reader<'_>, lattice: Option<&Lattice>) -> Option<StartShape> {
    let cells = reader.small("cells")?;
    let sites = lattice.map_or(u64::MAX, Lattice::sites);
    if u64::from(cells.value) > sites {
        reader.cx.report(
            Diagnostic::error(cells.span, format!("{} cells on {sites} sites", cells.value))
                .label(format!("expected at most {sites}"))
                .help("start with fewer cells, or enlarge `size` in [lattice]"),
        );
        return None;
    }
    Some(StartShape::Count { cells: cells.value })
}

fn saved(reader: &Reader<'_>, base_dir: &Path) -> Option<StartShape> {
    let path = reader.text("path")?;
    let whole = base_dir.join(&path.value);
    if path.value.is_empty() || path.value.contains('\0') || !whole.exists() {
        reader.cx.report(
            Diagnostic::error(path.span, format!("no saved state at {}", shown(&path.value)))
                .label("expected a file that exists")
                .note("the path is relative to the scenario file")
                .help("correct the path, or run the scenario that saves this state first"),
        );
        return None;
    }
    Some(StartShape::Saved { path: path.value })
}

/// Dead cells: none unless the scenario has some, or a patient.
fn dead(reader: &Reader<'_>, has_patient: bool) -> Option<DeadStart> {
    match reader.number_or("dead") {
        Some(At { value: Some(fraction), .. }) => Some(DeadStart::Fraction { fraction }),
        Some(At { value: None, .. }) => Some(DeadStart::Equilibrium),
        None if reader.has("dead") => None,
        None if has_patient => Some(DeadStart::Equilibrium),
        None => Some(DeadStart::Fraction { fraction: 0.0 }),
    }
}
