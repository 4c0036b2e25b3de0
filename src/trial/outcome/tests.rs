//! End points of patients whose tumours follow a script.

use std::sync::Arc;

mod charts;
mod strategy;

use super::*;
use crate::catalogue::Organ;
use crate::scenario::{Assessment, Estimand, LineEnd, ScanReader, Visits};
use crate::therapy::course::{DayReport, TreatmentCourse};
use crate::therapy::support::{GRADE_3, NO_EVENTS, certain, course, course_with, line, plan, typical};
use crate::tissue::random::StreamKey;
use crate::trial::surrogate::{Tumour, walk};
use crate::trial::visits::{FollowUp, TrialView, tests::assessment};

const E: &str = "everolimus 10 mg daily";
const S: &str = "sunitinib 37.5 mg daily";

/// Volumes of two lesions of 60 and 40 mm, relative to the start, by day.
struct Script<F: Fn(u32) -> [f64; 2]> {
    day: u32,
    volumes: F,
}

impl<F: Fn(u32) -> [f64; 2]> Tumour for Script<F> {
    fn volumes(&self) -> Vec<f64> {
        (self.volumes)(self.day).to_vec()
    }

    fn live_by_row(&self) -> Vec<f64> {
        let resistant = f64::from(self.day);
        vec![1000.0, resistant]
    }

    fn pass(&mut self, _report: &DayReport) {
        self.day += 1;
    }
}

/// Everything, by the investigator.
const VIEW: TrialView = TrialView {
    reader: ScanReader::Investigator,
    cutoff: None,
    confirmation: 0,
    estimand: Estimand::TreatmentPolicy,
};

fn follow(assessment: Assessment, end: u32) -> FollowUp {
    let view = TrialView { confirmation: assessment.confirmation, ..VIEW };
    FollowUp {
        key: StreamKey { seed: 1, patient: 7 },
        assessment: Arc::new(assessment),
        diameters_mm: vec![60.0, 40.0],
        end,
        entry: 0,
        withdraws: None,
        view,
        line_drugs: Arc::new(vec![vec!["everolimus".to_owned()], vec!["sunitinib".to_owned()]]),
        growth: 0.003,
        age_years: 58.0,
        sex: crate::scenario::Sex::Male,
        cga_per_cell: 1.0,
        marks: Arc::new(vec![vec![false, true]]),
    }
}

fn outcome_of(
    course: TreatmentCourse,
    lines: usize,
    assessment: Assessment,
    volumes: impl Fn(u32) -> [f64; 2],
) -> Outcome {
    let chart = Chart::new(follow(assessment, 1000), lines);
    let (chart, course) = walk(course, chart, &mut Script { day: 0, volumes }).unwrap();
    Outcome::new(&chart, course.record(), lines)
}

/// A patient of whom nothing is of interest but its PFS.
pub fn plain(patient: u32, pfs: FollowedSpan) -> Outcome {
    let chart = Chart::new(follow(assessment(), pfs.days), 1);
    let outcome = Outcome::new(&chart, &TreatmentRecord::default(), 1);
    Outcome { patient, pfs, total_pfs: pfs, ..outcome }
}

// A look between scans sees all lesions, as a scan does, and not the first one alone: 0.3 and 2.2 of 60 and 40 mm make a sum
// of 92 mm, 0.78 by volume; 2.2 and 0.05 one of 93 mm, 0.80; 0.3 and 0.3 one of 67 mm, 0.3.
#[test]
fn an_adaptive_line_looks_at_all_lesions() {
    use crate::scenario::{AdaptiveDoses, Monitor};
    use crate::therapy::Action;
    for (volumes, pauses) in [([0.3, 2.2], false), ([2.2, 0.05], false), ([0.3, 0.3], true)] {
        let mut line = line(&[E], &[]);
        line.adaptive =
            Some(AdaptiveDoses { off_below: 0.5, on_above: 1.0, monitor: Monitor::Every { days: 7 } });
        let course = course(&plan(vec![line], NO_EVENTS), typical());
        let chart = Chart::new(follow(assessment(), 40), 1);
        let mut script = Script { day: 0, volumes: |day| if day < 10 { [1.0; 2] } else { volumes } };
        let (_, course) = walk(course, chart, &mut script).unwrap();
        let actions = &course.record().actions;
        assert_eq!(actions.contains(&(14, Action::Pause)), pauses, "{volumes:?}: {actions:?}");
    }
}

