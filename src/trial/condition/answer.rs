//! What simulated patients and their weights come to.

use super::candidates::{Candidate, PreparedQuestion};
use super::likelihood::KnownPatient;
use super::{ConditionedPatient, ENOUGH, FanRow, Learnt, MISSED, SHARES, ScanFit};
use crate::scenario::{Diagnostic, Loaded, RecordedScan};
use crate::simulation::naming::{counted, fixed};
use crate::trial::error::TrialError;
use crate::trial::library::ImportanceWeights;

impl PreparedQuestion<'_> {
    /// The simulated patient who fits best; reports scans that not even that one comes near to.
    pub fn nearest(
        &self,
        all: &[Candidate],
        known: &KnownPatient<'_>,
        loaded: &Loaded,
    ) -> Result<usize, TrialError> {
        let log = |at: &usize| all[*at].standing.log + all[*at].log_prior;
        let possible = (0..all.len()).filter(|at| log(at) > f64::NEG_INFINITY);
        let Some(best) = possible.max_by(|a, b| log(a).total_cmp(&log(b))) else {
            return Err(TrialError::Input(format!(
                "none of {} lived until day {} on the therapy that was given: check it, and the population in [cohort]",
                counted(all.len() as u64, "simulated patient"),
                self.record.today
            )));
        };
        let most = MISSED * known.reading_sd();
        let scans = self.record.scans.iter().zip(&all[best].standing.sums_mm).enumerate();
        let missed = scans.filter(|(_, (scan, mm))| libm::fabs(libm::log(scan.sum_mm / **mm)) > most);
        let spans = loaded.trial_spans.as_ref().map(|spans| &spans.scans[..]).unwrap_or_default();
        let found: Vec<Diagnostic> = missed
            .map(|(number, (scan, mm))| {
                let place = spans.get(number).cloned().unwrap_or(0..0);
                let all = counted(all.len() as u64, "simulated patient");
                Diagnostic::error(place, format!("a scan that does not go with the others: {} mm on day {}", fixed(scan.sum_mm, 0), scan.day))
                    .label(format!("expected {} to {} mm, near the nearest of {all}", fixed(mm * libm::exp(-most), 0), fixed(mm * libm::exp(most), 0)))
                    .help(format!(
                        "patient {best} is the nearest, with {} mm on that day: check days, lesions and the therapy that was given; a rarer patient may be \
                         among more of them (--patients), or in another population ([cohort])",
                        fixed(*mm, 0)
                    ))
            })
            .collect();
        if found.is_empty() { Ok(best) } else { Err(loaded.refused(found).into()) }
    }

    pub fn conditioned(&self, all: &[Candidate], nearest: usize) -> ConditionedPatient {
        let logs = |of: &dyn Fn(&Candidate) -> f64| -> Vec<f64> { all.iter().map(of).collect() };
        let before = ImportanceWeights::of_logs(&logs(&|c| c.log_prior));
        let after = ImportanceWeights::of_logs(&logs(&|c| c.log_prior + c.standing.log));
        let is_open = after.effective < ENOUGH;
        let growth = |weights: &ImportanceWeights| {
            let found = weights.quantiles(&[0.05, 0.5, 0.95], |at| Some(all[at].growth))?;
            <[f64; 3]>::try_from(found).ok()
        };
        let scan = |(number, scan): (usize, &RecordedScan)| {
            let mm = |at: usize| all[at].standing.sums_mm.get(number).copied();
            let median = after.quantiles(&[0.5], mm).map(|found| found[0]);
            ScanFit {
                day: scan.day,
                measured_mm: scan.sum_mm,
                median_mm: median.filter(|_| !is_open),
                nearest_mm: mm(nearest).unwrap_or(0.0),
            }
        };
        ConditionedPatient {
            today: self.record.today,
            patients: all.len() as u32,
            effective_patients: after.effective,
            k_hat: after.k_hat,
            is_open,
            nearest: nearest as u32,
            scans: self.record.scans.iter().enumerate().map(scan).collect(),
            growth: Learnt {
                before: growth(&before).unwrap_or_default(),
                after: growth(&after).filter(|_| !is_open),
            },
            arms: self.drawn.arms().iter().map(|arm| arm.name.clone()).collect(),
            fan: if is_open { Vec::new() } else { self.fan(all, &after) },
        }
    }

    fn fan(&self, all: &[Candidate], weights: &ImportanceWeights) -> Vec<FanRow> {
        let days = self.days();
        let row = |arm: usize, (at, day): (usize, &u32)| {
            let option = |candidate: usize| &all[candidate].options[arm];
            let sums = weights.quantiles(&SHARES, |c| option(c).sums_mm.get(at).copied());
            let quantile = |number: usize| sums.as_ref().and_then(|sums| sums.get(number).copied());
            let by = |when: Option<u32>| f64::from(u8::from(when.is_some_and(|when| when <= *day)));
            FanRow {
                arm: self.drawn.arms()[arm].name.clone(),
                day: *day,
                sum_q05_mm: quantile(0),
                sum_q25_mm: quantile(1),
                sum_q50_mm: quantile(2),
                sum_q75_mm: quantile(3),
                sum_q95_mm: quantile(4),
                progressed_fraction: weights.mean(|c| by(option(c).event)),
                standard_error_fraction: weights.standard_error(|c| by(option(c).event)),
                died_fraction: weights.mean(|c| by(option(c).died)),
            }
        };
        (0..self.drawn.arms().len())
            .flat_map(|arm| days.iter().enumerate().map(move |day| (arm, day)))
            .map(|(arm, day)| row(arm, day))
            .collect()
    }
}
