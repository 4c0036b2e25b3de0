//! How likely what is known of a patient is, if the patient were a simulated one.
//!
//! ```text
//! scan     ln(sum) about that of the simulated tumour: errors of readings, with heavy tails
//! trough   ln(level) about the simulated concentration: the residual error of the drug's population model
//! marker   ln(level) = ln(model) + b + e:  b between patients, the same at all times, and e within a person; b is integrated out
//! ```
//!
//! What a reader reads otherwise than others in a patient is a part of the sum of diameters at the start, which is drawn. Readings, and
//! samples of blood, err independently.

use crate::biology::patient::{Distribution, PatientParameter};
use crate::catalogue::Drug;
use crate::scenario::PatientRecord;
use crate::therapy::TreatmentRecord;
use crate::tissue::random::log_sd;
use crate::trial::library::{FollowedTumour, TumourState};
use crate::trial::run::Plan;
use crate::trial::visits::{FollowUp, ReadingError, WITHIN_PERSON};

/// Sum below which a tumour is taken to be unseen, mm.
const UNSEEN_MM: f64 = 1.0;
/// Concentration below which none is there, ng/mL.
const NOTHING: f64 = 1e-6;

/// Logarithm of a normal density.
fn normal(error: f64, sd: f64) -> f64 {
    -0.5 * (error / sd) * (error / sd) - libm::log(libm::sqrt(2.0 * std::f64::consts::PI) * sd)
}

/// Logarithm of the density of errors about a common shift: each normal with `sd`, the shift normal with `between`.
fn shifted(errors: &[f64], sd: f64, between: f64) -> f64 {
    let n = errors.len() as f64;
    let (sum, squares) = (errors.iter().sum::<f64>(), errors.iter().map(|e| e * e).sum::<f64>());
    let (own, all) = (sd * sd, sd * sd + n * between * between);
    let distance = (squares - between * between / all * sum * sum) / own;
    -0.5 * (distance
        + (n - 1.0) * libm::log(own)
        + libm::log(all)
        + n * libm::log(2.0 * std::f64::consts::PI))
}

/// What is known of a patient, to be held against simulated ones.
pub(super) struct KnownPatient<'a> {
    record: &'a PatientRecord,
    drugs: &'a [Drug],
    error: ReadingError,
    /// Median and SD of the logarithm of chromogranin A per cell between patients.
    per_cell: (f64, f64),
}

/// How a simulated patient stands to what is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Standing {
    /// Logarithm of the likelihood; minus infinity for one who cannot be the patient.
    pub log: f64,
    /// Sum of diameters at each scan without error, mm.
    pub sums_mm: Vec<f64>,
}

impl<'a> KnownPatient<'a> {
    /// What a record says, in the population of a plan.
    pub fn new(record: &'a PatientRecord, plan: &'a Plan) -> Self {
        let law = plan.cohort.distributions()[PatientParameter::CgaPerCell.index()];
        let spread = match law.distribution {
            Distribution::LogNormal { log_sd, .. } => log_sd,
            _ => 0.0,
        };
        Self {
            record,
            drugs: &plan.scenario.catalogue,
            error: ReadingError::of(&plan.trial.assessment),
            per_cell: (libm::log(law.typical.max(NOTHING)), spread),
        }
    }

    /// SD of the logarithm of a reading.
    pub fn reading_sd(&self) -> f64 {
        self.error.sd.max(1e-3)
    }

    /// Whether anything is known of a day.
    pub fn is_of(&self, day: u32) -> bool {
        let PatientRecord { scans, troughs, markers, .. } = self.record;
        scans.iter().any(|scan| scan.day == day)
            || troughs.iter().any(|trough| trough.day == day)
            || markers.iter().any(|marker| marker.day == day)
    }

