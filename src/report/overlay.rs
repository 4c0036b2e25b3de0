//! A user's own survival times, laid over the curves of a trial: `overlay.csv` in its folder.

use std::path::Path;

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

use super::ReportError;
use super::own_data::{ColumnNames, OwnColumn, OwnDataError, OwnTable, RowReader};
use super::read::load_maybe;
use crate::numbers::DAYS_PER_MONTH;
use crate::simulation::disk;
use crate::simulation::naming::median_text;
use crate::table::csv;
use crate::trial::output::OVERLAY;
use crate::trial::output::rows::SurvivalRow;
use crate::trial::results::Endpoint;
use crate::trial::stats::{KaplanMeier, Subject};

/// One for each subject of the file that was given with `--overlay`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct OverlayRow {
    /// Arm; one that the trial has too is drawn in its colour.
    pub arm: String,
    /// `tfs`, `time_to_growth`, `pfs`, `second_line_pfs`, `pfs2`, `os`; `pfs` where the file does not say it.
    pub endpoint: Endpoint,
    /// Time, months.
    pub time_months: f64,
    /// Whether the event happened; else the subject was censored then.
    pub event: bool,
}

/// A curve of own data.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnCurve {
    /// Its arm.
    pub arm: String,
    /// Its end point.
    pub endpoint: Endpoint,
    /// Its median in words.
    pub median: String,
    /// Its rows.
    pub rows: Vec<SurvivalRow>,
}

const TIME: ColumnNames = ColumnNames {
    what: "times",
    names: &[
        ("time_months", 1.0),
        ("time_days", 1.0 / DAYS_PER_MONTH),
        ("months", 1.0),
        ("days", 1.0 / DAYS_PER_MONTH),
    ],
    without_unit: &["time", "t", "survival_time", "pfs_time", "os_time"],
};
const EVENT: ColumnNames =
    ColumnNames { what: "events (1, or 0 for censored)", names: &[("event", 1.0)], without_unit: &[] };
const ARM: ColumnNames = ColumnNames { what: "arms", names: &[("arm", 1.0)], without_unit: &[] };
const ENDPOINT: ColumnNames =
    ColumnNames { what: "end points", names: &[("endpoint", 1.0), ("end_point", 1.0)], without_unit: &[] };

/// A follow-up that is longer is in another unit, months.
const MAX_MONTHS: f64 = 600.0;

/// Reads a user's file.
///
/// # Errors
///
/// [`OwnDataError`], with all that is wrong.
pub fn read(path: &Path) -> Result<Vec<OverlayRow>, OwnDataError> {
    let mut table = OwnTable::read(path)?;
    let endpoint = table.find(&ENDPOINT);
    let (time, event, arm) = (table.need(&TIME), table.need(&EVENT), table.need(&ARM));
    table.rows(|row| {
        // Columns that are missing are noted already.
        let (time, event, arm) = (time?, event?, arm?);
        let months = months(row, time);
        let happened = happened(row, event);
        let endpoint = endpoint.map_or(Some(Endpoint::Pfs), |column| named(row, column));
        if row.text(arm).is_empty() {
            row.fault(arm, "is not the name of an arm");
            return None;
        }
        let arm = row.text(arm).to_owned();
        Some(OverlayRow { arm, endpoint: endpoint?, time_months: months?, event: happened? })
    })
}

fn months(row: &mut RowReader<'_>, column: OwnColumn) -> Option<f64> {
    let months = row.amount(column)?;
    if months > MAX_MONTHS {
        row.fault(column, "is longer than 50 years; call a column of days `time_days`");
        return None;
    }
    Some(months)
}

fn happened(row: &mut RowReader<'_>, column: OwnColumn) -> Option<bool> {
    match row.text(column).to_lowercase().as_str() {
        "1" | "true" | "yes" | "event" => Some(true),
        "0" | "false" | "no" | "censored" => Some(false),
        _ => {
            row.fault(column, "is neither 1 (the event happened) nor 0 (censored)");
            None
        }
    }
}

fn named(row: &mut RowReader<'_>, column: OwnColumn) -> Option<Endpoint> {
    let word = row.text(column).to_lowercase();
    let found = Endpoint::ALL.into_iter().find(|endpoint| endpoint.word() == word);
    if found.is_none() {
        let all = Endpoint::ALL.map(|endpoint| format!("`{}`", endpoint.word())).join(", ");
        row.fault(column, &format!("is not an end point; expected one of {all}"));
    }
    found
}

/// Keeps own data in the folder of a trial, where every report of it finds them.
///
/// # Errors
///
/// [`ReportError::Write`].
pub fn keep(rows: &[OverlayRow], dir: &Path) -> Result<(), ReportError> {
    let path = dir.join(OVERLAY);
    disk::write_again(&path, &csv(rows.iter().cloned())).map_err(ReportError::write(&path))
}

