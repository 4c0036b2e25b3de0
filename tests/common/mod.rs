//! Random models and lesions for the engine's tests.

use std::collections::BTreeSet;
use std::sync::Arc;

use evotor::engine::model::{
    AdaptiveRule, DrugRule, INDEPENDENT, NEVER, ONE_FACTOR, OxygenRule, PERFUSION_BINS, PlacementRule,
    QUANTILES, SHARE_PARTS, SUPPLY_BINS, StopRule, TargetRule, Targets, VesselRule,
};
use evotor::engine::pool::Inputs;
use evotor::engine::tables::{RateRow, Transition};
use evotor::engine::{Backend, LogEntry, Model, RateTables};
use evotor::tissue::fixed::{Decimal, Threshold};
use evotor::tissue::lesion::COUNTERS;
use evotor::tissue::start::{self, CodeShare, StartForm};
use evotor::tissue::{Counters, LesionId, LesionState, Shape};
use proptest::prelude::*;

/// States of the random models: codes on purpose not contiguous.
pub const CODES: [u32; 4] = [0, 1, 5, 0x7];
const CODE_SPACE: usize = 8;

/// Everything a random case is made of.
#[derive(Debug, Clone)]
pub struct Case {
    pub seed: u64,
    pub dimension: u32,
    pub periodic: bool,
    pub moore: bool,
    /// 0 neighbour, 1 candidates, 2 mixed.
    pub placement: u32,
    pub radius: u32,
    pub candidates: u32,
    pub lesions: Vec<(u32, [u32; 3])>,
    /// Whether sizes are taken as they are, however large.
    pub wide: bool,
    /// A thin axis and its edge, where there is no oxygen.
    pub thin: Option<(u32, u32)>,
    /// Per table and state: die, divide, migrate, replace, kill as 1/256 probabilities.
    pub rates: Vec<[u8; 5]>,
    pub switching: [u8; 8],
    pub mutation: [u8; 8],
    pub clear: u8,
    pub immediate: bool,
    /// Supply and uptake.
    pub oxygen: Option<(u8, u8)>,
    /// Vessels, where there is oxygen: what the rule is made of.
    pub vessels: Option<[u8; 8]>,
    /// What the host sets, and from which step on (a share of 256): which tables, and the inputs of a lesion.
    pub changes: Vec<(u8, bool, [u8; 4])>,
    pub drugs: Vec<(u32, u32, u32, Option<u32>)>,
    pub check: u32,
    pub checks: u32,
    pub burden: Option<u32>,
    /// In thousandths.
    pub factor: Option<u32>,
    pub halt: bool,
    /// Targets: states that count (a mask of rows), cells, share of 256, halt.
    pub targets: Vec<(u8, u32, u8, bool)>,
    pub density: f64,
    pub form: u32,
    /// Where an interrupted run is stopped, as a share of 256.
    pub pause: u8,
}

