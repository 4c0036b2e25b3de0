use std::path::Path;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::scenario::MessageStyle;
use crate::trial::file;
use crate::trial::library::ImportanceWeights;

/// A patient of a population in which growth alone differs much, treated with everolimus until day 84.
fn text(record: &str) -> String {
    let arm = |name: &str, then: &str| {
        format!(
            "[[arm]]\nname = \"{name}\"\n[[arm.therapy.line]]\nregimens = \"everolimus 10 mg daily\"\nuntil = \"84 d\"\n\
             [[arm.therapy.line]]\nregimens = \"{then}\"\nuntil = \"progression\"\n"
        )
    };
    format!(
        "name = \"someone\"\nphenotype = \"signalling\"\nseed = 4\n[time]\nend = \"210 d\"\n[lattice]\nplacement = \"radius\"\nradius = 4\n[start]\n\
         [oxygen]\n[vessels]\n[cohort]\nagents = 900\nlesions = 1\n[[cohort.change]]\nquantity = \"growth\"\ntypical = 0.006\nspread = 0.7\n\
         [assessment.visits]\nevery = \"42 d\"\n{record}{}{}",
        arm("goes on", "everolimus 10 mg daily"),
        arm("stops", "best supportive care")
    )
}

fn scan(day: u32, mm: f64) -> String {
    format!("[[record.scan]]\nday = \"{day} d\"\nsum = \"{mm} mm\"\n")
}

fn record(more: &str) -> String {
    format!("[record]\ntoday = \"84 d\"\n{more}")
}

fn read(record: &str) -> Result<Loaded, String> {
    parse(&text(record))
}

fn parse(text: &str) -> Result<Loaded, String> {
    file::parse(text, "someone.toml", Path::new("")).map_err(|e| e.render(MessageStyle::Plain))
}

/// What the user is told.
fn told(error: TrialError) -> String {
    match error {
        TrialError::Scenario(error) => error.render(MessageStyle::Plain),
        other => other.to_string(),
    }
}

fn answer(record: &str, patients: u32, threads: usize) -> Result<ConditionedPatient, String> {
    let (loaded, stop) = (read(record)?, AtomicUsize::new(0));
    let question = ConditionQuestion { patients };
    question.answer(&loaded, threads, &mut TrialHooks { listener: &mut (), stop: &stop }).map_err(told)
}

/// The simulated patients of a record, with their weights.
fn weighted(record: &str, patients: u32) -> (Vec<Candidate>, ImportanceWeights) {
    let (loaded, stop) = (read(record).unwrap(), AtomicUsize::new(0));
    let question = ConditionQuestion { patients };
    let asked = question.prepared(&loaded.scenario).unwrap();
    let known = KnownPatient::new(asked.record, &asked.population);
    let hooks = &mut TrialHooks { listener: &mut (), stop: &stop };
    let all = question.candidates(&asked, &known, 2, hooks).unwrap();
    let logs: Vec<f64> = all.iter().map(|c| c.log_prior + c.standing.log).collect();
    (all, ImportanceWeights::of_logs(&logs))
}

// A tumour that grew by 12 % in diameter on everolimus is one that grows faster untreated than one that did not, and its simulated scans lie
// about those that were made: within two SDs of a reading, 0.062 each. The answer does not depend on threads.
#[test]
fn a_patient_who_grew_is_one_who_grows() {
    let of = |mm: f64| record(&format!("{}{}{}", scan(0, 80.0), scan(42, (80.0 + mm) / 2.0), scan(84, mm)));
    let growth = |mm: f64| {
        let (all, weights) = weighted(&of(mm), 100);
        assert!(weights.effective > 8.0, "{}", weights.effective);
        let apart = weights.mean(|c| (all[c].standing.sums_mm[2] / mm).ln());
        assert!(apart.abs() < 0.124, "{apart}");
        weights.mean(|c| all[c].growth.ln())
    };
    let (held, grown) = (growth(78.0), growth(90.0));
    assert!(grown > held + 0.3, "{grown} {held}");
    assert_eq!(answer(&of(90.0), 12, 1).unwrap(), answer(&of(90.0), 12, 2).unwrap());
}

// With the baseline alone hardly anything is learnt: most patients fit, and the central 90 % of the fan hold about as many of those who were
// simulated. Probabilities of progression begin at the question, never fall, and are larger without therapy.
#[test]
fn simulated_patients_are_foreseen() {
    let of = record(&scan(0, 80.0));
    let loaded = read(&of).unwrap();
    let question = ConditionQuestion { patients: 90 };
    let asked = question.prepared(&loaded.scenario).unwrap();
    let known = KnownPatient::new(asked.record, &asked.population);
    let stop = AtomicUsize::new(0);
    let all =
        question.candidates(&asked, &known, 2, &mut TrialHooks { listener: &mut (), stop: &stop }).unwrap();
    let found = asked.conditioned(&all, 0);
    // With the baseline alone most patients fit.
    assert!(!found.is_open && found.effective_patients > 55.0, "{}", found.effective_patients);
    let last = found.of_arm("goes on").last().unwrap();
    let [low, .., high] = last.quantiles_mm().unwrap();
    let at = all[0].options[0].sums_mm.len() - 1;
    let within = all
        .iter()
        .filter(|c| c.options[0].sums_mm.get(at).is_some_and(|mm| (low..=high).contains(mm)))
        .count();
    assert!((0.8..=0.97).contains(&(within as f64 / all.len() as f64)), "{within} of {}", all.len());
    // Without therapy more progress.
    let stops = found.of_arm("stops").last().unwrap();
    assert!(stops.progressed_fraction >= last.progressed_fraction, "{stops:?} {last:?}");
    assert!(found.of_arm("stops").all(|row| row.day > 84 || row.progressed_fraction == row.died_fraction));
    let rows: Vec<f64> = found.of_arm("stops").map(|row| row.progressed_fraction).collect();
    assert!(rows.is_sorted() && rows[0] == 0.0);
}

