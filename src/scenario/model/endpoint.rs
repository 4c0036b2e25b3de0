//! Names of end points, and what kind of figure each is.

use super::trial::Endpoint;
use crate::scenario::keys::ENDPOINTS;

/// What kind of figure an end point gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// A time in months.
    Months,
    /// A share of patients, or of a dose, in percent.
    Percent,
    /// A ratio of one arm to another.
    Ratio,
}

impl Endpoint {
    /// All of them, in the order of the file format's page.
    pub const ALL: [Endpoint; 20] = [
        Endpoint::PfsMedian,
        Endpoint::PfsRate,
        Endpoint::PfsHazardRatio,
        Endpoint::TotalPfsMedian,
        Endpoint::TotalPfsHazardRatio,
        Endpoint::SecondLinePfsMedian,
        Endpoint::OsMedian,
        Endpoint::OsRate,
        Endpoint::OsHazardRatio,
        Endpoint::ResponseRate,
        Endpoint::DiseaseControl,
        Endpoint::AnyShrinkage,
        Endpoint::ProgressiveDisease,
        Endpoint::FirstScanProgression,
        Endpoint::Grade3Or4,
        Endpoint::DoseLimiting,
        Endpoint::Discontinuation,
        Endpoint::DoseChange,
        Endpoint::DoseIntensity,
        Endpoint::EarlyCga,
    ];

    /// Name as a file gives it.
    pub fn name(self) -> &'static str {
        let index = Endpoint::ALL.iter().position(|other| *other == self);
        index.map_or("", |i| ENDPOINTS[i])
    }

    /// The end point of this name.
    pub fn of(name: &str) -> Option<Endpoint> {
        ENDPOINTS.iter().position(|other| *other == name).map(|i| Endpoint::ALL[i])
    }

    /// What kind of figure it gives.
    pub fn figure(self) -> Figure {
        use Endpoint::{
            OsHazardRatio, OsMedian, PfsHazardRatio, PfsMedian, SecondLinePfsMedian, TotalPfsHazardRatio,
            TotalPfsMedian,
        };
        match self {
            PfsMedian | TotalPfsMedian | SecondLinePfsMedian | OsMedian => Figure::Months,
            PfsHazardRatio | TotalPfsHazardRatio | OsHazardRatio => Figure::Ratio,
            _ => Figure::Percent,
        }
    }

    /// Whether it is measured at, or up to, a time that must be named.
    pub fn has_time(self) -> bool {
        matches!(self, Endpoint::PfsRate | Endpoint::OsRate | Endpoint::DoseLimiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_results_are_written_with() {
        for endpoint in Endpoint::ALL {
            let written = serde_json::to_value(endpoint).unwrap();
            assert_eq!(written.as_str(), Some(endpoint.name()));
            assert_eq!(Endpoint::of(endpoint.name()), Some(endpoint));
        }
        assert_eq!(Endpoint::of("survival"), None);
    }
}
