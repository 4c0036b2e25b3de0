use std::path::Path;
use std::sync::atomic::AtomicUsize;

use super::file::{Indifference, PriceBound};
use super::joint::Joint;
use super::measures::{LIMITING, PatientMeasures, TFS};
use super::race::{Judge, JudgedCandidates};
use super::*;
use crate::simulation::BackendOptions;
use crate::tissue::random::{RandomBlock, box_muller};
use crate::trial::hooks::TrialHooks;
use crate::trial::question::QuestionText;

/// Patients of a candidate: a gain and a price beside what all candidates share in a patient, with noise of its own.
fn candidate(number: u32, patients: u32, gain: f64, days: f64) -> Vec<PatientMeasures> {
    let normal = |i: u32, of: u32| box_muller(RandomBlock::of(9, [i, of, 0, 0]).open());
    let one = |i: u32| {
        let own = 0.2 * normal(i, 1 + number);
        PatientMeasures::of(
            i,
            [
                12.0 + 6.0 * normal(i, 0) + gain + own,
                0.0,
                days + 10.0 * own,
                f64::from(u8::from(i.is_multiple_of(4))),
            ],
        )
    };
    (0..patients).map(one).collect()
}

fn judge(bound: PriceBound) -> Judge {
    Judge { benefit: TFS, bound, indifference: Indifference::default() }
}

fn joint(all: &[Vec<PatientMeasures>], judge: &Judge) -> Joint {
    let (columns, bounded) = judge.columns();
    Joint::new(all, 1, (&columns, &bounded), 0.05)
}

// What patients share cancels: SD 6 months between patients, and 0.28 of a paired difference, whose error over 100 patients is 0.028.
#[test]
fn differences_are_paired_and_hold_together() {
    let all = [candidate(0, 100, 0.0, 10.0), candidate(1, 100, 1.0, 10.0), candidate(2, 100, 2.0, 10.0)];
    let joint = joint(&all, &judge(PriceBound::default()));
    let difference = joint.difference(1, 0, TFS);
    assert!((difference.value - 1.0).abs() < 5.0 * 0.028, "{difference:?}");
    let half = (difference.high - difference.low) / 2.0;
    // Wider than 1.96 errors, which holds for one alone, and no wider than Bonferroni's 2.64 for six.
    assert!(half > 2.0 * 0.025 && half < 2.8 * 0.034, "{half}");
    let alone = joint.alone(0, TFS);
    assert!(alone.high - alone.low > 1.5, "{alone:?}");
}

#[test]
fn who_is_surely_behind_is_pushed_out_and_nobody_else() {
    let bound = PriceBound { severe_days: Some(50.0), ..PriceBound::default() };
    let all = [
        candidate(0, 100, 3.0, 20.0), // the most
        candidate(1, 100, 0.0, 30.0), // less, and dearer
        candidate(2, 100, 0.0, 5.0),  // less, and cheaper
        candidate(3, 100, 5.0, 90.0), // over the bound
        candidate(4, 100, 2.8, 18.0), // as good as the first one, for who does not care for half a month and five days
    ];
    let judge = judge(bound);
    let joint = joint(&all, &judge);
    let judged = JudgedCandidates { judge: &judge, joint: &joint, count: all.len() };
    assert_eq!(judged.beaten(), [None, Some(0), None, None, None]);
    assert_eq!(judged.bound(3), BoundVerdict::Broken);
    assert_eq!(judged.bound(0), BoundVerdict::Kept);
    assert_eq!(judged.fronts(&[0, 1, 2, 3, 4]), [vec![0, 2, 4], vec![1], vec![3]]);
    assert_eq!(judged.go_on(&[0, 1, 2, 3, 4]), [0, 2, 4]);
}

// A bound within the interval is left open: a quarter of 40 patients, whose exact interval is 13 to 41 %.
#[test]
fn a_bound_that_patients_do_not_settle_is_open() {
    let open = judge(PriceBound { dose_limiting: Some(0.27), ..PriceBound::default() });
    let all = [candidate(0, 40, 0.0, 10.0)];
    let of = joint(&all, &open);
    let judged = JudgedCandidates { judge: &open, joint: &of, count: 1 };
    assert_eq!(of.value(0, LIMITING), 0.25);
    assert_eq!((judged.bound(0), judged.is_within(0)), (BoundVerdict::Open, true));
}

