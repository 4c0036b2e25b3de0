//! Who reads a scan, and with which errors.
//!
//! Three people read every scan: the investigator, by whose reading the patient is treated, a central reader, and an expert, who
//! decides which of the two is right about the patient. Trials that adjudicate choose one of two readings, whole: they do not mix them,
//! and so the adjudicated reading has errors like theirs.

use super::draws::VisitDraw;
use super::findings::{PEOPLE, ScanReading};
use super::follow::FollowUp;
use crate::scenario::Assessment;

/// Their number.
const EYES: u32 = PEOPLE as u32;
/// Number of the first of a person's scans: those of all people have numbers of their own.
const OWN: u32 = 1 << 24;
/// Share of the variance between readers that is drawn at each scan anew. From limits of agreement of single lesions (Eur J Cancer
/// 2016;53:5): within a reader −17.8 to +16.1 %, between readers −22.1 to +25.4 %, of changes between readers −31.3 to +30.3 %. With
/// a constant difference alone the last would be ±24 %.
const RENEWED: f64 = 2.0 / 3.0;
/// SD of the logarithm of a gross error (C; 0.15 to 0.25).
pub(in crate::trial) const GROSS: f64 = 0.2;
/// A lesion that is there but too small to measure counts as 5 mm (RECIST 1.1).
const FLOOR_MM: f64 = 5.0;
/// A lesion below this is not seen (C; slices are 2 to 5 mm apart).
pub(super) const VISIBLE_MM: f64 = 2.0;

/// The diameter of a target lesion as it goes into a sum, mm.
fn target_mm(diameter_mm: f64) -> f64 {
    if diameter_mm < VISIBLE_MM { 0.0 } else { diameter_mm.max(FLOOR_MM) }
}

/// The law of the logarithm of a reading against what that person reads of this patient on average: normal, and for a small share of
/// readings wider.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::trial) struct ReadingError {
    /// SD of most readings.
    pub sd: f64,
    /// Share of those with a gross error.
    pub gross: f64,
}

impl ReadingError {
    /// That of a trial's readers.
    pub fn of(assessment: &Assessment) -> Self {
        let Assessment { within, between, gross_error, .. } = assessment;
        Self { sd: libm::sqrt(within * within + RENEWED * between * between), gross: *gross_error }
    }

    /// Logarithm of the density of an error; readers without any have an SD of a thousandth.
    pub fn log_density(&self, error: f64) -> f64 {
        let sd = self.sd.max(1e-3);
        let normal = |share: f64, sd: f64| {
            let z = error / sd;
            share * libm::exp(-0.5 * z * z) / (libm::sqrt(2.0 * std::f64::consts::PI) * sd)
        };
        let usual = normal(1.0 - self.gross, sd);
        let all = usual + normal(self.gross, libm::sqrt(sd * sd + GROSS * GROSS));
        // Far out the sum is too small for a number, and its logarithm is that of the wider law.
        let wide = if self.gross > 0.0 { libm::sqrt(sd * sd + GROSS * GROSS) } else { sd };
        match all > 0.0 {
            true => libm::log(all),
            false => {
                -0.5 * error * error / (wide * wide)
                    - libm::log(libm::sqrt(2.0 * std::f64::consts::PI) * wide)
            }
        }
    }
}

impl FollowUp {
    /// Sum of the diameters of target lesions, mm, without error, from their volumes relative to the start.
    pub fn sum_mm(&self, volumes: &[f64]) -> f64 {
        let lesions = self.diameters_mm.iter().zip(volumes);
        lesions.map(|(mm, volume)| target_mm(mm * libm::cbrt(*volume))).sum()
    }

    /// The sum at baseline as each person measures it, mm: what later sums are held against, in proportion and in millimetres.
    pub fn measured_baselines_mm(&self) -> [f64; PEOPLE] {
        // What is chosen as a target can be measured.
        let sum = self.diameters_mm.iter().map(|mm| mm.max(FLOOR_MM)).sum();
        self.readings(sum, 0)
    }

    /// The baseline as the investigator measures it, mm.
    pub fn measured_baseline_mm(&self) -> f64 {
        self.measured_baselines_mm()[0]
    }

    /// A sum as each person measures it at a scan by its number; 0 is the baseline.
    pub(super) fn readings(&self, sum_mm: f64, number: u32) -> [f64; PEOPLE] {
        std::array::from_fn(|person| {
            let person = person as u32;
            sum_mm * self.error(VisitDraw::Noise, person, number + person * OWN)
        })
    }

    /// Factor of the investigator's error in a look that is not a scan, by its day.
    pub(super) fn error_on(&self, day: u32) -> f64 {
        self.error(VisitDraw::Monitor, 0, day + EYES * OWN)
    }

    fn error(&self, draw: VisitDraw, person: u32, index: u32) -> f64 {
        let of = &self.assessment;
        let scatter = ReadingError::of(of).sd;
        let constant = libm::sqrt(1.0 - RENEWED) * of.between * VisitDraw::Person.normal(self.key, person);
        let gross = if VisitDraw::Gross.of(self.key, index).uniform() < of.gross_error {
            GROSS * VisitDraw::GrossSize.normal(self.key, index)
        } else {
            0.0
        };
        libm::exp(scatter * draw.normal(self.key, index) + constant + gross)
    }
}

/// New lesions, and who has overlooked them so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct NewLesions {
    overlooked: [bool; PEOPLE],
}

impl NewLesions {
    /// One more is there.
    pub fn appear(&mut self) {
        self.overlooked = [true; PEOPLE];
    }

    /// Who finds one at a scan, by its number.
    pub fn find(&mut self, follow: &FollowUp, number: u32) -> [bool; PEOPLE] {
        let mut found = [false; PEOPLE];
        for (person, overlooked) in (0..EYES).zip(&mut self.overlooked) {
            let missed = VisitDraw::Overlooked.of(follow.key, number + person * OWN).uniform();
            let finds = *overlooked && missed >= follow.assessment.overlooked;
            found[person as usize] = finds;
            *overlooked &= !finds;
        }
        found
    }
}

/// What each person reports of a scan.
pub(super) fn read(
    follow: &FollowUp,
    lesions: &mut NewLesions,
    sum_mm: f64,
    number: u32,
) -> [ScanReading; PEOPLE] {
    let (sums, found) = (follow.readings(sum_mm, number), lesions.find(follow, number));
    std::array::from_fn(|person| ScanReading { sum_mm: sums[person], new_lesion: found[person] })
}

#[cfg(test)]
mod tests;
