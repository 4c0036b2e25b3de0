//! Making a library: blocks of patients, each written when it is whole, so that a process that was stopped goes on.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::manifest::MANIFEST;
use super::{EVERY, KeptTumour, LibraryManifest, blocks, follow_tumour, is_library};
use crate::biology::StateSpace;
use crate::engine::EngineError;
use crate::scenario::{Scenario, effective_toml};
use crate::simulation::folder::{EFFECTIVE, Lock, lock};
use crate::simulation::{RunError, Shard, disk};
use crate::table::json;
use crate::trial::error::TrialError;
use crate::trial::file;
use crate::trial::hooks::TrialHooks;
use crate::trial::run::Plan;
use crate::trial::surrogate::refusal;

/// What library is to be made.
#[derive(Debug, Clone, Copy)]
pub struct LibraryQuestion {
    /// Patients of the whole; `None`: those of the file's cohort.
    pub patients: Option<u32>,
    /// Which part of it.
    pub shard: Option<Shard>,
    /// Threads.
    pub threads: usize,
}

impl LibraryQuestion {
    /// Makes it, or what a folder lacks of it; with `force` in place of another one.
    ///
    /// # Errors
    ///
    /// [`TrialError`]: for a trial that the mean field cannot compute, a folder of something else, and as tumours and disks fail.
    pub fn make(
        &self,
        dir: &Path,
        scenario: &Scenario,
        force: bool,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<LibraryManifest, TrialError> {
        if let Some(why) = refusal(scenario) {
            return Err(TrialError::Input(format!(
                "the mean field computes a library, and this trial {why}"
            )));
        }
        // The file that is kept is what the library is of.
        let effective = effective_toml(scenario);
        let scenario = file::parse(&effective, EFFECTIVE, Path::new(""))?.scenario;
        let plan = Plan::new(&scenario, self.patients)?;
        plan.check()?;
        let manifest = LibraryManifest::of(&plan, self.shard)?;
        if let Some(shard) = self.shard {
            shard.check(manifest.blocks(), "a library", "block").map_err(TrialError::Input)?;
        }
        let folder = take(dir, &manifest, force)?;
        folder.write(EFFECTIVE, |file| file.write_all(effective.as_bytes()))?;
        folder.write(MANIFEST, |file| file.write_all(json(&manifest).as_bytes()))?;
        let is_missing = |block: &u32| !dir.join(LibraryManifest::file(*block)).exists();
        let missing: Vec<u32> = manifest.own_blocks().numbers().filter(is_missing).collect();
        self.fill(&plan, &manifest, &folder, &missing, hooks)?;
        Ok(manifest)
    }

    fn fill(
        &self,
        plan: &Plan,
        manifest: &LibraryManifest,
        folder: &Lock,
        missing: &[u32],
        hooks: &mut TrialHooks<'_>,
    ) -> Result<(), TrialError> {
        hooks.listener.begins("blocks", missing.len() as u64);
        let (told, stop) = (Mutex::new((&mut hooks.listener, 0)), hooks.stop);
        let one = |block: &u32| {
            let tumours = tumours(plan, manifest, *block, stop)?;
            folder.write(&LibraryManifest::file(*block), |file| {
                blocks::write(file, &manifest.shape, &tumours)
            })?;
            let (listener, done) = &mut *told.lock().unwrap_or_else(PoisonError::into_inner);
            *done += 1;
            listener.progress(*done, missing.len() as u64);
            Ok(())
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads.max(1)).build();
        let pool = pool.map_err(|e| RunError::from(EngineError::Threads(e.to_string())))?;
        pool.install(|| missing.par_iter().try_for_each(one))
    }
}

/// The patients of a block through all arms.
fn tumours(
    plan: &Plan,
    manifest: &LibraryManifest,
    block: u32,
    stop: &AtomicUsize,
) -> Result<Vec<KeptTumour>, TrialError> {
    let space = StateSpace::new(&plan.scenario);
    let mut all = Vec::new();
    for number in manifest.patients_of(block) {
        let patient = plan.cohort.patient(number);
        for arm in 0..plan.arms().len() {
            match stop.load(Ordering::Relaxed) {
                0 => {}
                signal => return Err(TrialError::Stopped(signal)),
            }
            let kept = follow_tumour(plan, &space, (&patient, arm), &|day| day % EVERY == 0)?;
            all.push(KeptTumour { patient: number, arm, states: kept.states, died: kept.died });
        }
    }
    Ok(all)
}

/// Takes a folder: a new one, that of the same library, or with `force` that of another one, whose blocks go.
fn take(dir: &Path, manifest: &LibraryManifest, force: bool) -> Result<Lock, TrialError> {
    let refuse = |what: String| Err(TrialError::Input(format!("`{}` {what}", dir.display())));
    let mut is_other = false;
    if is_library(dir) {
        let there = LibraryManifest::read(dir);
        is_other = there.as_ref().map_or(true, |there| there != manifest);
        if is_other && !force {
            let differs = there?.differs(manifest).unwrap_or("part of the whole");
            return refuse(format!(
                "holds a library that differs in its {differs}: make this one in its place with --force, or choose another folder with --out"
            ));
        }
    } else if dir.join(EFFECTIVE).exists() {
        return refuse("holds the results of another command; choose another folder with --out".to_owned());
    }
    disk::make_folder(dir).map_err(RunError::write(dir))?;
    let folder = lock(dir)?;
    if is_other {
        disk::remove(&dir.join(MANIFEST)).map_err(RunError::write(dir))?;
        let entries = std::fs::read_dir(dir).map_err(RunError::read(dir))?;
        let is_block = |path: &std::path::PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
            name.starts_with("block-") && name.ends_with(".parquet")
        };
        for path in entries.flatten().map(|entry| entry.path()).filter(is_block) {
            disk::remove(&path).map_err(RunError::write(&path))?;
        }
    }
    Ok(folder)
}
