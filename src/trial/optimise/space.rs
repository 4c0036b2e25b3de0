//! Candidates: strategies with values put in, as arms of one trial.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Spanned, Value};

use super::file::{StrategySearch, StrategyTemplate};
use crate::scenario::{
    Arm, Catalogue, Diagnostic, MAX_NAME, Scenario, ScenarioError, Severity, Span, nearest_name,
};
use crate::trial::error::TrialError;
use crate::trial::question::{ArmlessTrial, QuestionText, finding};

/// Most candidates of a search.
pub(super) const MAX: usize = 256;

/// A candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Name, of its arm.
    pub name: String,
    /// Number of its strategy.
    pub strategy: usize,
    /// Names with the value that stands for each.
    pub values: Vec<(String, String)>,
    /// Its plan, as text.
    therapy: toml::Table,
}

/// All candidates, as a trial.
#[derive(Debug, Clone)]
pub struct Space {
    /// The trial: an arm for each candidate.
    pub scenario: Scenario,
    /// Candidates, in the order of arms.
    pub candidates: Vec<Candidate>,
}

/// What is known while a space is made.
struct Maker<'a> {
    search: &'a StrategySearch,
    text: &'a QuestionText,
}

impl Space {
    /// The candidates of a search, over the trial that it asks about.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Invalid`] at the value or strategy that cannot be given to anybody.
    pub fn new(search: &StrategySearch, text: &QuestionText, base: &Scenario) -> Result<Self, TrialError> {
        let maker = Maker { search, text };
        let candidates = maker.candidates()?;
        let setting = ArmlessTrial::new(base)?;
        let scenario = match of_candidates(&setting, &candidates) {
            Ok(scenario) => scenario,
            Err(whole) => return Err(maker.blamed(&setting, &candidates).unwrap_or(whole).into()),
        };
        let space = Self { scenario, candidates };
        maker.above_label(&space)?;
        maker.doubles(&space)?;
        Ok(space)
    }

    /// Arms, in the order of candidates.
    fn arms(&self) -> &[Arm] {
        self.scenario.trial.as_ref().map_or(&[], |trial| &trial.arms)
    }
}

/// The trial with an arm for each of some candidates.
fn of_candidates(setting: &ArmlessTrial, candidates: &[Candidate]) -> Result<Scenario, ScenarioError> {
    setting.with_arms(candidates.iter().map(|one| (one.name.as_str(), &one.therapy)))
}

/// Names that stand for values in a plan: `{name}`.
fn names_in(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let mut rest = text.as_str();
            while let Some((_, after)) = rest.split_once('{') {
                let Some((name, after)) = after.split_once('}') else { break };
                into.insert(name.trim().to_owned());
                rest = after;
            }
        }
        Value::Array(all) => all.iter().for_each(|one| names_in(one, into)),
        Value::Table(table) => table.values().for_each(|one| names_in(one, into)),
        _ => {}
    }
}

/// A plan with values in place of names. What is a name alone becomes the value itself, which need not be a text.
fn filled(value: &Value, chosen: &BTreeMap<&str, &Value>) -> Value {
    match value {
        Value::String(text) => {
            let alone = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            if let Some(value) = alone.and_then(|name| chosen.get(name.trim())) {
                return (*value).clone();
            }
            let mut whole = text.clone();
            for (name, value) in chosen {
                whole = whole.replace(&format!("{{{name}}}"), &shown(value));
            }
            Value::String(whole)
        }
        Value::Array(all) => Value::Array(all.iter().map(|one| filled(one, chosen)).collect()),
        Value::Table(table) => {
            Value::Table(table.iter().map(|(key, one)| (key.clone(), filled(one, chosen))).collect())
        }
        other => other.clone(),
    }
}

/// A value as it is read by people, and as it stands within a text.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(shown).collect::<Vec<_>>().join(" or "),
        other => other.to_string(),
    }
}

