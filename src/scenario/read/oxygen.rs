//! `[oxygen]`.

use crate::scenario::declare::Section as _;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Boundary, Lattice, Oxygen, Placement};
use crate::scenario::reader::Reader;

/// The section, if there is one.
pub(crate) fn read(root: &Reader<'_>, lattice: Option<&Lattice>) -> Option<Oxygen> {
    let reader = root.table("oxygen")?;
    if let Some(lattice) = lattice {
        fits_lattice(root, &reader, lattice);
    }
    Oxygen::read(&reader)
}

fn fits_lattice(root: &Reader<'_>, reader: &Reader<'_>, lattice: &Lattice) {
    let key = |name: &str| {
        let table = root.given("lattice").and_then(|(_, v)| v.get_ref().get(name).map(|v| v.span()));
        table.unwrap_or(reader.span.clone())
    };
    if lattice.placement == Placement::Mixed {
        Diagnostic::error(reader.span.clone(), "`mixed` placement has no oxygen field")
            .label("expected no [oxygen] section")
            .related(key("placement"), "placement without space")
            .help("remove [oxygen], or choose the placement \"neighbour\" or \"radius\"")
            .report(reader.cx);
    }
    let voxel = if lattice.dimension == 2 { 8 } else { 4 };
    let edges = &lattice.size[..lattice.dimension as usize];
    if let Some(edge) = edges.iter().find(|e| **e < voxel) {
        let count = if *edge == 1 { "1 site".to_owned() } else { format!("{edge} sites") };
        Diagnostic::error(reader.span.clone(), format!("a lattice of {count} across has no oxygen field"))
            .label("expected no [oxygen] section")
            .related(key("size"), "the lattice")
            .note(format!(
                "oxygen is kept in voxels of {voxel} sites along each edge, and cells use it by voxel"
            ))
            .help(format!("remove [oxygen], or make each edge at least {voxel} sites long"))
            .report(reader.cx);
        return;
    }
    let odd = lattice.size[..lattice.dimension as usize].iter().find(|e| *e % voxel != 0);
    if let (Boundary::Periodic, Some(edge)) = (lattice.boundary, odd) {
        let above = edge.next_multiple_of(voxel);
        Diagnostic::error(
            key("size"),
            format!("an edge of {edge} sites does not close over its oxygen voxels"),
        )
        .label(format!("expected multiples of {voxel} with a periodic boundary and [oxygen]"))
        .help(format!("the nearest is {above}; or use boundary = \"closed\""))
        .report(reader.cx);
    }
}
