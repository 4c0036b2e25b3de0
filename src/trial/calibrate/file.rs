//! What a calibration is asked to do, as a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use toml::de::DeTable;

use super::abc::{Attempt, MAX_ATTEMPTS};
use crate::scenario::{
    CohortChange, Laws, Published, PublishedEndpoint, Role, Scenario, effective_toml, nearest_name,
};
use crate::trial::cohort::POPULATIONS;
use crate::trial::error::TrialError;
use crate::trial::file;
use crate::trial::fitted::{LawPart, OF_ALL, set_of_all};
use crate::trial::review;
use crate::trial::run::{Plan, PlanError};
use crate::trial::surrogate::refusal;

/// A calibration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Name, of the output folder.
    pub name: String,
    /// Seed of its draws.
    pub seed: u64,
    /// Patients of each trial, the same in all evaluations.
    pub patients: u32,
    /// What holds for what is not fitted here.
    #[serde(default, rename = "distributions", alias = "laws")]
    pub laws: Usual,
    /// Draws that are kept in each generation.
    pub particles: usize,
    /// Generations after the first.
    pub generations: u32,
    /// Draws of the posterior that agents judge.
    pub judged: usize,
    /// Agents of a patient there.
    pub agents: u32,
    /// What is fitted to.
    #[serde(rename = "target")]
    pub targets: Vec<FitTarget>,
    /// What is fitted.
    #[serde(rename = "parameter")]
    pub parameters: Vec<FitParameter>,
}

/// What holds for what a calibration leaves alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Usual {
    /// The sources of each number.
    #[default]
    Sources,
    /// An earlier fit that is part of the program.
    Fitted,
}

impl Usual {
    fn laws(self) -> Laws {
        match self {
            Self::Sources => Laws::Sources,
            Self::Fitted => Laws::Fitted,
        }
    }
}

/// Trials of a user's own, by their path as the calibration has it: each with every default.
pub type OwnTrials = BTreeMap<String, String>;

/// Figures of an arm that are fitted to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitTarget {
    /// Trial of the review, by its name; or one of your own, by its path beside the calibration's file, which ends in `.toml`.
    pub trial: String,
    /// Its arm.
    pub arm: String,
    /// End points.
    pub endpoints: Vec<String>,
}

/// Whether a prior is uniform in the value or in its logarithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorScale {
    /// In the value.
    Linear,
    /// In its logarithm.
    Log,
}

/// A number that is fitted, with a uniform prior.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitParameter {
    /// Name, unique.
    pub name: String,
    /// Quantity of patients; or `new_lesions` or `within` of the assessment, or `deprivation_death` of vessels.
    pub quantity: String,
    /// Part of its law; only for quantities of patients.
    pub part: Option<LawPart>,
    /// Growth populations for which it holds; empty: all.
    #[serde(default)]
    pub populations: Vec<String>,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Scale of the prior.
    pub scale: PriorScale,
}

impl FitParameter {
    /// Whether it is the same for all patients, and has no law.
    pub fn of_all(&self) -> bool {
        OF_ALL.contains(&self.quantity.as_str())
    }

    /// The value at a place in the prior, 0 to 1.
    pub fn value(&self, place: f64) -> f64 {
        match self.scale {
            PriorScale::Linear => self.low + (self.high - self.low) * place,
            PriorScale::Log => self.low * libm::pow(self.high / self.low, place),
        }
    }
}

/// A trial of a calibration, with the figures that are fitted to.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The trial's name.
    pub name: String,
    /// The trial.
    pub plan: Plan,
    /// Its figures.
    pub figures: Vec<Published>,
}

impl Fitted {
    /// Numbers of the arms that its figures are of, ascending.
    pub fn arms(&self) -> Vec<usize> {
        let all: BTreeSet<usize> =
            self.figures.iter().flat_map(|f| [Some(f.arm), f.against]).flatten().collect();
        all.into_iter().collect()
    }
}

