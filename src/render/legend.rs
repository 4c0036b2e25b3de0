//! The legend: which colour is which state or clone, or the scale of a quantity; dead cells; how many there are.

use crate::simulation::Picture;
use crate::simulation::naming::count_text;

use super::canvas::Canvas;
use super::scheme::{Entry, Key, Scheme};
use super::text::Font;
use crate::plot::palette::{Colour, Theme};

/// Most entries that are listed one by one.
const MOST: usize = 14;

/// A legend made ready for a width.
#[derive(Debug, Clone, PartialEq)]
pub struct Legend {
    width: u32,
    em: u32,
    theme: Theme,
    heading: String,
    unit: Vec<String>,
    body: Body,
    rest: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq)]
enum Body {
    Rows(Vec<Row>),
    Scale(Vec<Colour>, Vec<(f64, String)>),
}

/// A row: colour (none for what has none), lines of its name, count.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    colour: Option<Colour>,
    name: Vec<String>,
    count: String,
}

impl Legend {
    /// The legend of a picture.
    pub fn new(picture: &Picture<'_>, scheme: &Scheme<'_>, width: u32, em: u32, theme: Theme) -> Self {
        let font = Font::text(em);
        let (live, dead) = picture.state.burden();
        let indent = Self::indent(em);
        // Names leave room for the widest count, not for that of a moment: so lines break alike all through a film.
        let counts = font.width(&count_text(live.max(dead).max(99_999))) + em / 2;
        let row = |entry: &Entry| Row {
            colour: Some(entry.colour),
            name: lines(&entry.name, width.saturating_sub(indent + counts), font),
            count: entry.count.clone(),
        };
        let body = match &scheme.key {
            Key::Entries(entries) => Body::Rows(shortened(entries).iter().map(row).collect()),
            Key::Scale(colours, ticks) => Body::Scale(colours.clone(), ticks.clone()),
        };
        let in_all =
            if picture.job.scenario.lattice.dimension == 3 { "live, whole lattice" } else { "live, in all" };
        let plain = |colour, name: &str, count: u64| Row {
            colour,
            name: vec![name.into()],
            count: count_text(count),
        };
        let mut rest = vec![plain(Some(theme.dead()), "dead", dead), plain(None, in_all, live)];
        if !scheme.note.is_empty() {
            rest.push(Row {
                colour: None,
                name: lines(scheme.note, width - indent, font),
                count: String::new(),
            });
        }
        Self {
            width,
            em,
            theme,
            heading: scheme.heading.0.clone(),
            unit: lines(&scheme.heading.1, width, font),
            body,
            rest,
        }
    }

    fn indent(em: u32) -> u32 {
        em * 3 / 2
    }

    fn row_height(&self, row: &Row) -> u32 {
        self.em * 8 / 5 + (row.name.len().max(1) as u32 - 1) * Font::text(self.em).height()
    }

    fn scale_height(&self) -> u32 {
        self.em * 11
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        let rows = |rows: &[Row]| rows.iter().map(|r| self.row_height(r)).sum::<u32>();
        let body = match &self.body {
            Body::Rows(entries) => rows(entries),
            Body::Scale(..) => self.scale_height() + self.em,
        };
        let unit = self.unit.len() as u32 * Font::text(self.em).height();
        Font::bold(self.em).height() + unit + self.em + body + rows(&self.rest)
    }

    /// Draws the legend with its upper left corner at a place.
    pub fn draw(&self, page: &mut Canvas, [x, mut y]: [u32; 2]) {
        let font = Font::text(self.em);
        page.text([x, y], &self.heading, Font::bold(self.em), self.theme.ink());
        y += Font::bold(self.em).height();
        for line in &self.unit {
            page.text([x, y], line, font, self.theme.faint());
            y += font.height();
        }
        y += self.em / 2;
        match &self.body {
            Body::Rows(entries) => y = self.rows(page, [x, y], entries),
            Body::Scale(colours, ticks) => {
                self.scale(page, [x, y + self.em / 2], colours, ticks);
                y += self.scale_height() + self.em;
            }
        }
        self.rows(page, [x, y + self.em / 2], &self.rest);
    }

    fn rows(&self, page: &mut Canvas, [x, mut y]: [u32; 2], rows: &[Row]) -> u32 {
        let font = Font::text(self.em);
        for row in rows {
            let ink = if row.colour.is_some() { self.theme.ink() } else { self.theme.faint() };
            if let Some(colour) = row.colour {
                let swatch = self.em * 9 / 10;
                let at = [x + 1, y + (font.height() - swatch) / 2];
                page.fill(at, [swatch; 2], colour);
                page.frame(at, [swatch; 2], 1, self.theme.faint());
            }
            for (line, top) in row.name.iter().zip((y..).step_by(font.height() as usize)) {
                page.text([x + Self::indent(self.em), top], line, font, ink);
            }
            page.text_right([x + self.width, y], &row.count, font, ink);
            y += self.row_height(row);
        }
        y
    }

