//! Who goes through which arms.

use std::collections::BTreeSet;
use std::path::Path;

use crate::scenario::{Estimand, ScanReader, Scenario, effective_toml, nearest_name};
use crate::simulation::naming::counted;
use crate::trial::error::TrialError;
use crate::trial::file;
use crate::trial::output::table_names;
use crate::trial::run::Plan;
use crate::trial::shard::Shard;

/// Who goes through which arms, where that is not as the trial's file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Size of the cohort.
    pub patients: Option<u32>,
    /// These patients alone, by number from 0; empty: all.
    pub only: Vec<u32>,
    /// This part of the cohort alone.
    pub shard: Option<Shard>,
    /// These arms alone, by name; empty: all.
    pub arms: Vec<String>,
    /// These tables alone, by name; empty: all.
    pub tables: Vec<String>,
    /// Seed of the trial.
    pub seed: Option<u64>,
    /// Live agents of a patient at the start, at least.
    pub agents: Option<u32>,
    /// Whose reading of scans is shown, and of which published figures.
    pub reader: Option<ScanReader>,
    /// What a stop of therapy means, in every arm.
    pub estimand: Option<Estimand>,
    /// Tumours as a mean field, not cell by cell.
    pub surrogate: bool,
}

/// A trial as a reader sees it: tables show that reader's view, and published figures are those of that reader, and those that nobody
/// reads scans for.
pub(super) fn read_by(mut scenario: Scenario, reader: ScanReader) -> Result<Scenario, TrialError> {
    let Some(trial) = &mut scenario.trial else { return Ok(scenario) };
    let read = |by: ScanReader| trial.published.iter().any(|p| p.reader == Some(by));
    let there: Vec<&str> = ScanReader::ALL.iter().filter(|by| read(**by)).map(|by| by.word()).collect();
    if !there.is_empty() && !read(reader) {
        return Err(TrialError::Input(format!(
            "nothing is published of this trial by the reader `{}`: its figures are by {}; give one of these to --reader, or \
             leave it out",
            reader.word(),
            there.join(" and ")
        )));
    }
    trial.assessment.reader = reader;
    trial.published.retain(|p| !p.endpoint.has_reader() || p.reader == Some(reader));
    Ok(scenario)
}

/// A trial under another estimand, as its effective file says it.
pub(super) fn with_estimand(mut scenario: Scenario, estimand: Estimand) -> Result<Scenario, TrialError> {
    let Some(trial) = &mut scenario.trial else { return Ok(scenario) };
    trial.conduct.estimand = estimand;
    trial.arms.iter_mut().for_each(|arm| arm.estimand = None);
    Ok(file::parse(&effective_toml(&scenario), "the trial with --estimand", Path::new(""))?.scenario)
}

/// A trial with another number of agents, as its effective file says it: lattices as large as these need follow from it.
pub(super) fn with_agents(mut scenario: Scenario, agents: u32) -> Result<Scenario, TrialError> {
    let Some(trial) = &mut scenario.trial else { return Ok(scenario) };
    if trial.cohort.agents.replace(agents).is_none() {
        return Err(TrialError::Input(
            "--agents makes lattices as large as the agents need, but this trial gives them a size: remove `size` from \
             [lattice] and give `agents` in [cohort], or leave out --agents"
                .to_owned(),
        ));
    }
    Ok(file::parse(&effective_toml(&scenario), "the trial with --agents", Path::new(""))?.scenario)
}

/// Patients who are named, each once and in the order of their numbers; `None`: all.
pub(super) fn patients(plan: &Plan, named: &[u32]) -> Result<Option<Vec<u32>>, TrialError> {
    let patients = plan.cohort.spec().patients;
    if let Some(beyond) = named.iter().find(|number| **number >= patients) {
        return Err(TrialError::Input(format!(
            "there is no patient {beyond}: the cohort has {}, with numbers from 0; a larger one has more (--patients)",
            counted(u64::from(patients), "patient")
        )));
    }
    let numbers: BTreeSet<u32> = named.iter().copied().collect();
    Ok((!numbers.is_empty()).then(|| numbers.into_iter().collect()))
}

/// A part of the cohort, which must have somebody in it.
pub(super) fn shard(plan: &Plan, shard: Option<Shard>) -> Result<Option<Shard>, TrialError> {
    let patients = plan.cohort.spec().patients;
    shard.map_or(Ok(()), |shard| shard.check(patients, "a cohort", "patient")).map_err(TrialError::Input)?;
    Ok(shard)
}

/// Tables that are named, in the order of a trial's; `None`: all.
pub(super) fn tables(names: &[String]) -> Result<Option<Vec<String>>, TrialError> {
    for name in names {
        if table_names().all(|own| own != name) {
            let near = nearest_name(name, table_names());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let all: Vec<&str> = table_names().collect();
            let all = all.join(", ");
            return Err(TrialError::Input(format!(
                "a trial has no table `{name}`{hint}\n  its tables are {all}"
            )));
        }
    }
    let named = table_names().filter(|own| names.iter().any(|name| name == own)).map(str::to_owned);
    Ok((!names.is_empty()).then(|| named.collect()))
}

/// Numbers of the arms that are named, ascending; `None`: all.
pub(super) fn arms(plan: &Plan, names: &[String]) -> Result<Option<Vec<usize>>, TrialError> {
    let find = |name: &String| {
        let all = || plan.arms().iter().map(|a| a.name.as_str());
        all().position(|own| own == name).ok_or_else(|| {
            let near = nearest_name(name, all());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            TrialError::Input(format!("there is no arm `{name}`{hint}"))
        })
    };
    let numbers = names.iter().map(find).collect::<Result<BTreeSet<_>, _>>()?;
    Ok((!numbers.is_empty()).then(|| numbers.into_iter().collect()))
}
