//! Progress bars on standard error, where that is a terminal.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::scenario::Time;
use crate::simulation::naming::{count_text, day_text};
use crate::simulation::{Progress, Watch};
use crate::trial::hooks::Listener;

use super::outcome::complain;

const TEMPLATE: &str = "{bar:32} {percent:>3} %  day {msg}  {eta} left";

/// A bar of a length; nothing is drawn with `quiet`, or where standard error is not a terminal.
pub fn bar(length: u64, template: &str, quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let hidden = quiet || !std::io::stderr().is_terminal();
    bar.set_draw_target(if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() });
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}

/// Shows how far trials are.
pub struct TrialBar {
    bar: ProgressBar,
    notes: bool,
}

impl TrialBar {
    /// A bar with a template; nothing is drawn with `quiet`, or where standard error is not a terminal.
    pub fn new(template: &str, quiet: bool) -> Self {
        Self { bar: bar(1, template, quiet), notes: true }
    }

    /// The same that keeps notes to itself with `quiet`.
    pub fn new_without_notes(template: &str, quiet: bool) -> Self {
        Self { notes: !quiet, ..Self::new(template, quiet) }
    }

    /// The same with a name for what it counts.
    pub fn of(self, what: &'static str) -> Self {
        self.bar.set_message(what);
        self
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Listener for TrialBar {
    fn begins(&mut self, what: &str, parts: u64) {
        self.bar.set_length(parts);
        self.bar.set_position(0);
        self.bar.reset_eta();
        self.bar.set_message(what.to_owned());
    }

    fn progress(&mut self, done: u64, parts: u64) {
        self.bar.set_length(parts);
        self.bar.set_position(done);
    }

    fn note(&mut self, text: &str) {
        if self.notes {
            self.bar.suspend(|| complain(format_args!("note: {text}")));
        }
    }
}

/// Shows how far a run is.
pub struct RunBar {
    bar: ProgressBar,
    time: Time,
}

impl RunBar {
    /// A bar for a run; nothing is drawn with `quiet`, or where standard error is not a terminal.
    pub fn new(time: &Time, quiet: bool) -> Self {
        Self { bar: bar(1, TEMPLATE, quiet), time: time.clone() }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for RunBar {
    fn progress(&mut self, progress: &Progress) {
        self.bar.set_length(progress.total);
        self.bar.set_position(progress.done);
        let day = day_text(progress.step, self.time.step_hours);
        self.bar.set_message(format!("{day}, {} live", count_text(progress.live)));
    }

    fn note(&mut self, text: &str) {
        self.bar.suspend(|| complain(format_args!("note: {text}")));
    }
}
