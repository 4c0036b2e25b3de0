//! A snapshot: lattice, legend, scale bar, therapy over time, and in animations the burden.
//!
//! It is a [`Scene`] of 308 points in width, 44 of its letters: on a screen as on paper it looks alike at any size. Cells are a
//! picture in it, of as many pixels as the snapshot will have there.

use std::sync::Arc;

use crate::plot::palette::{Theme, mix};
use crate::plot::png_file::{self, Notes};
use crate::plot::raster::{RasterError, raster};
use crate::plot::scale::Axis;
use crate::plot::strip::{self, Bars, On};
use crate::plot::svg::{SvgOptions, svg};
use crate::plot::{Anchor, Axes, Face, Margins, NORMAL, Paint, Scene, Style as Look, Text, colours, font};
use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::naming::day_text;
use crate::simulation::{Job, LatticePicture};
use image::RgbImage;

use super::cutaway;
use super::error::RenderError;
use super::legend::Legend;
use super::scheme::Scheme;
use super::view::{Plane, Sight, View};
use super::what::Scope;

/// Width of a snapshot, points.
const WIDTH: f64 = 44.0 * NORMAL;
/// About all of it, points.
const MARGIN: f64 = 7.0;
/// Part of the width that the lattice takes.
const LATTICE: f64 = 0.6;
/// Height of the curve of the burden, points.
const CURVE: f64 = 42.0;

/// How snapshots are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotStyle {
    /// From where the lattice is looked at.
    pub view: View,
    /// Across which plane.
    pub plane: Option<Plane>,
    /// Width in pixels.
    pub size: u32,
    /// On what background.
    pub theme: Theme,
}

impl SnapshotStyle {
    /// Makes sure that snapshots can be drawn so.
    ///
    /// # Errors
    ///
    /// [`RenderError::Size`].
    pub fn check(&self) -> Result<(), RenderError> {
        if (200..=8000).contains(&self.size) { Ok(()) } else { Err(RenderError::Size(self.size)) }
    }

    /// Pixels in a point. Small snapshots have fewer points rather than letters that nobody can read.
    fn scale(&self) -> f64 {
        (f64::from(self.size) / WIDTH).max(1.0)
    }
}

/// Live cells at checks: step, cells.
pub type Burden = Vec<(u32, u32)>;

/// What an animation knows of the whole run.
#[derive(Debug, Clone, Copy)]
pub struct WholeRun<'a> {
    /// Steps from which on the set of drugs differed.
    pub therapy: &'a [(u32, u32)],
    /// Up to which step that is known.
    pub known: u32,
    /// Live cells at checks.
    pub burden: &'a Burden,
}

/// A drawn snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// What is in it, points.
    pub scene: Scene,
    /// What its text chunks say.
    pub notes: Notes,
    theme: Theme,
    scale: f64,
}

impl Snapshot {
    /// Draws a snapshot.
    ///
    /// # Errors
    ///
    /// [`RenderError::View`] where the lattice has no such view.
    pub fn new(
        picture: &LatticePicture<'_>,
        scope: &Scope,
        style: &SnapshotStyle,
        whole: Option<WholeRun<'_>>,
    ) -> Result<Self, RenderError> {
        let (scale, theme) = (style.scale(), style.theme);
        let (scenario, shape) = (&picture.job.scenario, &picture.state.shape);
        let sight = Sight::new(style.view, style.plane, shape)?;
        let scheme = Scheme::new(picture, scope, theme);
        let width = f64::from(style.size) / scale;
        let mut scene = Scene::new(width, &scenario.name, &format!("{} of all cells", scheme.heading.0));
        let top = head(&mut scene, &scenario.name, &caption(picture, &sight)) + 4.0;

        let side = LATTICE * width;
        let lattice = sight.image(&scheme, shape, (side * scale) as u32, theme);
        let (columns, rows) = lattice.pixels.dimensions();
        let [wide, high] = [columns, rows].map(|pixels| f64::from(pixels) / scale);
        let cutaway = sight.view == View::Cutaway;
        let place = [MARGIN + if cutaway { (side - wide) / 2.0 } else { 0.0 }, top, wide, high];
        if !cutaway {
            // What of it lies on the lattice is covered.
            scene.rect(place, Look::line(Paint::Rule, 0.8));
        }
        let um = lattice.sites_across * scenario.lattice.site_um;
        scene.image(place, Arc::new(lattice.pixels));
        let below = match cutaway {
            true => edges(&mut scene, (MARGIN, top + high), wide / um, um),
            false => scale_bar(&mut scene, (MARGIN, top + high + 10.0), wide, um),
        };

        let left = MARGIN + side + 11.0;
        let legend = Legend::new(picture, &scheme, width - left - MARGIN);
        let bottom = below.max(legend.draw(&mut scene, (left, top)));
        scene.height = over_time(&mut scene, picture, whole, theme, (MARGIN + side, bottom + 4.0)) + 4.0;
        Ok(Self { scene, notes: notes(picture, scope), theme, scale })
    }

