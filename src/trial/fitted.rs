//! Values that were fitted to trials, and the draws of their posterior; those of the program are its defaults.
//!
//! ```text
//! evotor calibrate ─► fitted.toml, posterior.csv ─► scenarios/catalogue/ ─► laws between patients  (`distributions = "fitted"`)
//!                                                                          └► predictions          (`distributions = "draw N"`)
//! ```

use std::sync::LazyLock;

use serde::Deserialize;

use super::cohort::{ParameterChange, QuantityChange};
use crate::scenario::{Laws, Scenario};

/// Part of a law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LawPart {
    /// Its typical value.
    Typical,
    /// Its spread.
    Spread,
}

/// A fitted number.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted {
    /// Name, without commas.
    pub name: String,
    /// Quantity of patients; or what is the same for all, see [`set_of_all`].
    pub quantity: String,
    /// Part of its law; only for quantities of patients.
    pub part: Option<LawPart>,
    /// Growth populations for which it holds; empty: all.
    #[serde(default)]
    pub populations: Vec<String>,
    /// The value.
    pub value: f64,
    /// Lower end of the posterior's 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Fitted {
    /// Whether it holds for a population.
    pub fn holds_for(&self, population: &str) -> bool {
        self.populations.is_empty() || self.populations.iter().any(|p| p.eq_ignore_ascii_case(population))
    }
}

/// A draw of the posterior.
#[derive(Debug, Clone, PartialEq)]
pub struct PosteriorDraw {
    /// Its weight; all sum to 1.
    pub weight: f64,
    /// Values of the parameters.
    pub values: Vec<f64>,
}

/// What a calibration found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fit {
    /// The numbers.
    pub parameters: Vec<Fitted>,
    /// Draws of their posterior.
    pub draws: Vec<PosteriorDraw>,
}

/// Why the files of a calibration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// `fitted.toml` is not one.
    #[error("read the fitted values: {0}")]
    Values(String),
    /// `posterior.csv` is not one, or of other parameters.
    #[error("read the posterior, line {line}: {why}")]
    Posterior {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fitted: Vec<Fitted>,
}

static EMBEDDED: LazyLock<Fit> = LazyLock::new(|| {
    let values = include_str!("../../scenarios/catalogue/fitted.toml");
    // A test shows that it can be read.
    Fit::parse(values, include_str!("../../scenarios/catalogue/posterior.csv")).unwrap_or_default()
});

impl Fit {
    /// The fit that is part of the program.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads `fitted.toml` and `posterior.csv` of a calibration.
    ///
    /// # Errors
    ///
    /// [`FitError`].
    pub fn parse(values: &str, posterior: &str) -> Result<Self, FitError> {
        let file: File = toml::from_str(values).map_err(|e| FitError::Values(e.to_string()))?;
        let draws = draws(&file.fitted, posterior)?;
        Ok(Self { parameters: file.fitted, draws })
    }

    /// Changes of the laws of a growth population; `None` if there is no such draw.
    pub fn changes(&self, laws: Laws, population: &str) -> Option<Vec<QuantityChange>> {
        let own = self.values(laws)?;
        let change = |(fitted, value): (&Fitted, f64)| {
            let change = match fitted.part? {
                LawPart::Typical => ParameterChange::Typical(value),
                LawPart::Spread => ParameterChange::Spread(value),
            };
            let holds = fitted.holds_for(population);
            holds.then(|| QuantityChange { quantity: fitted.quantity.clone(), change })
        };
        Some(self.parameters.iter().zip(own).filter_map(change).collect())
    }

    /// Gives a scenario a draw's values of what is the same for all patients.
    pub fn set_of_all(&self, laws: Laws, scenario: &mut Scenario) {
        for (fitted, value) in self.parameters.iter().zip(self.values(laws).unwrap_or_default()) {
            set_of_all(scenario, &fitted.quantity, value);
        }
    }

