//! What a plan shows of its patients, and what estimands simulate.

use std::collections::BTreeSet;
use std::path::Path;

use super::{EVEROLIMUS, SUNITINIB, all, on_cpu, plan};
use crate::scenario::{
    AccrualLaw, Conduct, Confidence, Estimand, FigureTiming, Published, PublishedEndpoint, Role, ScanReader,
};
use crate::trial::outcome::Outcome;
use crate::trial::results::{Results, figure};
use crate::trial::run::{PatientRun, Plan, TrialOptions};
use crate::trial::visits::TrialView;

/// The plan, conducted otherwise.
fn conducted(plan: &Plan, change: impl FnOnce(&mut Conduct)) -> Plan {
    let mut scenario = plan.scenario.clone();
    change(&mut scenario.trial.as_mut().unwrap().conduct);
    Plan::new(&scenario, None).unwrap()
}

fn by_surrogate(plan: &Plan) -> Vec<PatientRun> {
    all(plan, &TrialOptions { surrogate: true, ..on_cpu(2) })
}

fn outcome(run: &PatientRun, arm: usize) -> &Outcome {
    &run.arms[arm].1.as_ref().unwrap().0
}

const TOXIC: &str =
    "[[therapy.line]]\nregimens = \"sunitinib 50 mg daily\"\nuntil = [\"progression\", \"toxicity\"]\n";

// Half of the patients are in after half of an even accrual, a quarter after half of one that speeds up; a rate of withdrawal leaves
// exp(−rate·t) of them; and both are the patient's, whatever the arm. Five standard errors.
#[test]
fn entry_and_withdrawal_follow_their_laws() {
    let plan = plan(4000, 400, &[("everolimus", EVEROLIMUS), ("sunitinib", SUNITINIB)]);
    for (law, expected) in [(AccrualLaw::Uniform, 0.5), (AccrualLaw::Linear, 0.25)] {
        let plan = conducted(&plan, |conduct| {
            *conduct =
                Conduct { accrual: 300, law, cutoff: Some(350), withdrawal: 0.002, ..Conduct::default() };
        });
        let (mut early, mut left, mut days) = (0, 0, BTreeSet::new());
        for patient in plan.cohort.patients() {
            let [one, other] = [0, 1].map(|arm| plan.follow(&patient, arm));
            assert_eq!((one.entry, one.withdraws), (other.entry, other.withdraws));
            assert!(one.entry < 300);
            days.insert(one.entry);
            early += u32::from(one.entry < 150);
            left += u32::from(one.withdraws.is_some_and(|day| day < 200));
            assert_eq!(one.limit(&one.view), Some((350 - one.entry).min(one.withdraws.unwrap_or(350))));
        }
        let close = |count: u32, expected: f64| {
            let share = f64::from(count) / 4000.0;
            assert!(
                (share - expected).abs() < 5.0 * (expected * (1.0 - expected) / 4000.0_f64).sqrt(),
                "{share}"
            );
        };
        close(early, expected);
        close(left, -libm::expm1(-0.002 * 200.0));
        assert!(days.len() > 250, "{}", days.len());
    }
    // Without accrual and withdrawal everybody is followed to the end.
    let follow = plan.follow(&plan.cohort.patient(3), 0);
    assert_eq!((follow.entry, follow.withdraws, follow.limit(&follow.view)), (0, None, Some(400)));
}

// A view changes what is shown of a tumour and not the tumour.
#[test]
fn views_show_the_same_tumours() {
    let usual = plan(30, 700, &[("sequence", &format!("{TOXIC}{EVEROLIMUS}"))]);
    let shown = |change: &dyn Fn(&mut Conduct)| by_surrogate(&conducted(&usual, |conduct| change(conduct)));
    let whole = shown(&|_| ());
    let cut = shown(&|conduct| (conduct.accrual, conduct.cutoff) = (200, Some(400)));
    let on = shown(&|conduct| conduct.estimand = Estimand::WhileOnTreatment);
    let (mut earlier, mut stopped) = (0, 0);
    for ((whole, cut), on) in whole.iter().zip(&cut).zip(&on) {
        let [whole, cut, on] = [whole, cut, on].map(|run| outcome(run, 0));
        assert_eq!((&whole.digest, &whole.digest), (&cut.digest, &on.digest));
        assert_eq!(cut.last_day, 400 - cut.entry);
        assert!(cut.pfs.days <= whole.pfs.days && cut.os.days <= cut.last_day);
        earlier += u32::from(cut.pfs != whole.pfs);
        stopped += u32::from(on.stopped[0]);
    }
    assert!(earlier > 3 && stopped > 3, "{earlier} {stopped}");
}

// Nobody stops, and else patients, tumours and draws are the same: who had not stopped comes out the same to the bit.
#[test]
fn the_hypothetical_estimand_is_simulated_in_the_same_patient() {
    let usual = plan(40, 500, &[("sunitinib", TOXIC)]);
    let never = conducted(&usual, |conduct| conduct.estimand = Estimand::Hypothetical);
    assert!(usual.arms()[0].therapy.toxicity.stops && !never.arms()[0].therapy.toxicity.stops);
    let (mut same, mut longer) = (0, 0);
    for (usual, never) in by_surrogate(&usual).iter().zip(&by_surrogate(&never)) {
        let (usual, never) = (outcome(usual, 0), outcome(never, 0));
        assert!(!never.discontinued);
        if usual.discontinued {
            longer += u32::from(never.on_treatment > usual.on_treatment);
        } else {
            assert_eq!(usual, never);
            same += 1;
        }
    }
    assert!(same > 5 && longer > 5, "{same} {longer}");
}

