//! Exposure in bins: every level is rounded to a grid of eight values an octave.
//!
//! Rates are tables, and a table is made for a combination of bins: as long as no bin changes, no table is made. On the
//! same grid the delivery to a voxel, perfusion to the power of the drug's exponent, is a shift by whole bins. A
//! level is rounded once as plasma and once as delivery, so that what a cell sees is within an eighth of an octave
//! (9 %) of what it should see, and at most 2.2 % of a drug's full effect off where the Hill exponent is 1 (the
//! slope of `c/(c + EC50)` over ln c is at most ¼).

use crate::catalogue::{Analyte, CellKill, Drug, KillKind, Shift};

use super::patient::Patient;
use super::potency::Exposure;

/// Bins in an octave.
pub const PER_OCTAVE: f64 = 8.0;

/// Effect, as a share of the full one, below which a drug counts as absent.
const NEGLIGIBLE: f64 = 0.002;

/// A level on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bin(i16);

impl Bin {
    /// Too little to do anything.
    pub const ABSENT: Self = Self(i16::MIN);

    /// The bin of a level; below `floor` it is absent.
    pub fn of(level: f64, floor: f64) -> Self {
        // Not `level < floor`: a level that is no number is absent too.
        if !(level >= floor && level > 0.0) {
            return Self::ABSENT;
        }
        let steps = libm::rint(PER_OCTAVE * libm::log2(level));
        Self(steps.clamp(-16_000.0, 16_000.0) as i16)
    }

    /// The level in the middle of the bin; 0 where it is absent.
    pub fn level(self) -> f64 {
        if self == Self::ABSENT { 0.0 } else { libm::exp2(f64::from(self.0) / PER_OCTAVE) }
    }

    /// Moved by a number of bins; absent stays absent.
    #[must_use]
    pub fn shifted(self, bins: i16) -> Self {
        if self == Self::ABSENT { self } else { Self(self.0 + bins) }
    }
}

/// Exposure to one drug in bins: parent, metabolite, daily average, radiation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DrugBins([Bin; 4]);

impl DrugBins {
    /// No drug.
    pub const ABSENT: Self = Self([Bin::ABSENT; 4]);

    /// What a cell is exposed to.
    pub fn exposure(&self) -> Exposure {
        let [parent_nm, metabolite_nm, average, radiation] = self.0.map(Bin::level);
        Exposure { parent_nm, metabolite_nm, average, radiation }
    }

    /// Delivered with a shift of bins.
    #[must_use]
    pub fn shifted(&self, bins: i16) -> Self {
        Self(self.0.map(|b| b.shifted(bins)))
    }
}

/// How exposure to a drug is binned and delivered in one patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Levels below which it is absent, as in [`DrugBins`]; infinite where nothing depends on one.
    floors: [f64; 4],
    /// Whether drug and active metabolite act as their sum alone: then the sum is binned, as if it were the drug.
    sums: bool,
    /// Tissue concentration is plasma times perfusion to this power.
    exponent: f64,
}

impl Grid {
    /// The grid of a drug.
    pub fn new(drug: &Drug, patient: &Patient) -> Self {
        let mut floors = [f64::INFINITY; 4];
        for target in &drug.targets {
            let ec50 = target.ec50.value * smallest(&target.shifts) * patient.ec50_factor(target.node);
            let floor = ec50 * libm::pow(NEGLIGIBLE, 1.0 / target.hill.value);
            // A sum of two analytes: each alone may be half of it.
            floors[0] = floors[0].min(floor / 2.0);
            floors[1] = floors[1].min(floor / 2.0);
        }
        for kill in &drug.kills {
            match &kill.ec50 {
                Some(ec50) => floors[2] = floors[2].min(ec50.value * smallest(&kill.shifts) * NEGLIGIBLE),
                None if without_level(kill) => floors[2] = floors[2].min(f64::MIN_POSITIVE),
                None => {}
            }
            if kill.kind == KillKind::Radiation {
                floors[3] = 1e-6;
            }
        }
        let sums = !drug.targets.is_empty() && drug.targets.iter().all(|t| t.analyte == Analyte::Sum);
        Self { floors, sums, exponent: drug.delivery_exponent.value }
    }

