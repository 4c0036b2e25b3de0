//! The run: block after block of lesions, from event to event, to the end or to a checkpoint.
//!
//! A block is as many lesions as fit a fixed amount of memory; it is computed to its end before the next
//! one begins. Within a block all lesions advance together, in chunks of steps that are short enough for a
//! signal to act within a second. Neither blocks nor chunks change results.
//!
//! A checkpoint is written when a block begins (it then holds no state: the block can be made again), from time to
//! time, when the run is stopped, and at its end.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::engine::LogEntry;
use crate::tissue::{LesionId, LesionState};

use super::backends::BackendOptions;
use super::batch::{Advanced, Batch};
use super::care::DayRecord;
use super::care::tables as care_tables;
use super::checkpoint::{self, Checkpoint, CheckpointError, Header, PROGRAM, WriteError};
use super::digest::{hex, state_digest};
use super::ending::{Ending, Finished};
use super::environment::{EnvironmentRow, averages};
use super::error::RunError;
use super::folder::{CHECKPOINT, DIGEST, EFFECTIVE, Folder, RunTable, SAVED_START, SUMMARY, is_unbegun};
use super::frame;
use super::hooks::{Hooks, LatticePicture, RunProgress, Unwatched};
use super::job::Job;
use super::memory::{estimate, state_bytes};
use super::naming::{frame_name, picture_name};
use super::pace::Pace;
use super::position::{check_position, end_of_block, unpack_lesions};
use super::record::{RunRecord, Tally};
use super::summary;
use super::tables;
use super::timeline::Event;

/// Choices about a run that never change its results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where steps are computed.
    pub backend: BackendOptions,
    /// Wall-clock time between two checkpoints; zero: one after every chunk.
    pub checkpoint_every: Duration,
    /// Lesions in a block; `None`: as many as fit. The order of rows follows blocks, their content does not.
    pub block: Option<u32>,
    /// Steps between two looks at the world; `None`: as many as take a fraction of a second.
    pub chunk: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            backend: BackendOptions::default(),
            checkpoint_every: Duration::from_secs(30),
            block: None,
            chunk: None,
        }
    }
}

/// Runs a scenario and writes its output folder.
///
/// # Errors
///
/// [`RunError`]. What concerns the input, the backend or the folder is found before anything is written.
pub fn run<'a>(
    job: &'a Job,
    settings: &Settings,
    dir: &Path,
    force: bool,
    hooks: Hooks<'a>,
) -> Result<Ending, RunError> {
    Folder::refuse_occupied(dir, force)?;
    let mut run = Run::new(job, settings, hooks);
    let batch = run.open_block()?;
    let folder = Folder::claim(dir, force)?;
    match job.saved_bytes() {
        Some(bytes) => folder.write(SAVED_START, bytes)?,
        None => folder.remove(SAVED_START)?,
    }
    run.folder = Some(folder);
    // The first file of a run, before those of another one are removed: from here on it can be gone on with.
    run.save(None)?;
    run.begin()?;
    run.go(Some(batch))
}

/// Runs a scenario in memory: no folder, no pictures, no way to stop it.
///
/// # Errors
///
/// [`RunError`].
pub fn run_in_memory(job: &Job, settings: &Settings) -> Result<Finished, RunError> {
    let stop = AtomicUsize::new(0);
    let hooks = Hooks { watch: &mut Unwatched, painter: None, stop: &stop };
    match run_without_files(job, settings, hooks)? {
        Ending::Done(finished) => Ok(finished),
        Ending::Stopped { .. } => unreachable!("nobody can stop it"),
    }
}

/// Runs a scenario that leaves no files, and that can be stopped.
///
/// # Errors
///
/// [`RunError`].
pub fn run_without_files<'a>(
    job: &'a Job,
    settings: &Settings,
    hooks: Hooks<'a>,
) -> Result<Ending, RunError> {
    let mut run = Run::new(job, settings, hooks);
    let batch = run.open_block()?;
    run.go(Some(batch))
}

/// States larger than this take more than a moment to write.
const SLOW_TO_SAVE: u64 = 1 << 28;

/// A run on its way.
pub(super) struct Run<'a> {
    job: &'a Job,
    backend: BackendOptions,
    checkpoint_every: Duration,
    folder: Option<Folder>,
    hooks: Hooks<'a>,
    record: RunRecord,
    /// First lesion of the block.
    first: u32,
    /// Lesions in a block.
    block: u32,
    /// Step of the block.
    step: u32,
    finished: bool,
    pace: Pace,
    /// When the record's elapsed time was last brought up to date.
    clock: Instant,
    saved: Instant,
    saving_took: Duration,
}

