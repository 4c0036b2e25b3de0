//! The quantities by which patients differ: their frozen slots, and what values they can have.

use crate::scenario::nearest_name;

use super::CohortError;

/// A quantity of a patient, by its slot. Random numbers are keyed by slots, so they are frozen: a new quantity takes a
/// new number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Quantity {
    Growth = 1,
    CoupledLoss = 2,
    Ki67 = 3,
    Gamma = 4,
    KillFactor = 5,
    RapalogEcFactor = 6,
    InductionFactor = 7,
    RtkFraction = 8,
    Gsk3Fraction = 9,
    TscFraction = 10,
    KinaseFraction = 11,
    FrbFraction = 12,
    UpregulatedReach = 13,
    TscContext = 14,
    Sstr = 15,
    Fgfr4R388 = 16,
    Phlpp2S1016 = 17,
    Men1 = 18,
    DaxxAtrx = 19,
    Pten = 20,
    Pik3ca = 21,
    Kras = 22,
    MgmtLow = 23,
    DiameterSum = 24,
    Vessels = 25,
    VegfrEcFactor = 26,
    RadiationDoseFactor = 27,
    CgaPerCell = 28,
    WeightKg = 29,
    Male = 30,
}

/// What values a quantity can have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Range {
    /// From the first to the second.
    Numbers(f64, f64),
    /// 0 or 1.
    Flag,
}

use Quantity::*;
use Range::{Flag, Numbers};

const ABOVE_ZERO: f64 = 1e-12;
const FACTOR: Range = Numbers(0.0, 1000.0);
const EC_FACTOR: Range = Numbers(ABOVE_ZERO, 1000.0);
const SHARE: Range = Numbers(0.0, 1.0);

/// Number of quantities.
pub(super) const QUANTITIES: usize = 30;

/// Quantities in the order of their slots, with their names in the list of spreads.
const TABLE: [(Quantity, &str, Range); QUANTITIES] = [
    (Growth, "growth", Numbers(ABOVE_ZERO, 1.0)),
    (CoupledLoss, "coupled_loss", Numbers(0.0, 0.99)),
    (Ki67, "ki67", Numbers(ABOVE_ZERO, 100.0)),
    (Gamma, "gamma", Numbers(0.0, 10.0)),
    (KillFactor, "kill_factor", FACTOR),
    (RapalogEcFactor, "rapalog_ec_factor", EC_FACTOR),
    (InductionFactor, "induction_factor", FACTOR),
    (RtkFraction, "rtk_fraction", Numbers(0.0, 0.5)),
    (Gsk3Fraction, "gsk3_fraction", SHARE),
    (TscFraction, "tsc_fraction", SHARE),
    (KinaseFraction, "kinase_fraction", SHARE),
    (FrbFraction, "frb_fraction", SHARE),
    (UpregulatedReach, "upregulated_reach", SHARE),
    (TscContext, "tsc_context", Flag),
    (Sstr, "sstr", SHARE),
    (Fgfr4R388, "fgfr4_r388", Flag),
    (Phlpp2S1016, "phlpp2_s1016", Flag),
    (Men1, "men1", Flag),
    (DaxxAtrx, "daxx_atrx", Flag),
    (Pten, "pten", SHARE),
    (Pik3ca, "pik3ca", SHARE),
    (Kras, "kras", SHARE),
    (MgmtLow, "mgmt_low", Flag),
    (DiameterSum, "diameter_sum", Numbers(1.0, 2000.0)),
    (Vessels, "vessels", Numbers(1.0, 10_000.0)),
    (VegfrEcFactor, "vegfr_ec_factor", EC_FACTOR),
    (RadiationDoseFactor, "radiation_dose_factor", FACTOR),
    (CgaPerCell, "cga_per_cell", Numbers(0.0, 1e6)),
    (WeightKg, "weight_kg", Numbers(20.0, 300.0)),
    (Male, "male", Flag),
];

impl Quantity {
    /// All of them, in the order of their slots.
    pub fn all() -> impl Iterator<Item = Quantity> {
        TABLE.iter().map(|(quantity, ..)| *quantity)
    }

    /// The quantity of this name.
    ///
    /// # Errors
    ///
    /// [`CohortError::Quantity`] if there is none.
    pub fn find(name: &str) -> Result<Self, CohortError> {
        let found = TABLE.iter().find(|(_, own, _)| *own == name);
        found.map(|(quantity, ..)| *quantity).ok_or_else(|| CohortError::Quantity {
            name: name.to_owned(),
            nearest: nearest_name(name, TABLE.iter().map(|(_, own, _)| *own)),
        })
    }

    /// Where it stands among all.
    pub fn index(self) -> usize {
        self as usize - 1
    }

    /// Name in the list of spreads.
    pub fn name(self) -> &'static str {
        TABLE[self.index()].1
    }

    /// What values it can have; draws beyond are cut off.
    pub fn range(self) -> Range {
        TABLE[self.index()].2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::biology::patient::SPREADS;
    use crate::scenario::keys::PATIENT;
    use crate::scenario::table::Kind;

    #[test]
    fn slots_are_numbered_without_gaps() {
        for (i, quantity) in Quantity::all().enumerate() {
            assert_eq!(quantity as usize, i + 1);
            assert_eq!(quantity.index(), i);
            assert_eq!(Quantity::find(quantity.name()), Ok(quantity));
        }
    }

    #[test]
    fn every_spread_has_a_slot() {
        assert_eq!(SPREADS.len(), QUANTITIES);
        assert!(SPREADS.iter().all(|s| Quantity::find(s.name).is_ok()));
        let message = Quantity::find("gama").unwrap_err().to_string();
        assert!(message.contains("did you mean `gamma`"), "{message}");
    }

    // Whoever is drawn must be one whom a scenario could describe.
    #[test]
    fn values_are_those_that_a_scenario_accepts() {
        let mut compared = 0;
        for quantity in Quantity::all() {
            let Some(key) = PATIENT.find(quantity.name()) else { continue };
            match (&key.kind, quantity.range()) {
                (Kind::Number(bounds), Numbers(least, most)) => {
                    assert!(bounds.contain(least) && bounds.contain(most), "{}", quantity.name());
                    assert!(!bounds.contain(most * 1.001), "{}", quantity.name());
                    compared += 1;
                }
                (Kind::Flag | Kind::Choice(_), Flag) => compared += 1,
                (Kind::Quantity(_), Numbers(..)) => {}
                (kind, range) => panic!("{}: {kind:?} and {range:?}", quantity.name()),
            }
        }
        assert!(compared >= 18, "{compared}");
    }
}