// An arm's own estimand goes before the trial's.
#[test]
fn arms_have_estimands_of_their_own() {
    let mut scenario = plan(2, 400, &[("a", TOXIC), ("b", TOXIC)]).scenario;
    let trial = scenario.trial.as_mut().unwrap();
    trial.conduct.estimand = Estimand::Composite;
    trial.arms[1].estimand = Some(Estimand::Hypothetical);
    let plan = Plan::new(&scenario, None).unwrap();
    let of = |arm: usize| TrialView::primary(&plan.trial, arm).estimand;
    assert_eq!((of(0), of(1)), (Estimand::Composite, Estimand::Hypothetical));
    assert_eq!([0, 1].map(|arm| plan.arms()[arm].therapy.toxicity.stops), [true, false]);
}

// A figure is seen by its own reader at its own cut-off, whatever the tables show; the same view is kept once.
#[test]
fn figures_are_seen_in_their_own_views() {
    let mut scenario = plan(60, 700, &[("everolimus", EVEROLIMUS)]).scenario;
    let trial = scenario.trial.as_mut().unwrap();
    (trial.conduct.accrual, trial.conduct.cutoff) = (200, Some(650));
    let published = |endpoint, reader, timing| Published {
        arm: 0,
        against: None,
        endpoint,
        at_months: None,
        value: 10.0,
        interval: None,
        reader,
        timing,
        confirmed: None,
        grade: Confidence::C,
        doubt: String::new(),
        role: Role::Predicted,
        source: String::new(),
    };
    let central = Some(ScanReader::Central);
    trial.published = vec![
        published(PublishedEndpoint::PfsMedian, None, FigureTiming::Unknown),
        published(PublishedEndpoint::PfsMedian, central, FigureTiming::Unknown),
        published(PublishedEndpoint::ResponseRate, central, FigureTiming::Cutoff(300)),
        published(PublishedEndpoint::AnyShrinkage, central, FigureTiming::FollowUp(200)),
        published(PublishedEndpoint::AnyShrinkage, central, FigureTiming::Cutoff(90)),
    ];
    let plan = Plan::new(&scenario, None).unwrap();
    assert_eq!(
        plan.published_views().len(),
        4,
        "a follow-up of 200 d after half of an accrual of 200 d is a cut-off on day 300"
    );
    let mut results = Results::new(&plan);
    by_surrogate(&plan).iter().for_each(|run| results.add(run));
    let trial = &plan.trial;
    let shown: Vec<&[Outcome]> =
        trial.published.iter().map(|p| results.shown(&TrialView::published(trial, p), 0)).collect();
    assert_eq!(shown[0], &results.arms[0][..]);
    assert!(shown[1] != shown[0] && shown[1].len() == 60);
    assert_eq!(shown[2], shown[3]);
    assert!(shown[2].iter().all(|o| o.last_day <= 300 - o.entry) && shown[2].len() == 60);
    // Who came in after the cut-off is not there.
    assert!((10..50).contains(&shown[4].len()), "{}", shown[4].len());
    assert!(shown[4].iter().all(|o| o.entry <= 90 && o.pfs.days <= 90));
    let value = |p: &Published| figure(trial, &results, p).and_then(|f| f.value);
    let by_hand = |outcomes: &[Outcome]| {
        100.0 * outcomes.iter().filter(|o| o.shrank()).count() as f64 / outcomes.len() as f64
    };
    for figure in [3, 4] {
        let found = value(&trial.published[figure]).unwrap();
        assert!((found - by_hand(shown[figure])).abs() < 1e-9, "{found}");
    }
}

// Readers do not change what happens: the investigator's reading steers.
#[test]
fn the_reader_who_is_shown_does_not_steer() {
    let with = |reader: &str| {
        let text = format!(
            "name = \"t\"\nphenotype = \"signalling\"\nseed = 5\n[time]\nend = \"600 d\"\n[lattice]\n[start]\n[oxygen]\n[vessels]\n\
             [cohort]\npatients = 20\nagents = 900\n[assessment]\nreader = \"{reader}\"\n[[arm]]\nname = \"a\"\n[[arm.therapy.line]]\n\
             regimens = \"everolimus 10 mg daily\"\nuntil = \"progression\"\n[[arm.therapy.line]]\nregimens = \"sunitinib 37.5 mg daily\"\n\
             until = \"progression\"\n"
        );
        let loaded = crate::scenario::parse(&text, "t.toml", Path::new("")).unwrap();
        by_surrogate(&Plan::new(&loaded.scenario, None).unwrap())
    };
    let (local, central) = (with("investigator"), with("central"));
    let mut differ = 0;
    for (local, central) in local.iter().zip(&central) {
        let (local, central) = (outcome(local, 0), outcome(central, 0));
        assert_eq!((&local.digest, local.second_line), (&central.digest, central.second_line));
        differ += u32::from(local.pfs != central.pfs);
    }
    assert!(differ > 3, "{differ}");
}
