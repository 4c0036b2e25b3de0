//! What a picture is coloured by, and what pictures of one run share: scales, clones, states of the legend.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Drug, KillKind};
use crate::simulation::{Job, LatticePicture, Surroundings};
use crate::tissue::Founding;
use crate::tissue::shape::VOXEL_SHIFT;

use super::error::RenderError;
use crate::plot::Axis;
use crate::plot::palette::{self, MAX_CLONES};

/// What cells are coloured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum What {
    /// The heritable state
    #[default]
    State,
    /// The clone: those that were largest at a recorded time have colours of their own
    Clone,
    /// Time since the cell's clone was founded; cells themselves have no age
    Age,
    /// Oxygen, mmHg; with `[oxygen]`
    Oxygen,
    /// Density of vessels, relative to the mean before therapy; with `[vessels]`
    Vessels,
    /// What of a drug reaches the cell; in mode signalling, with a `[therapy]`
    Drug,
    /// Division attempts of a cell per day
    Division,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::State, Self::Clone, Self::Age, Self::Oxygen, Self::Vessels, Self::Drug, Self::Division];

    /// Its name on the command line and in file names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Clone => "clone",
            Self::Age => "age",
            Self::Oxygen => "oxygen",
            Self::Vessels => "vessels",
            Self::Drug => "drug",
            Self::Division => "division",
        }
    }

    /// Why a run cannot show it, if it cannot.
    fn missing(self, job: &Job) -> Option<&'static str> {
        match self {
            Self::Oxygen if job.scenario.oxygen.is_none() => {
                Some("the scenario has no [oxygen]: there is none to colour by")
            }
            Self::Vessels if job.scenario.vessels.is_none() => {
                Some("the scenario has no [vessels]: they are the same everywhere")
            }
            Self::Drug if job.care.is_none() => Some(
                "in mode `rates` a drug is on or off, the same everywhere: there is no exposure to colour by",
            ),
            Self::Drug if drugs(job).is_empty() => {
                Some("the scenario has no [therapy]: no drug reaches a cell")
            }
            _ => None,
        }
    }

    /// Makes sure that a run can show it.
    ///
    /// # Errors
    ///
    /// [`RenderError::NotThere`], with what it can show.
    pub fn check(self, job: &Job) -> Result<(), RenderError> {
        let Some(why) = self.missing(job) else {
            return Ok(());
        };
        let shown = Self::ALL.iter().filter(|w| w.missing(job).is_none());
        let can = shown.map(|w| w.name()).collect::<Vec<_>>().join(", ");
        Err(RenderError::NotThere { what: self.name(), why, can })
    }
}

/// Drugs of a plan.
pub fn drugs(job: &Job) -> &[Drug] {
    job.care.as_ref().and_then(|c| c.protocol.as_ref()).map_or(&[], |p| p.drugs())
}

/// In what a drug is measured at the cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteMeasure {
    /// Unbound drug and active metabolite, nM.
    Concentration,
    /// What radiation does to attempts to divide.
    Radiation,
    /// Average of the day, ng/mL.
    Average,
}

impl SiteMeasure {
    /// Of a drug: that by which it acts.
    pub fn of(drug: &Drug) -> Self {
        if !drug.targets.is_empty() || drug.kills.is_empty() {
            Self::Concentration
        } else if drug.kills.iter().any(|k| k.kind == KillKind::Radiation) {
            Self::Radiation
        } else {
            Self::Average
        }
    }

    /// In words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Concentration => "unbound at the cell, nM",
            Self::Radiation => "lethal hits by radiation at an attempt to divide",
            Self::Average => "at the cell, ng/mL",
        }
    }
}

/// What pictures of one run share, so that they can be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// What they are coloured by.
    pub what: What,
    /// Number of the drug that is shown, of those of the plan.
    pub drug: usize,
    /// Codes of live cells.
    pub states: BTreeSet<u32>,
    /// Largest number of live cells of each clone, and its founding.
    clones: BTreeMap<u32, (u32, Founding)>,
    /// Smallest and largest value at a live cell.
    seen: Option<(f64, f64)>,
}

impl Scope {
    /// Of no picture yet.
    pub fn new(what: What, drug: usize) -> Self {
        Self { what, drug, states: BTreeSet::new(), clones: BTreeMap::new(), seen: None }
    }

