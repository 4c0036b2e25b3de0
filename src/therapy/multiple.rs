//! Volumes against decimal multiples of others.
//!
//! Volumes of runs are counts divided by a count, which floats round. Where a count differs at all from a multiple of another
//! one by k thousandths, it differs by one part in k times that count, which is far more than what floats lose: so what is
//! closer than that is equal, and every such comparison is that of the counts.

/// Relative distance within which two volumes are the same: some units in the last place, and less than one part in
/// 10^5 times 2^31.
const SAME: f64 = 16.0 * f64::EPSILON;

/// Whether a volume is at least a multiple of another one.
pub fn reaches(volume: f64, number: f64, reference: f64) -> bool {
    volume >= number * reference * (1.0 - SAME)
}

/// Whether a volume is at most a multiple of another one.
pub fn is_at_most(volume: f64, number: f64, reference: f64) -> bool {
    volume <= number * reference * (1.0 + SAME)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        // Whole arithmetic: counts about the multiple of another one, both relative to the same start.
        #[test]
        fn volumes_are_compared_as_the_counts_that_they_are(
            start in 1..=1_u32 << 31,
            reference in 0..=1_u32 << 27,
            thousandths in 1..16_000_u32,
            off in -2..=2_i64,
        ) {
            let multiple = u64::from(reference) * u64::from(thousandths);
            let count = u64::try_from(multiple as i64 / 1000 + off).unwrap_or(0);
            let (volume, of) = (count as f64 / f64::from(start), f64::from(reference) / f64::from(start));
            let number = f64::from(thousandths) / 1000.0;
            prop_assert_eq!(reaches(volume, number, of), 1000 * count >= multiple);
            prop_assert_eq!(is_at_most(volume, number, of), 1000 * count <= multiple);
        }
    }
}
