//! Exposure in bins: every level is rounded to a grid of eight values an octave.
//!
//! Rates are tables, and a table is made for a combination of bins: as long as no bin changes, no table is made. On the
//! same grid the delivery to a voxel, perfusion to the power of the drug's exponent, is a shift, see [`Delivery`]. A
//! level is rounded once as plasma and once as delivery, so that what a cell sees is within an eighth of an octave
//! (9 %) of what it should see, and at most 2.2 % of a drug's full effect off where the Hill exponent is 1 (the
//! slope of `c/(c + EC50)` over ln c is at most ¼).

mod corners;

pub(super) use corners::corners;

use crate::catalogue::{Analyte, CellKill, Drug, HormoneEffect, Inducer, KillKind, Node, Shift, Target};
use crate::scenario::{Change, Locus};

use super::patient::PatientBiology;
use super::potency::Exposure;

/// Bins in an octave.
pub const PER_OCTAVE: f64 = 8.0;
/// Steps in a bin: levels in plasma are whole bins, delivery may be a part of one.
const STEPS: i32 = 64;

/// Bins between the levels of the blood that are told apart, half an octave: hormones move little, and nothing is
/// interpolated between them.
const SYSTEMIC_SPACING: i32 = 4;

/// Parts of the full inhibition of VEGF or its receptors that are told apart: it moves rates of switching alone, and nothing is interpolated.
const BLOCKADES: f64 = 32.0;

/// Effect, as a share of the full one, below which a drug counts as absent.
const NEGLIGIBLE: f64 = 0.002;

/// A level on the grid, in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bin(i32);

impl Bin {
    /// Too little to do anything.
    pub const ABSENT: Self = Self(i32::MIN);

    /// The bin of a level; below `floor` it is absent.
    pub fn of(level: f64, floor: f64) -> Self {
        // Not `level < floor`: a level that is not a number is absent too.
        if !(level >= floor && level > 0.0) {
            return Self::ABSENT;
        }
        let bins = libm::rint(PER_OCTAVE * libm::log2(level));
        Self(bins.clamp(-16_000.0, 16_000.0) as i32 * STEPS)
    }

    /// The level, in the middle of a bin unless it is shifted; 0 where it is absent.
    pub fn level(self) -> f64 {
        if self == Self::ABSENT {
            return 0.0;
        }
        libm::exp2(f64::from(self.0) / f64::from(STEPS) / PER_OCTAVE)
    }

    /// The nearest of levels that are this many bins apart.
    #[must_use]
    fn at_node(self, spacing: i32) -> Self {
        if self == Self::ABSENT {
            return self;
        }
        let every = spacing * STEPS;
        Self((self.0 + every / 2).div_euclid(every) * every)
    }

    /// Moved by a number of steps; absent stays absent.
    #[must_use]
    pub fn shifted(self, steps: i32) -> Self {
        if self == Self::ABSENT { self } else { Self(self.0 + steps) }
    }
}

/// Exposure to one drug in bins: parent, metabolite, daily average, radiation; and what of it moves hormones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DrugBins {
    /// What is delivered to the cell.
    local: [Bin; 4],
    /// Average in the blood: perfusion does not shift it.
    systemic: Bin,
    /// Inhibition of VEGF or its receptors in vessels, in parts of [`BLOCKADES`]; 0 where nothing depends on it.
    blockade: u8,
}

impl DrugBins {
    /// No drug.
    pub const ABSENT: Self = Self { local: [Bin::ABSENT; 4], systemic: Bin::ABSENT, blockade: 0 };

    /// What a cell is exposed to.
    pub fn exposure(&self) -> Exposure {
        let [parent_nm, metabolite_nm, average, radiation] = self.local.map(Bin::level);
        let (systemic, vegf_blockade) = (self.systemic.level(), f64::from(self.blockade) / BLOCKADES);
        Exposure { parent_nm, metabolite_nm, average, radiation, systemic, vegf_blockade }
    }

    /// The same but for what only vessels see.
    #[must_use]
    fn in_cells(&self) -> Self {
        Self { blockade: 0, ..*self }
    }

    /// Delivered with a shift of steps.
    #[must_use]
    pub fn shifted(&self, steps: i32) -> Self {
        Self { local: self.local.map(|b| b.shifted(steps)), ..*self }
    }
}

/// How exposure to a drug is binned and delivered in one patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Levels below which it is absent, as in [`DrugBins`]; infinite where nothing depends on one.
    floors: [f64; 4],
    /// The same of the average in the blood, by which hormones move.
    systemic_floor: f64,
    /// Whether drug and active metabolite act as their sum alone: then the sum is binned, as if it were the drug.
    sums: bool,
    /// Whether some state answers to the inhibition of VEGF or its receptors in vessels.
    sees_blockade: bool,
    /// Tissue concentration is plasma times perfusion to this power.
    exponent: f64,
    spacing: i32,
}

