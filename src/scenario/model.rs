//! The scenario as the program understands it: every unit converted, every default filled in.
//!
//! A scenario file is read by [`parse`](super::parse) into a [`Scenario`]. Times are whole steps,
//! rates are per day, lengths are micrometres unless a field says otherwise. Nothing here knows
//! how a lattice is stored or how a step is computed.

mod endpoint;
mod signalling;
mod stop;
mod therapy;
mod trial;

use super::declare::*;
use super::read::{drugs, oxygen, rates};
use serde::Serialize;

pub use crate::catalogue::Confidence;
use crate::catalogue::{Induction, LevelEffect, Number, Suppression};
pub use endpoint::Figure;
pub use signalling::{
    LesionVolume, Mode, Origin, PatientData, Pharmacokinetics, STARTING_STATES, Sex, StartingFraction,
    Vessels,
};
pub use stop::{Progression, Reach, StateTarget, Stop};
pub use therapy::{
    AdaptiveDoses, AdverseEvents, AfterLastLine, Line, LineEnd, Monitor, Phases, Regimen, Rhythm, Therapy,
    Visits,
};
pub use trial::{
    About, AccrualLaw, Arm, Assessment, CohortChange, CohortSection, Conduct, Endpoint, Estimand,
    FigureTiming, Laws, Published, Role, ScanReader, Trial,
};

/// One complete scenario: what is simulated, for how long, and what is written down.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scenario {
    /// Short name, used in file names and pictures: lower-case letters, digits and hyphens.
    pub name: String,
    /// Free text shown in summaries.
    pub description: String,
    /// The 64-bit seed that, with the scenario, decides every bit of the result.
    pub seed: u64,
    /// How many independent replicates of the lesion are run as one batch (at least 1).
    pub replicates: u32,
    /// Step length, end and checking interval.
    pub time: Time,
    /// The lattice and how daughters are placed on it.
    pub lattice: Lattice,
    /// The tumour at step 0.
    pub start: Start,
    /// Heritable traits, in the order in which they are packed into the state code.
    pub loci: Vec<Locus>,
    /// Factor by which every mutation rate per division is multiplied (1 = the literature's rates).
    pub mutation_amplification: f64,
    /// Where the rates of cells come from.
    pub mode: Mode,
    /// The patient; in mode `signalling` alone.
    pub patient: Option<PatientData>,
    /// Birth, death, migration and kill rates per state and per drug on or off. In mode `signalling` only
    /// migration and clearance count.
    pub rates: Rates,
    /// Drugs by name, with their schedules, in file order.
    pub drugs: Vec<Drug>,
    /// Oxygen field; `None` means that every site sees the same, well-oxygenated surroundings.
    pub oxygen: Option<Oxygen>,
    /// Vessels that live, in mode `signalling` with oxygen; `None`: their density never changes.
    pub vessels: Option<Vessels>,
    /// What lesions measure, in mode `signalling`.
    pub volume: LesionVolume,
    /// Drugs that the scenario defines or uses, in full, so that it does not depend on the catalogue of
    /// the program that reads it.
    pub catalogue: Vec<crate::catalogue::Drug>,
    /// Plan of a therapy with drugs of the catalogue; `None` for none.
    pub therapy: Option<Therapy>,
    /// A trial: many patients in arms. There is no `therapy` then, and `patient` is what the cohort does not draw.
    pub trial: Option<Trial>,
    /// What ends a run before its time, and what counts as progression.
    pub stop: Stop,
    /// Which optional outputs are written, and when.
    pub output: Output,
}

/// Time axis of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Time {
    /// Length of a step in hours: 1, 2, 3, 4, 6, 8, 12 or 24.
    pub step_hours: u32,
    /// Number of steps after which the run ends.
    pub end: u32,
    /// Steps between two checks (census, stop rules, progression, adaptive therapy); at least 1.
    pub check: u32,
}

impl Time {
    /// Length of a step in days.
    pub fn step_days(&self) -> f64 {
        f64::from(self.step_hours) / 24.0
    }

    /// Time of a step in days after the start.
    pub fn days(&self, step: u32) -> f64 {
        f64::from(step) * self.step_days()
    }
}

/// Which sites count as neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Neighbourhood {
    /// Sites that share a face (4 in 2D, 6 in 3D).
    VonNeumann,
    /// Sites that share at least a corner (8 in 2D, 26 in 3D).
    Moore,
}

/// What lies beyond the edge of the lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// Nothing: cells cannot be placed there, oxygen does not flow there.
    Closed,
    /// The opposite edge.
    Periodic,
}

