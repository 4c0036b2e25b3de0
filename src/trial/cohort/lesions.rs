//! Target lesions: how many a patient has, in how many organs, and how the baseline sum is split over them.

use serde::Serialize;

use super::draws::CohortDraw;
use super::error::CohortError;
use super::quantile::normal_quantile;
use crate::scenario::limits::MAX_LESIONS;
use crate::tissue::random::StreamKey;

/// Most target lesions (RECIST 1.1, Eur J Cancer 2009;45:228).
pub const MAX_PATIENT_LESIONS: u32 = MAX_LESIONS as u32;
/// Most target lesions of an organ (the same).
const MAX_OF_ORGAN: u32 = 2;
/// Smallest diameter of a target lesion, mm (the same; lymph nodes are not told apart).
pub const MEASURABLE_MM: f64 = 10.0;
/// Cells per mm³ of tumour: 2·10^8 per cm³ (C; 10^8 to 10^9).
const CELLS_PER_MM3: f64 = 2e5;

/// Number and sizes of target lesions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LesionDistribution {
    /// How many there are.
    pub count: LesionCount,
    /// Log-SD of the sizes of one patient's lesions beyond the smallest measurable one.
    pub size_log_sd: f64,
}

/// How many target lesions a patient has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum LesionCount {
    /// As many in every patient, 1 to 5; two in an organ where they can be.
    Fixed {
        /// Number of lesions.
        lesions: u32,
    },
    /// One or two in each of the organs concerned, five at most, and no more than the baseline sum has room for at 10 mm
    /// each.
    Organs {
        /// Shares of patients with one, two, and three or more organs.
        shares: [f64; 3],
        /// Probability that an organ has a second one.
        second: f64,
    },
}

impl Default for LesionDistribution {
    /// Organs as in RADIANT-3 (its patients with one, two, three or more disease sites, NEJM 2011;364:514, from memory; C).
    /// A second lesion in 80 % of organs gives seven in ten patients 3 to 5 lesions, as a rule of pancreatic NETs (C). A
    /// log-SD of 0.4 is a choice (C): more than half of lesions are then 20 to 60 mm, and hardly any larger.
    fn default() -> Self {
        Self { count: LesionCount::Organs { shares: [0.28, 0.36, 0.36], second: 0.8 }, size_log_sd: 0.4 }
    }
}

/// A target lesion at baseline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Lesion {
    /// Organ, from 0.
    pub organ: u32,
    /// Longest diameter, mm.
    pub diameter_mm: f64,
}

impl Lesion {
    /// Volume of a ball of this diameter, mm³.
    pub fn volume_mm3(&self) -> f64 {
        std::f64::consts::PI / 6.0 * self.diameter_mm * self.diameter_mm * self.diameter_mm
    }

    /// Number of cells at 2·10^8 per cm³.
    pub fn cells(&self) -> f64 {
        CELLS_PER_MM3 * self.volume_mm3()
    }
}

/// A place for a lesion: the organ, and whether it is the organ's second one.
type LesionPlace = (u32, bool);

impl LesionDistribution {
    /// Whether the distribution is possible.
    pub(super) fn check(&self) -> Result<(), CohortError> {
        match self.count {
            LesionCount::Fixed { lesions } if !(1..=MAX_PATIENT_LESIONS).contains(&lesions) => {
                return Err(CohortError::Lesions(lesions));
            }
            LesionCount::Organs { shares, second } => {
                let sum: f64 = shares.iter().sum();
                // NaN fails both.
                let fine = shares.iter().all(|share| *share >= 0.0) && (sum - 1.0).abs() <= 1e-9;
                if !fine {
                    return Err(CohortError::Organs(shares));
                }
                if !(0.0..=1.0).contains(&second) {
                    return Err(CohortError::Second(second));
                }
            }
            LesionCount::Fixed { .. } => {}
        }
        if (0.0..=3.0).contains(&self.size_log_sd) {
            Ok(())
        } else {
            Err(CohortError::LesionSizes(self.size_log_sd))
        }
    }

    /// The lesions of a patient, largest first. Their diameters sum to the baseline sum, and each is measurable if the sum
    /// allows.
    pub(super) fn draw(&self, key: StreamKey, sum_mm: f64) -> Vec<Lesion> {
        let places = self.places(key, sum_mm);
        let count = places.len() as f64;
        let smallest = MEASURABLE_MM.min(sum_mm / count);
        let weights: Vec<f64> = places.iter().map(|place| self.weight(key, *place)).collect();
        let unit = (sum_mm - count * smallest) / weights.iter().sum::<f64>();
        let lesion = |(place, weight): (&LesionPlace, &f64)| Lesion {
            organ: place.0,
            diameter_mm: smallest + unit * weight,
        };
        let mut lesions: Vec<Lesion> = places.iter().zip(&weights).map(lesion).collect();
        lesions.sort_by(|a, b| b.diameter_mm.total_cmp(&a.diameter_mm));
        lesions
    }

    /// Relative size, a function of the place alone: another number of lesions does not change it.
    fn weight(&self, key: StreamKey, (organ, second): LesionPlace) -> f64 {
        let index = MAX_OF_ORGAN * organ + u32::from(second);
        libm::exp(self.size_log_sd * normal_quantile(CohortDraw::Size.uniform(key, index)))
    }