impl Grid {
    /// The grid of a drug.
    pub fn new(drug: &Drug, patient: &PatientBiology) -> Self {
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
        let floor_of = |h: &HormoneEffect| h.ec50.value * libm::pow(NEGLIGIBLE, 1.0 / h.hill.value);
        let systemic_floor = drug.hormones.iter().map(floor_of).fold(f64::INFINITY, f64::min);
        let sums = !drug.targets.is_empty() && drug.targets.iter().all(|t| t.analyte == Analyte::Sum);
        let spacing = drug.targets.iter().map(spacing).min().unwrap_or(1);
        let exponent = drug.delivery_exponent.value;
        Self { floors, systemic_floor, sums, sees_blockade: false, exponent, spacing }
    }

    /// The same for cells with these loci: where some change follows the inhibition of VEGF in vessels, that is binned too.
    #[must_use]
    pub fn for_loci(self, loci: &[Locus]) -> Self {
        let by = |c: &Change| {
            let induced = c.induced.as_ref().map(|i| i.by);
            [induced, c.suppressed.as_ref().map(|s| s.by)].contains(&Some(Inducer::VegfBlockade))
        };
        Self { sees_blockade: loci.iter().flat_map(|l| &l.changes).any(by), ..self }
    }

    /// Bins from one exposure for which the network is solved to the next: so few that what is interpolated between them is
    /// off by no more than 0.3 % of untreated division.
    pub fn spacing(&self) -> i32 {
        self.spacing
    }

    /// Bins of an exposure.
    pub fn bins(&self, e: &Exposure) -> DrugBins {
        let (parent, metabolite) =
            if self.sums { (e.parent_nm + e.metabolite_nm, 0.0) } else { (e.parent_nm, e.metabolite_nm) };
        let levels = [parent, metabolite, e.average, e.radiation];
        DrugBins {
            local: std::array::from_fn(|i| Bin::of(levels[i], self.floors[i])),
            systemic: Bin::of(e.systemic, self.systemic_floor).at_node(SYSTEMIC_SPACING),
            blockade: match self.sees_blockade {
                true => libm::rint(e.vegf_blockade.clamp(0.0, 1.0) * BLOCKADES) as u8,
                false => 0,
            },
        }
    }
}

/// How perfusion delivers several drugs.
///
/// Perfusions are of one class where the drug of the largest exponent, among those that are there, is shifted by the same
/// number of whole bins. Every drug is shifted as in the middle of the class, by parts of a bin if need be: so none is
/// more than half a bin (and half a step) off, and classes are as few as those of one drug.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    exponents: Vec<f64>,
    largest: f64,
}

impl Delivery {
    /// Delivery of drugs of which these bins are in plasma.
    pub fn new(grids: &[Grid], bins: &[DrugBins]) -> Self {
        let present = grids.iter().zip(bins).filter(|(_, b)| b.in_cells() != DrugBins::ABSENT);
        Self {
            largest: present.map(|(grid, _)| grid.exponent).fold(0.0, f64::max),
            exponents: grids.iter().map(|grid| grid.exponent).collect(),
        }
    }

    /// Class of a perfusion relative to the patient's mean.
    pub fn class(&self, perfusion: f64) -> i32 {
        libm::rint(PER_OCTAVE * self.largest * libm::log2(perfusion)) as i32
    }

    /// What of these bins arrives in a class.
    pub fn local(&self, class: i32, bins: &[DrugBins]) -> Vec<DrugBins> {
        let whole = f64::from(class * STEPS);
        let shift = |exponent: f64| match self.largest > 0.0 {
            true => libm::rint(whole * (exponent / self.largest)) as i32,
            false => 0,
        };
        bins.iter().zip(&self.exponents).map(|(b, exponent)| b.shifted(shift(*exponent))).collect()
    }
}

/// A kill that is on as soon as the drug is there.
fn without_level(kill: &CellKill) -> bool {
    kill.node.is_none() && matches!(kill.kind, KillKind::Death | KillKind::AtDivision)
}

