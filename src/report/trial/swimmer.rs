//! Swimmer plot: what each patient was given when, with progression, death and the end of follow-up.

use super::panels::{ArmPanel, panels};
use crate::numbers::DAYS_PER_MONTH as MONTH;
use crate::plot::colours;
use crate::plot::{Axis, Figure, Key, Mark, Paint, Scene, Style, Tag, Width, legend};
use crate::report::read::{TrialFolder, evenly};
use crate::scenario::{AfterLastLine, Therapy};
use crate::table::word;
use crate::trial::outcome::Ended;
use crate::trial::output::rows::{EventRow, PatientRow};

/// At most so many patients of an arm have a lane.
const MAX_LANES: usize = 30;

/// A time with the same drugs.
#[derive(Debug, Clone, PartialEq)]
struct Stretch {
    from: f64,
    to: f64,
    drugs: Vec<String>,
}

/// Drugs that are given together, and their colour.
type Treatment = (Vec<String>, Paint);

/// A panel per arm.
pub fn figures(trial: &TrialFolder) -> Vec<Figure> {
    let treatments = treatments(trial);
    if trial.patients.is_empty() {
        return Vec::new();
    }
    let cut = trial.cohort() > MAX_LANES;
    let chosen = if cut {
        format!(" {MAX_LANES} patients of each arm are shown, evenly spread over the order by survival.")
    } else {
        String::new()
    };
    let arms = || trial.trial().into_iter().flat_map(|t| &t.arms).filter(|a| trial.arms.contains(&a.name));
    let background = if arms().any(|a| !a.therapy.background.is_empty()) {
        " Drugs that are given all the time, whatever the line, are not shown."
    } else {
        ""
    };
    let caption = format!(
        "What each patient was given, a lane each, the longest survival at the top; thin lines are time without drugs, holds and \
         adaptive pauses included. Off-days of cycles are not shown.{background}{chosen}"
    );
    let draw = |width: Width, mut scene: Scene| {
        let mut keys: Vec<Key> =
            treatments.iter().map(|(drugs, paint)| Key::patch(*paint, drugs.join(" + "))).collect();
        keys.push(Key::new(Mark::Dot(Style::fill(Paint::Paper).outlined(Paint::Ink, 0.8)), "progression"));
        keys.push(Key::new(Mark::Upright(Style::line(Paint::Ink, 1.4)), "death"));
        let top = legend(&mut scene, &keys);
        let last = trial.patients.iter().map(|p| p.os_days).fold(0.0, f64::max) / MONTH;
        let x = Axis::months(last, width.choose(5, 4), "Time (months)");
        let lanes = trial.cohort().min(MAX_LANES);
        let height = (lanes as f64 * 4.2).clamp(34.0, 130.0);
        for panel in
            &panels(trial.arms.len(), width, top + 1.0, height, width.choose(4, 2), (&x, &Axis::bare()))
        {
            let arm = &trial.arms[panel.arm];
            lanes_of(&mut scene, panel, trial, arm, &treatments, lanes);
            panel.plain_title(&mut scene, arm);
            scene.height = scene.height.max(panel.draw_axes(&mut scene) + 2.0);
        }
        scene
    };
    vec![Figure::new("swimmer", "Treatment of each patient", &caption, draw)]
}

fn lanes_of(
    scene: &mut Scene,
    panel: &ArmPanel,
    trial: &TrialFolder,
    arm: &str,
    treatments: &[Treatment],
    lanes: usize,
) {
    let mut rows: Vec<&PatientRow> = trial.patients_of(arm).collect();
    rows.sort_by(|a, b| b.os_days.total_cmp(&a.os_days).then(a.patient.cmp(&b.patient)));
    let shown = evenly(&rows, lanes);
    let high = panel.axes.height / lanes.max(1) as f64;
    for (lane, patient) in shown.iter().enumerate() {
        let y = panel.axes.top + high * (lane as f64 + 0.5);
        let stretches = stretches(trial, arm, patient);
        let hint = format!(
            "patient {}: progression-free {} d ({}), followed {} d ({})",
            patient.patient,
            patient.pfs_days,
            word(&patient.pfs_ended),
            patient.os_days,
            word(&patient.os_ended)
        );
        scene.group(Tag::class("mark").hint(hint), |scene| {
            lane_of(scene, panel, patient, &stretches, treatments, (y, high))
        });
    }
}

