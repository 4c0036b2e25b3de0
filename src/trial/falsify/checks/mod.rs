//! How each falsifier's figures are computed.

mod courses;
mod efficacy;
mod implementation;
mod resistance;
mod sequences;
mod tissue;

pub use courses::{f12, f13};
pub use efficacy::{f1, f2, f3, f4, f5, f11, f16};
pub use implementation::{f17, f19};
pub use resistance::{f7, f14, f15};
pub use sequences::{f6, f9};
pub use tissue::{f8, f10};

use super::lab::Lab;
use super::{Bound, FigurePart};
use crate::trial::error::TrialError;

/// What a check gives.
pub type FigureParts = Result<Vec<FigurePart>, TrialError>;

/// Names of arms and files.
pub mod names {
    /// Everolimus at its dose.
    pub const E10: &str = "everolimus 10 mg";
    /// Everolimus at half of it.
    pub const E5: &str = "everolimus 5 mg";
    /// With a somatostatin analogue.
    pub const E_OCTREOTIDE: &str = "everolimus and octreotide";
    /// With an antibody against VEGF.
    pub const E_BEVACIZUMAB: &str = "everolimus and bevacizumab";
    /// With sunitinib.
    pub const E_SUNITINIB: &str = "everolimus and sunitinib";
    /// A sequence.
    pub const E_THEN_S: &str = "everolimus then sunitinib";
    /// The other way round.
    pub const S_THEN_E: &str = "sunitinib then everolimus";
    /// Another inhibitor of mTOR after everolimus.
    pub const E_THEN_T: &str = "everolimus then sapanisertib";
    /// An inhibitor of the ATP site of mTOR.
    pub const T: &str = "sapanisertib 3 mg";
    /// Nothing against the tumour.
    pub const CARE: &str = "supportive care";
    /// Sunitinib every day.
    pub const DAILY: &str = "37.5 mg daily";
    /// Sunitinib with weeks off.
    pub const CYCLES: &str = "50 mg, 4 weeks of 6";
    /// The file of most trials.
    pub const RADIANT_3: &str = "radiant-3";
}
