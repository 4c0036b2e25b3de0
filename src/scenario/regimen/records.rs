//! Dosing records as NONMEM, mrgsolve and others have them: a row a dose, with the columns TIME (h), AMT, and II, ADDL, EVID, ID where
//! they are needed.

use std::collections::BTreeMap;

use super::dose::parse_dose;
use super::sound::sound;
use super::{MAX_DATES, MAX_DOSE};
use crate::catalogue::Dose;
use crate::scenario::model::{Regimen, Rhythm};
use crate::scenario::shown::shown;

/// Most doses of a file of records.
const MAX_DOSES: usize = 24 * MAX_DATES;

/// Why records are not a regimen.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}{found}", line.map_or(String::new(), |line| format!("line {line}: ")))]
pub struct RecordError {
    /// Line of the file, from 1; none if it is about the whole.
    line: Option<u64>,
    found: String,
    /// The way out.
    pub help: &'static str,
}

/// A dose: when, in hours, and how much.
#[derive(Debug, Clone, Copy)]
struct Given {
    line: u64,
    hour: f64,
    amount: f64,
}

/// Reads records as the regimen of a drug; `unit` is that of AMT. Days begin at the hour of the first dose.
///
/// # Errors
///
/// A column that is missing or says what is not simulated (SS, RATE), doses that differ, hours that no regimen has.
pub fn regimen_of_records(text: &str, drug: &str, unit: &str) -> Result<Regimen, RecordError> {
    let mut given = doses(text)?;
    given.sort_by(|a, b| a.hour.total_cmp(&b.hour));
    let whole = |found: String, help| RecordError { line: None, found, help };
    let Some(first) = given.first().copied() else {
        return Err(whole(
            "there is no dose in it".into(),
            "a dose is a row with AMT above 0 and EVID 1, or 4 in the first row",
        ));
    };
    if let Some(other) = given.iter().find(|g| g.amount != first.amount) {
        let found = format!("AMT is {}, and {} on line {}", other.amount, first.amount, first.line);
        let help = "a regimen has one dose: write a file, and a regimen, for each amount";
        return Err(RecordError { line: Some(other.line), found, help });
    }
    let text = format!("{} {unit}", first.amount);
    let dose = parse_dose(&text).map_err(|e| whole(e.to_string(), "give the unit of AMT as `unit`"))?;
    let regimen = scheduled(&given, drug, dose)?;
    sound(&regimen).map_err(|unsound| {
        whole(unsound.problem.to_string(), "write it as a regimen of its own, or as several")
    })?;
    Ok(regimen)
}

/// The regimen of doses in order.
fn scheduled(given: &[Given], drug: &str, dose: Dose) -> Result<Regimen, RecordError> {
    let days = by_day(given)?;
    let listed: Vec<u32> = days.keys().copied().collect();
    let times = days.values().next().copied().unwrap_or(1);
    let uneven = days.values().any(|count| *count != times);
    let apart = listed.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(1);
    let regular = listed.windows(2).all(|pair| pair[1] - pair[0] == apart);
    if uneven || (times > 1 && !regular) {
        let found = "several doses a day on some days, and not on all in a row".to_owned();
        let help = "a regimen has as many doses on each of its days: write one for each part";
        return Err(RecordError { line: None, found, help });
    }
    let (start, count) = (listed[0], listed.len() as u32);
    let rhythm = if regular { Rhythm::Every { days: apart } } else { Rhythm::Dates { days: listed } };
    Ok(Regimen {
        drug: drug.to_owned(),
        dose: Some(dose),
        route: None,
        times_per_day: times,
        rhythm,
        phases: None,
        courses: regular.then_some(count),
        start: if regular { start } else { 0 },
        stop: None,
    })
}

/// Doses of each day that has any. They are as far apart as their number says.
fn by_day(given: &[Given]) -> Result<BTreeMap<u32, u32>, RecordError> {
    // A line of therapy begins with its first dose.
    let offset = given[0].hour % 24.0;
    let mut days: BTreeMap<u32, Vec<(f64, u64)>> = BTreeMap::new();
    for dose in given {
        let hour = dose.hour - offset;
        let day = libm::floor(hour / 24.0);
        days.entry(day as u32).or_default().push((hour - 24.0 * day, dose.line));
    }
    for hours in days.values() {
        let apart = 24.0 / hours.len() as f64;
        let wrong = hours.iter().enumerate().find(|(n, (hour, _))| (hour - *n as f64 * apart).abs() > 1e-6);
        if let Some((_, (hour, line))) = wrong {
            let found = format!("a dose {} h after the day began, with {} that day", hour, hours.len());
            let help = "doses of a day are evenly apart, from the hour of the first dose on";
            return Err(RecordError { line: Some(*line), found, help });
        }
    }
    Ok(days.into_iter().map(|(day, hours)| (day, hours.len() as u32)).collect())
}

