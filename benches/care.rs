//! What share of a run patients and their therapy take: pharmacokinetics, exposure, rate tables.
//!
//! `cargo bench --bench care`. The same plan is run on a lattice with about 1e5 live cells and on one with about 500, where
//! the cells take no time to speak of: what is left is the host's work, which does not depend on the tumour. Each figure is the cost
//! of a day, from the difference between a long and a short run, so that preparing and settling the tumour do not count; median
//! of several runs in turns, one thread.

use std::path::Path;
use std::time::Instant;

use evotor::scenario;
use evotor::simulation::{BackendOptions, Job, Settings, run_in_memory};

/// Edges of the lattices, in sites; nests fill 12 % of them.
const EDGES: [u32; 2] = [16, 96];
/// Days of the short and the long run.
const DAYS: [u32; 2] = [28, 112];
const ROUNDS: usize = 5;

/// Plans: name, pharmacokinetics, sections.
const PLANS: [(&str, &str, &str); 6] = [
    ("untreated", "typical", ""),
    ("everolimus", "typical", "regimen = \"everolimus 10 mg daily\""),
    ("everolimus, drawn", "virtual", "regimen = \"everolimus 10 mg daily\""),
    (
        "everolimus + octreotide",
        "typical",
        "regimen = \"everolimus 10 mg daily\"\nbackground = [\"octreotide LAR 30 mg every 28 d\"]",
    ),
    ("sunitinib 4/2", "typical", "regimen = \"sunitinib 50 mg daily, 4 weeks on 2 weeks off\""),
    (
        "three drugs, drawn",
        "virtual",
        "regimen = [\"everolimus 10 mg daily\", \"sunitinib 37.5 mg daily\"]\nbackground = [\"octreotide LAR 30 mg every 28 d\"]",
    ),
];

fn job(edge: u32, days: u32, pharmacokinetics: &str, therapy: &str) -> Job {
    let therapy = match therapy {
        "" => String::new(),
        lines => format!(
            "[therapy]\n{lines}\n[therapy.visits]\nevery = \"28 d\"\n[therapy.toxicity]\nevents = false\n"
        ),
    };
    let text = format!(
        "name = \"care\"\nphenotype = \"signalling\"\n[time]\nend = \"{days} d\"\ncheck = \"7 d\"\n[lattice]\n\
         size = [{edge}, {edge}, {edge}]\nplacement = \"radius\"\n[start]\n[patient]\ngrowth = \"0.0025 /d\"\n\
         pharmacokinetics = \"{pharmacokinetics}\"\n[oxygen]\n[vessels]\n{therapy}"
    );
    let loaded = scenario::parse(&text, "bench", Path::new("")).expect("a scenario");
    Job::new(&loaded.scenario, Path::new("")).expect("a job")
}

/// Seconds of a run.
fn time(job: &Job) -> f64 {
    let settings = Settings { backend: BackendOptions::cpu(1), ..Settings::default() };
    let begun = Instant::now();
    run_in_memory(job, &settings).expect("the run");
    begun.elapsed().as_secs_f64()
}

fn main() {
    println!("plan, host ms/day, run ms/day, share of the host %");
    for (name, pharmacokinetics, therapy) in PLANS {
        let jobs = EDGES.map(|edge| DAYS.map(|days| job(edge, days, pharmacokinetics, therapy)));
        let mut found = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (found, jobs) in found.iter_mut().zip(&jobs) {
                let [short, long] = [&jobs[0], &jobs[1]].map(time);
                found.push(1e3 * (long - short) / f64::from(DAYS[1] - DAYS[0]));
            }
        }
        let [host, whole] = found.map(|mut all| {
            all.sort_by(f64::total_cmp);
            all[ROUNDS / 2]
        });
        println!("{name}, {host:.2}, {whole:.2}, {:.0}", 100.0 * host / whole);
    }
}
