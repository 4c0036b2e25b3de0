//! `[[arm]]`: the arms of a trial, each with a plan like that of `[therapy]`.

use super::cohort::MOST_PATIENTS;
use super::key;
use super::therapy::{
    EVENT_KEYS, LINE_KEYS, PLAN_AFTER, PLAN_BACKGROUND, PLAN_REGIMEN, plan_line, plan_toxicity,
};
use crate::scenario::table::Fallback::{Absent, Required};
use crate::scenario::table::{Kind, Section};

/// `[[arm]]`.
pub static ARM: Section = Section {
    path: "arm",
    heading: "[[arm]]",
    doc: "An arm of a trial. All arms treat the same virtual patients, each with its own plan.",
    keys: &[
        key(
            "name",
            Kind::Text,
            Required,
            "Name for tables and plots, at most 80 characters; every arm has another one.",
            "\"everolimus\"",
        ),
        key(
            "enrolled",
            Kind::Integer { min: 1, max: MOST_PATIENTS },
            Absent("predictions have 100 patients in the arm"),
            "Patients of the published arm: how many a predicted arm has (`evotor trial --predict`).",
            "207",
        ),
        key(
            "therapy",
            Kind::Table(&ARM_THERAPY),
            Required,
            "The plan.",
            "{ regimen = \"everolimus 10 mg daily\" }",
        ),
    ],
};

/// `[arm.therapy]`.
pub static ARM_THERAPY: Section = Section {
    path: "arm.therapy",
    heading: "[arm.therapy]",
    doc: "The plan of an arm: as [therapy], but without `visits`, since the calendar is that of [assessment].",
    keys: &[
        PLAN_REGIMEN,
        PLAN_BACKGROUND,
        plan_line(&ARM_LINE),
        PLAN_AFTER,
        plan_toxicity(&ARM_ADVERSE_EVENTS),
    ],
};

/// `[[arm.therapy.line]]`.
pub static ARM_LINE: Section = Section {
    path: "arm.therapy.line",
    heading: "[[arm.therapy.line]]",
    doc: "A line of an arm's therapy, as [[therapy.line]].",
    keys: &LINE_KEYS,
};

/// `[arm.therapy.toxicity]`.
pub static ARM_ADVERSE_EVENTS: Section = Section {
    path: "arm.therapy.toxicity",
    heading: "[arm.therapy.toxicity]",
    doc: "Adverse events in an arm, as [therapy.toxicity].",
    keys: &EVENT_KEYS,
};
