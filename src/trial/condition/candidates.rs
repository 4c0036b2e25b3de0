//! The simulated patients who may be the one that is asked about.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::STEP;
use super::likelihood::{KnownPatient, Standing};
use crate::biology::StateSpace;
use crate::scenario::PatientRecord;
use crate::therapy::response::Category;
use crate::trial::error::TrialError;
use crate::trial::library::{FollowedTumour, follow_tumour};
use crate::trial::run::Plan;

/// An option as a simulated patient goes through it.
pub(super) struct Future {
    /// Sum of diameters at each day that is told, up to death.
    pub sums_mm: Vec<f64>,
    /// Day of progression or death after the question.
    pub event: Option<u32>,
    pub died: Option<u32>,
}

/// A simulated patient.
pub(super) struct Candidate {
    /// Logarithm of the density in the population over that with which it was drawn.
    pub log_prior: f64,
    pub standing: Standing,
    pub growth: f64,
    pub options: Vec<Future>,
}

/// A question made ready.
pub(super) struct PreparedQuestion<'a> {
    pub record: &'a PatientRecord,
    /// The population.
    pub population: Plan,
    /// From which patients are drawn.
    pub drawn: Plan,
}

impl PreparedQuestion<'_> {
    /// Days that are told, from the start to the end.
    pub fn days(&self) -> Vec<u32> {
        let end = self.drawn.end();
        let mut days: Vec<u32> = (0..=end).step_by(STEP as usize).chain([self.record.today, end]).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    pub fn candidate(
        &self,
        space: &StateSpace,
        known: &KnownPatient<'_>,
        id: u32,
        stop: &AtomicUsize,
    ) -> Result<Candidate, TrialError> {
        let patient = self.drawn.cohort.patient(id);
        let weighed = self.drawn.cohort.log_weight(&self.population.cohort, id);
        let log_prior = weighed.map_err(|why| TrialError::Input(why.to_string()))?;
        let days = self.days();
        let wanted = |day: u32| known.is_of(day) || days.binary_search(&day).is_ok();
        let mut standing = None;
        let mut options = Vec::new();
        for (arm, own) in self.drawn.arms().iter().enumerate() {
            match stop.load(Ordering::Relaxed) {
                0 => {}
                signal => return Err(TrialError::Stopped(signal)),
            }
            let kept = follow_tumour(&self.drawn, space, (&patient, arm), &wanted)?;
            let follow = self.drawn.follow(&patient, arm);
            // Until the question all options are one therapy.
            standing.get_or_insert_with(|| known.standing(&follow, &kept));
            let at = |day: &u32| kept.states.iter().find(|state| state.day == *day);
            let sums_mm = days.iter().map_while(at).map(|state| follow.sum_mm(&state.volumes)).collect();
            let given = self.record.given_lines(&own.therapy).unwrap_or(0);
            options.push(Future { sums_mm, event: self.event(&kept, given), died: kept.died });
        }
        let standing = standing.unwrap_or(Standing { log: f64::NEG_INFINITY, sums_mm: Vec::new() });
        Ok(Candidate { log_prior, standing, growth: patient.turnover.growth, options })
    }

    /// Progression on an option, whose lines come after those that were given, or death.
    fn event(&self, kept: &FollowedTumour, given: usize) -> Option<u32> {
        let progressed = kept.scans.iter().find(|scan| {
            scan.day > self.record.today && scan.line >= given && scan.category == Category::Progression
        });
        progressed.map(|scan| scan.day).into_iter().chain(kept.died).min()
    }
}
