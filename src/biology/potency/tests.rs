use super::*;
use crate::catalogue::TscContext;
use crate::scenario::{Catalogue, PatientData, catalogue_loci, parse_state};

fn drugs(names: &[&str]) -> Vec<Drug> {
    names.iter().map(|name| Catalogue::embedded().find(name).unwrap().clone()).collect()
}

fn effect(drug: &str, state: &str, node: Node, nm: f64, patient: &PatientBiology) -> f64 {
    let loci = catalogue_loci();
    let potency = Potency::compile(&drugs(&[drug]), loci, patient).unwrap();
    let levels = parse_state(loci, state).unwrap();
    potency.of_state(&levels).inhibition(&[Exposure::bath(nm)]).get(node)
}

#[test]
fn occupancy_follows_the_concentration() {
    let patient = PatientBiology::typical();
    let everolimus = |nm| effect("everolimus", "sensitive", Node::MtorAllosteric, nm, &patient);
    assert_eq!((everolimus(0.0), everolimus(0.1)), (0.0, 0.5));
    assert!((everolimus(1.3) - 1.3 / 1.4).abs() < 1e-15);
    let weaker =
        PatientBiology::of(PatientData { rapalog_ec_factor: 3.0, ..PatientData::typical() }).unwrap();
    let shifted = effect("everolimus", "sensitive", Node::MtorAllosteric, 0.3, &weaker);
    assert!((shifted - 0.5).abs() < 1e-15);
}

#[test]
fn states_and_contexts_shift_it_and_shifts_multiply() {
    let (h, r) = (
        PatientBiology::typical(),
        PatientBiology::of(PatientData { tsc_context: TscContext::R, ..PatientData::typical() }).unwrap(),
    );
    let half = |state: &str, ec50: f64, patient: &PatientBiology| {
        let found = effect("everolimus", state, Node::MtorAllosteric, ec50, patient);
        assert!((found - 0.5).abs() < 1e-12, "{state}: {found}");
    };
    // Loss of TSC1/TSC2 touches neither FKBP12 nor mTOR.
    half("tsc=lost", 0.1, &h);
    half("tsc=lost", 0.1, &r);
    half("mtor_kinase=active", 0.06, &h);
    half("fkbp12_frb=frb_mutant", 1e5, &h);
    half("mtor_kinase=active, fkbp12_frb=frb_mutant", 6e4, &h);
}

#[test]
fn a_shift_may_hold_in_one_context_alone() {
    let mut drug = drugs(&["everolimus"]).remove(0);
    let shift = Shift {
        states: "tsc=lost".into(),
        tsc_context: Some(TscContext::R),
        ..drug.targets[0].shifts[0].clone()
    };
    drug.targets[0].shifts = vec![shift];
    let bound = |tsc_context| {
        let patient = PatientBiology::of(PatientData { tsc_context, ..PatientData::typical() }).unwrap();
        let potency = Potency::compile(&[drug.clone()], catalogue_loci(), &patient).unwrap();
        let levels = parse_state(catalogue_loci(), "tsc=lost").unwrap();
        potency.of_state(&levels).inhibition(&[Exposure::bath(0.1)]).get(Node::MtorAllosteric)
    };
    assert_eq!(bound(TscContext::H), 0.5);
    assert!(bound(TscContext::R) < 1e-5);
}

#[test]
fn a_locus_that_the_scenario_does_not_have_is_at_level_0() {
    let rtk: Vec<Locus> = catalogue_loci().iter().filter(|l| l.name == "rtk").cloned().collect();
    let potency = Potency::compile(&drugs(&["everolimus"]), &rtk, &PatientBiology::typical()).unwrap();
    let inhibition = potency.of_state(&[2]).inhibition(&[Exposure::bath(0.1)]);
    assert_eq!(inhibition.get(Node::MtorAllosteric), 0.5);
    assert!(potency.bindings[0].shifts.is_empty());
}

#[test]
fn drugs_on_one_node_combine_by_bliss_and_metabolites_count() {
    let names = ["everolimus", "sirolimus", "sunitinib"];
    let potency = Potency::compile(&drugs(&names), catalogue_loci(), &PatientBiology::typical()).unwrap();
    let sensitive = potency.of_state(&vec![0; catalogue_loci().len()]);
    let sunitinib = Exposure { parent_nm: 4.0, metabolite_nm: 6.0, average: 60.0, ..Exposure::default() };
    let all = sensitive.inhibition(&[Exposure::bath(0.1), Exposure::bath(0.3), sunitinib]);
    assert!((all.get(Node::MtorAllosteric) - (1.0 - 0.5 * 0.25)).abs() < 1e-15);
    assert!((all.get(Node::Rtk) - 0.5).abs() < 1e-15);
    assert_eq!(sensitive.inhibition(&[]), Inhibition::NONE);
}

