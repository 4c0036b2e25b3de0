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

/// First-order absorption from the gut, from under the skin or from a muscle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Absorption {
    /// Rate constant ka, 1/h.
    pub rate: Number,
    /// Transit compartments before the one that is absorbed from (0: none). A published chain of n transit
    /// compartments and a depot, all emptied at ktr = (n + 1) / MTT, is `rate` = ktr, `transit` = n, `transit_time`
    /// = n / ktr.
    pub transit: u32,
    /// Mean transit time through them, h; absent if there are none.
    pub transit_time: Option<Number>,
}

/// A share of a depot that is released after a mean time, through a chain of transit compartments. It is released
/// into the absorption compartment if the drug has one, else into the central compartment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Release {
    /// Share of the dose, 0 to 1; the shares of a drug sum to 1. Its CV is that of its ratio to the other shares
    /// (a logistic-normal law: each share is multiplied by its log-normal factor, then all are divided by their sum).
    pub fraction: Number,
    /// Compartments of the chain: 0 a burst (at once), 1 a first-order release, more a delayed one. A published
    /// transit count N (Savic 2007, rate (N + 1) / MTT) is `transit` = N + 1, rounded.
    pub transit: u32,
    /// Mean time to release, h (0 for a burst). Shares are listed in the order of this time. Its CV is that of the
    /// time since the mean time of the share before it, so that patients keep the order.
    pub mean_time: Number,
}

/// Enterohepatic circulation as a linear system: part of what is eliminated waits in the bile and comes back to the
/// absorption compartment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recirculation {
    /// Share of the elimination from the central compartment that goes to the bile, 0 to 1 (below 1).
    pub fraction: Number,
    /// Rate at which the bile is emptied, 1/h: one over the mean time that drug waits there.
    pub rate: Number,
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

/// How body weight scales clearances and volumes: `(weight / reference)^exponent`. It holds for the central
/// compartment, hepatic flow and the metabolite; for peripheral compartments if `peripheral` says so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Allometry {
    /// Reference weight, kg.
    pub reference_kg: f64,
    /// Exponent on clearances.
    pub clearance: Number,
    /// Exponent on volumes.
    pub volume: Number,
    /// Whether the peripheral compartments of drug and metabolite scale too (de Wit 2016 scaled CL and V1 only).
    pub peripheral: bool,
}

/// Correlation of the random effects of two parameters between patients.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Correlation {
    /// Path of one parameter: `clearance`, `volume`, `metabolite.clearance`, …
    pub first: String,
    /// Path of the other one.
    pub second: String,
    /// Correlation of their random effects, −1 to 1 (shares vary by their odds, all else by its logarithm).
    pub value: f64,
}

/// A linear compartment model. Concentrations are ng/mL (= µg/L) in `matrix`, amounts mg.
///
/// Where dose goes: with `release` into the depot, with `absorption` into the gut, else into the central compartment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pk {
    /// What concentrations are measured in: `whole blood`, `plasma`, `serum`.
    pub matrix: String,
    /// Clearance from the central compartment, L/h (apparent, CL/F, for an oral drug). With `hepatic_flow` it is the
    /// liver's own clearance at the concentration in the liver.
    pub clearance: Number,
    /// Central volume, L (apparent, V/F, for an oral drug).
    pub volume: Number,
    /// Peripheral compartment.
    pub exchange: Option<Exchange>,
    /// Absorption; absent for a drug that is infused.
    pub absorption: Option<Absorption>,
    /// Bioavailability F relative to the apparent values (usually 1; its CV is between patients).
    pub bioavailability: Number,
    /// Coefficient of variation of F between occasions (days with a dose) of one patient; 0: none.
    pub occasion_cv: Number,
    /// Release from a depot; empty for a drug that is not one.
    pub release: Vec<Release>,
    /// Hepatic blood flow of a well-stirred first pass, L/h: an oral dose enters through the liver
    /// and part of it is cleared (and turned into metabolite) before it is seen.
    pub hepatic_flow: Option<Number>,
    /// Enterohepatic circulation.
    pub recirculation: Option<Recirculation>,
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
    /// Half-life at the site of action, h, of drug and metabolite: the effect follows the concentration with this
    /// lag. Absent: the effect follows at once.
    pub residence_h: Option<Number>,
}
