//! Doses that were given in a run, as the dosing records that NONMEM, mrgsolve and rxode2 read: a file for each drug, and in it a person for
//! each replicate whose days of therapy are kept.
//!
//! There is no RATE: how long a drug is infused is one of its numbers (`evotor drugs NAME`), and not of a dose. What is no dose of a drug in a
//! body (a bath, surgery) has no record.

#![expect(non_snake_case, reason = "the names of the columns are upper case")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

use super::ReportError;
use super::files::write;
use super::read::{FolderKind, each, kind};
use crate::catalogue::DoseUnit;
use crate::simulation::ExposureRow;
use crate::simulation::disk;
use crate::table::csv;

/// One for each dose, or for several that are equal and equally apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct DosingRow {
    /// Person: one more than the replicate.
    pub ID: u32,
    /// Hours since the run began.
    pub TIME: f64,
    /// Amount of a dose, in the unit that the file's name ends with.
    pub AMT: f64,
    /// Hours between the doses of the row; 0 for one.
    pub II: f64,
    /// Doses of the row after the first one.
    pub ADDL: u32,
    /// 1: a dose.
    pub EVID: u8,
    /// Compartment: 1, into which the drug is given.
    pub CMT: u8,
}

/// A file of records that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct DrugRecords {
    /// Where.
    pub path: PathBuf,
    /// The drug.
    pub drug: String,
    /// Unit of the amounts.
    pub unit: String,
    /// Replicates who were given some.
    pub persons: u64,
    /// Doses of all of them.
    pub doses: u64,
}

/// Doses of a drug, in their unit, by replicate: hours and amounts in order.
type DosesByDay = BTreeMap<(String, String), BTreeMap<u32, Vec<(f64, f64)>>>;

/// Writes the doses of a run's folder into another folder.
///
/// # Errors
///
/// [`ReportError::Kind`] for what is not a run with doses, else for a folder that cannot be read or written.
pub fn records(dir: &Path, out: &Path) -> Result<Vec<DrugRecords>, ReportError> {
    let refuse = |why| ReportError::Kind { what: "make dosing records", dir: dir.to_owned(), why };
    let exposure = dir.join("exposure.csv");
    match kind(dir)? {
        FolderKind::Run(_) if !exposure.exists() => {
            return Err(refuse("it has no exposure.csv: doses are those of a [therapy] in mode signalling"));
        }
        FolderKind::Run(_) => {}
        _ => {
            return Err(refuse(
                "they are of a run; a trial and a batch keep no doses day by day: run the arm's [therapy] as a scenario of its own",
            ));
        }
    }
    let mut given = DosesByDay::new();
    each(&exposure, |row: ExposureRow| {
        if row.given > 0.0 && row.doses == 0 {
            return Err(refuse(
                "an older evotor wrote it, without the number of doses of a day: run it again",
            ));
        }
        add(&mut given, row);
        Ok(())
    })?;
    if given.is_empty() {
        return Err(refuse("no dose was given in it, to a replicate whose days of therapy are kept"));
    }
    disk::make_folder(out).map_err(ReportError::write(out))?;
    given.into_iter().map(|((drug, unit), doses)| file(out, drug, unit, &doses)).collect()
}

/// Adds the doses of a day.
fn add(given: &mut DosesByDay, row: ExposureRow) {
    let is_dose = ![DoseUnit::Nanomolar, DoseUnit::Percent].iter().any(|unit| unit.word() == row.given_unit);
    if row.given <= 0.0 || !is_dose {
        return;
    }
    let (doses, amount) = (row.doses, row.given / row.doses as f64);
    let apart = 24.0 / doses as f64;
    let times = (0..doses).map(|dose| (24.0 * row.day + apart * dose as f64, amount));
    given.entry((row.drug, row.given_unit)).or_default().entry(row.replicate).or_default().extend(times);
}

fn file(
    out: &Path,
    drug: String,
    unit: String,
    given: &BTreeMap<u32, Vec<(f64, f64)>>,
) -> Result<DrugRecords, ReportError> {
    let rows = given.iter().flat_map(|(replicate, doses)| rows(replicate + 1, doses));
    let plain = |c: char| if c.is_alphanumeric() || "-.".contains(c) { c } else { '-' };
    let name: String = drug.chars().map(plain).collect();
    let path = write(out.join(format!("{name}_{unit}.csv")), &csv(rows))?;
    let (persons, doses) = (given.len() as u64, given.values().map(|doses| doses.len() as u64).sum());
    Ok(DrugRecords { path, drug, unit, persons, doses })
}

/// The rows of a person: doses that follow on each other in one, as long as they are equal and equally apart.
fn rows(person: u32, doses: &[(f64, f64)]) -> Vec<DosingRow> {
    let mut rows: Vec<DosingRow> = Vec::new();
    for (hour, amount) in doses.iter().copied() {
        let last = rows.last_mut().filter(|last| {
            last.AMT == amount && hour > last.TIME && {
                let apart = hour - (last.TIME + last.II * f64::from(last.ADDL));
                last.ADDL == 0 || (apart - last.II).abs() < 1e-9
            }
        });
        match last {
            Some(last) => {
                last.II = if last.ADDL == 0 { hour - last.TIME } else { last.II };
                last.ADDL += 1;
            }
            None => rows.push(DosingRow {
                ID: person,
                TIME: hour,
                AMT: amount,
                II: 0.0,
                ADDL: 0,
                EVID: 1,
                CMT: 1,
            }),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(doses: &[(f64, f64)]) -> Vec<(f64, f64, f64, u32)> {
        rows(1, doses).into_iter().map(|row| (row.TIME, row.AMT, row.II, row.ADDL)).collect()
    }

    #[test]
    fn equal_doses_that_are_equally_apart_are_one_row() {
        let daily = |from: u32, days: u32, amount: f64| {
            (from..from + days).map(move |d| (24.0 * f64::from(d), amount))
        };
        // A hold of ten days, then half of the dose.
        let held: Vec<_> = daily(0, 5, 10.0).chain(daily(15, 3, 5.0)).collect();
        assert_eq!(short(&held), [(0.0, 10.0, 24.0, 4), (360.0, 5.0, 24.0, 2)]);
        let resumed: Vec<_> = daily(0, 5, 10.0).chain(daily(15, 3, 10.0)).collect();
        assert_eq!(short(&resumed), [(0.0, 10.0, 24.0, 4), (360.0, 10.0, 24.0, 2)]);
        assert_eq!(
            short(&[(0.0, 400.0), (12.0, 400.0), (24.0, 400.0), (36.0, 400.0)]),
            [(0.0, 400.0, 12.0, 3)]
        );
        assert_eq!(short(&[(216.0, 1.5), (888.0, 2.0)]), [(216.0, 1.5, 0.0, 0), (888.0, 2.0, 0.0, 0)]);
        assert_eq!(short(&[]), []);
    }
}
