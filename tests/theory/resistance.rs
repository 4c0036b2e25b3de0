//! Resistance by mutation: mutant numbers, resistance before therapy, and whether therapy eradicates.

use evotor::engine::Model;
use evotor::engine::tables::Transition;
use evotor::tissue::fixed::Threshold;

use super::bounds::{ALARM, Complex, Offspring, Verdict, binomial, distribution, law_of, mean};
use super::ensemble::Ensemble;

/// A locus with one mutation, of rate `u` per completed division.
fn locus(u: f64) -> String {
    format!(
        r#"
        [[locus]]
        name = "r"
        levels = ["s", "r"]
        [[locus.change]]
        from = 0
        to = 1
        mutation = "{u} /division"
        "#
    )
}

/// Breaks mutation as if only one daughter of each division could mutate: half of the supply.
fn one_daughter(model: &mut Model) {
    for outcome in &mut model.tables.outcomes {
        let half = Threshold::from_bits(outcome.below().bits() / 2);
        *outcome = Transition { hi: half.hi, lo: half.lo, code: outcome.code };
    }
}

const START: u32 = 4;
const STEPS: u32 = 12;
const SUPPLY: f64 = 0.005;

/// Cells that only divide, at 1 per day and steps of 12 h, with neutral mutants.
fn fluctuation_experiment() -> Ensemble {
    Ensemble::new(&format!(
        r#"
        seed = 31
        loci = []
        time = {{ end = "6 d", every = "6 d" }}
        lattice = {{ size = [128, 128], placement = "mixed" }}
        start = {{ shape = "count", cells = {START} }}
        rates = {{ birth = "1 /d", death = "0 /d" }}
        {}"#,
        locus(SUPPLY)
    ))
}

/// Generating function of the mutants after some steps from one sensitive cell, sensitive cells not counted:
/// iterated backwards from the last step, each daughter of a sensitive mother mutating with probability u/2.
fn mutants(offspring: Offspring, u: f64, steps: u32, s: Complex) -> Complex {
    let [die, rest, divide] = offspring.0;
    let (mut sensitive, mut mutant) = (Complex::from(1.0), s);
    for _ in 0..steps {
        let daughter = (1.0 - u / 2.0) * sensitive + u / 2.0 * mutant;
        sensitive = Complex::from(die) + rest * sensitive + divide * (daughter * daughter);
        mutant = offspring.pgf(mutant);
    }
    sensitive
}

fn check_fluctuations(ensemble: &Ensemble) -> Verdict {
    let offspring = Offspring::of_step(1.0, 0.0, 0.5);
    let power = |z: Complex| (1..START).fold(z, |product, _| product * z);
    let law = law_of(2048, |s| power(mutants(offspring, SUPPLY, STEPS, s)));
    let found = ensemble.logs(4000, |log| log.last().map_or(0, |e| e.live_by_row[1]));
    let none = found.iter().filter(|m| **m == 0).count() as u64;
    binomial("cultures without mutants", none, 4000, law[0], ALARM / 3.0)?;
    mean("mutants", &found, &law, |m| m as f64, ALARM / 3.0)?;
    distribution("mutants", &found, &law, ALARM / 3.0)
}

/// Mutant numbers of a fluctuation experiment (Luria and Delbrück 1943; Lea and Coulson 1949): the share of
/// cultures without mutants, the mean, and the whole law, all from the two-type generating function iterated at
/// the step. Bounds: exact binomial, Chernoff, and Dvoretzky–Kiefer–Wolfowitz–Massart.
#[test]
fn luria_delbruck_mutant_numbers() {
    // No birth may fail: beyond 16 384 cells by Markov's inequality on exp(θN), once for 4000 cultures.
    let offspring = Offspring::of_step(1.0, 0.0, 0.5);
    let tail = |theta: f64| {
        let all = (0..STEPS).fold(theta.exp(), |s, _| offspring.pgf_real(s));
        (f64::from(START) * all.ln() - theta * 16_384.0).exp() * 4000.0
    };
    let least = (1..40).map(|i| tail(f64::from(i) * 1e-3)).fold(f64::MAX, f64::min);
    assert!(least < ALARM / 10.0, "{least}");
    let ensemble = fluctuation_experiment();
    assert_eq!(check_fluctuations(&ensemble), Ok(()));
    assert!(check_fluctuations(&ensemble.with(one_daughter)).is_err());
}

