use super::*;
use crate::biology::patient::Turnover;
use crate::scenario::{Catalogue, PatientData, catalogue_loci, parse_state};

fn everolimus() -> Vec<Drug> {
    vec![Catalogue::embedded().find("everolimus").unwrap().clone()]
}

fn phenotype(patient: &PatientBiology) -> Phenotype {
    let oxygen = OxygenEffects::default();
    Phenotype::new(patient, Parameters::default(), catalogue_loci(), &everolimus(), oxygen).unwrap()
}

fn fate(phenotype: &Phenotype, state: &str, nm: f64, regime: Regime) -> Fate {
    let levels = parse_state(catalogue_loci(), state).unwrap();
    phenotype.state(&levels).fate(&[Exposure::bath(nm)], regime)
}

fn rate(fate: &Fate, locus: &str, to: u8) -> f64 {
    let index = catalogue_loci().iter().position(|l| l.name == locus).unwrap();
    fate.moves.iter().find(|m| m.locus == index && m.to == to).unwrap().rate
}

#[test]
fn an_untreated_sensitive_tumour_grows_as_it_should() {
    for r in [0.0005, 0.0009, 0.0025, 0.0035, 0.0045, 0.02, 0.06] {
        for kappa in [0.65, 0.72, 0.80] {
            let patient = PatientBiology::of(PatientData {
                growth: r,
                coupled_loss: kappa,
                gamma: 1.3,
                ..PatientData::typical()
            })
            .unwrap();
            let fate = fate(&phenotype(&patient), "sensitive", 0.0, Regime::Normoxic);
            assert!((fate.net() - r).abs() < 1e-15, "{r} {kappa}: {}", fate.net());
            assert_eq!(fate.division, patient.turnover.birth);
        }
    }
}

// Everolimus 10 mg a day is 1.3 nM unbound: the typical tumour is held near stasis, not shrunk. The fit to
// RADIANT-3 removes 0.71 (0.58 to 0.92) of net growth beside the deaths.
#[test]
fn everolimus_holds_the_typical_tumour() {
    let patient = PatientBiology::typical();
    let on = fate(&phenotype(&patient), "sensitive", 1.3, Regime::Normoxic);
    let Turnover { birth, coupled_loss, growth, .. } = patient.turnover;
    let removed = (1.0 - on.network.growth) * birth * (1.0 - coupled_loss) / growth;
    assert!((0.58..0.92).contains(&removed), "{removed}");
    assert!(on.net().abs() < 0.2 * growth, "{}", on.net());
    assert!((on.death - patient.turnover.death - 8e-4 * 1.3 / 1.4).abs() < 1e-12);
}

#[test]
fn hypoxia_is_a_third_of_the_divisions_in_all_and_anoxia_kills() {
    let phenotype = phenotype(&PatientBiology::typical());
    let at = |mmhg| fate(&phenotype, "sensitive", 0.0, OxygenEffects::default().regime(mmhg));
    let (well, hypoxic, anoxic) = (at(40.0), at(3.0), at(0.5));
    assert!((hypoxic.division / well.division - 0.3).abs() < 1e-12);
    assert_eq!((hypoxic.death, anoxic.division), (well.death, hypoxic.division));
    assert!((anoxic.death - well.death - 0.01).abs() < 1e-15);
    assert!(hypoxic.network.vegf > 3.0 * well.network.vegf && hypoxic.network.s6k < well.network.s6k);
    assert_eq!(OxygenEffects::default().regime(5.0), Regime::Normoxic);
}

// Basal switching is what holds the patient's share of upregulated cells without drugs.
#[test]
fn switching_holds_the_share_of_upregulated_cells_and_drugs_induce_more() {
    let patient = PatientBiology::typical();
    let phenotype = phenotype(&patient);
    let untreated = |state| fate(&phenotype, state, 0.0, Regime::Normoxic);
    let (sensitive, up) = (untreated("sensitive"), untreated("rtk=1"));
    let (u, k) = (rate(&sensitive, "rtk", 1), rate(&up, "rtk", 0));
    let mut f = 0.2;
    for _ in 0..20_000 {
        f += 0.1 * (u * (1.0 - f) - k * f + (up.net() - sensitive.net()) * f * (1.0 - f));
    }
    assert!((f - patient.data.rtk_fraction).abs() < 1e-9, "{f}");
    assert_eq!(k, 0.025);
    let on = fate(&phenotype, "sensitive", 1.3, Regime::Normoxic);
    let fall = 1.0 - on.network.s6k / sensitive.network.s6k;
    assert!((rate(&on, "rtk", 1) - u - 4e-4 * fall).abs() < 1e-15 && fall > 0.9);
}

