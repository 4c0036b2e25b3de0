//! A run that starts from the tissue of an earlier one (`start.shape = "saved"`).
//!
//! What is taken over: every cell, live or dead, at its site; oxygen, where both scenarios have it; and the lineage.
//! Replicate *r* starts from the saved replicate *r* where the checkpoint holds it, else from the first one it
//! holds. Time starts again at step 0: drugs, rules, counters and random numbers are those of the new
//! scenario and its seed.
//!
//! *States* are carried over by the names of loci and levels: the new scenario may list its loci in another order
//! and may add some (the cells have level 0 there). It must know every locus in which a cell is changed.
//!
//! *Clones*: of the saved clone table the clones that have cells, and their ancestors, are kept, numbered
//! anew in the same order and founded at step 0; clones that died out without descendants are left out. Clone 0
//! remains the common ancestor.

use std::collections::BTreeSet;
use std::path::Path;

use crate::biology::{StateSpace, oxygen};
use crate::scenario::{self, Locus, Scenario, Share};
use crate::tissue::{CloneTable, Counters, Founding, LesionId, LesionState, word};

use super::assemble;
use super::checkpoint::{Checkpoint, CheckpointError, read};
use super::error::{RunError, SavedError};

/// The tissue of an earlier run.
#[derive(Debug)]
pub struct Saved {
    checkpoint: Checkpoint,
    /// Codes of the new scenario by code of the old one, for the codes that cells have.
    codes: Vec<Option<u32>>,
}

impl Saved {
    /// Loads a checkpoint as the start of a scenario.
    ///
    /// # Errors
    ///
    /// [`RunError::Read`], [`RunError::Checkpoint`] and [`RunError::Saved`].
    pub fn load(path: &Path, scenario: &Scenario) -> Result<Self, RunError> {
        let checkpoint = read(path)?;
        if checkpoint.lesions.is_empty() {
            return Err(SavedError::Empty(path.to_owned()).into());
        }
        check_lattice(&checkpoint, scenario)?;
        let unreadable = |why: String| SavedError::OldScenario { path: path.to_owned(), why };
        let dir = path.parent().unwrap_or(Path::new(""));
        let old = match scenario::parse(&checkpoint.header.text, "saved scenario", dir) {
            Ok(loaded) => loaded.scenario,
            Err(error) => return Err(unreadable(error.to_string()).into()),
        };
        let codes = translate(&checkpoint, &old, scenario, path)?;
        Ok(Self { checkpoint, codes })
    }

    /// The checkpoint's bytes.
    pub fn bytes(&self) -> &[u8] {
        self.checkpoint.bytes()
    }

    /// The states that the scenario can reach from the saved ones.
    pub fn space(&self, scenario: &Scenario) -> StateSpace {
        let plain = StateSpace::new(scenario);
        let mut with_saved = scenario.clone();
        let present = self.codes.iter().flatten().collect::<BTreeSet<_>>();
        with_saved.start.composition =
            present.into_iter().map(|code| Share { levels: plain.levels(*code), fraction: 0.0 }).collect();
        StateSpace::new(&with_saved)
    }

    /// The lesion of a replicate at step 0.
    ///
    /// # Errors
    ///
    /// [`RunError::Checkpoint`] where the saved one is malformed.
    pub fn lesion(&self, scenario: &Scenario, id: LesionId) -> Result<LesionState, RunError> {
        let at = self.checkpoint.lesions.iter().position(|l| l.id == id).unwrap_or(0);
        let rule = scenario.oxygen.as_ref().map(|o| oxygen::rule(o, &scenario.lattice));
        let saved = self.checkpoint.unpack(at, &assemble::free_fields(rule.as_ref()))?;
        let mut state = LesionState { id, shape: assemble::shape(scenario), step: 0, ..saved };
        state.control = Default::default();
        state.counters = Counters::default();
        state.bricks.set_free(&assemble::free_fields(rule.as_ref()));
        for (_, w, _) in state.cells_mut() {
            let code = self.code(word::code(*w))?;
            *w = if word::is_live(*w) { word::live(code) } else { word::dead(code) };
        }
        self.root_again(&mut state);
        Ok(state)
    }

    fn code(&self, old: u32) -> Result<u32, CheckpointError> {
        let unknown = CheckpointError::Malformed("a cell has a state that its scenario does not know");
        self.codes.get(old as usize).copied().flatten().ok_or(unknown)
    }

