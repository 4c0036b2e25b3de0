//! How a drug is given: kind, route, dose.

use serde::Serialize;

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

impl std::fmt::Display for Dose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.amount, self.unit.word())
    }
}