    /// Bins of an exposure.
    pub fn bins(&self, e: &Exposure) -> DrugBins {
        let (parent, metabolite) =
            if self.sums { (e.parent_nm + e.metabolite_nm, 0.0) } else { (e.parent_nm, e.metabolite_nm) };
        let levels = [parent, metabolite, e.average, e.radiation];
        DrugBins(std::array::from_fn(|i| Bin::of(levels[i], self.floors[i])))
    }

    /// Shift of bins by delivery at a perfusion relative to the patient's mean.
    pub fn delivery(&self, perfusion: f64) -> i16 {
        libm::rint(PER_OCTAVE * self.exponent * libm::log2(perfusion)) as i16
    }
}

/// A kill that is on as soon as the drug is there.
fn without_level(kill: &CellKill) -> bool {
    kill.node.is_none() && matches!(kill.kind, KillKind::Death | KillKind::AtDivision)
}

/// Smallest factor on the EC50 that states can come to.
fn smallest(shifts: &[Shift]) -> f64 {
    shifts.iter().map(|s| s.ec50.value.min(1.0)).product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Catalogue;

    #[test]
    fn levels_are_at_most_half_a_bin_off() {
        let half = libm::exp2(0.5 / PER_OCTAVE) * (1.0 + 1e-12);
        for i in 0..4000 {
            let level = libm::exp(-9.0 + f64::from(i) * 0.0071);
            let ratio = Bin::of(level, 0.0).level() / level;
            assert!((1.0 / half..=half).contains(&ratio), "{level}: {ratio}");
        }
        assert_eq!(Bin::of(1.0, 0.0).level(), 1.0);
        assert_eq!(Bin::of(1.0, 0.0).shifted(16).level(), 4.0);
    }

    #[test]
    fn too_little_is_nothing() {
        for level in [0.0, -1.0, f64::NAN, 0.99] {
            assert_eq!(Bin::of(level, 1.0), Bin::ABSENT, "{level}");
        }
        assert_eq!(Bin::ABSENT.shifted(3).level(), 0.0);
    }

    #[test]
    fn what_a_drug_does_not_act_by_makes_no_bins() {
        let everolimus = Catalogue::embedded().find("everolimus").unwrap();
        let grid = Grid::new(everolimus, &Patient::typical());
        let given = Exposure { parent_nm: 1.3, average: 24.0, ..Exposure::default() };
        let bins = grid.bins(&given);
        assert_ne!(bins, DrugBins::ABSENT);
        assert_eq!(bins.exposure().average, 0.0, "it acts by its unbound concentration alone");
        assert!((bins.exposure().parent_nm / 1.3 - 1.0).abs() < 0.05);
    }

    // Sunitinib and SU12662 act as their sum: while levels rise and fall their ratio changes from day to day, which made a
    // table for each day where one for each sum will do.
    #[test]
    fn what_acts_as_a_sum_is_binned_as_one() {
        let sunitinib = Catalogue::embedded().find("sunitinib").unwrap();
        let grid = Grid::new(sunitinib, &Patient::typical());
        let of = |parent_nm, metabolite_nm| {
            grid.bins(&Exposure { parent_nm, metabolite_nm, ..Exposure::default() })
        };
        assert_eq!(of(6.0, 2.0), of(3.0, 5.0));
        let seen = of(6.0, 2.0).exposure();
        assert!((seen.parent_nm + seen.metabolite_nm - 8.0).abs() < 0.4);
    }

    #[test]
    fn delivery_follows_the_exponent() {
        let mut drug = Catalogue::embedded().find("everolimus").unwrap().clone();
        drug.delivery_exponent.value = 0.5;
        let grid = Grid::new(&drug, &Patient::typical());
        assert_eq!((grid.delivery(1.0), grid.delivery(4.0), grid.delivery(0.25)), (0, 8, -8));
    }
}
