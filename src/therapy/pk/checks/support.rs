//! Drugs as the checks need them, from the project's table of sources.

use crate::catalogue::{Confidence, Number, Pk};

/// A number with a spread.
pub fn number(value: f64, cv: f64) -> Number {
    Number { value, cv, source: "test".into(), confidence: Confidence::C }
}

/// An injected drug in one compartment.
pub fn one_compartment(clearance: f64, volume: f64) -> Pk {
    Pk {
        matrix: "plasma".into(),
        clearance: number(clearance, 0.0),
        volume: number(volume, 0.0),
        exchange: None,
        absorption: None,
        bioavailability: number(1.0, 0.0),
        occasion_cv: number(0.0, 0.0),
        release: Vec::new(),
        hepatic_flow: None,
        recirculation: None,
        metabolite: None,
        correlations: Vec::new(),
        allometry: None,
        infusion_h: None,
        residual_cv: None,
        unbound: number(1.0, 0.0),
        residence_h: None,
    }
}
