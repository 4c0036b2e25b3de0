//! The parameters of a drug that may differ between patients, one by one, with their frozen slot numbers.

use super::{Number, Pk};

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

/// First slot of the depot's shares: share and mean time of the i-th are this plus 2i and 2i + 1.
const RELEASE: u32 = 32;

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
    let mut list = vec![
        row(1, "clearance", ParameterKind::Clearance, Some(&mut pk.clearance)),
        row(2, "volume", ParameterKind::Volume, Some(&mut pk.volume)),
    ];
    if let Some(exchange) = &mut pk.exchange {
        list.push(row(
            3,
            "exchange.clearance",
            ParameterKind::PeripheralClearance,
            Some(&mut exchange.clearance),
        ));
        list.push(row(4, "exchange.volume", ParameterKind::PeripheralVolume, Some(&mut exchange.volume)));
    }
    if let Some(absorption) = &mut pk.absorption {
        list.push(row(5, "absorption.rate", ParameterKind::Positive, Some(&mut absorption.rate)));
        list.push(row(
            6,
            "absorption.transit_time",
            ParameterKind::Positive,
            absorption.transit_time.as_mut(),
        ));
    }
    list.push(row(7, "bioavailability", ParameterKind::Positive, Some(&mut pk.bioavailability)));
    list.push(row(8, "hepatic_flow", ParameterKind::Clearance, pk.hepatic_flow.as_mut()));
    if let Some(metabolite) = &mut pk.metabolite {
        list.push(row(9, "metabolite.fraction", ParameterKind::Share, Some(&mut metabolite.fraction)));
        list.push(row(10, "metabolite.clearance", ParameterKind::Clearance, Some(&mut metabolite.clearance)));
        list.push(row(11, "metabolite.volume", ParameterKind::Volume, Some(&mut metabolite.volume)));
        if let Some(exchange) = &mut metabolite.exchange {
            let (clearance, volume) = (&mut exchange.clearance, &mut exchange.volume);
            list.push(row(
                12,
                "metabolite.exchange.clearance",
                ParameterKind::PeripheralClearance,
                Some(clearance),
            ));
            list.push(row(13, "metabolite.exchange.volume", ParameterKind::PeripheralVolume, Some(volume)));
        }
        list.push(row(14, "metabolite.unbound", ParameterKind::Share, Some(&mut metabolite.unbound)));
        list.push(row(
            20,
            "metabolite.molar_mass",
            ParameterKind::Positive,
            Some(&mut metabolite.molar_mass),
        ));
    }
    list.push(row(15, "infusion", ParameterKind::Positive, pk.infusion_h.as_mut()));
    list.push(row(16, "unbound", ParameterKind::Share, Some(&mut pk.unbound)));
    list.push(row(17, "residence", ParameterKind::Positive, pk.residence_h.as_mut()));
    if let Some(recirculation) = &mut pk.recirculation {
        list.push(row(18, "recirculation.fraction", ParameterKind::Share, Some(&mut recirculation.fraction)));
        list.push(row(19, "recirculation.rate", ParameterKind::Positive, Some(&mut recirculation.rate)));
    }
    for (i, release) in pk.release.iter_mut().enumerate() {
        let slot = RELEASE + 2 * i as u32;
        let path = |name| format!("release[{}].{name}", i + 1);
        list.push(Some(Parameter {
            slot,
            path: path("fraction"),
            kind: ParameterKind::Weight,
            number: &mut release.fraction,
        }));
        list.push(Some(Parameter {
            slot: slot + 1,
            path: path("mean_time"),
            kind: ParameterKind::Time,
            number: &mut release.mean_time,
        }));
    }
    let mut list: Vec<Parameter<'_>> = list.into_iter().flatten().collect();
    list.sort_by_key(|p| p.slot);
    list
}

fn row<'a>(
    slot: u32,
    path: &str,
    kind: ParameterKind,
    number: Option<&'a mut Number>,
) -> Option<Parameter<'a>> {
    number.map(|number| Parameter { slot, path: path.to_owned(), kind, number })
}

/// Paths of the parameters that vary between patients, as correlations name them.
pub fn varying(pk: &Pk) -> Vec<String> {
    let mut own = pk.clone();
    parameters(&mut own).into_iter().filter(|p| p.number.cv > 0.0).map(|p| p.path).collect()
}
