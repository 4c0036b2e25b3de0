//! `phenotype`: where rates come from, and which sections go with it.

use crate::scenario::context::At;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::Mode;
use crate::scenario::reader::Reader;

/// Words of `phenotype`.
pub(super) const RATES: &str = "rates";
pub(super) const SIGNALLING: &str = "signalling";

/// The mode; reports sections that belong to the other one. What cannot be read counts as what the sections suggest.
pub(super) fn read(root: &Reader<'_>) -> Mode {
    let Some(chosen) = root.choice("phenotype") else {
        let suggested = ["patient", "vessels", "therapy", "cohort", "arm"].iter().any(|name| root.has(name));
        return if suggested { Mode::Signalling } else { Mode::Rates };
    };
    let mode = if chosen.value == SIGNALLING { Mode::Signalling } else { Mode::Rates };
    for key in root.section.keys {
        let elsewhere = key.only.is_some_and(|o| o.key == "phenotype" && !o.values.contains(&chosen.value));
        if elsewhere {
            misplaced(root, key.name, &chosen);
        }
    }
    mode
}

fn misplaced(root: &Reader<'_>, name: &'static str, chosen: &At<&'static str>) {
    let Some((span, _)) = root.given(name) else {
        return;
    };
    let (section, help) = match name {
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
            match name {
                "trial" => "[trial]",
                "cohort" => "[cohort]",
                "assessment" => "[assessment]",
                "arm" => "[[arm]]",
                "comparison" => "[[comparison]]",
                _ => "[[published]]",
            },
            "write `phenotype = \"signalling\"` before the first section: patients of a trial have cells whose rates follow from them",
        ),
        _ => (
            "[vessels]",
            "write `phenotype = \"signalling\"` before the first section, or leave [vessels] out: their density is then constant",
        ),
    };
    let other = if chosen.value == RATES { SIGNALLING } else { RATES };
    let mut found =
        Diagnostic::error(span, format!("{section} does not go with phenotype = {:?}", chosen.value))
            .label(format!("expected only with phenotype = {other:?}"))
            .help(help);
    if root.has("phenotype") {
        found = found.related(chosen.span.clone(), "chosen here");
    } else {
        found = found.note(format!("`phenotype` is {:?} unless the file says otherwise", chosen.value));
    }
    root.cx.report(found);
}
