//! `evotor loci`: the catalogue of loci.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::Value;

use crate::catalogue::{Inducer, Number};
use crate::scenario::units::number_text;
use crate::scenario::{
    Change, ChangeKind, Locus, catalogue_loci, default_loci, default_loci_of_vessels, nearest_name,
};

use super::json::{self, LociResult};
use super::outcome::{Failure, say};
use super::table::TextTable;

/// Show the heritable traits that scenarios can use
///
/// Without a name: all loci of the catalogue, one line each. With a name: its levels, what each does in the
/// signalling network, and how it changes, each number with its source and how sure it is (A measured in
/// humans, B one good study, C an order of magnitude or a choice of the model).
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor loci\n  \
    evotor loci rtk\n  \
    evotor loci --json | jq '.loci[].name'\n\n\
    Exit codes:\n  0  done\n  2  there is no such locus")]
pub struct Args {
    /// Name of a locus
    name: Option<String>,
}

/// Runs the command.
pub fn loci(args: &Args) -> Result<ExitCode, Failure> {
    let chosen: Vec<&Locus> = match &args.name {
        Some(name) => vec![find(name)?],
        None => catalogue_loci().iter().collect(),
    };
    json::add(|| LociResult { loci: chosen.iter().map(|locus| data(locus)).collect() });
    if args.name.is_some() {
        chosen.into_iter().for_each(describe);
    } else {
        list(&chosen);
    }
    Ok(ExitCode::SUCCESS)
}

fn find(name: &str) -> Result<&'static Locus, Failure> {
    let all = || catalogue_loci().iter().map(|l| l.name.as_str());
    catalogue_loci().iter().find(|l| l.name == name).ok_or_else(|| {
        let near = nearest_name(name, all()).map_or(String::new(), |near| format!("did you mean `{near}`? "));
        let all: Vec<&str> = all().collect();
        Failure::Input(format!("there is no locus `{name}`; {near}loci of the catalogue: {}", all.join(", ")))
    })
}

fn is_default(locus: &Locus) -> bool {
    default_loci().contains(&locus.name)
}

/// Whether a scenario has it unless it says otherwise: in words, for the table and for the page.
fn on(locus: &Locus) -> [&'static str; 2] {
    if is_default(locus) {
        ["yes", "on by default"]
    } else if default_loci_of_vessels().contains(&locus.name) {
        ["with [vessels]", "on by default where vessels live"]
    } else {
        ["", "off by default"]
    }
}

/// A locus as data.
fn data(locus: &Locus) -> BTreeMap<String, Value> {
    let keys =
        serde_json::to_value(locus).ok().and_then(|value| value.as_object().cloned()).unwrap_or_default();
    let default = ("on_by_default".to_owned(), Value::from(is_default(locus)));
    keys.into_iter().chain([default]).collect()
}

fn list(loci: &[&Locus]) {
    let mut table = TextTable::new(&["locus", "on", "levels", "what it is"]);
    for locus in loci {
        let [on, _] = on(locus);
        table.row([locus.name.clone(), on.into(), locus.levels.join(", "), locus.description.clone()]);
    }
    table.print();
    say(format_args!("\non: part of a scenario unless its `loci` says otherwise. More: evotor loci NAME"));
}

fn describe(locus: &Locus) {
    let [_, on] = on(locus);
    say(format_args!("{} ({on})\n{}\n", locus.name, locus.description));
    let named = |(level, name): (usize, &String)| format!("{level} {name}");
    let levels: Vec<String> = locus.levels.iter().enumerate().map(named).collect();
    say(format_args!("levels: {}", levels.join(", ")));
    if locus.birth_factor.iter().any(|f| *f != 1.0) {
        let factors: Vec<String> = locus.birth_factor.iter().map(|f| number_text(*f)).collect();
        say(format_args!("births in phenotype mode rates: x {}", factors.join(", ")));
    }
    network(locus);
    changes(locus);
}

fn network(locus: &Locus) {
    if locus.network.is_empty() {
        say(format_args!("\nin the signalling network: nothing; it changes how drugs bind"));
        return;
    }
    say(format_args!("\nin the signalling network"));
    let mut table = TextTable::new(&["level", "input", "#value", "", "", "source"]);
    for effect in &locus.network {
        let Number { value, source, confidence, .. } = &effect.value;
        let context = effect.tsc_context.map_or(String::new(), |c| format!(" (TSC context {})", c.word()));
        table.row([
            level(locus, effect.level) + &context,
            format!("{}, {}", effect.input.word(), effect.input.meaning()),
            number_text(*value),
            match effect.input {
                input if input.is_imposed() => "imposed",
                input if input.is_of_tissue() => "in the tissue",
                _ => "",
            }
            .to_owned(),
            format!("{confidence:?}"),
            source.clone(),
        ]);
    }
    table.print();
    if locus.network.iter().any(|effect| effect.input.is_imposed()) {
        say(format_args!(
            "\nimposed: says what comes out; everything else about growth follows from the network"
        ));
    }
}

fn level(locus: &Locus, level: u8) -> String {
    format!("{level} {}", locus.levels[usize::from(level)])
}

fn changes(locus: &Locus) {
    say(format_args!("\nchanges"));
    let mut table = TextTable::new(&["from", "to", "rate", "", "source"]);
    for change in &locus.changes {
        let rate = format!("{} {}", number_text(change.rate), unit(change));
        let confidence = format!("{:?}", change.confidence);
        table.row([
            level(locus, change.from),
            level(locus, change.to),
            rate,
            confidence,
            change.source.clone(),
        ]);
        for (what, number) in under_drugs(change) {
            let confidence = format!("{:?}", number.confidence);
            table.row([String::new(), String::new(), what, confidence, number.source.clone()]);
        }
    }
    table.print();
}

fn unit(change: &Change) -> &'static str {
    if change.kind == ChangeKind::Mutation { "/division" } else { "/d" }
}

/// What drugs do to a rate, in words.
fn under_drugs(change: &Change) -> Vec<(String, &Number)> {
    let by = |inducer: Inducer| match inducer {
        Inducer::S6kInhibition => "fall of S6K",
        Inducer::Rapalog => "rapalog on mTORC1",
        Inducer::VegfBlockade => "loss of VEGF signalling in vessels",
    };
    let added = change
        .induced
        .iter()
        .map(|i| (format!("+ {} {} x {}", number_text(i.rate.value), unit(change), by(i.by)), &i.rate));
    let taken = change
        .suppressed
        .iter()
        .map(|s| (format!("x (1 - {} x {})", number_text(s.share.value), by(s.by)), &s.share));
    added.chain(taken).collect()
}
