//! What one patient came to in one arm, as a view shows it: end points, response, toxicity, resistance.
//!
//! | end point | from | to |
//! |---|---|---|
//! | PFS | start | progression against the baseline before the start and the nadir since, or death, whatever was taken |
//! | PFS of line 2 | its beginning | the same against the last scan before it and the nadir since |
//! | total PFS | | PFS2 without the gap between progression of the first line and the beginning of the second: PFS and PFS of line 2 in sum; whoever never begins a planned second line contributes the PFS, an event only if dead |
//! | PFS2 | start | progression on line 2, or death |
//! | OS | start | death |
//!
//! That is the treatment policy. While on treatment, a line is censored at the last scan before its drugs were stopped; in the composite
//! estimand a stop for adverse events is an event; in the hypothetical one nobody stops, which is simulated. A line's drugs are stopped
//! when it ends without progression, or all of them were stopped for good.
//!
//! A view shows nothing after its cut-off or the patient's withdrawal. What ends without an event ends at the last scan that is shown
//! (OS: when the view ends). Scans end when the investigator sees progression: other readers, who have not seen it, are censored there. In
//! an arm with one line the total PFS is the PFS, and there is no PFS2. Best response and best change are those of the first line until it
//! progresses, the scan of progression included.
//!
//! What a whole strategy comes to, on equal terms for arms with one line and with several, is in [`Strategy`].

mod seen;
mod span;
mod strategy;

use serde::{Deserialize, Serialize};

use crate::therapy::response::Category;
use crate::therapy::{Action, TreatmentRecord};

use super::exact;
use super::visits::{Chart, Composition, ELEVATED_CGA, TrialView};
use seen::JudgedScan;
use span::Spans;

pub use span::{DAYS_PER_MONTH, Ended, FollowedSpan};
pub use strategy::{FirstEvent, Strategy};

/// Share of live cells by which a locus must have grown to count as what dominates at progression.
const DOMINANT: f64 = 0.05;

/// Fall of a marker that is an early response, and at the earliest laboratory visit from this day on.
const EARLY: (f64, u32) = (0.3, 28);

/// What one patient came to in one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Number of the patient.
    pub patient: u32,
    /// Day of entry, from that of the first patient.
    pub entry: u32,
    /// Last day, from entry, that is shown.
    pub last_day: u32,
    /// PFS of the first line.
    pub pfs: FollowedSpan,
    /// Day on which the second line began.
    pub second_line: Option<u32>,
    /// Day on which the third line began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_line: Option<u32>,
    /// PFS of the second line.
    pub second_pfs: Option<FollowedSpan>,
    /// Total PFS.
    pub total_pfs: FollowedSpan,
    /// PFS2; `None` in an arm with one line.
    pub pfs2: Option<FollowedSpan>,
    /// Whether times of the first and of the second line are censored because the drugs were stopped.
    pub stopped: [bool; 2],
    /// Overall survival.
    pub os: FollowedSpan,
    /// What the whole strategy came to.
    pub strategy: Strategy,
    /// Best response of the first line, confirmed where the trial asks for it; `None` without a scan.
    pub best: Option<Category>,
    /// Smallest relative change of the sum of diameters in the first line.
    #[serde(with = "exact::option")]
    pub best_change: Option<f64>,
    /// Progression at the first scan, or death before it.
    pub progressed_at_first_scan: bool,
    /// Whether progression of the first line was by a new lesion.
    pub new_lesion: bool,
    /// Growth rate by volume from the start to the first scan, percent a month.
    #[serde(with = "exact::option")]
    pub growth_percent_month: Option<f64>,
    /// Days from the start to the last dose of the first line.
    pub on_treatment: u32,
    /// An adverse event of grade 3 or 4.
    pub severe: bool,
    /// Day of the first dose-limiting event: one of a drug, of grade 3 or 4, or of grade 2 that is not tolerated.
    pub dose_limiting: Option<u32>,
    /// A drug was stopped for adverse events.
    pub discontinued: bool,
    /// A dose was held, reduced or stopped.
    pub dose_changed: bool,
    /// Relative dose intensity by drug, in the order of the arm.
    #[serde(with = "exact::options")]
    pub intensities: Vec<Option<f64>>,
    /// Locus that grew most until progression of the first line, if any did much.
    pub dominant: Option<usize>,
    /// Composition at progression of the first line.
    pub at_progression: Option<Composition>,
    /// Chromogranin A at baseline, ng/mL.
    #[serde(with = "exact")]
    pub cga: f64,
    /// Relative change of chromogranin A after 4 weeks.
    #[serde(with = "exact::option")]
    pub cga_change: Option<f64>,
    /// Relative change of neuron-specific enolase after 4 weeks.
    #[serde(with = "exact::option")]
    pub nse_change: Option<f64>,
    /// Number of times that lesions were thinned.
    pub thinned: u32,
    /// Division attempts without a free site as a share of divisions.
    #[serde(with = "exact")]
    pub blocked: f64,
    /// Hash of all that was seen of the tumour, in hexadecimal.
    pub digest: String,
}

