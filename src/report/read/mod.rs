//! Folders of results, read into plain data. Nothing in them is ever changed.

mod kind;
mod run;
mod table;
mod trial;

pub use kind::{Kind, kind, look};
pub use run::{
    AdverseEvent, CellClone, Check, Environment, Exposure, RunFolder, RunSummary, Size, StateLive,
    TherapyAction, Visit,
};
pub use table::{load, load_maybe, records};
pub use trial::{
    ArmEvent, ArmRow, BesideRow, ContrastRow, CurveRow, PatientRow, ResistanceRow, Scan, TrialFolder,
    TrialSummary, Which,
};
