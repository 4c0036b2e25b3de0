//! A trial without its arms, to which others are given.

use std::path::Path;

use toml::Value;

use crate::scenario::{Scenario, ScenarioError, effective_toml};
use crate::trial::error::TrialError;
use crate::trial::file::parse;

/// Keys of `[trial]` that say when it ends: who asks a question follows everybody to the end.
const CONDUCT: [&str; 4] = ["accrual", "accrual_law", "cutoff", "withdrawal"];

/// A trial without arms and without what is about arms, whose patients are followed to the end.
#[derive(Debug, Clone)]
pub struct ArmlessTrial(toml::Table);

impl ArmlessTrial {
    /// That of a trial.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for one whose file cannot be read again.
    pub fn new(base: &Scenario) -> Result<Self, TrialError> {
        let text = effective_toml(base);
        let read = text.parse::<toml::Table>();
        let mut table =
            read.map_err(|e| TrialError::Input(format!("`{}` cannot be asked about: {e}", base.name)))?;
        ["arm", "comparison", "published"].iter().for_each(|key| drop(table.remove(*key)));
        if let Some(Value::Table(trial)) = table.get_mut("trial") {
            CONDUCT.iter().for_each(|key| drop(trial.remove(*key)));
        }
        if let Some(Value::Table(cohort)) = table.get_mut("cohort") {
            cohort.remove("repeat");
        }
        Ok(Self(table))
    }

    /// The trial with these arms: names and plans.
    ///
    /// # Errors
    ///
    /// As of a trial that is read, at places of a text that nobody wrote.
    pub fn with_arms<'a>(
        &self,
        arms: impl Iterator<Item = (&'a str, &'a toml::Table)>,
    ) -> Result<Scenario, ScenarioError> {
        let arm = |(name, therapy): (&str, &toml::Table)| {
            let name = ("name".to_owned(), Value::from(name));
            Value::Table([name, ("therapy".to_owned(), Value::Table(therapy.clone()))].into_iter().collect())
        };
        let mut table = self.0.clone();
        table.insert("arm".to_owned(), Value::Array(arms.map(arm).collect()));
        Ok(parse(&table.to_string(), "candidates", Path::new(""))?.scenario)
    }
}
