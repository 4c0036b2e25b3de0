//! Calibration: a few numbers fitted to the figures that were set aside for it, and to no others.
//!
//! ```text
//! Calibration (file) ─► trials and figures (role "calibrated" alone)
//!     prior ─► draws ─► mean-field surrogate ─► distance ─► generations of ABC-SMC ─► posterior
//!     draws of the posterior ─► agents ─► the best of them: the fitted values
//! ```

mod abc;
mod book;
mod distance;
mod file;
mod search;

pub use abc::{Attempt, Particle, Sampler, threshold, weigh};
pub use book::Book;
pub use distance::{Fit, FitRow, PosteriorRow, at, distance, fits};
pub use file::{Calibration, CalibrationError, Fitted, Parameter, Scale, Target, Usual};
pub use search::{Found, Judged, Ledger, Search};
