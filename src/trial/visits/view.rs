//! What a trial shows of its patients: by which reader, until when, with which confirmation, and what a stop of therapy means.
//!
//! A tumour is simulated once, to the end. A view is worked out afterwards from what was seen and given, so that one simulated trial
//! is read at several cut-offs and by several readers.

use serde::{Deserialize, Serialize};

use crate::numbers::DAYS_PER_MONTH;
use crate::scenario::{Estimand, Published, ScanReader, Trial};
use crate::simulation::naming::fixed;

/// Days after which a response must be seen again where a figure was confirmed and the trial does not say how: RECIST's 4 weeks.
const CONFIRMATION: u32 = 28;

/// What a trial shows of its patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialView {
    /// Whose reading of scans.
    pub reader: ScanReader,
    /// Days from the first patient's entry to the cut-off; `None`: everybody is followed to the end.
    pub cutoff: Option<u32>,
    /// Days after which a response must be seen again to count; 0: it counts at once.
    pub confirmation: u32,
    /// What a stop of therapy means.
    pub estimand: Estimand,
}

impl TrialView {
    /// The view in which a trial's tables show an arm.
    pub fn primary(trial: &Trial, arm: usize) -> Self {
        Self {
            reader: trial.assessment.reader,
            cutoff: trial.conduct.cutoff,
            confirmation: trial.assessment.confirmation,
            estimand: trial.arms[arm].estimand.unwrap_or(trial.conduct.estimand),
        }
    }

    /// The view in which a figure was published. What is not known of it is as in the trial; published figures are of a treatment
    /// policy.
    pub fn published(trial: &Trial, figure: &Published) -> Self {
        let confirmation = match (figure.confirmed, trial.assessment.confirmation) {
            (Some(true), 0) => CONFIRMATION,
            (Some(false), _) => 0,
            (_, own) => own,
        };
        Self {
            reader: figure.reader.unwrap_or(trial.assessment.reader),
            cutoff: figure.timing.cutoff(&trial.conduct).or(trial.conduct.cutoff),
            confirmation,
            estimand: Estimand::TreatmentPolicy,
        }
    }

    /// Views of arms in words, for who reads their tables: each once, with the arms that it is of unless it is of all.
    pub fn words(trial: &Trial) -> String {
        let arms = 0..trial.arms.len();
        let views: Vec<Self> = arms.map(|arm| Self::primary(trial, arm)).collect();
        let Some(first) = views.first() else { return String::new() };
        let cutoff = match first.cutoff {
            Some(day) => {
                format!("at the data cut-off of month {}", fixed(f64::from(day) / DAYS_PER_MONTH, 0))
            }
            None => "until the end of the simulation".to_owned(),
        };
        let mut estimands: Vec<(Estimand, Vec<&str>)> = Vec::new();
        for (arm, view) in trial.arms.iter().zip(&views) {
            match estimands.iter_mut().find(|(of, _)| *of == view.estimand) {
                Some((_, names)) => names.push(&arm.name),
                None => estimands.push((view.estimand, vec![&arm.name])),
            }
        }
        let of = |(estimand, names): &(Estimand, Vec<&str>)| match estimands.len() {
            1 => estimand.meaning().to_owned(),
            _ => format!("{}: {}", names.join(", "), estimand.meaning()),
        };
        let estimands: Vec<String> = estimands.iter().map(of).collect();
        format!("Scans as read by {}, {cutoff}; {}.", first.reader.person(), estimands.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_told_in_words() {
        let text = |more: &str, arm: &str| {
            let text = format!(
                "name = \"t\"\nphenotype = \"signalling\"\n[time]\nend = \"900 d\"\n[lattice]\n[start]\n[oxygen]\n[vessels]\n[trial]\n{more}\n\
                 [cohort]\nagents = 2000\n[assessment]\nreader = \"central\"\n[[arm]]\nname = \"a\"\n[arm.therapy]\nregimen = \"best supportive care\"\n\
                 [[arm]]\nname = \"b\"\n{arm}[arm.therapy]\nregimen = \"everolimus 10 mg daily\"\n"
            );
            let read = crate::trial::file::parse(&text, "t.toml", std::path::Path::new("")).unwrap();
            TrialView::words(&read.scenario.trial.unwrap())
        };
        let policy = "followed until progression or death, whatever was taken (treatment policy)";
        assert_eq!(
            text("", ""),
            format!("Scans as read by a central reader, until the end of the simulation; {policy}.")
        );
        let composite = "a stop for adverse events counts as an event (composite)";
        assert_eq!(
            text("cutoff = \"600 d\"", "estimand = \"composite\"\n"),
            format!(
                "Scans as read by a central reader, at the data cut-off of month 20; a: {policy}; b: {composite}."
            )
        );
    }
}
