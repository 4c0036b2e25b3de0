//! `[cohort]`: who is treated in a trial.

use toml::de::DeValue;

use crate::scenario::asked::Asked;
use crate::scenario::context::Context;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{CohortSection, Laws};
use crate::scenario::places::{ChangeSpans, TrialSpans};
use crate::scenario::shown::shown;
use crate::scenario::value;
use crate::scenario::writer::quoted;

/// Whether a file is a trial.
pub(super) fn is_trial(root: &Reader<'_>) -> bool {
    root.has("cohort") || root.has("arm")
}

/// The cohort with the places of what is judged where cohorts are drawn; reports that there is none.
pub(super) fn read(root: &Reader<'_>) -> Option<(CohortSection, TrialSpans)> {
    let Some(reader) = root.table("cohort") else {
        if let (Some((arm, _)), false) = (root.given("arm"), root.has("cohort")) {
            Diagnostic::error(arm, "a trial without a cohort")
                .label("expected [cohort] beside [[arm]]: who is treated")
                .help("add the section [cohort], which may be empty, for 60 patients like those of RADIANT-3")
                .report(root.cx);
        }
        return None;
    };
    let section = CohortSection::read(&reader)?;
    let changes = reader.tables("change");
    let places = TrialSpans {
        cohort: reader.span.clone(),
        population: reader.place("population"),
        laws: reader.place("distributions"),
        repeat: reader
            .peek::<Plain, Vec<At<String>>>("repeat")
            .map_or(Vec::new(), |names| names.into_iter().map(|name| name.span).collect()),
        changes: changes.iter().map(change_spans).collect(),
        scans: Vec::new(),
    };
    Some((section, places))
}

impl Value<Laws> for Plain {
    const KIND: Kind = Kind::Text;

    fn read(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Laws> {
        laws(asked.cx, At::new(value::text(asked, found, span.clone())?, span))
    }

    fn write(laws: &Laws, _: &Key, _: &Writer) -> TomlText {
        quoted(&laws.to_string()).into()
    }
}

/// `fitted`, `sources`, or `draw N`.
fn laws(cx: &Context<'_>, words: At<String>) -> Option<Laws> {
    let text = words.value.trim().to_ascii_lowercase();
    let number = text.strip_prefix("draw").and_then(|rest| rest.trim().parse().ok());
    match (text.as_str(), number) {
        ("fitted", _) => Some(Laws::Fitted),
        ("sources", _) => Some(Laws::Sources),
        (_, Some(number)) => Some(Laws::Draw(number)),
        _ => {
            Diagnostic::error(words.span, format!("`distributions` cannot be {}", shown(&words.value)))
                    .label("expected `fitted`, `sources`, or `draw` with a number")
                    .help("write `distributions = \"fitted\"`, or `distributions = \"draw 0\"` for a draw of the posterior").fail(cx)
        }
    }
}

fn change_spans(reader: &Reader<'_>) -> ChangeSpans {
    let [quantity, typical, spread, fixed] =
        ["quantity", "typical", "spread", "fixed"].map(|name| reader.place(name));
    ChangeSpans { quantity, typical, spread, fixed }
}
