//! Adverse events of a drug: hazards by organ class and grade.

use serde::Serialize;

use super::Number;

/// Organ class of an adverse event; drugs that share one potentiate each other there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Organ {
    /// Stomatitis, mucositis.
    Mucosa,
    /// Rash, hand–foot syndrome.
    Skin,
    /// Diarrhoea, nausea, vomiting.
    Gut,
    /// Fatigue, asthenia.
    General,
    /// Infections.
    Infection,
    /// Pneumonitis, interstitial lung disease.
    Lung,
    /// Hyperglycaemia, hyperlipidaemia.
    Metabolic,
    /// Anaemia, neutropenia, thrombocytopenia.
    Blood,
    /// Hypertension, cardiac failure, thrombosis, bleeding.
    Cardiovascular,
    /// Proteinuria, renal failure.
    Kidney,
    /// Raised transaminases.
    Liver,
    /// Hypothyroidism and other endocrine events.
    Endocrine,
}

/// How a hazard changes over the time on drug.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Course {
    /// The same every day.
    Constant,
    /// Weibull with this shape: below 1 the hazard is high at first.
    Weibull {
        /// The shape.
        shape: f64,
    },
    /// A share of a year's events in the first weeks, the rest in the rest of the year; the hazard is constant within
    /// each part.
    Early {
        /// Number of weeks, below 52.
        weeks: f64,
        /// Share of the patients with the event within a year who have had it by then, above 0, at most 1 (1: all).
        share: f64,
    },
}

/// One adverse event of a drug: cumulative incidence over a year at the reference exposure, from
/// which hazards follow: `h = h0(t) · (C / reference)^beta`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Toxicity {
    /// The event, e.g. `stomatitis`.
    pub event: String,
    /// Organ class.
    pub organ: Organ,
    /// Share of patients with the event of any grade within a year, 0 to 1.
    pub any_grade: Number,
    /// Share with grade 3 or 4 within a year, 0 to 1.
    pub grade_3_4: Number,
    /// Exponent on exposure.
    pub beta: Number,
    /// Exposure at which the shares were seen, ng/mL: daily average in the measured matrix, drug and active metabolite
    /// together. Without pharmacokinetics: the dose at which they were seen, in the unit of the label's doses.
    pub reference: Number,
    /// Time course.
    pub course: Course,
}
