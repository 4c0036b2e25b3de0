//! Plots of a trial.

mod agreement;
mod best;
mod convergence;
mod forest;
mod incidence;
mod panels;
mod published;
mod resistance;
mod risk;
mod spider;
mod survival;
mod swimmer;

use rayon::prelude::*;

use super::read::TrialFolder;
use crate::plot::Figure;

pub use agreement::agreement;
pub use published::{Row as PublishedFigure, all as published_all, told};

/// All plots that a trial has data for, in the order of a report.
pub fn figures(trial: &TrialFolder) -> Vec<Figure> {
    type Draw = fn(&TrialFolder) -> Vec<Figure>;
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
    all.par_iter().map(|draw| draw(trial)).collect::<Vec<_>>().into_iter().flatten().collect()
}
