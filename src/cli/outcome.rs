//! How commands end, and how they speak.

use std::fmt::Arguments;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::engine::EngineError;
use crate::report::ReportError;
use crate::scenario::{MessageStyle, ScenarioError};
use crate::simulation::{RunError, may_pass};
use crate::sink::terminal;
use crate::trial::error::TrialError;
use crate::trial::run::PlanError;

pub use super::codes::{FAILED, INPUT};
use super::codes::{TRY_AGAIN, of_signal};
use super::json::{CommandError, FileFinding};
pub use super::stdout::print;
use super::stdout::unwritten;
use super::{json, signals};

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// A scenario that cannot be used.
    Scenario(ScenarioError),
    /// A run that failed.
    Run(RunError),
    /// The input, with the whole message.
    Input(String),
    /// The machine, with the whole message.
    Machine(String),
    /// The machine just now, with the whole message: it may go well when it is tried again.
    Passing(String),
    /// A signal, before anything was written.
    Stopped(usize),
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Scenario(error) => Self::Scenario(*error),
            other => Self::Run(other),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::Run(RunError::Engine(error))
    }
}

impl From<ScenarioError> for Failure {
    fn from(error: ScenarioError) -> Self {
        Self::Scenario(error)
    }
}

impl From<signals::Unwatchable> for Failure {
    fn from(error: signals::Unwatchable) -> Self {
        let signals::Unwatchable(source) = &error;
        Self::of_machine(format!("failed to {error}"), may_pass(source))
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        Self::Input(format!("failed to {error}"))
    }
}

impl From<TrialError> for Failure {
    fn from(error: TrialError) -> Self {
        match error {
            TrialError::Input(text) => Self::Input(text),
            TrialError::Scenario(error) => error.into(),
            TrialError::Plan(error) => error.into(),
            TrialError::Run(error) => error.into(),
            TrialError::Stopped(signal) => Self::Stopped(signal),
            other => Self::Machine(format!("failed to {other}")),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Scenario(error) => Self::Scenario(*error),
            error if error.is_input() => Self::Input(format!("failed to {error}")),
            error => Self::of_machine(format!("failed to {error}"), error.may_pass()),
        }
    }
}

impl Failure {
    /// A failure of the machine that may or may not pass.
    pub fn of_machine(message: String, may_pass: bool) -> Self {
        if may_pass { Self::Passing(message) } else { Self::Machine(message) }
    }

    /// The message as standard error shows it.
    pub fn message(&self) -> String {
        match self {
            Self::Scenario(error) => error.render(MessageStyle::for_stderr()),
            Self::Run(error) => format!("error: failed to {error}\n"),
            Self::Stopped(signal) => {
                format!("stopped by {}; nothing was written\n", signals::name(*signal))
            }
            Self::Input(text) | Self::Machine(text) | Self::Passing(text) => format!("error: {text}\n"),
        }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Scenario(_) | Self::Input(_) => INPUT,
            Self::Run(error) if error.is_input() => INPUT,
            Self::Run(error) if error.may_pass() => TRY_AGAIN,
            Self::Passing(_) => TRY_AGAIN,
            Self::Run(_) | Self::Machine(_) => FAILED,
            Self::Stopped(signal) => of_signal(*signal),
        }
    }

    /// Shows the message.
    pub fn tell(&self) {
        match self {
            Self::Scenario(_) => show(self.message().trim_end()),
            _ => complain(format_args!("{}", self.message().trim_end())),
        }
    }

    /// Shows the message and gives the exit code.
    pub fn report(&self) -> ExitCode {
        self.tell();
        json::fail_by(|| CommandError::from(self));
        ExitCode::from(self.code())
    }
}

impl From<&Failure> for CommandError {
    fn from(failure: &Failure) -> Self {
        let (message, findings) = match failure {
            Failure::Scenario(error) => (error.render(MessageStyle::Plain), FileFinding::of(error)),
            other => (other.message(), Vec::new()),
        };
        Self { findings, ..Self::new(failure.code(), &message) }
    }
}

/// Writes a line to standard output.
pub fn say(line: Arguments<'_>) {
    let line = line.to_string();
    if !json::keep(&line) {
        print(|out| writeln!(out, "{}", terminal(&line)));
    }
}

/// The exit code of a command that is over: one that could not say all that it had to say has failed.
pub fn end(code: ExitCode) -> ExitCode {
    let Some(error) = unwritten() else { return code };
    complain(format_args!("error: failed to write to standard output: {error}"));
    let failed = if may_pass(error) { TRY_AGAIN } else { FAILED };
    if code == ExitCode::SUCCESS { ExitCode::from(failed) } else { code }
}

/// Writes a line to standard error.
pub fn complain(line: Arguments<'_>) {
    show(&terminal(&line.to_string()));
}

/// Writes rendered diagnostics to standard error: they have colours, and text from files is safe in them.
pub fn show(diagnostics: &str) {
    let _ = writeln!(io::stderr().lock(), "{diagnostics}");
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn written(kind: io::ErrorKind) -> RunError {
        RunError::Write { path: PathBuf::from("series.csv"), source: kind.into() }
    }

    #[test]
    fn what_may_pass_has_a_code_of_its_own_on_every_way_to_the_user() {
        use io::ErrorKind::{FileTooLarge, PermissionDenied, QuotaExceeded, StorageFull};
        let full = || written(StorageFull);
        let lost = || EngineError::DeviceLost("it was reset".to_owned());
        let report =
            |kind: io::ErrorKind| ReportError::Write { path: PathBuf::from("r"), source: kind.into() };
        for failure in [
            Failure::from(full()),
            written(QuotaExceeded).into(),
            TrialError::from(full()).into(),
            report(StorageFull).into(),
            lost().into(),
            TrialError::from(RunError::from(lost())).into(),
            EngineError::Threads("no more of them".to_owned()).into(),
            RunError::Locked(PathBuf::from("r")).into(),
            ReportError::Writing(PathBuf::from("r")).into(),
        ] {
            assert_eq!(failure.code(), TRY_AGAIN, "{}", failure.message());
        }
        for failure in [
            Failure::from(written(FileTooLarge)),
            written(PermissionDenied).into(),
            report(PermissionDenied).into(),
            EngineError::NoAdapter("none".to_owned()).into(),
            EngineError::Gpu("a shader".to_owned()).into(),
        ] {
            assert_eq!(failure.code(), FAILED, "{}", failure.message());
        }
        let ambiguous = EngineError::Ambiguous("which".to_owned());
        assert_eq!(Failure::from(ambiguous).code(), INPUT);
    }
}
