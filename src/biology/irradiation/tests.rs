use super::*;
use crate::scenario::Catalogue;

fn lutetium() -> Drug {
    Catalogue::embedded().find("177Lu-DOTATATE").unwrap().clone()
}

/// The drug with this law of cells: log-SD of uptake, cross-fire, share without receptors.
fn with_law(log_sd: f64, crossfire: f64, negative: f64) -> Drug {
    let mut drug = lutetium();
    let kill = &mut drug.kills[0];
    let number = |value| kill.alpha.clone().map(|n| Number { value, ..n });
    (kill.cells_log_sd, kill.crossfire, kill.negative) =
        (number(log_sd), number(crossfire), number(negative));
    drug
}

fn doses(log_sd: f64, crossfire: f64, negative: f64) -> CellDoses {
    CellDoses::new(&with_law(log_sd, crossfire, negative).kills[0])
}

/// Natural logarithm of a lesion's cells after some days of the law of agents: attempts `b`, of which a part kills.
fn grown(lesion: &mut Irradiation, hits: &dyn Fn(u32) -> [f64; 2], b: f64, days: u32) -> f64 {
    let kept = 1.0 - lesion.coupled_loss;
    (0..days)
        .map(|day| {
            let killed = -libm::expm1(-lesion.advance_day(&[hits(day)], b)[0]);
            b * ((1.0 - killed) * kept - killed)
        })
        .sum()
}

fn lesion(drug: &Drug, factor: f64) -> Irradiation {
    Irradiation::new(std::slice::from_ref(drug), 0.7, 1.0, |_, _| factor)
}

#[test]
fn the_mean_of_the_law_of_cells_is_the_dose_of_the_lesion() {
    for (log_sd, crossfire, negative) in
        [(0.0, 0.0, 0.0), (0.9, 0.4, 0.1), (1.2, 0.0, 0.3), (0.7, 0.9, 0.0), (0.5, 1.0, 0.5)]
    {
        let law = doses(log_sd, crossfire, negative);
        let (all, mean) =
            law.0.iter().fold((0.0, 0.0), |(all, mean), (x, share)| (all + share, mean + x * share));
        assert!(
            (all - 1.0).abs() < 1e-12 && (mean - 1.0).abs() < 1e-8,
            "{log_sd} {crossfire} {negative}: {mean}"
        );
    }
}

// Cross-fire takes its share of the spread away: the variance of x is that of uptake times (1 − c)².
#[test]
fn crossfire_narrows_the_law_of_cells() {
    let variance = |crossfire| {
        let law = doses(0.9, crossfire, 0.0);
        law.0.iter().map(|(x, share)| share * (x - 1.0) * (x - 1.0)).sum::<f64>()
    };
    let own = libm::expm1(0.81);
    for crossfire in [0.0, 0.4, 0.9, 1.0] {
        let expected = own * (1.0 - crossfire) * (1.0 - crossfire);
        assert!((variance(crossfire) - expected).abs() < 1e-6, "{crossfire}: {}", variance(crossfire));
    }
}

// One dose in all cells: exp(−αD − GβD²) of them are not hit, and when all that were have died the lesion is that part of what it
// would have been, whatever the part that dies at the first attempt.
#[test]
fn an_even_dose_leaves_the_linear_quadratic_share() {
    for first in [1.0, 0.5, 0.0] {
        let mut drug = with_law(0.0, 0.0, 0.0);
        drug.kills[0].first_division.as_mut().unwrap().value = first;
        let dose = |day| if day == 3 { [1.7, 0.4] } else { [0.0, 0.0] };
        let (b, days) = (0.02, 3000);
        let found = grown(&mut lesion(&drug, 1.0), &dose, b, days);
        let untreated = b * 0.3 * f64::from(days);
        assert!((found - untreated + 2.1).abs() < 2e-3, "{first}: {}", found - untreated);
        // Nothing happens on the day itself: cells die when they try to divide.
        let early = grown(&mut lesion(&drug, 1.0), &dose, b, 5);
        assert!(early > -0.05, "{early}");
    }
}

