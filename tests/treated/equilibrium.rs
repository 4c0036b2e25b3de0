//! An untreated tumour begins as it goes on (ruling 23), and space does not set its growth (ruling 17).

use std::path::Path;

use evotor::scenario::Mode;

use super::trial::{Plan, Ran, number, run};

/// Net growth of the typical patient, per day.
const GROWTH: f64 = 0.0035;

fn untreated() -> (Plan, Ran) {
    let environment = (0..=120).step_by(20).collect();
    let plan = Plan { replicates: 4, edge: 48, environment, ..Plan::default() };
    let ran = plan.run();
    (plan, ran)
}

/// Diameter relative to exp(r·t/3) times that at the start, mean over replicates, by check.
fn diameters(plan: &Plan, ran: &Ran) -> Vec<(f64, f64)> {
    let all: Vec<Vec<(f64, f64)>> = (0..plan.replicates)
        .map(|replicate| {
            let burden = ran.burden(replicate);
            let start = burden[0].1 + burden[0].2;
            let of = |(day, live, dead): &(f64, f64, f64)| {
                (*day, libm::cbrt((live + dead) / start) / libm::exp(GROWTH * day / 3.0))
            };
            burden.iter().map(of).collect()
        })
        .collect();
    let mean = |i: usize| all.iter().map(|r| r[i].1).sum::<f64>() / f64::from(plan.replicates);
    (0..all[0].len()).map(|i| (all[0][i].0, mean(i))).collect()
}

// 1 % of the diameter is the bound of the ruling. Chance is a part of it: the variance of a birth-death process with b(1 − κ) =
// 0.007 and d = 0.0035 per day is 3·N·m(m − 1) with m = exp(rt), so the mean diameter of 4 tumours of 12,900 cells has a
// standard deviation of at most 0.15 %. A step takes nothing: its growth is exp(rΔt).
#[test]
fn an_untreated_tumour_shows_no_transient() {
    let (plan, ran) = untreated();
    let worst = diameters(&plan, &ran).into_iter().map(|(_, d)| (d - 1.0).abs()).fold(0.0, f64::max);
    println!("diameter: at most {:.2} % off exp(rt/3)", 100.0 * worst);
    assert!(worst < 0.01, "{worst}");
    for replicate in 0..plan.replicates {
        let burden = ran.burden(replicate);
        // D/(L + D) = x/(1 + x), x = d/(c + r): 3.3 %.
        let expected = 0.0035 / 0.1035 / (1.0 + 0.0035 / 0.1035);
        for (day, live, dead) in &burden {
            let n = live + dead;
            let bound = 5.3 * libm::sqrt(expected / n) + 0.002;
            assert!((dead / n - expected).abs() < bound, "day {day}: dead {}", dead / n);
        }
        let [first, last] = [0, 120].map(|day| ran.share(replicate, day, "rtk="));
        println!("rtk: {first:.4} at the start, {last:.4} after 120 d; {:?}", burden.last());
        // Of 13,000 cells 2 %, each with its descendants: binomial, five standard deviations of a share that began at 0.02,
        // with a variance inflated by growth (as above, 3m at most 4.6).
        assert!((last - 0.02).abs() < 5.3 * libm::sqrt(4.6 * 0.02 / burden[0].1), "{first} {last}");
        let rows = ran.of("environment", replicate);
        for row in &rows {
            let vessels = number(row, "vessels") / number(&rows[0], "vessels");
            assert!((vessels - 1.0).abs() < 0.06, "vessels {vessels} on day {}", row["day"]);
        }
    }
}

// Negative control: a tumour that starts without its dead cells is 1.1 % smaller than it seems for a month, and is noticed.
#[test]
fn a_start_without_the_dead_shows_a_transient() {
    let plan = Plan { days: 40, replicates: 4, ..Plan::default() };
    let ran = run(&plan.text().replace("shape = \"nests\"", "shape = \"nests\"\ndead = 0.0"));
    let worst = diameters(&plan, &ran).into_iter().map(|(_, d)| (d - 1.0).abs()).fold(0.0, f64::max);
    assert!(worst > 0.01, "{worst}");
    let burden = ran.burden(0);
    assert!(burden[0].2 == 0.0 && burden.last().unwrap().2 > 0.0);
}

/// Share of division attempts that found no empty site, at the end of each replicate.
fn blocked(ran: &Ran) -> f64 {
    let of = |row: &std::collections::HashMap<String, String>| {
        number(row, "blocked_divisions") / (number(row, "blocked_divisions") + number(row, "births"))
    };
    ran.table("replicates").iter().map(of).fold(0.0, f64::max)
}

// Every scenario in mode `signalling` that is shipped, or that stands for one in the tests.
#[test]
fn space_blocks_hardly_any_division_of_shipped_trials() {
    let mut found = Vec::new();
    for folder in ["scenarios", "tests/data/scenario/good"] {
        for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|e| e != "toml") || path.ends_with("calibration.toml") {
                continue;
            }
            let loaded = evotor::scenario::load(&path).unwrap();
            // The lesions of trials are as many as their patients, and are thinned before they crowd.
            if loaded.scenario.mode == Mode::Signalling && loaded.scenario.trial.is_none() {
                let share = blocked(&run(&loaded.text));
                println!("{}: {:.2} % blocked", path.display(), 100.0 * share);
                found.push((path, share));
            }
        }
    }
    assert!(!found.is_empty());
    assert!(found.iter().all(|(_, share)| *share < 0.01), "{found:?}");
}

// Negative control: two doublings and more of an untreated tumour in nests that fill 12 % of the sites do not fit.
#[test]
fn space_blocks_a_tumour_that_fills_its_lattice() {
    let plan = Plan { days: 600, edge: 32, check_days: 60, ..Plan::default() };
    let share = blocked(&plan.run());
    assert!(share > 0.01, "{share}");
}
