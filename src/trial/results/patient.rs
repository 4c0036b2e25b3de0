//! What one patient adds to the results of a trial: a line of `outcomes.jsonl`.

use serde::{Deserialize, Serialize};

use super::Results;
use crate::trial::outcome::Outcome;
use crate::trial::run::{PatientRun, Plan};

/// Outcomes of one patient, exactly as they were computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientOutcomes {
    /// Number of the patient.
    pub patient: u32,
    /// Outcomes in each arm that the patient did not fail in, in the order of arms.
    pub arms: Vec<ArmOutcomes>,
}

/// Outcomes of one patient in one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArmOutcomes {
    /// Number of the arm.
    pub arm: usize,
    /// As the tables show it.
    pub outcome: Outcome,
    /// In each of the other views of published figures; none where that is how tables show it, or where it comes after the cut-off.
    pub others: Vec<Option<Outcome>>,
}

impl PatientOutcomes {
    /// Those of a patient who is through, in the views of some results.
    pub fn new(run: &PatientRun, results: &Results) -> Self {
        let of_arm = |(arm, result): &(usize, crate::trial::run::ArmRun)| {
            let (outcome, trajectory) = result.as_ref().ok()?;
            let show = |view| Outcome::shown(&trajectory.chart, &trajectory.record, view);
            let others = results.other_views(*arm).map(|view| view.and_then(show)).collect();
            Some(ArmOutcomes { arm: *arm, outcome: outcome.clone(), others })
        };
        Self { patient: run.patient.id, arms: run.arms.iter().filter_map(of_arm).collect() }
    }

    /// Whether they can be those of a patient in some results of a plan.
    pub fn fits(&self, plan: &Plan, results: &Results) -> bool {
        let loci = plan.loci().len();
        let is_own = |outcome: &Outcome| outcome.patient == self.patient && outcome.fits(loci);
        let arm = |a: &ArmOutcomes| {
            a.arm < plan.arms().len()
                && a.others.len() == results.other_views(a.arm).count()
                && a.others.iter().flatten().chain([&a.outcome]).all(is_own)
        };
        self.arms.is_sorted_by(|a, b| a.arm < b.arm) && self.arms.iter().all(arm)
    }
}
