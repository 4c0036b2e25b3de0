//! The page that tells of a run, of a trial, or of many trials: one HTML file that needs nothing else.
//!
//! Pages are plain data ([`Page`]) which a template turns into HTML, checked when the program is compiled. Plots are inline SVG at both
//! widths, of which a style sheet shows one. Scripts add values under the pointer, switches and sorting; without them all of it
//! can be read.

mod batch;
mod condition;
mod design;
mod discriminate;
mod headline;
mod optimise;
mod overview;
mod pictures;
mod published;
mod run;
mod strategy;
mod trial;
mod trust;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ReportError;
use crate::plot::font::Face;
use crate::plot::svg::{SvgOptions, svg};
use crate::plot::theme::hex;
use crate::plot::{Figure, Paint, Theme};
use crate::simulation::naming::fixed;

pub use batch::over_seeds;
pub use condition::{OPTION_HEADS, SCAN_HEADS, condition};
pub use design::design;
pub use discriminate::discriminate;
pub use optimise::optimise;
pub use overview::{overview, overview_figures};
pub use pictures::Picture;
pub use run::run;
pub use trial::trial;

/// A page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// What it is a report of, in a word or two.
    pub kicker: String,
    /// Its title.
    pub title: String,
    /// A line below the title; empty for none.
    pub subtitle: String,
    /// What came out, in a few sentences.
    pub lead: String,
    /// Numbers that stand out, with their names.
    pub facts: Vec<(String, String)>,
    /// Its sections.
    pub sections: Vec<PageSection>,
}

/// A section of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageSection {
    /// Its anchor.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What is in it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A paragraph that must not be missed.
    Note(String),
    /// Text as a machine takes it.
    Code(String),
    /// Items, each with a word in front that may be empty.
    List(Vec<(String, String)>),
    /// Something that is folded away.
    Fold(Fold),
    /// A table.
    Table(PageTable),
    /// A figure.
    Figure(FigureBlock),
    /// Snapshots in order of time.
    Pictures(Vec<Picture>),
}

/// What is folded away: text or items.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fold {
    /// What is seen of it.
    pub title: String,
    /// Text as a machine takes it; may be empty.
    pub text: String,
    /// Items as in [`Block::List`].
    pub items: Vec<(String, String)>,
}

/// A figure of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureBlock {
    /// Its anchor.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its caption.
    pub caption: String,
    /// SVG at a page's width.
    pub page: String,
    /// SVG at a column's width.
    pub column: String,
    /// Path of its files without ending, relative to the page; empty where there are none.
    pub file: String,
    /// Whether there is a PNG.
    pub png: bool,
}

/// A table of a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageTable {
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, as long as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its head.
    pub words: String,
    /// Whether it holds numbers.
    pub numeric: bool,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// Its words.
    pub words: String,
    /// Where a first cell leads; empty for nowhere.
    pub href: String,
}

impl PageTable {
    /// A table without rows; a head that begins with `#` is of a column of numbers.
    pub fn new(caption: impl Into<String>, heads: &[&str]) -> Self {
        let column = |head: &&str| Column {
            words: head.trim_start_matches('#').to_owned(),
            numeric: head.starts_with('#'),
        };
        Self { caption: caption.into(), columns: heads.iter().map(column).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut row: Vec<Cell> =
            cells.into_iter().map(|c| Cell { words: c.into(), href: String::new() }).collect();
        row.resize_with(self.columns.len(), Cell::default);
        self.rows.push(row);
    }

    /// Adds a row whose first cell leads somewhere.
    pub fn linked<T: Into<String>>(&mut self, href: String, cells: impl IntoIterator<Item = T>) {
        self.row(cells);
        if let Some(cell) = self.rows.last_mut().and_then(|r| r.first_mut()) {
            cell.href = href;
        }
    }
}

impl Block {
    /// A figure; `plots` is the folder of its files relative to the page, empty for none.
    pub fn figure(figure: &Figure, plots: &str, png: bool) -> Self {
        let part = |width, suffix: &str| {
            let name = format!("{}-{suffix}", figure.name);
            svg(figure.at(width), SvgOptions { theme: Theme::Light, inline: Some(&name) })
        };
        Self::Figure(FigureBlock {
            id: figure.name.clone(),
            title: figure.title.clone(),
            caption: figure.caption.clone(),
            page: part(crate::plot::Width::Page, "page"),
            column: part(crate::plot::Width::Column, "column"),
            file: if plots.is_empty() { String::new() } else { format!("{plots}/{}", figure.name) },
            png,
        })
    }
}

/// A share in percent with so many digits. What is neither none nor all is not rounded to it.
fn percent(part: u64, whole: u64, digits: usize) -> String {
    let share = 100.0 * part as f64 / whole.max(1) as f64;
    let text = format!("{share:.digits$}");
    let least = 10f64.powi(-(digits as i32));
    if part > 0 && text == format!("{:.digits$}", 0.0) {
        format!("<{least} %")
    } else if part < whole && text == format!("{:.digits$}", 100.0) {
        format!(">{:.digits$} %", 100.0 - least)
    } else {
        format!("{text} %")
    }
}

struct FontFace {
    weight: u16,
    data: String,
}

#[derive(Template)]
#[template(path = "page.html", config = "src/report/page/askama.toml")]
struct Html<'a> {
    page: &'a Page,
    version: &'static str,
    faces: Vec<FontFace>,
    style: &'static str,
    themes: String,
    script: &'static str,
}

