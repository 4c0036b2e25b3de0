//! Random numbers of adverse events, and of a patient's vessels: functions of (seed, patient, event, day, purpose), the same in every arm.

use crate::tissue::random::{StreamKey, box_muller};

/// What a number is for. The values are part of the frozen counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum ToxicityDraw {
    /// Whether an event happens on a day, and of which grade; and what is done about it.
    Event = 0x7478_0001,
    /// How long it lasts.
    Recovery = 0x7478_0002,
    /// A patient's EC50 of a drug on vessels; the event is the drug's key.
    Vessels = 0x7478_0003,
}

impl ToxicityDraw {
    /// Two uniform numbers for an event on a day.
    pub fn uniforms(self, key: StreamKey, event: u32, day: u32) -> [f64; 2] {
        key.block([event, day, self as u32]).open()
    }

    /// A standard normal number for an event on a day.
    pub fn normal(self, key: StreamKey, event: u32, day: u32) -> f64 {
        box_muller(self.uniforms(key, event, day))
    }
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
        let key = StreamKey { seed: 1, patient: 2 };
        let bits = |draw: ToxicityDraw, event, day| draw.uniforms(key, event, day).map(f64::to_bits);
        assert_eq!(bits(ToxicityDraw::Event, 3, 4), bits(ToxicityDraw::Event, 3, 4));
        assert_ne!(bits(ToxicityDraw::Event, 3, 4), bits(ToxicityDraw::Recovery, 3, 4));
        assert_ne!(bits(ToxicityDraw::Event, 3, 4), bits(ToxicityDraw::Event, 4, 3));
        assert_ne!(
            bits(ToxicityDraw::Event, 3, 4),
            ToxicityDraw::Event.uniforms(StreamKey { seed: 1, patient: 3 }, 3, 4).map(f64::to_bits)
        );
    }

    #[test]
    fn numbers_are_uniform_and_normal() {
        let key = StreamKey { seed: 9, patient: 5 };
        let n = 20_000_u32;
        let mut mean = [0.0; 2];
        let mut product = 0.0;
        let mut square = 0.0;
        for day in 0..n {
            let [u, v] = ToxicityDraw::Event.uniforms(key, 77, day);
            mean[0] += u;
            mean[1] += v;
            product += (u - 0.5) * (v - 0.5);
            square += ToxicityDraw::Recovery.normal(key, 77, day).powi(2);
        }
        let n = f64::from(n);
        // Five standard errors.
        assert!(mean.iter().all(|m| (m / n - 0.5).abs() < 5.0 * (1.0 / 12.0 / n).sqrt()), "{mean:?}");
        assert!((product / n).abs() < 5.0 / 12.0 / n.sqrt(), "{product}");
        assert!((square / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{square}");
    }
}
