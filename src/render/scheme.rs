//! The colour of every site: a number into a list of colours, made of integers that the state holds or of levels of a scale.

use std::collections::BTreeMap;

use crate::simulation::naming::{capital, state_name, state_title, state_words};
use crate::simulation::{Chances, LatticePicture, Surroundings};
use crate::tissue::shape::VOXEL_SHIFT;
use crate::tissue::word;

use super::what::{Delivered, Scope, SiteMeasure, What, drugs};
use crate::plot::palette::{self, Colour, Theme, mix};
use crate::plot::{Axis, colours, short};
use colorous::{INFERNO, MAGMA, PLASMA, VIRIDIS};

/// Number of an empty site's colour.
pub const EMPTY: u16 = 0;
/// Number of a dead cell's colour.
pub const DEAD: u16 = 1;
/// Number of the first colour of live cells.
const LIVE: u16 = 2;
/// Levels of a scale.
const LEVELS: u16 = 256;
/// Part of 255 that a quantity's colour has where there is no cell.
const PALE: u32 = 48;

/// What decides the number of a live cell.
enum ColourSource {
    /// Its state code.
    Code(Vec<u16>),
    /// Its clone.
    Clone(Vec<u16>),
    /// Its voxel.
    Voxel(Vec<u8>),
    /// State and environment.
    Chances(Chances),
}

/// An entry of a legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeEntry {
    /// Its colour.
    pub colour: Colour,
    /// Its name.
    pub name: String,
    /// Live cells.
    pub cells: u64,
}

/// What colours mean.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemeKey {
    /// Colours one by one.
    Entries(Vec<SchemeEntry>),
    /// A scale: its colours from bottom to top, and its axis.
    Scale(Vec<Colour>, Axis),
}

/// Colours of all sites of a picture.
pub struct Scheme<'a> {
    picture: LatticePicture<'a>,
    colours: Vec<Colour>,
    source: ColourSource,
    /// Values at the ends of the scale, for quantities.
    ends: (f64, f64),
    /// The heading of the legend, and the unit on a line of its own.
    pub heading: (String, String),
    /// What the colours mean.
    pub key: SchemeKey,
    /// Values that are marked on the scale, with what begins below them.
    pub marks: Vec<(f64, &'static str)>,
    /// What should be known beside.
    pub notes: Vec<String>,
}

impl<'a> Scheme<'a> {
    /// The colours of a picture within what it shares with others.
    pub fn new(picture: &LatticePicture<'a>, scope: &Scope, theme: Theme) -> Self {
        match scope.what {
            What::State => Self::of_states(picture, scope, theme),
            What::Clone => Self::of_clones(picture, scope, theme),
            _ => Self::of_quantity(picture, scope, theme),
        }
    }

    /// The colour of a number.
    pub fn colour(&self, number: u16) -> Colour {
        self.colours[usize::from(number)]
    }

    /// Whether numbers are levels of a scale, so that several can be averaged.
    pub fn is_quantity(&self) -> bool {
        matches!(self.key, SchemeKey::Scale(..))
    }

    /// Whether sites without a cell have one colour, and not that of a quantity which is there too.
    pub fn has_empty(&self) -> bool {
        !matches!(self.source, ColourSource::Voxel(_))
    }

    /// Number of the colour of a site.
    #[inline]
    pub fn number(&self, site: u32) -> u16 {
        let w = self.picture.state.word(site);
        let voxel = (site >> VOXEL_SHIFT) as usize;
        if word::is_live(w) {
            return match &self.source {
                ColourSource::Code(of) => of[word::code(w) as usize],
                ColourSource::Clone(of) => of[self.picture.state.bricks.clone_of(site) as usize],
                ColourSource::Voxel(of) => LIVE + u16::from(of[voxel]),
                ColourSource::Chances(chances) => {
                    let days = self.picture.job.scenario.time.step_days();
                    LIVE + u16::from(level(chances.at(site, w) / days, self.ends))
                }
            };
        }
        match &self.source {
            _ if word::is_dead(w) => DEAD,
            ColourSource::Voxel(of) if word::is_empty(w) => LIVE + LEVELS + u16::from(of[voxel]),
            _ => EMPTY,
        }
    }

