//! The front by agents.

use super::super::joint::Joint;
use super::super::measures::{DAYS, PatientMeasures};
use super::super::row::FoundFront;
use super::{ALPHA, CandidateRecord, SearchPlan};
use crate::simulation::BackendOptions;
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;

impl SearchPlan {
    /// Takes the front through agents, in the first patients.
    pub(super) fn confirm(
        &self,
        backend: &BackendOptions,
        patients: u32,
        known: &[CandidateRecord],
        found: &mut FoundFront,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(), TrialError> {
        let names: Vec<String> = found.front().map(|row| row.candidate.clone()).collect();
        let is_on = |number: &usize| names.contains(&self.candidate(*number).name);
        let arms: Vec<usize> = (0..self.space.candidates.len()).filter(is_on).collect();
        let all: Vec<u32> = (0..patients.min(self.size().1)).collect();
        found.confirmed_patients = Some(all.len() as u32);
        hooks.listener.begins("patients by agents", all.len() as u64);
        let by_agents = self.measured(backend, all, &arms, false, hooks)?;
        // By the mean field first, then by agents, of the same patients: one family of intervals.
        let mut both: Vec<Vec<PatientMeasures>> = Vec::new();
        for (arm, agents) in &by_agents {
            let field =
                |m: &PatientMeasures| known[*arm].measured.iter().find(|f| f.patient == m.patient).copied();
            let pairs: Vec<(PatientMeasures, PatientMeasures)> =
                agents.iter().filter_map(|m| Some((field(m)?, *m))).collect();
            both.push(pairs.iter().map(|pair| pair.0).collect());
            both.push(pairs.iter().map(|pair| pair.1).collect());
        }
        for (at, arm) in by_agents.keys().enumerate() {
            let pair = &both[2 * at..2 * at + 2];
            let (columns, _) = self.judge.columns();
            let joint = Joint::new(pair, self.base.seed, (&columns, &[]), ALPHA / arms.len().max(1) as f64);
            let row = found.candidates.iter_mut().find(|row| row.candidate == self.candidate(*arm).name);
            let (Some(row), [benefit, days]) = (row, columns.map(|column| joint.difference(1, 0, column)))
            else {
                continue;
            };
            row.agents_patients = Some(pair[1].len() as u32);
            row.agents_benefit_months = Some(joint.value(1, self.judge.benefit));
            row.agents_less_field_months = Some(benefit.value);
            row.agents_less_field_low_months = Some(benefit.low);
            row.agents_less_field_high_months = Some(benefit.high);
            row.agents_severe_days = Some(joint.value(1, DAYS));
            row.agents_less_field_days = Some(days.value);
            row.agents_less_field_low_days = Some(days.low);
            row.agents_less_field_high_days = Some(days.high);
        }
        Ok(())
    }
}
