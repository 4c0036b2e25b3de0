//! What a whole strategy came to, by one rule for every arm: one drug, a sequence of lines, or drugs at once.
//!
//! | measure | what it is |
//! |---|---|
//! | TFS, time to failure of strategy | from the start to progression on the last planned line, or death |
//! | time to growth | from the start to the first scan with a sum of diameters of 1.2 times that of day 0 and 5 mm more, or death, whatever the line |
//! | burden | mean of ln(sum of diameters / that of day 0) over the days that a patient was alive, to the horizon |
//! | severe days | days to the horizon with an adverse event of a drug of grade 3 or 4 |
//!
//! A line that was stopped for adverse events is not a failure: the patient is followed until progression, off the drug or on the next
//! line. A planned line that never begins because the patient dies is a failure on the day of death; one that never begins because
//! follow-up ends leaves the patient censored at the last scan. Progression on a line before the last one is no event of TFS.
//!
//! Nothing is simulated after progression on the last line. From then on the sum of diameters is taken to grow at the patient's untreated
//! rate, as the hazard of death does, and is looked at on the days of the patient's scans. So the time to growth does not end earlier
//! in arms that leave earlier; who has left and what rests on this assumption is counted ([`Strategy::after_leaving`]). New lesions are
//! not in the sum.

use serde::{Deserialize, Serialize};

use super::{Ended, FollowedSpan, dose_limiting};
use crate::therapy::TreatmentRecord;
use crate::therapy::response::Category;
use crate::trial::exact;
use crate::trial::stats::First;
use crate::trial::visits::{Chart, VisitCalendar};

/// Growth of the sum of diameters that counts, relative to day 0 and in mm.
const GROWTH: (f64, f64) = (1.2, 5.0);

/// Sum of diameters below which nothing is measured, mm: what RECIST 1.1 has for a lesion that is too small.
const MIN_MM: f64 = 5.0;

/// What came first to a patient, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstEvent {
    /// Day.
    pub day: u32,
    /// What it was.
    pub first: First,
}

/// What a whole strategy came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Strategy {
    /// Time to failure of strategy.
    pub tfs: FollowedSpan,
    /// Time to 1.2 times the sum of diameters of day 0, or death.
    pub growth: FollowedSpan,
    /// Whether that was only seen after the patient had left, where the tumour is taken to grow untreated.
    pub after_leaving: bool,
    /// First drug that is stopped for adverse events in the first line; progression, death or the end of the line may come before.
    pub discontinuation: FirstEvent,
    /// First adverse event of grade 3 or 4 in the first line, of any cause; progression, death or the next line may come before.
    pub severe: FirstEvent,
    /// The same of dose-limiting events.
    pub dose_limiting: FirstEvent,
    /// The same of responses.
    pub response: FirstEvent,
    /// Stretches of days with an event of a drug of grade 3 or 4: first day and the day after the last one, ascending.
    severe_days: Vec<(u32, u32)>,
    /// Days with the logarithm of the sum of diameters relative to day 0.
    sums: Vec<(u32, LogSum)>,
    /// Last day of the above, which is that of death if the patient died.
    last: u32,
    /// Relative dose intensity by drug, in the order of the arm, where the plan goes on after a stop until progression.
    #[serde(with = "exact::options")]
    pub intensities: Vec<Option<f64>>,
    /// Whether two drugs were given.
    pub second_drug: bool,
}

/// The logarithm of a relative sum of diameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct LogSum(#[serde(with = "exact")] f64);

