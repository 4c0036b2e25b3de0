//! `[lattice]`.

use crate::scenario::error::Diagnostic;
use crate::scenario::keys::MOST_CELLS;
use crate::scenario::model::{Boundary, CohortSection, Lattice, Neighbourhood, Placement};
use crate::scenario::reader::{At, Reader};
use crate::scenario::units::number_text;

/// Edges of the bricks into which sites are grouped; a lattice is stored in whole bricks.
const BRICK_2D: [u64; 3] = [32, 16, 1];
const BRICK_3D: [u64; 3] = [8, 8, 8];

/// Smallest radius of a placement.
const LEAST_RADIUS: u32 = 2;

/// Sites for each agent of a lattice that is made as large as its agents need.
const SITES_PER_AGENT: u64 = 10;
/// Shortest edge of such a lattice.
const LEAST_EDGE: u32 = 40;

/// `agents` of `[cohort]`, with its place, if a trial has them: then lattices have no size of their own.
pub(super) fn agents(root: &Reader<'_>, cohort: Option<&CohortSection>) -> Option<At<u32>> {
    let (_, section) = root.given("cohort")?;
    let written = section.get_ref().get("agents")?;
    // What is wrong with it is told elsewhere.
    Some(At::new(cohort.and_then(|c| c.agents).unwrap_or(1), written.span()))
}

/// The lattice of a scenario whose file gives none: a cube with room for all agents of a patient in one lesion, ten sites
/// for each, and edges in whole bricks. What a trial computes on follows from its patients' lesions.
fn cube(agents: u32) -> [u32; 3] {
    let sites = u64::from(agents) * SITES_PER_AGENT;
    let fits = |edge: &u32| u64::from(*edge).pow(3) >= sites;
    let edge = (LEAST_EDGE..=2048).step_by(8).find(fits).unwrap_or(2048);
    [edge; 3]
}

/// The size as written, or that of a trial with `agents`.
fn size(reader: &Reader<'_>, agents: Option<&At<u32>>) -> Option<[u32; 3]> {
    let Some(agents) = agents else {
        return reader.size("size").and_then(|size| checked_size(reader, &size));
    };
    if let Some((span, _)) = reader.given("size") {
        reader.cx.report(
            Diagnostic::error(span, "`size` in a trial with `agents`")
                .label("expected no size: lattices are made as large as the agents need")
                .related(agents.span.clone(), "agents of a patient")
                .help("remove `size`, or `agents` from [cohort]"),
        );
        return None;
    }
    Some(cube(agents.value))
}

/// The lattice; `agents` are those of a trial that has them.
pub(super) fn read(reader: &Reader<'_>, agents: Option<At<u32>>) -> Option<Lattice> {
    let neighbourhood = reader.choice("neighbourhood");
    let boundary = reader.choice("boundary");
    let site = reader.quantity("site");
    let placement = reader.choice("placement");
    let placement = placement.and_then(|chosen| read_placement(reader, &chosen));
    let size = size(reader, agents.as_ref());
    let site = site.and_then(|site| checked_site(reader, &site));
    let lattice = Lattice {
        size: size?,
        dimension: if size?[2] == 1 { 2 } else { 3 },
        neighbourhood: if neighbourhood?.value == "moore" {
            Neighbourhood::Moore
        } else {
            Neighbourhood::VonNeumann
        },
        boundary: if boundary?.value == "closed" { Boundary::Closed } else { Boundary::Periodic },
        site_um: site?,
        placement: placement?,
    };
    periodic_radius(reader, &lattice);
    Some(lattice)
}

fn read_placement(reader: &Reader<'_>, chosen: &At<&'static str>) -> Option<Placement> {
    reader.check_only("placement", chosen);
    match chosen.value {
        "neighbour" => Some(Placement::Neighbour),
        "mixed" => Some(Placement::Mixed),
        _ => {
            let (radius, candidates) = (reader.small("radius"), reader.small("candidates"));
            Some(Placement::Radius { radius: radius?.value, candidates: candidates?.value })
        }
    }
}

