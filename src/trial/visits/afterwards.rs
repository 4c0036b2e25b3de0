//! What a trial would have seen of a tumour whose volumes are known already: its calendar, its readers, its new lesions, drawn
//! afterwards, with the numbers that a [`Chart`](super::Chart) takes.
//!
//! It is of a therapy that the scans do not change: one line, which goes on.

use super::calendar::VisitCalendar;
use super::chart::relative_volume;
use super::follow::FollowUp;
use super::readers;
use super::spread::NewLesionHazard;
use crate::therapy::response::{Category, Response};

/// When something came, or until when it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstProgression {
    /// The day.
    pub day: u32,
    /// Whether it came.
    pub event: bool,
}

/// Progression by a person's readings (0: the investigator, 1: a central reader) or death, whichever comes first. Volumes of the lesions
/// relative to the start are asked for by the day, until death or the end of follow-up.
pub fn first_progression(
    follow: &FollowUp,
    person: usize,
    died: Option<u32>,
    volumes: impl Fn(u32) -> Vec<f64>,
) -> FirstProgression {
    let mut calendar = VisitCalendar::new(&follow.assessment, follow.key);
    let mut spread = NewLesionHazard::new(follow.key);
    let baseline_mm = follow.measured_baselines_mm()[person];
    let mut response = Response::new(1.0, Some(baseline_mm));
    for day in 1..=follow.end {
        if died.is_some_and(|died| day >= died) {
            return FirstProgression { day, event: true };
        }
        let now = volumes(day);
        spread.advance_day(follow, follow.log_volume(&now));
        let Some(number) = calendar.scan(day) else { continue };
        let read = readers::read(follow, &mut spread.unseen, follow.sum_mm(&now), number)[person];
        let judged = response.judge(relative_volume(read.sum_mm, baseline_mm));
        if read.new_lesion || judged.category == Category::Progression {
            return FirstProgression { day, event: true };
        }
    }
    FirstProgression { day: follow.end, event: false }
}
