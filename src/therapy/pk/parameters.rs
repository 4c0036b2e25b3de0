//! Ranges of a drug's parameters, and how weight scales them.

use crate::catalogue::{MAX_INFUSION_H, Pk};
pub(super) use crate::catalogue::{Parameter, ParameterKind as Kind, parameters};

use super::PkError;

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
    require(cv >= 0.0 && cv.is_finite(), "iov_cv", cv, "a number, 0 or more")?;
    check_infusion(pk)?;
    check_absorption(pk)?;
    check_release(pk)?;
    check_liver(pk)
}

fn check_infusion(pk: &Pk) -> Result<(), PkError> {
    let hours = pk.infusion_h.as_ref().map_or(0.0, |n| n.value);
    require(hours <= MAX_INFUSION_H, "infusion", hours, "at most 8784 h, a year")
}

pub(super) fn require(fine: bool, path: &str, value: f64, expected: &'static str) -> Result<(), PkError> {
    if fine { Ok(()) } else { Err(PkError::Parameter { path: path.to_owned(), value, expected }) }
}

/// Longest chain of transit compartments.
const MAX: u32 = 40;

fn check_absorption(pk: &Pk) -> Result<(), PkError> {
    let Some(absorption) = &pk.absorption else { return Ok(()) };
    let transit = f64::from(absorption.transit);
    require(absorption.transit <= MAX, "absorption.transit", transit, "at most 40 compartments")?;
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
        return Err(PkError::Conflict { first: "absorption", second: "infusion", reason });
    }
    Ok(())
}

fn check_release(pk: &Pk) -> Result<(), PkError> {
    if pk.release.is_empty() {
        return Ok(());
    }
    if pk.infusion_h.is_some() {
        let reason = "a dose is either a depot or infused";
        return Err(PkError::Conflict { first: "release", second: "infusion", reason });
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
        require(release.transit <= MAX, &path, f64::from(release.transit), "at most 40 compartments")?;
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
