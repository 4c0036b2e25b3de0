//! Numbers and words of the command line that a file can give as well: both places have one range, so that a file can hold whatever a run was
//! told.

use clap::builder::{PossibleValuesParser, RangedU64ValueParser, TypedValueParser};

use crate::scenario::Word;
use crate::scenario::keys::PATIENT;
use crate::scenario::table::Section;

/// Takes what the file's key takes.
pub fn of<T: TryFrom<u64> + Clone + Send + Sync>(section: &Section, key: &str) -> RangedU64ValueParser<T> {
    RangedU64ValueParser::new().range(section.whole_numbers(key))
}

/// Takes the words that the file's key takes.
pub fn words<W: Word + Send + Sync>() -> impl TypedValueParser<Value = W> {
    PossibleValuesParser::new(W::WORDS).try_map(|word| W::of(&word).ok_or("no such word"))
}

/// Takes the weights that a patient of a file may have.
pub fn weight_kg(text: &str) -> Result<f64, String> {
    let bounds = PATIENT.bounds("weight");
    let weight = text.parse().ok().filter(|kg| bounds.contain(*kg));
    weight.ok_or_else(|| format!("expected a weight in kg {}", bounds.text()))
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
            [("--seed", "seed", &ROOT), ("--patients", "patients", COHORT), ("--agents", "agents", COHORT)];
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

    #[test]
    fn a_weight_is_that_of_a_patient_in_a_file() {
        let taken = |kg: &str| Cli::try_parse_from(["evotor", "pk", "--drug", "a", "--weight", kg]).is_ok();
        assert!(["20", "70.5", "300"].into_iter().all(taken));
        assert!(!["19.9", "300.1", "0", "-70", "NaN", "inf", "1e400"].into_iter().any(taken));
    }
}
