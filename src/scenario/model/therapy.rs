//! The plan of a therapy: regimens, lines, when a line ends, visits.
//!
//! Times are whole days. A line counts its own days from 0, the day on which it begins; a cycle counts its days from
//! 1, as protocols do.

use serde::Serialize;

use super::monitoring::DrugMonitoring;
use super::regimen::Regimen;
use super::trigger::MarkerTrigger;
use crate::scenario::declare::*;
use crate::words::named;

/// What ends a line of therapy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum LineEnd {
    /// Progression at a visit.
    Progression,
    /// A drug of the line is stopped for good because of adverse events.
    Toxicity,
    /// This many days after the line began.
    After {
        /// Number of days, at least 1.
        days: u32,
    },
}

/// When an adaptive line looks at the burden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Monitor {
    /// At every visit.
    Visit,
    /// Every so many days since the line began.
    Every {
        /// Number of days, at least 1.
        days: u32,
    },
}

/// Adaptive therapy, judged against the volume at the beginning of the line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Section)]
#[section(path = "therapy.line.adaptive", heading = "adaptive = { … }", given = ordered)]
pub struct AdaptiveDoses {
    /// Doses pause when the volume falls below this fraction.
    #[key(above(0.0, 1.0), required, example = 0.5)]
    pub off_below: f64,
    /// They resume when it reaches this fraction; above `off_below`.
    #[key(above(0.0, 16.0), required, example = 1.0)]
    pub on_above: f64,
    /// When it is judged: at visits, or every so often since the line began.
    #[key(default = "visit", example = "7 d")]
    pub monitor: Monitor,
}

/// A line of therapy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Regimens, given together, or in turns with `alternate`.
    pub regimens: Vec<Regimen>,
    /// Reduced doses of a drug in order, in place of those of its label; several drugs may stand in one list.
    pub steps: Vec<Regimen>,
    /// Day on which it begins and the line before it ends at the latest; `None`: when the line before it has ended
    /// (the first line: on day 0).
    pub start: Option<u32>,
    /// Days without the line's drugs between the end of the line before it and its own beginning.
    pub delay: u32,
    /// What ends it, whichever comes first; empty: nothing.
    pub until: Vec<LineEnd>,
    /// Days for which the line goes on after its progression.
    pub beyond_progression: u32,
    /// Length of a turn in days, if its regimens take turns.
    pub alternate: Option<u32>,
    /// Adaptive rule.
    pub adaptive: Option<AdaptiveDoses>,
    /// Marker that pauses or ends it.
    pub trigger: Option<MarkerTrigger>,
}

named! {
    /// What comes when the last line has ended.
    pub enum AfterLastLine {
        /// Only what is given in the background goes on.
        Stop = "stop",
        /// Its regimens go on: treatment beyond progression.
        Continue = "continue",
    }
}

/// When the tumour is measured, in days since the start of the therapy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Visits {
    /// The first visits, ascending, at least one.
    pub at: Vec<u32>,
    /// Days from the last of them to the next visit, and from then on.
    pub every: u32,
    /// Sum of diameters at the start, mm: progression then needs an increase of 5 mm too.
    pub baseline_mm: Option<f64>,
}

impl Visits {
    /// Day of a visit, counted from 0.
    pub fn day(&self, index: usize) -> u32 {
        match (self.at.get(index), self.at.last()) {
            (Some(day), _) => *day,
            (None, last) => {
                let further = (index - self.at.len() + 1) as u32;
                last.map_or(0, |l| *l).saturating_add(self.every.saturating_mul(further))
            }
        }
    }

    /// Whether there is a visit on a day.
    pub fn on(&self, day: u32) -> bool {
        let regular = |last: &u32| day > *last && (day - last).is_multiple_of(self.every);
        self.at.contains(&day) || self.at.last().is_some_and(regular)
    }
}

