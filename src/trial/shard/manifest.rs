//! `shard.json`: what a shard is, so that it is merged only with what it belongs to.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{PatientRange, Shard};
use crate::scenario::limits::MAX_PATIENTS;
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::digest::hex;
use crate::simulation::folder::{MANIFEST, Mark};
use crate::simulation::{RunError, disk};
use crate::trial::error::TrialError;
use crate::trial::output::{Extras, GROWING, RunInfo, TrialProgress, TrialSummary};
use crate::trial::results::ArmComposition;
use crate::trial::run::{PatientFailure, Plan};

/// The source that the program was built from, where its builder said so.
pub(in crate::trial) const COMMIT: Option<&str> = option_env!("EVOTOR_COMMIT");

/// What is cut into shards.
pub trait Sharded: Clone + PartialEq + Serialize + DeserializeOwned {
    /// What is merged, in one word.
    const WHOLE: &'static str;
    /// The command that writes shards.
    const COMMAND: &'static str;

    /// Version of the program that wrote the shard.
    fn program(&self) -> &str;

    /// Which shard it is.
    fn shard(&self) -> Option<Shard>;

    /// Patients, or replicates, of the whole.
    fn all(&self) -> u32;

    /// What all shards of a whole have in common beside version and commit, by name; `effective` is the hash of `effective.toml`.
    fn facts(&self, effective: &str) -> Vec<(&'static str, String)>;
}

/// What a shard is. It is written last: a folder with this file holds a shard that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShardManifest<P> {
    /// What it is a part of, and what it came to.
    #[serde(flatten)]
    pub part: P,
    /// The source that the program was built from, if known.
    pub commit: Option<String>,
    /// BLAKE3 of `effective.toml`.
    pub effective: String,
    /// Its patients, or replicates.
    pub range: PatientRange,
    /// What its tables hold, by their names.
    pub tables: BTreeMap<String, TableSeal>,
    /// BLAKE3 of this file with this text empty.
    seal: String,
}

/// A part of a trial's cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialShard {
    /// What any trial is.
    #[serde(flatten)]
    pub summary: TrialSummary,
    /// Names of the arms that its patients went through.
    pub arms: Vec<String>,
    /// What is made beside the tables when all shards are merged.
    pub extras: Extras,
    /// Who failed.
    pub failures: Vec<PatientFailure>,
    /// What the compositions of tumours add up to, by arm of the file.
    pub composition: Vec<ArmComposition>,
}

/// A file of a shard is not what it was.
pub(super) fn changed(path: &Path) -> TrialError {
    TrialError::Input(format!(
        "`{}` is not what the shard wrote: it was changed or removed since; restore it from a copy, or run the shard again with --force",
        path.display()
    ))
}

