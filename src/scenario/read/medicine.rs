//! One drug of the catalogue: its names, what belongs together in it, its label.

use super::parts::at_section;
use super::{action, label, pharmacokinetics, toxicity};
use crate::catalogue::{Dose, DoseUnit, Drug, DrugKind, Label, Pk, Route};
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::Locus;
use crate::scenario::nearest::list;
use crate::scenario::reader::{At, Reader};
use crate::scenario::regimen::usual;

/// Reads a drug; the place is that of its name. `None` if a part that is needed is missing or wrong.
pub(crate) fn read(reader: &Reader<'_>, loci: &[Locus]) -> Option<(Span, Drug)> {
    let name = reader.name("name");
    let (aliases, class) = (reader.names("aliases"), reader.text("class"));
    let kind = reader.choice("kind").and_then(|k| DrugKind::of(k.value));
    let (description, notes) = (reader.text("description"), reader.texts("notes"));
    let routes = routes(reader, kind);
    let molar_mass = reader.sourced("molar_mass");
    let units_per_mg = reader.sourced("units_per_mg");
    let delivery_exponent = reader.sourced("delivery_exponent");
    let pk = reader.table("pk").map(|r| pharmacokinetics::read(&r));
    let targets = action::targets(reader, loci);
    let vascular = reader.table("vascular").map(|r| action::vascular(&r));
    let kills = action::kills(reader, loci);
    let toxicities = toxicity::read(reader);
    let discontinuation = reader.sourced("discontinuation");
    let label = reader.table("label").and_then(|r| read_label(&r, kind));
    let name = name?;
    let drug = Drug {
        name: name.value,
        aliases: aliases?.value.into_iter().map(|a| a.value).collect(),
        class: class?.value,
        kind: kind?,
        description: description?.value,
        notes: notes?.value.into_iter().map(|n| n.value).collect(),
        routes: routes?,
        molar_mass: molar_mass.map(|n| n.value),
        units_per_mg: units_per_mg.map(|n| n.value),
        pk: pk.map_or(Some(None), |read| read.map(Some))?,
        targets: targets?,
        vascular: vascular.map_or(Some(None), |read| read.map(Some))?,
        kills: kills?,
        delivery_exponent: delivery_exponent?.value,
        toxicities: toxicities?,
        discontinuation: discontinuation.map(|n| n.value),
        label: label?,
    };
    belongs_together(reader, &drug);
    Some((name.span, drug))
}

fn routes(reader: &Reader<'_>, kind: Option<DrugKind>) -> Option<Vec<Route>> {
    let given = reader.choices("routes");
    if !reader.has("routes") {
        let kind = kind?;
        if matches!(kind, DrugKind::Procedure | DrugKind::Supportive) {
            return Some(vec![Route::None]);
        }
        if reader.misspelt("routes") {
            return None;
        }
        reader.cx.report(
            Diagnostic::error(reader.span.clone(), format!("a {} without `routes`", kind.word()))
                .label("expected `routes`: how it can be given, the usual way first")
                .help("add for example `routes = [\"oral\"]`"),
        );
        return None;
    }
    let given = given?;
    if given.value.is_empty() {
        reader.cx.report(
            Diagnostic::error(given.span, "`routes` is empty")
                .label("expected at least one route")
                .help("write `routes = [\"none\"]` for what is not administered"),
        );
        return None;
    }
    given.value.iter().map(|r| Route::of(r.value)).collect()
}

