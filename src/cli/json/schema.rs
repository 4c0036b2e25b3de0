//! Schemas of documents.

use clap::ValueEnum;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::super::columns::columns_json;
use super::document::{Document, RunResult, TrialCommandResult, TrialResult, ValidateResult};
use super::object;
use crate::scenario::json_schema;

/// What there is a schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Described {
    /// Scenario files
    #[default]
    Scenario,
    /// What `evotor run --json` prints
    Run,
    /// What `evotor compare --json` prints
    Compare,
    /// What `evotor trial --json` prints
    Trial,
    /// What `evotor validate --json` prints
    Validate,
    /// The tables of results, with the meaning and the unit of each column; this is no JSON Schema
    Tables,
}

impl Described {
    /// Whether it is a command.
    pub fn is_command(self) -> bool {
        !matches!(self, Self::Scenario | Self::Tables)
    }
}

/// The schema of something.
pub fn schema(of: Described) -> Value {
    match of {
        Described::Scenario => json_schema(),
        Described::Run => document::<RunResult>(of),
        Described::Compare => document::<TrialResult>(of),
        Described::Trial => document::<TrialCommandResult>(of),
        Described::Validate => document::<ValidateResult>(of),
        Described::Tables => columns_json(),
    }
}

/// The word of a command.
pub(super) fn word(command: Described) -> String {
    command.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// What a command has found before it has found anything.
pub(super) fn nothing(command: Described) -> Map<String, Value> {
    match command {
        Described::Scenario | Described::Tables => Map::new(),
        Described::Run => object(&RunResult::default()),
        Described::Compare => object(&TrialResult::default()),
        Described::Trial => object(&TrialCommandResult::default()),
        Described::Validate => object(&ValidateResult::default()),
    }
}

fn document<R: JsonSchema>(command: Described) -> Value {
    let command = word(command);
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Document<R>>();
    schema.insert("$id".to_owned(), json!(format!("urn:evotor:{command}:{}", env!("CARGO_PKG_VERSION"))));
    schema.insert("title".to_owned(), json!(format!("what `evotor {command} --json` prints")));
    RecursiveTransform(strict).transform(&mut schema);
    schema.to_value()
}

/// Nothing is in an object but what the schema says, and what may be absent is left out or null.
fn strict(schema: &mut Schema) {
    if let Some(object) = schema.as_object_mut()
        && object.contains_key("properties")
        && !object.contains_key("additionalProperties")
    {
        object.insert("additionalProperties".to_owned(), json!(false));
    }
}
