//! When a patient is scanned.

use super::draws::VisitDraw;
use crate::scenario::{Assessment, Visits};
use crate::tissue::random::StreamKey;

/// A patient's scans: the trial's calendar, each early or late by a few days.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitCalendar {
    planned: Visits,
    jitter: u32,
    key: StreamKey,
    /// Number of the next scan, from 1, and its day.
    next: (u32, u32),
}

impl VisitCalendar {
    /// The calendar of a patient.
    pub fn new(assessment: &Assessment, key: StreamKey) -> Self {
        let planned = assessment.visits.clone();
        let mut calendar = Self { planned, jitter: assessment.jitter, key, next: (0, 0) };
        calendar.pass();
        calendar
    }

    fn pass(&mut self) {
        let number = self.next.0 + 1;
        self.next = (number, self.day(number));
    }

    /// Day of a scan, by its number from 1: uniform among the days that are near enough.
    pub fn day(&self, number: u32) -> u32 {
        let planned = self.planned.day(number as usize - 1);
        let width = 2 * self.jitter + 1;
        let late = libm::floor(VisitDraw::Jitter.of(self.key, number).uniform() * f64::from(width)) as u32;
        // The first day after the start at the earliest.
        (planned + late.min(width - 1)).saturating_sub(self.jitter).max(1)
    }

    /// The number of the scan of a day, if there is one; days are asked for in order.
    pub fn scan(&mut self, day: u32) -> Option<u32> {
        if day < self.next.1 {
            return None;
        }
        let number = self.next.0;
        self.pass();
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::visits::tests::assessment;

    fn days(jitter: u32, patient: u32) -> Vec<u32> {
        let plan = Assessment {
            visits: Visits { at: vec![35, 63], every: 56, baseline_mm: None },
            jitter,
            ..assessment()
        };
        let mut calendar = VisitCalendar::new(&plan, StreamKey { seed: 3, patient });
        (0..300).filter(|day| calendar.scan(*day).is_some()).collect()
    }

    #[test]
    fn without_jitter_scans_are_as_planned() {
        assert_eq!(days(0, 1), [35, 63, 119, 175, 231, 287]);
    }

    #[test]
    fn scans_are_early_or_late_by_a_few_days_and_every_day_comes() {
        let mut seen = [0; 15];
        for patient in 0..600 {
            let days = days(7, patient);
            assert!(days.is_sorted() && days.len() >= 5, "{days:?}");
            let late = i64::from(days[1]) - 63;
            assert!((-7..=7).contains(&late));
            seen[(late + 7) as usize] += 1;
        }
        // 40 expected of each; five standard deviations.
        assert!(seen.iter().all(|n| (10..=72).contains(n)), "{seen:?}");
    }
}
