//! Radionuclide therapy: absorbed dose in the median lesion from administered activity, and how often it hits a cell lethally.
//!
//! After an administration the dose rate falls with the effective half-life in the tumour (uptake is instant):
//! `R(t) = D·λ·exp(−λ·t)`, with `D` the activity times the absorbed dose per activity. Sublethal damage is repaired at
//! rate `μ`. With the unrepaired dose `M' = R − μ·M` the hazard of death of the linear-quadratic model with
//! protraction (Lea and Catcheside 1942; Dale 1985, doi:10.1259/0007-1285-58-690-515) is `α·R + 2·β·R·M`: its integral
//! over all time is `α·D + G·β·D²`, with `G = λ/(λ + μ)` for one administration. A day is solved in closed form. Both terms
//! are told apart: where a lesion or a cell gets `x` times the dose they are `x` and `x²` times as large.

use crate::catalogue::{CellKill, Number};

use super::PkError;
use super::draws::PkDraw;
use super::parameters::require;
use crate::tissue::random::StreamKey;

/// One patient's tumour under a radionuclide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RadionuclideKinetics {
    /// Absorbed dose of the first cycle per activity, Gy/GBq.
    pub gray_per_gbq: f64,
    /// Linear coefficient α, 1/Gy.
    pub alpha: f64,
    /// α/β, Gy.
    pub alpha_beta: f64,
    /// Half-time of repair, h.
    pub repair_h: f64,
    /// Effective half-life in the tumour, h.
    pub half_life_h: f64,
    /// Relative fall of the absorbed dose per activity from one administration to the next, 0 to 1.
    pub fall_per_cycle: f64,
}

impl RadionuclideKinetics {
    /// The typical tumour.
    ///
    /// # Errors
    /// A parameter that is missing or out of its range.
    pub fn typical(kill: &CellKill) -> Result<Self, PkError> {
        Self::new(kill, |_, number| number.value)
    }

    /// A patient's tumour, drawn log-normally from each parameter's coefficient of variation (the fall by its odds).
    ///
    /// # Errors
    /// As [`typical`](Self::typical).
    pub fn sampled(kill: &CellKill, seed: u64, patient: u32, drug_key: u32) -> Result<Self, PkError> {
        let keyed = (StreamKey { seed, patient }, drug_key);
        let multiple = |slot, n: &Number| libm::exp(n.log_sd() * PkDraw::Radiation.normal(keyed, slot));
        let mut source =
            Self::new(kill, |slot, n| if slot == FALL { n.value } else { n.value * multiple(slot, n) })?;
        if let Some(fall) = &kill.fall_per_cycle {
            let multiple = multiple(FALL, fall);
            source.fall_per_cycle = fall.value * multiple / (1.0 - fall.value + fall.value * multiple);
        }
        Ok(source)
    }

    /// The slots of parameters (1 to 6) are frozen: random numbers are keyed by them.
    fn new(kill: &CellKill, own: impl Fn(u32, &Number) -> f64) -> Result<Self, PkError> {
        let above_0 = |slot: u32, path: &'static str, number: Option<&Number>| {
            let path = format!("kills.{path}");
            let missing =
                PkError::Missing { path: "kills.kind = \"radiation\"".to_owned(), needed: needed(slot) };
            let value = own(slot, number.ok_or(missing)?);
            require(value > 0.0 && value.is_finite(), &path, value, "a number above 0")?;
            Ok(value)
        };
        let fall = kill.fall_per_cycle.as_ref().map_or(0.0, |n| own(FALL, n));
        require((0.0..1.0).contains(&fall), "kills.fall_per_cycle", fall, "0 or more and less than 1")?;
        Ok(Self {
            gray_per_gbq: above_0(1, "dose", kill.dose.as_ref())?,
            alpha: above_0(2, "alpha", kill.alpha.as_ref())?,
            alpha_beta: above_0(3, "alpha_beta", kill.alpha_beta.as_ref())?,
            repair_h: above_0(4, "repair_h", kill.repair_h.as_ref())?,
            half_life_h: above_0(5, "half_life_h", kill.half_life_h.as_ref())?,
            fall_per_cycle: fall,
        })
    }
}

const FALL: u32 = 6;

fn needed(slot: u32) -> &'static str {
    ["dose", "alpha", "alpha_beta", "repair_h", "half_life_h"][slot as usize - 1]
}

