//! Trial files: a scenario with a cohort that can be drawn.
//!
//! The scenario room reads a file and judges all that it can know. What populations of growth there are, by which
//! quantities patients differ, and what laws are possible is known here; a cohort that cannot be drawn is refused as a
//! finding at its place in the file, like any other.

use std::path::Path;

use crate::scenario::{
    self, CohortChange, CohortSection, Diagnostic, Laws, Loaded, Overlay, Scenario, ScenarioError, Span,
    TrialSpans,
};

use super::cohort::{
    Cohort, CohortError, CohortSpec, CovariateEffects, LesionCount, LesionDistribution, POPULATIONS,
    ParameterChange, QuantityChange,
};
use super::fitted::Fit;

/// Loads a scenario file and, if it is a trial, judges its cohort.
///
/// # Errors
///
/// As for [`scenario::load`], and [`ScenarioError::Invalid`] for a cohort that cannot be drawn.
pub fn load(path: &Path) -> Result<Loaded, ScenarioError> {
    load_with(path, &Overlay::default())
}

/// The same with other values of some keys.
///
/// # Errors
///
/// As for [`load`].
pub fn load_with(path: &Path, overlay: &Overlay) -> Result<Loaded, ScenarioError> {
    judged(scenario::load_with(path, overlay)?)
}

/// Reads a scenario from its text as [`scenario::parse`] does and, if it is a trial, judges its cohort.
///
/// # Errors
///
/// As for [`load`].
pub fn parse(text: &str, file_name: &str, base_dir: &Path) -> Result<Loaded, ScenarioError> {
    parse_with(text, file_name, base_dir, &Overlay::default())
}

/// The same with other values of some keys.
///
/// # Errors
///
/// As for [`load`].
pub fn parse_with(
    text: &str,
    file_name: &str,
    base_dir: &Path,
    overlay: &Overlay,
) -> Result<Loaded, ScenarioError> {
    judged(scenario::parse_with(text, file_name, base_dir, overlay)?)
}

/// The cohort that a trial asks for; for a scenario that is not a trial one without patients.
pub fn cohort_spec(scenario: &Scenario) -> CohortSpec {
    let Some(trial) = &scenario.trial else {
        return CohortSpec::new(0, scenario.seed);
    };
    let section = &trial.cohort;
    let count = section.lesions.map(|lesions| LesionCount::Fixed { lesions });
    let lesions = LesionDistribution::default();
    // What covariates move is the growth of RADIANT-3, as it was fitted.
    let fitted_as = if section.grows_by_covariates() { POPULATIONS[0].name } else { &section.population };
    // A draw that there is not is refused where the file is read.
    let mut fitted = Fit::embedded().changes(section.laws, fitted_as).unwrap_or_default();
    let effects = CovariateEffects::of(section.laws, &scenario.name);
    fitted.extend(covariates(section, &effects));
    CohortSpec {
        patients: section.patients,
        seed: scenario.seed,
        population: section.population.clone(),
        fitted,
        changes: section.changes.iter().flat_map(changes).collect(),
        prognostic_factor: section.prognostic_factor,
        lesions: LesionDistribution { count: count.unwrap_or(lesions.count), ..lesions },
        origins: section.origin_shares(),
        effects,
        germline_effects: section.germline_effects,
        pharmacokinetics: section.pharmacokinetics,
    }
}

/// Who the patients are, as changes of the distributions between them.
fn covariates(section: &CohortSection, effects: &CovariateEffects) -> impl Iterator<Item = QuantityChange> {
    let refractory = (section.prior_analogue > 0.0).then_some(section.prior_analogue * effects.refractory);
    let shares = [
        ("analogue_refractory", refractory),
        ("grade_2", section.grade_2),
        ("progressing", section.progressing.map(|share| 1.0 - share)),
    ];
    let change = |(quantity, share): (&str, Option<f64>)| {
        Some(QuantityChange { quantity: quantity.to_owned(), change: ParameterChange::Spread(share?) })
    };
    shares.into_iter().filter_map(change)
}

/// The cohort of a trial.
///
/// # Errors
///
/// [`CohortError`] says what of it is impossible; a scenario that is not a trial has no patients.
pub fn cohort(scenario: &Scenario) -> Result<Cohort, CohortError> {
    Cohort::new(&cohort_spec(scenario))
}

