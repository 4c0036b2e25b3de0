//! The run: a scenario becomes a model and lesions, which a backend advances from check to check.

pub mod assemble;
