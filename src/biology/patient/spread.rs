//! How patients differ, as data.

use serde::Serialize;

use crate::catalogue::Confidence;

/// A law between patients.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Law {
    /// The same for all.
    Fixed,
    /// Log-normal about the typical value, cut off at `most`.
    LogNormal {
        /// Standard deviation of the natural logarithm.
        log_sd: f64,
        /// Largest value.
        most: f64,
    },
    /// Beta with the typical value as its mean.
    Beta {
        /// Standard deviation.
        sd: f64,
    },
    /// Uniform between two values.
    Uniform {
        /// Smallest.
        least: f64,
        /// Largest.
        most: f64,
    },
    /// The value in `is` with this probability, else the typical value.
    Bernoulli {
        /// Probability.
        probability: f64,
        /// What it is when present.
        is: &'static str,
    },
}

/// How one number or covariate of a patient differs between patients.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Name, as the field of [`PatientBiology`](super::PatientBiology) where it is one.
    pub name: &'static str,
    /// Typical value (median; mean of a beta law; 0 for what is usually absent).
    pub typical: f64,
    /// Unit; empty for a plain number.
    pub unit: &'static str,
    /// The law.
    pub law: Law,
    /// Where it comes from.
    pub source: &'static str,
    /// How sure it is.
    pub confidence: Confidence,
}

const fn spread(
    name: &'static str,
    typical: f64,
    unit: &'static str,
    law: Law,
    confidence: Confidence,
    source: &'static str,
) -> Spread {
    Spread { name, typical, unit, law, source, confidence }
}

const fn log_normal(log_sd: f64) -> Law {
    Law::LogNormal { log_sd, most: f64::INFINITY }
}

const fn chance(probability: f64, is: &'static str) -> Law {
    Law::Bernoulli { probability, is }
}

const CHOICE: &str = "choice of the model";
const SEQUENCED: &str = "sequenced pancreatic NETs (Nature 2017;543:65; Science 2011;331:1199)";

use Confidence::{A, B, C};

/// How patients differ. Growth is that of RADIANT-3; other trials name their own.
pub static SPREADS: &[Spread] = &[
    spread(
        "growth",
        0.0035,
        "/d",
        log_normal(1.32),
        B,
        "surrogate fit to the placebo arm of RADIANT-3 (NEJM 2011;364:514)",
    ),
    spread(
        "coupled_loss",
        0.72,
        "",
        Law::Beta { sd: 0.04 },
        C,
        "0.65 to 0.77 agree with RADIANT-3 and the growth weights, with which it is confounded",
    ),
    spread("ki67", 5.0, "%", log_normal(0.4), C, "noise about 100 x births per day x 2 d; a biomarker only"),
    spread(
        "gamma",
        1.0,
        "",
        log_normal(0.4),
        C,
        "spread of the share of net growth that everolimus removes (logit-SD 0.4 to 2.3, surrogate fit to RADIANT-3)",
    ),
    spread(
        "kill_factor",
        1.0,
        "",
        log_normal(1.0),
        B,
        "deaths under everolimus 8e-4 /d, 4e-4 to 1.9e-3 (surrogate fit to RADIANT-3)",
    ),
    spread("rapalog_ec_factor", 1.0, "", log_normal(0.5), C, CHOICE),
    spread(
        "induction_factor",
        1.0,
        "",
        log_normal(0.5),
        C,
        "induced switching 4e-6 to 3e-3 /d (surrogate fit to RADIANT-3)",
    ),
    spread(
        "rtk_fraction",
        0.02,
        "",
        Law::LogNormal { log_sd: 1.0, most: 0.5 },
        C,
        "0.027, range 3e-4 to 0.13 (surrogate fit to RADIANT-3)",
    ),
    spread("gsk3_fraction", 0.002, "", Law::LogNormal { log_sd: 1.0, most: 0.5 }, C, CHOICE),
    spread(
        "tsc_fraction",
        1e-6,
        "",
        chance(0.03, "clonal"),
        B,
        "TSC1/TSC2 in 2 to 4 % of pancreatic NETs (Nature 2017;543:65); else pre-existing cells",
    ),
    spread(
        "kinase_fraction",
        3e-6,
        "",
        chance(0.01, "clonal"),
        C,
        "pre-existing cells of 1e9 at 2.3e-8 per division; clonal in 0.5 to 1 % of patients from memory",
    ),
    spread("frb_fraction", 1.2e-6, "", Law::Fixed, C, "pre-existing cells of 1e10 at 8e-9 per division"),
    spread(
        "upregulated_reach",
        0.5,
        "",
        Law::Uniform { least: 0.0, most: 1.0 },
        C,
        "which receptor drives the escape differs between tumours; choice of the model",
    ),
    spread(
        "tsc_context",
        0.0,
        "",
        chance(0.3, "R"),
        C,
        "70 % hypersensitive (NEJM 2014;371:1426), 30 % resistant; choice of the model",
    ),
    spread("sstr", 1.0, "", chance(0.2, "0"), C, "SSTR2 in 80 % of patients"),
    spread(
        "fgfr4_r388",
        0.0,
        "",
        chance(0.5, "true"),
        B,
        "half of patients are carriers; effect contradictory, off by default",
    ),
    spread(
        "phlpp2_s1016",
        0.0,
        "",
        chance(0.3, "true"),
        C,
        "three in ten patients are carriers; effect off by default",
    ),
    spread("men1", 0.0, "", chance(0.44, "true"), B, SEQUENCED),
    spread("daxx_atrx", 0.0, "", chance(0.43, "true"), B, SEQUENCED),
    spread("pten", 0.0, "", chance(0.071, "clonal"), B, SEQUENCED),
    spread("pik3ca", 0.0, "", chance(0.02, "clonal"), B, SEQUENCED),
    spread("kras", 0.0, "", chance(0.005, "clonal"), C, "below 1 % of well-differentiated tumours"),
    spread("mgmt_low", 0.0, "", chance(0.5, "true"), C, "half of pancreatic NETs lack MGMT, from memory"),
    spread(
        "diameter_sum",
        110.0,
        "mm",
        log_normal(0.5),
        B,
        "sums of target lesions, medians 108 to 255 mm in GIST cohorts",
    ),
    spread("vessels", 300.0, "/mm2", log_normal(0.4), A, "Br J Cancer 2005;92:94, 250 to 450"),
    spread(
        "vegfr_ec_factor",
        1.0,
        "",
        log_normal(0.5),
        A,
        "sunitinib IC50 between patients (CPT Pharmacometrics 2013;2:e84)",
    ),
    spread("radiation_dose_factor", 1.0, "", log_normal(0.6), B, "tumour dose of 177Lu between patients"),
    spread("cga_per_cell", 1.0, "", log_normal(1.2), C, "chromogranin A between patients"),
    spread("weight_kg", 70.0, "kg", log_normal(0.2), C, CHOICE),
    spread("male", 1.0, "", chance(0.45, "female"), C, "55 % men in trials of pancreatic NETs, from memory"),
];
