//! How patients differ: every parameter of a patient, declared once.
//!
//! A parameter that is a key of `[patient]` has its typical value, unit and range from there. Of all of them, how they differ
//! between patients (between-subject variability) is said here; sampling, the names of `[[cohort.change]]` and the
//! reference page follow.

use serde::Serialize;

use crate::catalogue::{Confidence, TscContext as Context};
use crate::scenario::table::{Key, Kind};
use crate::scenario::{PatientData, STARTING_STATES, Sex, keys};

/// A distribution between patients.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Distribution {
    /// The same for all.
    Fixed,
    /// Log-normal about the typical value, cut off at `most`.
    LogNormal {
        /// Standard deviation of the natural logarithm.
        log_sd: f64,
        /// Largest value.
        most: f64,
    },
    /// Beta with the typical value as its mean.
    Beta {
        /// Standard deviation.
        sd: f64,
    },
    /// Uniform between two values.
    Uniform {
        /// Smallest.
        least: f64,
        /// Largest.
        most: f64,
    },
    /// The value in `is` with this probability, else the typical value.
    Bernoulli {
        /// Probability.
        probability: f64,
        /// What it is when present.
        is: &'static str,
    },
}

/// What values a parameter can have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ParameterRange {
    /// From the first to the second.
    Numbers(f64, f64),
    /// 0 or 1.
    Flag,
}

/// Stands for the open end of what must be above 0.
const ABOVE_ZERO: f64 = 1e-12;

