//! The files of the catalogue of drugs, as text.

/// Name and text of every file of `scenarios/catalogue/drugs/`, in the order of the catalogue.
pub(super) const FILES: &[(&str, &str)] = &[];
