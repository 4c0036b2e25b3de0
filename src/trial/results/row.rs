//! A number of an arm.

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a number of a table is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureUnit {
    /// Months of 365.25/12 days.
    Months,
    /// Days.
    Days,
    /// A fraction of 1.
    Fraction,
    /// A ratio.
    Ratio,
}

/// One for each arm and measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct ArmRow {
    /// Arm.
    pub arm: String,
    /// Medians with 95 % intervals (`months`): `tfs`, `time_to_growth`, `pfs`, `second_line_pfs`, `pfs2`, `os`; and of some of them the
    /// `…_restricted_mean` to the horizon. Of the whole strategy, to the horizon: `severe_days` (`days` with an adverse event of a drug of
    /// grade 3 or 4, the mean over patients), `burden` (`ratio`: sum of diameters relative to day 0, geometric mean over the days alive and
    /// over patients); and `second_drug` (fraction of patients who were given two drugs), `growth_after_leaving` (those whose growth or
    /// death was only seen after they had left, where the tumour is taken to grow untreated). Cumulative incidences in the first line by some
    /// months, with progression and death as competing events (`incidence.csv`): `discontinuation_incidence`, `grade_3_or_4_incidence`,
    /// `dose_limiting_incidence`, `response_incidence`. Crude fractions of patients with exact 95 % intervals: `response_rate`,
    /// `disease_control`, `any_shrinkage`, `progressive_disease`, `first_scan_progression`, `grade_3_or_4`, `dose_limiting_28_days`,
    /// `discontinuation`, `dose_modification`, `early_cga` (of those with chromogranin A above twice the upper limit of normal
    /// at baseline), `early_nse`. Fractions without an interval: `second_line` (patients who began
    /// it), `dominant_at_progression` (of those who progressed), `resampled` (patients with a lesion that was),
    /// `largest_blocked_fraction` (in any patient). And `on_treatment` (the median, `days`), `dose_intensity` (the mean over patients: given
    /// over planned, until the drug is stopped) and `dose_intensity_to_progression` (where it stays planned until progression).
    pub measure: String,
    /// Drug of a dose intensity; locus, or `sensitive`, of a `dominant_at_progression`; else empty.
    pub of: String,
    /// `months`, `days`, `fraction` or `ratio`.
    pub unit: MeasureUnit,
    /// Months up to which it counts: the horizon of a restricted mean, the time of a cumulative incidence.
    pub at_months: Option<f64>,
    /// The value; empty for a median that is not reached.
    pub value: Option<f64>,
    /// Lower end of the interval; empty where there is none, or it is not reached.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Patients whom it is of.
    pub patients: u64,
    /// Those of them with the event.
    pub events: Option<u64>,
    /// Patients who were censored because their drugs were stopped without progression, which is not by chance: under the estimand
    /// `while-on-treatment` alone.
    pub censored_at_switch: Option<usize>,
}

impl ArmRow {
    /// A measure without an interval.
    pub(super) fn new(
        arm: &str,
        measure: &str,
        unit: MeasureUnit,
        value: Option<f64>,
        patients: u64,
    ) -> Self {
        Self {
            arm: arm.to_owned(),
            measure: measure.to_owned(),
            of: String::new(),
            unit,
            at_months: None,
            value,
            low: None,
            high: None,
            patients,
            events: None,
            censored_at_switch: None,
        }
    }
}
