//! Response and progression by the rules of RECIST 1.1 on one number, the tumour's volume.
//!
//! The sum of diameters is taken as the cube root of the volume of live and dead tumour. Noise, new lesions and death
//! are the trial's to add.

use serde::{Deserialize, Serialize};

/// Increase of the diameter above its nadir that is progression.
pub const PROGRESSION: f64 = 0.2;

/// Decrease of the diameter below its baseline that is a partial response.
pub const RESPONSE: f64 = 0.3;

/// Least increase of the sum of diameters that is progression, mm.
pub const LEAST_INCREASE_MM: f64 = 5.0;

/// Judgement of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Nothing left.
    CompleteResponse,
    /// At least 30 % below baseline.
    PartialResponse,
    /// Neither response nor progression.
    StableDisease,
    /// At least 20 % above the nadir (and 5 mm where the baseline's diameter is known).
    Progression,
}

/// A measurement, judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Judgement {
    /// What it amounts to.
    pub category: Category,
    /// Relative change of the diameter from baseline: −0.3 is 30 % smaller.
    pub change: f64,
    /// Relative change of the diameter from the smallest one before (the baseline included).
    pub from_nadir: f64,
}

/// Baseline and nadir of a line of therapy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Response {
    baseline: f64,
    nadir: f64,
    baseline_mm: Option<f64>,
}

impl Response {
    /// A line that begins at this volume (any unit), whose sum of diameters may be known in mm.
    pub fn new(baseline: f64, baseline_mm: Option<f64>) -> Response {
        Response { baseline, nadir: baseline, baseline_mm }
    }

    /// Sum of diameters at a volume, relative to the baseline's.
    pub fn diameter(&self, volume: f64) -> f64 {
        libm::cbrt(volume / self.baseline)
    }

    /// Judges a volume, and remembers it if it is the smallest so far.
    pub fn judge(&mut self, volume: f64) -> Judgement {
        let (now, least) = (self.diameter(volume), self.diameter(self.nadir));
        let larger = volume >= cube(1.0 + PROGRESSION) * self.nadir;
        let enough = self.baseline_mm.is_none_or(|mm| mm * (now - least) >= LEAST_INCREASE_MM);
        let category = if volume <= 0.0 {
            Category::CompleteResponse
        } else if larger && enough {
            Category::Progression
        } else if volume <= cube(1.0 - RESPONSE) * self.baseline {
            Category::PartialResponse
        } else {
            Category::StableDisease
        };
        let from_nadir = if least > 0.0 { now / least - 1.0 } else { now };
        self.nadir = self.nadir.min(volume);
        Judgement { category, change: now - 1.0, from_nadir }
    }
}

fn cube(x: f64) -> f64 {
    x * x * x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(volumes: &[f64], mm: Option<f64>) -> Vec<Category> {
        let mut response = Response::new(1.0, mm);
        volumes.iter().map(|v| response.judge(*v).category).collect()
    }

    // RECIST 1.1 (Eisenhauer 2009) on volumes: +20 % is a factor of 1.728, −30 % one of 0.343.
    #[test]
    fn thresholds() {
        use Category::{CompleteResponse, PartialResponse, Progression, StableDisease};
        assert_eq!(categories(&[1.727], None), [StableDisease]);
        assert_eq!(categories(&[1.728], None), [Progression]);
        assert_eq!(categories(&[0.344, 0.342], None), [StableDisease, PartialResponse]);
        assert_eq!(categories(&[0.0], None), [CompleteResponse]);
        assert_eq!(categories(&[0.0, 0.1], None), [CompleteResponse, Progression]);
        // From the nadir, and progression goes before a response that still holds against baseline.
        assert_eq!(categories(&[0.5, 0.85, 0.865], None), [StableDisease, StableDisease, Progression]);
        assert_eq!(categories(&[0.1, 0.18], None), [PartialResponse, Progression]);
    }

    #[test]
    fn small_tumours_need_five_millimetres() {
        let grown = 1.25_f64.powi(3);
        assert_eq!(categories(&[grown], Some(25.0)), [Category::Progression]);
        assert_eq!(categories(&[grown], Some(19.0)), [Category::StableDisease]);
    }

    #[test]
    fn changes_are_those_of_diameters() {
        let mut response = Response::new(2.0, None);
        let judged = response.judge(2.0 * 0.512);
        assert!((judged.change + 0.2).abs() < 1e-12 && (judged.from_nadir + 0.2).abs() < 1e-12);
        let judged = response.judge(2.0 * 0.729);
        assert!((judged.change + 0.1).abs() < 1e-12 && (judged.from_nadir - 0.125).abs() < 1e-12);
        assert_eq!(judged.category, Category::StableDisease);
    }
}
