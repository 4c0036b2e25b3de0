//! Progress on standard error: a bar on a terminal, else a line now and then, or lines of JSON for programs.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use clap::ValueEnum;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::engine::gpu::devices_opened;
use crate::scenario::Time;
use crate::simulation::naming::{count_text, day_text};
use crate::simulation::{RunProgress, Watch};
use crate::trial::hooks::Listener;

use super::outcome::complain;

/// A bar with the number of what is done.
pub const COUNTED: &str = "{bar:32} {percent:>3} %  {pos} of {len} {msg}  {eta} left";

const TEMPLATE: &str = "{bar:32} {percent:>3} %  {msg}  {eta} left";

/// How progress is shown, as the user says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ShowProgress {
    /// A bar on a terminal; elsewhere a line every 30 seconds
    #[default]
    Auto,
    /// A line of JSON every second: done, of, seconds, what, devices (opened so far)
    Json,
}

/// What the user said, for the whole process.
static CHOSEN: OnceLock<ShowProgress> = OnceLock::new();

/// Says how progress is shown from here on.
pub fn choose(how: ShowProgress) {
    // The command line is read once.
    let _ = CHOSEN.set(how);
}

/// Says in a line how far a bar is.
type SayProgress = fn(&ProgressBar) -> String;

/// Where progress goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ProgressFace {
    Nowhere,
    Bar,
    Lines,
    Json,
}

impl ProgressFace {
    fn new(choice: ShowProgress, is_terminal: bool, quiet: bool) -> Self {
        match (quiet, choice, is_terminal) {
            (true, ..) => Self::Nowhere,
            (false, ShowProgress::Json, _) => Self::Json,
            (false, ShowProgress::Auto, true) => Self::Bar,
            (false, ShowProgress::Auto, false) => Self::Lines,
        }
    }

    /// How often there is a line, if there are any, and how it is made.
    fn lines(self) -> Option<(Duration, SayProgress)> {
        match self {
            Self::Nowhere | Self::Bar => None,
            Self::Lines => Some((Duration::from_secs(30), words)),
            Self::Json => Some((Duration::from_secs(1), json)),
        }
    }
}

/// A line of progress for programs.
#[derive(Debug, Serialize)]
struct ProgressLine {
    done: u64,
    of: u64,
    seconds: f64,
    what: String,
    /// Devices that were opened so far.
    devices: usize,
}

fn json(bar: &ProgressBar) -> String {
    let line = ProgressLine {
        done: bar.position(),
        of: bar.length().unwrap_or(0),
        seconds: libm::round(bar.elapsed().as_secs_f64() * 10.0) / 10.0,
        what: bar.message(),
        devices: devices_opened(),
    };
    // Numbers and text cannot fail to be JSON.
    serde_json::to_string(&line).unwrap_or_default()
}

fn words(bar: &ProgressBar) -> String {
    let (done, of) = (bar.position(), bar.length().unwrap_or(0));
    let percent = 100 * done / of.max(1);
    let left = match done {
        0 => String::new(),
        _ => format!(", about {} left", HumanDuration(bar.eta())),
    };
    format!(
        "progress: {percent} % ({done} of {of}), {}, for {}{left}",
        bar.message(),
        HumanDuration(bar.elapsed())
    )
}

/// Says how far a bar is, again and again, until it is dropped.
struct Teller {
    over: Option<Sender<()>>,
    telling: Option<JoinHandle<()>>,
}

impl Teller {
    fn new(bar: &ProgressBar, every: Duration, line: SayProgress) -> std::io::Result<Self> {
        let (over, until) = mpsc::channel();
        let bar = bar.clone();
        let tell = move || {
            while until.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                complain(format_args!("{}", line(&bar)));
            }
        };
        let telling = std::thread::Builder::new().name("progress".to_owned()).spawn(tell)?;
        Ok(Self { over: Some(over), telling: Some(telling) })
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        drop(self.over.take());
        // A panic of it has told of itself.
        let _ = self.telling.take().map(JoinHandle::join);
    }
}

/// How far something is, and who tells of it.
struct ShownProgress {
    bar: ProgressBar,
    face: ProgressFace,
    teller: Option<Teller>,
}

