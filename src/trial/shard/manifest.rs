//! `shard.json`: what a shard is, so that it is merged only with what it belongs to.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{PatientRange, Shard};
use crate::scenario::limits::MOST_PATIENTS;
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::digest::hex;
use crate::simulation::folder::Mark;
use crate::simulation::{RunError, disk};
use crate::trial::error::TrialError;
use crate::trial::output::{Extras, GROWING, MANIFEST, RunInfo, TrialProgress, TrialSummary};
use crate::trial::results::ArmComposition;
use crate::trial::run::{PatientFailure, Plan};

/// The source that the program was built from, where its builder said so.
pub(in crate::trial) const COMMIT: Option<&str> = option_env!("EVOTOR_COMMIT");

/// What a shard is. It is written last: a folder with this file holds a shard that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShardManifest {
    /// What any trial is.
    #[serde(flatten)]
    pub summary: TrialSummary,
    /// The source that the program was built from, if known.
    pub commit: Option<String>,
    /// BLAKE3 of `effective.toml`.
    pub effective: String,
    /// Its patients.
    pub range: PatientRange,
    /// Names of the arms that they went through.
    pub arms: Vec<String>,
    /// What is made beside the tables when all shards are merged.
    pub extras: Extras,
    /// What its tables hold, by their names.
    pub tables: BTreeMap<String, TableSeal>,
    /// Who failed.
    pub failures: Vec<PatientFailure>,
    /// What the compositions of tumours add up to, by arm of the file.
    pub composition: Vec<ArmComposition>,
    /// BLAKE3 of this file with this text empty.
    seal: String,
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

impl ShardManifest {
    /// That of a shard whose patients are through.
    pub fn new(plan: &Plan, progress: &TrialProgress, course: &RunInfo, shard: Shard) -> Self {
        let named = || plan.arms().iter().map(|arm| arm.name.clone()).collect();
        let tables = GROWING.iter().zip(&progress.tables).filter(|(name, _)| course.wants(name));
        Self {
            summary: TrialSummary::new(plan, &progress.results, course),
            commit: COMMIT.map(str::to_owned),
            effective: effective_hash(progress.scenario.as_bytes()),
            range: shard.range(course.patients),
            arms: course.arms.clone().unwrap_or_else(named),
            extras: progress.extras.clone(),
            tables: tables.map(|(name, mark)| ((*name).to_owned(), mark.into())).collect(),
            failures: progress.failures.clone(),
            composition: progress.results.composition().to_vec(),
            seal: String::new(),
        }
        .sealed()
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
        let course = &found.summary.course;
        match course.shard {
            Some(shard)
                if u64::from(course.patients) <= MOST_PATIENTS
                    && shard.is_part_of(course.patients)
                    && shard.range(course.patients) == found.range => {}
            _ => return Err(wrong("its patients are not those of its shard".to_owned())),
        }
        // Another version may write another text, and is told of as that.
        if found.summary.evotor == PROGRAM && found.clone().sealed() != found {
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

    /// Whether it can be that of a shard of a plan.
    pub fn fits(&self, plan: &Plan) -> bool {
        let (arms, loci) = (plan.arms().len(), plan.loci().len());
        let is_own = |f: &PatientFailure| {
            self.range.numbers().contains(&f.patient) && f.arm.is_none_or(|arm| arm < arms)
        };
        self.composition.len() == arms
            && self.composition.iter().all(|of_arm| of_arm.fits(loci))
            && self.failures.iter().all(is_own)
    }

    /// What two shards of one trial have in common, by name: the first in which they differ, and both values.
    pub fn differs(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let facts = |of: &Self| {
            let course = &of.summary.course;
            let by = if course.surrogate { "by the surrogate" } else { "by agents" };
            let tables = course.tables.clone().map_or_else(|| "all".to_owned(), |names| names.join(", "));
            [
                ("version", of.summary.evotor.clone()),
                ("commit", of.commit.clone().unwrap_or_else(|| "unknown".to_owned())),
                ("trial", of.summary.name.clone()),
                ("seed", of.summary.seed.to_string()),
                ("way of computing", by.to_owned()),
                ("size of the cohort", course.patients.to_string()),
                ("arms", of.arms.join(", ")),
                ("tables", tables),
                ("extras", format!("{:?}", of.extras)),
                ("scenario (BLAKE3 of effective.toml)", of.effective.clone()),
            ]
        };
        let both = facts(self).into_iter().zip(facts(other));
        let mut differing = both.filter(|((_, one), (_, two))| one != two);
        differing.next().map(|((what, one), (_, two))| (what, one, two))
    }
}
