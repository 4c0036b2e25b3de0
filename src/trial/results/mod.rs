//! What a trial came to: arms, the differences between them, and published figures beside them.

mod arm;
mod composition;
mod contrast;
mod headline;
mod incidence;
mod memory;
mod patient;
mod published;
mod row;
mod strategy;

pub use arm::ArmSummary;
pub use composition::{ArmComposition, Resistance};
pub use contrast::{ContrastRow, Price, PriceRow};
pub use headline::{MEASURE, headline};
pub use incidence::{CountedEvent, IncidenceRow};
pub use memory::simulate;
pub use patient::{ArmOutcomes, PatientOutcomes};
pub use published::{PublishedComparison, SimulatedFigure, figure, simulated};
pub use row::{ArmRow, MeasureUnit};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::outcome::{FollowedSpan, Outcome};
use super::run::{PatientRun, Plan};
use super::stats::{HazardRatio, Subject, hazard_ratio};
use super::visits::TrialView;
use crate::simulation::digest::{Hash, trial_digest};
use crate::table::word;

/// A time to an event, of those that a trial measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// Time to failure of strategy: progression on the last planned line, or death.
    Tfs,
    /// Time to 1.2 times the first sum of diameters, or death, whatever the line.
    TimeToGrowth,
    /// PFS of the first line.
    Pfs,
    /// PFS of the second line, of those who began it.
    SecondLinePfs,
    /// Total PFS, which published figures are of.
    TotalPfs,
    /// PFS2.
    Pfs2,
    /// Overall survival.
    Os,
}

impl Endpoint {
    /// Those of a trial's tables, strategies before lines.
    pub const ALL: [Self; 6] =
        [Self::Tfs, Self::TimeToGrowth, Self::Pfs, Self::SecondLinePfs, Self::Pfs2, Self::Os];

    /// Those by which arms are compared.
    pub const CONTRASTED: [Self; 4] = [Self::Tfs, Self::TimeToGrowth, Self::Pfs, Self::Os];

    /// Word for files.
    pub fn word(self) -> String {
        word(&self)
    }

    /// Name on an axis, and its short form.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Tfs => ("Time to failure of strategy", "TFS"),
            Self::TimeToGrowth => ("Time to growth beyond day 0", "Time to growth"),
            Self::Pfs => ("Progression-free survival", "PFS"),
            Self::SecondLinePfs => ("Progression-free survival on line 2", "PFS, line 2"),
            Self::TotalPfs => ("Total progression-free survival", "Total PFS"),
            Self::Pfs2 => ("Time to second progression", "PFS2"),
            Self::Os => ("Overall survival", "OS"),
        }
    }

    /// Whether the time of a patient is censored because its drugs were stopped: the estimand `while-on-treatment`.
    pub fn is_censored_at_stop(self, outcome: &Outcome) -> bool {
        match self {
            Self::Pfs => outcome.stopped[0],
            Self::SecondLinePfs | Self::TotalPfs | Self::Pfs2 => outcome.stopped[1],
            Self::Os | Self::Tfs | Self::TimeToGrowth => false,
        }
    }

    /// The time of a patient, if it has one.
    pub fn of(self, outcome: &Outcome) -> Option<FollowedSpan> {
        match self {
            Self::Tfs => Some(outcome.strategy.tfs),
            Self::TimeToGrowth => Some(outcome.strategy.growth),
            Self::Pfs => Some(outcome.pfs),
            Self::SecondLinePfs => outcome.second_pfs,
            Self::TotalPfs => Some(outcome.total_pfs),
            Self::Pfs2 => outcome.pfs2,
            Self::Os => Some(outcome.os),
        }
    }
}

/// Outcomes by arm, each in the order of patients; patients who failed in an arm are left out of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Results {
    /// Outcomes of each arm, as tables show them.
    pub arms: Vec<Vec<Outcome>>,
    /// The view in which each arm is shown.
    primary: Vec<TrialView>,
    /// The same patients in the views of published figures, where these are not that.
    others: Vec<ViewResults>,
    /// What the compositions of tumours in each arm add up to.
    composition: Vec<ArmComposition>,
}

/// Outcomes of each arm in another view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ViewResults {
    view: TrialView,
    arms: Vec<Vec<Outcome>>,
}

/// Times in months.
pub(super) fn subjects(outcomes: &[Outcome], endpoint: Endpoint) -> Vec<Subject> {
    outcomes.iter().filter_map(|o| endpoint.of(o)).map(|span| span.subject()).collect()
}

impl Results {
    /// Nothing yet, for the arms of a plan.
    pub fn new(plan: &Plan) -> Self {
        let arms = plan.arms().len();
        let nobody = || vec![Vec::new(); arms];
        let primary: Vec<TrialView> = (0..arms).map(|arm| TrialView::primary(&plan.trial, arm)).collect();
        let others = plan.published_views().into_iter().filter(|view| primary.iter().any(|own| own != view));
        let others = others.map(|view| ViewResults { view, arms: nobody() }).collect();
        Self { arms: nobody(), primary, others, composition: vec![ArmComposition::default(); arms] }
    }

    /// Takes a patient; patients come in the order of their numbers.
    pub fn add(&mut self, run: &PatientRun) {
        self.compose(run);
        self.take(PatientOutcomes::new(run, self));
    }

