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
//! | `shard.json` | of a part of the replicates, in place of these: what it is a part of | aside, then renamed |
//! | `run.lock` | keeps two processes from writing at once | locked |
//!
//! Files that grow get whole lines only. A checkpoint holds their lengths and hashes; going on from it cuts them back. It is the
//! first file of a run: whatever moment a run is ended at, it can be gone on with.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::disk;
use super::error::RunError;
use super::naming::shell_word;
pub use super::naming::{FRAMES, SNAPSHOTS};
use crate::table::Rows;

pub use super::growing::Mark;

pub(crate) use super::growing::Growing;

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
/// Name of the file that says what a part of a whole is.
pub const MANIFEST: &str = "shard.json";
pub(crate) const LOCK: &str = "run.lock";

/// A table that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunTable {
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

impl RunTable {
    /// All tables, in the order of [`Marks`].
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

/// What each table held.
pub type Marks = [Mark; RunTable::ALL.len()];

/// An output folder that this process alone writes.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    tables: Vec<Growing>,
    lock: Lock,
}

impl Folder {
    /// Refuses a folder that holds another run.
    ///
    /// # Errors
    ///
    /// [`RunError::Occupied`] unless `force` is set, and [`RunError::Write`] where a file stands in the way.
    pub fn refuse_occupied(dir: &Path, force: bool) -> Result<(), RunError> {
        refuse_others(dir)?;
        match found_in(dir) {
            Some(found) if !force => {
                Err(RunError::Occupied { dir: dir.to_owned(), found: held(dir, &found) })
            }
            _ => Ok(()),
        }
    }

    /// Takes a folder for a run, and changes nothing that is in it. With `force` it may hold another run.
    ///
    /// # Errors
    ///
    /// [`RunError::Occupied`], [`RunError::Locked`] and [`RunError::Write`].
    pub fn claim(dir: &Path, force: bool) -> Result<Self, RunError> {
        Self::refuse_occupied(dir, force)?;
        refuse_others(dir)?;
        disk::make_folder(dir).map_err(RunError::write(dir))?;
        let lock = lock(dir)?;
        let tables = RunTable::ALL.map(|table| Growing::none(&dir.join(table.file_name()))).into();
        Ok(Self { dir: dir.to_owned(), tables, lock })
    }