// Twice the dose: twice the linear and four times the quadratic hits.
#[test]
fn a_lesion_with_twice_the_dose_is_hit_by_linear_and_square() {
    let drug = with_law(0.0, 0.0, 0.0);
    let mut found = [1.0, 2.0].map(|factor| lesion(&drug, factor));
    let levels = [[0.3, 0.05], [0.6, 0.2]];
    let twice = found[1].advance_day(&[levels[0]], 0.02);
    assert_eq!(twice, found[0].advance_day(&[levels[1]], 0.02));
}

// Cells without receptors get cross-fire alone: without cross-fire nothing can take the tumour below their share.
#[test]
fn cells_without_receptors_are_a_plateau() {
    let law = doses(0.9, 0.0, 0.1);
    assert!((law.intact(1e6, 0.0) - 0.1).abs() < 1e-9, "{}", law.intact(1e6, 0.0));
    let crossfire = doses(0.9, 0.4, 0.1);
    assert!(crossfire.intact(1e6, 0.0) < 1e-9);
    // At a dose that spares none of the others they are what is left, hit by cross-fire.
    let left = doses(0.0, 0.4, 0.1).intact(20.0, 0.0);
    assert!((left / (0.1 * libm::exp(-8.0)) - 1.0).abs() < 1e-3, "{left}");
}

// What survives a cycle lies where dose is low: the second does less. Two draws of the law would do the same twice.
#[test]
fn later_cycles_do_less() {
    let law = doses(0.9, 0.4, 0.1);
    let (one, two) = (law.intact(3.0, 0.0), law.intact(6.0, 0.0));
    assert!(two > 1.5 * one * one, "{one} {two}");
}

// By brute force: hits, attempts and deaths in small steps.
#[test]
fn hit_cells_die_at_one_of_two_attempts() {
    let mut drug = with_law(0.0, 0.0, 0.0);
    drug.kills[0].first_division.as_mut().unwrap().value = 0.3;
    let (b, kappa, steps) = (0.03, 0.7, 1000);
    let mut lesion = lesion(&drug, 1.0);
    let (mut intact, mut later, mut next) = (1.0, 0.0, 0.0);
    for day in 0..120 {
        let hits: f64 = if day % 56 == 0 { 0.8 } else { 0.0 };
        let hit = intact * -libm::expm1(-hits);
        intact -= hit;
        next += 0.3 * hit;
        later += 0.7 * hit;
        let found = -libm::expm1(-lesion.advance_day(&[[hits, 0.0]], b)[0]);
        for step in 0..steps {
            if step == steps / 2 {
                let expected: f64 = next / (intact + later + next);
                assert!((found - expected).abs() < 1e-5, "{day}: {found} {expected}");
            }
            let dt = b / f64::from(steps);
            let (u, l, n) = (intact, later, next);
            intact += (1.0 - kappa) * u * dt;
            later -= l * dt;
            next += ((2.0 - kappa) * l - n) * dt;
        }
    }
}

#[test]
fn two_radionuclides_kill_what_they_come_to() {
    let drugs = [with_law(0.0, 0.0, 0.0), with_law(0.0, 0.0, 0.0)];
    let mut both = Irradiation::new(&drugs, 0.7, 1.0, |_, _| 1.0);
    let mut one = lesion(&drugs[0], 1.0);
    let levels = both.advance_day(&[[0.2, 0.0], [0.3, 0.0]], 0.02);
    assert!((levels[0] + levels[1] - one.advance_day(&[[0.5, 0.0]], 0.02)[0]).abs() < 1e-12, "{levels:?}");
}

#[test]
fn who_has_no_receptors_or_is_left_out_is_not_hit() {
    let drug = lutetium();
    let mut without = Irradiation::new(std::slice::from_ref(&drug), 0.7, 0.0, |_, _| 1.0);
    let mut elsewhere = lesion(&drug, 0.0);
    for lesion in [&mut without, &mut elsewhere] {
        assert_eq!(lesion.advance_day(&[[9.0, 1.0]], 0.02), [0.0]);
        assert!(lesion.is_untouched() && !lesion.is_without());
    }
}