/// The hash by which the file of a trial is known.
pub(in crate::trial) fn effective_hash(text: &[u8]) -> String {
    blake3::hash(text).to_hex().to_string()
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSeal {
    /// Bytes.
    pub length: u64,
    /// BLAKE3 of them.
    pub blake3: String,
}

impl From<&Mark> for TableSeal {
    fn from(mark: &Mark) -> Self {
        Self { length: mark.length, blake3: hex(&mark.hash) }
    }
}

impl TableSeal {
    /// Of what was hashed.
    pub(super) fn of(hasher: &blake3::Hasher) -> Self {
        Self { length: hasher.count(), blake3: hex(hasher.finalize().as_bytes()) }
    }
}

impl TrialShard {
    /// The manifest of a shard whose patients are through.
    pub fn manifest(
        plan: &Plan,
        progress: &TrialProgress,
        course: &RunInfo,
        shard: Shard,
    ) -> ShardManifest<Self> {
        let named = || plan.arms().iter().map(|arm| arm.name.clone()).collect();
        let tables = GROWING.iter().zip(&progress.tables).filter(|(name, _)| course.wants(name));
        let part = Self {
            summary: TrialSummary::new(plan, &progress.results, course),
            arms: course.arms.clone().unwrap_or_else(named),
            extras: progress.extras.clone(),
            failures: progress.failures.clone(),
            composition: progress.results.composition().to_vec(),
        };
        let tables = tables.map(|(name, mark)| ((*name).to_owned(), mark.into())).collect();
        let effective = effective_hash(progress.scenario.as_bytes());
        ShardManifest::new(part, effective, shard.range(course.patients), tables)
    }

    /// Whether it can be that of patients of a plan.
    pub fn fits(&self, plan: &Plan, range: PatientRange) -> bool {
        let (arms, loci) = (plan.arms().len(), plan.loci().len());
        let is_own =
            |f: &PatientFailure| range.numbers().contains(&f.patient) && f.arm.is_none_or(|arm| arm < arms);
        self.composition.len() == arms
            && self.composition.iter().all(|of_arm| of_arm.fits(loci))
            && self.failures.iter().all(is_own)
    }
}

impl Sharded for TrialShard {
    const WHOLE: &'static str = "trial";
    const COMMAND: &'static str = "compare";

    fn program(&self) -> &str {
        &self.summary.evotor
    }

    fn shard(&self) -> Option<Shard> {
        self.summary.course.shard
    }

    fn all(&self) -> u32 {
        self.summary.course.patients
    }

    fn facts(&self, effective: &str) -> Vec<(&'static str, String)> {
        let course = &self.summary.course;
        let by = if course.surrogate { "by the surrogate" } else { "by agents" };
        let tables = course.tables.clone().map_or_else(|| "all".to_owned(), |names| names.join(", "));
        vec![
            ("trial", self.summary.name.clone()),
            ("seed", self.summary.seed.to_string()),
            ("way of computing", by.to_owned()),
            ("size of the cohort", course.patients.to_string()),
            ("arms", self.arms.join(", ")),
            ("tables", tables),
            ("extras", format!("{:?}", self.extras)),
            ("scenario (BLAKE3 of effective.toml)", effective.to_owned()),
        ]
    }
}

impl<P: Sharded> ShardManifest<P> {
    /// That of a shard that is done.
    pub fn new(part: P, effective: String, range: PatientRange, tables: BTreeMap<String, TableSeal>) -> Self {
        let commit = COMMIT.map(str::to_owned);
        Self { part, commit, effective, range, tables, seal: String::new() }.sealed()
    }

    /// As text.
    pub fn json(&self) -> String {
        crate::table::json(self)
    }

    fn sealed(self) -> Self {
        let open = Self { seal: String::new(), ..self };
        Self { seal: blake3::hash(open.json().as_bytes()).to_hex().to_string(), ..open }
    }

    /// That of a folder; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for one that is no manifest, or no longer.
    pub fn read(dir: &Path) -> Result<Option<Self>, TrialError> {
        let path = dir.join(MANIFEST);
        let text = match disk::read(&path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(RunError::read(&path)(error).into()),
        };
        let wrong = |why: String| {
            TrialError::Input(format!(
                "`{}` is damaged ({why}); restore it from a copy, or run the shard again with --force",
                path.display()
            ))
        };
        let found: Self = serde_json::from_slice(&text).map_err(|e| wrong(e.to_string()))?;
        let all = found.part.all();
        match found.part.shard() {
            Some(shard)
                if u64::from(all) <= MAX_PATIENTS
                    && shard.is_part_of(all)
                    && shard.range(all) == found.range => {}
            _ => return Err(wrong("its patients are not those of its shard".to_owned())),
        }
        // Another version may write another text, and is told of as that.
        if found.part.program() == PROGRAM && found.clone().sealed() != found {
            return Err(wrong("its checksum does not match".to_owned()));
        }
        Ok(Some(found))
    }

    /// Makes sure that its tables are there and as long as they were; reading them tells the rest.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] with the name of the first that is not.
    pub fn check_lengths(&self, dir: &Path) -> Result<(), TrialError> {
        for (name, seal) in &self.tables {
            let path = dir.join(name);
            if !fs::metadata(&path).is_ok_and(|found| found.len() == seal.length) {
                return Err(changed(&path));
            }
        }
        Ok(())
    }

    /// What two shards of one whole have in common, by name: the first in which they differ, and both values.
    pub fn differs(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let facts = |of: &Self| {
            let commit = of.commit.clone().unwrap_or_else(|| "unknown".to_owned());
            let program = [("version", of.part.program().to_owned()), ("commit", commit)];
            program.into_iter().chain(of.part.facts(&of.effective)).collect::<Vec<_>>()
        };
        let both = facts(self).into_iter().zip(facts(other));
        let mut differing = both.filter(|((_, one), (_, two))| one != two);
        differing.next().map(|((what, one), (_, two))| (what, one, two))
    }
}