    /// Removes the files of another run, all but the checkpoint and the saved start, and makes empty tables. Files that no run
    /// wrote are left alone.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn begin(&mut self, extra: Extra) -> Result<(), RunError> {
        self.lock.check()?;
        clear(&self.dir)?;
        self.lock.check()?;
        self.make_folders()?;
        for (table, made) in RunTable::ALL.into_iter().zip(&mut self.tables) {
            // What has come in place of the folder since is nobody's to be written into.
            self.lock.check()?;
            let path = self.dir.join(table.file_name());
            *made = if table.is_wanted(extra) { Growing::create(&path)? } else { Growing::none(&path) };
        }
        Ok(())
    }

    fn make_folders(&self) -> Result<(), RunError> {
        [SNAPSHOTS, FRAMES].map(|name| self.dir.join(name)).iter().try_for_each(|folder| {
            disk::make_folder(folder).map_err(RunError::write(folder))?;
            disk::sweep(folder, is_timed)
        })
    }

    /// Opens the folder of a run that goes on. All tables are held against the marks of its checkpoint before any of them is cut
    /// back to it.
    ///
    /// # Errors
    ///
    /// [`RunError::Locked`], [`RunError::Write`], and [`RunError::Shortened`] or [`RunError::Changed`] where a table is not
    /// what the checkpoint counts on.
    pub fn reopen(dir: &Path, marks: &Marks) -> Result<Self, RunError> {
        let lock = lock(dir)?;
        let reopen = |(table, mark): (RunTable, &Mark)| Growing::reopen(&dir.join(table.file_name()), mark);
        let tables = RunTable::ALL.into_iter().zip(marks).map(reopen).collect::<Result<Vec<_>, _>>()?;
        let mut folder = Self { dir: dir.to_owned(), tables, lock };
        if !is_unbegun(marks) {
            folder.tables.iter_mut().try_for_each(Growing::cut_off)?;
            folder.make_folders()?;
            disk::sweep(dir, |name| own_names().any(|own| own == name))?;
        }
        Ok(folder)
    }

    /// Cuts the tables back to these marks.
    ///
    /// # Errors
    ///
    /// [`RunError::Shortened`], [`RunError::Changed`] and [`RunError::Write`].
    pub fn cut(&mut self, marks: &Marks) -> Result<(), RunError> {
        for (table, mark) in self.tables.iter_mut().zip(marks) {
            table.go_back(mark)?;
        }
        self.tables.iter_mut().try_for_each(Growing::cut_off)
    }

    /// Makes way for results that were put together beside: what was there is removed.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`] and [`RunError::Gone`].
    pub(crate) fn make_way(&self) -> Result<(), RunError> {
        self.lock.check()?;
        clear(&self.dir)?;
        [CHECKPOINT, SAVED_START].into_iter().try_for_each(|name| self.remove(name))
    }

    /// Its lock, without its tables.
    pub(crate) fn into_lock(self) -> Lock {
        self.lock
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where rows of a table are added; [`Folder::settle`] after each batch of them.
    pub fn rows(&mut self, table: RunTable) -> &mut Rows {
        self.tables[table as usize].rows()
    }

    /// Writes waiting lines where there are many.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`]; the file then ends with the last whole line that fitted before.
    pub fn settle(&mut self) -> Result<(), RunError> {
        self.tables.iter_mut().try_for_each(Growing::settle)
    }

    /// Writes all waiting lines through to the disk.
    ///
    /// # Errors
    ///
    /// As for [`Folder::settle`].
    pub fn sync(&mut self) -> Result<Marks, RunError> {
        self.lock.check()?;
        let mut marks = Marks::default();
        for (table, mark) in self.tables.iter_mut().zip(&mut marks) {
            *mark = table.sync()?;
        }
        Ok(marks)
    }

    /// Writes a small file aside and renames it into place.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`]; the file of that name is then as it was before.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        self.lock.write(name, |file| file.write_all(bytes))
    }

    /// Removes a file of this name, if there is one.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`].
    pub fn remove(&self, name: &str) -> Result<(), RunError> {
        let path = self.dir.join(name);
        disk::remove(&path).map_err(RunError::write(&path))
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
        self.lock.write(name, fill)
    }
}

/// Whether no table has a line: such a run begins when it is gone on with.
pub(super) fn is_unbegun(marks: &Marks) -> bool {
    marks.iter().all(|mark| mark.length == 0)
}

/// Refuses what is there and is not a folder, links that lead nowhere included.
pub(crate) fn refuse_others(dir: &Path) -> Result<(), RunError> {
    let why = match (fs::symlink_metadata(dir), dir.is_dir()) {
        (Ok(_), true) | (Err(_), _) => return Ok(()),
        (Ok(found), false) if found.is_symlink() && !dir.exists() => {
            std::io::Error::new(std::io::ErrorKind::NotFound, "it is a link to something that is not there")
        }
        (Ok(_), false) => std::io::ErrorKind::NotADirectory.into(),
    };
    Err(RunError::write(dir)(why))
}

/// Keeps two processes from writing one folder at once, and knows whether it is still the same folder.
#[derive(Debug)]
pub struct Lock {
    dir: PathBuf,
    file: File,
}

/// Takes the lock of a folder.
///
/// # Errors
///
/// [`RunError::Locked`] and [`RunError::Write`].
pub fn lock(dir: &Path) -> Result<Lock, RunError> {
    Lock::take(dir)
}

impl Lock {
    /// Takes the lock of a folder.
    ///
    /// # Errors
    ///
    /// [`RunError::Locked`] and [`RunError::Write`].
    fn take(dir: &Path) -> Result<Self, RunError> {
        let path = dir.join(LOCK);
        let opened = OpenOptions::new().create(true).append(true).open(&path);
        let file = opened.map_err(RunError::write(&path))?;
        let locked = Self { dir: dir.to_owned(), file };
        match locked.file.try_lock() {
            Ok(()) => Ok(locked),
            Err(TryLockError::WouldBlock) => Err(RunError::Locked(dir.to_owned())),
            // A file system without locks: better an unguarded run than none.
            Err(TryLockError::Error(_)) => Ok(locked),
        }
    }

