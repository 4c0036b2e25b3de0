//! The parameters of a drug, one by one: their frozen slot numbers, their ranges, and how weight scales them.

use crate::catalogue::{Number, Pk};

use super::PkError;

/// What a parameter is, and so its range and how it varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
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
pub(super) struct Parameter<'a> {
    /// Its slot: frozen, since random numbers are keyed by it.
    pub slot: u32,
    /// Its path, as correlations and messages name it.
    pub path: String,
    pub kind: Kind,
    pub number: &'a mut Number,
}

/// All parameters of a drug, by ascending slot.
pub(super) fn parameters(pk: &mut Pk) -> Vec<Parameter<'_>> {
    let mut list = vec![
        row(1, "clearance", Kind::Clearance, Some(&mut pk.clearance)),
        row(2, "volume", Kind::Volume, Some(&mut pk.volume)),
    ];
    if let Some(exchange) = &mut pk.exchange {
        list.push(row(3, "exchange.clearance", Kind::PeripheralClearance, Some(&mut exchange.clearance)));
        list.push(row(4, "exchange.volume", Kind::PeripheralVolume, Some(&mut exchange.volume)));
    }
    if let Some(absorption) = &mut pk.absorption {
        list.push(row(5, "absorption.rate", Kind::Positive, Some(&mut absorption.rate)));
        list.push(row(6, "absorption.transit_time", Kind::Positive, absorption.transit_time.as_mut()));
    }
    list.push(row(7, "bioavailability", Kind::Positive, Some(&mut pk.bioavailability)));
    list.push(row(8, "hepatic_flow", Kind::Clearance, pk.hepatic_flow.as_mut()));
    if let Some(metabolite) = &mut pk.metabolite {
        list.push(row(9, "metabolite.fraction", Kind::Share, Some(&mut metabolite.fraction)));
        list.push(row(10, "metabolite.clearance", Kind::Clearance, Some(&mut metabolite.clearance)));
        list.push(row(11, "metabolite.volume", Kind::Volume, Some(&mut metabolite.volume)));
        if let Some(exchange) = &mut metabolite.exchange {
            let (clearance, volume) = (&mut exchange.clearance, &mut exchange.volume);
            list.push(row(12, "metabolite.exchange.clearance", Kind::PeripheralClearance, Some(clearance)));
            list.push(row(13, "metabolite.exchange.volume", Kind::PeripheralVolume, Some(volume)));
        }
        list.push(row(14, "metabolite.unbound", Kind::Share, Some(&mut metabolite.unbound)));
        list.push(row(20, "metabolite.molar_mass", Kind::Positive, Some(&mut metabolite.molar_mass)));
    }
    list.push(row(15, "infusion_h", Kind::Positive, pk.infusion_h.as_mut()));
    list.push(row(16, "unbound", Kind::Share, Some(&mut pk.unbound)));
    list.push(row(17, "residence_h", Kind::Positive, pk.residence_h.as_mut()));
    if let Some(recirculation) = &mut pk.recirculation {
        list.push(row(18, "recirculation.fraction", Kind::Share, Some(&mut recirculation.fraction)));
        list.push(row(19, "recirculation.rate", Kind::Positive, Some(&mut recirculation.rate)));
    }
    for (i, release) in pk.release.iter_mut().enumerate() {
        let slot = RELEASE + 2 * i as u32;
        let path = |name| format!("release[{}].{name}", i + 1);
        list.push(Some(Parameter {
            slot,
            path: path("fraction"),
            kind: Kind::Weight,
            number: &mut release.fraction,
        }));
        list.push(Some(Parameter {
            slot: slot + 1,
            path: path("mean_time"),
            kind: Kind::Time,
            number: &mut release.mean_time,
        }));
    }
    let mut list: Vec<Parameter<'_>> = list.into_iter().flatten().collect();
    list.sort_by_key(|p| p.slot);
    list
}

fn row<'a>(slot: u32, path: &str, kind: Kind, number: Option<&'a mut Number>) -> Option<Parameter<'a>> {
    number.map(|number| Parameter { slot, path: path.to_owned(), kind, number })
}

/// Refuses parameters out of their range and structures that contradict themselves.
pub(super) fn check(pk: &mut Pk) -> Result<(), PkError> {
    for parameter in parameters(pk) {
        let value = parameter.number.value;
        let (fine, expected) = match parameter.kind {
            Kind::Share | Kind::Weight => ((0.0..=1.0).contains(&value), "a number from 0 to 1"),
            Kind::Time => (value >= 0.0 && value.is_finite(), "a number of hours, 0 or more"),
            _ => (value > 0.0 && value.is_finite(), "a number above 0"),
        };
        require(fine, &parameter.path, value, expected)?;
        let cv = parameter.number.cv;
        let path = format!("{}.cv", parameter.path);
        require(cv >= 0.0 && cv.is_finite(), &path, cv, "a number, 0 or more")?;
    }
    let cv = pk.occasion_cv.value;
    require(cv >= 0.0 && cv.is_finite(), "occasion_cv", cv, "a number, 0 or more")?;
    check_absorption(pk)?;
    check_release(pk)?;
    check_liver(pk)
}

