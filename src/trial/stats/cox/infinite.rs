//! Likelihoods that rise for ever.

use super::super::Undefined;
use super::CoxOptions;
use super::newton::{Maximum, maximise};
use super::prepared::Prepared;

/// Where the best coefficient of a covariate lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Finite,
    Up,
    Down,
}

impl Direction {
    /// The sign of an infinite coefficient.
    pub fn sign(self) -> Option<f64> {
        match self {
            Direction::Finite => None,
            Direction::Up => Some(1.0),
            Direction::Down => Some(-1.0),
        }
    }
}

/// Most steps towards a bound; about ten are usual.
const MOST_STEPS: u32 = 200;

/// Half of the quantile 0.95 of chi-square with one degree of freedom.
const DROP: f64 = 1.920_729_410_347_062;

/// Where a coefficient lies: the likelihood never falls towards +∞ (−∞) exactly if everyone who has the event has the
/// largest (smallest) value of all at risk then. That holds for both treatments of ties. None if at every event
/// all at risk have the same value.
pub(super) fn direction(data: &Prepared, column: usize) -> Option<Direction> {
    let (mut up, mut down, mut contrast) = (true, true, false);
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for block in &data.blocks {
        if block.restart {
            (least, most) = (f64::INFINITY, f64::NEG_INFINITY);
        }
        let value = |i: usize| data.row(i)[column];
        for x in (block.begin..block.end).map(value) {
            (least, most) = (least.min(x), most.max(x));
        }
        let mut events = (block.begin..block.events_end).map(value);
        up &= events.clone().all(|x| x == most);
        down &= events.clone().all(|x| x == least);
        contrast |= events.next().is_some() && least < most;
    }
    match (contrast, up, down) {
        (false, ..) => None,
        (true, true, _) => Some(Direction::Up),
        (true, _, true) => Some(Direction::Down),
        _ => Some(Direction::Finite),
    }
}

/// The finite end of the 95 % interval of an infinite coefficient (of the scaled covariate): where the profile likelihood
/// is below its supremum by half of chi-square's quantile (Venzon and Moolgavkar 1988).
pub(super) fn profile_bound(
    data: &Prepared,
    column: usize,
    direction: Direction,
    top: &Maximum,
    free: &[bool],
    options: &CoxOptions,
) -> Result<f64, Undefined> {
    let sign = direction.sign().unwrap_or(1.0);
    let mark = top.log_likelihood - DROP;
    let mut start = top.beta.clone();
    let mut size = 0.0;
    // The profile is concave and rises with the size. So one step of Newton's method leads below the mark from anywhere,
    // and from there every step leads nearer without passing it; a step back is rounding.
    for iteration in 0..MOST_STEPS {
        start[column] = sign * size;
        let best = maximise(data, &start, free, options)?;
        // By the envelope theorem the slope of the profile is the score.
        let step = (mark - best.log_likelihood) / (sign * best.score[column]);
        if iteration > 0 && step <= 1e-14 * (1.0 + f64::abs(size)) {
            break;
        }
        size += step;
        start = best.beta;
    }
    Ok(sign * size)
}
