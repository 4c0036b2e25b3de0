//! Starting tumours.

use std::collections::{BTreeMap, HashMap};

use super::clones::Founding;
use super::host_random::{HostPurpose, HostRandom};
use super::lesion::{LesionId, LesionState};
use super::shape::Shape;
use super::word;

/// Where the cells of a starting tumour are. Lengths are in site edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StartForm {
    /// Nests of `radius`, scattered without touching until `cells` sites are taken; within a nest a site
    /// holds a cell with probability `packing`.
    Nests {
        /// Number of cells.
        cells: u64,
        /// Radius of a nest.
        radius: f64,
        /// Share of a nest's sites that hold a cell.
        packing: f64,
    },
    /// All sites within `radius` of the centre.
    Ball {
        /// Radius.
        radius: f64,
    },
    /// Each site with probability `density`.
    Random {
        /// Probability.
        density: f64,
    },
    /// One cell at the centre.
    Single,
    /// This many cells on distinct sites; scattered, or on the first sites.
    Count {
        /// Number of cells.
        cells: u64,
        /// Whether they are scattered over the lattice.
        scattered: bool,
    },
}

/// A state and the probability that a starting cell is in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodeShare {
    /// State code.
    pub code: u32,
    /// Probability.
    pub fraction: f64,
}

/// A state and exactly how many live starting cells are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeCells {
    /// State code.
    pub code: u32,
    /// Live cells.
    pub cells: u32,
}

/// What the cells of a starting tumour are.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StartComposition<'a> {
    /// Exact numbers, drawn from the live cells without replacement.
    pub cells: &'a [CodeCells],
    /// Shares of the cells that are left; what they leave is state code 0, the sensitive one.
    pub shares: &'a [CodeShare],
    /// Probability that a cell is dead.
    pub dead: f64,
}

/// Why a starting tumour cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum StartError {
    /// Random places for further nests are used up.
    #[error(
        "place {wanted} cells in separate nests: after {placed} there is no room for another nest; \
         lower the fraction, raise the packing, or take smaller nests"
    )]
    NoRoom {
        /// Cells asked for.
        wanted: u64,
        /// Cells placed.
        placed: u64,
    },
    /// More cells than sites.
    #[error("place {wanted} cells on {sites} sites; enlarge the lattice or lower the number")]
    TooMany {
        /// Cells asked for.
        wanted: u64,
        /// Sites of the lattice.
        sites: u64,
    },
    /// More cells of exact numbers than live cells.
    #[error(
        "put {wanted} cells into their states: the start has {live} live cells; lower the numbers of `composition`, or \
         start with more cells"
    )]
    TooFew {
        /// Cells asked for.
        wanted: u64,
        /// Live cells of the start.
        live: u64,
    },
}

/// Attempts to place a nest before the lattice counts as full.
const NEST_ATTEMPTS: u32 = 20_000;

/// Makes a lesion's state at step 0 of live cells. What `shares` leaves to 1 is state code 0, the sensitive one.
///
/// # Errors
///
/// As for [`compose`].
pub fn start(
    seed: u64,
    id: LesionId,
    shape: Shape,
    form: StartForm,
    shares: &[CodeShare],
) -> Result<LesionState, StartError> {
    compose(seed, id, shape, form, &StartComposition { shares, ..StartComposition::default() })
}

/// Makes a lesion's state at step 0.
///
/// Clone 0 is the common ancestor; every other starting state that is present founds a clone of it.
///
/// # Errors
///
/// [`StartError`] where the cells do not fit.
pub fn compose(
    seed: u64,
    id: LesionId,
    shape: Shape,
    form: StartForm,
    of: &StartComposition<'_>,
) -> Result<LesionState, StartError> {
    let mut state = LesionState::empty(id, shape);
    let mut places = HostRandom::new(seed, id.0, HostPurpose::StartPlaces);
    let mut sites = occupied(&mut places, shape, form)?;
    sites.sort_unstable();
    let dead = dead(seed, id, sites.len(), of.dead);
    let exact = exact(seed, id, &dead, of.cells)?;
    let mut states = HostRandom::new(seed, id.0, HostPurpose::StartStates);
    let first = sites.first().copied().unwrap_or(0);
    state.table.0.push(Founding { parent: 0, step: 0, site: first, code: 0 });
    let mut clones = BTreeMap::from([(0, 0)]);
    for (cell, site) in sites.into_iter().enumerate() {
        let code = exact.get(&cell).copied().unwrap_or_else(|| pick(&mut states, of.shares));
        let clone = *clones.entry(code).or_insert_with(|| {
            state.table.0.push(Founding { parent: 0, step: 0, site, code });
            state.table.0.len() as u32 - 1
        });
        let word = if dead[cell] { word::dead(code) } else { word::live(code) };
        state.put(site, word, clone);
    }
    Ok(state)
}

