//! Courses against textbook solutions of linear compartment models.

use super::support::{
    absorption, exchange, number, off, one_compartment, release, swallowed, treat, typical,
};
use crate::catalogue::{Absorption, Metabolite, Pk, Recirculation};

/// Oral, one compartment (Bateman 1910): amounts after a unit dose.
fn bateman(ka: f64, k: f64, t: f64) -> f64 {
    ka / (ka - k) * ((-k * t).exp() - (-ka * t).exp())
}

#[test]
fn an_injection_decays_exponentially() {
    let mut course = typical(&one_compartment(3.0, 40.0));
    course.give(0, 6.0, 100.0).unwrap();
    for hour in [6.5f64, 12.0, 17.25, 24.0] {
        let expected = 2500.0 * (-3.0 / 40.0 * (hour - 6.0)).exp();
        assert!(off(course.concentration(hour).parent, expected) < 1e-12);
    }
    let day = course.advance_day();
    let end = (-3.0f64 / 40.0 * 18.0).exp();
    assert!(off(day.parent.average, 2500.0 * (1.0 - end) / (3.0 / 40.0) / 24.0) < 1e-12);
    assert!(off(day.parent.peak, 2500.0) < 1e-12);
    assert!(off(day.parent.trough, 2500.0 * end) < 1e-12);
}

#[test]
fn an_oral_dose_follows_bateman() {
    let (ka, cl, v) = (0.8, 5.0, 60.0);
    let mut course = typical(&swallowed(ka, cl, v));
    course.give(0, 8.0, 250.0).unwrap();
    let at = |t: f64| 250.0 * 1000.0 / v * bateman(ka, cl / v, t);
    for hour in [8.0 + 1.0 / 60.0, 9.0, 15.5, 24.0] {
        assert!(off(course.concentration(hour).parent, at(hour - 8.0)) < 1e-10, "{hour}");
    }
    let day = course.advance_day();
    let tmax = (ka / (cl / v)).ln() / (ka - cl / v);
    assert!(day.parent.peak <= at(tmax) * (1.0 + 1e-12) && off(day.parent.peak, at(tmax)) < 1e-5);
    assert!(off(course.concentration(24.0).parent, at(40.0)) < 1e-10);
    // All of it: dose over clearance.
    let mut area = day.parent.average * 24.0;
    area += treat(&mut course, 60, |_| Vec::new()).iter().map(|d| d.parent.average * 24.0).sum::<f64>();
    assert!(off(area, 250.0 * 1000.0 / cl) < 1e-11);
}

#[test]
fn an_infusion_rises_and_falls_as_it_should_over_midnight() {
    let pk = Pk { infusion_h: Some(number(10.0, 0.0)), ..one_compartment(3.0, 40.0) };
    let k: f64 = 3.0 / 40.0;
    let at = |t: f64| {
        let t_in = t.clamp(0.0, 10.0);
        25.0 * 1000.0 / 3.0 * (1.0 - (-k * t_in).exp()) * (-k * (t - t_in)).exp()
    };
    let mut course = typical(&pk);
    course.give(0, 20.0, 250.0).unwrap();
    assert!(off(course.concentration(23.0).parent, at(3.0)) < 1e-11);
    assert!(off(course.advance_day().parent.peak, at(4.0)) < 1e-11);
    assert!(off(course.concentration(5.0).parent, at(9.0)) < 1e-11);
    assert!(off(course.concentration(7.0).parent, at(11.0)) < 1e-11);
    let day = course.advance_day();
    assert!(off(day.parent.peak, at(10.0)) < 1e-11, "the end of the infusion is the peak");
    assert!(off(day.parent.trough, at(28.0)) < 1e-11);
}

