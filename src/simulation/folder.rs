//! The output folder of a run.
//!
//! | file | what it holds | how it is written |
//! |---|---|---|
//! | `effective.toml` | the scenario with every default and conversion; program and backends as comments | aside, then renamed |
//! | `series.csv` | unless `series = false` in `[output]`: a row per lesion and check | grows |
//! | `states.csv` | likewise, and only with more than 64 states: live cells by lesion, check and state | grows |
//! | `clone_sizes.csv` | a row per lesion, count and clone, for the detailed replicates | grows |
//! | `clones.csv` | a row per clone that is in `clone_sizes.csv` | grows |
//! | `replicates.csv` | a row per finished replicate | grows |
//! | `exposure.csv` | with a therapy: a row per day and drug, for the detailed replicates | grows |
//! | `therapy.csv` | with a therapy: lines, holds, dose steps, stops | grows |
//! | `adverse_events.csv` | with a therapy: a row per adverse event | grows |
//! | `visits.csv` | with a therapy: a row per visit | grows |
//! | `environment.csv` | with `environment` in `[output]`: a row per such time, for the detailed replicates | grows |
//! | `snapshots/*.png` | pictures | aside, then renamed |
//! | `frames/*.frame` | the lattice at the same times, to be drawn later | aside, then renamed |
//! | `checkpoint.evotor` | what `evotor resume` goes on from | aside, then renamed |
//! | `start.evotor` | a copy of the saved state that the run began with, if any | aside, then renamed |
//! | `summary.json`, `digest.txt` | the end of the run | aside, then renamed |
//! | `run.lock` | keeps two processes from writing at once | locked |
//!
//! Files that grow get whole lines only. A checkpoint holds their lengths; going on from it cuts them back.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::RunError;
use super::rows::Rows;

/// Name of the checkpoint.
pub const CHECKPOINT: &str = "checkpoint.evotor";
/// Name of the effective scenario.
pub const EFFECTIVE: &str = "effective.toml";
/// Name of the copy of a saved start.
pub const SAVED_START: &str = "start.evotor";
/// Name of the summary.
pub const SUMMARY: &str = "summary.json";
/// Name of the file with the digest alone.
pub const DIGEST: &str = "digest.txt";
/// Folder of the pictures.
pub const SNAPSHOTS: &str = "snapshots";
/// Folder of the recorded lattices.
pub const FRAMES: &str = "frames";
pub(crate) const LOCK: &str = "run.lock";

/// Lines are written to their file when this many bytes are waiting.
const FLUSH_BYTES: usize = 1 << 16;

/// A table that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// `series.csv`.
    Series,
    /// `states.csv`.
    States,
    /// `clone_sizes.csv`.
    CloneSizes,
    /// `clones.csv`.
    Clones,
    /// `replicates.csv`.
    Replicates,
    /// `exposure.csv`.
    Exposure,
    /// `therapy.csv`.
    Therapy,
    /// `adverse_events.csv`.
    AdverseEvents,
    /// `visits.csv`.
    Visits,
    /// `environment.csv`.
    Environment,
}

/// Tables that not every run has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extra {
    /// The census of every check is written.
    pub series: bool,
    /// States have a table of their own.
    pub long_states: bool,
    /// There is a therapy.
    pub therapy: bool,
    /// The environment is averaged.
    pub environment: bool,
}

impl Table {
    /// All tables, in the order of [`Lengths`].
    pub const ALL: [Self; 10] = [
        Self::Series,
        Self::States,
        Self::CloneSizes,
        Self::Clones,
        Self::Replicates,
        Self::Exposure,
        Self::Therapy,
        Self::AdverseEvents,
        Self::Visits,
        Self::Environment,
    ];

