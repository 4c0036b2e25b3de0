//! How a lattice becomes a flat image: a slice, a projection, or a cut-away.

use image::imageops::{FilterType::Nearest, FilterType::Triangle, resize};
use image::{Rgb, RgbImage};

use crate::tissue::Shape;

use super::cutaway;
use super::error::RenderError;
use super::lattice::{LatticeImage, together};
use super::scheme::Scheme;
use crate::plot::palette::{Colour, Theme, mix};

/// From where a lattice is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum View {
    /// One layer of sites
    #[default]
    Slice,
    /// The whole from outside, with the corner towards the eye cut away; 3D only
    Cutaway,
    /// All layers on one another, mean colours, paler where there are fewer cells; 3D only
    Projection,
}

impl View {
    /// Its name on the command line and in file names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slice => "slice",
            Self::Cutaway => "cutaway",
            Self::Projection => "projection",
        }
    }
}

/// A plane across an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plane {
    /// The axis: 0, 1, 2 for x, y, z.
    pub axis: usize,
    /// Layer; `None`: the middle one.
    pub at: Option<u32>,
}

impl std::str::FromStr for Plane {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (axis, at) = text.split_once('=').map_or((text, None), |(axis, at)| (axis, Some(at)));
        let axis = ["x", "y", "z"].iter().position(|a| *a == axis);
        let at = at.map(|at| at.trim().parse().map_err(|_| ()));
        match (axis, at.transpose()) {
            (Some(axis), Ok(at)) => Ok(Self { axis, at }),
            _ => Err("expected x, y or z, or one of them with a layer, as in z=12".into()),
        }
    }
}

/// A view of a lattice that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// From where.
    pub view: View,
    /// Across which axis slices and projections look.
    pub axis: usize,
    /// Layer of a slice.
    pub at: u32,
}

impl Sight {
    /// A view of a lattice.
    ///
    /// # Errors
    ///
    /// [`RenderError::View`] where the lattice has no such view.
    pub fn new(view: View, plane: Option<Plane>, shape: &Shape) -> Result<Self, RenderError> {
        let no = |why: String| Err(RenderError::View { view: view.name(), why });
        if shape.dimension == 2 && view != View::Slice {
            return no("the lattice is 2D and has no inside; leave out --view".into());
        }
        if shape.dimension == 2 && plane.is_some_and(|p| p.axis != 2 || p.at.unwrap_or(0) > 0) {
            return no("the lattice is 2D and has one layer only; leave out --plane".into());
        }
        if view == View::Cutaway && plane.is_some() {
            return no("a cut-away shows all three planes; leave out --plane, or take `--view slice`".into());
        }
        let Plane { axis, at } = plane.unwrap_or(Plane { axis: 2, at: None });
        let layers = shape.size[axis];
        if view == View::Projection && at.is_some() {
            return no("a projection is of all layers; name the axis alone, as in `--plane z`".into());
        }
        match at {
            Some(at) if at >= layers => {
                let axis = ["x", "y", "z"][axis];
                no(format!("there is no layer {axis} = {at}; expected 0 to {}", layers - 1))
            }
            _ => Ok(Self { view, axis, at: at.unwrap_or(layers / 2) }),
        }
    }

    /// What is shown, where that is not plain to see.
    pub fn caption(&self, shape: &Shape) -> Option<String> {
        let axis = ["x", "y", "z"][self.axis];
        match self.view {
            _ if shape.dimension == 2 => None,
            View::Slice => Some(format!("slice {axis} = {} of {}", self.at, shape.size[self.axis])),
            View::Projection => Some(format!("projection along {axis}")),
            View::Cutaway => Some("one corner cut away".into()),
        }
    }

    /// Axes to the right and downwards.
    fn axes(&self) -> [usize; 2] {
        [[1, 2], [0, 2], [0, 1]][self.axis]
    }

    /// The image within a square of so many pixels.
    pub fn image(&self, scheme: &Scheme<'_>, shape: &Shape, side: u32, theme: Theme) -> LatticeImage {
        let axes = self.axes();
        let sites = axes.map(|a| shape.size[a]);
        let at = |[column, row]: [u32; 2], layer: u32| {
            let mut position = [layer; 3];
            position[axes[0]] = column;
            position[axes[1]] = row;
            scheme.number(shape.site(position))
        };
        match self.view {
            View::Slice => flat(sites, side, scheme, |place| at(place, self.at)),
            View::Projection => {
                let layers = shape.size[self.axis];
                let pixels = RgbImage::from_fn(sites[0], sites[1], |column, row| {
                    let numbers = (0..layers).map(|layer| at([column, row], layer));
                    Rgb(through(numbers, layers, scheme, theme))
                });
                spread(pixels, f64::from(sites[0]), side)
            }
            View::Cutaway => cutaway::image(scheme, shape, side, theme),
        }
    }
}

