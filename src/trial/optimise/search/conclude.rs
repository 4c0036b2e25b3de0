//! What became of every candidate.

use super::super::joint::Joint;
use super::super::measures::{DAYS, GROWTH, LIMITING, TFS};
use super::super::race::JudgedCandidates;
use super::super::row::{BoundVerdict, FoundFront, FrontRow, FrontStatus};
use super::super::space::Candidate;
use super::{CandidateRecord, SearchPlan, alive};
use crate::trial::outcome::DAYS_PER_MONTH;

impl SearchPlan {
    /// What became of everybody.
    pub(super) fn conclude(&self, known: &mut [CandidateRecord], failed: u32) -> FoundFront {
        let last = alive(known);
        let joint = self.joint(known, &last);
        let judged = JudgedCandidates { judge: &self.judge, joint: &joint, count: last.len() };
        let beaten = judged.beaten();
        let free = |at: &usize| {
            judged.is_within(*at) && judged.bound(*at) != BoundVerdict::Broken && beaten[*at].is_none()
        };
        let within: Vec<usize> = (0..last.len()).filter(free).collect();
        let front = judged.fronts(&within).into_iter().next().unwrap_or_default();
        let most = |a: &&usize, b: &&usize| {
            joint.value(**a, self.judge.benefit).total_cmp(&joint.value(**b, self.judge.benefit))
        };
        let best = front.iter().max_by(most).copied();
        let mut rows = Vec::new();
        for (at, candidate) in last.iter().enumerate() {
            let status = match (judged.bound(at), beaten[at]) {
                (BoundVerdict::Broken, _) => (FrontStatus::OverBound, None),
                (_, Some(by)) => (FrontStatus::Dominated, Some(last[by])),
                _ if front.contains(&at) => (FrontStatus::Front, None),
                _ => (FrontStatus::Open, None),
            };
            let row = self.row(*candidate, known, status, (&joint, at));
            rows.push(FrontRow {
                bound: judged.bound(at),
                ..against(row, best, &joint, at, self.judge.benefit)
            });
        }
        let cut = |one: usize| known[one].measured.iter().filter(|m| m.is_cut).map(|m| m.patient);
        let mut cut: Vec<u32> = last.iter().flat_map(|one| cut(*one)).collect();
        cut.sort_unstable();
        cut.dedup();
        for (candidate, of) in known.iter().enumerate() {
            let Some(status) = of.left else { continue };
            // Alone: those that left have not been in the same patients as the others.
            let alone = self.joint(known, &[candidate]);
            let judged = JudgedCandidates { judge: &self.judge, joint: &alone, count: 1 };
            let bound =
                if status.0 == FrontStatus::OverBound { BoundVerdict::Broken } else { judged.bound(0) };
            rows.push(FrontRow { bound, ..self.row(candidate, known, status, (&alone, 0)) });
        }
        let by = |row: &FrontRow| (row.status, row.severe_days);
        rows.sort_by(|a, b| by(a).0.cmp(&by(b).0).then(by(a).1.total_cmp(&by(b).1)));
        (1..).zip(&mut rows).for_each(|(number, row)| row.number = number);
        FoundFront {
            candidates: rows,
            benefit: self.search.benefit,
            horizon_months: f64::from(self.plan.horizon()) / DAYS_PER_MONTH,
            rounds: self.rounds.clone(),
            entered: Vec::new(),
            best: best.map(|at| self.candidate(last[at]).name.clone()),
            cut_patients: cut.len() as u32,
            failed_patients: failed,
            confirmed_patients: None,
        }
    }

    pub(super) fn candidate(&self, number: usize) -> &Candidate {
        &self.space.candidates[number]
    }

    fn row(
        &self,
        number: usize,
        known: &[CandidateRecord],
        (status, by): (FrontStatus, Option<usize>),
        (joint, at): (&Joint, usize),
    ) -> FrontRow {
        let (candidate, measured) = (self.candidate(number), &known[number].measured);
        let [tfs, growth, days, limiting] =
            [TFS, GROWTH, DAYS, LIMITING].map(|column| joint.alone(at, column));
        let intensities: Vec<f64> = measured.iter().filter_map(|m| m.intensity).collect();
        let intensity = intensities.iter().sum::<f64>() / intensities.len().max(1) as f64;
        let second = measured.iter().filter(|m| m.second_drug).count();
        let values: Vec<String> =
            candidate.values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        FrontRow {
            number: 0,
            candidate: candidate.name.clone(),
            strategy: self.search.strategies[candidate.strategy].name.get_ref().clone(),
            values: values.join("; "),
            patients: measured.len() as u32,
            status,
            dominated_by: by.map_or_else(String::new, |by| self.candidate(by).name.clone()),
            bound: BoundVerdict::Kept,
            tfs_months: tfs.value,
            tfs_low_months: tfs.low,
            tfs_high_months: tfs.high,
            growth_months: growth.value,
            growth_low_months: growth.low,
            growth_high_months: growth.high,
            severe_days: days.value,
            severe_low_days: days.low,
            severe_high_days: days.high,
            dose_limiting_fraction: limiting.value,
            dose_limiting_low_fraction: limiting.low,
            dose_limiting_high_fraction: limiting.high,
            dose_intensity_fraction: (!intensities.is_empty()).then_some(intensity),
            second_drug_fraction: second as f64 / measured.len().max(1) as f64,
            benefit_difference_months: None,
            benefit_difference_low_months: None,
            benefit_difference_high_months: None,
            price_difference_days: None,
            price_difference_low_days: None,
            price_difference_high_days: None,
            agents_patients: None,
            agents_benefit_months: None,
            agents_less_field_months: None,
            agents_less_field_low_months: None,
            agents_less_field_high_months: None,
            agents_severe_days: None,
            agents_less_field_days: None,
            agents_less_field_low_days: None,
            agents_less_field_high_days: None,
        }
    }
}

/// A row with its differences from the candidate with the most benefit.
fn against(row: FrontRow, best: Option<usize>, joint: &Joint, at: usize, benefit: usize) -> FrontRow {
    let Some(best) = best else { return row };
    let (gain, cost) = (joint.difference(at, best, benefit), joint.difference(at, best, DAYS));
    FrontRow {
        benefit_difference_months: Some(gain.value),
        benefit_difference_low_months: Some(gain.low),
        benefit_difference_high_months: Some(gain.high),
        price_difference_days: Some(cost.value),
        price_difference_low_days: Some(cost.low),
        price_difference_high_days: Some(cost.high),
        ..row
    }
}