/// The changes that one section makes.
fn changes(section: &CohortChange) -> Vec<QuantityChange> {
    let parts = [
        section.typical.map(ParameterChange::Typical),
        section.spread.map(ParameterChange::Spread),
        section.fixed.map(ParameterChange::Fixed),
    ];
    let change = |change| QuantityChange { quantity: section.quantity.clone(), change };
    parts.into_iter().flatten().map(change).collect()
}

fn judged(loaded: Loaded) -> Result<Loaded, ScenarioError> {
    let Some(spans) = &loaded.trial_spans else { return Ok(loaded) };
    let spec = cohort_spec(&loaded.scenario);
    let mut found: Vec<Diagnostic> = no_draw(&loaded.scenario, spans).into_iter().collect();
    found.extend(no_population(&loaded.scenario, spans));
    found.extend(Cohort::new(&spec).err().map(|error| finding(&spec, &error, spans, &loaded.scenario)));
    if found.is_empty() {
        return Ok(loaded);
    }
    let mut diagnostics = loaded.warnings.clone();
    diagnostics.append(&mut found);
    diagnostics.sort_by_key(|found| found.span.start);
    Err(loaded.refused(diagnostics))
}

/// Reports a draw of the posterior that there is not.
fn no_draw(scenario: &Scenario, spans: &TrialSpans) -> Option<Diagnostic> {
    let Laws::Draw(number) = scenario.trial.as_ref()?.cohort.laws else { return None };
    let draws = Fit::embedded().draws.len();
    (number as usize >= draws).then(|| {
        Diagnostic::error(spans.laws.clone(), format!("there is no draw {number} of the posterior"))
            .label(format!("expected a draw from 0 to {}", draws.saturating_sub(1)))
            .help("choose another draw, or `distributions = \"fitted\"`")
    })
}

/// Reports populations of `repeat` that there are not.
fn no_population<'a>(scenario: &'a Scenario, spans: &'a TrialSpans) -> impl Iterator<Item = Diagnostic> + 'a {
    let names = scenario.trial.iter().flat_map(|trial| &trial.cohort.repeat);
    names.zip(&spans.repeat).filter_map(|(name, span)| {
        let spec = CohortSpec { population: name.clone(), ..CohortSpec::new(1, 0) };
        let error = Cohort::new(&spec).err()?;
        let spans = TrialSpans { population: span.clone(), ..TrialSpans::default() };
        Some(finding(&spec, &error, &spans, scenario))
    })
}

/// Where a cohort's error stands in the file, and what is expected there.
fn finding(spec: &CohortSpec, error: &CohortError, spans: &TrialSpans, scenario: &Scenario) -> Diagnostic {
    let names = || {
        let quoted: Vec<String> = POPULATIONS.iter().map(|p| format!("`{}`", p.name)).collect();
        quoted.join(", ")
    };
    let place = |name: Name| place(spec, error, spans, scenario, name);
    let meant = |nearest: &Option<&'static str>, else_: &str| {
        nearest.map_or_else(|| else_.to_owned(), |near| format!("did you mean `{near}`?"))
    };
    match error {
        CohortError::Population { name, nearest } => {
            let help = "choose one of these, or change the law of `growth` by a [[cohort.change]]";
            Diagnostic::error(spans.population.clone(), format!("no growth population is called `{name}`"))
                .label(format!("expected one of {}", names()))
                .help(meant(nearest, help))
        }
        CohortError::Quantity { name, nearest } => {
            let help = "the scenario reference lists the quantities at [[cohort.change]]";
            Diagnostic::error(place(Name::Quantity), format!("patients have no quantity `{name}`"))
                .label("expected a quantity by which patients differ")
                .help(meant(nearest, help))
        }
        CohortError::Value { quantity, value, least, most } => {
            Diagnostic::error(place(Name::Value), format!("`{quantity}` cannot be {value}"))
                .label(format!("expected a number from {least} to {most}"))
                .help("use a value that a patient can have, in the quantity's unit")
        }
        CohortError::Flag { quantity, value } => {
            Diagnostic::error(place(Name::Value), format!("`{quantity}` cannot be {value}"))
                .label("expected 1 or 0: it is present or absent")
                .help("give the share of patients who have it as `spread`")
        }
        CohortError::Spread { quantity, what, value, allowed } => {
            Diagnostic::error(place(Name::Value), format!("`{quantity}` cannot have {what} {value}"))
                .label(format!("expected a number {allowed}"))
                .help("use another spread, or `fixed` for the same value in all")
        }
        CohortError::NoSpread { quantity, law } => {
            Diagnostic::error(place(Name::Value), format!("`{quantity}` has no spread: its law is {law}"))
                .label("expected `fixed`")
                .help("give the same value to all by `fixed`, or leave the law as it is")
        }
        CohortError::NoTypical { quantity } => Diagnostic::error(
            place(Name::Value),
            format!("`{quantity}` has no typical value: its law is uniform"),
        )
        .label("expected `fixed`")
        .help("give the same value to all by `fixed`, or leave the law as it is"),
        other => {
            Diagnostic::error(spans.cohort.clone(), format!("this cohort is impossible: failed to {other}"))
                .label("expected a cohort that can be drawn")
                .help("correct it as the message says")
        }
    }
}

