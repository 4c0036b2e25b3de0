use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::simulation::BackendOptions;
use crate::trial::file;
use crate::trial::hooks::TrialHooks;
use crate::trial::outcome::Ended;
use crate::trial::output::Extras;
use crate::trial::output::rows::SurvivalRow;
use crate::trial::session::{Selection, Session};

/// A small trial by the surrogate, in a folder, with its tables made.
fn made() -> tempfile::TempDir {
    let text = include_str!("../../../tests/data/small-trial.toml");
    let loaded = file::parse(text, "small-trial", Path::new("")).unwrap();
    let selection = Selection { patients: Some(12), surrogate: true, ..Selection::default() };
    let session = Session::new(loaded.scenario, &selection, BackendOptions::cpu(1)).unwrap();
    let temp = tempfile::tempdir().unwrap();
    let mut hooks = TrialHooks { listener: &mut (), stop: &AtomicUsize::new(0) };
    let run = session.run(temp.path(), false, Extras::default(), &mut hooks).unwrap();
    run.folder.finish().unwrap();
    let written = tables(temp.path(), &temp.path().join("adam")).unwrap();
    assert_eq!(written.len(), 5);
    temp
}

fn own<T: DeserializeOwned>(temp: &tempfile::TempDir, name: &str) -> Vec<T> {
    load(&temp.path().join(name)).unwrap()
}

/// Shares that are free of the event after each time at which there was one, counted by hand.
fn curve(rows: &[&AdtteRow]) -> Vec<(f64, f64)> {
    let times: BTreeSet<u64> = rows.iter().filter(|r| r.CNSR == 0).map(|r| r.AVAL.to_bits()).collect();
    let mut share = 1.0;
    let step = |time: u64| {
        let time = f64::from_bits(time);
        let at_risk = rows.iter().filter(|r| r.AVAL >= time).count() as f64;
        let events = rows.iter().filter(|r| r.AVAL.to_bits() == time.to_bits() && r.CNSR == 0).count() as f64;
        share *= 1.0 - events / at_risk;
        (time, share)
    };
    times.into_iter().map(step).collect()
}

// Who reads these tables must come to the survival that the trial itself tells.
#[test]
fn times_give_the_survival_curves_of_the_trial() {
    let temp = made();
    let times: Vec<AdtteRow> = own(&temp, "adam/adtte.csv");
    let curves: Vec<SurvivalRow> = own(&temp, "survival.csv");
    let codes = [
        ("tfs", "TFS"),
        ("time_to_growth", "TTG"),
        ("pfs", "PFS"),
        ("second_line_pfs", "PFSL2"),
        ("pfs2", "PFS2"),
        ("os", "OS"),
    ];
    let mut compared = 0;
    for (endpoint, code) in codes {
        for arm in ["sequence", "supportive care"] {
            let rows: Vec<&AdtteRow> = times.iter().filter(|r| r.PARAMCD == code && r.TRTP == arm).collect();
            let found = curve(&rows);
            let told: Vec<f64> = curves
                .iter()
                .filter(|r| r.endpoint.word() == endpoint && r.arm == arm && r.events > 0)
                .map(|r| r.survival)
                .collect();
            assert_eq!(found.len(), told.len(), "{code} of {arm}");
            for ((time, share), told) in found.iter().zip(&told) {
                assert!((share - told).abs() < 1e-5, "{code} of {arm} at day {time}: {share} and {told}");
            }
            compared += found.len();
        }
    }
    assert!(compared > 10, "there were events");
}

#[test]
fn every_row_of_the_trial_is_in_its_table_and_of_a_subject() {
    let temp = made();
    let patients: Vec<PatientRow> = own(&temp, "patients.csv");
    let subjects: Vec<AdslRow> = own(&temp, "adam/adsl.csv");
    let known: BTreeSet<&str> = subjects.iter().map(|s| s.USUBJID.as_str()).collect();
    assert_eq!((known.len(), subjects.len()), (patients.len(), patients.len()));
    let deaths = patients.iter().filter(|p| p.os_ended == Ended::Death).count();
    assert_eq!(subjects.iter().filter(|s| s.DTHFL == "Y").count(), deaths);

    let scans: Vec<ScanRow> = own(&temp, "visits.csv");
    let responses: Vec<AdrsRow> = own(&temp, "adam/adrs.csv");
    let of_scans = responses.iter().filter(|r| r.PARAMCD == "OVRLRESP");
    assert!(of_scans.clone().map(|r| r.AVALC.as_str()).eq(scans.iter().map(|s| s.category.as_str())));
    assert_eq!(responses.len() - of_scans.count(), patients.len());

    let events: Vec<EventRow> = own(&temp, "events.csv");
    let adverse: Vec<AdaeRow> = own(&temp, "adam/adae.csv");
    let grades = events.iter().filter(|e| e.kind == "adverse_event").map(|e| e.grade.unwrap());
    assert!(grades.clone().count() > 0);
    assert!(adverse.iter().map(|a| a.ATOXGRN).eq(grades));

    let intensities: Vec<DoseIntensityRow> = own(&temp, "dose_intensity.csv");
    let exposures: Vec<AdexRow> = own(&temp, "adam/adex.csv");
    let of = |code: &'static str| exposures.iter().filter(move |e| e.PARAMCD == code);
    assert!(of("RDI").map(|e| e.AVAL).eq(intensities.iter().map(|i| i.relative_dose_intensity)));
    let holds: f64 = of("NHOLD").map(|e| e.AVAL).sum();
    assert_eq!(holds, events.iter().filter(|e| e.kind == "hold").count() as f64);

    let ids = [
        responses.iter().map(|r| &r.USUBJID).collect::<Vec<_>>(),
        adverse.iter().map(|r| &r.USUBJID).collect(),
        exposures.iter().map(|r| &r.USUBJID).collect(),
    ];
    assert!(ids.iter().flatten().all(|id| known.contains(id.as_str())));
    let pairs: BTreeMap<u32, usize> = subjects.iter().fold(BTreeMap::new(), |mut pairs, s| {
        *pairs.entry(s.PAIRID).or_insert(0) += 1;
        pairs
    });
    assert!(pairs.values().all(|arms| *arms == 2), "a patient is a subject of both arms");
}

#[test]
fn what_is_no_whole_trial_is_refused_with_the_way_out() {
    let temp = made();
    fs::remove_file(temp.path().join("events.csv")).unwrap();
    let refused = tables(temp.path(), &temp.path().join("again")).unwrap_err();
    assert!(refused.to_string().contains("--tables") && refused.is_input(), "{refused}");
    let refused = tables(&temp.path().join("nowhere"), &temp.path().join("again")).unwrap_err();
    assert!(refused.to_string().contains("no such folder"), "{refused}");
    assert!(!temp.path().join("again").exists());
}
