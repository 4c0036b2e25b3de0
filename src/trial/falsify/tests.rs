//! The table of falsifiers, its files, and small runs.

use std::path::Path;
use std::sync::atomic::AtomicUsize;

use super::files::STEP;
use super::{FALSIFIERS, FILES, Falsifier, FalsifierFinding, Lab, Setup, Verdict, find, find_file};
use crate::simulation::BackendOptions;
use crate::trial::error::TrialError;
use crate::trial::hooks::{Listener, TrialHooks};

struct Silent(Vec<String>);

impl Listener for Silent {
    fn begins(&mut self, what: &str, _patients: u64) {
        self.0.push(what.to_owned());
    }
}

fn setup(patients: u32) -> Setup {
    Setup { patients, seed: None, backend: BackendOptions::cpu(1) }
}

#[test]
fn there_are_eighteen_and_each_says_all() {
    let numbers = (1..=19).filter(|number| *number != 18);
    for (number, f) in numbers.zip(&FALSIFIERS) {
        assert_eq!(f.id, format!("F{number}"));
        assert!([f.observed, f.bound, f.wrong, f.how].iter().all(|text| text.len() > 5), "{}", f.id);
        assert!(std::ptr::eq(find(&f.id.to_lowercase()).unwrap(), f));
    }
}

#[test]
fn every_file_is_embedded_and_read_without_a_warning() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/falsify");
    let mut found: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut embedded: Vec<&str> = FILES.iter().map(|f| f.name).collect();
    found.sort();
    embedded.sort_unstable();
    assert_eq!(found, embedded);
    for file in &FILES {
        let loaded = file.load(STEP, &[]).unwrap();
        assert!(loaded.warnings.is_empty(), "{}: {:?}", file.name, loaded.warnings);
        assert_eq!(loaded.scenario.name, format!("falsify-{}", file.name));
        // F7 asks for it, and nothing else should do otherwise.
        assert_eq!(loaded.scenario.mutation_amplification, 1.0, "{}", file.name);
        assert!(
            file.text.starts_with("# For `evotor falsify`, F")
                || file.text.starts_with("# For `evotor falsify`: F")
        );
    }
}

#[test]
fn steps_and_drugs_can_be_changed() {
    for hours in [6, 12, 24] {
        let loaded = find_file("radiant-3").unwrap().load(hours, &[]).unwrap();
        assert_eq!(loaded.scenario.time.step_hours, hours);
        assert!(loaded.warnings.is_empty(), "{hours} h: {:?}", loaded.warnings);
    }
    let loaded = find_file("vessels").unwrap().load(STEP, &["everolimus 10 mg daily"]).unwrap();
    let therapy = loaded.scenario.therapy.unwrap();
    assert_eq!(therapy.drugs(), ["everolimus"]);
    assert!(!therapy.toxicity.occur && loaded.warnings.is_empty());
}

#[test]
fn every_arm_that_is_looked_at_is_there() {
    for (falsifier, need) in FALSIFIERS.iter().flat_map(|f| f.needs.iter().map(move |n| (f, n))) {
        let file = find_file(need.file).unwrap_or_else(|| panic!("{}: {}", falsifier.id, need.file));
        let trial = file.load(need.step_hours, &[]).unwrap().scenario.trial.unwrap();
        for arm in need.arms {
            assert!(trial.arms.iter().any(|a| a.name == *arm), "{}: {arm}", falsifier.id);
        }
    }
}

