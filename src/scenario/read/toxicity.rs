//! `[[catalogue.drug.toxicity]]`: adverse events.

use super::parts::{all, at_section, clash};
use crate::catalogue::{Confidence, Course, Drug, Number, Organ, Toxicity};
use crate::scenario::error::Diagnostic;
use crate::scenario::reader::Reader;

/// Hours in a week.
const WEEK: f64 = 168.0;

/// Weeks in a year.
const YEAR: f64 = 52.0;

/// Reads all adverse events of a drug.
pub(super) fn read(reader: &Reader<'_>) -> Option<Vec<Toxicity>> {
    all(reader.tables("toxicity").iter().map(toxicity))
}

fn toxicity(reader: &Reader<'_>) -> Option<Toxicity> {
    let (event, organ) = (reader.text("event"), reader.choice("organ"));
    let (any_grade, grade_3_4) = (reader.sourced("any_grade"), reader.sourced("grade_3_4"));
    let beta = reader.sourced("beta");
    let (reference, dose) = (reader.sourced("reference"), reader.sourced("reference_dose"));
    let course = course(reader);
    let (any_grade, grade_3_4, beta) = (any_grade?, grade_3_4?, beta?);
    if grade_3_4.value.value > any_grade.value.value {
        reader.cx.report(
            Diagnostic::error(grade_3_4.span, "more events of grade 3 and 4 than of any grade")
                .label("expected at most the share of `any_grade`")
                .related(any_grade.span, "any grade")
                .help("any grade counts the severe events too"),
        );
    }
    let help = "remove one: the dose is for a drug without pharmacokinetics";
    clash(reader, "reference_dose", "reference", help);
    let referred = reader.has("reference") || reader.has("reference_dose");
    if beta.value.value > 0.0 && !referred {
        at_section(reader, "an event that follows exposure, without a reference", "expected `reference`")
            .and_help("add the average concentration at which the shares were seen, or leave `beta` out");
    }
    Some(Toxicity {
        event: event?.value,
        organ: Organ::of(organ?.value)?,
        any_grade: any_grade.value,
        grade_3_4: grade_3_4.value,
        beta: beta.value,
        reference: reference.or(dose).map_or_else(no_reference, |n| n.value),
        course: course?,
    })
}

/// The reference of an event that does not follow exposure.
fn no_reference() -> Number {
    let source = "default: exposure does not matter".to_owned();
    Number { value: 1.0, cv: 0.0, source, confidence: Confidence::C }
}

fn course(reader: &Reader<'_>) -> Option<Course> {
    let course = reader.choice("course")?;
    reader.check_only("course", &course);
    match course.value {
        "weibull" => Some(Course::Weibull { shape: reader.number("shape")?.value }),
        "early" => {
            let (length, share) = (reader.quantity("early"), reader.number("early_share"));
            let length = length?;
            let weeks = length.value / WEEK;
            if weeks <= 0.0 || weeks >= YEAR {
                reader.cx.report(
                    Diagnostic::error(length.span, "`early` is no part of a year")
                        .label("expected a time above 0 and below 52 wk")
                        .help("write for example \"8 wk\", or `course = \"constant\"`"),
                );
            }
            Some(Course::Early { weeks, share: share?.value })
        }
        _ => Some(Course::Constant),
    }
}

/// Events follow the concentration of a drug that has one, the dose of others.
pub(super) fn judge_references(reader: &Reader<'_>, drug: &Drug) {
    let (wrong, right) = match drug.pk {
        Some(_) => ("reference_dose", "`reference`: the drug has a concentration"),
        None => ("reference", "`reference_dose`: the drug has no concentration"),
    };
    for event in reader.tables("toxicity") {
        if let Some((span, _)) = event.given(wrong) {
            reader.cx.report(
                Diagnostic::error(span, format!("`{wrong}` does not go with this drug"))
                    .label(format!("expected {right}"))
                    .help("give the other one, or leave `beta` out"),
            );
        }
    }
}
