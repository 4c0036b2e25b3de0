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
use crate::simulation::extent::expected_cells;
use crate::simulation::perfusion_classes::{CLASSES, Milieu};
use crate::tissue::host_random::HostPurpose;
use crate::tissue::ledger::{ACCOUNT_DAYS, AGENTS, BirthDeath, LedgerKey, MotherPopulation};
use crate::tissue::{CellLedger, LesionId, LesionState, exchange};

/// States other than those that switching brings forth go back into the ledger with fewer agents than this: so few below what brings them
/// out that a state does not come and go.
const FEW: u32 = AGENTS / 2;

/// What is remembered of a ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRecord {
    /// Cells.
    pub ledger: CellLedger,
    /// Share of the lesion's cells in each class of perfusion.
    pub classes: Vec<f64>,
    /// Cells that an agent stood for at the start; 0 before it.
    pub per_agent: f64,
    /// Live cells at the start, rare ones with them, for each live agent.
    pub all_per_agent: f64,
    /// Cells, and live ones by state, that an exchange left since the last check.
    pub census: Option<(u64, Vec<u32>)>,
}

impl Default for LedgerRecord {
    fn default() -> Self {
        let classes = vec![1.0 / CLASSES as f64; CLASSES];
        Self { ledger: CellLedger::default(), classes, per_agent: 0.0, all_per_agent: 0.0, census: None }
    }
}

impl LedgerRecord {
    /// Cells by row, relative to those for each agent of the start.
    pub fn agents(&self) -> impl Iterator<Item = (usize, f64)> {
        let all = self.all_per_agent.max(1.0);
        self.ledger.states.iter().map(move |(row, state)| (*row, state.cells as f64 / all))
    }

