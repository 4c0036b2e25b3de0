//! Calls of the graphics library whose panics are answers.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is an answer of the graphics library, and no fault to be shown.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Calls the graphics library. Where it cannot return an error it panics, as when a wait finds the device lost; here that is an
/// error like others, in one line, and nothing is shown.
pub(super) fn quietly<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let shown = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                shown(info);
            }
        }));
    });
    let before = QUIET.replace(true);
    let answer = catch_unwind(AssertUnwindSafe(call));
    QUIET.set(before);
    answer.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        one_line(text.unwrap_or("the graphics library gave up"))
    })
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_graphics_library_is_an_error_in_one_line() {
        let failed = quietly(|| -> u32 { panic!("Error in poll:\n\n  device {}", "lost") });
        assert_eq!(failed, Err("Error in poll: device lost".to_owned()));
        assert_eq!(quietly(|| 7), Ok(7));
        assert!(!QUIET.get(), "panics are shown again");
    }
}
