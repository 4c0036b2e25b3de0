//! A trial: who is treated, in which arms, how it is measured, and what was published of it.
//!
//! Plain data as the file gives it; names of populations, quantities and end points are checked by the trial's own room.

use serde::Serialize;

use super::Therapy;

/// A trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    /// What it is.
    pub about: About,
    /// Who is treated.
    pub cohort: CohortSection,
    /// How patients are followed.
    pub assessment: Assessment,
    /// Arms in order, at least one; all treat the same patients.
    pub arms: Vec<Arm>,
    /// Pairs of arms that are compared: number of the arm, number of that against which.
    pub comparisons: Vec<(usize, usize)>,
    /// Published figures, to stand beside what comes out.
    pub published: Vec<Published>,
}

/// What a trial is.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct About {
    /// Number in a list of trials, such as `T04`; empty for none.
    pub id: String,
    /// Title for tables and plots.
    pub title: String,
    /// Where it was published; empty for none.
    pub citation: String,
    /// What of it this file does not represent.
    pub not_represented: Vec<String>,
}

/// Who is treated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohortSection {
    /// Number of patients.
    pub patients: u32,
    /// Name of the growth population.
    pub population: String,
    /// From where the laws between patients are.
    pub laws: Laws,
    /// Growth populations with which the comparison is repeated.
    pub repeat: Vec<String>,
    /// Live agents of a patient at the start, at least, over all lesions: lattices are made as large as this needs. `None`: the
    /// lattice of the scenario for each lesion.
    pub agents: Option<u32>,
    /// Number of target lesions of every patient; `None`: drawn.
    pub lesions: Option<u32>,
    /// Factor on growth where MEN1 and DAXX/ATRX are both mutated.
    pub prognostic_factor: f64,
    /// Where the tumours began.
    pub origin: String,
    /// Whether FGFR4 R388 and PHLPP2 S1016 act.
    pub germline_effects: bool,
    /// Whether all have the pharmacokinetics of the typical patient.
    pub typical_pharmacokinetics: bool,
    /// Changes of the laws between patients, in order.
    pub changes: Vec<CohortChange>,
}

/// From where the laws between patients are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Laws {
    /// Fitted to the trials that were set aside for it.
    #[default]
    Fitted,
    /// The sources of each number.
    Sources,
    /// A draw of the posterior of that fit, by its number from 0.
    Draw(u32),
}

impl std::fmt::Display for Laws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fitted => f.write_str("fitted"),
            Self::Sources => f.write_str("sources"),
            Self::Draw(number) => write!(f, "draw {number}"),
        }
    }
}

/// A change of the law of one quantity of patients; one of the three at least.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohortChange {
    /// The quantity.
    pub quantity: String,
    /// Another typical value.
    pub typical: Option<f64>,
    /// Another spread.
    pub spread: Option<f64>,
    /// The same value for all.
    pub fixed: Option<f64>,
}

/// How patients are followed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment {
    /// Days of the first scans, ascending, at least one.
    pub at: Vec<u32>,
    /// Days from the last of them to the next scan, and from then on.
    pub every: u32,
    /// Largest number of days by which a scan is early or late.
    pub jitter: u32,
    /// Coefficient of variation of a measured sum of diameters.
    pub noise: f64,
    /// New lesions per unit of the logarithm of the volume above its largest value before.
    pub new_lesions: f64,
    /// Days between laboratory visits (CgA, NSE); the first one is as long after the start.
    pub laboratory: u32,
    /// Days after which a response must be seen again to count; 0: it counts at once.
    pub confirmation: u32,
    /// Deaths of other causes, per day.
    pub other_death: f64,
    /// Deaths per day added for each unit of ln(V/V0) above 0.
    pub tumour_death: f64,
}

/// An arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arm {
    /// Name, unique in the trial.
    pub name: String,
    /// Patients of the published arm.
    pub enrolled: Option<u32>,
    /// The plan; its own calendar is that of [`Assessment`].
    pub therapy: Therapy,
}

/// A published figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Published {
    /// Number of the arm.
    pub arm: usize,
    /// Number of the arm against which, for ratios.
    pub against: Option<usize>,
    /// What was measured.
    pub endpoint: Endpoint,
    /// Time in months for shares at a time.
    pub at_months: Option<f64>,
    /// The figure: months, percent, or a ratio.
    pub value: f64,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// What it was used for here.
    pub role: Role,
    /// Where it was published.
    pub source: String,
}

/// What a published figure did for this model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Parameters were fitted to it.
    Calibrated,
    /// It shaped a default.
    Informed,
    /// It was held out.
    Predicted,
}

/// What is measured of an arm, or between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// Median progression-free survival of the first line, months.
    PfsMedian,
    /// Progression-free at a time, percent.
    PfsRate,
    /// Hazard ratio of progression or death.
    PfsHazardRatio,
    /// Median total PFS over two lines, months.
    TotalPfsMedian,
    /// Hazard ratio of total PFS.
    TotalPfsHazardRatio,
    /// Median PFS of the second line, months.
    SecondLinePfsMedian,
    /// Median overall survival, months.
    OsMedian,
    /// Alive at a time, percent.
    OsRate,
    /// Hazard ratio of death.
    OsHazardRatio,
    /// Complete or partial responses, percent.
    ResponseRate,
    /// Responses and stable disease, percent.
    DiseaseControl,
    /// Any shrinkage of the sum of diameters as best change, percent.
    AnyShrinkage,
    /// Progression as best response, percent.
    ProgressiveDisease,
    /// Progression or death by the first scan, percent.
    FirstScanProgression,
    /// An adverse event of grade 3 or 4, percent.
    Grade3Or4,
    /// A dose-limiting event within a time, percent.
    DoseLimiting,
    /// Stopped a drug for adverse events, percent.
    Discontinuation,
    /// Dose held, reduced or stopped, percent.
    DoseChange,
    /// Relative dose intensity of the first drug, percent.
    DoseIntensity,
    /// Early response of chromogranin A (30 % lower after 4 weeks), percent.
    EarlyCga,
}