/// What a parameter is.
#[derive(Debug, Clone, Copy)]
enum Held {
    /// A key of `[patient]`.
    Key { key: &'static str, of: fn(&PatientData) -> f64, set: fn(&mut PatientData, f64) },
    /// The share of starting cells with this level of the locus of its name.
    Locus { level: u8 },
    /// Anything else that only cohorts have.
    Own { typical: f64, unit: &'static str, range: ParameterRange },
}

/// What is said of a parameter.
struct Declared {
    name: &'static str,
    held: Held,
    distribution: Distribution,
    confidence: Confidence,
    source: &'static str,
}

macro_rules! key {
    ($field:ident) => {
        key!($field, stringify!($field))
    };
    // A number whose key has another name.
    ($field:ident, $key:expr) => {
        (stringify!($field), Held::Key { key: $key, of: |p| p.$field, set: |p, x| p.$field = x })
    };
    // One of two values, the first of which is 0.
    ($field:ident is $zero:expr, $one:expr) => {
        key!($field is $zero, $one, stringify!($field))
    };
    ($field:ident is $zero:expr, $one:expr, $name:expr) => {
        ($name, Held::Key {
            key: stringify!($field),
            of: |p| f64::from(u8::from(p.$field == $one)),
            set: |p, x| p.$field = if x > 0.5 { $one } else { $zero },
        })
    };
}

const fn locus(name: &'static str, level: u8) -> (&'static str, Held) {
    (name, Held::Locus { level })
}

const fn own(
    name: &'static str,
    typical: f64,
    unit: &'static str,
    range: ParameterRange,
) -> (&'static str, Held) {
    (name, Held::Own { typical, unit, range })
}

const fn log_normal(log_sd: f64) -> Distribution {
    LogNormal { log_sd, most: f64::INFINITY }
}

const fn chance(probability: f64, is: &'static str) -> Distribution {
    Bernoulli { probability, is }
}

macro_rules! parameters {
    ($($parameter:ident = $slot:literal, $held:expr, $distribution:expr, $confidence:ident, $source:expr;)*) => {
        /// A parameter by which patients differ, by its slot. Random numbers are keyed by slots, so they are frozen: a new
        /// parameter takes the next number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u32)]
        #[expect(missing_docs, reason = "the table says what each is")]
        pub enum PatientParameter {
            $($parameter = $slot,)*
        }

        impl PatientParameter {
            /// All of them, in the order of their slots.
            pub const ALL: [Self; [$($slot),*].len()] = [$(Self::$parameter),*];
        }

        static DECLARED: [Declared; PatientParameter::ALL.len()] = [$({
            let (name, held) = $held;
            Declared { name, held, distribution: $distribution, confidence: $confidence, source: $source }
        }),*];
    };
}

const CHOICE: &str = "choice of the model";
const SEQUENCED: &str = "sequenced pancreatic NETs (Nature 2017;543:65; Science 2011;331:1199)";

use Confidence::{A, B, C};
use Distribution::{Bernoulli, Beta, Fixed, LogNormal, Uniform};
use ParameterRange::{Flag, Numbers};

// Growth is that of RADIANT-3; other trials name their own.
parameters! {
    Growth = 1, key!(growth), log_normal(1.32), B,
        "surrogate fit to the placebo arm of RADIANT-3 (NEJM 2011;364:514)";
    CoupledLoss = 2, key!(coupled_loss), Beta { sd: 0.12 }, C,
        "typical: 0.65 to 0.77 agree with RADIANT-3 and the growth weights, with which it is confounded; spread: that of potential \
         doubling times between tumours (CV 63 %, christie.openrepository.com/10541/52375), 0.05 to 0.18 by how far it goes with growth";
    Ki67 = 3, own("ki67", 5.0, "%", Numbers(ABOVE_ZERO, 100.0)), log_normal(0.4), C,
        "noise about 100 x births per day x 2 d; a biomarker only";
    Gamma = 4, key!(gamma), log_normal(0.4), C,
        "spread of the share of net growth that everolimus removes (logit-SD 0.4 to 2.3, surrogate fit to RADIANT-3)";
    KillFactor = 5, key!(kill_factor), log_normal(0.9), B,
        "drug effect between patients in models of tumour size: log-SD 1.19 and 0.63 (sunitinib, CPT Pharmacometrics Syst Pharmacol 2013;2:e84 and \
         2016;5:173), 0.62 (pazopanib, 2015;4:660)";
    RapalogEcFactor = 6, key!(rapalog_ec_factor), log_normal(0.5), C, CHOICE;
    InductionFactor = 7, key!(induction_factor), log_normal(0.5), C,
        "induced switching 4e-6 to 3e-3 /d (surrogate fit to RADIANT-3)";
    RtkFraction = 8, key!(rtk_fraction), LogNormal { log_sd: 1.0, most: 0.5 }, C,
        "0.027, range 3e-4 to 0.13 (surrogate fit to RADIANT-3)";
    Gsk3Fraction = 9, key!(gsk3_fraction), LogNormal { log_sd: 1.0, most: 0.5 }, C, CHOICE;
    TscFraction = 10, key!(tsc_fraction), chance(0.03, "clonal"), B,
        "TSC1/TSC2 in 2 to 4 % of pancreatic NETs (Nature 2017;543:65); else pre-existing cells";
    KinaseFraction = 11, key!(kinase_fraction), chance(0.01, "clonal"), C,
        "pre-existing cells of 1e9 at 2.3e-8 per division; clonal in 0.5 to 1 % of patients from memory";
    FrbFraction = 12, key!(frb_fraction), Fixed, C,
        "pre-existing cells of 1e10 at 8e-9 per division";
    UpregulatedReach = 13, key!(upregulated_reach), Uniform { least: 0.0, most: 1.0 }, C,
        "which receptor drives the escape differs between tumours; choice of the model";
    TscContext = 14, key!(tsc_context is Context::H, Context::R), chance(0.3, "R"), C,
        "70 % hypersensitive (NEJM 2014;371:1426), 30 % resistant; choice of the model";
    Sstr = 15, key!(sstr), chance(0.2, "0"), C,
        "SSTR2 in 80 % of patients";
    Fgfr4R388 = 16, key!(fgfr4_r388 is false, true), chance(0.5, "true"), C,
        "half of patients are carriers; effect contradictory, off by default";
    Phlpp2S1016 = 17, key!(phlpp2_s1016 is false, true), chance(0.3, "true"), C,
        "three in ten patients are carriers; effect off by default";
    Men1 = 18, key!(men1 is false, true), chance(0.44, "true"), B, SEQUENCED;
    DaxxAtrx = 19, key!(daxx_atrx is false, true), chance(0.43, "true"), B, SEQUENCED;
    Pten = 20, locus("pten", 2), chance(0.071, "clonal"), B, SEQUENCED;
    Pik3ca = 21, locus("pik3ca", 1), chance(0.02, "clonal"), B, SEQUENCED;
    Kras = 22, locus("kras", 1), chance(0.005, "clonal"), C,
        "below 1 % of well-differentiated tumours";
    MgmtLow = 23, own("mgmt_low", 0.0, "", Flag), chance(0.5, "true"), C,
        "half of pancreatic NETs lack MGMT, from memory";
    DiameterSum = 24, own("diameter_sum", 110.0, "mm", Numbers(1.0, 2000.0)), log_normal(0.5), B,
        "sums of target lesions, medians 108 to 255 mm in GIST cohorts (CPT Pharmacometrics Syst Pharmacol 2013;2:e84)";
    Vessels = 25, own("vessels", 300.0, "/mm2", Numbers(1.0, 10_000.0)), log_normal(0.4), B,
        "within 252 (well-differentiated carcinomas) to 535 (benign) of pancreatic NETs, near the low end (Br J Cancer 2005;92:94)";
    VegfrEcFactor = 26, key!(vegfr_ec_factor), log_normal(0.5), A,
        "sunitinib IC50 between patients (CPT Pharmacometrics Syst Pharmacol 2013;2:e84)";
    RadiationDoseFactor = 27, key!(radiation_dose_factor), log_normal(0.5), C,
        "doses of 2 to 77 Gy a cycle in 182 lesions (PMC8978188): log-SD 0.68 in all if so many span 5.4 of them; what of it is between patients: choice of the model";
    CgaPerCell = 28, own("cga_per_cell", 1.0, "", Numbers(0.0, 1e6)), log_normal(1.2), C,
        "chromogranin A between patients";
    WeightKg = 29, key!(weight_kg, "weight"), log_normal(0.2), C, CHOICE;
    Male = 30, key!(sex is Sex::Female, Sex::Male, "male"), chance(0.45, "female"), C,
        "55 % men in trials of pancreatic NETs, from memory";
    Age = 31, own("age", 58.0, "y", Numbers(18.0, 100.0)), LogNormal { log_sd: 0.19, most: 100.0 }, C,
        "median of RADIANT-3 (NEJM 2011;364:514), from memory; spread: choice of the model";
    AnalogueRefractory = 32, key!(analogue_refractory is false, true), chance(0.0, "true"), C,
        "8 in 10 of those who progressed on a somatostatin analogue; choice of the model";
    Grade2 = 33, own("grade_2", 0.0, "", Flag), chance(0.17, "true"), C,
        "16 to 17 % moderately differentiated in RADIANT-3 (NEJM 2011;364:514), from memory";
    Progressing = 34, own("progressing", 1.0, "", Flag), chance(0.0, "0"), C,
        "documented progression within a year was required in RADIANT-3 (NEJM 2011;364:514)";
}

// Slots have no gaps.
const _: () = {
    let mut index = 0;
    while index < PatientParameter::ALL.len() {
        assert!(PatientParameter::ALL[index].index() == index);
        index += 1;
    }
};

impl PatientParameter {
    /// The parameter of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|parameter| parameter.name() == name)
    }

    /// Where it stands among all.
    pub const fn index(self) -> usize {
        self as usize - 1
    }

    fn declared(self) -> &'static Declared {
        &DECLARED[self.index()]
    }