impl<'a> Run<'a> {
    fn new(job: &'a Job, settings: &Settings, hooks: Hooks<'a>) -> Self {
        let now = Instant::now();
        Self {
            job,
            backend: settings.backend.clone(),
            checkpoint_every: settings.checkpoint_every,
            folder: None,
            hooks,
            record: RunRecord::default(),
            first: job.own_lesions().start,
            block: estimate(&job.scenario, &job.model, settings.block).block,
            step: 0,
            finished: false,
            pace: Pace::new(settings.chunk),
            clock: now,
            saved: now,
            saving_took: Duration::ZERO,
        }
    }

    /// Goes on from a checkpoint in its folder.
    pub(super) fn resume(
        job: &'a Job,
        settings: &Settings,
        dir: &Path,
        checkpoint: &Checkpoint,
        hooks: Hooks<'a>,
    ) -> Result<Ending, RunError> {
        let mut run = Self::new(job, settings, hooks);
        let states = run.restore(checkpoint)?;
        let marks = &checkpoint.header.tables;
        if run.finished {
            run.folder = match Folder::reopen(dir, marks) {
                // Who may only read is told the digest.
                Err(RunError::Write { source, .. }) if is_read_only(&source) => None,
                other => Some(other?),
            };
            return run.go(None);
        }
        let batch = run.open(states)?;
        run.folder = Some(Folder::reopen(dir, marks)?);
        if is_unbegun(marks) {
            run.begin()?;
        } else {
            run.describe()?;
        }
        run.go(Some(batch))
    }

    /// Makes the files with which a run begins, in place of those of another one.
    fn begin(&mut self) -> Result<(), RunError> {
        if let Some(folder) = &mut self.folder {
            folder.begin(self.job.extra_tables())?;
            tables::heads(folder, self.job);
            care_tables::heads(folder);
            folder.rows(RunTable::Environment).head::<EnvironmentRow>().end();
        }
        self.describe()?;
        self.save(None)
    }

    /// Lesions of the block.
    fn lesions(&self) -> std::ops::Range<u32> {
        self.first..end_of_block(self.first, self.block, self.job)
    }

    /// The starting states of the block, and tallies for them.
    fn start_block(&mut self) -> Result<Vec<LesionState>, RunError> {
        let threads = self.backend.threads;
        let states = self.job.starting_lesions(self.lesions(), threads)?;
        self.record.tallies.truncate(self.place(self.first));
        self.record.tallies.extend(self.lesions().map(|l| Tally::new(LesionId::new(l, 0))));
        self.step = 0;
        Ok(states)
    }

    /// Place of a lesion among the tallies.
    fn place(&self, lesion: u32) -> usize {
        (lesion - self.job.own_lesions().start) as usize
    }

