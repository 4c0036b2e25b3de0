//! The lattice itself: a site is a square of pixels; a 3D lattice is shown by its central slice. x goes to
//! the right, y down.

use crate::simulation::Job;
use crate::tissue::{LesionState, word};

use super::canvas::Canvas;
use super::palette::{self, Colour, DEAD, EMPTY};

/// Smallest picture of a lattice along its longer side, in pixels.
const LEAST: u32 = 768;
/// Largest.
const MOST: u32 = 1536;

/// How sites become pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Pixels along the edge of a site; 1 where several sites share a pixel.
    pub magnify: u32,
    /// Sites along the edge of a pixel; 1 where a site takes whole pixels.
    pub reduce: u32,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Slice that is shown.
    pub z: u32,
}

impl View {
    /// The view of a lattice.
    pub fn new(size: [u32; 3]) -> Self {
        let longer = size[0].max(size[1]);
        let magnify = LEAST.div_ceil(longer).max(1);
        let reduce = if magnify > 1 { 1 } else { longer.div_ceil(MOST) };
        let pixels = |sites: u32| sites.div_ceil(reduce) * magnify;
        Self { magnify, reduce, size: [pixels(size[0]), pixels(size[1])], z: size[2] / 2 }
    }

    /// Draws the lattice with its upper left corner at a place.
    pub fn draw(&self, page: &mut Canvas, [left, top]: [u32; 2], job: &Job, state: &LesionState) {
        let colours = Colours::new(job);
        let [nx, ny, _] = state.shape.size;
        for (row, y) in (0..ny).step_by(self.reduce as usize).enumerate() {
            for (column, x) in (0..nx).step_by(self.reduce as usize).enumerate() {
                let colour = colours.of(self.word(state, [x, y]));
                let at = [left + column as u32 * self.magnify, top + row as u32 * self.magnify];
                page.fill(at, [self.magnify; 2], colour);
            }
        }
    }

    /// The word that a pixel shows: where several sites share it, the most frequent word of a live cell, else of
    /// a dead one, else empty; of equally frequent ones the smallest.
    fn word(&self, state: &LesionState, [x, y]: [u32; 2]) -> u32 {
        let [nx, ny, _] = state.shape.size;
        let at = |x, y| state.sites[state.shape.site([x, y, self.z]) as usize];
        if self.reduce == 1 {
            return at(x, y);
        }
        let ys = y..(y + self.reduce).min(ny);
        let mut words: Vec<u32> =
            ys.flat_map(|y| (x..(x + self.reduce).min(nx)).map(move |x| at(x, y))).filter(|w| word::is_cell(*w)).collect();
        words.sort_unstable();
        let is_live = words.iter().any(|w| word::is_live(*w));
        let mut best = (0, word::EMPTY);
        for run in words.chunk_by(|a, b| a == b).filter(|run| word::is_live(run[0]) == is_live) {
            if run.len() > best.0 {
                best = (run.len(), run[0]);
            }
        }
        best.1
    }
}

/// Colours of all state codes.
pub struct Colours(Vec<Colour>);

impl Colours {
    /// The colours of a scenario's states.
    pub fn new(job: &Job) -> Self {
        let codes = 0..1u32 << job.space.code_bits();
        Self(codes.map(|code| palette::state_colour(&job.scenario.loci, &job.space.levels(code))).collect())
    }

    /// The colour of a site.
    pub fn of(&self, w: u32) -> Colour {
        if word::is_live(w) {
            self.0[word::code(w) as usize]
        } else if word::is_dead(w) {
            DEAD
        } else {
            EMPTY
        }
    }

    /// The colour of a live cell's state.
    pub fn state(&self, code: u32) -> Colour {
        self.0[code as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tissue::{LesionId, Shape};

    #[test]
    fn small_lattices_are_magnified_and_large_ones_reduced() {
        let view = |size| View::new(size);
        assert_eq!(view([256, 256, 1]), View { magnify: 3, reduce: 1, size: [768, 768], z: 0 });
        assert_eq!(view([100, 40, 9]), View { magnify: 8, reduce: 1, size: [800, 320], z: 4 });
        assert_eq!(view([1000, 900, 1]).size, [1000, 900]);
        assert_eq!(view([4000, 2000, 1]), View { magnify: 1, reduce: 3, size: [1334, 667], z: 0 });
    }

    #[test]
    fn a_shared_pixel_shows_the_most_frequent_live_cell() {
        let mut state = LesionState::empty(LesionId(0), Shape::new(2, [4000, 32, 1], false));
        let view = View::new(state.shape.size);
        let shape = state.shape;
        let mut put = |x, y, w| state.sites[shape.site([x, y, 0]) as usize] = w;
        put(0, 0, word::dead(1));
        put(1, 0, word::dead(1));
        put(2, 1, word::live(5));
        put(3, 0, word::dead(2));
        assert_eq!(view.word(&state, [0, 0]), word::live(5));
        assert_eq!(view.word(&state, [3, 0]), word::dead(2));
        assert_eq!(view.word(&state, [6, 0]), word::EMPTY);
    }
}
