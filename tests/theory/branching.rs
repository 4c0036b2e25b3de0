//! Birth, death, replacement in place and the kill at division, without space: Galton–Watson processes.

use evotor::engine::Model;
use evotor::tissue::fixed::Threshold;

use super::bounds::{ALARM, Offspring, Verdict, binomial, distribution, ensure, mean};
use super::ensemble::Ensemble;

/// Single cells on 512 sites without space.
fn single_cells(seed: u32, step_hours: u32, steps: u32, check: u32, birth: f64, death: f64) -> Ensemble {
    Ensemble::new(&format!(
        r#"
        seed = {seed}
        loci = []
        time = {{ step = "{step_hours} h", end = "{} h", every = "{} h" }}
        lattice = {{ size = [32, 16], placement = "mixed" }}
        start = {{ shape = "count", cells = 1 }}
        rates = {{ birth = "{birth} /d", death = "{death} /d", clearance = "at once" }}
        "#,
        steps * step_hours,
        check * step_hours,
    ))
}

/// Breaks the rates: `change` gives other probabilities of dying and dividing for all states.
fn with_probabilities(model: &mut Model, die: f64, divide: f64) {
    for row in &mut model.tables.rows {
        row.die = Threshold::from_probability(die);
        row.divide = Threshold::from_probability(die + divide);
        row.migrate = row.divide;
    }
}

const BIRTH: f64 = 0.4;
const DEATH: f64 = 0.2;
const HALF_DAY: f64 = 0.5;

fn check_mean_and_variance(ensemble: &Ensemble, offspring: Offspring, steps: u32) -> Verdict {
    let sizes = ensemble.final_sizes(8000);
    let law = offspring.law(steps, 512);
    let m = offspring.growth();
    let expected = m.powi(steps as i32);
    let variance =
        (offspring.0[0] + offspring.0[2] - (m - 1.0).powi(2)) * expected / m * (expected - 1.0) / (m - 1.0);
    // The closed forms are the moments of the iterated law.
    let moment: f64 = law.iter().enumerate().map(|(n, p)| p * n as f64).sum();
    let second: f64 = law.iter().enumerate().map(|(n, p)| p * (n as f64 - expected).powi(2)).sum();
    assert!((moment / expected - 1.0).abs() < 1e-9 && (second / variance - 1.0).abs() < 1e-9);
    mean("mean size", &sizes, &law, |n| n as f64, ALARM / 2.0)?;
    mean("variance of size", &sizes, &law, |n| (n as f64 - expected).powi(2), ALARM / 2.0)
}

/// Mean and variance of a birth–death process after T steps from one cell: `E N = m^T`,
/// `Var N = σ² m^(T−1) (m^T − 1)/(m − 1)` with m and σ² of the offspring of one step (Harris 1963, ch. I.5; the
/// discrete form of Bailey 1964, 8.47). Bound: Chernoff on the mean of N and of (N − E N)², with the exact law.
#[test]
fn birth_death_mean_and_variance() {
    let offspring = Offspring::of_step(BIRTH, DEATH, HALF_DAY);
    let ensemble = single_cells(11, 12, 20, 20, BIRTH, DEATH);
    assert_eq!(check_mean_and_variance(&ensemble, offspring, 20), Ok(()));
    // Broken: births and deaths as competing risks, which take from each other.
    let Offspring([die, _, divide]) = competing(BIRTH, DEATH, HALF_DAY);
    let broken = ensemble.with(|m| with_probabilities(m, die, divide));
    assert!(check_mean_and_variance(&broken, offspring, 20).is_err());
}

fn check_extinction(ensemble: &Ensemble, offspring: Offspring, check: u32) -> Verdict {
    let logs = ensemble.logs(8000, |log| log.iter().map(|e| (e.step, e.live)).collect::<Vec<_>>());
    let by =
        |step: u32| logs.iter().filter(|l| l.iter().any(|(s, live)| *s <= step && *live == 0)).count() as u64;
    let times = [check, 2 * check, 5 * check, 10 * check];
    for step in times {
        let what = format!("extinct by step {step}");
        binomial(&what, by(step), 8000, offspring.extinct(step), ALARM / 5.0)?;
    }
    let last = logs.iter().filter_map(|l| l.last());
    let undecided = last.filter(|(_, live)| (1..200).contains(live)).count();
    ensure(undecided == 0, || format!("{undecided} lines are undecided at the end"))?;
    // Who is above 200 dies out with a probability below (2/3)^200 < 1e-35.
    binomial("extinct in the end", by(u32::MAX), 8000, offspring.ultimate(), ALARM / 5.0)
}