// Ruling of the model: deaths by a rapalog need its binding, so FRB mutants and cells without FKBP12 have none.
#[test]
fn a_drug_that_does_not_bind_does_not_kill() {
    let loci = catalogue_loci();
    let potency = Potency::compile(&drugs(&["everolimus"]), loci, &PatientBiology::typical()).unwrap();
    let death = |state: &str| {
        potency.of_state(&parse_state(loci, state).unwrap()).effects(&[Exposure::bath(1.3)]).death
    };
    assert!((death("sensitive") - 8e-4 * 1.3 / 1.4).abs() < 1e-18);
    assert!(death("fkbp12_frb=1") < 2e-8 && death("fkbp12_frb=2") < 2e-8);
    let fragile = PatientBiology::of(PatientData { kill_factor: 2.0, ..PatientData::typical() }).unwrap();
    let twice = Potency::compile(&drugs(&["everolimus"]), loci, &fragile).unwrap();
    let twice = twice.of_state(&vec![0; loci.len()]).effects(&[Exposure::bath(1.3)]).death;
    assert_eq!(twice, 2.0 * death("sensitive"));
}

// Fasting insulin 4.6-fold on 300 mg of alpelisib (Diabetes 2024;73 Suppl 1:160-OR), IGF-1 to 0.74 on octreotide LAR (J
// Endocrinol Invest, doi:10.1007/BF03347432); pasireotide holds back the insulin that another drug calls for.
#[test]
fn hormones_follow_the_blood_and_a_dish_has_none() {
    let of = |names: &[&str], exposures: &[Exposure]| {
        let potency = Potency::compile(&drugs(names), catalogue_loci(), &PatientBiology::typical()).unwrap();
        let drugs = potency.of_state(&vec![0; catalogue_loci().len()]).inhibition(exposures);
        [drugs.hormone(Hormone::Insulin), drugs.hormone(Hormone::Igf1)]
    };
    let blood = |systemic| Exposure { systemic, ..Exposure::default() };
    let [insulin, igf1] = of(&["alpelisib"], &[blood(1360.0)]);
    assert!((insulin - 4.6).abs() < 0.2 && igf1 == 1.0, "{insulin} {igf1}");
    let [insulin, igf1] = of(&["octreotide LAR"], &[blood(1.37)]);
    assert!((igf1 - 0.74).abs() < 0.02 && insulin == 1.0, "{insulin} {igf1}");
    let both = ["alpelisib", "pasireotide LAR"];
    let held = of(&both, &[blood(1360.0), blood(10.9)])[0];
    let alone = of(&both, &[Exposure::default(), blood(10.9)])[0];
    assert!(alone < 0.6 && (held - alone * of(&["alpelisib"], &[blood(1360.0)])[0]).abs() < 1e-12);
    assert_eq!(of(&both, &[Exposure::bath(5000.0), Exposure::bath(5.0)]), [1.0, 1.0]);
}

#[test]
fn kills_at_division_follow_the_concentration_and_combine() {
    let mut drug = drugs(&["octreotide"]).remove(0);
    drug.kills = vec![CellKill {
        kind: KillKind::AtDivision,
        node: None,
        rate: None,
        probability: Some(drug.targets[0].hill.clone()),
        dose: None,
        ec50: Some(crate::catalogue::Number { value: 10.0, ..drug.targets[0].hill.clone() }),
        alpha: None,
        alpha_beta: None,
        repair_h: None,
        half_life_h: None,
        fall_per_cycle: None,
        lesions_log_sd: None,
        cells_log_sd: None,
        crossfire: None,
        negative: None,
        first_division: None,
        liver_only: None,
        mgmt: None,
        shifts: Vec::new(),
    }];
    let potency = Potency::compile(&[drug.clone(), drug], &[], &PatientBiology::typical()).unwrap();
    let exposure = Exposure { average: 10.0, ..Exposure::default() };
    let effects = potency.of_state(&[]).effects(&[exposure, exposure]);
    assert!((effects.kill_at_division - 0.75).abs() < 1e-15);
    assert_eq!(potency.of_state(&[]).effects(&[]).kill_at_division, 0.0);
}

#[test]
fn patients_without_receptors_do_not_answer_to_octreotide() {
    let none = PatientBiology::of(PatientData { sstr: 0.0, ..PatientData::typical() }).unwrap();
    assert_eq!(effect("octreotide", "sensitive", Node::Sstr, 5.0, &none), 0.0);
}

#[test]
fn what_cannot_be_used_is_said() {
    let refused = |change: &dyn Fn(&mut Target)| {
        let mut drug = drugs(&["everolimus"]).remove(0);
        change(&mut drug.targets[0]);
        Potency::compile(&[drug], catalogue_loci(), &PatientBiology::typical()).unwrap_err().to_string()
    };
    assert!(refused(&|t| t.shifts[0].states = "fkbp12_frb=frb".into()).contains("has no level `frb`"));
    assert!(refused(&|t| t.shifts[0].states = "tcs=2".into()).contains("did you mean `tsc`"));
    assert!(refused(&|t| t.ec50.value = 0.0).contains("EC50 is 0"));
}
