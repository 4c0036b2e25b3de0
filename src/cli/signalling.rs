//! `evotor signalling`: the network of one cell.

use std::process::ExitCode;

use crate::biology::patient::PatientBiology;
use crate::biology::phenotype::{Fate, OxygenEffects, Phenotype, Regime};
use crate::biology::potency::Exposure;
use crate::biology::signalling::{Inhibition, Parameters, meaning};
use crate::catalogue::{Drug, Hormone, TscContext};
use crate::scenario::units::{Dimension, number_text, parse_in, parse_quantity};
use crate::scenario::{Catalogue, Locus, PatientData, catalogue_loci, nearest_name, parse_state};

use super::json::{self, CellFate, SignallingResult};
use super::outcome::{Failure, complain, say};
use super::own::CatalogueArgs;
use super::pk;
use super::table::TextTable;
use crate::therapy::pk::{DayExposure, PkError};
use crate::therapy::prescription::Prescription;
use crate::therapy::regimen::Body;

/// Show the signalling network of a cell
///
/// Every node at its steady state, for a cell in a given state, under given drugs and oxygen, beside the
/// same cell without drugs and the untreated sensitive cell; then what follows for the typical patient:
/// division, death, and net growth where there is room. Concentrations are unbound, at the cell.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor signalling --state rtk=2 --drug \"everolimus 10 mg daily\"\n  \
    evotor signalling --concentration \"everolimus=1.3 nM\"\n  \
    evotor signalling --state rtk=2 --state tsc=lost --concentration \"sapanisertib=30 nM\" --oxygen 3mmHg\n  \
    evotor signalling --concentration \"everolimus=1.3 nM\" --set s6k_irs=0.5 --json\n\n\
    Exit codes:\n  0  done\n  2  a state, drug or number cannot be used")]
pub struct Args {
    /// Levels of loci, `rtk=2` or `rtk=high`; several, or separated by commas [default: sensitive]
    #[arg(long, value_name = "STATE")]
    state: Vec<String>,

    /// A drug and its unbound concentration: `everolimus=1.3 nM`; several for a combination
    #[arg(long, short, value_name = "DRUG=AMOUNT")]
    concentration: Vec<String>,

    /// A drug with its dose and schedule: its average unbound concentration over a cycle at steady state; several for
    /// a combination
    #[arg(long, short, value_name = "DRUG DOSE SCHEDULE")]
    drug: Vec<String>,

    #[command(flatten)]
    own: CatalogueArgs,

    /// Oxygen at the cell, such as 3mmHg [default: enough]
    #[arg(long, value_name = "PRESSURE")]
    oxygen: Option<String>,

    /// How cells without TSC1/TSC2 answer to rapalogs: H hypersensitive, R resistant
    #[arg(long, value_name = "H|R", default_value = "H", value_parser = ["H", "R"])]
    tsc_context: String,

