//! Saturating responses.

/// A power with a fixed exponent; multiples of ½ need only products and square roots, which every
/// platform rounds alike, and fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Power {
    /// This many halves, at most 16.
    Halves(u32),
    /// Any other exponent, by `libm`.
    Any(f64),
}

impl Power {
    pub fn new(exponent: f64) -> Self {
        let halves = 2.0 * exponent;
        let whole = (1..=16_u32).find(|h| f64::from(*h) == halves);
        whole.map_or(Self::Any(exponent), Self::Halves)
    }

    /// `x` to this power, for `x` ≥ 0.
    #[inline]
    pub fn of(self, x: f64) -> f64 {
        match self {
            Self::Halves(2) => x,
            Self::Halves(3) => x * x.sqrt(),
            Self::Halves(4) => x * x,
            Self::Halves(halves) => {
                let whole = (0..halves / 2).fold(1.0, |product, _| product * x);
                if halves % 2 == 1 { whole * x.sqrt() } else { whole }
            }
            Self::Any(exponent) => libm::pow(x, exponent),
        }
    }
}

/// `h(x) = xⁿ / (Kⁿ + xⁿ)`, rising from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hill {
    power: Power,
    half: f64,
}

impl Hill {
    /// Half effect at `half` > 0, exponent > 0.
    pub fn new(half: f64, exponent: f64) -> Self {
        let power = Power::new(exponent);
        Self { power, half: power.of(half) }
    }

    /// The response to `x` ≥ 0.
    #[inline]
    pub fn of(&self, x: f64) -> f64 {
        let raised = self.power.of(x);
        raised / (self.half + raised)
    }

    /// `(x/K)ⁿ`.
    #[inline]
    pub fn ratio(&self, x: f64) -> f64 {
        self.power.of(x) / self.half
    }

    /// The response where the half effect is at `factor` times its usual place.
    #[inline]
    pub fn shifted(&self, x: f64, factor: f64) -> f64 {
        let raised = self.power.of(x);
        let all = self.half * self.power.of(factor) + raised;
        if all > 0.0 { raised / all } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_agree_with_the_general_power() {
        for halves in 1..=16_u32 {
            let exponent = f64::from(halves) / 2.0;
            assert_eq!(Power::new(exponent), Power::Halves(halves));
            for x in [0.0, 1e-9, 0.3, 1.0, 7.5] {
                let (fast, slow) = (Power::new(exponent).of(x), libm::pow(x, exponent));
                assert!((fast - slow).abs() <= 1e-14 * slow, "{x}^{exponent}: {fast} {slow}");
            }
        }
        assert_eq!(Power::new(1.3), Power::Any(1.3));
    }

    #[test]
    fn a_response_is_half_at_its_constant() {
        for exponent in [0.5, 1.0, 1.3, 2.5, 8.0] {
            let hill = Hill::new(0.4, exponent);
            assert!((hill.of(0.4) - 0.5).abs() < 1e-15);
            assert_eq!(hill.of(0.0), 0.0);
            assert!((hill.shifted(0.8, 2.0) - 0.5).abs() < 1e-15);
        }
    }
}
