//! `[start]`: the tumour at step 0.

use std::path::Path;

use crate::scenario::error::Diagnostic;
use crate::scenario::model::{
    DeadStart, Lattice, Locus, PatientData, STARTING_STATES, Share, Start, StartShape,
};
use crate::scenario::reader::{At, Reader};
use crate::scenario::selector::{self, state_text};
use crate::scenario::units::number_text;
use crate::scenario::value::shown;

/// How far fractions that must sum to 1 may miss it.
const SUM_TOLERANCE: f64 = 1e-9;

/// Share of the lattice that nests can take before scattering them without contact becomes
/// impossible (random sequential packing jams at 0.547 in 2D and 0.38 in 3D).
const NEST_LIMIT: [f64; 2] = [0.45, 0.3];

/// Radius of a nest in micrometres where the scenario gives none.
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
    let composition = composition(reader, loci, patient);
    let dead = dead(reader, patient.is_some());
    if let (Some((span, _)), true) = (reader.given("composition"), saved) {
        reader.cx.report(
            Diagnostic::error(span, "`composition` does not go with shape = \"saved\"")
                .label("expected no fractions: the saved state has its own")
                .help("remove `composition`"),
        );
    }
    Some(Start { shape: shape?, composition: composition?, dead: dead? })
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
        None => NEST_RADIUS,
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

/// A radius that is at least half a site and does not stick out of the lattice.
fn fits(reader: &Reader<'_>, radius: &At<f64>, lattice: Option<&Lattice>, what: &str) -> Option<f64> {
    let lattice = lattice?;
    let extent = &lattice.size[..lattice.dimension as usize];
    let smallest = f64::from(extent.iter().copied().min().unwrap_or(0)) * lattice.site_um;
    let (least, most) = (lattice.site_um / 2.0, smallest / 2.0);
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
    let sites: u64 = lattice.map_or(u64::MAX, |l| l.size.iter().map(|e| u64::from(*e)).product());
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

/// The patient's shares of starting states, of the loci that the scenario has.
fn of_patient(reader: &Reader<'_>, loci: &[Locus], patient: &At<PatientData>) -> Vec<Share> {
    let share = |((name, level), fraction): (&(&str, u8), f64)| {
        let has = |l: &Locus| l.name == *name && usize::from(*level) < l.levels.len();
        let locus = loci.iter().position(has)?;
        let levels = (0..loci.len()).map(|index| if index == locus { *level } else { 0 }).collect();
        (fraction > 0.0).then_some(Share { levels, fraction })
    };
    let fractions = patient.value.starting_fractions();
    let shares: Vec<Share> = STARTING_STATES.iter().zip(fractions).filter_map(share).collect();
    let sum: f64 = shares.iter().map(|s| s.fraction).sum();
    if sum > 1.0 + SUM_TOLERANCE {
        let place = if patient.span.is_empty() { &reader.span } else { &patient.span };
        let rounded = number_text((sum * 1e9).round() / 1e9);
        reader.cx.report(
            Diagnostic::error(place.clone(), format!("the patient's shares of starting cells sum to {rounded}"))
                .label("expected at most 1 where [start] has no `composition`: each share has one change alone")
                .help("give cells with several changes by `composition` in [start], such as `\"tsc=2, rtk=1\" = 0.02`; or lower the shares"),
        );
    }
    shares
}

fn composition(
    reader: &Reader<'_>,
    loci: Option<&[Locus]>,
    patient: Option<&At<PatientData>>,
) -> Option<Vec<Share>> {
    let Some(entries) = reader.shares("composition") else {
        if reader.has("composition") {
            return None;
        }
        return match patient {
            Some(patient) => Some(of_patient(reader, loci?, patient)),
            None => Some(Vec::new()),
        };
    };
    let mut shares: Vec<Option<Share>> = Vec::new();
    let mut seen: Vec<(Vec<u8>, At<String>)> = Vec::new();
    let mut sensitive = None;
    let mut sum = 0.0;
    for (state, fraction) in entries.value {
        sum += fraction.value;
        if state.value.trim() == "sensitive" {
            sensitive = Some(fraction);
            continue;
        }
        let levels = loci.and_then(|loci| selector::read_state(reader.cx, loci, &state));
        if let (Some(levels), Some(loci)) = (&levels, loci) {
            distinct(reader, loci, levels, &state, &seen);
            seen.push((levels.clone(), state));
        }
        shares.push(levels.map(|levels| Share { levels, fraction: fraction.value }));
    }
    sums(reader, sum, sensitive.as_ref());
    shares.into_iter().collect()
}

fn distinct(
    reader: &Reader<'_>,
    loci: &[Locus],
    levels: &[u8],
    state: &At<String>,
    seen: &[(Vec<u8>, At<String>)],
) {
    if levels.iter().all(|l| *l == 0) {
        reader.cx.report(
            Diagnostic::error(state.span.clone(), format!("{} is the sensitive state", shown(&state.value)))
                .label("expected a state with a level above 0, or `sensitive`")
                .help("write it as `sensitive`; then the fractions must sum to 1"),
        );
    }
    if let Some((_, first)) = seen.iter().find(|(other, _)| other == levels) {
        reader.cx.report(
            Diagnostic::error(
                state.span.clone(),
                format!("the state {} a second time", state_text(loci, levels)),
            )
            .label("expected another state")
            .related(first.span.clone(), "the first time")
            .help("merge the two fractions"),
        );
    }
}

fn sums(reader: &Reader<'_>, sum: f64, sensitive: Option<&At<f64>>) {
    let place = reader.given("composition").map_or(reader.span.clone(), |(span, _)| span);
    let rounded = number_text((sum * 1e9).round() / 1e9);
    match sensitive {
        Some(sensitive) if (sum - 1.0).abs() > SUM_TOLERANCE => {
            let rest = ((1.0 - (sum - sensitive.value)) * 1e9).round() / 1e9;
            let help = if rest >= 0.0 {
                format!("write `sensitive = {}`, or leave it out", number_text(rest))
            } else {
                "lower the other fractions, or give weights divided by their sum".to_owned()
            };
            let error = Diagnostic::error(place, format!("the fractions of `composition` sum to {rounded}"));
            reader.cx.report(error.label("expected a sum of 1, because `sensitive` is given").help(help));
        }
        None if sum > 1.0 + SUM_TOLERANCE => {
            reader.cx.report(
                Diagnostic::error(place, format!("the fractions of `composition` sum to {rounded}"))
                    .label("expected at most 1; what is left is sensitive")
                    .help("lower them, or divide each by their sum"),
            );
        }
        _ => {}
    }
}