/// Extinction by step t is f_t(0), f_t the t-fold iterate of the offspring's generating function; ultimate
/// extinction is its smallest fixed point p_death/p_birth (Harris 1963, ch. I; Bailey 1964, 8.5; Kendall 1948).
/// Bound: exact binomial at four times and in the end, the alarm shared out.
#[test]
fn extinction_by_a_time_and_in_the_end() {
    let (birth, death) = (0.9, 0.6);
    let offspring = Offspring::of_step(birth, death, HALF_DAY);
    let ensemble = |m: &mut Model| m.stop.burden = 200;
    let real = single_cells(12, 12, 400, 2, birth, death).with(ensemble);
    assert_eq!(check_extinction(&real, offspring, 2), Ok(()));
    // Broken: birth and death do not compete, each is taken as if the other were not there.
    let (die, divide) = (1.0 - (-death * HALF_DAY).exp(), 1.0 - (-birth * HALF_DAY).exp());
    let broken = real.with(|m| with_probabilities(m, die, divide));
    assert!(check_extinction(&broken, offspring, 2).is_err());
}

fn surviving(sizes: &[u32]) -> Vec<u32> {
    sizes.iter().copied().filter(|n| *n > 0).collect()
}

/// The law given survival.
fn given_survival(law: &[f64]) -> Vec<f64> {
    law.iter().enumerate().map(|(n, p)| if n == 0 { 0.0 } else { p / (1.0 - law[0]) }).collect()
}

/// Kolmogorov distance of a law on 1, 2, … from the geometric law with the same mean.
fn distance_from_geometric(law: &[f64]) -> f64 {
    let stop = 1.0 / law.iter().enumerate().map(|(n, p)| p * n as f64).sum::<f64>();
    let (mut above, mut tail, mut distance) = (1.0, 1.0, 0f64);
    for p in &law[1..] {
        above -= p;
        tail *= 1.0 - stop;
        distance = distance.max((above - tail).abs());
    }
    distance
}

/// The size of a surviving line is geometric in continuous time (Kendall 1948; Bailey 1964, 8.46). In discrete
/// time its law is the iterated generating function's; it is compared with that one, by the Kolmogorov–Smirnov
/// distance with the bound of Dvoretzky, Kiefer, Wolfowitz and Massart. That law itself is within 0.05 of the
/// geometric one at a step of 12 h, and within a tenth of that at 1 h.
#[test]
fn surviving_lines_have_geometric_sizes() {
    let offspring = Offspring::of_step(BIRTH, DEATH, HALF_DAY);
    let law = given_survival(&offspring.law(20, 512));
    let check =
        |e: &Ensemble| distribution("size given survival", &surviving(&e.final_sizes(12_000)), &law, ALARM);
    let ensemble = single_cells(13, 12, 20, 20, BIRTH, DEATH);
    assert_eq!(check(&ensemble), Ok(()));
    // Broken: the same growth without deaths.
    let broken = ensemble.with(|m| with_probabilities(m, 0.0, offspring.growth() - 1.0));
    assert!(check(&broken).is_err());
    let fine = given_survival(&Offspring::of_step(BIRTH, DEATH, 1.0 / 24.0).law(240, 512));
    let (coarse, fine) = (distance_from_geometric(&law), distance_from_geometric(&fine));
    println!("distance from the geometric law: {coarse:.5} at 12 h, {fine:.5} at 1 h");
    assert!(coarse < 0.05 && fine < coarse / 10.0);
}

/// Extinction by t in continuous time: `d(e^{(b−d)t} − 1)/(b e^{(b−d)t} − d)` (Kendall 1948; Bailey 1964, 8.46).
fn kendall(birth: f64, death: f64, days: f64) -> f64 {
    let g = ((birth - death) * days).exp();
    death * (g - 1.0) / (birth * g - death)
}

fn check_against_continuous_time(step_hours: u32, replicates: u32) -> Verdict {
    let steps = 120 / step_hours;
    let ensemble = single_cells(14, step_hours, steps, steps, 0.6, 0.4);
    let extinct = ensemble.final_sizes(replicates).iter().filter(|n| **n == 0).count() as u64;
    let what = format!("extinct by day 5 at a step of {step_hours} h");
    binomial(&what, extinct, replicates.into(), kendall(0.6, 0.4, 5.0), ALARM)
}

