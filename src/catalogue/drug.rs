//! A drug of the catalogue.

use serde::Serialize;

use super::{
    Analyte, CellKill, Dose, DoseUnit, DrugKind, Hormone, HormoneEffect, KillKind, Node, Number, Pk, Route,
    Target, Toxicity, Vascular,
};
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::nearest::list;

/// Coefficient of variation of a concentration about that of the model, where no population model of the drug says it (C; a choice, within
/// the 0.14 to 0.64 of those that do).
const USUAL_CV: f64 = 0.3;

/// What the label says about doses.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.label", title = "after an adverse event")]
pub struct Label {
    /// The usual regimen, without the drug's name.
    #[key(default = "", example = "10 mg daily")]
    pub regimen: String,
    /// Reduced doses, each below the one before it. A dose alone is given like the usual one: "5 mg".
    #[key(default = [], example = ["5 mg daily", "5 mg every 2 d"])]
    pub reductions: Vec<String>,
    /// Largest single dose. There is a warning above it, in whatever unit a dose is written, and where doses
    /// are so frequent that they come to more than this one at the usual schedule. Doses by weight or surface
    /// are those of the scenario's patient; in a trial, and without one, of 70 kg and 170 cm.
    #[key(absent = "no dose is too large", example = "10 mg")]
    pub maximum: Option<Dose>,
    /// Median length of a hold for an adverse event.
    #[key(
        name = "hold", positive(Time, "d"),
        default = { value = "10 d", source = "default: middle of 7 to 14 d", confidence = "C" },
        example = "10 d",
    )]
    pub hold_days: Number,
    /// Grade-3 events of one organ class after which the drug is stopped; 0: never by count.
    #[key(integer(0, 100), default = 0, example = 2)]
    pub stop_after: u32,
    /// Where the rules come from.
    #[key(default = "scenario", example = "label")]
    pub source: String,
}

/// A drug, radionuclide, local procedure or supportive care: what it is, how it behaves in the body, and what
/// it does. Names are compared without regard to case, spaces and hyphens.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug", heading = "[[catalogue.drug]]", given = distinct_parts, rule = belongs_together)]
pub struct Drug {
    /// Name, as used in scenarios.
    #[key(name(Title), required, example = "everolimus")]
    pub name: String,
    /// Other names.
    #[key(names(Title), default = [], example = ["RAD001"])]
    pub aliases: Vec<String>,
    /// Class, in lower case.
    #[key(default = "other", example = "rapalog")]
    pub class: String,
    /// What kind of therapy it is: given by dose, by activity, a local procedure, or nothing that acts on the
    /// tumour.
    #[key(default = "medicine")]
    pub kind: DrugKind,
    /// What it is, in a sentence or two.
    #[key(default = "", example = "A rapalog.")]
    pub description: String,
    /// What a user must know.
    #[key(default = [], example = ["No number is measured."])]
    pub notes: Vec<String>,
    /// How it can be given, the usual way first; `bath` is a constant unbound concentration, as in a dish. An
    /// intravenous or intraarterial dose of a drug with an absorption or a depot goes past them, past the first
    /// pass and `bioavailability`, whole into the central compartment: `clearance` and `volume` must then be
    /// the true ones, and not relative to a bioavailability.
    #[key(derived = "`none` for procedures and supportive care; required otherwise", by = usual_route, example = ["oral"])]
    pub routes: Vec<Route>,
    /// Molar mass.
    #[key(
        positive(MolarMass, "g/mol"),
        absent = "unknown: concentrations cannot be turned into nM",
        example = "958.2 g/mol"
    )]
    pub molar_mass: Option<Number>,
    /// International units in a milligram, for a drug that is dosed by them.
    #[key(positive(Potency, "MU/mg"), absent = "not dosed by units", example = "260 MU/mg")]
    pub units_per_mg: Option<Number>,
    /// Exponent of perfusion: concentration in the tumour = in plasma x (perfusion / untreated
    /// perfusion)^exponent.
    #[key(
        plain(0.0, 2.0),
        default = { value = 0.0, source = "default: perfusion does not matter", confidence = "C" },
        example = 0.2,
    )]
    pub delivery_exponent: Number,
    /// Pharmacokinetics.
    #[key(section, absent = "none: a bath, a radionuclide, a procedure")]
    pub pk: Option<Pk>,
    /// Nodes of the signalling network.
    #[key(name = "target", section, absent = "no node")]
    pub targets: Vec<Target>,
    /// Hormones of the blood that it moves, and with them what feeds the receptors of the tumour.
    #[key(name = "hormone", section, absent = "none")]
    pub hormones: Vec<HormoneEffect>,
    /// What it does to vessels.
    #[key(section, absent = "nothing")]
    pub vascular: Option<Vascular>,
    /// Direct killing of cells.
    #[key(name = "kill", section, absent = "no direct killing")]
    pub kills: Vec<CellKill>,
    /// Adverse events.
    #[key(name = "toxicity", section, absent = "no adverse events")]
    pub toxicities: Vec<Toxicity>,
    /// Published share of patients who stop for adverse events within a year; compared, not used.
    #[key(PART, absent = "unknown", example = 0.17)]
    pub discontinuation: Option<Number>,
    /// Doses.
    #[key(section, default = {})]
    pub label: Label,
}

/// A name as it is compared: without regard to case, spaces, hyphens and other marks.
pub fn plain_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Drug {
    /// Whether it may cause adverse events.
    pub fn has_adverse_events(&self) -> bool {
        !self.toxicities.is_empty() && self.kind != DrugKind::Supportive
    }

    /// Coefficient of variation of a measured concentration about the true one: the residual error of its population model, or 0.3 where
    /// none says it (C).
    pub fn measurement_cv(&self) -> f64 {
        let residual = self.pk.as_ref().and_then(|pk| pk.residual_cv.as_ref());
        residual.map_or(USUAL_CV, |cv| cv.value)
    }

    /// Whether this is a name or an alias of the drug, by [`plain_name`].
    pub fn is_called(&self, name: &str) -> bool {
        let wanted = plain_name(name);
        self.names().any(|own| plain_name(own) == wanted)
    }

    /// Its name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.aliases).map(String::as_str)
    }
}

/// The routes of a drug that names none: supportive care and procedures have none, the others must name theirs.
fn usual_route(reader: &Reader<'_>) -> Option<Vec<Route>> {
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
fn belongs_together(drug: &Drug, reader: &Reader<'_>) {
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
}

/// A node has one target for each analyte, a hormone one effect.
fn distinct_parts(reader: &Reader<'_>) {
    let mut moved: Vec<Hormone> = Vec::new();
    for effect in reader.tables("hormone") {
        let hormone = effect.peek::<Plain, Hormone>("hormone");
        if hormone.is_some_and(|hormone| moved.contains(&hormone)) {
            effect.refuse(
                "",
                "a second effect on the same hormone",
                "expected one effect on each hormone",
                "merge the two, or correct the `hormone`",
            );
        }
        moved.extend(hormone);
    }
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
    let follows =
        drug.vascular.is_some() || !drug.hormones.is_empty() || drug.kills.iter().any(|k| k.ec50.is_some());
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