/// Random cases.
pub fn cases() -> impl Strategy<Value = Case> {
    let geometry = (any::<u64>(), 2..=3u32, any::<bool>(), any::<bool>(), 0..3u32, 2..=3u32, 1..=31u32);
    let lesions = prop::collection::vec((0..1u32 << 20, [8..40u32, 8..40u32, 8..24u32]), 1..=3);
    let lesions = (lesions, prop::option::weighted(0.5, (0..3u32, 1..=3u32)));
    let rates = prop::collection::vec(any::<[u8; 5]>(), 16);
    let events = (any::<[u8; 8]>(), any::<[u8; 8]>(), any::<u8>(), any::<bool>());
    let oxygen = prop::option::weighted(0.7, (any::<u8>(), any::<u8>()));
    let vessels = prop::option::weighted(0.7, any::<[u8; 8]>());
    let changes = prop::collection::vec(any::<(u8, bool, [u8; 4])>(), 0..=3);
    let host = (oxygen, vessels, changes);
    let drugs = prop::collection::vec((0..12u32, 0..6u32, 1..6u32, prop::option::of(1..600u32)), 0..=2);
    let rules = (
        1..=3u32,
        2..=8u32,
        prop::option::of(500..4000u32),
        prop::option::of(1000..3000u32),
        any::<bool>(),
        prop::collection::vec((any::<u8>(), 1..400u32, any::<u8>(), prop::bool::weighted(0.2)), 0..=3),
    );
    let start = (0.02..0.7f64, 0..4u32, any::<u8>());
    (geometry, lesions, rates, events, host, drugs, rules, start).prop_map(
        |(geometry, lesions, rates, events, host, drugs, rules, start)| {
            let (oxygen, vessels, changes) = host;
            let (lesions, thin) = lesions;
            let (seed, dimension, periodic, moore, placement, radius, candidates) = geometry;
            let (switching, mutation, clear, immediate) = events;
            let (check, checks, burden, factor, halt, targets) = rules;
            let (density, form, pause) = start;
            Case {
                seed,
                dimension,
                periodic,
                moore,
                placement,
                radius,
                candidates,
                lesions,
                wide: false,
                thin,
                rates,
                switching,
                mutation,
                clear,
                immediate,
                oxygen,
                vessels,
                changes,
                drugs,
                check,
                checks,
                burden,
                factor,
                halt,
                targets,
                density,
                form,
                pause,
            }
        },
    )
}

/// Random cases of one lesion with more than one group, and more than one block, of bricks.
pub fn wide_cases() -> impl Strategy<Value = Case> {
    cases().prop_map(|case| Case {
        lesions: vec![(case.lesions[0].0, if case.dimension == 3 { [56, 60, 52] } else { [656, 300, 1] })],
        wide: true,
        thin: None,
        density: case.density / 2.0,
        form: case.form.min(2),
        check: 2,
        checks: 3,
        ..case
    })
}

/// A probability from a byte: 0 is never, 255 is certain, and small bytes are made rare, so that equal
/// high words, rare thresholds and certainties all occur.
fn probability(byte: u8) -> f64 {
    match byte {
        0..=40 => 0.0,
        41..=60 => 1e-9 * f64::from(byte),
        253..=255 => 1.0,
        _ => f64::from(byte - 60) / 400.0,
    }
}

/// Rows of some blocks; `turn` makes other tables of the same case.
fn rows(case: &Case, blocks: usize, turn: usize) -> (Vec<RateRow>, Vec<Transition>) {
    let (mut rows, mut outcomes) = (Vec::new(), Vec::new());
    for block in 0..blocks {
        for (state, _) in CODES.iter().enumerate() {
            let bytes = case.rates[(state + 5 * block + 3 * turn) % 16];
            let event = |b: u8| probability(b) / 3.0;
            let below = |p: f64| Threshold::from_probability(p);
            let die = event(bytes[0]) / 2.0;
            let divide = die + event(bytes[1]);
            let migrate = if bytes[2] > 250 { 1.0 } else { divide + event(bytes[2]) / 2.0 };
            let switches = list(&mut outcomes, &case.switching, state, 0.1);
            let mutations = list(&mut outcomes, &case.mutation, state, 0.3);
            rows.push(RateRow {
                die: below(die),
                divide: below(divide),
                migrate: below(migrate),
                replace: below(probability(bytes[3])),
                kill: below(probability(bytes[4]) * 0.7),
                switches,
                mutations,
            });
        }
    }
    (rows, outcomes)
}

/// Moves from a state to the two next ones.
fn list(outcomes: &mut Vec<Transition>, bytes: &[u8; 8], state: usize, scale: f64) -> (u32, u32) {
    let first = outcomes.len() as u32;
    let mut total = 0.0;
    for step in 1..=2 {
        let p = probability(bytes[(2 * state + step) % 8]) * scale;
        if p > 0.0 {
            total += p;
            let Threshold { hi, lo } = Threshold::from_probability(total);
            outcomes.push(Transition { hi, lo, code: CODES[(state + step) % 4] });
        }
    }
    (first, outcomes.len() as u32 - first)
}

