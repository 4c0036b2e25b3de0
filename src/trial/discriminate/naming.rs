//! How often the right rival is named, by the number of patients who are measured.
//!
//! Patients are cut into two halves by their number. Densities come from one half, and patients are drawn from the other, with
//! replacement, so that nobody is judged by a density that holds him; then the halves change sides. With n patients of a true rival the
//! rival with the largest likelihood is named, all being as likely before. The logarithm of the Bayes factor is that of the true rival
//! against the best other one. Patients are independent of each other; measurements are judged one by one.

use super::density::densities;
use crate::tissue::random::RandomBlock;
use crate::trial::stats::proportion;

/// Marks the counters of draws.
const DRAWN: u32 = 0x7276_0002;
/// Draws of patients for each half.
const DRAWS: u32 = 1000;
/// Tries of the noise in a patient.
pub(super) const TRIES: u32 = 4;

/// What was found in each patient who could be measured, of each rival: patient, and values of each try.
pub(super) type Findings = Vec<Vec<(u32, [f64; TRIES as usize])>>;

/// What becomes of so many patients of a rival.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    /// Share of draws in which the right rival is named, with its interval.
    pub right: [f64; 3],
    /// Mean logarithm of the Bayes factor against the best other rival.
    pub log_factor: f64,
    /// The rival that is named most often in its place, if any is.
    pub mistaken_for: Option<usize>,
}

/// By true rival and by number of patients, from 1.
pub(super) type Naming = Vec<Vec<Named>>;

/// Counts of one true rival and one number of patients.
#[derive(Debug, Clone, Default)]
struct Count {
    named: Vec<u32>,
    log_factor: f64,
}

/// Draws of patients, for each rival and every number of patients up to `most`.
pub(super) fn naming(found: &Findings, most: u32, seed: u64, measurement: u32) -> Naming {
    let rivals = found.len();
    let mut counts = vec![vec![Count { named: vec![0; rivals], log_factor: 0.0 }; most as usize]; rivals];
    for half in 0..2 {
        let of = |which: u32| -> Vec<Vec<&[f64; TRIES as usize]>> {
            let is_in = |(patient, _): &&(u32, [f64; TRIES as usize])| patient % 2 == which;
            found.iter().map(|all| all.iter().filter(is_in).map(|(_, values)| values).collect()).collect()
        };
        let (known, drawn) = (of(half), of(1 - half));
        let patients = known.iter().map(Vec::len).min().unwrap_or(0);
        let samples: Vec<Vec<f64>> =
            known.iter().map(|all| all.iter().flat_map(|values| values.iter().copied()).collect()).collect();
        let laws = densities(&samples, patients);
        for (truth, all) in drawn.iter().enumerate() {
            // Logarithms of densities under each rival, of every value that can be drawn.
            let values: Vec<Vec<f64>> = all
                .iter()
                .flat_map(|values| values.iter())
                .map(|x| laws.iter().map(|law| law.log_at(*x)).collect())
                .collect();
            let key = [half, truth as u32, measurement];
            draw(&values, (truth, seed, key), &mut counts[truth]);
        }
    }
    counts.iter().enumerate().map(|(truth, all)| all.iter().map(|one| one.told(truth)).collect()).collect()
}

/// Draws patients of a true rival, one more at a time.
fn draw(
    values: &[Vec<f64>],
    (truth, seed, [half, rival, measurement]): (usize, u64, [u32; 3]),
    counts: &mut [Count],
) {
    // A half in whom nothing could be measured tells nothing.
    if values.is_empty() {
        return;
    }
    for number in 0..DRAWS {
        let mut sums = vec![0.0; values.first().map_or(0, Vec::len)];
        for (at, count) in counts.iter_mut().enumerate() {
            let counter = [number, at as u32, half | rival << 1 | measurement << 16, DRAWN];
            let [bits, _] = RandomBlock::of(seed, counter).pairs();
            let value = &values[((u128::from(bits) * values.len() as u128) >> 64) as usize];
            sums.iter_mut().zip(value).for_each(|(sum, log)| *sum += log);
            let best = (0..sums.len()).max_by(|a, b| sums[*a].total_cmp(&sums[*b]).then(b.cmp(a)));
            // Of rivals that are alike to the last bit none is named rightly but by chance: shared out.
            if let Some(best) = best {
                let alike: Vec<usize> = (0..sums.len()).filter(|one| sums[*one] == sums[best]).collect();
                count.named[alike[number as usize % alike.len()]] += 1;
            }
            let others = sums.iter().enumerate().filter(|(one, _)| *one != truth).map(|(_, sum)| *sum);
            let other = others.fold(f64::NEG_INFINITY, f64::max);
            count.log_factor += sums[truth] - other;
        }
    }
}

impl Count {
    fn told(&self, truth: usize) -> Named {
        let all: u32 = self.named.iter().sum();
        let share = proportion(self.named[truth].into(), all.into());
        let right = share.map_or([0.0, 0.0, 1.0], |p| [p.estimate, p.interval.low, p.interval.high]);
        let wrong = (0..self.named.len()).filter(|one| *one != truth && self.named[*one] > 0);
        Named {
            right,
            log_factor: self.log_factor / f64::from(all.max(1)),
            mistaken_for: wrong.max_by_key(|one| self.named[*one]),
        }
    }
}

/// The smallest number of patients from which on the right rival is named often enough, whoever it is.
pub(super) fn needed(naming: &Naming, power: f64) -> Option<u32> {
    let most = naming.first().map_or(0, Vec::len);
    let is_enough = |at: usize| naming.iter().all(|of| of[at].right[0] >= power);
    let last = (0..most).rev().find(|at| !is_enough(*at)).map_or(0, |at| at + 1);
    (last < most).then_some(last as u32 + 1)
}
