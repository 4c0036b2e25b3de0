//! `[[locus.network]]`, and what drugs do to a change through the network.

use super::parts;
use crate::catalogue::{Confidence, Inducer, Induction, LevelEffect, NetworkInput, Number, Suppression};
use crate::scenario::error::Diagnostic;
use crate::scenario::reader::{At, Reader};
use crate::scenario::units::{Dimension, number_text};

/// What the levels of a locus do in the network.
pub(super) fn effects(reader: &Reader<'_>, levels: Option<usize>) -> Option<Vec<LevelEffect>> {
    let mut seen: Vec<(u8, NetworkInput, std::ops::Range<usize>)> = Vec::new();
    let mut read = Vec::new();
    for effect_reader in reader.tables("network") {
        let effect = effect(&effect_reader, levels);
        if let Some(effect) = &effect {
            let same = seen.iter().find(|(level, input, _)| (*level, *input) == (effect.level, effect.input));
            if let Some((_, _, first)) = same {
                let what = format!("a second `{}` of level {}", effect.input.name(), effect.level);
                reader.cx.report(
                    Diagnostic::error(effect_reader.span.clone(), what)
                        .label("expected each input once for a level")
                        .related(first.clone(), "the first one")
                        .help("remove one of the two"),
                );
            }
            seen.push((effect.level, effect.input, effect_reader.span.clone()));
        }
        read.push(effect);
    }
    read.into_iter().collect()
}

fn effect(reader: &Reader<'_>, levels: Option<usize>) -> Option<LevelEffect> {
    let level = reader.small("level").and_then(|l| parts::level(reader, l, levels));
    let input = reader.choice("input").and_then(|i| NetworkInput::from_name(i.value));
    let value = reader.number("value");
    if let (Some(input), Some(value)) = (input, &value)
        && value.value > input.largest()
    {
        let largest = number_text(input.largest());
        reader.cx.report(
            Diagnostic::error(
                value.span.clone(),
                format!("`{}` is {}", input.name(), number_text(value.value)),
            )
            .label(format!("expected at most {largest}: {}", input.meaning()))
            .help(format!("write a number from 0 to {largest}")),
        );
        return None;
    }
    let value = number(reader, value);
    Some(LevelEffect { level: level?.value, input: input?, value: value? })
}

/// `induced = { … }` of a change; `Some(None)` if it is absent.
pub(super) fn induced(reader: &Reader<'_>, dimension: Dimension) -> Option<Option<Induction>> {
    let Some(reader) = reader.table("induced") else {
        return if reader.has("induced") { None } else { Some(None) };
    };
    let rate = reader.either_rate("rate", dimension);
    let by = inducer(&reader);
    let rate = number(&reader, rate);
    Some(Some(Induction { rate: rate?, by: by? }))
}

/// `suppressed = { … }` of a change; `Some(None)` if it is absent.
pub(super) fn suppressed(reader: &Reader<'_>) -> Option<Option<Suppression>> {
    let Some(reader) = reader.table("suppressed") else {
        return if reader.has("suppressed") { None } else { Some(None) };
    };
    let share = reader.number("share");
    let by = inducer(&reader);
    let share = number(&reader, share);
    Some(Some(Suppression { share: share?, by: by? }))
}

fn inducer(reader: &Reader<'_>) -> Option<Inducer> {
    Inducer::from_name(reader.choice("by")?.value)
}

/// A value with the spread, source and confidence that stand beside it.
fn number(reader: &Reader<'_>, value: Option<At<f64>>) -> Option<Number> {
    let (cv, source, confidence) = (reader.number("cv"), reader.text("source"), confidence(reader));
    Some(Number { value: value?.value, cv: cv?.value, source: source?.value, confidence: confidence? })
}

/// The letter of `confidence`.
pub(super) fn confidence(reader: &Reader<'_>) -> Option<Confidence> {
    Some(match reader.choice("confidence")?.value {
        "A" => Confidence::A,
        "B" => Confidence::B,
        _ => Confidence::C,
    })
}
