//! Drugs as the checks need them, from the project's table of sources ("2a" is a section of it), and courses of them.

use crate::catalogue::{
    Absorption, Allometry, Confidence, Correlation, Exchange, Metabolite, Number, Pk, Recirculation, Release,
};
use crate::therapy::pk::{DayExposure, DrugCourse, PkIndividual};

/// A number with a spread.
pub fn number(value: f64, cv: f64) -> Number {
    Number { value, cv, source: "test".into(), confidence: Confidence::C }
}

/// An injected drug in one compartment.
pub fn one_compartment(clearance: f64, volume: f64) -> Pk {
    Pk {
        matrix: "plasma".into(),
        clearance: number(clearance, 0.0),
        volume: number(volume, 0.0),
        exchange: None,
        absorption: None,
        bioavailability: number(1.0, 0.0),
        occasion_cv: number(0.0, 0.0),
        release: Vec::new(),
        hepatic_flow: None,
        recirculation: None,
        metabolite: None,
        correlations: Vec::new(),
        allometry: None,
        infusion_h: None,
        residual_cv: None,
        unbound: number(1.0, 0.0),
        residence_h: None,
    }
}

/// A swallowed drug in one compartment.
pub fn swallowed(ka: f64, clearance: f64, volume: f64) -> Pk {
    Pk { absorption: Some(absorption(ka)), ..one_compartment(clearance, volume) }
}

pub fn absorption(ka: f64) -> Absorption {
    Absorption { rate: number(ka, 0.0), transit: 0, transit_time: None }
}

pub fn exchange(clearance: f64, volume: f64) -> Option<Exchange> {
    Some(Exchange { clearance: number(clearance, 0.0), volume: number(volume, 0.0) })
}

fn allometry(reference_kg: f64, clearance: f64, volume: f64, peripheral: bool) -> Option<Allometry> {
    let (clearance, volume) = (number(clearance, 0.0), number(volume, 0.0));
    Some(Allometry { reference_kg, clearance, volume, peripheral })
}

fn correlation(first: &str, second: &str, value: f64) -> Correlation {
    Correlation { first: first.into(), second: second.into(), value }
}

pub fn release(fraction: Number, transit: u32, mean_time: Number) -> Release {
    Release { fraction, transit, mean_time }
}

/// The coefficient of variation of a log-normal law with this standard deviation of the logarithm.
pub fn cv_of_log_sd(log_sd: f64) -> f64 {
    ((log_sd * log_sd).exp() - 1.0).sqrt()
}

/// Everolimus in whole blood: de Wit 2016, doi:10.1007/s00280-016-3050-6 (2a); unbound fraction 1.2/22.8 (9 #12).
pub fn everolimus() -> Pk {
    Pk {
        matrix: "whole blood".into(),
        clearance: number(17.4, 0.351),
        volume: number(25.2, 0.864),
        exchange: exchange(51.1, 400.0),
        occasion_cv: number(0.192, 0.0),
        allometry: allometry(70.0, 0.75, 1.0, false),
        residual_cv: Some(number(0.273, 0.0)),
        unbound: number(0.0527, 0.0),
        ..swallowed(0.647, 17.4, 25.2)
    }
}

/// Everolimus in plasma: ter Heine 2018, doi:10.1111/bcp.13591 (2a), haematocrit 0.38: a well-stirred liver with a
/// plasma flow of 90·(1 − 0.38) L/h and fu·CLint = 0.27·340 L/h; four transit compartments and a depot.
pub fn everolimus_plasma() -> Pk {
    let ktr = 5.0 / 0.404;
    Pk {
        exchange: exchange(85.7, 577.0),
        absorption: Some(Absorption {
            rate: number(ktr, 0.0),
            transit: 4,
            transit_time: Some(number(4.0 / ktr, 0.0)),
        }),
        hepatic_flow: Some(number(90.0 * (1.0 - 0.38), 0.0)),
        unbound: number(0.27, 0.0),
        ..one_compartment(0.27 * 340.0, 175.0)
    }
}

