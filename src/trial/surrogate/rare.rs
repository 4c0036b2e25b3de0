//! The ledgers of a mean field: one for each of its lesions, beside the numbers that they share. Nothing leaves them, since a mean field has no
//! agents: what is in a ledger counts with the rest.

use std::collections::BTreeMap;

use crate::biology::StateSpace;
use crate::biology::phenotype::{Fate, Move, Phenotype, Regime, StatePhenotype};
use crate::biology::potency::Exposure;
use crate::biology::tissue_tables::{MeanRates, StateMeans};
use crate::scenario::{CellRates, ChangeKind, Scenario};
use crate::simulation::care::LedgerStart;
use crate::tissue::ledger::{ACCOUNT_DAYS, BirthDeath, LedgerKey};
use crate::tissue::{CellLedger, LesionId};

/// What cells secrete, and the drive of their size, relative to the untreated sensitive cell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drives {
    pub vegf: f64,
    pub cga: f64,
    pub mass: f64,
}

impl Drives {
    /// Those of a cell with this fate.
    pub fn of(fate: &Fate) -> Self {
        Self { vegf: fate.network.vegf, cga: fate.network.cga, mass: fate.network.mass }
    }

    /// Adds so many cells with these.
    pub fn add(&mut self, cells: f64, of: &Self) {
        self.vegf += cells * of.vegf;
        self.cga += cells * of.cga;
        self.mass += cells * of.mass;
    }
}

/// What a class of perfusion is under on a day.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClassConditions {
    /// What nutrients leave of division attempts.
    pub fed: f64,
    /// Deaths of want, per day.
    pub starved: f64,
    /// Number of the rates of its states.
    pub rates: usize,
}

impl ClassConditions {
    /// What a cell does here that does this where it is fed well.
    pub fn cell(&self, well: &CellRates) -> CellRates {
        CellRates { birth: well.birth * self.fed, death: well.death + self.starved, ..*well }
    }
}

/// What cells of a state do under a local exposure, fed well.
#[derive(Debug, Clone)]
pub(super) struct StateRates {
    /// Divisions and deaths, per day.
    pub cell: CellRates,
    /// Share of attempts that replace the mother in place.
    pub replace: f64,
    /// States, each as its holder numbers them, and rates per day.
    pub switches: Vec<(usize, f64)>,
    /// States and mutants for each completed division.
    pub mutations: Vec<(usize, f64)>,
    /// What a cell does, relative to the untreated sensitive one.
    pub does: Drives,
}

/// The ledger of a lesion.
#[derive(Debug, Clone)]
struct LesionLedger {
    id: LesionId,
    /// Live cells at the start.
    cells: f64,
    /// Share of them that was not in the ledger.
    placed: f64,
    ledger: CellLedger,
}

/// What cells of a state do.
#[derive(Debug, Clone)]
struct KnownState {
    phenotype: StatePhenotype,
    /// Rates by number of the local exposure, as far as they were asked for.
    rates: Vec<Option<StateRates>>,
}

/// The states that were asked for.
#[derive(Debug, Clone)]
struct KnownStates {
    amplification: f64,
    space: StateSpace,
    phenotype: Phenotype,
    /// By row: which vessels are about the cells of a state.
    kinds: Vec<usize>,
    /// By row.
    known: BTreeMap<usize, KnownState>,
}

/// All that is rare in a tumour.
#[derive(Debug, Clone)]
pub(super) struct Rare {
    seed: u64,
    states: KnownStates,
    beginning: LedgerStart,
    lesions: Vec<LesionLedger>,
    /// Mutants of the others since the last account, for each live cell of the start, by row.
    due: BTreeMap<usize, f64>,
    day: u32,
    has_begun: bool,
}

/// A day as it is for all states: conditions of each kind of cells in each class, the share of the cells of each class, and local exposures by number.
pub(super) struct RareDay<'a> {
    pub conditions: &'a [Vec<ClassConditions>],
    pub shares: &'a [f64],
    pub exposures: &'a [(Regime, Vec<Exposure>)],
}

