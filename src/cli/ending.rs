//! What a finished or stopped run says on standard output and standard error.

use std::path::Path;
use std::process::ExitCode;

use crate::simulation::care::{LineSummary, TherapySummary};
use crate::simulation::digest::hex;
use crate::simulation::naming::{count_text, counted, day_text, plural, shell_word};
use crate::simulation::{Ending, Finished, Job, Summary, summary};
use crate::therapy::EndReason;
use crate::trial::shard::RunShard;

use super::codes::of_signal;
use super::json::{self, CommandError, RunResult};
use super::outcome::{Failure, complain, say};
use super::report::describe;
use super::signals;

/// Reports how a run ended; the exit code.
/// Without a folder there is nothing to go on from.
pub fn ending(job: &Job, ending: &Ending, dir: Option<&Path>, quiet: bool) -> Result<ExitCode, Failure> {
    match (ending, dir) {
        (Ending::Done(_), Some(dir)) if job.shard.is_some() => part(job, dir),
        (Ending::Done(finished), _) => {
            done(job, finished, dir, quiet);
            Ok(ExitCode::SUCCESS)
        }
        (Ending::Stopped { signal, .. }, None) => Err(Failure::Stopped(*signal)),
        (Ending::Stopped { signal, step }, Some(dir)) => {
            json::add(|| RunResult::in_folder(Some(dir)));
            let day = day_text(*step, job.scenario.time.step_hours);
            Ok(stopped(*signal, &format!(" at day {day} (step {step})"), dir))
        }
    }
}

/// What a part of the replicates ends with: nothing is made of them before all are there.
fn part(job: &Job, dir: &Path) -> Result<ExitCode, Failure> {
    let Some(shard) = job.shard else { return Ok(ExitCode::SUCCESS) };
    let manifest = RunShard::seal(job, shard, dir)?;
    json::add(|| RunResult {
        shard: serde_json::to_value(&manifest).ok(),
        ..RunResult::in_folder(Some(dir))
    });
    describe(dir);
    let (range, all) = (manifest.range, job.lesions());
    say(format_args!("shard {shard}: replicates {range} of {all} are through, in {}", dir.display()));
    say(format_args!("digest: {}", manifest.part.digest));
    Ok(ExitCode::SUCCESS)
}

/// Says that a signal stopped a command, how far it came, and how to go on; the exit code.
pub fn stopped(signal: usize, reached: &str, dir: &Path) -> ExitCode {
    let name = signals::name(signal);
    let dir = shell_word(&dir.display().to_string());
    let words = format!("stopped by {name}{reached}; go on with: evotor resume {dir}");
    complain(format_args!("{words}"));
    json::fail(CommandError::new(of_signal(signal), &words));
    ExitCode::from(of_signal(signal))
}

/// Says that a signal stopped a command of which nothing is kept; the exit code.
pub fn abandoned(signal: usize) -> ExitCode {
    let words = format!("stopped by {}; nothing is kept of it: begin again", signals::name(signal));
    complain(format_args!("{words}"));
    json::fail(CommandError::new(of_signal(signal), &words));
    ExitCode::from(of_signal(signal))
}

fn done(job: &Job, finished: &Finished, dir: Option<&Path>, quiet: bool) {
    let summary = summary(job, finished);
    if !quiet {
        for line in lines(job, &summary, dir) {
            say(format_args!("{line}"));
        }
    }
    json::add(|| RunResult { summary: Some(summary), ..RunResult::in_folder(dir) });
    say(format_args!("digest: {}", hex(&finished.digest)));
}

fn lines(job: &Job, s: &Summary, dir: Option<&Path>) -> Vec<String> {
    let mut lines = vec![
        format!("{}: {}, seed {}, {:.1} s", s.scenario, extent(job), s.seed, s.seconds),
        format!("computed by: {}", s.backends.join("; then ")),
        format!("live cells at the end: {} (dead: {}){}", count_text(s.live), count_text(s.dead), states(s)),
    ];
    if job.scenario.stop.progression.is_some() || s.therapy.is_some() {
        lines.push(outcome("progression", &s.progression_days, s.replicates) + &confirmed(s));
    }
    lines.push(outcome("extinction", &s.extinction_days, s.replicates));
    lines.extend(s.first_passage_days.iter().map(|(name, days)| outcome(name, days, s.replicates)));
    lines.extend(s.therapy.iter().flat_map(|t| therapy(t, s.replicates)));
    lines.extend(s.warnings.iter().map(|w| format!("note: {w}")));
    lines.extend(dir.map(|dir| format!("results: {}", dir.display())));
    lines
}

/// When the progression of a single replicate was confirmed, if that was later.
fn confirmed(s: &Summary) -> String {
    let days = s.progression_days.first().zip(s.progression_confirmed_days.first());
    match days.filter(|(first, later)| s.replicates == 1 && later > first) {
        Some((_, later)) => format!(", confirmed on day {later}"),
        None => String::new(),
    }
}

