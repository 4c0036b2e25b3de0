//! The legend: which colour is which state, and how many live cells it has.

use std::collections::BTreeMap;

use crate::simulation::Job;
use crate::simulation::naming::{count_text, state_name};
use crate::tissue::{LesionState, word};

use super::canvas::{Canvas, Font};
use super::lattice::Colours;
use super::palette::{Colour, DEAD, EMPTY, FAINT, INK};

/// Most states that are listed one by one.
const MOST: usize = 14;
/// Most characters of a line.
const LINE: usize = 26;
/// Width of the legend in pixels.
pub const WIDTH: u32 = 420;
const ROW: u32 = 30;
const SWATCH: u32 = 18;
const INDENT: u32 = 30;

/// One entry: colour, lines of its name, count.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    colour: Colour,
    name: Vec<String>,
    count: String,
}

/// What the legend lists.
#[derive(Debug, PartialEq, Eq)]
pub struct Legend {
    heading: String,
    entries: Vec<Entry>,
    more: Option<(String, String)>,
    rest: Vec<Entry>,
}

impl Legend {
    /// The legend of a lesion: live states, most frequent first; dead cells; empty sites.
    pub fn new(job: &Job, state: &LesionState) -> Self {
        let colours = Colours::new(job);
        let mut cells: BTreeMap<u32, u64> = BTreeMap::new();
        for w in state.sites.iter().filter(|w| word::is_live(**w)) {
            *cells.entry(word::code(*w)).or_insert(0) += 1;
        }
        let (live, dead) = state.burden();
        let mut states: Vec<(u32, u64)> = cells.into_iter().collect();
        states.sort_by_key(|(code, cells)| (std::cmp::Reverse(*cells), *code));
        let listed = if states.len() > MOST { MOST - 1 } else { states.len() };
        let entries = states[..listed].iter().map(|(code, cells)| Entry {
            colour: colours.state(*code),
            name: lines(&state_name(&job.space, &job.scenario.loci, *code)),
            count: count_text(*cells),
        });
        let others: u64 = states[listed..].iter().map(|s| s.1).sum();
        let more = (states.len() > listed)
            .then(|| (format!("{} more states", states.len() - listed), count_text(others)));
        let plain = |colour, name: &str, count: u64| Entry { colour, name: vec![name.into()], count: count_text(count) };
        Self {
            heading: format!("{} live cells", count_text(live)),
            entries: entries.collect(),
            more,
            rest: vec![plain(DEAD, "dead", dead), plain(EMPTY, "empty", state.shape.sites() - live - dead)],
        }
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        let rows = |entries: &[Entry]| entries.iter().map(Entry::height).sum::<u32>();
        let more = if self.more.is_some() { ROW } else { 0 };
        ROW + 8 + rows(&self.entries) + more + 12 + rows(&self.rest)
    }

    /// Draws the legend.
    pub fn draw(&self, page: &mut Canvas, [x, mut y]: [u32; 2]) {
        page.text([x, y], &self.heading, Font::Strong, INK);
        y += ROW + 8;
        for entry in &self.entries {
            entry.draw(page, [x, y]);
            y += entry.height();
        }
        if let Some((name, count)) = &self.more {
            page.text([x + INDENT, y], name, Font::Text, FAINT);
            page.text_right([x + WIDTH, y], count, Font::Text, FAINT);
            y += ROW;
        }
        y += 12;
        for entry in &self.rest {
            entry.draw(page, [x, y]);
            y += entry.height();
        }
    }
}

impl Entry {
    fn height(&self) -> u32 {
        ROW + (self.name.len() as u32 - 1) * Font::Text.height()
    }

    fn draw(&self, page: &mut Canvas, [x, y]: [u32; 2]) {
        page.fill([x, y + 1], [SWATCH; 2], self.colour);
        page.frame([x, y + 1], [SWATCH; 2], FAINT);
        for (line, top) in self.name.iter().zip((y..).step_by(Font::Text.height() as usize)) {
            page.text([x + INDENT, top], line, Font::Text, INK);
        }
        page.text_right([x + WIDTH, y], &self.count, Font::Text, INK);
    }
}

/// A state's name in lines, broken after `+`.
fn lines(name: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for part in name.split_inclusive('+') {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].len() + part.len() > LINE {
            lines.push(String::new());
        }
        let last = lines.len() - 1;
        lines[last].push_str(part);
    }
    lines.iter().map(|line| shortened(line)).collect()
}

fn shortened(line: &str) -> String {
    if line.chars().count() <= LINE {
        return line.to_owned();
    }
    line.chars().take(LINE - 2).chain("..".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_broken_after_a_plus() {
        assert_eq!(lines("rtk=up"), ["rtk=up"]);
        assert_eq!(
            lines("fkbp12_frb=frb_mutant+mtor_kinase=active+rtk=up"),
            ["fkbp12_frb=frb_mutant+", "mtor_kinase=active+rtk=up"]
        );
        assert_eq!(lines("a_very_long_locus_of_mine=level")[0].len(), LINE);
    }
}
