//! Checked distributions, from which values are drawn by inversion.

use crate::biology::patient::{Distribution, ParameterRange, PatientParameter};

use super::distribution::ParameterDistribution;
use super::error::CohortError;
use super::quantile::{beta_quantile, normal_quantile};

/// Largest log-SD: for a third of patients a factor of 150 or more.
const MAX_LOG_SD: f64 = 5.0;
/// Smallest SD of a beta distribution but 0: narrower ones take long to invert, and no share is known so well.
const MIN_BETA_SD: f64 = 1e-3;

/// A distribution whose parameters are possible.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sampler {
    shape: LawShape,
    least: f64,
    most: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum LawShape {
    Fixed(f64),
    LogNormal { median: f64, log_sd: f64 },
    Beta { a: f64, b: f64 },
    Uniform { least: f64, width: f64 },
    Either { probability: f64, rare: f64, usual: f64 },
}

/// How likely a value is under a distribution: logarithm of a probability, or of a density over the values themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Likeliness {
    /// Of values that have a probability of their own: what is present or absent, and what was cut off at an end.
    Mass(f64),
    /// Of all others.
    Density(f64),
}

impl Likeliness {
    /// Logarithm of the ratio to another one of the same value; `None` if one is a probability and the other a density: then neither
    /// distribution can stand for the other.
    pub fn over(self, other: Self) -> Option<f64> {
        match (self, other) {
            (Self::Mass(own), Self::Mass(other)) | (Self::Density(own), Self::Density(other)) => {
                Some(own - other)
            }
            _ => None,
        }
    }
}

/// A value drawn from a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawn {
    pub value: f64,
    /// Whether it was beyond what is possible, or beyond the end of its distribution.
    pub cut: bool,
}

impl Sampler {
    /// The sampler of a distribution.
    ///
    /// # Errors
    ///
    /// [`CohortError`] if a parameter is impossible.
    pub fn new(quantity: PatientParameter, given: &ParameterDistribution) -> Result<Self, CohortError> {
        let checked = Checked { quantity, range: quantity.range() };
        let (least, mut most) = match checked.range {
            ParameterRange::Numbers(least, most) => (least, most),
            ParameterRange::Flag => (0.0, 1.0),
        };
        if let Distribution::LogNormal { most: end, .. } = given.distribution {
            checked.number("an upper end of", end, f64::MIN_POSITIVE, f64::INFINITY)?;
            most = most.min(end);
        }
        let shape = checked.shape(given)?;
        Ok(Self { shape, least, most })
    }

    /// The value at a uniform number in (0, 1): it rises with it, or the rare value comes first.
    pub fn draw(&self, u: f64) -> Drawn {
        let value = match self.shape {
            LawShape::Fixed(value) => value,
            LawShape::LogNormal { median, log_sd } => median * libm::exp(log_sd * normal_quantile(u)),
            LawShape::Beta { a, b } => beta_quantile(u, a, b),
            LawShape::Uniform { least, width } => least + width * u,
            LawShape::Either { probability, rare, usual } => {
                if u < probability {
                    rare
                } else {
                    usual
                }
            }
        };
        Drawn { value: value.clamp(self.least, self.most), cut: value < self.least || value > self.most }
    }

    /// How likely a value is that [`draw`](Self::draw) may give.
    pub fn likeliness(&self, value: f64) -> Likeliness {
        let mass = |share: f64| Likeliness::Mass(libm::log(share));
        match self.shape {
            LawShape::Fixed(own) => mass(f64::from(u8::from(value == own))),
            LawShape::Either { probability, rare, usual } => mass(
                if value == rare { probability } else { 0.0 }
                    + if value == usual { 1.0 - probability } else { 0.0 },
            ),
            LawShape::LogNormal { median, log_sd } => {
                let z = |x: f64| libm::log(x / median) / log_sd;
                let beyond = |z: f64| 0.5 * libm::erfc(z / std::f64::consts::SQRT_2);
                match value {
                    x if x >= self.most => mass(beyond(z(self.most))),
                    x if x <= self.least => mass(beyond(-z(self.least))),
                    x => {
                        let unit = libm::log(libm::sqrt(2.0 * std::f64::consts::PI) * log_sd * x);
                        Likeliness::Density(-0.5 * z(x) * z(x) - unit)
                    }
                }
            }
            LawShape::Beta { a, b } => {
                let whole = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
                let x = value.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON);
                Likeliness::Density((a - 1.0) * libm::log(x) + (b - 1.0) * libm::log1p(-x) - whole)
            }
            LawShape::Uniform { least, width } => {
                let inside = (least..=least + width).contains(&value);
                Likeliness::Density(if inside { -libm::log(width) } else { f64::NEG_INFINITY })
            }
        }
    }

    /// Whether all patients have the same value.
    pub fn is_fixed(&self) -> bool {
        matches!(self.shape, LawShape::Fixed(_))
    }
}

