//! A plan with its drugs looked up: what all patients of an arm share.

use thiserror::Error;

use super::dosing::Rules;
use super::regimen::{Body, ROUNDING, Regimen, fits, label_steps, ratio};
use crate::catalogue::{Dose, DoseUnit, Drug};
use crate::scenario::{AdverseEvents, AfterLastLine, DrugMonitoring, LineEnd, Severity, Therapy};

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
    /// A drug given as a bath in one place and by its dose in another.
    #[error("give `{drug}` both in nM and by dose: it is a bath or a therapy, not both in one plan")]
    Bath {
        /// The drug.
        drug: String,
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
    /// Doses that troughs choose from, the largest first; none of a drug whose doses do not follow them.
    pub levels: Vec<DoseLevel>,
    /// The reduced doses as shares of the planned one in the long run.
    step_shares: Vec<f64>,
}

/// A dose that a trough may lead to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DoseLevel {
    pub regimen: Regimen,
    /// What it gives of the planned dose in the long run.
    pub share: f64,
}

impl Slot {
    /// The regimen at a dose step, of which 0 is the full dose, or at the level in its place.
    pub fn at(&self, (step, level): (usize, Option<usize>)) -> &Regimen {
        let of_step = || {
            step.checked_sub(1).and_then(|s| self.steps.get(s).or(self.steps.last())).unwrap_or(&self.planned)
        };
        level.and_then(|level| self.levels.get(level)).map_or_else(of_step, |level| &level.regimen)
    }

    /// What a dose gives of the planned one in the long run.
    pub fn share(&self, (step, level): (usize, Option<usize>)) -> f64 {
        let shares = &self.step_shares;
        let of_step =
            || step.checked_sub(1).and_then(|s| shares.get(s).or(shares.last()).copied()).unwrap_or(1.0);
        level.and_then(|level| self.levels.get(level)).map_or_else(of_step, |level| level.share)
    }

    /// The first step below a dose.
    fn below(&self, dose: (usize, Option<usize>)) -> Option<usize> {
        let given = self.share(dose) * (1.0 - ROUNDING);
        (0..=self.steps.len()).find(|step| self.share((*step, None)) < given)
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
    /// A drug that is not in `catalogue`, a regimen that its drug does not allow, a drug given both as a bath and by
    /// dose, a line without a regimen.
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
        match (0..protocol.drugs.len()).find(|drug| protocol.mixes(*drug)) {
            Some(drug) => Err(ProtocolError::Bath { drug: protocol.drugs[drug].name.clone() }),
            None => Ok(protocol),
        }
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
            let unfit =
                fits(regimen, found, &Body::typical()).into_iter().find(|f| f.severity == Severity::Error);
            if let Some(finding) = unfit {
                let regimen = regimen.to_string();
                return Err(ProtocolError::Unfit { regimen, message: finding.message });
            }
        }
        let window = |s: &Regimen| Regimen {
            start: planned.start,
            stop: planned.stop,
            courses: planned.courses,
            route: s.route.or(planned.route),
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
        let share = |r: &Regimen| ratio(r, planned, found, &Body::typical());
        let step_shares = steps.iter().map(share).collect();
        let mut levels = Vec::new();
        if let Some(rule) = self.monitoring(drug) {
            let usual: Vec<&Regimen> = std::iter::once(planned).chain(&steps).collect();
            let chosen = if rule.levels.is_empty() { usual } else { rule.levels.iter().collect() };
            levels.extend(chosen.into_iter().map(|r| DoseLevel { share: share(r), regimen: window(r) }));
            levels.sort_by(|a, b| b.share.total_cmp(&a.share));
        }
        Ok(Slot { drug, planned: planned.clone(), steps, levels, step_shares })
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
    pub fn remarks(&self, body: &Body) -> Vec<String> {
        let given = |slot: &'_ Slot| {
            let levels = slot.levels.iter().map(|level| &level.regimen);
            let regimens = std::iter::once(&slot.planned).chain(&slot.steps).chain(levels);
            regimens.flat_map(|r| fits(r, &self.drugs[slot.drug], body)).collect::<Vec<_>>()
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
        let AdverseEvents { longest_hold, stops, .. } = self.plan.toxicity;
        Rules { drug, stop_after, longest_hold, stops }
    }

    /// How a drug's doses follow its troughs, if they do.
    pub(super) fn monitoring(&self, drug: usize) -> Option<&DrugMonitoring> {
        let entry = self.drugs.get(drug)?;
        self.plan.monitoring.iter().find(|rule| entry.is_called(&rule.drug))
    }

    /// The step to which a reduction leads from a dose, if there is one.
    pub(super) fn lower_step(&self, drug: usize, dose: (usize, Option<usize>)) -> Option<usize> {
        let slot = self.slots_of_all().filter(|s| s.drug == drug).max_by_key(|s| s.steps.len())?;
        match dose {
            (step, None) => (step < slot.steps.len()).then_some(step + 1),
            _ => slot.below(dose),
        }
    }

    /// Whether a drug is given as a bath, in nM.
    pub(super) fn is_bath(&self, drug: usize) -> bool {
        self.doses(drug).any(|dose| dose.unit == DoseUnit::Nanomolar)
    }

    /// Whether it is given as a bath here and by its dose there.
    fn mixes(&self, drug: usize) -> bool {
        self.is_bath(drug) && self.doses(drug).any(|dose| dose.unit != DoseUnit::Nanomolar)
    }

    /// The unit of the amounts in which a drug is given, as [`Body::amount`](crate::therapy::regimen::Body::amount) has them; empty for
    /// one without doses.
    pub fn unit(&self, drug: usize) -> &'static str {
        let has_mass = self.drugs[drug].units_per_mg.is_some();
        self.doses(drug).next().map_or("", |dose| match dose.unit {
            DoseUnit::MegaUnit if !has_mass => "MU",
            DoseUnit::Gigabecquerel => "GBq",
            DoseUnit::Nanomolar => "nM",
            DoseUnit::Percent => "%",
            _ => "mg",
        })
    }

