//! `[cohort]`: who is treated in a trial.

use crate::scenario::error::Diagnostic;
use crate::scenario::model::{CohortChange, CohortSection, Laws};
use crate::scenario::places::{ChangeSpans, TrialSpans};
use crate::scenario::reader::{At, Reader};

/// Whether a file is a trial.
pub(super) fn is_trial(root: &Reader<'_>) -> bool {
    root.has("cohort") || root.has("arm")
}

/// The cohort with the places of what is judged where cohorts are drawn; reports that there is none.
pub(super) fn read(root: &Reader<'_>) -> Option<(CohortSection, TrialSpans)> {
    let Some(reader) = root.table("cohort") else {
        if let (Some((arm, _)), false) = (root.given("arm"), root.has("cohort")) {
            root.cx.report(
                Diagnostic::error(arm, "a trial without a cohort")
                    .label("expected [cohort] beside [[arm]]: who is treated")
                    .help("add the section [cohort], which may be empty, for 60 patients like those of RADIANT-3"),
            );
        }
        return None;
    };
    let patients = reader.small("patients");
    let population = reader.text("population");
    let laws = reader.text("laws").and_then(|words| laws(&reader, words));
    let repeat = reader.texts("repeat");
    let (agents, lesions) = (optional(&reader, "agents"), optional(&reader, "lesions"));
    let (origin, pharmacokinetics) = (reader.choice("origin"), reader.choice("pharmacokinetics"));
    let germline = reader.flag("germline_effects");
    let prognostic = reader.number("prognostic_factor");
    let changes: Vec<Option<_>> = reader.tables("change").iter().map(change).collect();
    let changes: Option<Vec<_>> = changes.into_iter().collect();
    let (changes, spans) = changes?.into_iter().unzip();
    let (population, laws, repeat) = (population?, laws?, repeat?);
    let places = TrialSpans {
        cohort: reader.span.clone(),
        population: population.span,
        laws: laws.span,
        repeat: repeat.value.iter().map(|name| name.span.clone()).collect(),
        changes: spans,
    };
    let cohort = CohortSection {
        patients: patients?.value,
        population: population.value,
        laws: laws.value,
        repeat: repeat.value.into_iter().map(|name| name.value).collect(),
        agents: agents?,
        lesions: lesions?,
        prognostic_factor: prognostic?.value,
        origin: origin?.value.to_owned(),
        germline_effects: germline?.value,
        typical_pharmacokinetics: pharmacokinetics?.value == "typical",
        changes,
    };
    Some((cohort, places))
}

/// `fitted`, `sources`, or `draw N`.
fn laws(reader: &Reader<'_>, words: At<String>) -> Option<At<Laws>> {
    let text = words.value.trim().to_ascii_lowercase();
    let number = text.strip_prefix("draw").and_then(|rest| rest.trim().parse().ok());
    let laws = match (text.as_str(), number) {
        ("fitted", _) => Laws::Fitted,
        ("sources", _) => Laws::Sources,
        (_, Some(number)) => Laws::Draw(number),
        _ => {
            reader.cx.report(
                Diagnostic::error(words.span, format!("there are no laws `{}`", words.value))
                    .label("expected `fitted`, `sources`, or `draw` with a number")
                    .help("write `laws = \"fitted\"`, or `laws = \"draw 0\"` for a draw of the posterior"),
            );
            return None;
        }
    };
    Some(At::new(laws, words.span))
}

/// A whole number that may be absent; `None` if it is wrong.
pub(super) fn optional(reader: &Reader<'_>, name: &'static str) -> Option<Option<u32>> {
    match reader.small(name) {
        Some(number) => Some(Some(number.value)),
        None if reader.has(name) => None,
        None => Some(None),
    }
}

fn change(reader: &Reader<'_>) -> Option<(CohortChange, ChangeSpans)> {
    let quantity = reader.text("quantity");
    let [typical, spread, fixed] = ["typical", "spread", "fixed"].map(|name| number(reader, name));
    let none = ["typical", "spread", "fixed"].iter().all(|name| !reader.has(name));
    let (quantity, typical, spread, fixed) = (quantity?, typical?, spread?, fixed?);
    if none {
        reader.cx.report(
            Diagnostic::error(
                reader.span.clone(),
                format!("a change of `{}` that changes nothing", quantity.value),
            )
            .label("expected `typical`, `spread` or `fixed`")
            .help("write for example `typical = 0.002`, or remove the change"),
        );
    }
    if let (Some(fixed), Some(other)) = (&fixed, typical.as_ref().or(spread.as_ref())) {
        let name = if typical.is_some() { "typical" } else { "spread" };
        reader.cx.report(
            Diagnostic::error(fixed.span.clone(), format!("`fixed` together with `{name}`"))
                .label("expected only one of them: with `fixed` all patients have this value")
                .related(other.span.clone(), "the other one")
                .help(format!("remove `fixed`, or `{name}`")),
        );
    }
    let place = |at: &Option<At<f64>>| at.as_ref().map_or(reader.span.clone(), |at| at.span.clone());
    let spans = ChangeSpans {
        quantity: quantity.span.clone(),
        typical: place(&typical),
        spread: place(&spread),
        fixed: place(&fixed),
    };
    let value = |at: Option<At<f64>>| at.map(|at| at.value);
    let change = CohortChange {
        quantity: quantity.value,
        typical: value(typical),
        spread: value(spread),
        fixed: value(fixed),
    };
    Some((change, spans))
}

/// A number that may be absent; `None` if it is wrong.
fn number(reader: &Reader<'_>, name: &'static str) -> Option<Option<At<f64>>> {
    match reader.number(name) {
        Some(number) => Some(Some(number)),
        None if reader.has(name) => None,
        None => Some(None),
    }
}
