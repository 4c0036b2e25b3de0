//! Events of single cells: births and deaths of a step, mutation of both daughters, switching.

use evotor::biology::StateSpace;
use evotor::engine::tables::Transition;
use evotor::tissue::fixed::Threshold;
use evotor::tissue::{Founding, LesionState, word};

use super::bounds::{ALARM, Verdict, binomial, categories};
use super::ensemble::{Ensemble, states};

/// Half of 65 536 sites taken, no space: every cell has an empty site to divide into, one step is run.
fn crowd(seed: u32, loci: &str, rates: &str, steps: u32) -> Ensemble {
    Ensemble::new(&format!(
        r#"
        seed = {seed}
        loci = []
        time = {{ step = "12 h", end = "{end} h", every = "{end} h" }}
        lattice = {{ size = [256, 256], placement = "mixed" }}
        start = {{ shape = "count", cells = {CELLS} }}
        rates = {{ {rates} }}
        {loci}
        "#,
        end = 12 * steps,
    ))
}

const CELLS: u32 = 32_768;

fn check_one_step(ensemble: &Ensemble, law: &[f64; 5]) -> Verdict {
    let counts = ensemble.logs(1, |log| log.last().map(|e| e.counters).unwrap_or_default());
    let c = counts[0];
    let live = ensemble.logs(1, |log| log.last().map_or(0, |e| e.live))[0];
    // A birth in place adds no cell.
    let placed = u64::from(live) + c.deaths + c.kills - u64::from(CELLS);
    let replaced = c.births - placed;
    let rest = u64::from(CELLS) - c.deaths - c.kills - c.births;
    categories("events of a step", &[c.deaths, c.kills, replaced, placed, rest], law, ALARM)
}

/// One step of many cells: deaths, kills at division, replacements in place, placed daughters and idle cells are
/// multinomial with probabilities `rate·(exp(rΔt) − 1)/r`, r = b((1−k)(1−κ) − k) − d, divisions split by κ and k. Bound: exact
/// binomial tails.
#[test]
fn events_of_a_step_have_their_expected_numbers() {
    let (kill, replace) = (0.2, 0.3);
    let growth = 1.0 * ((1.0 - kill) - kill) - 0.5;
    let days = f64::exp_m1(growth * 0.5) / growth;
    let (die, divide) = (0.5 * days, 1.0 * days);
    let alive = divide * (1.0 - kill);
    let law = [die, divide * kill, alive * replace, alive * (1.0 - replace), 1.0 - die - divide];
    let rates = r#"birth = "1.0 /d", death = "0.5 /d", kill_at_division = 0.2"#;
    let ensemble = crowd(21, "", rates, 1)
        .with(|m| m.tables.rows.iter_mut().for_each(|r| r.replace = Threshold::from_probability(replace)));
    assert_eq!(check_one_step(&ensemble, &law), Ok(()));
    // Broken: thresholds that are not cumulative, so that the division's begins at 0 and overlaps with death.
    let broken = ensemble.with(|m| {
        for row in &mut m.tables.rows {
            row.divide = Threshold::from_probability(divide);
            row.migrate = row.divide;
        }
    });
    assert!(check_one_step(&broken, &law).is_err());
}

const TWO_LOCI: &str = r#"
    [[locus]]
    name = "one"
    levels = ["a", "b"]
    [[locus.change]]
    from = 0
    to = 1
    mutation = "0.4 /division"
    [[locus]]
    name = "two"
    levels = ["a", "b", "c"]
    [[locus.change]]
    from = 0
    to = 1
    mutation = "0.2 /division"
    [[locus.change]]
    from = 0
    to = 2
    mutation = "0.1 /division"
"#;

/// Levels of the two loci, as one number from 0 to 5.
fn kind(space: &StateSpace, w: u32) -> usize {
    let code = word::code(w);
    usize::from(space.level(code, 0)) * 3 + usize::from(space.level(code, 1))
}

/// States of mothers and their daughters after one step in which every cell divides. Every mother has a clone of her own, which tells
/// her daughter, or the parent of her daughter's clone.
fn families(ensemble: &Ensemble, space: &StateSpace) -> Vec<(usize, usize)> {
    let certain = ensemble.clone().with(|m| {
        for row in &mut m.tables.rows {
            row.die = Threshold::NEVER;
            row.divide = Threshold::CERTAIN;
            row.migrate = Threshold::CERTAIN;
        }
    });
    let mut start = ensemble.start(0);
    let mothers: Vec<u32> = start.live_cells().map(|(site, _, _)| site).collect();
    start.table.0.clear();
    for (clone, site) in mothers.iter().enumerate() {
        start.put(*site, start.word(*site), clone as u32);
        start.table.0.push(Founding { parent: 0, step: 0, site: *site, code: 0 });
    }
    let families = states(&certain.model, std::slice::from_ref(&start), |state: LesionState| {
        let family = |(_, daughter, clone): (u32, u32, u32)| {
            let clone = clone as usize;
            let mother = if clone < mothers.len() { clone } else { state.table.0[clone].parent as usize };
            (kind(space, state.word(mothers[mother])), kind(space, daughter))
        };
        let is_new = |(site, _, _): &(u32, u32, u32)| word::is_empty(start.word(*site));
        state.live_cells().filter(is_new).map(family).collect::<Vec<_>>()
    });
    families.concat()
}

