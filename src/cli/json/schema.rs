//! Schemas of documents.

use clap::ValueEnum;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::columns::columns_json;
use super::document::{Document, RunResult, TrialCommandResult, TrialResult, ValidateResult};
use super::object;
use super::others::{
    AdaptersResult, BatchResult, BenchResult, CalibrateResult, ConditionResult, DesignResult,
    DiscriminateResult, DrugsResult, FalsifyResult, FolderResult, LibraryResult, LociResult, OptimiseResult,
    PkResult, PlanResult, SelftestResult, SignallingResult, WrittenResult,
};
use crate::scenario::json_schema;

/// What there is a schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Described {
    /// Scenario files
    #[default]
    Scenario,
    /// What `evotor run --json` prints
    Run,
    /// What `evotor resume --json` prints
    Resume,
    /// What `evotor render --json` prints
    Render,
    /// What `evotor animate --json` prints
    Animate,
    /// What `evotor export --json` prints
    Export,
    /// What `evotor compare --json` prints
    Compare,
    /// What `evotor trial --json` prints
    Trial,
    /// What `evotor batch --json` prints
    Batch,
    /// What `evotor design --json` prints
    Design,
    /// What `evotor optimise --json` prints
    Optimise,
    /// What `evotor discriminate --json` prints
    Discriminate,
    /// What `evotor condition --json` prints
    Condition,
    /// What `evotor library --json` prints
    Library,
    /// What `evotor merge --json` prints
    Merge,
    /// What `evotor plan --json` prints
    Plan,
    /// What `evotor report --json` prints
    Report,
    /// What `evotor plots --json` prints
    Plots,
    /// What `evotor calibrate --json` prints
    Calibrate,
    /// What `evotor falsify --json` prints
    Falsify,
    /// What `evotor validate --json` prints
    Validate,
    /// What `evotor adapters --json` prints
    Adapters,
    /// What `evotor loci --json` prints
    Loci,
    /// What `evotor signalling --json` prints
    Signalling,
    /// What `evotor selftest --json` prints
    Selftest,
    /// What `evotor bench --json` prints
    Bench,
    /// What `evotor drugs --json` prints
    Drugs,
    /// What `evotor pk --json` prints
    Pk,
    /// What `evotor tables --json` prints
    TablesCommand,
    /// The tables of results, with the meaning and the unit of each column; this is no JSON Schema
    Tables,
}

impl Described {
    /// Whether it is a command.
    pub fn is_command(self) -> bool {
        !matches!(self, Self::Scenario | Self::Tables)
    }

    /// The command of a name.
    pub fn of_command(name: &str) -> Option<Self> {
        match name {
            "tables" => Some(Self::TablesCommand),
            // The name that it had.
            "film" => Some(Self::Animate),
            _ => Self::from_str(name, false).ok().filter(|found| found.is_command()),
        }
    }

    /// What the document of a command holds; `None` of what is not a command.
    fn results(self) -> Option<DescribedResults> {
        Some(match self {
            Self::Scenario | Self::Tables => return None,
            Self::Run => DescribedResults::of::<RunResult>(),
            Self::Resume | Self::Merge => DescribedResults::of::<FolderResult>(),
            Self::Render
            | Self::Animate
            | Self::Export
            | Self::Report
            | Self::Plots
            | Self::TablesCommand => DescribedResults::of::<WrittenResult>(),
            Self::Compare => DescribedResults::of::<TrialResult>(),
            Self::Trial => DescribedResults::of::<TrialCommandResult>(),
            Self::Batch => DescribedResults::of::<BatchResult>(),
            Self::Design => DescribedResults::of::<DesignResult>(),
            Self::Optimise => DescribedResults::of::<OptimiseResult>(),
            Self::Discriminate => DescribedResults::of::<DiscriminateResult>(),
            Self::Condition => DescribedResults::of::<ConditionResult>(),
            Self::Library => DescribedResults::of::<LibraryResult>(),
            Self::Plan => DescribedResults::of::<PlanResult>(),
            Self::Calibrate => DescribedResults::of::<CalibrateResult>(),
            Self::Falsify => DescribedResults::of::<FalsifyResult>(),
            Self::Validate => DescribedResults::of::<ValidateResult>(),
            Self::Adapters => DescribedResults::of::<AdaptersResult>(),
            Self::Loci => DescribedResults::of::<LociResult>(),
            Self::Signalling => DescribedResults::of::<SignallingResult>(),
            Self::Selftest => DescribedResults::of::<SelftestResult>(),
            Self::Bench => DescribedResults::of::<BenchResult>(),
            Self::Drugs => DescribedResults::of::<DrugsResult>(),
            Self::Pk => DescribedResults::of::<PkResult>(),
        })
    }
}

/// What the document of a command holds beside what every one has.
struct DescribedResults {
    /// Its schema.
    schema: fn(Described) -> Value,
    /// What it holds before anything was found.
    nothing: fn() -> Map<String, Value>,
}

impl DescribedResults {
    fn of<R: JsonSchema + Serialize + Default>() -> Self {
        Self { schema: document::<R>, nothing: || object(&R::default()) }
    }
}

/// The schema of something.
pub fn schema(of: Described) -> Value {
    match of.results() {
        Some(results) => (results.schema)(of),
        None if of == Described::Tables => columns_json(),
        None => json_schema(),
    }
}

/// The word of a command.
pub(super) fn word(command: Described) -> String {
    let name = command.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    name.trim_end_matches("-command").to_owned()
}

/// What a command has found before it has found anything.
pub(super) fn nothing(command: Described) -> Map<String, Value> {
    command.results().map(|results| (results.nothing)()).unwrap_or_default()
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
