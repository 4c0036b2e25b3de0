use std::path::Path;
use std::sync::atomic::AtomicUsize;

use super::naming::{Findings, TRIES, naming, needed};
use super::*;
use crate::scenario::ScenarioError;
use crate::simulation::BackendOptions;
use crate::tissue::random::{RandomBlock, box_muller};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::question::QuestionText;

/// Normal values of each rival about its mean.
fn normal(means: &[f64]) -> Findings {
    let one = |rival: usize, patient: u32, mean: f64| {
        let at = |attempt: usize| {
            box_muller(RandomBlock::of(7, [patient, attempt as u32, rival as u32, 0]).open())
        };
        (patient, std::array::from_fn::<f64, { TRIES as usize }, _>(|attempt| mean + at(attempt)))
    };
    means
        .iter()
        .enumerate()
        .map(|(rival, mean)| (0..400).map(|patient| one(rival, patient, *mean)).collect())
        .collect()
}

// Two normal laws an SD apart: the mean of n patients is on the right side with probability Phi(sqrt(n)/2), 0.69 for one and 0.84 for
// four. Kernels from 200 patients cost little of it; 2000 draws have an error of 0.01.
#[test]
fn the_right_rival_is_named_as_often_as_the_laws_say() {
    let named = naming(&normal(&[0.0, 1.0]), 9, 3, 0);
    for of in &named {
        for (patients, expected) in [(1, 0.691), (4, 0.841), (9, 0.933)] {
            let [right, low, high] = of[patients - 1].right;
            assert!((right - expected).abs() < 0.05, "{patients}: {right}");
            assert!(low < right && right < high);
        }
        // The expected logarithm of the Bayes factor of one patient is half the square of the distance.
        let factor = of[0].log_factor;
        assert!((factor - 0.5).abs() < 0.12, "{factor}");
    }
    assert_eq!(needed(&named, 0.999), None);
    assert!(needed(&named, 0.8).is_some_and(|n| (3..=5).contains(&n)), "{:?}", needed(&named, 0.8));
}

#[test]
fn rivals_that_are_alike_are_named_by_chance() {
    let one = normal(&[0.0]);
    let named = naming(&vec![one[0].clone(), one[0].clone()], 20, 3, 0);
    let shares: Vec<f64> = named.iter().map(|of| of[19].right[0]).collect();
    assert_eq!(shares, [0.5, 0.5]);
    assert_eq!(needed(&named, 0.9), None);
}

const RIVALS: &str = "name = \"r\"\nbase = \"small-trial.toml\"\npatients = 70\nmost = 20\n[therapy]\nregimen = \"everolimus 10 mg daily\"\n\
    [[rival]]\nname = \"few\"\nset = [\"cohort.change.rtk_fraction.fixed=0.001\"]\n\
    [[rival]]\nname = \"many\"\nset = [\"cohort.change.rtk_fraction.fixed=0.3\"]\n\
    [[measurement]]\nname = \"biopsy\"\nkind = \"biopsy\"\nat = \"28 d\"\nlocus = \"rtk\"\n";

fn asked(text: &str) -> QuestionText {
    QuestionText::new("rivals.toml", text, Path::new("tests/data"))
}

fn run(text: &QuestionText) -> Result<FoundDifference, TrialError> {
    let stop = AtomicUsize::new(0);
    RivalPlan::new(text)?.run(
        text,
        &BackendOptions::cpu(2),
        &mut TrialHooks { listener: &mut (), stop: &stop },
    )
}

#[test]
fn what_cannot_be_compared_is_refused_at_its_place() {
    for (from, to, message, marked) in [
        (
            "[[rival]]\nname = \"many\"\nset = [\"cohort.change.rtk_fraction.fixed=0.3\"]\n",
            "",
            "fewer than two rivals",
            "\"few\"",
        ),
        ("fixed=0.3", "fixed=0.001", "`few` and `many` are the same model", "\"many\""),
        ("\"many\"", "\"few\"", "`few` is there twice", "\"few\""),
        ("kind = \"biopsy\"", "kind = \"ctdna\"", "circulating DNA does not show `rtk`", "\"rtk\""),
        ("locus = \"rtk\"", "locus = \"rtx\"", "there is no locus `rtx`", "\"rtx\""),
        ("locus = \"rtk\"\n", "", "a biopsy needs a locus", "\"biopsy\""),
        ("kind = \"biopsy\"", "kind = \"scan\"", "a scan has no `locus`", "\"rtk\""),
        ("28 d", "9000 d", "nobody is followed beyond day 420", "\"9000 d\""),
        ("everolimus 10", "everolimvs 10", "the catalogue has no drug", "everolimvs"),
    ] {
        let error = RivalPlan::new(&asked(&RIVALS.replacen(from, to, 1))).unwrap_err();
        let TrialError::Scenario(ScenarioError::Invalid(report)) = error else { panic!("{to}: {error}") };
        let found = &report.diagnostics[0];
        assert!(found.message.contains(message), "{to}: {}", found.message);
        assert!(found.help.is_some() && !found.label.is_empty(), "{to}: {found:?}");
        let place = &report.text[found.span.clone()];
        assert!(place.contains(marked), "{to}: {place}");
    }
}

#[test]
fn a_biopsy_tells_many_resistant_cells_from_few() {
    let found = run(&asked(RIVALS)).unwrap();
    assert_eq!(found.needed[0].patients, Some(1), "{:?}", found.needed);
    let [few, many] = [&found.measured[0], &found.measured[1]];
    assert!(few.high < many.low && few.measured_fraction > 0.8, "{few:?} {many:?}");
    assert_eq!(found.naming.len(), 2 * 20);
}

// Receptors of somatostatin do nothing without an analogue.
#[test]
fn rivals_that_cannot_differ_in_what_is_measured_are_an_error() {
    let text = RIVALS.replace("locus = \"rtk\"", "locus = \"tsc\"").replace(
        "[\"cohort.change.rtk_fraction.fixed=0.3\"]",
        "[\"cohort.change.rtk_fraction.fixed=0.001\", \"cohort.change.sstr.fixed=0\"]",
    );
    let error = run(&asked(&text)).unwrap_err();
    let TrialError::Scenario(ScenarioError::Invalid(report)) = error else { panic!("{error}") };
    assert!(report.diagnostics[0].message.contains("do not differ in `biopsy`"), "{report}");
}
