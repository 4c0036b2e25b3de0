//! Pharmacokinetics of one patient and one drug: the exact solution of a linear compartment model
//! under any sequence of doses.

mod course;
mod error;
mod individual;

pub use course::{Concentrations, DayExposure, DrugCourse, Level};
pub use error::PkError;
pub use individual::{Individual, drug_key};
