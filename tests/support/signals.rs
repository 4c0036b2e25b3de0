//! Signals that a program under test hears, however the tests themselves were started.

/// Lets programs that are started from here on hear Ctrl-C and a hang-up.
///
/// A shell starts what it puts behind (`&`, `nohup`) with these ignored, children inherit that, and evotor rightly goes on
/// ignoring what it was started to ignore. What has a handler is at its default again after `exec`.
#[cfg(unix)]
pub fn hear() {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::signal::{SIGHUP, SIGINT};

    for signal in [SIGHUP, SIGINT] {
        // The tests themselves still end by them.
        let end = Arc::new(AtomicBool::new(true));
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, end).expect("a handler");
    }
}
