//! A patient through an arm without a lattice: the same course and the same chart, and any tumour that can tell its volume.

use crate::simulation::care::{Observer, PatientView, attend};
use crate::therapy::course::{DayReport, TreatmentCourse};
use crate::therapy::pk::PkError;
use crate::trial::visits::Chart;

/// A tumour as a chart sees it.
pub trait Tumour {
    /// Volume of each lesion, relative to the start.
    fn volumes(&self) -> Vec<f64>;

    /// Live cells by state, in agents of the start.
    fn live_by_row(&self) -> Vec<f64>;

    /// Secretion of VEGF and of chromogranin A by a live cell, relative to the untreated sensitive one.
    fn secretion(&self) -> (f64, f64) {
        (1.0, 1.0)
    }

    /// A day under therapy.
    fn pass(&mut self, report: &DayReport);
}

/// Follows a patient to the end, as a [`PatientBatch`](crate::simulation::patient_batch::PatientBatch) does.
///
/// # Errors
///
/// A dose that the pharmacokinetics refuse.
pub fn walk(
    mut course: TreatmentCourse,
    mut chart: Chart,
    tumour: &mut dyn Tumour,
) -> Result<(Chart, TreatmentCourse), PkError> {
    loop {
        let (volumes, live_by_row) = (tumour.volumes(), tumour.live_by_row());
        let (vegf, cga) = tumour.secretion();
        let look = chart.morning(&PatientView {
            day: course.today(),
            volumes: &volumes,
            live_by_row: &live_by_row,
            vegf,
            cga,
            thinned: 0,
            blocked: (0, 0),
            course: &course,
        });
        if attend(&mut course, Some(&mut chart), look).left {
            return Ok((chart, course));
        }
        let report = course.advance_day()?;
        chart.evening(&report);
        tumour.pass(&report);
    }
}
