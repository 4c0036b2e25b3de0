//! The mean field beside curves of agents that are kept: either engine's change shows here.
//!
//! `UPDATE_GOLDEN=1 cargo test --lib agreement` computes the agents anew (a minute).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{all, on_cpu, plan};
use crate::biology::StateSpace;
use crate::trial::run::Plan;
use crate::trial::surrogate;
use crate::trial::visits::Chart;

const DAYS: u32 = 728;
const PATIENTS: u32 = 3;

/// Arms, and their names in the kept file.
const ARMS: [(&str, &str); 7] = [
    ("placebo", "regimens = \"best supportive care\""),
    ("everolimus", "regimens = \"everolimus 10 mg daily\""),
    ("sunitinib", "regimens = \"sunitinib 37.5 mg daily\""),
    ("both", "regimens = [\"everolimus 10 mg daily\", \"sunitinib 37.5 mg daily\"]"),
    ("bevacizumab", "regimens = \"bevacizumab 10 mg/kg every 2 weeks\""),
    ("sorafenib", "regimens = \"sorafenib 400 mg twice daily\""),
    ("radionuclide", "regimens = \"177Lu-DOTATATE 7.4 GBq every 8 weeks x4\""),
];

/// Logarithm of the volume by arm, patient and day.
type Curves = BTreeMap<(String, u32, u32), f64>;

/// Nobody is scanned and nobody dies, so that all are followed to the end.
fn watched() -> Plan {
    let lines: Vec<String> =
        ARMS.iter().map(|(_, r)| format!("[[therapy.line]]\n{r}\nuntil = \"progression\"\n")).collect();
    let arms: Vec<(&str, &str)> =
        ARMS.iter().zip(&lines).map(|((name, _), line)| (*name, line.as_str())).collect();
    let mut scenario = plan(PATIENTS, DAYS, &arms).scenario;
    let trial = scenario.trial.as_mut().unwrap();
    trial.cohort.agents = Some(20_000);
    let assessment = &mut trial.assessment;
    assessment.at = vec![10 * DAYS];
    (assessment.new_lesions, assessment.other_death, assessment.tumour_death) = (0.0, 0.0, 0.0);
    Plan::new(&scenario, None).unwrap()
}

fn curve(arm: &str, patient: u32, chart: &Chart) -> impl Iterator<Item = ((String, u32, u32), f64)> {
    let of = move |day: u32, volume: f64| ((arm.to_owned(), patient, day), libm::log(volume));
    chart
        .compositions
        .iter()
        .filter(|c| c.volume > 1e-3)
        .map(move |c| of(c.day, c.volume))
        .collect::<Vec<_>>()
        .into_iter()
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden/agents.csv")
}

fn kept(plan: &Plan) -> Curves {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let runs = all(plan, &on_cpu(2));
        let mut text = "arm,patient,day,ln_volume\n".to_owned();
        for run in &runs {
            for (arm, done) in &run.arms {
                for ((name, patient, day), v) in
                    curve(ARMS[*arm].0, run.patient.id, &done.as_ref().unwrap().1.chart)
                {
                    text += &format!("{name},{patient},{day},{v:.4}\n");
                }
            }
        }
        std::fs::write(path(), text).unwrap();
    }
    let mut read = csv::Reader::from_path(path()).unwrap();
    read.deserialize()
        .map(|row| row.map(|(arm, patient, day, v)| ((arm, patient, day), v)).unwrap())
        .collect()
}

// Tolerance of the contract between both engines, by the end of 6, 12 and 24 months. Kept curves are those of agents: 20 000 a patient.
#[test]
fn the_mean_field_follows_agents() {
    let plan = watched();
    let agents = kept(&plan);
    let space = StateSpace::new(&plan.scenario);
    let mut worst: BTreeMap<(usize, usize), (f64, u32, u32)> = BTreeMap::new();
    let arms: Vec<usize> = (0..ARMS.len()).collect();
    let mut compared = 0;
    for id in 0..PATIENTS {
        let patient = plan.cohort.patient(id);
        for (arm, (_, seen)) in surrogate::through(&plan, &space, &patient, &arms).unwrap().iter().enumerate()
        {
            for (key, v) in curve(ARMS[arm].0, id, &seen.chart) {
                let Some(expected) = agents.get(&key) else { continue };
                compared += 1;
                let period = [183, 365, DAYS].iter().position(|end| key.2 <= *end).unwrap();
                let entry = worst.entry((arm, period)).or_default();
                if (v - expected).abs() > entry.0.abs() {
                    *entry = (v - expected, id, key.2);
                }
            }
        }
    }
    for ((arm, period), (off, patient, day)) in &worst {
        println!("{:14} {period}: {off:+.4} (patient {patient}, day {day})", ARMS[*arm].0);
    }
    assert!(compared > 300, "{compared}");
    for ((arm, period), (off, ..)) in &worst {
        let most = [0.03, 0.06, 0.10][*period];
        assert!(off.abs() <= most, "{}: {off} by period {period}", ARMS[*arm].0);
    }
}
