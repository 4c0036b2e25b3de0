//! Folders of results, read into plain data. Nothing in them is ever changed.

mod kind;
mod run;
mod series;
mod table;
mod trial;

pub use kind::{FolderKind, kind, look};
pub use run::RunFolder;
pub use series::{Check, Series, Stretch};
#[cfg(feature = "parquet")]
pub use table::head;
pub use table::{each, each_record, load, load_maybe};
pub use trial::{MAX_DRAWN, ReadTrial, evenly};
