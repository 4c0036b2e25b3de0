//! Where in a document a dotted key leads, and what is made on the way.

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::super::asked::describe;
use super::super::error::Diagnostic;
use super::super::nearest::{list, nearest};
use super::super::shown::shown;
use super::super::table::{Kind, Section};

/// KeyPart of a dotted key, with its place.
type KeyPart<'a> = Spanned<DeString<'a>>;

/// Keys by whose text a section of a list is called.
const CALLED_BY: [&str; 3] = ["name", "quantity", "drug"];

/// Sets the value that a path leads to, in place of what is there.
pub(super) fn insert<'a>(
    table: &mut DeTable<'a>,
    section: Option<&'static Section>,
    path: &[KeyPart<'a>],
    value: Spanned<DeValue<'a>>,
) -> Result<(), Box<Diagnostic>> {
    let Some((key, rest)) = path.split_first() else { return Ok(()) };
    let name: &str = key.get_ref();
    let kind = section.and_then(|section| section.find(name)).map(|key| &key.kind);
    if rest.is_empty() {
        // A map keeps the place of a key that it has.
        table.remove(name);
        table.insert(key.clone(), value);
        return Ok(());
    }
    if !table.contains_key(name) {
        let empty = match kind {
            Some(Kind::Tables(_)) => DeValue::Array(DeArray::new()),
            _ => DeValue::Table(DeTable::new()),
        };
        table.insert(key.clone(), Spanned::new(key.span(), empty));
    }
    let below = kind.and_then(Kind::section);
    match table.get_mut(name) {
        Some(found) => into(found, key, below, rest, value),
        None => Ok(()),
    }
}

/// The same below a value.
fn into<'a>(
    found: &mut Spanned<DeValue<'a>>,
    name: &KeyPart<'a>,
    section: Option<&'static Section>,
    path: &[KeyPart<'a>],
    value: Spanned<DeValue<'a>>,
) -> Result<(), Box<Diagnostic>> {
    match found.get_mut() {
        DeValue::Table(table) => insert(table, section, path, value),
        DeValue::Array(list) => {
            let (Some(part), rest) = (path.first(), path.get(1..).unwrap_or_default()) else { return Ok(()) };
            let item = list_item(list, name, section, part)?;
            if !rest.is_empty() {
                return into(item, part, section, rest, value);
            }
            *item = value;
            Ok(())
        }
        other => {
            let place = name.span().start..path.last().map_or(name.span().end, |last| last.span().end);
            let whole = shown(name.get_ref());
            let found = Diagnostic::error(place, format!("{whole} is {} and has no keys", describe(other)))
                .label("expected a key of a section")
                .help(format!("give {whole} a value itself"));
            Err(Box::new(found))
        }
    }
}

/// An item of a list, by its number or by what it is called; one more at its end where there is none.
fn list_item<'l, 'a>(
    list: &'l mut DeArray<'a>,
    name: &KeyPart<'a>,
    section: Option<&'static Section>,
    part: &KeyPart<'a>,
) -> Result<&'l mut Spanned<DeValue<'a>>, Box<Diagnostic>> {
    let length = list.len();
    let number = match part.get_ref().parse::<usize>() {
        Ok(number) => Some(number).filter(|number| *number <= length),
        Err(_) => {
            list.iter().position(|item| called(item.get_ref()).is_some_and(|called| called == part.get_ref()))
        }
    };
    // A change of a quantity is called by what it changes, which is all that it has to say to be there.
    let may_begin = section.is_some_and(|section| section.find("quantity").is_some());
    let number = match number {
        Some(number) => number,
        None if may_begin && part.get_ref().parse::<usize>().is_err() => length,
        None => return Err(Box::new(no_item(list, name, section, part))),
    };
    if number == length {
        let mut begun = DeTable::new();
        if part.get_ref().parse::<usize>().is_err() {
            let quantity = Spanned::new(part.span(), DeValue::String(part.get_ref().clone()));
            begun.insert(Spanned::new(part.span(), "quantity".into()), quantity);
        }
        list.push(Spanned::new(part.span(), DeValue::Table(begun)));
    }
    Ok(&mut (**list)[number])
}

/// What an item of a list is called.
fn called<'v>(item: &'v DeValue<'_>) -> Option<&'v str> {
    let table = item.as_table()?;
    CALLED_BY.iter().find_map(|key| table.get(*key)?.get_ref().as_str())
}

fn no_item(
    items: &DeArray<'_>,
    name: &KeyPart<'_>,
    section: Option<&'static Section>,
    part: &KeyPart<'_>,
) -> Diagnostic {
    let heading = section.map_or_else(|| shown(name.get_ref()), |section| section.heading.to_owned());
    let names: Vec<&str> = items.iter().filter_map(|item| called(item.get_ref())).collect();
    let word = shown(part.get_ref());
    let found = match part.get_ref().parse::<usize>() {
        Ok(number) => format!("there is no {heading} with the number {number}"),
        Err(_) => format!("no {heading} is called {word}"),
    };
    let numbers = match items.len() {
        0 => "expected 0, which adds the first one".to_owned(),
        n => format!("expected a number from 0 to {}, or {n}, which adds one", n - 1),
    };
    let found = Diagnostic::error(part.span(), found).label(match names.is_empty() {
        true => numbers,
        false => format!("expected one of {}, or its number from 0", list(names.iter().copied())),
    });
    match nearest(part.get_ref(), names) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(format!("write {heading} into the file, or give one that is there")),
    }
}
