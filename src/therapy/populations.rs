//! Adverse events in populations of virtual patients, held against published trials.

use super::Record;
use super::support::{self, everolimus, plan, population, sunitinib};

const PATIENTS: u32 = 2000;

fn share(records: &[Record], has: impl Fn(&Record) -> bool) -> f64 {
    records.iter().filter(|r| has(r)).count() as f64 / records.len() as f64
}

fn describe(name: &str, records: &[Record], drugs: &[&str], year: u32) {
    println!("== {name}");
    let mut names: Vec<(String, Option<usize>)> =
        records.iter().flat_map(|r| &r.events).map(|e| (e.event.clone(), e.drug)).collect();
    names.sort();
    names.dedup();
    for (n, d) in names {
        let any = share(records, |r| r.events.iter().any(|e| e.event == n && e.drug == d && e.day < year));
        let hi = share(records, |r| {
            r.events.iter().any(|e| e.event == n && e.drug == d && e.grade >= 3 && e.day < year)
        });
        println!("  {n:25} {d:?} any {any:.3} g34 {hi:.3}");
    }
    println!(
        "  any G34 {:.3}, of drugs {:.3}",
        share(records, |r| r.worst_grade(year, false) >= 3),
        share(records, |r| r.worst_grade(year, true) >= 3)
    );
    println!(
        "  discontinued {:.3} changed {:.3} reduced {:.3} held {:.3}",
        share(records, Record::discontinued),
        share(records, Record::dose_changed),
        share(records, |r| r.drugs.iter().any(|d| d.reductions > 0)),
        share(records, |r| r.drugs.iter().any(|d| d.holds > 0))
    );
    for (i, d) in drugs.iter().enumerate() {
        let rdis: Vec<f64> = records.iter().filter_map(|r| r.drugs[i].relative_dose_intensity()).collect();
        println!("  RDI {d} {:.3}", rdis.iter().sum::<f64>() / rdis.len() as f64);
    }
    let mut reasons = std::collections::BTreeMap::new();
    for r in records {
        for d in &r.drugs {
            if let Some((_, why)) = d.stopped {
                *reasons.entry(format!("{why:?}")).or_insert(0) += 1;
            }
        }
    }
    println!("  {reasons:?}");
}

#[test]
fn explore() {
    println!(
        "eve avg {} {}",
        support::steady_average(&everolimus(), 10.0, 60),
        support::steady_average(&sunitinib(), 37.5, 60)
    );
    for days in [268, 365] {
        let eve = population(
            &plan(vec![support::line(&["everolimus 10 mg daily"], &[])], support::EVENTS),
            PATIENTS,
            days,
        );
        describe(&format!("everolimus {days}"), &eve, &["eve"], days);
        let sun = population(
            &plan(vec![support::line(&["sunitinib 37.5 mg daily"], &[])], support::EVENTS),
            PATIENTS,
            days,
        );
        describe(&format!("sunitinib {days}"), &sun, &["sun"], days);
    }
    let bsc = population(
        &plan(vec![support::line(&["octreotide LAR 30 mg every 28 d"], &[])], support::EVENTS),
        PATIENTS,
        112,
    );
    describe("placebo 112", &bsc, &["oct"], 112);
    for (name, a, b) in [
        ("full", "everolimus 10 mg daily", "sunitinib 37.5 mg daily"),
        ("5 daily + 37.5 4/2", "everolimus 5 mg daily", "sunitinib 37.5 mg daily, 4/2"),
        ("2.5 daily + 37.5 4/2", "everolimus 2.5 mg daily", "sunitinib 37.5 mg daily, 4/2"),
        ("30 wk + 37.5 4/2", "everolimus 30 mg weekly", "sunitinib 37.5 mg daily, 4/2"),
        ("20 wk + 37.5 4/2", "everolimus 20 mg weekly", "sunitinib 37.5 mg daily, 4/2"),
    ] {
        let both = population(&plan(vec![support::line(&[a, b], &[])], support::EVENTS), PATIENTS, 168);
        describe(name, &both, &["eve", "sun"], 168);
        for days in [28, 42] {
            println!(
                "  DLT {days} held {:.3} drug {:.3} all {:.3}",
                share(&both, |r| r.actions.iter().any(|(d, a)| *d < days
                    && matches!(a, super::Action::Hold { .. } | super::Action::Stop { .. }))),
                share(&both, |r| r.worst_grade(days, true) >= 3),
                share(&both, |r| r.worst_grade(days, false) >= 3)
            );
        }
        println!(
            "  deliverable {:.3}",
            share(&both, |r| r
                .drugs
                .iter()
                .all(|d| d.stopped.is_none() && d.relative_dose_intensity().unwrap_or(0.0) >= 0.8))
        );
    }
}
