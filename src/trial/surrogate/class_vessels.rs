//! Vessels of each class of perfusion: what its cells do to them, and what its oxygen does to their secretion of VEGF.
//!
//! ```text
//! v_jk' = p·h·formation·(1 − v_jk/v_max) − (d + (1 − e_jk)·d_rx)·v_jk,   h = H(free·g_jk) + e_jk·(H(1) − H(free·g_jk))⁺
//! g_jk  = secretion·(a·m_jk·x_j + (1 − a)·⟨m_j·x_j⟩)   x_j: HIF at the oxygen of the class relative to the untreated tumour, ⟨⟩ the mean over
//!                                           classes, a: what a voxel gives to itself
//! m_jk  = ((1 − r)·f_j + r·f_k)/f           f_j: mean factor of the cells of the class on secretion, m_j = f_j/f; f_k: that of kind k;
//!                                           f: mean of all cells
//! e_jk  = (1 − r)·e_j + r·i_k               e_j: share of the vessels of the class that its cells keep without VEGF; i_k: the same of cells of
//!                                           kind k, about which these vessels are; r: a cell's share of its own voxel,
//!                                           1/(1 + n) in the mean over n other cells, a Poisson number
//! ```
//!
//! So cells that keep their vessels, or call for more of them, are selected as far as they feed themselves. That cells of a voxel are kin beside that is not in it.

use crate::biology::oxygen::MeanOxygen;
use crate::biology::vessels::{VesselTraits, hypoxic_secretion, own_share, untreated_secretion};
use crate::scenario::{Locus, Scenario, Vessels};
use crate::simulation::care::Vasculature;
use crate::simulation::perfusion_classes::{ClassDensity, occupied};
use crate::tissue::shape::VOXEL;

/// Days in which vessels come to their untreated equilibrium: a dozen times 1/d and more.
const SETTLING: usize = 400;
/// Change in a day below which they have come there.
const SETTLED: f64 = 1e-6;

/// Vessels by class.
#[derive(Debug, Clone)]
pub(super) struct ClassVessels {
    /// Density of each class about cells of each kind, relative to its base density.
    density: Vec<Vec<f64>>,
    /// Kinds of cells: what they do to vessels. There is one at least.
    kinds: Vec<VesselTraits>,
    /// Kind of each state.
    kind_of: Vec<usize>,
    /// A cell's share of its own voxel.
    own_cell: f64,
    /// The rule; `None` where vessels never change.
    rule: Option<Vessels>,
    /// What a voxel gives to itself of the VEGF that it sees.
    own: f64,
    /// Mean factor of hypoxia in the untreated tumour.
    untreated: f64,
}

impl ClassVessels {
    /// Those of an untreated tumour with these states.
    pub fn new(scenario: &Scenario, levels: &[Vec<u8>], base: &[ClassDensity], oxygen: &MeanOxygen) -> Self {
        let (rule, lattice) = (scenario.vessels.clone(), &scenario.lattice);
        let own = rule.as_ref().map_or(0.0, |v| own_share(v, lattice));
        let section = rule.as_ref().zip(scenario.oxygen.as_ref());
        let untreated = section.map_or(1.0, |(v, o)| untreated_secretion(v, o, lattice, occupied(scenario)));
        let traits: Vec<VesselTraits> = levels.iter().map(|l| VesselTraits::of(&scenario.loci, l)).collect();
        let mut kinds = traits.clone();
        kinds.sort_by(|a, b| {
            a.independence.total_cmp(&b.independence).then(a.secretion.total_cmp(&b.secretion))
        });
        kinds.dedup();
        let mut all = Self {
            density: vec![vec![1.0; base.len()]; kinds.len()],
            kind_of: traits.iter().map(|of| kind(&kinds, of)).collect(),
            kinds,
            own_cell: own_cell(occupied(scenario)),
            rule,
            own,
            untreated,
        };
        let nothing = Vasculature::new(scenario.vessels.as_ref());
        let nobody = vec![Vec::new(); base.len()];
        for _ in 0..SETTLING {
            let before = all.density.clone();
            all.advance_day(&nothing, (base, oxygen), 1.0, &nobody);
            let mut changes = all.density.iter().flatten().zip(before.iter().flatten());
            if changes.all(|(now, before)| (now - before).abs() < SETTLED) {
                break;
            }
        }
        all
    }