/// One day of radiation.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DayRadiation {
    /// Absorbed dose of the day, Gy: the average dose rate in Gy/d.
    pub gray: f64,
    /// Lethal hits of the day in proportion to dose, `α·∫R`.
    pub linear: f64,
    /// Lethal hits of the day in proportion to the square of dose, `2·β·∫R·M`.
    pub quadratic: f64,
}

impl DayRadiation {
    /// Lethal hits of the day at the mean dose of the median lesion: a cell has none with probability `exp(−hits)`.
    pub fn hits(&self) -> f64 {
        self.linear + self.quadratic
    }
}

/// Slots of lesions begin here; those below are parameters'.
const LESIONS: u32 = 16;

/// The absorbed dose of a patient's lesion (its number among the patient's own) relative to that of the patient's median one.
/// It is keyed by patient, drug and lesion, and so the same in every arm.
pub fn lesion_factor(log_sd: f64, key: StreamKey, drug_key: u32, lesion: u32) -> f64 {
    libm::exp(log_sd * PkDraw::Radiation.normal((key, drug_key), LESIONS + lesion))
}

/// A course of a radionuclide in one patient.
#[derive(Debug, Clone, PartialEq)]
pub struct RadiationCourse {
    source: RadionuclideKinetics,
    day: u32,
    given: u32,
    /// Dose rate, Gy/h.
    rate: f64,
    /// Dose whose damage is not yet repaired, Gy.
    unrepaired: f64,
    /// Administrations of the current day: hour and activity in GBq.
    doses: Vec<(f64, f64)>,
}

impl RadiationCourse {
    /// A course that begins on day 0.
    pub fn new(source: RadionuclideKinetics) -> Self {
        Self { source, day: 0, given: 0, rate: 0.0, unrepaired: 0.0, doses: Vec::new() }
    }

    /// The current day.
    pub fn day(&self) -> u32 {
        self.day
    }

    /// Administers an activity in GBq at an hour of the current day.
    ///
    /// # Errors
    /// Another day than the current one, an hour that is none, or an activity below 0.
    pub fn give(&mut self, day: u32, hour: f64, gbq: f64) -> Result<(), PkError> {
        if day != self.day {
            return Err(PkError::Day { day, current: self.day });
        }
        if !(0.0..24.0).contains(&hour) {
            return Err(PkError::Hour { hour });
        }
        if !(gbq >= 0.0 && gbq.is_finite()) {
            return Err(PkError::Amount { amount: gbq });
        }
        let place = self.doses.partition_point(|dose| dose.0 <= hour);
        self.doses.insert(place, (hour, gbq));
        Ok(())
    }

    /// Ends the current day.
    pub fn advance_day(&mut self) -> DayRadiation {
        let mut day = DayRadiation::default();
        let mut now = 0.0;
        for (hour, gbq) in std::mem::take(&mut self.doses) {
            self.advance(hour - now, &mut day);
            now = hour;
            let left = libm::pow(1.0 - self.source.fall_per_cycle, f64::from(self.given));
            self.rate += gbq * self.source.gray_per_gbq * left * self.decay();
            self.given += u32::from(gbq > 0.0);
        }
        self.advance(24.0 - now, &mut day);
        self.day += 1;
        day
    }

    /// Effective decay, 1/h.
    fn decay(&self) -> f64 {
        std::f64::consts::LN_2 / self.source.half_life_h
    }

