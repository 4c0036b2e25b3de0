//! What share of a run patients and their therapy take: pharmacokinetics, exposure, rate tables.
//!
//! `cargo bench --bench care`. The same plan is run on a lattice with about 1e5 live cells and on one with about 500, where
//! the cells take no time to speak of: what is left is the host's work, which does not depend on the tumour. Each figure is the cost
//! of a day, from the difference between a long run and one of a day, so that preparing and settling the tumour do not count; the
//! shortest of several runs in turns, one thread. The host's work is largest while levels rise, so it is given over the first
//! sixteen weeks and over the first year.

use std::path::Path;
use std::time::Instant;

use evotor::scenario;
use evotor::simulation::{BackendOptions, Job, Settings, run_in_memory};

/// Edges of the lattices, in sites; nests fill 12 % of them.
const EDGES: [u32; 2] = [16, 96];
/// Days of the short and the long runs.
const DAYS: [u32; 3] = [1, 112, 364];
const ROUNDS: usize = 5;

/// Plans: name, pharmacokinetics, sections.
const PLANS: [(&str, &str, &str); 7] = [
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
        "everolimus + sunitinib, drawn",
        "virtual",
        "regimen = [\"everolimus 10 mg daily\", \"sunitinib 37.5 mg daily\"]",
    ),
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
    let check = days.min(7);
    let text = format!(
        "name = \"care\"\nphenotype = \"signalling\"\n[time]\nend = \"{days} d\"\ncheck = \"{check} d\"\n[lattice]\n\
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

/// Shortest times of runs of these lengths, in turns.
fn shortest<const N: usize>(jobs: &[Job; N]) -> [f64; N] {
    let mut best = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for (best, job) in best.iter_mut().zip(jobs) {
            *best = best.min(time(job));
        }
    }
    best
}

/// ms a day between two runs.
fn per_day(short: f64, long: f64, days: u32) -> f64 {
    1e3 * (long - short) / f64::from(days - DAYS[0])
}

fn main() {
    println!(
        "plan, host ms/day of 16 weeks, of a year, run ms/day of 16 weeks, share of the host %, of a year %"
    );
    for (name, pharmacokinetics, therapy) in PLANS {
        let of = |edge: u32, days: u32| job(edge, days, pharmacokinetics, therapy);
        let [day, weeks, year] = shortest(&DAYS.map(|days| of(EDGES[0], days)));
        let [whole_day, whole_weeks] = shortest(&[DAYS[0], DAYS[1]].map(|days| of(EDGES[1], days)));
        let (host, of_year) = (per_day(day, weeks, DAYS[1]), per_day(day, year, DAYS[2]));
        let whole = per_day(whole_day, whole_weeks, DAYS[1]);
        let share = |host: f64| 100.0 * host / whole;
        println!("{name}, {host:.2}, {of_year:.2}, {whole:.2}, {:.1}, {:.1}", share(host), share(of_year));
    }
}
