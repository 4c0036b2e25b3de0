//! Films: a page for every recorded time, with therapy and burden running along.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::simulation::folder::DIGEST;
use crate::simulation::{Ending, Frame, Hooks, Job, RunError, Settings, Watch, digest, run};

use super::animation::{AnimatedPng, Format, Gif, Histogram};
use super::canvas::Canvas;
use super::error::RenderError;
use super::gallery::Gallery;
use super::page::{Story, Style, notes, page};
use super::strip::Burden;
use super::what::Scope;

/// A film made ready.
pub struct Film<'a> {
    gallery: &'a Gallery,
    scope: Scope,
    style: Style,
    therapy: Vec<(u32, u32)>,
    known: u32,
    burden: Burden,
    stop: &'a AtomicUsize,
    /// Pages per second.
    pub fps: u16,
}

impl<'a> Film<'a> {
    /// A film of all recorded times of a gallery, in the colours of a scope that has seen them, with the burden of a run. No page is
    /// begun after a signal in `stop`.
    ///
    /// # Errors
    ///
    /// [`RenderError`] where there are fewer than two times, or a frame cannot be read.
    pub fn new(
        gallery: &'a Gallery,
        scope: Scope,
        style: Style,
        fps: u16,
        burden: Burden,
        stop: &'a AtomicUsize,
    ) -> Result<Self, RenderError> {
        gallery.refuse_empty()?;
        if gallery.steps.len() < 2 {
            return Err(RenderError::NoFrames {
                dir: gallery.dir().to_owned(),
                why:
                    "one time alone makes no film; ask for more `snapshots` in [output], or take `--every 7d`"
                        .into(),
            });
        }
        let last = gallery.frame(gallery.steps[gallery.steps.len() - 1])?;
        Ok(Self { gallery, scope, style, known: last.state.step, therapy: last.therapy, burden, stop, fps })
    }

    fn page(&self, frame: &Frame) -> Result<Canvas, RenderError> {
        let story = Story { therapy: &self.therapy, known: self.known, burden: &self.burden };
        page(&frame.picture(&self.gallery.job), &self.scope, &self.style, Some(story))
    }

    /// Draws all pages, one after the other.
    fn pages(
        &self,
        mut each: impl FnMut(Canvas, &Frame) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        let mut size = None;
        for step in &self.gallery.steps {
            go_on(self.stop)?;
            let frame = self.gallery.frame(*step)?;
            let drawn = self.page(&frame)?;
            // All pages of a film have the size of the first.
            let [width, height] = *size.get_or_insert([drawn.width(), drawn.height()]);
            each(drawn.fitted(width, height, self.style.theme.paper()), &frame)?;
        }
        Ok(())
    }

    /// Writes the film.
    ///
    /// # Errors
    ///
    /// [`RenderError::Stopped`], [`RenderError::Encode`] with the file's name, and whatever a page says.
    pub fn write<W: Write>(&self, file: W, path: &Path, format: Format) -> Result<(), RenderError> {
        match format {
            Format::Png => self.write_png(file, path),
            Format::Gif => self.write_gif(file, path),
        }
    }

    fn count(&self) -> u32 {
        self.gallery.steps.len() as u32
    }

    fn write_png<W: Write>(&self, file: W, path: &Path) -> Result<(), RenderError> {
        let failed = |e: png::EncodingError| encode(path, &e);
        let mut file = Some(file);
        let mut film = None;
        self.pages(|page, frame| {
            if let Some(file) = file.take() {
                let size = [page.width(), page.height()];
                let notes = notes(&frame.picture(&self.gallery.job), &self.scope);
                film = Some(AnimatedPng::new(file, size, self.count(), self.fps, &notes).map_err(failed)?);
            }
            film.as_mut().map_or(Ok(()), |film| film.add(page).map_err(failed))
        })?;
        film.map_or(Ok(()), |film| film.finish().map_err(failed))
    }

    fn write_gif<W: Write>(&self, file: W, path: &Path) -> Result<(), RenderError> {
        let failed = |e: gif::EncodingError| encode(path, &e);
        let mut colours = Histogram::default();
        self.pages(|page, _| {
            colours.see(&page);
            Ok(())
        })?;
        let mut file = Some(file);
        let mut film = None;
        self.pages(|page, _| {
            if let Some(file) = file.take() {
                let size = [page.width(), page.height()];
                film = Some(Gif::new(file, size, self.count(), self.fps, &colours).map_err(failed)?);
            }
            film.as_mut().map_or(Ok(()), |film| film.add(page).map_err(failed))
        })
    }
}

/// Makes sure that no signal has come.
///
/// # Errors
///
/// [`RenderError::Stopped`] with its number.
pub fn go_on(stop: &AtomicUsize) -> Result<(), RenderError> {
    match stop.load(Ordering::Relaxed) {
        0 => Ok(()),
        signal => Err(RenderError::Stopped(signal)),
    }
}

fn encode(path: &Path, why: &dyn std::fmt::Display) -> RenderError {
    RenderError::Encode { path: path.to_owned(), why: why.to_string() }
}

/// Computes a run again from its beginning into another folder, recording it at the times of the first run and every so many
/// steps; what was recorded then must be what is recorded now.
///
/// # Errors
///
/// [`RunError`], [`RenderError::Stopped`] after a signal, and [`RenderError::Differs`] where the two are not the same run.
pub fn retake(
    first: &Gallery,
    every: u32,
    into: &Path,
    settings: &Settings,
    watch: &mut dyn Watch,
    stop: &AtomicUsize,
) -> Result<Gallery, RenderError> {
    let mut scenario = first.job.scenario.clone();
    let output = &mut scenario.output;
    output.snapshots.extend((0..=scenario.time.end).step_by(every.max(1) as usize));
    output.snapshots.push(scenario.time.end);
    output.snapshots.sort_unstable();
    output.snapshots.dedup();
    output.frames = true;
    output.detailed_replicates = output.detailed_replicates.max(first.replicate + 1);
    let job = Job::new(&scenario, first.dir())?;
    let hooks = Hooks { watch, painter: None, stop };
    let digest = match run(&job, settings, into, false, hooks)? {
        Ending::Done(finished) => digest::hex(&finished.digest),
        Ending::Stopped { signal, .. } => return Err(RenderError::Stopped(signal)),
    };
    let differs = |what: &str| {
        let dir = first.dir().display();
        Err(RenderError::Differs(format!(
            "film `{dir}` anew: {what}; the folder was written by another version of evotor, or its files were changed"
        )))
    };
    let known = first.dir().join(DIGEST);
    if known.exists() && std::fs::read_to_string(&known).map_err(RunError::read(&known))?.trim() != digest {
        return differs("the run ends with another digest than `digest.txt` says");
    }
    let again = Gallery::open(into, first.replicate)?;
    for step in first.steps.iter().filter(|step| again.steps.contains(step)) {
        go_on(stop)?;
        if first.frame(*step)?.digest != again.frame(*step)?.digest {
            return differs("the run goes another way than its frames say");
        }
    }
    Ok(again)
}
