//! The ledger of one lesion beside its lattice: what goes into it, what becomes of it day by day, what comes out.
//!
//! ```text
//! morning of day 0      start: mutants of a tumour that grew to its true size, and shares too small for agents
//! every day             each state's cells live a day under today's table, in the mean over classes of perfusion; agents send mutants
//! every 7th morning     account: cells are drawn; states worth 16 agents are placed, states on the lattice with fewer than 8 go back
//! ```
//!
//! All of it is drawn by (seed, lesion, state, day) on the host, between two calls of a backend.

use crate::biology::StateSpace;
use crate::biology::tissue_tables::{EnvironmentShare, MeanRates, StateMeans, TableId, TissueTables};
use crate::scenario::{ChangeKind, Scenario, Share};
use crate::simulation::assemble::expected_cells;
use crate::simulation::perfusion_classes::{CLASSES, Milieu};
use crate::tissue::host_random::HostPurpose;
use crate::tissue::ledger::{ACCOUNT_DAYS, AGENTS, LedgerKey, Lineage, MotherPopulation};
use crate::tissue::{Ledger, LesionId, LesionState, exchange};

/// States other than those that switching brings forth go back into the ledger with fewer agents than this: so few below what brings them
/// out that a state does not come and go.
const FEW: u32 = AGENTS / 2;

/// What is remembered of a ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRecord {
    /// Cells.
    pub ledger: Ledger,
    /// Share of the lesion's cells in each class of perfusion.
    pub classes: Vec<f64>,
    /// Cells that an agent stood for at the start; 0 before it.
    pub per_agent: f64,
    /// Cells, and live ones by state, that an exchange left since the last check.
    pub census: Option<(u64, Vec<u32>)>,
}

impl Default for LedgerRecord {
    fn default() -> Self {
        let classes = vec![1.0 / CLASSES as f64; CLASSES];
        Self { ledger: Ledger::default(), classes, per_agent: 0.0, census: None }
    }
}

impl LedgerRecord {
    /// Cells in agents of the start, by row.
    pub fn agents(&self) -> impl Iterator<Item = (usize, f64)> {
        let per_agent = self.per_agent.max(1.0);
        self.ledger.states.iter().map(move |(row, state)| (*row, state.cells as f64 / per_agent))
    }
}

/// The shares of a scenario's start that are placed as agents.
pub fn placed_shares(scenario: &Scenario) -> Vec<Share> {
    let mut placed = scenario.start.composition.clone();
    if !scenario.has_ledger() {
        return placed;
    }
    let is_rare = |share: &Share| share.fraction < least_share(scenario);
    let left_out: f64 = placed.iter().filter(|s| is_rare(s)).map(|s| s.fraction).sum();
    let sensitive = 1.0 - placed.iter().map(|s| s.fraction).sum::<f64>();
    placed.retain(|share| !is_rare(share));
    // What is left out falls to the commonest state, also where all cells have something changed.
    if let Some(common) = placed.iter_mut().max_by(|a, b| a.fraction.total_cmp(&b.fraction))
        && common.fraction > sensitive
    {
        common.fraction += left_out;
    }
    placed
}

/// Share of a start that is worth agents.
fn least_share(scenario: &Scenario) -> f64 {
    f64::from(AGENTS) / expected_cells(scenario).max(1.0)
}

/// What a ledger begins with.
#[derive(Debug, Clone)]
pub struct LedgerStart {
    /// Rows and shares of the start that are too small for agents.
    shares: Vec<(usize, f64)>,
    /// Levels of each state at the loci that mutate: states that are alike in them come from one another by switching.
    mutated: Vec<Vec<u8>>,
}

impl LedgerStart {
    /// That of a scenario.
    pub fn new(scenario: &Scenario, space: &StateSpace) -> Self {
        let least = least_share(scenario);
        let row = |share: &Share| space.codes.binary_search(&space.code(&share.levels)).ok();
        let rare = scenario.start.composition.iter().filter(|s| s.fraction < least);
        let mutates = |l: &usize| scenario.loci[*l].changes.iter().any(|c| c.kind == ChangeKind::Mutation);
        let loci: Vec<usize> = (0..scenario.loci.len()).filter(mutates).collect();
        let levels = |code: &u32| loci.iter().map(|l| space.level(*code, *l)).collect();
        Self {
            shares: rare.filter_map(|s| Some((row(s)?, s.fraction))).collect(),
            mutated: space.codes.iter().map(levels).collect(),
        }
    }

    /// Whether one of two states comes from the other by switching alone.
    fn switch_into(&self, one: usize, other: usize) -> bool {
        self.mutated[one] == self.mutated[other]
    }