/// Where a daughter (or a migrating cell) may be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Placement {
    /// A uniform choice among the empty sites of the neighbourhood (radius 1).
    Neighbour,
    /// The first empty one of `candidates` uniform draws from the ball (disc in 2D) of `radius`
    /// sites around the mother, the mother's own site left out.
    Radius {
        /// Radius in site edges: 2 to 8.
        radius: u32,
        /// Number of candidate draws: 1 to 31.
        candidates: u32,
    },
    /// Any empty site of the lesion, exactly: the well-mixed limit of branching-process theory.
    Mixed,
}

/// The lattice of one lesion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lattice {
    /// Sites along x, y and z; z is 1 in 2D.
    pub size: [u32; 3],
    /// 2 or 3.
    pub dimension: u32,
    /// Neighbourhood of a site.
    pub neighbourhood: Neighbourhood,
    /// What lies beyond the edge.
    pub boundary: Boundary,
    /// Edge of a site in micrometres.
    pub site_um: f64,
    /// Placement of daughters and movers.
    pub placement: Placement,
}

/// A shorter edge makes a lattice thin: what has a radius may stick out there.
const THIN: u32 = 8;

impl Lattice {
    /// Number of sites.
    pub fn sites(&self) -> u64 {
        self.size.iter().map(|edge| u64::from(*edge)).product()
    }

    /// The shortest edge, in sites; of a thin lattice the longest one.
    pub fn width(&self) -> u32 {
        let edges = || self.size.iter().take(self.dimension as usize).copied();
        edges().filter(|edge| *edge >= THIN).min().or(edges().max()).unwrap_or(0)
    }
}

/// Cells of nests that take this share of so many sites.
pub fn nest_cells(fraction: f64, sites: u64) -> u64 {
    libm::rint(fraction * sites as f64) as u64
}

/// Shape of the starting tumour.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum StartShape {
    /// Small nests of `radius_um`, scattered without touching until `fraction` of the sites is
    /// taken; inside a nest each site holds a cell with probability `packing`.
    Nests {
        /// Share of all sites that hold a cell, 0 to 1.
        fraction: f64,
        /// Nest radius in micrometres.
        radius_um: f64,
        /// Probability that a site within a nest holds a cell, 0 to 1.
        packing: f64,
    },
    /// A disc (2D) or ball (3D) of the given radius around the centre.
    Ball {
        /// Radius in micrometres.
        radius_um: f64,
    },
    /// Each site holds a cell with probability `density`.
    Random {
        /// Probability, 0 to 1.
        density: f64,
    },
    /// One cell at the centre.
    Single,
    /// Exactly `cells` cells on distinct sites drawn uniformly (with `mixed` placement: the first
    /// sites), for theory checks that need a known number.
    Count {
        /// Number of cells.
        cells: u32,
    },
    /// A state saved by an earlier run, given by the path of its checkpoint.
    Saved {
        /// Path as written, relative to the scenario file.
        path: String,
    },
}

/// A starting state and its share of the starting cells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    /// Level of each locus, in the order of [`Scenario::loci`].
    pub levels: Vec<u8>,
    /// Probability that a starting cell is in this state.
    pub fraction: f64,
}

/// A starting state and exactly how many live cells are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateCells {
    /// Level of each locus, in the order of [`Scenario::loci`].
    pub levels: Vec<u8>,
    /// Live cells at step 0.
    pub cells: u32,
}

/// How many of the cells at step 0 are dead.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DeadStart {
    /// This share of the cells, dead ones counted.
    Fraction {
        /// Share, from 0 to below 1.
        fraction: f64,
    },
    /// The share at which deaths and clearance of the untreated tumour hold each other in balance.
    Equilibrium,
}

/// The tumour at step 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Start {
    /// Where cells are.
    pub shape: StartShape,
    /// States other than the sensitive one, each with its fraction of the cells that `cells` leaves; what is left is
    /// sensitive.
    pub composition: Vec<Share>,
    /// States with exact numbers of live cells, which are drawn from all live cells without replacement.
    pub cells: Vec<StateCells>,
    /// Dead cells among them; a saved state has its own, and then this is a fraction of 0.
    pub dead: DeadStart,
}

/// How a locus changes level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// By mutation at division; the rate is a probability per completed division. Founds a clone.
    Mutation,
    /// By switching of a live cell; the rate is per day. Inherited, founds no clone.
    Switching,
}

