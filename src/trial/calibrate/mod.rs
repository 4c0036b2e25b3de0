//! Calibration: a few numbers fitted to the figures that were set aside for it, and to no others.
//!
//! ```text
//! Calibration (file) ─► trials and figures (role "calibrated" alone)
//!     prior ─► draws ─► mean-field surrogate ─► distance ─► generations of ABC-SMC ─► posterior
//!     draws of the posterior ─► agents ─► the best of them: the fitted values
//! ```

mod abc;
mod distance;
mod file;
mod folder;
mod search;

pub use abc::{Attempt, Particle, Sampler, threshold, weigh};
pub use distance::{Fit, FitRow, PosteriorRow, distance, fits};
pub use file::{
    Calibration, CalibrationError, FitParameter, FitTarget, Fitted, OwnTrials, PriorScale, Usual, at,
};
pub use folder::{CalibrationQuestion, Marginal, is_calibration, is_done, question, run};
pub use search::{JudgedDraw, Ledger, Search};