/// Blocks that the tables of a case share.
const BLOCKS: usize = 6;

/// The tables of a case: two for every set of drugs, the second ones for lesions whose inputs say so. `turn` makes
/// others, with more of them.
fn tables(case: &Case, drugs: usize, turn: usize) -> RateTables {
    let (rows, outcomes) = rows(case, BLOCKS, turn);
    let with_oxygen = case.has_oxygen();
    let mut row_of = vec![u32::MAX; CODE_SPACE];
    for (row, code) in CODES.iter().enumerate() {
        row_of[*code as usize] = row as u32;
    }
    let mut tables = RateTables {
        codes: CODES.to_vec(),
        row_of,
        block_of: if with_oxygen { (0..64).map(|b| u32::from(b < 48)).collect() } else { vec![0] },
        blocks: if with_oxygen { 2 } else { 1 },
        bin_shift: 10,
        perfusion_bins: if case.has_vessels() { PERFUSION_BINS } else { 1 },
        rows,
        outcomes,
        immediate_clearance: case.immediate,
        table_of_drugs: (0..1 << drugs).collect(),
        ..RateTables::default()
    };
    for table in 0..(2 << drugs) + turn as u32 {
        let clear = probability(case.clear) / f64::from(1 + table % 2);
        // A few perfusion bins share a block, some far apart.
        let of = |environment: u32| (environment / 3 + 5 * table + turn as u32) % BLOCKS as u32;
        let map: Vec<u32> = (0..tables.environments()).map(of).collect();
        tables.push_table(Threshold::from_probability(clear), &map);
    }
    tables
}

fn oxygen(case: &Case) -> Option<OxygenRule> {
    let (supply, uptake) = case.oxygen.filter(|_| case.has_oxygen())?;
    let neighbours = f64::from(2 * case.dimension);
    let supplies = if case.has_vessels() { SUPPLY_BINS } else { 1 };
    // In every other case patients differ in their supply.
    let all: BTreeSet<u32> = case.lesions.iter().map(|(id, _)| LesionId(*id).patient()).collect();
    let patients: Vec<u32> = all.into_iter().filter(|_| (case.seed / 2).is_multiple_of(2)).collect();
    let (mut weight, mut source) = (Vec::new(), Vec::new());
    for patient in 0..patients.len().max(1) {
        for live in 0..=64 {
            for bin in 0..supplies {
                let perfusion = if case.has_vessels() { (f64::from(bin) + 0.5) / 64.0 } else { 1.0 };
                let supply = f64::from(supply) / 64.0 * perfusion / (1 + patient) as f64;
                let all = neighbours + supply + f64::from(uptake) / 64.0 * f64::from(live) / 64.0;
                weight.push((4_294_967_295.0 / all) as u32);
                source.push((4_294_901_760.0 * supply / all) as u32);
            }
        }
    }
    let sweeps = 2 + 2 * (case.seed % 2) as u32;
    let raised = case.vessels.filter(|_| case.has_vessels()).map(|bytes| u32::from(bytes[3]) << 18);
    let hypoxia = |patient: usize, raised: u32| {
        (0..64).map(move |bin| ((64 - bin) * raised + (1 << 20)) / (1 + patient as u32))
    };
    let hypoxia =
        raised.iter().flat_map(|raised| (0..patients.len().max(1)).flat_map(move |p| hypoxia(p, *raised)));
    let hypoxia = hypoxia.collect();
    Some(OxygenRule { patients, weight, source, hypoxia, free: 0xffff_0000, sweeps, vessels: vessels(case) })
}

