//! First-passage times and fixation of states, exact starts, and the voter law of one dimension.

use evotor::engine::LogEntry;
use evotor::engine::Model;

use super::bounds::{ALARM, Offspring, Verdict, binomial, distribution, ensure};
use super::ensemble::Ensemble;

/// The step of the first check at which a target is met, counted from 0; `None` if it never is.
fn passage(log: &[LogEntry], target: u32) -> Option<u32> {
    log.iter().find(|e| e.targets & (1 << target) != 0).map(|e| e.step)
}

/// Founders of a growing population with mutation, and steps of it.
const FOUNDERS: u32 = 8;
const STEPS: u32 = 14;
const SUPPLY: f64 = 0.02;

/// Cells that divide and die, watched for the first resistant cell.
fn first_mutant() -> Ensemble {
    Ensemble::new(&format!(
        r#"
        seed = 71
        loci = []
        time = {{ end = "7 d", every = "12 h" }}
        lattice = {{ size = [64, 32], placement = "mixed" }}
        start = {{ shape = "count", cells = {FOUNDERS} }}
        rates = {{ birth = "0.6 /d", death = "0.2 /d" }}
        stop = {{ extinction = false, state = [{{ name = "resistant", states = "r=r", cells = 1 }}] }}
        [[locus]]
        name = "r"
        levels = ["s", "r"]
        [[locus.change]]
        from = 0
        to = 1
        mutation = "{SUPPLY} /division"
        "#
    ))
}

/// Probability that a line of one sensitive cell has had no mutant after each number of steps: at each division both
/// daughters are spared with (1 − u/2)².
fn spared(offspring: Offspring, steps: u32) -> Vec<f64> {
    let [die, rest, divide] = offspring.0;
    let both = (1.0 - SUPPLY / 2.0) * (1.0 - SUPPLY / 2.0);
    let mut all = vec![1.0];
    for _ in 0..steps {
        let q: f64 = all[all.len() - 1];
        all.push(die + rest * q + divide * both * q * q);
    }
    all
}

fn check_first_mutant(ensemble: &Ensemble) -> Verdict {
    let offspring = Offspring::of_step(0.6, 0.2, 0.5);
    let none: Vec<f64> = spared(offspring, STEPS).into_iter().map(|q| q.powi(FOUNDERS as i32)).collect();
    let mut law: Vec<f64> = none.windows(2).map(|q| q[0] - q[1]).collect();
    law.insert(0, 0.0);
    law.push(none[STEPS as usize]);
    let found = ensemble.logs(4000, |log| passage(log, 0).unwrap_or(STEPS + 1));
    let never = found.iter().filter(|t| **t > STEPS).count() as u64;
    binomial("no resistant cell by the end", never, 4000, none[STEPS as usize], ALARM / 2.0)?;
    distribution("step of the first resistant cell", &found, &law, ALARM / 2.0)
}

/// The time of the first resistant cell: P(T > n) = q_n^N with q_{n+1} = p_d + p_0 q_n + p_b (1 − u/2)² q_n² (Bartlett
/// 1966, 3.4, at the step). A replicate halts there. Exact binomial; Dvoretzky–Kiefer–Wolfowitz–Massart.
#[test]
fn the_first_resistant_cell_comes_when_it_should() {
    let ensemble = first_mutant();
    assert_eq!(check_first_mutant(&ensemble), Ok(()));
    let halted = ensemble.logs(200, |log| (passage(log, 0), log.last().map(|e| e.step)));
    assert!(halted.iter().all(|(reached, end)| reached.is_none() || reached == end));
    let half = |model: &mut Model| model.tables.outcomes.iter_mut().for_each(|o| o.hi /= 2);
    assert!(check_first_mutant(&ensemble.with(half)).is_err());
}

/// Cells of the ring, and of them of the state whose fixation is watched.
const RING: u32 = 16;
const BLUE: u32 = 4;
/// Lesions of a check.
const RINGS: u32 = 800;

