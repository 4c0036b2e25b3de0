//! The mean field beside curves of agents that are kept: either engine's change shows here.
//!
//! `UPDATE_GOLDEN=1 cargo test --lib agreement` computes the agents anew (some minutes).

mod outcomes;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{all, on_cpu, plan};
use crate::biology::StateSpace;
use crate::scenario::{CohortChange, Placement, Scenario};
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

/// A trial of arms with one line each, as in the files of trials: hardly a division lacks a site.
fn asked(patients: u32, arms: &[(&str, &str)]) -> Scenario {
    let lines: Vec<String> =
        arms.iter().map(|(_, r)| format!("[[therapy.line]]\n{r}\nuntil = \"progression\"\n")).collect();
    let arms: Vec<(&str, &str)> =
        arms.iter().zip(&lines).map(|((name, _), line)| (*name, line.as_str())).collect();
    let mut scenario = plan(patients, DAYS, &arms).scenario;
    scenario.lattice.placement = Placement::Radius { radius: 4, candidates: 16 };
    scenario.trial.as_mut().unwrap().cohort.agents = Some(AGENTS);
    scenario
}

/// Nobody is scanned and nobody dies, so that all are followed to the end.
fn watched() -> Plan {
    unseen(asked(PATIENTS, &ARMS))
}

fn unseen(mut scenario: Scenario) -> Plan {
    let trial = scenario.trial.as_mut().unwrap();
    let assessment = &mut trial.assessment;
    assessment.visits.at = vec![10 * DAYS];
    (assessment.new_lesions, assessment.background_mortality, assessment.tumour_death) = (0.0, 0.0, 0.0);
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

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden").join(name)
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
        std::fs::write(path("agents.csv"), text).unwrap();
    }
    let mut read = csv::Reader::from_path(path("agents.csv")).unwrap();
    read.deserialize()
        .map(|row| row.map(|(arm, patient, day, v)| ((arm, patient, day), v)).unwrap())
        .collect()
}

/// Live agents of a patient at the start.
const AGENTS: u32 = 20_000;

/// How far both may be apart: by the end of 6, 12 and 24 months, or three standard errors of the agents' number.
fn tolerance(day: u32, ln_volume: f64) -> f64 {
    let period = [183, 365].iter().filter(|end| day > **end).count();
    let limit: f64 = [0.03, 0.06, 0.10][period];
    limit.max(3.0 / libm::sqrt(f64::from(AGENTS) * libm::exp(ln_volume)))
}

// Kept curves are those of agents; a difference beyond the tolerance means that one of both engines has left the model.
#[test]
fn the_mean_field_follows_agents() {
    let plan = watched();
    let agents = kept(&plan);
    let space = StateSpace::new(&plan.scenario);
    let arms: Vec<usize> = (0..ARMS.len()).collect();
    let (mut compared, mut wrong) = (0, Vec::new());
    for id in 0..PATIENTS {
        let patient = plan.cohort.patient(id);
        let done = surrogate::through(&plan, &space, &patient, &arms).unwrap();
        for ((arm, _), (_, seen)) in ARMS.iter().zip(&done) {
            let found = curve(arm, id, &seen.chart);
            let both = found.filter_map(|(key, v)| Some((key.2, v, *agents.get(&key)?)));
            let both: Vec<(u32, f64, f64)> = both.collect();
            let off =
                both.iter().map(|(_, v, expected)| v - expected).max_by(|a, b| a.abs().total_cmp(&b.abs()));
            println!("{arm:14} patient {id}: at most {:+.3} apart", off.unwrap());
            compared += both.len();
            let too_far = both.into_iter().filter(|(day, v, at)| (v - at).abs() > tolerance(*day, *at));
            wrong.extend(too_far.map(|found| (*arm, id, found)));
        }
    }
    assert!(compared > 500, "{compared}");
    assert!(wrong.is_empty(), "arm, patient, (day, mean field, agents): {wrong:?}");
}