    /// What there is before therapy in a lesion of so many live cells, of which agents are these shares: mutants of the commonest state,
    /// mutants of those, and rare shares. A state that is there as agents is not in it.
    pub fn ledger(
        &self,
        key: LedgerKey,
        cells: f64,
        placed: &[f64],
        means: &mut dyn FnMut(usize) -> StateMeans,
    ) -> Ledger {
        let mut ledger = Ledger::default();
        let Some(common) = commonest(placed) else { return ledger };
        self.found(&mut ledger, (key, common), cells * placed[common], placed, means);
        let first: Vec<(usize, u64)> = ledger.states.iter().map(|(row, s)| (*row, s.cells)).collect();
        for (from, cells) in first {
            self.found(&mut ledger, (key, from), cells as f64, placed, means);
        }
        for (row, share) in &self.shares {
            if self.switch_into(*row, common) && placed[*row] == 0.0 {
                let mut random = key.stream(HostPurpose::LedgerStart, *row);
                ledger.add(*row, random.binomial(cells as u64, *share));
            }
        }
        ledger
    }

    /// Adds the mutants of a state with so many cells.
    fn found(
        &self,
        ledger: &mut Ledger,
        (key, from): (LedgerKey, usize),
        cells: f64,
        placed: &[f64],
        means: &mut dyn FnMut(usize) -> StateMeans,
    ) {
        let of = means(from);
        let per_birth = if of.rates.births > 0.0 { of.rates.completed / of.rates.births } else { 0.0 };
        for (to, probability) in &of.mutations {
            if placed[*to] > 0.0 {
                continue;
            }
            let mothers = MotherPopulation { cells, lineage: of.lineage(), rate: probability * per_birth };
            // The day stands for the mothers here, so that states of several mothers have draws for each.
            let key = LedgerKey { day: from as u32 + 1, ..key };
            let mut random = key.stream(HostPurpose::LedgerStart, *to);
            ledger.add(*to, mothers.mutants(&mut random, || means(*to).lineage()));
        }
    }
}

/// What does not change of a lesion's ledger.
#[derive(Debug, Clone)]
pub(super) struct OffLattice {
    seed: u64,
    id: LesionId,
    milieu: Milieu,
    /// Live cells of the lesion at the start; `None`: as many as its agents stand for.
    cells: Option<f64>,
    per_agent: f64,
    beginning: LedgerStart,
    codes: Vec<u32>,
    /// What changes.
    pub record: LedgerRecord,
    /// Whether the lattice is to be looked at in the step that begins.
    pub is_due: bool,
}

/// What a lesion looks like on the morning of a day.
pub(super) struct LesionMorning<'a> {
    /// Live agents by row.
    pub live: &'a [u32],
    /// Cells that an agent stands for relative to the start.
    pub weight: f64,
    /// Mean perfusion, relative to the patient's.
    pub perfusion: f64,
    /// Share of the cells that procedures kill.
    pub killed: f64,
}

impl OffLattice {
    /// The ledger of a lesion with so many live cells; `None` where a scenario has none.
    pub fn new(scenario: &Scenario, space: &StateSpace, id: LesionId, cells: Option<f64>) -> Option<Self> {
        scenario.has_ledger().then(|| Self {
            seed: scenario.seed,
            id,
            milieu: Milieu::new(scenario),
            cells,
            per_agent: scenario.cells_per_agent.unwrap_or(1.0),
            beginning: LedgerStart::new(scenario, space),
            codes: space.codes.clone(),
            record: LedgerRecord::default(),
            is_due: false,
        })
    }

    /// A day: on the morning of an account what became of the cells since the last one, then the day itself under its table.
    pub fn pass(&mut self, tissue: &mut TissueTables, table: TableId, day: u32, morning: &LesionMorning<'_>) {
        let Some(common) = commonest(morning.live) else {
            return self.pass_alone(tissue, table, day, morning);
        };
        if self.record.per_agent == 0.0 {
            self.start(tissue, morning.live);
        } else if day.is_multiple_of(ACCOUNT_DAYS) {
            self.account(tissue, table, day, morning);
        }
        if day.is_multiple_of(ACCOUNT_DAYS) {
            self.is_due = self.is_exchange_due(morning);
        }
        self.live_day(tissue, table, morning);
        let cells_per_agent = self.record.per_agent * morning.weight;
        let places = self.places(tissue, morning.perfusion);
        let alive = morning.live.iter().enumerate().filter(|(_, agents)| **agents > 0);
        for (row, agents) in alive {
            let MeanRates { completed, .. } = tissue.mean_rates(table, row, &places);
            let born = completed * f64::from(*agents) * cells_per_agent * (1.0 - morning.killed);
            for (to, probability) in tissue.mean_mutations(table, row, &places) {
                self.record.ledger.expect(to, born * probability);
            }
        }
        let mut classes = std::mem::take(&mut self.record.classes);
        self.milieu.pass(&mut classes, morning.perfusion, tissue, (table, common));
        self.record.classes = classes;
    }

