//! First events of the first line, where another one may come before them.

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

use super::Results;
use crate::table::word;
use crate::trial::outcome::{DAYS_PER_MONTH, FirstEvent, Outcome};
use crate::trial::stats::{CumulativeIncidence, First, Undefined};

/// An event that is counted by when it comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedEvent {
    /// A drug is stopped for adverse events.
    Discontinuation,
    /// An adverse event of grade 3 or 4.
    #[serde(rename = "grade_3_or_4")]
    Severe,
    /// A dose-limiting event.
    DoseLimiting,
    /// A response, confirmed where the trial asks for it.
    Response,
}

impl CountedEvent {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Discontinuation, Self::Severe, Self::DoseLimiting, Self::Response];

    /// Word for files.
    pub fn word(self) -> String {
        word(&self)
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discontinuation => "drug stopped for adverse events",
            Self::Severe => "event of grade 3–4",
            Self::DoseLimiting => "dose-limiting event",
            Self::Response => "response",
        }
    }

    fn of(self, outcome: &Outcome) -> FirstEvent {
        let strategy = &outcome.strategy;
        match self {
            Self::Discontinuation => strategy.discontinuation,
            Self::Severe => strategy.severe,
            Self::DoseLimiting => strategy.dose_limiting,
            Self::Response => strategy.response,
        }
    }
}

/// One for each arm, event and distinct time, after one at time 0: cumulative incidence (Aalen and Johansen) in the first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct IncidenceRow {
    /// Arm.
    pub arm: String,
    /// `discontinuation` of a drug for adverse events, `grade_3_or_4`, `dose_limiting`, `response`: the first one. Progression on the
    /// first line, death and the beginning of the next line are competing events, of a discontinuation also the end of the line.
    pub event: CountedEvent,
    /// Time, months.
    pub time_months: f64,
    /// Patients who have had neither until then and are followed so long.
    pub at_risk: usize,
    /// Events at this time.
    pub events: usize,
    /// Competing events at this time.
    pub competing: usize,
    /// Fraction of patients with the event by this time.
    pub incidence: f64,
    /// Lower end of the pointwise 95 % interval (log-log); empty where there is none.
    pub incidence_low: Option<f64>,
    /// Upper end.
    pub incidence_high: Option<f64>,
}

impl IncidenceRow {
    /// The curve of an event in an arm.
    pub fn of(arm: &str, event: CountedEvent, curve: &CumulativeIncidence) -> Vec<Self> {
        let row = |time_months, at_risk| Self {
            arm: arm.to_owned(),
            event,
            time_months,
            at_risk,
            events: 0,
            competing: 0,
            incidence: 0.0,
            incidence_low: None,
            incidence_high: None,
        };
        let start = curve.steps.first().filter(|s| s.time > 0.0).map(|_| row(0.0, curve.subjects));
        let steps = curve.steps.iter().map(|s| Self {
            events: s.events,
            competing: s.competing,
            incidence: s.incidence,
            incidence_low: s.interval.map(|i| i.low),
            incidence_high: s.interval.map(|i| i.high),
            ..row(s.time, s.at_risk)
        });
        start.into_iter().chain(steps).collect()
    }
}

impl Results {
    /// Cumulative incidence of an event in an arm, by months.
    ///
    /// # Errors
    ///
    /// [`Undefined::NoSubjects`] for an arm without patients.
    pub fn incidence(&self, arm: usize, event: CountedEvent) -> Result<CumulativeIncidence, Undefined> {
        let first = |o: &Outcome| -> (f64, First) {
            let FirstEvent { day, first } = event.of(o);
            (f64::from(day) / DAYS_PER_MONTH, first)
        };
        CumulativeIncidence::new(&self.arms[arm].iter().map(first).collect::<Vec<_>>())
    }
}