/// The curves of what was kept in a folder, by arms and end points in the order in which they come.
///
/// # Errors
///
/// [`ReportError::Read`], [`ReportError::Table`].
pub fn kept(dir: &Path) -> Result<Vec<OwnCurve>, ReportError> {
    let rows: Vec<OverlayRow> = load_maybe(&dir.join(OVERLAY))?;
    let mut groups: Vec<(String, Endpoint, Vec<Subject>)> = Vec::new();
    for row in rows {
        let subject = Subject { time: row.time_months, event: row.event };
        match groups.iter_mut().find(|group| group.0 == row.arm && group.1 == row.endpoint) {
            Some(group) => group.2.push(subject),
            None => groups.push((row.arm, row.endpoint, vec![subject])),
        }
    }
    let curve = |(arm, endpoint, subjects): (String, Endpoint, Vec<Subject>)| {
        let curve = KaplanMeier::new(&subjects).ok()?;
        let median = curve.median();
        let told = [median.estimate, median.low, median.high].map(Result::ok);
        let rows = SurvivalRow::of(&arm, endpoint, &curve);
        Some(OwnCurve { arm, endpoint, median: median_text(told, "–"), rows })
    };
    Ok(groups.into_iter().filter_map(curve).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> Result<Vec<OverlayRow>, String> {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("km.csv");
        std::fs::write(&path, text).unwrap();
        read(&path).map_err(|e| e.to_string().replace(&path.display().to_string(), "km.csv"))
    }

    #[test]
    fn heads_name_units_and_separators_do_not_matter() {
        let row = |time_months, event| OverlayRow {
            arm: "placebo".to_owned(),
            endpoint: Endpoint::Pfs,
            time_months,
            event,
        };
        let expected = Ok(vec![row(2.0, true), row(3.5, false)]);
        assert_eq!(reads("time_months,event,arm\n2,1,placebo\n3.5,0,placebo\n"), expected);
        assert_eq!(
            reads("\u{feff}Time (months);Event;ARM\r\n2;TRUE;placebo\r\n3.5;FALSE;placebo\r\n"),
            expected
        );
        assert_eq!(
            reads("# mine\narm\tmonths\tevent\nplacebo\t2\tyes\n\nplacebo\t3.5\tcensored\n"),
            expected
        );
        let days = reads("time_days,event,arm,endpoint\n60.875,1,a,os\n").unwrap();
        assert!((days[0].time_months - 2.0).abs() < 1e-12 && days[0].endpoint == Endpoint::Os);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once_with_its_line() {
        let wrong = reads("time_months,event,arm\n-1,1,a\nsoon,2,a\n3,0,\n\"1,5\",1,a\n900,1,a\n4,1\n");
        assert_eq!(
            wrong.unwrap_err(),
            "read `km.csv`\n  \
             line 2: `-1` for `time_months` is below 0\n  \
             line 3: `soon` for `time_months` is not a number\n  \
             line 3: `2` for `event` is neither 1 (the event happened) nor 0 (censored)\n  \
             line 4: an empty cell for `arm` is not the name of an arm\n  \
             line 5: `1,5` for `time_months` has a comma; write 1.5\n  \
             line 6: `900` for `time_months` is longer than 50 years; call a column of days `time_days`\n  \
             line 7: 2 cells where the head has 3"
        );
        let heads = reads("time,evnt,group\n1,1,a\n").unwrap_err();
        assert!(
            heads.contains("line 1: `time` does not say its unit; call it `time_months` or `time_days`"),
            "{heads}"
        );
        assert!(
            heads.contains(
                "there is no column of events (1, or 0 for censored); call it `event` (is `evnt` meant?)"
            ),
            "{heads}"
        );
        assert!(
            heads.contains("there is no column of arms; call it `arm` (there are `time`, `evnt`, `group`)"),
            "{heads}"
        );
        let endpoint = reads("time_months,event,arm,endpoint\n1,1,a,dfs\n").unwrap_err();
        assert!(
            endpoint.contains("`dfs` for `endpoint` is not an end point; expected one of `tfs`"),
            "{endpoint}"
        );
        assert!(reads("").unwrap_err().ends_with("it is empty"));
        assert!(reads("time_months,event,arm\n").unwrap_err().ends_with("there is no row below its head"));
        assert!(read(Path::new("nowhere.csv")).unwrap_err().to_string().starts_with("read `nowhere.csv`: "));
    }

    #[test]
    fn what_is_kept_comes_back_as_curves() {
        let temp = tempfile::tempdir().unwrap();
        assert_eq!(kept(temp.path()).unwrap(), []);
        let rows = reads("months,event,arm\n2,1,=a\n4,1,b\n4,0,=a\n6,1,=a\n").unwrap();
        keep(&rows, temp.path()).unwrap();
        let curves = kept(temp.path()).unwrap();
        assert_eq!(curves.iter().map(|c| c.arm.as_str()).collect::<Vec<_>>(), ["=a", "b"]);
        let shares: Vec<f64> = curves[0].rows.iter().map(|r| r.survival).collect();
        assert_eq!(shares, [1.0, 2.0 / 3.0, 2.0 / 3.0, 0.0]);
        assert!(curves[0].median.starts_with("6.0 ("), "{}", curves[0].median);
    }
}
