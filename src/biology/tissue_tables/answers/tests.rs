use std::path::Path;

use super::*;
use crate::biology::patient::PatientBiology;
use crate::biology::potency::Exposure;
use crate::biology::{StateSpace, tissue_tables::TissueTables};
use crate::catalogue::Drug;
use crate::scenario::{Catalogue, Scenario};
use crate::tissue::random::philox;

/// Largest error of a rate of division or death, as a share of the untreated rate of division: under one drug, and under two. The
/// worst two are temsirolimus and a laboratory's inhibitor of all receptors; everolimus and sunitinib come to 0.0006.
const MAX_ERROR: [f64; 2] = [0.003, 0.004];

/// The usual loci, with places without oxygen.
fn scenario() -> Scenario {
    let text = "name = \"a\"\nphenotype = \"signalling\"\n[time]\nend = \"1 d\"\n[lattice]\nsize = [64, 64]\n[start]\n\
                [patient]\n[oxygen]\n[vessels]\n";
    crate::scenario::parse(text, "test.toml", Path::new("")).unwrap().scenario
}

/// Catalogue drugs that act on the network.
fn drugs() -> Vec<Drug> {
    Catalogue::embedded().drugs().iter().filter(|d| !d.targets.is_empty()).cloned().collect()
}

/// Numbers from 0 to 1, the same in every run.
struct Numbers(u32);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 += 1;
        f64::from(philox([self.0, 0, 0, 0], [19, 7])[0]) / 4_294_967_296.0
    }

    /// Within five octaves of the first EC50, where drugs do most, and at any step.
    fn local(&mut self, tissue: &TissueTables, drugs: &[Drug]) -> Vec<DrugBins> {
        let near = |numbers: &mut Self, drug: &Drug| {
            drug.targets[0].ec50.value * libm::exp2(10.0 * numbers.unit() - 5.0)
        };
        let exposures: Vec<Exposure> = drugs
            .iter()
            .map(|d| Exposure {
                parent_nm: near(self, d),
                metabolite_nm: near(self, d),
                ..Exposure::default()
            })
            .collect();
        let step = |numbers: &mut Self| (numbers.unit() * 512.0) as i32;
        tissue.bins(&exposures).iter().map(|b| b.shifted(step(self))).collect()
    }
}

/// Largest error of division and of death in these places, relative to untreated division.
fn errors(tissue: &mut TissueTables, local: &[DrugBins], birth: f64) -> [f64; 2] {
    let exposures: Vec<Exposure> = local.iter().map(DrugBins::exposure).collect();
    let found = tissue.answers.of(&tissue.kinds, local);
    let mut worst = [0.0_f64; 2];
    for (starved, regime) in [Regime::Normoxic, Regime::Hypoxic].into_iter().enumerate() {
        for (kind, found) in tissue.kinds.iter().zip(&found[starved * tissue.kinds.len()..]) {
            let effects = kind.effects(&exposures);
            let exact = kind.answer(&kind.network(&effects, regime));
            let division = kind.division(found, regime) - kind.division(&exact, regime);
            let death = kind.death(&effects, found, regime) - kind.death(&effects, &exact, regime);
            worst[0] = worst[0].max(division.abs() / birth);
            worst[1] = worst[1].max(death.abs() / birth);
        }
    }
    worst
}

fn worst(sets: &[Vec<Drug>], samples: usize) -> [f64; 2] {
    let (scenario, patient) = (scenario(), PatientBiology::typical());
    let space = StateSpace::new(&scenario);
    let mut numbers = Numbers(0);
    let mut worst = [0.0_f64; 2];
    for drugs in sets {
        let mut tissue = TissueTables::new(&scenario, &space, &patient, drugs).unwrap();
        for _ in 0..samples {
            let local = numbers.local(&tissue, drugs);
            let here = errors(&mut tissue, &local, patient.turnover.birth);
            worst = [worst[0].max(here[0]), worst[1].max(here[1])];
        }
    }
    worst
}

#[test]
fn rates_under_any_drug_are_those_of_the_network() {
    let sets: Vec<Vec<Drug>> = drugs().into_iter().map(|drug| vec![drug]).collect();
    let worst = worst(&sets, 60);
    println!("largest error of untreated division: division {:.5}, death {:.5}", worst[0], worst[1]);
    assert!(worst.iter().all(|error| *error <= MAX_ERROR[0]), "{worst:?}");
}

#[test]
fn rates_under_any_two_drugs_are_those_of_the_network() {
    let all = drugs();
    let mut sets = Vec::new();
    for (i, one) in all.iter().enumerate() {
        sets.extend(all[i + 1..].iter().map(|other| vec![one.clone(), other.clone()]));
    }
    let worst = worst(&sets, 6);
    println!("largest error of untreated division: division {:.5}, death {:.5}", worst[0], worst[1]);
    assert!(worst.iter().all(|error| *error <= MAX_ERROR[1]), "{worst:?}");
}

// Without drugs nothing is interpolated: rates are the network's, to the bit.
#[test]
fn answers_without_drugs_are_exact() {
    let (scenario, drugs) = (scenario(), &drugs()[..2]);
    let mut tissue =
        TissueTables::new(&scenario, &StateSpace::new(&scenario), &PatientBiology::typical(), drugs).unwrap();
    assert_eq!(errors(&mut tissue, &[DrugBins::ABSENT; 2], 1.0), [0.0; 2]);
}