/// Results converge to continuous time as the step shrinks. Exactly: halving the step halves the error of the
/// extinction probability (its ratio is between 1.8 and 2.2). Simulated: at a step of 1 h extinction agrees with
/// Kendall's formula within exact binomial tails; at 12 h, where it does not, the same check fails.
#[test]
fn small_steps_converge_to_continuous_time() {
    let error = |hours: f64| {
        let offspring = Offspring::of_step(0.6, 0.4, hours / 24.0);
        kendall(0.6, 0.4, 5.0) - offspring.extinct((120.0 / hours) as u32)
    };
    for hours in [12.0, 6.0, 3.0, 2.0] {
        let ratio = error(hours) / error(hours / 2.0);
        println!("error at {hours} h {:.5}, ratio to half the step {ratio:.3}", error(hours));
        assert!((1.8..2.2).contains(&ratio), "{hours} h: {ratio}");
    }
    assert_eq!(check_against_continuous_time(1, 6000), Ok(()));
    assert!(check_against_continuous_time(12, 50_000).is_err());
}

/// Divisions that replace the mother in place with probability κ, and that kill her with probability k, leave
/// 0, 1 or 2 cells with probabilities `d + bk`, `1 − b − d + b(1−k)κ`, `b(1−k)(1−κ)`: coupled loss as in the
/// model description, and a cycle-specific drug. Bound: distance of the whole law after 16 steps, as above.
#[test]
fn replacement_in_place_and_kill_at_division() {
    let check = |replace: f64, kill: f64, law: &[f64]| {
        let ensemble = single_cells(15, 12, 16, 16, 0.8, 0.1).with(|m| {
            for row in &mut m.tables.rows {
                row.replace = Threshold::from_probability(replace);
                row.kill = Threshold::from_probability(kill);
            }
        });
        let what = format!("size with κ = {replace}, k = {kill}");
        distribution(&what, &ensemble.final_sizes(6000), law, ALARM)
    };
    let [die, rest, divide] = Offspring::of_step(0.8, 0.1, HALF_DAY).0;
    for (replace, kill) in [(0.5, 0.0), (0.0, 0.25), (0.4, 0.2)] {
        let two = divide * (1.0 - kill) * (1.0 - replace);
        let offspring = Offspring([die + divide * kill, rest + divide * (1.0 - kill) * replace, two]);
        let law = offspring.law(16, 1024);
        assert_eq!(check(replace, kill, &law), Ok(()));
        // Broken: the kill is forgotten, or the replacement takes a site.
        let forgotten = if kill > 0.0 { (replace, 0.0) } else { (0.0, kill) };
        assert!(check(forgotten.0, forgotten.1, &law).is_err());
    }
}

/// What becomes of one cell in a step, from the thresholds that the engine is given.
fn in_force(ensemble: &Ensemble) -> Offspring {
    let row = ensemble.model.tables.rows[0];
    let (die, either) = (row.die.probability(), row.divide.probability());
    Offspring([die, 1.0 - either, either - die])
}

/// Mean, and day on which surviving lines have 10 000 cells on average, against continuous time.
fn check_growth(offspring: Offspring, birth: f64, death: f64, step_days: f64) -> Verdict {
    let (r, steps_a_day) = (birth - death, 1.0 / step_days);
    for days in [30.0, 60.0, 180.0] {
        let ratio = (offspring.growth().ln() * days * steps_a_day - r * days).exp();
        ensure((ratio - 1.0).abs() < 0.005, || {
            format!("{birth}, {death}: mean {ratio} of exp(rt) on day {days}")
        })?;
    }
    if r <= 0.0 {
        return Ok(());
    }
    let (mut days, mut extinct) = (0.0, 0.0);
    while (offspring.growth().ln() * days * steps_a_day).exp() / (1.0 - extinct) < 1e4 {
        days += step_days;
        extinct = offspring.pgf_real(extinct);
    }
    let size = (r * days).exp() / (1.0 - kendall(birth, death, days));
    // In days: a step at most is owed to the search, and 0.5 % to the law.
    let late = days - (days + (1e4 / size).ln() / r);
    println!("{birth}, {death}: 1e4 cells on day {days}, {late:.2} d late");
    ensure(late.abs() < 0.005 * days + step_days, || format!("{birth}, {death}: {late} d late of {days}"))
}

