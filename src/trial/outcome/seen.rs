//! The scans of a line as a person reads them, judged from the sums that this person measured.

use crate::therapy::response::{Category, Response};
use crate::trial::visits::{Chart, Scan, relative_volume};

/// A scan as a person judges it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct JudgedScan {
    /// Day.
    pub day: u32,
    /// Line that was given, or else the last one.
    pub line: usize,
    /// Relative change of the sum from the line's baseline.
    pub change: Option<f64>,
    /// Judgement, by RECIST on the person's own sums, and by new lesions.
    pub category: Category,
    /// Whether a new lesion is reported.
    pub new_lesion: bool,
}

/// Scans since a line began, until the person or the investigator sees progression and not beyond a day, whatever line they are in;
/// and whether the investigator ended them.
///
/// The first line is held against the baseline before the start, a later one against the last scan before it began: nadirs begin
/// there. What the investigator called progression on a line is that by the investigator's reading, whatever other looks at the tumour
/// it came from.
pub(super) fn seen(
    chart: &Chart,
    person: usize,
    begins: u32,
    line: usize,
    until: u32,
) -> (Vec<JudgedScan>, bool) {
    let start_mm = chart.follow().measured_baselines_mm()[person];
    let volume = |scan: &Scan| relative_volume(scan.readings[person].sum_mm, start_mm);
    let before = chart.scans.iter().rfind(|s| line > 0 && s.line < line && s.day <= begins);
    let mut response = Response::new(before.map_or(1.0, volume), Some(start_mm));
    let mut all = Vec::new();
    for scan in chart.scans.iter().filter(|s| s.line >= line && s.day <= until) {
        let judged = response.judge(volume(scan));
        let new_lesion = scan.readings[person].new_lesion;
        let closed = scan.category == Category::Progression;
        let progressed = new_lesion || (closed && person == 0);
        let category = if progressed { Category::Progression } else { judged.category };
        all.push(JudgedScan { day: scan.day, line: scan.line, change: judged.change, category, new_lesion });
        if closed || category == Category::Progression {
            return (all, closed);
        }
    }
    (all, false)
}
