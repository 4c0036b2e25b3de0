//! Adverse events.
mod draws;
mod hazard;
