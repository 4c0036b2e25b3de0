//! Where the cells of a scenario's lesions may be: lattice, starting tumour, sites for daughters.

use crate::engine::Model;
use crate::scenario::{Boundary, Lattice, Neighbourhood, Placement, Scenario, StartShape, nest_cells};
use crate::tissue::Shape;
use crate::tissue::start::StartForm;

/// The lattice of a scenario.
pub fn shape(scenario: &Scenario) -> Shape {
    let lattice = &scenario.lattice;
    Shape::new(lattice.dimension, lattice.size, lattice.boundary == Boundary::Periodic)
}

/// Displacements from which a daughter's site is chosen, on a lattice without edges; none where any site may be.
pub(crate) fn offsets(lattice: &Lattice) -> Vec<[i32; 3]> {
    let moore = lattice.neighbourhood == Neighbourhood::Moore;
    match lattice.placement {
        Placement::Neighbour => Model::neighbourhood(lattice.dimension, moore),
        Placement::Radius { radius, .. } => Model::ball(lattice.dimension, radius),
        Placement::Mixed => Vec::new(),
    }
}

/// Where the cells of a starting tumour are.
pub(super) fn form(scenario: &Scenario) -> StartForm {
    let shape = shape(scenario);
    let edges = |um: f64| um / scenario.lattice.site_um;
    match scenario.start.shape {
        StartShape::Nests { fraction, radius_um, packing } => {
            StartForm::Nests { cells: nest_cells(fraction, shape.sites()), radius: edges(radius_um), packing }
        }
        StartShape::Ball { radius_um } => StartForm::Ball { radius: edges(radius_um) },
        StartShape::Random { density } => StartForm::Random { density },
        StartShape::Count { cells } => StartForm::Count {
            cells: u64::from(cells),
            scattered: scenario.lattice.placement != Placement::Mixed,
        },
        StartShape::Single | StartShape::Saved { .. } => StartForm::Single,
    }
}

/// How many cells a starting tumour will have, without making it. Of a saved one, which may hold any number: a
/// tenth of the lattice.
pub fn expected_cells(scenario: &Scenario) -> f64 {
    let sites = shape(scenario).sites() as f64;
    if matches!(scenario.start.shape, StartShape::Saved { .. }) {
        return 0.1 * sites;
    }
    let ball = |r: f64| match scenario.lattice.dimension {
        2 => std::f64::consts::PI * r * r,
        _ => 4.0 / 3.0 * std::f64::consts::PI * r * r * r,
    };
    match form(scenario) {
        StartForm::Nests { cells, .. } | StartForm::Count { cells, .. } => cells as f64,
        StartForm::Ball { radius } => ball(radius).clamp(1.0, sites),
        StartForm::Random { density } => density * sites,
        StartForm::Single => 1.0,
    }
}
