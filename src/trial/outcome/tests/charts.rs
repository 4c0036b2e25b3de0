//! End points of random charts against a second reading of their definitions.
//!
//! Everything in a chart is drawn: how many lines are planned and begun, gaps, switches without progression, lines that go on beyond it,
//! scans on any day with any judgement, death on any day. The second reading goes through a patient's days one by one and keeps
//! what is true of them; it shares nothing with the program but the chart.

use super::*;
use crate::therapy::{EndReason, LineRecord};
use crate::trial::visits::{Scan, ScanReading};

/// Numbers for drawing charts.
struct Numbers(u64);

impl Numbers {
    /// A whole number below `n`.
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(n)) as u32
    }

    /// A sum of diameters, mm: none of them lies on a threshold of another one.
    fn sum(&mut self) -> f64 {
        [0.0, 50.0, 65.0, 95.0, 100.0, 101.0, 102.0, 115.0, 150.0][self.below(9) as usize]
    }

    fn reading(&mut self) -> ScanReading {
        ScanReading { sum_mm: self.sum(), new_lesion: self.below(12) == 0 }
    }
}

/// RECIST on measured sums, in its own words.
#[derive(Debug, Clone, Copy)]
struct Recist {
    baseline: f64,
    nadir: f64,
}

impl Recist {
    fn from(sum: f64) -> Self {
        Self { baseline: sum, nadir: sum }
    }

    fn judge(&mut self, of: ScanReading) -> (Category, Option<f64>) {
        let rise = of.sum_mm - self.nadir;
        let grown = rise >= 5.0 && rise >= 0.2 * self.nadir;
        self.nadir = self.nadir.min(of.sum_mm);
        let category = match of.sum_mm {
            _ if of.new_lesion => Category::Progression,
            0.0 => Category::CompleteResponse,
            _ if grown => Category::Progression,
            sum if sum <= 0.7 * self.baseline => Category::PartialResponse,
            _ => Category::StableDisease,
        };
        (category, (self.baseline > 0.0).then(|| of.sum_mm / self.baseline - 1.0))
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
    let (mut local, mut last_sum) = (Recist::from(100.0), 100.0);
    for day in 0..=END {
        if day > 0 && dies && numbers.below(40) == 0 {
            chart.died = Some(day);
            break;
        }
        let current = record.lines.len();
        // The last day of follow-up has a scan too, as often as any other one.
        if day > 0 && current > 0 && numbers.below(often) == 0 {
            let readings: [ScanReading; 3] = std::array::from_fn(|_| numbers.reading());
            let (category, change) = local.judge(readings[0]);
            last_sum = readings[0].sum_mm;
            chart.scans.push(Scan { day, line: current - 1, readings, change, category });
            if category == Category::Progression && !progressed {
                progressed = true;
                if current == planned {
                    break;
                }
                next = next.or(Some(day + numbers.below(20)));
                let line = record.lines.last_mut().unwrap();
                line.ended = line.ended.or(Some((day, EndReason::Progression)));
            }
        }
        // A line also ends without progression: by toxicity or its time, and the next one begins at once or later.
        if day > 0 && current > 0 && current < planned && next.is_none() && numbers.below(25) == 0 {
            next = Some(day + [0, 0, 5][numbers.below(3) as usize]);
            let reason = [EndReason::Toxicity, EndReason::Duration][numbers.below(2) as usize];
            record.lines.last_mut().unwrap().ended = Some((day, reason));
        }
        if day < END && current < planned && next.is_some_and(|at| at <= day) {
            let line =
                LineRecord { line: current, began: day, progression: None, ended: None, last_dose: None };
            record.lines.push(line);
            (progressed, next) = (false, None);
            local = Recist::from(last_sum);
        }
        chart.last_day = day;
    }
    (chart, record, planned)
}

/// A view and what is read in it: what a patient's days come to, one by one.
struct Told<'a> {
    chart: &'a Chart,
    record: &'a TreatmentRecord,
    view: TrialView,
    /// Last day that is shown.
    last: u32,
}

/// What became of a line: the event, the last scan, the scans that count.
#[derive(Debug, Default)]
struct ReadLine {
    event: Option<(u32, Ended)>,
    last: Option<u32>,
    scans: Vec<(u32, Category, Option<f64>, bool)>,
}