/// The HTML of a page.
///
/// # Errors
///
/// [`ReportError::Page`].
pub fn html(page: &Page) -> Result<String, ReportError> {
    let face = |weight, face: Face| FontFace { weight, data: STANDARD.encode(face.bytes()) };
    let html = Html {
        page,
        version: env!("CARGO_PKG_VERSION"),
        faces: vec![face(400, Face::Regular), face(700, Face::Bold)],
        style: include_str!("template/style.css"),
        themes: themes(),
        script: include_str!("template/script.js"),
    };
    Ok(html.render()?)
}

/// Rules by which paper and ink of plots follow a dark page.
fn themes() -> String {
    let rule = |(paint, class): &(Paint, &str)| {
        let colour = hex(Theme::Dark.colour(*paint));
        format!(".f-{class}{{fill:{colour}}}.s-{class}{{stroke:{colour}}}")
    };
    let rules: String = Paint::THEMED.iter().map(rule).collect();
    format!("@media screen and (prefers-color-scheme:dark){{{rules}}}\n")
}

/// A value with its interval, as far as there are any.
fn with(value: Option<f64>, low: Option<f64>, high: Option<f64>, digits: usize) -> String {
    let number = |x: f64| fixed(x, digits).replace('-', "−").replace("inf", "∞");
    match (value, low, high) {
        (Some(v), Some(l), Some(h)) => format!("{} ({} to {})", number(v), number(l), number(h)),
        (Some(v), ..) => number(v),
        _ => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_escapes_what_it_is_given_and_fetches_nothing() {
        let mut table = PageTable::new("A <table>", &["arm", "#months"]);
        table.row(["<b>arm</b>", "1"]);
        let blocks = vec![
            Block::Text("a < b & c".to_owned()),
            Block::Code("<script>alert(1)</script>".to_owned()),
            Block::Table(table),
            Block::Fold(Fold { title: "more".to_owned(), text: "</pre>".to_owned(), items: Vec::new() }),
        ];
        let section = PageSection { id: "one", title: "One", blocks };
        let page = Page { title: "<x>".to_owned(), sections: vec![section], ..Page::default() };
        let html = html(&page).unwrap();
        assert!(!html.contains("<b>arm") && !html.contains("<script>alert") && !html.contains("<x>"));
        assert_eq!(html.matches("<script>").count(), 1);
        for fetched in ["http://", "https://", "src=\"/", "@import", "//cdn"] {
            let found = html.replace("http://www.w3.org/2000/svg", "");
            assert!(!found.contains(fetched), "{fetched}");
        }
    }

    #[test]
    fn a_row_is_as_long_as_its_table_is_wide() {
        let mut table = PageTable::new("", &["a", "#b", "c"]);
        table.row(["only"]);
        assert_eq!(table.rows[0].len(), 3);
        assert!(table.columns[1].numeric && table.columns[1].words == "b");
    }
}
