//! What is done with a patient on the morning of a day, whatever its tumour is made of: agents on lattices, or a mean field.

use super::observer::{Measured, Observer, VisitDecision};
use crate::therapy::Action;
use crate::therapy::course::TreatmentCourse;

/// What came of a morning.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Morning {
    /// The patient is followed no further.
    pub left: bool,
    /// The visit, if there was one.
    pub visit: Option<Measured>,
    /// What an adaptive line with a calendar of its own does, where that is anything.
    pub monitored: Option<Action>,
}

/// Tells a course what was seen of the tumour, and the observer what follows: first a visit, then the look of an adaptive line
/// and the sample of a marker.
pub fn attend<O: Observer>(
    course: &mut TreatmentCourse,
    observer: Option<&mut O>,
    look: VisitDecision,
) -> Morning {
    let mut morning = Morning { left: look.leaves, ..Morning::default() };
    if morning.left {
        return morning;
    }
    let line = course.line();
    if let Some(volume) = look.measured {
        let decision =
            if look.new_lesion { course.visit_with_new_lesion(volume) } else { course.visit(volume) };
        morning.left = observer.is_some_and(|o| o.decided(&decision, course));
        morning.visit = Some(Measured { line, volume, decision });
    }
    let due = !morning.left && course.monitor_due();
    morning.monitored = look.monitored.filter(|_| due).and_then(|volume| course.monitor(volume));
    let line = course.marker_due().filter(|_| !morning.left).map(|(line, _)| line);
    if let Some(level) = line.and_then(|line| look.markers.get(line)) {
        course.marker(*level);
    }
    morning
}