impl Strategy {
    /// From the chart and the record of an arm with this many lines, seen up to a day; `death` is the day of death, if that is
    /// known, `response` that of the scan with which a response of the first line began. Sums are the investigator's, by whose reading lines
    /// end, whoever's reading is shown.
    pub fn new(
        chart: &Chart,
        record: &TreatmentRecord,
        lines: usize,
        until: u32,
        death: Option<u32>,
        response: Option<u32>,
    ) -> Self {
        let death = death.filter(|day| *day <= until);
        let seen = StrategyView { chart, record, lines, until, death };
        let sums = seen.sums();
        let growth = seen.growth(&sums);
        Self {
            tfs: seen.tfs(),
            growth,
            after_leaving: growth.ended != Ended::Censored
                && seen.left().is_some_and(|left| left < growth.days),
            discontinuation: seen.first(seen.stop(), seen.line_ended()),
            severe: seen.first(seen.severe(), None),
            dose_limiting: seen.first(dose_limiting(record), None),
            response: seen.first(response, None),
            severe_days: seen.severe_days(),
            last: death.unwrap_or(until),
            sums: sums.into_iter().map(|(day, sum)| (day, LogSum(sum))).collect(),
            intensities: (0..record.drugs.len()).map(|drug| seen.intensity(drug)).collect(),
            second_drug: record.drugs.iter().filter(|d| d.doses.is_some_and(|d| d.0 <= until)).count() > 1,
        }
    }

    /// The same without what it was on each day.
    pub(super) fn without_series(self) -> Self {
        Self { severe_days: Vec::new(), sums: Vec::new(), ..self }
    }

    /// Days before a day with an event of a drug of grade 3 or 4.
    pub fn severe_days(&self, horizon: u32) -> u32 {
        self.severe_days.iter().map(|(from, to)| to.min(&horizon).saturating_sub(*from)).sum()
    }

    /// Mean logarithm of the relative sum of diameters over the days before a day on which the patient was alive and followed: straight
    /// lines from scan to scan. None where there are no such days.
    pub fn burden(&self, horizon: u32) -> Option<f64> {
        let end = f64::from(horizon.min(self.last));
        let (mut area, mut from) = (0.0, (0.0, 0.0));
        for (day, LogSum(sum)) in &self.sums {
            let to = (f64::from(*day).min(end), *sum);
            let share = if to.0 > from.0 { (to.0 - from.0) / (f64::from(*day) - from.0) } else { 0.0 };
            let at_end = from.1 + share * (to.1 - from.1);
            area += 0.5 * (from.1 + at_end) * (to.0 - from.0);
            from = (to.0, at_end);
        }
        area += from.1 * (end - from.0);
        (end > 0.0).then(|| area / end)
    }
}

/// What is seen of a patient.
struct StrategyView<'a> {
    chart: &'a Chart,
    record: &'a TreatmentRecord,
    lines: usize,
    until: u32,
    death: Option<u32>,
}

