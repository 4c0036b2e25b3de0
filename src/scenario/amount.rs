//! How many of the starting cells are in a state: a share of them, or a number of cells.

use toml::de::DeValue;

use super::asked::Asked;
use super::context::At;
use super::error::{Diagnostic, Span};
use super::limits::MAX_CELLS;
use super::measured::plain;
use super::shown::shown;
use super::table::Bounds;
use super::value::entries;

/// How many of the starting cells are in a state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Amount {
    /// A share: each cell is in the state with this probability.
    Share(f64),
    /// Exactly this many.
    Cells(u32),
}

/// Entries of a table from states to amounts, in file order.
pub(crate) type Amounts = Vec<(At<String>, At<Amount>)>;

/// What an amount is, in the words of messages.
const EXPECTED: &str = "expected a share from 0 to 1, or a number of cells such as \"50 cells\"";

pub(crate) fn amounts(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Amounts> {
    let DeValue::Table(table) = found else {
        asked.mismatch(found, span);
        return None;
    };
    entries(asked, table, |v| amount(asked, v.get_ref(), v.span()))
}

fn amount(asked: &Asked<'_>, found: &DeValue<'_>, span: Span) -> Option<Amount> {
    match found {
        DeValue::String(text) => cells(asked, text, span).map(Amount::Cells),
        DeValue::Integer(whole) if !matches!(whole.as_str(), "0" | "1") && whole.radix() == 10 => {
            let help =
                format!("write \"{whole} cells\" if cells are meant, a number from 0 to 1 for a share");
            let found = format!("`{}` has the share {whole}", asked.key.name);
            Diagnostic::error(span, found).label(EXPECTED).help(help).fail(asked.cx)
        }
        _ => plain(asked, found, span, &Bounds::closed(0.0, 1.0)).map(Amount::Share),
    }
}

/// A number of cells: `"50 cells"`.
fn cells(asked: &Asked<'_>, text: &str, span: Span) -> Option<u32> {
    let bare = text.trim();
    let number = bare.strip_suffix("cells").or(bare.strip_suffix("cell")).map(str::trim_end);
    let digits = number.filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    match digits.and_then(|d| d.parse::<u64>().ok()) {
        Some(cells) if cells <= MAX_CELLS => return Some(cells as u32),
        _ => {}
    }
    let help = match bare.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => format!("write {bare} without quotes for a share"),
        Ok(_) => format!("write \"{bare} cells\""),
        Err(_) => format!("write a whole number up to {MAX_CELLS}, as in \"50 cells\""),
    };
    let found = format!("`{}` cannot be the text {}", asked.key.name, shown(&format!("{text:?}")));
    Diagnostic::error(span, found).label(EXPECTED).help(help).fail(asked.cx)
}
