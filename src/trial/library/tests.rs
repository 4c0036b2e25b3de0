use std::path::Path;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::biology::StateSpace;
use crate::scenario::{CohortChange, Scenario};
use crate::simulation::Shard;
use crate::therapy::response::Category;
use crate::trial::file;
use crate::trial::hooks::TrialHooks;
use crate::trial::run::Plan;
use crate::trial::visits::first_progression;

fn scenario(end: &str, every: &str, therapy: &str) -> Scenario {
    let text = format!(
        "name = \"tumours\"\nphenotype = \"signalling\"\nseed = 9\n[time]\nend = \"{end}\"\n[lattice]\nplacement = \"radius\"\nradius = 4\n\
         [start]\n[oxygen]\n[vessels]\n[cohort]\npatients = 3\nagents = 900\ndistributions = \"sources\"\n[assessment]\njitter = \"3 d\"\n\
         [assessment.visits]\nevery = \"{every}\"\n[[arm]]\nname = \"everolimus\"\n{therapy}"
    );
    file::parse(&text, "tumours.toml", Path::new("")).unwrap().scenario
}

const EVEROLIMUS: &str = "[arm.therapy]\nregimen = \"everolimus 10 mg daily\"\n";

fn change(quantity: &str, typical: Option<f64>, spread: Option<f64>) -> CohortChange {
    CohortChange { quantity: quantity.to_owned(), typical, spread, fixed: None }
}

fn with(mut scenario: Scenario, seed: u64, changes: &[CohortChange]) -> Scenario {
    scenario.seed = seed;
    scenario.trial.as_mut().unwrap().cohort.changes.extend_from_slice(changes);
    scenario
}

/// Of each patient: whether it is alive without progression at the end, and ln V of the first lesion there, cut off at 1.
fn direct(plan: &Plan, patients: u32) -> Vec<(f64, f64)> {
    let space = StateSpace::new(&plan.scenario);
    let one = |id: u32| {
        let patient = plan.cohort.patient(id);
        let kept = follow_tumour(plan, &space, (&patient, 0), &|day| day % EVERY == 0).unwrap();
        let follow = plan.follow(&patient, 0);
        let seen = first_progression(&follow, 0, kept.died, |day| volumes_between(&kept.states, day));
        (f64::from(u8::from(!seen.event)), kept.states.last().unwrap().volumes[0].ln().clamp(-1.0, 1.0))
    };
    (0..patients).map(one).collect()
}

fn mean_and_error(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, (values.map(|x| (x - mean) * (x - mean)).sum::<f64>() / n / (n - 1.0)).sqrt())
}

// Patients of other laws, simulated with another seed, against those of a wide law that are weighted to be them: growth that is five times as
// fast, a narrower spread, everolimus that is half as potent. Differences stay within 4.5 standard errors of both (7e-6 for each of
// six); without weights the first of them does not.
#[test]
fn weighted_patients_are_those_of_the_other_law() {
    let base = || scenario("154 d", "42 d", EVEROLIMUS);
    let wide = [change("growth", None, Some(2.0)), change("rapalog_ec_factor", None, Some(1.0))];
    let library = Plan::new(&with(base(), 9, &wide), Some(260)).unwrap();
    let kept = direct(&library, 260);
    let laws = [
        change("growth", Some(0.0175), None),
        change("growth", None, Some(0.8)),
        change("rapalog_ec_factor", Some(2.0), None),
    ];
    for (number, law) in laws.into_iter().enumerate() {
        let name = law.quantity.clone();
        let target = Plan::new(&with(base(), 100 + number as u64, &[law]), Some(130)).unwrap();
        let logs: Vec<f64> =
            (0..260).map(|id| library.cohort.log_weight(&target.cohort, id).unwrap()).collect();
        let weights = ImportanceWeights::of_logs(&logs);
        assert!(
            weights.effective > 60.0 && !weights.is_unreliable(),
            "{name}: {} {:?}",
            weights.effective,
            weights.k_hat
        );
        let own = direct(&target, 130);
        for part in [|x: &(f64, f64)| x.0, |x: &(f64, f64)| x.1] {
            let (mean, error) = mean_and_error(own.iter().map(part));
            let weighted = weights.mean(|id| part(&kept[id]));
            let bound = 4.5 * weights.standard_error(|id| part(&kept[id])).hypot(error);
            assert!((weighted - mean).abs() < bound, "{name}: {weighted} and not {mean} ± {bound}");
        }
        if number == 0 {
            let (mean, error) = mean_and_error(own.iter().map(|x| x.1));
            let (plain, other) = mean_and_error(kept.iter().map(|x| x.1));
            assert!((plain - mean).abs() > 4.5 * error.hypot(other), "{plain} and {mean}: the test is blind");
        }
    }
}

