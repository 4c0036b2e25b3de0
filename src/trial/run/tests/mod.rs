//! Trials of a few patients on small lattices.

mod agreement;
mod ledger;
mod mgmt;
mod pairing;
mod rules;
mod surrogate;
mod together;
mod views;

use std::path::Path;
use std::sync::atomic::AtomicUsize;

use crate::scenario::{Arm, Assessment, CohortSection, Laws, Scenario, Trial};
use crate::simulation::{BackendOptions, RunError};
use crate::trial::run::{PatientRun, PatientSink, Plan, TrialEnding, TrialOptions, run};

pub const EVEROLIMUS: &str =
    "[[therapy.line]]\nregimens = \"everolimus 10 mg daily\"\nuntil = \"progression\"\n";
pub const SUNITINIB: &str =
    "[[therapy.line]]\nregimens = \"sunitinib 37.5 mg daily\"\nuntil = \"progression\"\n";
pub const SUPPORT: &str = "[therapy]\nregimen = \"best supportive care\"\n";

/// A scenario with a plan; lattices are made as the agents need.
pub fn scenario(days: u32, therapy: &str) -> Scenario {
    let text = format!(
        "name = \"t\"\nphenotype = \"signalling\"\nseed = 5\n[time]\nend = \"{days} d\"\ncheck = \"1 d\"\n[lattice]\n\
         size = [16, 16, 16]\nplacement = \"radius\"\n[start]\n[oxygen]\n[vessels]\n{therapy}"
    );
    crate::scenario::parse(&text, "t.toml", Path::new("")).unwrap().scenario
}

/// A trial of arms by name and plan.
pub fn plan(patients: u32, days: u32, arms: &[(&str, &str)]) -> Plan {
    let arm = |(name, therapy): &(&str, &str)| Arm {
        name: (*name).to_owned(),
        enrolled: None,
        estimand: None,
        therapy: scenario(days, therapy).therapy.unwrap(),
    };
    let mut all = scenario(days, &format!("{EVEROLIMUS}{SUNITINIB}"));
    all.therapy = None;
    all.catalogue = crate::scenario::Catalogue::embedded().drugs().to_vec();
    all.trial = Some(Trial {
        about: Default::default(),
        conduct: Default::default(),
        cohort: CohortSection {
            patients,
            population: "radiant-3".to_owned(),
            laws: Laws::Sources,
            repeat: Vec::new(),
            agents: Some(1500),
            lesions: None,
            prognostic_factor: 0.8,
            origin: None,
            origins: None,
            grade_2: None,
            progressing: None,
            prior_analogue: 0.0,
            germline_effects: false,
            pharmacokinetics: crate::scenario::Pharmacokinetics::Virtual,
            changes: Vec::new(),
        },
        assessment: Assessment {
            jitter: 7,
            within: 0.05,
            new_lesions: 0.4,
            background_mortality: 1.3,
            tumour_death: 5.5e-4,
            ..crate::trial::visits::tests::assessment()
        },
        arms: arms.iter().map(arm).collect(),
        comparisons: Vec::new(),
        published: Vec::new(),
        record: None,
    });
    Plan::new(&all, None).unwrap()
}

#[derive(Default)]
struct Keep(Vec<PatientRun>);

impl PatientSink for Keep {
    fn progress(&mut self, _done: u32, _all: u32) {}

    fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
        self.0.push(run);
        Ok(())
    }
}

/// Everybody through the arms.
pub fn all(plan: &Plan, choices: &TrialOptions) -> Vec<PatientRun> {
    let mut keep = Keep::default();
    let finished = run(plan, choices, &mut keep, &AtomicUsize::new(0)).unwrap();
    assert_eq!(finished, TrialEnding::Done(Vec::new()));
    keep.0
}

/// All on the CPU with this many workers.
pub fn on_cpu(workers: usize) -> TrialOptions {
    TrialOptions { backend: BackendOptions::cpu(workers), patients: None, arms: None, surrogate: false }
}