    /// Name of the file.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Series => "series.csv",
            Self::States => "states.csv",
            Self::CloneSizes => "clone_sizes.csv",
            Self::Clones => "clones.csv",
            Self::Replicates => "replicates.csv",
            Self::Exposure => "exposure.csv",
            Self::Therapy => "therapy.csv",
            Self::AdverseEvents => "adverse_events.csv",
            Self::Visits => "visits.csv",
            Self::Environment => "environment.csv",
        }
    }

    fn is_wanted(self, extra: Extra) -> bool {
        match self {
            Self::Series => extra.series,
            Self::States => extra.series && extra.long_states,
            Self::Environment => extra.environment,
            Self::Exposure | Self::Therapy | Self::AdverseEvents | Self::Visits => extra.therapy,
            _ => true,
        }
    }
}

/// Bytes of each table.
pub type Lengths = [u64; Table::ALL.len()];

/// A table that gets whole lines only.
#[derive(Debug)]
pub(crate) struct Growing {
    path: PathBuf,
    /// `None` for a table that this run does not have.
    file: Option<File>,
    length: u64,
    waiting: Rows,
}

/// An output folder that this process alone writes.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    tables: Vec<Growing>,
    _lock: File,
}

impl Folder {
    /// Refuses a folder that holds another run.
    ///
    /// # Errors
    ///
    /// [`RunError::Occupied`] unless `force` is set, and [`RunError::Write`] where a file stands in the way.
    pub fn refuse_occupied(dir: &Path, force: bool) -> Result<(), RunError> {
        if dir.exists() && !dir.is_dir() {
            let not_a_folder = std::io::Error::from(std::io::ErrorKind::NotADirectory);
            return Err(RunError::write(dir)(not_a_folder));
        }
        match found_in(dir) {
            Some(found) if !force => Err(RunError::Occupied { dir: dir.to_owned(), found }),
            _ => Ok(()),
        }
    }

    /// Makes the folder with empty tables. With `force`, the files of another run are removed first; files that
    /// no run wrote are left alone.
    ///
    /// # Errors
    ///
    /// [`RunError::Occupied`], [`RunError::Locked`] and [`RunError::Write`].
    pub fn create(dir: &Path, force: bool, extra: Extra) -> Result<Self, RunError> {
        Self::refuse_occupied(dir, force)?;
        for folder in [SNAPSHOTS, FRAMES].map(|name| dir.join(name)) {
            fs::create_dir_all(&folder).map_err(RunError::write(&folder))?;
        }
        let lock = lock(dir)?;
        clear(dir)?;
        let mut tables = Vec::new();
        for table in Table::ALL {
            let path = dir.join(table.file_name());
            let file = table
                .is_wanted(extra)
                .then(|| File::create(&path).map_err(RunError::write(&path)))
                .transpose()?;
            tables.push(Growing { path, file, length: 0, waiting: Rows::default() });
        }
        Ok(Self { dir: dir.to_owned(), tables, _lock: lock })
    }

    /// Opens the folder of a run that goes on, and cuts its tables back to the lengths of its checkpoint.
    ///
    /// # Errors
    ///
    /// [`RunError::Locked`], [`RunError::Write`], and [`RunError::Shortened`] where a table lacks what the
    /// checkpoint counts on.
    pub fn reopen(dir: &Path, lengths: &Lengths) -> Result<Self, RunError> {
        let lock = lock(dir)?;
        for folder in [SNAPSHOTS, FRAMES].map(|name| dir.join(name)) {
            fs::create_dir_all(&folder).map_err(RunError::write(&folder))?;
        }
        let reopen = |(table, length): (Table, &u64)| Growing::reopen(&dir.join(table.file_name()), *length);
        let tables = Table::ALL.into_iter().zip(lengths).map(reopen).collect::<Result<_, _>>()?;
        Ok(Self { dir: dir.to_owned(), tables, _lock: lock })
    }

