//! The folder of a batch.
//!
//! | file | what it holds |
//! |---|---|
//! | `results.csv` | a row for each row of the design, in its order: what it sets, its figures, its digest |
//! | `batch.json` | what the batch is, and once it is done, its digest and the rows without figures |
//! | `rows.jsonl` | a line for each row that is through, exactly, for `--continue` and `merge` |
//! | `quantiles.csv` | quantiles of each figure, where rows differ by their seeds alone |
//! | `effective.toml` | the file without a row, with every default |

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::quantiles::{QuantileRow, quantiles};
use super::question::BatchQuestion;
use super::row::{RowResult, RowStatus};
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::folder::{EFFECTIVE, Lock, METADATA, REPORT, lock};
use crate::simulation::{RunError, disk};
use crate::table::{REMARK, Rows, csv, json};
use crate::trial::book::{Book, read};
use crate::trial::error::TrialError;
use crate::trial::shard::PatientRange;

const SUMMARY: &str = "batch.json";
const ROWS: &str = "rows.jsonl";
const RESULTS: &str = "results.csv";
const QUANTILES: &str = "quantiles.csv";

/// Whether a folder is that of a batch.
pub fn is_batch(dir: &Path) -> bool {
    dir.join(SUMMARY).exists()
}

/// `batch.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchSummary {
    /// What the batch is.
    #[serde(flatten)]
    pub question: BatchQuestion,
    /// Rows that are in none of the shards that this was merged from.
    pub missing: Vec<PatientRange>,
    /// Rows at fault.
    pub refused: Vec<u32>,
    /// Rows that could not be computed.
    pub failed: Vec<u32>,
    /// BLAKE3 of the digests of all rows, in order; empty until all are through.
    pub digest: String,
    /// Quantiles of each figure, where rows differ by their seeds alone, and all of them are here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantiles: Vec<QuantileRow>,
}

impl BatchSummary {
    fn new(question: &BatchQuestion, rows: &[RowResult], missing: &[PatientRange]) -> Self {
        let of = |status| rows.iter().filter(|row| row.status == status).map(|row| row.row).collect();
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"evotor batch digest 1\n");
        for row in rows {
            hasher.update(format!("{} {}\n", row.row, row.digest).as_bytes());
        }
        Self {
            question: question.clone(),
            missing: missing.to_vec(),
            refused: of(RowStatus::Refused),
            failed: of(RowStatus::Failed),
            digest: hasher.finalize().to_hex().to_string(),
            quantiles: quantiles(question, rows),
        }
    }

    /// A line in front of tables that says which rows are missing; empty if none is.
    fn remark(&self) -> Vec<u8> {
        match self.missing_words() {
            words if words.is_empty() => Vec::new(),
            words => format!("{} {words}\n", char::from(REMARK)).into_bytes(),
        }
    }

    /// Which rows are missing, in words; empty if none is.
    pub fn missing_words(&self) -> String {
        let ranges: Vec<String> = self.missing.iter().map(ToString::to_string).collect();
        match ranges.is_empty() {
            true => String::new(),
            false => format!("partial: rows {} of {} are missing", ranges.join(", "), self.question.rows),
        }
    }
}

/// A batch, or a shard of one, in a folder.
#[derive(Debug)]
pub struct DoneBatch {
    /// Its folder.
    pub dir: PathBuf,
    /// What it is.
    pub summary: BatchSummary,
    /// Its rows.
    pub rows: Vec<RowResult>,
}

impl DoneBatch {
    /// Whether all of its rows are through.
    pub fn is_done(&self) -> bool {
        !self.summary.digest.is_empty()
    }

    /// That of a folder; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`TrialError::Input`] for one that is damaged or of another version; [`RunError::Changed`] for rows that are not what was written.
    pub fn read(dir: &Path) -> Result<Option<Self>, TrialError> {
        let path = dir.join(SUMMARY);
        let text = match disk::read(&path) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            read => read.map_err(RunError::read(&path))?,
        };
        let damaged = |why: String| {
            TrialError::Input(format!(
                "`{}` is damaged ({why}); restore it from a copy, or start over with --force",
                path.display()
            ))
        };
        /// What every version writes.
        #[derive(Deserialize)]
        struct Version {
            evotor: String,
        }
        let version: Version = serde_json::from_slice(&text).map_err(|e| damaged(e.to_string()))?;
        if version.evotor != PROGRAM {
            return Err(TrialError::Input(format!(
                "evotor {} wrote the batch in `{}`, this is {PROGRAM}; use that version, or start over with --force",
                version.evotor,
                dir.display()
            )));
        }
        let summary: BatchSummary = serde_json::from_slice(&text).map_err(|e| damaged(e.to_string()))?;
        let question = &summary.question;
        if question.shard.is_some_and(|shard| !shard.is_part_of(question.rows)) || question.rows == 0 {
            return Err(damaged("its rows are not those of its shard".to_owned()));
        }
        let rows = read(&dir.join(ROWS), &question.text(), |rows: &[RowResult]| {
            let is_whole =
                |row: &RowResult| row.row < question.rows && row.cells.len() == question.columns.len();
            if summary.missing.is_empty() { question.can_have(rows) } else { rows.iter().all(is_whole) }
        })?;
        if !summary.digest.is_empty() && BatchSummary::new(question, &rows, &summary.missing) != summary {
            return Err(damaged("it is not what its rows come to".to_owned()));
        }
        Ok(Some(Self { dir: dir.to_owned(), summary, rows }))
    }
}