    /// How a simulated patient stands to it.
    pub fn standing(&self, follow: &FollowUp, kept: &FollowedTumour) -> Standing {
        let at = |day: u32| kept.states.iter().find(|state| state.day == day);
        let sum = |day: u32| at(day).map_or(0.0, |state| follow.sum_mm(&state.volumes)).max(UNSEEN_MM);
        let sums_mm: Vec<f64> = self.record.scans.iter().map(|scan| sum(scan.day)).collect();
        if self.is_excluded(kept) {
            return Standing { log: f64::NEG_INFINITY, sums_mm };
        }
        let scans = self.record.scans.iter().zip(&sums_mm);
        let scans: f64 = scans.map(|(scan, mm)| self.error.log_density(libm::log(scan.sum_mm / mm))).sum();
        let log = scans + self.troughs(&kept.record, &at) + self.markers(follow, &at);
        Standing { log, sums_mm }
    }

    /// Whether a simulated patient died before the question, or was no longer given what the patient was given.
    fn is_excluded(&self, kept: &FollowedTumour) -> bool {
        let until = self.record.today;
        let stopped = |day: Option<u32>| day.is_some_and(|day| day < until);
        kept.died.is_some_and(|day| day <= until)
            || kept.record.drugs.iter().any(|drug| stopped(drug.stopped.map(|(day, _)| day)))
    }

    fn troughs<'s>(&self, record: &TreatmentRecord, at: &dyn Fn(u32) -> Option<&'s TumourState>) -> f64 {
        let one = |trough: &crate::scenario::RecordedTrough| {
            let drug = record.drugs.iter().position(|drug| drug.name == trough.drug);
            let level = drug.zip(at(trough.day)).and_then(|(drug, state)| state.troughs.get(drug).copied());
            let cv = self.drugs.iter().find(|drug| drug.name == trough.drug).map(Drug::measurement_cv);
            // What cannot be measured is refused before.
            let sd = log_sd(cv.unwrap_or_default());
            normal(libm::log(trough.ng_per_ml / level.unwrap_or(0.0).max(NOTHING)), sd)
        };
        self.record.troughs.iter().map(one).sum()
    }

    fn markers<'s>(&self, follow: &FollowUp, at: &dyn Fn(u32) -> Option<&'s TumourState>) -> f64 {
        let (median, between) = self.per_cell;
        let typical = FollowUp { cga_per_cell: 1.0, ..follow.clone() };
        let error = |marker: &crate::scenario::RecordedMarker| {
            let model = at(marker.day).map_or(0.0, |state| typical.cga(state.live, state.secretion));
            libm::log(marker.ng_per_ml / model.max(NOTHING)) - median
        };
        let errors: Vec<f64> = self.record.markers.iter().map(error).collect();
        if errors.is_empty() { 0.0 } else { shifted(&errors, log_sd(WITHIN_PERSON.0), between) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // By integration over the shift, on a fine grid.
    #[test]
    fn a_common_shift_is_integrated_out() {
        let (errors, sd, between) = ([0.7, 1.1, 0.4], 0.3, 0.9);
        let step = 1e-3;
        let sum: f64 = (-8000..8000)
            .map(|i| f64::from(i) * step)
            .map(|b| {
                (normal(b, between) + errors.iter().map(|e| normal(e - b, sd)).sum::<f64>()).exp() * step
            })
            .sum();
        assert!((shifted(&errors, sd, between) - sum.ln()).abs() < 1e-6);
        assert!(
            (shifted(&errors, sd, 0.0) - errors.iter().map(|e| normal(*e, sd)).sum::<f64>()).abs() < 1e-12
        );
    }

    // The law of readings integrates to 1, and its tails are those of gross errors.
    #[test]
    fn readings_have_heavy_tails() {
        let law = ReadingError { sd: 0.06, gross: 0.03 };
        let sum: f64 = (-20_000..20_000).map(|i| law.log_density(f64::from(i) * 1e-4).exp() * 1e-4).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        let plain = ReadingError { sd: 0.06, gross: 0.0 };
        assert!(law.log_density(0.4) > plain.log_density(0.4) + 10.0);
        assert!(plain.log_density(5.0).is_finite() && law.log_density(30.0).is_finite());
    }
}
