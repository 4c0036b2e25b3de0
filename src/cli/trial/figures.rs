//! Published figures beside simulated ones, on the terminal.

use crate::scenario::{About, PublishedEndpoint};
use crate::table::word;
use crate::trial::outcome::DAYS_PER_MONTH;
use crate::trial::predict::Predicted;
use crate::trial::results::PublishedComparison;

use super::super::outcome::say;
use super::super::predictions;
use super::super::table::{TextTable, or_dash};

/// Prints published figures beside simulated ones, and beside what was predicted of each if there are predictions.
pub fn published<'p>(
    beside: &[PublishedComparison],
    with_predictions: bool,
    predicted: impl Fn(usize) -> Option<Option<&'p Predicted>>,
) {
    if beside.is_empty() {
        return;
    }
    say(format_args!(""));
    let mut table = head(&[], with_predictions);
    beside.iter().enumerate().for_each(|(j, b)| table.row(cells(b, predicted(j))));
    table.print();
}

/// Prints what a trial is.
pub fn title(about: &About) {
    if !about.title.is_empty() {
        say(format_args!(
            "{}{}",
            about.title,
            if about.id.is_empty() { String::new() } else { format!(" ({})", about.id) }
        ));
    }
    if !about.citation.is_empty() {
        say(format_args!("{}", about.citation));
    }
    for line in &about.not_represented {
        say(format_args!("not represented: {line}"));
    }
    if !about.title.is_empty() {
        say(format_args!(""));
    }
}

/// Head of the table of figures.
pub fn head(first: &[&str], predicted: bool) -> TextTable {
    let interval: &[&str] = if predicted { &["#95 % of trials"] } else { &[] };
    let own = ["arm", "end point", "reader", "#cut-off", "#published", "#simulated"];
    TextTable::new(&[first, &own, interval, &["role", ""]].concat())
}

/// Whose reading a figure is of, and whether responses were confirmed; a dash for what no scans are read for.
fn read_by(beside: &PublishedComparison) -> String {
    let (endpoint, view) = (beside.published.endpoint, &beside.view);
    if !endpoint.has_reader() {
        return "-".to_owned();
    }
    let confirmed = endpoint.has_confirmation() && view.confirmation > 0;
    format!("{}{}", view.reader.word(), if confirmed { ", confirmed" } else { "" })
}

/// The cut-off of a figure, months from the first patient's entry; a dash for the end, or where it does not matter.
fn cutoff(beside: &PublishedComparison) -> String {
    let cutoff = beside.view.cutoff.filter(|_| beside.published.endpoint.has_cutoff());
    or_dash(cutoff, |days| format!("{:.0}", f64::from(days) / DAYS_PER_MONTH))
}

/// A row: what was published, what came out, and with `predicted` between what trials of that size lie.
pub fn cells(beside: &PublishedComparison, predicted: Option<Option<&Predicted>>) -> Vec<String> {
    let number = |x: f64| if x.abs() < 3.0 { format!("{x:.2}") } else { format!("{x:.1}") };
    let end = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), number);
    let with = |value: Option<f64>, low: Option<f64>, high: Option<f64>| match (value, low, high) {
        (None, None, None) => "-".to_owned(),
        (_, None, None) => end(value),
        _ => format!("{} ({}-{})", end(value), end(low), end(high)),
    };
    let published = &beside.published;
    let (low, high) = published.interval.unzip();
    let simulated = or_dash(beside.simulated, |f| with(f.value, f.low, f.high));
    let at = published.at_months.map_or_else(String::new, |at| format!(" at {} months", number(at)));
    let verdict = match (predicted, beside.within_published) {
        (Some(Some(p)), _) if p.verdict(published.value) == Some(false) => "outside",
        (None, Some(false)) => "differs",
        _ => "",
    };
    let mut cells = vec![
        beside.arm.clone(),
        format!("{}{at}", PublishedEndpoint::words(&word(&published.endpoint))),
        read_by(beside),
        cutoff(beside),
        with(Some(published.value), low, high),
        simulated,
    ];
    cells.extend(predicted.map(|p| predictions::interval(p, number)));
    cells.extend([word(&published.role), verdict.to_owned()]);
    cells
}
