//! The first sentences of a trial's page: what was compared, by which measure, what its interval separates, and at what price.

use crate::report::read::ReadTrial;
use crate::simulation::naming::counted;
use crate::trial::output::rows::{ContrastRow, PublishedRow};
use crate::trial::results::{MEASURE, headline};

/// What is said of a trial before anything else.
pub fn lead(trial: &ReadTrial) -> String {
    let who = match trial.arms.len() {
        1 => format!("{} in one arm.", counted(trial.cohort() as u64, "virtual patient")),
        n => format!("{} in {n} arms, the same in each.", counted(trial.cohort() as u64, "virtual patient")),
    };
    let took_part = |c: &&ContrastRow| [&c.arm, &c.against].iter().all(|arm| trial.arms.contains(arm));
    let contrasts: Vec<ContrastRow> = trial.contrasts.iter().filter(took_part).cloned().collect();
    let compared = headline(&contrasts, &trial.prices);
    let first = if compared.is_empty() { alone(trial) } else { typographic(&compared.join(" ")) };
    let published: Vec<&PublishedRow> = trial.published.iter().collect();
    [first, who].join(" ").trim_start().to_owned() + &at_published_size(&published, "published figures")
}

/// Words with signs and ranges as they are printed.
fn typographic(words: &str) -> String {
    words.replace(" -", " −").replace("(-", "(−").replace("3-4", "3–4")
}

/// An arm by itself.
fn alone(trial: &ReadTrial) -> String {
    let months = |x: Option<f64>| x.map_or_else(|| "not reached".to_owned(), |x| format!("{x:.1}"));
    let Some(row) = trial.arms.iter().flat_map(|arm| trial.measure(arm, "tfs")).next() else {
        return String::new();
    };
    let words = match row.value {
        Some(median) if row.patients == 1 => format!("{median:.1} months"),
        Some(median) => format!("{median:.1} months (95 % {} to {})", months(row.low), months(row.high)),
        None => "not reached".to_owned(),
    };
    format!("{MEASURE}: the median was {words}.")
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
