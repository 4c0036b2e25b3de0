//! Adverse events of a drug: hazards by organ class and grade.

use serde::Serialize;

use super::Number;
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::words::named;

named! {
    /// Organ class of an adverse event; drugs that share one potentiate each other there.
    pub enum Organ {
        /// Stomatitis, mucositis.
        Mucosa = "mucosa",
        /// Rash, hand–foot syndrome.
        Skin = "skin",
        /// Diarrhoea, nausea, vomiting.
        Gut = "gut",
        /// Fatigue, asthenia.
        General = "general",
        /// Infections.
        Infection = "infection",
        /// Pneumonitis, interstitial lung disease.
        Lung = "lung",
        /// Hyperglycaemia, hyperlipidaemia.
        Metabolic = "metabolic",
        /// Anaemia, neutropenia, thrombocytopenia.
        Blood = "blood",
        /// Hypertension, cardiac failure, thrombosis, bleeding.
        Cardiovascular = "cardiovascular",
        /// Proteinuria, renal failure.
        Kidney = "kidney",
        /// Raised transaminases.
        Liver = "liver",
        /// Hypothyroidism and other endocrine events.
        Endocrine = "endocrine",
    }
}

/// How a hazard changes over the time on drug.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum OnsetModel {
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

named! {
    /// The word of an [`OnsetModel`].
    pub enum OnsetKind {
        /// The same every day.
        Constant = "constant",
        /// Weibull.
        Weibull = "weibull",
        /// Most of it early.
        Early = "early",
    }
}

/// An adverse event: shares of patients who have it within a year at the reference exposure. The hazard changes
/// as (exposure / reference)^beta.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.toxicity", heading = "[[catalogue.drug.toxicity]]", given = judge, title = Toxicity::words)]
pub struct Toxicity {
    /// The event.
    #[key(required, example = "stomatitis")]
    pub event: String,
    /// Organ class; drugs that share one potentiate each other there.
    #[key(required, example = "mucosa")]
    pub organ: Organ,
    /// Share with any grade.
    #[key(PART, required, example = 0.64)]
    pub any_grade: Number,
    /// Share with grade 3 or 4.
    #[key(PART, required, example = 0.07)]
    pub grade_3_4: Number,
    /// Exponent on exposure.
    #[key(
        plain(0.0, 10.0),
        default = { value = 0.0, source = "default: exposure does not matter", confidence = "C" },
        example = 0.58,
    )]
    pub beta: Number,
    /// Daily average concentration at which the shares were seen, of drug and active metabolite together.
    #[key(
        positive(Concentration, "ng/mL"),
        derived = "needed with pharmacokinetics if `beta` is above 0",
        example = "22.8 ng/mL"
    )]
    pub reference: Option<Number>,
    /// Dose at which the shares were seen, in the unit of the label's doses, for a drug without
    /// pharmacokinetics.
    #[key(
        plain_above(0.0, 1e6),
        derived = "needed for a drug without pharmacokinetics if `beta` is above 0",
        example = 7.4
    )]
    pub reference_dose: Option<Number>,
    /// How the hazard changes over the time on drug.
    #[key(default = "constant", example = "early")]
    pub course: OnsetKind,
    /// Shape of the Weibull law; below 1 the hazard is high at first.
    #[key(above(0.0, 10.0), required_there, example = 0.5, only(course = "weibull"))]
    pub shape: Option<f64>,
    /// Length of the early part of the year; the hazard is constant within it, and within the rest.
    #[key(name = "early", form = Weeks, required_there, example = "8 wk", only(course = "early"))]
    pub early_weeks: Option<f64>,
    /// Share of those with the event within a year who have had it by then.
    #[key(SHARE, default = 1.0, example = 0.89, only(course = "early"))]
    pub early_share: Option<f64>,
}

impl Toxicity {
    /// The same event with this onset.
    pub fn with_onset(self, onset: OnsetModel) -> Toxicity {
        let (course, shape, early) = match onset {
            OnsetModel::Constant => (OnsetKind::Constant, None, None),
            OnsetModel::Weibull { shape } => (OnsetKind::Weibull, Some(shape), None),
            OnsetModel::Early { weeks, share } => (OnsetKind::Early, None, Some((weeks, share))),
        };
        let (early_weeks, early_share) = early.unzip();
        Toxicity { course, shape, early_weeks, early_share, ..self }
    }

    /// How the hazard changes over the time on drug.
    pub fn onset(&self) -> OnsetModel {
        match self.course {
            OnsetKind::Constant => OnsetModel::Constant,
            OnsetKind::Weibull => OnsetModel::Weibull { shape: self.shape.unwrap_or(1.0) },
            OnsetKind::Early => OnsetModel::Early {
                weeks: self.early_weeks.unwrap_or(YEAR),
                share: self.early_share.unwrap_or(1.0),
            },
        }
    }

    /// Exposure at which the shares were seen: ng/mL, or without pharmacokinetics a dose in the unit of the label. 1 where
    /// exposure does not matter.
    pub fn reference_exposure(&self) -> f64 {
        self.reference.as_ref().or(self.reference_dose.as_ref()).map_or(1.0, |n| n.value)
    }

    /// The event with its organ class and its course: `stomatitis (mucosa), 89 % of a year's within 8 wk`.
    fn words(&self) -> String {
        let course = match self.onset() {
            OnsetModel::Constant => String::new(),
            OnsetModel::Weibull { shape } => format!(", Weibull hazard of shape {shape}"),
            OnsetModel::Early { weeks, share } => {
                format!(", {} % of a year's within {weeks} wk", libm::round(share * 1000.0) / 10.0)
            }
        };
        format!("adverse event {} ({}){course}", self.event, self.organ.word())
    }
}

/// Weeks in a year.
const YEAR: f64 = 52.0;

fn judge(reader: &Reader<'_>) {
    let help = "remove one: the dose is for a drug without pharmacokinetics";
    reader.exclusive("reference_dose", "reference", help);
    let number = |name| reader.peek::<Plain, Number>(name).map(|number| number.value);
    if number("grade_3_4").zip(number("any_grade")).is_some_and(|(severe, any)| severe > any) {
        Diagnostic::error(reader.place("grade_3_4"), "more events of grade 3 and 4 than of any grade")
            .label("expected at most the share of `any_grade`")
            .related(reader.place("any_grade"), "any grade")
            .help("any grade counts the severe events too")
            .report(reader.cx);
    }
    let referred = reader.has("reference") || reader.has("reference_dose");
    if number("beta").is_some_and(|beta| beta > 0.0) && !referred {
        reader.refuse(
            "",
            "an event that follows exposure, without a reference",
            "expected `reference`",
            "add the average concentration at which the shares were seen, or leave `beta` out",
        );
    }
    if reader.peek::<Weeks, f64>("early").is_some_and(|weeks| weeks <= 0.0 || weeks >= YEAR) {
        reader.refuse(
            "early",
            "`early` is not a part of a year",
            "expected a time above 0 and below 52 wk",
            "write for example \"8 wk\", or `course = \"constant\"`",
        );
    }
}
