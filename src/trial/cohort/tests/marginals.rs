//! The distribution of each quantity, from the patients themselves.

use super::super::{CohortSpec, CovariateEffects, ParameterChange, VirtualPatient};
use super::{MANY, SEED, assert_share, cohort, column, distance, many, normal};
use crate::biology::patient::{PROGNOSTIC_FACTOR, PatientParameter};

fn log_normal(median: f64, log_sd: f64) -> impl Fn(f64) -> f64 {
    move |x| normal((x / median).ln() / log_sd)
}

type Field = fn(&VirtualPatient) -> f64;
type Is = fn(&VirtualPatient) -> bool;

/// Medians and log-SDs of the table of recommended defaults (rows 8, 14, 19, 19b, 20, 23, 35, 42, 44), read from there
/// and not from the table of parameters.
const LOG_NORMAL: [(&str, Field, f64, f64); 11] = [
    ("gamma", |p| p.data.gamma, 1.0, 0.4),
    ("kill factor", |p| p.data.kill_factor, 1.0, 0.9),
    ("rapalog EC50", |p| p.data.rapalog_ec_factor, 1.0, 0.5),
    ("VEGFR EC50", |p| p.data.vegfr_ec_factor, 1.0, 0.5),
    ("radiation", |p| p.data.radiation_dose_factor, 1.0, 0.5),
    ("induction", |p| p.data.induction_factor, 1.0, 0.5),
    ("sum of diameters", |p| p.diameter_sum_mm, 110.0, 0.5),
    ("vessels", |p| p.vessels_per_mm2, 300.0, 0.4),
    ("chromogranin", |p| p.cga_per_cell, 1.0, 1.2),
    ("weight", |p| p.data.weight_kg, 70.0, 0.2),
    ("GSK3", |p| p.data.gsk3_fraction, 0.002, 1.0),
];

#[test]
fn log_normal_quantities_are_so() {
    for (name, field, median, log_sd) in LOG_NORMAL {
        let off = distance(&column(field), log_normal(median, log_sd));
        assert!(off < 1.0, "{name}: {off}");
    }
}

// The check must see a median and a log-SD that are a tenth off.
#[test]
fn wrong_laws_are_noticed() {
    let gamma = column(|p| p.data.gamma);
    assert!(distance(&gamma, log_normal(1.1, 0.4)) > 1.0);
    assert!(distance(&gamma, log_normal(1.0, 0.36)) > 1.0);
}

// Rows 2 and 39: where both are mutated growth is 0.8 of that of others, about the same median.
#[test]
fn growth_is_that_of_the_population() {
    let p = 0.44 * 0.43;
    let shift = PROGNOSTIC_FACTOR.ln();
    let law = |x: f64| {
        let z = (x / 0.0035).ln();
        (1.0 - p) * normal((z + p * shift) / 1.32) + p * normal((z - (1.0 - p) * shift) / 1.32)
    };
    let growth = column(|p| p.data.growth);
    let uncut: Vec<f64> = growth.iter().copied().filter(|r| *r < 0.9).collect();
    assert!(growth.len() - uncut.len() < 10);
    assert!(distance(&growth, law) < 1.0);
    // About the median the mixture is hardly different from the log-normal distribution of the fit.
    assert!((law(0.0035) - 0.5).abs() < 1e-3);
}

// Row 26: clipped at one half, where 0.06 % of patients are.
#[test]
fn upregulated_receptors_are_cut_off_at_one_half() {
    let shares = column(|p| p.data.rtk_fraction);
    let at_most = |x: f64| if x >= 0.5 { 1.0 } else { log_normal(0.02, 1.0)(x) };
    // The step at 0.5 counts once: the distance takes the values below it.
    let below: Vec<f64> = shares.iter().copied().filter(|f| *f < 0.5).collect();
    let cut = shares.len() - below.len();
    assert_share(cut, shares.len(), 1.0 - normal(25f64.ln()), "cut off");
    let uncut = normal(25f64.ln());
    assert!(distance(&below, |x| at_most(x) / uncut) < 1.0);
    assert_eq!(many().iter().filter(|p| p.cut_off.contains(&"rtk_fraction")).count(), cut);
    assert!(cut > 0);
}

