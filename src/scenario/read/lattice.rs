//! `[lattice]`.

use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::limits::MAX_CELLS;
use crate::scenario::model::{Boundary, CohortSection, Lattice, Neighbourhood, Placement};
use crate::words::named;

/// Edges of the bricks into which sites are grouped; a lattice is stored in whole bricks.
const BRICK_2D: [u64; 3] = [32, 16, 1];
const BRICK_3D: [u64; 3] = [8, 8, 8];

/// Smallest radius of a placement.
const MIN_RADIUS: u32 = 2;

/// Sites for each agent of a lattice that is made as large as its agents need.
const SITES_PER_AGENT: u64 = 10;
/// Shortest edge of such a lattice.
const MIN_EDGE: u32 = 40;

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
    let edge = (MIN_EDGE..=2048).step_by(8).find(fits).unwrap_or(2048);
    [edge; 3]
}

named! {
    /// The word of a [`Placement`].
    pub(crate) enum PlacementKind {
        Neighbour = "neighbour",
        Radius = "radius",
        Mixed = "mixed",
    }
}

/// The lattice of one lesion, and where daughters are placed on it.
#[derive(Debug, Section)]
#[section(path = "lattice")]
pub(crate) struct LatticeKeys {
    /// Sites along x, y (up to 65536 each) or along x, y, z (up to 2048 each). `\[1000\]` or `\[1000, 1\]` is a
    /// row of sites, in one dimension.
    #[key(required_unless = "[cohort] has `agents`", example = [256, 256])]
    pub(crate) size: Option<At<Vec<At<u64>>>>,
    /// Neighbours of a site: those that share at least a corner, or those that share a face.
    #[key(default = "moore")]
    pub(crate) neighbourhood: Neighbourhood,
    /// Beyond the edge lies nothing, or the opposite edge.
    #[key(default = "closed")]
    pub(crate) boundary: Boundary,
    /// Edge of a site, at most 1 mm.
    #[key(within_above(Length, 0.0, 1000.0), default = "20 um")]
    pub(crate) site: f64,
    /// Where a daughter or a migrating cell goes: an empty neighbour; the first empty of some random sites
    /// within a radius; any empty site of the lesion (no space, as in branching-process theory).
    #[key(default = "neighbour")]
    pub(crate) placement: PlacementKind,
    /// Radius in site edges.
    #[key(integer(2, 8), default = 3, only(placement = "radius"))]
    pub(crate) radius: Option<u32>,
    /// Number of random sites that are tried.
    #[key(integer(1, 31), default = 8, only(placement = "radius"))]
    pub(crate) candidates: Option<u32>,
}

impl LatticeKeys {
    /// The keys of a scenario's lattice; without a size where it follows from the agents of a trial.
    pub fn of(lattice: &Lattice, has_size: bool) -> LatticeKeys {
        let edges = lattice.size[..lattice.dimension as usize].iter();
        let size = edges.map(|edge| At::new(u64::from(*edge), 0..0)).collect();
        let (placement, ball) = match lattice.placement {
            Placement::Neighbour => (PlacementKind::Neighbour, None),
            Placement::Mixed => (PlacementKind::Mixed, None),
            Placement::Radius { radius, candidates } => (PlacementKind::Radius, Some((radius, candidates))),
        };
        let (radius, candidates) = ball.unzip();
        LatticeKeys {
            size: has_size.then(|| At::new(size, 0..0)),
            neighbourhood: lattice.neighbourhood,
            boundary: lattice.boundary,
            site: lattice.site_um,
            placement,
            radius,
            candidates,
        }
    }
}

/// The size as written, or that of a trial with `agents`.
fn size(reader: &Reader<'_>, agents: Option<&At<u32>>) -> Option<[u32; 3]> {
    let Some(agents) = agents else {
        return reader.placed::<Plain, Vec<At<u64>>>("size").and_then(|size| checked_size(reader, &size));
    };
    if let Some((span, _)) = reader.given("size") {
        return Diagnostic::error(span, "`size` in a trial with `agents`")
            .label("expected no size: lattices are made as large as the agents need")
            .related(agents.span.clone(), "agents of a patient")
            .help("remove `size`, or `agents` from [cohort]")
            .fail(reader.cx);
    }
    Some(cube(agents.value))
}

