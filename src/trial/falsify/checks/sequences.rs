//! Falsifiers of orders and schedules.

use super::names::{CYCLES, DAILY, E_THEN_S, RADIANT_3, S_THEN_E};
use super::tissue::perfusion;
use super::{Bound, FigurePart, FigureParts, Lab};
use crate::trial::falsify::figures::{mean, median, median_ratio};
use crate::trial::results::Endpoint;

/// The order of everolimus and sunitinib matters little.
pub fn f6(lab: &mut Lab<'_>) -> FigureParts {
    let ran = lab.trial(RADIANT_3)?;
    let failure = median_ratio(&ran.pairs(E_THEN_S, S_THEN_E, Endpoint::Tfs)?, lab.seed());
    let second = |arm| Ok::<_, super::TrialError>(median(&ran.times(arm, Endpoint::SecondLinePfs)?));
    let band = Bound::between(8.0, 16.0);
    Ok(vec![
        FigurePart::judged("median TFS, E then S over S then E", "", Bound::within_factor(1.25), failure),
        FigurePart::judged("median second-line PFS, sunitinib", "months", band, second(E_THEN_S)?),
        FigurePart::judged("median second-line PFS, everolimus", "months", band, second(S_THEN_E)?),
    ])
}

/// Last day of the weeks on and of the weeks off.
const WEEKS: [u32; 2] = [28, 42];

/// Weeks off sunitinib cost little, and vessels come back in them.
pub fn f9(lab: &mut Lab<'_>) -> FigureParts {
    let ratio = median_ratio(&lab.trial("sun-1111")?.pairs(CYCLES, DAILY, Endpoint::Pfs)?, lab.seed());
    let seen = perfusion(lab, "sunitinib 50 mg daily, 4 weeks on 2 weeks off", &WEEKS)?;
    let rebound: Vec<f64> = seen[0].iter().zip(&seen[1]).map(|(on, off)| off / on).collect();
    Ok(vec![
        FigurePart::judged("median PFS, 50 mg 4/2 over 37.5 mg daily", "", Bound::within_factor(1.2), ratio),
        FigurePart::judged("perfusion, day 42 over day 28", "", Bound::above(1.0), mean(&rebound)),
    ])
}
