//! Tables that are made of all patients of an arm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rows::{ArmRow, ContrastRow, IncidenceRow, PriceRow, PublishedRow, ResistanceRow, SurvivalRow};
use crate::scenario::About;
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::digest::hex;
use crate::table::{REMARK, Rows, csv};
use crate::trial::cohort::CohortReport;
use crate::trial::results::{CountedEvent, Endpoint, Price, Results, headline, simulated};
use crate::trial::run::Plan;
use crate::trial::shard::{PatientRange, Shard};
use crate::trial::stats::KaplanMeier;

/// Names and contents of the tables.
pub fn tables(plan: &Plan, results: &Results) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = vec![
        ("arms.csv", csv(arms(plan, results))),
        ("contrasts.csv", csv(contrasts(plan, results))),
        ("prices.csv", csv(prices(plan, results))),
        ("survival.csv", csv(survival(plan, results))),
        ("incidence.csv", csv(incidence(plan, results))),
        ("resistance.csv", resistance(plan, results)),
    ];
    if !plan.trial.published.is_empty() {
        all.push(("published.csv", csv(published(plan, results))));
    }
    all
}

fn arms(plan: &Plan, results: &Results) -> Vec<ArmRow> {
    (0..plan.arms().len()).flat_map(|arm| results.arm(plan, arm).rows).collect()
}

/// All end points by which arms are compared, each for all pairs that the trial compares.
fn contrasts(plan: &Plan, results: &Results) -> Vec<ContrastRow> {
    let pairs = &plan.trial.comparisons;
    let of = |endpoint: Endpoint| pairs.iter().map(move |(a, b)| results.contrast(plan, *a, *b, endpoint));
    Endpoint::CONTRASTED.into_iter().flat_map(of).collect()
}

/// The same pairs by burden and price.
fn prices(plan: &Plan, results: &Results) -> Vec<PriceRow> {
    let of =
        |(arm, against): &(usize, usize)| Price::ALL.map(|price| results.price(plan, *arm, *against, price));
    plan.trial.comparisons.iter().flat_map(of).collect()
}

fn incidence(plan: &Plan, results: &Results) -> Vec<IncidenceRow> {
    let pairs = (0..plan.arms().len()).flat_map(|arm| CountedEvent::ALL.map(|event| (arm, event)));
    let curve = |(arm, event)| {
        let curve = results.incidence(arm, event).ok()?;
        Some(IncidenceRow::of(&plan.arms()[arm].name, event, &curve))
    };
    pairs.filter_map(curve).flatten().collect()
}

fn survival(plan: &Plan, results: &Results) -> Vec<SurvivalRow> {
    let pairs = (0..plan.arms().len()).flat_map(|arm| Endpoint::ALL.map(|endpoint| (arm, endpoint)));
    let curve = |(arm, endpoint)| {
        let curve = KaplanMeier::new(&results.subjects(arm, endpoint)).ok()?;
        Some(SurvivalRow::of(&plan.arms()[arm].name, endpoint, &curve))
    };
    pairs.filter_map(curve).flatten().collect()
}

fn resistance(plan: &Plan, results: &Results) -> Vec<u8> {
    let mut rows = Rows::default();
    let loci = plan.loci().into_iter().map(|locus| format!("{locus}_fraction"));
    rows.head::<ResistanceRow>().cells(loci).end();
    for (number, arm) in plan.arms().iter().enumerate() {
        for mean in results.resistance(number) {
            rows.row(&ResistanceRow::of(&arm.name, &mean)).cells(&mean.changed).end();
        }
    }
    rows.bytes().to_vec()
}

fn published(plan: &Plan, results: &Results) -> Vec<PublishedRow> {
    simulated(plan, results).iter().map(PublishedRow::from).collect()
}

/// How a trial was computed, and how far it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunInfo {
    /// Whether by the mean-field surrogate.
    pub surrogate: bool,
    /// Patients of the cohort.
    pub patients: u32,
    /// Which part of the cohort was asked for; `None`: no part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Numbers of those who were asked for; `None`: all.
    pub only: Option<Vec<u32>>,
    /// Patients who are in none of the shards that this was merged from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<PatientRange>,
    /// Names of the arms that were asked for; `None`: all.
    pub arms: Option<Vec<String>>,
    /// Names of the tables that were asked for; `None`: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<String>>,
    /// Whether a signal stopped it.
    pub stopped: bool,
    /// Patients who failed in an arm.
    pub failed: Vec<u32>,
}

