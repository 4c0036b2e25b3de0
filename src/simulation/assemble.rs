//! From a scenario to what the engine runs: integer rules and starting lesions.

use super::care::TreatmentSetup;
use crate::biology::{StateSpace, oxygen, rates, vessels};
use crate::engine::model::{
    AdaptiveRule, DrugRule, NEVER, OxygenRule, PlacementRule, SHARE_PARTS, StopRule, TargetRule, Targets,
};
use crate::engine::{Model, RateTables};
use crate::scenario::{
    Begin, Boundary, Lattice, Neighbourhood, Placement, Reach, Scenario, ScheduledDrug, StartShape,
    StateCells, StateTarget, nest_cells,
};
use crate::tissue::fixed::Decimal;
use crate::tissue::start::{self, CodeCells, CodeShare, StartComposition, StartError, StartForm};
use crate::tissue::{LesionId, LesionState, Shape};

/// The lattice of a scenario.
pub fn shape(scenario: &Scenario) -> Shape {
    let lattice = &scenario.lattice;
    Shape::new(lattice.dimension, lattice.size, lattice.boundary == Boundary::Periodic)
}

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
            Some(v) => vessels::oxygen_rule(v, o, lattice, scenario.time.step_days()),
        }),
    }
}

/// Displacements from which a daughter's site is chosen, on a lattice without edges; none where any site may be.
pub(crate) fn offsets(lattice: &Lattice) -> Vec<[i32; 3]> {
    let moore = lattice.neighbourhood == Neighbourhood::Moore;
    match lattice.placement {
        Placement::Neighbour => Model::neighbourhood(lattice.dimension, moore),
        Placement::Radius { radius, .. } => Model::ball(lattice.dimension, radius),
        Placement::Mixed => Vec::new(),
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

/// Where the cells of a starting tumour are.
fn form(scenario: &Scenario) -> StartForm {
    let shape = shape(scenario);
    let edges = |um: f64| um / scenario.lattice.site_um;
    match scenario.start.shape {
        StartShape::Nests { fraction, radius_um, packing } => {
            StartForm::Nests { cells: nest_cells(fraction, shape.sites()), radius: edges(radius_um), packing }
        }
        StartShape::Ball { radius_um } => StartForm::Ball { radius: edges(radius_um) },
        StartShape::Random { density } => StartForm::Random { density },
        StartShape::Count { cells } => StartForm::Count {
            cells: u64::from(cells),
            scattered: scenario.lattice.placement != Placement::Mixed,
        },
        StartShape::Single | StartShape::Saved { .. } => StartForm::Single,
    }
}

/// How many cells a starting tumour will have, without making it. Of a saved one, which may hold any number: a
/// tenth of the lattice.
pub fn expected_cells(scenario: &Scenario) -> f64 {
    let sites = shape(scenario).sites() as f64;
    if matches!(scenario.start.shape, StartShape::Saved { .. }) {
        return 0.1 * sites;
    }
    let ball = |r: f64| match scenario.lattice.dimension {
        2 => std::f64::consts::PI * r * r,
        _ => 4.0 / 3.0 * std::f64::consts::PI * r * r * r,
    };
    match form(scenario) {
        StartForm::Nests { cells, .. } | StartForm::Count { cells, .. } => cells as f64,
        StartForm::Ball { radius } => ball(radius).clamp(1.0, sites),
        StartForm::Random { density } => density * sites,
        StartForm::Single => 1.0,
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
    let shares: Vec<CodeShare> = scenario
        .start
        .composition
        .iter()
        .map(|s| CodeShare { code: space.code(&s.levels), fraction: s.fraction })
        .collect();
    let exact = |s: &StateCells| CodeCells { code: space.code(&s.levels), cells: s.cells };
    let cells: Vec<CodeCells> = scenario.start.cells.iter().map(exact).collect();
    start::compose(scenario.seed, id, shape, form, &StartComposition { shares: &shares, cells: &cells, dead })
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
