//! The plot of `evotor pk`: concentrations under a regimen, with a user's own measurements over them.

use std::path::{Path, PathBuf};

use crate::plot::png_file::png;
use crate::plot::raster::{RasterError, raster};
use crate::plot::svg::{SvgOptions, svg};
use crate::plot::{
    Axes, Axis, Figure, LegendKey, LegendMark, Margins, Paint, Point, Scene, Style, Theme, Width, colours,
    legend,
};
use crate::report::ReportError;
use crate::report::files;
use crate::report::own_data::{ColumnNames, OwnDataError, OwnTable};
use crate::therapy::pk::{Concentrations, PopulationBand};

/// Dots per inch of a PNG.
const DOTS_PER_INCH: f64 = 300.0;

const TIME: ColumnNames = ColumnNames {
    what: "times since the first day",
    names: &[("time_h", 1.0 / 24.0), ("time_days", 1.0), ("hours", 1.0 / 24.0), ("days", 1.0), ("day", 1.0)],
    without_unit: &["time", "t", "tad"],
};
const CONCENTRATION: ColumnNames = ColumnNames {
    what: "concentrations",
    names: &[
        ("concentration_ng_per_ml", 1.0),
        ("concentration_mg_per_l", 1000.0),
        ("concentration_ug_per_l", 1.0),
        ("ng_per_ml", 1.0),
        ("ng_ml", 1.0),
        ("concentration_ng_ml", 1.0),
        ("concentration_ug_l", 1.0),
        ("concentration_mg_l", 1000.0),
    ],
    without_unit: &["concentration", "conc", "dv"],
};

/// Reads own measurements: day and ng/mL of each.
///
/// # Errors
///
/// [`OwnDataError`], with all that is wrong.
pub fn read(path: &Path) -> Result<Vec<Point>, OwnDataError> {
    let mut table = OwnTable::read(path)?;
    let (time, concentration) = (table.need(&TIME), table.need(&CONCENTRATION));
    table.rows(|row| {
        let (time, concentration) = (time?, concentration?);
        let (day, measured) = (row.amount(time), row.amount(concentration));
        Some((day?, measured?))
    })
}

/// What is drawn.
pub enum Curves<'a> {
    /// One patient, hour by hour, with the name of the active metabolite.
    Hours(&'a [Concentrations], Option<&'a str>),
    /// Quantiles of the daily averages of many.
    Bands(&'a [PopulationBand], u32),
}

impl Curves<'_> {
    fn last_day(&self) -> f64 {
        match self {
            Self::Hours(hours, _) => hours.len() as f64 / 24.0,
            Self::Bands(bands, _) => bands.len() as f64,
        }
    }

    fn most(&self) -> f64 {
        match self {
            Self::Hours(hours, _) => {
                hours.iter().map(|now| now.parent.max(now.metabolite.unwrap_or(0.0))).fold(0.0, f64::max)
            }
            Self::Bands(bands, _) => bands.iter().map(|band| band.average[4]).fold(0.0, f64::max),
        }
    }

    fn caption(&self) -> String {
        match self {
            Self::Hours(..) => "Concentration hour by hour in the typical patient.".to_owned(),
            Self::Bands(_, patients) => format!(
                "Daily averages: median, central half and 5th to 95th percentile of {patients} patients."
            ),
        }
    }

    fn keys(&self) -> Vec<LegendKey> {
        let paint = colours::drug(0);
        match self {
            Self::Hours(_, metabolite) => std::iter::once(LegendKey::line(paint, "drug"))
                .chain(metabolite.map(|name| LegendKey::new(LegendMark::Line(of_metabolite()), name)))
                .collect(),
            Self::Bands(..) => vec![
                LegendKey::line(paint, "median"),
                LegendKey::new(LegendMark::Patch(Style::fill(paint).opacity(0.35)), "central half"),
                LegendKey::new(LegendMark::Patch(Style::fill(paint).opacity(0.15)), "5th to 95th percentile"),
            ],
        }
    }

    fn draw(&self, scene: &mut Scene, axes: &Axes) {
        let paint = colours::drug(0);
        match self {
            Self::Hours(hours, _) => {
                let at = |hour: usize| hour as f64 / 24.0;
                let drug: Vec<Point> = hours.iter().enumerate().map(|(h, now)| (at(h), now.parent)).collect();
                let other = |(h, now): (usize, &Concentrations)| Some((at(h), now.metabolite?));
                let metabolite: Vec<Point> = hours.iter().enumerate().filter_map(other).collect();
                scene.polyline(axes.points(&metabolite), of_metabolite());
                scene.polyline(axes.points(&drug), Style::line(paint, 1.1));
            }
            Self::Bands(bands, _) => {
                let line = |quantile: usize| -> Vec<Point> {
                    let at =
                        |(day, band): (usize, &PopulationBand)| (day as f64 + 0.5, band.average[quantile]);
                    axes.points(&bands.iter().enumerate().map(at).collect::<Vec<_>>())
                };
                for (low, high, opacity) in [(0, 4, 0.15), (1, 3, 0.35)] {
                    let around = line(high).into_iter().chain(line(low).into_iter().rev()).collect();
                    scene.polygon(around, Style::fill(paint).opacity(opacity));
                }
                scene.polyline(line(2), Style::line(paint, 1.3));
            }
        }
    }
}