    /// Another value of a constant of the network: `s6k_irs=0.5`
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

/// A drug and its concentration at the cell.
#[derive(Debug, Clone)]
struct DrugArgs {
    drug: Drug,
    exposure: Exposure,
}

/// Runs the command.
pub fn signalling(args: &Args) -> Result<ExitCode, Failure> {
    let input = |error: &dyn std::fmt::Display| Failure::Input(format!("failed to {error}"));
    let loci = catalogue_loci();
    let joined = if args.state.is_empty() { "sensitive".to_owned() } else { args.state.join(", ") };
    let levels = parse_state(loci, &joined).map_err(|e| input(&e))?;
    let catalogue = args.own.load()?;
    let mut given =
        args.concentration.iter().map(|text| bath(text, &catalogue)).collect::<Result<Vec<_>, _>>()?;
    for text in &args.drug {
        given.push(regimen(text, &catalogue)?);
    }
    let mut parameters = Parameters::default();
    for text in &args.set {
        set(&mut parameters, text)?;
    }
    let context = if args.tsc_context == "R" { TscContext::R } else { TscContext::H };
    let patient = PatientData { tsc_context: context, ..PatientData::typical() };
    let patient = PatientBiology::of(patient).map_err(|e| input(&e))?;
    let drugs: Vec<Drug> = given.iter().map(|g| g.drug.clone()).collect();
    let oxygen = OxygenEffects::default();
    let phenotype = Phenotype::new(&patient, parameters, loci, &drugs, oxygen).map_err(|e| input(&e))?;
    let regime = args.oxygen.as_deref().map_or(Ok(Regime::Normoxic), |text| regime(text, &oxygen))?;
    let exposures: Vec<Exposure> = given.iter().map(|g| g.exposure).collect();
    let state = phenotype.state(&levels);
    let shown = ShownCells {
        state: named(loci, &levels),
        treated: state.fate(&exposures, regime),
        untreated: state.fate(&[], regime),
        sensitive: phenotype.state(&vec![0; loci.len()]).fate(&[], Regime::Normoxic),
    };
    json::add(|| shown.data());
    shown.print(&given, regime, &blood(&state.effects(&exposures).inhibition));
    Ok(ExitCode::SUCCESS)
}

/// Reads `everolimus 10 mg daily`: the average over the last of the cycles that lead to a steady state.
fn regimen(text: &str, catalogue: &Catalogue) -> Result<DrugArgs, Failure> {
    let body = Body::typical();
    let asked = pk::prescription(text, catalogue, &body)?;
    lasting(text, &asked)?;
    let failed = |e: PkError| Failure::Input(format!("`--drug \"{text}\"`: failed to {e}"));
    if asked.drug.targets.is_empty() && asked.drug.hormones.is_empty() {
        return Err(Failure::Input(format!(
            "`--drug \"{text}\"`: `{}` does not act on the signalling network; leave it out",
            asked.drug.name
        )));
    }
    let Some(individual) = asked.individual(body.weight_kg, None).map_err(failed)? else {
        return Err(Failure::Input(format!(
            "`--drug \"{text}\"`: `{}` has no concentration in the blood; give what reaches the cells with \
             --concentration \"{}=10 nM\"",
            asked.drug.name, asked.drug.name
        )));
    };
    let cycle = asked.steady_cycle(individual, &body).map_err(failed)?;
    let mean = |of: &dyn Fn(&DayExposure) -> f64| cycle.iter().map(of).sum::<f64>() / cycle.len() as f64;
    let exposure = Exposure {
        parent_nm: mean(&|d| d.site_parent_nm),
        metabolite_nm: mean(&|d| d.site_metabolite_nm),
        average: mean(&|d| d.site_average),
        radiation: 0.0,
        systemic: mean(&|d| d.parent.average + d.metabolite.map_or(0.0, |m| m.average)),
        vegf_blockade: 0.0,
    };
    for remark in &asked.remarks {
        complain(format_args!("note: {remark}"));
    }
    Ok(DrugArgs { drug: asked.drug, exposure })
}

/// Refuses a regimen that comes to an end: long after its last dose there is nothing, and before it no steady state.
fn lasting(text: &str, asked: &Prescription) -> Result<(), Failure> {
    if !asked.regimen.ends() || asked.drug.pk.is_none() && !asked.is_bath() {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "`--drug \"{text}\"`: a regimen that ends has no steady state; write how often it is given without dates, an end \
         or a number of courses, or see `evotor pk --drug \"{text}\"` for its concentrations day by day"
    )))
}

/// Reads `everolimus=1.3 nM`.
fn bath(text: &str, catalogue: &Catalogue) -> Result<DrugArgs, Failure> {
    let wrong = |what: &str| Failure::Input(format!("`--concentration {text}`: {what}"));
    let (name, amount) =
        text.rsplit_once('=').ok_or_else(|| wrong("expected DRUG=AMOUNT, such as \"everolimus=1.3 nM\""))?;
    let drug = catalogue.find(name.trim()).map_err(|unknown| {
        let near = unknown.nearest.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        wrong(&format!("there is no drug `{}` (`evotor drugs` lists them){near}", unknown.name))
    })?;
    let nm = parse_in(amount, Dimension::Molarity, "nM")
        .map_err(|_| wrong("expected a number and a unit, pM, nM, uM or mM"))?;
    Ok(DrugArgs { drug: drug.clone(), exposure: Exposure::bath(nm) })
}

fn set(parameters: &mut Parameters, text: &str) -> Result<(), Failure> {
    let wrong = |what: &str| Failure::Input(format!("`--set {text}`: {what}"));
    let (name, value) = text.split_once('=').ok_or_else(|| wrong("expected NAME=VALUE"))?;
    let value: f64 = value.trim().parse().map_err(|_| wrong("expected a number after `=`"))?;
    let name = name.trim();
    parameters.set(name, value).map_err(|error| {
        let near = nearest_name(name, Parameters::TABLE.iter().map(|c| c.name));
        let near =
            near.filter(|near| *near != name).map_or(String::new(), |n| format!("; did you mean `{n}`?"));
        wrong(&format!("failed to {error}{near}"))
    })
}

fn regime(text: &str, oxygen: &OxygenEffects) -> Result<Regime, Failure> {
    let mmhg = parse_quantity(text, Dimension::Pressure);
    let mmhg =
        mmhg.map_err(|_| Failure::Input(format!("`--oxygen {text}`: expected a pressure such as 3mmHg")))?;
    Ok(oxygen.regime(mmhg))
}

/// A state by the names of its levels, as in the options.
fn named(loci: &[Locus], levels: &[u8]) -> String {
    let changed = loci.iter().zip(levels).filter(|(_, level)| **level > 0);
    let word =
        |(locus, level): (&Locus, &u8)| format!("{}={}", locus.name, locus.levels[usize::from(*level)]);
    let words: Vec<String> = changed.map(word).collect();
    if words.is_empty() { "sensitive".to_owned() } else { words.join(", ") }
}