/// Why a calibration cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// The file is not one.
    #[error("read the calibration: {0}")]
    File(String),
    /// Unknown name.
    #[error("find the {what} `{name}`{hint}")]
    Unknown {
        /// What is looked for.
        what: &'static str,
        /// Its name.
        name: String,
        /// The nearest one.
        hint: String,
    },
    /// A figure that was held out.
    #[error(
        "fit to {endpoint} of `{arm}` in `{trial}`: it is held out ({role}); only figures with `role = \"calibrated\"` may choose a \
         number: remove it from the targets"
    )]
    HeldOut {
        /// Trial.
        trial: String,
        /// Arm.
        arm: String,
        /// End point.
        endpoint: String,
        /// What it is.
        role: &'static str,
    },
    /// A number that makes no sense.
    #[error("use `{name}`: {why}")]
    Number {
        /// Which.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// A trial that the search cannot compute.
    #[error("search by `{name}`: the mean field searches, and this trial {why}; choose another")]
    Surrogate {
        /// The trial.
        name: String,
        /// What of it the mean field does not have.
        why: &'static str,
    },
    /// A trial that cannot be run.
    #[error("prepare `{trial}`: {why}")]
    Trial {
        /// Which.
        trial: String,
        /// Why.
        why: String,
    },
}

fn unknown<'a>(what: &'static str, name: &str, all: impl IntoIterator<Item = &'a str>) -> CalibrationError {
    let near = nearest_name(name, all);
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    CalibrationError::Unknown { what, name: name.to_owned(), hint }
}

impl Calibration {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// [`CalibrationError::File`] with line and column; [`CalibrationError::Number`].
    pub fn parse(text: &str) -> Result<Self, CalibrationError> {
        if !Self::is_one(text) {
            let (document, errors) = DeTable::parse_recoverable(text);
            if errors.is_empty() {
                return Err(CalibrationError::File(another(document.get_ref()).to_owned()));
            }
        }
        let read: Self = toml::from_str(text).map_err(|e| CalibrationError::File(e.to_string()))?;
        read.check()?;
        Ok(read)
    }

    /// Paths of the trials that are not of the review, each once.
    pub fn own_paths(&self) -> BTreeSet<&str> {
        self.targets.iter().map(|target| target.trial.as_str()).filter(|trial| is_path(trial)).collect()
    }

    /// Reads the trials that are not of the review; their paths are relative to `base`.
    ///
    /// # Errors
    ///
    /// As [`file::load`], and [`CalibrationError::Trial`] for a file that is no trial.
    pub fn own_trials(&self, base: &Path) -> Result<OwnTrials, TrialError> {
        let one = |path: &str| {
            let scenario = file::load(&base.join(path))?.scenario;
            if scenario.trial.is_none() {
                let error = CalibrationError::Trial {
                    trial: path.to_owned(),
                    why: "it is a scenario and no trial: it has no [cohort] and no [[arm]]".to_owned(),
                };
                return Err(TrialError::Input(format!("failed to {error}")));
            }
            Ok((path.to_owned(), effective_toml(&scenario)))
        };
        self.own_paths().into_iter().map(one).collect()
    }

    /// Whether a text is that of a calibration, right or wrong, and not of a scenario.
    pub fn is_one(text: &str) -> bool {
        let (document, _) = DeTable::parse_recoverable(text);
        let has = |key: &str| document.get_ref().contains_key(key);
        (has("target") || has("parameter")) && !has("time") && !has("lattice")
    }

    fn check(&self) -> Result<(), CalibrationError> {
        let wrong =
            |name: &str, why: &str| CalibrationError::Number { name: name.to_owned(), why: why.to_owned() };
        if self.patients < 2 {
            return Err(wrong("patients", "at least 2 are needed for survival statistics"));
        }
        if self.particles < 4 || self.judged > self.particles {
            return Err(wrong("particles", "give at least 4, and no fewer than `judged`"));
        }
        if self.judged > 50 {
            return Err(wrong("judged", "agents judge at most 50 draws"));
        }
        if self.targets.is_empty() || self.parameters.is_empty() {
            return Err(wrong("target", "give at least one [[target]] and one [[parameter]]"));
        }
        for (at, parameter) in self.parameters.iter().enumerate() {
            let name = &parameter.name;
            if name.contains([',', '"', '\n']) {
                return Err(wrong(
                    name,
                    "the name of a parameter heads a column: leave out commas and quotes",
                ));
            }
            if self.parameters[..at].iter().any(|p| p.name == *name) {
                return Err(wrong(name, "two parameters have this name"));
            }
            let positive = parameter.scale == PriorScale::Linear || parameter.low > 0.0;
            if !(parameter.low < parameter.high && positive) {
                return Err(wrong(name, "`low` must be below `high`, and above 0 on a log scale"));
            }
            if parameter.of_all() == parameter.part.is_some() {
                return Err(wrong(
                    name,
                    "`part` is \"typical\" or \"spread\" for a quantity of patients, and left out for what is the same for all",
                ));
            }
        }
        Ok(())
    }

