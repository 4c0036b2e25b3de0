//! Sunitinib and SU12662 against the check rows of 2b of the table of sources.

use super::support::{as_printed, off, sunitinib, treat, typical};
use crate::therapy::pk::{DayExposure, PkIndividual};

fn row(day: &DayExposure) -> (f64, f64) {
    (day.parent.trough, day.metabolite.unwrap().trough)
}

#[test]
fn continuous_doses_reach_their_published_levels() {
    let mut course = typical(&sunitinib());
    let days = treat(&mut course, 60, |_| vec![(0.0, 37.5)]);
    let (parent, metabolite) = row(&days[59]);
    as_printed(parent, 36.9, 1);
    as_printed(metabolite, 17.8, 1);
    as_printed(parent + metabolite, 54.7, 1);
    // Average 62.6 in the table; dose/CL + fm·dose/CLm = 43.8 + 19.2 = 63.0 at steady state.
    let average = days[59].parent.average + days[59].metabolite.unwrap().average;
    assert!(off(average, 62.6) < 0.01, "{average}");
    assert!(off(average, 37.5 * 1000.0 / 24.0 * (1.0 / 35.7 + 0.21 / 17.1)) < 1e-3);
}

#[test]
fn four_weeks_on_two_off_reach_their_published_levels() {
    let mut course = typical(&sunitinib());
    let days = treat(&mut course, 42, |day| if day < 28 { vec![(0.0, 50.0)] } else { Vec::new() });
    for (day, parent, metabolite, total) in [
        (7, 46.9, 19.8, 66.7),
        (14, 49.1, 23.3, 72.4),
        (28, 49.2, 23.7, 72.9),
        (35, 2.3, 3.9, 6.3),
        (42, 0.1, 0.4, 0.5),
    ] {
        let (p, m) = row(&days[day - 1]);
        as_printed(p, parent, 1);
        as_printed(m, metabolite, 1);
        // The table adds before rounding, here 46.9 + 19.8 and so on.
        assert!((p + m - total).abs() < 0.1, "day {day}: {p} + {m}");
    }
}

// Weight scales everything (exponents 0.75 and 1): at 140 kg the area is 2^-0.75 of that at 70 kg.
#[test]
fn weight_scales_every_clearance() {
    let area = |kg| {
        let mut course =
            crate::therapy::pk::DrugCourse::new(PkIndividual::typical(&sunitinib(), kg).unwrap());
        let day = treat(&mut course, 150, |_| vec![(0.0, 37.5)])[149];
        (day.parent.average, day.metabolite.unwrap().average)
    };
    let (light, heavy) = (area(70.0), area(140.0));
    assert!(off(heavy.0 / light.0, 2f64.powf(-0.75)) < 1e-6);
    assert!(off(heavy.1 / light.1, 2f64.powf(-0.75)) < 1e-6);
}