/// Sunitinib and SU12662: Yu 2015, doi:10.1111/bcp.12550 (2b); free fractions 5 % and 10 % (label).
pub fn sunitinib() -> Pk {
    Pk {
        clearance: number(35.7, 0.339),
        volume: number(1360.0, 0.324),
        hepatic_flow: Some(number(80.0, 0.0)),
        metabolite: Some(Metabolite {
            name: "SU12662".into(),
            fraction: number(0.21, 0.0),
            clearance: number(17.1, 0.421),
            volume: number(635.0, 0.579),
            exchange: exchange(20.1, 388.0),
            unbound: number(0.10, 0.0),
            molar_mass: number(370.4, 0.0),
        }),
        correlations: vec![
            correlation("volume", "metabolite.volume", 0.48),
            correlation("metabolite.volume", "metabolite.clearance", 0.45),
            correlation("clearance", "metabolite.clearance", 0.53),
        ],
        allometry: allometry(70.0, 0.75, 1.0, true),
        unbound: number(0.05, 0.0),
        ..swallowed(0.34, 35.7, 1360.0)
    }
}

/// Bevacizumab: Han 2016, doi:10.1007/s00280-016-3079-6 (2c), a woman; L/d turned into L/h; infused in 90 minutes.
pub fn bevacizumab() -> Pk {
    Pk {
        matrix: "serum".into(),
        clearance: number(0.2064 / 24.0, 0.292),
        volume: number(2.678, 0.183),
        exchange: Some(Exchange { clearance: number(0.4464 / 24.0, 0.0), volume: number(2.423, 0.414) }),
        infusion_h: Some(number(1.5, 0.0)),
        allometry: allometry(70.0, 0.589, 0.470, true),
        residual_cv: Some(number(0.218, 0.0)),
        ..one_compartment(1.0, 1.0)
    }
}

/// Mean time that sorafenib waits in the bile, h, at a dose every 12 h (see `sorafenib.rs`).
pub fn sorafenib_wait() -> f64 {
    let (closed, interval, rate) = (6.13, 12.0, 0.857);
    closed * closed / (2.0 * interval) + 1.0 / rate
}

/// Sorafenib: Jain 2011, doi:10.1111/j.1365-2125.2011.03963.x (2c). The gated emptying of the gallbladder is
/// represented by its mean waiting time.
pub fn sorafenib() -> Pk {
    let ka = 5.0 / 1.98;
    Pk {
        clearance: number(8.13, 0.18),
        volume: number(213.0, 0.687),
        absorption: Some(Absorption {
            rate: number(ka, 0.619),
            transit: 4,
            transit_time: Some(number(4.0 / ka, 0.619)),
        }),
        recirculation: Some(Recirculation {
            fraction: number(0.498, 0.0),
            rate: number(1.0 / sorafenib_wait(), 0.0),
        }),
        correlations: vec![
            correlation("clearance", "volume", 0.778),
            correlation("absorption.rate", "absorption.transit_time", -1.0),
        ],
        allometry: allometry(80.0, 0.0, 1.0, false),
        ..one_compartment(8.13, 213.0)
    }
}

/// Octreotide LAR: Kapralos 2021, doi:10.3390/pharmaceutics13101578 (2c), the profile of 87 % of subjects. Shares are
/// exp(−5.18), exp(−3.36), exp(−1.54) and 1 over their sum; mean times 300/(1 + e^0.421), +181, +506 h; transit counts
/// 3.42, 17.9 and 5.08 plus one, rounded. The paper's CVs of these are standard deviations of logarithms.
pub fn octreotide() -> Pk {
    let weights = [(-5.18f64).exp(), (-3.36f64).exp(), (-1.54f64).exp(), 1.0];
    let sum: f64 = weights.iter().sum();
    let first = 300.0 / (1.0 + 0.421f64.exp());
    let share = |i: usize, log_sd: f64| number(weights[i] / sum, cv_of_log_sd(log_sd));
    // The first time varies on the logit scale below 300 h: d ln MTT / d logit = 1 − MTT/300 there.
    let first_sd = 0.601 * (1.0 - first / 300.0);
    Pk {
        matrix: "serum".into(),
        clearance: number(32.7, cv_of_log_sd(0.282)),
        volume: number(15.3, cv_of_log_sd(0.394)),
        release: vec![
            release(share(0, 0.289), 0, number(0.0, 0.0)),
            release(share(1, 1.288), 4, number(first, cv_of_log_sd(first_sd))),
            release(share(2, 0.205), 19, number(first + 181.0, cv_of_log_sd(0.173))),
            release(share(3, 0.0), 6, number(first + 181.0 + 506.0, cv_of_log_sd(0.202))),
        ],
        ..swallowed(0.27, 32.7, 15.3)
    }
}

