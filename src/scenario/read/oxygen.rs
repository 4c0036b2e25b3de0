//! `[oxygen]`.

use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Boundary, Lattice, Oxygen, Placement};
use crate::scenario::reader::{At, Reader};

pub(crate) fn read(root: &Reader<'_>, lattice: Option<&Lattice>) -> Option<Oxygen> {
    let reader = root.table("oxygen")?;
    let vessels = positive(&reader, "vessels").and_then(|v| spaced(&reader, v));
    let pressure = positive(&reader, "vessel_pressure");
    let length = positive(&reader, "diffusion_length");
    let hypoxic = reader.quantity("hypoxic");
    let birth = reader.number("hypoxic_birth_factor");
    let anoxic = reader.quantity("anoxic");
    let death = reader.quantity("anoxic_death");
    let sweeps = reader.small("sweeps").and_then(|s| even(&reader, s));
    if let Some(lattice) = lattice {
        fits_lattice(root, &reader, lattice);
    }
    ascending(&reader, ("anoxic", &anoxic), ("hypoxic", &hypoxic));
    ascending(&reader, ("hypoxic", &hypoxic), ("vessel_pressure", &pressure));
    Some(Oxygen {
        vessels_per_mm2: vessels?.value,
        vessel_mmhg: pressure?.value,
        diffusion_length_um: length?.value,
        hypoxic_mmhg: hypoxic?.value,
        hypoxic_birth_factor: birth?.value,
        anoxic_mmhg: anoxic?.value,
        anoxic_death_add: death?.value,
        sweeps: sweeps?,
    })
}

fn positive(reader: &Reader<'_>, key: &'static str) -> Option<At<f64>> {
    let value = reader.quantity(key)?;
    if value.value > 0.0 {
        return Some(value);
    }
    let help = if key == "vessels" {
        "leave out the section [oxygen] for a tumour without an oxygen field".to_owned()
    } else {
        default_of(reader, key)
    };
    reader.cx.report(
        Diagnostic::error(value.span, format!("`{key}` must not be zero"))
            .label("expected more than 0")
            .help(help),
    );
    None
}

/// Most vessels per mm²: 14 µm apart. The supply formula holds for vessels well apart (capillaries are 10 µm wide).
const MOST_VESSELS: f64 = 5000.0;

fn spaced(reader: &Reader<'_>, vessels: At<f64>) -> Option<At<f64>> {
    if vessels.value <= MOST_VESSELS {
        return Some(vessels);
    }
    reader.cx.report(
        Diagnostic::error(vessels.span, "the vessels are too dense to stand beside each other")
            .label(format!("expected at most {MOST_VESSELS} /mm2"))
            .help("well-differentiated tumours have about 300 /mm2; leave out [oxygen] for full supply everywhere"),
    );
    None
}

fn default_of(reader: &Reader<'_>, key: &str) -> String {
    let example = reader.section.find(key).map_or("", |k| k.example);
    format!("the default is {example}")
}

fn even(reader: &Reader<'_>, sweeps: At<u32>) -> Option<u32> {
    if sweeps.value.is_multiple_of(2) {
        return Some(sweeps.value);
    }
    reader.cx.report(
        Diagnostic::error(sweeps.span, format!("{} sweeps are an odd number", sweeps.value))
            .label("expected an even number")
            .help(format!("the nearest is {}", (sweeps.value + 1).min(16))),
    );
    None
}

fn ascending(reader: &Reader<'_>, low: (&str, &Option<At<f64>>), high: (&str, &Option<At<f64>>)) {
    let ((low_key, Some(low)), (high_key, Some(high))) = (low, high) else {
        return;
    };
    if low.value <= high.value {
        return;
    }
    let place = if reader.has(low_key) { &low.span } else { &high.span };
    reader.cx.report(
        Diagnostic::error(
            place.clone(),
            format!("`{low_key}` ({} mmHg) is above `{high_key}` ({} mmHg)", low.value, high.value),
        )
        .label(format!("expected `{low_key}` to be at most `{high_key}`"))
        .help("the order is anoxic, hypoxic, vessel_pressure"),
    );
}

fn fits_lattice(root: &Reader<'_>, reader: &Reader<'_>, lattice: &Lattice) {
    let key = |name: &str| {
        let table = root.given("lattice").and_then(|(_, v)| v.get_ref().get(name).map(|v| v.span()));
        table.unwrap_or(reader.span.clone())
    };
    if lattice.placement == Placement::Mixed {
        reader.cx.report(
            Diagnostic::error(reader.span.clone(), "`mixed` placement has no oxygen field")
                .label("expected no [oxygen] section")
                .related(key("placement"), "placement without space")
                .help("remove [oxygen], or choose the placement \"neighbour\" or \"radius\""),
        );
    }
    let voxel = if lattice.dimension == 2 { 8 } else { 4 };
    let edges = &lattice.size[..lattice.dimension as usize];
    if let Some(edge) = edges.iter().find(|e| **e < voxel) {
        let count = if *edge == 1 { "1 site".to_owned() } else { format!("{edge} sites") };
        reader.cx.report(
            Diagnostic::error(
                reader.span.clone(),
                format!("a lattice of {count} across has no oxygen field"),
            )
            .label("expected no [oxygen] section")
            .related(key("size"), "the lattice")
            .note(format!(
                "oxygen is kept in voxels of {voxel} sites along each edge, and cells use it by voxel"
            ))
            .help(format!("remove [oxygen], or make each edge at least {voxel} sites long")),
        );
        return;
    }
    let odd = lattice.size[..lattice.dimension as usize].iter().find(|e| *e % voxel != 0);
    if let (Boundary::Periodic, Some(edge)) = (lattice.boundary, odd) {
        let above = edge.next_multiple_of(voxel);
        reader.cx.report(
            Diagnostic::error(
                key("size"),
                format!("an edge of {edge} sites does not close over its oxygen voxels"),
            )
            .label(format!("expected multiples of {voxel} with a periodic boundary and [oxygen]"))
            .help(format!("the nearest is {above}; or use boundary = \"closed\"")),
        );
    }
}
