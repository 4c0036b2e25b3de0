//! `--json`: one document on standard output in place of lines. Standard error stays what it is.
//!
//! Commands speak as ever, by [`say`](super::outcome::say) and [`Failure`](super::outcome::Failure); what they say is kept, and what they found is [added](add) as
//! data. [`end`] prints all of it. So a document cannot lack what the terminal says, and a command need not know of it.

mod document;
mod others;
mod schema;

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::simulation::{RunError, disk};
use crate::sink;

use super::stdout::print;
pub use document::{
    CheckedFile, CommandError, Document, FileFinding, ListedTrial, RunResult, TrialCommandResult,
    TrialResult, ValidateResult,
};
pub use others::{
    AdaptersResult, BatchResult, BenchResult, CalibrateResult, CellFate, ConditionResult, CutPlan,
    DesignResult, DiscriminateResult, DrugsResult, FalsifyResult, FittedParameter, FolderResult,
    LibraryResult, LociResult, OptimiseResult, PkResult, PlanResult, SelftestComparison, SelftestResult,
    SignallingResult, WrittenResult,
};
pub use schema::{Described, schema};

/// What a command has to say, once it is known that it speaks JSON.
#[derive(Debug)]
struct Spoken {
    command: String,
    said: Vec<String>,
    errors: Vec<CommandError>,
    results: Map<String, Value>,
}

/// Of the whole process, like standard output.
static SPOKEN: OnceLock<Mutex<Spoken>> = OnceLock::new();

/// Says that a command speaks JSON from here on, and what it finds until it has found something.
pub fn choose(command: Described) {
    let name = schema::word(command);
    let results = schema::nothing(command);
    let spoken = Spoken { command: name, said: Vec::new(), errors: Vec::new(), results };
    // The command line is read once.
    let _ = SPOKEN.set(Mutex::new(spoken));
}

/// The same of arguments that cannot be read.
pub fn choose_by(arguments: impl Iterator<Item = OsString>) {
    let arguments: Vec<String> = arguments.map(|a| a.to_string_lossy().into_owned()).collect();
    let is_name =
        |argument: &&String| !argument.starts_with('-') && *argument != "json" && *argument != "auto";
    let name = arguments.iter().skip(1).find(is_name);
    let command = name.and_then(|name| Described::of_command(name));
    if let Some(command) = command.filter(|_| arguments.iter().any(|argument| argument == "--json")) {
        choose(command);
    }
}

fn spoken() -> Option<MutexGuard<'static, Spoken>> {
    let spoken = SPOKEN.get()?;
    // What a thread said before it panicked still holds.
    Some(spoken.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Keeps a line of standard output; whether it did.
pub fn keep(line: &str) -> bool {
    let mut spoken = spoken();
    if let Some(spoken) = &mut spoken {
        spoken.said.extend(line.split('\n').map(str::to_owned));
    }
    spoken.is_some()
}

/// Adds what a command found, if it speaks JSON. What was added before stays where this has nothing.
pub fn add<T: Serialize + JsonSchema>(results: impl FnOnce() -> T) {
    if let Some(mut spoken) = spoken() {
        let found = object(&results());
        spoken.results.extend(found.into_iter().filter(|(_, value)| !value.is_null()));
    }
}

fn object(results: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(results) {
        Ok(Value::Object(found)) => found,
        other => unreachable!("results are plain data: {other:?}"),
    }
}

/// A file of results, for who asked for data; `None` for everybody else.
pub fn read(path: &Path) -> Result<Option<Value>, RunError> {
    if SPOKEN.get().is_none() {
        return Ok(None);
    }
    let read = disk::read(path).and_then(|read| Ok(serde_json::from_slice(&read)?));
    read.map(Some).map_err(RunError::read(path))
}

/// Keeps why a command failed or was stopped.
pub fn fail(error: CommandError) {
    if let Some(mut spoken) = spoken() {
        spoken.errors.push(error);
    }
}

/// Keeps a failure.
pub fn fail_by(error: impl FnOnce() -> CommandError) {
    if SPOKEN.get().is_some() {
        fail(error());
    }
}

/// Prints the document, if there is to be one.
pub fn end() {
    let Some(spoken) = spoken() else { return };
    let document = Document {
        evotor: env!("CARGO_PKG_VERSION").to_owned(),
        command: spoken.command.clone(),
        said: spoken.said.clone(),
        error: CommandError::all(&spoken.errors),
        results: spoken.results.clone(),
    };
    drop(spoken);
    let text = crate::table::json(&document);
    print(|out| std::io::Write::write_all(out, sink::json(&text).as_bytes()));
}
