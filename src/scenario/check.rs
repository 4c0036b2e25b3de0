//! Checks on the whole scenario: probabilities of a step, drugs without effect.

use super::context::Context;
use super::error::{Diagnostic, Span};
use super::model::{CellRates, Change, ChangeKind, DeadStart, Scenario};
use super::selector::state_text;
use super::units::number_text;

/// Places of the parts that the checks point at.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub birth: Span,
    pub clearance: Span,
    pub rules: Vec<Span>,
    pub effects: Vec<Span>,
    /// `[[locus]]`, or the name in `loci`; empty for a locus that is on by default.
    pub loci: Vec<Span>,
    pub drugs: Vec<Span>,
    /// `dead` of `[start]`.
    pub dead: Span,
}

/// Largest sum of event rates times the step.
const MAX: f64 = 1.0;
/// Above this sum a step is coarse.
const COARSE: f64 = 0.25;
/// Above this sum of birth and death a step of a whole day is refused.
const COARSE_DAY: f64 = 0.05;

/// The state and drugs with the largest sum of rates.
struct Worst {
    sum: f64,
    turnover: f64,
    state: Vec<u8>,
    on: Vec<bool>,
    rates: CellRates,
}

/// Checks a scenario whose parts are each valid.
pub(crate) fn whole(cx: &Context<'_>, scenario: &Scenario, places: &Places) {
    idle_drugs(cx, scenario, &places.drugs);
    mutations(cx, scenario, places);
    let states = scenario.reachable_states();
    events(cx, scenario, places, &states);
    switching(cx, scenario, places, &states);
    clearance(cx, scenario, places);
}

fn idle_drugs(cx: &Context<'_>, scenario: &Scenario, spans: &[Span]) {
    for (drug, span) in scenario.drugs.iter().zip(spans) {
        let effect = scenario.rates.effects.iter().any(|e| e.drug == drug.name);
        let rule = scenario.rates.rules.iter().any(|r| r.drugs.contains(&drug.name));
        let mut changes = scenario.loci.iter().flat_map(|l| &l.changes);
        let with = changes.any(|c| c.with.iter().any(|(name, _)| *name == drug.name));
        if !effect && !rule && !with {
            Diagnostic::warning(span.clone(), format!("the drug `{}` does nothing", drug.name))
                .label("expected an effect, a rule or a `with` that names it")
                .help(format!("add [[rates.effect]] with `drug = {:?}`", drug.name))
                .report(cx);
        }
    }
}

/// Every combination of drugs, none first.
pub(crate) fn combinations(drugs: usize) -> impl Iterator<Item = Vec<bool>> {
    (0_u32..1 << drugs).map(move |mask| (0..drugs).map(|d| mask >> d & 1 == 1).collect())
}

fn events(cx: &Context<'_>, scenario: &Scenario, places: &Places, states: &[Vec<u8>]) {
    let step = scenario.time.step_days();
    let mut worst: Option<Worst> = None;
    for state in states {
        for on in combinations(scenario.drugs.len()) {
            let rates = scenario.cell_rates(state, &on);
            let turnover = rates.birth + rates.death;
            let sum = (turnover + rates.migration).max(anoxic(scenario, &rates));
            // Rates near the largest float times a factor of 0: no number, and senseless all the same.
            let sum = if (sum + turnover).is_nan() { f64::INFINITY } else { sum };
            if worst.as_ref().is_none_or(|w| sum * step > w.sum) {
                worst = Some(Worst {
                    sum: sum * step,
                    turnover: turnover * step,
                    state: state.clone(),
                    on,
                    rates,
                });
            }
        }
    }
    let Some(worst) = worst else { return };
    let day = scenario.time.step_hours == 24 && worst.turnover > COARSE_DAY;
    if worst.sum > COARSE || day {
        report_events(cx, scenario, places, &worst);
    }
}

/// Sum of the rates where there is no oxygen.
fn anoxic(scenario: &Scenario, rates: &CellRates) -> f64 {
    scenario.oxygen.as_ref().map_or(0.0, |o| {
        rates.birth * o.hypoxic_birth_factor + rates.death + o.anoxic_death_add + rates.migration
    })
}

fn report_events(cx: &Context<'_>, scenario: &Scenario, places: &Places, worst: &Worst) {
    let sum = rounded(worst.sum);
    let message = format!("birth, death and migration come to {sum} a step");
    let place = place(scenario, places, worst);
    let coarse_day = scenario.time.step_hours == 24 && worst.turnover > COARSE_DAY;
    let found = if worst.sum > MAX || coarse_day {
        Diagnostic::error(place, message)
    } else {
        Diagnostic::warning(place, message)
    };
    let expected = if worst.sum > MAX {
        "expected at most 1: a cell has at most one event a step".to_owned()
    } else if scenario.exceeds_step() && !coarse_day {
        "expected less: births and deaths come to more than one event a step of some cells, and are held to one".to_owned()
    } else if worst.sum > COARSE && !coarse_day {
        format!("expected at most {COARSE} for results that hardly depend on the step")
    } else {
        format!("expected birth and death to come to at most {COARSE_DAY} with a step of a day")
    };
    // Only a step of a whole day is held to the stricter bound; any shorter one may do.
    let limit = if worst.sum > COARSE { COARSE / worst.sum } else { 0.99 };
    let hours = f64::from(scenario.time.step_hours) * limit;
    let fitting =
        [12, 8, 6, 4, 3, 2, 1].into_iter().find(|h| f64::from(*h) <= hours && *h < scenario.time.step_hours);
    let help = match fitting {
        Some(hours) => {
            format!("use a smaller step: `step = \"{hours} h\"` in [time]; or lower the rates")
        }
        None => "lower the rates; no step that is supported is small enough".to_owned(),
    };
    cx.report(found.label(expected).note(circumstances(scenario, worst)).help(help));
}