/// The share of cultures without mutants converges, as the step shrinks, to the pure-birth process's
/// `(e^{−λt}/(1 − v(1 − e^{−λt})))^n`, v = (1 − u/2)² (each birth spares both daughters; Bartlett 1966, 3.4), with
/// an error that halves with the step; and that, at a large start, to Luria and Delbrück's `exp(−m)`, m = (1−v)(N − n)
/// the expected number of mutations. No chance is involved.
#[test]
fn cultures_without_mutants_converge_to_luria_and_delbruck() {
    let (u, days): (f64, f64) = (0.005, 6.0);
    let v = (1.0 - u / 2.0) * (1.0 - u / 2.0);
    let continuous = {
        let left = (-days).exp();
        left / (1.0 - v * (1.0 - left))
    };
    let error = |hours: f64| {
        let offspring = Offspring::of_step(1.0, 0.0, hours / 24.0);
        mutants(offspring, u, (24.0 * days / hours) as u32, Complex::from(0.0)).0 - continuous
    };
    for hours in [6.0, 3.0, 2.0] {
        let ratio = error(hours) / error(hours / 2.0);
        println!("error at {hours} h {:.2e}, ratio to half the step {ratio:.3}", error(hours));
        assert!((1.8..2.2).contains(&ratio), "{hours} h: {ratio}");
    }
    // One division in e^6 − 1 per founder; fewer and fewer mutations per founder, the same in all.
    let mutations = 2.0;
    for founders in [1e2, 1e4, 1e6] {
        let grown = founders * (6f64.exp() - 1.0);
        let v = 1.0 - mutations / grown;
        let left = (-6f64).exp();
        let none = founders * (left / (1.0 - v * (1.0 - left))).ln();
        println!("{founders} founders: ln P0 = {none:.6}, Luria and Delbrück {}", -mutations);
        assert!((none + mutations).abs() < 2.0 * mutations * mutations / founders);
    }
}

/// Size at which therapy begins.
const SIZE: usize = 40;
/// Mutations per completed division.
const RATE: f64 = 0.02;

/// A line of one cell that is treated when it has 40 cells; the drug stops sensitive divisions and adds deaths.
fn treated_lines(seed: u32) -> Ensemble {
    Ensemble::new(&format!(
        r#"
        seed = {seed}
        loci = []
        time = {{ end = "400 d", every = "12 h" }}
        lattice = {{ size = [32, 16], placement = "mixed" }}
        start = {{ shape = "count", cells = 1 }}
        stop = {{ burden = 300 }}
        {}
        [rates]
        birth = "0.4 /d"
        death = "0.2 /d"
        clearance = "at once"
        [[rates.effect]]
        drug = "drug"
        states = "sensitive"
        birth_factor = 0
        death_add = "0.6 /d"
        [[drug]]
        name = "drug"
        start_burden = {SIZE}
        "#,
        locus(RATE)
    ))
}

/// Polynomials in two variables, as rows of coefficients: `p[i][j]` of x^i y^j. Coefficients below 1e-18 are
/// left out.
type Polynomial = Vec<Vec<f64>>;

fn product(a: &Polynomial, b: &Polynomial) -> Polynomial {
    let mut out: Polynomial = vec![Vec::new(); a.len() + b.len() - 1];
    for (i, row) in a.iter().enumerate() {
        for (j, other) in b.iter().enumerate() {
            let into = &mut out[i + j];
            for (k, x) in row.iter().enumerate() {
                for (l, y) in other.iter().enumerate() {
                    if into.len() <= k + l {
                        into.resize(k + l + 1, 0.0);
                    }
                    into[k + l] += x * y;
                }
            }
        }
    }
    for row in &mut out {
        while row.last().is_some_and(|c| *c < 1e-18) {
            row.pop();
        }
    }
    out
}

/// The law of (sensitive, resistant) cells when a line of one sensitive cell first has `size` cells at the end of
/// a step: the two-type chain is followed until fewer than 1e-12 of the lines are undecided.
fn at_size(offspring: Offspring, u: f64, size: usize) -> Vec<(usize, usize, f64)> {
    let [die, rest, divide] = offspring.0;
    let (keep, change) = (1.0 - u / 2.0, u / 2.0);
    let sensitive = vec![
        vec![die, 0.0, divide * change * change],
        vec![rest, 2.0 * divide * keep * change],
        vec![divide * keep * keep],
    ];
    let resistant = vec![offspring.0.to_vec()];
    let powers = |one: &Polynomial| {
        let mut all = vec![vec![vec![1.0]]];
        for n in 1..size {
            all.push(product(&all[n - 1], one));
        }
        all
    };
    let (of_sensitive, of_resistant) = (powers(&sensitive), powers(&resistant));
    let mut open: Vec<Vec<f64>> = vec![vec![0.0]; size];
    open[1][0] = 1.0;
    let mut reached = std::collections::BTreeMap::new();
    loop {
        let mut next: Vec<Vec<f64>> = vec![vec![0.0; 2 * size]; 2 * size];
        for (n, row) in open.iter().enumerate() {
            // What the resistant cells become, whatever the sensitive ones do.
            let mut others = vec![0.0; 2 * size];
            for (m, p) in row.iter().enumerate().filter(|(_, p)| **p > 1e-16) {
                for (k, q) in of_resistant[m][0].iter().enumerate() {
                    others[k] += p * q;
                }
            }
            while others.last() == Some(&0.0) {
                others.pop();
            }
            for (i, coefficients) in of_sensitive[n].iter().enumerate() {
                for (j, c) in coefficients.iter().enumerate() {
                    for (k, q) in others.iter().enumerate() {
                        next[i][(j + k).min(2 * size - 1)] += c * q;
                    }
                }
            }
        }
        let mut left = 0.0;
        open = vec![vec![0.0; size]; size];
        for (n, row) in next.iter().enumerate() {
            for (m, p) in row.iter().enumerate().filter(|(_, p)| **p > 0.0) {
                if n + m >= size {
                    *reached.entry((n, m)).or_insert(0.0) += p;
                } else if n + m > 0 {
                    open[n][m] += p;
                    left += p;
                }
            }
        }
        if left < 1e-12 {
            return reached.into_iter().map(|((n, m), p)| (n, m, p)).collect();
        }
    }
}