impl RunInfo {
    /// Numbers of the patients who were asked for; `None`: all.
    pub fn chosen(&self) -> Option<Vec<u32>> {
        let is_missing = |patient: &u32| self.missing.iter().any(|gap| gap.numbers().contains(patient));
        match (self.shard, self.missing.is_empty()) {
            (Some(shard), _) => Some(shard.range(self.patients).numbers().collect()),
            (None, false) => Some((0..self.patients).filter(|patient| !is_missing(patient)).collect()),
            (None, true) => self.only.clone(),
        }
    }

    /// Numbers of the patients who were asked for.
    pub fn asked(&self) -> Vec<u32> {
        self.chosen().unwrap_or_else(|| (0..self.patients).collect())
    }

    /// A line at the head of every table that says who is missing; empty if nobody is.
    pub fn remark(&self) -> String {
        match self.missing_words() {
            words if words.is_empty() => words,
            words => format!("{} {words}\n", char::from(REMARK)),
        }
    }

    /// What sets another question apart from this one, in words; how far either came does not matter.
    pub fn differs(&self, other: &Self) -> Option<&'static str> {
        let differences = [
            (self.surrogate != other.surrogate, "another way of computing: the surrogate is not the agents"),
            (self.patients != other.patients, "a cohort of another size"),
            (self.shard != other.shard, "another shard"),
            (self.only != other.only || self.missing != other.missing, "other patients"),
            (self.arms != other.arms, "other arms"),
            (self.tables != other.tables, "other tables"),
        ];
        differences.into_iter().find(|(differs, _)| *differs).map(|(_, what)| what)
    }

    /// Whether a file is among the tables that were asked for; what is not a table always is.
    pub fn wants(&self, file: &str) -> bool {
        let is_named = |name: &str| self.tables.as_ref().is_none_or(|all| all.iter().any(|own| own == name));
        file.strip_suffix(".csv").is_none_or(is_named)
    }

    /// Who is missing of those who should be there, in words; empty if nobody is.
    pub fn missing_words(&self) -> String {
        let ranges: Vec<String> = self.missing.iter().map(ToString::to_string).collect();
        match ranges.is_empty() {
            true => String::new(),
            false => format!("partial: patients {} of {} are missing", ranges.join(", "), self.patients),
        }
    }
}

/// What `summary.json` begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrialSummary {
    /// Version of the program.
    pub evotor: String,
    /// Name.
    pub name: String,
    /// Seed.
    pub seed: u64,
    /// One hash of all that was seen of the tumours of those who are through.
    #[serde(default)]
    pub digest: String,
    /// How it was computed.
    pub course: RunInfo,
    /// By what factor mutation rates were multiplied.
    pub mutation_amplification: f64,
}

impl TrialSummary {
    /// That of a trial with these results.
    pub fn new(plan: &Plan, results: &Results, course: &RunInfo) -> Self {
        Self {
            evotor: PROGRAM.to_owned(),
            name: plan.scenario.name.clone(),
            seed: plan.scenario.seed,
            digest: hex(&results.digest()),
            course: course.clone(),
            mutation_amplification: plan.scenario.mutation_amplification,
        }
    }
}

/// `summary.json`: what a trial was, and the rows of its tables as data.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WholeTrial {
    /// What it was.
    #[serde(flatten)]
    pub summary: TrialSummary,
    /// What its file says of it.
    pub about: About,
    /// Its cohort.
    pub cohort: CohortReport,
    /// The first words of the terminal and of the report.
    pub headline: Vec<String>,
    /// The rows of `arms.csv`.
    pub arms: Vec<ArmRow>,
    /// The rows of `contrasts.csv`.
    pub contrasts: Vec<ContrastRow>,
    /// The rows of `prices.csv`.
    pub prices: Vec<PriceRow>,
    /// The rows of `published.csv`.
    pub published: Vec<PublishedRow>,
}

impl WholeTrial {
    /// That of a trial with these results.
    pub fn new(plan: &Plan, results: &Results, course: &RunInfo) -> Self {
        let (contrasts, prices) = (contrasts(plan, results), prices(plan, results));
        Self {
            summary: TrialSummary::new(plan, results, course),
            about: plan.trial.about.clone(),
            cohort: plan.cohort.report(),
            headline: headline(&contrasts, &prices),
            arms: arms(plan, results),
            contrasts,
            prices,
            published: published(plan, results),
        }
    }

    /// The text of `summary.json`.
    pub fn json(&self) -> String {
        crate::table::json(self)
    }
}
