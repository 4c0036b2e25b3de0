//! `evotor bench --vs`: this program against another build of it, in turns.

use std::path::Path;
use std::process::Command;

use crate::engine::Workload;

use super::super::outcome::Failure;

/// What both programs are asked to measure.
#[derive(Debug, Clone, Copy)]
pub struct BenchQuestion {
    /// The workload.
    pub workload: Workload,
    /// CPU threads.
    pub threads: u16,
    /// Edge of the lattice.
    pub edge: u32,
    /// Steps to time.
    pub steps: u32,
}

/// Live-cell updates per second and core of one round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// Of the other program.
    pub old: f64,
    /// Of this one.
    pub new: f64,
}

/// The middle, the least and the largest of some numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The middle one, or the mean of the two.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The largest.
    pub largest: f64,
}

impl Spread {
    /// That of the numbers, of which there is one at least.
    pub fn of(numbers: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = numbers.collect();
        sorted.sort_by(f64::total_cmp);
        let at = |i: usize| sorted.get(i).copied().unwrap_or(f64::NAN);
        let last = sorted.len().saturating_sub(1);
        Self { median: f64::midpoint(at(last / 2), at(last.div_ceil(2))), least: at(0), largest: at(last) }
    }
}

/// Measures both programs in turns; who begins changes from round to round. `None` where the other one has no such workload.
///
/// # Errors
///
/// [`Failure`] where one of them cannot be run, or says what this one does not understand.
pub fn rounds(old: &Path, asked: BenchQuestion, rounds: u32) -> Result<Option<Vec<Round>>, Failure> {
    let this = std::env::current_exe()
        .map_err(|error| Failure::Machine(format!("failed to find this program: {error}")))?;
    let mut all = Vec::new();
    for round in 0..rounds {
        let first = if round % 2 == 0 { measure(&this, asked)? } else { None };
        let Some(of_old) = measure(old, asked)? else {
            return Ok(None);
        };
        let of_new = if first.is_some() { first } else { measure(&this, asked)? };
        all.extend(of_new.map(|new| Round { old: of_old, new }));
    }
    Ok(Some(all))
}

/// Updates per second and core of a program; `None` where it has no such workload.
fn measure(program: &Path, asked: BenchQuestion) -> Result<Option<f64>, Failure> {
    let numbers = [("--threads", u32::from(asked.threads)), ("--edge", asked.edge), ("--steps", asked.steps)];
    let output = Command::new(program)
        .args(["bench", "--backend", "cpu", "--csv", "--workload", asked.workload.name()])
        .args(numbers.iter().flat_map(|(option, number)| [(*option).to_owned(), number.to_string()]))
        .output()
        .map_err(|error| Failure::Input(format!("failed to run `{}`: {error}", program.display())))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("there is no workload") {
        return Ok(None);
    }
    let failed = |why: &str| Failure::Input(format!("`{}` measured nothing: {why}", program.display()));
    if !output.status.success() {
        return Err(failed(said.trim()));
    }
    let table = String::from_utf8_lossy(&output.stdout);
    let rate = updates(&table).map(|rate| rate / f64::from(asked.threads));
    rate.map(Some).ok_or_else(|| failed("no table of `evotor bench --csv` came back"))
}

/// Live cells times steps per second, from the two columns that have most digits.
fn updates(table: &str) -> Option<f64> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let heads = reader.headers().ok()?.clone();
    let row = reader.records().next()?.ok()?;
    let number = |head: &str| row.get(heads.iter().position(|h| h == head)?)?.parse::<f64>().ok();
    Some(number("live")? * 1e3 / number("ms/step")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_its_middle_and_its_ends() {
        let of = |numbers: &[f64]| Spread::of(numbers.iter().copied());
        assert_eq!(of(&[3.0, 1.0, 2.0]), Spread { median: 2.0, least: 1.0, largest: 3.0 });
        assert_eq!(of(&[4.0, 1.0, 2.0, 8.0]), Spread { median: 3.0, least: 1.0, largest: 8.0 });
        assert_eq!(of(&[5.0]), Spread { median: 5.0, least: 5.0, largest: 5.0 });
    }

    #[test]
    fn updates_are_read_by_the_heads_of_the_table() {
        let table = "\"workload\",\"ms/step\",\"live\"\n\"nests\",\"0.500\",\"2.000e5\"\n";
        assert_eq!(updates(table), Some(4e8));
        for odd in ["", "\"workload\",\"live\"\n\"nests\",\"1e5\"\n", "\"live\",\"ms/step\"\n\"x\",\"1\"\n"] {
            assert_eq!(updates(odd), None, "{odd}");
        }
    }
}
