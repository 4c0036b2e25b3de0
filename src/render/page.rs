//! The page: lattice, legend, scale bar, therapy, and in films the burden.
//!
//! Everything is measured in parts of the page's width, so that it looks alike at any size. Letters are a forty-fourth of it: 5.5 pt
//! in a column of 85 mm, 11 pt over a full width of 174 mm.

use crate::simulation::checkpoint::PROGRAM;
use crate::simulation::naming::day_text;
use crate::simulation::{Job, Picture};

use super::canvas::Canvas;
use super::error::RenderError;
use super::legend::Legend;
use super::scale;
use super::scheme::Scheme;
use super::strip::{Burden, Strip};
use super::text::Font;
use super::view::{Plane, Sight, View};
use super::what::Scope;
use crate::plot::palette::Theme;

/// How pages are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// From where the lattice is looked at.
    pub view: View,
    /// Across which plane.
    pub plane: Option<Plane>,
    /// Width of the page in pixels.
    pub size: u32,
    /// On what ground.
    pub theme: Theme,
}

impl Style {
    /// Makes sure that pages can be drawn so.
    ///
    /// # Errors
    ///
    /// [`RenderError::Size`].
    pub fn check(&self) -> Result<(), RenderError> {
        if (200..=8000).contains(&self.size) { Ok(()) } else { Err(RenderError::Size(self.size)) }
    }
}

/// What a film knows of the whole run.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    /// Steps from which on the set of drugs differed.
    pub therapy: &'a [(u32, u32)],
    /// Up to which step that is known.
    pub known: u32,
    /// Live cells at checks.
    pub burden: &'a Burden,
}

/// Draws a page.
///
/// # Errors
///
/// [`RenderError::View`] where the lattice has no such view.
pub fn page(
    picture: &Picture<'_>,
    scope: &Scope,
    style: &Style,
    story: Option<Story<'_>>,
) -> Result<Canvas, RenderError> {
    let Style { size, theme, .. } = *style;
    let (scenario, shape) = (&picture.job.scenario, &picture.state.shape);
    let sight = Sight::new(style.view, style.plane, shape)?;
    let scheme = Scheme::new(picture, scope, theme);
    let em = (size / 44).max(7);
    let (margin, font) = (em, Font::text(em));
    let caption = caption(picture, &sight);
    let head = Head::new(&scenario.name, &caption, size - 2 * margin, em);
    let side = size * 3 / 5;
    let legend_left = margin + side + em * 3 / 2;
    let legend = Legend::new(picture, &scheme, size - legend_left - margin, em, theme);
    let strip = Strip::new(picture, em, theme);
    let strip = match story {
        Some(story) => strip.with_story(story.therapy, story.known, story.burden),
        None => strip,
    };
    let image = sight.image(&scheme, shape, side, theme);
    let [width, height] = image.size;
    let top = margin + head.height + em / 2;
    let body = (height + em / 2 + font.height()).max(legend.height());
    let mut page = Canvas::new(size, top + body + em / 2 + strip.height() + margin, theme.paper());
    page.text([margin, margin], &scenario.name, head.title, theme.ink());
    page.text_right([size - margin, margin + head.caption], &caption, font, theme.faint());
    let left = margin + (side - width) / 2 * u32::from(sight.view == View::Cutaway);
    page.copy([left, top], width, &image.pixels);
    if sight.view != View::Cutaway {
        page.frame([left, top], image.size, (em / 20).max(1), theme.faint());
    }
    legend.draw(&mut page, [legend_left, top]);
    let bar = scale::bar(width, image.sites_across, scenario.lattice.site_um);
    bar.draw(&mut page, [margin, top + height + em / 2], font, theme);
    strip.draw(&mut page, [margin, top + body + em / 2], side);
    Ok(page)
}

/// Where title and caption stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    title: Font,
    /// Of the caption's line, below the title's.
    caption: u32,
    height: u32,
}

impl Head {
    /// Both in one line, or else the caption below the title, which is made as small as it must be.
    fn new(title: &str, caption: &str, room: u32, em: u32) -> Self {
        let (large, font) = (em * 6 / 5, Font::text(em));
        let bold = Font::bold(large);
        if bold.width(title) + em + font.width(caption) <= room {
            let height = bold.height();
            return Self { title: bold, caption: (height - font.height()) / 2, height };
        }
        let mut sizes = (em / 2..=large).rev().map(Font::bold);
        let title = sizes.find(|font| font.width(title) <= room).unwrap_or(Font::bold(em / 2));
        Self { title, caption: title.height(), height: title.height() + font.height() }
    }
}

/// Makes sure that a run's lattice has the view of a style.
///
/// # Errors
///
/// [`RenderError::View`].
pub fn check_view(job: &Job, style: &Style) -> Result<(), RenderError> {
    Sight::new(style.view, style.plane, &job.shape()).map(|_| ())
}

/// What a picture's text chunks say.
pub fn notes(picture: &Picture<'_>, scope: &Scope) -> Vec<(&'static str, String)> {
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
fn caption(picture: &Picture<'_>, sight: &Sight) -> String {
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
        for size in [200, 900, 1600, 8000_u32] {
            let em = (size / 44).max(7);
            let room = size - 2 * em;
            let short = Head::new("wide", "seed 4", room, em);
            assert_eq!(short.title, Font::bold(em * 6 / 5));
            assert!(short.caption < short.title.height());
            let name = "everolimus-versus-sunitinib-mammalian-mtor-warm-up-memory-mmwwm";
            let long = Head::new(name, caption, room, em);
            assert!(long.title.width(name) <= room, "{size}: the title is cut off");
            assert!(long.caption >= long.title.height(), "{size}: the caption is in the title's line");
            assert_eq!(long.height, long.caption + Font::text(em).height());
        }
    }
}
