//! Infinite numbers in JSON, which has none: the text `inf`, as tables write it. Everything else stays a number.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serializer;

/// What [`maybe`] writes, for schemas.
pub(crate) struct Maybe;

impl JsonSchema for Maybe {
    fn schema_name() -> Cow<'static, str> {
        "MaybeInfinite".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": ["number", "null"] }, { "enum": ["inf", "-inf"] }] })
    }
}

/// A number, or the text of an infinite one.
pub(crate) fn number<S: Serializer>(x: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if x.is_infinite() { serializer.collect_str(x) } else { serializer.serialize_f64(*x) }
}

/// The same of a number that may be absent.
pub(crate) fn maybe<S: Serializer>(x: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match x {
        Some(x) => number(x, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use crate::trial::stats::Interval;

    // An infinite number became null, which is what is not known: a hazard ratio without an event in one arm was lost.
    #[test]
    fn infinite_numbers_are_told_apart_from_those_that_are_not_known() {
        #[derive(Serialize)]
        struct Row(#[serde(serialize_with = "super::maybe")] Option<f64>);
        let text = |x| serde_json::to_string(&Row(x)).unwrap();
        assert_eq!(
            (text(None), text(Some(2.5)), text(Some(0.0))),
            ("null".into(), "2.5".into(), "0.0".into())
        );
        assert_eq!(text(Some(f64::INFINITY)), "\"inf\"");
        let open = Interval { low: 0.5, high: f64::INFINITY };
        assert_eq!(serde_json::to_string(&open).unwrap(), r#"{"low":0.5,"high":"inf"}"#);
    }
}