fn one_line() -> TreatmentCourse {
    course(&plan(vec![line(&[E], &[LineEnd::Progression])], NO_EVENTS), typical())
}

fn two_lines() -> TreatmentCourse {
    let lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[LineEnd::Progression])];
    course(&plan(lines, NO_EVENTS), typical())
}

fn grow(rate: f64) -> impl Fn(u32) -> [f64; 2] {
    move |day| [libm::exp(rate * f64::from(day)); 2]
}

fn span(days: u32, ended: Ended) -> FollowedSpan {
    FollowedSpan { days, ended }
}

// +20 % in diameter is a factor of 1.728, which 0.004 a day reaches on day 137: the scan of day 168 sees it.
#[test]
fn progression_is_seen_at_the_next_scan() {
    let o = outcome_of(one_line(), 1, assessment(), grow(0.004));
    assert_eq!(o.pfs, span(168, Ended::Progression));
    assert_eq!((o.best, o.progressed_at_first_scan), (Some(Category::StableDisease), false));
    assert_eq!((o.total_pfs, o.pfs2, o.second_pfs), (o.pfs, None, None));
    assert_eq!(o.os, span(1000, Ended::Censored));
    // Volume grows by exp(0.004·30.44) a month.
    assert!((o.growth_percent_month.unwrap() - 100.0 * libm::expm1(0.004 * DAYS_PER_MONTH)).abs() < 0.01);
    let fast = outcome_of(one_line(), 1, assessment(), grow(0.008));
    assert_eq!((fast.pfs, fast.best), (span(84, Ended::Progression), Some(Category::Progression)));
    assert!(fast.progressed_at_first_scan && !fast.shrank());
}

// The sum of diameters counts, not the volume: the smaller lesion's 0.4 of the sum cannot progress alone, though it triples its
// diameter only by more than 50 mm.
#[test]
fn diameters_add_up_over_lesions() {
    let small = |factor: f64| move |day: u32| [1.0, if day < 80 { 1.0 } else { factor }];
    let o = outcome_of(one_line(), 1, assessment(), small(1.45_f64.powi(3)));
    assert_eq!(o.pfs.ended, Ended::Censored, "40 mm to 58 mm is 18 % of the sum");
    let o = outcome_of(one_line(), 1, assessment(), small(1.55_f64.powi(3)));
    assert_eq!(o.pfs, span(84, Ended::Progression), "40 mm to 62 mm is 22 % of the sum");
}

#[test]
fn responses_count_once_confirmed() {
    let shrunk =
        |from: u32, to: u32| move |day: u32| if (from..to).contains(&day) { [0.3; 2] } else { [0.95; 2] };
    let with = |confirmation| Assessment { confirmation, ..assessment() };
    let best = |confirmation, to| outcome_of(one_line(), 1, with(confirmation), shrunk(80, to)).best;
    assert_eq!(best(0, 100), Some(Category::PartialResponse));
    assert_eq!(best(28, 100), Some(Category::StableDisease), "seen once");
    assert_eq!(best(28, 200), Some(Category::PartialResponse), "seen twice, 84 days apart");
    let o = outcome_of(one_line(), 1, assessment(), |day| if day < 80 { [1.0; 2] } else { [0.0; 2] });
    assert_eq!(o.best, Some(Category::CompleteResponse));
    assert!(o.responded() && o.shrank() && o.best_change == Some(-1.0));
}

