//! What a plot is made of: shapes and text on a page, in points (1/72 inch), y downwards.
//!
//! A scene is written as SVG and, from that, rasterised. Everything that a plot draws goes through here, so that tests can ask
//! where its text lies.

use std::sync::Arc;

use image::RgbImage;

use super::palette::Paint;

use super::NORMAL;
use super::font::{self, Face};

/// Points in a millimetre.
pub const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// A point of a scene: x, y.
pub type Point = (f64, f64);

/// How a shape is filled and drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Its inside.
    pub fill: Option<Paint>,
    /// Its outline.
    pub stroke: Option<Paint>,
    /// Width of the outline, points.
    pub width: f64,
    /// Lengths of dash and gap, points.
    pub dash: Option<(f64, f64)>,
    /// Opacity of the whole, 0 to 1.
    pub opacity: f64,
}

impl Style {
    /// A filled shape without outline.
    pub const fn fill(paint: Paint) -> Self {
        Self { fill: Some(paint), stroke: None, width: 0.0, dash: None, opacity: 1.0 }
    }

    /// An outline without inside.
    pub const fn line(paint: Paint, width: f64) -> Self {
        Self { fill: None, stroke: Some(paint), width, dash: None, opacity: 1.0 }
    }

    /// The same with an outline.
    pub const fn outlined(self, paint: Paint, width: f64) -> Self {
        Self { stroke: Some(paint), width, ..self }
    }

    /// The same, dashed.
    pub const fn dashed(self, dash: f64, gap: f64) -> Self {
        Self { dash: Some((dash, gap)), ..self }
    }

    /// The same, so much see-through.
    pub const fn opacity(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }
}

/// Which end of a text is at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where its anchor is on its baseline.
    pub at: Point,
    /// The words.
    pub words: String,
    /// Size, points.
    pub size: f64,
    /// Face.
    pub face: Face,
    /// Anchor.
    pub anchor: Anchor,
    /// Colour.
    pub paint: Paint,
    /// Whether it reads upwards.
    pub upwards: bool,
}

impl Text {
    /// Text in ink.
    pub fn new(at: Point, words: impl Into<String>, size: f64) -> Self {
        let (face, anchor) = (Face::Regular, Anchor::Start);
        Self { at, words: words.into(), size, face, anchor, paint: Paint::Ink, upwards: false }
    }

    /// The same with another anchor.
    pub fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// The same in another face.
    pub fn face(self, face: Face) -> Self {
        Self { face, ..self }
    }

    /// The same in another colour.
    pub fn paint(self, paint: Paint) -> Self {
        Self { paint, ..self }
    }

    /// The same, reading upwards.
    pub fn upwards(self) -> Self {
        Self { upwards: true, ..self }
    }

    /// Width of the words, points.
    pub fn width(&self) -> f64 {
        font::width(&self.words, self.size, self.face)
    }

    /// Left, top, right and bottom of the ink, about.
    pub fn bounds(&self) -> [f64; 4] {
        let (x, y) = self.at;
        let width = self.width();
        let before = match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
        let (ascent, descent) = (0.74 * self.size, 0.2 * self.size);
        if self.upwards {
            [x - ascent, y - (width - before), x + descent, y + before]
        } else {
            [x - before, y - ascent, x - before + width, y + descent]
        }
    }
}

/// What a group of shapes is, for scripts and readers of screens.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tag {
    /// Its class.
    pub class: &'static str,
    /// Data attributes: name without `data-`, value.
    pub data: Vec<(&'static str, String)>,
    /// What a pointer that rests on it is told.
    pub hint: String,
}

impl Tag {
    /// A group of a class.
    pub fn class(class: &'static str) -> Self {
        Self { class, ..Self::default() }
    }

    /// The same with a value.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.data.push((name, value.into()));
        self
    }

    /// The same with a hint.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

/// A piece of a scene.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A polyline, or a polygon if it is closed.
    Path {
        /// Its corners.
        points: Vec<Point>,
        /// Whether the last corner is joined to the first.
        closed: bool,
        /// Its look.
        style: Style,
    },
    /// A rectangle: left, top, width, height.
    Rect([f64; 4], Style),
    /// A disc: centre and radius.
    Circle(Point, f64, Style),
    /// A line of text.
    Text(Text),
    /// A picture over all that is no picture: left, top, width, height. Its pixels stay squares.
    Image([f64; 4], Arc<RgbImage>),
    /// A group begins.
    Open(Tag),
    /// The group that began last ends.
    Close,
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Width, points.
    pub width: f64,
    /// Height, points.
    pub height: f64,
    /// What it shows, in a few words.
    pub title: String,
    /// What it shows, for those who do not see it.
    pub description: String,
    /// Its pieces, the lowest first.
    pub items: Vec<Item>,
}

