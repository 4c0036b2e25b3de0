//! The drugs that the network's checks are made with: what they bind, and how strongly.
//!
//! Concentrations are unbound, nM. How much of mTORC1's work a bound rapalog stops is in the network, so
//! rapalogs have a maximum of 1 here. States that are resistant through the network (`gsk3`, `rtk`) have no
//! shifts.

use crate::catalogue::{
    Analyte, CellKill, Confidence, Drug, DrugKind, KillKind, Label, Node, Number, Route, Shift, Target,
};

use Confidence::{A, B, C};

/// Unbound EC50 of a target: node, nM, maximum, source, confidence.
type Row = (Node, f64, f64, &'static str, Confidence);

const MTOR_SITE: &str = "Nature 2016;534:272";

/// The drugs.
pub fn reference_drugs() -> Vec<Drug> {
    let rapalog = |name| {
        let source = "S6K in cells, unbound; 10 mg a day is on the plateau (pubmed 27299325)";
        let mut drug =
            drug(name, "rapalog", &[(Node::MtorAllosteric, 0.1, 1.0, source, C)], rapalog_shifts());
        drug.kills.push(rapalog_kill());
        drug
    };
    let kinase = |name, ec50, source| {
        drug(name, "mTOR kinase inhibitor", &[(Node::MtorKinase, ec50, 1.0, source, C)], kinase_shifts())
    };
    let scaled = "enzyme IC50 times 7, the ratio of cell to enzyme of sapanisertib";
    vec![
        rapalog("everolimus"),
        rapalog("sirolimus"),
        kinase("sapanisertib", 10.0, "p4E-BP1 in cells 10 to 30 nM"),
        kinase("CC-223", 60.0, "enzyme IC50 16 nM; cells, unbound"),
        kinase("AZD2014", 20.0, scaled),
        kinase("PP242", 57.0, scaled),
        drug(
            "RapaLink-1",
            "bivalent mTOR inhibitor",
            &[(Node::MtorBivalent, 1.0, 1.0, MTOR_SITE, C)],
            bivalent_shifts(),
        ),
        drug(
            "dactolisib",
            "PI3K and mTOR inhibitor",
            &[
                (Node::MtorKinase, 13.0, 1.0, "mTOR 6 to 21 nM", C),
                (Node::Pi3k, 28.0, 1.0, "PI3K-alpha 4 nM times 7", C),
            ],
            kinase_shifts(),
        ),
        drug(
            "alpelisib",
            "PI3K-alpha inhibitor",
            &[(Node::Pi3k, 500.0, 1.0, "cells 1 to 5 uM with serum", C)],
            vec![],
        ),
        drug("trametinib", "MEK inhibitor", &[(Node::Mek, 0.8, 1.0, "MEK1/2 0.7 to 0.9 nM", C)], vec![]),
        drug("PD98059", "MEK inhibitor", &[(Node::Mek, 4500.0, 1.0, "MEK1 2 to 7 uM", C)], vec![]),
        sum(drug(
            "sunitinib",
            "VEGFR and PDGFR inhibitor",
            &[(Node::Rtk, 10.0, 1.0, "4 ng/mL unbound", B)],
            vec![],
        )),
        drug(
            "octreotide",
            "somatostatin analogue",
            &[(Node::Sstr, 0.5, 1.0, "SSTR2 0.4 to 0.6 nM", A)],
            vec![],
        ),
        drug(
            "pan-RTK inhibitor",
            "tool compound",
            &[(Node::Rtk, 10.0, 1.0, "a bath", C), (Node::GrowthFactor, 10.0, 1.0, "a bath", C)],
            vec![],
        ),
        drug("GSK3 inhibitor", "tool compound", &[(Node::Gsk3, 1000.0, 1.0, "a bath", C)], vec![]),
        drug("alisertib", "Aurora kinase A inhibitor", &[(Node::Aurora, 50.0, 1.0, "a bath", C)], vec![]),
    ]
}

fn number(value: f64, source: &str, confidence: Confidence) -> Number {
    Number { value, cv: 0.0, source: source.to_owned(), confidence }
}

fn drug(name: &str, class: &str, targets: &[Row], shifts: Vec<Shift>) -> Drug {
    let target = |(node, ec50, maximum, source, confidence): &Row| Target {
        node: *node,
        analyte: Analyte::Parent,
        ec50: number(*ec50, source, *confidence),
        hill: number(1.0, "one site", C),
        maximum: number(*maximum, source, *confidence),
        // Shifts are of binding to mTOR.
        shifts: if *node == Node::Pi3k { Vec::new() } else { shifts.clone() },
    };
    Drug {
        name: name.to_owned(),
        aliases: Vec::new(),
        class: class.to_owned(),
        kind: DrugKind::Medicine,
        description: String::new(),
        notes: Vec::new(),
        routes: vec![Route::Bath],
        molar_mass: None,
        pk: None,
        targets: targets.iter().map(target).collect(),
        vascular: None,
        kills: Vec::new(),
        delivery_exponent: number(0.0, "a bath", C),
        toxicities: Vec::new(),
        discontinuation: None,
        label: Label {
            regimen: String::new(),
            reductions: Vec::new(),
            maximum: None,
            hold_days: number(0.0, "a bath", C),
            stop_after: 0,
            source: String::new(),
        },
    }
}

fn sum(mut drug: Drug) -> Drug {
    drug.targets.iter_mut().for_each(|t| t.analyte = Analyte::Sum);
    drug
}

fn shift(states: &str, context: Option<&str>, ec50: f64, source: &str, confidence: Confidence) -> Shift {
    Shift {
        states: states.to_owned(),
        tsc_context: context.map(str::to_owned),
        ec50: number(ec50, source, confidence),
        maximum: number(1.0, "unchanged", C),
    }
}

fn rapalog_shifts() -> Vec<Shift> {
    let lost = "a clinical remission in a TSC2-null tumour (NEJM 2014;371:1426); size: choice of the model";
    vec![
        shift("fkbp12_frb=frb_mutant", None, 1e6, MTOR_SITE, B),
        shift("fkbp12_frb=fkbp12_lost", None, 1e6, MTOR_SITE, B),
        shift("mtor_kinase=active", None, 0.6, "0.3 to 1 on S6K (Nature 2016;534:272)", B),
        shift("tsc=lost", Some("H"), 0.5, lost, C),
        shift("tsc=lost", Some("R"), 5.0, "3 to 10; choice of the model", C),
    ]
}

fn kinase_shifts() -> Vec<Shift> {
    vec![shift("mtor_kinase=active", None, 10.4976, "10 to 30 (Nature 2016;534:272); 1.8^4", B)]
}

fn bivalent_shifts() -> Vec<Shift> {
    vec![
        shift("fkbp12_frb=frb_mutant", None, 2.0, "1 to 3 (Nature 2016;534:272)", B),
        shift("fkbp12_frb=fkbp12_lost", None, 30.0, "10 to 50: bivalent avidity is lost", C),
    ]
}

fn rapalog_kill() -> CellKill {
    CellKill {
        kind: KillKind::Death,
        node: Some(Node::MtorAllosteric),
        strength: number(8e-4, "4e-4 to 1.9e-3 per day (surrogate fit to RADIANT-3)", B),
        ec50: None,
        alpha: None,
        alpha_beta: None,
        repair_h: None,
        half_life_h: None,
        fall_per_cycle: None,
        shifts: Vec::new(),
    }
}
