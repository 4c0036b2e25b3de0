//! A search: rounds by the mean field, and agents for the front.

use std::collections::BTreeMap;

use super::file::{FEWEST, StrategySearch};
use super::joint::Joint;
use super::measures::{DAYS, GROWTH, LIMITING, Measured, TFS};
use super::race::{Judge, Judged};
use super::row::{BoundVerdict, FoundFront, FrontRow, FrontStatus};
use super::space::{Candidate, Space};
use crate::scenario::{Loaded, Scenario};
use crate::simulation::BackendOptions;
use crate::simulation::naming::counted;
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::outcome::DAYS_PER_MONTH;
use crate::trial::question::QuestionText;
use crate::trial::results::simulate;
use crate::trial::run::{Plan, TrialOptions};
use crate::trial::surrogate::refusal;

/// Level of all that is said of candidates.
const ALPHA: f64 = 0.05;

/// A search that can be done.
#[derive(Debug, Clone)]
pub struct SearchPlan {
    /// What was asked.
    pub search: StrategySearch,
    /// The trial that was asked about, as it was read.
    pub base: Scenario,
    /// Candidates, with their trial.
    space: Space,
    plan: Plan,
    judge: Judge,
    /// Patients of each round, ascending.
    rounds: Vec<u32>,
}

/// What is known of a candidate.
#[derive(Debug, Clone, Default)]
struct Known {
    /// By patients, in order.
    measured: Vec<Measured>,
    /// What became of it, with who pushed it out; `None` while it is in the race.
    left: Option<(FrontStatus, Option<usize>)>,
}

impl SearchPlan {
    /// Makes a search ready.
    ///
    /// # Errors
    ///
    /// [`TrialError`]: at the place of what is wrong in the file, or in the trial that it asks about.
    pub fn new(text: &QuestionText) -> Result<Self, TrialError> {
        let search = StrategySearch::parse(text)?;
        let Loaded { scenario: base, .. } = text.base(search.base.as_ref(), &search.set)?;
        if let Some(why) = refusal(&base) {
            return Err(TrialError::Input(format!("the mean field searches, and `{}` {why}", base.name)));
        }
        let space = Space::new(&search, text, &base)?;
        let most = search.patients(&base).max(FEWEST);
        let plan = Plan::new(&space.scenario, Some(most))?;
        plan.check()?;
        let benefit = match search.benefit {
            super::Benefit::Tfs => TFS,
            super::Benefit::TimeToGrowth => GROWTH,
        };
        let judge = Judge {
            benefit,
            bound: search.bound.get_ref().clone(),
            indifference: *search.indifference.get_ref(),
        };
        Ok(Self { rounds: rounds(most), search, base, space, plan, judge })
    }

    /// The trial of all candidates.
    pub fn scenario(&self) -> &Scenario {
        &self.space.scenario
    }

    /// Candidates and patients of the last round.
    pub fn size(&self) -> (usize, u32) {
        (self.space.candidates.len(), self.rounds.last().copied().unwrap_or(0))
    }

    /// What will be done, in a few lines.
    pub fn words(&self) -> String {
        let (candidates, _) = self.size();
        let rounds: Vec<String> = self.rounds.iter().map(u32::to_string).collect();
        let names: Vec<&str> = self.space.candidates.iter().map(|one| one.name.as_str()).collect();
        format!(
            "{} in rounds of {} patients, to day {}\n  {}",
            counted(candidates as u64, "candidate"),
            rounds.join(", "),
            self.plan.horizon(),
            names.join("\n  ")
        )
    }

