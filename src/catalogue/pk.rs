//! Pharmacokinetics of a drug: a linear compartment model in the terms of population PK.

use serde::Serialize;

use super::{Number, ParameterKind};
use crate::scenario::declare::*;
use crate::scenario::nearest::{list, nearest};
use crate::scenario::shown::shown;
use crate::scenario::units::number_text;

/// Peripheral compartment of the drug.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.pk.exchange", title = "exchange")]
pub struct Exchange {
    /// Clearance between the compartments, Q.
    #[key(
        positive(Clearance, "L/h"),
        required,
        example = "51.1 L/h",
        varies(0, ParameterKind::PeripheralClearance)
    )]
    pub clearance: Number,
    /// Volume of the peripheral compartment.
    #[key(positive(Volume, "L"), required, example = "400 L", varies(1, ParameterKind::PeripheralVolume))]
    pub volume: Number,
}

/// First-order absorption, after transit compartments if there are any.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.pk.absorption", given = both_or_none, title = Absorption::words)]
pub struct Absorption {
    /// Absorption rate, ka.
    #[key(positive(Rate, "/h"), required, example = "0.647 /h", varies(0, ParameterKind::Positive))]
    pub rate: Number,
    /// Transit compartments before.
    #[key(integer(0, 40), default = 0, example = 4)]
    pub transit: u32,
    /// Mean time through them.
    #[key(
        positive(Time, "h"),
        absent = "needed if there are transit compartments",
        example = "1.6 h",
        varies(1, ParameterKind::Positive)
    )]
    pub transit_time: Option<Number>,
}

/// A share of a depot and when it is released, in the order of time; the shares sum to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.pk.release", heading = "[[catalogue.drug.pk.release]]", title = Release::words)]
pub struct Release {
    /// Share of the dose.
    #[key(PART, required, example = 0.8, varies(0, ParameterKind::Weight))]
    pub fraction: Number,
    /// Compartments of the chain: 0 a burst, 1 a first-order release, more a delayed one.
    #[key(integer(0, 40), default = 1, example = 6)]
    pub transit: u32,
    /// Mean time to release; 0 for a burst.
    #[key(
        measure(Time, "h"), default = { value = "0 h", source = "default: a burst", confidence = "C" },
        example = "806 h", varies(1, ParameterKind::Time),
    )]
    pub mean_time: Number,
}

/// Enterohepatic circulation: part of what is eliminated waits in the bile and is absorbed again.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.pk.recirculation", title = "enterohepatic circulation")]
pub struct Recirculation {
    /// Share of the elimination that goes to the bile.
    #[key(plain(0.0, 0.99), required, example = 0.5, varies(0, ParameterKind::Share))]
    pub fraction: Number,
    /// Rate at which the bile is emptied.
    #[key(positive(Rate, "/h"), required, example = "0.1 /h", varies(1, ParameterKind::Positive))]
    pub rate: Number,
}

/// An active metabolite.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.pk.metabolite", title = Metabolite::words)]
pub struct Metabolite {
    /// Its name.
    #[key(required, example = "SU12662")]
    pub name: String,
    /// Share of the parent's clearance that forms it, by mass.
    #[key(plain_above(0.0, 1.0), required, example = 0.21, varies(0, ParameterKind::Share))]
    pub fraction: Number,
    /// Its clearance.
    #[key(positive(Clearance, "L/h"), required, example = "17.1 L/h", varies(1, ParameterKind::Clearance))]
    pub clearance: Number,
    /// Its central volume.
    #[key(positive(Volume, "L"), required, example = "635 L", varies(2, ParameterKind::Volume))]
    pub volume: Number,
    /// Its unbound share.
    #[key(plain_above(0.0, 1.0), required, example = 0.1, varies(5, ParameterKind::Share))]
    pub unbound: Number,
    /// Its molar mass.
    #[key(
        positive(MolarMass, "g/mol"),
        required,
        example = "370.4 g/mol",
        varies(11, ParameterKind::Positive)
    )]
    pub molar_mass: Number,
    /// Its peripheral compartment.
    #[key(section("catalogue.drug.pk.metabolite.exchange" "[catalogue.drug.pk.metabolite.exchange]" "Peripheral compartment of the metabolite."), absent = "one compartment", slot = 3)]
    pub exchange: Option<Exchange>,
}

/// How body weight scales the model: (weight / reference)^exponent.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.pk.allometry", title = Allometry::words)]
pub struct Allometry {
    /// Weight at which the numbers hold.
    #[key(name = "reference", within_above(Weight, 0.0, 1000.0), default = "70 kg")]
    pub reference_kg: f64,
    /// Exponent on clearances.
    #[key(
        plain(-3.0, 3.0), default = { value = 0.75, source = "default: allometry", confidence = "C" },
        example = 0.75,
    )]
    pub clearance: Number,
    /// Exponent on volumes.
    #[key(
        plain(-3.0, 3.0), default = { value = 1.0, source = "default: allometry", confidence = "C" },
        example = 1.0,
    )]
    pub volume: Number,
    /// Whether peripheral compartments scale too.
    #[key(default = true)]
    pub peripheral: bool,
}

