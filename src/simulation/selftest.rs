//! Whether this machine computes the same bits wherever it computes: small scenarios, run on each backend.

use std::path::Path;

use super::backends::BackendOptions;
use super::digest::hex;
use super::error::RunError;
use super::job::Job;
use super::run::{Settings, run_in_memory};
use crate::engine::{Stage, gpu};
use crate::scenario::{self, Scenario};

/// Small scenarios that between them reach every stage and rule.
pub const SCENARIOS: [(&str, &str); 4] = [
    ("nests", include_str!("selftest/nests.toml")),
    ("ball", include_str!("selftest/ball.toml")),
    ("mixed", include_str!("selftest/mixed.toml")),
    ("crowd", include_str!("selftest/crowd.toml")),
];

/// How a backend's digest compares with the expected one.
#[derive(Debug)]
pub enum Comparison {
    /// It is the same.
    Same,
    /// It differs: what it is.
    Differs(String),
    /// There is none.
    Failed(RunError),
}

/// A scenario of [`SCENARIOS`] made ready, up to the check after so many steps.
///
/// # Errors
///
/// None for those, unless the program is at fault.
pub fn job(name: &str, text: &str, steps: Option<u32>) -> Result<Job, RunError> {
    job_of(scenario::parse(text, name, Path::new(""))?.scenario, Path::new(""), steps)
}

/// Any scenario made ready, up to the check after so many steps; paths in it are taken from `base`.
///
/// # Errors
///
/// As for [`Job::new`].
pub fn job_of(mut scenario: Scenario, base: &Path, steps: Option<u32>) -> Result<Job, RunError> {
    if let Some(steps) = steps {
        let time = &mut scenario.time;
        time.end = (steps.div_ceil(time.check) * time.check).min(time.end);
        let end = time.end;
        scenario.output.clones.retain(|step| *step <= end);
    }
    Job::new(&scenario, base)
}

/// The digest of a job on a backend.
///
/// # Errors
///
/// As the run fails.
pub fn digest(job: &Job, backend: BackendOptions) -> Result<String, RunError> {
    let settings = Settings { backend, ..Settings::default() };
    Ok(hex(&run_in_memory(job, &settings)?.digest))
}

/// Holds the digest of a job on a backend against the expected one.
pub fn compare(job: &Job, backend: BackendOptions, expected: &str) -> Comparison {
    match digest(job, backend) {
        Ok(digest) if digest == expected => Comparison::Same,
        Ok(digest) => Comparison::Differs(digest),
        Err(error) => Comparison::Failed(error),
    }
}

/// The first difference between CPU and GPU, stage by stage, in words.
pub fn first_difference(job: &Job, options: &BackendOptions) -> String {
    let found = job.starting_lesions(0..job.lesions(), 1).and_then(|states| {
        let (model, end) = (job.model.clone(), job.scenario.time.end);
        Ok(gpu::lockstep(model, &states, &[], &options.gpu(), Stage::List, end)?)
    });
    match found {
        Ok(report) => match &report.mismatch {
            Some(mismatch) => mismatch.to_string(),
            None => format!("stage by stage there is no difference in {} steps", report.steps),
        },
        Err(error) => format!("failed to look for the first difference: failed to {error}"),
    }
}
