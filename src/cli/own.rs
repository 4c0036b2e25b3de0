//! Drugs of the user's own files, in front of those of the program.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::scenario::{self, Catalogue, LoadedDrugs, MessageStyle};

use super::outcome::{Failure, show};

/// Where drugs are looked up.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct CatalogueArgs {
    /// A file with drugs of your own, which stand in front of those of the program; several, the last one first
    #[arg(long, value_name = "FILE")]
    pub catalogue: Vec<PathBuf>,
}

impl CatalogueArgs {
    /// The drugs of the files, then those of the program.
    pub fn load(&self) -> Result<Cow<'static, Catalogue>, Failure> {
        self.catalogue.iter().try_fold(Cow::Borrowed(Catalogue::embedded()), |all, path| {
            let own = read(path)?;
            let warnings = own.render_warnings(MessageStyle::for_stderr());
            if !warnings.is_empty() {
                show(warnings.trim_end());
            }
            Ok(Cow::Owned(Catalogue::merged(&all, own.drugs)))
        })
    }
}

fn read(path: &Path) -> Result<LoadedDrugs, Failure> {
    let text = scenario::read_file(path)?;
    let name = path.display().to_string();
    let none = || {
        Failure::Input(format!(
            "`{name}` is not a file of drugs; write each drug as [[drug]], see docs/adding-a-drug.md"
        ))
    };
    Ok(scenario::parse_drugs(&text, &name).ok_or_else(none)??)
}