/// Correlation between patients of two parameters that have a `cv`, named by their keys: `clearance`,
/// `metabolite.volume`, `release\[1\].fraction`.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.pk.correlation", heading = "[[catalogue.drug.pk.correlation]]")]
pub struct Correlation {
    /// One parameter.
    #[key(required, example = "clearance")]
    pub first: String,
    /// The other one.
    #[key(required, example = "metabolite.clearance")]
    pub second: String,
    /// Correlation of their logarithms.
    #[key(number(-1.0, 1.0), required, example = 0.53)]
    pub value: f64,
}

/// A linear compartment model. A dose goes into the depot if there is a `release`, else into the gut if there
/// is an `absorption`, else into the central compartment.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.pk", given = structure, rule = judge, title = Pk::words)]
pub struct Pk {
    /// What concentrations are measured in.
    #[key(choice(&["whole blood", "plasma", "serum"]), default = "plasma", example = "whole blood")]
    pub matrix: String,
    /// Clearance; apparent, CL/F, for an oral drug.
    #[key(positive(Clearance, "L/h"), required, example = "17.4 L/h", varies(1, ParameterKind::Clearance))]
    pub clearance: Number,
    /// Central volume; apparent, V/F, for an oral drug.
    #[key(positive(Volume, "L"), required, example = "25.2 L", varies(2, ParameterKind::Volume))]
    pub volume: Number,
    /// Bioavailability relative to the apparent values.
    #[key(plain_above(0.0, 10.0), default = { value = 1.0, source = "default", confidence = "C" }, example = 1.0, varies(7, ParameterKind::Positive))]
    pub bioavailability: Number,
    /// Inter-occasion variability of bioavailability: its coefficient of variation between days of one patient.
    #[key(name = "iov_cv", formerly = "occasion_cv", plain(0.0, 10.0), default = { value = 0.0, source = "default", confidence = "C" }, example = 0.192)]
    pub occasion_cv: Number,
    /// Unbound share of the measured concentration.
    #[key(plain_above(0.0, 1.0), required, example = 0.05, varies(16, ParameterKind::Share))]
    pub unbound: Number,
    /// Hepatic blood flow of a well-stirred first pass.
    #[key(
        positive(Clearance, "L/h"),
        absent = "no first pass through the liver",
        example = "80 L/h",
        varies(8, ParameterKind::Clearance)
    )]
    pub hepatic_flow: Option<Number>,
    /// Duration of an infusion, at most a year.
    #[key(
        name = "infusion",
        positive(Time, "h"),
        absent = "an instant dose",
        example = "0.5 h",
        varies(15, ParameterKind::Positive)
    )]
    pub infusion_h: Option<Number>,
    /// Proportional error of a measured concentration.
    #[key(plain(0.0, 10.0), absent = "unknown", example = 0.273)]
    pub residual_cv: Option<Number>,
    /// Half-life of the effect compartment, ln 2 / ke0, by which effects lag behind concentrations.
    #[key(
        name = "effect_half_life",
        formerly = "residence",
        positive(Time, "h"),
        absent = "the effect follows at once",
        example = "72 h",
        varies(17, ParameterKind::Positive)
    )]
    pub residence_h: Option<Number>,
    /// Peripheral compartment.
    #[key(section, absent = "one compartment", slot = 3)]
    pub exchange: Option<Exchange>,
    /// Absorption from the gut or from under the skin.
    #[key(section, absent = "none", slot = 5)]
    pub absorption: Option<Absorption>,
    /// Release from a depot.
    #[key(section, absent = "no depot", slot = 32)]
    pub release: Vec<Release>,
    /// Enterohepatic circulation.
    #[key(section, absent = "none", slot = 18)]
    pub recirculation: Option<Recirculation>,
    /// Active metabolite.
    #[key(section, absent = "none that is active", slot = 9)]
    pub metabolite: Option<Metabolite>,
    /// Correlations between patients.
    #[key(name = "correlation", section, absent = "none")]
    pub correlations: Vec<Correlation>,
    /// Scaling with body weight.
    #[key(section, absent = "body weight does not matter")]
    pub allometry: Option<Allometry>,
}

impl Absorption {
    fn words(&self) -> String {
        match self.transit {
            0 => "absorption".to_owned(),
            n => format!("absorption after {n} transit compartments"),
        }
    }
}

impl Release {
    fn words(&self) -> String {
        format!("share {{n}} of the depot, {} compartments", self.transit)
    }
}

