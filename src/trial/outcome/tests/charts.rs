//! End points of random charts against a second reading of their definitions.
//!
//! Everything in a chart is drawn: how many lines are planned and begun, gaps, switches without progression, lines that go on beyond it,
//! scans on any day with any judgement, death on any day. The second reading goes through a patient's days one by one and keeps
//! what is true of them; it shares nothing with the program but the chart.

use super::*;
use crate::therapy::LineRecord;
use crate::trial::visits::Scan;

/// Numbers for drawing charts.
struct Numbers(u64);

impl Numbers {
    /// A whole number below `n`.
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(n)) as u32
    }

    fn category(&mut self) -> Category {
        use Category::{CompleteResponse, PartialResponse, Progression, StableDisease};
        [StableDisease, StableDisease, PartialResponse, CompleteResponse, Progression][self.below(5) as usize]
    }
}

const END: u32 = 60;

/// A chart as a patient could leave it, the therapy's record, and the number of planned lines.
fn drawn(numbers: &mut Numbers) -> (Chart, TreatmentRecord, usize) {
    let planned = 1 + numbers.below(4) as usize;
    let confirmation = [0, 0, 8][numbers.below(3) as usize];
    let mut chart = Chart::new(follow(Assessment { confirmation, ..assessment() }, END), planned);
    let mut record = TreatmentRecord::default();
    let starts = [0, 0, 0, 9][numbers.below(4) as usize];
    let often = 2 + numbers.below(9);
    let dies = numbers.below(3) == 0;
    let (mut progressed, mut next) = (false, Some(starts));
    for day in 0..=END {
        if day > 0 && dies && numbers.below(40) == 0 {
            chart.died = Some(day);
            break;
        }
        let current = record.lines.len();
        // The last day of follow-up has a scan too, as often as any other one.
        if day > 0 && current > 0 && numbers.below(often) == 0 {
            let (category, new_lesion) = (numbers.category(), numbers.below(5) == 0);
            let category = if new_lesion { Category::Progression } else { category };
            let change = Some(f64::from(numbers.below(100)) / 50.0 - 1.0);
            chart.scans.push(Scan { day, line: current - 1, sum_mm: 10.0, change, category, new_lesion });
            if category == Category::Progression && !progressed {
                progressed = true;
                if current == planned {
                    break;
                }
                next = next.or(Some(day + numbers.below(20)));
            }
        }
        // A line also ends without progression: by toxicity or its time, and the next one begins at once or later.
        if day > 0 && current > 0 && current < planned && next.is_none() && numbers.below(25) == 0 {
            next = Some(day + [0, 0, 5][numbers.below(3) as usize]);
        }
        if day < END && current < planned && next.is_some_and(|at| at <= day) {
            let line =
                LineRecord { line: current, began: day, progression: None, ended: None, last_dose: None };
            record.lines.push(line);
            (progressed, next) = (false, None);
        }
        chart.last_day = day;
    }
    (chart, record, planned)
}

/// The day a line began, its event, and its last scan while it was the last one.
type ReadLine = (u32, Option<(u32, Ended)>, Option<u32>);

/// What a patient's days come to, read one by one.
#[derive(Debug, Default)]
struct Read {
    lines: Vec<ReadLine>,
    best: Option<Category>,
    best_change: Option<f64>,
    new_lesion: bool,
}

fn read(chart: &Chart, record: &TreatmentRecord) -> Read {
    let mut all = Read::default();
    let mut responses: Vec<(u32, Category)> = Vec::new();
    for day in 0..=END {
        let dies = chart.died == Some(day);
        if dies && all.lines.is_empty() {
            all.lines.push((0, Some((day, Ended::Death)), None));
        } else if dies && let Some((_, event @ None, _)) = all.lines.last_mut() {
            *event = Some((day, Ended::Death));
        }
        if let Some(scan) = chart.scans.iter().find(|s| s.day == day) {
            let first = all.lines.len() == 1;
            let Some((_, event, last)) = all.lines.last_mut() else { panic!("a scan before the first line") };
            if first && event.is_none() {
                responses.push((day, scan.category));
                all.best_change = [all.best_change, scan.change].into_iter().flatten().reduce(f64::min);
                all.new_lesion |= scan.new_lesion;
            }
            if event.is_none() && scan.category == Category::Progression {
                *event = Some((day, Ended::Progression));
            }
            *last = Some(day);
        }
        if record.lines.iter().any(|l| l.began == day) {
            all.lines.push((if all.lines.is_empty() { 0 } else { day }, None, None));
        }
    }
    all.best = best_of(&responses, chart.follow().assessment.confirmation);
    all
}

