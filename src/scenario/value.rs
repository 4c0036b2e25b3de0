//! Turns one TOML value into what its key wants, or reports why it cannot.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::asked::Asked;
use super::context::At;
use super::error::{Diagnostic, Span, plural};
use super::measured::{dimensioned, plain};
use super::nearest::{list, nearest};
use super::shown::{cut, shown};
use super::table::{Kind, NamePattern};
use super::units::Dimension;

/// A pair of times in hours, with the place of the pair.
pub(crate) type Window = At<(At<f64>, At<f64>)>;

pub(crate) fn text(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<String> {
    match found {
        DeValue::String(s) => Some(s.to_string()),
        other => {
            asked.mismatch(other, span);
            None
        }
    }
}

pub(crate) fn flag(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<bool> {
    match found {
        DeValue::Boolean(b) => Some(*b),
        other => {
            asked.mismatch(other, span);
            None
        }
    }
}

pub(crate) fn name(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<String> {
    let (Kind::Name(pattern) | Kind::Names(pattern)) = &asked.key.kind else {
        return None;
    };
    let name = text(asked, found, span.clone())?;
    if pattern.accepts(&name) {
        return Some(name);
    }
    let longest = NamePattern::MAX_BYTES;
    if name.len() > longest {
        let found = format!("`{}` is too long: {} has {} bytes", asked.key.name, shown(&name), name.len());
        let error = Diagnostic::error(span, found).label(format!("expected at most {longest} bytes"));
        return error.help("shorten it, and say the rest in a `description`").fail(asked.cx);
    }
    let repaired = pattern.repair(&name);
    let error = Diagnostic::error(span, format!("`{}` cannot be {}", asked.key.name, shown(&name)))
        .label(format!("expected {}", pattern.text()));
    asked.cx.report(if pattern.accepts(&repaired) {
        error.help(format!("write {repaired:?}"))
    } else {
        error.help(format!("write for example {}", asked.key.example))
    });
    None
}

pub(crate) fn names(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<String>>> {
    each(asked, found, span, |item, span| name(asked, item, span))
}

/// Reads each item of a list; `None` if the value is no list or an item is wrong.
fn each<T>(
    asked: &Asked<'_>,
    found: &DeValue<'_>,
    span: Span,
    read: impl Fn(&DeValue<'_>, Span) -> Option<T>,
) -> Option<Vec<At<T>>> {
    let items = array(asked, found, span)?;
    let read: Vec<Option<At<T>>> = asked
        .while_read(items)
        .map(|item| read(item.get_ref(), item.span()).map(|v| At::new(v, item.span())))
        .collect();
    read.into_iter().collect()
}

fn array<'v, 'i>(asked: &Asked<'_>, found: &'v DeValue<'i>, span: Span) -> Option<&'v DeArray<'i>> {
    match found {
        DeValue::Array(items) => Some(items),
        other => {
            asked.mismatch(other, span);
            None
        }
    }
}

pub(crate) fn texts(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<String>>> {
    each(asked, found, span, |item, span| text(asked, item, span))
}

pub(crate) fn text_or_texts(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<String>>> {
    match found {
        DeValue::Array(_) => texts(asked, found, span),
        _ => text(asked, found, span.clone()).map(|one| vec![At::new(one, span)]),
    }
}

pub(crate) fn choices(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<&'static str>>> {
    each(asked, found, span, |item, span| choice(asked, item, span))
}

pub(crate) fn choice(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<&'static str> {
    let (Kind::Choice(words) | Kind::Choices(words)) = &asked.key.kind else {
        return None;
    };
    let word = text(asked, found, span.clone())?;
    if let Some(chosen) = words.iter().find(|w| **w == word) {
        return Some(chosen);
    }
    let near = nearest(&word, words.iter().copied());
    let help = match near {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("choose one of {}", list(words.iter().copied())),
    };
    asked
        .error(span, format!("`{}` cannot be {}", asked.key.name, shown(&format!("{word:?}"))))
        .help(help)
        .fail(asked.cx)
}

/// Largest number that counts something; a key that takes larger ones takes any number.
const MAX_COUNTED: u64 = u32::MAX as u64;

fn whole(asked: &Asked<'_>, found: &DeValue<'_>, span: Span, min: u64, max: u64) -> Option<u64> {
    let DeValue::Integer(integer) = found else {
        asked.mismatch(found, span);
        return None;
    };
    let value = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
    match value.and_then(|v| u64::try_from(v).ok()).filter(|v| (min..=max).contains(v)) {
        Some(value) => Some(value),
        None => {
            let below = value.is_some_and(|v| v < i128::from(min));
            let help = match (below, max > MAX_COUNTED) {
                (true, _) => format!("the nearest that is allowed is {min}"),
                (false, false) => format!("the nearest that is allowed is {max}"),
                // Nobody means the largest seed there is.
                (false, true) => "write a smaller number".to_owned(),
            };
            Diagnostic::error(
                span,
                format!("`{}` is {}, out of range", asked.key.name, cut(&integer.to_string())),
            )
            .label(format!("expected a whole number from {min} to {max}"))
            .help(help)
            .fail(asked.cx)
        }
    }
}

pub(crate) fn integer(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<u64> {
    let Kind::Integer { min, max } = asked.key.kind else {
        return None;
    };
    whole(asked, found, span, min, max)
}

pub(crate) fn size(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<u64>>> {
    let items = each(asked, found, span.clone(), |item, span| whole(asked, item, span, 0, 1 << 32))?;
    if (1..=3).contains(&items.len()) {
        return Some(items);
    }
    asked
        .error(span, format!("`{}` has {} numbers", asked.key.name, items.len()))
        .help("write `[256, 256]` for a 2D lattice, `[48, 48, 48]` for a 3D one, `[1000]` for a row of sites")
        .fail(asked.cx)
}

pub(crate) fn number(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<f64> {
    let (Kind::Number(bounds) | Kind::Numbers(bounds)) = &asked.key.kind else {
        return None;
    };
    plain(asked, found, span, bounds)
}

/// `Some(None)` stands for the word that may take the place of the number.
pub(crate) fn number_or(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Option<f64>> {
    let Kind::NumberOr(bounds, word) = &asked.key.kind else {
        return None;
    };
    match found {
        DeValue::String(s) if s.trim() == *word => Some(None),
        _ => plain(asked, found, span, bounds).map(Some),
    }
}

pub(crate) fn numbers(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<f64>>> {
    each(asked, found, span, |item, span| number(asked, item, span))
}

pub(crate) fn quantity_or(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Option<f64>> {
    let Kind::QuantityOr(dimension, word) = asked.key.kind else {
        return None;
    };
    match found {
        DeValue::String(s) if s.trim() == word => Some(None),
        _ => dimensioned(asked, found, span, dimension).map(Some),
    }
}

/// A list of times. Items that are wrong are reported and left out, so that the others are checked
/// as well.
pub(crate) fn times(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<At<f64>>> {
    let items = asked.while_read(array(asked, found, span)?);
    let time = |item: &DeValue<'_>, span| dimensioned(asked, item, span, Dimension::Time);
    Some(items.filter_map(|i| time(i.get_ref(), i.span()).map(|v| At::new(v, i.span()))).collect())
}

/// A list of pairs of times; as for [`times`], wrong items are reported and left out.
pub(crate) fn windows(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Vec<Window>> {
    let items = asked.while_read(array(asked, found, span)?);
    Some(items.filter_map(|i| window(asked, i.get_ref(), i.span())).collect())
}

fn window(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Window> {
    let written = array(asked, found, span.clone())?.len();
    let pair = times(asked, found, span.clone())?;
    if written == 2 {
        let [from, to] = <[At<f64>; 2]>::try_from(pair).ok()?;
        return Some(At::new((from, to), span));
    }
    Diagnostic::error(span, format!("a window has {}", plural(written, "time")))
        .label("expected two times: from and to")
        .help("write each window as `[\"0 d\", \"28 d\"]`, and the list as a list of such pairs")
        .fail(asked.cx)
}

/// Entries of a table with free keys, in file order.
pub(crate) fn entries<T>(
    asked: &Asked<'_>,
    table: &DeTable<'_>,
    read: impl Fn(&Spanned<DeValue<'_>>) -> Option<T>,
) -> Option<Vec<(At<String>, At<T>)>> {
    let mut all: Vec<_> = table.iter().collect();
    all.sort_by_key(|(key, _)| key.span().start);
    let read: Vec<Option<_>> = asked
        .while_read(all)
        .map(|(key, value)| {
            let key = At::new(key.get_ref().to_string(), key.span());
            read(value).map(|v| (key, At::new(v, value.span())))
        })
        .collect();
    read.into_iter().collect()
}