impl Told<'_> {
    fn began(&self, line: usize) -> Option<u32> {
        self.record.lines.get(line).map(|l| l.began).filter(|day| *day <= self.last)
    }

    fn died(&self) -> bool {
        self.chart.died.is_some_and(|day| day <= self.last)
    }

    /// The day on which the estimand looks no further at a line, if there is one, and whether that is an event.
    fn stop(&self, line: usize) -> Option<(u32, bool)> {
        let (day, reason) = self.record.lines.get(line)?.ended?;
        let counts = match self.view.estimand {
            Estimand::WhileOnTreatment => reason != EndReason::Progression,
            Estimand::Composite => reason == EndReason::Toxicity,
            _ => false,
        };
        (counts && day <= self.last).then_some((day, self.view.estimand == Estimand::Composite))
    }

    /// Whose reading it is: 0 the investigator's, 1 the central reader's. Baselines have no error here.
    fn person(&self) -> usize {
        if self.view.reader != ScanReader::Adjudicated {
            return self.view.reader as usize;
        }
        let mut apart = [0.0; 2];
        for scan in self.chart.scans.iter().filter(|s| s.day <= self.last) {
            let [local, central, expert] = scan.readings.map(|r| libm::log(r.sum_mm.max(2.0) / 100.0));
            apart[0] += (local - expert).abs();
            apart[1] += (central - expert).abs();
        }
        usize::from(apart[1] < apart[0])
    }

    fn line(&self, line: usize) -> ReadLine {
        let reader = self.person();
        let sums = self.chart.scans.iter().filter(|s| s.line < line).map(|s| s.readings[reader].sum_mm);
        let mut recist = Recist::from(sums.fold(100.0, |_, sum| sum));
        let mut read = ReadLine::default();
        let stop = self.stop(line);
        for day in 0..=self.last {
            if self.chart.died == Some(day) && self.began(line).is_none_or(|began| line == 0 || began <= day)
            {
                read.event = Some((day, Ended::Death));
                return read;
            }
            if let Some(scan) = self.chart.scans.iter().find(|s| s.day == day && s.line >= line) {
                let reading = scan.readings[reader];
                let (category, change) = recist.judge(reading);
                let local = scan.category == Category::Progression;
                let progressed = category == Category::Progression || (local && reader == 0);
                let category = if progressed { Category::Progression } else { category };
                read.last = Some(day);
                if scan.line == 0 {
                    read.scans.push((day, category, change, reading.new_lesion));
                }
                if progressed {
                    read.event = Some((day, Ended::Progression));
                }
                if progressed || local {
                    return read;
                }
            }
            if let Some((_, counts)) = stop.filter(|(stop, _)| *stop == day) {
                read.event = counts.then_some((day, Ended::Toxicity));
                return read;
            }
        }
        read
    }

    fn span(&self, line: usize) -> FollowedSpan {
        let begins = if line == 0 { 0 } else { self.began(line).unwrap() };
        let read = self.line(line);
        match read.event {
            Some((day, ended)) => span(day - begins, ended),
            None => span(read.last.map_or(0, |day| day - begins), Ended::Censored),
        }
    }

    fn pfs2(&self) -> FollowedSpan {
        let Some(began) = self.began(1) else {
            let last = self.chart.scans.iter().rfind(|s| s.day <= self.last);
            return match self.chart.died.filter(|day| *day <= self.last) {
                Some(day) => span(day, Ended::Death),
                None => span(last.map_or(0, |s| s.day), Ended::Censored),
            };
        };
        let second = self.line(1);
        let before = self.chart.scans.iter().rfind(|s| s.line == 0 && s.day <= began).map_or(0, |s| s.day);
        match second.event {
            Some((day, ended)) => span(day, ended),
            None => span(second.last.unwrap_or(before), Ended::Censored),
        }
    }

    fn check(&self, planned: usize) -> Outcome {
        let limit = self.chart.follow().limit(&self.view).unwrap();
        assert_eq!(limit, self.last);
        let found = Outcome::shown(self.chart, self.record, self.view).unwrap();
        let first = self.span(0);
        let second = self.began(1).map(|_| self.span(1));
        assert_eq!((found.pfs, found.second_pfs), (first, second), "{:?}", self.view);
        assert_eq!(found.pfs2, (planned > 1).then(|| self.pfs2()));
        let total = match (self.began(1), first.ended) {
            (None, Ended::Progression) if planned > 1 => {
                span(first.days, if self.died() { Ended::Death } else { Ended::Censored })
            }
            (None, _) => first,
            // All days until the second line ends, but for those between progression of the first and its beginning.
            (Some(began), Ended::Progression) if began > first.days => {
                let whole = self.pfs2();
                span((whole.days - began.min(whole.days) + first.days).max(first.days), whole.ended)
            }
            (Some(_), _) => span(self.pfs2().days.max(first.days), self.pfs2().ended),
        };
        assert_eq!(found.total_pfs, total, "{:?}", self.view);
        if let Some(day) = self.chart.died.filter(|day| *day <= self.last) {
            assert_eq!(found.os, span(day, Ended::Death));
        }
        let read = self.line(0);
        let scans: Vec<_> = read.scans.iter().map(|s| (s.0, s.1)).collect();
        assert_eq!(found.best, best_of(&scans, self.view.confirmation));
        let change = read.scans.iter().filter_map(|s| s.2).reduce(f64::min);
        assert!(found.best_change.zip(change).is_none_or(|(a, b)| (a - b).abs() < 1e-12));
        assert_eq!(found.best_change.is_some(), change.is_some());
        let by_lesion = read.scans.iter().any(|s| s.1 == Category::Progression && s.3);
        assert_eq!(found.new_lesion, by_lesion);
        // The strategy fails with its last planned line, or by death on any line or before the last one began: by the investigator.
        let mut local = self.chart.scans.iter().filter(|s| s.day <= self.last);
        let fails = local.clone().find(|s| s.line == planned - 1 && s.category == Category::Progression);
        let tfs = match (fails, self.chart.died.filter(|day| *day <= self.last)) {
            (Some(scan), _) => span(scan.day, Ended::Progression),
            (None, Some(day)) => span(day, Ended::Death),
            (None, None) => span(local.next_back().map_or(0, |s| s.day), Ended::Censored),
        };
        assert_eq!(found.strategy.tfs, tfs);
        // Nobody is followed beyond death or the end, and order holds whatever happened.
        assert!(found.pfs.days <= found.os.days && found.total_pfs.days <= found.os.days);
        assert!(found.pfs2.is_none_or(|s| s.days <= found.os.days) && found.os.days <= self.last);
        found
    }
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