pub(super) fn require(fine: bool, path: &str, value: f64, expected: &'static str) -> Result<(), PkError> {
    if fine { Ok(()) } else { Err(PkError::Parameter { path: path.to_owned(), value, expected }) }
}

/// Longest chain of transit compartments.
const LONGEST: u32 = 40;

fn check_absorption(pk: &Pk) -> Result<(), PkError> {
    let Some(absorption) = &pk.absorption else { return Ok(()) };
    let transit = f64::from(absorption.transit);
    require(absorption.transit <= LONGEST, "absorption.transit", transit, "at most 40 compartments")?;
    if absorption.transit > 0 && absorption.transit_time.is_none() {
        let path = "absorption.transit".to_owned();
        return Err(PkError::Missing { path, needed: "absorption.transit_time" });
    }
    if absorption.transit > 0 && !pk.release.is_empty() {
        let reason = "a depot releases into one absorption compartment";
        return Err(PkError::Conflict { first: "absorption.transit", second: "release", reason });
    }
    if pk.infusion_h.is_some() {
        let reason = "a dose is either absorbed or infused";
        return Err(PkError::Conflict { first: "absorption", second: "infusion_h", reason });
    }
    Ok(())
}

fn check_release(pk: &Pk) -> Result<(), PkError> {
    if pk.release.is_empty() {
        return Ok(());
    }
    if pk.infusion_h.is_some() {
        let reason = "a dose is either a depot or infused";
        return Err(PkError::Conflict { first: "release", second: "infusion_h", reason });
    }
    let sum: f64 = pk.release.iter().map(|r| r.fraction.value).sum();
    require((sum - 1.0).abs() < 0.01, "release[*].fraction (their sum)", sum, "1, within 0.01")?;
    let mut before = 0.0;
    for (i, release) in pk.release.iter().enumerate() {
        let path = format!("release[{}].mean_time", i + 1);
        let time = release.mean_time.value;
        require(time >= before, &path, time, "at least that of the share before it")?;
        if release.transit == 0 {
            require(time == 0.0, &path, time, "0, since a share without compartments is a burst")?;
        } else {
            require(time > before, &path, time, "more than that of the share before it")?;
        }
        let path = format!("release[{}].transit", i + 1);
        require(release.transit <= LONGEST, &path, f64::from(release.transit), "at most 40 compartments")?;
        before = time;
    }
    Ok(())
}

fn check_liver(pk: &Pk) -> Result<(), PkError> {
    if pk.hepatic_flow.is_some() && (pk.absorption.is_none() || !pk.release.is_empty()) {
        let path = "hepatic_flow".to_owned();
        return Err(PkError::Missing { path, needed: "an oral absorption without release" });
    }
    let Some(recirculation) = &pk.recirculation else { return Ok(()) };
    if pk.absorption.is_none() {
        let path = "recirculation".to_owned();
        return Err(PkError::Missing { path, needed: "an absorption to come back to" });
    }
    if pk.hepatic_flow.is_some() {
        let reason = "what comes back would pass the liver again";
        return Err(PkError::Conflict { first: "recirculation", second: "hepatic_flow", reason });
    }
    let share = recirculation.fraction.value;
    require(share < 1.0, "recirculation.fraction", share, "less than 1, or nothing is ever eliminated")
}

/// Scales a drug's parameters from the reference weight to a patient's.
pub(super) fn scale_to(pk: &mut Pk, weight_kg: f64) -> Result<(), PkError> {
    if !(weight_kg > 0.0 && weight_kg.is_finite()) {
        return Err(PkError::Weight { value: weight_kg });
    }
    let Some(allometry) = pk.allometry.clone() else { return Ok(()) };
    let reference = allometry.reference_kg;
    require(
        reference > 0.0 && reference.is_finite(),
        "allometry.reference_kg",
        reference,
        "a number above 0",
    )?;
    let factor = |path: &str, exponent: f64| {
        let fine = (-3.0..=3.0).contains(&exponent);
        require(fine, path, exponent, "an exponent from -3 to 3")?;
        Ok(libm::pow(weight_kg / reference, exponent))
    };
    let clearance = factor("allometry.clearance", allometry.clearance.value)?;
    let volume = factor("allometry.volume", allometry.volume.value)?;
    for parameter in parameters(pk) {
        parameter.number.value *= match parameter.kind {
            Kind::Clearance => clearance,
            Kind::Volume => volume,
            Kind::PeripheralClearance if allometry.peripheral => clearance,
            Kind::PeripheralVolume if allometry.peripheral => volume,
            _ => 1.0,
        };
    }
    Ok(())
}
