//! How a drug is given: kind, route, dose.

use serde::Serialize;

use crate::words::named;

named! {
    /// What kind of therapy an entry is.
    pub enum DrugKind {
        /// A drug with a dose and a concentration.
        Medicine = "medicine",
        /// A radionuclide therapy, dosed by activity.
        Radionuclide = "radionuclide",
        /// A local procedure: surgery, embolisation, ablation.
        Procedure = "procedure",
        /// Best supportive care: nothing that acts on the tumour.
        Supportive = "supportive",
    }
}

named! {
    /// How it is given.
    pub enum Route {
        /// By mouth.
        Oral = "oral",
        /// Into a vein.
        Intravenous = "intravenous",
        /// Under the skin.
        Subcutaneous = "subcutaneous",
        /// Into a muscle (depots).
        Intramuscular = "intramuscular",
        /// Into an artery.
        Intraarterial = "intraarterial",
        /// A constant concentration, as in a dish (tool compounds).
        Bath = "bath",
        /// No administration: procedures, supportive care.
        None = "none",
    }
}

named! {
    /// Unit of a dose.
    pub enum DoseUnit {
        /// Milligram.
        Milligram = "mg",
        /// Milligram per kilogram of body weight.
        MilligramPerKilogram = "mg/kg",
        /// Milligram per square metre of body surface.
        MilligramPerSquareMetre = "mg/m2",
        /// Gigabecquerel.
        Gigabecquerel = "GBq",
        /// Million international units.
        MegaUnit = "MU",
        /// Nanomolar, unbound (bath).
        Nanomolar = "nM",
        /// Percent of the tumour (procedures).
        Percent = "%",
    }
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