// One cycle, beside agents that are computed here: lesions with doses of their own, cells that die at division.
#[test]
fn the_mean_field_follows_agents_through_a_cycle_of_a_radionuclide() {
    let arm = "regimens = \"177Lu-DOTATATE 7.4 GBq every 8 weeks x1\"";
    let mut scenario = asked(2, &[("one cycle", arm)]);
    scenario.time.end = 170 * 24 / scenario.time.step_hours;
    let changes = &mut scenario.trial.as_mut().unwrap().cohort.changes;
    changes.push(CohortChange { quantity: "sstr".to_owned(), typical: None, spread: None, fixed: Some(1.0) });
    let plan = unseen(scenario);
    let space = StateSpace::new(&plan.scenario);
    let mut least: f64 = 0.0;
    for run in all(&plan, &on_cpu(2)) {
        let field = &surrogate::through(&plan, &space, &run.patient, &[0]).unwrap()[0].1;
        let agents = &run.arms[0].1.as_ref().unwrap().1;
        let (field, agents) = (curve("", 0, &field.chart), curve("", 0, &agents.chart));
        for ((key, field), (at, agents)) in field.zip(agents) {
            assert_eq!(key, at);
            println!("patient {} day {}: {field:+.4} {agents:+.4}", run.patient.id, key.2);
            assert!((field - agents).abs() <= tolerance(key.2, agents), "{key:?}: {field} {agents}");
            least = least.min(agents);
        }
    }
    assert!(least < -0.1, "hardly anything was hit: {least}");
}

// Half a year of sunitinib beside agents that are computed here: a large part of the cells comes to keep vessels without VEGF, in either engine as many,
// and with everolimus alone hardly any.
#[test]
fn the_mean_field_follows_agents_into_evasive_angiogenesis() {
    let arms = [("sunitinib", "sunitinib 37.5 mg daily"), ("everolimus", "everolimus 10 mg daily")]
        .map(|(name, regimen)| (name, format!("regimens = \"{regimen}\"")));
    let mut scenario = asked(2, &[0, 1].map(|arm: usize| (arms[arm].0, arms[arm].1.as_str())));
    scenario.time.end = 170 * 24 / scenario.time.step_hours;
    let plan = unseen(scenario);
    let space = StateSpace::new(&plan.scenario);
    let locus = plan.scenario.loci.iter().position(|l| l.name == "angiogenesis").unwrap();
    let mut evasive = [0.0_f64; 2];
    for run in all(&plan, &on_cpu(2)) {
        let fields = surrogate::through(&plan, &space, &run.patient, &[0, 1]).unwrap();
        for (arm, (_, field)) in fields.iter().enumerate() {
            let agents = &run.arms[arm].1.as_ref().unwrap().1;
            for (field, agents) in field.chart.compositions.iter().zip(&agents.chart.compositions) {
                assert_eq!(field.day, agents.day);
                let (v, at) = (libm::log(field.volume), libm::log(agents.volume));
                let (share, of_agents) = (field.changed[locus], agents.changed[locus]);
                println!(
                    "{} patient {} day {}: {v:+.4} {at:+.4}, evasive {share:.4} {of_agents:.4}",
                    arms[arm].0, run.patient.id, field.day
                );
                assert!((v - at).abs() <= tolerance(field.day, at), "day {}: {v} {at}", field.day);
                // Five standard errors of a share among this many agents, and selection among neighbours, which the mean field has not.
                let error = 5.0 * libm::sqrt(share * (1.0 - share) / (f64::from(AGENTS) * agents.volume));
                assert!((share - of_agents).abs() <= error + 0.02, "day {}: {share} {of_agents}", field.day);
                evasive[arm] = evasive[arm].max(share);
            }
        }
    }
    assert!(evasive[0] > 0.2 && evasive[1] < 0.001, "{evasive:?}");
}