    /// Over some hours without an administration.
    fn advance(&mut self, hours: f64, day: &mut DayRadiation) {
        let decay = self.decay();
        // Where both rates are equal the closed form is 0/0; next to it it is as good as there.
        let repair = std::f64::consts::LN_2 / self.source.repair_h;
        let repair = if (repair - decay).abs() < 1e-6 * decay { decay * (1.0 + 1e-6) } else { repair };
        let beta = self.source.alpha / self.source.alpha_beta;
        // M(t) = own·exp(−μt) + driven·exp(−λt)
        let driven = self.rate / (repair - decay);
        let own = self.unrepaired - driven;
        // ∫ exp(−k·t) dt
        let area = |k: f64| -libm::expm1(-k * hours) / k;
        let gray = self.rate * area(decay);
        let pairs = self.rate * (own * area(decay + repair) + driven * area(2.0 * decay));
        day.gray += gray;
        day.linear += self.source.alpha * gray;
        day.quadratic += 2.0 * beta * pairs;
        self.unrepaired = own * libm::exp(-repair * hours) + driven * libm::exp(-decay * hours);
        self.rate *= libm::exp(-decay * hours);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 177Lu-DOTATATE in a tumour: 3.41 Gy/GBq, 10 % fall per cycle, α 0.15, α/β 10, repair 1.5 h (biology.md 2c and
    /// 9 #44), effective half-life 100 h (80 to 120 h).
    fn lutetium() -> RadionuclideKinetics {
        RadionuclideKinetics {
            gray_per_gbq: 3.41,
            alpha: 0.15,
            alpha_beta: 10.0,
            repair_h: 1.5,
            half_life_h: 100.0,
            fall_per_cycle: 0.10,
        }
    }

    fn run(source: RadionuclideKinetics, days: u32, given: &[(u32, f64, f64)]) -> Vec<DayRadiation> {
        let mut course = RadiationCourse::new(source);
        (0..days)
            .map(|day| {
                for &(d, hour, gbq) in given.iter().filter(|g| g.0 == day) {
                    course.give(d, hour, gbq).unwrap();
                }
                course.advance_day()
            })
            .collect()
    }

    fn total(days: &[DayRadiation]) -> (f64, f64) {
        days.iter().fold((0.0, 0.0), |(g, h), day| (g + day.gray, h + day.hits()))
    }

    // Dale 1985: one exponential source, all of it decayed: αD(1 + D/(α/β) · λ/(λ + μ)).
    #[test]
    fn one_administration_gives_the_published_relative_effectiveness() {
        let source = lutetium();
        let (gray, hazard) = total(&run(source, 400, &[(2, 9.5, 7.4)]));
        let dose = 3.41 * 7.4;
        let (decay, repair) = (2f64.ln() / 100.0, 2f64.ln() / 1.5);
        let expected = 0.15 * dose * (1.0 + dose / 10.0 * decay / (decay + repair));
        assert!((gray / dose - 1.0).abs() < 1e-12, "{gray}");
        assert!((hazard / expected - 1.0).abs() < 1e-12, "{hazard} {expected}");
    }

    // The same by brute force: two overlapping administrations, Euler with small steps of the defining equations.
    #[test]
    fn overlapping_administrations_agree_with_small_steps() {
        let source = RadionuclideKinetics { repair_h: 20.0, half_life_h: 30.0, ..lutetium() };
        let exact = run(source, 12, &[(0, 5.0, 3.0), (1, 20.0, 4.0)]);
        let (decay, repair) = (2f64.ln() / 30.0, 2f64.ln() / 20.0);
        let (mut rate, mut unrepaired, step) = (0.0, 0.0, 1e-4);
        let mut small = vec![(0.0, 0.0); 12];
        for i in 0..(12 * 24 * 10_000) {
            let hour = f64::from(i) * step;
            if i == 50_000 {
                rate += 3.0 * 3.41 * decay;
            }
            if i == 440_000 {
                rate += 4.0 * 3.41 * 0.9 * decay;
            }
            let day = &mut small[(hour / 24.0) as usize];
            day.0 += rate * step;
            day.1 += (0.15 * rate + 2.0 * 0.015 * rate * unrepaired) * step;
            unrepaired += (rate - repair * unrepaired) * step;
            rate -= decay * rate * step;
        }
        for (day, (exact, small)) in exact.iter().zip(&small).enumerate() {
            assert!((exact.gray - small.0).abs() < 1e-4 * small.0 + 1e-12, "{day}: {exact:?} {small:?}");
            assert!((exact.hits() - small.1).abs() < 1e-4 * small.1 + 1e-12, "{day}: {exact:?} {small:?}");
        }
    }

    // G of one exponential source: 1 where nothing is repaired while it decays (an acute dose), 0 where all is.
    #[test]
    fn the_factor_of_dose_rate_has_its_limits() {
        let g = |repair_h: f64| {
            let source = RadionuclideKinetics { repair_h, half_life_h: 10.0, ..lutetium() };
            let days = run(source, 400, &[(0, 0.0, 7.4)]);
            let quadratic: f64 = days.iter().map(|day| day.quadratic).sum();
            let linear: f64 = days.iter().map(|day| day.linear).sum();
            assert!((linear / (0.15 * 3.41 * 7.4) - 1.0).abs() < 1e-9, "{linear}");
            quadratic / (0.015 * 3.41 * 3.41 * 7.4 * 7.4)
        };
        assert!((g(1e7) - 1.0).abs() < 1e-4, "{}", g(1e7));
        assert!((g(10.0) - 0.5).abs() < 1e-4, "{}", g(10.0));
        assert!(g(1e-4) < 2e-5, "{}", g(1e-4));
    }

    // Median 1, the log-SD that is asked for, the same for whoever asks again, and one for each lesion, drug and patient.
    #[test]
    fn lesions_of_a_patient_differ_as_asked() {
        let key = StreamKey { seed: 3, patient: 8 };
        let n = 40_000;
        let logs: Vec<f64> = (0..n).map(|l| libm::log(lesion_factor(0.45, key, 7, l))).collect();
        let mean = logs.iter().sum::<f64>() / f64::from(n);
        let variance = logs.iter().map(|l| l * l).sum::<f64>() / f64::from(n);
        // Five standard errors: σ/√n, and σ²·√(2/n).
        assert!(mean.abs() < 5.0 * 0.45 / 200.0, "{mean}");
        assert!((variance / 0.2025 - 1.0).abs() < 5.0 * libm::sqrt(2.0 / 40_000.0), "{variance}");
        assert_eq!(lesion_factor(0.0, key, 7, 2), 1.0);
        assert_eq!(lesion_factor(0.45, key, 7, 2), lesion_factor(0.45, key, 7, 2));
        assert_ne!(lesion_factor(0.45, key, 7, 2), lesion_factor(0.45, key, 8, 2));
        assert_ne!(
            lesion_factor(0.45, key, 7, 2),
            lesion_factor(0.45, StreamKey { patient: 9, ..key }, 7, 2)
        );
    }

    #[test]
    fn equal_rates_of_decay_and_repair_are_no_singularity() {
        let near = |repair_h| {
            total(&run(
                RadionuclideKinetics { repair_h, half_life_h: 10.0, ..lutetium() },
                30,
                &[(0, 0.0, 7.4)],
            ))
        };
        let (below, at, above) = (near(9.999), near(10.0), near(10.001));
        assert!(below.1 < at.1 && at.1 < above.1, "{below:?} {at:?} {above:?}");
        assert!((at.1 - 0.5 * (below.1 + above.1)).abs() < 1e-6 * at.1);
    }

    // biology.md 2c: 7.4 GBq every 8 weeks, four times: 3.41 Gy/GBq, each cycle 10 % less than the one before.
    #[test]
    fn four_cycles_fall_as_published() {
        let given: Vec<(u32, f64, f64)> = (0..4).map(|c| (56 * c, 0.0, 7.4)).collect();
        let days = run(lutetium(), 500, &given);
        let cycle = |c: usize| total(&days[56 * c..56 * (c + 1)]).0;
        assert!((cycle(0) - 25.23).abs() < 0.05, "{}", cycle(0));
        for c in 1..4 {
            assert!((cycle(c) / cycle(c - 1) - 0.9).abs() < 0.001);
        }
        let dose: f64 = (0..4).map(|c| 25.234 * 0.9f64.powi(c)).sum();
        assert!((total(&days).0 / dose - 1.0).abs() < 1e-9);
    }

    // 90Y microspheres stay and deliver 49.67 J per GBq (MIRD), so 49.67 Gy/GBq in a kilogram; physical half-life
    // 64.1 h. Nothing of it is special to the code.
    #[test]
    fn yttrium_delivers_its_dose() {
        let source = RadionuclideKinetics {
            gray_per_gbq: 49.67,
            half_life_h: 64.1,
            fall_per_cycle: 0.0,
            ..lutetium()
        };
        let days = run(source, 60, &[(9, 0.0, 1.2), (37, 0.0, 1.0)]);
        assert_eq!(total(&days[..9]), (0.0, 0.0));
        assert!((total(&days).0 / (49.67 * 2.2) - 1.0).abs() < 0.003);
        let first: f64 = days[9..16].iter().map(|d| d.gray).sum();
        assert!((first / (49.67 * 1.2) - (1.0 - 0.5f64.powf(168.0 / 64.1))).abs() < 1e-9);
    }

    #[test]
    fn wrong_administrations_are_refused() {
        let mut course = RadiationCourse::new(lutetium());
        assert_eq!(course.give(1, 0.0, 7.4), Err(PkError::Day { day: 1, current: 0 }));
        assert_eq!(course.give(0, 24.0, 7.4), Err(PkError::Hour { hour: 24.0 }));
        assert_eq!(course.give(0, 0.0, -1.0), Err(PkError::Amount { amount: -1.0 }));
    }
}
