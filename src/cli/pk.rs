//! `evotor pk`: concentrations under a regimen.

use std::process::ExitCode;

use serde_json::json;

use crate::therapy::pk::{DayExposure, DrugCourse, Individual, PkError, Way};

use super::given::Given;
use super::outcome::{Failure, complain, say};
use super::range;
use crate::catalogue::DrugKind;
use crate::scenario::keys;
use crate::therapy::regimen::{Body, TYPICAL_CM};
use tables::{Band, PkHourRow, SHARES, bands, bands_csv, bands_table, csv, table};

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
    evotor pk --drug \"everolimus 10 mg daily\" --days 28 --population 1000 --seed 7\n\n\
    Exit codes:\n  0  done\n  2  no such drug or regimen")]
pub struct Args {
    /// Drug with its dose and schedule
    #[arg(long, value_name = "DRUG DOSE SCHEDULE")]
    pub drug: String,

    /// Days to compute
    #[arg(long, default_value_t = 90, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_DAYS)))]
    pub days: u32,

    /// Body weight in kg
    #[arg(long, default_value_t = 70.0, value_name = "KG", value_parser = range::weight_kg)]
    pub weight: f64,

    /// Print comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,

    /// Concentrations every hour instead of every day's levels
    #[arg(long, requires = "csv", conflicts_with = "population")]
    pub hourly: bool,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Draw this many patients and show quantiles
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub population: Option<u32>,

    /// Seed of the population
    #[arg(long, default_value_t = 1, value_name = "SEED", value_parser = range::of::<u64>(&keys::ROOT, "seed"))]
    pub seed: u64,
}

/// What is shown: a drug in words, its metabolite, and what is given.
pub struct Shown<'a> {
    /// Drug and regimen in words.
    pub title: &'a str,
    /// Name of the active metabolite.
    pub metabolite: Option<&'a str>,
    /// Drug and regimen.
    pub given: &'a Given,
    /// Body by which doses are scaled.
    pub body: Body,
}

/// Runs the command.
pub fn pk(args: &Args) -> Result<ExitCode, Failure> {
    let body = Body::new(args.weight, TYPICAL_CM);
    let given = Given::read(&args.drug, &body)?;
    let without = || {
        let what = match given.drug.kind {
            DrugKind::Radionuclide => "is a radionuclide: its dose is absorbed, it has no concentration",
            DrugKind::Procedure => "is a procedure",
            DrugKind::Supportive => "is no drug",
            DrugKind::Medicine => "has no pharmacokinetics in the catalogue; give it as a bath (in nM)",
        };
        Failure::Input(format!("`{}` {what}", given.drug.name))
    };
    let known = given.individual(args.weight, None).map_err(|e| Failure::Input(format!("failed to {e}")))?;
    let Some(typical) = known else {
        return Err(without());
    };
    let metabolite = given.drug.pk.as_ref().and_then(|pk| pk.metabolite.as_ref());
    let shown = Shown {
        title: &given.regimen.to_string(),
        metabolite: metabolite.filter(|_| !given.is_bath()).map(|m| m.name.as_str()),
        given: &given,
        body,
    };
    begins(args, &given)?;
    for remark in &given.remarks {
        complain(format_args!("note: {remark}"));
    }
    show(args, &shown, |number| match number {
        None => Ok(typical.clone()),
        Some(n) => {
            let drawn = given.individual(args.weight, Some((args.seed, n)))?;
            Ok(drawn.unwrap_or_else(|| typical.clone()))
        }
    })
}

/// Refuses a regimen of which no dose falls into the days that are shown.
fn begins(args: &Args, given: &Given) -> Result<(), Failure> {
    let first = given.regimen.first_day();
    if first < args.days {
        return Ok(());
    }
    let (days, needed) = (args.days, first.saturating_add(1));
    let longer =
        if needed <= MOST_DAYS { format!("; show more with --days {needed}") } else { String::new() };
    Err(Failure::Input(format!(
        "`--drug \"{}\"`: its first dose is on day {first}, and {days} days are shown{longer}",
        args.drug
    )))
}

/// Most days that can be shown.
const MOST_DAYS: u32 = 3650;

/// Computes and prints; `patient` makes the typical patient (`None`) or one of the population.
///
/// # Errors
/// Parameters or doses that cannot be used.
pub fn show(
    args: &Args,
    shown: &Shown<'_>,
    patient: impl Fn(Option<u32>) -> Result<Individual, PkError>,
) -> Result<ExitCode, Failure> {
    let text = answer(args, shown, patient).map_err(|e| Failure::Input(format!("failed to {e}")))?;
    say(format_args!("{}", text.trim_end()));
    Ok(ExitCode::SUCCESS)
}

