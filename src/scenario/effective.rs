//! The effective scenario: every default and conversion written out, as a scenario file again.

mod trial;

use super::declare::{Plain, Section as _, Writer};
use super::model::{Mode, Rates, Scenario, Time};
use super::read::drugs::DrugKeys;
use super::read::lattice::LatticeKeys;
use super::read::loci::LocusKeys;
use super::read::output::OutputKeys;
use super::read::rates::RatesKeys;
use super::read::start::StartKeys;
use super::read::therapy::TherapyKeys;
use super::read::time::TimeKeys;
use super::{keys, limits};

/// Writes a scenario as a file that [`parse`](super::parse) reads back as the same scenario.
///
/// Units are canonical (days or hours, per day, micrometres), every default is written out, and
/// comments give times in steps and rates per step. Loci are written in full, so that the file
/// does not depend on the catalogue of the program that reads it.
pub fn effective_toml(scenario: &Scenario) -> String {
    let mut out = Writer {
        out: String::new(),
        step_hours: scenario.time.step_hours,
        amplification: scenario.mutation_amplification,
        section: keys::ROOT,
        written: Vec::new(),
        inline: None,
        after: String::new(),
    };
    out.comment("Effective scenario: every default and every conversion is written out.");
    out.comment("A step has the length given in [time]; rates per step are rate times step.");
    out.comment(
        "The probability of an event is its expected number in a step: rate times (exp(r step) - 1)/r, r the net growth.",
    );
    out.comment(in_force(scenario));
    root(&mut out, scenario);
    let keys = keys::ROOT.keys;
    let Time { step_hours, end, check } = scenario.time;
    out.nested(keys, "time", &TimeKeys { step: step_hours.into(), end, check });
    // With `agents` lattices are as large as these need.
    let has_size = scenario.trial.as_ref().is_none_or(|trial| trial.cohort.agents.is_none());
    out.nested(keys, "lattice", &LatticeKeys::of(&scenario.lattice, has_size));
    out.nested(keys, "start", &StartKeys::of(scenario));
    for locus in &scenario.loci {
        out.nested(keys, "locus", &LocusKeys::of(locus));
    }
    if let Some(patient) = scenario.patient.as_ref().filter(|_| scenario.trial.is_none()) {
        out.nested(keys, "patient", patient);
    }
    rates(&mut out, &scenario.rates, scenario.mode);
    for drug in &scenario.drugs {
        out.nested(keys, "drug", &DrugKeys::of(drug));
    }
    if let Some(oxygen) = &scenario.oxygen {
        out.nested(keys, "oxygen", oxygen);
    }
    if let Some(vessels) = &scenario.vessels {
        out.nested(keys, "vessels", vessels);
    }
    if scenario.mode == Mode::Signalling {
        out.nested(keys, "volume", &scenario.volume);
    }
    for drug in &scenario.catalogue {
        out.nested(keys::DRUGS.keys, "drug", drug);
    }
    if let Some(plan) = &scenario.therapy {
        out.nested(keys, "therapy", &TherapyKeys::of(plan));
    }
    if let Some(of) = &scenario.trial {
        trial::write(&mut out, of);
    }
    out.nested(keys, "stop", &scenario.stop);
    if scenario.trial.is_none() {
        out.nested(keys, "output", &OutputKeys::of(&scenario.output, scenario.time.end));
    }
    out.finish();
    out.out
}

/// Whether steps are short enough for the rates.
fn in_force(scenario: &Scenario) -> &'static str {
    match scenario.mode {
        Mode::Signalling => {
            "Where births and deaths come to more than one event a step (strong radiation), they are held to one."
        }
        Mode::Rates if scenario.exceeds_step() => {
            "Here births and deaths of some cells come to more than one event a step and are held to one: growth is slower than r."
        }
        Mode::Rates => {
            "Here births and deaths come to less than one event a step: mean growth is exp(r step), exactly."
        }
    }
}

