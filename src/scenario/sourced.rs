//! Numbers of the catalogue, with their sources.

use toml::de::DeValue;

use super::asked::Asked;
use super::error::Span;
use super::measured::measured;
use super::reader::Reader;
use super::table::{Kind, NUMBER};
use super::value;
use crate::catalogue::{Confidence, Number};

/// Source of a number that a user gives without one.
pub(crate) const UNSOURCED: &str = "scenario";

/// A number of the catalogue: a table with its source, or the number alone.
pub(crate) fn sourced(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Number> {
    let Kind::Sourced(measure) = &asked.key.kind else {
        return None;
    };
    let DeValue::Table(table) = found else {
        let value = measured(asked, found, span, measure)?;
        return Some(Number { value, cv: 0.0, source: UNSOURCED.to_owned(), confidence: Confidence::C });
    };
    let reader = Reader::new(asked.cx, &NUMBER, table, span);
    let value = reader.inner("value", |found, span| measured(asked, found, span, measure));
    let (cv, source) = (reader.read("cv", value::number), reader.read("source", value::text));
    let confidence = reader.read("confidence", value::choice).and_then(|c| Confidence::of(c.value));
    Some(Number { value: value?, cv: cv?.value, source: source?.value, confidence: confidence? })
}
