//! `[stop]`.

use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::Stop;

/// Most targets: each has a bit of the engine's status.
const MAX_TARGETS: usize = 8;

/// Names that tables have already: of columns that end in `_day`, and of outcomes.
const TAKEN: [&str; 8] =
    ["birth", "burden", "end", "ended", "extinct", "extinction", "progressed", "progression"];

pub(crate) fn read(reader: &Reader<'_>) -> Option<Stop> {
    let targets = reader.tables("state");
    if let Some(extra) = targets.get(MAX_TARGETS) {
        return extra.refused(
            "",
            format!("{} sections [[stop.state]]", targets.len()),
            format!("expected at most {MAX_TARGETS}"),
            "remove those that are not needed; `series.csv` has the cells of every state at every observation",
        );
    }
    let mut names: Vec<At<String>> = Vec::new();
    let mut fine = true;
    for target in &targets {
        if let Some(name) = target.peek::<Plain, String>("name") {
            fine &= is_free(reader, &At::new(name, target.place("name")), &mut names);
        }
    }
    Stop::read(reader).filter(|_| fine)
}

/// Whether no other column or outcome has the name; reports it if one has.
fn is_free(reader: &Reader<'_>, name: &At<String>, names: &mut Vec<At<String>>) -> bool {
    let found = if TAKEN.contains(&name.value.as_str()) {
        Diagnostic::error(
            name.span.clone(),
            format!("`{}` is the name of something else in the tables", name.value),
        )
    } else if let Some(first) = names.iter().find(|n| n.value == name.value) {
        Diagnostic::error(name.span.clone(), format!("a second `{}`", name.value))
            .related(first.span.clone(), "the first one")
    } else {
        names.push(name.clone());
        return true;
    };
    reader.cx.report(
        found.label("expected another name").help("rename it, for example after the state: `resistant`"),
    );
    false
}
