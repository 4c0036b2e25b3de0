//! A plan with its drugs looked up: what all patients of an arm share.

use thiserror::Error;

use super::dosing::Rules;
use super::regimen::{Regimen, fits, label_steps};
use crate::catalogue::{DoseUnit, Drug};
use crate::scenario::{AfterLastLine, LineEnd, Severity, Therapy};

/// Why a plan cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProtocolError {
    /// A drug that the catalogue does not have.
    #[error("find the drug `{name}` in the catalogue")]
    UnknownDrug {
        /// Its name.
        name: String,
    },
    /// A regimen that does not fit its drug.
    #[error("give {regimen}: {message}")]
    Unfit {
        /// The regimen.
        regimen: String,
        /// What does not fit.
        message: String,
    },
    /// A plan without a line, or with a line without a regimen.
    #[error("follow a plan with an empty line {line}")]
    Empty {
        /// Number of the line, from 1.
        line: usize,
    },
}

/// A regimen of the plan with its drug and its reduced doses.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slot {
    /// Number of the drug.
    pub drug: usize,
    pub planned: Regimen,
    /// Reduced doses in order.
    pub steps: Vec<Regimen>,
}

impl Slot {
    /// The regimen at a dose step; 0 is the full dose.
    pub fn at(&self, step: usize) -> &Regimen {
        step.checked_sub(1).and_then(|s| self.steps.get(s).or(self.steps.last())).unwrap_or(&self.planned)
    }
}

/// A plan with its drugs looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Protocol {
    plan: Therapy,
    drugs: Vec<Drug>,
    pub(super) background: Vec<Slot>,
    pub(super) lines: Vec<Vec<Slot>>,
}

impl Protocol {
    /// Looks up a plan's drugs by name or alias, and their reduced doses.
    ///
    /// # Errors
    ///
    /// A drug that is not in `catalogue`, a regimen that its drug does not allow, a line without a regimen.
    pub fn new(plan: &Therapy, catalogue: &[Drug]) -> Result<Protocol, ProtocolError> {
        let empty = plan.lines.iter().position(|l| l.regimens.is_empty());
        if let Some(line) = empty.or(plan.lines.is_empty().then_some(0)) {
            return Err(ProtocolError::Empty { line: line + 1 });
        }
        let mut protocol =
            Protocol { plan: plan.clone(), drugs: Vec::new(), background: Vec::new(), lines: Vec::new() };
        protocol.background = protocol.slots(&plan.background, &[], catalogue)?;
        for line in &plan.lines {
            let slots = protocol.slots(&line.regimens, &line.steps, catalogue)?;
            protocol.lines.push(slots);
        }
        Ok(protocol)
    }

    fn slots(
        &mut self,
        regimens: &[Regimen],
        steps: &[Regimen],
        catalogue: &[Drug],
    ) -> Result<Vec<Slot>, ProtocolError> {
        regimens.iter().map(|r| self.slot(r, steps, catalogue)).collect()
    }

    fn slot(
        &mut self,
        planned: &Regimen,
        steps: &[Regimen],
        catalogue: &[Drug],
    ) -> Result<Slot, ProtocolError> {
        let found = find(catalogue, &planned.drug);
        let found = found.ok_or_else(|| ProtocolError::UnknownDrug { name: planned.drug.clone() })?;
        let own: Vec<&Regimen> = steps.iter().filter(|s| found.is_called(&s.drug)).collect();
        for regimen in std::iter::once(planned).chain(own.iter().copied()) {
            let unfit = fits(regimen, found).into_iter().find(|f| f.severity == Severity::Error);
            if let Some(finding) = unfit {
                let regimen = regimen.to_string();
                return Err(ProtocolError::Unfit { regimen, message: finding.message });
            }
        }
        let window = |s: &Regimen| Regimen {
            start: planned.start,
            stop: planned.stop,
            courses: planned.courses,
            ..s.clone()
        };
        let mut steps: Vec<Regimen> =
            if own.is_empty() { label_steps(planned, found) } else { own.into_iter().map(window).collect() };
        let full =
            |s: &Regimen| s.dose == planned.dose && s.rhythm == planned.rhythm && s.phases == planned.phases;
        if steps.first().is_some_and(full) {
            steps.remove(0);
        }
        let drug = self.drugs.iter().position(|d| d.name == found.name).unwrap_or_else(|| {
            self.drugs.push(found.clone());
            self.drugs.len() - 1
        });
        Ok(Slot { drug, planned: planned.clone(), steps })
    }

    /// The plan.
    pub fn plan(&self) -> &Therapy {
        &self.plan
    }

    /// Its drugs, in the order of their first mention; reports number them in this order.
    pub fn drugs(&self) -> &[Drug] {
        &self.drugs
    }

    /// What a summary must repeat: doses above their label's largest one, and a last line that goes on beyond
    /// progression. Each once, in the order of the plan.
    pub fn remarks(&self) -> Vec<String> {
        let given = |slot: &'_ Slot| {
            let regimens = std::iter::once(&slot.planned).chain(&slot.steps);
            regimens.flat_map(|r| fits(r, &self.drugs[slot.drug])).collect::<Vec<_>>()
        };
        let mut all: Vec<String> = Vec::new();
        for finding in self.slots_of_all().flat_map(given) {
            if !all.contains(&finding.message) {
                all.push(finding.message);
            }
        }
        let last = self.plan.lines.last();
        let beyond = last.is_some_and(|l| l.until.contains(&LineEnd::Progression));
        if beyond && self.plan.after_last_line == AfterLastLine::Continue {
            all.push("the last line goes on beyond progression".to_owned());
        }
        all
    }

    pub(super) fn rules(&self, drug: usize) -> Rules {
        let stop_after = self.drugs[drug].label.stop_after;
        Rules { drug, stop_after, longest_hold: self.plan.toxicity.longest_hold }
    }

    /// Whether a drug is given as a bath, in nM.
    pub(super) fn is_bath(&self, drug: usize) -> bool {
        let molar = |s: &Slot| s.planned.dose.is_some_and(|d| d.unit == DoseUnit::Nanomolar);
        self.slots_of_all().filter(|s| s.drug == drug).any(molar)
    }

    /// Number of reduced doses of a drug.
    pub(super) fn steps(&self, drug: usize) -> usize {
        let of_drug = self.slots_of_all().filter(|s| s.drug == drug);
        of_drug.map(|s| s.steps.len()).max().unwrap_or(0)
    }

    fn slots_of_all(&self) -> impl Iterator<Item = &Slot> {
        self.background.iter().chain(self.lines.iter().flatten())
    }
}

/// A drug by its name, or else by an alias.
fn find<'a>(catalogue: &'a [Drug], name: &str) -> Option<&'a Drug> {
    let exact = catalogue.iter().find(|d| d.name == name);
    exact.or_else(|| catalogue.iter().find(|d| d.is_called(name)))
}