/// Bins between nodes of a target: the network answers most steeply to the loss of growth factors and of mTOR's kinase, which
/// stops both S6K and 4E-BP1.
fn spacing(target: &Target) -> i32 {
    let steep = matches!(target.node, Node::GrowthFactor | Node::MtorKinase | Node::MtorBivalent);
    if steep || target.hill.value > 1.0 { 2 } else { 4 }
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
        assert_eq!(Bin::of(1.0, 0.0).shifted(16 * STEPS).level(), 4.0);
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
        let grid = Grid::new(everolimus, &PatientBiology::typical());
        let given = Exposure { parent_nm: 1.3, average: 24.0, ..Exposure::default() };
        let bins = grid.bins(&given);
        assert_ne!(bins, DrugBins::ABSENT);
        assert_eq!(bins.exposure().average, 0.0, "it acts by its unbound concentration alone");
        assert!((bins.exposure().parent_nm / 1.3 - 1.0).abs() < 0.05);
    }

    // What moves hormones is in the blood: perfusion brings no more of it, half an octave is told apart.
    #[test]
    fn what_moves_hormones_is_the_same_everywhere() {
        let alpelisib = Catalogue::embedded().find("alpelisib").unwrap();
        let grid = Grid::new(alpelisib, &PatientBiology::typical());
        let given = Exposure { parent_nm: 300.0, systemic: 1360.0, ..Exposure::default() };
        let bins = grid.bins(&given);
        let poor = bins.shifted(-16 * STEPS).exposure();
        assert!((poor.parent_nm / 75.0 - 1.0).abs() < 0.05, "{poor:?}");
        assert!((poor.systemic / 1360.0).log2().abs() <= 0.25 + 1.0 / 16.0, "{poor:?}");
        assert_eq!(Bin::of(poor.systemic, 0.0).0 % (4 * STEPS), 0);
        assert_eq!(grid.bins(&Exposure::bath(300.0)).exposure().systemic, 0.0);
    }

    // A blockade is that of the vessels, wherever the cell is, and is seen only where some change follows it.
    #[test]
    fn a_blockade_of_vegf_is_binned_where_something_follows_it() {
        let sunitinib = Catalogue::embedded().find("sunitinib").unwrap();
        let given = Exposure { parent_nm: 6.0, vegf_blockade: 0.51, ..Exposure::default() };
        let loci = crate::scenario::catalogue_loci();
        let of =
            |loci: &[Locus]| Grid::new(sunitinib, &PatientBiology::typical()).for_loci(loci).bins(&given);
        let (seen, unseen) = (of(loci), of(&[]));
        assert_eq!(unseen.exposure().vegf_blockade, 0.0);
        assert!((seen.exposure().vegf_blockade - 0.51).abs() <= 0.5 / BLOCKADES);
        assert_eq!(seen.shifted(-16 * STEPS).exposure().vegf_blockade, seen.exposure().vegf_blockade);
        assert_eq!(seen.in_cells(), unseen);
    }

    // Sunitinib and SU12662 act as their sum: while levels rise and fall their ratio changes from day to day, which made a
    // table for each day where one for each sum will do.
    #[test]
    fn what_acts_as_a_sum_is_binned_as_one() {
        let sunitinib = Catalogue::embedded().find("sunitinib").unwrap();
        let grid = Grid::new(sunitinib, &PatientBiology::typical());
        let of = |parent_nm, metabolite_nm| {
            grid.bins(&Exposure { parent_nm, metabolite_nm, ..Exposure::default() })
        };
        assert_eq!(of(6.0, 2.0), of(3.0, 5.0));
        let seen = of(6.0, 2.0).exposure();
        assert!((seen.parent_nm + seen.metabolite_nm - 8.0).abs() < 0.4);
    }

    /// Everolimus, octreotide and others with these exponents, at 1 nM in plasma.
    fn drugs(exponents: &[f64]) -> (Vec<Grid>, Vec<DrugBins>) {
        let mut drug = Catalogue::embedded().find("everolimus").unwrap().clone();
        let mut grid = |exponent: &f64| {
            drug.delivery_exponent.value = *exponent;
            Grid::new(&drug, &PatientBiology::typical())
        };
        let grids: Vec<Grid> = exponents.iter().map(&mut grid).collect();
        let bins = grids.iter().map(|g| g.bins(&Exposure::bath(1.0))).collect();
        (grids, bins)
    }

    #[test]
    fn delivery_follows_the_exponent() {
        let (grids, bins) = drugs(&[0.5]);
        let delivery = Delivery::new(&grids, &bins);
        assert_eq!([1.0, 4.0, 0.25].map(|p| delivery.class(p)), [0, 8, -8]);
        for (perfusion, level) in [(1.0, 1.0), (4.0, 2.0), (0.25, 0.5)] {
            let local = delivery.local(delivery.class(perfusion), &bins);
            assert_eq!(local[0].exposure().parent_nm, level);
        }
    }

    #[test]
    fn no_drug_is_delivered_more_than_half_a_bin_off() {
        for exponents in [&[0.2][..], &[0.2, 0.3, 0.4], &[0.8, 0.2], &[0.35, 0.4], &[0.0, 0.0], &[0.0, 0.3]] {
            let (grids, bins) = drugs(exponents);
            let delivery = Delivery::new(&grids, &bins);
            for i in 0..400 {
                let perfusion = libm::exp2(-6.0 + f64::from(i) * 0.02);
                let local = delivery.local(delivery.class(perfusion), &bins);
                for (bin, exponent) in local.iter().zip(exponents) {
                    let off = libm::log2(bin.exposure().parent_nm) - exponent * libm::log2(perfusion);
                    let most = 0.5 + 0.5 / f64::from(STEPS);
                    assert!(PER_OCTAVE * off.abs() <= most + 1e-9, "{exponents:?} at {perfusion}: {off}");
                }
            }
        }
    }

    #[test]
    fn drugs_that_are_not_there_make_no_classes() {
        let (grids, mut bins) = drugs(&[0.2, 0.8]);
        bins[1] = DrugBins::ABSENT;
        let delivery = Delivery::new(&grids, &bins);
        assert_eq!(delivery.class(0.5), -2);
        assert_eq!(delivery.local(-2, &bins)[1], DrugBins::ABSENT);
        assert_eq!(Delivery::new(&grids, &[DrugBins::ABSENT; 2]).class(0.01), 0);
    }
}
