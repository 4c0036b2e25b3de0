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
    let mut start = top.beta.clone();
    let mut short = |size: f64| -> Result<bool, Undefined> {
        start[column] = sign * size;
        let best = maximise(data, &start, free, options)?;
        Ok(best.log_likelihood < top.log_likelihood - DROP)
    };
    // The profile rises in the direction of the sign: first a place below the mark, then one above.
    let (mut low, mut high) = (-1.0, 1.0);
    for _ in 0..60 {
        if short(low)? {
            break;
        }
        (low, high) = (2.0 * low, low);
    }
    while short(high)? && high < 1e6 {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if short(middle)? { low = middle } else { high = middle }
    }
    Ok(sign * 0.5 * (low + high))
}