    /// Whether a search can have made these attempts.
    pub fn can_have(&self, attempts: &[Attempt]) -> bool {
        let is_one = |a: &Attempt| {
            let places =
                a.places.len() == self.parameters.len() && a.places.iter().all(|p| (0.0..=1.0).contains(p));
            a.generation <= self.generations && a.number < MAX_ATTEMPTS && places && !a.distance.is_nan()
        };
        let is_before = |a: &Attempt, b: &Attempt| (a.generation, a.number) < (b.generation, b.number);
        attempts.iter().all(is_one) && attempts.is_sorted_by(is_before)
    }

    /// The trials with the figures that are fitted to.
    ///
    /// # Errors
    ///
    /// [`CalibrationError::Unknown`], [`CalibrationError::HeldOut`], [`CalibrationError::Trial`].
    pub fn trials(&self, own: &OwnTrials) -> Result<Vec<Fitted>, CalibrationError> {
        let mut all: Vec<Fitted> = Vec::new();
        for target in &self.targets {
            let known = all.iter().position(|f| f.name.eq_ignore_ascii_case(&target.trial));
            let at = match known {
                Some(at) => at,
                None => {
                    all.push(self.trial(&target.trial, own)?);
                    all.len() - 1
                }
            };
            let figures = figures(&all[at].plan, target)?;
            all[at].figures.extend(figures);
        }
        for parameter in &self.parameters {
            for name in &parameter.populations {
                if !POPULATIONS.iter().any(|p| p.name.eq_ignore_ascii_case(name)) {
                    return Err(unknown("growth population", name, POPULATIONS.iter().map(|p| p.name)));
                }
            }
        }
        for fitted in &all {
            if let Some(why) = refusal(&fitted.plan.scenario) {
                let name = fitted.name.clone();
                return Err(CalibrationError::Surrogate { name, why });
            }
        }
        all.iter().try_for_each(|fitted| self.try_out(fitted))?;
        Ok(all)
    }

    /// Tries a trial at the lower and at the upper ends of the priors: what its cohort refuses there could never be drawn.
    fn try_out(&self, fitted: &Fitted) -> Result<(), CalibrationError> {
        for place in [0.0, 1.0] {
            let values: Vec<f64> = self.parameters.iter().map(|p| p.value(place)).collect();
            at(self, fitted, &values, None)
                .map_err(|e| CalibrationError::Trial { trial: fitted.name.clone(), why: e.to_string() })?;
        }
        Ok(())
    }

    fn trial(&self, name: &str, own: &OwnTrials) -> Result<Fitted, CalibrationError> {
        let names = || review::ALL.iter().map(|f| f.name);
        let failed = |why: String| CalibrationError::Trial { trial: name.to_owned(), why };
        let read = match (own.get(name), review::find(name)) {
            (Some(text), _) => file::parse(text, name, Path::new("")),
            (None, Some(file)) => review::parse(file),
            (None, None) => return Err(unknown("trial", name, names())),
        };
        let loaded = read.map_err(|e| failed(e.to_string()))?;
        let name = review::find(name).map_or(name, |file| file.name);
        let mut scenario = loaded.scenario;
        if let Some(trial) = &mut scenario.trial {
            trial.cohort.laws = self.laws.laws();
        }
        let plan = Plan::new(&scenario, Some(self.patients)).map_err(|e| failed(e.to_string()))?;
        Ok(Fitted { name: name.to_owned(), plan, figures: Vec::new() })
    }
}

/// Whether a trial is meant by its file.
fn is_path(trial: &str) -> bool {
    trial.ends_with(".toml")
}