/// A full ring of two neutral states: a cell dies, and a neighbour's daughter takes its site.
fn ring(seed: u32, edge: &str) -> Ensemble {
    Ensemble::new(&format!(
        r#"
        seed = {seed}
        loci = []
        time = {{ step = "1 h", end = "4000 d", every = "1 d" }}
        lattice = {{ size = {edge}, boundary = "periodic" }}
        start = {{ shape = "random", density = 1, composition = {{ "colour=blue" = "{BLUE} cells" }} }}
        rates = {{ birth = "4 /d", death = "0.4 /d", clearance = "at once" }}
        [[locus]]
        name = "colour"
        levels = ["yellow", "blue"]
        [[stop.state]]
        name = "fixed"
        states = "colour=blue"
        share = 1.0
        [[stop.state]]
        name = "lost"
        states = "colour=yellow"
        share = 1.0
        "#
    ))
}

/// Every lesion has ended with one of the two, and the watched one in a share that is that of its cells at the start.
fn check_fixation(what: &str, ensemble: &Ensemble, share: f64) -> Verdict {
    let ends = ensemble.logs(RINGS, |log| (passage(log, 0).is_some(), passage(log, 1).is_some()));
    let undecided = ends.iter().filter(|(fixed, lost)| fixed == lost).count();
    ensure(undecided == 0, || format!("{what}: {undecided} without an end"))?;
    let fixed = ends.iter().filter(|(fixed, _)| *fixed).count() as u64;
    binomial(what, fixed, u64::from(RINGS), share, ALARM)
}

/// A neutral state fixes with its share at the start, whatever the lattice: its share is a martingale (the voter model;
/// Clifford and Sudbury 1973, Liggett 1985 V). On a ring of one site across, and on one of two. Exact binomial.
#[test]
fn neutral_fixation_in_one_dimension_is_the_share_at_the_start() {
    for (seed, edge, sites) in [(72, "[16]", RING), (73, "[16, 2]", 2 * RING)] {
        let share = f64::from(BLUE) / f64::from(sites);
        assert_eq!(check_fixation(edge, &ring(seed, edge), share), Ok(()));
    }
    let wrong = f64::from(BLUE) / f64::from(RING) + 0.15;
    assert!(check_fixation("a wrong law", &ring(72, "[16]"), wrong).is_err());
}

/// On a ring of one site across, a daughter goes beside its mother: states stay in runs, and a run is lost from its ends
/// alone. So the number of boundaries between states never rises.
#[test]
fn boundaries_in_one_dimension_never_grow_in_number() {
    let ensemble = ring(74, "[512]").with(|model| {
        model.stop.end = 24 * 60;
        model.stop.check = 24 * 60;
    });
    let boundaries = |state: &evotor::tissue::LesionState| {
        let colours: Vec<u32> = (0..512)
            .map(|x| state.word(state.shape.site([x, 0, 0])))
            .filter(|w| evotor::tissue::word::is_live(*w))
            .map(evotor::tissue::word::code)
            .collect();
        (0..colours.len()).filter(|i| colours[*i] != colours[(i + 1) % colours.len()]).count()
    };
    let before: Vec<usize> = (0..40).map(|r| boundaries(&ensemble.start(r))).collect();
    let after = ensemble.states(40, |state| boundaries(&state));
    assert!(before.iter().zip(&after).all(|(b, a)| a <= b), "{before:?} {after:?}");
    assert!(before.iter().sum::<usize>() > after.iter().sum::<usize>());
}

/// Exact numbers have no variance, fractions have that of the binomial law.
#[test]
fn exact_starts_have_no_variance() {
    let blue = |amount: &str| -> Vec<u32> {
        let ensemble = Ensemble::new(&format!(
            r#"
            loci = []
            time = {{ end = "1 d" }}
            lattice = {{ size = [100, 50] }}
            start = {{ shape = "random", density = 1, composition = {{ "colour=blue" = {amount} }} }}
            rates = {{ birth = "0 /d", death = "0 /d" }}
            [[locus]]
            name = "colour"
            levels = ["yellow", "blue"]
            "#
        ));
        ensemble.logs(300, |log| log[0].live_by_row[1])
    };
    assert!(blue("\"50 cells\"").iter().all(|n| *n == 50));
    let drawn = blue("0.01");
    let mean = drawn.iter().sum::<u32>() as f64 / 300.0;
    let variance = drawn.iter().map(|n| (f64::from(*n) - mean).powi(2)).sum::<f64>() / 299.0;
    // A chi-square of 299 degrees of freedom over its mean, within six standard deviations.
    assert!((variance / 49.5 - 1.0).abs() < 6.0 * (2.0f64 / 299.0).sqrt(), "{variance}");
}