/// Checks parts of a drug against each other.
fn belongs_together(reader: &Reader<'_>, drug: &Drug) {
    let bath = drug.routes.contains(&Route::Bath);
    if drug.kind == DrugKind::Medicine && drug.pk.is_none() && !bath {
        at_section(reader, "a medicine without pharmacokinetics", "expected [catalogue.drug.pk]")
            .and_help("add it, or give the drug as a bath: `routes = [\"bath\"]`");
    }
    if let Some(pk) = &drug.pk {
        uses_routes(reader, drug, pk);
    }
    if !drug.targets.is_empty() && drug.pk.is_some() && drug.molar_mass.is_none() {
        at_section(reader, "a drug with targets but without `molar_mass`", "expected `molar_mass`")
            .and_help("add it: targets need concentrations in nM");
    }
    let metabolite = drug.pk.as_ref().is_some_and(|pk| pk.metabolite.is_some());
    action::judge_analytes(reader, drug, metabolite);
    toxicity::judge_references(reader, drug);
    label::judge(reader, drug);
    let doses = [drug.label.maximum, usual(drug).and_then(|regimen| regimen.dose)];
    if doses.into_iter().flatten().any(|d| d.unit == DoseUnit::MegaUnit) && drug.units_per_mg.is_none() {
        at_section(reader, "a drug dosed by units but without `units_per_mg`", "expected `units_per_mg`")
            .and_help("add it: concentrations need a mass");
    }
}

/// A drug that is swallowed or injected into tissue is absorbed or released; an infusion goes into a vessel.
fn uses_routes(reader: &Reader<'_>, drug: &Drug, pk: &Pk) {
    let words: Vec<&str> = drug.routes.iter().map(|r| r.word()).collect();
    let slow = [Route::Oral, Route::Subcutaneous, Route::Intramuscular];
    let enters = pk.absorption.is_some() || !pk.release.is_empty();
    if drug.routes.iter().any(|r| slow.contains(r)) && !enters {
        let found = format!("a drug with routes {} that is not absorbed", list(words.iter().copied()));
        at_section(
            reader,
            &found,
            "expected [catalogue.drug.pk.absorption] or [[catalogue.drug.pk.release]]",
        )
        .and_help("add the absorption, or correct `routes`");
    } else if enters && !drug.routes.iter().any(|r| slow.contains(r)) {
        let found = format!("a drug with routes {} that has an absorption", list(words));
        at_section(
            reader,
            &found,
            "expected a route through tissue: `oral`, `subcutaneous`, `intramuscular`",
        )
        .and_help("remove the absorption or release, or correct `routes`");
    }
}

fn read_label(reader: &Reader<'_>, kind: Option<DrugKind>) -> Option<Label> {
    let (regimen, reductions) = (reader.text("regimen"), reader.texts("reductions"));
    let maximum = reader.dose("maximum");
    let (hold, stop_after, source) =
        (reader.sourced("hold"), reader.small("stop_after"), reader.text("source"));
    if let (Some(maximum), Some(kind)) = (&maximum, kind) {
        fits_kind(reader, maximum, kind);
    }
    Some(Label {
        regimen: regimen?.value,
        reductions: reductions?.value.into_iter().map(|r| r.value).collect(),
        maximum: maximum.map(|m| m.value),
        hold_days: hold?.value,
        stop_after: stop_after?.value,
        source: source?.value,
    })
}

fn fits_kind(reader: &Reader<'_>, maximum: &At<Dose>, kind: DrugKind) {
    let expected = match kind {
        DrugKind::Radionuclide => "a dose in GBq",
        DrugKind::Procedure => "a dose in %",
        DrugKind::Medicine => "a dose in mg, mg/kg, mg/m2, MU or nM",
        DrugKind::Supportive => "no dose",
    };
    let fits = match maximum.value.unit {
        DoseUnit::Gigabecquerel => kind == DrugKind::Radionuclide,
        DoseUnit::Percent => kind == DrugKind::Procedure,
        _ => kind == DrugKind::Medicine,
    };
    if !fits {
        let found = format!("a {} has a dose of {}", kind.word(), maximum.value);
        reader.cx.report(
            Diagnostic::error(maximum.span.clone(), found)
                .label(format!("expected {expected}"))
                .help("correct the unit, or the `kind` of the drug"),
        );
    }
}