    fn key(self) -> Option<&'static Key> {
        let Held::Key { key, .. } = self.declared().held else { return None };
        keys::PATIENT.find(key)
    }

    /// Its name: that of the field of [`PatientData`], where it is one.
    pub fn name(self) -> &'static str {
        self.declared().name
    }

    /// Typical value, in its unit (median; mean of a beta distribution; 0 for what is usually absent).
    pub fn typical(self) -> f64 {
        match self.declared().held {
            Held::Key { of, .. } => of(&PatientData::typical()),
            Held::Locus { .. } => 0.0,
            Held::Own { typical, .. } => typical,
        }
    }

    /// Unit; empty for a plain number.
    pub fn unit(self) -> &'static str {
        match (self.declared().held, self.key().map(|key| &key.kind)) {
            (Held::Own { unit, .. }, _) => unit,
            (_, Some(Kind::Within(dimension, _))) => dimension.canonical(),
            _ => "",
        }
    }

    /// What values it can have; draws beyond are cut off.
    pub fn range(self) -> ParameterRange {
        match (self.declared().held, self.key().map(|key| &key.kind)) {
            (Held::Own { range, .. }, _) => range,
            (_, Some(Kind::Number(bounds) | Kind::Within(_, bounds))) => {
                Numbers(if bounds.above { bounds.min.max(ABOVE_ZERO) } else { bounds.min }, bounds.max)
            }
            (Held::Locus { .. }, _) => Numbers(0.0, 1.0),
            (Held::Key { .. }, _) => Flag,
        }
    }

    /// The distribution between patients.
    pub fn distribution(self) -> Distribution {
        self.declared().distribution
    }

    /// Where value and distribution come from.
    pub fn source(self) -> &'static str {
        self.declared().source
    }

    /// How sure they are.
    pub fn confidence(self) -> Confidence {
        self.declared().confidence
    }

    /// Locus and level, if it is the share of starting cells that have them.
    pub fn starting_state(self) -> Option<(&'static str, u8)> {
        match self.declared().held {
            Held::Key { key, .. } => {
                STARTING_STATES.iter().find(|state| state.key == key).map(|state| (state.locus, state.level))
            }
            Held::Locus { level } => Some((self.name(), level)),
            Held::Own { .. } => None,
        }
    }

    /// Gives a patient this value of it; nothing where it is not a key.
    pub fn set(self, patient: &mut PatientData, value: f64) {
        if let Held::Key { set, .. } = self.declared().held {
            set(patient, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_that_a_scenario_accepts() {
        for parameter in
            PatientParameter::ALL.into_iter().filter(|p| matches!(p.declared().held, Held::Key { .. }))
        {
            let key = parameter.key().unwrap();
            assert!(key.doc.contains(&format!("({:?}", parameter.confidence())), "{}: {}", key.name, key.doc);
            let typical = parameter.typical();
            match (parameter.range(), &key.kind) {
                (Numbers(least, most), Kind::Number(bounds) | Kind::Within(_, bounds)) => {
                    assert!([least, typical, most].iter().all(|x| bounds.contain(*x)), "{}", key.name);
                }
                (range, kind) => {
                    assert!(range == Flag && matches!(kind, Kind::Flag | Kind::Choice(_)), "{kind:?}")
                }
            }
            let mut patient = PatientData::typical();
            parameter.set(&mut patient, typical);
            assert_eq!(patient, PatientData::typical());
            let other = if let Numbers(_, most) = parameter.range() { most } else { 1.0 - typical };
            parameter.set(&mut patient, other);
            assert!(patient != PatientData::typical() || other == typical, "{}", key.name);
        }
        let units =
            [PatientParameter::Growth, PatientParameter::WeightKg, PatientParameter::Gamma].map(|p| p.unit());
        assert_eq!(units, ["/d", "kg", ""]);
    }
}
