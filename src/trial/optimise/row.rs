//! What became of a candidate: a row of `front.csv`.

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::Benefit;

/// What became of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrontStatus {
    /// Nobody pushes it out, by estimates nobody is ahead of it in benefit and price, and it keeps the bound.
    Front,
    /// Another one is ahead by estimates, and intervals do not separate them.
    Open,
    /// Another one surely pushes it out, over all patients.
    Dominated,
    /// Another one surely pushed it out in an earlier round.
    Dropped,
    /// It was left behind by estimates alone in an earlier round, to save time: no finding.
    SetAside,
    /// It surely breaks the bound.
    OverBound,
}

impl FrontStatus {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Open => "open",
            Self::Dominated => "dominated",
            Self::Dropped => "dropped",
            Self::SetAside => "set aside",
            Self::OverBound => "over the bound",
        }
    }
}

/// Whether a candidate keeps the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoundVerdict {
    /// Surely.
    Kept,
    /// The interval holds the bound.
    Open,
    /// Surely not.
    Broken,
}

/// One for each candidate of a search (`evotor optimise`). Means are over patients, to the trial's horizon, by the mean field unless a name
/// says otherwise; intervals are 95 %, by a bootstrap over patients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct FrontRow {
    /// Number on the plot, from 1.
    pub number: u32,
    /// Candidate, as its arm in `effective.toml` is called.
    pub candidate: String,
    /// Strategy.
    pub strategy: String,
    /// Values that were put in, `name = value` with `; ` between them.
    pub values: String,
    /// Patients who were treated with it: fewer than others where it left early.
    pub patients: u32,
    /// `front`, `open` (another one is ahead by estimates, not separated), `dominated`, `dropped` (dominated in an earlier round),
    /// `set_aside` (left behind by estimates alone, to save time), `over_bound`.
    pub status: FrontStatus,
    /// Candidate that pushes it out; empty for none.
    pub dominated_by: String,
    /// Whether it keeps the bound: `kept`, `open` (the interval holds the bound) or `broken`; `kept` without a bound.
    pub bound: BoundVerdict,
    /// Time to failure of strategy, restricted mean.
    pub tfs_months: f64,
    /// Lower end of its interval.
    pub tfs_low_months: f64,
    /// Upper end.
    pub tfs_high_months: f64,
    /// Time to 1.2 times the sum of diameters of day 0 or death, restricted mean.
    pub growth_months: f64,
    /// Lower end of its interval.
    pub growth_low_months: f64,
    /// Upper end.
    pub growth_high_months: f64,
    /// Days with an adverse event of a drug of grade 3 or 4.
    pub severe_days: f64,
    /// Lower end of its interval.
    pub severe_low_days: f64,
    /// Upper end.
    pub severe_high_days: f64,
    /// Share of patients with a dose-limiting event in the time that the bound names (28 d without one).
    pub dose_limiting_fraction: f64,
    /// Lower end of its interval.
    pub dose_limiting_low_fraction: f64,
    /// Upper end.
    pub dose_limiting_high_fraction: f64,
    /// Dose intensity to progression, mean over drugs and patients; empty where nothing is dosed.
    pub dose_intensity_fraction: Option<f64>,
    /// Share of patients who were given two drugs.
    pub second_drug_fraction: f64,
    /// Benefit less that of the candidate of the front with the most, paired; its interval holds together with those of all others of
    /// the last round. Empty for those that left before.
    pub benefit_difference_months: Option<f64>,
    /// Lower end of its interval.
    pub benefit_difference_low_months: Option<f64>,
    /// Upper end.
    pub benefit_difference_high_months: Option<f64>,
    /// Price less that of the same one, likewise.
    pub price_difference_days: Option<f64>,
    /// Lower end of its interval.
    pub price_difference_low_days: Option<f64>,
    /// Upper end.
    pub price_difference_high_days: Option<f64>,
    /// Patients by agents (`--confirm`); empty where that was not asked for, or the candidate is not on the front.
    pub agents_patients: Option<u32>,
    /// Benefit by agents.
    pub agents_benefit_months: Option<f64>,
    /// Benefit by agents less that by the mean field in the same patients.
    pub agents_less_field_months: Option<f64>,
    /// Lower end of its interval, which holds together with those of the whole front.
    pub agents_less_field_low_months: Option<f64>,
    /// Upper end.
    pub agents_less_field_high_months: Option<f64>,
    /// Price by agents.
    pub agents_severe_days: Option<f64>,
    /// Price by agents less that by the mean field in the same patients.
    pub agents_less_field_days: Option<f64>,
    /// Lower end of its interval, likewise.
    pub agents_less_field_low_days: Option<f64>,
    /// Upper end.
    pub agents_less_field_high_days: Option<f64>,
}

impl FrontRow {
    /// What is gained, with its interval.
    pub fn benefit(&self, of: Benefit) -> [f64; 3] {
        match of {
            Benefit::Tfs => [self.tfs_months, self.tfs_low_months, self.tfs_high_months],
            Benefit::TimeToGrowth => [self.growth_months, self.growth_low_months, self.growth_high_months],
        }
    }

    /// What it costs, with its interval.
    pub fn price(&self) -> [f64; 3] {
        [self.severe_days, self.severe_low_days, self.severe_high_days]
    }

    /// Whether its benefit is separated from that of the candidate with the most; `None` where that is not known.
    pub fn is_separated(&self) -> Option<bool> {
        Some(self.benefit_difference_high_months? < 0.0)
    }

    /// Whether agents surely differ from the mean field; `None` where they were not asked.
    pub fn agents_differ(&self) -> Option<bool> {
        let leaves_out = |low: Option<f64>, high: Option<f64>| Some(low? > 0.0 || high? < 0.0);
        let benefit = leaves_out(self.agents_less_field_low_months, self.agents_less_field_high_months)?;
        Some(benefit || leaves_out(self.agents_less_field_low_days, self.agents_less_field_high_days)?)
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FoundFront {
    /// Candidates: those of the front by price, then the others.
    pub candidates: Vec<FrontRow>,
    /// What is gained.
    pub benefit: Benefit,
    /// Time to which means reach, months.
    pub horizon_months: f64,
    /// Patients of each round.
    pub rounds: Vec<u32>,
    /// Candidates of each round.
    pub entered: Vec<u32>,
    /// The candidate of the front with the most benefit, by estimates; absent where none keeps the bound.
    pub best: Option<String>,
    /// Patients who were followed without an event for less than the horizon, in any candidate of the last round.
    pub cut_patients: u32,
    /// Patients who failed in some candidate and are left out of all.
    pub failed_patients: u32,
    /// Patients by agents; absent where none was asked for.
    pub confirmed_patients: Option<u32>,
}

impl FoundFront {
    /// Candidates of the front.
    pub fn front(&self) -> impl Iterator<Item = &FrontRow> {
        self.candidates.iter().filter(|row| row.status == FrontStatus::Front)
    }
}