// Ages that a trial takes: hardly any is cut off at 100.
#[test]
fn age_is_log_normal() {
    assert!(distance(&column(|p| p.age_years), log_normal(58.0, 0.19)) < 1.0);
    assert!(column(|p| p.age_years).iter().all(|age| (18.0..=100.0).contains(age)));
}

// Row 5: beta with mean 0.72 and SD 0.12. Its distribution function by the trapezoidal rule on the density.
#[test]
fn coupled_loss_is_beta() {
    let nu = 0.72 * 0.28 / 0.0144 - 1.0;
    let (a, b) = (0.72 * nu, 0.28 * nu);
    let log_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let steps = 20_000;
    let at = |i: usize| i as f64 / steps as f64;
    let density = |x: f64| ((a - 1.0) * x.ln() + (b - 1.0) * (1.0 - x).ln() - log_beta).exp();
    let mut sums = vec![0.0; steps + 1];
    for i in 1..=steps {
        let ends = [i - 1, i].map(|k| if k == 0 || k == steps { 0.0 } else { density(at(k)) });
        sums[i] = sums[i - 1] + 0.5 * (ends[0] + ends[1]) / steps as f64;
    }
    assert!((sums[steps] - 1.0).abs() < 1e-9);
    let law = |x: f64| {
        let i = (x * steps as f64) as usize;
        sums[i] + (sums[i + 1] - sums[i]) * (x * steps as f64 - i as f64)
    };
    assert!(distance(&column(|p| p.data.coupled_loss), law) < 1.0);
}

#[test]
fn the_reach_is_uniform() {
    assert!(distance(&column(|p| p.data.upregulated_reach), |x| x) < 1.0);
}

// Rows 18, 28, 29, 38, 39, 40, 41, 43.
#[test]
fn covariates_and_clonal_changes_have_their_probabilities() {
    fn clonal(patient: &VirtualPatient, locus: &str) -> bool {
        patient.clonal.iter().any(|(own, _)| *own == locus)
    }
    let all: [(&str, f64, Is); 14] = [
        ("grade 2", 0.17, |p| p.grade_2),
        ("context R", 0.3, |p| p.data.tsc_context.word() == "R"),
        ("no receptor", 0.2, |p| p.data.sstr == 0.0),
        ("FGFR4", 0.5, |p| p.data.fgfr4_r388),
        ("PHLPP2", 0.3, |p| p.data.phlpp2_s1016),
        ("MEN1", 0.44, |p| p.data.men1),
        ("DAXX", 0.43, |p| p.data.daxx_atrx),
        ("MGMT", 0.5, |p| p.mgmt_low),
        ("women", 0.45, |p| p.data.sex.word() == "female"),
        ("TSC", 0.03, |p| clonal(p, "tsc") && p.data.tsc_fraction == 1.0),
        ("kinase", 0.01, |p| clonal(p, "mtor_kinase") && p.data.kinase_fraction == 1.0),
        ("PTEN", 0.071, |p| clonal(p, "pten")),
        ("PIK3CA", 0.02, |p| clonal(p, "pik3ca")),
        ("KRAS", 0.005, |p| clonal(p, "kras")),
    ];
    for (name, probability, is) in all {
        assert_share(many().iter().filter(|p| is(p)).count(), MANY as usize, probability, name);
    }
    let rest = many().iter().find(|p| p.clonal.is_empty()).unwrap();
    assert_eq!(
        (rest.data.tsc_fraction, rest.data.kinase_fraction, rest.data.frb_fraction),
        (1e-6, 3e-6, 1.2e-6)
    );
}

// A population and changes reach the patients as asked.
#[test]
fn changes_of_laws_reach_the_patients() {
    let spec = CohortSpec { population: "clarinet".into(), ..CohortSpec::new(4000, 5) }
        .with("gamma", ParameterChange::Typical(0.8))
        .with("gamma", ParameterChange::Spread(0.2))
        .with("weight_kg", ParameterChange::Fixed(81.0))
        .with("pten", ParameterChange::Spread(0.5))
        .with("coupled_loss", ParameterChange::Typical(0.65));
    let spec = CohortSpec { prognostic_factor: 1.0, ..spec };
    let patients: Vec<VirtualPatient> = cohort(spec).patients().collect();
    let column = |f: Field| patients.iter().map(f).collect::<Vec<f64>>();
    assert!(distance(&column(|p| p.data.growth), log_normal(0.0009, 1.32)) < 1.0);
    assert!(distance(&column(|p| p.data.gamma), log_normal(0.8, 0.2)) < 1.0);
    assert!(patients.iter().all(|p| p.data.weight_kg == 81.0));
    let lost = patients.iter().filter(|p| p.clonal.contains(&("pten", 2))).count();
    assert_share(lost, patients.len(), 0.5, "PTEN");
    let mean = column(|p| p.data.coupled_loss).iter().sum::<f64>() / 4000.0;
    assert!((mean - 0.65).abs() < super::bound(4000.0, 0.0016, 1.0), "{mean}");
}

