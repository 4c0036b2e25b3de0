//! The legend: which colour is which state or clone, or the scale of a quantity; dead cells; how many there are.

use std::sync::Arc;

use image::{Rgb, RgbImage};

use crate::plot::palette::Colour;
use crate::plot::scale::Axis;
use crate::plot::{Anchor, Face, NORMAL, Paint, Point, Scene, Style, Text, font, short};
use crate::simulation::LatticePicture;
use crate::simulation::naming::count_text;

use super::scheme::{DEAD, EMPTY, Scheme, SchemeEntry, SchemeKey};

/// Most entries that are listed one by one.
const MAX_ENTRIES: usize = 14;
/// From the edge of a swatch to its name, points.
const INDENT: f64 = 10.5;
/// From one line of text to the next.
const LINE: f64 = 1.3 * NORMAL;
/// From one row to the next.
const ROW: f64 = 1.6 * NORMAL;
/// Height and width of the bar of a scale.
const BAR: [f64; 2] = [10.0 * NORMAL, 1.2 * NORMAL];

/// A legend made ready for a width in points.
pub struct Legend<'a> {
    width: f64,
    scheme: &'a Scheme<'a>,
    entries: Vec<LegendRow>,
    rest: Vec<LegendRow>,
}

/// A row: colour (none for what has none), lines of its name, count.
struct LegendRow {
    colour: Option<Colour>,
    name: Vec<String>,
    count: String,
}

impl<'a> Legend<'a> {
    /// The legend of a picture.
    pub fn new(picture: &LatticePicture<'_>, scheme: &'a Scheme<'a>, width: f64) -> Self {
        let (live, dead) = picture.state.burden();
        // Names leave room for the widest count, not for that of a moment: so lines break alike all through an animation.
        let widest = count_text(live.max(dead).max(99_999));
        let counts = font::width(&widest, NORMAL, Face::Regular) + NORMAL / 2.0;
        let row = |entry: SchemeEntry| LegendRow {
            colour: Some(entry.colour),
            name: lines(&entry.name, width - INDENT - counts),
            count: count_text(entry.cells),
        };
        let entries = match &scheme.key {
            SchemeKey::Entries(entries) => shortened(entries).into_iter().map(row).collect(),
            SchemeKey::Scale(..) => Vec::new(),
        };
        let in_all = if picture.job.scenario.lattice.dimension == 3 {
            "live cells, whole lattice"
        } else {
            "live cells, in all"
        };
        let plain = |colour, name: &str, count: String| {
            let room = width - INDENT - font::width(&count, NORMAL, Face::Regular) - NORMAL / 2.0;
            LegendRow { colour, name: lines(name, room), count }
        };
        let no_cell = scheme.has_empty().then(|| plain(Some(scheme.colour(EMPTY)), "no cell", String::new()));
        let notes = scheme.notes.iter().map(|note| plain(None, note, String::new()));
        let dead = plain(Some(scheme.colour(DEAD)), "dead", count_text(dead));
        let live = plain(None, in_all, count_text(live));
        let rest = [Some(dead), no_cell, Some(live)].into_iter().flatten().chain(notes).collect();
        Self { width, scheme, entries, rest }
    }

    /// Draws the legend with its upper left corner at a place; its bottom.
    pub fn draw(&self, scene: &mut Scene, (x, y): Point) -> f64 {
        let (heading, unit) = &self.scheme.heading;
        let mut baseline = y + 0.9 * NORMAL;
        scene.text(Text::new((x, baseline), heading, NORMAL).face(Face::Bold));
        for line in lines(unit, self.width) {
            baseline += LINE;
            scene.text(Text::new((x, baseline), line, NORMAL).paint(Paint::Soft));
        }
        baseline += ROW + 0.2 * NORMAL;
        baseline = match &self.scheme.key {
            SchemeKey::Entries(_) => self.rows(scene, (x, baseline), &self.entries),
            SchemeKey::Scale(colours, axis) => {
                bar(scene, (x, baseline - 0.4 * NORMAL), colours, axis, &self.scheme.marks) + 1.5 * ROW
            }
        };
        self.rows(scene, (x, baseline + 0.5 * NORMAL), &self.rest) - ROW + 0.3 * NORMAL
    }

    /// Draws rows from a baseline on; the baseline of the next one.
    fn rows(&self, scene: &mut Scene, (x, mut y): Point, rows: &[LegendRow]) -> f64 {
        for row in rows {
            let paint = if row.colour.is_some() { Paint::Ink } else { Paint::Soft };
            if let Some(colour) = row.colour {
                let style = Style::fill(Paint::Colour(colour)).outlined(Paint::Rule, 0.4);
                scene.rect([x + 0.2, y - 0.82 * NORMAL, 6.4, 6.4], style);
            }
            let at = (x + self.width, y);
            scene.text(Text::new(at, row.count.as_str(), NORMAL).anchor(Anchor::End).paint(paint));
            for (number, line) in row.name.iter().enumerate() {
                let at = (x + INDENT, y + LINE * number as f64);
                scene.text(Text::new(at, line, NORMAL).paint(paint));
            }
            y += ROW + LINE * row.name.len().saturating_sub(1) as f64;
        }
        y
    }
}

