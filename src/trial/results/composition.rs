//! Mean composition of an arm's tumours over time, from sums that are the same in whatever order and grouping patients come.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::trial::visits::Composition;

/// Mean composition of an arm's tumours on a day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resistance {
    /// Day.
    pub day: u32,
    /// Patients who were still followed.
    pub patients: u32,
    /// Mean fraction of live cells without a change.
    pub sensitive: f64,
    /// Mean fraction with each locus changed.
    pub changed: Vec<f64>,
    /// Geometric mean of the volume relative to the start.
    pub volume: f64,
}

/// A sum of numbers in fixed point, with [`FRACTION_BITS`] bits behind the point: an integer, so that neither order nor grouping of the
/// summands matters. Fractions of at least 2⁻²⁷ are in it exactly, smaller ones to 2⁻⁸¹; 2²⁴ logarithms of any double fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct FixedSum(i128);

/// Bits behind the point.
const FRACTION_BITS: i32 = 80;

impl FixedSum {
    fn add(&mut self, x: f64) {
        self.join(Self(libm::scalbn(x, FRACTION_BITS).round() as i128));
    }

    fn join(&mut self, other: Self) {
        self.0 = self.0.saturating_add(other.0);
    }

    fn mean(self, of: u32) -> f64 {
        libm::scalbn(self.0 as f64 / f64::from(of), -FRACTION_BITS)
    }
}

impl fmt::Display for FixedSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// As text: JSON numbers of other programs are not that long.
impl Serialize for FixedSum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FixedSum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// What the compositions of patients on a day add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompositionSum {
    day: u32,
    patients: u32,
    sensitive: FixedSum,
    changed: Vec<FixedSum>,
    /// Of logarithms of relative volumes.
    log_volume: FixedSum,
    /// Patients of whom nothing was left, who have no logarithm.
    cleared: u32,
}

impl CompositionSum {
    fn empty(day: u32, loci: usize) -> Self {
        let sum = FixedSum::default();
        Self { day, patients: 0, sensitive: sum, changed: vec![sum; loci], log_volume: sum, cleared: 0 }
    }

    fn add(&mut self, now: &Composition) {
        self.patients += 1;
        self.sensitive.add(now.sensitive);
        self.changed.iter_mut().zip(&now.changed).for_each(|(sum, new)| sum.add(*new));
        match now.volume > 0.0 {
            true => self.log_volume.add(libm::log(now.volume)),
            false => self.cleared += 1,
        }
    }

    fn join(&mut self, other: &Self) {
        self.patients = self.patients.saturating_add(other.patients);
        self.cleared = self.cleared.saturating_add(other.cleared);
        self.sensitive.join(other.sensitive);
        self.log_volume.join(other.log_volume);
        self.changed.iter_mut().zip(&other.changed).for_each(|(sum, new)| sum.join(*new));
    }

    /// The means.
    pub(super) fn mean(&self) -> Resistance {
        let mean = |sum: &FixedSum| sum.mean(self.patients);
        Resistance {
            day: self.day,
            patients: self.patients,
            sensitive: mean(&self.sensitive),
            changed: self.changed.iter().map(mean).collect(),
            volume: if self.cleared > 0 { 0.0 } else { libm::exp(mean(&self.log_volume)) },
        }
    }
}

/// The sums of an arm, by day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArmComposition(Vec<CompositionSum>);

impl ArmComposition {
    /// Adds a patient, who is followed from the first day on.
    pub fn add(&mut self, of_patient: &[Composition]) {
        for (at, now) in of_patient.iter().enumerate() {
            if self.0.len() <= at {
                self.0.push(CompositionSum::empty(now.day, now.changed.len()));
            }
            self.0[at].add(now);
        }
    }

    /// Adds other patients.
    pub fn join(&mut self, other: &Self) {
        for (sum, new) in self.0.iter_mut().zip(&other.0) {
            sum.join(new);
        }
        let known = self.0.len().min(other.0.len());
        self.0.extend_from_slice(&other.0[known..]);
    }

    /// The means, by day.
    pub fn means(&self) -> Vec<Resistance> {
        self.0.iter().map(CompositionSum::mean).collect()
    }

    /// Whether it can be that of a trial with so many loci.
    pub fn fits(&self, loci: usize) -> bool {
        self.0.iter().all(|sum| sum.patients > 0 && sum.cleared <= sum.patients && sum.changed.len() == loci)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patients with awkward numbers, who leave at different times.
    fn patients() -> Vec<Vec<Composition>> {
        let of = |patient: u32, at: u32| Composition {
            day: 28 * at,
            volume: 0.1 + f64::from(patient + at) / 3.0,
            sensitive: 1.0 / f64::from(patient + 3),
            changed: vec![1e-9 / f64::from(patient + 1), f64::from(at) / 7.0],
        };
        (0..23).map(|patient| (0..2 + patient % 5).map(|at| of(patient, at)).collect()).collect()
    }

    fn sum<'a>(all: impl IntoIterator<Item = &'a Vec<Composition>>) -> ArmComposition {
        let mut sum = ArmComposition::default();
        all.into_iter().for_each(|one| sum.add(one));
        sum
    }

    // The means were once kept patient by patient, each in the rounding of those before it: parts of a cohort could not be joined.
    #[test]
    fn neither_order_nor_grouping_matters() {
        let all = patients();
        let whole = sum(&all);
        assert_eq!(sum(all.iter().rev()), whole);
        let parts: Vec<ArmComposition> = all.chunks(4).map(sum).collect();
        let join = |one: &ArmComposition, other: &ArmComposition| {
            let mut joined = one.clone();
            joined.join(other);
            joined
        };
        let left = parts.iter().fold(ArmComposition::default(), |sum, part| join(&sum, part));
        let right = parts.iter().rev().fold(ArmComposition::default(), |sum, part| join(part, &sum));
        let tree = join(
            &join(&parts[4], &parts[1]),
            &join(&join(&parts[5], &parts[0]), &join(&parts[3], &parts[2])),
        );
        assert_eq!((&left, &right, &tree), (&whole, &whole, &whole));
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<ArmComposition>(&text).unwrap(), whole);
    }

    #[test]
    fn means_are_those_of_the_numbers() {
        let all = patients();
        let found = &sum(&all).means()[1];
        let n = all.len() as f64;
        let mean = |of: fn(&Composition) -> f64| all.iter().map(|p| of(&p[1])).sum::<f64>() / n;
        let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-13;
        assert!(
            near(found.sensitive, mean(|c| c.sensitive)) && near(found.changed[0], mean(|c| c.changed[0]))
        );
        assert!(near(found.volume, mean(|c| c.volume.ln()).exp()), "{found:?}");
        assert_eq!((found.day, found.patients), (28, 23));
    }

    // The logarithm of nothing once made the mean of all not a number.
    #[test]
    fn a_tumour_that_is_gone_makes_the_geometric_mean_zero() {
        let gone = Composition { day: 0, volume: 0.0, sensitive: 1.0, changed: vec![] };
        let there = Composition { volume: 2.0, ..gone.clone() };
        for order in [[&gone, &there, &gone], [&there, &gone, &gone]] {
            let mut sum = ArmComposition::default();
            order.iter().for_each(|one| sum.add(std::slice::from_ref(one)));
            assert_eq!((sum.means()[0].volume, sum.means()[0].sensitive), (0.0, 1.0));
        }
    }
}