/// Every reader, estimand and some cut-offs.
fn check(chart: &Chart, record: &TreatmentRecord, planned: usize) {
    for (cutoff, last) in [(None, END), (Some(100), END), (Some(37), 37), (Some(0), 0)] {
        for reader in ScanReader::ALL.iter().copied() {
            let told = |estimand| {
                let view = TrialView { reader, cutoff, estimand, ..chart.follow().view };
                Told { chart, record, view, last }.check(planned)
            };
            let [policy, on_treatment, composite] =
                [Estimand::TreatmentPolicy, Estimand::WhileOnTreatment, Estimand::Composite].map(told);
            assert!(on_treatment.pfs.days <= policy.pfs.days);
            assert!(composite.pfs.days <= policy.pfs.days || policy.pfs.ended == Ended::Censored);
            assert_eq!(told(Estimand::Hypothetical), policy, "nobody stops: that is simulated, not seen");
            assert!(
                !policy.stopped[0] && (!on_treatment.stopped[0] || on_treatment.pfs.ended == Ended::Censored)
            );
        }
    }
}

#[test]
fn end_points_of_any_chart_follow_their_definitions() {
    let mut numbers = Numbers(7);
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..12_000 {
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

// The first line has the same PFS whether or not a second one is planned, until the second begins: what is added later does not
// change what was seen before.
#[test]
fn what_comes_after_a_line_does_not_change_its_pfs() {
    let mut numbers = Numbers(11);
    let mut switched = 0;
    for _ in 0..20_000 {
        let (chart, record, _) = drawn(&mut numbers);
        let whole = Outcome::new(&chart, &record, 4);
        let next = record.lines.get(1).map_or(END, |l| l.began);
        let (mut alone, mut only) = (chart.clone(), record.clone());
        alone.scans.retain(|s| s.line == 0);
        alone.died = chart.died.filter(|day| *day <= next);
        only.lines.truncate(1);
        let alone = Outcome::new(&alone, &only, 1);
        assert_eq!((whole.best, whole.best_change), (alone.best, alone.best_change));
        if whole.pfs.days <= next && whole.pfs.ended != Ended::Censored {
            assert_eq!(whole.pfs, alone.pfs);
        } else {
            assert_eq!(alone.pfs.ended, Ended::Censored);
            switched += usize::from(whole.pfs.ended != Ended::Censored);
        }
    }
    assert!(switched > 500, "{switched}");
}

/// A chart with these scans (day, line, sum in mm), lines that began on these days, and a death.
fn told(scans: &[(u32, usize, f64)], began: &[u32], died: Option<u32>, planned: usize) -> Outcome {
    let mut chart = Chart::new(follow(assessment(), END), planned);
    chart.died = died;
    let mut local = Recist::from(100.0);
    let mut of_line = 0;
    for (day, line, sum_mm) in scans {
        if *line != of_line {
            of_line = *line;
            local = Recist::from(chart.scans.last().map_or(100.0, |s| s.readings[0].sum_mm));
        }
        let reading = ScanReading { sum_mm: *sum_mm, new_lesion: false };
        let (category, change) = local.judge(reading);
        chart.scans.push(Scan { day: *day, line: *line, readings: [reading; 3], change, category });
    }
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
    let o = told(&[(10, 0, 130.0)], &[0], Some(20), 2);
    assert_eq!((o.pfs, o.total_pfs), (span(10, Ended::Progression), span(10, Ended::Death)));
    assert_eq!((o.pfs2, o.os), (Some(span(20, Ended::Death)), span(20, Ended::Death)));
}

// Whatever was taken: a line that another one followed without progression goes on until progression or death.
#[test]
fn lines_are_followed_whatever_is_taken_after_them() {
    let scans = [(10, 0, 90.0), (20, 1, 80.0), (30, 2, 70.5)];
    let o = told(&scans, &[0, 12, 24], Some(33), 3);
    assert_eq!((o.pfs, o.second_pfs), (span(33, Ended::Death), Some(span(21, Ended::Death))));
    assert_eq!((o.total_pfs, o.pfs2, o.os), (o.pfs, Some(o.pfs), o.pfs));
    // 106 mm is progression against the nadir of 85 before the second line, and against its own baseline of 85.
    let o = told(&[(10, 0, 85.0), (20, 1, 106.0)], &[0, 12], None, 2);
    assert_eq!((o.pfs, o.second_pfs), (span(20, Ended::Progression), Some(span(8, Ended::Progression))));
    // From the nadir of 80 mm, 97 are progression of the first line; of the second, which began at 95, 115.
    let scans = [(8, 0, 80.0), (10, 0, 95.0), (20, 1, 97.0), (30, 1, 115.0)];
    let o = told(&scans, &[0, 12], None, 2);
    assert_eq!((o.pfs, o.second_pfs), (span(20, Ended::Progression), Some(span(18, Ended::Progression))));
    assert_eq!((o.total_pfs, o.pfs2), (span(30, Ended::Progression), Some(span(30, Ended::Progression))));
}

// A second line that is followed by a third before any scan is known by the scans of that one.
#[test]
fn a_line_without_a_scan_is_known_by_later_ones() {
    let o = told(&[(30, 2, 101.0)], &[0, 5, 9], None, 3);
    assert_eq!((o.pfs, o.second_pfs), (span(30, Ended::Censored), Some(span(25, Ended::Censored))));
    assert_eq!(o.pfs2, Some(span(30, Ended::Censored)));
    let o = told(&[], &[0, 5], None, 2);
    assert_eq!((o.pfs, o.second_pfs), (span(0, Ended::Censored), Some(span(0, Ended::Censored))));
}