fn vessels(case: &Case) -> Option<VesselRule> {
    let bytes = case.vessels.filter(|_| case.has_vessels())?.map(u32::from);
    let neighbours = u64::from(2 * case.dimension);
    Some(VesselRule {
        quantiles: (0..QUANTILES as u32).map(|q| (q * (bytes[0] + 1)) << 15).collect(),
        spread: ((1u64 << 32) / (neighbours + u64::from(bytes[1] / 64))) as u32,
        gain: bytes[2] << 24,
        growth: bytes[4] << 24,
        half: 1 + bytes[5] * bytes[5],
        ceiling: bytes[6] << 23,
        saturation: bytes[7] << 24,
        loss: bytes[4] << 20,
        // In half of the cases states differ in what they do to vessels.
        independence: match bytes[7] % 2 {
            0 => Vec::new(),
            _ => vec![0, INDEPENDENT, 4 * bytes[7], INDEPENDENT / 3],
        },
        secretion: match bytes[7] / 2 % 2 {
            0 => Vec::new(),
            _ => vec![ONE_FACTOR, 257 * bytes[7], 0, ONE_FACTOR / 3],
        },
    })
}

/// What the host has set from a step on.
#[derive(Debug, Clone)]
pub struct Change {
    /// The step.
    pub step: u32,
    /// The tables of all lesions.
    pub tables: Arc<RateTables>,
    /// The inputs of each lesion.
    pub inputs: Vec<Inputs>,
}

impl Change {
    /// Puts it in place.
    pub fn apply(&self, backend: &mut dyn Backend) {
        backend.change_tables(&mut |tables| tables.clone_from(&self.tables)).unwrap();
        for (lesion, inputs) in self.inputs.iter().enumerate() {
            backend.set_inputs(lesion, *inputs);
        }
    }
}

impl Case {
    /// Whether the case has oxygen (mixed placement has none).
    pub fn has_oxygen(&self) -> bool {
        self.oxygen.is_some() && self.placement != 2
    }

    /// Whether vessels live.
    pub fn has_vessels(&self) -> bool {
        self.has_oxygen() && self.vessels.is_some()
    }

