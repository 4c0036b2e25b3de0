//! `evotor run --seeds`: a scenario over many seeds, as a batch whose rows are the seeds.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

use crate::scenario::keys::ROOT;
use crate::trial::batch::{BatchAsk, Design, ParameterSweep};

use super::batch::{self, BatchEnding, BatchPlace};
use super::dry_run;
use super::json::{self, RunResult};
use super::outcome::{Failure, say};
use super::range;
use super::report::ReportArgs;

/// Most seeds at once. Each is checked before the first is run.
const MAX: u64 = 10_000;

/// Seeds as a user lists them: `1-50`, `1,5,9`, `1-10,20`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedList(pub Vec<u64>);

impl FromStr for SeedList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(part).collect::<Result<Vec<_>, _>>()?;
        let count = |part: &RangeInclusive<u64>| (part.end() - part.start()).saturating_add(1);
        let all = parts.iter().map(count).fold(0, u64::saturating_add);
        if all > MAX {
            return Err(format!(
                "these are {all} seeds, and {MAX} at most are run at once; spread more over several folders"
            ));
        }
        let mut seen = BTreeSet::new();
        match parts.iter().cloned().flatten().find(|seed| !seen.insert(*seed)) {
            Some(twice) => Err(format!("seed {twice} is there twice: leave one of the two out")),
            None => Ok(Self(parts.into_iter().flatten().collect())),
        }
    }
}

/// A seed, or a range of seeds.
fn part(text: &str) -> Result<RangeInclusive<u64>, String> {
    let seed = |text: &str| {
        let taken = range::of::<u64>(ROOT, "seed");
        taken(text.trim()).map_err(|wanted| {
            format!("`{}` is not a seed: {wanted}, or a list such as `1-50` or `1,5,9`", text.trim())
        })
    };
    let ends = text.trim().split_once(['-', '–']).filter(|(first, _)| !first.is_empty());
    let Some((first, last)) = ends else { return seed(text).map(|only| only..=only) };
    let (first, last) = (seed(first)?, seed(last)?);
    if first > last {
        return Err(format!("the range {first}-{last} runs backwards: write {last}-{first}"));
    }
    Ok(first..=last)
}

/// Runs the seeds that are not through.
pub fn run(
    ask: BatchAsk,
    seeds: &SeedList,
    place: &BatchPlace<'_>,
    report: ReportArgs,
    is_dry: bool,
) -> Result<ExitCode, Failure> {
    let sweep = ParameterSweep::new(ask, Design::of_seeds(&seeds.0))?;
    if is_dry {
        return dry_run::batch(&sweep, place.dir, place.force || place.go_on, "seeds");
    }
    let summary = match batch::compute(&sweep, place, "seeds")? {
        BatchEnding::Stopped(code) => return Ok(code),
        BatchEnding::Already(summary) => {
            if !place.quiet {
                say(format_args!("the seeds in {} are done", place.dir.display()));
            }
            summary
        }
        BatchEnding::Done(summary) => {
            if summary.question.shard.is_none() {
                report.write(place.dir, place.quiet);
            }
            summary
        }
    };
    let folder = RunResult::in_folder(Some(place.dir));
    json::add(|| RunResult { quantiles: Some(summary.quantiles.clone()), ..folder });
    Ok(batch::conclude(&summary, place.dir, place.quiet))
}

/// The folder of a scenario over seeds, unless another is named.
pub fn folder(name: &str) -> std::path::PathBuf {
    Path::new("results").join(format!("{name}-seeds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_listed_as_people_list_them() {
        for (text, seeds) in [
            ("7", vec![7]),
            ("1-4", vec![1, 2, 3, 4]),
            ("1,5,9", vec![1, 5, 9]),
            ("3-4, 1 – 2 ,9", vec![3, 4, 1, 2, 9]),
            ("5-5", vec![5]),
            ("0-1", vec![0, 1]),
        ] {
            assert_eq!(text.parse(), Ok(SeedList(seeds)), "{text}");
        }
    }

    #[test]
    fn lists_of_seeds_that_cannot_be_meant_are_refused_with_a_way_out() {
        for (text, expected) in [
            ("", "`` is not a seed"),
            ("50-1", "runs backwards: write 1-50"),
            ("1-10,5", "seed 5 is there twice"),
            ("3,3", "leave one of the two out"),
            ("1-10001", "10000 at most"),
            ("0-9223372036854775807", "at most"),
            ("-4", "`-4` is not a seed"),
            ("1-x", "`x` is not a seed"),
            ("1..50", "a list such as `1-50`"),
            ("1,,2", "`` is not a seed"),
            ("1-", "`` is not a seed"),
            ("1.5", "whole number"),
            ("1-99999999999999999999", "whole number"),
        ] {
            let said = text.parse::<SeedList>().unwrap_err();
            assert!(said.contains(expected), "{text}: {said}");
        }
    }
}