/// Lanreotide Autogel: Buil-Bruna 2016, doi:10.1007/s40262-015-0329-4, a woman. 99.4 % first-order at 0.0159 /d, the
/// rest at a constant rate over 2.96 d: here a chain of the same mean time; weight as a power (0.00977·74 = 0.72).
pub fn lanreotide() -> Pk {
    Pk {
        matrix: "serum".into(),
        clearance: number(513.0 / 24.0, 0.27),
        volume: number(18.3, 1.5),
        release: vec![
            release(number(0.006, 0.0), 8, number(1.48 * 24.0, 0.0)),
            release(number(0.994, 0.0), 1, number(24.0 / 0.0159, 0.61)),
        ],
        allometry: allometry(74.0, 0.723, 0.0, false),
        residual_cv: Some(number(0.275, 0.0)),
        ..one_compartment(513.0 / 24.0, 18.3)
    }
}

/// Trametinib: Ravix 2024, doi:10.3390/cancers16122193 (2c), at 63 years and 46.35 kg of fat-free mass.
pub fn trametinib() -> Pk {
    Pk {
        clearance: number(3.96, 0.23),
        exchange: exchange(29.4, 286.0),
        residual_cv: Some(number(0.20, 0.0)),
        ..swallowed(0.913, 3.96, 108.0)
    }
}

/// Temsirolimus in whole blood (label; 2c): CL 16.2 L/h, Vss 172 L, half-life 17.3 h and 585 ng/mL at the end of 25 mg
/// in half an hour fix two compartments (36.2 and 135.8 L, 8.62 L/h). Sirolimus: half-life 54.6 h and an area 2.7
/// times the parent's fix its apparent clearance (16.2/2.7) and volume, per unit of the share that forms it.
pub fn temsirolimus() -> Pk {
    let clearance = 16.2 / 2.7;
    Pk {
        matrix: "whole blood".into(),
        exchange: exchange(8.62, 135.8),
        infusion_h: Some(number(0.5, 0.0)),
        metabolite: Some(Metabolite {
            name: "sirolimus".into(),
            fraction: number(1.0, 0.0),
            clearance: number(clearance, 0.0),
            volume: number(clearance * 54.6 / 2f64.ln(), 0.0),
            exchange: None,
            unbound: number(0.05, 0.0),
            molar_mass: number(914.2, 0.0),
        }),
        ..one_compartment(16.2, 36.2)
    }
}

/// The typical patient of 70 kg.
pub fn typical(pk: &Pk) -> DrugCourse {
    DrugCourse::new(PkIndividual::typical(pk, 70.0).unwrap())
}

/// Days under doses given by a rule: day to list of (hour, mg).
pub fn treat(course: &mut DrugCourse, days: u32, doses: impl Fn(u32) -> Vec<(f64, f64)>) -> Vec<DayExposure> {
    let first = course.day();
    (first..first + days)
        .map(|day| {
            for (hour, mg) in doses(day) {
                course.give(day, hour, mg).unwrap();
            }
            course.advance_day()
        })
        .collect()
}

/// Relative difference.
pub fn off(value: f64, expected: f64) -> f64 {
    (value / expected - 1.0).abs()
}

/// A value that a table of sources gives with so many decimals.
#[track_caller]
pub fn as_printed(value: f64, printed: f64, decimals: i32) {
    let half = 0.5 * 10f64.powi(-decimals);
    assert!((value - printed).abs() <= half * 1.0001, "{value} does not round to {printed}");
}