    /// Density of each class about cells of each kind.
    pub fn densities(&self) -> &[Vec<f64>] {
        &self.density
    }

    /// Kind of a state, by its place among those that the tumour was made with.
    pub fn kind_of(&self, state: usize) -> usize {
        self.kind_of[state]
    }

    /// Kind of a state with these levels.
    pub fn kind(&self, loci: &[Locus], levels: &[u8]) -> usize {
        kind(&self.kinds, &VesselTraits::of(loci, levels))
    }

    /// Share of the vessels about these cells, by state, that live without VEGF; 0 where there are none.
    pub fn independent<'a>(&self, cells: impl IntoIterator<Item = &'a Vec<f64>>) -> f64 {
        self.mean(cells, |kind| kind.independence).unwrap_or(0.0)
    }

    /// Mean over these cells, by state, of what their kinds do; `None` where there are none.
    fn mean<'a>(
        &self,
        cells: impl IntoIterator<Item = &'a Vec<f64>>,
        of: impl Fn(&VesselTraits) -> f64,
    ) -> Option<f64> {
        let (mut sum, mut all) = (0.0, 0.0);
        for class in cells {
            sum += class.iter().zip(&self.kind_of).map(|(n, kind)| n * of(&self.kinds[*kind])).sum::<f64>();
            all += class.iter().sum::<f64>();
        }
        (all > 0.0).then(|| sum / all)
    }

    /// Factors on the secretion of VEGF relative to their mean over all cells: of each class, and within it of the voxels of cells of each
    /// kind; 1 where there are no cells, as before therapy.
    fn factors(&self, cells: &[Vec<f64>]) -> Vec<(f64, Vec<f64>)> {
        let all = self.mean(cells, |kind| kind.secretion).filter(|all| *all > 0.0);
        let of = |class: &Vec<f64>| {
            let own = self.mean([class], |kind| kind.secretion);
            let Some((all, own)) = all.zip(own) else { return (1.0, vec![1.0; self.kinds.len()]) };
            let kinds = self.kinds.iter().map(|kind| (own + self.own_cell * (kind.secretion - own)) / all);
            (own / all, kinds.collect())
        };
        cells.iter().map(of).collect()
    }

    /// Mean density of each class about its cells; about those of the first kind where there are none.
    pub fn of_cells(&self, cells: &[Vec<f64>]) -> Vec<f64> {
        let of = |(class, cells): (usize, &Vec<f64>)| {
            let all: f64 = cells.iter().sum();
            let about = cells.iter().zip(&self.kind_of).map(|(n, kind)| n * self.density[*kind][class]);
            if all > 0.0 { about.sum::<f64>() / all } else { self.density[0][class] }
        };
        cells.iter().enumerate().map(of).collect()
    }

    /// A day under what drugs do, with such a mean secretion and these cells by class and state.
    pub fn advance_day(
        &mut self,
        vasculature: &Vasculature,
        (base, oxygen): (&[ClassDensity], &MeanOxygen),
        vegf: f64,
        cells: &[Vec<f64>],
    ) {
        let Some(rule) = &self.rule else { return };
        let perfusions = perfusions(base, &self.of_cells(cells), vasculature.flow());
        let around = oxygen.around(perfusions.iter().sum::<f64>() / perfusions.len() as f64);
        let raised = |perfusion: &f64| {
            oxygen.pressure(*perfusion, around).map_or(1.0, |(o, mmhg)| hypoxic_secretion(rule, o, mmhg))
        };
        let raised: Vec<f64> = perfusions.iter().map(raised).collect();
        let factors = self.factors(cells);
        let mean = raised.iter().zip(&factors).map(|(x, (m, _))| x * m).sum::<f64>() / raised.len() as f64;
        let own_cell = self.own_cell;
        for (class, (_, factors)) in factors.iter().enumerate() {
            let others = self.independent([&cells[class]]);
            for ((density, kind), factor) in self.density.iter_mut().zip(&self.kinds).zip(factors) {
                let own = self.own * (raised[class] * factor);
                let seen = vegf * (own + (1.0 - self.own) * mean) / self.untreated;
                let independent = (1.0 - own_cell) * others + own_cell * kind.independence;
                density[class] = vasculature.grown(density[class], seen, independent);
            }
        }
    }
}