    /// Its pixels.
    ///
    /// # Errors
    ///
    /// [`RasterError`].
    pub fn raster(&self) -> Result<RgbImage, RasterError> {
        raster(&self.scene, self.theme, self.scale)
    }

    /// The text of an SVG file.
    pub fn svg(&self) -> String {
        svg(&self.scene, SvgOptions { theme: self.theme, inline: None })
    }

    /// The bytes of a PNG file with text chunks.
    ///
    /// # Errors
    ///
    /// [`RasterError`].
    pub fn png(&self) -> Result<Vec<u8>, RasterError> {
        Ok(png_file::png(&self.raster()?, None, &self.notes)?)
    }
}

/// Title and caption: in one line, or else the caption below the title, which is as small as it must be. The bottom of both.
fn head(scene: &mut Scene, title: &str, caption: &str) -> f64 {
    let room = scene.width - 2.0 * MARGIN;
    let wide = |size: f64| font::width(title, size, Face::Bold);
    let large = 1.2 * NORMAL;
    let one_line = wide(large) + NORMAL + font::width(caption, NORMAL, Face::Regular) <= room;
    let size = large.min(large * room / wide(large).max(1.0)).max(0.5 * NORMAL);
    let baseline = MARGIN + 0.8 * large;
    let words = font::fit(title, size, Face::Bold, room);
    scene.text(Text::new((MARGIN, baseline), words, size).face(Face::Bold));
    let baseline = if one_line { baseline } else { baseline + 1.3 * NORMAL };
    let words = font::fit(caption, NORMAL, Face::Regular, room);
    let at = (scene.width - MARGIN, baseline);
    scene.text(Text::new(at, words, NORMAL).anchor(Anchor::End).paint(Paint::Soft));
    baseline + 0.3 * NORMAL
}

/// A bar of 1, 2 or 5 times a power of ten micrometres, the longest that takes at most a third of a width. The bottom of its
/// label.
fn scale_bar(scene: &mut Scene, (left, middle): (f64, f64), wide: f64, um: f64) -> f64 {
    let length = bar_length(um);
    let long = wide * length as f64 / um;
    scene.rect([left, middle - 0.6, long, 1.2], Look::fill(Paint::Ink));
    scene.text(Text::new((left + long + 4.0, middle + 0.35 * NORMAL), length_text(length), NORMAL));
    middle + NORMAL
}

/// A length of so many micrometres.
fn length_text(um: u64) -> String {
    if um >= 1000 { format!("{} mm", um / 1000) } else { format!("{um} µm") }
}

