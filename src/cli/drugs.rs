//! `evotor drugs`: the catalogue of drugs.

mod card;

use std::process::ExitCode;

use crate::catalogue::{Drug, plain_name};
use crate::scenario::nearest;

use super::json::{self, DrugsResult};
use super::outcome::{Failure, say};
use super::own::CatalogueArgs;
use super::table::TextTable;

/// Show the catalogue of drugs, and where its numbers come from
///
/// Without a name, a table of all drugs: class, usual dose, what they act on, and how many of their numbers are direct
/// human numbers (A), from one good study (B), or orders of magnitude and choices of the model (C). With a name or an
/// alias, everything about one drug: every number with its unit, its spread between patients, its letter and its source.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor drugs\n  \
    evotor drugs everolimus\n  \
    evotor drugs --class rapalog\n  \
    evotor drugs sunitinib --json\n  \
    evotor drugs examplisib --catalogue my-drugs.toml\n\n\
    A drug of your own needs no new program: see docs/adding-a-drug.md.\n\n\
    Exit codes:\n  0  done\n  2  there is no such drug or class")]
pub struct Args {
    /// A drug by its name or another name; case, spaces and hyphens do not matter
    #[arg(value_name = "NAME", conflicts_with = "class")]
    name: Option<String>,

    #[command(flatten)]
    own: CatalogueArgs,

    /// Only the drugs of one class, such as rapalog
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
}

/// Runs the command.
pub fn drugs(args: &Args) -> Result<ExitCode, Failure> {
    let catalogue = args.own.load()?;
    if let Some(name) = &args.name {
        let drug = catalogue.find(name).map_err(|unknown| {
            let near = unknown.nearest.map(|near| format!("did you mean `{near}`? "));
            let all = "`evotor drugs` lists all";
            Failure::Input(format!(
                "there is no drug `{name}` in the catalogue; {}{all}",
                near.unwrap_or_default()
            ))
        })?;
        add(&[drug]);
        say(format_args!("{}", card::text(drug).trim_end()));
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = of_class(catalogue.drugs(), args.class.as_deref())?;
    add(&chosen);
    list(&chosen);
    Ok(ExitCode::SUCCESS)
}

/// One line for each drug.
fn list(drugs: &[&Drug]) {
    let mut table = TextTable::new(&["drug", "class", "usual dose", "acts on", "numbers"]);
    for d in drugs {
        let dose = if d.label.regimen.is_empty() { "-" } else { &d.label.regimen };
        table.row([d.name.clone(), d.class.clone(), dose.to_owned(), d.acts_on(), d.sureness()]);
    }
    table.print();
}

/// The drugs as data.
fn add(drugs: &[&Drug]) {
    let keys = |drug: &&Drug| serde_json::to_value(drug).ok().and_then(|value| value.as_object().cloned());
    json::add(|| DrugsResult {
        drugs: drugs.iter().filter_map(keys).map(|keys| keys.into_iter().collect()).collect(),
    });
}

fn of_class<'a>(drugs: &'a [Drug], class: Option<&str>) -> Result<Vec<&'a Drug>, Failure> {
    let Some(class) = class else { return Ok(drugs.iter().collect()) };
    let wanted = plain_name(class);
    let chosen: Vec<&Drug> = drugs.iter().filter(|d| plain_name(&d.class) == wanted).collect();
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let mut classes: Vec<&str> = drugs.iter().map(|d| d.class.as_str()).collect();
    classes.dedup();
    let near = nearest(class, classes.iter().copied());
    let way_out = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("classes: {}", classes.join(", ")),
    };
    Err(Failure::Input(format!("no drug of the catalogue is of the class `{class}`; {way_out}")))
}
