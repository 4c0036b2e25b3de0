//! What can be wrong with a cohort.

use super::population::POPULATIONS;
use crate::scenario::limits::MAX_LESIONS;

/// Why a cohort cannot be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CohortError {
    /// No patients.
    #[error("draw a cohort of 0 patients: give at least 1")]
    Empty,
    /// More patients than lesion ids have room for.
    #[error("draw a cohort of {0} patients: lesions are numbered for at most 16777216")]
    TooMany(u32),
    /// Unknown population of growth.
    #[error(
        "find the growth population `{name}`{}; there are {}, or change the law of `growth`",
        did_you_mean(*nearest), names()
    )]
    Population {
        /// Name as given.
        name: String,
        /// A name near to it.
        nearest: Option<&'static str>,
    },
    /// Unknown quantity.
    #[error("find the quantity `{name}` of a patient{}", did_you_mean(*nearest))]
    Quantity {
        /// Name as given.
        name: String,
        /// A name near to it.
        nearest: Option<&'static str>,
    },
    /// A value that the quantity cannot have.
    #[error("use {value} for `{quantity}`: it must be from {least} to {most}")]
    Value {
        /// Name of the quantity.
        quantity: &'static str,
        /// Value as given.
        value: f64,
        /// Smallest possible.
        least: f64,
        /// Largest possible.
        most: f64,
    },
    /// A value of what is present or absent.
    #[error("use {value} for `{quantity}`, which is present or absent: give 1 or 0")]
    Flag {
        /// Name of the quantity.
        quantity: &'static str,
        /// Value as given.
        value: f64,
    },
    /// A spread that cannot be.
    #[error("spread `{quantity}` with {what} {value}: it must be {allowed}")]
    Spread {
        /// Name of the quantity.
        quantity: &'static str,
        /// Parameter of the distribution, with its article.
        what: &'static str,
        /// Value as given.
        value: f64,
        /// What is possible.
        allowed: String,
    },
    /// The distribution has no single spread.
    #[error("spread `{quantity}` by one number: its law is {law}; give another law")]
    NoSpread {
        /// Name of the quantity.
        quantity: &'static str,
        /// Its distribution.
        law: &'static str,
    },
    /// The distribution has no typical value.
    #[error(
        "change the typical value of `{quantity}`: its law is uniform; give another law, or a fixed value"
    )]
    NoTypical {
        /// Name of the quantity.
        quantity: &'static str,
    },
    /// A distribution over numbers for what is present or absent.
    #[error(
        "give `{quantity}`, which is present or absent, a law over numbers: give a probability, or 1 or 0 for all"
    )]
    NumbersForFlag {
        /// Name of the quantity.
        quantity: &'static str,
    },
    /// A word that means no value.
    #[error(
        "read `{word}` as a value of `{quantity}`: expected a number, `true`, `clonal`, `R`, `H`, `male` or `female`"
    )]
    Word {
        /// Name of the quantity.
        quantity: &'static str,
        /// The word.
        word: &'static str,
    },
    /// Number of lesions.
    #[error("measure {0} lesions a patient: the criteria take 1 to {most} target lesions", most = MAX_LESIONS)]
    Lesions(u32),
    /// Shares of patients by number of organs.
    #[error(
        "use the shares {0:?} of patients with one, two, three organs: they must be 0 or more and sum to 1"
    )]
    Organs([f64; 3]),
    /// Shares of patients by where their tumours began.
    #[error(
        "use the shares {0:?} of patients with tumours of pancreas, gut, lung and unknown origin: they must be 0 or more and sum to 1"
    )]
    Origins([f64; 4]),
    /// Probability of a second lesion.
    #[error("use {0} as the probability of a second lesion in an organ: it must be from 0 to 1")]
    Second(f64),
    /// Spread of lesion sizes.
    #[error("spread the sizes of a patient's lesions with a log-SD of {0}: it must be from 0 to 3")]
    LesionSizes(f64),
    /// Factor on growth.
    #[error(
        "multiply the growth of patients with MEN1 and DAXX/ATRX mutated by {0}: it must be from 0.01 to 100, and is 1 for no effect"
    )]
    PrognosticFactor(f64),
}

fn did_you_mean(nearest: Option<&'static str>) -> String {
    nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

fn names() -> String {
    let quoted: Vec<String> = POPULATIONS.iter().map(|p| format!("`{}`", p.name)).collect();
    quoted.join(", ")
}