/// In a view that shortens the edges of the block, each by another factor: a bar along each of the three from one corner, all
/// of one length, below a height. Beside them that length; the bottom of it.
fn edges(scene: &mut Scene, (left, above): (f64, f64), per_um: f64, um: f64) -> f64 {
    let length = bar_length(um / 2.0);
    let long = per_um * length as f64;
    let ends = [0, 1, 2].map(cutaway::edge).map(|(right, down)| (long * right, long * down));
    let most = |of: fn(&(f64, f64)) -> f64| ends.iter().map(of).fold(0.0, f64::max);
    let corner = (left + NORMAL + most(|end| -end.0), above + NORMAL + most(|end| -end.1));
    for ((right, down), name) in ends.into_iter().zip(["x", "y", "z"]) {
        scene.line(corner, (corner.0 + right, corner.1 + down), Look::line(Paint::Ink, 1.0));
        // A letter stands a little beyond its end.
        let beyond = 1.0 + 0.6 * NORMAL / long.max(1.0);
        let at = (corner.0 + beyond * right, corner.1 + beyond * down + 0.35 * NORMAL);
        scene.text(Text::new(at, name, NORMAL).anchor(Anchor::Middle));
    }
    let beside = (corner.0 + most(|end| end.0) + 1.5 * NORMAL, corner.1 + 0.35 * NORMAL);
    scene.text(Text::new(beside, format!("{} along each edge", length_text(length)), NORMAL));
    corner.1 + most(|end| end.1) + NORMAL
}

/// Length of the bar in micrometres for a width of so many.
fn bar_length(um: f64) -> u64 {
    let lengths = (0..9).flat_map(|power| [1, 2, 5].map(|first| first * 10u64.pow(power)));
    lengths.take_while(|length| 3.0 * *length as f64 <= um).last().unwrap_or(1)
}

/// When which drug was on and where in the run the snapshot is, with the burden where it is known, below a height and as far as
/// the lattice reaches. The bottom of it.
fn over_time(
    scene: &mut Scene,
    picture: &LatticePicture<'_>,
    whole: Option<WholeRun<'_>>,
    theme: Theme,
    (right, above): (f64, f64),
) -> f64 {
    let time = &picture.job.scenario.time;
    let day = |step: u32| f64::from(step) * time.step_days();
    let now = picture.state.step;
    let (therapy, known) = whole.map_or((picture.therapy, now), |s| (s.therapy, s.known));
    let names = picture.job.drug_names();
    let bars: Vec<Bars> = (0..)
        .zip(&names)
        .map(|(drug, name)| Bars {
            name: (*name).to_owned(),
            times: times_on(picture, drug, therapy, known)
                .map(|(from, to)| On { from: day(from), to: day(to), share: 1.0 })
                .collect(),
            paint: colours::drug(drug as usize),
        })
        .filter(|bars| !bars.times.is_empty())
        .collect();
    let most = whole.and_then(|s| s.burden.iter().map(|b| b.1).max());
    let y = match most {
        Some(most) => Axis::linear(0.0, f64::from(most), 3, ""),
        None => Axis::bare(),
    };
    let strip = above + 1.5 * NORMAL;
    let top = strip + strip::height(bars.len());
    let height = if most.is_some() { CURVE } else { 0.0 };
    let margins = Margins { left: MARGIN, right, top, height };
    let x = Axis::days(day(time.end.max(1)), 6);
    let axes = if most.is_some() { Axes::new(margins, x, y) } else { Axes::aligned(MARGIN, margins, x, y) };
    strip::draw(scene, &axes, &bars);
    if let Some(whole) = whole {
        axes.vertical(scene);
        let line = |until: u32| -> Vec<_> {
            let known = whole.burden.iter().filter(|b| b.0 <= until);
            axes.points(&known.map(|(step, cells)| (day(*step), f64::from(*cells))).collect::<Vec<_>>())
        };
        // What is still to come is pale.
        let pale = mix(theme.paper(), theme.ink(), 90);
        scene.polyline(line(u32::MAX), Look::line(Paint::Colour(pale), 1.0));
        let past = line(now);
        if let Some(last) = past.last() {
            scene.circle(*last, 1.8, Look::fill(Paint::Ink));
        }
        scene.polyline(past, Look::line(Paint::Ink, 1.0));
    }
    if most.is_some() {
        // The title of the axis stands beside it: text that is turned is not the same on every machine.
        scene
            .text(Text::new((right + 5.0, axes.top + 0.7 * NORMAL), "live cells", NORMAL).paint(Paint::Soft));
    }
    let bottom = axes.horizontal(scene);
    let x = axes.px(day(now));
    scene.rect([x - 0.5, strip - 2.0, 1.0, axes.bottom() - strip + 2.0], Look::fill(Paint::Ink));
    let label = format!("day {}", day_text(now, time.step_hours));
    let half = font::width(&label, NORMAL, Face::Bold) / 2.0;
    let at = (x.clamp(MARGIN + half, (right - half).max(MARGIN + half)), strip - 4.0);
    scene.text(Text::new(at, label, NORMAL).face(Face::Bold).anchor(Anchor::Middle));
    bottom
}

