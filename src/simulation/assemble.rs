//! From a scenario to what the engine runs: integer rules and starting lesions.

use super::care::{TreatmentSetup, placed_shares};
pub use super::extent::{expected_cells, shape};
use super::extent::{form, offsets};
use super::perfusion_classes::occupied;
use crate::biology::vessels::{TissueCells, VesselTraits};
use crate::biology::{StateSpace, oxygen, rates, vessels};
use crate::engine::model::{
    AdaptiveRule, DrugRule, NEVER, OxygenRule, PlacementRule, SHARE_PARTS, StopRule, TargetRule, Targets,
};
use crate::engine::{Model, RateTables};
use crate::scenario::{Begin, Boundary, Placement, Reach, Scenario, ScheduledDrug, StateCells, StateTarget};
use crate::tissue::exchange::found_all;
use crate::tissue::fixed::Decimal;
use crate::tissue::start::{self, CodeCells, CodeShare, StartComposition, StartError};
use crate::tissue::{LesionId, LesionState};

/// The integer model of a scenario.
pub fn model(scenario: &Scenario, space: &StateSpace, care: Option<&TreatmentSetup>) -> Model {
    let tables = care.map_or_else(|| rates::tables(scenario, space), |c| c.untreated.clone());
    model_with_tables(scenario, space, tables)
}

fn model_with_tables(scenario: &Scenario, space: &StateSpace, tables: RateTables) -> Model {
    let lattice = &scenario.lattice;
    let placement = match lattice.placement {
        Placement::Neighbour => PlacementRule::Neighbour,
        Placement::Radius { candidates, .. } => PlacementRule::Candidates(candidates),
        Placement::Mixed => PlacementRule::Mixed,
    };
    let periodic = lattice.boundary == Boundary::Periodic;
    let progression = scenario.stop.progression;
    let cells =
        TissueCells { occupied: occupied(scenario), traits: VesselTraits::by_row(&scenario.loci, space) };
    Model {
        seed: scenario.seed,
        dimension: lattice.dimension,
        periodic,
        offsets: Model::within(offsets(lattice), lattice.size, periodic),
        placement,
        tables,
        drugs: scenario.drugs.iter().map(drug_rule).collect(),
        stop: StopRule {
            check: scenario.time.check,
            end: scenario.time.end,
            extinction: scenario.stop.extinction,
            burden: scenario.stop.burden.unwrap_or(NEVER),
            factor: progression.map(|p| Decimal::of(p.factor)),
            checks: progression.map_or(0, |p| p.checks),
            halt: progression.is_some_and(|p| p.halt),
        },
        targets: targets(scenario, space),
        oxygen: scenario.oxygen.as_ref().map(|o| match &scenario.vessels {
            None => oxygen::rule(o, lattice),
            Some(v) => vessels::oxygen_rule(v, o, lattice, scenario.time.step_days(), &cells),
        }),
    }
}

/// What states are to reach, by row of the rate tables.
fn targets(scenario: &Scenario, space: &StateSpace) -> Targets {
    let targets = &scenario.stop.targets;
    let rule = |target: &StateTarget| match target.reach() {
        Reach::Cells { cells } => TargetRule { cells, share: 0, halt: target.halt },
        Reach::Share { share } => TargetRule { cells: 1, share: parts(share), halt: target.halt },
    };
    let counted = |code: &u32| {
        let levels = space.levels(*code);
        let bits =
            targets.iter().enumerate().map(|(t, target)| u32::from(target.states.matches(&levels)) << t);
        bits.sum()
    };
    let of_row = if targets.is_empty() { Vec::new() } else { space.codes.iter().map(counted).collect() };
    Targets { rules: targets.iter().map(rule).collect(), of_row }
}

/// A share in the engine's parts, at least one.
fn parts(share: f64) -> u32 {
    (libm::rint(share * f64::from(SHARE_PARTS)) as u32).max(1)
}

fn drug_rule(drug: &ScheduledDrug) -> DrugRule {
    let schedule = &drug.schedule;
    let (begin_step, begin_burden) = match schedule.begin {
        Begin::Step { step } => (step, None),
        Begin::Burden { cells } => (0, Some(cells)),
    };
    DrugRule {
        begin_burden,
        begin_step,
        duration: schedule.duration.unwrap_or(NEVER),
        windows: schedule.windows.clone(),
        cycle: schedule.cycle.map_or((0, 0), |c| (c.on, c.off)),
        adaptive: schedule.adaptive.map(|a| AdaptiveRule {
            off_below: Decimal::of(a.off_below),
            on_above: Decimal::of(a.on_above),
            every: a.every,
        }),
    }
}

/// The starting state of a lesion, with a share of dead cells.
///
/// # Errors
///
/// [`StartError`] where the cells do not fit the lattice. A start of kind `saved` is not made here.
pub fn start_of(
    scenario: &Scenario,
    space: &StateSpace,
    id: LesionId,
    dead: f64,
) -> Result<LesionState, StartError> {
    let (shape, form) = (shape(scenario), form(scenario));
    let shares: Vec<CodeShare> = placed_shares(scenario)
        .iter()
        .map(|s| CodeShare { code: space.code(&s.levels), fraction: s.fraction })
        .collect();
    let exact = |s: &StateCells| CodeCells { code: space.code(&s.levels), cells: s.cells };
    let cells: Vec<CodeCells> = scenario.start.cells.iter().map(exact).collect();
    let of = StartComposition { shares: &shares, cells: &cells, dead };
    let mut state = start::compose(scenario.seed, id, shape, form, &of)?;
    if scenario.has_ledger() {
        found_all(&mut state, &space.codes);
    }
    Ok(state)
}

/// The starting state of one replicate; as [`start_of`].
///
/// # Errors
///
/// As [`start_of`].
pub fn starting_lesion(
    scenario: &Scenario,
    space: &StateSpace,
    replicate: u32,
) -> Result<LesionState, StartError> {
    start_of(scenario, space, LesionId::new(replicate, 0), 0.0)
}

/// What each field of the environment holds in tissue without cells; empty without a rule.
pub fn free_fields(rule: Option<&OxygenRule>) -> Vec<u32> {
    rule.map_or(Vec::new(), |r| (0..r.fields()).map(|f| r.free_of(f)).collect())
}
