//! A drug of the catalogue.

use serde::Serialize;

use super::{CellKill, Number, Pk, Target, Toxicity, Vascular};
use crate::scenario::declare::*;
use crate::scenario::read::medicine::{belongs_together, distinct_targets, usual_route};

/// What kind of therapy an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrugKind {
    /// A drug with a dose and a concentration.
    Medicine,
    /// A radionuclide therapy, dosed by activity.
    Radionuclide,
    /// A local procedure: surgery, embolisation, ablation.
    Procedure,
    /// Best supportive care: nothing that acts on the tumour.
    Supportive,
}

/// How it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// By mouth.
    Oral,
    /// Into a vein.
    Intravenous,
    /// Under the skin.
    Subcutaneous,
    /// Into a muscle (depots).
    Intramuscular,
    /// Into an artery.
    Intraarterial,
    /// A constant concentration, as in a dish (tool compounds).
    Bath,
    /// No administration: procedures, supportive care.
    None,
}

/// Unit of a dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum DoseUnit {
    /// Milligram.
    #[serde(rename = "mg")]
    Milligram,
    /// Milligram per kilogram of body weight.
    #[serde(rename = "mg/kg")]
    MilligramPerKilogram,
    /// Milligram per square metre of body surface.
    #[serde(rename = "mg/m2")]
    MilligramPerSquareMetre,
    /// Gigabecquerel.
    #[serde(rename = "GBq")]
    Gigabecquerel,
    /// Million international units.
    #[serde(rename = "MU")]
    MegaUnit,
    /// Nanomolar, unbound (bath).
    #[serde(rename = "nM")]
    Nanomolar,
    /// Percent of the tumour (procedures).
    #[serde(rename = "%")]
    Percent,
}

/// An amount.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Dose {
    /// The number.
    pub amount: f64,
    /// Its unit.
    pub unit: DoseUnit,
}

/// What the label says about doses.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.label", title = "after an adverse event")]
pub struct Label {
    /// The usual regimen, without the drug's name.
    #[key(default = "", example = "10 mg daily")]
    pub regimen: String,
    /// Reduced doses, each below the one before it. A dose alone is given like the usual one: "5 mg".
    #[key(default = [], example = ["5 mg daily", "5 mg every 2 d"])]
    pub reductions: Vec<String>,
    /// Largest single dose. There is a warning above it, in whatever unit a dose is written, and where doses
    /// are so frequent that they come to more than this one at the usual schedule. Doses by weight or surface
    /// are those of the scenario's patient; in a trial, and without one, of 70 kg and 170 cm.
    #[key(absent = "no dose is too large", example = "10 mg")]
    pub maximum: Option<Dose>,
    /// Median length of a hold for an adverse event.
    #[key(
        name = "hold", positive(Time, "d"),
        default = { value = "10 d", source = "default: middle of 7 to 14 d", confidence = "C" },
        example = "10 d",
    )]
    pub hold_days: Number,
    /// Grade-3 events of one organ class after which the drug is stopped; 0: never by count.
    #[key(integer(0, 100), default = 0, example = 2)]
    pub stop_after: u32,
    /// Where the rules come from.
    #[key(default = "scenario", example = "label")]
    pub source: String,
}

/// A drug, radionuclide, local procedure or supportive care: what it is, how it behaves in the body, and what
/// it does. Names are compared without regard to case, spaces and hyphens.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug", heading = "[[catalogue.drug]]", given = distinct_targets, rule = belongs_together)]
pub struct Drug {
    /// Name, as used in scenarios.
    #[key(name(Title), required, example = "everolimus")]
    pub name: String,
    /// Other names.
    #[key(names(Title), default = [], example = ["RAD001"])]
    pub aliases: Vec<String>,
    /// Class, in lower case.
    #[key(default = "other", example = "rapalog")]
    pub class: String,
    /// What kind of therapy it is: given by dose, by activity, a local procedure, or nothing that acts on the
    /// tumour.
    #[key(default = "medicine")]
    pub kind: DrugKind,
    /// What it is, in a sentence or two.
    #[key(default = "", example = "A rapalog.")]
    pub description: String,
    /// What a user must know.
    #[key(default = [], example = ["No number is measured."])]
    pub notes: Vec<String>,
    /// How it can be given, the usual way first; `bath` is a constant unbound concentration, as in a dish. An
    /// intravenous or intraarterial dose of a drug with an absorption or a depot goes past them, past the first
    /// pass and `bioavailability`, whole into the central compartment: `clearance` and `volume` must then be
    /// the true ones, and not relative to a bioavailability.
    #[key(derived = "`none` for procedures and supportive care; required otherwise", by = usual_route, example = ["oral"])]
    pub routes: Vec<Route>,
    /// Molar mass.
    #[key(
        positive(MolarMass, "g/mol"),
        absent = "unknown: concentrations cannot be turned into nM",
        example = "958.2 g/mol"
    )]
    pub molar_mass: Option<Number>,
    /// International units in a milligram, for a drug that is dosed by them.
    #[key(positive(Potency, "MU/mg"), absent = "not dosed by units", example = "260 MU/mg")]
    pub units_per_mg: Option<Number>,
    /// Exponent of perfusion: concentration in the tumour = in plasma x (perfusion / untreated
    /// perfusion)^exponent.
    #[key(
        plain(0.0, 2.0),
        default = { value = 0.0, source = "default: perfusion does not matter", confidence = "C" },
        example = 0.2,
    )]
    pub delivery_exponent: Number,
    /// Pharmacokinetics.
    #[key(section, absent = "none: a bath, a radionuclide, a procedure")]
    pub pk: Option<Pk>,
    /// Nodes of the signalling network.
    #[key(name = "target", section, absent = "no node")]
    pub targets: Vec<Target>,
    /// What it does to vessels.
    #[key(section, absent = "nothing")]
    pub vascular: Option<Vascular>,
    /// Direct killing of cells.
    #[key(name = "kill", section, absent = "no direct killing")]
    pub kills: Vec<CellKill>,
    /// Adverse events.
    #[key(name = "toxicity", section, absent = "no adverse events")]
    pub toxicities: Vec<Toxicity>,
    /// Published share of patients who stop for adverse events within a year; compared, not used.
    #[key(PART, absent = "unknown", example = 0.17)]
    pub discontinuation: Option<Number>,
    /// Doses.
    #[key(section, default = {})]
    pub label: Label,
}

/// A name as it is compared: without regard to case, spaces, hyphens and other marks.
pub fn plain_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Drug {
    /// Whether it may cause adverse events.
    pub fn has_adverse_events(&self) -> bool {
        !self.toxicities.is_empty() && self.kind != DrugKind::Supportive
    }

    /// Whether this is a name or an alias of the drug, by [`plain_name`].
    pub fn is_called(&self, name: &str) -> bool {
        let wanted = plain_name(name);
        self.names().any(|own| plain_name(own) == wanted)
    }

    /// Its name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.aliases).map(String::as_str)
    }
}

impl std::fmt::Display for Dose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.amount, self.unit.word())
    }
}
