//! One drug of the catalogue: its names, what belongs together in it, its label.

use super::label;
use crate::catalogue::{Analyte, DoseUnit, Drug, DrugKind, KillKind, Node, Pk, Route};
use crate::scenario::declare::Plain;
use crate::scenario::error::Diagnostic;
use crate::scenario::nearest::list;
use crate::scenario::reader::Reader;
use crate::scenario::regimen::usual;

/// The routes of a drug that names none: supportive care and procedures have none, the others must name theirs.
pub(crate) fn usual_route(reader: &Reader<'_>) -> Option<Vec<Route>> {
    let kind = reader.value::<Plain, DrugKind>("kind")?;
    if matches!(kind, DrugKind::Procedure | DrugKind::Supportive) {
        return Some(vec![Route::None]);
    }
    if !reader.misspelt("routes") {
        reader.refuse(
            "",
            format!("a {} without `routes`", kind.word()),
            "expected `routes`: how it can be given, the usual way first",
            "add for example `routes = [\"oral\"]`",
        );
    }
    None
}

/// Checks parts of a drug against each other.
pub(crate) fn belongs_together(drug: &Drug, reader: &Reader<'_>) {
    if drug.routes.is_empty() {
        reader.refuse(
            "routes",
            "`routes` is empty",
            "expected at least one route",
            "write `routes = [\"none\"]` for what is not administered",
        );
    }
    let bath = drug.routes.contains(&Route::Bath);
    if drug.kind == DrugKind::Medicine && drug.pk.is_none() && !bath {
        reader.refuse(
            "",
            "a medicine without pharmacokinetics",
            "expected [catalogue.drug.pk]",
            "add it, or give the drug as a bath: `routes = [\"bath\"]`",
        );
    }
    if let Some(pk) = &drug.pk {
        uses_routes(reader, drug, pk);
    }
    if !drug.targets.is_empty() && drug.pk.is_some() && drug.molar_mass.is_none() {
        reader.refuse(
            "",
            "a drug with targets but without `molar_mass`",
            "expected `molar_mass`",
            "add it: targets need concentrations in nM",
        );
    }
    let metabolite = drug.pk.as_ref().is_some_and(|pk| pk.metabolite.is_some());
    judge_analytes(reader, drug, metabolite);
    judge_references(reader, drug);
    judge_maximum(reader, drug);
    label::judge(reader, drug);
    let doses = [drug.label.maximum, usual(drug).and_then(|regimen| regimen.dose)];
    if doses.into_iter().flatten().any(|d| d.unit == DoseUnit::MegaUnit) && drug.units_per_mg.is_none() {
        reader.refuse(
            "",
            "a drug dosed by units but without `units_per_mg`",
            "expected `units_per_mg`",
            "add it: concentrations need a mass",
        );
    }
}

/// A node has one target for each analyte.
pub(crate) fn distinct_targets(reader: &Reader<'_>) {
    let mut seen: Vec<(Node, Analyte)> = Vec::new();
    for target in reader.tables("target") {
        let node = target.peek::<Plain, Node>("node").zip(target.peek::<Plain, Analyte>("analyte"));
        if node.is_some_and(|node| seen.contains(&node)) {
            target.refuse(
                "",
                "a second target at the same node",
                "expected one target for each node",
                "merge the two, or correct the `node`",
            );
        }
        seen.extend(node);
    }
}

/// A drug that is swallowed or injected into tissue is absorbed or released; an infusion goes into a vessel.
fn uses_routes(reader: &Reader<'_>, drug: &Drug, pk: &Pk) {
    let words: Vec<&str> = drug.routes.iter().map(|r| r.word()).collect();
    let slow = [Route::Oral, Route::Subcutaneous, Route::Intramuscular];
    let enters = pk.absorption.is_some() || !pk.release.is_empty();
    if drug.routes.iter().any(|r| slow.contains(r)) && !enters {
        let found = format!("a drug with routes {} that is not absorbed", list(words.iter().copied()));
        reader.refuse(
            "",
            &found,
            "expected [catalogue.drug.pk.absorption] or [[catalogue.drug.pk.release]]",
            "add the absorption, or correct `routes`",
        );
    } else if enters && !drug.routes.iter().any(|r| slow.contains(r)) {
        let found = format!("a drug with routes {} that has an absorption", list(words));
        reader.refuse(
            "",
            &found,
            "expected a route through tissue: `oral`, `subcutaneous`, `intramuscular`",
            "remove the absorption or release, or correct `routes`",
        );
    }
}

/// The largest dose of a label is one that a drug of its kind can have.
fn judge_maximum(reader: &Reader<'_>, drug: &Drug) {
    let (Some(maximum), Some(label)) = (drug.label.maximum, reader.table("label")) else { return };
    let (expected, fits) = match drug.kind {
        DrugKind::Radionuclide => ("a dose in GBq", maximum.unit == DoseUnit::Gigabecquerel),
        DrugKind::Procedure => ("a dose in %", maximum.unit == DoseUnit::Percent),
        DrugKind::Medicine => (
            "a dose in mg, mg/kg, mg/m2, MU or nM",
            !matches!(maximum.unit, DoseUnit::Gigabecquerel | DoseUnit::Percent),
        ),
        DrugKind::Supportive => ("no dose", false),
    };
    if !fits {
        label.refuse(
            "maximum",
            format!("a {} has a dose of {maximum}", drug.kind.word()),
            format!("expected {expected}"),
            "correct the unit, or the `kind` of the drug",
        );
    }
}

/// What follows a metabolite needs one; a kill that follows a node needs a target there; vessels need a concentration.
fn judge_analytes(reader: &Reader<'_>, drug: &Drug, metabolite: bool) {
    let of_target = drug.targets.iter().map(|t| t.analyte);
    let mut analytes = of_target.chain(drug.vascular.iter().map(|v| v.analyte));
    if !metabolite && analytes.any(|a| a != Analyte::Parent) {
        reader.refuse(
            "",
            "an `analyte` of a drug without a metabolite",
            "expected [catalogue.drug.pk.metabolite]",
            "add the metabolite, or write `analyte = \"parent\"`",
        );
    }
    let by_effect = drug.kills.iter().filter(|k| k.kind != KillKind::Radiation);
    for node in by_effect.filter_map(|k| k.node) {
        if drug.targets.iter().all(|t| t.node != node) {
            let found = format!("a kill at `{}`, where the drug has no target", node.word());
            reader.refuse(
                "",
                &found,
                "expected a [[catalogue.drug.target]] with that node",
                "add the target, or let the kill follow a concentration: `ec50`",
            );
        }
    }
    let follows = drug.vascular.is_some() || drug.kills.iter().any(|k| k.ec50.is_some());
    if follows && drug.pk.is_none() {
        reader.refuse(
            "",
            "an effect of a concentration that is not known",
            "expected [catalogue.drug.pk]",
            "add the pharmacokinetics; a bath has a concentration for nodes only",
        );
    }
}

/// Events follow the concentration of a drug that has one, the dose of others.
fn judge_references(reader: &Reader<'_>, drug: &Drug) {
    let (wrong, right) = match drug.pk {
        Some(_) => ("reference_dose", "`reference`: the drug has a concentration"),
        None => ("reference", "`reference_dose`: the drug has no concentration"),
    };
    for event in reader.tables("toxicity") {
        if let Some((span, _)) = event.given(wrong) {
            reader.cx.report(
                Diagnostic::error(span, format!("`{wrong}` does not go with this drug"))
                    .label(format!("expected {right}"))
                    .help("give the other one, or leave `beta` out"),
            );
        }
    }
}