fn best_of(scans: &[(u32, Category)], wait: u32) -> Option<Category> {
    let is = |category: Category, complete: bool| match category {
        Category::CompleteResponse => true,
        Category::PartialResponse => !complete,
        _ => false,
    };
    let kept = |complete| {
        scans.iter().any(|(day, c)| {
            is(*c, complete)
                && scans.iter().any(|(later, d)| {
                    (*later, wait) == (*day, 0) || (later >= &(day + wait) && later > day && is(*d, complete))
                })
        })
    };
    match scans {
        [] => None,
        _ if kept(true) => Some(Category::CompleteResponse),
        _ if kept(false) => Some(Category::PartialResponse),
        _ if scans.iter().any(|s| s.1 != Category::Progression) => Some(Category::StableDisease),
        _ => Some(Category::Progression),
    }
}

/// PFS of a line by the second reading.
fn read_line(read: &Read, line: usize) -> Option<Span> {
    let (began, event, last) = *read.lines.get(line)?;
    Some(match (event, last) {
        (Some((day, ended)), _) => span(day - began, ended),
        (None, last) => span(last.unwrap_or(began) - began, Ended::Censored),
    })
}

fn check(chart: &Chart, record: &TreatmentRecord, planned: usize) {
    let read = read(chart, record);
    let found = Outcome::new(chart, record, planned);
    let first = read_line(&read, 0).unwrap_or(span(0, Ended::Censored));
    let second = read_line(&read, 1);
    assert_eq!((found.pfs, found.second_pfs), (first, second));
    let dead = chart.died.is_some();
    let total = match second {
        // All days until the second line ends, but for those between progression of the first and its beginning.
        Some(second) => {
            let began = read.lines[1].0;
            let (_, event, last) = read.lines[1];
            let until = event.map(|e| e.0).or(last);
            let lived = match (first.ended, until) {
                (Ended::Progression, until) => first.days + until.map_or(0, |day| day - began),
                (_, Some(day)) => day,
                (_, None) => first.days,
            };
            span(lived, second.ended)
        }
        None if planned == 1 || first.ended != Ended::Progression => first,
        None => span(first.days, if dead { Ended::Death } else { Ended::Censored }),
    };
    assert_eq!(found.total_pfs, total);
    let last = chart.scans.iter().take_while(|s| s.line < 2).last().map_or(0, |s| s.day);
    let pfs2 = match (read.lines.get(1), chart.died) {
        (Some((_, Some((day, ended)), _)), _) => span(*day, *ended),
        (None, Some(day)) => span(day, Ended::Death),
        _ => span(last, Ended::Censored),
    };
    assert_eq!(found.pfs2, (planned > 1).then_some(pfs2));
    // The strategy fails with its last planned line, or by death on any line or before the last one began.
    let fails = read.lines.get(planned - 1).and_then(|l| l.1).filter(|e| e.1 == Ended::Progression);
    let seen = chart.scans.last().map_or(0, |s| s.day);
    let tfs = match (fails, chart.died) {
        (Some((day, ended)), _) => span(day, ended),
        (None, Some(day)) => span(day, Ended::Death),
        (None, None) => span(seen, Ended::Censored),
    };
    assert_eq!(found.strategy.tfs, tfs);
    if let Some(day) = chart.died {
        assert_eq!(found.os, span(day, Ended::Death));
    }
    assert_eq!(
        (found.best, found.best_change, found.new_lesion),
        (read.best, read.best_change, first.ended == Ended::Progression && read.new_lesion)
    );
    // Nobody is followed beyond death or the end, and order holds whatever happened.
    assert!(found.pfs.days <= found.os.days && found.total_pfs.days <= found.os.days);
    assert!(found.pfs2.is_none_or(|s| s.days <= found.os.days));
    // A death is an event of every time that had not ended before it, but of those that a later line had censored.
    if dead && found.pfs2.is_some_and(|s| s.ended == Ended::Death) {
        assert_eq!(found.total_pfs.ended, Ended::Death);
    }
}

