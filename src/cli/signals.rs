//! Signals: the first one asks the run to write a checkpoint and stop, the second ends the process at once.
//!
//! One wish to stop may come twice: a batch system signals all processes of a job, and the script among them passes it on. So what comes
//! within [`ONE_WISH`] of the first signal is the same wish, except for a second Ctrl-C.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, OnceLock};
#[cfg(unix)]
use std::time::{Duration, Instant};

#[cfg(unix)]
use signal_hook::consts::signal::{SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
use signal_hook::consts::signal::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// The signals that stop a run. The last ones are sent by batch systems before they end a job.
#[cfg(unix)]
const STOPPING: [i32; 6] = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU];
#[cfg(not(unix))]
const STOPPING: [i32; 2] = [SIGINT, SIGTERM];

/// How long after the first signal another one is the same wish.
#[cfg(unix)]
const ONE_WISH: Duration = Duration::from_secs(2);

/// The signal that was seen, once signals are watched for.
static SEEN: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

/// Signals cannot be watched for.
#[derive(Debug, thiserror::Error)]
#[error("watch for signals: {0}")]
pub struct Unwatchable(#[from] pub io::Error);

/// Makes a file that grows beyond the limit of the shell an error of writing, like a full disk, and no end of the process.
pub fn prepare() -> io::Result<()> {
    #[cfg(unix)]
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    Ok(())
}

/// Watches for signals; the number of one that came appears in the result, which is the same for the whole process.
pub fn watch() -> Result<Arc<AtomicUsize>, Unwatchable> {
    if let Some(seen) = SEEN.get() {
        return Ok(Arc::clone(seen));
    }
    let seen = register()?;
    Ok(Arc::clone(SEEN.get_or_init(|| seen)))
}

fn register() -> io::Result<Arc<AtomicUsize>> {
    let ignored = ignored();
    let heard: Vec<i32> = STOPPING.into_iter().filter(|signal| ignored & bit(*signal) == 0).collect();
    let seen = Arc::new(AtomicUsize::new(0));
    for signal in &heard {
        flag::register_usize(*signal, Arc::clone(&seen), *signal as usize)?;
    }
    end_at_another(&heard)?;
    Ok(seen)
}

/// Ends the process at once when it is to stop for a second time.
#[cfg(unix)]
fn end_at_another(heard: &[i32]) -> io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new(heard)?;
    let wait = move || {
        let mut wishes = Wishes::default();
        for signal in signals.forever() {
            if wishes.is_another(signal, Instant::now()) {
                low_level::exit(128 + signal);
            }
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait).map(drop)
}

#[cfg(not(unix))]
fn end_at_another(heard: &[i32]) -> io::Result<()> {
    let again = Arc::new(AtomicBool::new(false));
    for signal in heard {
        flag::register_conditional_shutdown(*signal, 128 + signal, Arc::clone(&again))?;
        flag::register(*signal, Arc::clone(&again))?;
    }
    Ok(())
}

/// The wishes to stop that came so far.
#[cfg(unix)]
#[derive(Debug, Default)]
struct Wishes {
    first: Option<Instant>,
    typed: bool,
}

#[cfg(unix)]
impl Wishes {
    /// Whether a signal is a second wish to stop.
    fn is_another(&mut self, signal: i32, now: Instant) -> bool {
        let typed_before = self.typed;
        self.typed |= signal == SIGINT;
        match self.first {
            None => {
                self.first = Some(now);
                false
            }
            // The system repeats this one every second.
            Some(_) if signal == SIGXCPU => false,
            Some(_) if signal == SIGINT && typed_before => true,
            Some(first) => now.duration_since(first) >= ONE_WISH,
        }
    }
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

    #[cfg(unix)]
    #[test]
    fn what_comes_within_two_seconds_is_one_wish_but_for_a_second_ctrl_c() {
        let begun = Instant::now();
        let after = |signals: &[(i32, u64)]| -> Vec<bool> {
            let mut wishes = Wishes::default();
            let at = |ms: u64| begun + Duration::from_millis(ms);
            signals.iter().map(|(signal, ms)| wishes.is_another(*signal, at(*ms))).collect()
        };
        assert_eq!(after(&[(SIGTERM, 0), (SIGTERM, 20), (SIGTERM, 1999)]), [false; 3]);
        assert_eq!(after(&[(SIGTERM, 0), (SIGTERM, 2000)]), [false, true]);
        assert_eq!(after(&[(SIGINT, 0), (SIGINT, 1)]), [false, true]);
        assert_eq!(after(&[(SIGTERM, 0), (SIGINT, 1), (SIGINT, 2)]), [false, false, true]);
        assert_eq!(after(&[(SIGUSR1, 0), (SIGTERM, 30)]), [false, false]);
        assert_eq!(after(&[(SIGXCPU, 0), (SIGXCPU, 5000), (SIGTERM, 5001)]), [false, false, true]);
    }

    #[test]
    fn signals_have_their_names() {
        assert_eq!((name(SIGINT as usize), name(SIGTERM as usize)), ("Ctrl-C", "SIGTERM"));
    }
}