/// The rows that are doses, with those that II and ADDL add.
fn doses(text: &str) -> Result<Vec<Given>, RecordError> {
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let broken = |line, found: String| RecordError {
        line,
        found,
        help: "write a table of comma-separated values with a head",
    };
    let head = reader.headers().map_err(|e| broken(Some(1), e.to_string()))?.clone();
    let column = |name: &str| head.iter().position(|h| h.trim_start_matches('#').eq_ignore_ascii_case(name));
    for needed in ["TIME", "AMT"] {
        if column(needed).is_none() {
            let found = format!("there is no column {needed}");
            return Err(RecordError {
                line: Some(1),
                found,
                help: "the columns are ID, TIME, AMT, II, ADDL, EVID; TIME and AMT are needed",
            });
        }
    }
    let mut person: Option<String> = None;
    let mut given = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| broken(e.position().map(csv::Position::line), e.to_string()))?;
        let row = DoseRecord {
            line: record.position().map_or(0, csv::Position::line),
            cell: |name| column(name).and_then(|at| record.get(at)),
        };
        let id = (row.cell)("ID").unwrap_or("").to_owned();
        if person.get_or_insert_with(|| id.clone()) != &id {
            return Err(row.wrong("the records are of several persons", "keep the rows of one ID"));
        }
        row.doses(&mut given)?;
    }
    Ok(given)
}

/// A row of the table.
struct DoseRecord<'a, F: Fn(&str) -> Option<&'a str>> {
    line: u64,
    /// The cell of a column.
    cell: F,
}

