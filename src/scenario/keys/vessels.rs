//! `[vessels]`: vessels that live, in mode `signalling` with oxygen.

use super::{FRACTION, key};
use crate::scenario::table::Fallback::Value;
use crate::scenario::table::{Bounds, Kind, Section};
use crate::scenario::units::Dimension::{Length, Rate};

/// `[vessels]`.
pub static VESSELS: Section = Section {
    path: "vessels",
    heading: "[vessels]",
    doc: "Vessels that live: they grow with VEGF and are lost, they carry oxygen, nutrients and drugs, and drugs act on them. Beside [oxygen]; the section itself, even empty, switches them on. Densities are relative to the patient's, `vessels` of [oxygen], at which growth and loss of the untreated tumour balance: VEGF there saturates growth by h = loss / (growth (1 - 1/ceiling)), which must be below 1. Letters in brackets as in [patient].",
    keys: &[
        key(
            "unevenness",
            Kind::Number(FRACTION),
            Value("0.5"),
            "Coefficient of variation of the local density, log-normal, cut off at twice the mean; 0 for the same everywhere. Well-differentiated tumours have so many vessels (252 to 535 /mm2, Br J Cancer 2005;92:94) that fewer of them tell only where they are sparse (C; about 0.5, derived).",
            "0.5",
        ),
        key(
            "growth",
            Kind::Quantity(Rate),
            Value("\"0.03 /d\""),
            "Growth of vessels under saturating VEGF, far below the ceiling; at most 1 /d. Endothelial cells of these tumours divide rarely (Br J Cancer 2005;92:94); gives a recovery within 2 to 3 weeks off drug (C).",
            "\"0.03 /d\"",
        ),
        key(
            "loss",
            Kind::Quantity(Rate),
            Value("\"0.01 /d\""),
            "Loss of vessels without drugs; above 0, at most 1 /d (C; an order of magnitude).",
            "\"0.01 /d\"",
        ),
        key(
            "ceiling",
            Kind::Number(Bounds::above(1.0, 1.99)),
            Value("1.99"),
            "Relative density at which growth comes to a halt (C; a choice). 2 is meant; the engine's fixed point holds numbers below 2, so that 1.99 is the largest.",
            "1.99",
        ),
        key(
            "vegf_length",
            Kind::Quantity(Length),
            Value("\"100 um\""),
            "Diffusion length of VEGF, 1 um to 1 mm (C; an order of magnitude).",
            "\"100 um\"",
        ),
        key(
            "hypoxic_secretion",
            Kind::Number(Bounds::closed(1.0, 3.99)),
            Value("3.0"),
            "Factor of hypoxia on the secretion of VEGF by a cell (C; an order of magnitude). The engine's fixed point holds factors below 4, so that 3.99 is the largest.",
            "3.0",
        ),
        key(
            "nutrient_half",
            Kind::Number(Bounds::closed(0.0, 10.0)),
            Value("0.3"),
            "Division attempts follow perfusion p, relative to the patient's, as p/(p + this): at this perfusion they are half of what unlimited supply would give. 0 for no such effect (C; a choice).",
            "0.3",
        ),
        key(
            "starving_death",
            Kind::Quantity(Rate),
            Value("\"0.007804 /d\""),
            "Deaths of a cell that nothing is brought to, 0 to 1 /d (C; fitted to SUN-1111, posterior 0.0018 to 0.037). They fall in proportion to none where nutrients allow 0.6 of the attempts of the untreated tumour's mean: at a quarter of its perfusion, which untreated tumours hardly have anywhere (C).",
            "\"0.005 /d\"",
        ),
    ],
};