fn check_resistance(
    ensemble: &Ensemble,
    lines: u32,
    reached: &[(usize, usize, f64)],
    dies_out: f64,
) -> Verdict {
    let found = ensemble.logs(lines, |log| {
        let treated = log.iter().find(|e| e.live as usize >= SIZE)?;
        let eradicated = log.last().is_some_and(|e| e.live == 0);
        Some((treated.live_by_row[1] > 0, eradicated))
    });
    let treated: Vec<(bool, bool)> = found.into_iter().flatten().collect();
    let n = treated.len() as u64;
    let all: f64 = reached.iter().map(|r| r.2).sum();
    let resistant: f64 = reached.iter().filter(|r| r.1 > 0).map(|r| r.2).sum::<f64>() / all;
    let eradicated: f64 = reached.iter().map(|r| r.2 * dies_out.powi(r.1 as i32)).sum::<f64>() / all;
    binomial("lines that reach the size", n, lines.into(), all, ALARM / 3.0)?;
    let count = |of: fn(&(bool, bool)) -> bool| treated.iter().filter(|t| of(t)).count() as u64;
    binomial("resistance before therapy", count(|t| t.0), n, resistant, ALARM / 3.0)?;
    binomial("eradicated by therapy", count(|t| t.1), n, eradicated, ALARM / 3.0)
}

/// Whether resistance is there when a tumour has reached a size, and whether therapy then eradicates it
/// (Komarova and Wodarz 2005; Iwasa, Nowak and Michor 2006; Bozic et al. 2013). The joint law of sensitive and
/// resistant cells at the size is that of the two-type chain at the step; under therapy sensitive cells no
/// longer divide, so that the tumour goes if every resistant line dies out, each with probability
/// p_death/p_birth. Bound: exact binomial, given the lines that reach the size.
#[test]
fn resistance_before_therapy_and_eradication() {
    let offspring = Offspring::of_step(0.4, 0.2, 0.5);
    let reached = at_size(offspring, RATE, SIZE);
    let ensemble = treated_lines(32);
    assert_eq!(check_resistance(&ensemble, 6000, &reached, offspring.ultimate()), Ok(()));
    assert!(
        check_resistance(&ensemble.clone().with(one_daughter), 6000, &reached, offspring.ultimate()).is_err()
    );
    // Broken: the drug reaches the resistant state too.
    let broken = ensemble.with(|m| {
        let states = m.tables.states() as usize;
        m.tables.rows[states + 1] = m.tables.rows[states];
    });
    assert!(check_resistance(&broken, 6000, &reached, offspring.ultimate()).is_err());
}

/// The continuous-time formulas for mutants as fit as their parents, birth b, death d, u mutations per division:
/// at size M resistance is there with probability `1 − exp(−uM·(b/(b−d))·∫₀¹ (1−δ)/(1−δy) dy)`, δ = d/b (after Iwasa,
/// Nowak and Michor 2006), which is `1 − exp(−uM·(1/δ)·ln(1/(1−δ)))`, and therapy eradicates with probability
/// `exp(−uM)`, whatever the turnover (Komarova and Wodarz 2005; Bozic et al. 2013). They hold for large M and small
/// u: at a step of 2 h and a fixed uM the chain's exponents come nearer to them as M grows, to 5 % at M = 40. No
/// chance is involved.
#[test]
fn resistance_comes_near_the_continuous_formulas() {
    let (birth, death, supply) = (0.4, 0.2, 0.8);
    let turnover: f64 = death / birth;
    let exponents = (supply / turnover * (1.0 / (1.0 - turnover)).ln(), supply);
    let errors = [10, 20, 40].map(|size| {
        let offspring = Offspring::of_step(birth, death, 2.0 / 24.0);
        let reached = at_size(offspring, supply / size as f64, size);
        let all: f64 = reached.iter().map(|r| r.2).sum();
        let free: f64 = reached.iter().filter(|r| r.1 == 0).map(|r| r.2).sum::<f64>() / all;
        let gone: f64 =
            reached.iter().map(|r| r.2 * offspring.ultimate().powi(r.1 as i32)).sum::<f64>() / all;
        println!("M = {size}: exponents {:.4} and {:.4}, formulas {exponents:.4?}", -free.ln(), -gone.ln());
        ((-free.ln() / exponents.0 - 1.0).abs(), (-gone.ln() / exponents.1 - 1.0).abs())
    });
    println!("relative errors {errors:.4?}");
    assert!(errors[2].0 < 0.05 && errors[2].1 < 0.05);
    for pair in errors.windows(2) {
        assert!(pair[1].0 < 0.7 * pair[0].0 && pair[1].1 < 0.7 * pair[0].1);
    }
}
