//! A drug of the catalogue.

use serde::Serialize;

use super::{CellKill, Number, Pk, Target, Toxicity, Vascular};

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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Label {
    /// Usual regimen as text, e.g. `10 mg daily`.
    pub regimen: String,
    /// Regimens of reduced dose intensity, in order, e.g. `["5 mg daily", "5 mg every 2 d"]`.
    pub reductions: Vec<String>,
    /// Largest single dose of the label; above it a warning.
    pub maximum: Option<Dose>,
    /// Median length of a hold, d; its CV is that between events (log-normal).
    pub hold_days: Number,
    /// Grade-3 events of one organ class after which the drug is stopped (2: at the second one; 0: never by count).
    pub stop_after: u32,
    /// Where the rules come from.
    pub source: String,
}

/// A drug, radionuclide, procedure or supportive care.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drug {
    /// Name as used in scenarios: `everolimus`, `octreotide LAR`.
    pub name: String,
    /// Other names: codes, brands, spellings.
    pub aliases: Vec<String>,
    /// Class, e.g. `rapalog`.
    pub class: String,
    /// Kind.
    pub kind: DrugKind,
    /// One or two sentences.
    pub description: String,
    /// What a user must know: misprints of sources, what is missing.
    pub notes: Vec<String>,
    /// Routes it has; the first one is the usual one.
    pub routes: Vec<Route>,
    /// Molar mass, g/mol; absent for antibodies given in mg/L, radionuclides and procedures.
    pub molar_mass: Option<Number>,
    /// International units in a milligram, MU/mg, of a drug that is dosed by them; absent for others.
    pub units_per_mg: Option<Number>,
    /// Pharmacokinetics; absent for bath compounds, radionuclides, procedures.
    pub pk: Option<Pk>,
    /// Nodes of the network it acts on.
    pub targets: Vec<Target>,
    /// What it does to vessels.
    pub vascular: Option<Vascular>,
    /// Direct killing.
    pub kills: Vec<CellKill>,
    /// Tissue concentration = plasma · (perfusion / baseline)^exponent.
    pub delivery_exponent: Number,
    /// Adverse events.
    pub toxicities: Vec<Toxicity>,
    /// Share of patients who stop it for adverse events within a year, as published (not used by the
    /// model; a test compares it).
    pub discontinuation: Option<Number>,
    /// Doses.
    pub label: Label,
}

/// A name as it is compared: without regard to case, spaces, hyphens and other marks.
pub fn plain_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Drug {
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
