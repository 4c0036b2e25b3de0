//! Integer arithmetic shared by both backends: 64-bit thresholds, fixed-point products, multiples of counts.
//!
//! Twin: `shaders/shared/fixed.wgsl`.

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
    pub fn is_below(self, hi: u32, lo: u32) -> bool {
        hi < self.hi || (hi == self.hi && (lo < self.lo || self == Self::CERTAIN))
    }
}

/// `round_half_up(a * b / 2^32)`. The sum stays below 2^64, and vectors have all three operations.
#[inline(always)]
pub const fn mul_round(a: u32, b: u32) -> u32 {
    ((a as u64 * b as u64 + (1 << 31)) >> 32) as u32
}

/// Words of a [`Decimal`].
pub const DECIMAL_WORDS: usize = 5;

/// A decimal number as 32.128 fixed point, the lowest word first, cut off below.
///
/// That many bits tell whether a multiple of a count is whole: where `count · x` is not, it is at least 10^-k above a
/// whole number, with the k ≤ 27 places that a float from 2^-32 on can need, and what is cut off comes to less than
/// 2^-96 < 10^-27. Smaller numbers make multiples below 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decimal(pub [u32; DECIMAL_WORDS]);

impl Decimal {
    /// The number as people write it: the shortest decimal that reads back as `x`, so that 1.1 is 11/10 and not the
    /// binary fraction next to it. What is not a positive number is 0; 2^32 and more count as 2^32 − 1.
    pub fn of(x: f64) -> Self {
        if x.is_nan() || x <= 0.0 {
            return Self::default();
        }
        let text = format!("{}", x.min(f64::from(u32::MAX)));
        let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
        let mut places: Vec<u8> = places.bytes().map(|digit| digit - b'0').collect();
        let mut words = [0; DECIMAL_WORDS];
        words[DECIMAL_WORDS - 1] = whole.parse().unwrap_or(u32::MAX);
        for word in words.iter_mut().rev().skip(1) {
            *word = (0..32).fold(0, |word, _| word << 1 | double(&mut places));
        }
        // A positive number stays one.
        words[0] |= u32::from(words == [0; DECIMAL_WORDS]);
        Self(words)
    }
}

/// Doubles decimal places; what is carried over the point.
fn double(places: &mut [u8]) -> u32 {
    let carried = places.iter_mut().rev().fold(0, |carry, digit| {
        let twice = 2 * *digit + carry;
        *digit = twice % 10;
        twice / 10
    });
    u32::from(carried)
}

/// The least count that is at least `count` times a number, saturating at `u32::MAX`: a count is below it if and only
/// if it is below that multiple.
#[inline]
pub const fn scale_count(count: u32, number: &Decimal) -> u32 {
    let (mut carry, mut below) = (0, 0);
    let mut at = 0;
    while at < DECIMAL_WORDS - 1 {
        let sum = count as u64 * number.0[at] as u64 + carry;
        below |= sum as u32;
        carry = sum >> 32;
        at += 1;
    }
    let least = count as u64 * number.0[at] as u64 + carry + (below != 0) as u64;
    if least > u32::MAX as u64 { u32::MAX } else { least as u32 }
}

/// Position of the `n`-th set bit of `mask`, counted from 0; `n` must be below the number of set bits.
#[inline]
pub fn nth_bit(mut mask: u32, n: u32) -> u32 {
    for _ in 0..n {
        mask &= mask.wrapping_sub(1);
    }
    mask.trailing_zeros()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        assert!(t.is_below(9, u32::MAX));
        assert!(t.is_below(10, 4));
        assert!(!t.is_below(10, 5));
        assert!(!t.is_below(11, 0));
        assert!(Threshold::CERTAIN.is_below(u32::MAX, u32::MAX));
        assert!(!Threshold::NEVER.is_below(0, 0));
    }

    #[test]
    fn products_round_half_up() {
        assert_eq!(mul_round(1 << 31, 1), 1);
        assert_eq!(mul_round((1 << 31) - 1, 1), 0);
        assert_eq!(mul_round(u32::MAX, u32::MAX), u32::MAX - 1);
    }
    // Rounded to 16 bits and the product rounded down, 5 cells had grown to 1.1 of themselves at 5, and 11 to 1.2 at 13.
    #[test]
    fn multiples_of_counts_are_those_of_decimal_numbers() {
        let least = |count, x| scale_count(count, &Decimal::of(x));
        assert_eq!([least(5, 1.1), least(10, 1.1), least(11, 1.2), least(5, 1.2)], [6, 11, 14, 6]);
        assert_eq!([least(7, 0.7), least(70, 0.7), least(3, 0.3), least(10, 0.3)], [5, 49, 1, 3]);
        assert_eq!(
            [least(0, 1.5), least(1000, 0.5), least(3, 2.0), least(1 << 31, 65_535.0)],
            [0, 500, 6, u32::MAX]
        );
        assert_eq!(
            [least(1, 1e-300), least(u32::MAX, 5e-324), least(9, 0.0), least(9, f64::NAN)],
            [1, 1, 0, 0]
        );
    }

    proptest! {
        // Whole arithmetic in 128 bits, for every number of up to nine places.
        #[test]
        fn multiples_of_counts_are_exact(count: u32, near in 0..3_u32, whole in 0..70_000_u64, places in 0..10_u32, digits: u64) {
            let unit = 10_u64.pow(places);
            let number = whole * unit + digits % unit;
            let x: f64 = format!("{whole}.{:0width$}", digits % unit, width = places as usize).parse().unwrap();
            // Every other count makes a whole multiple.
            let count = if near == 0 { count } else { (count as u64 / unit * unit) as u32 };
            let exact = (u128::from(count) * u128::from(number)).div_ceil(u128::from(unit));
            prop_assert_eq!(u128::from(scale_count(count, &Decimal::of(x))), exact.min(u128::from(u32::MAX)));
        }

        // Any float: against its own digits, of which no count has fewer than 96 bits to be told apart.
        #[test]
        fn multiples_of_counts_follow_all_digits(count in 0..=1_u32 << 31, x in 1e-9..16.0_f64) {
            let text = format!("{x}");
            let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
            let digits: u128 = format!("{whole}{places}").parse().unwrap();
            let exact = (u128::from(count) * digits).div_ceil(10_u128.pow(places.len() as u32));
            prop_assert_eq!(u128::from(scale_count(count, &Decimal::of(x))), exact.min(u128::from(u32::MAX)));
        }
    }
}