/// A layer of sites within a square. Where sites are smaller than pixels, a pixel shows those that it covers together.
fn flat(sites: [u32; 2], side: u32, scheme: &Scheme<'_>, at: impl Fn([u32; 2]) -> u16) -> LatticeImage {
    let reduce = sites[0].max(sites[1]).div_ceil(side);
    let cells = sites.map(|n| n.div_ceil(reduce));
    let pixels = RgbImage::from_fn(cells[0], cells[1], |column, row| {
        let columns = column * reduce..((column + 1) * reduce).min(sites[0]);
        let rows = row * reduce..((row + 1) * reduce).min(sites[1]);
        let numbers = rows.flat_map(|y| columns.clone().map(move |x| [x, y])).map(&at);
        Rgb(scheme.colour(together(numbers, scheme)))
    });
    spread(pixels, f64::from(cells[0] * reduce), side)
}

/// The colour of a column of sites: the mean of its cells, the paler the fewer they are.
fn through(column: impl Iterator<Item = u16>, layers: u32, scheme: &Scheme<'_>, theme: Theme) -> Colour {
    let (mut sum, mut cells) = ([0_u32; 3], 0);
    for number in column.filter(|n| Scheme::is_cell(*n)) {
        cells += 1;
        sum.iter_mut().zip(scheme.colour(number)).for_each(|(s, c)| *s += u32::from(c));
    }
    if cells == 0 {
        return theme.empty();
    }
    let mean = sum.map(|s| ((s + cells / 2) / cells) as u8);
    mix(theme.empty(), mean, 255 * cells / (cells + (layers / 12).max(1)))
}

/// Spreads an image over a square: each pixel shows the nearest site or, for less than two pixels a site, a mean of the nearest.
fn spread(pixels: RgbImage, sites_across: f64, side: u32) -> LatticeImage {
    let (columns, rows) = pixels.dimensions();
    let longer = columns.max(rows);
    let to = |n: u32| ((u64::from(n) * u64::from(side) / u64::from(longer)) as u32).max(1);
    let filter = if side / longer >= 2 { Nearest } else { Triangle };
    let pixels = if longer == side { pixels } else { resize(&pixels, to(columns), to(rows), filter) };
    LatticeImage { pixels, sites_across }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(view: View, plane: Option<&str>, dimension: u32) -> Result<Sight, RenderError> {
        let size = if dimension == 3 { [20, 30, 40] } else { [20, 30, 1] };
        Sight::new(view, plane.map(|p| p.parse().unwrap()), &Shape::new(dimension, size, false))
    }

    #[test]
    fn views_must_fit_their_lattice() {
        assert_eq!(sight(View::Slice, None, 3).unwrap(), Sight { view: View::Slice, axis: 2, at: 20 });
        assert_eq!(sight(View::Slice, Some("y=3"), 3).unwrap().at, 3);
        assert_eq!(sight(View::Slice, Some("x"), 3).unwrap().at, 10);
        assert!(sight(View::Slice, Some("z=0"), 2).is_ok());
        for (view, plane, dimension) in [
            (View::Cutaway, None, 2),
            (View::Projection, None, 2),
            (View::Slice, Some("x"), 2),
            (View::Slice, Some("z=1"), 2),
            (View::Slice, Some("z=40"), 3),
            (View::Cutaway, Some("z"), 3),
            (View::Projection, Some("z=3"), 3),
        ] {
            assert!(sight(view, plane, dimension).is_err(), "{view:?} {plane:?} {dimension}");
        }
        assert!("w".parse::<Plane>().is_err() && "z=-1".parse::<Plane>().is_err());
    }

    #[test]
    fn images_fill_their_square() {
        let size =
            |columns: u32, rows: u32| spread(RgbImage::new(columns, rows), 1.0, 990).pixels.dimensions();
        assert_eq!([size(50, 20), size(300, 150), size(600, 600)], [(990, 396), (990, 495), (990, 990)]);
        // Two sites on three pixels: the one in the middle has half of each.
        let two = RgbImage::from_fn(2, 2, |x, _| Rgb([200 * x as u8; 3]));
        let row: Vec<u8> = spread(two, 2.0, 3).pixels.pixels().take(3).map(|p| p[0]).collect();
        assert_eq!(row, [0, 100, 200]);
        // What is large enough keeps its very colours.
        let site = |x: u32, y: u32| Rgb([(7 * x) as u8, (5 * y) as u8, 9]);
        let large = spread(RgbImage::from_fn(31, 17, site), 1.0, 500).pixels;
        let (width, height) = large.dimensions();
        let same = |(x, y, p): (u32, u32, &Rgb<u8>)| {
            *p == site((2 * x + 1) * 31 / (2 * width), (2 * y + 1) * 17 / (2 * height))
        };
        assert!(large.enumerate_pixels().all(same));
    }
}
