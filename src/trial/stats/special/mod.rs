//! Distribution functions: beta, Student's t, normal.

mod beta;
mod normal;
mod saddle;

pub(super) use beta::beta_upper_quantile;
pub use beta::{beta_quantile, student_quantile};
pub use normal::normal_quantile;

/// Smallest number in 0 to 1 at which a rising condition holds (1 if nowhere), to the last bit: positive floats are
/// ordered as their bits.
fn bisect_bits(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut below, mut at) = (0_u64, 1.0_f64.to_bits());
    while at - below > 1 {
        let middle = below + (at - below) / 2;
        if holds(f64::from_bits(middle)) { at = middle } else { below = middle }
    }
    f64::from_bits(at)
}
