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
    /// All of it in the first weeks, constant within them.
    Early {
        /// Number of weeks.
        weeks: f64,
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
    /// Exposure at which the shares were seen (daily average, measured matrix), ng/mL.
    pub reference: Number,
    /// Time course.
    pub course: Course,
}