fn check_mutation(families: &[(usize, usize)]) -> Verdict {
    let (one, two, three) = (0.2, 0.1, 0.05);
    let (of_one, of_two) = ([1.0 - one, one], [1.0 - two - three, two, three]);
    let daughter: Vec<f64> = of_one.iter().flat_map(|a| of_two.iter().map(move |b| a * b)).collect();
    let joint: Vec<f64> = daughter.iter().flat_map(|a| daughter.iter().map(move |b| a * b)).collect();
    let mut counts = vec![0; 36];
    for (mother, placed) in families {
        counts[6 * mother + placed] += 1;
    }
    categories("states of mother and placed daughter", &counts, &joint, ALARM)
}

/// A locus that mutates at rate u per completed division does so in each daughter with probability u/2,
/// independently of the other daughter and of other loci; changes of one locus exclude each other. The 36 joint
/// states of mother and daughter are compared with the product law. Bound: exact binomial tails.
#[test]
fn daughters_mutate_independently_at_half_the_rate() {
    let rates = r#"birth = "1.0 /d", death = "0 /d""#;
    let ensemble = crowd(22, TWO_LOCI, rates, 1);
    // Codes as the scenario packs them: one bit for the first locus, two for the second.
    assert_eq!(ensemble.model.tables.codes, [0, 1, 2, 3, 4, 5]);
    let space = ensemble.space();
    let real = families(&ensemble, space);
    assert_eq!(check_mutation(&real), Ok(()));
    // Broken: each daughter at the full rate; the placed daughter not at all; both daughters alike.
    let full = ensemble.clone().with(|m| {
        for outcome in &mut m.tables.outcomes {
            let twice = Threshold::from_bits(outcome.below().bits().saturating_mul(2));
            *outcome = Transition { hi: twice.hi, lo: twice.lo, code: outcome.code };
        }
    });
    assert!(check_mutation(&families(&full, space)).is_err());
    let idle: Vec<_> = real.iter().map(|(mother, _)| (*mother, 0)).collect();
    assert!(check_mutation(&idle).is_err());
    let alike: Vec<_> = real.iter().map(|(mother, _)| (*mother, *mother)).collect();
    assert!(check_mutation(&alike).is_err());
}

const SWITCH: &str = r#"
    [[locus]]
    name = "rtk"
    levels = ["normal", "up"]
    [[locus.change]]
    from = 0
    to = 1
    switching = "0.08 /d"
    [[locus.change]]
    from = 1
    to = 0
    switching = "0.24 /d"
"#;

fn check_switching(ensemble: &Ensemble, steps: u32) -> Verdict {
    let (up, down) = (1.0 - (-0.04f64).exp(), 1.0 - (-0.12f64).exp());
    let share = up / (up + down) * (1.0 - (1.0 - up - down).powi(steps as i32));
    let found = ensemble.logs(1, |log| log.last().map_or(0, |e| e.live_by_row[1]))[0];
    let what = format!("switched after {steps} steps");
    binomial(&what, found.into(), CELLS.into(), share, ALARM)
}

/// A reversible locus of idle cells is a two-state Markov chain: starting at level 0, the share at level 1
/// after t steps is `p/(p+q)·(1 − (1−p−q)^t)`, p and q being 1 − exp(−s·Δt); at equilibrium p/(p+q).
/// Bound: exact binomial over 32 768 cells.
#[test]
fn switching_reaches_its_equilibrium() {
    let rates = r#"birth = "0 /d", death = "0 /d""#;
    for steps in [1, 5, 150] {
        let ensemble = crowd(23, SWITCH, rates, steps);
        assert_eq!(check_switching(&ensemble, steps), Ok(()));
        // Broken: the way back is closed, and the way there is drawn twice as often.
        let broken = ensemble.with(|m| {
            for (outcome, p) in m.tables.outcomes.iter_mut().zip([2.0 * 0.04, 0.0]) {
                let Threshold { hi, lo } = Threshold::from_probability(p);
                *outcome = Transition { hi, lo, code: outcome.code };
            }
        });
        assert!(check_switching(&broken, steps).is_err());
    }
}
