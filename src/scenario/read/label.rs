//! Whether the doses of a label are doses of the drug: its usual regimen, and what it is reduced to.

use super::regimens::{misfit, text_problem};
use super::steps::{descends, not_its_own};
use crate::catalogue::{DoseUnit, Drug};
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Severity};
use crate::scenario::model::Regimen;
use crate::scenario::regimen::{Body, Finding, fits, parse_step, usual};
use crate::scenario::shown::shown;

/// Judges the texts of a drug's label: a label that is wrong would be a dose that silently becomes none.
pub(super) fn judge(reader: &Reader<'_>, drug: &Drug) {
    doses(reader, drug);
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

fn doses(reader: &Reader<'_>, drug: &Drug) {
    let Some(label) = reader.table("label") else { return };
    let Some(usual) = label.placed::<Plain, String>("regimen") else { return };
    let Some(reduced) = label.value::<Plain, Vec<At<String>>>("reductions") else { return };
    let judged = Judged { label: &label, drug, body: Body::typical() };
    if usual.value.is_empty() {
        if let Some(first) = reduced.first() {
            judged.without_usual(first);
        }
        return;
    }
    let Some(usual) = judged.regimen(&usual, &[]) else { return };
    let mut before = usual.clone();
    for text in &reduced {
        let Some(step) = judged.regimen(text, &[&usual.value]) else { return };
        not_its_own(label.cx, &step, &usual.value);
        if !descends(label.cx, &step, &before, drug, &judged.body) {
            return;
        }
        before = step;
    }
}

/// What a label is judged by.
struct Judged<'a> {
    label: &'a Reader<'a>,
    drug: &'a Drug,
    body: Body,
}

impl Judged<'_> {
    /// A regimen of the label; reports one that is none, or none of this drug.
    fn regimen(&self, text: &At<String>, full: &[&Regimen]) -> Option<At<Regimen>> {
        let cx = self.label.cx;
        let name = self.drug.name.as_str();
        let read = parse_step(&text.value, Some(name), full);
        let regimen = read.map_err(|error| text_problem(cx, text, &error)).ok()?;
        if !self.drug.is_called(&regimen.drug) {
            self.of_another(text, &regimen.drug);
            return None;
        }
        let findings = fits(&regimen, self.drug, &self.body);
        let fine = findings.is_empty();
        for finding in findings {
            misfit(cx, text.span.clone(), Finding { severity: Severity::Error, ..finding });
        }
        fine.then(|| At::new(Regimen { drug: name.to_owned(), ..regimen }, text.span.clone()))
    }

    fn of_another(&self, text: &At<String>, other: &str) {
        Diagnostic::error(
            text.span.clone(),
            format!("a dose of {} on the label of `{}`", shown(other), self.drug.name),
        )
        .label("expected a dose of this drug, without a name")
        .help("write for example \"10 mg daily\"")
        .report(self.label.cx);
    }

    fn without_usual(&self, first: &At<String>) {
        Diagnostic::error(first.span.clone(), "reductions of a label that has no usual `regimen`")
            .label("expected a `regimen` beside them: they are reductions of it")
            .help("add for example `regimen = \"10 mg daily\"`, or leave `reductions` out")
            .report(self.label.cx);
    }
}
