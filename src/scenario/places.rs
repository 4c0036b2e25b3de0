//! Places of what another room judges.

use super::error::Span;

/// Places of the parts of a trial's cohort that are judged where cohorts are drawn: names of populations and quantities,
/// and numbers of laws. What is not written has the place of its section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrialSpans {
    /// The section `[cohort]`.
    pub cohort: Span,
    /// `population`.
    pub population: Span,
    /// `distributions`.
    pub laws: Span,
    /// Each of `repeat`.
    pub repeat: Vec<Span>,
    /// Each `[[cohort.change]]`.
    pub changes: Vec<ChangeSpans>,
    /// Each `[[record.scan]]`.
    pub scans: Vec<Span>,
}

/// Places of a `[[cohort.change]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSpans {
    /// `quantity`.
    pub quantity: Span,
    /// `typical`.
    pub typical: Span,
    /// `spread`.
    pub spread: Span,
    /// `fixed`.
    pub fixed: Span,
}