fn answer(
    args: &Args,
    shown: &Shown<'_>,
    patient: impl Fn(Option<u32>) -> Result<Individual, PkError>,
) -> Result<String, PkError> {
    if let Some(size) = args.population {
        let courses: Result<Vec<_>, PkError> =
            (0..size).map(|i| course(patient(Some(i))?, args.days, shown.given, &shown.body)).collect();
        return Ok(population_text(args, shown, &bands(&courses?)));
    }
    if args.hourly {
        return hourly_csv(patient(None)?, args.days, shown.given, &shown.body);
    }
    let days = course(patient(None)?, args.days, shown.given, &shown.body)?;
    Ok(match (args.csv, args.json) {
        (true, _) => csv(&days),
        (_, true) => days_json(args, shown, &days),
        _ => table(shown.metabolite, &days),
    })
}

/// Exposure of every day of a course.
///
/// # Errors
/// A dose that cannot be given.
pub fn course(
    individual: Individual,
    days: u32,
    given: &Given,
    body: &Body,
) -> Result<Vec<DayExposure>, PkError> {
    let mut course = DrugCourse::new(individual);
    let mut result = Vec::new();
    for day in 0..days {
        give(&mut course, day, given, body)?;
        result.push(course.advance_day());
    }
    Ok(result)
}

fn give(course: &mut DrugCourse, day: u32, given: &Given, body: &Body) -> Result<(), PkError> {
    let way = if given.by_vein() { Way::Vein } else { Way::Usual };
    given.doses(day, body).into_iter().try_for_each(|(hour, mg)| course.give_by(way, day, hour, mg))
}

/// One row per hour.
///
/// # Errors
/// A dose that cannot be given.
pub fn hourly_csv(individual: Individual, days: u32, given: &Given, body: &Body) -> Result<String, PkError> {
    let mut course = DrugCourse::new(individual);
    let mut rows = Vec::new();
    for day in 0..days {
        give(&mut course, day, given, body)?;
        for hour in 0..24 {
            let now = course.concentration(f64::from(hour));
            let (concentration_ng_per_ml, metabolite_ng_per_ml) = (now.parent, now.metabolite);
            rows.push(PkHourRow { hour: day * 24 + hour, concentration_ng_per_ml, metabolite_ng_per_ml });
        }
        course.advance_day();
    }
    Ok(String::from_utf8_lossy(&crate::table::csv(rows)).into_owned())
}

fn days_json(args: &Args, shown: &Shown<'_>, days: &[DayExposure]) -> String {
    let value = json!({
        "drug": shown.title,
        "metabolite": shown.metabolite,
        "weight_kg": args.weight,
        "units": { "concentration": "ng/mL", "site": "nM" },
        "days": days,
    });
    format!("{value:#}")
}

fn population_text(args: &Args, shown: &Shown<'_>, bands: &[Band]) -> String {
    match (args.csv, args.json) {
        (true, _) => bands_csv(bands),
        (_, true) => {
            let value = json!({
                "drug": shown.title,
                "metabolite": shown.metabolite,
                "weight_kg": args.weight,
                "patients": args.population,
                "seed": args.seed,
                "units": { "concentration": "ng/mL" },
                "shares": SHARES,
                "days": bands,
            });
            format!("{value:#}")
        }
        _ => bands_table(shown.metabolite.is_some(), bands),
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
            args: Args,
        }
        let words = std::iter::once("pk").chain(line.iter().copied());
        <Line as clap::Parser>::try_parse_from(words).map(|line| line.args)
    }

    fn text(line: &[&str]) -> String {
        let args = args(line).unwrap();
        let body = Body::typical();
        let given = Given::read("sunitinib 37.5 mg daily", &body).unwrap();
        let shown = Shown { title: &args.drug, metabolite: Some("SU12662"), given: &given, body };
        let patient = |index| match index {
            None => Individual::typical(&sunitinib(), args.weight),
            Some(i) => Individual::sampled(&sunitinib(), args.weight, args.seed, i, 5),
        };
        answer(&args, &shown, patient).unwrap()
    }

    #[test]
    fn json_names_what_it_holds() {
        let line = ["--drug", "sunitinib 37.5 mg daily", "--json", "--days", "2"];
        let value: serde_json::Value = serde_json::from_str(&text(&line)).unwrap();
        assert_eq!(value["metabolite"], "SU12662");
        assert_eq!(value["weight_kg"], 70.0);
        assert_eq!(value["days"].as_array().unwrap().len(), 2);
        assert!(value["days"][1]["metabolite"]["trough"].as_f64().unwrap() > 0.0);
        let value: serde_json::Value =
            serde_json::from_str(&text(&[&line[..], &["--population", "9"]].concat())).unwrap();
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
        let given = Given::read("everolimus 10 mg daily", &body).unwrap();
        let shown = Shown { title: "x", metabolite: None, given: &given, body };
        let failure = show(&args, &shown, |_| Individual::typical(&everolimus(), 0.0)).unwrap_err();
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
