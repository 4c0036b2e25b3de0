//! Trials of each size, of the patients of one draw.

use super::{DESIGN, DesignQuestion, Pools};
use crate::tissue::random::RandomBlock;
use crate::trial::stats::{Subject, hazard_ratio, log_rank};

/// Trials of a size within a draw.
const TRIALS: u32 = 20;

/// What trials of one draw came to, by size.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DrawnTrials {
    /// Share of them that showed the arm to be better.
    pub successes: Vec<f64>,
    /// Mean number of events.
    pub events: Vec<f64>,
    /// Hazard ratio of the first of them; `None` where it has none.
    pub hazard_ratios: Vec<Option<f64>>,
}

impl DrawnTrials {
    /// Chooses patients of both arms and tests them. A smaller trial has the first patients of a larger one.
    pub fn new(question: &DesignQuestion, seed: u64, draw: u32, pools: &Pools) -> Self {
        let (sizes, critical) = (question.sizes.len(), question.critical());
        let mut all =
            Self { successes: vec![0.0; sizes], events: vec![0.0; sizes], hazard_ratios: vec![None; sizes] };
        for number in 0..TRIALS {
            let shuffled: [Vec<Subject>; 2] =
                std::array::from_fn(|arm| shuffled(&pools[arm], seed, [draw, number, arm as u32]));
            for (at, size) in question.sizes.iter().enumerate() {
                let [own, other] = question.split(*size);
                let (first, second) = (taken(&shuffled[0], own), taken(&shuffled[1], other));
                // Fewer events than expected is better; without events nothing is shown.
                let is_shown = log_rank(first, second).is_ok_and(|score| score < -critical);
                all.successes[at] += f64::from(u32::from(is_shown)) / f64::from(TRIALS);
                let events = first.iter().chain(second).filter(|subject| subject.event).count();
                all.events[at] += events as f64 / f64::from(TRIALS);
                if number == 0 {
                    all.hazard_ratios[at] = hazard_ratio(first, second).ok().map(|found| found.ratio);
                }
            }
        }
        all
    }
}

/// The first patients; of an arm in which not everybody has the time that is asked for there may be fewer.
fn taken(from: &[Subject], patients: u32) -> &[Subject] {
    &from[..from.len().min(patients as usize)]
}

/// Patients in an order of chance (Fisher and Yates).
fn shuffled(from: &[Subject], seed: u64, [draw, number, arm]: [u32; 3]) -> Vec<Subject> {
    let mut all = from.to_vec();
    for last in (1..all.len()).rev() {
        let [bits, _] = RandomBlock::of(seed, [draw, number, 2 + arm + (last as u32) * 2, DESIGN]).pairs();
        all.swap(last, ((u128::from(bits) * (last as u128 + 1)) >> 64) as usize);
    }
    all
}
