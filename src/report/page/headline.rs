//! The first sentences of a trial's page: what was compared, by which measure, and what its interval separates.

use super::trial::difference;
use crate::report::read::TrialFolder;
use crate::simulation::naming::counted;
use crate::trial::output::rows::{ContrastRow, PublishedRow};
use crate::trial::results::Endpoint;

/// Differences that are told one by one.
const MAX_CONTRASTS: usize = 3;

/// What is said of a trial before anything else.
pub fn lead(trial: &TrialFolder) -> String {
    let arms = match trial.arms.len() {
        1 => "one arm".to_owned(),
        n => format!("{n} arms, the same patients in each"),
    };
    let mut out = format!("{} in {arms}.", counted(trial.cohort() as u64, "virtual patient"));
    out += &if trial.arms.len() == 1 { alone(trial) } else { compared(trial) };
    let published: Vec<&PublishedRow> = trial.published.iter().collect();
    out + &at_published_size(&published, "published figures")
}

/// An arm by itself.
fn alone(trial: &TrialFolder) -> String {
    let months = |x: Option<f64>| x.map_or_else(|| "not reached".to_owned(), |x| format!("{x:.1}"));
    let Some(row) = trial.arms.iter().flat_map(|arm| trial.measure(arm, "pfs")).next() else {
        return String::new();
    };
    let words = match row.value {
        Some(median) if row.patients == 1 => format!("{median:.1} months"),
        Some(median) => format!("{median:.1} months (95 % {} to {})", months(row.low), months(row.high)),
        None => "not reached".to_owned(),
    };
    format!(" Median progression-free survival was {words}.")
}

/// Arms by the difference of their total PFS over the same patients: what the interval does not separate is not ranked.
fn compared(trial: &TrialFolder) -> String {
    let took_part = |arm: &String| trial.arms.contains(arm);
    let mut all: Vec<&ContrastRow> = trial
        .contrasts
        .iter()
        .filter(|c| c.endpoint == Endpoint::TotalPfs && took_part(&c.arm) && took_part(&c.against))
        .filter(|c| c.paired_low_months.is_some() && c.paired_high_months.is_some())
        .collect();
    if all.is_empty() {
        return " No difference between arms has an interval: these are too few patients to compare them."
            .to_owned();
    }
    let of = all.len();
    all.retain(|c| {
        c.paired_low_months.is_some_and(|low| low > 0.0)
            || c.paired_high_months.is_some_and(|high| high < 0.0)
    });
    all.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let measure = measure(trial);
    if all.is_empty() {
        let none = if of == 1 {
            "The one comparison does not separate".to_owned()
        } else {
            format!("None of {of} comparisons separates")
        };
        return format!(
            " {none} its arms by {measure} (paired difference of restricted means, 95 % intervals)."
        );
    }
    let listed: Vec<String> = all.iter().take(MAX_CONTRASTS).map(|c| sentence(c)).collect();
    let more = if all.len() > MAX_CONTRASTS { ", the largest of them" } else { "" };
    format!(
        " By {measure}, {} of {of} {} separated (paired difference of restricted means, 95 % interval){more}: {}.",
        all.len(),
        if of == 1 { "comparison is" } else { "comparisons are" },
        listed.join("; ")
    )
}

fn size(c: &ContrastRow) -> f64 {
    c.paired_difference_months.map_or(0.0, f64::abs)
}

/// The name of the measure: with a line alone the total PFS is the PFS.
fn measure(trial: &TrialFolder) -> &'static str {
    let sequences = trial.patients.iter().any(|p| p.second_line_day.is_some());
    if sequences { "total progression-free survival" } else { "progression-free survival" }
}

/// A difference from the side of the arm that does better.
fn sentence(c: &ContrastRow) -> String {
    let worse = c.paired_difference_months.is_some_and(|d| d < 0.0);
    let turned = |x: Option<f64>| x.map(|x| -x);
    let row = if worse {
        ContrastRow {
            arm: c.against.clone(),
            against: c.arm.clone(),
            paired_difference_months: turned(c.paired_difference_months),
            paired_low_months: turned(c.paired_high_months),
            paired_high_months: turned(c.paired_low_months),
            ..c.clone()
        }
    } else {
        c.clone()
    };
    let horizon = row.horizon_months.map_or_else(String::new, |h| format!(" up to month {h:.0}"));
    format!("{} longer than {} by {} months{horizon}", row.arm, row.against, difference(&row))
}

/// How many figures agree at the published size; nothing where none can be judged.
pub fn at_published_size(figures: &[&PublishedRow], what: &str) -> String {
    let judged: Vec<bool> = figures.iter().filter_map(|p| p.within_published).collect();
    if judged.is_empty() {
        return String::new();
    }
    let within = judged.iter().filter(|w| **w).count();
    format!(
        " Of {} {what} that can be judged at the published trial's size, {within} {} the simulated value within {} interval.",
        judged.len(),
        if within == 1 { "has" } else { "have" },
        if within == 1 { "its" } else { "their" }
    )
}