/// Hormones of the blood that drugs move, in words.
fn blood(drugs: &Inhibition) -> String {
    let moved = Hormone::ALL.iter().filter(|hormone| drugs.hormone(**hormone) != 1.0);
    moved.map(|hormone| format!(", {} x {:.2}", hormone.word(), drugs.hormone(*hormone))).collect()
}

/// The three cells that are compared.
struct ShownCells {
    state: String,
    treated: Fate,
    untreated: Fate,
    sensitive: Fate,
}

/// What follows for the typical patient.
const RATES: [&str; 3] = ["division attempts /d", "death /d", "net growth /d"];

fn rates(fate: &Fate) -> [f64; 3] {
    [fate.division, fate.death, fate.net()]
}

impl ShownCells {
    fn data(&self) -> SignallingResult {
        let cell = |fate: &Fate| CellFate {
            network: fate.network.rows().into_iter().map(|(node, value)| (node.to_owned(), value)).collect(),
            division_per_day: fate.division,
            replace: fate.replace,
            death_per_day: fate.death,
            net_per_day: fate.net(),
        };
        SignallingResult {
            state: Some(self.state.clone()),
            treated: Some(cell(&self.treated)),
            untreated: Some(cell(&self.untreated)),
            sensitive: Some(cell(&self.sensitive)),
        }
    }

    fn print(&self, given: &[DrugArgs], regime: Regime, blood: &str) {
        let drugs: Vec<String> = given
            .iter()
            .map(|g| format!("{} {} nM", g.drug.name, number_text(rounded(g.exposure.parent_nm))))
            .collect();
        let drugs = if drugs.is_empty() { "no drug".to_owned() } else { drugs.join(" + ") };
        let oxygen = match regime {
            Regime::Normoxic => "enough oxygen",
            Regime::Hypoxic => "hypoxia",
            Regime::Anoxic => "anoxia",
        };
        say(format_args!("{}: {drugs}, {oxygen}{blood}\n", self.state));
        let mut table = TextTable::new(&["node", "#treated", "#untreated", "#ratio", "#sensitive", ""]);
        let cells = [&self.treated, &self.untreated, &self.sensitive].map(|f| f.network.rows());
        for ((treated, untreated), sensitive) in cells[0].iter().zip(&cells[1]).zip(&cells[2]) {
            table.row(line(treated.0, treated.1, untreated.1, sensitive.1, 3, meaning(treated.0)));
        }
        let cells = [&self.treated, &self.untreated, &self.sensitive].map(rates);
        for (row, name) in RATES.into_iter().enumerate() {
            table.row(line(name, cells[0][row], cells[1][row], cells[2][row], 5, "typical patient"));
        }
        table.print();
        say(format_args!("\nuntreated: the same state without drugs; sensitive: without drugs, with oxygen"));
    }
}

/// Three significant digits.
fn rounded(x: f64) -> f64 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

fn line(name: &str, treated: f64, untreated: f64, sensitive: f64, digits: usize, what: &str) -> [String; 6] {
    // Zero is never shown as −0.
    let number = |x: f64| format!("{:.digits$}", if x.abs() < 1e-9 { 0.0 } else { x });
    let ratio = if untreated > 0.0 { format!("{:.2}", treated / untreated) } else { "-".to_owned() };
    [name.to_owned(), number(treated), number(untreated), ratio, number(sensitive), what.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concentrations_are_read() {
        let read = |text: &str| bath(&format!("everolimus={text}"), Catalogue::embedded());
        for (text, nm) in [("1.3 nM", 1.3), ("2uM", 2000.0), ("1e-3 uM", 1.0), ("500pM", 0.5), ("0 nM", 0.0)]
        {
            let found = read(text).unwrap().exposure.parent_nm;
            assert!((found - nm).abs() < 1e-12, "{text}: {found}");
        }
        for text in ["1.3", "nM", "-1 nM", "1 mg", "inf nM"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let said = |text: &str| bath(text, Catalogue::embedded()).unwrap_err().message();
        assert!(said("everolimus").contains("expected DRUG=AMOUNT"));
        assert!(said("everlimus=1 nM").contains("did you mean `everolimus`?"));
        assert!(said("everolimus=1 mg").contains("pM, nM, uM or mM"));
        let said = |text: &str| set(&mut Parameters::default(), text).unwrap_err().message();
        assert!(said("s6k_iris=0.5").contains("did you mean `s6k_irs`?"));
        assert!(said("s6k_irs=2").contains("between 0 and 1"));
        assert!(regime("3 nM", &OxygenEffects::default()).unwrap_err().message().contains("3mmHg"));
    }
}
