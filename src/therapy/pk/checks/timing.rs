//! How long it takes: `cargo test --release --lib pk::checks::timing -- --ignored --nocapture`.

use std::time::Instant;

use super::support::{bevacizumab, everolimus, octreotide, sunitinib, treat};
use crate::catalogue::Pk;
use crate::therapy::pk::{DrugCourse, PkIndividual};

/// Doses of a day as (hour, mg).
type Doses = fn(u32) -> Vec<(f64, f64)>;

#[test]
#[ignore = "a measurement, not a check"]
fn courses_of_two_years() {
    let daily: Doses = |_| vec![(8.0, 10.0)];
    let twice: Doses = |_| vec![(8.0, 5.0), (20.0, 5.0)];
    let monthly: Doses = |day| if day % 28 == 0 { vec![(8.0, 30.0)] } else { Vec::new() };
    let list: [(&str, Pk, Doses); 5] = [
        ("everolimus daily", everolimus(), daily),
        ("everolimus twice daily", everolimus(), twice),
        ("sunitinib daily", sunitinib(), daily),
        ("octreotide LAR monthly", octreotide(), monthly),
        ("bevacizumab monthly", bevacizumab(), monthly),
    ];
    for (name, pk, doses) in list {
        let patients = 20;
        let start = Instant::now();
        let individuals: Vec<PkIndividual> =
            (0..patients).map(|i| PkIndividual::sampled(&pk, 70.0, 1, i, 2).unwrap()).collect();
        let made = start.elapsed().as_secs_f64() / f64::from(patients);
        let start = Instant::now();
        let mut sum = 0.0;
        for individual in individuals {
            sum += treat(&mut DrugCourse::new(individual), 730, doses)
                .iter()
                .map(|d| d.parent.average)
                .sum::<f64>();
        }
        let run = start.elapsed().as_secs_f64() / f64::from(patients);
        println!("{name:24} {:7.3} ms to make, {:7.3} ms for 730 d  ({sum:.3e})", made * 1e3, run * 1e3);
    }
}