// Few fit: nothing is foreseen.
#[test]
fn where_few_fit_nothing_is_foreseen() {
    let scans = format!("{}{}{}", scan(0, 80.0), scan(42, 79.0), scan(84, 78.0));
    let found = answer(&record(&scans), 20, 2).unwrap();
    assert!(found.is_open && found.fan.is_empty() && found.growth.after.is_none(), "{found:?}");
    assert!(found.scans.iter().all(|scan| scan.median_mm.is_none()));
}

#[test]
fn contradictions_are_told_with_place_and_nearest_patient() {
    let twice = format!("{}{}{}", scan(0, 80.0), scan(84, 80.0), scan(84, 140.0));
    let message = read(&record(&twice)).unwrap_err();
    assert!(message.contains("two scans of day 84") && message.contains("someone.toml:"), "{message}");
    // From 80 to 30 and back to 160 mm within weeks.
    let jumps = format!("{}{}{}", scan(0, 80.0), scan(28, 25.0), scan(84, 200.0));
    let message = answer(&record(&jumps), 40, 2).unwrap_err();
    assert!(
        message.contains("does not go with the others") && message.contains("is the nearest"),
        "{message}"
    );
    assert!(message.contains("someone.toml:"), "{message}");
}

#[test]
fn records_that_cannot_be_are_refused_all_at_once() {
    let both = "[[record.scan]]\nday = \"84 d\"\nsum = \"80 mm\"\ndiameters_mm = [80.0]\n";
    let wrong = format!(
        "[record]\ntoday = \"84 d\"\n[[record.scan]]\nday = \"7 d\"\n{both}[[record.trough]]\nday = \"28 d\"\ndrug = \"everolimu\"\nlevel = \"0 ng/mL\"\n"
    );
    let message = read(&wrong).unwrap_err();
    for part in ["without a baseline", "without a size", "`diameters_mm` together with `sum`"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let refused = |record: &str, part: &str| {
        let message = read(record).unwrap_err();
        assert!(message.contains(part), "{part}: {message}");
    };
    let trough = "[[record.trough]]\nday = \"28 d\"\ndrug = \"everolimu\"\nlevel = \"9 ng/mL\"\n";
    refused(&record(&format!("{}{trough}", scan(0, 80.0))), "did you mean `everolimus`");
    refused(&record(&scan(0, 80.0)).replace("84 d", "70 d"), "does not say what was given until day 70");
    refused(&record(&format!("{}{}", scan(0, 80.0), scan(126, 80.0))), "known until day 126");
    refused(&record(&scan(0, 80.0)).replace("84 d", "210 d"), "when the simulation is over");
    let unlike = text(&record(&scan(0, 80.0))).replacen(
        "everolimus 10 mg daily\"\nuntil = \"84 d\"",
        "everolimus 5 mg daily\"\nuntil = \"84 d\"",
        1,
    );
    let message = parse(&unlike).unwrap_err();
    assert!(message.contains("was treated otherwise before day 84"), "{message}");
    let none = read("").unwrap();
    let message = ConditionQuestion { patients: 20 }.check(&none.scenario).unwrap_err().to_string();
    assert!(message.contains("has no [record]"), "{message}");
}

// What is written out is what was read: volumes as the diameters of balls.
#[test]
fn records_are_written_as_they_were_read() {
    let volumes = "[[record.scan]]\nday = \"84 d\"\nvolumes_ml = [4.18879, 0.523599]\n";
    let blood = "[[record.trough]]\nday = \"28 d\"\ndrug = \"everolimus\"\nlevel = \"12 ng/mL\"\n[[record.marker]]\nday = \"28 d\"\nlevel = \"90 ng/mL\"\n";
    let loaded = read(&record(&format!("{}{volumes}{blood}", scan(0, 30.0)))).unwrap();
    let again =
        file::parse(&crate::scenario::effective_toml(&loaded.scenario), "again.toml", Path::new("")).unwrap();
    assert_eq!(again.scenario, loaded.scenario);
    let record = loaded.scenario.trial.unwrap().record.unwrap();
    assert!(
        (record.scans[1].diameters_mm[0] - 20.0).abs() < 1e-4 && (record.scans[1].sum_mm - 30.0).abs() < 1e-4
    );
    assert_eq!((record.lesions(), record.last_day(), record.today), (Some(2), 84, 84));
    assert_eq!((record.troughs[0].ng_per_ml, record.markers[0].ng_per_ml), (12.0, 90.0));
}
