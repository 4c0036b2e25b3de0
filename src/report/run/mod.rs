//! Plots of a run.

mod burden;
mod clones;
mod composition;
mod drugs;
mod environment;
mod exposure;

mod toxicity;

use rayon::prelude::*;

use super::ReportError;
use super::read::{RunFolder, Series};
use crate::plot::{self, Figure, short};
use crate::simulation::naming::count_text;

/// What a reader may choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choices {
    /// Whether axes of counts and concentrations are logarithmic.
    pub log: bool,
    /// Smallest share of all live cells that a clone must ever have reached to be a band of its own.
    pub clone_share: f64,
    /// Whether clones have a colour each, in place of that of the state in which they were founded.
    pub by_clone: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self { log: false, clone_share: 0.01, by_clone: false }
    }
}

/// All plots that a run has data for, in the order of a report.
///
/// # Errors
///
/// [`ReportError`], where a table of clones cannot be read again.
pub fn figures(run: &RunFolder, choices: Choices) -> Result<Vec<Figure>, ReportError> {
    type Draw = fn(&RunFolder, Choices) -> Result<Vec<Figure>, ReportError>;
    let all: [Draw; 6] = [
        |run, choices| Ok(burden::figures(run, choices)),
        |run, choices| Ok(composition::figures(run, choices)),
        clones::figures,
        |run, choices| Ok(exposure::figures(run, choices)),
        |run, choices| Ok(toxicity::figures(run, choices)),
        |run, choices| Ok(environment::figures(run, choices)),
    ];
    let drawn: Result<Vec<Vec<Figure>>, ReportError> =
        all.par_iter().map(|draw| draw(run, choices)).collect();
    Ok(drawn?.into_iter().flatten().collect())
}

/// What is said of a series of which not all is drawn; empty where all of it is.
fn thinned(series: &Series) -> String {
    match (series.is_thinned(), series.is_crowded()) {
        (true, _) => format!(
            " Of {} observations those are drawn that lie {} days apart, with the smallest and the largest burden of each replicate.",
            count_text(series.length),
            short(series.days.get(1).copied().unwrap_or(0.0)),
        ),
        (false, true) => plot::CROWDED.to_owned(),
        (false, false) => String::new(),
    }
}

/// More bars in a row than this lie closer together than eyes can tell.
const MAX_BARS: usize = 500;

/// A bar in a row of bars, in days.
trait Bar: Sized {
    /// First day, and day after the last one.
    fn span(&self) -> (f64, f64);
    /// It and the next one as one bar.
    fn join(self, next: Self) -> Self;
}

/// Bars in order of time; where there are too many, those that begin within the same narrow stretch are one.
fn few<B: Bar>(bars: Vec<B>, last_day: f64) -> Vec<B> {
    if bars.len() <= MAX_BARS {
        return bars;
    }
    let stretch = |bar: &B| (bar.span().0 / last_day.max(1.0) * MAX_BARS as f64) as usize;
    let mut out: Vec<B> = Vec::new();
    for bar in bars {
        match out.pop() {
            Some(last) if stretch(&last) == stretch(&bar) => out.push(last.join(bar)),
            last => out.extend(last.into_iter().chain([bar])),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Bar for (f64, f64) {
        fn span(&self) -> (f64, f64) {
            *self
        }
        fn join(self, next: Self) -> Self {
            (self.0, next.1)
        }
    }

    #[test]
    fn bars_too_close_to_be_told_apart_are_one() {
        let days = |n: u32| (0..n).map(|d| (f64::from(2 * d), f64::from(2 * d) + 1.0)).collect::<Vec<_>>();
        assert_eq!(few(days(500), 1000.0), days(500));
        let many = few(days(100_000), 200_000.0);
        assert!(many.len() <= MAX_BARS + 1 && many[0] == (0.0, 399.0), "{} {:?}", many.len(), many[0]);
    }
}
