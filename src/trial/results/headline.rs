//! The first words of a comparison: which measure is compared, what sets arms apart in it, and at what price.

use super::contrast::{ContrastRow, Price, PriceRow};
use super::{Endpoint, Unit};
use crate::simulation::naming::{fixed, signed};

/// Differences that are told one by one.
const MOST_TOLD: usize = 3;

/// What is compared.
pub const MEASURE: &str = "Time to failure of strategy (TFS: progression on the last planned line, or death)";

/// The first words of a comparison over these rows; `None` where no arms are compared. What an interval does not separate is not ranked.
pub fn headline(contrasts: &[ContrastRow], prices: &[PriceRow]) -> Option<String> {
    let all: Vec<&ContrastRow> = contrasts.iter().filter(|c| c.endpoint == Endpoint::Tfs).collect();
    let first = all.first()?;
    let told: Vec<&ContrastRow> = all.iter().copied().filter(|c| c.paired_low_months.is_some()).collect();
    let head = format!(
        "{MEASURE}, restricted mean to month {}, the same patients in each arm",
        fixed(first.horizon_months, 0)
    );
    if told.is_empty() {
        return Some(format!(
            "{head}: no difference has an interval, these are too few patients to compare arms."
        ));
    }
    let mut separated: Vec<&ContrastRow> = told.iter().copied().filter(|c| c.is_separated()).collect();
    separated.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let more = if separated.len() > MOST_TOLD { ", the largest of them" } else { "" };
    let rest = match (told.len(), separated.len()) {
        (1, 0) => not_separated(told[0], prices),
        (all, 0) => format!("none of {all} comparisons is separated"),
        (1, _) => longer(separated[0], prices),
        (all, n) => {
            let list: Vec<String> = separated.iter().take(MOST_TOLD).map(|c| longer(c, prices)).collect();
            let are = if n == 1 { "is" } else { "are" };
            format!("{n} of {all} comparisons {are} separated{more}: {}", list.join("; "))
        }
    };
    Some(format!("{head}: {rest}."))
}

fn size(c: &ContrastRow) -> f64 {
    c.paired_difference_months.map_or(0.0, f64::abs)
}

/// A difference from the side of the arm that does better.
fn longer(c: &ContrastRow, prices: &[PriceRow]) -> String {
    let turned = c.paired_difference_months.is_some_and(|d| d < 0.0);
    let row = if turned { c.turned() } else { c.clone() };
    let months =
        interval([row.paired_difference_months, row.paired_low_months, row.paired_high_months], "95 % ");
    format!("{} {months} months against {}{}", row.arm, row.against, price(&row, prices))
}

fn not_separated(c: &ContrastRow, prices: &[PriceRow]) -> String {
    let months = interval([c.paired_difference_months, c.paired_low_months, c.paired_high_months], "95 % ");
    format!("{} and {} are not separated, {months} months{}", c.arm, c.against, price(c, prices))
}

/// What an arm costs more than the other one.
fn price(c: &ContrastRow, prices: &[PriceRow]) -> String {
    let of = |p: &&PriceRow| p.measure == Price::SevereDays && p.unit == Unit::Days;
    let find =
        |arm: &str, against: &str| prices.iter().filter(of).find(|p| p.arm == arm && p.against == against);
    let own = find(&c.arm, &c.against).map(|p| [p.estimate, p.low, p.high]);
    let other = || find(&c.against, &c.arm).map(|p| [p.estimate, p.high, p.low].map(|x| x.map(|x| -x)));
    own.or_else(other).map_or_else(String::new, |days| {
        format!(", with {} days of drug toxicity of grade 3-4", interval(days, ""))
    })
}

fn interval([value, low, high]: [Option<f64>; 3], what: &str) -> String {
    let number = |x: Option<f64>| x.map_or_else(|| "?".to_owned(), |x| signed(x, 1));
    match (low, high) {
        (Some(_), Some(_)) => format!("{} ({what}{} to {})", number(value), number(low), number(high)),
        _ => number(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(arm: &str, against: &str, [difference, low, high]: [f64; 3]) -> ContrastRow {
        ContrastRow {
            arm: arm.to_owned(),
            against: against.to_owned(),
            endpoint: Endpoint::Tfs,
            pairs: 60,
            hazard_ratio: Some(0.5),
            hazard_ratio_low: Some(0.4),
            hazard_ratio_high: Some(0.6),
            paired_difference_months: Some(difference),
            paired_low_months: Some(low),
            paired_high_months: Some(high),
            paired_p: None,
            paired_p_error: None,
            horizon_months: 57.7,
        }
    }

    fn days(arm: &str, against: &str, [estimate, low, high]: [f64; 3]) -> PriceRow {
        PriceRow {
            arm: arm.to_owned(),
            against: against.to_owned(),
            measure: Price::SevereDays,
            unit: Unit::Days,
            pairs: 60,
            estimate: Some(estimate),
            low: Some(low),
            high: Some(high),
            p: None,
            p_error: None,
            horizon_months: 57.7,
        }
    }

    #[test]
    fn it_names_measure_horizon_difference_and_price() {
        let one = [contrast("alone", "sequence", [-3.2, -5.0, -1.25])];
        let words = headline(&one, &[days("alone", "sequence", [-8.0, -10.0, 1.0])]).unwrap();
        assert_eq!(
            words,
            "Time to failure of strategy (TFS: progression on the last planned line, or death), restricted mean to month 58, the same \
             patients in each arm: sequence +3.2 (95 % +1.2 to +5.0) months against alone, with +8.0 (-1.0 to +10.0) days of drug toxicity of \
             grade 3-4."
        );
    }

    // What the interval does not separate is not ranked, and PFS is never told.
    #[test]
    fn what_is_not_separated_is_not_ranked() {
        let even = contrast("a", "b", [0.4, -1.0, 2.0]);
        let words = headline(std::slice::from_ref(&even), &[]).unwrap();
        assert!(words.ends_with("a and b are not separated, +0.4 (95 % -1.0 to +2.0) months."), "{words}");
        let words = headline(&[even.clone(), contrast("c", "b", [1.0, -0.1, 2.0])], &[]).unwrap();
        assert!(words.ends_with("none of 2 comparisons is separated."), "{words}");
        let words = headline(&[even.clone(), contrast("c", "b", [1.0, 0.1, 2.0])], &[]).unwrap();
        assert!(
            words.contains("1 of 2 comparisons is separated: c +1.0") && !words.contains("a +"),
            "{words}"
        );
        let pfs = ContrastRow { endpoint: Endpoint::Pfs, ..contrast("a", "b", [9.0, 8.0, 10.0]) };
        assert_eq!(headline(std::slice::from_ref(&pfs), &[]), None);
        let words = headline(&[pfs, even], &[]).unwrap();
        assert!(!words.contains("9.0"), "{words}");
        let few =
            ContrastRow { paired_low_months: None, paired_high_months: None, ..contrast("a", "b", [9.0; 3]) };
        assert!(headline(&[few], &[]).unwrap().contains("too few patients"));
    }
}
