//! A scene as SVG text: the same bytes for the same scene, on every machine.
//!
//! Written by hand, since what a plot needs of SVG are six elements, and the order of attributes and the number of decimals
//! must not depend on a library's version.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;

use super::font::{FAMILIES, Face};
use super::palette::Paint;
use super::png_file::png;
use super::scene::{Anchor, Item, POINTS_PER_MM, Point, Scene, Style, Tag, Text};
use super::theme::{Theme, hex};
use crate::sink::xml;

/// How a scene is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SvgOptions<'a> {
    /// Light or dark.
    pub theme: Theme,
    /// Name of the figure where it becomes part of a page: there, paper and ink follow the page's theme, and ids are
    /// the figure's own.
    pub inline: Option<&'a str>,
}

/// The text of an SVG file.
pub fn svg(scene: &Scene, options: SvgOptions<'_>) -> String {
    let mut out = String::new();
    head(&mut out, scene, options);
    for item in &scene.items {
        match item {
            Item::Path { points, closed, style } => path(&mut out, points, *closed, style, options),
            Item::Rect([x, y, w, h], style) => {
                let place = [("x", x), ("y", y), ("width", w), ("height", h)];
                out.push_str("<rect");
                place.iter().for_each(|(name, value)| attribute(&mut out, name, &number(**value)));
                look(&mut out, style, options);
                out.push_str("/>\n");
            }
            Item::Circle((x, y), radius, style) => {
                let place = [("cx", x), ("cy", y), ("r", radius)];
                out.push_str("<circle");
                place.iter().for_each(|(name, value)| attribute(&mut out, name, &number(**value)));
                look(&mut out, style, options);
                out.push_str("/>\n");
            }
            Item::Text(words) => text(&mut out, words, options),
            Item::Image(place, pixels) => image(&mut out, place, pixels),
            Item::Open(tag) => open(&mut out, tag, options),
            Item::Close => out.push_str("</g>\n"),
        }
    }
    out.push_str("</svg>\n");
    out
}

fn head(out: &mut String, scene: &Scene, options: SvgOptions<'_>) {
    let (w, h) = (number(scene.width), number(scene.height));
    let mm = |points: f64| number(points / POINTS_PER_MM);
    let (title, description) = (xml(&scene.title), xml(&scene.description));
    let id = options.inline.unwrap_or("figure");
    out.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\"");
    if options.inline.is_none() {
        let _ = write!(out, " width=\"{}mm\" height=\"{}mm\"", mm(scene.width), mm(scene.height));
    }
    let _ = write!(out, " viewBox=\"0 0 {w} {h}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\"");
    let _ = write!(out, " font-family=\"{FAMILIES}\">\n<title id=\"{id}-t\">{title}</title>\n");
    let _ = writeln!(out, "<desc id=\"{id}-d\">{description}</desc>");
    if options.inline.is_none() {
        let paper = hex(options.theme.colour(Paint::Paper));
        let _ = writeln!(out, "<rect width=\"{w}\" height=\"{h}\" fill=\"{paper}\"/>");
    }
}

fn open(out: &mut String, tag: &Tag, options: SvgOptions<'_>) {
    out.push_str("<g");
    // Outside of a page nobody asks for classes and data.
    if options.inline.is_some() {
        if !tag.class.is_empty() {
            attribute(out, "class", tag.class);
        }
        tag.data.iter().for_each(|(name, value)| attribute(out, &format!("data-{name}"), value));
    }
    out.push('>');
    if !tag.hint.is_empty() {
        let _ = write!(out, "<title>{}</title>", xml(&tag.hint));
    }
    out.push('\n');
}

fn path(out: &mut String, points: &[Point], closed: bool, style: &Style, options: SvgOptions<'_>) {
    if points.is_empty() {
        return;
    }
    out.push_str("<path d=\"");
    for (i, (x, y)) in points.iter().enumerate() {
        let command = if i == 0 { 'M' } else { 'L' };
        let _ = write!(out, "{command}{} {}", number(*x), number(*y));
    }
    out.push_str(if closed { "Z\"" } else { "\"" });
    look(out, style, options);
    if !closed && style.stroke.is_some() && points.len() > 2 {
        out.push_str(" stroke-linejoin=\"round\"");
    }
    out.push_str("/>\n");
}