// On a rapalog upregulated cells hardly revert; without it 88 % do in 12 weeks (Br J Cancer 2016, PMC4800296).
#[test]
fn reversion_waits_for_the_end_of_the_drug() {
    let phenotype = phenotype(&PatientBiology::typical());
    let reverting = |nm| rate(&fate(&phenotype, "rtk=1", nm, Regime::Normoxic), "rtk", 0);
    assert!((1.0 - libm::exp(-84.0 * reverting(0.0)) - 0.88).abs() < 0.005);
    assert!(reverting(1.3) < 0.1 * reverting(0.0));
}

#[test]
fn overactive_gsk3_is_induced_by_rapalogs_only_where_they_bind() {
    let phenotype = phenotype(&PatientBiology::typical());
    let gsk3 = |state, nm| rate(&fate(&phenotype, state, nm, Regime::Normoxic), "gsk3", 1);
    assert_eq!(gsk3("sensitive", 0.0), 1e-7);
    assert!((gsk3("sensitive", 1.3) - 1e-7 - 1e-5 * 1.3 / 1.4).abs() < 1e-18);
    assert!(gsk3("fkbp12_frb=1", 1.3) < 1.1e-7);
    assert_eq!(
        fate(&phenotype, "gsk3=1", 1.3, Regime::Normoxic).moves.iter().filter(|m| m.to == 0).count(),
        0
    );
}

#[test]
fn factors_of_the_patient_scale_what_they_say() {
    let plain = phenotype(&PatientBiology::typical());
    let other = PatientBiology::of(PatientData {
        gamma: 2.0,
        kill_factor: 3.0,
        induction_factor: 5.0,
        ..PatientData::typical()
    })
    .unwrap();
    let (a, b) = (
        fate(&plain, "sensitive", 1.3, Regime::Normoxic),
        fate(&phenotype(&other), "sensitive", 1.3, Regime::Normoxic),
    );
    assert!((b.division / 0.025 - libm::pow(a.division / 0.025, 2.0)).abs() < 1e-12);
    let d0 = other.turnover.death;
    assert!(((b.death - d0) / (a.death - d0) - 3.0).abs() < 1e-9);
    let fall = |f: &Fate, u: f64| rate(f, "rtk", 1) - u;
    let basal = |p: &Phenotype| rate(&fate(p, "sensitive", 0.0, Regime::Normoxic), "rtk", 1);
    let (ia, ib) = (fall(&a, basal(&plain)), fall(&b, basal(&phenotype(&other))));
    assert!((ib / ia - 5.0).abs() < 1e-6);
    // The published rate of GSK3 has no spread of its own.
    assert_eq!(rate(&a, "gsk3", 1), rate(&b, "gsk3", 1));
}

// More drug never makes a sensitive tumour grow.
#[test]
fn more_rapalog_never_helps_the_sensitive_cell() {
    let phenotype = phenotype(&PatientBiology::typical());
    let nets: Vec<f64> = (0..60)
        .map(|i| fate(&phenotype, "sensitive", 0.01 * libm::exp2(f64::from(i) / 5.0), Regime::Normoxic).net())
        .collect();
    assert!(nets.windows(2).all(|w| w[1] < w[0]), "{nets:?}");
}

#[test]
fn a_kill_at_division_counts_against_growth() {
    let plain = phenotype(&PatientBiology::typical());
    let state = plain.state(&vec![0; catalogue_loci().len()]);
    let effects = Effects { kill_at_division: 0.1, ..Effects::default() };
    let fate = state.fate_under(&effects, Regime::Normoxic);
    let expected = 0.025 * (0.9 * 0.28 - 0.1) - 0.0035;
    assert!((fate.net() - expected).abs() < 1e-12);
}

// Blockade of VEGF brings the state and holds it, whichever drugs it comes of, and the cell itself grows as before.
#[test]
fn evasive_angiogenesis_is_induced_by_the_blockade_of_vegf_and_held_by_it() {
    let phenotype = phenotype(&PatientBiology::typical());
    let state = |name: &str| phenotype.state(&parse_state(catalogue_loci(), name).unwrap());
    let under = |blockade: &[f64]| -> Vec<Exposure> {
        blockade.iter().map(|b| Exposure { vegf_blockade: *b, ..Exposure::default() }).collect()
    };
    let into = |b: &[f64]| rate(&state("sensitive").fate(&under(b), Regime::Normoxic), "angiogenesis", 1);
    let back =
        |b: &[f64]| rate(&state("angiogenesis=evasive").fate(&under(b), Regime::Normoxic), "angiogenesis", 0);
    assert_eq!((into(&[]), back(&[])), (2.5e-6, 0.004));
    assert!((into(&[0.5]) - 0.003_002_5).abs() < 1e-12 && (back(&[0.5]) - 0.002).abs() < 1e-12);
    assert!((into(&[0.5, 0.5]) - 0.004_502_5).abs() < 1e-12 && back(&[1.0]) == 0.0);
    let (sensitive, evasive) = (state("sensitive"), state("angiogenesis=evasive"));
    assert!(sensitive.is_alike(&evasive), "it acts on vessels alone");
}
