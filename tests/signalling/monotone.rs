//! What more of a drug must not do, in any state of the catalogue.

use evotor::biology::signalling::SteadyState;

use super::bench::Bench;

const STATES: [&str; 16] = [
    "sensitive",
    "tsc=one_hit",
    "tsc=lost",
    "fkbp12_frb=frb_mutant",
    "fkbp12_frb=fkbp12_lost",
    "mtor_kinase=active",
    "gsk3=overactive",
    "rtk=up",
    "rtk=highest",
    "pten=one_hit",
    "pten=lost",
    "pik3ca=mutant",
    "kras=mutant",
    "aurka=high",
    "kras=mutant, pik3ca=mutant",
    "tsc=lost, rtk=high, mtor_kinase=active",
];

/// A node by name, and how to read it.
type Node = (&'static str, fn(&SteadyState) -> f64);

fn falls(drug: &str, nodes: &[Node], with: &[(&str, f64)]) {
    let bench = Bench::new();
    for state in STATES {
        let series: Vec<SteadyState> = (0..40)
            .map(|i| bench.on(state, &[with, &[(drug, 1e-3 * libm::exp2(f64::from(i)))]].concat()))
            .collect();
        for (name, node) in nodes {
            let falls = series.windows(2).all(|w| node(&w[1]) <= node(&w[0]) + 1e-12);
            assert!(falls, "{drug} raises {name} in {state}");
        }
    }
}

#[test]
fn more_of_a_drug_never_raises_what_it_inhibits() {
    falls("everolimus", &[("S6K", |s| s.s6k), ("p4E-BP1", |s| s.bp1), ("VEGF", |s| s.vegf)], &[]);
    falls("sapanisertib", &[("S6K", |s| s.s6k), ("p4E-BP1", |s| s.bp1), ("S473", |s| s.s473)], &[]);
    falls("RapaLink-1", &[("S6K", |s| s.s6k), ("p4E-BP1", |s| s.bp1)], &[]);
    falls("alpelisib", &[("PIP3", |s| s.pip3), ("T308", |s| s.t308), ("S6K", |s| s.s6k)], &[]);
    falls("trametinib", &[("ERK", |s| s.erk)], &[]);
    falls("pan-RTK inhibitor", &[("receptors", |s| s.rtk), ("ERK", |s| s.erk)], &[]);
    falls("sunitinib", &[("S6K", |s| s.s6k)], &[]);
}

#[test]
fn a_single_drug_never_speeds_up_growth() {
    for drug in [
        "everolimus",
        "sapanisertib",
        "RapaLink-1",
        "alpelisib",
        "trametinib",
        "pan-RTK inhibitor",
        "octreotide",
    ] {
        falls(drug, &[("growth", |s| s.growth)], &[]);
    }
}

#[test]
fn beside_a_rapalog_other_drugs_still_count() {
    for drug in ["sapanisertib", "RapaLink-1", "alpelisib", "trametinib"] {
        falls(drug, &[("growth", |s| s.growth), ("S6K", |s| s.s6k)], &[("everolimus", 1.3)]);
    }
}