/// Which of the cells are dead.
fn dead(seed: u64, id: LesionId, cells: usize, share: f64) -> Vec<bool> {
    if share <= 0.0 {
        return vec![false; cells];
    }
    let mut random = HostRandom::new(seed, id.0, HostPurpose::StartDead);
    (0..cells).map(|_| random.unit() < share).collect()
}

/// The states of the cells that have an exact number, by cell: a partial Fisher–Yates shuffle of the live ones.
fn exact(
    seed: u64,
    id: LesionId,
    dead: &[bool],
    numbers: &[CodeCells],
) -> Result<BTreeMap<usize, u32>, StartError> {
    let wanted = numbers.iter().map(|n| u64::from(n.cells)).sum();
    if wanted == 0 {
        return Ok(BTreeMap::new());
    }
    let mut live: Vec<usize> = (0..dead.len()).filter(|cell| !dead[*cell]).collect();
    let count = live.len() as u64;
    if wanted > count {
        return Err(StartError::TooFew { wanted, live: count });
    }
    let mut random = HostRandom::new(seed, id.0, HostPurpose::StartNumbers);
    let codes = numbers.iter().flat_map(|n| (0..n.cells).map(|_| n.code));
    let drawn = codes.enumerate().map(|(i, code)| {
        live.swap(i, i + random.below(count - i as u64) as usize);
        (live[i], code)
    });
    Ok(drawn.collect())
}

/// The state of a cell by shares.
fn pick(random: &mut HostRandom, shares: &[CodeShare]) -> u32 {
    if shares.is_empty() {
        return 0;
    }
    let mut draw = random.unit();
    for share in shares {
        if draw < share.fraction {
            return share.code;
        }
        draw -= share.fraction;
    }
    0
}

fn occupied(random: &mut HostRandom, shape: Shape, form: StartForm) -> Result<Vec<u32>, StartError> {
    match form {
        StartForm::Nests { cells, radius, packing } => nests(random, shape, cells, radius, packing),
        StartForm::Ball { radius } => Ok(ball(shape, radius)),
        StartForm::Random { density } => Ok(all_sites(shape).filter(|_| random.unit() < density).collect()),
        StartForm::Single => Ok(vec![shape.site(shape.size.map(|s| s / 2))]),
        StartForm::Count { cells, scattered } => count(random, shape, cells, scattered),
    }
}

/// All sites of the lattice in the order x, y, z.
fn all_sites(shape: Shape) -> impl Iterator<Item = u32> {
    let [sx, sy, sz] = shape.size;
    (0..sz).flat_map(move |z| (0..sy).flat_map(move |y| (0..sx).map(move |x| shape.site([x, y, z]))))
}

fn ball(shape: Shape, radius: f64) -> Vec<u32> {
    let centre = shape.size.map(|s| f64::from(s - 1) / 2.0);
    around(shape, centre, radius)
}

/// Sites whose centre lies within `radius` of a point (in site edges), clipped at the lattice's edge.
fn around(shape: Shape, centre: [f64; 3], radius: f64) -> Vec<u32> {
    let range = |a: usize| {
        let low = libm::ceil(centre[a] - radius).max(0.0) as u32;
        let high = libm::floor(centre[a] + radius).min(f64::from(shape.size[a] - 1)) as u32;
        low..=high
    };
    let mut sites = Vec::new();
    for z in range(2) {
        for y in range(1) {
            for x in range(0) {
                let at = [x, y, z].map(f64::from);
                let distance2: f64 = (0..3).map(|a| (at[a] - centre[a]) * (at[a] - centre[a])).sum();
                if distance2 <= radius * radius {
                    sites.push(shape.site([x, y, z]));
                }
            }
        }
    }
    sites
}