fn checked_site(reader: &Reader<'_>, site: &At<f64>) -> Option<f64> {
    if site.value > 0.0 && site.value <= 1000.0 {
        return Some(site.value);
    }
    reader.cx.report(
        Diagnostic::error(
            site.span.clone(),
            format!("a site of {} um is out of range", number_text(site.value)),
        )
        .label("expected above 0, at most 1 mm")
        .help("a tumour cell takes about \"20 um\""),
    );
    None
}

fn checked_size(reader: &Reader<'_>, size: &At<Vec<At<u64>>>) -> Option<[u32; 3]> {
    let flat = size.value.len() < 3;
    let (dimension, most) = if flat { ("2D", 65_536) } else { ("3D", 2048) };
    let mut fits = true;
    for edge in size.value.iter().filter(|e| !(1..=most).contains(&e.value)) {
        fits = false;
        let near = edge.value.clamp(1, most);
        reader.cx.report(
            Diagnostic::error(edge.span.clone(), format!("an edge of {} sites is out of range", edge.value))
                .label(format!("expected 1 to {most} sites in {dimension}"))
                .help(format!("the nearest that is allowed is {near}")),
        );
    }
    if !fits {
        return None;
    }
    let edges: Vec<u64> = size.value.iter().map(|e| e.value).chain([1, 1]).take(3).collect();
    enough(reader, size, edges.iter().product())?;
    let brick = if flat { BRICK_2D } else { BRICK_3D };
    let sites: u64 = edges.iter().zip(brick).map(|(e, b)| e.next_multiple_of(b)).product();
    if sites > MOST_CELLS {
        reader.cx.report(
            Diagnostic::error(size.span.clone(), format!("the lattice has {sites} sites"))
                .label("expected fewer than 2^31 sites, counted in whole bricks")
                .note(format!("a brick is {}", if flat { "32 x 16 sites" } else { "8 x 8 x 8 sites" }))
                .help(if flat { "for example `[32768, 32768]`" } else { "for example `[1024, 1024, 1024]`" }),
        );
        return None;
    }
    Some([edges[0] as u32, edges[1] as u32, edges[2] as u32])
}

/// A lattice on which something can happen.
fn enough(reader: &Reader<'_>, size: &At<Vec<At<u64>>>, sites: u64) -> Option<()> {
    if sites >= 2 {
        return Some(());
    }
    reader.cx.report(
        Diagnostic::error(size.span.clone(), "a lattice of one site")
            .label("expected at least two sites")
            .help("for example `[1000]`, a row of sites"),
    );
    None
}

/// Refuses a radius that reaches round a periodic edge to the same site from both sides. An edge of one site has no round.
fn periodic_radius(reader: &Reader<'_>, lattice: &Lattice) {
    let Placement::Radius { radius, .. } = lattice.placement else {
        return;
    };
    let smallest = lattice.size.iter().copied().filter(|edge| *edge > 1).min().unwrap_or(1);
    if lattice.boundary == Boundary::Closed || smallest > 2 * radius {
        return;
    }
    let place = |key| reader.given(key).map(|(_, v)| v.span());
    let fitting = (smallest - 1) / 2;
    let help = if fitting >= LEAST_RADIUS {
        format!("write `radius = {fitting}`, enlarge the lattice, or use boundary = \"closed\"")
    } else {
        "no radius fits: use placement = \"neighbour\", enlarge the lattice, or use boundary = \"closed\""
            .to_owned()
    };
    reader.cx.report(
        Diagnostic::error(
            place("size").unwrap_or(reader.span.clone()),
            format!("an edge of {smallest} sites is too short for a periodic radius of {radius}"),
        )
        .label(format!("expected more than {} sites along each edge, or a single one", 2 * radius))
        // A default has no place.
        .related(place("radius").unwrap_or_default(), "the radius")
        .help(help),
    );
}
