//! `[vessels]`, and drugs that would act on vessels that a scenario does not have.

use super::regimens::Formulary;
use crate::scenario::context::At;
use crate::scenario::declare::Section as _;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Mode, Regimen, Vessels};
use crate::scenario::reader::Reader;

/// Vessels that live: `None` if they are wrong, `Some(None)` if there are none.
pub(super) fn read(root: &Reader<'_>, mode: Mode) -> Option<Option<Vessels>> {
    if mode == Mode::Rates || !root.has("vessels") {
        return Some(None);
    }
    let reader = root.table("vessels")?;
    if !root.has("oxygen") {
        Diagnostic::error(reader.span.clone(), "[vessels] without [oxygen]")
            .label("expected [oxygen] beside it: vessels grow where oxygen is short, and carry it")
            .help("add the section [oxygen], which may be empty, or leave [vessels] out")
            .report(reader.cx);
    }
    Vessels::read(&reader).map(Some)
}

/// Warns of drugs that act on vessels where none live.
pub(super) fn absent(root: &Reader<'_>, formulary: &Formulary<'_>, regimens: &[&At<Regimen>]) {
    if root.has("vessels") {
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for regimen in regimens {
        let name = regimen.value.drug.as_str();
        let Some(alone) = formulary.acts_on_vessels(name).filter(|_| !seen.contains(&name)) else {
            continue;
        };
        seen.push(name);
        let rest = if alone { "it does nothing" } else { "only its effects on cells count" };
        let (missing, sections) = if root.has("oxygen") {
            ("[vessels]", "the section [vessels], which may be empty")
        } else {
            ("[vessels] and [oxygen]", "the sections [oxygen] and [vessels], which may be empty")
        };
        Diagnostic::warning(
            regimen.span.clone(),
            format!("`{name}` acts on vessels, but this scenario has no vessels that live"),
        )
        .label(format!("expected {missing}: without, {rest}"))
        .help(format!("add {sections}"))
        .report(root.cx);
    }
}