/// What made the rates what they are: the last effect or rule that applied, or the basic rate.
fn place(scenario: &Scenario, places: &Places, worst: &Worst) -> Span {
    let is_on = |name: &String| scenario.drugs.iter().zip(&worst.on).any(|(d, on)| *on && d.name == *name);
    let effect =
        scenario.rates.effects.iter().rposition(|e| e.states.matches(&worst.state) && is_on(&e.drug));
    let rule = scenario
        .rates
        .rules
        .iter()
        .rposition(|r| r.states.matches(&worst.state) && r.drugs.iter().all(is_on));
    let place = effect.and_then(|i| places.effects.get(i)).or_else(|| rule.and_then(|i| places.rules.get(i)));
    place.unwrap_or(&places.birth).clone()
}

fn circumstances(scenario: &Scenario, worst: &Worst) -> String {
    let on: Vec<&str> =
        scenario.drugs.iter().zip(&worst.on).filter(|(_, on)| **on).map(|(d, _)| d.name.as_str()).collect();
    let drugs = if on.is_empty() { "without drugs".to_owned() } else { format!("with {}", on.join(", ")) };
    let r = &worst.rates;
    format!(
        "state `{}` {drugs}: birth {}, death {}, migration {} /d, and a step of {} h",
        state_text(&scenario.loci, &worst.state),
        number_text(r.birth),
        number_text(r.death),
        number_text(r.migration),
        scenario.time.step_hours,
    )
}

fn mutations(cx: &Context<'_>, scenario: &Scenario, places: &Places) {
    for (locus, place) in scenario.loci.iter().zip(&places.loci) {
        for level in 0..locus.levels.len() as u8 {
            let leaving = locus.changes.iter().filter(|c| c.kind == ChangeKind::Mutation && c.from == level);
            let total: f64 = leaving.map(|c| scenario.largest(c) * scenario.mutation_amplification).sum();
            if total > MAX {
                let what = format!("mutations of `{}` from level {level}", locus.name);
                let found = format!("{what} have probability {} per division", rounded(total));
                let amplification = number_text(scenario.mutation_amplification);
                Diagnostic::error(place.clone(), found)
                    .label("expected a sum of at most 1")
                    .note(format!("`mutation_amplification` is {amplification}"))
                    .help("lower `mutation_amplification` or the rates of the locus")
                    .report(cx);
            }
        }
    }
}

fn switching(cx: &Context<'_>, scenario: &Scenario, places: &Places, states: &[Vec<u8>]) {
    let step = scenario.time.step_days();
    let leaving = |locus: usize, level: u8| -> f64 {
        let switches = |c: &&Change| c.kind == ChangeKind::Switching && c.from == level;
        scenario.loci[locus].changes.iter().filter(switches).map(|c| scenario.largest(c)).sum()
    };
    let sum = |s: &[u8]| -> f64 { (0..s.len()).map(|l| leaving(l, s[l])).sum::<f64>() * step };
    let Some(state) = states.iter().max_by(|a, b| sum(a).total_cmp(&sum(b))) else { return };
    if sum(state) <= MAX {
        return;
    }
    let share = |l: &usize| leaving(*l, state[*l]);
    let most = (0..state.len()).max_by(|a, b| share(a).total_cmp(&share(b))).unwrap_or(0);
    Diagnostic::error(
        places.loci[most].clone(),
        format!("switching comes to {} a step", rounded(sum(state))),
    )
    .label("expected at most 1: a cell switches at most once a step")
    .note(format!("state `{}`", state_text(&scenario.loci, state)))
    .help("use a smaller step in [time], or lower the switching rates")
    .report(cx);
}

/// A number for a message.
fn rounded(value: f64) -> String {
    number_text((value * 1e4).round() / 1e4)
}

fn clearance(cx: &Context<'_>, scenario: &Scenario, places: &Places) {
    let Some(rate) = scenario.rates.clearance else {
        dead_at_once(cx, scenario, places);
        return;
    };
    let sum = rate * scenario.time.step_days();
    if sum > MAX {
        Diagnostic::error(places.clearance.clone(), format!("clearance comes to {} a step", rounded(sum)))
            .label("expected at most 1")
            .help("write \"at once\" for dead cells that vanish in the step of their death")
            .report(cx);
    }
}

/// Dead cells at the start of a scenario in which they vanish at once.
fn dead_at_once(cx: &Context<'_>, scenario: &Scenario, places: &Places) {
    if !matches!(scenario.start.dead, DeadStart::Fraction { fraction } if fraction > 0.0) {
        return;
    }
    Diagnostic::error(places.dead.clone(), "dead cells at the start, where the dead vanish at once")
        .label("expected none with clearance = \"at once\"")
        .related(places.clearance.clone(), "clearance")
        .help("remove `dead`, or give a rate of `clearance` in [rates]")
        .report(cx);
}
