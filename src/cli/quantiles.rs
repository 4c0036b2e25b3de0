//! Quantiles over seeds on standard output.

use crate::trial::batch::{BatchSummary, QuantileRow};

use super::outcome::say;
use super::table::{TextTable, or_dash};

/// Prints the quantiles of figures that say how a run went.
pub fn show(summary: &BatchSummary) {
    let mut table =
        TextTable::new(&["figure", "#seeds", "#mean", "#5 %", "#25 %", "#median", "#75 %", "#95 %"]);
    for row in summary.quantiles.iter().filter(|row| is_shown(row)) {
        let values =
            [row.mean, row.quantile_5, row.quantile_25, row.median, row.quantile_75, row.quantile_95];
        let cells = values.map(|value| or_dash(value, crate::plot::short));
        table.row([row.figure.clone(), row.seeds.to_string()].into_iter().chain(cells));
    }
    table.print();
    let days = |row: &&QuantileRow| row.figure.ends_with("_day") && row.mean.is_none() && row.seeds > 0;
    if summary.quantiles.iter().any(|row| days(&row)) {
        say(format_args!("-: not reached; a day that did not come is later than all days"));
    }
}

/// Not what hardly differs between seeds, nor counts of events, nor what is a row for each of many states.
fn is_shown(row: &QuantileRow) -> bool {
    const HIDDEN: [&str; 8] = [
        "start_live",
        "dead",
        "births",
        "deaths",
        "drug_induced_deaths",
        "blocked_divisions",
        "switches",
        "new_clones",
    ];
    let name = row.figure.as_str();
    row.seeds > 0
        && !HIDDEN.contains(&name)
        && !name.starts_with("state ")
        && !name.ends_with("_restricted_mean_day")
}
