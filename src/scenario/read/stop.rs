//! `[stop]`.

use super::parts::clash;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Locus, Progression, Reach, StateTarget, Stop};
use crate::scenario::reader::{At, Reader};
use crate::scenario::selector;

/// Most targets: each has a bit of the engine's status.
const MOST_TARGETS: usize = 8;

/// Names that tables have already: of columns that end in `_day`, and of outcomes.
const TAKEN: [&str; 8] =
    ["birth", "burden", "end", "ended", "extinct", "extinction", "progressed", "progression"];

pub(crate) fn read(reader: &Reader<'_>, loci: Option<&[Locus]>) -> Option<Stop> {
    let extinction = reader.flag("extinction");
    let burden = reader.small("burden");
    let progression = match reader.table("progression") {
        Some(reader) => Some(progression(&reader)?),
        None => None,
    };
    let targets = targets(reader, loci);
    Some(Stop {
        extinction: extinction?.value,
        burden: burden.map(|b| b.value),
        progression,
        targets: targets?,
    })
}

fn progression(reader: &Reader<'_>) -> Option<Progression> {
    let (factor, checks, halt) = (reader.number("factor"), reader.small("checks"), reader.flag("halt"));
    Some(Progression { factor: factor?.value, checks: checks?.value, halt: halt?.value })
}

fn targets(reader: &Reader<'_>, loci: Option<&[Locus]>) -> Option<Vec<StateTarget>> {
    let readers = reader.tables("state");
    if let Some(extra) = readers.get(MOST_TARGETS) {
        reader.cx.report(
            Diagnostic::error(extra.span.clone(), format!("{} sections [[stop.state]]", readers.len()))
                .label(format!("expected at most {MOST_TARGETS}"))
                .help("remove those that are not needed; `series.csv` has the cells of every state at every check"),
        );
        return None;
    }
    let mut names: Vec<At<String>> = Vec::new();
    let read: Vec<Option<StateTarget>> = readers.iter().map(|r| target(r, loci, &mut names)).collect();
    read.into_iter().collect()
}

fn target(reader: &Reader<'_>, loci: Option<&[Locus]>, names: &mut Vec<At<String>>) -> Option<StateTarget> {
    let name = reader.name("name").filter(|name| is_free(reader, name, names));
    let states = reader.selector("states");
    let reach = reach(reader);
    let halt = reader.flag("halt");
    let states = selector::read(reader.cx, loci?, &states?)?;
    Some(StateTarget { name: name?.value, states, reach: reach?, halt: halt?.value })
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

fn reach(reader: &Reader<'_>) -> Option<Reach> {
    let (cells, share) = (reader.small("cells"), reader.number("share"));
    clash(reader, "cells", "share", "remove one: a target is either a number of cells or a share");
    if !reader.has("cells") && !reader.has("share") {
        reader.cx.report(
            Diagnostic::error(reader.span.clone(), "a target without a number")
                .label("expected `cells` or `share`")
                .help("write `cells = 1` for the first cell of these states, `share = 1.0` for fixation"),
        );
    }
    match (cells, share) {
        (Some(cells), None) => Some(Reach::Cells { cells: cells.value }),
        (None, Some(share)) => Some(Reach::Share { share: share.value }),
        _ => None,
    }
}
