//! Trials in a process of their own: this program once more, asked for one trial.

use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};

/// Set in the process that has one trial, to its name.
const ALONE: &str = "EVOTOR_TRIAL_ALONE";

/// A trial that runs in a process of its own, because it counts or sets what a whole process has.
pub fn alone(name: &'static str, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    if std::env::var(ALONE).is_ok_and(|of| of == name) {
        return Trial::test(name, run);
    }
    Trial::test(name, move || told(name, &mut this_program()?).map(drop))
}

/// This program.
pub fn this_program() -> Result<Command, Failed> {
    Ok(Command::new(std::env::current_exe()?))
}

/// Runs one trial of it, and gives what it printed.
pub fn told(name: &str, program: &mut Command) -> Result<String, Failed> {
    let out = program.args(["--exact", name]).env(ALONE, name).stdin(Stdio::null()).output()?;
    let told = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    if out.status.success() && told.contains("1 passed") { Ok(told) } else { Err(told.into()) }
}