fn look(out: &mut String, style: &Style, options: SvgOptions<'_>) {
    let mut classes = Vec::new();
    let mut one = |out: &mut String, name: &str, paint: Option<Paint>| match paint {
        Some(paint) => {
            attribute(out, name, &hex(options.theme.colour(paint)));
            if let (Some(class), Some(_)) = (paint.class(), options.inline) {
                classes.push(format!("{}-{class}", &name[..1]));
            }
        }
        None if name == "fill" => attribute(out, name, "none"),
        None => {}
    };
    one(out, "fill", style.fill);
    one(out, "stroke", style.stroke);
    if !classes.is_empty() {
        attribute(out, "class", &classes.join(" "));
    }
    if style.stroke.is_some() {
        attribute(out, "stroke-width", &number(style.width));
    }
    if let Some((dash, gap)) = style.dash {
        attribute(out, "stroke-dasharray", &format!("{} {}", number(dash), number(gap)));
    }
    if style.opacity < 1.0 {
        attribute(out, "opacity", &number(style.opacity));
    }
}

fn text(out: &mut String, text: &Text, options: SvgOptions<'_>) {
    let (x, y) = (number(text.at.0), number(text.at.1));
    out.push_str("<text");
    attribute(out, "x", &x);
    attribute(out, "y", &y);
    attribute(out, "font-size", &number(text.size));
    match text.face {
        Face::Regular => {}
        Face::Bold => attribute(out, "font-weight", "bold"),
        Face::Italic => attribute(out, "font-style", "italic"),
    }
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => attribute(out, "text-anchor", "middle"),
        Anchor::End => attribute(out, "text-anchor", "end"),
    }
    if text.upwards {
        attribute(out, "transform", &format!("rotate(-90 {x} {y})"));
    }
    attribute(out, "fill", &hex(options.theme.colour(text.paint)));
    if let (Some(class), Some(_)) = (text.paint.class(), options.inline) {
        attribute(out, "class", &format!("f-{class}"));
    }
    let _ = writeln!(out, ">{}</text>", xml(&text.words));
}

fn image(out: &mut String, [x, y, w, h]: &[f64; 4], pixels: &RgbImage) {
    let Ok(bytes) = png(pixels, None, &Vec::new()) else { return };
    let place = [("x", x), ("y", y), ("width", w), ("height", h)];
    out.push_str("<image");
    place.iter().for_each(|(name, value)| attribute(out, name, &number(**value)));
    out.push_str(" preserveAspectRatio=\"none\" image-rendering=\"pixelated\"");
    let _ = writeln!(out, " href=\"data:image/png;base64,{}\"/>", STANDARD.encode(bytes));
}

fn attribute(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, " {name}=\"{}\"", xml(value));
}

/// A number with at most two decimals; what is no number is 0.
pub fn number(x: f64) -> String {
    let hundredths = (x * 100.0).round();
    let hundredths = if hundredths.abs() < 1e15 { hundredths as i64 } else { 0 };
    let (sign, rest) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
    match (rest / 100, rest % 100) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, part) if part % 10 == 0 => format!("{sign}{whole}.{}", part / 10),
        (whole, part) => format!("{sign}{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_always_numbers() {
        let texts = [0.0, -0.001, 1.0, -2.5, 3.14259, 1e300, f64::NAN, 0.05].map(number);
        assert_eq!(texts, ["0", "0", "1", "-2.5", "3.14", "0", "0", "0.05"]);
    }

    #[test]
    fn text_is_escaped_and_classes_are_for_pages_alone() {
        let mut scene = Scene::new(50.0, "A & B", "<none>");
        scene.height = 10.0;
        scene.group(Tag::class("series").with("name", "x\"y").hint("a<b"), |scene| {
            scene.text(Text::new((1.0, 2.0), "p < 0.05", 7.0));
        });
        let file = svg(&scene, SvgOptions::default());
        assert!(
            file.contains("A &amp; B") && file.contains("p &lt; 0.05") && !file.contains("class="),
            "{file}"
        );
        let part = svg(&scene, SvgOptions { inline: Some("one"), ..SvgOptions::default() });
        assert!(part.contains("class=\"series\" data-name=\"x&quot;y\"") && part.contains("id=\"one-t\""));
    }
}
