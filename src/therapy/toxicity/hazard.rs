//! Hazards of one adverse event of one drug, from its incidence within a year.

use crate::catalogue::{OnsetModel, Toxicity};

/// Days over which incidences are given.
const YEAR: f64 = 365.0;

/// Largest share that is turned into a hazard.
const MAX: f64 = 0.999_999;

/// Cumulative hazard after `days` on the drug at the reference exposure, so that `1 − exp(−H(365))` is `share`.
fn cumulative(share: f64, onset: OnsetModel, days: f64) -> f64 {
    let hazard = |share: f64| -libm::log1p(-share.clamp(0.0, MAX));
    let year = hazard(share);
    match onset {
        OnsetModel::Constant => year * days / YEAR,
        OnsetModel::Weibull { shape } => year * libm::pow(days / YEAR, shape),
        OnsetModel::Early { weeks, share: early } => {
            let (first, at_first) = (7.0 * weeks, hazard(share * early));
            if days <= first {
                at_first * days / first
            } else {
                at_first + (year - at_first) * (days - first) / (YEAR - first)
            }
        }
    }
}

/// Hazards of a day, per day.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DayHazard {
    /// Of an event of grade 1 or 2.
    pub low: f64,
    /// Of one of grade 3 or 4.
    pub high: f64,
}

impl DayHazard {
    /// Hazards of an event on a day (0: the first day with the drug) at an exposure, in the reference's unit, and with
    /// a factor on grades 3 and 4 for overlap with other drugs.
    ///
    /// Grades are competing risks: the hazard of any grade is that of its own incidence, grades 1 and 2 have what grades 3 and 4
    /// leave of it. Exposure acts as `(C / reference)^beta` on both.
    pub fn new(event: &Toxicity, day: u32, exposure: f64, overlap: f64) -> DayHazard {
        if exposure <= 0.0 {
            return DayHazard::default();
        }
        let (from, to) = (f64::from(day), f64::from(day) + 1.0);
        let of = |share: f64| cumulative(share, event.onset(), to) - cumulative(share, event.onset(), from);
        let (any, high) = (of(event.any_grade.value), of(event.grade_3_4.value));
        let scale = libm::pow(exposure / event.reference_exposure(), event.beta.value);
        DayHazard { low: (any - high).max(0.0) * scale, high: high * scale * overlap }
    }
}

/// How much of a drug is there, for its overlap with another one: 0 to 1, reached at the reference exposure.
pub fn presence(event: &Toxicity, exposure: f64) -> f64 {
    (exposure / event.reference_exposure()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Confidence, Number, Organ};

    fn event(any: f64, high: f64, beta: f64, onset: OnsetModel) -> Toxicity {
        let number = |value| Number { value, cv: 0.0, source: String::new(), confidence: Confidence::C };
        let event = Toxicity {
            any_grade: number(any),
            grade_3_4: number(high),
            beta: number(beta),
            reference: Some(number(20.0)),
            ..crate::therapy::support::certain("everolimus", Organ::Mucosa, 1.0, 0).toxicities.remove(0)
        };
        event.with_onset(onset)
    }

    /// Shares of patients with any grade and with grade 3 or 4 after some days, grades apart.
    fn shares(event: &Toxicity, days: u32, exposure: f64) -> (f64, f64) {
        let all = (0..days).map(|d| DayHazard::new(event, d, exposure, 1.0));
        let (low, high) = all.fold((0.0, 0.0), |(l, h), d| (l + d.low, h + d.high));
        (1.0 - (-low - high).exp(), 1.0 - (-high).exp())
    }

    #[test]
    fn a_year_at_the_reference_gives_the_incidences() {
        for course in [
            OnsetModel::Constant,
            OnsetModel::Weibull { shape: 0.5 },
            OnsetModel::Early { weeks: 8.0, share: 0.89 },
        ] {
            let (any, high) = shares(&event(0.64, 0.07, 0.58, course), 365, 20.0);
            assert!((any - 0.64).abs() < 1e-9 && (high - 0.07).abs() < 1e-9, "{course:?} {any} {high}");
        }
    }

    // Rugo 2016: 89 % of first episodes of stomatitis within 8 weeks.
    #[test]
    fn early_events_are_early() {
        let early = event(0.64, 0.07, 0.58, OnsetModel::Early { weeks: 8.0, share: 0.89 });
        let (eight_weeks, _) = shares(&early, 56, 20.0);
        assert!((eight_weeks / 0.64 - 0.89).abs() < 1e-9, "{eight_weeks}");
        // A Weibull law of shape 0.5, as a first guess has it, puts about half of them there.
        let weibull = event(0.64, 0.07, 0.58, OnsetModel::Weibull { shape: 0.5 });
        let (eight_weeks, _) = shares(&weibull, 56, 20.0);
        assert!((0.45..0.56).contains(&(eight_weeks / 0.64)), "{eight_weeks}");
    }

    #[test]
    fn exposure_acts_by_its_exponent() {
        let event = event(0.17, 0.02, 0.95, OnsetModel::Constant);
        let at = |exposure, overlap| DayHazard::new(&event, 100, exposure, overlap);
        assert!((at(40.0, 1.0).high / at(20.0, 1.0).high - 2f64.powf(0.95)).abs() < 1e-12);
        assert_eq!(at(20.0, 2.5).high, 2.5 * at(20.0, 1.0).high);
        assert_eq!(at(20.0, 2.5).low, at(20.0, 1.0).low);
        assert_eq!(at(0.0, 2.5), DayHazard::default());
        assert_eq!([presence(&event, 0.0), presence(&event, 5.0), presence(&event, 99.0)], [0.0, 0.25, 1.0]);
    }
}