#[test]
fn end_points_of_any_chart_follow_their_definitions() {
    let mut numbers = Numbers(7);
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..60_000 {
        let (chart, record, planned) = drawn(&mut numbers);
        check(&chart, &record, planned);
        let scanned_last = chart.scans.last().is_some_and(|s| s.day == END);
        kinds.insert((planned, record.lines.len(), chart.died.is_some(), scanned_last));
    }
    // Every number of planned and begun lines came, with and without death, with and without a scan on the last day.
    for planned in 1..=4 {
        for begun in 1..=planned {
            assert!(
                [(true, false), (false, true), (false, false)]
                    .iter()
                    .all(|(died, last)| kinds.contains(&(planned, begun, *died, *last))),
                "{planned} {begun}"
            );
        }
        assert!(kinds.contains(&(planned, 0, true, false)), "{planned} planned, death before the first");
    }
}

// Ruling 42: the first line has the same PFS whether or not a second one is planned, until the second begins.
#[test]
fn what_comes_after_a_line_does_not_change_its_pfs() {
    let mut numbers = Numbers(11);
    for _ in 0..20_000 {
        let (chart, record, _) = drawn(&mut numbers);
        let whole = Outcome::new(&chart, &record, 4);
        let next = record.lines.get(1).map_or(u32::MAX, |l| l.began);
        let (mut alone, mut only) = (chart.clone(), record.clone());
        alone.scans.retain(|s| s.line == 0);
        alone.died = chart.died.filter(|day| *day <= next);
        only.lines.truncate(1);
        let alone = Outcome::new(&alone, &only, 1);
        assert_eq!((whole.pfs, whole.best, whole.best_change), (alone.pfs, alone.best, alone.best_change));
    }
}

/// A chart with these scans (day, line, judgement), lines that began on these days, and a death.
fn told(scans: &[(u32, usize, Category)], began: &[u32], died: Option<u32>, planned: usize) -> Outcome {
    let mut chart = Chart::new(follow(assessment(), END), planned);
    chart.died = died;
    chart.scans = scans
        .iter()
        .map(|(day, line, category)| Scan {
            day: *day,
            line: *line,
            sum_mm: 10.0,
            change: Some(0.0),
            category: *category,
            new_lesion: false,
        })
        .collect();
    let line = |(line, began): (usize, &u32)| LineRecord {
        line,
        began: *began,
        progression: None,
        ended: None,
        last_dose: None,
    };
    let record =
        TreatmentRecord { lines: began.iter().enumerate().map(line).collect(), ..TreatmentRecord::default() };
    Outcome::new(&chart, &record, planned)
}

// A death between two lines is an event of the strategy: censoring it would take those who do worst out of the curve.
#[test]
fn a_death_in_the_gap_is_an_event_of_total_pfs() {
    let o = told(&[(10, 0, Category::Progression)], &[0], Some(20), 2);
    assert_eq!((o.pfs, o.total_pfs), (span(10, Ended::Progression), span(10, Ended::Death)));
    assert_eq!((o.pfs2, o.os), (Some(span(20, Ended::Death)), span(20, Ended::Death)));
}

// What happens on a later line is an event of that line alone.
#[test]
fn a_death_on_a_later_line_is_censored_on_the_earlier_ones() {
    let scans = [
        (10, 0, Category::StableDisease),
        (20, 1, Category::StableDisease),
        (30, 2, Category::StableDisease),
    ];
    let o = told(&scans, &[0, 12, 24], Some(33), 3);
    assert_eq!((o.pfs, o.second_pfs), (span(10, Ended::Censored), Some(span(8, Ended::Censored))));
    assert_eq!((o.total_pfs, o.pfs2), (span(20, Ended::Censored), Some(span(20, Ended::Censored))));
    assert_eq!(o.os, span(33, Ended::Death));
}

// A line without a scan before the next one begins is censored when it begins: nothing is known of it.
#[test]
fn a_line_without_a_scan_is_censored_at_its_beginning() {
    let o = told(&[(30, 2, Category::StableDisease)], &[0, 5, 9], None, 3);
    assert_eq!((o.pfs, o.second_pfs), (span(0, Ended::Censored), Some(span(0, Ended::Censored))));
    assert_eq!(o.pfs2, Some(span(0, Ended::Censored)));
}
