//! What a run says of a scenario, at its place in the file.

use super::error::RunError;
use super::job::Job;
use crate::scenario::{Diagnostic, Loaded, default_loci, default_loci_of_vessels};
use crate::tissue::start::StartError;

/// A scenario that does not fit in memory, at the place in its file.
pub fn does_not_fit(loaded: &Loaded, error: RunError) -> RunError {
    match &error {
        RunError::Memory { needed, available, way_out, may_pass: false } => {
            let message = format!("this lattice takes {needed} of memory, {available} is available");
            at_key(loaded, &["lattice", "size"], &message, "expected a smaller lattice", way_out)
        }
        _ => error,
    }
}

/// A start that cannot be made, at its place in the file.
pub fn at_start(loaded: &Loaded, error: RunError) -> RunError {
    match error {
        RunError::Start(e) => {
            let key: &[&str] =
                if matches!(e, StartError::TooFew { .. }) { &["start", "composition"] } else { &["start"] };
            at_key(loaded, key, &format!("failed to {e}"), "expected a start that fits", "")
        }
        other => other,
    }
}

/// What to know where states are too many for columns of their own.
pub fn states_note(loaded: &Loaded, job: &Job) -> Option<String> {
    if !job.has_long_states() {
        return None;
    }
    let place = if job.scenario.output.series {
        "they are in states.csv"
    } else {
        "`series = false` writes no others"
    };
    let by_default = loaded.span_of(&["loci"]).is_none();
    let of_vessels = job.scenario.vessels.as_ref().map_or(0, |_| default_loci_of_vessels().len());
    let loci = match default_loci().len() + of_vessels {
        number if by_default => {
            format!(
                "; {number} loci of the catalogue are in since the file has no `loci` (`loci = []` for none)"
            )
        }
        _ => String::new(),
    };
    Some(format!(
        "{} states are too many for columns in series.csv and replicates.csv: {place}{loci}",
        job.names.len()
    ))
}

/// A finding at a key of the file.
pub fn at_key(loaded: &Loaded, key: &[&str], message: &str, label: &str, help: &str) -> RunError {
    let span = loaded.span_of(key).unwrap_or(0..0);
    let mut found = Diagnostic::error(span, message).label(label);
    if !help.is_empty() {
        found = found.help(help);
    }
    RunError::Scenario(Box::new(loaded.refused(vec![found])))
}
