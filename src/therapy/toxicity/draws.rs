//! Random numbers of adverse events, and of a patient's vessels: functions of (seed, patient, event, day, purpose), the same in every arm.

use crate::tissue::random::philox;

/// What a number is for. The values are part of the frozen counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Draw {
    /// Whether an event happens on a day, and of which grade; and what is done about it.
    Event = 0x7478_0001,
    /// How long it lasts.
    Recovery = 0x7478_0002,
    /// A patient's EC50 of a drug on vessels; the event is the drug's key.
    Vessels = 0x7478_0003,
}

/// Whose numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keyed {
    pub seed: u64,
    pub patient: u32,
}

impl Keyed {
    /// Two uniform numbers in (0, 1) for an event on a day.
    pub fn uniforms(&self, draw: Draw, event: u32, day: u32) -> [f64; 2] {
        let key = [self.seed as u32, (self.seed >> 32) as u32];
        let [a, b, c, d] = philox([self.patient, event, day, draw as u32], key);
        [unit(a, b), unit(c, d)]
    }

    /// A standard normal number for an event on a day (Box and Muller 1958).
    pub fn normal(&self, draw: Draw, event: u32, day: u32) -> f64 {
        let [u, v] = self.uniforms(draw, event, day);
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(2.0 * std::f64::consts::PI * v)
    }
}

/// Uniform in (0, 1): 52 bits and a half.
fn unit(high: u32, low: u32) -> f64 {
    let bits = (u64::from(high) << 32 | u64::from(low)) >> 12;
    (bits as f64 + 0.5) / 4_503_599_627_370_496.0
}

/// The key of a drug's event (FNV-1a of `drug/event` in lower case).
pub(crate) fn event_key(drug: &str, event: &str) -> u32 {
    let bytes = drug.bytes().chain([b'/']).chain(event.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Frozen: published runs depend on these.
    #[test]
    fn keys_and_numbers_are_frozen() {
        assert_eq!(event_key("everolimus", "stomatitis"), event_key("Everolimus", "Stomatitis"));
        assert_ne!(event_key("everolimus", "stomatitis"), event_key("sunitinib", "stomatitis"));
        let keyed = Keyed { seed: 1, patient: 2 };
        let bits = |draw, event, day| keyed.uniforms(draw, event, day).map(f64::to_bits);
        assert_eq!(bits(Draw::Event, 3, 4), bits(Draw::Event, 3, 4));
        assert_ne!(bits(Draw::Event, 3, 4), bits(Draw::Recovery, 3, 4));
        assert_ne!(bits(Draw::Event, 3, 4), bits(Draw::Event, 4, 3));
        assert_ne!(
            bits(Draw::Event, 3, 4),
            Keyed { seed: 1, patient: 3 }.uniforms(Draw::Event, 3, 4).map(f64::to_bits)
        );
    }

    #[test]
    fn numbers_are_uniform_and_normal() {
        let keyed = Keyed { seed: 9, patient: 5 };
        let n = 20_000_u32;
        let mut mean = [0.0; 2];
        let mut product = 0.0;
        let mut square = 0.0;
        for day in 0..n {
            let [u, v] = keyed.uniforms(Draw::Event, 77, day);
            mean[0] += u;
            mean[1] += v;
            product += (u - 0.5) * (v - 0.5);
            square += keyed.normal(Draw::Recovery, 77, day).powi(2);
        }
        let n = f64::from(n);
        // Five standard errors.
        assert!(mean.iter().all(|m| (m / n - 0.5).abs() < 5.0 * (1.0 / 12.0 / n).sqrt()), "{mean:?}");
        assert!((product / n).abs() < 5.0 / 12.0 / n.sqrt(), "{product}");
        assert!((square / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{square}");
    }
}