/// One possible change of a locus from a level to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Level before.
    pub from: u8,
    /// Level after (different from `from`).
    pub to: u8,
    /// Mutation or switching.
    pub kind: ChangeKind,
    /// Rate with no drug on: per completed division, or per day.
    pub rate: f64,
    /// Rates that replace `rate` while the named drug is on (the largest where several are on).
    pub with: Vec<(String, f64)>,
    /// What drugs add to `rate` through the signalling network (mode `signalling`).
    pub induced: Option<Induction>,
    /// What drugs take from the rate through the signalling network (mode `signalling`).
    pub suppressed: Option<Suppression>,
    /// Where the number comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A heritable trait with two to four levels; level 0 is the sensitive one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Locus {
    /// Name as used in selectors, e.g. `rtk`.
    pub name: String,
    /// What it is, in one sentence.
    pub description: String,
    /// Names of the levels, level 0 first.
    pub levels: Vec<String>,
    /// Fitness cost: factor on the birth rate at each level (1 at level 0); mode `rates`.
    pub birth_factor: Vec<f64>,
    /// What the levels do in the signalling network (mode `signalling`).
    pub network: Vec<LevelEffect>,
    /// Possible changes.
    pub changes: Vec<Change>,
}

impl Locus {
    /// All its numbers, each with where it comes from and how sure it is.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, Confidence)> {
        fn of(number: &Number) -> (&str, Confidence) {
            (&number.source, number.confidence)
        }
        let levels = self.network.iter().map(|effect| of(&effect.value));
        let changes = self.changes.iter().flat_map(|change| {
            let induced = change.induced.iter().map(|induced| of(&induced.rate));
            let suppressed = change.suppressed.iter().map(|suppressed| of(&suppressed.share));
            std::iter::once((change.source.as_str(), change.confidence)).chain(induced).chain(suppressed)
        });
        levels.chain(changes)
    }
}

/// A condition on one locus: its level must be in `allowed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// Index into [`Scenario::loci`].
    pub locus: usize,
    /// Bit `l` is set when level `l` is allowed.
    pub allowed: u8,
}

/// A set of states: all conditions must hold. Empty means every state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Selector {
    /// The text as written.
    pub text: String,
    /// Conditions, all of which must hold.
    pub conditions: Vec<Condition>,
}

impl Selector {
    /// Whether a state with these levels is selected.
    pub fn matches(&self, levels: &[u8]) -> bool {
        self.conditions.iter().all(|c| c.allowed & (1 << levels[c.locus]) != 0)
    }
}

/// Rates of a cell, per day unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CellRates {
    /// Division attempts per day.
    pub birth: f64,
    /// Deaths per day.
    pub death: f64,
    /// Migrations per day.
    pub migration: f64,
    /// Probability of being killed at a division attempt.
    pub kill_at_division: f64,
}

/// Replaces rates of the selected states, while all of the named drugs are on.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "rates.rule", heading = "[[rates.rule]]", given = rates::judge_rule)]
pub struct RateRule {
    /// Which states.
    #[key(default = "any", example = "rtk>=1")]
    pub states: Selector,
    /// Drugs that must all be on; none means always.
    #[key(names(Word), default = [], example = ["rapalog"])]
    pub drugs: Vec<String>,
    /// New birth rate.
    #[key(quantity(Rate), absent = "unchanged", example = "0.02 /d")]
    pub birth: Option<f64>,
    /// New death rate.
    #[key(quantity(Rate), absent = "unchanged", example = "0.02 /d")]
    pub death: Option<f64>,
    /// New migration rate.
    #[key(quantity(Rate), absent = "unchanged", example = "0.02 /d")]
    pub migration: Option<f64>,
    /// New kill probability.
    #[key(FRACTION, absent = "unchanged", example = 0.1)]
    pub kill_at_division: Option<f64>,
}

/// What a drug does to the selected states while it is on. Effects apply in file order: the death rate is
/// multiplied by `death_factor`, then `death_add` is added; kill probabilities a and b become 1-(1-a)(1-b).
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "rates.effect", heading = "[[rates.effect]]", given = rates::judge_effect)]
pub struct Effect {
    /// Name of the drug.
    #[key(name(Word), required, example = "rapalog")]
    pub drug: String,
    /// Which states.
    #[key(default = "any", example = "sensitive")]
    pub states: Selector,
    /// Factor on the birth rate.
    #[key(FACTOR, default = 1.0, example = 0.3)]
    pub birth_factor: f64,
    /// Factor on the death rate.
    #[key(FACTOR, default = 1.0, example = 1.2)]
    pub death_factor: f64,
    /// Added to the death rate.
    #[key(quantity(Rate), default = "0 /d", example = "0.0008 /d")]
    pub death_add: f64,
    /// Factor on the migration rate.
    #[key(FACTOR, default = 1.0, example = 0.5)]
    pub migration_factor: f64,
    /// Probability that a division attempt kills the mother instead.
    #[key(FRACTION, default = 0.0, example = 0.1)]
    pub kill_at_division: f64,
}

/// The phenotype of mode `rates`.
///
/// For a state and a set of drugs that are on: start from `base`, apply every matching rule in
/// file order, multiply birth by the locus levels' birth factors, then apply the effects of
/// every drug that is on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rates {
    /// Rates of the sensitive cell without drugs.
    pub base: CellRates,
    /// Rate per day at which dead cells are cleared; `None` means that the dead vanish at once.
    pub clearance: Option<f64>,
    /// Overrides, in file order.
    pub rules: Vec<RateRule>,
    /// Drug effects, in file order.
    pub effects: Vec<Effect>,
}