// Ruling 30: the second line has a baseline and nadir of its own; total PFS leaves the gap out, PFS2 does not.
#[test]
fn sequences_add_up() {
    let o = outcome_of(two_lines(), 2, assessment(), grow(0.004));
    assert_eq!((o.pfs, o.second_line), (span(168, Ended::Progression), Some(168)));
    assert_eq!(o.second_pfs, Some(span(168, Ended::Progression)));
    assert_eq!(o.total_pfs, span(336, Ended::Progression));
    assert_eq!(o.pfs2, Some(span(336, Ended::Progression)));
    assert!(o.at_progression.unwrap().changed[0] > 0.1);
    let mut lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[LineEnd::Progression])];
    lines[1].delay = 28;
    let gap = course(&plan(lines, NO_EVENTS), typical());
    let o = outcome_of(gap, 2, assessment(), grow(0.004));
    assert_eq!(o.second_line, Some(196));
    assert_eq!((o.second_pfs.unwrap().days, o.total_pfs.days, o.pfs2.unwrap().days), (140, 308, 336));
}

// Whoever progresses but never begins a planned second line: total PFS is censored at the PFS, PFS2 at the last scan.
#[test]
fn without_the_second_line_total_pfs_is_censored() {
    let mut lines = vec![line(&[E], &[LineEnd::Progression]), line(&[S], &[LineEnd::Progression])];
    lines[1].delay = 2000;
    let o = outcome_of(course(&plan(lines, NO_EVENTS), typical()), 2, assessment(), grow(0.004));
    assert_eq!((o.pfs.ended, o.second_line), (Ended::Progression, None));
    assert_eq!(o.total_pfs, span(168, Ended::Censored));
    assert_eq!(o.pfs2, Some(span(924, Ended::Censored)));
}

// An adverse event that stops a drug is not an event of PFS, whether or not it switches the line: the treatment policy. While on
// treatment PFS ends at the last scan before, here the start; in the composite estimand with the stop.
#[test]
fn toxicity_is_what_the_estimand_says() {
    let toxic = certain("everolimus", Organ::Skin, 5.0, 1);
    let until = [LineEnd::Progression, LineEnd::Toxicity];
    let lines = vec![line(&[E], &until), line(&[S], &[LineEnd::Progression])];
    let switched = || course_with(&plan(lines.clone(), GRADE_3), typical(), std::slice::from_ref(&toxic));
    let o = outcome_of(switched(), 2, assessment(), grow(0.004));
    let began = o.second_line.unwrap();
    assert!(began < 84 && o.discontinued && o.severe, "{began}");
    assert_eq!((o.pfs, o.stopped), (span(168, Ended::Progression), [false; 2]));
    assert_eq!(o.second_pfs.unwrap().ended, Ended::Progression);
    assert_eq!(
        o.total_pfs.days,
        began + o.second_pfs.unwrap().days,
        "there is no gap before the second line"
    );
    let alone =
        || course_with(&plan(vec![line(&[E], &until)], GRADE_3), typical(), std::slice::from_ref(&toxic));
    let o = outcome_of(alone(), 1, assessment(), grow(0.004));
    assert!(o.discontinued && o.on_treatment < 84);
    assert_eq!(o.pfs, span(168, Ended::Progression), "with and without a second line");
    for (course, lines) in [(switched(), 2), (alone(), 1)] {
        let with = |estimand| {
            let chart = Chart::new(
                FollowUp { view: TrialView { estimand, ..VIEW }, ..follow(assessment(), 1000) },
                lines,
            );
            let (chart, course) =
                walk(course.clone(), chart, &mut Script { day: 0, volumes: grow(0.004) }).unwrap();
            Outcome::new(&chart, course.record(), lines)
        };
        let stop = with(Estimand::Composite).pfs;
        assert!(stop.ended == Ended::Toxicity && stop.days < 84, "{stop:?}");
        let o = with(Estimand::WhileOnTreatment);
        assert_eq!((o.pfs, o.stopped[0], o.best), (span(0, Ended::Censored), true, None));
        assert_eq!(with(Estimand::TreatmentPolicy).pfs, span(168, Ended::Progression));
    }
}