    /// Values of the parameters; none where laws are those of the sources, `None` if there is no such draw.
    fn values(&self, laws: Laws) -> Option<Vec<f64>> {
        match laws {
            Laws::Fitted => Some(self.parameters.iter().map(|f| f.value).collect()),
            Laws::Sources => Some(Vec::new()),
            Laws::Draw(number) => self.draws.get(number as usize).map(|draw| draw.values.clone()),
        }
    }

    /// Draws of equal weight that the posterior is worth: 1/Σw² (Kish 1965).
    pub fn effective_draws(&self) -> f64 {
        let squares: f64 = self.draws.iter().map(|draw| draw.weight * draw.weight).sum();
        if squares > 0.0 { 1.0 / squares } else { 0.0 }
    }

    /// Numbers of so many draws, each as often as its weight says (systematic resampling: Kitagawa, J Comput Graph Stat
    /// 1996;5:1).
    pub fn sample(&self, count: u32) -> Vec<u32> {
        let (mut at, mut sum) = (0, self.draws.first().map_or(1.0, |d| d.weight));
        let place = |i: u32| (f64::from(i) + 0.5) / f64::from(count);
        let mut of = |i: u32| {
            while sum < place(i) && at + 1 < self.draws.len() {
                at += 1;
                sum += self.draws[at].weight;
            }
            at as u32
        };
        (0..count).map(&mut of).collect()
    }
}

/// Sets what is the same for all patients: `new_lesions` or `within` of the assessment, or `deprivation_death` of vessels; `false` for
/// what is none of them.
pub fn set_of_all(scenario: &mut Scenario, quantity: &str, value: f64) -> bool {
    match (quantity, &mut scenario.trial, &mut scenario.vessels) {
        ("new_lesions", Some(trial), _) => trial.assessment.new_lesions = value,
        ("within", Some(trial), _) => trial.assessment.within = value,
        ("deprivation_death", _, Some(vessels)) => vessels.starving_death = value,
        _ => return OF_ALL.contains(&quantity),
    }
    true
}

/// What [`set_of_all`] can set.
pub const OF_ALL: [&str; 3] = ["new_lesions", "within", "deprivation_death"];