/// When a drug's schedule begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Begin {
    /// At a step.
    Step {
        /// The step.
        step: u32,
    },
    /// At the first check at which the live burden is at least `cells`.
    Burden {
        /// Number of live cells.
        cells: u32,
    },
}

/// Repeated on and off phases, counted from the beginning of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Section)]
#[section(path = "drug.cycle", heading = "cycle = { … }")]
pub struct Cycle {
    /// Length of the on phase, which comes first.
    #[key(form = SomeSteps, required, example = "28 d")]
    pub on: u32,
    /// Length of the off phase.
    #[key(form = SomeSteps, required, example = "14 d")]
    pub off: u32,
}

/// Adaptive therapy, judged against the live burden at the beginning of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Section)]
#[section(path = "drug.adaptive", heading = "adaptive = { … }", given = drugs::judge_adaptive)]
pub struct Adaptive {
    /// The drug goes off when the burden falls below this fraction.
    #[key(above(0.0, 1.0), required, example = 0.5)]
    pub off_below: f64,
    /// It goes on again when the burden reaches this fraction; above `off_below`.
    #[key(above(0.0, 16.0), required, example = 1.0)]
    pub on_above: f64,
    /// Time between two monitorings; a whole number of observations.
    #[key(form = SomeSteps, required, example = "14 d")]
    pub every: u32,
}

/// A drug's schedule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Schedule {
    /// When it begins.
    pub begin: Begin,
    /// Steps after the beginning when it ends for good; `None` means never.
    pub duration: Option<u32>,
    /// Half-open windows `[from, to)` in steps after the beginning during which the drug may be
    /// on, in order and not overlapping; empty means the whole time.
    pub windows: Vec<(u32, u32)>,
    /// On and off phases.
    pub cycle: Option<Cycle>,
    /// Adaptive rule (not together with `cycle` or `windows`).
    pub adaptive: Option<Adaptive>,
}

/// A drug of mode `rates`: a name and a schedule (its effect stands in [`Rates::effects`] and
/// [`Rates::rules`]).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drug {
    /// Name.
    pub name: String,
    /// When it is on.
    pub schedule: Schedule,
}

/// Oxygen that diffuses from vessels, whose density is constant unless there is \[vessels\], and is consumed by
/// live cells.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "oxygen", given = oxygen::judge)]
pub struct Oxygen {
    /// Microvessel density.
    #[key(name = "vessels", within_above(Density, 0.0, 5000.0), default = "300 /mm2")]
    pub vessels_per_mm2: f64,
    /// Partial pressure in the vessels.
    #[key(name = "vessel_pressure", within_above(Pressure, 0.0, 1e6), default = "40 mmHg")]
    pub vessel_mmhg: f64,
    /// Diffusion length in tissue full of cells.
    #[key(name = "diffusion_length", within_above(Length, 0.0, 1e6), default = "150 um")]
    pub diffusion_length_um: f64,
    /// Below this pressure birth is slowed.
    #[key(name = "hypoxic", quantity(Pressure), default = "5 mmHg")]
    pub hypoxic_mmhg: f64,
    /// Factor on birth below `hypoxic`.
    #[key(FRACTION, default = 0.3)]
    pub hypoxic_birth_factor: f64,
    /// Below this pressure death is raised.
    #[key(name = "anoxic", quantity(Pressure), default = "1 mmHg")]
    pub anoxic_mmhg: f64,
    /// Added to the death rate below `anoxic`.
    #[key(name = "anoxic_death", quantity(Rate), default = "0.01 /d")]
    pub anoxic_death_add: f64,
    /// Relaxation sweeps a step; even.
    #[key(integer(2, 16), default = 4)]
    pub sweeps: u32,
}

/// Optional outputs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Output {
    /// Whether the census of every observation is written (default true).
    pub series: bool,
    /// Steps at which a picture of the lattice is written, ascending.
    pub snapshots: Vec<u32>,
    /// Whether the lattice is recorded at these steps, so that it can be drawn later (default true).
    pub frames: bool,
    /// Steps at which clone sizes are counted, ascending.
    pub clones: Vec<u32>,
    /// Steps at which vessels, perfusion, oxygen and VEGF are averaged over the tumour, ascending.
    pub environment: Vec<u32>,
    /// Clones smaller than this at every count are left out of the clone tables (their ancestors
    /// of written clones are kept).
    pub clone_minimum: u32,
    /// How many replicates (the first ones) get snapshots, frames and clone tables.
    pub detailed_replicates: u32,
}