fn nests(
    random: &mut HostRandom,
    shape: Shape,
    cells: u64,
    radius: f64,
    packing: f64,
) -> Result<Vec<u32>, StartError> {
    let mut taken = Vec::with_capacity(cells as usize);
    let mut hash = CentreGrid::new(shape, 2.0 * radius + 1.0);
    let mut failures = 0;
    while (taken.len() as u64) < cells {
        let centre = shape.size.map(|s| random.below(u64::from(s)) as f64);
        if hash.is_near(centre) {
            failures += 1;
            if failures == NEST_ATTEMPTS {
                return Err(StartError::NoRoom { wanted: cells, placed: taken.len() as u64 });
            }
            continue;
        }
        failures = 0;
        hash.add(centre);
        for site in around(shape, centre, radius) {
            if random.unit() < packing && (taken.len() as u64) < cells {
                taken.push(site);
            }
        }
    }
    Ok(taken)
}

fn count(random: &mut HostRandom, shape: Shape, cells: u64, scattered: bool) -> Result<Vec<u32>, StartError> {
    if cells > shape.sites() {
        return Err(StartError::TooMany { wanted: cells, sites: shape.sites() });
    }
    if !scattered {
        let on_lattice = |site: &u32| shape.contains(shape.position(*site));
        return Ok((0..).filter(on_lattice).take(cells as usize).collect());
    }
    // A partial Fisher–Yates shuffle of all sites, of which those that have moved are kept alone.
    let mut moved: HashMap<u64, u64> = HashMap::new();
    let mut sites = Vec::with_capacity(cells as usize);
    for i in 0..cells {
        let j = i + random.below(shape.sites() - i);
        let here = moved.get(&i).copied().unwrap_or(i);
        sites.push(nth_site(shape, moved.insert(j, here).unwrap_or(j)));
    }
    Ok(sites)
}

/// The site at a place in the order x, y, z.
fn nth_site(shape: Shape, n: u64) -> u32 {
    let [x, y, _] = shape.size.map(u64::from);
    shape.site([n % x, n / x % y, n / x / y].map(|at| at as u32))
}

/// Nest centres in cells of the least distance's edge, so that only near ones are compared.
struct CentreGrid {
    distance: f64,
    size: [usize; 3],
    cells: Vec<Vec<[f64; 3]>>,
}

impl CentreGrid {
    fn new(shape: Shape, distance: f64) -> Self {
        let size = shape.size.map(|s| (f64::from(s) / distance) as usize + 1);
        Self { distance, size, cells: vec![Vec::new(); size.iter().product()] }
    }

    fn cell(&self, centre: [f64; 3]) -> [usize; 3] {
        [0, 1, 2].map(|a| ((centre[a] / self.distance) as usize).min(self.size[a] - 1))
    }

    fn add(&mut self, centre: [f64; 3]) {
        let [x, y, z] = self.cell(centre);
        self.cells[x + self.size[0] * (y + self.size[1] * z)].push(centre);
    }

