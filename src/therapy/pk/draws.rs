//! Random numbers of pharmacokinetics: a normal number as a function of (seed, patient, drug, index, purpose).

use crate::tissue::random::{StreamKey, box_muller};

/// What a number is for. The values are part of the frozen counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum PkDraw {
    /// Difference of a patient's parameter from the typical one; index: the parameter's slot.
    Patient = 0x706b_0001,
    /// Difference of one occasion; index: the day.
    Occasion = 0x706b_0002,
    /// Difference of a patient's radiation parameter; index: the parameter's slot.
    Radiation = 0x706b_0003,
}

/// Whose numbers: a patient under a drug, by its key.
pub(super) type Keyed = (StreamKey, u32);

impl PkDraw {
    /// A standard normal number.
    pub fn normal(self, (key, drug): Keyed, index: u32) -> f64 {
        box_muller(key.block([drug, index, self as u32]).half_open())
    }
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
        let key = StreamKey { seed: 7, patient: 3 };
        let drug = drug_key("everolimus");
        let n = 40_000u32;
        let x: Vec<f64> = (0..n).map(|i| PkDraw::Patient.normal((key, drug), i)).collect();
        let count = f64::from(n);
        let mean = x.iter().sum::<f64>() / count;
        let variance = x.iter().map(|v| v * v).sum::<f64>() / count;
        // Five standard errors: 1/sqrt(n) and sqrt(2/n).
        assert!(mean.abs() < 5.0 / count.sqrt(), "{mean}");
        assert!((variance - 1.0).abs() < 5.0 * (2.0 / count).sqrt(), "{variance}");
        let below = x.iter().filter(|v| **v < -0.674_489_750_196_081_7).count() as f64 / count;
        assert!((below - 0.25).abs() < 5.0 * (0.1875 / count).sqrt(), "{below}");
        let first = PkDraw::Patient.normal((key, drug), 1);
        assert_ne!(first, PkDraw::Occasion.normal((key, drug), 1));
        assert_ne!(first, PkDraw::Patient.normal((StreamKey { patient: 4, ..key }, drug), 1));
        assert_ne!(first, PkDraw::Patient.normal((key, 4), 1));
        assert_ne!(first, PkDraw::Patient.normal((StreamKey { seed: 8, ..key }, drug), 1));
    }
}