impl Maker<'_> {
    fn candidates(&self) -> Result<Vec<Candidate>, ScenarioError> {
        let (mut all, mut found) = (Vec::new(), Vec::new());
        let mut used = BTreeSet::new();
        for (number, strategy) in self.search.strategies.iter().enumerate() {
            match self.names(strategy) {
                Ok(names) => {
                    all.extend(self.of_strategy(number, strategy, &names));
                    used.extend(names);
                }
                Err(wrong) => found.push(*wrong),
            }
            if all.len() > MAX {
                let message = format!("there are more than {MAX} candidates");
                let help = "take values out of [space], or search for one strategy at a time";
                found.push(finding(strategy.name.span(), message, "they end here", help));
                break;
            }
        }
        if found.is_empty() {
            let unused = self.search.space.keys().filter(|name| !used.contains(name.get_ref()));
            found.extend(unused.map(|name| {
                let message = format!("no strategy uses `{}`", name.get_ref());
                let help = format!("write {{{}}} where its values come in, or take it out", name.get_ref());
                finding(name.span(), message, "these values have no place", help)
            }));
        }
        if found.is_empty() { Ok(self.named(all)) } else { Err(self.text.refused(found)) }
    }

    /// Names that stand for values in a strategy.
    fn names(&self, strategy: &StrategyTemplate) -> Result<Vec<String>, Box<Diagnostic>> {
        let mut names = BTreeSet::new();
        strategy.therapy.values().for_each(|value| names_in(value, &mut names));
        let known = || self.search.space.keys().map(|name| name.get_ref().as_str());
        match names.iter().find(|name| known().all(|known| known != *name)) {
            None => Ok(names.into_iter().collect()),
            Some(unknown) => {
                let near = nearest_name(unknown, known());
                let help = near.map_or_else(
                    || format!("add `{unknown} = [...]` to [space]"),
                    |near| format!("did you mean {{{near}}}?"),
                );
                let message = format!("[space] has no `{unknown}`");
                Err(Box::new(finding(
                    strategy.name.span(),
                    message,
                    format!("{{{unknown}}} stands for nothing here"),
                    help,
                )))
            }
        }
    }

    fn values(&self, name: &str) -> &[Spanned<Value>] {
        let found = self.search.space.iter().find(|(key, _)| key.get_ref() == name);
        found.map_or(&[], |(_, values)| values.get_ref())
    }

    /// Every choice of values in a strategy.
    fn of_strategy(&self, number: usize, strategy: &StrategyTemplate, names: &[String]) -> Vec<Candidate> {
        let mut choices: Vec<Vec<&Value>> = vec![Vec::new()];
        for name in names {
            let mut longer = Vec::new();
            for choice in &choices {
                for value in self.values(name).iter().take(MAX + 1) {
                    longer.push(choice.iter().copied().chain([value.get_ref()]).collect());
                }
            }
            longer.truncate(MAX + 1);
            choices = longer;
        }
        let one = |choice: Vec<&Value>| {
            let chosen: BTreeMap<&str, &Value> = names.iter().map(String::as_str).zip(choice).collect();
            let values: Vec<(String, String)> =
                chosen.iter().map(|(name, value)| ((*name).to_owned(), shown(value))).collect();
            let therapy = strategy.therapy.iter().map(|(key, value)| (key.clone(), filled(value, &chosen)));
            let words: Vec<&str> = values.iter().map(|(_, value)| value.as_str()).collect();
            let name = [&[strategy.name.get_ref().as_str()], words.as_slice()].concat().join(" | ");
            Candidate { name, strategy: number, values, therapy: therapy.collect() }
        };
        choices.into_iter().map(one).collect()
    }

    /// Candidates whose names are too long for an arm are numbered.
    fn named(&self, mut all: Vec<Candidate>) -> Vec<Candidate> {
        for (number, candidate) in all.iter_mut().enumerate() {
            if candidate.name.chars().count() > MAX_NAME {
                candidate.name = format!("candidate {}", number + 1);
            }
        }
        all
    }

    /// What is wrong with a candidate, at the value that it comes from.
    fn blamed(&self, setting: &ArmlessTrial, candidates: &[Candidate]) -> Option<ScenarioError> {
        let mut found: Vec<Diagnostic> = Vec::new();
        for candidate in candidates {
            let Err(ScenarioError::Invalid(report)) = of_candidates(setting, std::slice::from_ref(candidate))
            else {
                continue;
            };
            for wrong in report.diagnostics.iter().filter(|wrong| wrong.severity == Severity::Error) {
                let marked = report.text.get(wrong.span.clone()).unwrap_or_default();
                let moved = Diagnostic {
                    span: self.place(candidate, marked),
                    related: None,
                    file: None,
                    ..wrong.clone()
                };
                let is_new =
                    found.iter().all(|one| (&one.message, &one.span) != (&moved.message, &moved.span));
                if is_new {
                    found.push(moved.note(format!("of the candidate `{}`", candidate.name)));
                }
            }
        }
        (!found.is_empty()).then(|| self.text.refused(found))
    }

    /// Where the part of a candidate that is marked comes from: the value that is in it, or else its strategy.
    fn place(&self, candidate: &Candidate, marked: &str) -> Span {
        let strategy = &self.search.strategies[candidate.strategy];
        let marked = marked.trim_matches('"');
        let is_in = |value: &str| !marked.is_empty() && (marked.contains(value) || value.contains(marked));
        let blamed =
            candidate.values.iter().filter(|(_, value)| is_in(value)).max_by_key(|(_, value)| value.len());
        let span = blamed.and_then(|(name, value)| {
            self.values(name).iter().find(|one| shown(one.get_ref()) == *value).map(Spanned::span)
        });
        span.unwrap_or_else(|| strategy.name.span())
    }

    /// Refuses single doses above the largest one of a label: nobody knows what they do.
    fn above_label(&self, space: &Space) -> Result<(), ScenarioError> {
        let mut found: Vec<Diagnostic> = Vec::new();
        let catalogue = Catalogue::embedded();
        for (candidate, arm) in space.candidates.iter().zip(space.arms()) {
            for regimen in arm.therapy.lines.iter().flat_map(|line| &line.regimens) {
                let own = space.scenario.catalogue.iter().find(|drug| drug.name == regimen.drug);
                let drug = own.or_else(|| catalogue.find(&regimen.drug).ok());
                let (Some(given), Some(most)) = (regimen.dose, drug.and_then(|drug| drug.label.maximum))
                else {
                    continue;
                };
                if given.unit != most.unit || given.amount <= most.amount * (1.0 + 1e-9) {
                    continue;
                }
                let message = format!("`{regimen}` is above the label's largest dose");
                let largest = format!("expected at most {}", most);
                let help = "what a dose beyond it does is not known: take it out of the search";
                let moved = finding(self.place_of_dose(candidate, &given), message, largest, help);
                if found.iter().all(|one| one.message != moved.message) {
                    found.push(moved);
                }
            }
        }
        if found.is_empty() { Ok(()) } else { Err(self.text.refused(found)) }
    }

    fn place_of_dose(&self, candidate: &Candidate, dose: &crate::catalogue::Dose) -> Span {
        let short = dose.to_string().split_whitespace().next().unwrap_or_default().to_owned();
        let has = |value: &&(String, String)| value.1.split_whitespace().any(|word| word == short);
        let value = candidate.values.iter().find(has);
        let place = value.and_then(|(name, text)| {
            self.values(name).iter().find(|one| shown(one.get_ref()) == *text).map(Spanned::span)
        });
        place.unwrap_or_else(|| self.search.strategies[candidate.strategy].name.span())
    }

    /// Refuses candidates that are the same plan: each would stand in the way of the other.
    fn doubles(&self, space: &Space) -> Result<(), ScenarioError> {
        let arms = space.arms();
        for (at, arm) in arms.iter().enumerate() {
            let Some(earlier) = arms[..at].iter().position(|other| other.therapy == arm.therapy) else {
                continue;
            };
            let [one, other] = [earlier, at].map(|at| &space.candidates[at].name);
            let span = self.search.strategies[space.candidates[at].strategy].name.span();
            let message = format!("`{one}` and `{other}` are the same therapy");
            let found = finding(
                span,
                message,
                "this one is there already",
                "take one of the two values or strategies out",
            );
            return Err(self.text.refused(vec![found]));
        }
        Ok(())
    }
}
