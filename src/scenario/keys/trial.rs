//! `[trial]`, `[[comparison]]` and `[[published]]`: what a trial is, and what its results stand beside.

use super::key;
use crate::scenario::table::Fallback::{Absent, Derived, Required, Value};
use crate::scenario::table::{Bounds, Kind, Section};

/// `[trial]`.
pub static TRIAL: Section = Section {
    path: "trial",
    heading: "[trial]",
    doc: "What a trial is. A file with [cohort] and [[arm]] is a trial: many virtual patients, each treated in every arm. `evotor compare` runs it.",
    keys: &[
        key("id", Kind::Text, Value("\"\""), "Number in a list of trials.", "\"T04\""),
        key("title", Kind::Text, Derived("`name`"), "Title for tables and plots.", "\"RADIANT-3\""),
        key("citation", Kind::Text, Value("\"\""), "Where it was published.", "\"NEJM 2011;364:514\""),
        key(
            "not_represented",
            Kind::Texts,
            Value("[]"),
            "What of the published trial this file leaves out or cannot say; reports repeat it.",
            "[\"crossover from placebo\"]",
        ),
    ],
};

/// `[[comparison]]`.
pub static COMPARISON: Section = Section {
    path: "comparison",
    heading: "[[comparison]]",
    doc: "Two arms that are compared, by their names. Without any, every arm is compared with the first one.",
    keys: &[
        key("arm", Kind::Text, Required, "The arm.", "\"everolimus\""),
        key("against", Kind::Text, Required, "The arm with which it is compared.", "\"placebo\""),
    ],
};

/// Months of a published time.
const MONTHS: Bounds = Bounds::above(0.0, 600.0);
/// Published figures of any kind; each end point has bounds of its own.
const FIGURE: Bounds = Bounds::closed(0.0, 600.0);

/// Words of `endpoint`, in the order of [`Endpoint::ALL`](crate::scenario::Endpoint::ALL).
pub const ENDPOINTS: [&str; 20] = [
    "pfs_median",
    "pfs_rate",
    "pfs_hazard_ratio",
    "total_pfs_median",
    "total_pfs_hazard_ratio",
    "second_line_pfs_median",
    "os_median",
    "os_rate",
    "os_hazard_ratio",
    "response_rate",
    "disease_control",
    "any_shrinkage",
    "progressive_disease",
    "first_scan_progression",
    "grade3_or4",
    "dose_limiting",
    "discontinuation",
    "dose_change",
    "dose_intensity",
    "early_cga",
];

/// `[[published]]`.
pub static PUBLISHED: Section = Section {
    path: "published",
    heading: "[[published]]",
    doc: "A published figure of an arm, or of one arm against another, to stand beside what comes out.",
    keys: &[
        key("arm", Kind::Text, Required, "Name of the arm.", "\"everolimus\""),
        key(
            "against",
            Kind::Text,
            Absent("a figure of one arm"),
            "Name of the arm against which, for the hazard ratios and for them alone.",
            "\"placebo\"",
        ),
        key(
            "endpoint",
            Kind::Choice(&ENDPOINTS),
            Required,
            "What was measured. Medians are in months; shares in percent; `response_rate` counts complete and partial responses, `any_shrinkage` a best change below 0, `progressive_disease` progression as best response, `first_scan_progression` progression or death by the first scan, `discontinuation` and `dose_change` drugs stopped, and doses held, reduced or stopped, for adverse events of drugs, `dose_intensity` that of the first drug, `early_cga` a fall of chromogranin A by 30 % after 4 weeks.",
            "\"pfs_median\"",
        ),
        key(
            "at",
            Kind::Number(MONTHS),
            Absent("a figure of no time"),
            "Time in months of 30.4375 days, for `pfs_rate`, `os_rate` and `dose_limiting` and for them alone.",
            "18",
        ),
        key("value", Kind::Number(FIGURE), Required, "The figure: months, percent, or a ratio.", "11.0"),
        key(
            "interval",
            Kind::Numbers(FIGURE),
            Absent("none published"),
            "Its 95 % interval: the lower end, the upper end.",
            "[8.4, 13.9]",
        ),
        key(
            "role",
            Kind::Choice(&["calibrated", "informed", "predicted"]),
            Required,
            "What it did for this model: parameters were fitted to it; it shaped a default; it was held out.",
            "\"predicted\"",
        ),
        key("source", Kind::Text, Required, "Where it was published.", "\"NEJM 2011;364:514\""),
    ],
};