/// A quantity whose distribution is being checked.
struct Checked {
    quantity: PatientParameter,
    range: ParameterRange,
}

impl Checked {
    fn shape(&self, given: &ParameterDistribution) -> Result<LawShape, CohortError> {
        let quantity = self.quantity.name();
        let numbers = matches!(
            given.distribution,
            Distribution::LogNormal { .. } | Distribution::Beta { .. } | Distribution::Uniform { .. }
        );
        if numbers && self.range == ParameterRange::Flag {
            return Err(CohortError::NumbersForFlag { quantity });
        }
        Ok(match given.distribution {
            Distribution::Fixed => LawShape::Fixed(self.possible(given.typical)?),
            Distribution::LogNormal { log_sd, most } => {
                let log_sd = self.number("a log-SD of", log_sd, 0.0, MAX_LOG_SD)?;
                let median = self.number("a median of", given.typical, f64::MIN_POSITIVE, most)?;
                let median = self.possible(median)?;
                if log_sd == 0.0 { LawShape::Fixed(median) } else { LawShape::LogNormal { median, log_sd } }
            }
            Distribution::Beta { sd } => self.beta(given.typical, sd)?,
            Distribution::Uniform { least, most } => {
                let (least, most) = (self.possible(least)?, self.possible(most)?);
                self.number("an upper end of", most, least, f64::INFINITY)?;
                LawShape::Uniform { least, width: most - least }
            }
            Distribution::Bernoulli { probability, is } => LawShape::Either {
                probability: self.number("a probability of", probability, 0.0, 1.0)?,
                rare: self.possible(self.word(is)?)?,
                usual: self.possible(given.typical)?,
            },
        })
    }

    /// A beta distribution about a mean: `a = mean·ν`, `b = (1 − mean)·ν` with `ν = mean·(1 − mean)/sd² − 1`.
    fn beta(&self, mean: f64, sd: f64) -> Result<LawShape, CohortError> {
        let mean = self.possible(mean)?;
        if sd == 0.0 {
            return Ok(LawShape::Fixed(mean));
        }
        // Also of a quantity that can be more than 1.
        self.number("a mean of", mean, f64::MIN_POSITIVE, 1.0 - f64::EPSILON)?;
        // A distribution wider than this is more than half at the ends.
        let widest = 0.99 * libm::sqrt(mean * (1.0 - mean));
        self.number("an SD of", sd, MIN_BETA_SD, widest)?;
        let nu = mean * (1.0 - mean) / (sd * sd) - 1.0;
        Ok(LawShape::Beta { a: mean * nu, b: (1.0 - mean) * nu })
    }

    /// A parameter of a distribution, if it is within these bounds.
    fn number(&self, what: &'static str, value: f64, least: f64, most: f64) -> Result<f64, CohortError> {
        if (least..=most).contains(&value) {
            return Ok(value);
        }
        let allowed = match (least == f64::MIN_POSITIVE, most.is_infinite()) {
            (true, true) => "above 0".to_owned(),
            (true, false) => format!("above 0 and at most {most:.3}"),
            (false, true) => format!("at least {least}"),
            (false, false) => format!("from {least} to {most:.3}"),
        };
        Err(CohortError::Spread { quantity: self.quantity.name(), what, value, allowed })
    }

