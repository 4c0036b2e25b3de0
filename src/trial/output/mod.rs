//! The output folder of a trial.
//!
//! | file | what it holds |
//! |---|---|
//! | `patients.csv` | a row per patient and arm: end points, response, toxicity, resistance |
//! | `dose_intensity.csv` | a row per patient, arm and drug |
//! | `cohort.csv`, `lesions.csv`, `starting_states.csv` | all that differs between patients |
//! | `visits.csv` | a row per scan |
//! | `laboratory.csv` | a row per laboratory visit |
//! | `events.csv` | a row per action and adverse event, in the order of days |
//! | `arms.csv` | a row per arm and measure |
//! | `contrasts.csv` | a row per pair of arms and end point |
//! | `survival.csv` | the curves of Kaplan and Meier: time, at risk, events, censored, share, interval |
//! | `resistance.csv` | mean composition of the tumours of an arm over time |
//! | `published.csv` | published figures beside simulated ones, where the file has any |
//! | `overlay.csv` | a user's own survival times, where they were given |
//! | `outcomes.jsonl` | a line per patient: the outcomes exactly, for `resume` and `merge` ([`outcomes`]) |
//! | `summary.json` | arms, contrasts and published figures as data |
//! | `effective.toml` | the scenario with every default |
//! | `shard.json` | of a part of a cohort, in place of all that is made of all patients: what it is a part of |
//! | `checkpoint.json` | how far a trial has come that is not done ([`kept`]) |
//!
//! Tables of patients and the outcomes grow patient by patient, in the order of patients, and hold whole patients at every moment; the rest is
//! written when the last patient is done, or when the trial is stopped, of those who are.

mod files;
mod folder;
pub mod kept;
pub mod outcomes;
mod progress;
pub mod rows;
mod whole;

pub(super) use files::GROWING;
pub use folder::{NEEDED_GROWTH, OVERLAY, PREDICTIONS, TrialFolder, table_names};
pub use progress::{Extras, TrialProgress};
pub use whole::{RunInfo, TrialSummary, WholeTrial, tables};