#[test]
fn no_quantity_is_left_out() {
    // Quantities that the checks above name, plus Ki-67 (structure.rs) and those that are the same for all.
    let alone = ["growth", "rtk", "coupled loss", "reach", "ki67", "age"];
    let same = ["frb", "refractory", "progressing"];
    let checked = LOG_NORMAL.len() + 14 + alone.len() + same.len();
    assert_eq!(checked, PatientParameter::ALL.len());
}

// Covariates move growth by as much as they say, and patients have them in the shares asked for.
#[test]
fn growth_follows_covariates() {
    use crate::scenario::{GROWTH_BY_COVARIATES, Origin, OriginShares};
    let origins = OriginShares { pancreas: 0.3, gut: 0.5, lung: 0.2, unknown: 0.0 };
    let of_growth = |effects: CovariateEffects| {
        let spec = CohortSpec {
            population: GROWTH_BY_COVARIATES.into(),
            origins,
            effects,
            prognostic_factor: 1.0,
            ..CohortSpec::new(6000, SEED)
        };
        let spec = spec
            .with("grade_2", ParameterChange::Spread(0.4))
            .with("progressing", ParameterChange::Spread(0.75))
            .with("analogue_refractory", ParameterChange::Spread(0.64));
        cohort(spec).patients().collect::<Vec<VirtualPatient>>()
    };
    let patients = of_growth(CovariateEffects::typical());
    let effects = CovariateEffects::typical();
    let shares: [(&str, f64, Is); 6] = [
        ("pancreas", 0.3, |p| p.data.origin == Origin::Pancreas),
        ("gut", 0.5, |p| p.data.origin == Origin::Gut),
        ("lung", 0.2, |p| p.data.origin == Origin::Lung),
        ("grade 2", 0.4, |p| p.grade_2),
        ("progressing", 0.25, |p| p.progressing),
        ("refractory", 0.64, |p| p.data.analogue_refractory),
    ];
    for (name, share, is) in shares {
        assert_share(patients.iter().filter(|p| is(p)).count(), patients.len(), share, name);
    }
    // Of each kind, the median is moved by its covariates and the spread is the residual one.
    let log_sd = effects.residual(1.32);
    for (origin, grade_2, progressing) in [(Origin::Gut, false, false), (Origin::Gut, true, false)] {
        let of =
            |p: &&VirtualPatient| (p.data.origin, p.grade_2, p.progressing) == (origin, grade_2, progressing);
        let own: Vec<f64> = patients.iter().filter(of).map(|p| p.data.growth).collect();
        let median = 0.0035 * effects.shift(origin, grade_2, progressing).exp();
        assert!(own.len() > 300 && distance(&own, log_normal(median, log_sd)) < 1.0, "{origin:?}");
        // Negative control: without what moves it.
        assert!(distance(&own, log_normal(0.0035, log_sd)) > 1.0, "{origin:?}");
    }
    // The same patients where covariates do nothing: only growth and what follows from it differ.
    let none = CovariateEffects { gut: 0.0, lung: 0.0, progressing: 0.0, grade_2: 0.0, ..effects };
    for (a, b) in patients.iter().zip(of_growth(none)).take(200) {
        assert_eq!((a.data.gamma, a.grade_2, a.data.origin), (b.data.gamma, b.grade_2, b.data.origin));
    }
}

// A population that was fitted holds its covariates: they are labels there.
#[test]
fn covariates_move_no_fitted_population() {
    let usual = CohortSpec::new(1, SEED);
    let other = usual.clone().with("grade_2", ParameterChange::Fixed(1.0));
    let (a, b) = (cohort(usual), cohort(other));
    for id in 0..50 {
        assert_eq!(a.patient(id).data.growth, b.patient(id).data.growth);
        assert!(b.patient(id).grade_2);
    }
}
