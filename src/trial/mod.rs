//! Trials: who is treated in which arms, how they are followed, and what is learned from many patients.
//!
//! | in this room | what |
//! |---|---|
//! | `cohort/` | virtual patients, each a function of laws, seed and number |
//! | `file.rs`, `review.rs` | trial files with a cohort that can be drawn; the published trials in the program |
//! | `shard/` | parts of a cohort, and the whole that they are merged to |
//! | `session/` | a trial in a folder, begun or gone on with: where a program starts |
//! | `run/` | `Plan`: a trial made ready; every patient through every arm, on workers, in order |
//! | `visits/` | `Chart`, who follows a patient: scans with errors, new lesions, laboratory values, death |
//! | `outcome/`, `results/` | end points of a patient in an arm; arms, contrasts, published figures beside simulated ones |
//! | `stats/` | statistics from plain data to plain data; it knows nothing of simulations |
//! | `output/` | the output folder |
//! | `surrogate/` | the same patients without a lattice: a mean field under the same course and chart |
//! | `assurance/` | power and assurance of a trial that is being planned |
//! | `question/` | what files that ask something of a trial have in common, and the folders of the answers |
//! | `optimise/` | which doses, schedules and orders buy how much time at which price |
//! | `discriminate/` | which measurement tells rival models apart, and in how many patients |
//! | `library/` | tumours of patients from wide laws, kept week by week, and weighted to be those of other laws |
//! | `condition/` | one patient: from scans, troughs and markers to what is foreseen under each option |
//! | `batch/` | many sets of keys of a file, each run or simulated, in one table |
//! | `estimate.rs` | what a trial will cost, worked out without a tumour |
//! | `forecast.rs` | what a trial will cost, from a few patients with small tumours |
//! | `calibrate/`, `falsify/` | fitting by sequential Monte Carlo; what would falsify the model |

pub mod assurance;
pub mod batch;
pub mod book;
pub mod calibrate;
pub mod cohort;
pub mod condition;
pub mod described;
pub mod discriminate;
pub mod error;
pub mod estimate;
pub mod exact;
pub mod falsify;
pub mod file;
pub mod fitted;
pub mod forecast;
pub mod hooks;
pub mod library;
pub mod needed;
pub mod optimise;
pub mod outcome;
pub mod output;
pub mod predict;
pub mod question;
pub mod results;
pub mod review;
pub mod run;
pub mod session;
pub mod shard;
pub mod stats;
pub mod surrogate;
pub mod unfiled;
pub mod visits;
