//! The file format as a JSON Schema, from the table of keys.

use serde_json::{Map, Value, json};

use super::keys::ROOT;
use super::limits::FORMAT;
use super::table::{Bounds, Fallback, Key, Kind, Measure, NamePattern, Section};
use super::units::{DOSES, Dimension};

/// A decimal number without a sign, as quantities begin with.
const NUMBER: &str = r"\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?";

/// The file format as a JSON Schema (draft 2020-12), so that an editor completes and checks it.
///
/// The schema says what each key may hold by itself; what several keys must be together (windows
/// that do not overlap, fractions that sum, names that exist) is checked when a file is read.
pub fn json_schema() -> Value {
    let mut schema = section(ROOT);
    let top = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:evotor:scenario:{FORMAT}"),
        "title": format!("evotor scenario, format version {FORMAT}"),
    });
    if let (Value::Object(schema), Value::Object(top)) = (&mut schema, top) {
        schema.extend(top);
    }
    schema
}

fn section(section: &'static Section) -> Value {
    let mut properties = Map::new();
    for key in section.keys {
        properties.insert(key.name.to_owned(), property(key));
        if let Some(before) = key.formerly {
            let mut old = property(key);
            old["deprecated"] = json!(true);
            old["description"] = json!(format!("Called `{}` now.", key.name));
            properties.insert(before.to_owned(), old);
        }
    }
    let required = section.keys.iter().filter(|k| matches!(k.default, Fallback::Required));
    let required: Vec<&str> = required.map(|k| k.name).collect();
    json!({
        "type": "object",
        "description": section.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(key: &'static Key) -> Value {
    let mut value = kind(&key.kind);
    let Value::Object(schema) = &mut value else { return value };
    if key.name == "format" {
        schema.insert("const".into(), json!(FORMAT));
    }
    schema.insert("description".into(), json!(description(key)));
    if let Fallback::Value(text) = key.default
        && let Some(default) = literal(text)
    {
        schema.insert("default".into(), default);
    }
    if let Some(example) = literal(key.example)
        && !matches!(key.kind, Kind::Table(_) | Kind::Tables(_))
    {
        schema.insert("examples".into(), json!([example]));
    }
    value
}

/// What a key means, when it may be given, and what its absence means.
fn description(key: &Key) -> String {
    let mut text = key.doc.to_owned();
    if let Some(only) = key.only {
        let values: Vec<String> = only.values.iter().map(|v| format!("{v:?}")).collect();
        text.push_str(&format!(" Only with {} = {}.", only.key, values.join(" or ")));
    }
    if let Fallback::Absent(meaning) | Fallback::Derived(meaning) = key.default {
        text.push_str(&format!(" Default: {meaning}."));
    }
    if let Fallback::RequiredIn(situation) = key.default {
        text.push_str(&format!(" Required with {situation}."));
    }
    if let Fallback::RequiredUnless(situation) = key.default {
        text.push_str(&format!(" Required unless {situation}."));
    }
    text
}

/// A TOML value as JSON.
pub(crate) fn literal(text: &str) -> Option<Value> {
    let table: toml::Table = format!("value = {text}").parse().ok()?;
    serde_json::to_value(table.get("value")?).ok()
}

fn kind(kind: &'static Kind) -> Value {
    match kind {
        Kind::Text | Kind::Selector => json!({ "type": "string" }),
        Kind::Name(pattern) => name(*pattern),
        Kind::Names(pattern) => json!({ "type": "array", "items": name(*pattern) }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Number(bounds) => number(bounds),
        Kind::NumberOr(bounds, word) => json!({ "anyOf": [number(bounds), { "const": word }] }),
        Kind::Numbers(bounds) => json!({ "type": "array", "items": number(bounds) }),
        Kind::Size => json!({
            "type": "array",
            "items": { "type": "integer", "minimum": 1, "maximum": 65_536 },
            "minItems": 1,
            "maxItems": 3,
        }),
        Kind::Quantity(dimension) | Kind::Within(dimension, _) => quantity(*dimension),
        Kind::QuantityOr(dimension, word) => json!({ "anyOf": [quantity(*dimension), { "const": word }] }),
        Kind::Times => json!({ "type": "array", "items": quantity(Dimension::Time) }),
        Kind::Windows => {
            let time = quantity(Dimension::Time);
            let pair = json!({ "type": "array", "items": time, "minItems": 2, "maxItems": 2 });
            json!({ "type": "array", "items": pair, "minItems": 1 })
        }
        Kind::Choice(words) => json!({ "enum": words }),
        Kind::Shares => {
            let cells = json!({ "type": "string", "pattern": r"^\s*[0-9]+\s*cells?\s*$" });
            let amount = json!({ "anyOf": [number(&Bounds::closed(0.0, 1.0)), cells] });
            json!({ "type": "object", "additionalProperties": amount })
        }
        Kind::Sourced(measure) => sourced(measure),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::TextOrTexts => {
            let text = json!({ "type": "string" });
            json!({ "anyOf": [text, { "type": "array", "items": text }] })
        }
        Kind::Regimens(below) => {
            let one = json!({ "anyOf": [{ "type": "string" }, section(below)] });
            json!({ "anyOf": [one, { "type": "array", "items": one }] })
        }
        Kind::Choices(words) => json!({ "type": "array", "items": { "enum": words } }),
        Kind::Dose => {
            let units: Vec<String> = DOSES.iter().flat_map(|d| units(*d)).collect();
            with_unit(&units)
        }
        Kind::Induced => json!({ "type": "object", "additionalProperties": either_rate() }),
        Kind::EitherRate => either_rate(),
        Kind::Table(below) => section(below),
        Kind::Tables(below) => json!({ "type": "array", "items": section(below) }),
    }
}

fn either_rate() -> Value {
    json!({ "anyOf": [quantity(Dimension::Rate), quantity(Dimension::PerDivision)] })
}

fn name(pattern: NamePattern) -> Value {
    json!({ "type": "string", "pattern": pattern.regex(), "maxLength": NamePattern::MAX_BYTES })
}

fn number(bounds: &Bounds) -> Value {
    let least = if bounds.above { "exclusiveMinimum" } else { "minimum" };
    json!({ "type": "number", least: bounds.min, "maximum": bounds.max })
}

/// A quantity with its units, as a pattern.
fn quantity(dimension: Dimension) -> Value {
    let mut found = units(dimension);
    if dimension == Dimension::Rate {
        let time = units(Dimension::Time).join("|");
        found.push(format!("(/|1/|per )\\s*({time})|({time})(\\^-1|⁻¹)"));
    }
    with_unit(&found)
}

/// Patterns of the units of a dimension, in all spellings.
fn units(dimension: Dimension) -> Vec<String> {
    let spelt = dimension.symbols().chain(dimension.spellings());
    spelt.map(|unit| unit.replace('*', "\\*").replace('^', "\\^")).collect()
}

fn with_unit(units: &[String]) -> Value {
    let pattern = format!("^\\s*{NUMBER}\\s*({})\\s*$", units.join("|"));
    json!({ "type": "string", "pattern": pattern })
}

/// A number of the catalogue: alone, or with its spread and its source.
fn sourced(measure: &Measure) -> Value {
    let value = match measure {
        Measure::Quantity { dimension, .. } => quantity(*dimension),
        Measure::Plain(bounds) => number(bounds),
    };
    let mut table = section(&super::table::NUMBER);
    table["properties"]["value"] = value.clone();
    json!({ "anyOf": [value, table] })
}
