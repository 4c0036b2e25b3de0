//! A body, by which doses are scaled.

use serde::Serialize;

use crate::catalogue::{Dose, DoseUnit};

/// Height of a patient of whom only the weight is known, cm (C; between the medians of women and men).
const TYPICAL_CM: f64 = 170.0;
/// The surface of such a patient, as the documentation of the key says it.
pub(crate) const TYPICAL_SURFACE: &str = "that of a body of this weight, 170 cm tall: the square root of height in cm times kg / 3600 (NEJM 1987;317:1098)";

/// A patient's body, by which doses are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Body {
    /// Weight, kg.
    pub weight_kg: f64,
    /// Surface, m².
    pub surface_m2: f64,
}

impl Body {
    /// A body of this weight and height, with the surface of Mosteller 1987 (√(height · weight / 3600)).
    pub fn new(weight_kg: f64, height_cm: f64) -> Body {
        Body { weight_kg, surface_m2: libm::sqrt(weight_kg * height_cm / 3600.0) }
    }

    /// A body of which only the weight is known.
    pub fn of_weight(weight_kg: f64) -> Body {
        Body::new(weight_kg, TYPICAL_CM)
    }

    /// A dose for this body: mg for doses by mass, weight or surface, and for units if `units_per_mg` (MU/mg) is
    /// known; else in the dose's own unit.
    pub fn amount(&self, dose: &Dose, units_per_mg: Option<f64>) -> f64 {
        match (dose.unit, units_per_mg) {
            (DoseUnit::MilligramPerKilogram, _) => dose.amount * self.weight_kg,
            (DoseUnit::MilligramPerSquareMetre, _) => dose.amount * self.surface_m2,
            (DoseUnit::MegaUnit, Some(per_mg)) => dose.amount / per_mg,
            _ => dose.amount,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::regimen::parse_dose;

    #[test]
    fn amounts_follow_the_body() {
        let body = Body::new(80.0, 180.0);
        assert_eq!(body.surface_m2, 2.0);
        let amount = |text| body.amount(&parse_dose(text).unwrap(), Some(200.0));
        assert_eq!(amount("10 mg"), 10.0);
        assert_eq!(amount("10 mg/kg"), 800.0);
        assert_eq!(amount("150 mg/m2"), 300.0);
        assert_eq!(amount("7.4 GBq"), 7.4);
        assert_eq!(amount("5 MU"), 0.025);
    }

    // A scenario that gives no surface: that of a body 170 cm tall.
    #[test]
    fn the_surface_of_a_scenario_is_that_of_its_weight() {
        for kg in [20.0, 55.5, 70.0, 300.0] {
            let text = format!(
                "name = \"x\"\nphenotype = \"signalling\"\ntime = {{ end = \"28 d\" }}\nlattice = {{ size = [64, 64] }}\n\
                 start = {{}}\npatient = {{ weight = \"{kg} kg\" }}\n"
            );
            let read = crate::scenario::parse(&text, "x.toml", std::path::Path::new("")).unwrap();
            assert_eq!(read.scenario.patient.unwrap().surface_m2, Body::new(kg, 170.0).surface_m2);
        }
    }
}
