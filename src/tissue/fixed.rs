//! Integer arithmetic shared by both backends: 64-bit thresholds and fixed-point products.
//!
//! Twin: `shaders/shared/fixed.wgsl`.

use super::random::mul_wide;

/// A probability as a 64-bit threshold: an event happens when the 64-bit draw is below it.
///
/// All ones stands for certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Threshold {
    /// High word, compared with the first draw.
    pub hi: u32,
    /// Low word, compared with the second draw on equality.
    pub lo: u32,
}

impl Threshold {
    /// Never.
    pub const NEVER: Self = Self { hi: 0, lo: 0 };
    /// Always.
    pub const CERTAIN: Self = Self { hi: u32::MAX, lo: u32::MAX };

    /// The threshold nearest to a probability in `[0, 1]`; what is outside is clamped.
    ///
    /// The error is at most `2^-65` absolute or the 53 bits of the argument, whichever is larger.
    pub fn from_probability(p: f64) -> Self {
        if p.is_nan() || p <= 0.0 {
            return Self::NEVER;
        }
        if p >= 1.0 {
            return Self::CERTAIN;
        }
        let scaled = libm::rint(p * 18_446_744_073_709_551_616.0);
        Self::from_bits(scaled as u64)
    }

    /// The threshold with these 64 bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self { hi: (bits >> 32) as u32, lo: bits as u32 }
    }

    /// The 64 bits.
    pub const fn bits(self) -> u64 {
        ((self.hi as u64) << 32) | self.lo as u64
    }

    /// The probability that it stands for.
    pub fn probability(self) -> f64 {
        if self == Self::CERTAIN { 1.0 } else { self.bits() as f64 / 18_446_744_073_709_551_616.0 }
    }

    /// Whether a draw with high word `hi` and low word `lo` is below.
    #[inline]
    pub fn exceeds(self, hi: u32, lo: u32) -> bool {
        hi < self.hi || (hi == self.hi && (lo < self.lo || self == Self::CERTAIN))
    }
}

/// `round_half_up(a * b / 2^32)`. The sum stays below 2^64, and vectors have all three operations.
#[inline(always)]
pub const fn mul_round(a: u32, b: u32) -> u32 {
    ((a as u64 * b as u64 + (1 << 31)) >> 32) as u32
}

/// `floor(count * fraction / 2^16)` for a 16.16 fixed-point fraction, saturating at `u32::MAX`.
#[inline]
pub const fn scale_count(count: u32, fraction: u32) -> u32 {
    let (hi, lo) = mul_wide(count, fraction);
    if hi >> 16 != 0 { u32::MAX } else { (hi << 16) | (lo >> 16) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_exact_to_64_bits() {
        assert_eq!(Threshold::from_probability(0.5).bits(), 1 << 63);
        assert_eq!(Threshold::from_probability(1e-9).bits(), 18_446_744_074);
        assert_eq!(Threshold::from_probability(0.0), Threshold::NEVER);
        assert_eq!(Threshold::from_probability(1.0), Threshold::CERTAIN);
        assert_eq!(Threshold::from_probability(-1.0), Threshold::NEVER);
        assert_eq!(Threshold::from_probability(f64::NAN), Threshold::NEVER);
    }

    #[test]
    fn comparison_uses_the_second_word_only_on_equality() {
        let t = Threshold { hi: 10, lo: 5 };
        assert!(t.exceeds(9, u32::MAX));
        assert!(t.exceeds(10, 4));
        assert!(!t.exceeds(10, 5));
        assert!(!t.exceeds(11, 0));
        assert!(Threshold::CERTAIN.exceeds(u32::MAX, u32::MAX));
        assert!(!Threshold::NEVER.exceeds(0, 0));
    }

    #[test]
    fn products_round_half_up() {
        assert_eq!(mul_round(1 << 31, 1), 1);
        assert_eq!(mul_round((1 << 31) - 1, 1), 0);
        assert_eq!(mul_round(u32::MAX, u32::MAX), u32::MAX - 1);
        assert_eq!(scale_count(1000, 0x8000), 500);
        assert_eq!(scale_count(u32::MAX, 0x2_0000), u32::MAX);
        assert_eq!(scale_count(3, 0x1_8000), 4);
    }
}
