//! The strip below the lattice: when which drug was on, and where in the run the picture is.

use crate::simulation::Picture;
use crate::simulation::naming::day_text;

use super::canvas::{Canvas, Font};
use super::palette::{DRUG, EMPTY, FAINT, INK};

const ROW: u32 = 22;
const BAR: u32 = 14;

/// The strip of a run.
pub struct Strip<'a> {
    picture: &'a Picture<'a>,
}

impl<'a> Strip<'a> {
    /// The strip of a picture.
    pub fn new(picture: &'a Picture<'a>) -> Self {
        Self { picture }
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        let drugs = self.picture.job.drug_names().len() as u32;
        Font::Text.height() + drugs.max(1) * ROW + Font::Text.height() + 6
    }

    /// Draws the strip at a place, as wide as the lattice; names stand to its right.
    pub fn draw(&self, page: &mut Canvas, [x, y]: [u32; 2], width: u32) {
        let time = &self.picture.job.scenario.time;
        let end = time.end.max(1);
        let at = |step: u32| (u64::from(step.min(end)) * u64::from(width) / u64::from(end)) as u32;
        let now = at(self.picture.state.step);
        let top = y + Font::Text.height() + 4;
        let names = self.picture.job.drug_names();
        let rows = names.len().max(1) as u32;
        for row in 0..rows {
            let bar = [x, top + row * ROW];
            page.fill(bar, [width, BAR], EMPTY);
            page.frame(bar, [width, BAR], FAINT);
        }
        for (drug, name) in names.iter().enumerate() {
            let row = top + drug as u32 * ROW;
            for (from, to) in self.times_on(drug as u32) {
                page.fill([x + at(from), row], [(at(to) - at(from)).max(1), BAR], DRUG);
            }
            page.text([x + width + 28, row - 3], name, Font::Text, INK);
        }
        let bottom = top + (rows - 1) * ROW + BAR;
        page.fill([x + now.saturating_sub(1), top - 6], [3, bottom - top + 12], INK);
        let label = format!("day {}", day_text(self.picture.state.step, time.step_hours));
        let half = Font::Strong.width(&label) / 2;
        let left = (x + now).saturating_sub(half).clamp(x, x + width - 2 * half);
        page.text([left, y - 4], &label, Font::Strong, INK);
        page.text([x, bottom + 6], "0", Font::Text, FAINT);
        let last = format!("{} d", day_text(time.end, time.step_hours));
        page.text_right([x + width, bottom + 6], &last, Font::Text, FAINT);
    }

    /// Steps from and to which a drug was on: exactly in mode `signalling`, else as far as the checks show.
    fn times_on(&self, drug: u32) -> Vec<(u32, u32)> {
        let by_days = self.picture.job.care.is_some();
        let check = if by_days { 0 } else { self.picture.job.scenario.time.check };
        let now = self.picture.state.step;
        let begun = if by_days { 0 } else { self.picture.state.control.begun_at[drug as usize] };
        let changes = self.picture.therapy;
        let ends = changes.iter().skip(1).map(|c| c.0.saturating_sub(check)).chain([now]);
        changes
            .iter()
            .zip(ends)
            .filter(|((_, drugs), _)| drugs & (1 << drug) != 0)
            .map(|((step, _), end)| (step.saturating_sub(check).max(begun), end))
            .filter(|(from, to)| from < to)
            .collect()
    }
}