impl StrategyView<'_> {
    fn began(&self, line: usize) -> Option<u32> {
        let began = self.record.lines.iter().find(|l| l.line == line).map(|l| l.began);
        began.filter(|day| *day <= self.until)
    }

    fn progression(&self, line: usize) -> Option<u32> {
        let scans = self.chart.scans.iter().filter(|s| s.line == line && s.day <= self.until);
        scans.filter(|s| s.category == Category::Progression).map(|s| s.day).next()
    }

    /// Day on which the patient left, by progression on the last planned line.
    fn left(&self) -> Option<u32> {
        self.progression(self.lines.saturating_sub(1))
    }

    fn last_scan(&self) -> u32 {
        let mut days = self.chart.scans.iter().map(|s| s.day).filter(|day| *day <= self.until);
        days.next_back().unwrap_or(0)
    }

    fn tfs(&self) -> FollowedSpan {
        match (self.left(), self.death) {
            (Some(days), _) => FollowedSpan { days, ended: Ended::Progression },
            (None, Some(days)) => FollowedSpan { days, ended: Ended::Death },
            (None, None) => FollowedSpan { days: self.last_scan(), ended: Ended::Censored },
        }
    }

    /// Scans until death with the logarithm of the sum of diameters relative to day 0; after leaving, those that would have been.
    fn sums(&self) -> Vec<(u32, f64)> {
        let follow = self.chart.follow();
        let baseline = follow.measured_baseline_mm();
        let relative = |mm: f64| libm::log(mm.max(MIN_MM) / baseline.max(MIN_MM));
        let end = self.death.unwrap_or(self.until);
        let scans = self.chart.scans.iter().filter(|s| s.day <= end);
        let mut sums: Vec<(u32, f64)> = scans.map(|s| (s.day, relative(s.readings[0].sum_mm))).collect();
        if let (Some(_), Some(&(left, sum))) = (self.left(), sums.last()) {
            let mut calendar = VisitCalendar::new(&follow.assessment, follow.key);
            let later = (0..=end).filter(|day| calendar.scan(*day).is_some() && *day > left);
            // A third of the growth by volume.
            let grown = |day: u32| sum + follow.growth / 3.0 * f64::from(day - left);
            sums.extend(later.map(|day| (day, grown(day))));
        }
        sums
    }

    fn growth(&self, sums: &[(u32, f64)]) -> FollowedSpan {
        let baseline = self.chart.follow().measured_baseline_mm().max(MIN_MM);
        let least = libm::log(GROWTH.0.max(1.0 + GROWTH.1 / baseline));
        match (sums.iter().find(|(_, sum)| *sum >= least - 1e-12), self.death) {
            (Some((days, _)), _) => FollowedSpan { days: *days, ended: Ended::Progression },
            (None, Some(days)) => FollowedSpan { days, ended: Ended::Death },
            (None, None) => FollowedSpan { days: sums.last().map_or(0, |s| s.0), ended: Ended::Censored },
        }
    }

    /// An event, unless progression on the first line, death, the next line or something else comes before it.
    fn first(&self, event: Option<u32>, other: Option<u32>) -> FirstEvent {
        let competing = [self.progression(0), self.death, self.began(1), other].into_iter().flatten().min();
        let end = self.until.min(self.chart.last_day);
        match (event.filter(|day| *day <= end), competing.filter(|day| *day <= end)) {
            (Some(day), other) if other.is_none_or(|other| day <= other) => {
                FirstEvent { day, first: First::Event }
            }
            (_, Some(day)) => FirstEvent { day, first: First::Competing },
            _ => FirstEvent { day: end, first: First::Neither },
        }
    }

    fn stop(&self) -> Option<u32> {
        self.record.drugs.iter().filter_map(|d| d.stopped).map(|(day, _)| day).min()
    }

    fn line_ended(&self) -> Option<u32> {
        self.record.lines.first().and_then(|l| l.ended).map(|(day, _)| day)
    }

    fn severe(&self) -> Option<u32> {
        self.record.events.iter().filter(|e| e.grade >= 3).map(|e| e.day).min()
    }

    fn severe_days(&self) -> Vec<(u32, u32)> {
        let end = self.death.unwrap_or(self.until + 1).min(self.until + 1);
        let of_drugs = self.record.events.iter().filter(|e| e.drug.is_some() && e.grade >= 3);
        let mut days: Vec<(u32, u32)> = of_drugs.map(|e| (e.day, e.recovered.min(end))).collect();
        days.retain(|(from, to)| from < to);
        days.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for (from, to) in days {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        merged
    }

    /// Given over planned, where a drug that was stopped stays planned, as much a day as before, until its line progresses, the next one
    /// begins, or the patient is followed no further.
    fn intensity(&self, drug: usize) -> Option<f64> {
        let drug = &self.record.drugs[drug];
        let to_stop = drug.relative_dose_intensity(self.until)?;
        let stop = drug.stopped.filter(|(day, _)| *day <= self.until);
        let (Some((stopped, _)), Some((first, _))) = (stop, drug.doses) else { return Some(to_stop) };
        let line = self.record.lines.iter().rfind(|l| l.began <= stopped).map_or(0, |l| l.line);
        let ends = [self.progression(line), self.began(line + 1), self.death, Some(self.until)];
        let end = ends.into_iter().flatten().chain([self.chart.last_day]).min().unwrap_or(stopped);
        let dosed = f64::from((stopped + 1).saturating_sub(first).max(1));
        let planned = f64::from(end.saturating_sub(first)).max(dosed);
        Some(to_stop * dosed / planned)
    }
}