    /// Makes sure that the folder was not removed, nor another one put in its place: what would be written there is a part only.
    ///
    /// # Errors
    ///
    /// [`RunError::Gone`].
    pub(crate) fn check(&self) -> Result<(), RunError> {
        let is_same = match (self.file.metadata(), fs::metadata(self.dir.join(LOCK))) {
            (Ok(ours), Ok(there)) => is_same_file(&ours, &there),
            // Systems that do not say are trusted.
            (Err(_), Ok(_)) => true,
            (_, Err(_)) => false,
        };
        if is_same { Ok(()) } else { Err(RunError::Gone(self.dir.clone())) }
    }

    /// Writes a file of the folder aside through a function and renames it into place. A folder that is taken away meanwhile is told
    /// as that, whatever then failed, and nothing is left in what stands in its place.
    ///
    /// # Errors
    ///
    /// [`RunError::Write`] and [`RunError::Gone`]; the file of that name is then as it was before.
    pub fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut File) -> std::io::Result<()>,
    ) -> Result<(), RunError> {
        self.check()?;
        let path = self.dir.join(name);
        let written = disk::replace(&path, |file| {
            fill(file)?;
            file.sync_all()?;
            // The rename comes at once after this.
            self.check().map_err(std::io::Error::other)
        });
        written.map_err(|error| self.check().err().unwrap_or_else(|| RunError::write(&path)(error)))
    }
}

#[cfg(unix)]
fn is_same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere a folder with open files cannot be removed.
#[cfg(not(unix))]
fn is_same_file(_one: &fs::Metadata, _other: &fs::Metadata) -> bool {
    true
}

/// The page that tells of a run or trial.
pub const REPORT: &str = "report.html";
/// What repositories of data want to know of a folder.
pub const METADATA: &str = "ro-crate-metadata.json";
/// Tables of a trial in the shapes of ADaM.
pub const ADAM: &str = "adam";
/// Doses that were given, as records for other programs.
pub const NONMEM: &str = "nonmem";
/// Folder of the plots.
pub const PLOTS: &str = "plots";
/// Folder of the trees of clones.
pub const LINEAGE: &str = "lineage";
/// Folder of what is drawn and exported on demand.
pub const PICTURES: &str = "pictures";
/// Folders of what is drawn of results, and the endings of its files.
const DRAWN: [(&str, &[&str]); 4] = [
    (PLOTS, &["svg", "png"]),
    (LINEAGE, &["nwk", "csv"]),
    (PICTURES, &["png", "gif", "npz", "vti"]),
    (ADAM, &["csv"]),
];

/// Whether another process writes a folder. The lock is asked for, not made.
pub fn is_being_written(dir: &Path) -> bool {
    let Ok(lock) = File::open(dir.join(LOCK)) else { return false };
    matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Names of the files that a run leaves, without tables and pictures.
const SINGLE_FILES: [&str; 6] = [EFFECTIVE, CHECKPOINT, SAVED_START, SUMMARY, DIGEST, MANIFEST];

/// Names of all files of a run but pictures and what is drawn of it.
fn own_names() -> impl Iterator<Item = &'static str> {
    SINGLE_FILES.into_iter().chain(RunTable::ALL.map(RunTable::file_name))
}

/// What a folder holds in which a file of a run was found, in words: whether that is done, and how it would be gone on with.
fn held(dir: &Path, found: &str) -> String {
    match () {
        () if dir.join(DIGEST).exists() => "a run that is done".to_owned(),
        () if dir.join(CHECKPOINT).exists() => {
            let dir = shell_word(&dir.display().to_string());
            format!("a run that was stopped, with which `evotor resume {dir}` goes on")
        }
        () => format!("something of another run ({found})"),
    }
}

/// A file of another run, if the folder holds one.
fn found_in(dir: &Path) -> Option<String> {
    let single = own_names().find(|name| dir.join(name).exists()).map(str::to_owned);
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
            is_timed(&text) && text.ends_with(end)
        })
        .map(|name| Path::new(of).join(name))
        .collect();
    names.sort();
    names
}