    /// Whether a number is that of a cell.
    pub fn is_cell(number: u16) -> bool {
        (DEAD..LIVE + LEVELS).contains(&number)
    }

    /// Whether a number is that of a live cell.
    pub fn is_live(number: u16) -> bool {
        (LIVE..LIVE + LEVELS).contains(&number)
    }

    fn of_states(picture: &LatticePicture<'a>, scope: &Scope, theme: Theme) -> Self {
        let job = picture.job;
        let mut counts: BTreeMap<u32, u64> = scope.states.iter().map(|code| (*code, 0)).collect();
        let live = picture.state.live_by_code().into_iter().map(|(code, cells)| (code, u64::from(cells)));
        counts.extend(live);
        let mut colours = vec![theme.empty(), palette::DEAD];
        let mut of = vec![LIVE; 1 << job.space.code_bits()];
        let mut entries = Vec::new();
        let loci = &job.scenario.loci;
        let (codes, cells): (Vec<u32>, Vec<u64>) = counts.into_iter().unzip();
        let names: Vec<String> = codes.iter().map(|code| state_name(&job.space, loci, *code)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for shared in colours::shared(loci, &names, state_words) {
            shared.states.iter().for_each(|state| of[codes[*state] as usize] = colours.len() as u16);
            let colour = theme.colour(shared.paint);
            colours.push(colour);
            // Lines break about `+` and after commas alone.
            let name =
                shared.words.replace(' ', "\u{a0}").replace("\u{a0}+\u{a0}", " + ").replace(",\u{a0}", ", ");
            let cells = shared.states.iter().map(|state| cells[*state]).sum();
            entries.push(SchemeEntry { colour, name, cells });
        }
        Self {
            picture: *picture,
            colours,
            source: ColourSource::Code(of),
            ends: (0.0, 1.0),
            heading: ("State".into(), String::new()),
            key: SchemeKey::Entries(entries),
            marks: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn of_clones(picture: &LatticePicture<'a>, scope: &Scope, theme: Theme) -> Self {
        let (job, table) = (picture.job, &picture.state.table);
        let sizes = picture.state.clone_sizes();
        let mut of = vec![LIVE; table.len().max(1)];
        let mut entries = Vec::new();
        let mut others: u64 = sizes.iter().map(|n| u64::from(*n)).sum();
        let shown = scope.largest_clones();
        let sensitive = shown.first().is_some_and(|(clone, founding)| *clone == 0 && founding.code == 0);
        let (own, rest) = palette::clone_paints(sensitive);
        let (hues, rest) = (own.map(|paint| theme.colour(paint)), theme.colour(rest));
        let mut colours = vec![theme.empty(), palette::DEAD, rest];
        for ((clone, founding), colour) in shown.into_iter().zip(hues) {
            // One that is founded later keeps its place in the legend.
            if let Some(of) = of.get_mut(clone as usize) {
                *of = colours.len() as u16;
            }
            colours.push(colour);
            let state = state_title(&job.space, &job.scenario.loci, founding.code);
            let cells = sizes.get(clone as usize).copied().unwrap_or(0);
            others -= u64::from(cells);
            let name = format!("{clone}:\u{a0}{state}");
            entries.push(SchemeEntry { colour, name, cells: u64::from(cells) });
        }
        if scope.has_other_clones() {
            entries.push(SchemeEntry { colour: rest, name: "all others".into(), cells: others });
        }
        Self {
            picture: *picture,
            colours,
            source: ColourSource::Clone(of),
            ends: (0.0, 1.0),
            heading: ("Clone".into(), "number: state of its founder".into()),
            key: SchemeKey::Entries(entries),
            marks: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn of_quantity(picture: &LatticePicture<'a>, scope: &Scope, theme: Theme) -> Self {
        let ends = scope.ends(picture.job);
        let surroundings = Surroundings::new(picture);
        let by_voxel = |value: &dyn Fn(usize) -> f64| {
            ColourSource::Voxel((0..surroundings.voxels()).map(|voxel| level(value(voxel), ends)).collect())
        };
        let (ramp, source, heading, unit) = match scope.what {
            What::Oxygen => {
                let of = |voxel| surroundings.oxygen_mmhg(voxel).unwrap_or(0.0);
                (PLASMA, by_voxel(&of), "Oxygen".to_owned(), "mmHg".to_owned())
            }
            What::Vessels => {
                let of = |voxel| surroundings.vessels(voxel).unwrap_or(0.0);
                (MAGMA, by_voxel(&of), "Vessel density".into(), "relative to the mean before therapy".into())
            }
            What::Drug => {
                let delivered = Delivered::new(picture, scope.drug);
                let drug = drugs(picture.job).get(scope.drug);
                let name = drug.map_or(String::new(), |d| capital(&d.name));
                let unit = drug.map_or("", |d| SiteMeasure::of(d).text());
                (INFERNO, by_voxel(&|voxel| delivered.at(voxel)), name, unit.into())
            }
            What::Division => {
                let unit = "per live cell and day".to_owned();
                (VIRIDIS, ColourSource::Chances(surroundings.chances()), "Division attempts".into(), unit)
            }
            _ => {
                let days = picture.job.scenario.time.step_days();
                let now = picture.state.step;
                let age = |f: &crate::tissue::Founding| f64::from(now.saturating_sub(f.step)) * days;
                let of =
                    picture.state.table.0.iter().map(|f| LIVE + u16::from(level(age(f), ends))).collect();
                (
                    VIRIDIS,
                    ColourSource::Clone(of),
                    "Age of the clone".into(),
                    "days since it was founded".into(),
                )
            }
        };
        let mut colours = vec![theme.empty(), palette::DEAD];
        // Perceptually uniform, rising in lightness, safe for colour-blind readers and in grey.
        let levels = usize::from(LEVELS);
        let scale: Vec<Colour> = (0..levels).map(|l| ramp.eval_rational(l, levels).into_array()).collect();
        colours.extend(&scale);
        colours.extend(scale.iter().map(|c| mix(theme.empty(), *c, PALE)));
        let mut axis = Axis::between(ends.0, ends.1, 4, &unit);
        if let (What::Vessels, Some(last)) = (scope.what, axis.ticks.last_mut()) {
            last.label.insert_str(0, "≥ ");
        }
        let notes = match &source {
            ColourSource::Voxel(_) => Some("pale where there is no cell".to_owned()),
            _ if scope.what == What::Age => Some("cells themselves have no age".to_owned()),
            _ => None,
        };
        let (marks, beyond) = thresholds(picture, scope.what, ends);
        Self {
            picture: *picture,
            colours,
            ends,
            heading: (heading, unit),
            key: SchemeKey::Scale(scale, axis),
            marks,
            notes: notes.into_iter().chain(beyond).collect(),
            source,
        }
    }
}

/// Pressures of oxygen below which cells change: those on the scale, and what is said of those beyond its ends.
fn thresholds(
    picture: &LatticePicture<'_>,
    what: What,
    (low, high): (f64, f64),
) -> (Vec<(f64, &'static str)>, Vec<String>) {
    let oxygen = picture.job.scenario.oxygen.as_ref().filter(|_| what == What::Oxygen);
    let all = oxygen.into_iter().flat_map(|o| [(o.hypoxic_mmhg, "hypoxic"), (o.anoxic_mmhg, "anoxic")]);
    let (marks, beyond): (Vec<_>, Vec<_>) = all.partition(|(at, _)| low <= *at && *at <= high);
    let words = |(at, name): (f64, &str)| {
        let cells = if at < low { "no live cell" } else { "all live cells" };
        format!("{name}, below {} mmHg: {cells}", short(at))
    };
    (marks, beyond.into_iter().map(words).collect())
}

/// The level of a value on a scale between two values.
fn level(value: f64, (low, high): (f64, f64)) -> u8 {
    libm::rint((value - low) / (high - low) * 255.0).clamp(0.0, 255.0) as u8
}
