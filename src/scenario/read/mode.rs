//! `phenotype`: where rates come from, and which sections go with it.

use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::Mode;

/// The mode; reports sections that belong to the other one. What cannot be read counts as what the sections suggest.
pub(super) fn read(root: &Reader<'_>) -> Mode {
    let Some(chosen) = root.placed::<Plain, Mode>("phenotype") else {
        let suggested = ["patient", "vessels", "therapy", "cohort", "arm"].iter().any(|name| root.has(name));
        return if suggested { Mode::Signalling } else { Mode::Rates };
    };
    let elsewhere = |o: Only| o.key == "phenotype" && !o.values.contains(&chosen.value.word());
    for key in root.section.keys.iter().filter(|key| key.only.is_some_and(elsewhere)) {
        misplaced(root, key, &chosen);
    }
    chosen.value
}

fn misplaced(root: &Reader<'_>, key: &Key, chosen: &At<Mode>) {
    let Some((span, _)) = root.given(key.name) else { return };
    let (section, help) = match key.name {
        "drug" => (
            "[[drug]]",
            "give drugs of the catalogue by [therapy], for example `regimen = \"everolimus 10 mg daily\"`",
        ),
        "therapy" => (
            "[therapy]",
            "write `phenotype = \"signalling\"` before the first section, or describe the drugs by [[drug]] and [[rates.effect]]",
        ),
        "cells_per_agent" => (
            "`cells_per_agent`",
            "write `phenotype = \"signalling\"`, or leave it out: in mode `rates` an agent is a cell",
        ),
        "patient" => (
            "[patient]",
            "write `phenotype = \"signalling\"` before the first section, or leave [patient] out: cells follow [rates]",
        ),
        "trial" | "cohort" | "assessment" | "arm" | "comparison" | "published" => (
            key.kind.section().map_or("", |section| section.heading),
            "write `phenotype = \"signalling\"` before the first section: patients of a trial have cells whose rates follow from them",
        ),
        _ => (
            "[vessels]",
            "write `phenotype = \"signalling\"` before the first section, or leave [vessels] out: their density is then constant",
        ),
    };
    let word = chosen.value.word();
    let other = if chosen.value == Mode::Rates { Mode::Signalling } else { Mode::Rates }.word();
    let found = Diagnostic::error(span, format!("{section} does not go with phenotype = {word:?}"))
        .label(format!("expected only with phenotype = {other:?}"))
        .help(help);
    root.cx.report(match root.has("phenotype") {
        true => found.related(chosen.span.clone(), "chosen here"),
        false => found.note(format!("`phenotype` is {word:?} unless the file says otherwise")),
    });
}