    /// Takes the tumours of a patient.
    pub fn compose(&mut self, run: &PatientRun) {
        for (arm, result) in &run.arms {
            if let Ok((_, trajectory)) = result {
                self.composition[*arm].add(&trajectory.chart.compositions);
            }
        }
    }

    /// Takes the outcomes of a patient; patients come in the order of their numbers.
    pub fn take(&mut self, from: PatientOutcomes) {
        for ArmOutcomes { arm, outcome, others } in from.arms {
            self.arms[arm].push(outcome);
            self.others.iter_mut().zip(others).for_each(|(view, shown)| view.arms[arm].extend(shown));
        }
    }

    /// Takes the tumours of other patients, as sums.
    pub fn take_composition(&mut self, from: &[ArmComposition]) {
        self.composition.iter_mut().zip(from).for_each(|(own, new)| own.join(new));
    }

    /// The sums that the mean compositions of arms are made of.
    pub fn composition(&self) -> &[ArmComposition] {
        &self.composition
    }

    /// The views of published figures; none in place of one that is how tables show an arm.
    fn other_views(&self, arm: usize) -> impl Iterator<Item = Option<TrialView>> {
        self.others.iter().map(move |other| Some(other.view).filter(|view| *view != self.primary[arm]))
    }

    /// Takes an arm of other results of the same trial.
    pub fn take_arm(&mut self, arm: usize, mut from: Self) {
        std::mem::swap(&mut self.arms[arm], &mut from.arms[arm]);
        for (own, other) in self.others.iter_mut().zip(&mut from.others) {
            std::mem::swap(&mut own.arms[arm], &mut other.arms[arm]);
        }
    }

    /// The same outcomes in each view.
    #[cfg(test)]
    fn fill(&mut self, of: impl Fn(usize) -> Vec<Outcome>) {
        let others = self.others.iter_mut().map(|other| &mut other.arms);
        for arms in std::iter::once(&mut self.arms).chain(others) {
            arms.iter_mut().enumerate().for_each(|(arm, all)| *all = of(arm));
        }
    }

    /// Whether they can be those of a plan.
    pub fn fit(&self, plan: &Plan) -> bool {
        let empty = Self::new(plan);
        let views =
            |of: &Self| of.others.iter().map(|other| (other.view, other.arms.len())).collect::<Vec<_>>();
        let shape = |of: &Self| (of.arms.len(), of.composition.len(), of.primary.clone(), views(of));
        shape(self) == shape(&empty)
    }

    /// Outcomes of each arm in each view.
    pub fn all(&self) -> impl Iterator<Item = &Vec<Outcome>> {
        self.arms.iter().chain(self.others.iter().flat_map(|other| &other.arms))
    }

    /// Outcomes of an arm in a view: that of its tables, or of one of the published figures.
    pub fn shown(&self, view: &TrialView, arm: usize) -> &[Outcome] {
        let other = self.others.iter().find(|other| other.view == *view && self.primary[arm] != *view);
        other.map_or(&self.arms[arm], |other| &other.arms[arm])
    }

    /// Times of an arm in months.
    pub fn subjects(&self, arm: usize, endpoint: Endpoint) -> Vec<Subject> {
        subjects(&self.arms[arm], endpoint)
    }

    /// Outcomes of the patients who are in both arms.
    pub fn both(&self, arm: usize, against: usize) -> Vec<(&Outcome, &Outcome)> {
        let other = |patient: u32| {
            let at = self.arms[against].binary_search_by_key(&patient, |o| o.patient).ok()?;
            Some(&self.arms[against][at])
        };
        self.arms[arm].iter().filter_map(|o| Some((o, other(o.patient)?))).collect()
    }

    /// Times of the patients who are in both arms, in months.
    pub fn pairs(&self, arm: usize, against: usize, endpoint: Endpoint) -> Vec<(Subject, Subject)> {
        let subject = |o: &Outcome| endpoint.of(o).map(|span| span.subject());
        let both = self.both(arm, against);
        both.into_iter().filter_map(|(a, b)| Some((subject(a)?, subject(b)?))).collect()
    }

    /// Hazard ratio of an arm over another one, if there is one: as if they had different patients.
    pub fn hazard_ratio(&self, arm: usize, against: usize, endpoint: Endpoint) -> Option<HazardRatio> {
        hazard_ratio(&self.subjects(arm, endpoint), &self.subjects(against, endpoint)).ok()
    }

    /// Mean composition of the tumours of an arm over time, of the patients who were still followed.
    pub fn resistance(&self, arm: usize) -> Vec<Resistance> {
        self.composition[arm].means()
    }

    /// One hash of all that was seen of all tumours.
    pub fn digest(&self) -> Hash {
        trial_digest(
            self.arms
                .iter()
                .enumerate()
                .flat_map(|(arm, all)| all.iter().map(move |o| (o.patient, arm as u32, o.digest.as_str()))),
        )
    }

    /// What an arm came to.
    pub fn arm(&self, plan: &Plan, arm: usize) -> ArmSummary {
        ArmSummary::new(plan, arm, &self.arms[arm], self)
    }

    /// What sets an arm apart from another one.
    pub fn contrast(&self, plan: &Plan, arm: usize, against: usize, endpoint: Endpoint) -> ContrastRow {
        ContrastRow::new(plan, self, (arm, against), endpoint)
    }

    /// What an arm costs more than another one.
    pub fn price(&self, plan: &Plan, arm: usize, against: usize, measure: Price) -> PriceRow {
        PriceRow::new(plan, self, (arm, against), measure)
    }
}