    fn is_near(&self, centre: [f64; 3]) -> bool {
        let [cx, cy, cz] = self.cell(centre);
        let range = |c: usize, a: usize| c.saturating_sub(1)..=(c + 1).min(self.size[a] - 1);
        for z in range(cz, 2) {
            for y in range(cy, 1) {
                for x in range(cx, 0) {
                    let near = self.cells[x + self.size[0] * (y + self.size[1] * z)].iter().any(|other| {
                        let d2: f64 = (0..3).map(|a| (other[a] - centre[a]) * (other[a] - centre[a])).sum();
                        d2 < self.distance * self.distance
                    });
                    if near {
                        return true;
                    }
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: LesionId = LesionId(0);

    #[test]
    fn every_form_makes_the_cells_it_promises() {
        let flat = Shape::new(2, [100, 90, 1], false);
        let solid = Shape::new(3, [30, 30, 30], true);
        for shape in [flat, solid] {
            let live = |form| start(1, ID, shape, form, &[]).unwrap().burden().0;
            assert_eq!(live(StartForm::Single), 1);
            assert_eq!(live(StartForm::Count { cells: 77, scattered: true }), 77);
            assert_eq!(live(StartForm::Count { cells: 77, scattered: false }), 77);
            assert_eq!(live(StartForm::Nests { cells: 1000, radius: 3.0, packing: 0.7 }), 1000);
            let random = live(StartForm::Random { density: 0.3 }) as f64 / shape.sites() as f64;
            assert!((random - 0.3).abs() < 0.03, "{random}");
        }
        let disc = start(1, ID, flat, StartForm::Ball { radius: 20.0 }, &[]).unwrap().burden().0 as f64;
        assert!((disc / (std::f64::consts::PI * 400.0) - 1.0).abs() < 0.03, "{disc}");
    }

    #[test]
    fn states_have_their_shares_and_their_clones() {
        let shape = Shape::new(2, [128, 128, 1], false);
        let shares = [CodeShare { code: 5, fraction: 0.2 }, CodeShare { code: 9, fraction: 0.05 }];
        let state = start(3, ID, shape, StartForm::Random { density: 1.0 }, &shares).unwrap();
        state.check().unwrap();
        assert_eq!(state.table.len(), 3);
        let of = |code| state.live_cells().filter(|(_, w, _)| word::code(*w) == code).count();
        assert!((of(5) as f64 / 16384.0 - 0.2).abs() < 0.02);
        assert!((of(9) as f64 / 16384.0 - 0.05).abs() < 0.01);
        assert_eq!(of(0) + of(5) + of(9), 16384);
    }

    // A start of 1 % was 50 cells give or take 7; and where some cells are dead, numbers are of the live ones.
    #[test]
    fn exact_numbers_are_exact_in_every_form() {
        let flat = Shape::new(2, [100, 90, 1], false);
        let forms = [
            StartForm::Nests { cells: 1000, radius: 3.0, packing: 0.7 },
            StartForm::Ball { radius: 20.0 },
            StartForm::Random { density: 0.3 },
            StartForm::Count { cells: 777, scattered: true },
            StartForm::Count { cells: 777, scattered: false },
        ];
        let cells = [CodeCells { code: 5, cells: 50 }, CodeCells { code: 9, cells: 1 }];
        let shares = [CodeShare { code: 3, fraction: 0.5 }];
        for (form, dead) in forms.into_iter().flat_map(|form| [(form, 0.0), (form, 0.4)]) {
            for seed in 0..20 {
                let state =
                    compose(seed, ID, flat, form, &StartComposition { cells: &cells, shares: &shares, dead });
                let state = state.unwrap();
                state.check().unwrap();
                let of = |code| state.live_cells().filter(|(_, w, _)| word::code(*w) == code).count();
                assert_eq!((of(5), of(9)), (50, 1), "{form:?}");
                let (live, _) = state.burden();
                let rest = (live - 51) as f64;
                assert!((of(3) as f64 - rest / 2.0).abs() < 5.0 * libm::sqrt(rest / 4.0), "{form:?}");
            }
        }
    }

    // Every live cell has the same chance: with one cell of ten on ten sites each site has it in a tenth of the lesions.
    #[test]
    fn exact_numbers_fall_on_every_cell_alike() {
        let row = Shape::new(2, [10, 1, 1], false);
        let of =
            StartComposition { cells: &[CodeCells { code: 1, cells: 1 }], ..StartComposition::default() };
        let mut found = [0u32; 10];
        for seed in 0..4000 {
            let state = compose(seed, ID, row, StartForm::Random { density: 1.0 }, &of).unwrap();
            let (site, ..) = state.live_cells().find(|(_, w, _)| word::code(*w) == 1).unwrap();
            found[row.position(site)[0] as usize] += 1;
        }
        // Six standard errors of a tenth of 4000.
        assert!(found.iter().all(|n| n.abs_diff(400) < 114), "{found:?}");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let shape = Shape::new(2, [64, 64, 1], false);
        let nests = StartForm::Nests { cells: 3900, radius: 4.0, packing: 1.0 };
        assert!(matches!(start(1, ID, shape, nests, &[]), Err(StartError::NoRoom { .. })));
        let count = StartForm::Count { cells: 5000, scattered: true };
        assert!(matches!(start(1, ID, shape, count, &[]), Err(StartError::TooMany { .. })));
        let of =
            StartComposition { cells: &[CodeCells { code: 1, cells: 3 }], ..StartComposition::default() };
        let few = StartForm::Count { cells: 2, scattered: true };
        let refused = compose(1, ID, shape, few, &of);
        assert_eq!(refused.unwrap_err(), StartError::TooFew { wanted: 3, live: 2 });
    }
}
