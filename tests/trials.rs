//! The files of the review's trials: all are there, say what they are, and read without a word of warning.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use evotor::catalogue::Citation;
use evotor::scenario::{self, Confidence, FigureTiming, Loaded, MessageStyle, Role, Trial};
use evotor::simulation::BackendOptions;
use evotor::trial::file;
use evotor::trial::results::simulate;
use evotor::trial::run::{Plan, TrialOptions};

/// Trials of the review's table and text. T24, of costs, treats nobody.
const REVIEW: u32 = 23;

/// Doses that phase I trials gave and that are above a label, each of which is told by a warning.
const ABOVE_LABEL: [(&str, usize); 2] = [("molina", 1), ("tabernero", 2)];

/// Trials to which parameters were fitted.
const FITTED: [&str; 6] = ["clarinet", "netter-1", "promid", "radiant-3", "radiant-4", "sun-1111"];

/// Trials that shaped a default, and RADIANT-3, whose survival the death rate was chosen by.
const SHAPING: [&str; 3] = ["molina", "radiant-3", "yao"];

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/trials");
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = entries.collect();
    files.sort();
    files
}

fn loaded() -> BTreeMap<String, Loaded> {
    let load =
        |path: &PathBuf| file::load(path).unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)));
    files().iter().map(|p| (p.file_stem().unwrap().to_string_lossy().into_owned(), load(p))).collect()
}

fn trial(loaded: &Loaded) -> &Trial {
    loaded.scenario.trial.as_ref().unwrap_or_else(|| panic!("{} is no trial", loaded.file))
}

#[test]
fn every_trial_of_the_review_has_a_file() {
    let all = loaded();
    let mut ids: Vec<&str> =
        all.values().map(|l| trial(l).about.id.as_str()).filter(|id| !id.is_empty()).collect();
    ids.sort_unstable();
    let expected: Vec<String> = (1..=REVIEW).map(|number| format!("T{number:02}")).collect();
    assert_eq!(ids, expected);
}

#[test]
fn trials_load_without_warnings_but_for_doses_above_the_label() {
    for (name, loaded) in loaded() {
        let expected = ABOVE_LABEL.iter().find(|(trial, _)| *trial == name).map_or(0, |(_, doses)| *doses);
        assert_eq!(loaded.warnings.len(), expected, "{}", loaded.render_warnings(MessageStyle::Plain));
        assert!(loaded.warnings.iter().all(|w| w.message.ends_with("is above the label's largest dose")));
        assert_eq!(loaded.scenario.name, name, "file and scenario have one name");
    }
}

#[test]
fn trials_read_back_and_follow_the_schema() {
    let schema = jsonschema::validator_for(&scenario::json_schema()).unwrap();
    let json = |text: &str| serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap();
    for loaded in loaded().into_values() {
        let text = scenario::effective_toml(&loaded.scenario);
        let again = file::parse(&text, "effective.toml", Path::new(""));
        let again = again.unwrap_or_else(|e| panic!("{}\n{text}", e.render(MessageStyle::Plain)));
        assert_eq!(again.scenario, loaded.scenario, "{}", loaded.file);
        assert_eq!(scenario::effective_toml(&again.scenario), text);
        for text in [&loaded.text, &text] {
            let errors: Vec<String> = schema.iter_errors(&json(text)).map(|e| e.to_string()).collect();
            assert_eq!(errors, [""; 0], "{}", loaded.file);
        }
    }
}

// Rulings of the design: what was fitted is not a prediction, and every figure says which it is and where it stands.
#[test]
fn figures_say_what_they_were_used_for() {
    for (name, loaded) in loaded() {
        let trial = trial(&loaded);
        let has = |role| trial.published.iter().any(|p| p.role == role);
        assert_eq!(has(Role::Calibrated), FITTED.contains(&name.as_str()), "{name}");
        assert_eq!(has(Role::Informed), SHAPING.contains(&name.as_str()), "{name}");
        assert!(trial.published.iter().all(|p| p.source.len() > 10), "{name}");
        assert!(!trial.about.not_represented.is_empty() && !trial.about.title.is_empty(), "{name}");
    }
}

// A figure is held against what the same reader saw at the same cut-off; where the source does not say, the letter is C, with what is
// not known.
#[test]
fn figures_say_who_read_them_and_when() {
    let mut known = 0;
    for (name, loaded) in loaded() {
        let trial = trial(&loaded);
        for p in &trial.published {
            let what = format!("{name}: {} of arm {}", p.endpoint.name(), p.arm);
            let reader = !p.endpoint.has_reader() || p.reader.is_some();
            let cutoff = !p.endpoint.has_cutoff() || p.timing != FigureTiming::Unknown;
            let excused = p.grade == Confidence::C && p.doubt.len() > 10;
            assert!((reader && cutoff) || excused, "{what}: neither reader and cut-off, nor C and why");
            let confirmed = p.endpoint.name() != "response_rate" || p.confirmed.is_some();
            assert!(confirmed || p.doubt.contains("confirmed") || excused, "{what}: confirmed or not");
            assert!(p.grade != Confidence::C || p.doubt.len() > 10, "{what}: C without a reason");
            let opened = !Citation::looked_up(&p.source).is_empty();
            assert!(p.grade == Confidence::C || opened, "{what}: {:?} cannot be opened", p.source);
            known += usize::from(reader && cutoff);
        }
    }
    assert!(known > 70, "{known}");
}

