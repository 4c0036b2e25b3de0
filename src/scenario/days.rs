//! Times in whole days: therapy is planned by the day.

use crate::scenario::context::{At, Context};
use crate::scenario::error::Diagnostic;
use crate::scenario::regimen::MAX_DAY;
use crate::scenario::units::{hours_text, number_text};

/// A time as whole days; reports one that is none, or that is too long.
pub(crate) fn whole_days(cx: &Context<'_>, key: &str, hours: At<f64>) -> Option<At<u32>> {
    let days = hours.value / 24.0;
    let whole = libm::floor(days);
    if whole > f64::from(MAX_DAY) {
        return Diagnostic::error(hours.span, format!("`{key}` is {} days", number_text(whole)))
            .label(format!("expected at most {MAX_DAY} d"))
            .help("use a shorter time")
            .fail(cx);
    }
    if days == whole {
        return Some(At::new(whole as u32, hours.span));
    }
    Diagnostic::error(
        hours.span,
        format!("`{key}` is not a whole number of days: {} h", number_text(hours.value)),
    )
    .label("expected whole days: therapy is planned by the day")
    .help(nearest(key, hours.value, whole))
    .fail(cx)
}

/// The way out of a time that is not in whole days: never one that the key refuses.
fn nearest(key: &str, hours: f64, whole: f64) -> String {
    let times = 24.0 / hours;
    let divides = hours == libm::floor(hours) && times == libm::floor(times);
    if key == "interval" && divides {
        return format!(
            "for a dose every {} write `times_per_day = {}`",
            hours_text(hours),
            number_text(times)
        );
    }
    let above = hours_text((whole + 1.0) * 24.0);
    if whole == 0.0 {
        return format!("the nearest is \"{above}\"");
    }
    format!("the nearest are \"{}\" and \"{above}\"", hours_text(whole * 24.0))
}

/// Reports a time of zero.
pub(crate) fn positive(cx: &Context<'_>, key: &str, time: At<u32>) -> Option<At<u32>> {
    if time.value > 0 {
        return Some(time);
    }
    Diagnostic::error(time.span, format!("`{key}` must not be zero"))
        .label("expected at least one day")
        .help("the shortest is \"1 d\"")
        .fail(cx)
}

/// Days as a time that a scenario may contain.
pub(crate) fn text(days: u32) -> String {
    hours_text(f64::from(days) * 24.0)
}
