//! `evotor pk`: concentrations under a regimen.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::Value;

use crate::catalogue::DrugKind;
use crate::plot::{Figure, Point};
use crate::scenario::{Catalogue, cut, keys};
use crate::therapy::pk::{Concentrations, DayExposure, PkError, PkIndividual, PopulationBand, SHARES, bands};
use crate::therapy::prescription::{Prescription, PrescriptionError};
use crate::therapy::regimen::Body;

use super::json::{self, PkResult};
use super::outcome::{Failure, complain, say};
use super::own::CatalogueArgs;
use super::range;
use plot::Curves;
use tables::{bands_csv, bands_table, csv, hours_csv, table};

pub mod plot;
pub mod tables;

/// Show the concentrations of a drug under a regimen
///
/// Computes one patient's concentrations day by day: average, peak and trough (end of the day) in ng/mL of what is
/// measured, and the unbound concentration at the site of action in nM. Without --population the patient is the typical
/// one; with it, as many patients are drawn and the quantiles of their averages and troughs are shown.
#[derive(Debug, Clone, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor pk --drug \"sunitinib 50 mg daily 4w on 2w off\" --days 90\n  \
    evotor pk --drug \"everolimus 10 mg daily\" --days 28 --csv --hourly\n  \
    evotor pk --drug \"everolimus 10 mg daily\" --days 4wk --population 1000 --seed 7\n  \
    evotor pk --drug \"examplisib 5 mg daily\" --catalogue my-drugs.toml\n  \
    evotor pk --drug \"everolimus 10 mg daily\" --days 28 --plot pk.svg --overlay-pk my-concentrations.csv\n\n\
    Exit codes:\n  0  done\n  2  no such drug or regimen")]
pub struct Args {
    /// Drug with its dose and schedule
    #[arg(long, value_name = "DRUG DOSE SCHEDULE")]
    pub drug: String,

    #[command(flatten)]
    pub own: CatalogueArgs,

    /// Days to compute, or a time such as 12wk
    #[arg(long, default_value_t = 90, value_name = "N", value_parser = range::days::<u32>(1..=u64::from(MAX_DAYS)))]
    pub days: u32,

    /// Body weight in kg
    #[arg(long, default_value_t = Body::typical().weight_kg, value_name = "KG", value_parser = range::weight_kg)]
    pub weight: f64,

    /// Print comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,

    /// Concentrations every hour instead of every day's levels
    #[arg(long, requires = "csv", conflicts_with = "population")]
    pub hourly: bool,

    /// Draw this many patients and show quantiles
    #[arg(long, value_name = "N", value_parser = range::count::<u32>(1..=100_000))]
    pub population: Option<u32>,

    /// Draw the concentrations to this file too, .svg or .png: hour by hour, or with --population the daily averages
    #[arg(long, value_name = "FILE", value_parser = plot::path)]
    pub plot: Option<PathBuf>,

    /// Lay your own measurements over the plot: a CSV file with the columns `time_h` or `time_days` and `concentration_ng_per_ml`
    #[arg(long, value_name = "FILE", requires = "plot")]
    pub overlay_pk: Option<PathBuf>,

    /// Seed of the population
    #[arg(long, default_value_t = 1, value_name = "SEED", value_parser = range::of::<u64>(keys::ROOT, "seed"))]
    pub seed: u64,
}

/// What is shown: a drug in words, its metabolite, and what is given.
pub struct ShownDrug<'a> {
    /// Drug and regimen in words.
    pub title: &'a str,
    /// Name of the active metabolite.
    pub metabolite: Option<&'a str>,
    /// Drug and regimen.
    pub given: &'a Prescription,
    /// Body by which doses are scaled.
    pub body: Body,
}

