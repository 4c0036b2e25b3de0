//! What a course of therapy leaves behind: doses, adverse events, what was done about them, lines.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::toxicity::AdverseEvent;
use super::troughs::TroughDecision;

/// Why a drug is stopped for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// An event of grade 4.
    Grade4,
    /// Grade 3 events of one organ class as often as the label allows none.
    Recurrent,
    /// A grade 3 event after which it was decided not to start again.
    NotRestarted,
    /// No recovery within the longest hold.
    NoRecovery,
    /// A reduction below the last dose step.
    BelowLastStep,
}

/// Why a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Progression.
    Progression,
    /// A drug was stopped for adverse events.
    Toxicity,
    /// Its time was over.
    Duration,
    /// The next line began on its date.
    NextLine,
    /// A marker of the blood has risen.
    Marker,
}

/// Something done on a day. Drugs and lines are numbered from 0 in the order of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Action {
    /// A line begins.
    LineBegins {
        /// Which.
        line: usize,
    },
    /// A line ends.
    LineEnds {
        /// Which.
        line: usize,
        /// Why.
        reason: EndReason,
        /// Whether its drugs go on all the same.
        goes_on: bool,
    },
    /// A drug's turn begins, in a line whose regimens take turns.
    TurnBegins {
        /// The drug.
        drug: usize,
    },
    /// A drug is held.
    Hold {
        /// The drug.
        drug: usize,
        /// First day on which it may be given again.
        until: u32,
    },
    /// A drug is given again.
    Resume {
        /// The drug.
        drug: usize,
        /// Dose step: 0 for the full dose.
        step: usize,
        /// Whether the step is lower than before.
        reduced: bool,
    },
    /// A drug is stopped for good.
    Stop {
        /// The drug.
        drug: usize,
        /// Why.
        reason: StopReason,
    },
    /// A drug's trough is measured.
    Trough {
        /// The drug.
        drug: usize,
        /// What is measured, ng/mL.
        measured: f64,
        /// Day on which it is acted on.
        until: u32,
    },
    /// A trough is acted on.
    Adjust {
        /// The drug.
        drug: usize,
        /// Dose from now on, relative to the planned one in the long run; 0 where it is not given.
        relative_dose: f64,
        /// What is decided.
        reason: TroughDecision,
    },
    /// The marker of a line is sampled.
    Marker {
        /// What the assay reports, in its own unit.
        measured: f64,
        /// Day on which it is acted on.
        until: u32,
    },
    /// The adaptive rule, or a marker, pauses the line's drugs.
    Pause,
    /// It resumes them.
    Continue,
}

/// What happened to a drug.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrugRecord {
    /// Name.
    pub name: String,
    /// What it had come to by each day on which a dose was given or planned.
    pub totals: Vec<DoseTotal>,
    /// First and last day with a dose.
    pub doses: Option<(u32, u32)>,
    /// Number of holds.
    pub holds: u32,
    /// Number of reductions.
    pub reductions: u32,
    /// Day and reason of a stop for good.
    pub stopped: Option<(u32, StopReason)>,
}

/// Amounts of a drug up to a day.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct DoseTotal {
    /// The day.
    pub day: u32,
    /// Amount given: mg, or the dose's own unit where it has no mass.
    pub given: f64,
    /// Amount of the full plan over the same time: until the line ends or the drug is stopped, without the off-days
    /// of the plan itself and of an adaptive rule.
    pub planned: f64,
}

impl DrugRecord {
    /// Amounts up to a day.
    pub fn total(&self, until: u32) -> DoseTotal {
        let after = self.totals.partition_point(|total| total.day <= until);
        after.checked_sub(1).map_or_else(DoseTotal::default, |last| self.totals[last])
    }

    /// Adds what is given and planned on a day, the last one or a later one.
    pub fn add(&mut self, day: u32, given: f64, planned: f64) {
        let DoseTotal { given: before, planned: plan, .. } = self.totals.last().copied().unwrap_or_default();
        let total = DoseTotal { day, given: before + given, planned: plan + planned };
        match self.totals.last_mut().filter(|last| last.day == day) {
            Some(last) => *last = total,
            None => self.totals.push(total),
        }
    }

    /// Relative dose intensity up to a day: given over planned; `None` if nothing was planned.
    pub fn relative_dose_intensity(&self, until: u32) -> Option<f64> {
        let DoseTotal { given, planned, .. } = self.total(until);
        (planned > 0.0).then(|| given / planned)
    }
}

/// What happened to a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineRecord {
    /// Its number, from 0.
    pub line: usize,
    /// Day on which it began.
    pub began: u32,
    /// Day of its progression.
    pub progression: Option<u32>,
    /// Day on which it ended, and why.
    pub ended: Option<(u32, EndReason)>,
    /// Last day on which one of its drugs was given.
    pub last_dose: Option<u32>,
}

impl LineRecord {
    /// Days from the line's beginning to the last dose of one of its drugs, both included.
    pub fn time_on_treatment(&self) -> u32 {
        self.last_dose.map_or(0, |last| last - self.began + 1)
    }
}

/// Everything that a course leaves behind.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct TreatmentRecord {
    /// Adverse events in the order of days.
    pub events: Vec<AdverseEvent>,
    /// Actions and their days.
    pub actions: Vec<(u32, Action)>,
    /// Drugs in the order of the protocol.
    pub drugs: Vec<DrugRecord>,
    /// Lines that have begun.
    pub lines: Vec<LineRecord>,
}

impl TreatmentRecord {
    /// Whether a drug was stopped for good because of adverse events.
    pub fn discontinued(&self) -> bool {
        self.drugs.iter().any(|d| d.stopped.is_some())
    }

    /// Whether a drug's dose was changed: held, reduced or stopped.
    pub fn dose_changed(&self) -> bool {
        self.drugs.iter().any(|d| d.holds > 0 || d.reductions > 0 || d.stopped.is_some())
    }

    /// The worst grade of the events before a day (0: none), of all causes or of drugs alone.
    pub fn worst_grade(&self, before: u32, drugs_alone: bool) -> u8 {
        let counted = |e: &&AdverseEvent| e.day < before && (e.drug.is_some() || !drugs_alone);
        self.events.iter().filter(counted).map(|e| e.grade).max().unwrap_or(0)
    }
}