    fn open_block(&mut self) -> Result<Batch<'a>, RunError> {
        let states = self.start_block()?;
        self.open(states)
    }

    fn open(&mut self, states: Vec<LesionState>) -> Result<Batch<'a>, RunError> {
        let tallies = &self.record.tallies[self.place(self.first)..];
        let opened = Batch::open(self.job, &self.backend, states, tallies, self.step)?;
        if let Some(note) = opened.note {
            self.hooks.watch.note(&note);
        }
        if let Some(info) = opened.batch.info() {
            let driver =
                if info.driver.is_empty() { String::new() } else { format!(", driver {}", info.driver) };
            let backend = format!("{}, {}{driver}", info.kind, info.device);
            self.remember(&backend);
        }
        Ok(opened.batch)
    }

    /// Remembers a backend, unless it is the one that computed the steps before.
    fn remember(&mut self, backend: &str) {
        let last = self.record.backends.last().map(|b| b.split(" from ").next().unwrap_or(b));
        if last == Some(backend) {
            return;
        }
        let from = match (self.place(self.first), self.step) {
            (0, 0) => String::new(),
            (0, step) => format!(" from step {step} on"),
            (_, step) => format!(" from replicate {}, step {step} on", self.first),
        };
        self.record.backends.push(format!("{backend}{from}"));
    }

    /// Takes over what a checkpoint says; the states of its block.
    fn restore(&mut self, checkpoint: &Checkpoint) -> Result<Vec<LesionState>, RunError> {
        let header = &checkpoint.header;
        check_position(checkpoint, self.job)?;
        self.record = header.record.clone();
        (self.first, self.block, self.step, self.finished) =
            (header.first, header.block, header.step, header.finished);
        self.clock = Instant::now();
        match (header.finished, header.step) {
            (true, _) => Ok(Vec::new()),
            (false, 0) => self.start_block(),
            (false, _) => Ok(unpack_lesions(checkpoint, self.job)?),
        }
    }

    /// From here to the end, or to a stop.
    fn go(mut self, batch: Option<Batch<'a>>) -> Result<Ending, RunError> {
        let mut next = batch;
        while !self.finished {
            let batch = match next.take() {
                Some(batch) => batch,
                None => self.next_block()?,
            };
            if let Some(signal) = self.block(batch)? {
                return Ok(Ending::Stopped { signal, step: self.step });
            }
        }
        self.finish()
    }

    /// Opens the block that follows, on the CPU if the device fails.
    fn next_block(&mut self) -> Result<Batch<'a>, RunError> {
        let batch = match self.open_block() {
            Err(error) => {
                let Some(cpu) = self.backend.after(&error) else { return Err(error) };
                self.leave_device(&error, cpu, "the run goes on");
                self.open_block()?
            }
            Ok(batch) => batch,
        };
        self.save(None)?;
        self.describe()?;
        Ok(batch)
    }

    /// Computes a block to its end, on the CPU if the device is lost on the way; the signal that stopped it.
    fn block(&mut self, mut batch: Batch<'a>) -> Result<Option<usize>, RunError> {
        loop {
            match self.advance(&mut batch) {
                Err(error) => {
                    drop(batch);
                    batch = self.recover(error)?;
                }
                done => return done,
            }
        }
    }

    fn advance(&mut self, batch: &mut Batch<'_>) -> Result<Option<usize>, RunError> {
        if self.step == 0 {
            let advanced = batch.advance(0)?;
            self.take(advanced)?;
            if self.job.timeline.is_event(0) {
                self.event(batch, 0)?;
            }
        }
        while batch.is_running() {
            let signal = self.hooks.stop.load(Ordering::Relaxed);
            if signal != 0 {
                self.stop(batch)?;
                return Ok(Some(signal));
            }
            self.chunk(batch)?;
        }
        if !self.job.timeline.is_event(self.step) {
            self.event(batch, self.job.timeline.next_after(self.step))?;
        }
        self.close(batch)?;
        Ok(None)
    }

    /// Advances by a chunk of steps, to the next event at most.
    fn chunk(&mut self, batch: &mut Batch<'_>) -> Result<(), RunError> {
        let until = self.pace.until(self.step, self.job.timeline.next_after(self.step));
        let begun = Instant::now();
        let advanced = batch.advance(until)?;
        self.pace.took(begun.elapsed(), until - self.step);
        self.step = until;
        self.take(advanced)?;
        if self.job.timeline.is_event(until) {
            self.event(batch, until)?;
        }
        self.report();
        if self.is_checkpoint_due() {
            self.save(Some(batch))?;
        }
        Ok(())
    }

    /// Whether it is time for a checkpoint. One that takes long is written less often, so that no run spends more
    /// than a twentieth of its time on them.
    fn is_checkpoint_due(&self) -> bool {
        let every = self.checkpoint_every;
        every.is_zero() || self.saved.elapsed() >= every.max(20 * self.saving_took)
    }

    /// Takes checks and days into the record and the tables.
    fn take(&mut self, advanced: Advanced) -> Result<(), RunError> {
        let steps_per_day = 24 / self.job.scenario.time.step_hours;
        let mut days = advanced.days.into_iter().peekable();
        for entry in advanced.entries {
            while let Some(day) = days.next_if(|d| d.report.day * steps_per_day < entry.step) {
                self.take_day(day);
            }
            self.take_check(entry);
        }
        days.for_each(|day| self.take_day(day));
        self.folder.as_mut().map_or(Ok(()), Folder::settle)
    }

    fn take_check(&mut self, entry: LogEntry) {
        let lesion = self.first + entry.lesion as u32;
        let at = self.place(lesion);
        let tally = &mut self.record.tallies[at];
        let on = if self.job.care.is_some() { tally.on } else { entry.drugs_on };
        if let Some(folder) = &mut self.folder {
            tables::check(folder, self.job, lesion, &entry, on);
        }
        if self.job.care.is_none() && self.job.is_detailed(lesion) {
            tally.note_drugs(entry.step, on);
        }
        tally.add(entry);
    }

    fn take_day(&mut self, day: DayRecord) {
        let lesion = self.first + day.lesion as u32;
        let step = day.report.day * (24 / self.job.scenario.time.step_hours);
        if let Some(folder) = &mut self.folder {
            care_tables::day(folder, self.job, lesion, &day);
        }
        let at = self.place(lesion);
        let tally = &mut self.record.tallies[at];
        tally.add_day(day);
        if self.job.is_detailed(lesion) {
            tally.note_drugs(step, tally.on);
        }
    }

    /// Makes the pictures and counts that are due.
    fn event(&mut self, batch: &mut Batch<'_>, now: u32) -> Result<(), RunError> {
        let (lesions, begin) = (self.lesions(), self.place(self.first));
        let Some(folder) = &mut self.folder else {
            return Ok(());
        };
        for (i, lesion) in lesions.enumerate().filter(|(_, l)| self.job.is_detailed(*l)) {
            let tally = &mut self.record.tallies[begin + i];
            let (own, halted) = tally.halted().map_or((now, false), |step| (step, true));
            let due = |event| self.job.timeline.is_due(event, now, own, halted);
            let painter = self.hooks.painter.filter(|_| due(Event::Snapshot));
            let frame = self.job.scenario.output.frames && due(Event::Snapshot);
            if painter.is_none() && !frame && !due(Event::Clones) && !due(Event::Environment) {
                continue;
            }
            let state = batch.state(i)?;
            if due(Event::Clones) {
                tables::sizes(folder, self.job, tally, &state);
            }
            if due(Event::Environment) {
                let flow = f64::from(batch.flow(i)) / f64::from(u32::MAX);
                averages(self.job, flow, &state)
                    .iter()
                    .for_each(|row| folder.rows(RunTable::Environment).add(row));
            }
            if painter.is_none() && !frame {
                continue;
            }
            let digest = hex(&state_digest(&state));
            let (job, therapy) = (self.job, tally.therapy.as_slice());
            let (flow, exposures) = (batch.flow(i), batch.exposures(i));
            let picture = LatticePicture { job, state: &state, digest: &digest, therapy, flow, exposures };
            if let Some(painter) = painter {
                folder.write(&picture_name(&job.scenario, lesion, state.step), &painter.paint(&picture))?;
            }
            if frame {
                folder.write_with(&frame_name(&job.scenario, lesion, state.step), |file| {
                    frame::write(file, &picture)
                })?;
            }
        }
        folder.settle()
    }

    /// Closes a block whose lesions have all halted.
    fn close(&mut self, batch: &mut Batch<'_>) -> Result<(), RunError> {
        for (i, lesion) in self.lesions().enumerate() {
            let state = batch.state(i)?;
            let at = self.place(lesion);
            let tally = &mut self.record.tallies[at];
            tally.digest = Some(state_digest(&state));
            tally.ledger = batch.ledger(i).cloned();
            if let Some(folder) = &mut self.folder {
                if self.job.is_detailed(lesion) {
                    tables::clones(folder, self.job, tally, &state);
                }
                tables::replicate(folder, self.job, tally);
            }
            tally.written = Vec::new();
        }
        let end = self.lesions().end;
        if end == self.job.own_lesions().end {
            self.finished = true;
            self.save(Some(batch))?;
        } else {
            self.first = end;
            self.step = 0;
        }
        Ok(())
    }

    fn stop(&mut self, batch: &mut Batch<'_>) -> Result<(), RunError> {
        if self.step == 0 {
            // The checkpoint from before the block stands.
            return Ok(());
        }
        let bytes = batch.lesions() as u64 * state_bytes(&self.job.model, &self.job.shape());
        if bytes > SLOW_TO_SAVE {
            self.hooks.watch.note("writing a checkpoint; a second signal ends the process at once");
        }
        self.save(Some(batch))
    }

    fn report(&mut self) {
        let end = u64::from(self.job.timeline.end());
        let of_block = &self.record.tallies[self.place(self.first)..];
        let live = of_block.iter().filter_map(|t| t.last.as_ref()).map(|e| u64::from(e.live)).sum();
        let own = self.job.own_lesions();
        let number = |lesion: u32| u64::from(lesion / self.block - own.start / self.block);
        let done = number(self.first) * end + u64::from(self.step);
        let total = (number(own.end - 1) + 1) * end;
        self.hooks.watch.progress(&RunProgress { done, total, step: self.step, live });
    }

    /// Takes the CPU from here on, and says why.
    fn leave_device(&mut self, error: &RunError, cpu: BackendOptions, how: &str) {
        let step = self.step;
        self.hooks
            .watch
            .note(&format!("failed to {error} (step {step}); {how} on the CPU, with the same digest"));
        self.backend = cpu;
    }

    /// Goes back to the last checkpoint, on the CPU, if an error is the device's.
    fn recover(&mut self, error: RunError) -> Result<Batch<'a>, RunError> {
        let Some((cpu, folder)) = self.backend.after(&error).zip(self.folder.as_mut()) else {
            return Err(error);
        };
        let checkpoint = checkpoint::read(&folder.dir().join(CHECKPOINT))?;
        folder.cut(&checkpoint.header.tables)?;
        let step = checkpoint.header.step;
        self.leave_device(&error, cpu, &format!("the run goes on from its checkpoint at step {step}"));
        let states = self.restore(&checkpoint)?;
        let batch = self.open(states)?;
        self.describe()?;
        Ok(batch)
    }

    /// Writes a checkpoint: of the lesions of a batch, or of a block that has not begun.
    fn save(&mut self, batch: Option<&mut Batch<'_>>) -> Result<(), RunError> {
        let begun = Instant::now();
        self.record.elapsed_ms += self.clock.elapsed().as_millis() as u64;
        self.clock = begun;
        let begin = self.place(self.first);
        let of_batch = batch.as_ref().filter(|_| !self.finished);
        for (i, batch) in of_batch.into_iter().flat_map(|b| (0..b.lesions()).map(move |i| (i, b))) {
            self.record.tallies[begin + i].ledger = batch.ledger(i).cloned();
        }
        let Some(folder) = &mut self.folder else {
            return Ok(());
        };
        let header = Header {
            program: PROGRAM.to_owned(),
            text: self.job.text.clone(),
            shard: self.job.shard,
            first: self.first,
            block: self.block,
            step: self.step,
            finished: self.finished,
            record: self.record.clone(),
            tables: folder.sync()?,
            start: self.job.start_hash(),
        };
        write_checkpoint(folder, &header, batch)?;
        self.saved = Instant::now();
        self.saving_took = begun.elapsed();
        Ok(())
    }

    /// Writes the effective scenario, under a head that says what computed it.
    fn describe(&self) -> Result<(), RunError> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        folder.write(EFFECTIVE, described(self.job, &self.record.backends).as_bytes())
    }

    fn finish(self) -> Result<Ending, RunError> {
        let unfinished = CheckpointError::Malformed("it counts as finished, but a lesion is not");
        let digest = self.record.digest().ok_or(unfinished)?;
        let finished = Finished { digest, record: self.record };
        // What is made of all replicates waits for them.
        if let Some(folder) = self.folder.as_ref().filter(|_| self.job.shard.is_none()) {
            folder.write(DIGEST, format!("{}\n", hex(&digest)).as_bytes())?;
            folder.write(SUMMARY, summary::json(self.job, &finished).as_bytes())?;
        }
        Ok(Ending::Done(finished))
    }
}

/// The effective scenario of a run that these backends computed, as its folder has it.
pub(crate) fn described(job: &Job, backends: &[String]) -> String {
    let by: String = backends.iter().map(|backend| format!("# computed by: {backend}\n")).collect();
    format!("# evotor {PROGRAM}, seed {}\n{by}#\n{}", job.scenario.seed, job.text)
}

fn is_read_only(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem)
}

fn write_checkpoint(
    folder: &Folder,
    header: &Header,
    mut batch: Option<&mut Batch<'_>>,
) -> Result<(), RunError> {
    let lesions = batch.as_ref().map_or(0, |b| b.lesions());
    let mut engine_error = None;
    let written = folder.write_with(CHECKPOINT, |file| {
        let state = |i: usize| match &mut batch {
            Some(batch) => batch.state(i),
            None => unreachable!("there are no lesions without a batch"),
        };
        checkpoint::write(file, header, lesions, state).map_err(|error| match error {
            WriteError::Io(error) => error,
            WriteError::State(error) => {
                engine_error = Some(error);
                std::io::Error::other("a lesion's state is missing")
            }
        })
    });
    match engine_error {
        Some(error) => Err(error.into()),
        None => written,
    }
}
