//! Times in whole days: therapy is planned by the day.

use crate::scenario::error::Diagnostic;
use crate::scenario::reader::{At, Context, Reader};
use crate::scenario::regimen::LATEST_DAY;
use crate::scenario::units::{hours_text, number_text};

/// A time as whole days; reports one that is none, or that is too long.
pub(super) fn whole_days(cx: &Context<'_>, key: &str, hours: At<f64>) -> Option<At<u32>> {
    let days = hours.value / 24.0;
    let whole = libm::floor(days);
    if whole > f64::from(LATEST_DAY) {
        cx.report(
            Diagnostic::error(hours.span, format!("`{key}` is {} days", number_text(whole)))
                .label(format!("expected at most {LATEST_DAY} d"))
                .help("use a shorter time"),
        );
        return None;
    }
    if days == whole {
        return Some(At::new(whole as u32, hours.span));
    }
    let (below, above) = (hours_text(whole * 24.0), hours_text((whole + 1.0) * 24.0));
    cx.report(
        Diagnostic::error(
            hours.span,
            format!("`{key}` is no whole number of days: {} h", number_text(hours.value)),
        )
        .label("expected whole days: therapy is planned by the day")
        .help(format!("the nearest are \"{below}\" and \"{above}\"")),
    );
    None
}

/// A key's time in whole days: `None` if it is wrong, `Some(None)` if it is absent.
pub(super) fn days(reader: &Reader<'_>, key: &'static str) -> Option<Option<At<u32>>> {
    match reader.quantity(key) {
        Some(hours) => whole_days(reader.cx, key, hours).map(Some),
        None if reader.has(key) => None,
        None => Some(None),
    }
}

/// Reports a time of zero.
pub(super) fn positive(reader: &Reader<'_>, key: &str, time: Option<At<u32>>) -> Option<At<u32>> {
    let time = time?;
    if time.value > 0 {
        return Some(time);
    }
    reader.cx.report(
        Diagnostic::error(time.span, format!("`{key}` must not be zero"))
            .label("expected at least one day")
            .help("the shortest is \"1 d\""),
    );
    None
}