fn of_metabolite() -> Style {
    Style::line(colours::drug(2), 1.1).dashed(4.0, 1.6)
}

/// The figure of a regimen by its words and the matrix in which the drug is measured, with own measurements.
pub fn figure((title, matrix): (&str, &str), curves: &Curves<'_>, own: &[Point]) -> Figure {
    let dot = Style::fill(Paint::Paper).outlined(Paint::Ink, 0.8);
    let mut caption = curves.caption();
    if !own.is_empty() {
        caption += " Circles are own measurements.";
    }
    Figure::new("pk", title, &caption, |width, mut scene| {
        let mine = (!own.is_empty()).then(|| LegendKey::new(LegendMark::Dot(dot), "own measurements"));
        let keys: Vec<LegendKey> = curves.keys().into_iter().chain(mine).collect();
        let top = legend(&mut scene, &keys) + 5.0;
        let most = own.iter().map(|point| point.1).fold(curves.most(), f64::max);
        let margins = Margins::across(&scene, top, width.choose(150.0, 115.0));
        let y = Axis::linear(0.0, most, 5, &format!("Concentration in {matrix} (ng/mL)"));
        let axes = Axes::new(margins, Axis::days(curves.last_day(), width.choose(9, 6)), y);
        scene.height = axes.draw(&mut scene) + 2.0;
        scene.group(axes.tag(), |scene| {
            curves.draw(scene, &axes);
            own.iter().for_each(|point| scene.circle(axes.at(*point), 1.8, dot));
        });
        scene
    })
}

/// Writes a figure at a page's width to an SVG or PNG file, as its name ends.
///
/// # Errors
///
/// [`ReportError`].
pub fn write(figure: &Figure, path: &Path) -> Result<PathBuf, ReportError> {
    let scene = figure.at(Width::Page);
    let bytes = match is_png(path) {
        true => {
            let image = raster(scene, Theme::Light, DOTS_PER_INCH / 72.0)?;
            png(&image, Some(DOTS_PER_INCH), &Vec::new()).map_err(RasterError::from)?
        }
        false => svg(scene, SvgOptions::default()).into_bytes(),
    };
    files::write(path.to_owned(), &bytes)
}

fn is_png(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("png"))
}

/// The path of a plot on the command line.
///
/// # Errors
///
/// One that ends neither in `.svg` nor in `.png`.
pub fn path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_svg = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("svg"));
    if is_svg || is_png(&path) {
        Ok(path)
    } else {
        Err("expected a name that ends in .svg or .png".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> Result<Vec<Point>, String> {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("own.csv");
        std::fs::write(&path, text).unwrap();
        read(&path).map_err(|e| e.to_string())
    }

    #[test]
    fn measurements_come_in_days_and_nanograms_per_millilitre() {
        assert_eq!(reads("time_h,concentration_ng_per_ml\n12,5.5\n").unwrap(), [(0.5, 5.5)]);
        assert_eq!(reads("Time (days);Concentration (mg/L)\n2;0.03\n").unwrap(), [(2.0, 30.0)]);
        let wrong = reads("TIME,DV\n0,1\n").unwrap_err();
        assert!(wrong.contains("`time` does not say its unit; call it `time_h` or `time_days`"), "{wrong}");
        assert!(
            wrong.contains("`dv` does not say its unit; call it `concentration_ng_per_ml` or"),
            "{wrong}"
        );
        assert!(
            reads("time_h,ng_ml\n0,BLQ\n").unwrap_err().contains("line 2: `BLQ` for `ng_ml` is not a number")
        );
    }

    #[test]
    fn own_measurements_are_drawn_and_nothing_is_cut_off() {
        let hours: Vec<Concentrations> =
            (0..72).map(|h| Concentrations { parent: f64::from(h % 24), metabolite: Some(1.0) }).collect();
        let circles = |own: &[Point]| {
            let figure = figure(("x", "plasma"), &Curves::Hours(&hours, Some("m")), own);
            for width in Width::ALL {
                assert!(figure.at(width).overlaps().is_empty() && figure.at(width).cut_off().is_empty());
            }
            svg(figure.at(Width::Page), SvgOptions::default()).matches("<circle").count()
        };
        // One in the legend.
        assert_eq!((circles(&[]), circles(&[(1.0, 90.0), (2.0, 3.0)])), (0, 3));
    }

    #[test]
    fn a_plot_is_svg_or_png() {
        assert!(path("a.svg").is_ok() && path("b/c.PNG").is_ok());
        assert!(path("a.pdf").is_err() && path("a").is_err());
    }
}