// Where scans do not change the therapy, what is read afterwards from each day's volumes is what the trial saw: the same draws.
#[test]
fn scans_afterwards_are_those_of_the_trial() {
    let fast = [change("growth", Some(0.02), Some(0.4))];
    let plan = Plan::new(&with(scenario("260 d", "28 d", EVEROLIMUS), 9, &fast), Some(12)).unwrap();
    let space = StateSpace::new(&plan.scenario);
    let mut events = 0;
    for id in 0..12 {
        let patient = plan.cohort.patient(id);
        let kept = follow_tumour(&plan, &space, (&patient, 0), &|_| true).unwrap();
        let first =
            kept.scans.iter().find(|scan| scan.category == Category::Progression).map(|scan| scan.day);
        let follow = plan.follow(&patient, 0);
        let seen = first_progression(&follow, 0, kept.died, |day| volumes_between(&kept.states, day));
        let expected = first.into_iter().chain(kept.died).min().filter(|day| *day <= follow.end);
        assert_eq!(seen.event.then_some(seen.day), expected, "patient {id}");
        events += u32::from(seen.event);
        // A week between states moves no volume by more than a hundredth of its logarithm.
        let weekly: Vec<TumourState> = kept.states.iter().filter(|s| s.day % EVERY == 0).cloned().collect();
        let apart = |s: &TumourState| (volumes_between(&weekly, s.day)[0] / s.volumes[0]).ln().abs();
        let last = weekly.last().unwrap().day;
        assert!(kept.states.iter().filter(|s| s.day <= last).all(|s| apart(s) < 0.01), "patient {id}");
    }
    assert!((4..=12).contains(&events), "{events}");
}

#[cfg(feature = "parquet")]
#[test]
fn a_library_is_made_in_parts_gone_on_with_and_refused_when_stale() {
    let temp = tempfile::tempdir().unwrap();
    let two =
        format!("{EVEROLIMUS}[[arm]]\nname = \"none\"\n[arm.therapy]\nregimen = \"best supportive care\"\n");
    let scenario = scenario("28 d", "14 d", &two);
    let stop = AtomicUsize::new(0);
    let make = |dir: &Path, shard: Option<Shard>, force: bool| {
        let question = LibraryQuestion { patients: Some(40), shard, threads: 2 };
        question.make(dir, &scenario, force, &mut TrialHooks { listener: &mut (), stop: &stop })
    };
    let [whole, first, second] = ["whole", "first", "second"].map(|name| temp.path().join(name));
    let manifest = make(&whole, None, false).unwrap();
    assert_eq!((manifest.blocks(), manifest.arms.len()), (2, 2));
    let library = Library::open(std::slice::from_ref(&whole)).unwrap();
    let none = library.tumours(1).unwrap();
    assert_eq!(none.iter().map(|kept| kept.patient).collect::<Vec<_>>(), (0..40).collect::<Vec<_>>());
    // What is kept is what came out, to 32 bits.
    let space = StateSpace::new(&library.plan.scenario);
    let patient = library.plan.cohort.patient(33);
    let own = follow_tumour(&library.plan, &space, (&patient, 0), &|day| day % EVERY == 0).unwrap();
    let kept = &library.tumours(0).unwrap()[33];
    assert_eq!((kept.patient, kept.died, kept.states.len()), (33, own.died, own.states.len()));
    for (kept, own) in kept.states.iter().zip(&own.states) {
        assert_eq!((kept.day, kept.line, &kept.steps), (own.day, own.line, &own.steps));
        let close = |a: &[f64], b: &[f64]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5 * b.abs().max(1.0))
        };
        assert!(
            close(&kept.volumes, &own.volumes)
                && close(&kept.shares, &own.shares)
                && close(&kept.troughs, &own.troughs)
        );
        assert!(kept.day == 0 || kept.troughs[0] > 1.0, "everolimus is there");
    }
    // Its own law weighs all alike.
    let weights = library.weights(&library.plan).unwrap();
    assert!((weights.effective - 40.0).abs() < 1e-9);
    assert_eq!(library.reweighted(&library.plan).unwrap().len(), 0, "28 days are no month");

    for (dir, index) in [(&first, 0), (&second, 1)] {
        make(dir, Some(Shard { index, of: 2 }), false).unwrap();
    }
    let message = Library::open(std::slice::from_ref(&first)).unwrap_err().to_string();
    assert!(message.contains("1 of 2 blocks") && message.contains("evotor library"), "{message}");
    let parts = Library::open(&[first.clone(), second]).unwrap();
    assert_eq!(parts.tumours(1).unwrap(), none);

    let block = whole.join("block-000001.parquet");
    let before = std::fs::read(&block).unwrap();
    std::fs::remove_file(&block).unwrap();
    make(&whole, None, false).unwrap();
    assert_eq!(std::fs::read(&block).unwrap(), before, "it goes on with what is missing");

    // Another model would have computed another tumour of the first patient.
    let path = whole.join("library.json");
    let text = std::fs::read_to_string(&path).unwrap().replace(&manifest.model[..8], "00000000");
    std::fs::write(&path, text).unwrap();
    let message = Library::open(std::slice::from_ref(&whole)).unwrap_err().to_string();
    assert!(
        message.contains("stale") && message.contains("model") && message.contains("--force"),
        "{message}"
    );
    let refused = make(&whole, None, false).unwrap_err().to_string();
    assert!(refused.contains("--force"), "{refused}");
    make(&whole, None, true).unwrap();
    Library::open(&[whole]).unwrap();
    stop.store(15, std::sync::atomic::Ordering::Relaxed);
    assert!(make(&temp.path().join("stopped"), None, false).is_err());
}