impl<'a, F: Fn(&str) -> Option<&'a str>> DoseRecord<'a, F> {
    fn wrong(&self, found: impl Into<String>, help: &'static str) -> RecordError {
        RecordError { line: Some(self.line), found: found.into(), help }
    }

    /// A number; `.` and nothing are 0, as NONMEM reads them.
    fn number(&self, column: &str) -> Result<f64, RecordError> {
        let text = (self.cell)(column).filter(|text| !matches!(*text, "" | "." | "NA")).unwrap_or("0");
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
        number.ok_or_else(|| {
            self.wrong(
                format!("{column} is {}", shown(text)),
                "write a number of 0 or more, with a decimal point",
            )
        })
    }

    /// Adds the doses that the row says.
    fn doses(&self, given: &mut Vec<Given>) -> Result<(), RecordError> {
        let (hour, amount) = (self.number("TIME")?, self.number("AMT")?);
        let event = match (self.cell)("EVID") {
            Some(_) => self.number("EVID")?,
            None => f64::from(u8::from(amount > 0.0)),
        };
        if event == 3.0 || event == 4.0 && !given.is_empty() {
            return Err(self.wrong(
                format!("EVID {event} empties the body"),
                "a line of therapy begins in a body without the drug, and only there: leave a row with EVID 3 out, and begin a line for each EVID 4",
            ));
        }
        if event != 1.0 && event != 4.0 {
            return Ok(());
        }
        for (column, why) in [
            (
                "SS",
                "SS: doses before the first one are not taken for given; write them as rows, or begin at day 0",
            ),
            ("RATE", "RATE: infusions are given as a dose at once; leave it out if that is near enough"),
        ] {
            if (self.cell)(column).is_some() && self.number_or_negative(column)? != 0.0 {
                return Err(self.wrong(format!("{column} is not 0"), why));
            }
        }
        if amount <= 0.0 || amount > MAX_DOSE {
            return Err(self.wrong(
                format!("a dose with AMT {amount}"),
                "write an amount above 0, or EVID 0 for an observation",
            ));
        }
        let (apart, more) = (self.number("II")?, self.number("ADDL")?);
        if more > 0.0 && apart <= 0.0 {
            return Err(self.wrong("ADDL without II", "write the hours between the doses as II"));
        }
        if libm::floor(more) != more || given.len() as f64 + more >= MAX_DOSES as f64 {
            return Err(self.wrong(
                format!("ADDL is {more}"),
                "write a whole number of further doses, at most 24000 in all",
            ));
        }
        let line = self.line;
        given.extend((0..=more as u32).map(|n| Given { line, hour: hour + f64::from(n) * apart, amount }));
        Ok(())
    }

    /// A number that may be below 0, as RATE may.
    fn number_or_negative(&self, column: &str) -> Result<f64, RecordError> {
        match (self.cell)(column).map(|text| text.strip_prefix('-').unwrap_or(text)) {
            Some(text) if text.parse::<f64>().is_ok_and(|number| number > 0.0) => Ok(1.0),
            _ => self.number(column),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::regimen_of_records;

    fn read(text: &str) -> Result<String, String> {
        regimen_of_records(text, "everolimus", "mg")
            .map(|regimen| regimen.to_string())
            .map_err(|e| format!("{e}; {}", e.help))
    }

    #[test]
    fn records_are_the_regimen_that_one_would_write() {
        for (rows, regimen) in [
            ("TIME,AMT,II,ADDL\n0,10,24,27\n", "everolimus 10 mg daily x28"),
            ("ID,TIME,AMT,II,ADDL,EVID\n1,0,10,24,27,1\n1,700,.,.,.,0\n", "everolimus 10 mg daily x28"),
            ("time,amt,ii,addl\n8,5,12,55\n", "everolimus 5 mg twice daily x28"),
            ("TIME,AMT\n0,30\n672,30\n1344,30\n", "everolimus 30 mg every 4 weeks x3"),
            ("TIME,AMT\n48,30\n", "everolimus 30 mg daily x1, from day 2"),
            ("#ID,TIME,AMT,EVID\n7,0,10,4\n7,72,10,1\n7,120,10,1\n", "everolimus 10 mg on days 0, 3 and 5"),
            ("TIME,AMT\n24,10\n0,10\n48,10\n", "everolimus 10 mg daily x3"),
            ("TIME,AMT,SS,RATE\n0,10,0,.\n", "everolimus 10 mg daily x1"),
        ] {
            assert_eq!(read(rows).as_deref(), Ok(regimen), "{rows}");
        }
        let activity =
            regimen_of_records("TIME,AMT,II,ADDL\n0,7.4,1344,3\n", "177Lu-DOTATATE", "GBq").unwrap();
        assert_eq!(activity.to_string(), "177Lu-DOTATATE 7.4 GBq every 8 weeks x4");
    }

    // What is not simulated is refused with its reason, and nothing is dropped without a word.
    #[test]
    fn what_is_no_regimen_is_refused_at_its_line() {
        for (rows, found, help) in [
            ("", "there is no column TIME", "columns are"),
            ("TIME,DOSE\n0,10\n", "there is no column AMT", "columns are"),
            ("TIME,AMT,SS,II\n0,10,1,24\n", "line 2: SS is not 0", "SS: doses before"),
            ("TIME,AMT,RATE\n0,10,-2\n", "line 2: RATE is not 0", "infusions"),
            ("TIME,AMT,EVID\n0,10,1\n24,0,3\n", "line 3: EVID 3", "leave a row with EVID 3 out"),
            // What is left of earlier doses would be taken away without a word.
            ("TIME,AMT,EVID\n0,10,1\n24,10,4\n", "line 3: EVID 4 empties", "a line for each EVID 4"),
            ("ID,TIME,AMT\n1,0,10\n2,0,10\n", "line 3: the records are of several persons", "one ID"),
            ("TIME,AMT\n0,10\n24,5\n", "line 3: AMT is 5, and 10 on line 2", "one dose"),
            ("TIME,AMT,ADDL\n0,10,3\n", "line 2: ADDL without II", "hours between"),
            ("TIME,AMT,II,ADDL\n0,10,24,1e9\n", "line 2: ADDL is 1000000000", "at most 24000"),
            ("TIME,AMT,EVID\n0,0,1\n", "line 2: a dose with AMT 0", "EVID 0"),
            ("TIME,AMT\n0,\"10,5\"\n", "line 2: AMT is `10,5`", "decimal point"),
            ("TIME,AMT\n-5,10\n", "line 2: TIME is `-5`", "0 or more"),
            ("TIME,AMT\nNaN,10\n", "line 2: TIME is `NaN`", "0 or more"),
            ("TIME,AMT\n0,10\n5,10\n", "line 3: a dose 5 h after the day began", "evenly apart"),
            ("TIME,AMT\n0,10\n12,10\n48,10\n", "several doses a day on some days", "one for each part"),
            ("TIME,AMT,EVID\n0,.,0\n", "there is no dose in it", "AMT above 0"),
            ("TIME,AMT\n0,1e9\n", "line 2: a dose with AMT 1000000000", "above 0"),
        ] {
            let said = read(rows).unwrap_err();
            assert!(said.contains(found) && said.contains(help), "{rows}: {said}");
        }
    }
}
