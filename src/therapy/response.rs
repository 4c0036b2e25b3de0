//! Response and progression by the rules of RECIST 1.1 on one number, the tumour's volume.
//!
//! The sum of diameters is taken as the cube root of the volume of live and dead tumour. Noise, new lesions and death
//! are the trial's to add.

use serde::{Deserialize, Serialize};

use super::multiple::{is_at_most, reaches};

/// Increase of the diameter above its nadir that is progression.
pub const PROGRESSION: f64 = 0.2;

/// Decrease of the diameter below its baseline that is a partial response.
pub const RESPONSE: f64 = 0.3;

/// Least increase of the sum of diameters that is progression, mm.
pub const MIN_INCREASE_MM: f64 = 5.0;

/// Volumes that these are multiples of: cubes, in decimal numbers.
const GROWN: f64 = 1.728;
const SHRUNK: f64 = 0.343;

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

impl Category {
    /// Its letters in RECIST.
    pub fn code(self) -> &'static str {
        match self {
            Self::CompleteResponse => "CR",
            Self::PartialResponse => "PR",
            Self::StableDisease => "SD",
            Self::Progression => "PD",
        }
    }
}

/// A measurement, judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Judgement {
    /// What it amounts to.
    pub category: Category,
    /// Relative change of the diameter from baseline: −0.3 is 30 % smaller. `None` where nothing was there at baseline.
    pub change: Option<f64>,
    /// Relative change of the diameter from the smallest one before (the baseline included). `None` where that was nothing.
    pub from_nadir: Option<f64>,
}

/// Baseline and nadir of a line of therapy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Response {
    baseline: f64,
    nadir: f64,
    /// Sum of diameters at a volume of 1, mm.
    unit_mm: Option<f64>,
}

impl Response {
    /// A line that begins at this volume (any unit); the sum of diameters of a volume of 1 may be known in mm.
    pub fn new(baseline: f64, unit_mm: Option<f64>) -> Response {
        Response { baseline, nadir: baseline, unit_mm }
    }

    /// Sum of diameters at a volume, relative to the baseline's, if anything was there.
    fn diameter(&self, volume: f64) -> Option<f64> {
        (self.baseline > 0.0).then(|| libm::cbrt(volume / self.baseline))
    }

    /// Judges a volume, and remembers it if it is the smallest so far.
    pub fn judge(&mut self, volume: f64) -> Judgement {
        let category = if volume <= 0.0 {
            Category::CompleteResponse
        } else if self.has_grown(volume) {
            Category::Progression
        } else if is_at_most(volume, SHRUNK, self.baseline) {
            Category::PartialResponse
        } else {
            Category::StableDisease
        };
        let (now, least) = (self.diameter(volume), self.diameter(self.nadir));
        let from_nadir =
            now.zip(least).filter(|(_, least)| *least > 0.0).map(|(now, least)| now / least - 1.0);
        self.nadir = self.nadir.min(volume);
        Judgement { category, change: now.map(|now| now - 1.0), from_nadir }
    }

    /// Whether a volume is progression: against the nadir in proportion, and by millimetres where these are known.
    fn has_grown(&self, volume: f64) -> bool {
        let risen = libm::cbrt(volume) - libm::cbrt(self.nadir);
        let enough = self.unit_mm.is_none_or(|mm| mm * risen >= MIN_INCREASE_MM);
        reaches(volume, GROWN, self.nadir) && enough
    }
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

    // 343 cells of 1000 are 30 % less in diameter, which the cube of 0.7 in floats is not.
    #[test]
    fn counts_at_a_threshold_are_judged_as_counts() {
        use Category::{PartialResponse, Progression, StableDisease};
        for start in [1000.0, 3000.0, 7000.0, 1e6, 1.1e7] {
            let of = |thousandths: f64| thousandths * start / 1000.0 / start;
            assert_eq!(categories(&[of(343.0)], None), [PartialResponse], "{start}");
            assert_eq!(
                categories(&[(343.0 * start / 1000.0 + 1.0) / start], None),
                [StableDisease],
                "{start}"
            );
            for nadir in [125.0, 250.0, 375.0, 500.0, 875.0, 1000.0] {
                let grown = libm::rint(1.728 * nadir * start / 1000.0);
                assert_eq!(categories(&[of(nadir), grown / start], None)[1], Progression, "{start}, {nadir}");
                let less = categories(&[of(nadir), (grown - 1.0) / start], None)[1];
                assert_ne!(less, Progression, "{start}, {nadir}");
            }
        }
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
        let close = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 1e-12;
        assert!(close(judged.change, -0.2) && close(judged.from_nadir, -0.2));
        let judged = response.judge(2.0 * 0.729);
        assert!(close(judged.change, -0.1) && close(judged.from_nadir, 0.125));
        assert_eq!(judged.category, Category::StableDisease);
    }

    // A change from nothing is not a number, so that there is none: a line that begins without a tumour, and regrowth after a
    // complete response. Judgements are as ever: what was not there and is there now has progressed.
    #[test]
    fn changes_from_nothing_are_undefined_and_judgements_are_not() {
        for mm in [None, Some(40.0)] {
            let mut response = Response::new(0.0, mm);
            let judged = response.judge(0.0);
            assert_eq!(
                (judged.category, judged.change, judged.from_nadir),
                (Category::CompleteResponse, None, None)
            );
            let judged = response.judge(0.5);
            assert_eq!(
                (judged.category, judged.change, judged.from_nadir),
                (Category::Progression, None, None)
            );
            let mut response = Response::new(1.0, mm);
            assert_eq!(response.judge(0.0).change, Some(-1.0));
            let judged = response.judge(0.125);
            assert_eq!(
                (judged.category, judged.change, judged.from_nadir),
                (Category::Progression, Some(-0.5), None)
            );
        }
    }

    // The 5 mm are those of the sum of diameters, whatever the volume at which the line begins.
    #[test]
    fn five_millimetres_do_not_depend_on_the_line_s_beginning() {
        for begins in [0.001, 0.1, 1.0, 8.0, 1000.0] {
            let mm = libm::cbrt(begins) * 100.0;
            for (grown, progressed) in [(4.99, false), (5.01, true)] {
                let mut response = Response::new(begins, Some(100.0));
                let ratio: f64 = (mm + grown) / mm;
                let far = ratio >= 1.0 + PROGRESSION;
                let judged = response.judge(begins * ratio.powi(3));
                assert_eq!(judged.category == Category::Progression, progressed && far, "{begins} {grown}");
            }
        }
    }
}
