//! What a run has recorded: its frames, found and chosen; nothing in its folder is changed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::scenario;
use crate::scenario::units::{Dimension, number_text, parse_in};
use crate::simulation::folder::{DIGEST, EFFECTIVE, FRAMES, RunTable, is_being_written, timed};
use crate::simulation::naming::{day_text, frame_name, time_name};
use crate::simulation::{Frame, Job, RunError, disk};

use super::error::RenderError;
use super::snapshot::Burden;

/// The folder of a run, to be looked at.
#[derive(Debug)]
pub struct Gallery {
    dir: PathBuf,
    /// The scenario of the run.
    pub job: Job,
    /// The replicate that is looked at.
    pub replicate: u32,
    /// Steps that were recorded of it, ascending.
    pub steps: Vec<u32>,
}

impl Gallery {
    /// Opens the folder of a run to look at a replicate.
    ///
    /// # Errors
    ///
    /// [`RenderError`] where there is no run, where it is still being written, or where its files cannot be read.
    pub fn open(dir: &Path, replicate: u32) -> Result<Self, RenderError> {
        let text = effective(dir)?;
        if is_being_written(dir) {
            return Err(RenderError::Busy(dir.to_owned()));
        }
        let loaded = scenario::parse(&text, &dir.join(EFFECTIVE).display().to_string(), dir)
            .map_err(|e| RunError::Scenario(Box::new(e)))?;
        if loaded.scenario.trial.is_some() {
            let why = "it holds a trial, which records no lattices; `evotor report` shows it, and for pictures write a scenario \
                       with an arm's plan in [therapy] and `snapshots` in [output], as scenarios/03-everolimus.toml has \
                       them, for `evotor run`";
            return Err(RenderError::NoRun { dir: dir.to_owned(), why: why.into() });
        }
        let mut job = Job::new(&loaded.scenario, dir)?;
        // Frames carry the digest of the text that was written.
        job.text = without_head(&text).to_owned();
        let mut gallery = Self { dir: dir.to_owned(), job, replicate, steps: Vec::new() };
        gallery.steps = gallery.recorded();
        Ok(gallery)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Steps of the frames of this replicate.
    fn recorded(&self) -> Vec<u32> {
        let there = timed(&self.dir, FRAMES, ".frame");
        let is_there = |step: u32| {
            let name = PathBuf::from(frame_name(&self.job.scenario, self.replicate, step));
            there.binary_search(&name).is_ok()
        };
        let scenario = &self.job.scenario;
        let mut steps: Vec<u32> =
            scenario.output.snapshots.iter().copied().filter(|step| is_there(*step)).collect();
        // A replicate that halted early has one more, at a check.
        let checks = (0..=scenario.time.end).step_by(scenario.time.check as usize);
        steps.extend(checks.filter(|step| is_there(*step)));
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// Whether the run is done.
    pub fn is_finished(&self) -> bool {
        self.dir.join(DIGEST).exists()
    }

    /// Makes sure that something was recorded.
    ///
    /// # Errors
    ///
    /// [`RenderError::NoFrames`] with the reason.
    pub fn refuse_empty(&self) -> Result<(), RenderError> {
        if !self.steps.is_empty() {
            return Ok(());
        }
        let output = &self.job.scenario.output;
        let dir = self.dir.display();
        let why = if self.replicate >= self.job.scenario.replicates {
            format!("there is no replicate {}; the run has {}", self.replicate, self.job.scenario.replicates)
        } else if self.replicate >= output.detailed_replicates {
            format!(
                "replicate {} was not recorded; with `detailed_replicates = {}` in [output] it will be",
                self.replicate,
                self.replicate + 1
            )
        } else if output.snapshots.is_empty() {
            format!(
                "its scenario asks for no snapshots, so no lattice was recorded; add `snapshots` to [output], or animate \
                 it anew with `evotor animate {dir} --every 7d`"
            )
        } else if !output.frames {
            format!(
                "its scenario says `frames = false`; run it again without that, or animate it anew with `evotor animate {dir} \
                 --every 7d`"
            )
        } else if !self.is_finished() {
            format!("the run was stopped before its first snapshot; go on with `evotor resume {dir}`")
        } else {
            "its frames are missing (removed, or written by an earlier version); run the scenario again"
                .into()
        };
        Err(RenderError::NoFrames { dir: self.dir.clone(), why })
    }

    /// Reads what was recorded at a step.
    ///
    /// # Errors
    ///
    /// [`RunError`] for a file that cannot be used.
    pub fn frame(&self, step: u32) -> Result<Frame, RenderError> {
        let name = frame_name(&self.job.scenario, self.replicate, step);
        let frame = Frame::read(&self.dir.join(&name), &self.job)?;
        if (frame.state.step, frame.state.id.patient()) != (step, self.replicate) {
            return Err(RenderError::Differs(format!(
                "use the frame `{name}`: it holds another time or replicate than its name says; run the scenario again"
            )));
        }
        Ok(frame)
    }

    /// The times of a list as in `90d,180d`; `all`, or nothing for the last one.
    ///
    /// # Errors
    ///
    /// [`RenderError::NoTime`] and [`RenderError::NotRecorded`].
    pub fn choose(&self, at: Option<&str>) -> Result<Vec<u32>, RenderError> {
        self.refuse_empty()?;
        match at {
            None => Ok(self.steps.last().copied().into_iter().collect()),
            Some("all") => Ok(self.steps.clone()),
            Some(list) => list.split(',').map(|text| self.chosen(text.trim())).collect(),
        }
    }

    fn chosen(&self, text: &str) -> Result<u32, RenderError> {
        let no = |why| RenderError::NoTime { found: text.to_owned(), why };
        let days = days(text).ok_or_else(|| no("it is not a time in days"))?;
        let hours = f64::from(self.job.scenario.time.step_hours);
        let step = libm::rint(days * 24.0 / hours);
        if step <= f64::from(u32::MAX) && self.steps.binary_search(&(step as u32)).is_ok() {
            return Ok(step as u32);
        }
        let several = self.job.scenario.replicates > 1;
        let replicate = if several { format!(" of replicate {}", self.replicate) } else { String::new() };
        Err(RenderError::NotRecorded {
            wanted: format!("day {}", number_text(days)),
            replicate,
            offer: self.offer(step),
        })
    }

    /// The nearest recorded times on both sides, and what else can be done.
    fn offer(&self, step: f64) -> String {
        let day = |step: &u32| format!("{}d", day_text(*step, self.job.scenario.time.step_hours));
        let before = self.steps.iter().rfind(|s| f64::from(**s) < step).map(&day);
        let after = self.steps.iter().find(|s| f64::from(**s) > step).map(&day);
        let nearest = match (before, after) {
            (Some(a), Some(b)) => format!("the nearest times are {a} and {b}"),
            (a, b) => format!("the nearest time is {}", a.or(b).unwrap_or_default()),
        };
        let stopped = !self.is_finished() && self.steps.last().is_some_and(|s| f64::from(*s) < step);
        let resume = if stopped {
            format!("; the run was stopped: go on with `evotor resume {}`", self.dir.display())
        } else {
            "; `snapshots` in [output] says what is recorded".to_owned()
        };
        format!("{nearest}{resume}")
    }

    /// A replicate and a time as names of pictures carry them.
    pub fn name(&self, step: u32) -> String {
        time_name(&self.job.scenario, self.replicate, step)
    }

    /// A replicate as names of animations carry it.
    pub fn animation_name(&self) -> String {
        format!("{}-animation", self.replicate)
    }

    /// Live cells of the replicate at checks, from `series.csv`.
    ///
    /// # Errors
    ///
    /// [`RunError::Read`], and [`RenderError::Differs`] where the table is none.
    pub fn burden(&self) -> Result<Burden, RenderError> {
        let path = self.dir.join(RunTable::Series.file_name());
        let file = disk::open(&path).map_err(RunError::read(&path))?;
        #[derive(serde::Deserialize)]
        struct Row {
            replicate: u32,
            step: u32,
            live: u32,
        }
        let broken = |_| {
            RenderError::Differs(format!(
                "read `{}`: it is not a table of a run; run the scenario again",
                path.display()
            ))
        };
        let rows: Result<Vec<Row>, csv::Error> = csv::Reader::from_reader(file).into_deserialize().collect();
        let own = rows.map_err(broken)?.into_iter().filter(|row| row.replicate == self.replicate);
        Ok(own.map(|row| (row.step, row.live)).collect())
    }
}

/// A time in days: `90d`, `12 weeks`, or a number of days alone.
pub fn days(text: &str) -> Option<f64> {
    let plain = || text.trim().parse::<f64>().ok().filter(|days| days.is_finite() && *days >= 0.0);
    parse_in(text, Dimension::Time, "d").ok().or_else(plain)
}

/// The effective scenario of a run.
fn effective(dir: &Path) -> Result<String, RenderError> {
    let no = |why: &str| Err(RenderError::NoRun { dir: dir.to_owned(), why: why.into() });
    let path = dir.join(EFFECTIVE);
    match disk::read_text(&path) {
        Ok(text) => Ok(text),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => match dir {
            _ if dir.is_file() => no("it is a file; name the folder of a run"),
            _ if !dir.exists() => no("there is no such folder; name the folder of a run"),
            _ => no("it has no `effective.toml`; name the folder of a run"),
        },
        Err(e) => Err(RunError::read(&path)(e).into()),
    }
}

/// The scenario without the lines that say what computed it.
fn without_head(text: &str) -> &str {
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        if !line.starts_with('#') {
            break;
        }
        rest = after;
        if line == "#" {
            break;
        }
    }
    rest
}