/// Whether a file is named for a replicate and a time.
fn is_timed(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_digit()) && name.contains("-day")
}

/// Removes the files of another run, all but those with which this one begins.
fn clear(dir: &Path) -> Result<(), RunError> {
    let names = own_names().filter(|name| ![CHECKPOINT, SAVED_START].contains(name)).map(|n| dir.join(n));
    let pictures = pictures(dir).into_iter().map(|n| dir.join(n));
    for path in names.chain(pictures).filter(|p| p.exists()) {
        disk::remove(&path).map_err(RunError::write(&path))?;
    }
    forget_report(dir)
}

/// Removes what was made of another run or trial: its report, plots, trees of clones, pictures, metadata, and tables in other shapes.
pub(crate) fn forget_report(dir: &Path) -> Result<(), RunError> {
    let drawn = DRAWN.into_iter().flat_map(|(of, ends)| {
        let entries = fs::read_dir(dir.join(of)).into_iter().flatten().flatten().map(|e| e.path());
        entries.filter(move |p| p.extension().and_then(|e| e.to_str()).is_some_and(|e| ends.contains(&e)))
    });
    for (of, ends) in DRAWN {
        disk::sweep(&dir.join(of), |name| ends.iter().any(|end| name.ends_with(&format!(".{end}"))))?;
    }
    disk::sweep(dir, |name| [REPORT, METADATA].contains(&name))?;
    let files = [REPORT, METADATA].map(|name| dir.join(name)).into_iter().filter(|p| p.exists());
    for path in drawn.chain(files) {
        disk::remove(&path).map_err(RunError::write(&path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(dir: &Path) -> Folder {
        created(dir, false).unwrap()
    }

    fn created(dir: &Path, force: bool) -> Result<Folder, RunError> {
        let mut folder = Folder::claim(dir, force)?;
        folder.begin(Extra { series: true, ..Extra::default() })?;
        Ok(folder)
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
        created(temp.path(), true).unwrap();
        assert!(made.iter().all(|name| !temp.path().join(name).exists()));
        assert!(temp.path().join("plots/notes.txt").exists());
    }

    #[test]
    fn tables_hold_whole_lines_and_are_cut_back() {
        let temp = tempfile::tempdir().unwrap();
        let mut folder = folder(temp.path());
        folder.rows(RunTable::Series).cells(["a", "b"]).end();
        let marks = folder.sync().unwrap();
        assert_eq!(marks[RunTable::Series as usize].length, 4);
        folder.rows(RunTable::Series).cells(["1", "2"]).end();
        folder.sync().unwrap();
        drop(folder);
        let mut folder = Folder::reopen(temp.path(), &marks).unwrap();
        folder.rows(RunTable::Series).cells(["3", "4"]).end();
        folder.sync().unwrap();
        assert_eq!(fs::read_to_string(temp.path().join("series.csv")).unwrap(), "a,b\n3,4\n");
        assert!(!temp.path().join("states.csv").exists());
    }

    #[test]
    fn a_folder_with_another_run_is_refused_and_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("summary.json"), "{}").unwrap();
        fs::write(temp.path().join("notes.txt"), "mine").unwrap();
        let error = created(temp.path(), false).unwrap_err();
        assert!(error.is_input() && error.to_string().contains("summary.json"), "{error}");
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 2);
        drop(created(temp.path(), true).unwrap());
        assert!(!temp.path().join("summary.json").exists());
        assert_eq!(fs::read_to_string(temp.path().join("notes.txt")).unwrap(), "mine");
    }

    #[test]
    fn two_processes_do_not_share_a_folder() {
        let temp = tempfile::tempdir().unwrap();
        let first = folder(temp.path());
        assert!(matches!(Folder::reopen(temp.path(), &Marks::default()), Err(RunError::Locked(_))));
        drop(first);
        assert!(Folder::reopen(temp.path(), &Marks::default()).is_ok());
    }

    #[test]
    fn a_shortened_table_is_noticed() {
        let temp = tempfile::tempdir().unwrap();
        drop(folder(temp.path()));
        let mut marks = Marks::default();
        marks[0].length = 10;
        let error = Folder::reopen(temp.path(), &marks).unwrap_err();
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