/// A bar of colours with its ticks, and marked values by their names beyond these; its bottom.
fn bar(scene: &mut Scene, (x, y): Point, colours: &[Colour], axis: &Axis, marks: &[(f64, &str)]) -> f64 {
    let [high, wide] = BAR;
    let levels = colours.len() as u32;
    // A mark is black on white, which is seen on every colour of the bar.
    let level = |y: u32| {
        let (at, wide) = (levels - 1 - y, levels / 128);
        let from =
            |(value, _): &(f64, &str)| (axis.scale.place(*value) * f64::from(levels - 1)).round() as u32;
        match marks.iter().map(|mark| from(mark).abs_diff(at)).min() {
            Some(near) if near <= wide => Rgb([0; 3]),
            Some(near) if near <= 3 * wide => Rgb([255; 3]),
            _ => Rgb(colours[at as usize]),
        }
    };
    let picture = RgbImage::from_fn(1, levels, |_, y| level(y));
    scene.rect([x, y, wide, high], Style::line(Paint::Rule, 0.8));
    scene.image([x, y, wide, high], Arc::new(picture));
    for tick in &axis.ticks {
        let at = y + high * (1.0 - axis.scale.place(tick.at));
        scene.rect([x + wide, at - 0.25, 2.0, 0.5], Style::fill(Paint::Ink));
        scene.text(Text::new((x + wide + 4.0, at + 0.35 * NORMAL), tick.label.as_str(), NORMAL));
    }
    let widest = axis.ticks.iter().map(|t| font::width(&t.label, NORMAL, Face::Regular)).fold(0.0, f64::max);
    let beyond = x + wide + 8.0 + widest;
    for (value, name) in marks {
        let at = y + high * (1.0 - axis.scale.place(*value));
        scene.rect([beyond, at - 0.25, 5.0, 0.5], Style::fill(Paint::Ink));
        let words = format!("{name} below {}", short(*value));
        scene.text(Text::new((beyond + 7.0, at + 0.35 * NORMAL), words, NORMAL));
    }
    y + high
}

/// Entries that fit: those of most cells where there are many, and the rest together.
fn shortened(entries: &[SchemeEntry]) -> Vec<SchemeEntry> {
    if entries.len() <= MAX_ENTRIES {
        return entries.to_vec();
    }
    let mut by_size: Vec<usize> = (0..entries.len()).collect();
    by_size.sort_by_key(|i| (std::cmp::Reverse(entries[*i].cells), *i));
    let (listed, others) = by_size.split_at_mut(MAX_ENTRIES - 1);
    listed.sort_unstable();
    let mut shown: Vec<SchemeEntry> = listed.iter().map(|i| entries[*i].clone()).collect();
    shown.push(SchemeEntry {
        colour: entries[others[0]].colour,
        name: format!("{} more", others.len()),
        cells: others.iter().map(|i| entries[*i].cells).sum(),
    });
    shown
}

/// A text in lines of a width, broken at blanks; what is too long for a line is cut.
fn lines(text: &str, width: f64) -> Vec<String> {
    let wide = |text: &str| font::width(text.trim_end_matches([' ', '\u{a0}']), NORMAL, Face::Regular);
    // Blanks that hold a name together give way where it is longer than a line.
    let parts = text.split_inclusive(' ').flat_map(|part| {
        let is_long = wide(part) > width;
        part.split_inclusive(move |c| is_long && c == '\u{a0}')
    });
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(last) if wide(&format!("{last}{part}")) <= width => last.push_str(part),
            _ => lines.push(part.to_owned()),
        }
    }
    let fit = |line: &String| font::fit(line.trim_end_matches([' ', '\u{a0}']), NORMAL, Face::Regular, width);
    lines.iter().map(fit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_broken() {
        let width = |text: &str| font::width(text, NORMAL, Face::Regular);
        assert_eq!(lines("rtk up", 105.0), ["rtk up"]);
        let broken = lines("fkbp12_frb\u{a0}frb_mutant + mtor_kinase\u{a0}active + rtk\u{a0}up", 84.0);
        assert!(broken.len() > 1 && broken.iter().all(|l| width(l) <= 84.0), "{broken:?}");
        let cut = lines("a_very_long_locus_of_mine_without_end=level", 70.0);
        assert!(cut[0].ends_with('…') && width(&cut[0]) <= 70.0);
    }

    #[test]
    fn many_entries_are_the_largest_and_the_rest() {
        let entry = |i: u32| SchemeEntry { colour: [0; 3], name: i.to_string(), cells: u64::from(1000 * i) };
        let all: Vec<SchemeEntry> = (0..20).map(entry).collect();
        let shown = shortened(&all);
        assert_eq!(shown.len(), MAX_ENTRIES);
        assert_eq!((shown[0].name.as_str(), shown[12].name.as_str()), ("7", "19"));
        assert_eq!((shown[13].name.as_str(), shown[13].cells), ("7 more", 21_000));
    }
}
