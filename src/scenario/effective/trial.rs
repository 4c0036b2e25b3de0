//! A trial in the effective scenario.

use super::therapy::{self, days, write_calendar};
use super::{Writer, plain, quoted};
use crate::scenario::keys;
use crate::scenario::model::{About, Assessment, CohortSection, Published, Role, Trial};

/// Writes a trial and the sections below it.
pub(super) fn write(out: &mut Writer, trial: &Trial) {
    about(out, &trial.about);
    cohort(out, &trial.cohort);
    assessment(out, &trial.assessment);
    for arm in &trial.arms {
        out.section(&keys::ARM);
        out.text("name", &arm.name);
        match arm.enrolled {
            Some(patients) => out.key("enrolled", patients.to_string()),
            None => out.written.push("enrolled"),
        }
        therapy::write(out, &arm.therapy, &therapy::OF_ARM);
    }
    let name = |arm: &usize| trial.arms.get(*arm).map_or("", |arm| &arm.name);
    for (arm, against) in &trial.comparisons {
        out.section(&keys::COMPARISON);
        out.text("arm", name(arm));
        out.text("against", name(against));
    }
    for figure in &trial.published {
        out.section(&keys::PUBLISHED);
        out.text("arm", name(&figure.arm));
        if let Some(against) = &figure.against {
            out.text("against", name(against));
        }
        published(out, figure);
    }
}

fn about(out: &mut Writer, about: &About) {
    out.section(&keys::TRIAL);
    out.text("id", &about.id);
    out.text("title", &about.title);
    out.text("citation", &about.citation);
    let left_out: Vec<String> = about.not_represented.iter().map(|text| quoted(text)).collect();
    out.key("not_represented", format!("[{}]", left_out.join(", ")));
}

fn cohort(out: &mut Writer, cohort: &CohortSection) {
    out.section(&keys::COHORT);
    out.key("patients", cohort.patients.to_string());
    out.text("population", &cohort.population);
    out.text("laws", &cohort.laws.to_string());
    let repeat: Vec<String> = cohort.repeat.iter().map(|name| quoted(name)).collect();
    out.key("repeat", format!("[{}]", repeat.join(", ")));
    for (name, number) in [("agents", cohort.agents), ("lesions", cohort.lesions)] {
        if let Some(number) = number {
            out.key(name, number.to_string());
        }
    }
    out.text("origin", &cohort.origin);
    let typical = cohort.typical_pharmacokinetics;
    out.text("pharmacokinetics", if typical { "typical" } else { "virtual" });
    out.key("germline_effects", cohort.germline_effects.to_string());
    out.number("prognostic_factor", cohort.prognostic_factor);
    for change in &cohort.changes {
        out.section(&keys::COHORT_CHANGE);
        out.text("quantity", &change.quantity);
        for (name, number) in
            [("typical", change.typical), ("spread", change.spread), ("fixed", change.fixed)]
        {
            match number {
                Some(number) => out.number(name, number),
                None => out.written.push(name),
            }
        }
    }
}

fn assessment(out: &mut Writer, assessment: &Assessment) {
    out.section(&keys::ASSESSMENT);
    days(out, "jitter", assessment.jitter);
    out.number("noise", assessment.noise);
    out.number("new_lesions", assessment.new_lesions);
    days(out, "laboratory", assessment.laboratory);
    days(out, "confirmation", assessment.confirmation);
    out.rate("other_death", assessment.other_death);
    out.rate("tumour_death", assessment.tumour_death);
    out.section(&keys::ASSESSMENT_VISITS);
    write_calendar(out, &assessment.at, assessment.every);
}

fn published(out: &mut Writer, figure: &Published) {
    out.text("endpoint", figure.endpoint.name());
    if let Some(months) = figure.at_months {
        out.number("at", months);
    }
    out.number("value", figure.value);
    if let Some((low, high)) = figure.interval {
        out.key("interval", format!("[{}, {}]", plain(low), plain(high)));
    }
    let role = match figure.role {
        Role::Calibrated => "calibrated",
        Role::Informed => "informed",
        Role::Predicted => "predicted",
    };
    out.text("role", role);
    out.text("source", &figure.source);
    // Most figures lack one of them, and their absence says no more than that.
    out.written.extend(["against", "at", "interval"]);
}
