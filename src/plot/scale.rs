//! From values to places, and where ticks go.

use crate::numbers::{DAYS_PER_MONTH, count_text};

/// How values become places on an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// Evenly, from a value to another one.
    Linear(f64, f64),
    /// By their logarithm; both ends are above 0.
    Log(f64, f64),
}

impl Scale {
    /// Where a value lies: 0 at the beginning, 1 at the end, values beyond the ends at the ends.
    pub fn place(self, value: f64) -> f64 {
        let place = match self {
            Self::Linear(low, high) => (value - low) / (high - low),
            Self::Log(low, high) => libm::log(value.max(low * 1e-9) / low) / libm::log(high / low),
        };
        if place.is_nan() { 0.0 } else { place.clamp(0.0, 1.0) }
    }

    /// The ends.
    pub fn ends(self) -> (f64, f64) {
        match self {
            Self::Linear(low, high) | Self::Log(low, high) => (low, high),
        }
    }

    /// Whether a value lies within the ends.
    pub fn holds(self, value: f64) -> bool {
        let (low, high) = self.ends();
        value >= low && value <= high
    }
}

/// A tick of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Its value.
    pub at: f64,
    /// Its words; empty for a tick without.
    pub label: String,
}

/// An axis: how values are placed, which are told, and what they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Placement.
    pub scale: Scale,
    /// Ticks, rising.
    pub ticks: Vec<Tick>,
    /// Title with its unit.
    pub title: String,
}

/// A step of 1, 2 or 5 times a power of ten, so that a span has at most so many.
fn tidy_step(span: f64, most: usize) -> f64 {
    let raw = span / most.max(1) as f64;
    let power = libm::pow(10.0, libm::floor(libm::log10(raw)));
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|s| *s >= raw * 0.999_999)
        .unwrap_or(10.0 * power)
}

/// Multiples of a step within two values.
fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let (first, last) = (libm::ceil(low / step - 1e-9) as i64, libm::floor(high / step + 1e-9) as i64);
    (first..=last).map(|k| k as f64 * step).collect()
}

/// A number as ticks and labels show it: true minus sign, thousands apart, decimals as the step needs them.
pub fn value_text(value: f64, step: f64) -> String {
    let decimals = (0..6).find(|d| {
        let scaled = step * libm::pow(10.0, f64::from(*d));
        (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0)
    });
    let text = format!("{:.*}", decimals.unwrap_or(6) as usize, value.abs());
    let (whole, part) = text.split_once('.').map_or((text.as_str(), None), |(w, p)| (w, Some(p)));
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    out += &whole.parse().map_or_else(|_| whole.to_owned(), count_text);
    part.into_iter().for_each(|part| {
        out.push('.');
        out.push_str(part);
    });
    out
}

/// A figure with about three significant digits, for labels beside marks.
pub fn short(value: f64) -> String {
    match value.abs() {
        a if a >= 99.95 || a == 0.0 => value_text(value.round(), 1.0),
        _ if value.fract() == 0.0 => value_text(value, 1.0),
        a if a >= 9.995 => value_text(value, 0.1),
        a if a >= 0.0095 => value_text(value, 0.01),
        _ => format!("{value:.1e}").replace('-', "−"),
    }
}

impl Axis {
    /// From 0 to 1, without ticks or title.
    pub fn bare() -> Self {
        Self { scale: Scale::Linear(0.0, 1.0), ticks: Vec::new(), title: String::new() }
    }

    /// An even axis that begins and ends at ticks.
    pub fn linear(low: f64, high: f64, most: usize, title: &str) -> Self {
        let (low, high) = if high > low { (low, high) } else { (low, low + 1.0) };
        let step = tidy_step(high - low, most);
        let (low, high) = (step * libm::floor(low / step + 1e-9), step * libm::ceil(high / step - 1e-9));
        Self::within(low, high, step, title)
    }

    /// An even axis between two values that need not be at ticks.
    pub fn between(low: f64, high: f64, most: usize, title: &str) -> Self {
        Self::within(low, high, tidy_step(high - low, most), title)
    }

    /// An even axis with these ends and this step between ticks.
    pub fn within(low: f64, high: f64, step: f64, title: &str) -> Self {
        let tick = |at: f64| Tick { at, label: value_text(at, step) };
        let ticks = multiples(low, high, step).into_iter().map(tick).collect();
        Self { scale: Scale::Linear(low, high), ticks, title: title.to_owned() }
    }

    /// A logarithmic axis between two values above 0; ticks at 1, 2 and 5 times powers of ten where there are few decades.
    pub fn log(low: f64, high: f64, title: &str) -> Self {
        let low = if low > 0.0 { low } else { 1.0 };
        let high = if high > low { high } else { 10.0 * low };
        let decades = libm::log10(high / low);
        let within: &[f64] = if decades <= 2.2 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let (first, last) = (libm::floor(libm::log10(low)) as i32, libm::ceil(libm::log10(high)) as i32);
        let skip = ((decades / 7.0).ceil() as i32).max(1);
        let mut ticks = Vec::new();
        for power in (first..=last).filter(|p| p % skip == 0) {
            for m in within {
                let at = m * libm::pow(10.0, f64::from(power));
                if at >= low * 0.999_999 && at <= high * 1.000_001 {
                    ticks.push(Tick { at, label: log_text(at) });
                }
            }
        }
        Self { scale: Scale::Log(low, high), ticks, title: title.to_owned() }
    }

