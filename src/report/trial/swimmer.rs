//! Swimmer plot: what each patient was given when, with every progression, death, and the end of follow-up.

use super::panels::{ArmPanel, panels};
use crate::numbers::DAYS_PER_MONTH as MONTH;
use crate::plot::colours;
use crate::plot::legend::{hour_glass, legend};
use crate::plot::{Axis, Figure, LegendKey, LegendMark, Paint, Scene, Style, Tag, Width};
use crate::report::read::{ReadTrial, evenly};
use crate::scenario::{AfterLastLine, Regimen, Rhythm, Therapy};
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
    drugs: Vec<PlannedDrug>,
}

/// A drug as a plan gives it.
#[derive(Debug, Clone, PartialEq)]
struct PlannedDrug {
    drug: String,
    regimen: Regimen,
}

/// A drug as given, what it is called in the legend, and its colour.
struct TreatmentKey {
    given: PlannedDrug,
    words: String,
    paint: Paint,
}

/// A panel per arm.
pub fn figures(trial: &ReadTrial) -> Vec<Figure> {
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
        "What each patient was given, a lane each, the longest survival at the top; drugs that are given together share the lane. Thin lines \
         are time without drugs, holds and adaptive pauses included. Off-days of cycles and reductions of doses are not shown. Progression is \
         marked once for each line. An hour-glass is the end of follow-up of who was alive then.{background}{chosen}"
    );
    let draw = |width: Width, mut scene: Scene| {
        let mut keys: Vec<LegendKey> =
            treatments.iter().map(|t| LegendKey::patch(t.paint, t.words.clone())).collect();
        keys.push(LegendKey::new(
            LegendMark::Dot(Style::fill(Paint::Paper).outlined(Paint::Ink, 0.8)),
            "progression",
        ));
        keys.push(LegendKey::new(LegendMark::Upright(Style::line(Paint::Ink, 1.4)), "death"));
        keys.push(LegendKey::new(LegendMark::HourGlass(Style::fill(Paint::Ink)), "censored"));
        let top = legend(&mut scene, &keys);
        let last = trial.patients.iter().map(|p| p.os_days).fold(0.0, f64::max) / MONTH;
        let x = Axis::months(last, width.choose(5, 4), "Time (months)");
        let lanes = trial.cohort().min(MAX_LANES);
        let height = (lanes as f64 * 4.2).clamp(34.0, 130.0);
        for panel in &panels(&trial.arms, width, top + 1.0, height, width.choose(4, 2), (&x, &Axis::bare())) {
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
    trial: &ReadTrial,
    arm: &str,
    treatments: &[TreatmentKey],
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
        let progressions = progressions(trial, arm, patient.patient);
        scene.group(Tag::class("mark").hint(hint), |scene| {
            lane_of(scene, panel, patient, (&stretches, &progressions), treatments, (y, high))
        });
    }
}

fn lane_of(
    scene: &mut Scene,
    panel: &ArmPanel,
    patient: &PatientRow,
    (stretches, progressions): (&[Stretch], &[f64]),
    treatments: &[TreatmentKey],
    (y, high): (f64, f64),
) {
    let px = |day: f64| panel.axes.px(day / MONTH);
    scene.line((px(0.0), y), (px(patient.os_days), y), Style::line(Paint::Rule, 0.5));
    let thick = (high * 0.68).min(6.0);
    for part in stretches {
        let share = thick / part.drugs.len() as f64;
        for (row, given) in part.drugs.iter().enumerate() {
            let Some(treatment) = treatments.iter().find(|t| t.given == *given) else { continue };
            let top = y - thick / 2.0 + share * row as f64;
            let place = [px(part.from), top, (px(part.to) - px(part.from)).max(0.3), share];
            scene.rect(place, Style::fill(treatment.paint));
        }
    }
    let radius = (high * 0.3).clamp(1.0, 1.8);
    for day in progressions {
        scene.circle((px(*day), y), radius, Style::fill(Paint::Paper).outlined(Paint::Ink, 0.7));
    }
    let (x, half) = (px(patient.os_days), (high * 0.42).min(3.2));
    match patient.os_ended {
        Ended::Death => scene.line((x, y - half), (x, y + half), Style::line(Paint::Ink, 1.2)),
        _ => hour_glass(scene, (x, y), half, Style::fill(Paint::Ink)),
    }
}

/// Days of the first scan with progression on each line.
fn progressions(trial: &ReadTrial, arm: &str, patient: u32) -> Vec<f64> {
    let mut by_line: Vec<(usize, f64)> = Vec::new();
    let own = trial.progressions.iter().filter(|s| s.patient == patient && s.arm == arm);
    for scan in own {
        if by_line.iter().all(|(line, _)| *line != scan.line) {
            by_line.push((scan.line, scan.day));
        }
    }
    by_line.into_iter().map(|(_, day)| day).collect()
}

/// The plan of an arm.
fn plan<'a>(trial: &'a ReadTrial, arm: &str) -> Option<&'a Therapy> {
    trial.trial()?.arms.iter().find(|a| a.name == arm).map(|a| &a.therapy)
}

