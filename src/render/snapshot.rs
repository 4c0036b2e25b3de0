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

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::path::Path;

    use super::*;
    use crate::scenario;
    use crate::simulation::Job;
    use crate::simulation::digest::{hex, state_digest};
    use crate::tissue::LesionState;

    const SCENARIO: &str = r#"
        name = "picture"
        loci = ["gsk3", "rtk"]
        replicates = 2
        time = { step = "12 h", end = "30 d", check = "1 d" }
        lattice = { size = [60, 50], placement = "neighbour" }
        start = { shape = "random", density = 0.4, composition = { "rtk=up" = 0.2, "gsk3=overactive, rtk=high" = 0.1 } }
        rates = { birth = "0.1 /d", death = "0.1 /d" }
        drug = [{ name = "everolimus", start = "3 d", cycle = { on = "5 d", off = "2 d" } }]
    "#;

    fn picture_of(job: &Job, state: &LesionState) -> Vec<u8> {
        let digest = hex(&state_digest(state));
        png(&Picture { job, state, digest: &digest, therapy: &[(8, 1), (18, 0), (22, 1)] })
    }

    fn job() -> Job {
        let loaded = scenario::parse(SCENARIO, "test", Path::new("")).unwrap();
        Job::new(&loaded.scenario, Path::new("")).unwrap()
    }

    #[test]
    fn a_snapshot_says_what_it_shows() {
        let job = job();
        let mut state = job.starting_lesion(1).unwrap();
        state.step = 25;
        let file = picture_of(&job, &state);
        let reader = png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
        let texts = &reader.info().uncompressed_latin1_text;
        let text = |keyword: &str| texts.iter().find(|t| t.keyword == keyword).unwrap().text.clone();
        assert_eq!(
            ["scenario", "seed", "replicate", "step", "day"].map(text),
            ["picture", "1", "1", "25", "12.5"]
        );
        assert_eq!(text("digest"), hex(&state_digest(&state)));
        assert!(reader.info().width > 768 && reader.info().height > 640);
    }

    // The same bytes on every machine. A change of layout, font or compression changes this; look at the picture then.
    #[test]
    fn the_bytes_of_a_snapshot_are_frozen() {
        let job = job();
        let state = job.starting_lesion(0).unwrap();
        let hash = blake3::hash(&picture_of(&job, &state)).to_hex();
        assert_eq!(hash[..16], *"a78f5b777160f6a5");
    }
}