    /// What the host sets, by step.
    pub fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> = self.changes.iter().map(|change| self.change(*change)).collect();
        changes.sort_by_key(|c| c.step);
        changes
    }

    fn change(&self, (share, turned, bytes): (u8, bool, [u8; 4])) -> Change {
        let [flow, pruning, free, secretion] = bytes.map(u32::from);
        // Bytes to the power of two in pruning: slow and fast losses.
        let inputs = |lesion: u32| Inputs {
            table: ((flow + lesion) % 2) << self.drugs.len(),
            flow: u32::MAX - (flow << 24),
            pruning: (pruning * pruning * (1 + lesion)) << 13,
            free_vegf: (free << 24) | 0xff_ffff,
            formation: u32::MAX - (pruning << 22),
            secretion: (secretion + lesion) << 23,
            plain_secretion: (free + lesion) << 23,
        };
        Change {
            step: self.end() * u32::from(share) / 256,
            tables: Arc::new(tables(self, self.drugs.len(), usize::from(turned))),
            inputs: (0..self.lesions.len() as u32).map(inputs).collect(),
        }
    }

    /// Last step.
    pub fn end(&self) -> u32 {
        self.check * self.checks
    }

    /// The model of the case.
    pub fn model(&self) -> Arc<Model> {
        let drugs: Vec<DrugRule> = self
            .drugs
            .iter()
            .map(|(begin, off, on, burden)| DrugRule {
                begin_burden: burden.filter(|b| b % 2 == 0),
                begin_step: *begin,
                duration: if *off == 5 { 7 } else { NEVER },
                windows: if *off == 4 { vec![(0, *on), (*on + 2, *on + 5)] } else { Vec::new() },
                cycle: if (1..4).contains(off) { (*on, *off) } else { (0, 0) },
                adaptive: burden.filter(|b| b % 3 == 0).map(|b| AdaptiveRule {
                    off_below: Decimal::of(f64::from(500 + b) / 1000.0),
                    on_above: Decimal::of(1.0 + f64::from(b) / 1000.0),
                    every: self.check,
                }),
            })
            .collect();
        let (offsets, placement) = match self.placement {
            0 => (Model::neighbourhood(self.dimension, self.moore), PlacementRule::Neighbour),
            1 => (Model::ball(self.dimension, self.radius), PlacementRule::Candidates(self.candidates)),
            _ => (Vec::new(), PlacementRule::Mixed),
        };
        let offsets = Model::within(offsets, self.thinned([8; 3]), self.periodic);
        let model = Model {
            seed: self.seed,
            dimension: self.dimension,
            periodic: self.periodic,
            offsets,
            placement,
            tables: tables(self, drugs.len(), 0),
            drugs,
            stop: StopRule {
                check: self.check,
                end: self.end(),
                extinction: true,
                burden: self.burden.unwrap_or(NEVER),
                factor: self.factor.map(|f| Decimal::of(f64::from(f) / 1000.0)),
                checks: 1 + u32::from(self.halt),
                halt: self.halt,
            },
            targets: self.targets(),
            oxygen: oxygen(self),
        };
        Arc::new(model)
    }

    /// Half of the targets ask for a share, half for a number.
    fn targets(&self) -> Targets {
        let rule = |(states, cells, share, halt): &(u8, u32, u8, bool)| TargetRule {
            cells: if states & 16 == 0 { *cells } else { 1 },
            share: if states & 16 == 0 { 0 } else { (u32::from(*share) + 1) * (SHARE_PARTS >> 8) },
            halt: *halt,
        };
        let counts = |row: usize| {
            let masks = self.targets.iter().enumerate();
            masks.map(|(t, (states, ..))| u32::from(states >> row & 1) << t).sum()
        };
        Targets {
            rules: self.targets.iter().map(rule).collect(),
            of_row: (0..CODES.len()).map(counts).collect(),
        }
    }

    /// A size with its thin axis.
    fn thinned(&self, mut size: [u32; 3]) -> [u32; 3] {
        if let Some((axis, edge)) = self.thin.filter(|_| self.oxygen.is_none()) {
            size[(axis % self.dimension) as usize] = edge;
        }
        size
    }

    /// The starting lesions: ids and sizes differ.
    pub fn states(&self) -> Vec<LesionState> {
        self.lesions
            .iter()
            .map(|(id, size)| {
                let mut size = size.map(|s| s.max(8));
                if self.dimension == 2 {
                    size[2] = 1;
                } else {
                    size = size.map(|s| if self.wide { s } else { s.min(24) });
                }
                if self.oxygen.is_some() && self.periodic {
                    let voxel = if self.dimension == 3 { 4 } else { 8 };
                    size = size.map(|s| if s == 1 { 1 } else { s / voxel * voxel });
                }
                let size = self.thinned(size);
                self.state(LesionId(*id), Shape::new(self.dimension, size, self.periodic))
            })
            .collect()
    }

    fn state(&self, id: LesionId, shape: Shape) -> LesionState {
        let form = match self.form {
            0 => StartForm::Random { density: self.density },
            1 => StartForm::Ball { radius: 2.0 + 6.0 * self.density },
            2 => StartForm::Count {
                cells: (shape.sites() as f64 * self.density) as u64,
                scattered: self.placement != 2,
            },
            _ => StartForm::Single,
        };
        let shares = [CodeShare { code: 1, fraction: 0.2 }, CodeShare { code: 7, fraction: 0.1 }];
        let mut state = start::start(self.seed, id, shape, form, &shares).unwrap();
        // As after a long run: counts on the way from 32 to more bits.
        state.counters = Counters::from_array([u64::from(u32::MAX) - self.seed % 64; COUNTERS]);
        state
    }
}

/// What a run gives: final states and the whole log.
pub type Outcomes = (Vec<LesionState>, Vec<LogEntry>);