#[test]
fn an_infusion_of_two_days_and_a_second_one_within_it() {
    let pk = Pk { infusion_h: Some(number(50.0, 0.0)), ..one_compartment(3.0, 40.0) };
    let k: f64 = 3.0 / 40.0;
    let one = |t: f64| {
        let t_in = t.clamp(0.0, 50.0);
        2.0 * 1000.0 / 3.0 * (1.0 - (-k * t_in).exp()) * (-k * (t - t_in).max(0.0)).exp()
    };
    let mut course = typical(&pk);
    let days = treat(&mut course, 5, |day| if day < 2 { vec![(1.0, 100.0)] } else { Vec::new() });
    for (day, exposure) in days.iter().enumerate() {
        let end = 24.0 * (day as f64 + 1.0);
        assert!(off(exposure.parent.trough, one(end - 1.0) + one(end - 25.0)) < 1e-11, "{day}");
    }
}

#[test]
fn two_compartments_follow_their_two_exponentials() {
    let (cl, v1, q, v2) = (17.4, 25.2, 51.1, 400.0);
    let mut course = typical(&Pk { exchange: exchange(q, v2), ..one_compartment(cl, v1) });
    course.give(0, 0.0, 10.0).unwrap();
    let (k10, k12, k21) = (cl / v1, q / v1, q / v2);
    let sum: f64 = k10 + k12 + k21;
    let root = (sum * sum - 4.0 * k10 * k21).sqrt();
    let (fast, slow) = ((sum + root) / 2.0, (sum - root) / 2.0);
    for hour in [0.25, 1.0, 5.0, 24.0] {
        let shape =
            ((fast - k21) * (-fast * hour).exp() + (k21 - slow) * (-slow * hour).exp()) / (fast - slow);
        assert!(off(course.concentration(hour).parent, 10.0 * 1000.0 / v1 * shape) < 1e-11, "{hour}");
    }
    // Terminal half-life of de Wit's everolimus: 22 h, and 29.9 h with V2 = 545 L (2a).
    assert!((2f64.ln() / slow - 22.2).abs() < 0.3);
    let k21 = q / 545.0;
    let sum = k10 + k12 + k21;
    let slow = (sum - (sum * sum - 4.0 * k10 * k21).sqrt()) / 2.0;
    assert!((2f64.ln() / slow - 29.9).abs() < 0.1);
}

/// Gamma law of integer shape: what has left a chain of `n` compartments of mean time `mean` at time t.
fn erlang(n: u32, mean: f64, t: f64) -> f64 {
    let x = f64::from(n) / mean * t;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..n {
        term *= x / f64::from(k);
        sum += term;
    }
    1.0 - (-x).exp() * sum
}

// A drug that is not eliminated, to speak of, keeps count of what has arrived.
#[test]
fn chains_release_as_erlang() {
    let shares = [(0.1, 0, 0.0), (0.3, 1, 5.0), (0.2, 7, 30.0), (0.4, 19, 60.0)];
    let pk = Pk {
        release: shares.iter().map(|&(f, n, t)| release(number(f, 0.0), n, number(t, 0.0))).collect(),
        ..one_compartment(1e-12, 1000.0)
    };
    let mut course = typical(&pk);
    course.give(0, 2.0, 100.0).unwrap();
    for day in 0..5 {
        for hour in [3.0, 10.0, 23.0] {
            let t = 24.0 * f64::from(day) + hour - 2.0;
            let law = |n, mean| if n == 0 { 1.0 } else { erlang(n, mean, t) };
            let expected: f64 = shares.iter().map(|&(f, n, mean)| 100.0 * f * law(n, mean)).sum();
            assert!(off(course.concentration(hour).parent, expected) < 1e-9, "{day} {hour}");
        }
        course.advance_day();
    }
}

// With transit compartments and absorption at one rate the whole is one chain.
#[test]
fn transit_and_absorption_at_one_rate_are_one_chain() {
    let pk = Pk {
        absorption: Some(Absorption {
            rate: number(2.5, 0.0),
            transit: 4,
            transit_time: Some(number(4.0 / 2.5, 0.0)),
        }),
        ..one_compartment(1e-12, 1000.0)
    };
    let mut course = typical(&pk);
    course.give(0, 0.0, 100.0).unwrap();
    for hour in [0.5, 2.0, 6.0] {
        assert!(off(course.concentration(hour).parent, 100.0 * erlang(5, 2.0, hour)) < 1e-10);
    }
}