const SEARCH: &str = "name = \"s\"\nbase = \"small-trial.toml\"\npatients = 20\n[space]\ndose = [\"5 mg\", \"10 mg\"]\nhow = [\"daily\"]\n\
    [[strategy]]\nname = \"one\"\n[[strategy.therapy.line]]\nregimens = \"everolimus {dose} {how}\"\nuntil = [\"progression\", \"toxicity\"]\n";

fn asked(text: &str) -> QuestionText {
    QuestionText::new("search.toml", text, Path::new("tests/data"))
}

#[test]
fn candidates_are_arms_with_values_put_in() {
    let plan = SearchPlan::new(&asked(SEARCH)).unwrap();
    let arms = &plan.scenario().trial.as_ref().unwrap().arms;
    let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!(names, ["one | 5 mg | daily", "one | 10 mg | daily"]);
    assert_eq!(arms[0].therapy.lines[0].regimens[0].to_string(), "everolimus 5 mg daily");
    assert_eq!(plan.size(), (2, 20));
}

#[test]
fn what_cannot_be_searched_is_refused_at_its_place() {
    for (from, to, message, marked) in [
        ("[\"5 mg\", \"10 mg\"]", "[]", "the space of `dose` is empty", "[]"),
        ("\"5 mg\"", "\"50 mg\"", "`everolimus 50 mg daily` is above the label's largest dose", "\"50 mg\""),
        ("\"5 mg\"", "\"10 mg\"", "`10 mg` is there already", "\"10 mg\""),
        ("{dose}", "{doze}", "[space] has no `doze`", "\"one\""),
        ("{how}", "daily", "no strategy uses `how`", "how"),
        ("everolimus {", "everolimvs {", "the catalogue has no drug `everolimvs`", "\"one\""),
        ("\"daily\"", "\"dayly\"", "`dayly` is not understood", "\"dayly\""),
        ("patients = 20", "patients = 2", "this is not a number of patients of a search", "2"),
        ("small-trial", "smell-trial", "there is no file and no trial", "\"smell-trial.toml\""),
        ("[space]", "[bound]\nsevere_days = -1\n[space]", "`severe_days` cannot be -1", "[bound]"),
        ("patients", "set = [\"cohort.patient=1\"]\npatients", "unknown key `patient`", ""),
    ] {
        let text = asked(&SEARCH.replacen(from, to, 1));
        let error = SearchPlan::new(&text).unwrap_err();
        let crate::trial::error::TrialError::Scenario(crate::scenario::ScenarioError::Invalid(report)) =
            error
        else {
            panic!("{to}: {error}")
        };
        let found = &report.diagnostics[0];
        assert!(found.message.contains(message), "{to}: {}", found.message);
        assert!(found.help.is_some() && !found.label.is_empty(), "{to}: {found:?}");
        if found.file.is_none() {
            assert!(
                report.text[found.span.clone()].starts_with(marked),
                "{to}: {}",
                &report.text[found.span.clone()]
            );
        }
    }
}

#[test]
fn a_search_ends_with_a_front_and_is_the_same_again() {
    let plan = SearchPlan::new(&asked(SEARCH)).unwrap();
    let stop = AtomicUsize::new(0);
    let with = |threads| {
        let mut hooks = TrialHooks { listener: &mut (), stop: &stop };
        plan.run(&BackendOptions::cpu(threads), None, &mut hooks).unwrap()
    };
    let found = with(1);
    assert_eq!(found, with(2));
    assert!(found.front().count() >= 1 && found.best.is_some());
    assert_eq!((found.rounds.as_slice(), found.entered.as_slice()), (&[20][..], &[2][..]));
    assert!(found.candidates.iter().all(|row| row.patients == 20 && row.severe_low_days <= row.severe_days));
    stop.store(2, std::sync::atomic::Ordering::Relaxed);
    let mut hooks = TrialHooks { listener: &mut (), stop: &stop };
    assert!(plan.run(&BackendOptions::cpu(1), None, &mut hooks).is_err());
}
