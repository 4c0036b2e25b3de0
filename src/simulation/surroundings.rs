//! What surrounds the cells of a lesion at a time, voxel by voxel, and how likely they divide there: for pictures and exports.

use crate::engine::RateTables;
use crate::engine::cpu::environment::perfuse;
use crate::engine::model::{ONE, ONE_VEGF, PERFUSION_SHIFT};
use crate::engine::pool::base_density;
use crate::tissue::shape::VOXEL_SHIFT;
use crate::tissue::word;

use super::hooks::LatticePicture;

/// The environment of a lesion.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    picture: LatticePicture<'a>,
}

impl<'a> Surroundings<'a> {
    /// Of what a picture shows.
    pub fn new(picture: &LatticePicture<'a>) -> Self {
        Self { picture: *picture }
    }

    /// Number of voxels, padding included; voxel `v` holds the sites from `64 v` on.
    pub fn voxels(&self) -> usize {
        self.picture.state.voxel_count()
    }

    fn field(&self, field: usize, voxel: usize) -> Option<u32> {
        let state = self.picture.state;
        (field < state.field_count()).then(|| state.bricks.field(field, voxel))
    }

    /// Oxygen in a voxel, mmHg; `None` without `[oxygen]`.
    pub fn oxygen_mmhg(&self, voxel: usize) -> Option<f64> {
        let oxygen = self.picture.job.scenario.oxygen.as_ref()?;
        Some(f64::from(self.field(0, voxel)?) / 4_294_901_760.0 * oxygen.vessel_mmhg)
    }

    /// VEGF in a voxel, relative to what cells of the untreated tumour see; `None` without `[vessels]`.
    pub fn vegf(&self, voxel: usize) -> Option<f64> {
        Some(f64::from(self.field(1, voxel)?) / f64::from(ONE_VEGF))
    }

    /// Perfusion at a flow per vessel (0.32 fixed point), 2.30 fixed point; `None` without `[vessels]`.
    fn perfused(&self, voxel: usize, flow: u32) -> Option<u32> {
        let rule = self.picture.job.model.oxygen.as_ref()?.vessels.as_ref()?;
        let (seed, id) = (self.picture.job.model.seed, self.picture.state.id.0);
        Some(perfuse(base_density(rule, seed, id, voxel as u32), self.field(2, voxel)?, flow))
    }

    /// Density of vessels in a voxel, relative to the patient's mean before therapy; `None` without `[vessels]`.
    pub fn vessels(&self, voxel: usize) -> Option<f64> {
        Some(f64::from(self.perfused(voxel, u32::MAX)?) / f64::from(ONE))
    }

    /// Perfusion of a voxel under the drugs of the day, relative to the same; `None` without `[vessels]`.
    pub fn perfusion(&self, voxel: usize) -> Option<f64> {
        Some(f64::from(self.perfused(voxel, self.picture.flow)?) / f64::from(ONE))
    }

    /// Chances of division in a step, as the day's rate tables have them.
    pub fn chances(&self) -> Chances {
        let LatticePicture { job, state, exposures, .. } = self.picture;
        match &job.care {
            Some(care) => self.chances_of(&care.tables_under(&job.scenario, &job.space, exposures), 0),
            None => self.chances_of(&job.model.tables, state.control.table),
        }
    }

    fn chances_of(&self, tables: &RateTables, table: u32) -> Chances {
        let perfusions = tables.perfusion_bins.max(1);
        let environment_of = (0..self.voxels()).map(|voxel| {
            let bin = self.field(0, voxel).map_or(0, |oxygen| (oxygen >> 16) >> tables.bin_shift);
            let class = tables.block_of.get(bin as usize).copied().unwrap_or(0);
            let perfused = self.perfused(voxel, self.picture.flow).map_or(0, |p| p >> PERFUSION_SHIFT);
            class * perfusions + perfused.min(perfusions - 1)
        });
        let environment_of = environment_of.collect();
        let mut of = Vec::with_capacity((tables.environments() * tables.states()) as usize);
        for environment in 0..tables.environments() {
            let (class, perfused) = (environment / perfusions, environment % perfusions);
            for code in &tables.codes {
                let row = tables.rows[tables.row_index(table, class, perfused, *code)];
                of.push(row.divide.probability() - row.die.probability());
            }
        }
        Chances { environment_of, row_of: tables.row_of.clone(), states: tables.codes.len(), of }
    }
}

/// Chances of a lesion's cells to divide in a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Chances {
    environment_of: Vec<u32>,
    row_of: Vec<u32>,
    states: usize,
    of: Vec<f64>,
}

impl Chances {
    /// The chance of a live cell with this word at a site.
    pub fn at(&self, site: u32, cell: u32) -> f64 {
        let row = self.row_of[word::code(cell) as usize] as usize;
        let environment = self.environment_of[(site >> VOXEL_SHIFT) as usize] as usize;
        self.of[environment * self.states + row]
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::biology::potency::Exposure;
    use crate::simulation::Job;

    fn job(text: &str) -> Job {
        let scenario = crate::scenario::parse(text, "t.toml", Path::new("")).unwrap().scenario;
        Job::new(&scenario, Path::new("")).unwrap()
    }

    // In mode rates a chance is the expected number of divisions: here there is no death, and growth is 0.2 /d.
    #[test]
    fn chances_are_those_of_the_scenario() {
        let job = job(
            "name = \"t\"\nloci = []\n[time]\nstep = \"12 h\"\nend = \"1 d\"\n[lattice]\nsize = [32, 32]\n\
             placement = \"neighbour\"\n[start]\nshape = \"random\"\ndensity = 0.5\n[rates]\nbirth = \"0.2 /d\"\n\
             death = \"0 /d\"\n",
        );
        let state = job.starting_lesion(0, 1).unwrap();
        let picture = LatticePicture {
            job: &job,
            state: &state,
            digest: "",
            therapy: &[],
            flow: u32::MAX,
            exposures: &[],
        };
        let chances = Surroundings::new(&picture).chances();
        let expected = libm::expm1(0.1);
        assert!((chances.at(0, word::live(0)) - expected).abs() < 1e-9);
        assert_eq!(Surroundings::new(&picture).oxygen_mmhg(0), None);
    }

    #[test]
    fn a_drug_and_poor_perfusion_lower_the_chances() {
        let job = job("name = \"t\"\nphenotype = \"signalling\"\n[time]\nend = \"14 d\"\n[lattice]\n\
             size = [24, 24, 24]\nplacement = \"radius\"\n[start]\n[patient]\n[oxygen]\n[vessels]\n[therapy]\n\
             regimen = \"everolimus 10 mg daily\"\n");
        let state = job.starting_lesion(0, 1).unwrap();
        let chance = |nm: f64, flow: u32| {
            let exposures = [Exposure::bath(nm)];
            let picture = LatticePicture {
                job: &job,
                state: &state,
                digest: "",
                therapy: &[],
                flow,
                exposures: &exposures,
            };
            Surroundings::new(&picture).chances().at(0, word::live(0))
        };
        assert!(chance(2.0, u32::MAX) < 0.9 * chance(0.0, u32::MAX));
        assert!(chance(0.0, u32::MAX / 8) < 0.9 * chance(0.0, u32::MAX));
    }
}
