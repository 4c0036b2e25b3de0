//! The files of a trial by their names.

use super::outcomes::OUTCOMES;
use crate::simulation::folder::{MANIFEST, Mark, SUMMARY};

/// Tables that grow with every patient, and the outcomes.
pub(in crate::trial) const GROWING: [&str; 9] = [
    "patients.csv",
    "dose_intensity.csv",
    "cohort.csv",
    "lesions.csv",
    "starting_states.csv",
    "visits.csv",
    "laboratory.csv",
    "events.csv",
    OUTCOMES,
];

/// Files that are written at the end.
pub(super) const WHOLE: [&str; 9] = [
    "arms.csv",
    "contrasts.csv",
    "prices.csv",
    "survival.csv",
    "incidence.csv",
    "resistance.csv",
    "published.csv",
    SUMMARY,
    MANIFEST,
];

/// What the tables that grow held.
pub(super) type TrialMarks = [Mark; GROWING.len()];