// What is not seen at a cut-off did not happen: the patient came in 100 days after the first one.
#[test]
fn a_view_ends_at_its_cut_off_and_at_withdrawal() {
    let follow = |cutoff, withdraws| {
        let view = TrialView { cutoff, ..VIEW };
        FollowUp {
            entry: 100,
            withdraws,
            view,
            ..follow(Assessment { other_death: 1e-3, ..assessment() }, 1000)
        }
    };
    let of = |cutoff, withdraws| {
        let chart = Chart::new(follow(cutoff, withdraws), 1);
        let (chart, course) = walk(one_line(), chart, &mut Script { day: 0, volumes: grow(0.004) }).unwrap();
        (Outcome::new(&chart, course.record(), 1), chart, course)
    };
    let (whole, chart, course) = of(None, None);
    assert_eq!((whole.pfs, whole.entry, whole.last_day), (span(168, Ended::Progression), 100, 1000));
    let seen = |cutoff, withdraws| of(Some(cutoff), withdraws).0;
    assert_eq!(seen(268, None).pfs, span(168, Ended::Progression), "on the day of the cut-off");
    let before = seen(267, None);
    assert_eq!(
        (before.pfs, before.os, before.last_day),
        (span(84, Ended::Censored), span(167, Ended::Censored), 167)
    );
    assert!(before.at_progression.is_none() && before.dominant.is_none() && before.on_treatment == 168);
    assert_eq!(seen(700, Some(90)).pfs, span(84, Ended::Censored));
    assert_eq!(seen(700, Some(90)).os, span(90, Ended::Censored));
    assert_eq!((seen(183, None).pfs, seen(183, None).best), (span(0, Ended::Censored), None));
    // Who comes in after the cut-off is not there.
    let shown = |cutoff| Outcome::shown(&chart, course.record(), TrialView { cutoff: Some(cutoff), ..VIEW });
    assert!(shown(99).is_none() && shown(100).is_some_and(|o| o.os == span(0, Ended::Censored)));
    // Deaths after the end of the chart are there until the cut-off.
    let FollowedSpan { days, ended: Ended::Death } = whole.os else { panic!("{:?}", whole.os) };
    assert!(days > 168);
    assert_eq!(seen(100 + days, None).os, whole.os);
    assert_eq!(seen(99 + days, None).os, span(days - 1, Ended::Censored));
}

// Scans end with progression by the investigator; a reader who has not seen it then is censored at that scan, and neither later growth
// nor a later death is known.
#[test]
fn other_readers_are_censored_where_the_investigator_ends_the_scans() {
    let noisy = Assessment { within: 0.12, ..assessment() };
    let (mut censored, mut earlier, mut same) = (0, 0, 0);
    for patient in 0..300 {
        let key = StreamKey { seed: 8, patient };
        let chart = Chart::new(FollowUp { key, ..follow(noisy.clone(), 1000) }, 1);
        let (chart, course) = walk(one_line(), chart, &mut Script { day: 0, volumes: grow(0.0025) }).unwrap();
        let by = |reader| Outcome::shown(&chart, course.record(), TrialView { reader, ..VIEW }).unwrap();
        let (local, central) = (by(ScanReader::Investigator), by(ScanReader::Central));
        assert_eq!(local.pfs.ended, Ended::Progression);
        assert!(central.pfs.days <= local.pfs.days);
        match central.pfs.ended {
            Ended::Censored => {
                assert_eq!(central.pfs.days, local.pfs.days);
                censored += 1;
            }
            _ if central.pfs.days < local.pfs.days => earlier += 1,
            _ => same += 1,
        }
        assert_eq!(local.os, central.os);
    }
    assert!(censored > 30 && earlier > 30 && same > 30, "{censored} {earlier} {same}");
}

// Ruling 29: new lesions follow growth beyond the largest volume so far, and are seen at the next scan.
#[test]
fn new_lesions_follow_growth() {
    let with = |new_lesions| Assessment { new_lesions, ..assessment() };
    let o = outcome_of(one_line(), 1, with(1e6), grow(0.0001));
    assert_eq!((o.pfs, o.new_lesion), (span(84, Ended::Progression), true));
    let o = outcome_of(one_line(), 1, with(1e6), grow(-0.0001));
    assert_eq!((o.pfs.ended, o.new_lesion), (Ended::Censored, false));
    // The hazard is 0.4 of the rise of ln(V): over many patients, the share without one is exp(−0.4·rise).
    let patients = 4000_u32;
    let spared = (0..patients).filter(|patient| {
        let key = StreamKey { seed: 5, patient: *patient };
        let follow = FollowUp { key, ..follow(with(0.4), 170) };
        // Up to 1.5 times the volume, which is not a progression by size, then back and up again to the same.
        let volumes = |day: u32| [1.0 + 0.5 * f64::from(day % 60) / 59.0; 2];
        let chart = Chart::new(follow, 1);
        let (chart, course) = walk(one_line(), chart, &mut Script { day: 0, volumes }).unwrap();
        Outcome::new(&chart, course.record(), 1).pfs.ended == Ended::Censored
    });
    let share = spared.count() as f64 / f64::from(patients);
    let expected = libm::exp(-0.4 * libm::log(1.5));
    assert!(
        (share - expected).abs() < 5.0 * (expected * (1.0 - expected) / f64::from(patients)).sqrt(),
        "{share}"
    );
}