fn root(out: &mut Writer, scenario: &Scenario) {
    out.value::<Plain, u64>("format", &limits::FORMAT);
    out.value::<Plain, String>("name", &scenario.name);
    out.value::<Plain, String>("description", &scenario.description);
    out.value::<Plain, u64>("seed", &scenario.seed);
    out.value::<Plain, u32>("replicates", &scenario.replicates);
    out.value::<Plain, f64>("mutation_amplification", &scenario.mutation_amplification);
    let signalling = scenario.mode == Mode::Signalling;
    match &scenario.cells_per_agent {
        Some(cells) => out.value::<Plain, f64>("cells_per_agent", cells),
        None => out.unsaid(["cells_per_agent"].into_iter().filter(|_| !signalling)),
    }
    out.value::<Plain, Mode>("phenotype", &scenario.mode);
    let count = super::error::plural(scenario.loci.len(), "locus").replace("locuss", "loci");
    out.noted("loci", "[]", &format!("{count}, written out below"));
    out.unsaid(["oxygen"].into_iter().filter(|_| scenario.oxygen.is_some()));
    out.unsaid(["vessels"].into_iter().filter(|_| !signalling || scenario.vessels.is_some()));
    let planned = scenario.therapy.is_some() || scenario.trial.is_some();
    out.unsaid(["therapy"].into_iter().filter(|_| !signalling || planned));
    out.unsaid(["cohort", "record"]);
    out.unsaid(["catalogue"].into_iter().filter(|_| !scenario.catalogue.is_empty()));
}

/// In mode `signalling` the rest follows from the patient and the network.
fn rates(out: &mut Writer, rates: &Rates, mode: Mode) {
    if mode == Mode::Rates {
        out.nested(keys::ROOT.keys, "rates", &RatesKeys::of(rates));
        return;
    }
    out.section(RatesKeys::SECTION);
    out.value::<Plain, f64>("migration", &rates.base.migration);
    out.value::<Plain, Option<f64>>("clearance", &rates.clearance);
    out.unsaid(["rule", "effect"]);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::catalogue::Confidence;
    use crate::scenario::{Catalogue, MessageStyle, effective_toml, parse};

    const PLAIN: &str = "name = 'x'\ntime = { end = '10 d' }\nlattice = { size = [64, 64] }\n\
        start = { shape = 'single' }\nrates = { birth = '0.1 /d', death = '0.1 /d' }\n";

    // The effective scenario is complete by itself: every drug of the catalogue, bit for bit.
    #[test]
    fn every_drug_of_the_catalogue_reads_back() {
        let mut scenario = parse(PLAIN, "x.toml", Path::new("")).unwrap().scenario;
        assert!(!effective_toml(&scenario).contains("[[catalogue"));
        scenario.catalogue = Catalogue::embedded().drugs().to_vec();
        let text = effective_toml(&scenario);
        let again = parse(&text, "effective.toml", Path::new(""));
        let again = again.unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)));
        assert_eq!(again.warnings, []);
        assert_eq!(again.scenario, scenario);
        assert_eq!(effective_toml(&again.scenario), text);
    }

    #[test]
    fn odd_numbers_read_back() {
        let mut scenario = parse(PLAIN, "x.toml", Path::new("")).unwrap().scenario;
        let mut drug = Catalogue::embedded().find("sunitinib").unwrap().clone();
        drug.name = "odd".into();
        drug.aliases.clear();
        let pk = drug.pk.as_mut().unwrap();
        pk.clearance.value = 0.1 + 0.2;
        pk.clearance.source = "a \"quote\" and\na line".into();
        pk.clearance.confidence = Confidence::B;
        pk.absorption.as_mut().unwrap().rate.value = 1.0 / 3.0;
        drug.label.hold_days.value = 1e-7;
        scenario.catalogue = vec![drug];
        let again = parse(&effective_toml(&scenario), "effective.toml", Path::new("")).unwrap();
        assert_eq!(again.scenario, scenario);
    }
}