impl Outcome {
    /// Whether it can be that of a trial with so many loci.
    pub fn fits(&self, loci: usize) -> bool {
        self.dominant.is_none_or(|locus| locus < loci)
            && self.at_progression.as_ref().is_none_or(|c| c.changed.len() == loci)
    }

    /// From the chart and the record of the therapy, in an arm with this many lines, as tables show it.
    pub fn new(chart: &Chart, record: &TreatmentRecord, lines: usize) -> Self {
        let view = chart.follow().view;
        // Nobody comes in after the cut-off of the primary analysis.
        let limit = chart.follow().limit(&view).unwrap_or(0);
        Self::of(&Spans { chart, record, lines, view, limit })
    }

    /// As another view shows it, without what no figure needs; `None` for a patient who came in after its cut-off.
    pub fn shown(chart: &Chart, record: &TreatmentRecord, view: TrialView) -> Option<Self> {
        let limit = chart.follow().limit(&view)?;
        let whole = Self::of(&Spans { chart, record, lines: chart.lines(), view, limit });
        let strategy = whole.strategy.without_series();
        Some(Self { at_progression: None, digest: String::new(), strategy, ..whole })
    }

    fn of(spans: &Spans<'_>) -> Self {
        let Spans { chart, record, lines, limit, view } = *spans;
        let follow = chart.follow();
        let first = spans.line(0);
        let second = spans.began(1).map(|_| spans.line(1));
        let pfs = spans.span(0, &first);
        let of_first: Vec<JudgedScan> = first.scans.iter().filter(|s| s.line == 0).copied().collect();
        let changes = of_first.iter().filter_map(|s| s.change);
        let at_progression = chart.at_progression.iter().find(|(line, c)| *line == 0 && c.day <= limit);
        let at_progression = at_progression.map(|(_, c)| c.clone());
        let early = chart.laboratory.iter().find(|l| l.day >= EARLY.1);
        let start = chart.laboratory.first();
        let stopped = |day: Option<u32>| day.is_some_and(|day| day <= limit);
        let discontinued = record.drugs.iter().any(|d| stopped(d.stopped.map(|(day, _)| day)));
        // From nothing there is no change.
        let relative = |now: f64, before: f64| (before > 0.0).then(|| now / before - 1.0);
        let os = spans.survival();
        let death = (os.ended == Ended::Death).then_some(os.days);
        let response = confirmed(&of_first, view.confirmation, is_response);
        Self {
            patient: follow.key.patient,
            entry: follow.entry,
            last_day: limit,
            pfs,
            second_line: spans.began(1),
            third_line: spans.began(2),
            second_pfs: second.as_ref().map(|second| spans.span(1, second)),
            total_pfs: spans.total(pfs),
            pfs2: (lines > 1).then(|| spans.pfs2()),
            stopped: [first.stopped, second.is_some_and(|second| second.stopped)],
            os,
            strategy: Strategy::new(chart, record, lines, limit, death, response),
            best: best(&of_first, view.confirmation),
            best_change: changes.fold(None, |least: Option<f64>, c| Some(least.map_or(c, |l| l.min(c)))),
            progressed_at_first_scan: match of_first.first() {
                Some(scan) => scan.category == Category::Progression,
                None => pfs.ended == Ended::Death,
            },
            new_lesion: of_first.iter().any(|s| s.category == Category::Progression && s.new_lesion),
            growth_percent_month: of_first.first().and_then(|scan| {
                let months = f64::from(scan.day) / DAYS_PER_MONTH;
                Some(100.0 * libm::expm1(3.0 * libm::log1p(scan.change?) / months))
            }),
            on_treatment: record.lines.first().map_or(0, |l| match l.last_dose {
                Some(last) if l.began <= limit => last.min(limit) - l.began + 1,
                _ => 0,
            }),
            severe: record.events.iter().any(|e| e.grade >= 3 && e.day <= limit),
            dose_limiting: dose_limiting(record).filter(|day| *day <= limit),
            discontinued,
            dose_changed: discontinued || record.actions.iter().any(|a| a.0 <= limit && changes_dose(&a.1)),
            intensities: record.drugs.iter().map(|d| d.relative_dose_intensity(limit)).collect(),
            dominant: at_progression.as_ref().and_then(|now| dominant(chart.compositions.first()?, now)),
            at_progression,
            cga: start.map_or(0.0, |l| l.cga),
            cga_change: early.zip(start).and_then(|(now, start)| relative(now.cga, start.cga)),
            nse_change: early.zip(start).and_then(|(now, start)| relative(now.nse, start.nse)),
            thinned: chart.thinned,
            blocked: match chart.blocked {
                (0, _) => 0.0,
                (blocked, births) => blocked as f64 / (blocked + births) as f64,
            },
            digest: crate::simulation::digest::hex(&chart.digest())[..16].to_owned(),
        }
    }