    /// Of one picture alone.
    pub fn of(what: What, drug: usize, picture: &LatticePicture<'_>) -> Self {
        let mut scope = Self::new(what, drug);
        scope.see(picture);
        scope
    }

    /// Takes in a picture.
    pub fn see(&mut self, picture: &LatticePicture<'_>) {
        match self.what {
            What::State => {
                self.states.extend(picture.state.live_by_code().into_keys());
            }
            What::Clone => {
                for (clone, cells) in (0..).zip(picture.state.clone_sizes()).filter(|(_, cells)| *cells > 0) {
                    let founding = picture.state.table.0[clone as usize];
                    let known = self.clones.entry(clone).or_insert((0, founding));
                    known.0 = cells.max(known.0);
                }
            }
            What::Oxygen => {
                let surroundings = Surroundings::new(picture);
                let of = |voxel| surroundings.oxygen_mmhg(voxel).unwrap_or(0.0);
                self.extend(voxels(picture).map(of));
            }
            What::Drug => {
                let delivered = Delivered::new(picture, self.drug);
                self.extend(voxels(picture).map(|voxel| delivered.at(voxel)));
            }
            What::Division => {
                let chances = Surroundings::new(picture).chances();
                let of_cells = picture.state.live_cells();
                let days = picture.job.scenario.time.step_days();
                self.extend(of_cells.map(|(site, w, _)| chances.at(site, w) / days));
            }
            What::Age | What::Vessels => {}
        }
    }

    /// Takes in values.
    fn extend(&mut self, values: impl Iterator<Item = f64>) {
        for value in values {
            let (least, most) = self.seen.unwrap_or((value, value));
            self.seen = Some((least.min(value), most.max(value)));
        }
    }

    /// Clones with colours of their own, in the order of their founding: those that were largest.
    pub fn largest_clones(&self) -> Vec<(u32, Founding)> {
        let largest =
            palette::told_apart(self.clones.iter().map(|(clone, known)| (*clone, u64::from(known.0))));
        largest.into_iter().map(|clone| (clone, self.clones[&clone].1)).collect()
    }

    /// Whether there are clones without colours of their own.
    pub fn has_other_clones(&self) -> bool {
        self.clones.len() > MAX_CLONES
    }

    /// Where the scale begins and ends: as its data do, but chances and drugs begin at 0.
    pub fn ends(&self, job: &Job) -> (f64, f64) {
        let time = &job.scenario.time;
        let (least, most) = self.seen.unwrap_or((0.0, 0.0));
        let tidy = |low, high| Axis::linear(low, high, 4, "").scale.ends();
        match self.what {
            What::Age => (0.0, f64::from(time.end) * time.step_days()),
            What::Vessels => (0.0, 2.0),
            What::Oxygen => tidy(least, most),
            _ => tidy(0.0, most),
        }
    }
}

/// Voxels with live cells.
fn voxels(picture: &LatticePicture<'_>) -> impl Iterator<Item = usize> {
    let mut all: Vec<u32> = picture.state.live_cells().map(|(site, ..)| site >> VOXEL_SHIFT).collect();
    all.dedup();
    all.into_iter().map(|voxel| voxel as usize)
}

/// What of a drug reaches the cells of each voxel: the level at mean perfusion times perfusion to the power of the drug's
/// delivery exponent.
pub struct Delivered<'a> {
    surroundings: Surroundings<'a>,
    level: f64,
    exponent: f64,
}

impl<'a> Delivered<'a> {
    /// Of a drug of the plan.
    pub fn new(picture: &LatticePicture<'a>, drug: usize) -> Self {
        let surroundings = Surroundings::new(picture);
        let (Some(data), Some(e)) = (drugs(picture.job).get(drug), picture.exposures.get(drug)) else {
            return Self { surroundings, level: 0.0, exponent: 0.0 };
        };
        let level = match SiteMeasure::of(data) {
            SiteMeasure::Concentration => e.parent_nm + e.metabolite_nm,
            SiteMeasure::Radiation => e.radiation,
            SiteMeasure::Average => e.average,
        };
        Self { surroundings, level, exponent: data.delivery_exponent.value }
    }

    /// In a voxel.
    pub fn at(&self, voxel: usize) -> f64 {
        let perfusion = self.surroundings.perfusion(voxel).unwrap_or(1.0);
        if self.level == 0.0 { 0.0 } else { self.level * libm::pow(perfusion, self.exponent) }
    }
}