/// Steps from and to which a drug was on: exactly in mode `signalling`, else as far as the checks show.
fn times_on<'a>(
    picture: &LatticePicture<'_>,
    drug: u32,
    therapy: &'a [(u32, u32)],
    known: u32,
) -> impl Iterator<Item = (u32, u32)> + 'a {
    let by_days = picture.job.care.is_some();
    let check = if by_days { 0 } else { picture.job.scenario.time.check };
    let begun = if by_days { 0 } else { picture.state.control.begun_at[drug as usize] };
    let ends = therapy.iter().skip(1).map(move |c| c.0.saturating_sub(check)).chain([known]);
    therapy
        .iter()
        .zip(ends)
        .filter(move |((_, drugs), _)| drugs & (1 << drug) != 0)
        .map(move |((step, _), end)| (step.saturating_sub(check).max(begun), end))
        .filter(|(from, to)| from < to)
}

/// Makes sure that a run's lattice has the view of a style.
///
/// # Errors
///
/// [`RenderError::View`].
pub fn check_view(job: &Job, style: &SnapshotStyle) -> Result<(), RenderError> {
    Sight::new(style.view, style.plane, &job.shape()).map(|_| ())
}

/// What a snapshot's text chunks say.
fn notes(picture: &LatticePicture<'_>, scope: &Scope) -> Notes {
    let (scenario, state) = (&picture.job.scenario, picture.state);
    vec![
        ("Software", format!("evotor {PROGRAM}")),
        ("scenario", scenario.name.clone()),
        ("seed", scenario.seed.to_string()),
        ("replicate", state.id.patient().to_string()),
        ("step", state.step.to_string()),
        ("day", day_text(state.step, scenario.time.step_hours)),
        ("digest", picture.digest.to_owned()),
        ("colours", scope.what.name().to_owned()),
    ]
}

/// What is shown, where that is not plain to see.
fn caption(picture: &LatticePicture<'_>, sight: &Sight) -> String {
    let scenario = &picture.job.scenario;
    let mut parts: Vec<String> = sight.caption(&picture.state.shape).into_iter().collect();
    if scenario.replicates > 1 {
        parts.push(format!("replicate {}", picture.state.id.patient()));
    }
    parts.push(format!("seed {}", scenario.seed));
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    // A long title lay under the caption.
    #[test]
    fn title_and_caption_do_not_meet() {
        let caption = "layer z = 24 of 0–47, replicate 2, seed 20240131123";
        for width in [200.0, WIDTH] {
            let name = "everolimus-versus-sunitinib-mammalian-mtor-warm-up-memory-mmwwm";
            for (title, lines) in [("wide", 1), (name, 2)] {
                let mut scene = Scene::new(width, "", "");
                scene.height = head(&mut scene, title, caption);
                assert!(scene.overlaps().is_empty() && scene.cut_off().is_empty(), "{title} at {width}");
                let heights: Vec<f64> = scene.texts().map(|t| t.at.1).collect();
                let one_line = heights[0] == heights[1];
                assert!(one_line == (lines == 1) || width < WIDTH, "{title}: {heights:?}");
            }
        }
    }

    #[test]
    fn scale_bars_are_round_and_fit() {
        assert_eq!([5120.0, 640.0, 0.5].map(bar_length), [1000, 200, 1]);
    }
}