fn lane_of(
    scene: &mut Scene,
    panel: &ArmPanel,
    patient: &PatientRow,
    stretches: &[Stretch],
    treatments: &[Treatment],
    (y, high): (f64, f64),
) {
    let px = |day: f64| panel.axes.px(day / MONTH);
    scene.line((px(0.0), y), (px(patient.os_days), y), Style::line(Paint::Rule, 0.5));
    let thick = (high * 0.68).min(6.0);
    for part in stretches {
        let Some((_, paint)) = treatments.iter().find(|t| t.0 == part.drugs) else { continue };
        let place = [px(part.from), y - thick / 2.0, (px(part.to) - px(part.from)).max(0.3), thick];
        scene.rect(place, Style::fill(*paint));
    }
    let radius = (high * 0.3).clamp(1.0, 1.8);
    if patient.pfs_ended == Ended::Progression {
        scene.circle((px(patient.pfs_days), y), radius, Style::fill(Paint::Paper).outlined(Paint::Ink, 0.7));
    }
    if patient.os_ended == Ended::Death {
        let (x, half) = (px(patient.os_days), (high * 0.42).min(3.2));
        scene.line((x, y - half), (x, y + half), Style::line(Paint::Ink, 1.2));
    }
}

/// The plan of an arm.
fn plan<'a>(trial: &'a TrialFolder, arm: &str) -> Option<&'a Therapy> {
    trial.trial()?.arms.iter().find(|a| a.name == arm).map(|a| &a.therapy)
}

/// Drugs of a line that has any, those of supportive care left out.
fn drugs_of(therapy: &Therapy, line: usize) -> Vec<String> {
    let Some(line) = therapy.lines.get(line) else { return Vec::new() };
    let given = line.regimens.iter().filter(|r| r.dose.is_some()).map(|r| r.drug.clone());
    let mut all: Vec<String> = given.collect();
    if line.alternate.is_some() {
        all.truncate(1);
    }
    all.sort();
    all.dedup();
    all
}

/// When a patient had which drugs.
fn stretches(trial: &TrialFolder, arm: &str, patient: &PatientRow) -> Vec<Stretch> {
    let Some(therapy) = plan(trial, arm) else { return Vec::new() };
    let mut out: Vec<Stretch> = Vec::new();
    let (mut since, mut course) = (0.0, SwimmerLane::default());
    let mut close = |until: f64, since: &mut f64, drugs: Vec<String>| {
        if until > *since && !drugs.is_empty() {
            match out.last_mut() {
                Some(last) if last.to == *since && last.drugs == drugs => last.to = until,
                _ => out.push(Stretch { from: *since, to: until, drugs }),
            }
        }
        *since = until;
    };
    for event in trial.actions_of(arm, patient.patient) {
        close(event.day.min(patient.os_days), &mut since, course.drugs());
        course.change(event, therapy);
    }
    close(patient.os_days, &mut since, course.drugs());
    out
}

/// Where a patient's therapy stands.
#[derive(Debug, Default)]
struct SwimmerLane {
    planned: Vec<String>,
    /// Drugs that are held, with the first day on which they may be resumed.
    held: Vec<(String, f64)>,
    /// Drugs that were stopped for good, whatever the line.
    stopped: Vec<String>,
    paused: bool,
}

impl SwimmerLane {
    fn drugs(&self) -> Vec<String> {
        let away = |d: &String| self.stopped.contains(d) || self.held.iter().any(|h| h.0 == *d);
        if self.paused { Vec::new() } else { self.planned.iter().filter(|d| !away(d)).cloned().collect() }
    }

