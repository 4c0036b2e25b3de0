//! The page: lattice, legend, scale bar, therapy.

use crate::simulation::Picture;
use crate::simulation::naming::day_text;

use super::canvas::{Canvas, Font};
use super::lattice::View;
use super::legend::{self, Legend};
use super::palette::{FAINT, INK, PAPER};
use super::scale;
use super::therapy::Strip;

const MARGIN: u32 = 32;
const GAP: u32 = 28;

/// A snapshot as a PNG file. Its text chunks say what it shows, down to the digest of the state.
pub fn png(picture: &Picture<'_>) -> Vec<u8> {
    let scenario = &picture.job.scenario;
    let state = picture.state;
    let notes = [
        ("Software", "evotor".to_owned()),
        ("scenario", scenario.name.clone()),
        ("seed", scenario.seed.to_string()),
        ("replicate", state.id.patient().to_string()),
        ("step", state.step.to_string()),
        ("day", day_text(state.step, scenario.time.step_hours)),
        ("digest", picture.digest.to_owned()),
    ];
    page(picture).png(&notes)
}

fn page(picture: &Picture<'_>) -> Canvas {
    let scenario = &picture.job.scenario;
    let view = View::new(picture.state.shape.size);
    let legend = Legend::new(picture.job, picture.state);
    let strip = Strip::new(picture);
    let [width, height] = view.size;
    let head = Font::Title.height() + 14;
    let scale_height = Font::Text.height() + 12;
    let body = (height + scale_height).max(legend.height());
    let top = MARGIN + head;
    let mut page = Canvas::new(
        MARGIN + width + GAP + legend::WIDTH + MARGIN,
        top + body + GAP + strip.height() + MARGIN / 2,
        PAPER,
    );
    page.text([MARGIN, MARGIN - 4], &scenario.name, Font::Title, INK);
    let right = page.width() - MARGIN;
    page.text_right([right, MARGIN - 2], &caption(picture, &view), Font::Text, FAINT);
    view.draw(&mut page, [MARGIN, top], picture.job, picture.state);
    page.frame([MARGIN, top], view.size, FAINT);
    legend.draw(&mut page, [MARGIN + width + GAP, top]);
    let sites = picture.state.shape.size[0].div_ceil(view.reduce) * view.reduce;
    scale::bar(width, sites, scenario.lattice.site_um).draw(&mut page, [MARGIN, top + height + 12]);
    strip.draw(&mut page, [MARGIN, top + body + GAP], width);
    page
}

/// What is shown, where that is not plain to see.
fn caption(picture: &Picture<'_>, view: &View) -> String {
    let scenario = &picture.job.scenario;
    let mut parts = Vec::new();
    if scenario.lattice.dimension == 3 {
        parts.push(format!("slice z = {} of {}", view.z, scenario.lattice.size[2]));
    }
    if scenario.replicates > 1 {
        parts.push(format!("replicate {}", picture.state.id.patient()));
    }
    parts.push(format!("seed {}", scenario.seed));
    parts.join(", ")
}
