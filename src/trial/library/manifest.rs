//! `library.json`: what a library is of, so that it is never used with another model or other data.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{BLOCK, EVERY, TumourState, follow_tumour};
use crate::biology::StateSpace;
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::{PatientRange, RunError, Shard, disk};
use crate::trial::error::TrialError;
use crate::trial::run::Plan;

/// The file.
pub(super) const MANIFEST: &str = "library.json";
/// Days of the first patient by which a model is known.
const PROBED: u32 = 196;

/// What columns a block has beside those that all have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockShape {
    /// Names of the loci, in the order of shares.
    pub loci: Vec<String>,
    /// Most drugs of an arm.
    pub drugs: usize,
}

/// What a library is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LibraryManifest {
    /// Version of the program.
    pub evotor: String,
    /// Name of the trial.
    pub name: String,
    /// Seed.
    pub seed: u64,
    /// Patients of the whole.
    pub patients: u32,
    /// Names of the arms.
    pub arms: Vec<String>,
    /// Days between states.
    pub every: u32,
    /// Patients in a block.
    pub block: u32,
    /// What a block holds.
    pub shape: BlockShape,
    /// BLAKE3 of the trial with all its data, laws and drugs.
    pub data: String,
    /// BLAKE3 of what becomes of the first patient in all arms in 28 weeks: another model has another one.
    pub model: String,
    /// Which part of it this folder holds; absent: all.
    pub shard: Option<Shard>,
}

/// Whether a folder is that of a library.
pub fn is_library(dir: &Path) -> bool {
    dir.join(MANIFEST).exists()
}

impl LibraryManifest {
    /// That of a plan, or of a part of it.
    ///
    /// # Errors
    ///
    /// As the first patient's tumour fails.
    pub fn of(plan: &Plan, shard: Option<Shard>) -> Result<Self, TrialError> {
        let scenario = &plan.scenario;
        // Everything that is computed with stands in these, drugs and laws of the catalogue among it.
        let data = format!("{scenario:?} {:?} {:?}", plan.cohort.spec(), plan.cohort.distributions());
        let drugs = plan.arms().iter().map(|arm| arm.therapy.drugs().len()).max().unwrap_or(0);
        Ok(Self {
            evotor: PROGRAM.to_owned(),
            name: scenario.name.clone(),
            seed: scenario.seed,
            patients: plan.cohort.spec().patients,
            arms: plan.arms().iter().map(|arm| arm.name.clone()).collect(),
            every: EVERY,
            block: BLOCK,
            shape: BlockShape { loci: plan.loci().iter().map(|name| (*name).to_owned()).collect(), drugs },
            data: blake3::hash(data.as_bytes()).to_hex().to_string(),
            model: probe(plan)?,
            shard,
        })
    }

    /// That of a folder.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for one that is not there, or damaged.
    pub fn read(dir: &Path) -> Result<Self, TrialError> {
        let path = dir.join(MANIFEST);
        if !path.exists() {
            let dir = dir.display();
            return Err(TrialError::Input(format!(
                "`{dir}` holds no library: `evotor library TRIAL --out DIR` makes one"
            )));
        }
        let text = disk::read(&path).map_err(RunError::read(&path))?;
        serde_json::from_slice(&text).map_err(|why| {
            TrialError::Input(format!(
                "`{}` is damaged ({why}); make the library again with --force",
                path.display()
            ))
        })
    }

    /// Number of blocks of the whole.
    pub fn blocks(&self) -> u32 {
        self.patients.div_ceil(self.block.max(1))
    }

    /// Blocks of this part.
    pub fn own_blocks(&self) -> PatientRange {
        self.shard.unwrap_or(Shard { index: 0, of: 1 }).range(self.blocks())
    }

    /// Patients of a block.
    pub(super) fn patients_of(&self, block: u32) -> std::ops::Range<u32> {
        let first = block * self.block;
        first..(first + self.block).min(self.patients)
    }

    /// The file of a block.
    pub(super) fn file(block: u32) -> String {
        format!("block-{block:06}.parquet")
    }

    /// In what it differs from another one but in the part; `None`: in nothing.
    pub fn differs(&self, other: &Self) -> Option<&'static str> {
        let same = [
            ("version of the program", self.evotor == other.evotor),
            ("trial", (&self.name, self.seed) == (&other.name, other.seed)),
            ("number of patients", self.patients == other.patients),
            ("arms", self.arms == other.arms),
            ("data: the file, the catalogue or the fitted values", self.data == other.data),
            ("model: the first patient's tumour", self.model == other.model),
            ("layout", (self.every, self.block, &self.shape) == (other.every, other.block, &other.shape)),
        ];
        same.into_iter().find(|(_, is_same)| !is_same).map(|(what, _)| what)
    }
}

/// The hash by which a model is known.
fn probe(plan: &Plan) -> Result<String, TrialError> {
    let space = StateSpace::new(&plan.scenario);
    let patient = plan.cohort.patient(0);
    let mut hasher = blake3::Hasher::new();
    for arm in 0..plan.arms().len() {
        let kept = follow_tumour(plan, &space, (&patient, arm), &|day| day < PROBED && day % EVERY == 0)?;
        for TumourState { day, volumes, live, secretion, shares, troughs, .. } in &kept.states {
            hasher.update(&day.to_le_bytes());
            let numbers = volumes.iter().chain(shares).chain(troughs).chain([live, secretion]);
            numbers.for_each(|number| {
                hasher.update(&number.to_bits().to_le_bytes());
            });
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}