/// Number of the kind of cells that do this to vessels; the nearest one.
fn kind(kinds: &[VesselTraits], of: &VesselTraits) -> usize {
    let off = |kind: &usize| {
        let VesselTraits { independence, secretion } = &kinds[*kind];
        (independence - of.independence).abs() + (secretion - of.secretion).abs()
    };
    (0..kinds.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
}

/// A cell's share of its own voxel, in the mean, where such a share of all sites is occupied.
fn own_cell(occupied: f64) -> f64 {
    let cells = f64::from(VOXEL) * occupied;
    if cells > 0.0 { -libm::expm1(-cells) / cells } else { 1.0 }
}

/// Perfusion of each class, relative to the patient's mean.
pub(super) fn perfusions(base: &[ClassDensity], vessels: &[f64], flow: f64) -> Vec<f64> {
    base.iter().zip(vessels).map(|(class, density)| class.mean * density * flow).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::biology::vessels::fixed;
    use crate::engine::model::ONE;
    use crate::engine::{Backend, CpuBackend, Inputs, Model};
    use crate::simulation::Job;
    use crate::simulation::perfusion_classes::classes;
    use crate::therapy::VesselEffect;
    use crate::tissue::shape::VOXEL_SHIFT;
    use crate::tissue::word;

    // Mean of 1/(1 + n) over a Poisson number n of other cells of the voxel, term by term.
    #[test]
    fn a_cell_is_its_share_of_its_own_voxel() {
        for occupied in [0.01, 0.12, 0.5] {
            let cells = f64::from(VOXEL) * occupied;
            let mut term = libm::exp(-cells);
            let mut mean = 0.0;
            for others in 0..400 {
                mean += term / f64::from(others + 1);
                term *= cells / f64::from(others + 1);
            }
            assert!((own_cell(occupied) - mean).abs() < 1e-12, "{occupied}: {mean}");
        }
        assert_eq!(own_cell(0.0), 1.0);
    }

    /// Mean density of vessels about cells that secrete twice the VEGF and about the others, which are half of all and mixed at random, after a
    /// hundred days under drugs: on a lattice whose cells stay as they are, and by classes.
    fn about_both(density: f64, effect: VesselEffect) -> [[f64; 2]; 2] {
        let text = format!(
            "name = \"t\"\nphenotype = \"signalling\"\nseed = 3\nloci = [\"vegf\"]\n[time]\nend = \"700 d\"\nevery = \"14 d\"\n\
             [lattice]\nsize = [64, 64, 64]\nplacement = \"radius\"\nboundary = \"periodic\"\n[start]\nshape = \"random\"\ndensity = {density}\n\
             composition = {{ \"vegf=up\" = 0.5 }}\n[patient]\n[oxygen]\n[vessels]\n"
        );
        let scenario = crate::scenario::parse(&text, "t.toml", Path::new("")).unwrap().scenario;
        let job = Job::new(&scenario, Path::new("")).unwrap();
        let mut vasculature = Vasculature::new(scenario.vessels.as_ref());
        // As in the untreated tumour of these cells: one and a half in the mean, 1 by the factor 1.
        let vegf = 1.5;
        let start = job.starting_lesion(0, 1).unwrap();
        let mut model = Model::clone(&job.model);
        model.tables.rows.iter_mut().for_each(|row| *row = Default::default());
        model.tables.heads.iter_mut().for_each(|head| *head = Default::default());
        let mut backend = CpuBackend::new(Arc::new(model), &[start], job.pool_options(), 1).unwrap();
        let levels = [vec![0], vec![1]];
        let (base, oxygen) = (
            classes(scenario.vessels.as_ref().unwrap().unevenness),
            MeanOxygen::new(&scenario, occupied(&scenario)),
        );
        let mut field = ClassVessels::new(&scenario, &levels, &base, &oxygen);
        let cells = vec![vec![0.5 / base.len() as f64; 2]; base.len()];
        let steps = 24 / scenario.time.step_hours;
        for day in 0..100 {
            vasculature.advance_day(effect);
            let inputs = vasculature.inputs(scenario.time.step_days());
            let secretion = fixed(vegf);
            backend.set_inputs(0, Inputs { secretion, plain_secretion: ONE, ..inputs });
            backend.advance((day + 1) * steps).unwrap();
            field.advance_day(&vasculature, (&base, &oxygen), vegf, &cells);
        }
        let state = backend.state(0).unwrap();
        let mut sums = [(0.0, 0.0); 2];
        for (site, word) in (0_u32..).zip(state.words()).filter(|(_, word)| word::is_live(*word)) {
            let (sum, n) = &mut sums[usize::from(word::code(word) != 0)];
            *sum += f64::from(state.bricks.field(2, (site >> VOXEL_SHIFT) as usize)) / f64::from(ONE);
            *n += 1.0;
        }
        let of_class =
            |kind: usize| field.density[field.kind_of[kind]].iter().sum::<f64>() / base.len() as f64;
        [sums.map(|(sum, n)| sum / n), [of_class(0), of_class(1)]]
    }

    // Vessels about cells that secrete more, by classes beside a lattice: untreated, under a trap, and under loss of vessels. What a voxel gets
    // back of its own VEGF by way of its neighbours is not in the first term of the series, about a fifth of the whole in three dimensions; so much
    // more of the difference is on the lattice.
    #[test]
    fn vessels_about_cells_that_secrete_more_follow_the_lattice() {
        for density in [0.02, 0.12] {
            let nothing = VesselEffect::default();
            for effect in [
                nothing,
                VesselEffect { trap: 0.7, ..nothing },
                VesselEffect { pruning: 0.04, flow: 0.2, ..nothing },
            ] {
                let [lattice, classes] = about_both(density, effect);
                let differs = |[plain, up]: [f64; 2]| up - plain;
                println!(
                    "{density} {effect:?}: {lattice:.4?} {classes:.4?}, differences {:.4} {:.4}",
                    differs(lattice),
                    differs(classes)
                );
                let off = (0..2).map(|kind| (lattice[kind] - classes[kind]).abs()).fold(0.0, f64::max);
                assert!(off < 0.01, "{density} {effect:?}: {lattice:?} {classes:?}");
                let ratio = differs(classes) / differs(lattice);
                assert!((0.7..0.9).contains(&ratio), "{density} {effect:?}: {ratio}");
            }
        }
    }

    #[test]
    fn the_nearest_kind_is_that_of_a_state() {
        let of = |independence, secretion| VesselTraits { independence, secretion };
        let kinds = [of(0.0, 1.0), of(0.0, 2.0), of(1.0, 1.0)];
        let states = [(0.0, 1.0), (0.4, 1.0), (0.6, 1.0), (1.0, 1.0), (0.0, 2.0), (0.1, 6.0)];
        assert_eq!(states.map(|(e, f)| kind(&kinds, &of(e, f))), [0, 0, 2, 2, 1, 1]);
    }
}