    /// Cuts the tables back to these lengths.
    ///
    /// # Errors
    ///
    /// [`RunError::Shortened`] and [`RunError::Write`].
    pub fn cut(&mut self, lengths: &Lengths) -> Result<(), RunError> {
        for (table, length) in self.tables.iter_mut().zip(lengths) {
            table.cut(*length)?;
        }
        Ok(())
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where rows of a table are added; [`Folder::settle`] after each batch of them.
    pub fn rows(&mut self, table: Table) -> &mut Rows {
        &mut self.tables[table as usize].waiting
    }

    /// Writes waiting lines where there are many.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`]; the file then ends with the last whole line that fitted before.
    pub fn settle(&mut self) -> Result<(), RunError> {
        self.tables.iter_mut().filter(|t| t.waiting.bytes().len() >= FLUSH_BYTES).try_for_each(Growing::flush)
    }

    /// Writes all waiting lines through to the disk.
    ///
    /// # Errors
    ///
    /// As for [`Folder::settle`].
    pub fn sync(&mut self) -> Result<Lengths, RunError> {
        let mut lengths = [0; Table::ALL.len()];
        for (table, length) in self.tables.iter_mut().zip(&mut lengths) {
            *length = table.sync()?;
        }
        Ok(lengths)
    }

    /// Writes a small file aside and renames it into place.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`]; the file of that name is then as it was before.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        write_aside(&self.dir.join(name), |file| file.write_all(bytes))
    }

    /// Writes a file aside through a function and renames it into place.
    ///
    /// # Errors
    ///
    /// As for [`Folder::write`].
    pub fn write_with(
        &self,
        name: &str,
        fill: impl FnOnce(&mut File) -> std::io::Result<()>,
    ) -> Result<(), RunError> {
        write_aside(&self.dir.join(name), fill)
    }
}

/// Writes a file under another name, through to the disk, and renames it.
pub(crate) fn write_aside(
    path: &Path,
    fill: impl FnOnce(&mut File) -> std::io::Result<()>,
) -> Result<(), RunError> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".part");
    let aside = PathBuf::from(aside);
    let written = File::create(&aside).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&aside, path));
    if renamed.is_err() {
        // The message is about the failure itself; what is left aside does no harm.
        let _ = fs::remove_file(&aside);
    }
    renamed.map_err(RunError::write(path))
}

impl Growing {
    /// An empty file.
    pub(crate) fn create(path: &Path) -> Result<Self, RunError> {
        let file = File::create(path).map_err(RunError::write(path))?;
        Ok(Self { path: path.to_owned(), file: Some(file), length: 0, waiting: Rows::default() })
    }

    /// A file that is gone on with: what is beyond this length is cut off. One that was never made is none.
    pub(crate) fn reopen(path: &Path, length: u64) -> Result<Self, RunError> {
        if length > 0 && !path.exists() {
            return Err(RunError::Shortened { path: path.to_owned(), found: 0, expected: length });
        }
        let open = || OpenOptions::new().write(true).open(path).map_err(RunError::write(path));
        let file = path.exists().then(open).transpose()?;
        let mut table = Self { path: path.to_owned(), file, length: 0, waiting: Rows::default() };
        table.cut(length)?;
        Ok(table)
    }

    /// Whether it has no line yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0 && self.waiting.bytes().is_empty()
    }

    /// Where rows are added.
    pub(crate) fn rows(&mut self) -> &mut Rows {
        &mut self.waiting
    }

    /// Writes waiting lines to the file.
    pub(crate) fn flush(&mut self) -> Result<(), RunError> {
        let Some(file) = &mut self.file else {
            self.waiting.clear();
            return Ok(());
        };
        if let Err(error) = file.write_all(self.waiting.bytes()) {
            // Part of a line may have been written: take it back as far as the disk lets us.
            let _ = file.set_len(self.length);
            return Err(RunError::write(&self.path)(error));
        }
        self.length += self.waiting.bytes().len() as u64;
        self.waiting.clear();
        Ok(())
    }

    /// Writes waiting lines through to the disk; its length then.
    pub(crate) fn sync(&mut self) -> Result<u64, RunError> {
        self.flush()?;
        if let Some(file) = &self.file {
            file.sync_data().map_err(RunError::write(&self.path))?;
        }
        Ok(self.length)
    }

    fn cut(&mut self, length: u64) -> Result<(), RunError> {
        self.waiting.clear();
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let found = file.metadata().map_err(RunError::write(&self.path))?.len();
        if found < length {
            return Err(RunError::Shortened { path: self.path.clone(), found, expected: length });
        }
        file.set_len(length).map_err(RunError::write(&self.path))?;
        file.seek(SeekFrom::Start(length)).map_err(RunError::write(&self.path))?;
        self.length = length;
        Ok(())
    }
}