/// What the model of adverse events needs beside the incidences of the catalogue. The defaults are of
/// confidence C: choices, or fitted where they say so.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Section)]
#[section(path = "therapy.toxicity")]
pub struct AdverseEvents {
    /// Whether there are adverse events.
    #[key(name = "events", default = true, example = false)]
    pub occur: bool,
    /// Factor on grade 3 and 4 hazards of an organ class that two drugs share, while the other one is there at
    /// its reference exposure. 2 to 3 makes daily everolimus 10 mg and sunitinib 37.5 mg intolerable, as they
    /// were.
    #[key(number(1.0, 100.0), default = 2.5, example = 2.0)]
    pub overlap: f64,
    /// Share of patients with a disease-related event of grade 3 or 4 within a year, which changes no dose.
    /// What the events of everolimus leave of 59.3 % with any. It is less than the 23 to 27 % that placebo arms
    /// have in about 4 months: 15 % in that time.
    #[key(number(0.0, 0.99), default = 0.43, example = 0.0)]
    pub background: f64,
    /// Share of grade 2 among the events of grade 1 and 2. Stomatitis of grade 2 or more in 33 % (SWISH's
    /// control, BOLERO-2) and of any grade in 67 %.
    #[key(FRACTION, default = 0.42)]
    pub grade_2: f64,
    /// Share of grade 4 among the events of grade 3 and 4, other than of the blood.
    #[key(FRACTION, default = 0.05)]
    pub grade_4: f64,
    /// The same of blood counts. Sunitinib in pancreatic NET: neutrophils 13 % grade 3 and 2.4 % grade 4,
    /// platelets 3.7 % and 1.2 %.
    #[key(FRACTION, default = 0.17)]
    pub grade_4_blood: f64,
    /// Share of grade 2 events that are not tolerated. One centre reduced 4 of 6, another one held for hardly
    /// any; between them, fitted to the 59 % of RADIANT-3's patients whose dose was changed by the data cut-off.
    #[key(FRACTION, default = 0.5)]
    pub intolerable: f64,
    /// Share of grade 3 events after which a drug is not started again. Fitted to the discontinuation for adverse
    /// events by the data cut-off: 17.9 % (RADIANT-3) and 22 % (SUN-1111). Those figures count events of any cause, so
    /// that it stands for stops after milder events and those of the disease too.
    #[key(FRACTION, default = 0.65)]
    pub not_restarted: f64,
    /// Longest hold; a drug that cannot be given again by then is stopped.
    #[key(default = "28 d", example = "21 d", form = SomeDays)]
    pub longest_hold: u32,
    /// Whether adverse events stop drugs for good. If not, what would stop one holds it until recovery, and it is
    /// then given at the next lower dose, or at the lowest one again: what the estimand `hypothetical` simulates.
    #[key(default = true, example = false)]
    pub stops: bool,
}

/// The plan of a therapy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Therapy {
    /// Regimens given all the time, whatever the line.
    pub background: Vec<Regimen>,
    /// Lines, in order; at least one.
    pub lines: Vec<Line>,
    /// What comes after the last one.
    pub after_last_line: AfterLastLine,
    /// When the tumour is measured.
    pub visits: Visits,
    /// Adverse events.
    pub toxicity: AdverseEvents,
    /// Drugs whose doses follow their troughs, each once.
    pub monitoring: Vec<DrugMonitoring>,
}

impl Therapy {
    /// All regimens and reduced doses, in order.
    pub fn regimens(&self) -> impl Iterator<Item = &Regimen> {
        let lines = self.lines.iter().flat_map(|l| l.regimens.iter().chain(&l.steps));
        self.background.iter().chain(lines)
    }

    /// Names of the drugs, each once, in the order of their first mention.
    pub fn drugs(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for regimen in self.regimens() {
            if !names.contains(&regimen.drug.as_str()) {
                names.push(&regimen.drug);
            }
        }
        names
    }
}

/// Reports thresholds of an adaptive rule that are not in order.
fn ordered(reader: &Reader<'_>) {
    reader.ascending("off_below", "on_above", "for example `off_below = 0.5, on_above = 1.0`");
}

#[cfg(test)]
mod tests {
    use super::*;

    // The calendars of RADIANT-3, SUN-1111 and RADIANT-4.
    #[test]
    fn calendars_of_trials() {
        let days = |at: &[u32], every| {
            let visits = Visits { at: at.to_vec(), every, baseline_mm: None };
            let days: Vec<u32> = (0..5).map(|i| visits.day(i)).collect();
            let on: Vec<u32> = (0..=days[4]).filter(|d| visits.on(*d)).collect();
            assert_eq!(days, on);
            days
        };
        assert_eq!(days(&[84], 84), [84, 168, 252, 336, 420]);
        assert_eq!(days(&[35, 63], 56), [35, 63, 119, 175, 231]);
        assert_eq!(days(&[56, 112, 168], 84), [56, 112, 168, 252, 336]);
    }
}