    /// What an agent of the start counts, on the same scale: what was not in the ledger then.
    pub fn agent(&self) -> f64 {
        if self.all_per_agent > 0.0 { self.per_agent / self.all_per_agent } else { 1.0 }
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
    /// mutants of those, and rare shares, each at most as many as are left of the commonest. A state that is there as agents is not in it.
    pub fn ledger(
        &self,
        key: LedgerKey,
        cells: f64,
        placed: &[f64],
        means: &mut dyn FnMut(usize) -> StateMeans,
    ) -> CellLedger {
        let mut ledger = CellLedger::default();
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
        // A slow tumour has old mutants: by their own growth each state could be all of it.
        ledger.leave_the_commonest(cells);
        ledger
    }

    /// Adds the mutants of a state with so many cells.
    fn found(
        &self,
        ledger: &mut CellLedger,
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
            let mothers =
                MotherPopulation { cells, lineage: of.rates.lineage(), rate: probability * per_birth };
            // The day stands for the mothers here, so that states of several mothers have draws for each.
            let key = LedgerKey { day: from as u32 + 1, ..key };
            let mut random = key.stream(HostPurpose::LedgerStart, *to);
            ledger.add(*to, mothers.mutants(&mut random, || means(*to).rates.lineage()));
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
            self.record.ledger.pass(row, BirthDeath { birth, death }, morning.killed);
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
        let places = self.places(tissue, 1.0);
        let shares: Vec<f64> = live.iter().map(|n| f64::from(*n) / agents).collect();
        let mut means = |row| tissue.means(table, row, &places);
        let ledger = self.beginning.ledger(self.key(0), cells, &shares, &mut means);
        let rare: f64 = ledger.states.values().map(|state| state.cells as f64).sum();
        self.record.all_per_agent = cells / agents;
        self.record.per_agent = (cells - rare).max(agents) / agents;
        self.record.ledger = ledger;
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
            // More than there are sites have no place: the rest waits.
            let agents = self.record.ledger.promote(row, cells_per_agent, AGENTS, state.shape.sites());
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::biology::patient::PatientBiology;
    use crate::simulation::assemble::start_of;

    const HEAD: &str = "name = \"a\"\nphenotype = \"signalling\"\n";
    const REST: &str =
        "[time]\nend = \"1 d\"\n[lattice]\nsize = [64, 64]\n[start]\n[patient]\n[oxygen]\n[vessels]\n";

    fn scenario(head: &str) -> Scenario {
        let text = format!("{HEAD}{head}{REST}");
        crate::scenario::parse(&text, "test.toml", Path::new("")).unwrap().scenario
    }

    struct Case {
        off: OffLattice,
        tissue: TissueTables,
        table: TableId,
        space: StateSpace,
        scenario: Scenario,
    }

    fn case(head: &str) -> Case {
        let scenario = scenario(head);
        let space = StateSpace::new(&scenario);
        let patient = PatientBiology::typical();
        let mut tissue = TissueTables::new(&scenario, &space, &patient, &[]).unwrap();
        let table = tissue.table(&tissue.no_drugs());
        let off = OffLattice::new(&scenario, &space, LesionId::new(0, 0), None).unwrap();
        Case { off, tissue, table, space, scenario }
    }

    impl Case {
        fn row(&self, locus: &str, level: u8) -> usize {
            let at = self.scenario.loci.iter().position(|l| l.name == locus).unwrap();
            let code = self.space.with_level(0, at, level);
            self.space.codes.binary_search(&code).unwrap()
        }

        /// Live agents by row, all of them of the sensitive state.
        fn live(&self, agents: u32) -> Vec<u32> {
            let mut live = vec![0; self.space.codes.len()];
            live[0] = agents;
            live
        }

        fn pass(&mut self, day: u32, live: &[u32], weight: f64) {
            let morning = LesionMorning { live, weight, perfusion: 1.0, killed: 0.0 };
            self.off.pass(&mut self.tissue, self.table, day, &morning);
        }
    }

    // u for each of b·N divisions a day, of which κ leave one daughter in place of two: two neutral first hits of `tsc`.
    #[test]
    fn agents_send_mutants_at_the_rate_of_their_divisions() {
        let mut case = case("cells_per_agent = 1000.0\n");
        let live = case.live(500);
        case.pass(0, &live, 1.0);
        let turnover = PatientBiology::typical().turnover;
        let cells = 500.0 * case.off.record.per_agent;
        let expected = turnover.birth * cells * 4.5e-6 * (1.0 - 0.5 * turnover.coupled_loss);
        let due = case.off.record.ledger.due[&case.row("tsc", 1)];
        let record = &case.off.record;
        assert!(record.all_per_agent == 1000.0 && (900.0..1000.0).contains(&record.per_agent));
        assert!((due / expected - 1.0).abs() < 0.03, "{due} {expected}");
        case.pass(1, &live, 2.0);
        let more = case.off.record.ledger.due[&case.row("tsc", 1)] - due;
        assert!(
            (more / expected - 2.0).abs() < 0.06,
            "an agent of a thinned lesion is two: {more} {expected}"
        );
    }

    // A slow tumour has old mutants that grow a hundred times as fast: each state of them could be as many as all of it. Agents then stood for no
    // cells, and millions of the mutants for agents, which were placed one by one for hours.
    #[test]
    fn agents_stand_for_as_many_cells_as_any_mutants() {
        let case = case("cells_per_agent = 1e6\n");
        let (live, places) = (case.live(500), case.off.places(&case.tissue, 1.0));
        let shares: Vec<f64> = live.iter().map(|n| f64::from(*n) / 500.0).collect();
        let mut means = |row| {
            let mut all = case.tissue.means(case.table, row, &places);
            all.rates.deaths = all.rates.births * if row == 0 { 0.999 } else { 0.9 };
            all
        };
        let beginning = LedgerStart::new(&case.scenario, &case.space);
        let ledger = beginning.ledger(case.off.key(0), 5e8, &shares, &mut means);
        let rare: Vec<f64> = ledger.states.values().map(|state| state.cells as f64).collect();
        let (most, left) = (rare.iter().copied().fold(0.0, f64::max), 5e8 - rare.iter().sum::<f64>());
        assert!(most <= left && most > 0.99 * left && rare.len() > 2, "{rare:?}");
    }

    // The mean over starts has a heavy tail; the median of m neutral founders is about m·ln m (Luria and Delbrück 1943), here of
    // m = u·(1 − κ/2)·b·N/r = 190 in 5·10⁹ cells.
    #[test]
    fn starts_follow_the_size_of_the_tumour() {
        let median = |cells_per_agent: f64| {
            let mut seen: Vec<u64> = (0..41)
                .map(|lesion| {
                    let mut case = case(&format!("cells_per_agent = {cells_per_agent:?}\n"));
                    case.off.id = LesionId::new(lesion, 0);
                    let live = case.live(500);
                    case.pass(0, &live, 1.0);
                    case.off.record.ledger.cells(case.row("fkbp12_frb", 1))
                })
                .collect();
            seen.sort_unstable();
            seen[20]
        };
        let (small, large) = (median(1e3), median(1e7));
        assert_eq!(small, 0, "five hundred thousand cells have none");
        assert!((500..2000).contains(&large), "{large}");
    }

    #[test]
    fn cells_worth_agents_are_placed_and_few_agents_go_back() {
        let mut case = case("cells_per_agent = 1000.0\n");
        let live = case.live(500);
        case.pass(0, &live, 1.0);
        let row = case.row("mtor_kinase", 1);
        let mut state = start_of(&case.scenario, &case.space, LesionId::new(0, 0), 0.0).unwrap();
        let code = case.space.codes[row];
        assert!(!state.live_by_code().contains_key(&code), "a share of one in a million is in the ledger");
        let sensitive = state.burden().0;
        case.off.record.ledger = CellLedger::default();
        case.off.record.per_agent = 1000.0;
        case.off.record.ledger.add(row, 20_700);
        case.off.exchange(&mut state, 0, 1.0);
        assert_eq!((state.live_by_code()[&code], case.off.record.ledger.cells(row)), (20, 700));
        assert_eq!(state.check(), Ok(()));
        assert_eq!(state.burden().0, sensitive + 20);
        let (cells, by_row) = case.off.record.census.clone().unwrap();
        assert_eq!((cells, by_row[row]), (sensitive + 20, 20));
        // Half of them are gone, and more: an agent of a thinned lesion stands for two.
        let ours: Vec<u32> = state
            .live_cells()
            .filter(|(_, w, _)| crate::tissue::word::code(*w) == code)
            .map(|c| c.0)
            .collect();
        ours[5..].iter().for_each(|site| state.put(*site, crate::tissue::word::EMPTY, 0));
        case.off.exchange(&mut state, 7, 2.0);
        assert!(!state.live_by_code().contains_key(&code));
        assert_eq!(case.off.record.ledger.cells(row), 700 + 5 * 2000);
    }

    // `rtk` is switched on by agents all the time: a handful of them stays where it is. So does the last state that is left.
    #[test]
    fn what_switching_brings_forth_stays_on_the_lattice() {
        let case = case("cells_per_agent = 1000.0\n");
        let (rtk, kinase) = (case.row("rtk", 1), case.row("mtor_kinase", 1));
        let mut live = case.live(400);
        (live[rtk], live[kinase]) = (3, 3);
        assert!(!case.off.goes_back(&live, rtk) && case.off.goes_back(&live, kinase));
        live[0] = 3;
        assert!(!case.off.goes_back(&live, kinase), "nobody has more");
    }

    #[test]
    fn rare_shares_are_not_placed() {
        let of = |head: &str| {
            let scenario = scenario(head);
            let placed = placed_shares(&scenario);
            (placed.len(), scenario.start.composition.len())
        };
        let (all, given) = of("");
        assert_eq!(all, given);
        assert!(of("cells_per_agent = 1000.0\n").0 < given);
    }
}
