//! Pharmacokinetics of a drug: a linear compartment model in the terms of population PK.

use serde::Serialize;

use super::Number;

/// Where drug goes from the central compartment and back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exchange {
    /// Inter-compartmental clearance Q, L/h.
    pub clearance: Number,
    /// Volume of the peripheral compartment, L.
    pub volume: Number,
}

/// First-order absorption from the gut or from under the skin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Absorption {
    /// Rate constant ka, 1/h.
    pub rate: Number,
    /// Transit compartments before absorption (0: none).
    pub transit: u32,
    /// Mean transit time through them, h; absent if there are none.
    pub transit_time: Option<Number>,
}

/// A share of a depot that is released after a mean time, through a chain of transit compartments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Release {
    /// Share of the dose, 0 to 1; the shares of a drug sum to 1.
    pub fraction: Number,
    /// Compartments of the chain (1: a first-order release).
    pub transit: u32,
    /// Mean time to release, h.
    pub mean_time: Number,
}

/// An active metabolite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metabolite {
    /// Name, e.g. `SU12662`.
    pub name: String,
    /// Share of the parent's clearance that forms it, 0 to 1 (by mass).
    pub fraction: Number,
    /// Its clearance, L/h.
    pub clearance: Number,
    /// Its central volume, L.
    pub volume: Number,
    /// Its peripheral compartment.
    pub exchange: Option<Exchange>,
    /// Its unbound fraction of the measured concentration.
    pub unbound: Number,
    /// Molar mass, g/mol.
    pub molar_mass: Number,
}

/// How body weight scales clearance and volume: `(weight / reference)^exponent`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Allometry {
    /// Reference weight, kg.
    pub reference_kg: f64,
    /// Exponent on clearances.
    pub clearance: Number,
    /// Exponent on volumes.
    pub volume: Number,
}

/// Correlation of the random effects of two parameters between patients.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Correlation {
    /// Path of one parameter: `clearance`, `volume`, `metabolite.clearance`, …
    pub first: String,
    /// Path of the other one.
    pub second: String,
    /// Correlation of their logarithms, −1 to 1.
    pub value: f64,
}

/// A linear compartment model. Concentrations are ng/mL (= µg/L) in `matrix`, amounts mg.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pk {
    /// What concentrations are measured in: `whole blood`, `plasma`, `serum`.
    pub matrix: String,
    /// Clearance from the central compartment, L/h (apparent, CL/F, for an oral drug).
    pub clearance: Number,
    /// Central volume, L (apparent, V/F, for an oral drug).
    pub volume: Number,
    /// Peripheral compartment.
    pub exchange: Option<Exchange>,
    /// Absorption; absent for a drug that is infused.
    pub absorption: Option<Absorption>,
    /// Bioavailability F relative to the apparent values (usually 1; its CV is between patients).
    pub bioavailability: Number,
    /// Coefficient of variation of F between occasions (doses) of one patient; 0: none.
    pub occasion_cv: Number,
    /// Release from a depot; empty for a drug that is not one.
    pub release: Vec<Release>,
    /// Hepatic blood flow of a well-stirred first pass, L/h: an oral dose enters through the liver
    /// and part of it is cleared (and turned into metabolite) before it is seen.
    pub hepatic_flow: Option<Number>,
    /// Active metabolite.
    pub metabolite: Option<Metabolite>,
    /// Correlations between patients.
    pub correlations: Vec<Correlation>,
    /// Scaling with body weight.
    pub allometry: Option<Allometry>,
    /// Duration of an infusion, h; absent: an instant dose.
    pub infusion_h: Option<Number>,
    /// Proportional residual error of a measured concentration, CV.
    pub residual_cv: Option<Number>,
    /// Unbound fraction of the measured concentration.
    pub unbound: Number,
    /// Half-life at the site of action, h: the effect follows the concentration with this lag.
    /// Absent: the effect follows at once.
    pub residence_h: Option<Number>,
}
