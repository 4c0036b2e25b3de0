//! The strip below the lattice: when which drug was on, where in the run the picture is, and in films how many cells there were.

use crate::simulation::Picture;
use crate::simulation::naming::{count_text, day_text};

use super::canvas::Canvas;
use super::text::Font;
use crate::plot::palette::{Theme, mix};

/// Live cells at checks: step, cells.
pub type Burden = Vec<(u32, u32)>;

/// The strip of a run.
pub struct Strip<'a> {
    picture: &'a Picture<'a>,
    /// Steps from which on the set of drugs differed, as far as they are known.
    therapy: &'a [(u32, u32)],
    /// Up to which step that is.
    known: u32,
    burden: Option<&'a Burden>,
    em: u32,
    theme: Theme,
}

impl<'a> Strip<'a> {
    /// The strip of a picture.
    pub fn new(picture: &'a Picture<'a>, em: u32, theme: Theme) -> Self {
        Self { picture, therapy: picture.therapy, known: picture.state.step, burden: None, em, theme }
    }

    /// With the burden over the whole run, and the therapy up to a later step.
    pub fn with_story(self, therapy: &'a [(u32, u32)], known: u32, burden: &'a Burden) -> Self {
        Self { therapy, known, burden: Some(burden), ..self }
    }

    /// From the strip to its names, which stand below the legend.
    fn beside(&self) -> u32 {
        self.em * 3 / 2
    }

    fn row(&self) -> u32 {
        self.em * 3 / 2
    }

    fn curve_height(&self) -> u32 {
        if self.burden.is_some() { self.em * 6 } else { 0 }
    }

    fn font(&self) -> Font {
        Font::text(self.em)
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        let drugs = self.picture.job.drug_names().len() as u32;
        let curve = if self.burden.is_some() { self.curve_height() + self.em } else { 0 };
        2 * self.font().height() + curve + drugs.max(1) * self.row()
    }

    /// Draws the strip at a place, as wide as the lattice; names stand to its right.
    pub fn draw(&self, page: &mut Canvas, [x, y]: [u32; 2], width: u32) {
        let (font, theme) = (self.font(), self.theme);
        let time = &self.picture.job.scenario.time;
        let end = time.end.max(1);
        let at = |step: u32| (u64::from(step.min(end)) * u64::from(width) / u64::from(end)) as u32;
        let now = self.picture.state.step;
        let beside = x + width + self.beside();
        let mut top = y + font.height() + self.em / 2;
        let first = top;
        if let Some(burden) = self.burden {
            self.curve(page, [x, top], width, burden);
            page.text([beside, top], "live cells", font, theme.ink());
            top += self.curve_height() + self.em;
        }
        let names = self.picture.job.drug_names();
        let high = self.em * 9 / 10;
        let thin = (self.em / 20).max(1);
        for row in 0..names.len().max(1) as u32 {
            let bar = [x, top + row * self.row()];
            page.fill(bar, [width, high], theme.empty());
            page.frame(bar, [width, high], thin, theme.faint());
        }
        for (drug, name) in names.iter().enumerate() {
            let row = top + drug as u32 * self.row();
            for (from, to) in self.times_on(drug as u32) {
                // What is still to come in a film is paler.
                let (past, later) = ((from, to.min(now)), (from.max(now), to));
                for ((from, to), parts) in [(past, 255), (later, 110)] {
                    if from < to {
                        let colour = mix(theme.empty(), theme.drug(), parts);
                        page.fill([x + at(from), row], [(at(to) - at(from)).max(1), high], colour);
                    }
                }
            }
            let lift = (font.height() - high) / 2;
            page.text([beside, row - lift], name, font, theme.ink());
        }
        if names.is_empty() {
            page.text([beside, top - (font.height() - high) / 2], "no drug", font, theme.faint());
        }
        let bottom = top + (names.len().max(1) as u32 - 1) * self.row() + high;
        let wide = (self.em / 8).max(2);
        let marker = [(x + at(now)).saturating_sub(wide / 2), first - self.em / 3];
        page.fill(marker, [wide, bottom - first + self.em * 2 / 3], theme.ink());
        let label = format!("day {}", day_text(now, time.step_hours));
        let bold = Font::bold(self.em);
        page.text_middle([x + at(now), y], [x, x + width], &label, bold, theme.ink());
        let foot = bottom + self.em * 2 / 5;
        page.text([x, foot], "0", font, theme.faint());
        let last = format!("{} d", day_text(time.end, time.step_hours));
        page.text_right([x + width, foot], &last, font, theme.faint());
    }

    /// The burden: all of it pale, up to now strong, with a dot.
    fn curve(&self, page: &mut Canvas, [x, y]: [u32; 2], width: u32, burden: &Burden) {
        let end = self.picture.job.scenario.time.end.max(1);
        let most = burden.iter().map(|b| b.1).max().unwrap_or(0).max(1);
        let (high, now) = (self.curve_height(), self.picture.state.step);
        let place = |(step, cells): &(u32, u32)| {
            let right = 16 * u64::from(*step) * u64::from(width) / u64::from(end);
            let up = 16 * u64::from(*cells) * u64::from(high) / u64::from(most);
            [(16 * x + right as u32) as i32, (16 * (y + high)) as i32 - up as i32]
        };
        let thin = (self.em / 20).max(1);
        page.fill([x, y + high], [width, thin], self.theme.faint());
        let all: Vec<[i32; 2]> = burden.iter().map(place).collect();
        let past: Vec<[i32; 2]> = burden.iter().filter(|b| b.0 <= now).map(place).collect();
        let wide = (16 * self.em / 9) as i32;
        let pale = mix(self.theme.paper(), self.theme.ink(), 70);
        page.line(&all, wide, pale);
        page.line(&past, wide, self.theme.ink());
        if let Some(last) = past.last() {
            page.line(&[*last, *last], (16 * self.em * 3 / 5) as i32, self.theme.ink());
        }
        let below = [x + width + self.beside(), y + self.font().height()];
        page.text(below, &format!("up to {}", count_text(u64::from(most))), self.font(), self.theme.faint());
    }

    /// Steps from and to which a drug was on: exactly in mode `signalling`, else as far as the checks show.
    fn times_on(&self, drug: u32) -> Vec<(u32, u32)> {
        let by_days = self.picture.job.care.is_some();
        let check = if by_days { 0 } else { self.picture.job.scenario.time.check };
        let begun = if by_days { 0 } else { self.picture.state.control.begun_at[drug as usize] };
        let ends = self.therapy.iter().skip(1).map(|c| c.0.saturating_sub(check)).chain([self.known]);
        self.therapy
            .iter()
            .zip(ends)
            .filter(|((_, drugs), _)| drugs & (1 << drug) != 0)
            .map(|((step, _), end)| (step.saturating_sub(check).max(begun), end))
            .filter(|(from, to)| from < to)
            .collect()
    }
}