fn with_metabolite(mut pk: Pk, fraction: f64) -> Pk {
    pk.metabolite = Some(Metabolite {
        name: "m".into(),
        fraction: number(fraction, 0.0),
        clearance: number(2.0, 0.0),
        volume: number(30.0, 0.0),
        exchange: None,
        unbound: number(0.5, 0.0),
        molar_mass: number(400.0, 0.0),
    });
    pk
}

#[test]
fn a_metabolite_follows_its_closed_form() {
    let (k, km): (f64, f64) = (5.0 / 60.0, 2.0 / 30.0);
    let mut course = typical(&with_metabolite(one_compartment(5.0, 60.0), 0.4));
    course.give(0, 0.0, 100.0).unwrap();
    let amount = |t: f64| 0.4 * 100.0 * k / (k - km) * ((-km * t).exp() - (-k * t).exp());
    for hour in [1.0, 7.0, 24.0] {
        let seen = course.concentration(hour).metabolite.unwrap();
        assert!(off(seen, amount(hour) * 1000.0 / 30.0) < 1e-10);
    }
    let mut days = vec![course.advance_day()];
    days.extend(treat(&mut course, 60, |_| Vec::new()));
    let area: f64 = days.iter().map(|d| d.metabolite.unwrap().average * 24.0).sum();
    assert!(off(area, 0.4 * 100.0 * 1000.0 / 2.0) < 1e-10);
    let site: f64 = days.iter().map(|d| d.site_metabolite_nm * 24.0).sum();
    assert!(off(site, area * 0.5 * 1000.0 / 400.0) < 1e-10);
}

// Well-stirred liver: F = Q/(Q + CL), systemic clearance Q·CL/(Q + CL), so the area of an oral dose is dose/CL, that
// of an injection (Q + CL)/Q times that; the metabolite's area is the same share of the dose for both.
#[test]
fn a_first_pass_takes_its_share() {
    let mut pk = with_metabolite(swallowed(1.1, 40.0, 500.0), 0.25);
    pk.hepatic_flow = Some(number(80.0, 0.0));
    let mut course = typical(&pk);
    let days = treat(&mut course, 200, |day| if day == 0 { vec![(3.0, 90.0)] } else { Vec::new() });
    let parent: f64 = days.iter().map(|d| d.parent.average * 24.0).sum();
    let metabolite: f64 = days.iter().map(|d| d.metabolite.unwrap().average * 24.0).sum();
    assert!(off(parent, 90.0 * 1000.0 / 40.0) < 1e-10);
    assert!(off(metabolite, 0.25 * 90.0 * 1000.0 / 2.0) < 1e-10);
    let systemic = 80.0 * 40.0 / 120.0;
    let expected = 90.0 * 1000.0 / 500.0 * 80.0 / 120.0 * bateman(1.1, systemic / 500.0, 21.0);
    assert!(off(days[0].parent.trough, expected) < 1e-10);
}

// Everything that is recirculated comes back: the area is dose over what is lost for good, whatever the bile's rate.
#[test]
fn recirculation_multiplies_the_area() {
    for rate in [0.05, 0.4, 3.0] {
        let recirculation = Recirculation { fraction: number(0.6, 0.0), rate: number(rate, 0.0) };
        let mut course = typical(&Pk { recirculation: Some(recirculation), ..swallowed(1.0, 5.0, 40.0) });
        let days = treat(&mut course, 300, |day| if day == 0 { vec![(0.0, 100.0)] } else { Vec::new() });
        let area: f64 = days.iter().map(|d| d.parent.average * 24.0).sum();
        assert!(off(area, 100.0 * 1000.0 / 5.0 / 0.4) < 1e-10, "{rate}");
    }
}

