//! What all plots are drawn with: a scene of shapes and text, axes, legends, labels; SVG and PNG from it.
//!
//! A figure is drawn at the width of a column (85 mm) or of a page (174 mm), with type of 6 to 8 points at either, so that
//! none is ever scaled. Plotting libraries were weighed and left: none aligns a table of numbers at risk with its axis, keeps
//! labels apart at the ends of lines, or lays a figure out for two widths.

pub mod axes;
pub mod colours;
pub mod font;
pub mod label;
pub mod legend;
pub mod palette;
pub mod png_file;
pub mod raster;
pub mod scale;
pub mod scene;
pub mod stack;
pub mod strip;
pub mod svg;
pub mod theme;

pub use axes::{Axes, CROWDED, MAX_POINTS, Margins};
pub use font::Face;
pub use label::{TextLabel, spread};
pub use legend::{LegendKey, LegendMark, legend};
pub use palette::Paint;
pub use scale::{Axis, Scale, Tick, short, value_text};
pub use scene::{Anchor, Point, Scene, Style, Tag, Text};
pub use stack::{Layer, stack};
pub use theme::Theme;

/// Size of the words at ticks and in legends, points.
pub const SMALL: f64 = 6.5;
/// Size of titles of axes and of labels.
pub const NORMAL: f64 = 7.0;

/// How wide a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// A column of a journal, 85 mm.
    Column,
    /// A page, 174 mm.
    Page,
}

impl Width {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Page, Self::Column];

    /// In points.
    pub fn points(self) -> f64 {
        match self {
            Self::Column => 85.0 * scene::POINTS_PER_MM,
            Self::Page => 174.0 * scene::POINTS_PER_MM,
        }
    }

    /// The first number at a page's width, the second one at a column's.
    pub fn choose<T>(self, page: T, column: T) -> T {
        match self {
            Self::Page => page,
            Self::Column => column,
        }
    }
}

/// A figure at both widths, with the words that go under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its name, as in file names.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it shows and how to read it.
    pub caption: String,
    /// At a page's width.
    pub page: Scene,
    /// At a column's width.
    pub column: Scene,
}

impl Figure {
    /// A figure drawn by a function of the width.
    pub fn new(name: &str, title: &str, caption: &str, draw: impl Fn(Width, Scene) -> Scene) -> Self {
        let at = |width: Width| draw(width, Scene::new(width.points(), title, caption));
        let (name, title, caption) = (name.to_owned(), title.to_owned(), caption.to_owned());
        Self { page: at(Width::Page), column: at(Width::Column), name, title, caption }
    }

    /// The same with a remark below it, without which it must not be looked at.
    pub fn remarked(mut self, words: &str) -> Self {
        [&mut self.page, &mut self.column].into_iter().for_each(|scene| scene.remark(words));
        self
    }

    /// The figure at a width.
    pub fn at(&self, width: Width) -> &Scene {
        width.choose(&self.page, &self.column)
    }
}
