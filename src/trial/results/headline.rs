//! The first words of a comparison: which measure is compared, what sets arms apart in it, and at what price.

use super::Endpoint;
use super::contrast::{ContrastRow, Price, PriceRow};
use crate::simulation::naming::{fixed, signed};

/// Pairs of arms that are named.
const MAX_NAMED: usize = 3;

/// What is compared.
pub const MEASURE: &str = "Time to failure of strategy (TFS: progression on the last planned line, or death)";

/// What is compared beside it.
const BESIDE: &str = "Time to 1.2 times the first sum of diameters, or death, whatever the line";

/// The first words of a comparison over these rows, a sentence for each measure of strategies; none where no arms are compared. What an
/// interval does not separate is not ranked.
pub fn headline(contrasts: &[ContrastRow], prices: &[PriceRow]) -> Vec<String> {
    let of = |endpoint: Endpoint| -> Vec<&ContrastRow> {
        contrasts.iter().filter(|c| c.endpoint == endpoint).collect()
    };
    let sentence = |measure: &str, endpoint: Endpoint, prices: &[PriceRow]| {
        let all = of(endpoint);
        let horizon = fixed(all.first()?.horizon_months, 0);
        Some(format!("{measure}, restricted mean to month {horizon}: {}.", differences(&all, prices)))
    };
    let beside = sentence(BESIDE, Endpoint::TimeToGrowth, &[]);
    sentence(MEASURE, Endpoint::Tfs, prices).into_iter().chain(beside).collect()
}

/// What sets arms apart in one measure: the first difference of the file that its interval separates in full, the others by name.
fn differences(all: &[&ContrastRow], prices: &[PriceRow]) -> String {
    let told: Vec<&ContrastRow> = all.iter().copied().filter(|c| c.paired_low_months.is_some()).collect();
    let one = told.first().map(|c| &c.against).filter(|one| told.iter().all(|c| c.against == **one));
    let (separated, even): (Vec<&ContrastRow>, Vec<&ContrastRow>) =
        told.iter().copied().partition(|c| c.is_separated());
    let others = |what: &str, pairs: &[&ContrastRow]| match pairs {
        [] => String::new(),
        pairs => format!("; {what}: {}", names(pairs, one.is_some())),
    };
    match (&separated[..], &even[..]) {
        ([], []) => "no difference has an interval, these are too few patients to compare arms".to_owned(),
        ([], [only]) => not_separated(only, prices),
        ([], _) => {
            let from = one.map_or_else(String::new, |one| format!(" from {one}"));
            format!(
                "no arm of {} comparisons is separated{from}: {}",
                told.len(),
                names(&even, one.is_some())
            )
        }
        ([first, rest @ ..], _) => {
            longer(first, prices) + &others("separated too", rest) + &others("not separated", &even)
        }
    }
}

/// Pairs of arms, as many as are named; by their first arm where all are against the same one.
fn names(pairs: &[&ContrastRow], one: bool) -> String {
    let name = |c: &&ContrastRow| match one {
        true => c.arm.clone(),
        false => format!("{} against {}", c.arm, c.against),
    };
    let listed = pairs.iter().take(MAX_NAMED).map(name).collect::<Vec<_>>().join("; ");
    match pairs.len().saturating_sub(MAX_NAMED) {
        0 => listed,
        more => format!("{listed}; and {more} more"),
    }
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
    let of = |p: &&PriceRow| p.measure == Price::SevereDays;
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
    use crate::trial::results::MeasureUnit;

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
            unit: MeasureUnit::Days,
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
        let growth = ContrastRow { endpoint: Endpoint::TimeToGrowth, ..one[0].turned() };
        let all = [one.to_vec(), vec![growth]].concat();
        let words = headline(&all, &[days("alone", "sequence", [-8.0, -10.0, 1.0])]);
        assert_eq!(
            words,
            [
                "Time to failure of strategy (TFS: progression on the last planned line, or death), restricted mean to month 58: \
                 sequence +3.2 (95 % +1.2 to +5.0) months against alone, with +8.0 (-1.0 to +10.0) days of drug \
                 toxicity of grade 3-4.",
                "Time to 1.2 times the first sum of diameters, or death, whatever the line, restricted mean to month 58: \
                 sequence +3.2 (95 % +1.2 to +5.0) months against alone."
            ]
        );
    }

    // What the interval does not separate is not ranked, and PFS is never told.
    #[test]
    fn what_is_not_separated_is_not_ranked() {
        let first = |rows: &[ContrastRow]| headline(rows, &[]).into_iter().next().unwrap_or_default();
        let even = contrast("a", "b", [0.4, -1.0, 2.0]);
        let words = first(std::slice::from_ref(&even));
        assert!(words.ends_with("a and b are not separated, +0.4 (95 % -1.0 to +2.0) months."), "{words}");
        let words = first(&[even.clone(), contrast("c", "b", [1.0, -0.1, 2.0])]);
        assert!(words.ends_with("no arm of 2 comparisons is separated from b: a; c."), "{words}");
        let words = first(&[even.clone(), contrast("c", "b", [1.0, 0.1, 2.0])]);
        assert!(
            words.ends_with(": c +1.0 (95 % +0.1 to +2.0) months against b; not separated: a."),
            "{words}"
        );
        // In the order of the file, not of size: the first is what its author asks, the largest is often trivial.
        let far = |arm| contrast(arm, "b", [-9.0, -11.0, -7.0]);
        let words = first(&[
            even.clone(),
            contrast("c", "b", [1.0, 0.1, 2.0]),
            far("d"),
            far("e"),
            far("f"),
            far("g"),
        ]);
        let expected = "c +1.0 (95 % +0.1 to +2.0) months against b; separated too: d; e; f; and 1 more; not separated: a.";
        assert!(words.ends_with(expected), "{words}");
        let pfs = ContrastRow { endpoint: Endpoint::Pfs, ..contrast("a", "b", [9.0, 8.0, 10.0]) };
        assert!(headline(std::slice::from_ref(&pfs), &[]).is_empty());
        assert!(!first(&[pfs, even]).contains("9.0"));
        let few =
            ContrastRow { paired_low_months: None, paired_high_months: None, ..contrast("a", "b", [9.0; 3]) };
        assert!(first(&[few]).contains("too few patients"));
    }
}
