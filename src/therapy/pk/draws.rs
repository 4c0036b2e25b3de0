//! Random numbers of pharmacokinetics: a normal number as a function of (seed, patient, drug, index, purpose).

use crate::tissue::random::philox;

/// What a number is for. The values are part of the frozen counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Draw {
    /// Difference of a patient's parameter from the typical one; index: the parameter's slot.
    Patient = 0x706b_0001,
    /// Difference of one occasion; index: the day.
    Occasion = 0x706b_0002,
    /// Difference of a patient's radiation parameter; index: the parameter's slot.
    Radiation = 0x706b_0003,
}

/// Whose numbers: a patient under a drug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keyed {
    pub seed: u64,
    pub patient: u32,
    pub drug: u32,
}

impl Keyed {
    /// A standard normal number (Box and Muller 1958, the cosine branch).
    pub fn normal(&self, draw: Draw, index: u32) -> f64 {
        let key = [self.seed as u32, (self.seed >> 32) as u32];
        let [a, b, c, d] = philox([self.patient, self.drug, index, draw as u32], key);
        let radius = libm::sqrt(-2.0 * libm::log(unit(a, b)));
        radius * libm::cos(2.0 * std::f64::consts::PI * unit(c, d))
    }
}

/// Uniform in `(0, 1]`: 53 bits and a half.
fn unit(high: u32, low: u32) -> f64 {
    let bits = (u64::from(high) << 32 | u64::from(low)) >> 11;
    (bits as f64 + 0.5) / 9_007_199_254_740_992.0
}

/// The key of a drug's random numbers, from its name (FNV-1a; case does not matter).
pub fn drug_key(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Frozen: the drugs of published runs are drawn by it. 0x811c9dc5 and 0xe40c292c are FNV-1a's test vectors.
    #[test]
    fn keys_are_frozen() {
        assert_eq!(drug_key(""), 0x811c_9dc5);
        assert_eq!(drug_key("A"), 0xe40c_292c);
        assert_eq!(drug_key("Octreotide LAR"), drug_key("octreotide lar"));
    }

    #[test]
    fn numbers_are_normal_and_apart() {
        let keyed = Keyed { seed: 7, patient: 3, drug: drug_key("everolimus") };
        let n = 40_000u32;
        let x: Vec<f64> = (0..n).map(|i| keyed.normal(Draw::Patient, i)).collect();
        let count = f64::from(n);
        let mean = x.iter().sum::<f64>() / count;
        let variance = x.iter().map(|v| v * v).sum::<f64>() / count;
        // Five standard errors: 1/sqrt(n) and sqrt(2/n).
        assert!(mean.abs() < 5.0 / count.sqrt(), "{mean}");
        assert!((variance - 1.0).abs() < 5.0 * (2.0 / count).sqrt(), "{variance}");
        let below = x.iter().filter(|v| **v < -0.674_489_750_196_081_7).count() as f64 / count;
        assert!((below - 0.25).abs() < 5.0 * (0.1875 / count).sqrt(), "{below}");
        assert_ne!(keyed.normal(Draw::Patient, 1), keyed.normal(Draw::Occasion, 1));
        assert_ne!(keyed.normal(Draw::Patient, 1), Keyed { patient: 4, ..keyed }.normal(Draw::Patient, 1));
        assert_ne!(keyed.normal(Draw::Patient, 1), Keyed { drug: 4, ..keyed }.normal(Draw::Patient, 1));
        assert_ne!(keyed.normal(Draw::Patient, 1), Keyed { seed: 8, ..keyed }.normal(Draw::Patient, 1));
    }
}
