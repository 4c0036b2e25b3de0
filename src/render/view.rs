//! How a lattice becomes a flat image: a slice, a projection, or a cut-away.

use crate::tissue::Shape;

use super::cutaway;
use super::error::RenderError;
use super::image::{Image, together};
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
    pub fn image(&self, scheme: &Scheme<'_>, shape: &Shape, side: u32, theme: Theme) -> Image {
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
                let colour =
                    |place| through((0..layers).map(|layer| at(place, layer)), layers, scheme, theme);
                let colours: Vec<Colour> = places(sites).map(colour).collect();
                spread(&Image { size: sites, pixels: colours, sites_across: f64::from(sites[0]) }, side)
            }
            View::Cutaway => cutaway::image(scheme, shape, side, theme),
        }
    }
}

/// All places of a grid, row by row.
fn places([columns, rows]: [u32; 2]) -> impl Iterator<Item = [u32; 2]> {
    (0..rows).flat_map(move |row| (0..columns).map(move |column| [column, row]))
}

/// A layer of sites within a square. Where sites are smaller than pixels, a pixel shows those that it covers together.
fn flat(sites: [u32; 2], side: u32, scheme: &Scheme<'_>, at: impl Fn([u32; 2]) -> u16) -> Image {
    let reduce = sites[0].max(sites[1]).div_ceil(side);
    let cells = sites.map(|n| n.div_ceil(reduce));
    if reduce == 1 {
        let pixels = places(cells).map(|place| scheme.colour(at(place))).collect();
        return spread(&Image { size: cells, pixels, sites_across: f64::from(cells[0]) }, side);
    }
    let pixels = places(cells).map(|[column, row]| {
        let columns = column * reduce..((column + 1) * reduce).min(sites[0]);
        let rows = row * reduce..((row + 1) * reduce).min(sites[1]);
        let numbers = rows.flat_map(|y| columns.clone().map(move |x| [x, y])).map(&at);
        scheme.colour(together(numbers, scheme))
    });
    let image = Image { size: cells, pixels: pixels.collect(), sites_across: f64::from(cells[0] * reduce) };
    spread(&image, side)
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

/// Spreads an image over a square: each pixel shows the nearest site or, for less than two pixels a site, the parts that it covers.
fn spread(image: &Image, side: u32) -> Image {
    let [columns, rows] = image.size;
    let longer = columns.max(rows);
    let whole = side / longer;
    let to = |n: u32| (u64::from(n) * u64::from(side) / u64::from(longer)) as u32;
    let size = [to(columns).max(1), to(rows).max(1)];
    let pixel = |x: u32, y: u32| image.pixels[(y * columns + x) as usize];
    let mut pixels = Vec::with_capacity(size[0] as usize * size[1] as usize);
    if whole >= 2 || longer == side {
        let across: Vec<u32> = (0..size[0]).map(|x| nearest(x, columns, size[0])).collect();
        let mut last = None;
        for y in 0..size[1] {
            let row = nearest(y, rows, size[1]);
            if last == Some(row) {
                pixels.extend_from_within(pixels.len() - size[0] as usize..);
            } else {
                pixels.extend(across.iter().map(|x| pixel(*x, row)));
            }
            last = Some(row);
        }
    } else {
        for [x, y] in places(size) {
            let (xs, ys) = (parts(x, columns, size[0]), parts(y, rows, size[1]));
            let left = mix(pixel(xs.0, ys.0), pixel(xs.0, ys.1), ys.2);
            let right = mix(pixel(xs.1, ys.0), pixel(xs.1, ys.1), ys.2);
            pixels.push(mix(left, right, xs.2));
        }
    }
    Image { size, pixels, sites_across: image.sites_across }
}

/// The site under the middle of a pixel.
fn nearest(pixel: u32, sites: u32, pixels: u32) -> u32 {
    ((2 * u64::from(pixel) + 1) * u64::from(sites) / (2 * u64::from(pixels))) as u32
}

/// The two sites that a pixel covers, and how much of 255 is the second's.
fn parts(pixel: u32, sites: u32, pixels: u32) -> (u32, u32, u32) {
    let (sites, pixels) = (u64::from(sites), u64::from(pixels));
    let (from, to) = (u64::from(pixel) * sites, (u64::from(pixel) + 1) * sites);
    let (first, last) = (from / pixels, (to - 1) / pixels);
    let second = if last > first { (to - last * pixels) * 255 / sites } else { 0 };
    (first as u32, last as u32, second as u32)
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
        let image = |columns: u32, rows: u32| Image {
            size: [columns, rows],
            pixels: (0..columns * rows).map(|i| [i as u8, 0, 0]).collect(),
            sites_across: f64::from(columns),
        };
        assert_eq!(spread(&image(50, 20), 990).size, [990, 396]);
        assert_eq!(spread(&image(300, 150), 990).size, [990, 495]);
        assert_eq!(spread(&image(600, 600), 990).size, [990, 990]);
        // Two sites on three pixels: the one in the middle has half of each.
        let two = spread(
            &Image { size: [2, 2], pixels: vec![[0; 3], [200; 3], [0; 3], [200; 3]], sites_across: 2.0 },
            3,
        );
        assert_eq!(two.pixels[..3], [[0; 3], [100; 3], [200; 3]]);
    }
}