impl Metabolite {
    fn words(&self) -> String {
        self.name.clone()
    }
}

impl Allometry {
    fn words(&self) -> String {
        format!("body weight, reference {} kg", self.reference_kg)
    }
}

impl Pk {
    fn words(&self) -> String {
        format!("pharmacokinetics ({})", self.matrix)
    }
}

fn both_or_none(reader: &Reader<'_>) {
    let Some(transit) = reader.value::<Plain, u32>("transit") else { return };
    if (transit > 0) != reader.has("transit_time") {
        reader.refuse(
            "",
            "`transit` and `transit_time` do not fit",
            "expected both or none of them",
            "give the mean time through the transit compartments, or leave both out",
        );
    }
}

/// Parts that exclude or need each other.
fn structure(reader: &Reader<'_>) {
    reader.exclusive("infusion", "absorption", "remove one: a dose is either infused or absorbed");
    reader.exclusive("infusion", "release", "remove one: a dose is either infused or in a depot");
    let swallowed = "remove one: the first pass through the liver is that of a swallowed dose";
    reader.exclusive("hepatic_flow", "release", swallowed);
    reader.exclusive(
        "recirculation",
        "hepatic_flow",
        "remove one: what comes back would pass the liver again",
    );
    let enters = reader.has("absorption") || reader.has("release");
    for part in ["hepatic_flow", "recirculation"].into_iter().filter(|part| reader.has(part) && !enters) {
        reader.refuse(
            "",
            format!("`{part}` without an absorption"),
            "expected [catalogue.drug.pk.absorption]",
            format!("add the absorption, or remove `{part}`"),
        );
    }
}

/// How far the shares of a depot may be from summing to 1: published shares are rounded.
const SUM_TOLERANCE: f64 = 1e-3;

/// Longest infusion, h: a year. Those of patients are drawn around it, and may be longer.
pub const MAX_INFUSION_H: f64 = 8784.0;

fn judge(pk: &Pk, reader: &Reader<'_>) {
    if pk.infusion_h.as_ref().is_some_and(|n| n.value > MAX_INFUSION_H) {
        reader.refuse(
            "infusion",
            "`infusion` is longer than a year",
            format!("expected at most \"{MAX_INFUSION_H} h\""),
            "correct it, or give the drug by a depot, [[catalogue.drug.pk.release]]",
        );
    }
    let mut before = 0.0;
    let depot = reader.tables("release");
    for (release, reader) in pk.release.iter().zip(&depot) {
        in_order(release, before, reader);
        before = release.mean_time.value;
    }
    let sum: f64 = pk.release.iter().map(|r| r.fraction.value).sum();
    if let Some(first) = depot.first().filter(|_| (sum - 1.0).abs() > SUM_TOLERANCE) {
        first.refuse(
            "",
            format!("the shares of the depot sum to {}", number_text((sum * 1e6).round() / 1e6)),
            "expected a sum of 1",
            "correct the fractions, or divide each by their sum",
        );
    }
    let vary = varying(pk);
    for (correlation, reader) in pk.correlations.iter().zip(reader.tables("correlation")) {
        known(correlation, &vary, &reader);
    }
}

/// The shares of a depot follow each other in time, a burst first.
fn in_order(release: &Release, before: f64, reader: &Reader<'_>) {
    let time = release.mean_time.value;
    let (found, expected) = match release.transit {
        0 if time != 0.0 => ("a burst with a mean time", "expected 0 h, since `transit = 0` is a burst"),
        0 => return,
        _ if time == 0.0 => ("a share that is released at once", "expected a time above 0, or `transit = 0`"),
        _ if time <= before => ("a share that comes before the one above it", "expected a later mean time"),
        _ => return,
    };
    reader.refuse("mean_time", found, expected, "list the shares in the order of time, a burst first");
}

/// The two names of a correlation are parameters of the drug that vary between patients.
fn known(correlation: &Correlation, vary: &[String], reader: &Reader<'_>) {
    for (key, name) in [("first", &correlation.first), ("second", &correlation.second)] {
        if vary.contains(name) {
            continue;
        }
        let names = || vary.iter().map(String::as_str);
        let help = match nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("these vary: {}; give a number a `cv`", list(names())),
        };
        let found = format!("{} does not vary", shown(name));
        reader.refuse(key, found, "expected a parameter with a `cv` above 0", help);
    }
    if correlation.first == correlation.second {
        let found = "a correlation of a parameter with itself";
        reader.refuse("second", found, "expected another parameter", "correct one of the two names");
    }
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
fn varying(pk: &Pk) -> Vec<String> {
    let mut own = pk.clone();
    parameters(&mut own).into_iter().filter(|p| p.number.cv > 0.0).map(|p| p.path).collect()
}