/// Drugs of a line that has any, those of supportive care left out.
fn drugs_of(therapy: &Therapy, line: usize) -> Vec<PlannedDrug> {
    let mut all = planned(therapy, line);
    if therapy.lines.get(line).is_some_and(|line| line.alternate.is_some()) {
        all.truncate(1);
    }
    all.sort_by(|a, b| a.drug.cmp(&b.drug));
    all.dedup_by(|a, b| a.drug == b.drug);
    all
}

/// All of them, as the plan has them.
fn planned(therapy: &Therapy, line: usize) -> Vec<PlannedDrug> {
    let regimens = therapy.lines.get(line).into_iter().flat_map(|line| &line.regimens);
    // When it begins and ends is what lanes show.
    let always = |r: &Regimen| Regimen { start: 0, stop: None, courses: None, ..r.clone() };
    let given = |r: &Regimen| PlannedDrug { drug: r.drug.clone(), regimen: always(r) };
    regimens.filter(|r| r.dose.is_some()).map(given).collect()
}

/// When a patient had which drugs.
fn stretches(trial: &ReadTrial, arm: &str, patient: &PatientRow) -> Vec<Stretch> {
    let Some(therapy) = plan(trial, arm) else { return Vec::new() };
    let mut out: Vec<Stretch> = Vec::new();
    let (mut since, mut course) = (0.0, SwimmerLane::default());
    let mut close = |until: f64, since: &mut f64, drugs: Vec<PlannedDrug>| {
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
    /// Line, from 0.
    line: usize,
    planned: Vec<PlannedDrug>,
    /// Drugs that are held, with the first day on which they may be resumed.
    held: Vec<(String, f64)>,
    /// Drugs that were stopped for good, whatever the line.
    stopped: Vec<String>,
    paused: bool,
}

impl SwimmerLane {
    fn drugs(&self) -> Vec<PlannedDrug> {
        let away =
            |d: &PlannedDrug| self.stopped.contains(&d.drug) || self.held.iter().any(|h| h.0 == d.drug);
        if self.paused { Vec::new() } else { self.planned.iter().filter(|d| !away(d)).cloned().collect() }
    }

    fn change(&mut self, event: &EventRow, therapy: &Therapy) {
        match event.kind.as_str() {
            "line_begins" => {
                self.line = event.line.unwrap_or(1).saturating_sub(1);
                self.planned = drugs_of(therapy, self.line);
                self.paused = false;
                // A hold that ends between lines ends without an event.
                self.held.retain(|h| h.1 > event.day);
            }
            "turn_begins" => {
                self.planned = planned(therapy, self.line);
                self.planned.retain(|given| given.drug == event.drug);
            }
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

/// All drugs that any patient had, in the order of the arms, each in the colour of drugs. One that arms give in several doses is told
/// by its regimens, and paler where the dose is lesser.
fn treatments(trial: &ReadTrial) -> Vec<TreatmentKey> {
    let mut drugs: Vec<(String, Vec<PlannedDrug>)> = Vec::new();
    for patient in &trial.patients {
        for given in stretches(trial, &patient.arm, patient).into_iter().flat_map(|part| part.drugs) {
            match drugs.iter_mut().find(|(drug, _)| *drug == given.drug) {
                Some((_, known)) if known.contains(&given) => {}
                Some((_, known)) => known.push(given),
                None => drugs.push((given.drug.clone(), vec![given])),
            }
        }
    }
    drugs.into_iter().enumerate().flat_map(|(number, (drug, known))| in_doses(number, &drug, known)).collect()
}

/// What a regimen gives on an average day of a phase with doses.
fn a_day(regimen: &Regimen) -> f64 {
    let days = match regimen.rhythm {
        Rhythm::Every { days } => f64::from(days.max(1)),
        Rhythm::Dates { .. } => 1.0,
    };
    regimen.dose.as_ref().map_or(0.0, |dose| dose.amount * f64::from(regimen.times_per_day) / days)
}

/// A drug in all of its doses, the largest first.
fn in_doses(number: usize, drug: &str, mut known: Vec<PlannedDrug>) -> Vec<TreatmentKey> {
    known.sort_by(|a, b| a_day(&b.regimen).total_cmp(&a_day(&a.regimen)));
    let only = known.len() == 1;
    let painted = |(larger, given): (usize, PlannedDrug)| TreatmentKey {
        words: if only { drug.to_owned() } else { given.regimen.to_string() },
        paint: colours::lesser_dose(colours::drug(number), larger),
        given,
    };
    known.into_iter().enumerate().map(painted).collect()
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

    // Two arms with other doses of the same drugs had one colour.
    #[test]
    fn a_lesser_dose_of_a_drug_is_paler() {
        let given = |text: &str| {
            let regimen = crate::scenario::regimen::parse(text).unwrap();
            PlannedDrug { drug: regimen.drug.clone(), regimen }
        };
        let (full, less) = (given("everolimus 10 mg daily"), given("everolimus 20 mg weekly"));
        let only = in_doses(1, "everolimus", vec![less.clone()]);
        assert_eq!((only[0].words.as_str(), only[0].paint), ("everolimus", colours::drug(1)));
        let both = in_doses(1, "everolimus", vec![less, full]);
        let words: Vec<&str> = both.iter().map(|t| t.words.as_str()).collect();
        assert_eq!(words, ["everolimus 10 mg daily", "everolimus 20 mg weekly"]);
        assert_eq!(both[0].paint, colours::drug(1));
        assert_ne!(both[1].paint, both[0].paint);
    }
}