/// As competing risks, h_k/h·(1 − exp(−hΔt)).
fn competing(birth: f64, death: f64, days: f64) -> Offspring {
    let (h, any) = (birth + death, 1.0 - (-(birth + death) * days).exp());
    Offspring([any * death / h, 1.0 - any, any * birth / h])
}

/// Cells on day 60, relative to the start: mean over lesions and its standard error.
fn grown(ensemble: &Ensemble, start: f64) -> (f64, f64) {
    let sizes: Vec<f64> = ensemble.final_sizes(30).iter().map(|n| f64::from(*n) / start).collect();
    let n = sizes.len() as f64;
    let mean = sizes.iter().sum::<f64>() / n;
    let variance = sizes.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// At every step the mean is exp(rt), extinction in the end d/b, and surviving lines reach 10 000 cells on the day on which those of the
/// continuous process do (Bailey 1964, 8.6; Kendall 1948): within 0.5 %, from the engine's own thresholds, so without chance. As competing
/// risks the steps of 12 h would be up to 7 % late. Through the engine: 1200 cells for 60 days, Student's t over 30 lesions (29 degrees
/// of freedom, 6.5 for an alarm of 1e-6).
#[test]
fn growth_is_that_of_continuous_time_at_any_step() {
    for (birth, death) in [(0.14, 0.13), (0.1, 0.04), (0.3, 0.1), (0.05, 0.06)] {
        for step_hours in [1, 6, 12] {
            let days = f64::from(step_hours) / 24.0;
            let offspring = in_force(&single_cells(16, step_hours, 24, 24, birth, death));
            assert_eq!(check_growth(offspring, birth, death, days), Ok(()));
            assert!((offspring.ultimate() - (death / birth).min(1.0)).abs() < 1e-9);
        }
        assert!(check_growth(competing(birth, death, HALF_DAY), birth, death, HALF_DAY).is_err());
    }
    let crowd = Ensemble::new(
        r#"
        seed = 17
        loci = []
        time = { step = "12 h", end = "60 d", every = "60 d" }
        lattice = { size = [256, 256], placement = "mixed" }
        start = { shape = "count", cells = 1200 }
        rates = { birth = "0.1 /d", death = "0.04 /d", clearance = "at once" }
        "#,
    );
    let expected = 3.6f64.exp();
    let (found, error) = grown(&crowd, 1200.0);
    println!("day 60: {found:.3} +- {error:.3}, expected {expected:.3}");
    assert!((found - expected).abs() < 6.5 * error && error < 0.02 * expected);
    let Offspring([die, _, divide]) = competing(0.1, 0.04, HALF_DAY);
    let (found, error) = grown(&crowd.with(|m| with_probabilities(m, die, divide)), 1200.0);
    assert!((found - expected).abs() > 6.5 * error, "{found} +- {error}");
}

/// An event that leads nowhere takes nothing from the others: without space migration does nothing, so that a run with it ends in
/// the same state, cell by cell, as one without. As competing risks it would take births and deaths away: of 3000 cells a sixth at
/// 0.2 moves a day.
#[test]
fn events_that_lead_nowhere_take_nothing_from_others() {
    let end = |migration: &str| {
        let ensemble = Ensemble::new(&format!(
            r#"
            seed = 18
            loci = []
            time = {{ step = "12 h", end = "60 d", every = "60 d" }}
            lattice = {{ size = [64, 64], placement = "mixed" }}
            start = {{ shape = "count", cells = 1000 }}
            rates = {{ birth = "0.3 /d", death = "0.28 /d", migration = "{migration}" }}
            "#,
        ));
        ensemble.states(1, |state| state).remove(0)
    };
    let still = end("0 /d");
    assert_eq!(still.counters.moves, 0);
    for migration in ["0.2 /d", "1 /d"] {
        assert_eq!(end(migration), still);
    }
    // Broken: another death rate is noticed.
    let other = Ensemble::new(
        r#"
        seed = 18
        loci = []
        time = { step = "12 h", end = "60 d", every = "60 d" }
        lattice = { size = [64, 64], placement = "mixed" }
        start = { shape = "count", cells = 1000 }
        rates = { birth = "0.3 /d", death = "0.279 /d" }
        "#,
    );
    assert_ne!(other.states(1, |state| state).remove(0), still);
}
