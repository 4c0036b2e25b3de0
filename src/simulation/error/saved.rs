//! Why a saved state cannot be a start.

use std::path::PathBuf;

/// Why a saved state cannot be a start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// The run had not begun.
    #[error("start from `{}`: it holds no tissue, its run had not begun; resume that run first", .0.display())]
    Empty(PathBuf),
    /// All of its cells are dead.
    #[error("start from `{}`: it holds no live cell; save the tissue of an earlier day", .0.display())]
    NoLiveCell(PathBuf),
    /// Cells are changed at a locus that the scenario lacks.
    #[error(
        "start from `{}`: it holds cells with {state}, which the scenario's loci do not know; add the locus \
         `{locus}` to the scenario", path.display()
    )]
    UnknownState {
        /// The checkpoint.
        path: PathBuf,
        /// Locus and level of the cells.
        state: String,
        /// The locus.
        locus: String,
    },
    /// The scenario that was saved with the tissue cannot be read.
    #[error("start from `{}`: its own scenario cannot be read ({why}); save the tissue again with this version", path.display())]
    OldScenario {
        /// The checkpoint.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}
