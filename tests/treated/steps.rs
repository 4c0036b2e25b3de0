//! Results hardly depend on the length of a step (ruling 25, F17).

use super::trial::{Plan, lines};

const DAYS: u32 = 180;
const REPLICATES: u32 = 12;

/// Burden after half a year relative to the start: mean over replicates, and its standard error.
fn burden(step_hours: u32, therapy: &str) -> (f64, f64) {
    let plan = Plan {
        replicates: REPLICATES,
        edge: 40,
        days: DAYS,
        check_days: 30,
        step_hours,
        therapy: therapy.to_owned(),
        ..Plan::default()
    };
    let ran = plan.run();
    let ratios: Vec<f64> = (0..REPLICATES)
        .map(|replicate| {
            let all = ran.burden(replicate);
            let of = |(_, live, dead): (f64, f64, f64)| live + dead;
            of(*all.last().unwrap()) / of(all[0])
        })
        .collect();
    let n = ratios.len() as f64;
    let mean = ratios.iter().sum::<f64>() / n;
    let variance = ratios.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, libm::sqrt(variance / n))
}

/// Student's t of 11 degrees of freedom that is exceeded on either side with a probability of 1.6e-7 (integrated numerically): 1e-6
/// shared out among six comparisons. The larger of the two means' standard errors is used for both, which is wider. The 5 % of
/// F17 are the stricter bound here.
const T: f64 = 11.7;

// Without a drug the mean is that of continuous time at any step, within what chance allows: of REPLICATES tumours of 7700 cells
// (variance 3·m(m − 1)/N) and z = 5.3. Space and nutrients take a part: at most 0.5 %.
#[test]
fn untreated_growth_does_not_depend_on_the_step() {
    let m = libm::exp(0.0035 * f64::from(DAYS));
    for step_hours in [6, 12, 24] {
        let (mean, error) = burden(step_hours, "");
        let bound = 5.3 * libm::sqrt(3.0 * m * (m - 1.0) / 7700.0 / f64::from(REPLICATES)) + 0.005 * m;
        println!("{step_hours} h: {mean:.4} +- {error:.4}, expected {m:.4}, bound {bound:.4}");
        assert!((mean - m).abs() < bound, "{step_hours} h: {mean:.4}, expected {m:.4}");
    }
}

// F17: within 5 % between 6, 12 and 24 h, and no further apart than chance allows.
#[test]
fn treated_growth_hardly_depends_on_the_step() {
    for regimen in ["\"everolimus 10 mg daily\"", "\"sunitinib 37.5 mg daily\""] {
        let therapy = lines(&[regimen]).replace("84 d", "90 d");
        let found = [6, 12, 24].map(|step| burden(step, &therapy));
        println!("{regimen}: {found:.4?}");
        for (a, b) in [(0, 1), (1, 2), (0, 2)] {
            let (a, b) = (found[a], found[b]);
            assert!((a.0 / b.0 - 1.0).abs() < 0.05, "{regimen}: {found:?}");
            let error = libm::sqrt(2.0) * a.1.max(b.1);
            assert!((a.0 - b.0).abs() < T * error, "{regimen}: {found:?}");
        }
    }
}