/// What a file is that is not a calibration, and what to do with it.
fn another(document: &DeTable<'_>) -> &'static str {
    let has = |key: &str| document.contains_key(key);
    if has("cohort") || has("arm") {
        "this is a trial and not a calibration; `evotor compare` runs it, and a calibration names it as `trial` of a [[target]]"
    } else if has("time") || has("lattice") || has("start") {
        "this is a scenario and not a calibration; `evotor run` runs it. A calibration says what is fitted ([[parameter]]) to which \
         figures of trials ([[target]]): scenarios/calibration.toml is one"
    } else {
        "this is not a calibration: it has no [[target]] and no [[parameter]]; scenarios/calibration.toml is one"
    }
}

fn figures(plan: &Plan, target: &FitTarget) -> Result<Vec<Published>, CalibrationError> {
    let arms = || plan.arms().iter().map(|a| a.name.as_str());
    let arm = arms().position(|a| a == target.arm).ok_or_else(|| unknown("arm", &target.arm, arms()))?;
    let mut found = Vec::new();
    for word in &target.endpoints {
        let names = || PublishedEndpoint::ALL.iter().map(|e| e.name());
        let endpoint = PublishedEndpoint::of(word).ok_or_else(|| unknown("end point", word, names()))?;
        let of_arm: Vec<&Published> =
            plan.trial.published.iter().filter(|p| p.arm == arm && p.endpoint == endpoint).collect();
        if of_arm.is_empty() {
            let there = plan.trial.published.iter().filter(|p| p.arm == arm && p.role == Role::Calibrated);
            let there: BTreeSet<&str> = there.map(|p| p.endpoint.name()).collect();
            let there = match there.is_empty() {
                true => "no [[published]] with `role = \"calibrated\"`: write one into the trial's file"
                    .to_owned(),
                false => there.into_iter().collect::<Vec<_>>().join(", "),
            };
            let hint = format!(" of `{}` in `{}`; there is {there}", target.arm, target.trial);
            return Err(CalibrationError::Unknown { what: "published figure", name: word.clone(), hint });
        }
        for figure in of_arm {
            let role = match figure.role {
                Role::Calibrated => None,
                Role::Informed => Some("informed"),
                Role::Predicted => Some("predicted"),
            };
            if let Some(role) = role {
                let (trial, arm) = (target.trial.clone(), target.arm.clone());
                return Err(CalibrationError::HeldOut { trial, arm, endpoint: word.clone(), role });
            }
            found.push(figure.clone());
        }
    }
    Ok(found)
}

/// The trial of a calibration at some values of the parameters.
///
/// # Errors
///
/// What the cohort refuses.
pub fn at(
    calibration: &Calibration,
    fitted: &Fitted,
    values: &[f64],
    agents: Option<u32>,
) -> Result<Plan, PlanError> {
    let mut scenario: Scenario = fitted.plan.scenario.clone();
    if agents.is_none() {
        scenario = scenario.without_ledger();
    }
    let population = fitted.plan.trial.cohort.population.clone();
    let holds = |p: &&FitParameter| p.populations.is_empty() || p.populations.contains(&population);
    let mut changes = Vec::new();
    for (parameter, value) in calibration.parameters.iter().zip(values).filter(|(p, _)| holds(p)) {
        if !set_of_all(&mut scenario, &parameter.quantity, *value) {
            changes.push(change(parameter, *value));
        }
    }
    if let Some(trial) = &mut scenario.trial {
        trial.cohort.changes.extend(changes);
        trial.cohort.agents = agents.or(trial.cohort.agents);
        // What comes after the last cut-off of what is fitted to need not be simulated.
        let cutoffs = fitted.figures.iter().map(|figure| figure.timing.cutoff(&trial.conduct));
        if let Some(last) = cutoffs.max_by_key(|day| day.unwrap_or(u32::MAX)).flatten() {
            let steps = last.saturating_mul(24 / scenario.time.step_hours);
            scenario.time.end = scenario.time.end.min(steps);
        }
    }
    Plan::new(&scenario, Some(calibration.patients))
}

fn change(parameter: &FitParameter, value: f64) -> CohortChange {
    CohortChange {
        quantity: parameter.quantity.clone(),
        typical: (parameter.part == Some(LawPart::Typical)).then_some(value),
        spread: (parameter.part == Some(LawPart::Spread)).then_some(value),
        fixed: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::FigureTiming;

    fn text(target: &str, parameter: &str) -> String {
        format!(
            "name = \"c\"\nseed = 1\npatients = 20\nparticles = 8\ngenerations = 1\njudged = 2\nagents = 2000\n[[target]]\n{target}\n\
             [[parameter]]\n{parameter}\n"
        )
    }

    const TARGET: &str = "trial = \"radiant-3\"\narm = \"everolimus\"\nendpoints = [\"pfs_median\"]";
    const PARAMETER: &str =
        "name = \"g\"\nquantity = \"growth\"\npart = \"typical\"\nlow = 0.002\nhigh = 0.005\nscale = \"log\"";

    fn refused(target: &str, parameter: &str) -> String {
        let read = Calibration::parse(&text(target, parameter))
            .and_then(|c| c.trials(&OwnTrials::new()).map(|_| ()));
        read.unwrap_err().to_string()
    }

    #[test]
    fn targets_are_found_and_held_out_figures_refused() {
        let trials = Calibration::parse(&text(TARGET, PARAMETER)).unwrap().trials(&OwnTrials::new()).unwrap();
        // One for each reader.
        assert_eq!((trials.len(), trials[0].figures.len()), (1, 3));
        assert_eq!(trials[0].figures[0].value, 11.0);
        let held_out = TARGET.replace("radiant-3", "radiant-4");
        let message = refused(&held_out, PARAMETER);
        assert!(message.contains("held out (predicted)") && message.contains("remove it"), "{message}");
    }

    #[test]
    fn files_that_are_no_calibration_are_told_apart() {
        let told = |text: &str| Calibration::parse(text).unwrap_err().to_string();
        assert!(
            told("name = \"x\"\n[time]\nend = \"9 d\"\n[lattice]\n")
                .contains("scenario and not a calibration")
        );
        assert!(told("[time]\n[cohort]\n[[arm]]\nname = \"a\"").contains("`evotor compare` runs it"));
        assert!(told("colour = 1").contains("no [[target]]"));
        assert!(told("[[target]\n").contains("line 1"));
    }

    #[test]
    fn trials_of_ones_own_are_fitted_to_by_their_path() {
        let temp = tempfile::tempdir().unwrap();
        let own = review::find("radiant-3").unwrap().text.replace("value = 11.0", "value = 12.5");
        std::fs::write(temp.path().join("mine.toml"), own).unwrap();
        std::fs::write(temp.path().join("run.toml"), "name = \"x\"\nphenotype = \"signalling\"\n[time]\nend = \"9 d\"\n[lattice]\nsize = [32, 32]\n[start]\n").unwrap();
        let of =
            |trial: &str| Calibration::parse(&text(&TARGET.replace("radiant-3", trial), PARAMETER)).unwrap();
        let mine = of("mine.toml");
        let trials = mine.trials(&mine.own_trials(temp.path()).unwrap()).unwrap();
        assert_eq!((trials[0].name.as_str(), trials[0].figures[0].value), ("mine.toml", 12.5));
        let wrong = |trial: &str| of(trial).own_trials(temp.path()).unwrap_err().to_string();
        assert!(
            wrong("none.toml").contains("none.toml") && wrong("run.toml").contains("no trial"),
            "{}",
            wrong("run.toml")
        );
        assert!(of("radiant-3").own_paths().is_empty());
    }

    // A draw costs no more than its figures ask for: RADIANT-3's PFS was read at 30.4 months, its OS at 78.6.
    #[test]
    fn draws_end_with_the_last_cutoff_of_what_is_fitted_to() {
        let end = |endpoint: &str| {
            let c = Calibration::parse(&text(&TARGET.replace("pfs_median", endpoint), PARAMETER)).unwrap();
            let mut fitted = c.trials(&OwnTrials::new()).unwrap().remove(0);
            if endpoint == "pfs_rate" {
                fitted.figures[0].timing = FigureTiming::Unknown;
            }
            at(&c, &fitted, &[0.003], None).unwrap().scenario.time.end / 2
        };
        assert_eq!((end("pfs_median"), end("pfs_rate")), (925, 2400));
    }

    #[test]
    fn mistakes_are_told_with_a_way_out() {
        assert!(refused(&TARGET.replace("radiant-3", "radiant-33"), PARAMETER).contains("did you mean"));
        assert!(
            refused(&TARGET.replace("\"everolimus\"", "\"everolimu\""), PARAMETER).contains("did you mean")
        );
        assert!(refused(&TARGET.replace("pfs_median", "pfs_medan"), PARAMETER).contains("did you mean"));
        assert!(refused(TARGET, &PARAMETER.replace("0.005", "0.001")).contains("below `high`"));
        assert!(refused(TARGET, &PARAMETER.replace("part = \"typical\"\n", "")).contains("`part`"));
        assert!(refused(TARGET, &format!("{PARAMETER}\ncolour = 1")).contains("unknown field"));
        let elsewhere = format!("{PARAMETER}\npopulations = [\"sun-111\"]");
        assert!(refused(TARGET, &elsewhere).contains("did you mean `sun-1111`"));
        assert!(refused(TARGET, &PARAMETER.replace("\"g\"", "\"g, h\"")).contains("leave out commas"));
    }
}