    /// A bar of colours with its ticks.
    fn scale(&self, page: &mut Canvas, [x, y]: [u32; 2], colours: &[Colour], ticks: &[(f64, String)]) {
        let (font, high, wide) = (Font::text(self.em), self.scale_height() - self.em, self.em * 6 / 5);
        for row in 0..high {
            let level = (u64::from(high - 1 - row) * (colours.len() as u64 - 1) / u64::from(high.max(2) - 1))
                as usize;
            page.fill([x + 1, y + row], [wide, 1], colours[level]);
        }
        page.frame([x + 1, y], [wide, high], 1, self.theme.faint());
        for (part, text) in ticks {
            let down = ((1.0 - part) * f64::from(high - 1)) as u32;
            page.fill([x + 1 + wide, y + down], [self.em / 4, (self.em / 16).max(1)], self.theme.ink());
            let top = (y + down).saturating_sub(font.height() / 2);
            page.text([x + wide + self.em * 3 / 5, top], text, font, self.theme.ink());
        }
    }
}

/// Entries that fit: those of most cells where there are many, and the rest together.
fn shortened(entries: &[Entry]) -> Vec<Entry> {
    if entries.len() <= MOST {
        return entries.to_vec();
    }
    let cells = |e: &Entry| e.count.replace(',', "").parse::<u64>().unwrap_or(0);
    let mut by_size: Vec<usize> = (0..entries.len()).collect();
    by_size.sort_by_key(|i| (std::cmp::Reverse(cells(&entries[*i])), *i));
    let mut listed = by_size[..MOST - 1].to_vec();
    listed.sort_unstable();
    let others: u64 = by_size[MOST - 1..].iter().map(|i| cells(&entries[*i])).sum();
    let mut shown: Vec<Entry> = listed.iter().map(|i| entries[*i].clone()).collect();
    let name = format!("{} more", by_size.len() - listed.len());
    let colour = entries[by_size[MOST - 1]].colour;
    shown.push(Entry { colour, name, count: count_text(others) });
    shown
}

/// A text in lines of a width, broken at blanks; what is too long for a line is cut.
fn lines(text: &str, width: u32, font: Font) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    // Blanks that hold a name together give way where it is longer than a line.
    let parts = text.split_inclusive(' ').flat_map(|part| {
        let is_long = font.width(part.trim_end()) > width;
        part.split_inclusive(move |c| is_long && c == '\u{a0}')
    });
    let mut lines = vec![String::new()];
    for part in parts {
        let last = lines.len() - 1;
        let longer = format!("{}{part}", lines[last]);
        if !lines[last].is_empty() && font.width(longer.trim_end_matches([' ', '\u{a0}'])) > width {
            lines.push(part.to_owned());
        } else {
            lines[last] = longer;
        }
    }
    lines.iter().map(|line| fitted(line.trim_end_matches([' ', '\u{a0}']), width, font)).collect()
}

fn fitted(line: &str, width: u32, font: Font) -> String {
    let mut text = line.to_owned();
    while font.width(&text) > width && text.chars().count() > 2 {
        let kept = text.trim_end_matches('…').chars().count() - 1;
        text = text.chars().take(kept).chain("…".chars()).collect();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_broken() {
        let font = Font::text(20);
        assert_eq!(lines("rtk up", 300, font), ["rtk up"]);
        let broken = lines("fkbp12_frb\u{a0}frb_mutant + mtor_kinase\u{a0}active + rtk\u{a0}up", 240, font);
        assert!(broken.len() > 1 && broken.iter().all(|l| font.width(l) <= 240), "{broken:?}");
        let cut = lines("a_very_long_locus_of_mine_without_end=level", 200, font);
        assert!(cut[0].ends_with('…') && font.width(&cut[0]) <= 200);
    }

    #[test]
    fn many_entries_are_the_largest_and_the_rest() {
        let entry =
            |i: u32| Entry { colour: [0; 3], name: i.to_string(), count: count_text(u64::from(1000 * i)) };
        let all: Vec<Entry> = (0..20).map(entry).collect();
        let shown = shortened(&all);
        assert_eq!(shown.len(), MOST);
        assert_eq!((shown[0].name.as_str(), shown[12].name.as_str()), ("7", "19"));
        assert_eq!((shown[13].name.as_str(), shown[13].count.as_str()), ("7 more", "21,000"));
    }
}