    /// Keeps clones with cells and their ancestors, numbered anew, all founded at step 0.
    fn root_again(&self, state: &mut LesionState) {
        let old = &state.table.0;
        let mut kept = vec![false; old.len()];
        if let Some(root) = kept.first_mut() {
            *root = true;
        }
        state.cells().for_each(|(_, _, clone)| kept[clone as usize] = true);
        for id in (0..old.len()).rev().filter(|id| *id != old[*id].parent as usize) {
            kept[old[id].parent as usize] |= kept[id];
        }
        let mut number = vec![0; old.len()];
        let mut table = Vec::new();
        for (id, clone) in old.iter().enumerate().filter(|(id, _)| kept[*id]) {
            number[id] = table.len() as u32;
            // An ancestor's own state may be gone from the cells and unknown to the new scenario.
            let code = self.code(clone.code).unwrap_or(0);
            table.push(Founding { parent: number[clone.parent as usize], step: 0, site: clone.site, code });
        }
        for (_, _, clone) in state.cells_mut() {
            *clone = number[*clone as usize];
        }
        state.table = CloneTable(table);
    }
}

fn check_lattice(checkpoint: &Checkpoint, scenario: &Scenario) -> Result<(), RunError> {
    let expected = assemble::shape(scenario);
    let text = |shape: &crate::tissue::Shape| shape.size.map(|s| s.to_string()).join(" x ");
    for lesion in &checkpoint.lesions {
        if (lesion.shape.dimension, lesion.shape.size) != (expected.dimension, expected.size) {
            return Err(CheckpointError::Lattice {
                found: text(&lesion.shape),
                expected: text(&expected),
                way_out: "give [lattice] the size of the saved tissue",
            }
            .into());
        }
    }
    Ok(())
}

/// New codes of the old states that cells have.
fn translate(
    checkpoint: &Checkpoint,
    old: &Scenario,
    new: &Scenario,
    path: &Path,
) -> Result<Vec<Option<u32>>, RunError> {
    let old_space = StateSpace::new(old);
    let new_space = StateSpace::new(new);
    let mut codes = vec![None; 1 << old_space.code_bits()];
    let mut lives = false;
    for lesion in 0..checkpoint.lesions.len() {
        let state = checkpoint.unpack(lesion, &[])?;
        lives |= state.burden().0 > 0;
        for (_, w, _) in state.cells() {
            let code = word::code(w) as usize;
            match codes.get(code) {
                Some(Some(_)) => continue,
                Some(None) => {}
                None => {
                    return Err(CheckpointError::Malformed(
                        "a cell has a state that its scenario does not know",
                    )
                    .into());
                }
            }
            let levels = old_space.levels(code as u32);
            codes[code] = Some(new_space.code(&new_levels(&levels, &old.loci, &new.loci, path)?));
        }
    }
    if !lives {
        return Err(SavedError::NoLiveCell(path.to_owned()).into());
    }
    // Founders of clones may be in states that no cell has any more; they are translated where possible.
    for (code, to) in codes.iter_mut().enumerate().filter(|(_, to)| to.is_none()) {
        if old_space.codes.contains(&(code as u32)) {
            let levels = new_levels(&old_space.levels(code as u32), &old.loci, &new.loci, path);
            *to = levels.ok().map(|l| new_space.code(&l)).filter(|c| new_space.codes.contains(c));
        }
    }
    Ok(codes)
}

/// Levels of a state in the new scenario's loci.
fn new_levels(levels: &[u8], old: &[Locus], new: &[Locus], path: &Path) -> Result<Vec<u8>, SavedError> {
    let mut out = vec![0; new.len()];
    for (locus, level) in old.iter().zip(levels).filter(|(_, level)| **level != 0) {
        let name = locus.levels.get(usize::from(*level)).map_or("", String::as_str);
        let unknown = || SavedError::UnknownState {
            path: path.to_owned(),
            state: format!("{}={name}", locus.name),
            locus: locus.name.clone(),
        };
        let to = new.iter().position(|l| l.name == locus.name).ok_or_else(unknown)?;
        let level = new[to].levels.iter().position(|l| l == name).ok_or_else(unknown)?;
        out[to] = level as u8;
    }
    Ok(out)
}