// Patients of the files that are compared with each other must be the same but for what the file changes.
#[test]
fn compared_cohorts_have_the_same_patients() {
    let plan = |name: &str| {
        let scenario = find_file(name).unwrap().load(STEP, &[]).unwrap().scenario;
        crate::trial::run::Plan::new(&scenario, None).unwrap()
    };
    let usual = plan("radiant-3");
    for name in ["tsc-h", "tsc-r"] {
        let other = plan(name);
        for id in 0..5 {
            let (a, b) = (usual.cohort.patient(id), other.cohort.patient(id));
            assert_eq!(
                (a.turnover.growth, a.lesions, a.data.gamma),
                (b.turnover.growth, b.lesions, b.data.gamma)
            );
            assert!(b.clonal.contains(&("tsc", 2)) && b.clonal.len() <= a.clonal.len() + 1, "{:?}", b.clonal);
            assert_eq!(b.data.tsc_context.word(), if name == "tsc-h" { "H" } else { "R" });
        }
    }
}

fn examine(ids: &[&str], patients: u32) -> (Vec<FalsifierFinding>, Vec<String>) {
    let chosen: Vec<&'static Falsifier> = ids.iter().map(|id| find(id).unwrap()).collect();
    let (stop, mut silent) = (AtomicUsize::new(0), Silent(Vec::new()));
    let mut keep = |_| Ok(());
    let mut lab = Lab::new(
        setup(patients),
        chosen.iter().flat_map(|f| f.needs.iter().copied()),
        Vec::new(),
        TrialHooks { listener: &mut silent, stop: &stop },
        &mut keep,
    );
    let findings = chosen.iter().map(|f| FalsifierFinding::examine(f, &mut lab).unwrap()).collect();
    (findings, silent.0)
}

#[test]
fn a_trial_is_run_once_and_two_patients_prove_nothing() {
    let (findings, begun) = examine(&["F1", "F4", "F7", "F16"], 2);
    assert_eq!(begun, ["radiant-3"]);
    for finding in &findings {
        assert_ne!(finding.verdict, Verdict::Holds, "{}", finding.id);
        let sizes = finding.parts.iter().filter_map(|p| p.figure).map(|f| f.of);
        assert!(sizes.max().is_none_or(|of| of <= 2));
    }
}

// Geometry must not set net growth: at most one attempt in a hundred finds no site.
#[test]
fn lesions_have_room() {
    let (stop, mut silent) = (AtomicUsize::new(0), Silent(Vec::new()));
    let mut keep = |_| Ok(());
    let chosen = [find("F5").unwrap()];
    let mut lab = Lab::new(
        setup(3),
        chosen[0].needs.iter().copied(),
        Vec::new(),
        TrialHooks { listener: &mut silent, stop: &stop },
        &mut keep,
    );
    let blocked = lab.trial("radiant-4").unwrap().most_blocked();
    assert!(blocked > 0.0 && blocked < 0.01, "{blocked}");
}

#[test]
fn courses_without_a_tumour_are_many() {
    let (findings, _) = examine(&["F12"], 6);
    let [short, long] = [0, 1].map(|part| findings[0].parts[part].figure.unwrap());
    assert_eq!((short.of, long.of), (100, 100));
    // 56 % of 1000 in 42 days (`therapy::populations`): within five standard errors of 100.
    assert!((long.value - 56.0).abs() < 25.0 && short.value <= long.value, "{short:?} {long:?}");
}

#[test]
fn a_signal_ends_the_work() {
    let chosen = [find("F12").unwrap(), find("F5").unwrap(), find("F10").unwrap()];
    let (stop, mut silent) = (AtomicUsize::new(15), Silent(Vec::new()));
    let mut keep = |_| Ok(());
    let mut lab =
        Lab::new(setup(2), [], Vec::new(), TrialHooks { listener: &mut silent, stop: &stop }, &mut keep);
    for falsifier in chosen {
        assert!(
            matches!(FalsifierFinding::examine(falsifier, &mut lab), Err(TrialError::Stopped(15))),
            "{}",
            falsifier.id
        );
    }
}

#[test]
fn an_unknown_falsifier_is_told_with_the_nearest_one() {
    let message = |id| find(id).err().unwrap();
    assert_eq!(message("F20"), "there is no falsifier `F20`; did you mean `F2`?");
    assert_eq!(message("perfusion"), "there is no falsifier `perfusion`; there are F1 to F19 without F18");
}
