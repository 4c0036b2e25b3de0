//! `[[catalogue.drug.toxicity]]`: adverse events.

use super::medicine::at_section;
use crate::catalogue::{Confidence, Course, Drug, Number, Organ, Toxicity};
use crate::scenario::error::Diagnostic;
use crate::scenario::reader::Reader;

/// Hours in a week.
const WEEK: f64 = 168.0;

/// Reads all adverse events of a drug.
pub(super) fn read(reader: &Reader<'_>) -> Option<Vec<Toxicity>> {
    reader.tables("toxicity").iter().map(toxicity).collect()
}

fn toxicity(reader: &Reader<'_>) -> Option<Toxicity> {
    let (event, organ) = (reader.text("event"), reader.choice("organ"));
    let (any_grade, grade_3_4) = (reader.sourced("any_grade"), reader.sourced("grade_3_4"));
    let (beta, reference) = (reader.sourced("beta"), reader.sourced("reference"));
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
    if beta.value.value > 0.0 && !reader.has("reference") {
        at_section(reader, "an event that follows exposure, without a reference", "expected `reference`")
            .and_help("add the average concentration at which the shares were seen, or leave `beta` out");
    }
    Some(Toxicity {
        event: event?.value,
        organ: Organ::of(organ?.value)?,
        any_grade: any_grade.value,
        grade_3_4: grade_3_4.value,
        beta: beta.value,
        reference: reference.map_or_else(no_reference, |n| n.value),
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
        "early" => Some(Course::Early { weeks: reader.quantity("until")?.value / WEEK, share: 1.0 }),
        _ => Some(Course::Constant),
    }
}

/// Exposure needs a concentration.
pub(super) fn judge_references(reader: &Reader<'_>, drug: &Drug) {
    if drug.pk.is_none() && drug.toxicities.iter().any(|t| t.beta.value > 0.0) {
        at_section(
            reader,
            "events that follow an exposure that is not known",
            "expected [catalogue.drug.pk]",
        )
        .and_help("add the pharmacokinetics, or leave `beta` out");
    }
}