/// Runs the command.
pub fn pk(args: &Args) -> Result<ExitCode, Failure> {
    let body = Body::of_weight(args.weight);
    let catalogue = args.own.load()?;
    let given = prescription(&args.drug, &catalogue, &body)?;
    let without = || {
        let what = match given.drug.kind {
            DrugKind::Radionuclide => "is a radionuclide: its dose is absorbed, it has no concentration",
            DrugKind::Procedure => "is a procedure",
            DrugKind::Supportive => "is not a drug",
            DrugKind::Medicine => "has no pharmacokinetics in the catalogue; give it as a bath (in nM)",
        };
        Failure::Input(format!("`{}` {what}", given.drug.name))
    };
    let known = given.individual(args.weight, None).map_err(|e| Failure::Input(format!("failed to {e}")))?;
    let Some(typical) = known else {
        return Err(without());
    };
    let metabolite = given.drug.pk.as_ref().and_then(|pk| pk.metabolite.as_ref());
    let shown = ShownDrug {
        title: &given.regimen.to_string(),
        metabolite: metabolite.filter(|_| !given.is_bath()).map(|m| m.name.as_str()),
        given: &given,
        body,
    };
    begins(args, &given)?;
    for remark in &given.remarks {
        complain(format_args!("note: {remark}"));
    }
    let own = measured(args)?;
    let patient = |number: Option<u32>| -> Result<PkIndividual, PkError> {
        let drawn = number.map(|n| given.individual(args.weight, Some((args.seed, n)))).transpose()?;
        Ok(drawn.flatten().unwrap_or_else(|| typical.clone()))
    };
    let computed = show(args, &shown, patient)?;
    if let Some(path) = &args.plot {
        let drawn = figure(args, &shown, &own, computed, || patient(None));
        let figure = drawn.map_err(|e| Failure::Input(format!("failed to {e}")))?;
        complain(format_args!("plot: {}", plot::write(&figure, path)?.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Own measurements, all of them within the days that are shown.
fn measured(args: &Args) -> Result<Vec<Point>, Failure> {
    let own = args.overlay_pk.as_deref().map(plot::read).transpose();
    let own = own.map_err(|e| Failure::Input(format!("failed to {e}")))?.unwrap_or_default();
    let last = own.iter().map(|point| point.0).fold(0.0, f64::max);
    if last > f64::from(args.days) {
        let needed = last.ceil();
        return Err(Failure::Input(format!(
            "own measurements reach to day {last}, and {} days are shown; show more with --days {needed}",
            args.days
        )));
    }
    Ok(own)
}

/// The plot of what is shown.
fn figure(
    args: &Args,
    shown: &ShownDrug<'_>,
    own: &[Point],
    computed: Computed,
    typical: impl Fn() -> Result<PkIndividual, PkError>,
) -> Result<Figure, PkError> {
    let matrix = shown.given.drug.pk.as_ref().map_or("plasma", |pk| pk.matrix.as_str());
    let title = (shown.title, matrix);
    let hours = match computed {
        Computed::Bands(bands, size) => return Ok(plot::figure(title, &Curves::Bands(&bands, size), own)),
        Computed::Hours(hours) => hours,
        Computed::Days(_) => shown.given.hours(typical()?, args.days, &shown.body)?,
    };
    Ok(plot::figure(title, &Curves::Hours(&hours, shown.metabolite), own))
}

/// Reads a drug with its dose and schedule.
pub fn prescription(text: &str, catalogue: &Catalogue, body: &Body) -> Result<Prescription, Failure> {
    let wrong = |e: PrescriptionError| Failure::Input(format!("`--drug \"{}\"`: {e}", cut(text)));
    Prescription::read(text, catalogue, body).map_err(wrong)
}

/// Refuses a regimen of which no dose falls into the days that are shown.
fn begins(args: &Args, given: &Prescription) -> Result<(), Failure> {
    let first = given.regimen.first_day();
    if first < args.days {
        return Ok(());
    }
    let (days, needed) = (args.days, first.saturating_add(1));
    let longer = if needed <= MAX_DAYS { format!("; show more with --days {needed}") } else { String::new() };
    Err(Failure::Input(format!(
        "`--drug \"{}\"`: its first dose is on day {first}, and {days} days are shown{longer}",
        args.drug
    )))
}

/// Most days that can be shown.
const MAX_DAYS: u32 = 3650;

/// What is shown.
#[derive(Debug)]
pub enum Computed {
    /// Levels of every day.
    Days(Vec<DayExposure>),
    /// Concentrations of every hour.
    Hours(Vec<Concentrations>),
    /// Quantiles of a population of that size.
    Bands(Vec<PopulationBand>, u32),
}

/// Computes and prints; `patient` makes the typical patient (`None`) or one of the population.
///
/// # Errors
/// Parameters or doses that cannot be used.
pub fn show(
    args: &Args,
    shown: &ShownDrug<'_>,
    patient: impl Fn(Option<u32>) -> Result<PkIndividual, PkError>,
) -> Result<Computed, Failure> {
    let computed = compute(args, shown, patient).map_err(|e| Failure::Input(format!("failed to {e}")))?;
    json::add(|| data(args, shown, &computed));
    say(format_args!("{}", text(args, shown, &computed).trim_end()));
    Ok(computed)
}

fn compute(
    args: &Args,
    shown: &ShownDrug<'_>,
    patient: impl Fn(Option<u32>) -> Result<PkIndividual, PkError>,
) -> Result<Computed, PkError> {
    let course = |number| shown.given.course(patient(number)?, args.days, &shown.body);
    if let Some(size) = args.population {
        let courses: Result<Vec<_>, PkError> = (0..size).map(|number| course(Some(number))).collect();
        return Ok(Computed::Bands(bands(&courses?), size));
    }
    if args.hourly {
        return shown.given.hours(patient(None)?, args.days, &shown.body).map(Computed::Hours);
    }
    course(None).map(Computed::Days)
}

fn text(args: &Args, shown: &ShownDrug<'_>, computed: &Computed) -> String {
    match (computed, args.csv) {
        (Computed::Bands(bands, _), true) => bands_csv(bands),
        (Computed::Bands(bands, _), false) => bands_table(shown.metabolite.is_some(), bands),
        (Computed::Hours(hours), _) => hours_csv(hours),
        (Computed::Days(days), true) => csv(days),
        (Computed::Days(days), false) => table(shown.metabolite, days),
    }
}

/// What is shown as data.
fn data(args: &Args, shown: &ShownDrug<'_>, computed: &Computed) -> PkResult {
    let days = match computed {
        Computed::Days(days) => serde_json::to_value(days),
        Computed::Bands(bands, _) => serde_json::to_value(bands),
        Computed::Hours(_) => return PkResult::default(),
    };
    let is_band = matches!(computed, Computed::Bands(..));
    let keys = |day: Value| day.as_object().cloned().unwrap_or_default().into_iter().collect();
    let days = days.ok().and_then(|days| days.as_array().cloned()).unwrap_or_default();
    let units =
        [("concentration", "ng/mL"), ("site", "nM")].map(|(what, unit)| (what.to_owned(), unit.to_owned()));
    PkResult {
        drug: Some(shown.title.to_owned()),
        metabolite: shown.metabolite.map(str::to_owned),
        weight_kg: Some(args.weight),
        patients: args.population,
        seed: is_band.then_some(args.seed),
        units: Some(units.into_iter().take(if is_band { 1 } else { 2 }).collect()),
        shares: is_band.then(|| SHARES.to_vec()),
        days: Some(days.into_iter().map(keys).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::therapy::pk::checks::support::{everolimus, sunitinib};

    fn args(line: &[&str]) -> Result<Args, clap::Error> {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            args: crate::cli::Speaking<Args>,
        }
        let words = std::iter::once("pk").chain(line.iter().copied());
        <Line as clap::Parser>::try_parse_from(words).map(|line| line.args.args)
    }

    fn text(line: &[&str]) -> String {
        told(line).0
    }

    /// Its text, and the same as data.
    fn told(line: &[&str]) -> (String, Value) {
        let args = args(line).unwrap();
        let body = Body::typical();
        let given = Prescription::read("sunitinib 37.5 mg daily", Catalogue::embedded(), &body).unwrap();
        let shown = ShownDrug { title: &args.drug, metabolite: Some("SU12662"), given: &given, body };
        let patient = |index| match index {
            None => PkIndividual::typical(&sunitinib(), args.weight),
            Some(i) => PkIndividual::sampled(&sunitinib(), args.weight, args.seed, i, 5),
        };
        let computed = compute(&args, &shown, patient).unwrap();
        (super::text(&args, &shown, &computed), serde_json::to_value(data(&args, &shown, &computed)).unwrap())
    }

    #[test]
    fn json_names_what_it_holds() {
        let line = ["--drug", "sunitinib 37.5 mg daily", "--json", "--days", "2"];
        let (_, value) = told(&line);
        assert_eq!(value["metabolite"], "SU12662");
        assert_eq!(value["weight_kg"], 70.0);
        assert_eq!(value["days"].as_array().unwrap().len(), 2);
        assert!(value["days"][1]["metabolite"]["trough"].as_f64().unwrap() > 0.0);
        let (_, value) = told(&[&line[..], &["--population", "9"]].concat());
        assert_eq!(value["patients"], 9);
        assert_eq!(value["days"][1]["total_trough"].as_array().unwrap().len(), SHARES.len());
    }

    #[test]
    fn every_form_has_its_lines() {
        let lines = |more: &[&str]| text(&[&["--drug", "x", "--days", "3"], more].concat()).lines().count();
        assert_eq!(lines(&[]), 5);
        assert_eq!(lines(&["--csv"]), 4);
        assert_eq!(lines(&["--csv", "--hourly"]), 73);
        assert_eq!(lines(&["--population", "5"]), 5);
        assert_eq!(lines(&["--population", "5", "--csv"]), 4);
    }

    #[test]
    fn a_population_follows_its_seed() {
        let line =
            |seed| text(&["--drug", "x", "--days", "2", "--population", "20", "--csv", "--seed", seed]);
        assert_eq!(line("7"), line("7"));
        assert_ne!(line("7"), line("8"));
    }

    #[test]
    fn a_wrong_patient_is_an_error_of_the_input() {
        let args = args(&["--drug", "x"]).unwrap();
        let body = Body::typical();
        let given = Prescription::read("everolimus 10 mg daily", Catalogue::embedded(), &body).unwrap();
        let shown = ShownDrug { title: "x", metabolite: None, given: &given, body };
        let failure = show(&args, &shown, |_| PkIndividual::typical(&everolimus(), 0.0)).unwrap_err();
        assert_eq!(
            failure.message(),
            "error: failed to use a body weight of 0 kg: expected a number above 0\n"
        );
    }

    #[test]
    fn arguments_exclude_each_other() {
        for line in [
            &["--drug", "x", "--csv", "--json"][..],
            &["--drug", "x", "--hourly"],
            &["--drug", "x", "--csv", "--hourly", "--population", "3"],
            &["--drug", "x", "--days", "0"],
            &["--days", "3"],
        ] {
            assert!(args(line).is_err(), "{line:?}");
        }
    }
}
