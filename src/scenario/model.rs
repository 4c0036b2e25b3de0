//! The scenario as the program understands it: every unit converted, every default filled in.
//!
//! A scenario file is read by [`parse`](super::parse) into a [`Scenario`]. Times are whole steps,
//! rates are per day, lengths are micrometres unless a field says otherwise. Nothing here knows
//! how a lattice is stored or how a step is computed.

mod assessment;
mod drugs;
mod endpoint;
mod locus;
mod monitoring;
mod oxygen;
mod rates;
mod record;
mod regimen;
mod signalling;
mod stop;
mod therapy;
mod trial;
mod trigger;

use serde::Serialize;

use crate::words::named;

pub use crate::catalogue::Confidence;
pub use assessment::{Assessment, ScanReader};
pub use drugs::{Adaptive, Begin, Cycle, Schedule, ScheduledDrug};
pub use endpoint::FigureKind;
pub use locus::{Change, ChangeKind, Condition, Locus, Selector};
pub use monitoring::{DrugMonitoring, TroughAnalyte};
pub use oxygen::Oxygen;
pub use rates::{CellRates, Effect, RateRule, Rates};
pub use record::{Marker, PatientRecord, RecordedMarker, RecordedScan, RecordedTrough};
pub use regimen::{Phases, Regimen, Rhythm};
pub use signalling::{
    LesionVolume, Mode, Origin, PatientData, Pharmacokinetics, STARTING_STATES, Sex, StartingFraction,
    Vessels,
};
pub use stop::{Progression, Reach, StateTarget, Stop};
pub use therapy::{AdaptiveDoses, AdverseEvents, AfterLastLine, Line, LineEnd, Monitor, Therapy, Visits};
pub use trial::{
    About, AccrualLaw, Arm, CohortChange, CohortSection, Conduct, Estimand, FigureTiming,
    GROWTH_BY_COVARIATES, Laws, OriginShares, Published, PublishedEndpoint, Role, Trial,
};
pub use trigger::{MarkerAction, MarkerReference, MarkerTrigger, TriggerMarker};

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
    /// Cells that an agent stands for at the start; `None`: one, and in a trial what the patient's lesions hold. See [`Scenario::has_ledger`].
    pub cells_per_agent: Option<f64>,
    /// Where the rates of cells come from.
    pub mode: Mode,
    /// The patient; in mode `signalling` alone.
    pub patient: Option<PatientData>,
    /// Birth, death, migration and kill rates per state and per drug on or off. In mode `signalling` only
    /// migration and clearance count.
    pub rates: Rates,
    /// Drugs by name, with their schedules, in file order.
    pub drugs: Vec<ScheduledDrug>,
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

impl Scenario {
    /// Whether rare states are numbers of cells off the lattice: where an agent stands for more than one.
    pub fn has_ledger(&self) -> bool {
        self.mode == Mode::Signalling && self.cells_per_agent.is_some_and(|cells| cells > 1.0)
    }

    /// The same without a ledger: mutants are shares that are expected, and not cells that are drawn. For searches by the mean field that
    /// need published figures alone, thousands of times: the ledger is two thirds of their time, and hardly moves such a figure. Amplified
    /// mutations keep it.
    #[must_use]
    pub fn without_ledger(self) -> Self {
        let cells_per_agent =
            if self.mutation_amplification == 1.0 { Some(1.0) } else { self.cells_per_agent };
        Self { cells_per_agent, ..self }
    }
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

named! {
    /// Which sites count as neighbours.
    pub enum Neighbourhood {
        /// Sites that share at least a corner (8 in 2D, 26 in 3D).
        Moore = "moore",
        /// Sites that share a face (4 in 2D, 6 in 3D).
        VonNeumann = "von_neumann",
    }
}

named! {
    /// What lies beyond the edge of the lattice.
    pub enum Boundary {
        /// Nothing: cells cannot be placed there, oxygen does not flow there.
        Closed = "closed",
        /// The opposite edge.
        Periodic = "periodic",
    }
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
