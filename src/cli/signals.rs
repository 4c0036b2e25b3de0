//! Signals: the first one asks the run to write a checkpoint and stop, the second ends the process at once.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::signal::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::outcome::Failure;

/// The signals that stop a run.
fn signals() -> Vec<i32> {
    let mut all = vec![SIGINT, SIGTERM];
    #[cfg(unix)]
    all.push(signal_hook::consts::signal::SIGHUP);
    all
}

/// Watches for signals; the number of the first one appears in the result. There is one watch in a process: whoever begins to look
/// after a signal sees it too.
pub fn watch() -> Result<Arc<AtomicUsize>, Failure> {
    static SEEN: OnceLock<Arc<AtomicUsize>> = OnceLock::new();
    if let Some(seen) = SEEN.get() {
        return Ok(Arc::clone(seen));
    }
    let seen = register().map_err(|e| Failure::Machine(format!("failed to watch for signals: {e}")))?;
    Ok(Arc::clone(SEEN.get_or_init(|| seen)))
}

fn register() -> io::Result<Arc<AtomicUsize>> {
    let seen = Arc::new(AtomicUsize::new(0));
    let again = Arc::new(AtomicBool::new(false));
    for signal in signals() {
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
        flag::register(signal, Arc::clone(&again))?;
        flag::register_usize(signal, Arc::clone(&seen), signal as usize)?;
    }
    Ok(seen)
}

/// What a signal is called.
pub fn name(signal: usize) -> &'static str {
    match signal as i32 {
        SIGINT => "Ctrl-C",
        SIGTERM => "SIGTERM",
        _ => "a signal",
    }
}