/// The lattice; `agents` are those of a trial that has them.
pub(super) fn read(reader: &Reader<'_>, agents: Option<At<u32>>) -> Option<Lattice> {
    let keys = LatticeKeys::read(reader);
    let size = size(reader, agents.as_ref());
    let (keys, size) = (keys?, size?);
    let placement = match keys.placement {
        PlacementKind::Neighbour => Placement::Neighbour,
        PlacementKind::Mixed => Placement::Mixed,
        PlacementKind::Radius => Placement::Radius { radius: keys.radius?, candidates: keys.candidates? },
    };
    let lattice = Lattice {
        size,
        dimension: if size[2] == 1 { 2 } else { 3 },
        neighbourhood: keys.neighbourhood,
        boundary: keys.boundary,
        site_um: keys.site,
        placement,
    };
    periodic_radius(reader, &lattice);
    Some(lattice)
}

fn checked_size(reader: &Reader<'_>, size: &At<Vec<At<u64>>>) -> Option<[u32; 3]> {
    let flat = size.value.len() < 3;
    let (dimension, most) = if flat { ("2D", 65_536) } else { ("3D", 2048) };
    let mut fits = true;
    for edge in size.value.iter().filter(|e| !(1..=most).contains(&e.value)) {
        fits = false;
        let near = edge.value.clamp(1, most);
        Diagnostic::error(edge.span.clone(), format!("an edge of {} sites is out of range", edge.value))
            .label(format!("expected 1 to {most} sites in {dimension}"))
            .help(format!("the nearest that is allowed is {near}"))
            .report(reader.cx);
    }
    if !fits {
        return None;
    }
    let edges: Vec<u64> = size.value.iter().map(|e| e.value).chain([1, 1]).take(3).collect();
    enough(reader, size, edges.iter().product())?;
    let brick = if flat { BRICK_2D } else { BRICK_3D };
    let sites: u64 = edges.iter().zip(brick).map(|(e, b)| e.next_multiple_of(b)).product();
    if sites > MAX_CELLS {
        return Diagnostic::error(size.span.clone(), format!("the lattice has {sites} sites"))
            .label("expected fewer than 2^31 sites, counted in whole bricks")
            .note(format!("a brick is {}", if flat { "32 x 16 sites" } else { "8 x 8 x 8 sites" }))
            .help(if flat { "for example `[32768, 32768]`" } else { "for example `[1024, 1024, 1024]`" })
            .fail(reader.cx);
    }
    Some([edges[0] as u32, edges[1] as u32, edges[2] as u32])
}

/// A lattice on which something can happen.
fn enough(reader: &Reader<'_>, size: &At<Vec<At<u64>>>, sites: u64) -> Option<()> {
    if sites >= 2 {
        return Some(());
    }
    Diagnostic::error(size.span.clone(), "a lattice of one site")
        .label("expected at least two sites")
        .help("for example `[1000]`, a row of sites")
        .fail(reader.cx)
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
    let help = if fitting >= MIN_RADIUS {
        format!("write `radius = {fitting}`, enlarge the lattice, or use boundary = \"closed\"")
    } else {
        "no radius fits: use placement = \"neighbour\", enlarge the lattice, or use boundary = \"closed\""
            .to_owned()
    };
    Diagnostic::error(
        place("size").unwrap_or(reader.span.clone()),
        format!("an edge of {smallest} sites is too short for a periodic radius of {radius}"),
    )
    .label(format!("expected more than {} sites along each edge, or a single one", 2 * radius))
    // A default has no place.
    .related(place("radius").unwrap_or_default(), "the radius")
    .help(help)
    .report(reader.cx);
}
