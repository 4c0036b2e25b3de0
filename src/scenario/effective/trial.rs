//! A trial in the effective scenario.

use super::super::writer::Writer;
use crate::scenario::declare::At;
use crate::scenario::keys;
use crate::scenario::model::Trial;
use crate::scenario::read::arms::{ArmKeys, ComparisonKeys};
use crate::scenario::read::conduct::TrialKeys;
use crate::scenario::read::published::PublishedKeys;
use crate::scenario::read::record::RecordKeys;
use crate::scenario::read::therapy::ArmTherapyKeys;

/// Writes a trial and the sections below it.
pub(super) fn write(out: &mut Writer, trial: &Trial) {
    let keys = keys::ROOT.keys;
    out.nested(keys, "trial", &TrialKeys::of(&trial.about, &trial.conduct));
    out.nested(keys, "cohort", &trial.cohort);
    out.nested(keys, "assessment", &trial.assessment);
    for arm in &trial.arms {
        let name = At::new(arm.name.clone(), 0..0);
        let therapy = ArmTherapyKeys::of(&arm.therapy);
        out.nested(keys, "arm", &ArmKeys { name, enrolled: arm.enrolled, estimand: arm.estimand, therapy });
    }
    let name = |arm: usize| At::new(trial.arms.get(arm).map_or(String::new(), |arm| arm.name.clone()), 0..0);
    for (arm, against) in &trial.comparisons {
        out.nested(keys, "comparison", &ComparisonKeys { arm: name(*arm), against: name(*against) });
    }
    for figure in &trial.published {
        out.nested(keys, "published", &PublishedKeys::of(figure, &trial.arms));
    }
    if let Some(record) = &trial.record {
        out.nested(keys, "record", &RecordKeys::of(record));
    }
}
