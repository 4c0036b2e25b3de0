//! Quantities within bounds.

use crate::scenario::error::Diagnostic;
use crate::scenario::reader::Reader;
use crate::scenario::table::{Bounds, Fallback, Kind};
use crate::scenario::units::number_text;

/// A quantity within bounds, both in its canonical unit, which is `unit`.
pub(super) fn quantity(reader: &Reader<'_>, name: &'static str, bounds: &Bounds, unit: &str) -> Option<f64> {
    let value = reader.quantity(name)?;
    if bounds.contain(value.value) {
        return Some(value.value);
    }
    let key = reader.section.find(name)?;
    let what = if let Kind::Quantity(dimension) = key.kind { dimension.name() } else { "a quantity" };
    let help = match key.default {
        Fallback::Value(text) => format!("the default is {text}"),
        _ => format!("write for example `{name} = {}`", key.example),
    };
    let found = format!("`{name}` is out of range: {} {unit}", number_text(value.value));
    reader.cx.report(
        Diagnostic::error(value.span, found)
            .label(format!("expected {what} {} {unit}", bounds.text()))
            .help(help),
    );
    None
}