// RADIANT-3 has three readers and SUN-1111 two, all at the cut-off of the primary analysis.
#[test]
fn readings_of_a_trial_stand_side_by_side() {
    let all = loaded();
    let medians = |name: &str, reader| -> Vec<f64> {
        let of = trial(&all[name]).published.iter().filter(|p| p.reader == Some(reader));
        let mut values: Vec<f64> =
            of.filter(|p| p.endpoint.name() == "pfs_median").map(|p| p.value).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    use evotor::scenario::ScanReader::{Adjudicated, Central, Investigator};
    let radiant = [Investigator, Central, Adjudicated].map(|reader| medians("radiant-3", reader));
    assert_eq!(radiant, [[4.6, 11.0], [5.7, 13.7], [5.4, 11.4]]);
    assert_eq!([Investigator, Central].map(|reader| medians("sun-1111", reader)), [[5.5, 11.4], [5.8, 12.6]]);
    for name in ["radiant-3", "sun-1111"] {
        let trial = trial(&all[name]);
        let read = trial.published.iter().filter(|p| p.reader.is_some());
        assert!(read.map(|p| p.timing.cutoff(&trial.conduct)).all(|days| days == trial.conduct.cutoff));
    }
}

// A median follow-up is turned into a cut-off by the law of accrual: after it, half of those who came in have been followed so long.
#[test]
fn a_median_follow_up_is_a_cut_off() {
    use evotor::scenario::{AccrualLaw, Conduct};
    // Half of them are in after 200 days of 400, or after 283, 400/√2.
    for (law, cutoff) in [(AccrualLaw::Uniform, 400), (AccrualLaw::Linear, 483)] {
        let conduct = Conduct { accrual: 400, law, ..Conduct::default() };
        assert_eq!(FigureTiming::FollowUp(200).cutoff(&conduct), Some(cutoff), "{law:?}");
    }
    let conduct = Conduct { accrual: 400, ..Conduct::default() };
    assert_eq!(
        (FigureTiming::Cutoff(7).cutoff(&conduct), FigureTiming::Unknown.cutoff(&conduct)),
        (Some(7), None)
    );
}

// Review of the project's numbers: RADIANT-3 and SUN-1111 are what growth and effects were fitted to.
#[test]
fn what_was_fitted_is_marked_in_both_arms() {
    let all = loaded();
    for name in ["radiant-3", "sun-1111"] {
        let trial = trial(&all[name]);
        assert_eq!(trial.cohort.population, name);
        for arm in 0..trial.arms.len() {
            let mut own = trial.published.iter().filter(|p| p.arm == arm && p.against.is_none());
            assert!(own.any(|p| p.role == Role::Calibrated), "{name} {arm}");
        }
    }
    let radiant_4 = trial(&all["radiant-4"]);
    assert_eq!(radiant_4.cohort.population, "radiant-4");
    let medians: Vec<(f64, Role)> = radiant_4.published.iter().map(|p| (p.value, p.role)).take(3).collect();
    let expected = [(3.9, Role::Calibrated), (11.0, Role::Predicted), (0.48, Role::Predicted)];
    assert_eq!(medians, expected);
}

// Numbers that the review prints wrongly must not stand as figures.
#[test]
fn misprints_of_the_review_are_corrected() {
    let all = loaded();
    let values = |name: &str| -> Vec<f64> { trial(&all[name]).published.iter().map(|p| p.value).collect() };
    assert!(!values("yao").contains(&12.5) && !values("yao").contains(&18.0), "weeks divided by 4");
    let responses = |name: &str| {
        let figures = trial(&all[name]).published.iter();
        figures.filter(|p| p.endpoint.name() == "response_rate").map(|p| p.value).collect::<Vec<_>>()
    };
    assert_eq!(responses("radiant-4"), [1.0, 2.0], "64 and 26 % are any shrinkage");
    assert_eq!(responses("cooperate-1"), [4.8], "81 % is any shrinkage");
    assert_eq!(responses("chan-sorafenib"), [4.8], "62 % is any shrinkage");
    assert!(!values("clarinet").contains(&18.0), "months of four weeks");
    let by_scan = |name: &str| {
        trial(&all[name]).published.iter().any(|p| p.endpoint.name() == "first_scan_progression")
    };
    assert!(!by_scan("radiant-3"), "42 % is progression as best response");
    let survival = |name: &str| trial(&all[name]).published.iter().any(|p| p.endpoint.name() == "os_median");
    assert!(!survival("radiant-4"), "23.7 and 16.5 months are no medians");
}

// Net growth is a small difference of large rates: where more than a hundredth of division attempts finds no site, the lattice
// takes part in it.
#[test]
fn hardly_a_division_of_any_trial_lacks_a_site() {
    let mut largest = 0.0_f64;
    for (name, loaded) in loaded() {
        let mut scenario = loaded.scenario;
        if let Some(trial) = &mut scenario.trial {
            trial.cohort.agents = Some(2000);
        }
        let plan = Plan::new(&scenario, Some(1)).unwrap();
        let backend = BackendOptions::cpu(2);
        let choices = TrialOptions { backend, patients: None, arms: None, surrogate: false };
        let results = simulate(&plan, &choices, &AtomicUsize::new(0)).unwrap();
        let most = (0..plan.arms().len())
            .filter_map(|arm| Some(100.0 * results.arm(&plan, arm).one("largest_blocked_fraction")?.value?))
            .fold(0.0, f64::max);
        assert!(most < 1.0, "{name}: {most} %");
        largest = largest.max(most);
    }
    assert!(largest > 0.0, "attempts without a site are counted");
}