impl Rare {
    /// The ledgers of lesions with so many live cells; `None` where a scenario has none.
    pub fn new(
        scenario: &Scenario,
        space: &StateSpace,
        (phenotype, kind): (&Phenotype, impl Fn(&[u8]) -> usize),
        lesions: impl Iterator<Item = (LesionId, f64)>,
    ) -> Option<Self> {
        let lesion = |(id, cells)| LesionLedger { id, cells, placed: 1.0, ledger: CellLedger::default() };
        scenario.has_ledger().then(|| Self {
            seed: scenario.seed,
            states: KnownStates {
                amplification: scenario.mutation_amplification,
                space: space.clone(),
                phenotype: phenotype.clone(),
                kinds: space.codes.iter().map(|code| kind(&space.levels(*code))).collect(),
                known: BTreeMap::new(),
            },
            beginning: LedgerStart::new(scenario, space),
            lesions: lesions.map(lesion).collect(),
            due: BTreeMap::new(),
            day: 0,
            has_begun: false,
        })
    }

    /// Whether the start is still to be drawn.
    pub fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Draws what is there before therapy, beside these shares of live cells by row.
    pub fn begin(&mut self, placed: &[f64], day: &RareDay<'_>) {
        self.has_begun = true;
        let Self { seed, states, beginning, lesions, .. } = self;
        for LesionLedger { id, cells, placed: not_rare, ledger } in lesions {
            let key = LedgerKey { seed: *seed, lesion: id.0, day: 0 };
            *ledger = beginning.ledger(key, *cells, placed, &mut |row| states.means(row, day));
            let rare: f64 = ledger.states.values().map(|state| state.cells as f64).sum();
            *not_rare = (1.0 - rare / *cells).max(0.0);
        }
    }

    /// Draws, on the morning of an account, what has become of the cells since the last one.
    pub fn account(&mut self, day: &RareDay<'_>) {
        if self.day == 0 || !self.day.is_multiple_of(ACCOUNT_DAYS) {
            return;
        }
        let due = std::mem::take(&mut self.due);
        let mut fates = BTreeMap::new();
        let Self { seed, states, lesions, day: today, .. } = self;
        for LesionLedger { id, cells, placed, ledger } in lesions {
            due.iter().for_each(|(row, each)| ledger.expect(*row, each * *cells * *placed));
            let key = LedgerKey { seed: *seed, lesion: id.0, day: *today };
            let mut fate = |row| fates.entry(row).or_insert_with(|| states.means(row, day).fate()).clone();
            ledger.settle(key, &mut fate);
        }
    }

    /// A day, on which procedures kill a share of all cells, beside these live cells by row relative to those of the start.
    pub fn pass(&mut self, live: &[(usize, f64)], killed: f64, day: &RareDay<'_>) {
        for row in self.rows() {
            let lineage = self.states.lineage(row, day);
            self.lesions.iter_mut().for_each(|l| l.ledger.pass(row, lineage, killed));
        }
        for (row, cells) in live.iter().filter(|(_, cells)| *cells > 0.0) {
            let StateMeans { rates, mutations, .. } = self.states.means(*row, day);
            for (to, probability) in mutations {
                *self.due.entry(to).or_insert(0.0) += cells * rates.completed * probability;
            }
        }
        self.day += 1;
    }