/// A folder in which a batch is computed.
pub(super) struct BatchFolder {
    lock: Lock,
    book: Book<RowResult>,
    /// Rows that are through, in their order.
    pub results: Vec<RowResult>,
}

impl BatchFolder {
    /// Takes a folder: a new one, with `go_on` one in which this batch was begun, with `force` one with another batch.
    pub fn open(
        dir: &Path,
        force: bool,
        go_on: bool,
        question: &BatchQuestion,
        effective: &str,
    ) -> Result<Self, TrialError> {
        let refuse = |what: &str| Err(TrialError::Input(format!("`{}` {what}", dir.display())));
        let there = is_batch(dir);
        if !there && dir.join(EFFECTIVE).exists() {
            return refuse("holds the results of another command; choose another folder with --out");
        }
        if there && !force && !go_on {
            return refuse(
                "holds a batch already; go on with it by --continue, replace it by --force, or choose another folder with --out",
            );
        }
        if go_on && let Some(found) = DoneBatch::read(dir)? {
            let (own, other) = (question, &found.summary.question);
            let shard = |of: &BatchQuestion| {
                of.shard.map_or_else(|| "all rows".to_owned(), |shard| shard.to_string())
            };
            let shards = (own.shard != other.shard).then(|| ("shard", shard(other), shard(own)));
            if let Some((what, found, asked)) = other.differs(own).or(shards) {
                return refuse(&format!(
                    "holds another batch than this one: its {what} is not the same\n  there: {found}\n  asked: {asked}\n  choose another \
                     folder with --out, or replace it by --force without --continue"
                ));
            }
        }
        Self::take(dir, there && go_on, question, effective)
    }

    /// Takes a folder and keeps what is in it, or begins anew.
    pub fn take(
        dir: &Path,
        keep: bool,
        question: &BatchQuestion,
        effective: &str,
    ) -> Result<Self, TrialError> {
        disk::make_folder(dir).map_err(RunError::write(dir))?;
        let lock = lock(dir)?;
        if !keep {
            // First what says that there is a batch.
            for path in
                [SUMMARY, REPORT, METADATA, QUANTILES, RESULTS, ROWS, EFFECTIVE].map(|name| dir.join(name))
            {
                disk::remove(&path).map_err(RunError::write(&path))?;
            }
            let begun = BatchSummary {
                question: question.clone(),
                missing: Vec::new(),
                refused: Vec::new(),
                failed: Vec::new(),
                digest: String::new(),
                quantiles: Vec::new(),
            };
            lock.write(SUMMARY, |file| file.write_all(json(&begun).as_bytes()))?;
        }
        lock.write(EFFECTIVE, |file| file.write_all(effective.as_bytes()))?;
        let (book, results) = Book::open(&dir.join(ROWS), &question.text(), |rows| question.can_have(rows))?;
        Ok(Self { lock, book, results })
    }

    /// Keeps a row that follows; one without a result is as an earlier one.
    pub fn keep(
        &mut self,
        row: u32,
        result: Option<RowResult>,
        earlier: Option<u32>,
    ) -> Result<(), TrialError> {
        let again = || {
            let at = self.results.binary_search_by_key(&earlier?, |result| result.row).ok()?;
            Some(RowResult { row, ..self.results[at].clone() })
        };
        let result = result.or_else(again);
        let result =
            result.ok_or_else(|| TrialError::Input(format!("find the row that row {row} repeats")))?;
        self.book.note(&result)?;
        self.results.push(result);
        Ok(())
    }

    /// Writes what is made of all rows.
    pub fn finish(
        self,
        question: &BatchQuestion,
        missing: &[PatientRange],
    ) -> Result<BatchSummary, TrialError> {
        let summary = BatchSummary::new(question, &self.results, missing);
        let table = table(&summary, &self.results);
        self.lock.write(RESULTS, |file| file.write_all(&table))?;
        if !summary.quantiles.is_empty() {
            let table = [summary.remark(), csv(summary.quantiles.iter().cloned())].concat();
            self.lock.write(QUANTILES, |file| file.write_all(&table))?;
        }
        let text = json(&summary);
        self.lock.write(SUMMARY, |file| file.write_all(text.as_bytes()))?;
        Ok(summary)
    }
}

/// `results.csv`.
fn table(summary: &BatchSummary, results: &[RowResult]) -> Vec<u8> {
    let question = &summary.question;
    let mut rows = Rows::default();
    rows.cells(["row", "status"])
        .cells(&question.columns)
        .cells(&question.figures)
        .cells(["digest", "error"])
        .end();
    for result in results {
        let figures = (0..question.figures.len()).map(|at| result.figures.get(at).copied().flatten());
        rows.cells([result.row]).cells([result.status]).cells(&result.cells).cells(figures);
        rows.cells([&result.digest, &result.error]).end();
    }
    [&summary.remark(), rows.bytes()].concat()
}