/// Lines, drugs and adverse events in words.
fn therapy(t: &TherapySummary, replicates: u32) -> Vec<String> {
    let begun = t.lines.iter().filter(|l| !l.began.is_empty());
    let mut lines: Vec<String> = begun.map(|l| line_text(l, replicates)).collect();
    for drug in t.drugs.iter().filter(|d| d.patients > 0) {
        let intensity = drug
            .relative_dose_intensity
            .map_or(String::new(), |i| format!("dose intensity {:.0} %, ", 100.0 * i));
        let stopped: u32 = drug.stopped.values().sum();
        let stops = match (stopped, replicates) {
            (0, _) => String::new(),
            (_, 1) => ", stopped for good".to_owned(),
            (n, all) => format!(", stopped for good in {n} of {all}"),
        };
        lines.push(format!(
            "{}: {intensity}{} and {}{stops}",
            drug.drug,
            some(drug.holds, "hold"),
            some(drug.reductions, "reduction")
        ));
    }
    let [one, two, three, four] = t.adverse_events;
    lines.push(format!(
        "adverse events: {one} of grade 1, {two} of grade 2, {three} of grade 3, {four} of grade 4"
    ));
    lines
}

fn line_text(line: &LineSummary, replicates: u32) -> String {
    let days: Vec<String> = line.progressed_after.iter().take(8).map(u32::to_string).collect();
    let more = if line.progressed_after.len() > 8 { ", …" } else { "" };
    let progressed = match days.len() {
        0 => "no progression".to_owned(),
        _ => format!("progression after {} {}{more}", days.join(", "), plural("day", days == ["1"])),
    };
    let reason = |(why, n): (&EndReason, &u32)| match replicates {
        1 => end_text(*why).to_owned(),
        _ => format!("{} ({n})", end_text(*why)),
    };
    let ended: Vec<String> = line.ended.iter().map(reason).collect();
    let ended = if ended.is_empty() { String::new() } else { format!("; ended: {}", ended.join(", ")) };
    format!("line {}: {progressed}{ended}", line.line)
}

fn end_text(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Progression => "progression",
        EndReason::Toxicity => "toxicity",
        EndReason::Duration => "its time was over",
        EndReason::NextLine => "the next line began on its date",
        EndReason::Marker => "a marker had risen",
    }
}

fn some(n: u32, what: &str) -> String {
    if n == 0 { format!("no {what}") } else { counted(u64::from(n), what) }
}

/// Lattice, replicates and time in words.
pub fn extent(job: &Job) -> String {
    let scenario = &job.scenario;
    let sides = if scenario.lattice.dimension == 2 { 2 } else { 3 };
    let size = scenario.lattice.size[..sides].iter().map(u32::to_string).collect::<Vec<_>>().join(" x ");
    let replicates = counted(u64::from(scenario.replicates), "replicate");
    let (end, hours) = (scenario.time.end, scenario.time.step_hours);
    let days = day_text(end, hours);
    let steps = counted(u64::from(end), "step");
    format!("{replicates} of {size} sites, {steps} of {hours} h ({days} {})", plural("day", days == "1"))
}

fn states(s: &Summary) -> String {
    let share = |live: u64| 100.0 * live as f64 / s.live.max(1) as f64;
    let most: Vec<String> =
        s.states.iter().take(3).map(|c| format!("{:.1} % {}", share(c.live), c.state)).collect();
    if most.is_empty() { String::new() } else { format!("; {}", most.join(", ")) }
}

fn outcome(what: &str, days: &[f64], replicates: u32) -> String {
    match (days.len(), replicates) {
        (0, 1) => format!("{what}: none"),
        (_, 1) => format!("{what}: day {}", days[0]),
        (0, n) => format!("{what}: none of {n}"),
        (k, n) => format!(
            "{what}: {k} of {n}, the first at day {}, half of these by day {}",
            days[0],
            days[(k - 1) / 2]
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_counted() {
        assert_eq!(outcome("extinction", &[], 1), "extinction: none");
        assert_eq!(outcome("extinction", &[28.0], 1), "extinction: day 28");
        assert_eq!(
            outcome("progression", &[7.0, 14.0, 21.0], 9),
            "progression: 3 of 9, the first at day 7, half of these by day 14"
        );
    }

    // It said "ended by its time was over", and "after 1 days".
    #[test]
    fn lines_are_told_in_whole_words() {
        let ended = [(EndReason::Duration, 1)].into_iter().collect();
        let line = LineSummary { line: 1, began: vec![0], progressed_after: vec![1], ended };
        assert_eq!(line_text(&line, 1), "line 1: progression after 1 day; ended: its time was over");
        assert_eq!(line_text(&line, 2), "line 1: progression after 1 day; ended: its time was over (1)");
    }

    #[test]
    fn paths_are_quoted_for_the_shell() {
        assert_eq!(shell_word("results/first-run"), "results/first-run");
        assert_eq!(shell_word("my results/it's"), r"'my results/it'\''s'");
    }
}