/// What of a change is marked.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Name {
    Quantity,
    Value,
}

/// Place of the change that brings the error about: the last one without which the error is another one, or none.
fn place(
    spec: &CohortSpec,
    error: &CohortError,
    spans: &TrialSpans,
    scenario: &Scenario,
    name: Name,
) -> Span {
    let with = |number: usize| {
        let changes = spec.changes[..number].to_vec();
        Cohort::new(&CohortSpec { changes, ..spec.clone() })
    };
    let same = |number: usize| with(number).err().as_ref().is_some_and(|e| same(e, error));
    let culprit = (0..spec.changes.len()).rev().find(|number| !same(*number)).unwrap_or(0);
    let sections = scenario.trial.iter().flat_map(|trial| &trial.cohort.changes).zip(&spans.changes);
    let mut seen = 0;
    for (section, spans) in sections {
        let values = [
            section.typical.map(|_| &spans.typical),
            section.spread.map(|_| &spans.spread),
            section.fixed.map(|_| &spans.fixed),
        ];
        for value in values.into_iter().flatten() {
            if seen == culprit {
                return if name == Name::Quantity { spans.quantity.clone() } else { value.clone() };
            }
            seen += 1;
        }
    }
    spans.cohort.clone()
}

/// Whether two errors are the same; a value that is not a number is equal to itself here.
fn same(a: &CohortError, b: &CohortError) -> bool {
    a.to_string() == b.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{MessageStyle, Origin, OriginShares, Pharmacokinetics};

    fn text(cohort: &str) -> String {
        format!(
            "name = \"x\"\nphenotype = \"signalling\"\nseed = 7\n[time]\nend = \"360 d\"\n[lattice]\n[start]\n\
             [cohort]\nagents = 2000\n{cohort}\n[[arm]]\nname = \"a\"\n[arm.therapy]\n\
             regimen = \"best supportive care\"\n"
        )
    }

    fn read(cohort: &str) -> Loaded {
        parse(&text(cohort), "x.toml", Path::new(""))
            .unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)))
    }

    #[test]
    fn a_file_gives_the_cohort_that_it_asks_for() {
        let spec = cohort_spec(&read("").scenario);
        let fitted = |population| Fit::embedded().changes(Laws::Fitted, population).unwrap();
        assert!(!fitted("radiant-3").is_empty());
        assert_eq!(spec, CohortSpec { fitted: fitted("radiant-3"), ..CohortSpec::new(60, 7) });
        let sources = cohort_spec(&read("distributions = \"sources\"").scenario);
        assert_eq!(sources, CohortSpec::new(60, 7), "the defaults of both are the same");
        let own = "patients = 5\npopulation = \"sun-1111\"\nlesions = 3\norigin = \"gut\"\ngermline_effects = true\n\
            pharmacokinetics = \"typical\"\nprognostic_factor = 1\n[[cohort.change]]\nquantity = \"gamma\"\n\
            typical = 0.9\nspread = 0.2\n[[cohort.change]]\nquantity = \"men1\"\nfixed = 0";
        let spec = cohort_spec(&read(own).scenario);
        let expected = CohortSpec {
            patients: 5,
            population: "sun-1111".into(),
            origins: OriginShares::all(Origin::Gut),
            germline_effects: true,
            pharmacokinetics: Pharmacokinetics::Typical,
            prognostic_factor: 1.0,
            fitted: fitted("sun-1111"),
            lesions: LesionDistribution {
                count: LesionCount::Fixed { lesions: 3 },
                ..LesionDistribution::default()
            },
            ..CohortSpec::new(5, 7)
        };
        let expected = expected
            .with("gamma", ParameterChange::Typical(0.9))
            .with("gamma", ParameterChange::Spread(0.2))
            .with("men1", ParameterChange::Fixed(0.0));
        assert_eq!(spec, expected);
        let cohort = cohort(&read(own).scenario).unwrap();
        assert!(cohort.patients().all(|p| p.lesions.len() == 3 && !p.data.men1));
    }

    #[test]
    fn a_scenario_that_is_no_trial_has_no_patients() {
        let text = "name = \"x\"\nphenotype = \"signalling\"\n[time]\nend = \"10 d\"\n[lattice]\nsize = [32, 32]\n[start]\n";
        let loaded = parse(text, "x.toml", Path::new("")).unwrap();
        assert_eq!(loaded.trial_spans, None);
        assert_eq!(cohort(&loaded.scenario), Err(CohortError::Empty));
    }

    #[test]
    fn a_draw_that_there_is_not_is_refused() {
        let draws = Fit::embedded().draws.len();
        let last = cohort_spec(&read(&format!("distributions = \"draw {}\"", draws - 1)).scenario);
        assert_ne!(last, cohort_spec(&read("").scenario));
        let (found, marked) = found(&format!("distributions = \"draw {draws}\""));
        assert!(found.message.contains("no draw"), "{}", found.message);
        assert_eq!(marked, format!("\"draw {draws}\""));
        assert!(parse(&text("distributions = \"prior\""), "x.toml", Path::new("")).is_err());
    }

    /// The finding about a cohort, and the text that it marks.
    fn found(cohort: &str) -> (Diagnostic, String) {
        let text = text(cohort);
        let ScenarioError::Invalid(report) = parse(&text, "x.toml", Path::new("")).unwrap_err() else {
            panic!("{text}")
        };
        let found = report.diagnostics[0].clone();
        let marked = text[found.span.clone()].to_owned();
        assert!(found.label.starts_with("expected") && found.help.is_some(), "{found:?}");
        (found, marked)
    }

    #[test]
    fn impossible_cohorts_are_refused_at_their_place() {
        let change =
            |quantity: &str, rest: &str| format!("[[cohort.change]]\nquantity = \"{quantity}\"\n{rest}\n");
        for (cohort, message, marked) in [
            (
                "repeat = [\"clarinet\", \"sun1111\"]".to_owned(),
                "no growth population is called `sun1111`",
                "\"sun1111\"",
            ),
            (
                "population = \"radiant3\"".to_owned(),
                "no growth population is called `radiant3`",
                "\"radiant3\"",
            ),
            (change("grwth", "fixed = 0.1"), "patients have no quantity `grwth`", "\"grwth\""),
            (change("growth", "typical = 2.5"), "`growth` cannot be 2.5", "2.5"),
            (change("growth", "spread = 7"), "`growth` cannot have a log-SD of 7", "7"),
            (change("men1", "typical = 0.5"), "`men1` cannot be 0.5", "0.5"),
            (change("men1", "spread = 1.25"), "`men1` cannot have a probability of 1.25", "1.25"),
            (change("upregulated_reach", "spread = 0.1"), "`upregulated_reach` has no spread", "0.1"),
            (change("upregulated_reach", "typical = 0.1"), "`upregulated_reach` has no typical value", "0.1"),
            (
                change("coupled_loss", "typical = 0.8\nspread = 0.46"),
                "`coupled_loss` cannot have an SD of 0.46",
                "0.46",
            ),
            // The first change is undone by the second one, and the third is at fault.
            (
                change("growth", "typical = 3")
                    + &change("growth", "fixed = 0.1")
                    + &change("growth", "fixed = 4"),
                "`growth` cannot be 4",
                "4",
            ),
            (
                change("gamma", "fixed = 1") + &change("growth", "spread = 9") + &change("kras", "fixed = 0"),
                "`growth` cannot have a log-SD of 9",
                "9",
            ),
        ] {
            let (found, place) = found(&cohort);
            assert!(found.message.contains(message), "{}", found.message);
            assert_eq!(place, marked, "{cohort}");
        }
        assert_eq!(found("population = \"radiant3\"").0.help.unwrap(), "did you mean `radiant-3`?");
    }

    // What the reader of the file lets through is within the bounds of cohorts, whichever quantity it is.
    #[test]
    fn bounds_of_the_file_are_those_of_cohorts() {
        for own in [
            "patients = 16777216",
            "lesions = 1",
            "lesions = 5",
            "prognostic_factor = 100",
            "origin = \"lung\"",
        ] {
            assert!(cohort(&read(own).scenario).is_ok(), "{own}");
        }
        assert!(parse(&text("patients = 0"), "x.toml", Path::new("")).is_err());
        assert!(parse(&text("patients = 16777217"), "x.toml", Path::new("")).is_err());
        assert!(parse(&text("lesions = 6"), "x.toml", Path::new("")).is_err());
    }
}