    /// Rows of which any lesion has cells.
    fn rows(&self) -> Vec<usize> {
        let mut rows: Vec<usize> =
            self.lesions.iter().flat_map(|l| l.ledger.states.keys()).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Cells of a lesion relative to its live cells at the start, of which common ones are so many relative to the common ones of the start.
    pub fn live(&self, lesion: usize, common: f64) -> f64 {
        let LesionLedger { cells, placed, ledger, .. } = &self.lesions[lesion];
        common * placed + ledger.states.values().map(|state| state.cells as f64).sum::<f64>() / cells
    }

    /// Share of the live cells of the start that was in no ledger. Lesions count alike here and below, as with agents, of which all have
    /// the same number.
    pub fn placed(&self) -> f64 {
        self.lesions.iter().map(|l| l.placed).sum::<f64>() / self.lesions.len() as f64
    }

    /// Cells by row, relative to the live cells of the start, in the mean of lesions.
    pub fn by_row(&self) -> impl Iterator<Item = (usize, f64)> {
        let lesions = self.lesions.len() as f64;
        self.lesions.iter().flat_map(move |l| {
            let all = l.cells * lesions;
            l.ledger.states.iter().map(move |(row, state)| (*row, state.cells as f64 / all))
        })
    }

    /// What they do, as a sum over cells relative to the start, and how many they are.
    pub fn does(&mut self, day: &RareDay<'_>) -> (Drives, f64) {
        let (mut sum, mut cells) = (Drives::default(), 0.0);
        let mut by_row = BTreeMap::new();
        self.by_row().for_each(|(row, share)| *by_row.entry(row).or_insert(0.0) += share);
        for (row, share) in by_row {
            cells += share;
            self.states.rates(row, day, |_, of_class, own| sum.add(share * of_class, &own.does));
        }
        (sum, cells)
    }
}

impl KnownStates {
    /// Births and deaths of a state in the mean over classes.
    fn lineage(&mut self, row: usize, day: &RareDay<'_>) -> BirthDeath {
        let mut rates = MeanRates::default();
        self.rates(row, day, |class, share, own| rates.add(share, &class.cell(&own.cell), own.replace));
        rates.lineage()
    }

    /// What cells of a state do in the mean over classes.
    fn means(&mut self, row: usize, day: &RareDay<'_>) -> StateMeans {
        let mut means = StateMeans::default();
        self.rates(row, day, |class, share, own| {
            means.rates.add(share, &class.cell(&own.cell), own.replace);
            add(&mut means.switches, &own.switches, share);
            add(&mut means.mutations, &own.mutations, share);
        });
        means
    }

    /// Rates of a state in each class, with the share of the cells that is there.
    fn rates(
        &mut self,
        row: usize,
        day: &RareDay<'_>,
        mut of: impl FnMut(&ClassConditions, f64, &StateRates),
    ) {
        let Self { known, phenotype, space, amplification, kinds } = self;
        let code = space.codes[row];
        let KnownState { phenotype, rates } = known.entry(row).or_insert_with(|| KnownState {
            phenotype: phenotype.state(&space.levels(code)),
            rates: Vec::new(),
        });
        if rates.len() < day.exposures.len() {
            rates.resize(day.exposures.len(), None);
        }
        for (class, share) in day.conditions[kinds[row]].iter().zip(day.shares) {
            let own = rates[class.rates].get_or_insert_with(|| {
                let (regime, exposures) = &day.exposures[class.rates];
                rare_rates(&phenotype.fate(exposures, *regime), space, code, *amplification)
            });
            of(class, *share, own);
        }
    }
}

fn rare_rates(fate: &Fate, space: &StateSpace, code: u32, amplification: f64) -> StateRates {
    let to = |kind, factor: f64| {
        let moves = fate.moves.iter().filter(move |m| m.kind == kind && m.rate > 0.0);
        let row = |m: &Move| space.codes.binary_search(&space.with_level(code, m.locus, m.to)).ok();
        moves.filter_map(|m| Some((row(m)?, m.rate * factor))).collect()
    };
    // Each daughter mutates at half the rate; where the mother is replaced there is one.
    let daughters = 0.5 * (2.0 - fate.replace);
    StateRates {
        cell: fate.rates(),
        replace: fate.replace,
        switches: to(ChangeKind::Switching, 1.0),
        mutations: to(ChangeKind::Mutation, amplification * daughters),
        does: Drives::of(fate),
    }
}

/// Adds rates by row to others. Mostly they are of the same rows in the same order.
fn add(all: &mut Vec<(usize, f64)>, more: &[(usize, f64)], share: f64) {
    for (place, (row, rate)) in more.iter().enumerate() {
        let same = all.get(place).filter(|(known, _)| known == row).map(|_| place);
        match same.or_else(|| all.iter().position(|(known, _)| known == row)) {
            Some(known) => all[known].1 += share * rate,
            None => all.push((*row, share * rate)),
        }
    }
}
