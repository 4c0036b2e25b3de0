//! Plots of a trial.

mod agreement;
mod best;
mod convergence;
mod forest;
mod incidence;
pub(in crate::report) mod panels;
mod published;
mod resistance;
mod risk;
mod spider;
mod survival;
mod swimmer;

use rayon::prelude::*;

use super::read::{MAX_DRAWN, ReadTrial};
use crate::plot::Figure;

pub use agreement::agreement;
pub use published::{PublishedPoint as PublishedFigure, all as published_all, told};

/// All plots that a trial has data for, in the order of a report.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
    type Draw = fn(&ReadTrial) -> Vec<Figure>;
    let all: [Draw; 9] = [
        survival::figures,
        forest::figures,
        incidence::figures,
        best::figures,
        spider::figures,
        swimmer::figures,
        resistance::figures,
        published::figures,
        convergence::figures,
    ];
    let figures = all.par_iter().map(|draw| draw(trial)).collect::<Vec<_>>().into_iter().flatten();
    match partial(trial) {
        Some(words) => figures.map(|figure| figure.remarked(&words)).collect(),
        None => figures.collect(),
    }
}

/// What a caption says of patients who are not drawn; nothing where all are.
fn chosen(trial: &ReadTrial, order: &str) -> String {
    match trial.cohort() > MAX_DRAWN {
        true => format!(" {MAX_DRAWN} patients of each arm are drawn, evenly spread over {order}."),
        false => String::new(),
    }
}

/// What every plot must say of a trial that is not whole.
pub fn partial(trial: &ReadTrial) -> Option<String> {
    let course = &trial.summary.course;
    let missing: usize = course.missing.iter().map(|gap| gap.numbers().count()).sum();
    if missing > 0 {
        return Some(format!("partial: {missing} of {} patients are missing", course.patients));
    }
    course
        .stopped
        .then(|| format!("partial: {} of {} patients are through", trial.cohort(), course.asked().len()))
}