    fn doses(&self, drug: usize) -> impl Iterator<Item = Dose> {
        let slots = self.slots_of_all().filter(move |s| s.drug == drug);
        slots.flat_map(|s| std::iter::once(&s.planned).chain(&s.steps)).filter_map(|r| r.dose)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Route;
    use crate::scenario::Catalogue;
    use crate::therapy::support::{NO_EVENTS, drug, line, plan};

    fn protocol(regimens: &[&str], own: Vec<Drug>) -> Result<Protocol, ProtocolError> {
        let catalogue = Catalogue::merged(Catalogue::embedded(), own);
        Protocol::new(&plan(vec![line(regimens, &[])], NO_EVENTS), catalogue.drugs())
    }

    #[test]
    fn drugs_are_found_by_any_name_and_counted_once() {
        let protocol = protocol(&["RAD001 10 mg daily", "Sutent 37.5 mg daily"], Vec::new()).unwrap();
        let names: Vec<&str> = protocol.drugs().iter().map(|d| d.name.as_str()).collect();
        assert_eq!(names, ["everolimus", "sunitinib"]);
        let steps =
            |drug: usize| protocol.lines[0][drug].steps.iter().map(Regimen::to_string).collect::<Vec<_>>();
        assert_eq!(steps(1), ["Sutent 25 mg daily", "Sutent 12.5 mg daily"]);
        assert_eq!(
            (protocol.lower_step(0, (1, None)), protocol.remarks(&Body::typical())),
            (Some(2), Vec::new())
        );
    }

    #[test]
    fn plans_that_cannot_be_followed_say_why() {
        let message = |regimens: &[&str]| protocol(regimens, Vec::new()).unwrap_err().to_string();
        assert_eq!(message(&["aspirin 100 mg daily"]), "find the drug `aspirin` in the catalogue");
        assert_eq!(
            message(&["everolimus 10 mg intravenous daily"]),
            "give everolimus 10 mg intravenous daily: `everolimus` is not given by this route: intravenous"
        );
        assert_eq!(message(&[]), "follow a plan with an empty line 1");
    }

    #[test]
    fn a_drug_is_a_bath_or_a_therapy() {
        let own = Drug { routes: vec![Route::Oral, Route::Bath], ..drug("everolimus") };
        let given = |lines: [&str; 2]| {
            let lines = lines.iter().map(|r| line(&[r], &[crate::scenario::LineEnd::Progression])).collect();
            let catalogue = Catalogue::merged(Catalogue::embedded(), vec![own.clone()]);
            Protocol::new(&plan(lines, NO_EVENTS), catalogue.drugs())
        };
        let mixed = given(["everolimus 10 nM", "everolimus 10 mg daily"]);
        assert_eq!(mixed, Err(ProtocolError::Bath { drug: "everolimus".into() }));
        assert!(given(["everolimus 10 nM", "everolimus 20 nM"]).unwrap().is_bath(0));
        assert!(!given(["everolimus 10 mg daily", "everolimus 5 mg daily"]).unwrap().is_bath(0));
    }

    // The summary of a run repeats what the reader of the scenario warned of, each once.
    #[test]
    fn doses_above_the_label_are_remarked() {
        let above = protocol(&["everolimus 50 mg weekly", "sunitinib 75 mg daily, 4/2"], Vec::new()).unwrap();
        let expected = [
            "50 mg of everolimus is above the label's largest dose",
            // Its first reduction is too.
            "25 mg of everolimus is above the label's largest dose",
            "75 mg of sunitinib is above the label's largest dose",
        ];
        assert_eq!(above.remarks(&Body::typical()), expected);
    }
}