    /// Time since the start, given in days, with at most so many ticks. The unit is that in which the span is told best: days,
    /// weeks, months or years.
    pub fn days(last: f64, most: usize) -> Self {
        let (unit, length, steps): (_, _, &[f64]) = match last {
            d if d <= 70.0 => ("days", 1.0, &[1.0, 2.0, 5.0, 7.0, 14.0]),
            d if d <= 190.0 => ("weeks", 7.0, &[1.0, 2.0, 4.0, 8.0]),
            d if d <= 3660.0 => ("months", DAYS_PER_MONTH, &[1.0, 2.0, 3.0, 6.0, 12.0, 24.0]),
            _ => ("years", 365.25, &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]),
        };
        let last = if last > 0.0 { last } else { 1.0 };
        let step = pick(last / length, most, steps);
        let axis = Self::within(0.0, last / length, step, "");
        let ticks = axis.ticks.into_iter().map(|t| Tick { at: t.at * length, label: t.label }).collect();
        Self { scale: Scale::Linear(0.0, last), ticks, title: format!("Time ({unit})") }
    }

    /// Months since the start, to the next tick or halfway to it.
    pub fn months(last: f64, most: usize, title: &str) -> Self {
        let last = if last > 0.0 { last } else { 1.0 };
        let step = pick(last, most, &[1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0]);
        // An axis may end between two ticks that are far apart.
        let end = if step >= 12.0 { step / 2.0 } else { step };
        Self::within(0.0, end * libm::ceil(last / end - 1e-9), step, title)
    }

    /// Shares from 0 to 100 %.
    pub fn percent(title: &str) -> Self {
        Self::within(0.0, 100.0, 25.0, title)
    }
}

/// The smallest of some steps that gives at most so many ticks.
fn pick(span: f64, most: usize, steps: &[f64]) -> f64 {
    let enough = |step: &&f64| span / **step <= most as f64;
    steps.iter().find(enough).copied().unwrap_or_else(|| tidy_step(span, most))
}

/// A value of a logarithmic axis; large and small ones as powers of ten.
fn log_text(value: f64) -> String {
    let power = libm::floor(libm::log10(value) + 1e-9) as i32;
    if (-3..5).contains(&power) {
        return value_text(value, libm::pow(10.0, f64::from(power.min(0))));
    }
    let factor = (value / libm::pow(10.0, f64::from(power))).round() as i64;
    let front = if factor == 1 { String::new() } else { format!("{factor}×") };
    format!("{front}10{}", raised(power))
}

/// A whole number in raised digits.
fn raised(number: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raise = |c: char| c.to_digit(10).map_or('⁻', |d| DIGITS[d as usize]);
    number.to_string().chars().map(raise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|t| t.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_tidy() {
        assert_eq!(labels(&Axis::linear(0.0, 16538.0, 5, "")), ["0", "5,000", "10,000", "15,000", "20,000"]);
        assert_eq!(labels(&Axis::linear(-0.31, 0.42, 5, "")), ["−0.4", "−0.2", "0.0", "0.2", "0.4", "0.6"]);
        assert_eq!(labels(&Axis::log(0.1, 10.0, "")), ["0.1", "0.2", "0.5", "1", "2", "5", "10"]);
        assert_eq!(labels(&Axis::log(1.0, 1e6, "")), ["1", "10", "100", "1,000", "10,000", "10⁵", "10⁶"]);
    }

    #[test]
    fn time_is_told_in_the_unit_that_suits_it() {
        assert_eq!(Axis::days(30.0, 8).title, "Time (days)");
        assert_eq!(Axis::days(180.0, 8).title, "Time (weeks)");
        let months = Axis::days(728.0, 8);
        assert_eq!(
            (months.title.as_str(), labels(&months)),
            ("Time (months)", vec!["0", "3", "6", "9", "12", "15", "18", "21"])
        );
        assert!((months.ticks[1].at - 91.3125).abs() < 1e-9);
        assert_eq!(labels(&Axis::months(58.2, 8, "")), ["0", "12", "24", "36", "48", "60"]);
    }

    #[test]
    fn places_stay_within_the_ends() {
        assert_eq!(Scale::Linear(0.0, 10.0).place(5.0), 0.5);
        assert_eq!(Scale::Linear(0.0, 10.0).place(50.0), 1.0);
        assert_eq!(Scale::Log(1.0, 100.0).place(0.0), 0.0);
        // What is infinite lies at the end, and not at the beginning.
        assert_eq!(
            (Scale::Log(1.0, 100.0).place(f64::INFINITY), Scale::Linear(0.0, 1.0).place(f64::INFINITY)),
            (1.0, 1.0)
        );
        assert!((Scale::Log(1.0, 100.0).place(10.0) - 0.5).abs() < 1e-12);
        assert_eq!(short(0.254), "0.25");
        assert_eq!(short(-12.34), "−12.3");
        assert_eq!(short(16538.0), "16,538");
    }
}
