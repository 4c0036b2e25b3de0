//! Warnings: what runs, but probably not as it was meant.

use super::check::combinations;
use super::error::{Diagnostic, Span};
use super::model::{CellRates, Mode, Placement, Reach, Scenario, StartShape};
use super::reader::Reader;
use super::units::number_text;

/// Warns of what a scenario whose parts are each valid will never do.
pub(crate) fn whole(root: &Reader<'_>, scenario: &Scenario) {
    let most = most_live(scenario);
    burden_out_of_reach(root, scenario, most);
    targets_out_of_reach(root, scenario, most);
}

/// How much slower growth is in tissue with little room, for each division that a cell attempts a step: daughters of one
/// step contend for the same sites. Measured at 0.05 and 0.1 divisions a day, with 6 and 12 h against 1 h, and both placements
/// that have space: 0.3 to 0.8 (docs/model.md 9.1).
const CONTENDED: f64 = 0.6;
/// A cost below this is not worth a word.
const WORTH: f64 = 0.01;

/// What the length of the step costs in growth, with its figure; `None` where it is little, or where there is no space to
/// contend for.
pub fn cost_of_step(scenario: &Scenario) -> Option<String> {
    let hours = scenario.time.step_hours;
    if scenario.mode == Mode::Signalling || scenario.lattice.placement == Placement::Mixed || hours == 1 {
        return None;
    }
    let off = vec![false; scenario.drugs.len()];
    let births = scenario.reachable_states().into_iter().map(|state| scenario.cell_rates(&state, &off).birth);
    let most = births.fold(0.0, f64::max);
    let cost = CONTENDED * most * scenario.time.step_days();
    (cost >= WORTH).then(|| {
        format!(
            "where tissue is crowded, growth is about {} % slower with steps of {hours} h than with very short ones: cells \
             attempt {} divisions a day, and daughters of one step contend for sites; half the step halves that",
            number_text((cost * 1000.0).round() / 10.0),
            number_text(most)
        )
    })
}

/// Place of the value of a key.
fn place(root: &Reader<'_>, section: &str, key: &str) -> Option<Span> {
    let (_, table) = root.given(section)?;
    Some(table.get_ref().get(key)?.span())
}

/// About the largest number of live cells that the lattice can hold while cells die and the dead keep their sites until
/// they are cleared: with L live cells that grow at r a day and die at d there are L·d/(c + r) dead ones, c being
/// clearance, and L·d·Δt sites fall empty a step. Of all states and sets of drugs, the one that fills most.
fn most_live(scenario: &Scenario) -> f64 {
    let sites = scenario.lattice.sites() as f64;
    if scenario.mode == Mode::Signalling {
        return sites;
    }
    let step = scenario.time.step_days();
    let taken = |rates: CellRates| {
        let growth = (rates.birth - rates.death).max(0.0);
        let dead =
            scenario.rates.clearance.map_or(0.0, |c| rates.death / (c + growth).max(f64::MIN_POSITIVE));
        1.0 + dead + rates.death * step
    };
    let states = scenario.reachable_states();
    let all = combinations(scenario.drugs.len())
        .flat_map(|on| states.iter().map(move |state| scenario.cell_rates(state, &on)).collect::<Vec<_>>());
    sites / all.map(taken).fold(f64::INFINITY, f64::min).max(1.0)
}

/// Cells of the start, as far as they are known.
fn starting(scenario: &Scenario) -> f64 {
    match scenario.start.shape {
        StartShape::Count { cells } => f64::from(cells),
        StartShape::Random { density } => density * scenario.lattice.sites() as f64,
        _ => 0.0,
    }
}

fn burden_out_of_reach(root: &Reader<'_>, scenario: &Scenario, most: f64) {
    let (Some(burden), Some(place)) = (scenario.stop.burden, place(root, "stop", "burden")) else { return };
    if f64::from(burden) <= most.max(starting(scenario)) {
        return;
    }
    Diagnostic::warning(place, format!("a burden of {burden} is never reached: it does not end the run"))
        .label(room(scenario, most))
        .help(WIDEN)
        .report(root.cx);
}

/// The way out where a lattice is too small.
const WIDEN: &str = "lower it, enlarge `size` in [lattice], or clear dead cells faster with `clearance`";

fn room(scenario: &Scenario, most: f64) -> String {
    let sites = scenario.lattice.sites();
    format!(
        "expected at most {}, what the {sites} sites hold while cells die and the dead keep their sites until they are cleared",
        number_text(most.floor())
    )
}

fn targets_out_of_reach(root: &Reader<'_>, scenario: &Scenario, most: f64) {
    let sections = root.given("stop").and_then(|(_, stop)| stop.get_ref().get("state")?.get_ref().as_array());
    let states = scenario.reachable_states();
    for (target, section) in scenario.stop.targets.iter().zip(sections.into_iter().flatten()) {
        let at = |key: &str| section.get_ref().get(key).map_or(section.span(), |v| v.span());
        if !states.iter().any(|levels| target.states.matches(levels)) {
            Diagnostic::warning(at("states"), "no cell ever has such a state")
                .label("expected a state of the start, or one that a change of a locus leads to")
                .help("correct the selector, or add the change to the locus")
                .report(root.cx);
        }
        if let Reach::Cells { cells } = target.reach()
            && f64::from(cells) > most.max(starting(scenario))
        {
            let found = format!("{cells} cells are never reached");
            Diagnostic::warning(at("cells"), found).label(room(scenario, most)).help(WIDEN).report(root.cx);
        }
    }
}
