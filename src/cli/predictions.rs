//! Predictions of a trial, and the growth that it would have needed, on the terminal.

use crate::trial::needed::NeededGrowthRow;
use crate::trial::predict::Predicted;

use super::table::{TextTable, or_dash};

/// Head of the table of growth that would be needed.
pub fn needed_head(first: &[&str]) -> TextTable {
    let columns = ["arm", "#published PFS, months", "#simulated", "#growth, /d", "#needed for it, /d"];
    TextTable::new(&[first, &columns].concat())
}

/// A row of it.
pub fn needed_cells(n: &NeededGrowthRow) -> Vec<String> {
    let months = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), |x| format!("{x:.1}"));
    vec![
        n.arm.clone(),
        format!("{:.1}", n.published_months),
        months(n.simulated_months),
        format!("{:.4}", n.growth_per_day),
        n.needed_growth_per_day.map_or_else(|| "none".to_owned(), |g| format!("{g:.4}")),
    ]
}

/// The interval of a prediction.
pub fn interval(predicted: Option<&Predicted>, number: impl Fn(f64) -> String) -> String {
    let end = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), &number);
    or_dash(predicted, |p| format!("{} ({}-{})", end(p.median), end(p.low), end(p.high)))
}
