//! Oxygen.

use serde::Serialize;

use crate::scenario::declare::*;

/// Oxygen that diffuses from vessels, whose density is constant unless there is \[vessels\], and is consumed by
/// live cells.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "oxygen", given = judge)]
pub struct Oxygen {
    /// Microvessel density.
    #[key(name = "vessels", within_above(Density, 0.0, 5000.0), default = "300 /mm2")]
    pub vessels_per_mm2: f64,
    /// Partial pressure in the vessels.
    #[key(name = "vessel_pressure", within_above(Pressure, 0.0, 1e6), default = "40 mmHg")]
    pub vessel_mmhg: f64,
    /// Diffusion length in tissue full of cells.
    #[key(name = "diffusion_length", within_above(Length, 0.0, 1e6), default = "150 um")]
    pub diffusion_length_um: f64,
    /// Below this pressure birth is slowed.
    #[key(name = "hypoxic", quantity(Pressure), default = "5 mmHg")]
    pub hypoxic_mmhg: f64,
    /// Factor on birth below `hypoxic`.
    #[key(FRACTION, default = 0.3)]
    pub hypoxic_birth_factor: f64,
    /// Below this pressure death is raised.
    #[key(name = "anoxic", quantity(Pressure), default = "1 mmHg")]
    pub anoxic_mmhg: f64,
    /// Added to the death rate below `anoxic`.
    #[key(name = "anoxic_death", quantity(Rate), default = "0.01 /d")]
    pub anoxic_death_add: f64,
    /// Relaxation sweeps a step; even.
    #[key(integer(2, 16), default = 4)]
    pub sweeps: u32,
}

/// Whether the numbers fit each other.
fn judge(reader: &Reader<'_>) {
    if let Some(sweeps) = reader.peek::<Plain, u32>("sweeps").filter(|sweeps| !sweeps.is_multiple_of(2)) {
        reader.refuse(
            "sweeps",
            format!("{sweeps} sweeps are an odd number"),
            "expected an even number",
            format!("the nearest is {}", (sweeps + 1).min(16)),
        );
    }
    in_order(reader, "anoxic", "hypoxic");
    in_order(reader, "hypoxic", "vessel_pressure");
}

fn in_order(reader: &Reader<'_>, low: &'static str, high: &'static str) {
    let (Some(least), Some(most)) = (reader.peek::<Plain, f64>(low), reader.peek::<Plain, f64>(high)) else {
        return;
    };
    if least > most {
        reader.refuse(
            if reader.has(low) { low } else { high },
            format!("`{low}` ({least} mmHg) is above `{high}` ({most} mmHg)"),
            format!("expected `{low}` to be at most `{high}`"),
            "the order is anoxic, hypoxic, vessel_pressure",
        );
    }
}
