//! The tables of a trial in the shapes of CDISC's Analysis Data Model, as statisticians of trials know them. *Shaped*: columns have its names and
//! meanings, and nothing more is promised (no dates, since a simulation has no calendar; no controlled terms, no `define.xml`).
//!
//! A virtual patient goes through every arm, which no subject of a trial does: it is a subject of its own in each, and `PAIRID` tells
//! which of them are the same patient.

mod make;
mod rows;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::ReportError;
use super::files::Aside;
use super::read::{FolderKind, each, kind, load};
use crate::scenario::Trial;
use crate::simulation::disk;
use crate::table::{Row, Rows};
use crate::trial::cohort::CohortRow;
use crate::trial::output::rows::{DoseIntensityRow, EventRow, PatientRow, ScanRow};
use make::{JudgedResponse, StudySubject, adae, adex, adsl, adtte};

pub use rows::{AdaeRow, AdexRow, AdrsRow, AdslRow, AdtteRow};

/// Tables of a trial that these are made from.
const NEEDED: [&str; 5] = ["patients", "cohort", "visits", "events", "dose_intensity"];

/// Writes the tables of a trial's folder into another folder; their paths.
///
/// # Errors
///
/// [`ReportError::Kind`] for what is not a trial with all of its tables, else for a folder that cannot be read or written.
pub fn tables(dir: &Path, out: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let refuse = |why| ReportError::Kind { what: "make ADaM-shaped tables", dir: dir.to_owned(), why };
    let FolderKind::Trial(loaded) = kind(dir)? else {
        return Err(refuse(
            "they are of a trial; name the folder that `evotor compare` or `evotor trial` wrote",
        ));
    };
    if NEEDED.iter().any(|name| !dir.join(format!("{name}.csv")).exists()) {
        return Err(refuse(
            "some of its tables are not there; they are made from those of patients, which --tables left out",
        ));
    }
    let Some(trial) = &loaded.scenario.trial else { return Err(refuse("it holds no trial")) };
    disk::make_folder(out).map_err(ReportError::write(out))?;
    let study = Study { dir, out, name: &loaded.scenario.name, trial };
    Ok(vec![study.subjects()?, study.times()?, study.responses()?, study.events()?, study.exposure()?])
}

/// A trial as a study.
struct Study<'a> {
    dir: &'a Path,
    out: &'a Path,
    name: &'a str,
    trial: &'a Trial,
}

impl Study<'_> {
    fn subject(&self, patient: u32, arm: &str) -> StudySubject {
        let number = self.trial.arms.iter().position(|own| own.name == arm).map_or(0, |place| place + 1);
        let short = format!("{number}-{patient:05}");
        StudySubject {
            study: self.name.to_owned(),
            id: format!("{}-{short}", self.name),
            short,
            patient,
            arm: arm.to_owned(),
            number,
        }
    }

    /// A table that is made of another one, row by row: neither is ever whole in memory.
    fn make<Read: DeserializeOwned, Made: Row>(
        &self,
        to: &str,
        from: &str,
        mut make: impl FnMut(Read) -> Vec<Made>,
        last: impl FnOnce() -> Result<Vec<Made>, ReportError>,
    ) -> Result<PathBuf, ReportError> {
        let mut aside = Aside::new(self.out.join(to))?;
        let mut rows = Rows::default();
        rows.head::<Made>().end();
        each(&self.dir.join(from), |row: Read| {
            make(row).iter().for_each(|row| rows.add(row));
            aside.bytes(rows.bytes())?;
            rows.clear();
            Ok(())
        })?;
        last()?.iter().for_each(|row| rows.add(row));
        aside.bytes(rows.bytes())?;
        aside.done()
    }

    fn subjects(&self) -> Result<PathBuf, ReportError> {
        let cohort: Vec<CohortRow> = load(&self.dir.join("cohort.csv"))?;
        let cohort: BTreeMap<u32, CohortRow> = cohort.into_iter().map(|row| (row.patient, row)).collect();
        let of = |row: PatientRow| {
            let body = cohort.get(&row.patient)?;
            Some(adsl(self.subject(row.patient, &row.arm), &row, body))
        };
        self.make("adsl.csv", "patients.csv", |row| Vec::from_iter(of(row)), || Ok(Vec::new()))
    }

    fn times(&self) -> Result<PathBuf, ReportError> {
        let of = |row: PatientRow| adtte(&self.subject(row.patient, &row.arm), &row);
        self.make("adtte.csv", "patients.csv", of, || Ok(Vec::new()))
    }

    fn responses(&self) -> Result<PathBuf, ReportError> {
        let mut scans: BTreeMap<(u32, String), usize> = BTreeMap::new();
        let scan = |row: ScanRow| {
            let number = scans.entry((row.patient, row.arm.clone())).or_insert(0);
            *number += 1;
            let seen =
                JudgedResponse { line: row.line, scan: Some((*number, row.day)), category: &row.category };
            vec![seen.row(self.subject(row.patient, &row.arm))]
        };
        let best = || {
            let patients: Vec<PatientRow> = load(&self.dir.join("patients.csv"))?;
            let of = |row: &PatientRow| {
                let category = if row.best_response.is_empty() { "NE" } else { row.best_response.as_str() };
                JudgedResponse { line: 1, scan: None, category }.row(self.subject(row.patient, &row.arm))
            };
            Ok(patients.iter().map(of).collect())
        };
        self.make("adrs.csv", "visits.csv", scan, best)
    }

    fn events(&self) -> Result<PathBuf, ReportError> {
        let mut counts: BTreeMap<(u32, String), u32> = BTreeMap::new();
        let of = |row: EventRow| {
            if row.kind != "adverse_event" {
                return Vec::new();
            }
            let number = counts.entry((row.patient, row.arm.clone())).or_insert(0);
            *number += 1;
            vec![adae(self.subject(row.patient, &row.arm), row, *number)]
        };
        self.make("adae.csv", "events.csv", of, || Ok(Vec::new()))
    }

    fn exposure(&self) -> Result<PathBuf, ReportError> {
        let mut counts: BTreeMap<(u32, String, String), [u32; 3]> = BTreeMap::new();
        each(&self.dir.join("events.csv"), |row: EventRow| {
            let what =
                [row.kind == "hold", row.kind == "resume" && row.reason == "reduced", row.kind == "stop"];
            let own = counts.entry((row.patient, row.arm, row.drug)).or_insert([0; 3]);
            own.iter_mut().zip(what).for_each(|(count, is_so)| *count += u32::from(is_so));
            Ok(())
        })?;
        let of = |row: DoseIntensityRow| {
            let key = (row.patient, row.arm.clone(), row.drug.clone());
            let counts = counts.get(&key).copied().unwrap_or_default();
            adex(&self.subject(row.patient, &row.arm), &row, counts)
        };
        let durations = || {
            let patients: Vec<PatientRow> = load(&self.dir.join("patients.csv"))?;
            let of = |row: &PatientRow| {
                let subject = self.subject(row.patient, &row.arm);
                subject.exposure("", "TRTDUR", "Duration of the first line (days)", row.on_treatment_days)
            };
            Ok(patients.iter().map(of).collect())
        };
        self.make("adex.csv", "dose_intensity.csv", of, durations)
    }
}

#[cfg(test)]
mod tests;