    /// An objective response.
    pub fn responded(&self) -> bool {
        self.best.is_some_and(is_response)
    }

    /// A response or stable disease.
    pub fn controlled(&self) -> bool {
        self.responded() || self.best == Some(Category::StableDisease)
    }

    /// Any shrinkage.
    pub fn shrank(&self) -> bool {
        self.best_change.is_some_and(|change| change < 0.0)
    }

    /// Whether there is an early response of chromogranin A; `None` where it was not elevated at baseline, or not measured again.
    pub fn early_cga(&self) -> Option<bool> {
        let change = self.cga_change.filter(|_| self.cga > ELEVATED_CGA)?;
        Some(change <= -EARLY.0)
    }

    /// An early response of neuron-specific enolase.
    pub fn early_nse(&self) -> bool {
        self.nse_change.is_some_and(|change| change <= -EARLY.0)
    }
}

/// Day of the first scan of a kind, which is seen again after `wait` days if it must be confirmed.
fn confirmed(scans: &[JudgedScan], wait: u32, of: fn(Category) -> bool) -> Option<u32> {
    let again = |i: usize| scans[i + 1..].iter().any(|s| of(s.category) && s.day >= scans[i].day + wait);
    (0..scans.len()).find(|i| of(scans[*i].category) && (wait == 0 || again(*i))).map(|i| scans[i].day)
}

/// Best response over the scans of a line; one that must be confirmed is to be seen again after `wait` days.
fn best(scans: &[JudgedScan], wait: u32) -> Option<Category> {
    scans.first()?;
    if confirmed(scans, wait, |c| c == Category::CompleteResponse).is_some() {
        Some(Category::CompleteResponse)
    } else if confirmed(scans, wait, is_response).is_some() {
        Some(Category::PartialResponse)
    } else if scans.iter().any(|s| s.category != Category::Progression) {
        Some(Category::StableDisease)
    } else {
        Some(Category::Progression)
    }
}

/// Whether a scan alone is one of a response.
pub(in crate::trial) fn is_response(category: Category) -> bool {
    matches!(category, Category::CompleteResponse | Category::PartialResponse)
}

pub(super) fn dose_limiting(record: &TreatmentRecord) -> Option<u32> {
    let limits = |grade, decisive| grade >= 3 || (grade == 2 && decisive);
    let events = record.events.iter().filter(|e| e.drug.is_some() && limits(e.grade, e.decisive));
    events.map(|e| e.day).min()
}

/// Whether an action holds or lowers a dose.
fn changes_dose(action: &Action) -> bool {
    matches!(action, Action::Hold { .. } | Action::Resume { reduced: true, .. })
}

fn dominant(start: &Composition, now: &Composition) -> Option<usize> {
    let rises = now.changed.iter().zip(&start.changed).map(|(now, start)| now - start).enumerate();
    let most = rises.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    most.filter(|(_, rise)| *rise >= DOMINANT).map(|(locus, _)| locus)
}

#[cfg(test)]
pub(super) mod tests;
