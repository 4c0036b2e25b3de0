//! Whether a start holds a cell at all.

use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{Lattice, StartShape};
use crate::scenario::reader::Reader;
use crate::scenario::units::number_text;

/// Probability of a start without a cell from which on it is warned of.
const LIKELY: f64 = 1e-3;

/// Reports a start that holds no cell, or might hold none, on a lattice of a given size.
pub(super) fn check(reader: &Reader<'_>, shape: &StartShape, lattice: &Lattice) {
    let place = |key: &str| reader.given(key).map_or(reader.span.clone(), |(_, value)| value.span());
    match *shape {
        StartShape::Nests { fraction, .. } => {
            by_fraction(reader, place("fraction"), fraction, sites(lattice))
        }
        StartShape::Random { density } => by_density(reader, place("density"), density, sites(lattice)),
        _ => {}
    }
}

fn sites(lattice: &Lattice) -> f64 {
    lattice.size.iter().map(|edge| f64::from(*edge)).product()
}

/// A start of no cell, with what a larger number would have to be at least.
fn empty(reader: &Reader<'_>, place: Span, message: String, least: f64) {
    // Two digits, rounded up.
    let least: f64 = format!("{:.1e}", 1.05 * least).parse().unwrap_or(least);
    Diagnostic::error(place, message)
        .label(format!("expected at least {}: one cell", number_text(least)))
        .help("raise it, enlarge `size` in [lattice], or write `shape = \"count\"` with a number of `cells`")
        .report(reader.cx);
}

/// Nests on a share of the sites, rounded to whole cells: refused where that is none.
fn by_fraction(reader: &Reader<'_>, place: Span, fraction: f64, sites: f64) {
    if libm::rint(fraction * sites) < 1.0 {
        let message = format!("{} of {sites} sites are not one cell", number_text(fraction));
        empty(reader, place, message, 1.0 / sites);
    }
}

/// Sites taken with a probability: refused where that is less than one cell in the mean, and warned of where there may be none.
fn by_density(reader: &Reader<'_>, place: Span, density: f64, sites: f64) {
    let mean = density * sites;
    if mean < 1.0 {
        let message = format!("a density of {} on {sites} sites is not one cell", number_text(density));
        return empty(reader, place, message, 1.0 / sites);
    }
    let none = libm::exp(sites * libm::log1p(-density));
    if none > LIKELY {
        let message = format!("{:.1} % of such starts have no cell", 100.0 * none);
        reader
            .cx
            .report(Diagnostic::warning(place, message).label(format!("{mean:.1} cells in the mean")).help(
            "raise it, enlarge `size` in [lattice], or write `shape = \"count\"` with a number of `cells`",
        ));
    }
}
