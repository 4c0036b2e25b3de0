//! Animations: a frame for every recorded time, with therapy and burden running along; as an animated PNG or as a GIF.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, DynamicImage, Rgb, RgbImage, imageops};

use crate::plot::png_file::{AnimatedPng, Notes};
use crate::simulation::folder::DIGEST;
use crate::simulation::{Ending, Hooks, Job, RunError, Settings, Watch, digest, disk, run};

use super::error::RenderError;
use super::gallery::Gallery;
use super::snapshot::{Burden, Snapshot, SnapshotStyle, WholeRun};
use super::what::Scope;

/// A kind of animation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// An animated PNG: all colours, shown by browsers and most viewers
    #[default]
    Png,
    /// A GIF: at most 256 colours a frame, shown everywhere
    Gif,
}

impl Format {
    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Gif => "gif",
        }
    }
}

/// How long the last frame stands, milliseconds.
const LAST: u16 = 2000;

/// Of 1 to 30, how much time rather than fidelity the choice of a GIF's colours takes; only frames of more than 256 colours need one.
const GIF_SPEED: i32 = 10;

/// An animation made ready.
pub struct Animation<'a> {
    gallery: &'a Gallery,
    scope: Scope,
    style: SnapshotStyle,
    therapy: Vec<(u32, u32)>,
    known: u32,
    burden: Burden,
    stop: &'a AtomicUsize,
    /// Frames per second.
    fps: u16,
}

impl<'a> Animation<'a> {
    /// An animation of all recorded times of a gallery, in the colours of a scope that has seen them, with the burden of a run. No
    /// frame is begun after a signal in `stop`.
    ///
    /// # Errors
    ///
    /// [`RenderError`] where there are fewer than two times, or a recorded lattice cannot be read.
    pub fn new(
        gallery: &'a Gallery,
        scope: Scope,
        style: SnapshotStyle,
        fps: u16,
        burden: Burden,
        stop: &'a AtomicUsize,
    ) -> Result<Self, RenderError> {
        gallery.refuse_empty()?;
        if gallery.steps.len() < 2 {
            return Err(RenderError::NoFrames {
                dir: gallery.dir().to_owned(),
                why: "one time alone makes no animation; ask for more `snapshots` in [output], or take `--every 7d`"
                    .into(),
            });
        }
        let last = gallery.frame(gallery.steps[gallery.steps.len() - 1])?;
        Ok(Self { gallery, scope, style, known: last.state.step, therapy: last.therapy, burden, stop, fps })
    }

    /// Draws all frames, one after the other, each with the milliseconds for which it stands.
    fn frames<E: std::fmt::Display>(
        &self,
        path: &Path,
        mut each: impl FnMut(RgbImage, u16, &Notes) -> Result<(), E>,
    ) -> Result<(), RenderError> {
        let mut size = None;
        let paper = Rgb(self.style.theme.paper());
        // Hundredths of a second are what a GIF can say.
        let time = 10 * ((100 + self.fps / 2) / self.fps).max(2);
        for (number, step) in self.gallery.steps.iter().enumerate() {
            go_on(self.stop)?;
            let frame = self.gallery.frame(*step)?;
            let whole = WholeRun { therapy: &self.therapy, known: self.known, burden: &self.burden };
            let picture = frame.picture(&self.gallery.job);
            let drawn = Snapshot::new(&picture, &self.scope, &self.style, Some(whole))?;
            let mut image = drawn.raster()?;
            // All frames have the size of the first.
            let (width, height) = *size.get_or_insert(image.dimensions());
            if image.dimensions() != (width, height) {
                let mut fitted = RgbImage::from_pixel(width, height, paper);
                imageops::replace(&mut fitted, &image, 0, 0);
                image = fitted;
            }
            let is_last = number + 1 == self.gallery.steps.len();
            each(image, if is_last { LAST } else { time }, &drawn.notes)
                .map_err(|e| RenderError::Encode { path: path.to_owned(), why: e.to_string() })?;
        }
        Ok(())
    }

    /// Writes the animation.
    ///
    /// # Errors
    ///
    /// [`RenderError::Stopped`], [`RenderError::Encode`] with the file's name, and whatever a frame says.
    pub fn write<W: Write>(&self, file: W, path: &Path, format: Format) -> Result<(), RenderError> {
        match format {
            Format::Png => self.write_png(file, path),
            Format::Gif => self.write_gif(file, path),
        }
    }

    fn write_png<W: Write>(&self, file: W, path: &Path) -> Result<(), RenderError> {
        let count = self.gallery.steps.len() as u32;
        let (mut file, mut writer) = (Some(file), None);
        self.frames(path, |frame, time, notes| {
            if let Some(file) = file.take() {
                writer = Some(AnimatedPng::new(file, frame.dimensions(), count, notes)?);
            }
            writer.as_mut().map_or(Ok(()), |writer| writer.add(&frame, time))
        })?;
        let ended = writer.map_or(Ok(()), AnimatedPng::finish);
        ended.map_err(|e| RenderError::Encode { path: path.to_owned(), why: e.to_string() })
    }

    fn write_gif<W: Write>(&self, file: W, path: &Path) -> Result<(), RenderError> {
        let mut encoder = GifEncoder::new_with_speed(file, GIF_SPEED);
        let repeat = encoder.set_repeat(Repeat::Infinite);
        repeat.map_err(|e| RenderError::Encode { path: path.to_owned(), why: e.to_string() })?;
        self.frames(path, |frame, time, _| {
            let frame = DynamicImage::from(frame).into_rgba8();
            let delay = Delay::from_numer_denom_ms(u32::from(time), 1);
            encoder.encode_frame(image::Frame::from_parts(frame, 0, 0, delay))
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
            "animate `{dir}` anew: {what}; the folder was written by another version of evotor, or its files were changed"
        )))
    };
    let known = first.dir().join(DIGEST);
    if known.exists() && disk::read_text(&known).map_err(RunError::read(&known))?.trim() != digest {
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
