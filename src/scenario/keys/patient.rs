//! `[patient]`: who carries the tumour, in mode `signalling`.
//!
//! The defaults are those of the typical patient of the biology, which a test there holds equal to these.

use super::{FACTOR, FRACTION, key};
use crate::scenario::table::Fallback::{Derived, Value};
use crate::scenario::table::{Bounds, Key, Kind, Section};
use crate::scenario::units::Dimension::{Rate, Surface, Weight};

const ABOVE_ZERO: Bounds = Bounds::above(0.0, 1000.0);

/// `[patient]`.
pub static PATIENT: Section = Section {
    path: "patient",
    heading: "[patient]",
    doc: "The patient, from whom the rates of cells follow: untreated growth, what drugs do to this patient's cells, covariates. Every default is that of the typical patient (the median, or the commoner value), so that the section may be left out. Letters in brackets: A a direct human number, B one good study, C an order of magnitude or a choice of the model.",
    keys: &[
        GROWTH,
        key(
            "coupled_loss",
            Kind::Number(Bounds::closed(0.0, 0.99)),
            Value("0.72"),
            "Share of division attempts that replace the mother in place, so that they add no cell. 0.65 to 0.77 agree with RADIANT-3 (NEJM 2011;364:514), SD 0.04 between patients; confounded with the growth weights of the network (C).",
            "0.72",
        ),
        key(
            "gamma",
            Kind::Number(Bounds::closed(0.0, 10.0)),
            Value("1.0"),
            "How strongly a slowed network slows division: attempts are multiplied by growth^gamma. Log-SD 0.4 between patients (C; surrogate fit to RADIANT-3).",
            "0.7",
        ),
        key(
            "kill_factor",
            Kind::Number(FACTOR),
            Value("1.0"),
            "Factor on deaths that drugs cause. Log-SD 1.0 between patients (B; surrogate fit to RADIANT-3).",
            "2.0",
        ),
        key(
            "rapalog_ec_factor",
            Kind::Number(ABOVE_ZERO),
            Value("1.0"),
            "Factor on the EC50 of rapalogs in cells. Log-SD 0.5 between patients (C; a choice).",
            "1.5",
        ),
        key(
            "vegfr_ec_factor",
            Kind::Number(ABOVE_ZERO),
            Value("1.0"),
            "Factor on the EC50 of inhibitors of VEGF receptors in vessels. Log-SD 0.5 between patients (A; sunitinib, CPT Pharmacometrics Syst Pharmacol 2013;2:e84).",
            "1.5",
        ),
        key(
            "radiation_dose_factor",
            Kind::Number(FACTOR),
            Value("1.0"),
            "Factor on the tumour's dose of radiation. Log-SD 0.6 between patients (B; tumour doses of 177Lu).",
            "0.5",
        ),
        key(
            "induction_factor",
            Kind::Number(FACTOR),
            Value("1.0"),
            "Factor on the rates of change that drugs induce. Log-SD 0.5 between patients (C; surrogate fit to RADIANT-3).",
            "1.5",
        ),
        RTK_FRACTION,
        key(
            "gsk3_fraction",
            Kind::Number(FRACTION),
            Value("0.002"),
            "Share of starting cells with overactive GSK3 (`gsk3=1`). Log-SD 1.0 between patients (C; a choice).",
            "0.002",
        ),
        key(
            "tsc_fraction",
            Kind::Number(FRACTION),
            Value("1e-6"),
            "Share of starting cells that have lost TSC1/TSC2 (`tsc=2`); clonal, 1, in 2 to 4 % of pancreatic NETs (B; Nature 2017;543:65).",
            "1.0",
        ),
        key(
            "kinase_fraction",
            Kind::Number(FRACTION),
            Value("3e-6"),
            "Share of starting cells with an activating mutation of the MTOR kinase (`mtor_kinase=1`): what 2.3e-8 per division leaves in 1e9 cells; clonal, 1, in 0.5 to 1 % of patients (C).",
            "3e-6",
        ),
        key(
            "frb_fraction",
            Kind::Number(FRACTION),
            Value("1.2e-6"),
            "Share of starting cells with an FRB mutation (`fkbp12_frb=1`): what 8e-9 per division leaves in 1e10 cells (C).",
            "1.2e-6",
        ),
        key(
            "upregulated_reach",
            Kind::Number(FRACTION),
            Value("0.5"),
            "Share of upregulated receptors that inhibitors of PDGFR and KIT reach; anything from 0 to 1, since the receptor that drives the escape differs between tumours (C; a choice).",
            "0.5",
        ),
        key(
            "tsc_context",
            Kind::Choice(&["H", "R"]),
            Value("\"H\""),
            "How cells without TSC1/TSC2 answer to rapalogs: hypersensitive (H; NEJM 2014;371:1426), or resistant (R), in 3 of 10 patients (C; a choice).",
            "\"R\"",
        ),
        key(
            "sstr",
            Kind::Number(FRACTION),
            Value("1.0"),
            "Somatostatin receptor 2, from 0 (none: somatostatin analogues do nothing) to 1; 80 % of patients have it (C).",
            "0.0",
        ),
        key(
            "fgfr4_r388",
            Kind::Flag,
            Value("false"),
            "Carries FGFR4 R388, as half of patients do (B); without effect unless `germline_effects`.",
            "true",
        ),
        key(
            "phlpp2_s1016",
            Kind::Flag,
            Value("false"),
            "Carries PHLPP2 S1016, as 3 of 10 patients do (C); without effect unless `germline_effects`.",
            "true",
        ),
        key(
            "germline_effects",
            Kind::Flag,
            Value("false"),
            "Whether these two make rapalogs work less; the evidence contradicts itself (C).",
            "true",
        ),
        key(
            "men1",
            Kind::Flag,
            Value("false"),
            "MEN1 mutated, in 44 % of pancreatic NETs (B; Nature 2017;543:65, Science 2011;331:1199). Prognosis only: `growth` as written already holds it.",
            "true",
        ),
        key(
            "daxx_atrx",
            Kind::Flag,
            Value("false"),
            "DAXX or ATRX mutated, in 43 % of pancreatic NETs (B; Nature 2017;543:65, Science 2011;331:1199). Prognosis only, as `men1`.",
            "true",
        ),
        key(
            "origin",
            Kind::Choice(&["pancreas", "gut", "lung", "unknown"]),
            Value("\"pancreas\""),
            "Where the tumour began; a label, the numbers are those of pancreatic NETs.",
            "\"gut\"",
        ),
        key(
            "sex",
            Kind::Choice(&["male", "female"]),
            Value("\"male\""),
            "Sex; a label. 55 % of patients in trials of pancreatic NETs are men (C).",
            "\"female\"",
        ),
        WEIGHT,
        key(
            "surface",
            Kind::Quantity(Surface),
            Derived(
                "that of a body of this weight, 170 cm tall: the square root of height in cm times kg / 3600 (NEJM 1987;317:1098)",
            ),
            "Body surface, 0.5 to 4 m2; scales doses in mg/m2.",
            "\"1.8 m2\"",
        ),
        key(
            "pharmacokinetics",
            Kind::Choice(&["typical", "virtual"]),
            Value("\"typical\""),
            "Concentrations of drugs: those of the typical patient, or with parameters drawn for each replicate from the differences between patients in the catalogue.",
            "\"virtual\"",
        ),
    ],
};