/// Keeps two processes from writing one folder at once.
pub(crate) fn lock(dir: &Path) -> Result<File, RunError> {
    let path = dir.join(LOCK);
    let file = OpenOptions::new().create(true).append(true).open(&path).map_err(RunError::write(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(RunError::Locked(dir.to_owned())),
        // A file system without locks: better an unguarded run than none.
        Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// The page that tells of a run or trial.
pub const REPORT: &str = "report.html";
/// Folder of the plots.
pub const PLOTS: &str = "plots";
/// Folder of the trees of clones.
pub const LINEAGE: &str = "lineage";
/// Folder of what is drawn and exported on demand.
pub const PICTURES: &str = "pictures";
/// Folders of what is drawn of results, and the endings of its files.
const DRAWN: [(&str, &[&str]); 3] =
    [(PLOTS, &["svg", "png"]), (LINEAGE, &["nwk", "csv"]), (PICTURES, &["png", "gif", "npz", "vti"])];

/// Whether another process writes a folder. The lock is asked for, not made.
pub fn is_being_written(dir: &Path) -> bool {
    let Ok(lock) = File::open(dir.join(LOCK)) else { return false };
    matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Names of the files that a run leaves, without tables and pictures.
const SINGLE_FILES: [&str; 5] = [EFFECTIVE, CHECKPOINT, SAVED_START, SUMMARY, DIGEST];

/// A file of another run, if the folder holds one.
fn found_in(dir: &Path) -> Option<String> {
    let names = SINGLE_FILES.into_iter().chain(Table::ALL.map(Table::file_name));
    let single = names.into_iter().find(|name| dir.join(name).exists()).map(str::to_owned);
    single.or_else(|| pictures(dir).first().map(|p| p.display().to_string()))
}

/// Pictures and frames that a run made, by their names within its folder, in order.
fn pictures(dir: &Path) -> Vec<PathBuf> {
    [(SNAPSHOTS, ".png"), (FRAMES, ".frame")].into_iter().flat_map(|(of, end)| timed(dir, of, end)).collect()
}

/// Files of a replicate and a time in a folder of a run, in order.
pub(crate) fn timed(dir: &Path, of: &str, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join(of)).into_iter().flatten().flatten();
    let mut names: Vec<PathBuf> = entries
        .map(|e| PathBuf::from(e.file_name()))
        .filter(|name| {
            let text = name.to_string_lossy();
            text.starts_with(|c: char| c.is_ascii_digit()) && text.contains("-day") && text.ends_with(end)
        })
        .map(|name| Path::new(of).join(name))
        .collect();
    names.sort();
    names
}

/// Removes the files of another run.
fn clear(dir: &Path) -> Result<(), RunError> {
    let tables = Table::ALL.map(Table::file_name);
    let names = SINGLE_FILES.into_iter().chain(tables).map(|n| dir.join(n));
    let pictures = pictures(dir).into_iter().map(|n| dir.join(n));
    for path in names.chain(pictures).filter(|p| p.exists()) {
        fs::remove_file(&path).map_err(RunError::write(&path))?;
    }
    forget_report(dir)
}

/// Removes what was drawn of another run or trial: its report, plots, trees of clones and pictures.
pub(crate) fn forget_report(dir: &Path) -> Result<(), RunError> {
    let drawn = DRAWN.into_iter().flat_map(|(of, ends)| {
        let entries = fs::read_dir(dir.join(of)).into_iter().flatten().flatten().map(|e| e.path());
        entries.filter(move |p| p.extension().and_then(|e| e.to_str()).is_some_and(|e| ends.contains(&e)))
    });
    let page = Some(dir.join(REPORT)).filter(|p| p.exists());
    for path in drawn.chain(page) {
        fs::remove_file(&path).map_err(RunError::write(&path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(dir: &Path) -> Folder {
        Folder::create(dir, false, Extra::default()).unwrap()
    }

    // A forced run once kept the report and plots of the run before.
    #[test]
    fn what_was_drawn_of_another_run_is_removed() {
        let temp = tempfile::tempdir().unwrap();
        let made =
            ["report.html", "plots/burden.svg", "lineage/3-phylogeny.nwk", "pictures/0-film-state.gif"];
        for name in made.into_iter().chain(["plots/notes.txt"]) {
            fs::create_dir_all(temp.path().join(name).parent().unwrap()).unwrap();
            fs::write(temp.path().join(name), "").unwrap();
        }
        Folder::create(temp.path(), true, Extra::default()).unwrap();
        assert!(made.iter().all(|name| !temp.path().join(name).exists()));
        assert!(temp.path().join("plots/notes.txt").exists());
    }

    #[test]
    fn tables_hold_whole_lines_and_are_cut_back() {
        let temp = tempfile::tempdir().unwrap();
        let mut folder = folder(temp.path());
        folder.rows(Table::Series).line(["a", "b"]);
        let lengths = folder.sync().unwrap();
        assert_eq!(lengths[Table::Series as usize], 4);
        folder.rows(Table::Series).line(["1", "2"]);
        folder.sync().unwrap();
        drop(folder);
        let mut folder = Folder::reopen(temp.path(), &lengths).unwrap();
        folder.rows(Table::Series).line(["3", "4"]);
        folder.sync().unwrap();
        assert_eq!(fs::read_to_string(temp.path().join("series.csv")).unwrap(), "a,b\n3,4\n");
        assert!(!temp.path().join("states.csv").exists());
    }

    #[test]
    fn a_folder_with_another_run_is_refused_and_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("summary.json"), "{}").unwrap();
        fs::write(temp.path().join("notes.txt"), "mine").unwrap();
        let error = Folder::create(temp.path(), false, Extra::default()).unwrap_err();
        assert!(error.is_input() && error.to_string().contains("summary.json"), "{error}");
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 2);
        drop(Folder::create(temp.path(), true, Extra::default()).unwrap());
        assert!(!temp.path().join("summary.json").exists());
        assert_eq!(fs::read_to_string(temp.path().join("notes.txt")).unwrap(), "mine");
    }

    #[test]
    fn two_processes_do_not_share_a_folder() {
        let temp = tempfile::tempdir().unwrap();
        let first = folder(temp.path());
        assert!(matches!(Folder::reopen(temp.path(), &[0; 10]), Err(RunError::Locked(_))));
        drop(first);
        assert!(Folder::reopen(temp.path(), &[0; 10]).is_ok());
    }

    #[test]
    fn a_shortened_table_is_noticed() {
        let temp = tempfile::tempdir().unwrap();
        drop(folder(temp.path()));
        let error = Folder::reopen(temp.path(), &[10, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap_err();
        assert!(matches!(error, RunError::Shortened { found: 0, expected: 10, .. }), "{error}");
    }

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let temp = tempfile::tempdir().unwrap();
        let folder = folder(temp.path());
        folder.write("digest.txt", b"old").unwrap();
        let failed = folder.write_with("digest.txt", |file| {
            file.write_all(b"ne")?;
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        });
        assert!(!failed.unwrap_err().is_input());
        assert_eq!(fs::read_to_string(temp.path().join("digest.txt")).unwrap(), "old");
        assert!(!temp.path().join("digest.txt.part").exists());
    }
}