fn draws(parameters: &[Fitted], text: &str) -> Result<Vec<PosteriorDraw>, FitError> {
    let wrong = |line: usize, why: &str| FitError::Posterior { line: line + 1, why: why.to_owned() };
    let mut lines = text.lines().enumerate();
    let head: Vec<&str> = lines.next().map(|(_, head)| head.split(',').collect()).unwrap_or_default();
    let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    if head.get(..2) != Some(&["weight", "distance"]) || head[2..] != names {
        return Err(wrong(0, "expected columns `weight`, `distance`, and the fitted values by name"));
    }
    let mut all = Vec::new();
    for (line, text) in lines {
        let numbers: Result<Vec<f64>, _> = text.split(',').map(str::parse).collect();
        let numbers = numbers.map_err(|_| wrong(line, "expected numbers"))?;
        if numbers.len() != head.len() || numbers.iter().any(|n| !n.is_finite()) {
            return Err(wrong(line, "expected a finite number in each column"));
        }
        all.push(PosteriorDraw { weight: numbers[0], values: numbers[2..].to_vec() });
    }
    let sum: f64 = all.iter().map(|d| d.weight).sum();
    if all.iter().any(|d| d.weight < 0.0) || (sum - 1.0).abs() > 1e-6 {
        return Err(wrong(0, "expected weights that sum to 1"));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: &str = "[[fitted]]\nname = \"growth of A\"\nquantity = \"growth\"\npart = \"typical\"\n\
        populations = [\"radiant-3\"]\nvalue = 0.003\nlow = 0.002\nhigh = 0.004\n\
        [[fitted]]\nname = \"lesions\"\nquantity = \"new_lesions\"\nvalue = 0.8\nlow = 0.2\nhigh = 1.2\n";
    const POSTERIOR: &str =
        "weight,distance,growth of A,lesions\n0.2,1,0.002,0.3\n0.5,1,0.003,0.6\n0.3,1,0.004,1.1\n";

    #[test]
    fn laws_are_those_of_the_fit_of_a_draw_or_of_the_sources() {
        let fit = Fit::parse(VALUES, POSTERIOR).unwrap();
        let growth = |laws, population| fit.changes(laws, population).map(|c| c.first().map(|c| c.change));
        assert_eq!(growth(Laws::Fitted, "RADIANT-3"), Some(Some(ParameterChange::Typical(0.003))));
        assert_eq!(growth(Laws::Draw(2), "radiant-3"), Some(Some(ParameterChange::Typical(0.004))));
        assert_eq!(growth(Laws::Fitted, "sun-1111"), Some(None));
        assert_eq!(growth(Laws::Sources, "radiant-3"), Some(None));
        assert_eq!(growth(Laws::Draw(3), "radiant-3"), None);
        assert_eq!(fit.changes(Laws::Fitted, "radiant-3").unwrap().len(), 1, "new lesions have no law");
    }

    #[test]
    fn draws_are_taken_as_often_as_their_weight_says() {
        let fit = Fit::parse(VALUES, POSTERIOR).unwrap();
        assert_eq!(fit.sample(10), [0, 0, 1, 1, 1, 1, 1, 2, 2, 2]);
        assert_eq!(fit.sample(1), [1]);
        assert!((fit.effective_draws() - 1.0 / 0.38).abs() < 1e-12);
    }

    #[test]
    fn other_files_are_refused() {
        let refused = |posterior: &str| Fit::parse(VALUES, posterior).unwrap_err().to_string();
        assert!(refused("weight,distance,lesions\n").contains("by name"));
        assert!(refused(&POSTERIOR.replace("0.6", "x")).contains("line 3: expected numbers"));
        assert!(refused(&POSTERIOR.replace(",0.6", "")).contains("line 3"));
        assert!(refused(&POSTERIOR.replace("0.5,1", "0.6,1")).contains("sum to 1"));
        assert!(Fit::parse("fitted = 1", POSTERIOR).is_err());
    }

    #[test]
    fn the_fit_of_the_program_can_be_read() {
        let values = include_str!("../../scenarios/catalogue/fitted.toml");
        let fit = Fit::parse(values, include_str!("../../scenarios/catalogue/posterior.csv")).unwrap();
        assert_eq!(&fit, Fit::embedded());
        assert!(fit.parameters.len() >= 6 && fit.draws.len() >= 40);
        let inside = |f: &Fitted| f.low <= f.value && f.value <= f.high;
        assert!(fit.parameters.iter().all(inside));
    }

    // What is the same for all has its default in the format's tables, by hand.
    #[test]
    fn defaults_of_the_format_are_those_of_the_fit() {
        let text = "name = \"x\"\nphenotype = \"signalling\"\n[time]\nend = \"360 d\"\n[lattice]\n[start]\n[oxygen]\n[vessels]\n\
            [cohort]\nagents = 2000\n[[arm]]\nname = \"a\"\n[arm.therapy]\nregimen = \"best supportive care\"\n";
        let usual = crate::scenario::parse(text, "x.toml", std::path::Path::new("")).unwrap().scenario;
        let mut fitted = usual.clone();
        Fit::embedded().set_of_all(Laws::Fitted, &mut fitted);
        let of = |s: &Scenario| {
            (s.trial.as_ref().unwrap().assessment.new_lesions, s.vessels.as_ref().unwrap().starving_death)
        };
        let (usual, fitted) = (of(&usual), of(&fitted));
        assert!((usual.0 - fitted.0).abs() < 5e-4 * fitted.0, "{usual:?} {fitted:?}");
        assert!((usual.1 - fitted.1).abs() < 5e-4 * fitted.1, "{usual:?} {fitted:?}");
    }
}