    /// A day without agents.
    fn pass_alone(&mut self, tissue: &TissueTables, table: TableId, day: u32, morning: &LesionMorning<'_>) {
        if day.is_multiple_of(ACCOUNT_DAYS) && self.record.per_agent > 0.0 {
            self.account(tissue, table, day, morning);
            self.is_due = self.is_exchange_due(morning);
        }
        self.live_day(tissue, table, morning);
    }

    fn live_day(&mut self, tissue: &TissueTables, table: TableId, morning: &LesionMorning<'_>) {
        if self.record.ledger.states.is_empty() {
            return;
        }
        let places = self.places(tissue, morning.perfusion);
        let rows: Vec<usize> = self.record.ledger.states.keys().copied().collect();
        for row in rows {
            let MeanRates { births: birth, deaths: death, .. } = tissue.mean_rates(table, row, &places);
            self.record.ledger.pass(row, Lineage { birth, death }, morning.killed);
        }
    }

    fn places(&self, tissue: &TissueTables, perfusion: f64) -> Vec<EnvironmentShare> {
        self.milieu.places(&self.record.classes, perfusion, tissue.perfusions().len())
    }

    fn key(&self, day: u32) -> LedgerKey {
        LedgerKey { seed: self.seed, lesion: self.id.0, day }
    }

    fn start(&mut self, tissue: &mut TissueTables, live: &[u32]) {
        let table = tissue.table(&tissue.no_drugs());
        let agents: f64 = live.iter().map(|n| f64::from(*n)).sum();
        let cells = self.cells.unwrap_or(agents * self.per_agent);
        self.record.per_agent = cells / agents;
        let places = self.places(tissue, 1.0);
        let shares: Vec<f64> = live.iter().map(|n| f64::from(*n) / agents).collect();
        let mut means = |row| tissue.means(table, row, &places);
        self.record.ledger = self.beginning.ledger(self.key(0), cells, &shares, &mut means);
    }

    fn account(&mut self, tissue: &TissueTables, table: TableId, day: u32, morning: &LesionMorning<'_>) {
        let (key, places) = (self.key(day), self.places(tissue, morning.perfusion));
        self.record.ledger.settle(key, |row| tissue.means(table, row, &places).fate());
    }

    /// Whether any state is to be placed, or to be taken off the lattice.
    fn is_exchange_due(&self, morning: &LesionMorning<'_>) -> bool {
        let worth = f64::from(AGENTS) * self.record.per_agent * morning.weight;
        self.record.ledger.states.values().any(|state| state.cells as f64 >= worth)
            || (0..morning.live.len()).any(|row| self.goes_back(morning.live, row))
    }

    /// Whether a state's agents are too few to be on the lattice, where switching of others does not bring them forth.
    fn goes_back(&self, live: &[u32], row: usize) -> bool {
        let is_fed = |other: usize| live[other] >= FEW && self.beginning.switch_into(other, row);
        (1..FEW).contains(&live[row])
            && live.iter().any(|agents| *agents >= AGENTS)
            && !(0..live.len()).any(is_fed)
    }

    /// Exchanges cells with the lattice on the morning of a day.
    pub fn exchange(&mut self, state: &mut LesionState, day: u32, weight: f64) {
        self.is_due = false;
        let cells_per_agent = self.record.per_agent * weight;
        let by_code = state.live_by_code();
        let live: Vec<u32> = self.codes.iter().map(|c| by_code.get(c).copied().unwrap_or(0)).collect();
        let back: Vec<usize> = (0..live.len()).filter(|row| self.goes_back(&live, *row)).collect();
        for row in back {
            let agents = exchange::withdraw(state, self.codes[row]);
            self.record.ledger.add(row, libm::rint(f64::from(agents) * cells_per_agent) as u64);
        }
        let rows: Vec<usize> = self.record.ledger.states.keys().copied().collect();
        for row in rows {
            let agents = self.record.ledger.promote(row, cells_per_agent, AGENTS);
            if agents > 0 {
                let mut random = self.key(day).stream(HostPurpose::LedgerPlaces, row);
                exchange::place(state, self.codes[row], agents, &mut random);
            }
        }
        let (live, dead) = state.burden();
        let by_code = state.live_by_code();
        let by_row = self.codes.iter().map(|c| by_code.get(c).copied().unwrap_or(0)).collect();
        self.record.census = Some((live + dead, by_row));
    }
}

/// Row of the commonest state; of several the first.
fn commonest<T: Copy + PartialOrd + Default>(live: &[T]) -> Option<usize> {
    let mut best = None;
    for (row, cells) in live.iter().enumerate() {
        if *cells > best.map_or(T::default(), |row: usize| live[row]) {
            best = Some(row);
        }
    }
    best
}