impl Scene {
    /// An empty figure.
    pub fn new(width: f64, title: &str, description: &str) -> Self {
        let (title, description) = (title.to_owned(), description.to_owned());
        Self { width, height: 0.0, title, description, items: Vec::new() }
    }

    /// Adds a polyline.
    pub fn polyline(&mut self, points: Vec<Point>, style: Style) {
        self.items.push(Item::Path { points, closed: false, style });
    }

    /// Adds a polygon.
    pub fn polygon(&mut self, points: Vec<Point>, style: Style) {
        self.items.push(Item::Path { points, closed: true, style });
    }

    /// Adds a straight line.
    pub fn line(&mut self, from: Point, to: Point, style: Style) {
        self.polyline(vec![from, to], style);
    }

    /// Adds a rectangle: left, top, width, height.
    pub fn rect(&mut self, place: [f64; 4], style: Style) {
        self.items.push(Item::Rect(place, style));
    }

    /// Adds a disc.
    pub fn circle(&mut self, centre: Point, radius: f64, style: Style) {
        self.items.push(Item::Circle(centre, radius, style));
    }

    /// Adds a picture: left, top, width, height.
    pub fn image(&mut self, place: [f64; 4], pixels: Arc<RgbImage>) {
        self.items.push(Item::Image(place, pixels));
    }

    /// Adds text.
    pub fn text(&mut self, text: Text) {
        self.items.push(Item::Text(text));
    }

    /// Adds a group.
    pub fn group(&mut self, tag: Tag, fill: impl FnOnce(&mut Self)) {
        self.items.push(Item::Open(tag));
        fill(self);
        self.items.push(Item::Close);
    }

    /// Adds a line below all that is there, and says the same to those who do not see it.
    pub fn remark(&mut self, words: &str) {
        self.description = format!("{words}. {}", self.description);
        self.height += 2.0 * NORMAL;
        self.text(Text::new((NORMAL, self.height - NORMAL), words, NORMAL).face(Face::Bold));
    }

    /// All text.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.items.iter().filter_map(|item| match item {
            Item::Text(text) => Some(text),
            _ => None,
        })
    }

    /// Texts that reach beyond the edge of the figure.
    pub fn cut_off(&self) -> Vec<&Text> {
        let slack = 0.5;
        let beyond = |text: &&Text| {
            let [left, top, right, bottom] = text.bounds();
            left < -slack || top < -slack || right > self.width + slack || bottom > self.height + slack
        };
        self.texts().filter(beyond).collect()
    }

    /// Pairs of texts whose ink overlaps.
    pub fn overlaps(&self) -> Vec<(&Text, &Text)> {
        let all: Vec<(&Text, [f64; 4])> = self.texts().map(|t| (t, t.bounds())).collect();
        let mut found = Vec::new();
        for (i, (a, [al, at, ar, ab])) in all.iter().enumerate() {
            for (b, [bl, bt, br, bb]) in &all[..i] {
                // Ascenders and descenders rarely meet: a little overlap of boxes is none of ink.
                let (wide, high) = (ar.min(*br) - al.max(*bl), ab.min(*bb) - at.max(*bt));
                if wide > 0.5 && high > 1.5 {
                    found.push((*b, *a));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_beyond_the_edge_and_over_other_text_is_found() {
        let mut scene = Scene::new(100.0, "", "");
        scene.height = 20.0;
        scene.text(Text::new((10.0, 10.0), "inside", 7.0));
        assert!(scene.cut_off().is_empty());
        scene.text(Text::new((95.0, 18.0), "outside", 7.0));
        assert_eq!(scene.cut_off().len(), 1);
        assert!(scene.overlaps().is_empty());
        scene.text(Text::new((12.0, 11.0), "over", 7.0));
        assert_eq!(scene.overlaps().len(), 1);
    }

    #[test]
    fn a_remark_is_below_all_that_is_there_and_is_told_to_those_who_do_not_see_it() {
        let mut scene = Scene::new(200.0, "", "A line.");
        scene.height = 20.0;
        scene.text(Text::new((10.0, 18.0), "the lowest", 7.0));
        scene.remark("partial");
        assert!(scene.cut_off().is_empty() && scene.overlaps().is_empty());
        assert_eq!((scene.description.as_str(), scene.texts().count()), ("partial. A line.", 2));
    }

    #[test]
    fn upward_text_takes_its_width_upwards() {
        let text = Text::new((10.0, 50.0), "Live cells", 7.0).anchor(Anchor::Middle).upwards();
        let [left, top, right, bottom] = text.bounds();
        assert!(left < 10.0 && right > 10.0 && right - left < 8.0);
        assert!((bottom - top - text.width()).abs() < 1e-9 && ((bottom + top) / 2.0 - 50.0).abs() < 1e-9);
    }
}