// Deaths: constant hazard of other causes, and one that grows with ln(V/V0), also beyond the last line.
#[test]
fn survival_follows_its_hazards() {
    let deaths = |other_death, tumour_death, rate: f64| {
        let days: Vec<FollowedSpan> = (0..2000)
            .map(|patient| {
                let assessment = Assessment { other_death, tumour_death, ..assessment() };
                let key = StreamKey { seed: 5, patient };
                let chart = Chart::new(FollowUp { key, growth: rate, ..follow(assessment, 1000) }, 1);
                let script = &mut Script { day: 0, volumes: grow(rate) };
                let (chart, course) = walk(one_line(), chart, script).unwrap();
                Outcome::new(&chart, course.record(), 1).os
            })
            .collect();
        days.iter().filter(|s| s.ended == Ended::Death).count() as f64 / 2000.0
    };
    let close = |share: f64, expected: f64| {
        let error = (expected * (1.0 - expected) / 2000.0).sqrt();
        assert!((share - expected).abs() <= 5.0 * error, "{share}, not {expected}");
    };
    close(deaths(1e-3, 0.0, 0.004), 1.0 - libm::exp(-1.0));
    // The integral of h·r·t over 1000 days is h·r·1e6/2.
    close(deaths(0.0, 5e-4, 0.004), 1.0 - libm::exp(-1.0));
    close(deaths(0.0, 5e-4, -0.004), 0.0);
}

#[test]
fn a_death_before_progression_is_an_event() {
    let certain = Assessment { other_death: 1e3, ..assessment() };
    let o = outcome_of(two_lines(), 2, certain, grow(0.001));
    assert_eq!((o.pfs, o.os), (span(1, Ended::Death), span(1, Ended::Death)));
    assert_eq!((o.total_pfs, o.pfs2), (span(1, Ended::Death), Some(span(1, Ended::Death))));
    assert!(o.progressed_at_first_scan && o.best.is_none() && !o.responded());
}

// What dominates is what grew most: here one share rises from nothing.
#[test]
fn resistance_at_progression_is_named() {
    let o = outcome_of(one_line(), 1, assessment(), grow(0.004));
    assert_eq!(o.dominant, Some(0));
    let share = o.at_progression.as_ref().unwrap().changed[0];
    assert!((share - 168.0 / 1168.0).abs() < 1e-12, "{share}");
}

// Errors of measurement are those of the scans and of the baseline: without change 5 % each come to 7 % of the ratio.
#[test]
fn measured_sums_scatter() {
    let noisy = Assessment {
        within: 0.05,
        visits: Visits { at: vec![28], every: 28, baseline_mm: None },
        ..assessment()
    };
    let changes: Vec<f64> = (0..400)
        .flat_map(|patient| {
            let key = StreamKey { seed: 2, patient };
            let chart = Chart::new(FollowUp { key, ..follow(noisy.clone(), 60) }, 1);
            let (chart, _) = walk(one_line(), chart, &mut Script { day: 0, volumes: |_| [1.0; 2] }).unwrap();
            chart.scans.iter().filter_map(|s| s.change).take(1).collect::<Vec<_>>()
        })
        .collect();
    let n = changes.len() as f64;
    let mean = changes.iter().sum::<f64>() / n;
    let sd = libm::sqrt(changes.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / n);
    assert!((sd - 0.0707).abs() < 5.0 * 0.0707 / (2.0 * n).sqrt(), "{sd}");
}