// The site follows with ke0 = ln 2 / half-life: the area is the same, later.
#[test]
fn the_site_follows_with_its_half_life() {
    let pk =
        Pk { residence_h: Some(number(48.0, 0.0)), unbound: number(0.1, 0.0), ..one_compartment(5.0, 50.0) };
    let individual =
        super::super::PkIndividual::typical(&pk, 70.0).unwrap().with_molar_mass(Some(500.0)).unwrap();
    let mut course = super::super::DrugCourse::new(individual);
    let days = treat(&mut course, 120, |day| if day == 0 { vec![(0.0, 100.0)] } else { Vec::new() });
    let plasma: f64 = days.iter().map(|d| d.parent.average).sum();
    let site: f64 = days.iter().map(|d| d.site_parent_nm).sum();
    assert!(off(site, plasma * 0.1 * 1000.0 / 500.0) < 1e-9);
    // Day 1 (24 h to 48 h): ∫ke0·C0/(k − ke0)·(exp(−ke0·t) − exp(−k·t)).
    let (k, ke): (f64, f64) = (0.1, 2f64.ln() / 48.0);
    let part = |rate: f64| ((-rate * 24.0).exp() - (-rate * 48.0).exp()) / rate;
    let expected = ke * 2000.0 / (k - ke) * (part(ke) - part(k)) / 24.0 * 0.1 * 2.0;
    assert!(off(days[1].site_parent_nm, expected) < 1e-10);
}

// Every dose acts by itself: a course is the sum of its doses' courses.
#[test]
fn doses_superpose() {
    let pk = super::support::sunitinib();
    let doses = [(0u32, 8.0, 50.0), (3, 20.5, 12.5), (3, 1.25, 25.0), (9, 0.0, 37.5)];
    let run = |chosen: &[(u32, f64, f64)]| {
        let of_day = |day| chosen.iter().filter(|d| d.0 == day).map(|d| (d.1, d.2)).collect();
        treat(&mut typical(&pk), 20, of_day)
    };
    let together = run(&doses);
    let alone: Vec<_> = doses.iter().map(|dose| run(&[*dose])).collect();
    for day in 0..20 {
        let parent: f64 = alone.iter().map(|days| days[day].parent.average).sum();
        let metabolite: f64 = alone.iter().map(|days| days[day].metabolite.unwrap().trough).sum();
        assert!(off(together[day].parent.average, parent) < 1e-12);
        assert!(off(together[day].metabolite.unwrap().trough, metabolite) < 1e-12);
    }
}

// Mass balance: what is in the body and what has left it sum to what was given, in every structure.
#[test]
fn nothing_is_made_or_lost() {
    let mut everything = with_metabolite(swallowed(0.7, 6.0, 30.0), 0.3);
    everything.exchange = exchange(4.0, 80.0);
    everything.release =
        vec![release(number(0.2, 0.0), 0, number(0.0, 0.0)), release(number(0.8, 0.0), 5, number(40.0, 0.0))];
    everything.recirculation = Some(Recirculation { fraction: number(0.5, 0.0), rate: number(0.3, 0.0) });
    // Eliminated for good by the parent and not as metabolite: CL·(1 − 0.5)·(1 − 0.3)·AUC; by the metabolite: CLm·AUC.
    let mut course = typical(&everything);
    let mut out = 0.0;
    let mut given = 0.0;
    for day in 0..40 {
        if day % 7 == 0 {
            course.give(day, 5.0, 30.0).unwrap();
            given += 30.0;
        }
        let exposure = course.advance_day();
        out += 24.0 / 1000.0 * 6.0 * 0.5 * 0.7 * exposure.parent.average;
        out += 24.0 / 1000.0 * 2.0 * exposure.metabolite.unwrap().average;
        let inside = course.in_body();
        assert!(off(inside + out, given) < 1e-11, "day {day}: {inside} + {out} of {given}");
    }
}

#[test]
fn absorption_and_elimination_at_one_rate_are_no_singularity() {
    let mut course = typical(&swallowed(0.1, 5.0, 50.0));
    course.give(0, 0.0, 100.0).unwrap();
    assert!(off(course.concentration(10.0).parent, 2000.0 * 0.1 * 10.0 * (-1.0f64).exp()) < 1e-11);
    let _ = absorption(1.0);
}