impl ShownProgress {
    /// Of one part to begin with; nothing is shown with `quiet`.
    fn new(template: &str, quiet: bool) -> Self {
        let choice = CHOSEN.get().copied().unwrap_or_default();
        let face = ProgressFace::new(choice, std::io::stderr().is_terminal(), quiet);
        let bar = ProgressBar::new(1);
        let drawn = face == ProgressFace::Bar;
        bar.set_draw_target(if drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        // Where no thread can be had there is no progress to be seen, and nothing else is amiss.
        let teller = face.lines().and_then(|(every, line)| Teller::new(&bar, every, line).ok());
        Self { bar, face, teller }
    }

    /// Takes the bar away; programs are told how far it came.
    fn finish(&mut self) {
        self.teller = None;
        if self.face == ProgressFace::Json && self.bar.position() > 0 {
            complain(format_args!("{}", json(&self.bar)));
        }
        self.bar.finish_and_clear();
    }

    fn set(&self, done: u64, of: u64) {
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    fn note(&self, text: &str) {
        self.bar.suspend(|| complain(format_args!("note: {text}")));
    }
}

/// Shows how far trials are.
pub struct TrialBar {
    shown: ShownProgress,
    notes: bool,
}

impl TrialBar {
    /// A bar with a template; nothing is shown with `quiet`.
    pub fn new(template: &str, quiet: bool) -> Self {
        Self { shown: ShownProgress::new(template, quiet), notes: true }
    }

    /// The same that keeps notes to itself with `quiet`.
    pub fn new_without_notes(template: &str, quiet: bool) -> Self {
        Self { notes: !quiet, ..Self::new(template, quiet) }
    }

    /// The same with a name for what it counts.
    pub fn of(self, what: &'static str) -> Self {
        self.shown.bar.set_message(what);
        self
    }

    /// Takes the bar away.
    pub fn finish(&mut self) {
        self.shown.finish();
    }
}

impl Listener for TrialBar {
    fn begins(&mut self, what: &str, parts: u64) {
        self.shown.set(0, parts);
        self.shown.bar.reset_eta();
        self.shown.bar.set_message(what.to_owned());
    }

    fn progress(&mut self, done: u64, parts: u64) {
        self.shown.set(done, parts);
    }

    fn note(&mut self, text: &str) {
        if self.notes {
            self.shown.note(text);
        }
    }
}

/// Shows how far a run is.
pub struct RunBar {
    shown: ShownProgress,
    time: Time,
}

impl RunBar {
    /// A bar for a run; nothing is shown with `quiet`.
    pub fn new(time: &Time, quiet: bool) -> Self {
        Self { shown: ShownProgress::new(TEMPLATE, quiet), time: time.clone() }
    }

    /// Takes the bar away.
    pub fn finish(&mut self) {
        self.shown.finish();
    }
}

impl Watch for RunBar {
    fn progress(&mut self, progress: &RunProgress) {
        self.shown.set(progress.done, progress.total);
        let day = day_text(progress.step, self.time.step_hours);
        self.shown.bar.set_message(format!("day {day}, {} live", count_text(progress.live)));
    }

    fn note(&mut self, text: &str) {
        self.shown.note(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_is_quiet_and_a_bar_needs_a_terminal() {
        use ShowProgress::{Auto, Json};
        let faces =
            [true, false].map(|terminal| [Auto, Json].map(|how| ProgressFace::new(how, terminal, false)));
        assert_eq!(
            faces,
            [[ProgressFace::Bar, ProgressFace::Json], [ProgressFace::Lines, ProgressFace::Json]]
        );
        assert!(
            [true, false]
                .iter()
                .all(|terminal| ProgressFace::new(Json, *terminal, true) == ProgressFace::Nowhere)
        );
    }

    #[test]
    fn lines_say_how_far_it_is() {
        let bar = ProgressBar::hidden();
        bar.set_length(40);
        bar.set_position(10);
        bar.set_message("patients \"of\" RADIANT-3");
        let line: serde_json::Value = serde_json::from_str(&json(&bar)).unwrap();
        assert_eq!((line["done"].as_u64(), line["of"].as_u64()), (Some(10), Some(40)));
        assert_eq!(line["what"], "patients \"of\" RADIANT-3");
        assert!(line["seconds"].as_f64().unwrap() < 10.0);
        let told = words(&bar);
        assert!(told.starts_with("progress: 25 % (10 of 40), patients") && told.contains(" left"), "{told}");
        bar.set_length(0);
        assert!(words(&bar).contains("of 0"));
    }

    #[test]
    fn a_teller_tells_until_it_is_dropped() {
        static TOLD: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let count = || TOLD.load(std::sync::atomic::Ordering::Relaxed);
        let line = |_: &ProgressBar| {
            TOLD.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            "progress: a test".to_owned()
        };
        let teller = Teller::new(&ProgressBar::hidden(), Duration::from_millis(1), line).unwrap();
        while count() < 3 {
            std::thread::yield_now();
        }
        drop(teller);
        let after = count();
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(count(), after);
    }
}
