//! What a trial would say of the same patients by agents and by the mean field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{all, on_cpu};
use super::{ARMS, DAYS, asked, path};
use crate::trial::outcome::{DAYS_PER_MONTH, Ended, Outcome};
use crate::trial::run::{PatientRun, Plan, TrialOptions};

const PATIENTS: u32 = 60;
/// Placebo, everolimus, sunitinib, both.
const COMPARED: usize = 4;

/// What is kept of a patient in an arm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Kept {
    days: u32,
    ended: Ended,
    responded: bool,
}

impl Kept {
    fn of(outcome: &Outcome) -> Self {
        Self { days: outcome.pfs.days, ended: outcome.pfs.ended, responded: outcome.responded() }
    }

    /// Months without an event, to the end; who has none by then is followed until then.
    fn months(&self) -> f64 {
        let days = if self.ended == Ended::Censored { DAYS } else { self.days };
        f64::from(days) / DAYS_PER_MONTH
    }
}

type Trial = BTreeMap<(String, u32), Kept>;

fn told(runs: &[PatientRun]) -> Trial {
    let of = |run: &PatientRun| {
        let id = run.patient.id;
        let arm = move |(arm, done): &(usize, _)| {
            let (outcome, _): &(Outcome, _) = Result::as_ref(done).unwrap();
            ((ARMS[*arm].0.to_owned(), id), Kept::of(outcome))
        };
        run.arms.iter().map(arm).collect::<Vec<_>>()
    };
    runs.iter().flat_map(of).collect()
}

fn kept(plan: &Plan) -> Trial {
    let path = path("agents-outcomes.csv");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let mut file = csv::Writer::from_path(&path).unwrap();
        for ((arm, patient), kept) in told(&all(plan, &on_cpu(2))) {
            file.serialize((arm, patient, kept.days, kept.ended, kept.responded)).unwrap();
        }
    }
    let mut read = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    let rows = read.deserialize::<(String, u32, u32, Ended, bool)>().map(Result::unwrap);
    rows.map(|(arm, patient, days, ended, responded)| ((arm, patient), Kept { days, ended, responded }))
        .collect()
}

// Ruling 39: in 60 paired patients of an arm the same scan of progression in 90 % or more, restricted means within 0.3 months, response
// rates within 2 points.
#[test]
fn a_trial_by_the_mean_field_is_that_by_agents() {
    let scenario = asked(PATIENTS, &ARMS[..COMPARED]);
    let plan = Plan::new(&scenario, None).unwrap();
    let agents = kept(&plan);
    let found = told(&all(&plan, &TrialOptions { surrogate: true, ..on_cpu(2) }));
    let mut wrong = Vec::new();
    for (arm, _) in &ARMS[..COMPARED] {
        let of_arm = found.iter().filter(|((of, _), _)| of == arm);
        let pairs: Vec<(Kept, Kept)> = of_arm.map(|(key, one)| (*one, agents[key])).collect();
        assert_eq!(pairs.len(), PATIENTS as usize);
        let mean = |of: &dyn Fn(&(Kept, Kept)) -> f64| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64;
        let same = mean(&|(a, b)| f64::from((a.days, a.ended) == (b.days, b.ended)));
        let months = mean(&|(a, b)| a.months() - b.months());
        let responses = mean(&|(a, b)| f64::from(a.responded) - f64::from(b.responded));
        println!("{arm:14} {same:.3} at the same scan, {months:+.2} months, {responses:+.3} responses");
        if same < 0.9 || months.abs() >= 0.3 || responses.abs() >= 0.02 {
            wrong.push((arm, same, months, responses));
        }
    }
    assert!(wrong.is_empty(), "arm, same scan, months, responses: {wrong:?}");
}
