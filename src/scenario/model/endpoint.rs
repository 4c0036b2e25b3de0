//! Names of end points, and what kind of figure each is.

use super::trial::PublishedEndpoint;

/// What kind of figure an end point gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureKind {
    /// A time in months.
    Months,
    /// A share of patients, or of a dose, in percent.
    Percent,
    /// A ratio of one arm to another.
    Ratio,
}

impl PublishedEndpoint {
    /// Name as a file gives it.
    pub fn name(self) -> &'static str {
        self.word()
    }

    /// The name for readers, with the capitals of the field: `PFS hazard ratio`.
    pub fn words(name: &str) -> String {
        let word = |word: &str| match word {
            "pfs" | "os" | "cga" => word.to_uppercase().replace("CGA", "CgA"),
            "grade3" => "grade 3".to_owned(),
            "or4" => "or 4".to_owned(),
            _ => word.to_owned(),
        };
        name.split('_').map(word).collect::<Vec<_>>().join(" ")
    }

    /// Whether it counts the patients who have something, without regard to how long they were followed.
    pub fn is_share_of_patients(self) -> bool {
        let other = matches!(
            self,
            PublishedEndpoint::PfsRate | PublishedEndpoint::OsRate | PublishedEndpoint::DoseIntensity
        );
        self.figure() == FigureKind::Percent && !other
    }

    /// What kind of figure it gives.
    pub fn figure(self) -> FigureKind {
        use PublishedEndpoint::{
            OsHazardRatio, OsMedian, PfsHazardRatio, PfsMedian, SecondLinePfsMedian, TotalPfsHazardRatio,
            TotalPfsMedian,
        };
        match self {
            PfsMedian | TotalPfsMedian | SecondLinePfsMedian | OsMedian => FigureKind::Months,
            PfsHazardRatio | TotalPfsHazardRatio | OsHazardRatio => FigureKind::Ratio,
            _ => FigureKind::Percent,
        }
    }

    /// Whether scans must be read for it.
    pub fn has_reader(self) -> bool {
        use PublishedEndpoint::{
            AnyShrinkage, DiseaseControl, FirstScanProgression, PfsHazardRatio, PfsMedian, PfsRate,
            ProgressiveDisease, ResponseRate, SecondLinePfsMedian, TotalPfsHazardRatio, TotalPfsMedian,
        };
        matches!(
            self,
            PfsMedian
                | PfsRate
                | PfsHazardRatio
                | TotalPfsMedian
                | TotalPfsHazardRatio
                | SecondLinePfsMedian
                | ResponseRate
                | DiseaseControl
                | AnyShrinkage
                | ProgressiveDisease
                | FirstScanProgression
        )
    }

    /// Whether it depends on how long patients had been followed: all but what is seen within a time.
    pub fn has_cutoff(self) -> bool {
        !matches!(
            self,
            PublishedEndpoint::DoseLimiting
                | PublishedEndpoint::EarlyCga
                | PublishedEndpoint::FirstScanProgression
        )
    }

    /// Whether a response must perhaps be seen twice to count for it.
    pub fn has_confirmation(self) -> bool {
        matches!(self, PublishedEndpoint::ResponseRate | PublishedEndpoint::DiseaseControl)
    }

    /// Whether it is measured at, or up to, a time that must be named.
    pub fn has_time(self) -> bool {
        matches!(
            self,
            PublishedEndpoint::PfsRate | PublishedEndpoint::OsRate | PublishedEndpoint::DoseLimiting
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_results_are_written_with() {
        for endpoint in PublishedEndpoint::ALL.iter().copied() {
            let written = serde_json::to_value(endpoint).unwrap();
            assert_eq!(written.as_str(), Some(endpoint.name()));
            assert_eq!(PublishedEndpoint::of(endpoint.name()), Some(endpoint));
        }
        assert_eq!(PublishedEndpoint::of("survival"), None);
    }

    // Plots had "PFS hazard ratio" where pages and tables had "pfs hazard ratio".
    #[test]
    fn abbreviations_have_their_capitals() {
        let words: Vec<String> =
            PublishedEndpoint::ALL.iter().map(|e| PublishedEndpoint::words(e.name())).collect();
        for expected in
            ["total PFS hazard ratio", "OS median", "grade 3 or 4", "early CgA", "disease control"]
        {
            assert!(words.iter().any(|w| w == expected), "{expected}: {words:?}");
        }
    }
}