    fn change(&mut self, event: &EventRow, therapy: &Therapy) {
        match event.kind.as_str() {
            "line_begins" => {
                self.planned = drugs_of(therapy, event.line.unwrap_or(1).saturating_sub(1));
                self.paused = false;
                // A hold that ends between lines ends without an event.
                self.held.retain(|h| h.1 > event.day);
            }
            "turn_begins" => self.planned = vec![event.drug.clone()],
            "line_ends" => {
                let last = event.line == Some(therapy.lines.len());
                if !(last && therapy.after_last_line == AfterLastLine::Continue) {
                    self.planned.clear();
                    self.paused = false;
                }
            }
            "hold" => {
                let until = event.until_day.map_or(f64::INFINITY, |day| day as f64);
                self.held.push((event.drug.clone(), until));
            }
            "resume" => self.held.retain(|h| h.0 != event.drug),
            "stop" => self.stopped.push(event.drug.clone()),
            "pause" => self.paused = true,
            "continue" => self.paused = false,
            _ => {}
        }
    }
}

/// All sets of drugs that any patient had, single ones first. The colour of one is that of the first arm which is planned as this
/// treatment alone, so that it agrees with other plots; else one that no arm has.
fn treatments(trial: &TrialFolder) -> Vec<Treatment> {
    let alone = |arm: &String| match plan(trial, arm) {
        Some(therapy) if therapy.lines.len() == 1 && therapy.lines[0].alternate.is_none() => {
            drugs_of(therapy, 0)
        }
        _ => Vec::new(),
    };
    let plans: Vec<Vec<String>> = trial.arms.iter().map(alone).collect();
    let mut free = plans.len()..;
    let mut all: Vec<Vec<String>> = Vec::new();
    for patient in &trial.patients {
        for part in stretches(trial, &patient.arm, patient) {
            if !all.contains(&part.drugs) {
                all.push(part.drugs);
            }
        }
    }
    all.sort_by(|a, b| a.len().cmp(&b.len()).then(a.cmp(b)));
    let painted = |drugs: Vec<String>| {
        let number = plans.iter().position(|plan| *plan == drugs).or_else(|| free.next());
        (drugs, colours::series(number.unwrap_or_default()))
    };
    all.into_iter().map(painted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn event(day: f64, kind: &str, drug: &str) -> EventRow {
        EventRow { day, kind: kind.to_owned(), drug: drug.to_owned(), ..EventRow::default() }
    }

    fn of_line(day: f64, kind: &str, line: usize) -> EventRow {
        EventRow { line: Some(line), ..event(day, kind, "") }
    }

    fn hold(day: f64, until: u64) -> EventRow {
        EventRow { until_day: Some(until), ..event(day, "hold", "everolimus") }
    }

    // Pauses of an adaptive arm were ignored, and a drug held at the end of one line was never given again in the next.
    #[test]
    fn pauses_holds_and_stops_are_time_without_drugs() {
        let text = "name = \"x\"\nphenotype = \"signalling\"\n[time]\nend = \"720 d\"\n[lattice]\nsize = [40, 40]\n[start]\n\
            [oxygen]\n[vessels]\n[patient]\n[therapy]\nafter_last_line = \"stop\"\n[[therapy.line]]\n\
            regimens = \"everolimus 10 mg daily\"\nuntil = \"progression\"\n[[therapy.line]]\n\
            regimens = \"everolimus 5 mg daily\"\nuntil = \"progression\"\n";
        let scenario = crate::scenario::parse(text, "x.toml", Path::new("")).unwrap().scenario;
        let therapy = scenario.therapy.unwrap();
        let mut course = SwimmerLane::default();
        let on: Vec<bool> = [
            of_line(0.0, "line_begins", 1),
            event(51.0, "pause", ""),
            event(110.0, "continue", ""),
            hold(120.0, 134),
            of_line(130.0, "line_ends", 1),
            of_line(158.0, "line_begins", 2),
            hold(160.0, 174),
            event(180.0, "resume", "everolimus"),
            event(190.0, "stop", "everolimus"),
            of_line(200.0, "line_ends", 2),
            of_line(210.0, "line_begins", 2),
        ]
        .iter()
        .map(|event| {
            course.change(event, &therapy);
            !course.drugs().is_empty()
        })
        .collect();
        assert_eq!(on, [true, false, true, false, false, true, false, true, false, false, false]);
    }
}
