//! The parameters of a drug that may differ between patients, one by one, with their frozen slot numbers.

use super::{Number, Pk};
use crate::scenario::declare::{Place, Section as _, Varies};

/// What a parameter is, and so its range and how it varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// A clearance or flow, L/h.
    Clearance,
    /// A clearance to and from a peripheral compartment.
    PeripheralClearance,
    /// A volume, L.
    Volume,
    /// A volume of a peripheral compartment.
    PeripheralVolume,
    /// Any other number above 0.
    Positive,
    /// A share, 0 to 1; varies by its odds.
    Share,
    /// A share of a depot: varies by its weight among the shares.
    Weight,
    /// Mean time of a depot's share, 0 or more: varies by the time since the one before.
    Time,
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter<'a> {
    /// Its slot: frozen, since random numbers are keyed by it.
    pub slot: u32,
    /// Its path, as the file, correlations and messages name it.
    pub path: String,
    /// What it is.
    pub kind: ParameterKind,
    /// The number itself.
    pub number: &'a mut Number,
}

/// All parameters of a drug, by ascending slot.
pub fn parameters(pk: &mut Pk) -> Vec<Parameter<'_>> {
    let mut list = Vec::new();
    pk.numbers_mut(&Place::default(), &mut |place, key, number| {
        if let Some(Varies { slot, kind: Some(kind) }) = key.varies {
            let path = format!("{}{}", place.path, key.name);
            list.push(Parameter { slot: place.slot + slot, path, kind, number });
        }
    });
    list.sort_by_key(|p| p.slot);
    list
}

/// Paths of the parameters that vary between patients, as correlations name them.
pub fn varying(pk: &Pk) -> Vec<String> {
    let mut own = pk.clone();
    parameters(&mut own).into_iter().filter(|p| p.number.cv > 0.0).map(|p| p.path).collect()
}