    /// Searches; with `confirm` agents go through the candidates of the front in so many patients.
    ///
    /// # Errors
    ///
    /// [`TrialError`], of a simulation that failed, or a signal.
    pub fn run(
        &self,
        backend: &BackendOptions,
        confirm: Option<u32>,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<FoundFront, TrialError> {
        let mut known = vec![Known::default(); self.space.candidates.len()];
        let mut entered = Vec::new();
        let mut failed = 0;
        let mut from = 0;
        for (number, to) in self.rounds.iter().enumerate() {
            let alive = alive(&known);
            entered.push(alive.len() as u32);
            hooks.listener.begins(&format!("patients of round {}", number + 1), u64::from(to - from));
            self.treat(backend, from..*to, &mut known, &alive, hooks)?;
            from = *to;
            failed = keep_common(&mut known, &alive, *to);
            if number + 1 < self.rounds.len() {
                self.judge_round(&mut known, &alive);
            }
        }
        let mut found = self.conclude(&mut known, failed);
        found.entered = entered;
        if let Some(patients) = confirm {
            self.confirm(backend, patients, &known, &mut found, hooks)?;
        }
        Ok(found)
    }

    /// Simulates patients in some candidates.
    fn treat(
        &self,
        backend: &BackendOptions,
        patients: std::ops::Range<u32>,
        known: &mut [Known],
        arms: &[usize],
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(), TrialError> {
        let all = u64::from(patients.end - patients.start);
        let mut done = 0;
        // By parts, so that whoever waits sees how far it is.
        for part in patients.collect::<Vec<_>>().chunks(PART) {
            hooks.go_on()?;
            for (arm, measured) in self.measured(backend, part.to_vec(), arms, true, hooks)? {
                known[arm].measured.extend(measured);
            }
            done += part.len() as u64;
            hooks.listener.progress(done, all);
        }
        Ok(())
    }

    /// What some patients come to in some candidates.
    fn measured(
        &self,
        backend: &BackendOptions,
        patients: Vec<u32>,
        arms: &[usize],
        surrogate: bool,
        hooks: &TrialHooks<'_>,
    ) -> Result<BTreeMap<usize, Vec<Measured>>, TrialError> {
        let options = TrialOptions {
            backend: backend.clone(),
            patients: Some(patients),
            arms: Some(arms.to_vec()),
            surrogate,
        };
        let results = simulate(&self.plan, &options, hooks.stop)?;
        let (horizon, limiting) = (self.plan.horizon(), self.judge.bound.day().unwrap_or(28));
        let of = |arm: &usize| {
            let all = results.arms[*arm].iter().map(|outcome| Measured::new(outcome, horizon, limiting));
            (*arm, all.collect())
        };
        Ok(arms.iter().map(of).collect())
    }

    fn joint(&self, known: &[Known], of: &[usize]) -> Joint {
        let measured: Vec<Vec<Measured>> = of.iter().map(|one| known[*one].measured.clone()).collect();
        let (columns, bounded) = self.judge.columns();
        Joint::new(&measured, self.base.seed, (&columns, &bounded), ALPHA / self.rounds.len() as f64)
    }

    /// Takes those out who need not go on.
    fn judge_round(&self, known: &mut [Known], alive: &[usize]) {
        let joint = self.joint(known, alive);
        let judged = Judged { judge: &self.judge, joint: &joint, count: alive.len() };
        let beaten = judged.beaten();
        let mut on = Vec::new();
        for (at, by) in beaten.iter().enumerate() {
            match (judged.bound(at), by) {
                (BoundVerdict::Broken, _) => known[alive[at]].left = Some((FrontStatus::OverBound, None)),
                (_, Some(by)) => known[alive[at]].left = Some((FrontStatus::Dropped, Some(alive[*by]))),
                _ => on.push(at),
            }
        }
        let go_on = judged.go_on(&on);
        for at in on.iter().filter(|at| !go_on.contains(at)) {
            known[alive[*at]].left = Some((FrontStatus::SetAside, None));
        }
    }

    /// What became of everybody.
    fn conclude(&self, known: &mut [Known], failed: u32) -> FoundFront {
        let last = alive(known);
        let joint = self.joint(known, &last);
        let judged = Judged { judge: &self.judge, joint: &joint, count: last.len() };
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
            let judged = Judged { judge: &self.judge, joint: &alone, count: 1 };
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

    fn candidate(&self, number: usize) -> &Candidate {
        &self.space.candidates[number]
    }

    fn row(
        &self,
        number: usize,
        known: &[Known],
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

    /// Takes the front through agents, in the first patients.
    fn confirm(
        &self,
        backend: &BackendOptions,
        patients: u32,
        known: &[Known],
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
        let mut both: Vec<Vec<Measured>> = Vec::new();
        for (arm, agents) in &by_agents {
            let field = |m: &Measured| known[*arm].measured.iter().find(|f| f.patient == m.patient).copied();
            let pairs: Vec<(Measured, Measured)> =
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

/// Patients between two looks at the clock.
const PART: usize = 20;

/// Patients of each round: a quarter, half, all; fewer rounds where a round would be too small.
fn rounds(most: u32) -> Vec<u32> {
    let mut all: Vec<u32> =
        [4, 2, 1].map(|part| most.div_ceil(part)).into_iter().filter(|n| *n >= FEWEST).collect();
    all.dedup();
    all
}

/// Those that are in the race.
fn alive(known: &[Known]) -> Vec<usize> {
    (0..known.len()).filter(|one| known[*one].left.is_none()).collect()
}

/// Leaves patients out who failed in any candidate of the race; how many of so many there are.
fn keep_common(known: &mut [Known], alive: &[usize], all: u32) -> u32 {
    let has =
        |one: usize, patient: u32| known[one].measured.binary_search_by_key(&patient, |m| m.patient).is_ok();
    let common: Vec<u32> = (0..all).filter(|patient| alive.iter().all(|one| has(*one, *patient))).collect();
    for one in alive {
        known[*one].measured.retain(|m| common.binary_search(&m.patient).is_ok());
    }
    all - common.len() as u32
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
