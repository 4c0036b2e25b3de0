//! Signals: the first one asks the run to write a checkpoint and stop, the second ends the process at once.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, OnceLock};

#[cfg(unix)]
use signal_hook::consts::signal::{SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
use signal_hook::consts::signal::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// The signals that stop a run. The last ones are sent by batch systems before they end a job.
#[cfg(unix)]
const STOPPING: [i32; 6] = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU];
#[cfg(not(unix))]
const STOPPING: [i32; 2] = [SIGINT, SIGTERM];

/// The first signal that was seen, once signals are watched for.
static SEEN: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

/// Signals cannot be watched for.
#[derive(Debug, thiserror::Error)]
#[error("watch for signals: {0}")]
pub struct Unwatchable(#[from] io::Error);

/// Makes a file that grows beyond the limit of the shell an error of writing, like a full disk, and no end of the process.
pub fn prepare() -> io::Result<()> {
    #[cfg(unix)]
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    Ok(())
}

/// Watches for signals; the number of the first one appears in the result, which is the same for the whole process.
pub fn watch() -> Result<Arc<AtomicUsize>, Unwatchable> {
    if let Some(seen) = SEEN.get() {
        return Ok(Arc::clone(seen));
    }
    let seen = register()?;
    Ok(Arc::clone(SEEN.get_or_init(|| seen)))
}

fn register() -> io::Result<Arc<AtomicUsize>> {
    let seen = Arc::new(AtomicUsize::new(0));
    let again = Arc::new(AtomicBool::new(false));
    let ignored = ignored();
    for signal in STOPPING.into_iter().filter(|signal| ignored & bit(*signal) == 0) {
        // The system repeats this one every second.
        #[cfg(unix)]
        let repeats = signal == SIGXCPU;
        #[cfg(not(unix))]
        let repeats = false;
        if !repeats {
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again))?;
            flag::register(signal, Arc::clone(&again))?;
        }
        flag::register_usize(signal, Arc::clone(&seen), signal as usize)?;
    }
    Ok(seen)
}

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// The signals that whoever started the program wants to be ignored, as `nohup` does: a bit each. Where the system does not say,
/// there are none.
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status").map_or(0, |status| ignored_in(&status))
}

fn ignored_in(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// What a signal is called.
pub fn name(signal: usize) -> &'static str {
    match signal as i32 {
        SIGINT => "Ctrl-C",
        other => low_level::signal_name(other).unwrap_or("a signal"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_says_what_is_ignored() {
        let status = "Name:\tevotor\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n";
        assert_eq!(ignored_in(status), bit(1) | bit(13));
        assert_eq!(ignored_in("Name:\tevotor\n"), 0);
        assert_eq!(ignored_in("SigIgn:\tmany\n"), 0);
    }

    #[test]
    fn signals_have_their_names() {
        assert_eq!((name(SIGINT as usize), name(SIGTERM as usize)), ("Ctrl-C", "SIGTERM"));
    }
}