    /// The first lesion of every organ, then the second ones.
    fn places(&self, key: StreamKey, sum_mm: f64) -> Vec<LesionPlace> {
        let firsts = |organs: u32| (0..organs).map(|organ| (organ, false));
        match self.count {
            LesionCount::Fixed { lesions } => {
                let organs = lesions.div_ceil(MAX_OF_ORGAN);
                let seconds = (0..lesions - organs).map(|organ| (organ, true));
                firsts(organs).chain(seconds).collect()
            }
            LesionCount::Organs { shares, second } => {
                let u = CohortDraw::Organs.uniform(key, 0);
                let organs = 1 + u32::from(u >= shares[0]) + u32::from(u >= shares[0] + shares[1]);
                let has_second = |organ: &u32| CohortDraw::Second.uniform(key, *organ) < second;
                let seconds = (0..organs).filter(has_second).map(|organ| (organ, true));
                let room = libm::floor(sum_mm / MEASURABLE_MM).clamp(1.0, f64::from(MAX_PATIENT_LESIONS));
                firsts(organs).chain(seconds).take(room as usize).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesions(distribution: &LesionDistribution, patient: u32, sum_mm: f64) -> Vec<Lesion> {
        distribution.draw(StreamKey { seed: 3, patient }, sum_mm)
    }

    fn sum(lesions: &[Lesion]) -> f64 {
        lesions.iter().map(|l| l.diameter_mm).sum()
    }

    #[test]
    fn splits_sum_to_the_baseline_and_follow_the_criteria() {
        let distribution = LesionDistribution::default();
        for patient in 0..4000 {
            let sum_mm = 12.0 + f64::from(patient) / 10.0;
            let all = lesions(&distribution, patient, sum_mm);
            assert!((sum(&all) / sum_mm - 1.0).abs() < 1e-14);
            assert!((1..=5).contains(&all.len()));
            assert!(all.windows(2).all(|w| w[0].diameter_mm >= w[1].diameter_mm));
            assert!(all.iter().all(|l| l.diameter_mm >= MEASURABLE_MM - 1e-12));
            assert!((0..3).all(|organ| all.iter().filter(|l| l.organ == organ).count() <= 2));
        }
    }

    // Shares of patients with 1 to 5 lesions: organs × seconds. Six standard errors: a false alarm below 1e-8.
    #[test]
    fn numbers_of_lesions_follow_the_law() {
        let (distribution, n) = (LesionDistribution::default(), 20_000);
        let mut counts = [0.0; 6];
        for patient in 0..n {
            counts[lesions(&distribution, patient, 1000.0).len()] += 1.0;
        }
        let (a, b, c, s) = (0.28, 0.36, 0.36, 0.8);
        let q: f64 = 1.0 - s;
        let three = [q * q * q, 3.0 * s * q * q];
        let shares = [
            a * q,
            a * s + b * q * q,
            b * 2.0 * s * q + c * three[0],
            b * s * s + c * three[1],
            c * (1.0 - three[0] - three[1]),
        ];
        for (share, count) in shares.iter().zip(&counts[1..]) {
            let n = f64::from(n);
            assert!((count / n - share).abs() < 6.0 * (share * (1.0 - share) / n).sqrt(), "{counts:?}");
        }
        assert!((shares[2..].iter().sum::<f64>() - 0.7).abs() < 0.01, "seven in ten have 3 to 5");
    }

    #[test]
    fn lesions_are_not_too_small_to_measure() {
        let distribution = LesionDistribution::default();
        assert!((0..500).all(|p| lesions(&distribution, p, 29.0).len() <= 2));
        let alone = lesions(&distribution, 0, 6.0);
        assert_eq!((alone.len(), alone[0].diameter_mm), (1, 6.0));
        let fixed = LesionDistribution { count: LesionCount::Fixed { lesions: 4 }, ..distribution };
        let small = lesions(&fixed, 1, 20.0);
        assert!(small.len() == 4 && small.iter().all(|l| (l.diameter_mm - 5.0).abs() < 1e-12));
    }

    #[test]
    fn a_fixed_number_fills_organs_in_pairs() {
        for n in 1..=5 {
            let distribution =
                LesionDistribution { count: LesionCount::Fixed { lesions: n }, size_log_sd: 0.0 };
            let all = lesions(&distribution, 7, 110.0);
            assert_eq!(all.len() as u32, n);
            let organs = all.iter().map(|l| l.organ).max().unwrap() + 1;
            assert_eq!(organs, n.div_ceil(2));
            assert!(all.iter().all(|l| (l.diameter_mm - 110.0 / f64::from(n)).abs() < 1e-12));
        }
    }

    #[test]
    fn a_lesion_of_a_centimetre_is_a_hundred_million_cells() {
        let lesion = Lesion { organ: 0, diameter_mm: 10.0 };
        assert!((lesion.cells() / 1.047e8 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn impossible_laws_are_refused() {
        let distribution = LesionDistribution::default();
        let organs = |shares, second| LesionDistribution {
            count: LesionCount::Organs { shares, second },
            ..distribution
        };
        for (distribution, text) in [
            (
                LesionDistribution { count: LesionCount::Fixed { lesions: 0 }, ..distribution },
                "measure 0 lesions",
            ),
            (LesionDistribution { count: LesionCount::Fixed { lesions: 6 }, ..distribution }, "take 1 to 5"),
            (organs([0.5, 0.5, 0.5], 0.5), "sum to 1"),
            (organs([1.5, -0.5, 0.0], 0.5), "0 or more"),
            (organs([f64::NAN, 0.5, 0.5], 0.5), "NaN"),
            (organs([0.5, 0.5, 0.0], 1.1), "second lesion"),
            (LesionDistribution { size_log_sd: -0.1, ..distribution }, "log-SD of -0.1"),
        ] {
            let message = distribution.check().unwrap_err().to_string();
            assert!(message.contains(text), "{message}");
        }
        assert_eq!(distribution.check(), Ok(()));
    }
}