    /// A value, if the quantity can have it.
    fn possible(&self, value: f64) -> Result<f64, CohortError> {
        let quantity = self.quantity.name();
        match self.range {
            ParameterRange::Numbers(least, most) if (least..=most).contains(&value) => Ok(value),
            ParameterRange::Numbers(least, most) => Err(CohortError::Value { quantity, value, least, most }),
            ParameterRange::Flag if value == 0.0 || value == 1.0 => Ok(value),
            ParameterRange::Flag => Err(CohortError::Flag { quantity, value }),
        }
    }

    /// What the word of a rare value means.
    fn word(&self, word: &'static str) -> Result<f64, CohortError> {
        match word {
            "true" | "clonal" | "R" | "male" => Ok(1.0),
            "false" | "H" | "female" => Ok(0.0),
            _ => word.parse().map_err(|_| CohortError::Word { quantity: self.quantity.name(), word }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(
        quantity: PatientParameter,
        typical: f64,
        distribution: Distribution,
    ) -> Result<Sampler, CohortError> {
        let given = ParameterDistribution { quantity: quantity.name(), typical, distribution, changed: true };
        Sampler::new(quantity, &given)
    }

    #[test]
    fn words_of_the_list_have_values() {
        for parameter in PatientParameter::ALL {
            let (typical, distribution) = (parameter.typical(), parameter.distribution());
            if let Distribution::Bernoulli { is, .. } = distribution {
                // Also of what nobody has unless a cohort says so.
                let either = Distribution::Bernoulli { probability: 0.5, is };
                let sampler = sampler(parameter, typical, either).unwrap();
                let rare = sampler.draw(0.0).value;
                assert_eq!(
                    rare,
                    if matches!(is, "female" | "0") { 0.0 } else { 1.0 },
                    "{}",
                    parameter.name()
                );
                assert_eq!(sampler.draw(1.0).value, typical);
            } else {
                sampler(parameter, typical, distribution).unwrap();
            }
        }
    }

    // A share of the draws up to a value is the integral of the density up to it, and what was cut off is the rest. Central differences
    // of the quantile function, an identity of each law: density(quantile(u)) · quantile'(u) = 1.
    #[test]
    fn densities_are_those_of_the_draws() {
        for (parameter, typical, law) in [
            (PatientParameter::Growth, 0.004, Distribution::LogNormal { log_sd: 1.3, most: f64::INFINITY }),
            (PatientParameter::CoupledLoss, 0.7, Distribution::Beta { sd: 0.12 }),
            (PatientParameter::UpregulatedReach, 0.5, Distribution::Uniform { least: 0.2, most: 0.9 }),
        ] {
            let sampler = sampler(parameter, typical, law).unwrap();
            for u in [0.05, 0.3, 0.5, 0.8, 0.97] {
                let slope = (sampler.draw(u + 1e-5).value - sampler.draw(u - 1e-5).value) / 2e-5;
                let Likeliness::Density(log) = sampler.likeliness(sampler.draw(u).value) else {
                    panic!("{u}")
                };
                assert!((log.exp() * slope - 1.0).abs() < 1e-3, "{} at {u}", parameter.name());
            }
        }
        let cut = Distribution::LogNormal { log_sd: 1.0, most: 0.5 };
        let cut = sampler(PatientParameter::RtkFraction, 0.02, cut).unwrap();
        let Likeliness::Mass(log) = cut.likeliness(0.5) else { panic!("it is cut off there") };
        // 1 − Φ(ln 25) = 6.4e-4, and the draws beyond that share are those that are cut.
        assert!(cut.draw(1.0 - log.exp() * 0.99).cut && !cut.draw(1.0 - log.exp() * 1.01).cut);
        let either = Distribution::Bernoulli { probability: 0.3, is: "true" };
        let either = sampler(PatientParameter::Men1, 0.0, either).unwrap();
        assert_eq!(either.likeliness(1.0), Likeliness::Mass(0.3_f64.ln()));
        assert_eq!(either.likeliness(0.0).over(either.likeliness(0.0)), Some(0.0));
        assert_eq!(either.likeliness(1.0).over(Likeliness::Density(0.0)), None);
    }

    #[test]
    fn a_spread_of_zero_is_a_fixed_value() {
        let log_normal =
            sampler(PatientParameter::Gamma, 1.3, Distribution::LogNormal { log_sd: 0.0, most: 9.0 })
                .unwrap();
        let beta = sampler(PatientParameter::CoupledLoss, 0.7, Distribution::Beta { sd: 0.0 }).unwrap();
        assert!(log_normal.is_fixed() && beta.is_fixed());
        assert_eq!((log_normal.draw(0.1).value, beta.draw(0.9).value), (1.3, 0.7));
    }

    #[test]
    fn what_is_beyond_the_end_is_cut_off() {
        let distribution = Distribution::LogNormal { log_sd: 1.0, most: 0.5 };
        let sampler = sampler(PatientParameter::RtkFraction, 0.02, distribution).unwrap();
        assert_eq!(sampler.draw(0.9999), Drawn { value: 0.5, cut: true });
        assert!(!sampler.draw(0.99).cut);
        let wide = Distribution::LogNormal { log_sd: 5.0, most: f64::INFINITY };
        let growth = self::sampler(PatientParameter::Growth, 0.0035, wide).unwrap();
        assert_eq!(growth.draw(0.99), Drawn { value: 1.0, cut: true });
    }

    #[test]
    fn impossible_laws_are_refused_with_a_way_out() {
        use PatientParameter::*;
        let nan = f64::NAN;
        let log_normal = |log_sd, most| Distribution::LogNormal { log_sd, most };
        let chance = |probability, is| Distribution::Bernoulli { probability, is };
        let inf = f64::INFINITY;
        for (quantity, typical, distribution, text) in [
            (Gamma, 1.0, log_normal(-0.4, inf), "log-SD of -0.4: it must be from 0 to 5"),
            (Gamma, 1.0, log_normal(nan, inf), "log-SD of NaN"),
            (Gamma, 0.0, log_normal(0.4, inf), "median of 0: it must be above 0"),
            (Growth, -1.0, log_normal(0.4, inf), "median of -1"),
            (Growth, nan, log_normal(0.4, inf), "median of NaN"),
            (Growth, 2.0, log_normal(0.4, inf), "use 2 for `growth`"),
            (RtkFraction, 0.1, log_normal(1.0, 0.05), "median of 0.1: it must be above 0 and at most 0.05"),
            (RtkFraction, 0.1, log_normal(1.0, -1.0), "upper end of -1: it must be above 0"),
            (CoupledLoss, 0.72, Distribution::Beta { sd: -0.1 }, "SD of -0.1: it must be from 0.001 to 0.44"),
            (CoupledLoss, 0.72, Distribution::Beta { sd: 0.45 }, "SD of 0.45"),
            (CoupledLoss, 0.0, Distribution::Beta { sd: 0.1 }, "mean of 0"),
            (CoupledLoss, 1.0, Distribution::Beta { sd: 0.1 }, "use 1 for `coupled_loss`"),
            (Gamma, 2.0, Distribution::Beta { sd: 0.1 }, "mean of 2"),
            (UpregulatedReach, 0.5, Distribution::Uniform { least: 0.6, most: 0.2 }, "upper end of 0.2"),
            (UpregulatedReach, 0.5, Distribution::Uniform { least: 0.0, most: 1.2 }, "use 1.2 for"),
            (Pten, 0.0, chance(1.5, "clonal"), "probability of 1.5: it must be from 0 to 1"),
            (Pten, 0.0, chance(-0.1, "clonal"), "probability of -0.1"),
            (Pten, 0.0, chance(0.1, "perhaps"), "read `perhaps` as a value of `pten`"),
            (WeightKg, 70.0, chance(0.1, "clonal"), "use 1 for `weight_kg`"),
            (Men1, 0.3, Distribution::Fixed, "use 0.3 for `men1`, which is present or absent"),
            (Men1, 1.0, log_normal(0.4, inf), "law over numbers"),
            (FrbFraction, -1e-6, Distribution::Fixed, "it must be from 0 to 1"),
        ] {
            let message = sampler(quantity, typical, distribution).unwrap_err().to_string();
            assert!(message.contains(text), "{message} has no {text}");
        }
    }
}
