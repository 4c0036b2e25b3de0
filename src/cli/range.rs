//! Numbers and words of the command line that a file can give as well: both places have one range, so that a file can hold whatever a run was
//! told.

use std::ops::RangeInclusive;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::scenario::keys::PATIENT;
use crate::scenario::table::Section;
use crate::scenario::units::{Dimension, parse_in};
use crate::words::Word;

/// Takes what the file's key takes.
pub fn of<T: TryFrom<u64>>(
    section: &Section,
    key: &str,
) -> impl Fn(&str) -> Result<T, String> + Clone + use<T> {
    count(section.whole_numbers(key))
}

/// Takes a whole number within a range, as `1000`, `1_000` or `1e3`.
pub fn count<T: TryFrom<u64>>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<T, String> + Clone + use<T> {
    move |text| {
        let number = whole(&text.replace('_', "")).filter(|number| range.contains(number));
        let wanted = || format!("expected a whole number from {} to {}", range.start(), range.end());
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(wanted)
    }
}

/// A whole number that is exact, however it is written.
fn whole(text: &str) -> Option<u64> {
    let exact = |value: &f64| (0.0..9e15).contains(value) && libm::floor(*value) == *value;
    text.parse().ok().or_else(|| text.parse().ok().filter(exact).map(|value: f64| value as u64))
}

/// Takes so many days: a number alone, or a time with its unit.
pub fn days<T: TryFrom<u64>>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<T, String> + Clone + use<T> {
    move |text| match parse_in(text, Dimension::Time, "d") {
        Ok(days) => count(range.clone())(&libm::round(days).to_string()),
        Err(_) => count(range.clone())(text)
            .map_err(|wanted| format!("{wanted}, of days, or a time such as `12 wk`")),
    }
}

/// Takes the words that the file's key takes.
pub fn words<W: Word + Send + Sync>() -> impl TypedValueParser<Value = W> {
    PossibleValuesParser::new(W::WORDS).try_map(|word| W::of(&word).ok_or("no such word"))
}

/// Takes the weights that a patient of a file may have.
pub fn weight_kg(text: &str) -> Result<f64, String> {
    let bounds = PATIENT.bounds("weight");
    let weight = text.parse().ok().or_else(|| parse_in(text, Dimension::Weight, "kg").ok());
    weight
        .filter(|kg| bounds.contain(*kg))
        .ok_or_else(|| format!("expected a weight in kg {}", bounds.text()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::Cli;
    use crate::scenario::keys::{COHORT, ROOT};
    use crate::scenario::table::Section;

    // A seed of 2^63 was taken by `--seed` and by no file, so that its run's folder could not be read. Each number at its bounds and
    // beyond, in every command that has it.
    #[test]
    fn a_number_given_in_two_places_has_one_range() {
        let of_trial: [(&str, &str, &Section); 3] =
            [("--seed", "seed", ROOT), ("--patients", "patients", COHORT), ("--agents", "agents", COHORT)];
        for (option, key, section) in of_trial {
            let range = section.whole_numbers(key);
            let wanted = [(*range.start(), true), (*range.end(), true), (range.end() + 1, false)];
            let commands: &[&[&str]] = match key {
                "seed" => {
                    &[&["run", "a"], &["compare", "a"], &["trial", "a"], &["falsify"], &["pk", "--drug", "a"]]
                }
                _ => &[&["compare", "a"], &["trial", "a"]],
            };
            for command in commands {
                let taken = |value: u64| {
                    let value = value.to_string();
                    let words = ["evotor"].iter().chain(*command).copied().chain([option, &value]);
                    Cli::try_parse_from(words).is_ok()
                };
                for (value, expected) in wanted {
                    assert_eq!(taken(value), expected, "{command:?} {option} {value}");
                }
                assert!(range.start() == &0 || !taken(range.start() - 1), "{command:?} {option}");
            }
        }
    }

    // Numbers as people write them; what is not whole, or only nearly, is refused.
    #[test]
    fn a_number_may_be_written_in_several_ways() {
        let count = super::count::<u32>(1..=1_000_000);
        for (text, number) in
            [("1000", 1000), ("1_000", 1000), ("1e3", 1000), ("1.5e3", 1500), ("1e6", 1_000_000)]
        {
            assert_eq!(count(text), Ok(number), "{text}");
        }
        let wanted = Err("expected a whole number from 1 to 1000000".to_owned());
        for text in ["x", "", "-1", "0", "1.5", "1e7", "1e99", "NaN", "inf", "1e-3", "99999999999999999999"] {
            assert_eq!(count(text), wanted, "{text}");
        }
        assert_eq!(super::whole("9223372036854775807"), Some(9_223_372_036_854_775_807));
        let days = super::days::<u32>(1..=1000);
        for (text, number) in [("28", 28), ("28d", 28), ("4 weeks", 28), ("12 months", 365), ("2 y", 731)] {
            assert_eq!(days(text), Ok(number), "{text}");
        }
        for text in ["0d", "3 y", "5 kg", "-5 d", "soon"] {
            assert!(days(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_weight_is_that_of_a_patient_in_a_file() {
        let taken = |kg: &str| Cli::try_parse_from(["evotor", "pk", "--drug", "a", "--weight", kg]).is_ok();
        assert!(["20", "70.5", "300", "70kg", "70.5 kg"].into_iter().all(taken));
        assert!(
            !["19.9", "300.1", "70 g", "19 kg", "0", "-70", "NaN", "inf", "1e400"].into_iter().any(taken)
        );
    }
}
