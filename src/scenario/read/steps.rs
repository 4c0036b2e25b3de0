//! Reduced doses: those of a line, and those of a label.

use super::regimens::{Formulary, name_span, text_problem};
use crate::catalogue::Drug;
use crate::scenario::context::{At, Context};
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Regimen, Rhythm};
use crate::scenario::nearest::list;
use crate::scenario::regimen::{Body, DoseProblem, is_above, is_below, parse_step};

impl Formulary<'_> {
    /// Reads the reduced doses of these regimens; those that are wrong are reported and left out.
    pub fn steps(&self, texts: &[At<String>], regimens: &[At<Regimen>]) -> Vec<At<Regimen>> {
        let mut steps: Vec<At<Regimen>> = Vec::new();
        for text in texts {
            let Some(step) = self.step(text, regimens) else { continue };
            if let Some(planned) = regimens.iter().find(|r| r.value.drug == step.value.drug) {
                let before = steps.iter().rev().find(|s| s.value.drug == step.value.drug);
                self.judge_step(&step, planned, before);
            }
            steps.push(step);
        }
        steps
    }

    /// Reads a reduced dose of one of these regimens.
    pub(super) fn step(&self, text: &At<String>, regimens: &[At<Regimen>]) -> Option<At<Regimen>> {
        let alone = if let [one] = regimens { Some(one.value.drug.as_str()) } else { None };
        let full: Vec<Regimen> = regimens.iter().flat_map(|r| self.under_all_names(&r.value)).collect();
        let step = match parse_step(&text.value, alone, &full.iter().collect::<Vec<_>>()) {
            Ok(step) => step,
            Err(error) if error.problem == DoseProblem::NoDrug => {
                self.without_name(text, regimens);
                return None;
            }
            Err(error) => {
                text_problem(self.cx, text, &error);
                return None;
            }
        };
        let name = name_span(self.cx, text, &step.drug);
        let step = self.of_drug(At::new(step, text.span.clone()), name)?;
        if regimens.iter().any(|r| r.value.drug == step.value.drug) {
            return Some(step);
        }
        Diagnostic::error(
            text.span.clone(),
            format!("a step of `{}`, which the line does not give", step.value.drug),
        )
        .label(format!("expected one of {}", list(regimens.iter().map(|r| r.value.drug.as_str()))))
        .help("remove the step, or add a regimen of this drug")
        .fail(self.cx)
    }

    /// A regimen under the names that its drug has: a step may use any of them.
    fn under_all_names(&self, regimen: &Regimen) -> Vec<Regimen> {
        let names: Vec<&str> =
            self.catalogue.find(&regimen.drug).map(|d| d.names().collect()).unwrap_or_default();
        names.into_iter().map(|name| Regimen { drug: name.to_owned(), ..regimen.clone() }).collect()
    }

    fn without_name(&self, text: &At<String>, regimens: &[At<Regimen>]) {
        Diagnostic::error(text.span.clone(), "a step without the name of its drug")
            .label("expected the drug first: the line has several")
            .help(format!("write for example \"{} {}\"", regimens[0].value.drug, text.value.trim()))
            .report(self.cx);
    }

    /// A first step may repeat the full dose; every other one is below the one before it.
    fn judge_step(&self, step: &At<Regimen>, planned: &At<Regimen>, before: Option<&At<Regimen>>) {
        let Ok(drug) = self.catalogue.find(&step.value.drug) else { return };
        not_its_own(self.cx, step, &planned.value);
        match before {
            Some(before) => {
                descends(self.cx, step, before, drug, self.body);
            }
            None if is_above(&step.value, &planned.value, drug, self.body) => {
                Diagnostic::error(step.span.clone(), "a step that is not a reduction")
                    .label("expected at most the planned dose")
                    .related(planned.span.clone(), "the planned dose")
                    .help("list reduced doses only, the largest first")
                    .report(self.cx)
            }
            None => {}
        }
    }
}

/// Reports a reduced dose that is not below the one before it.
pub(super) fn descends(
    cx: &Context<'_>,
    step: &At<Regimen>,
    before: &At<Regimen>,
    drug: &Drug,
    body: &Body,
) -> bool {
    let below = is_below(&step.value, &before.value, drug, body);
    if !below {
        Diagnostic::error(step.span.clone(), "a reduced dose that is not below the one before it")
            .label(format!("expected less than {}", before.value))
            .related(before.span.clone(), "the dose before it")
            .help("list reduced doses only, the largest first")
            .report(cx);
    }
    below
}

/// Reports a beginning or an end of a reduced dose that the regimen it reduces has not: it begins when the dose is
/// reduced, and ends with that regimen.
pub(super) fn not_its_own(cx: &Context<'_>, step: &At<Regimen>, planned: &Regimen) {
    let own = &step.value;
    let dates = matches!(own.rhythm, Rhythm::Dates { .. }) && own.rhythm != planned.rhythm;
    let begins = own.start > 0 && own.start != planned.start;
    let ends = (own.stop.is_some() && own.stop != planned.stop)
        || (own.courses.is_some() && own.courses != planned.courses);
    if dates || begins || ends {
        Diagnostic::error(step.span.clone(), "a reduced dose with a beginning or an end of its own")
                .label("expected a dose, and at most how often it is given")
                .help("leave dates, `from`, `until`, `for` and a number of courses out: it begins when the dose is reduced, and ends with the regimen that it reduces").report(cx);
    }
}