const GROWTH: Key = key(
    "growth",
    Kind::Quantity(Rate),
    Value("\"0.0035 /d\""),
    "Untreated net growth of the sensitive cell, above 0, at most 1 /d; divisions and deaths follow from it. Median of the placebo arm of RADIANT-3 (NEJM 2011;364:514; surrogate fit), log-SD 1.32 between patients (B).",
    "\"0.0035 /d\"",
);

const RTK_FRACTION: Key = key(
    "rtk_fraction",
    Kind::Number(Bounds::closed(0.0, 0.5)),
    Value("0.02"),
    "Share of untreated cells with upregulated receptors (`rtk=1`), at the start and at the equilibrium of switching to and fro, from which the untreated rate of switching follows. 3e-4 to 0.13, log-SD 1.0 between patients (C; surrogate fit to RADIANT-3).",
    "0.02",
);

/// Body weights in kg.
pub const WEIGHT_KG: Bounds = Bounds::closed(20.0, 300.0);

const WEIGHT: Key = key(
    "weight",
    Kind::Quantity(Weight),
    Value("\"70 kg\""),
    "Body weight, 20 to 300 kg; scales doses in mg/kg and, where the catalogue says so, clearance and volumes. Log-SD 0.2 between patients (C; a choice).",
    "\"70 kg\"",
);
