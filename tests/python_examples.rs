//! The examples of sweeps in `docs/examples/sweep`, run in a virtual environment of their own. Reported as ignored where Python or its
//! packages cannot be had, unless `EVOTOR_REQUIRE_PYTHON` is set. `EVOTOR_TEST_PYTHON` names a Python that has SALib and pyABC already.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};

const PACKAGES: [&str; 2] = ["SALib", "pyabc"];

/// Whether a command ends well; it says nothing.
fn goes_well(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// A Python that has the packages, in this folder unless one is named.
fn python(folder: &Path) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("EVOTOR_TEST_PYTHON") {
        return Some(named.into());
    }
    let made = goes_well(Command::new("python3").args(["-m", "venv"]).arg(folder));
    let python = folder.join("bin/python");
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let installed = made && goes_well(Command::new(&python).args(install).args(PACKAGES));
    installed.then_some(python)
}

fn run(python: Option<PathBuf>, example: &str, says: &[&str]) -> Result<(), Failed> {
    let python = python.ok_or("no Python with the packages could be made")?;
    let temp = tempfile::tempdir()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/sweep").join(example);
    let mut command = Command::new(python);
    command.arg(script).arg(temp.path()).env("EVOTOR", assert_cmd::cargo::cargo_bin!("evotor"));
    let out = command.current_dir(temp.path()).stdin(Stdio::null()).output()?;
    let (said, wrong) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{example}: {said}{wrong}");
    assert!(says.iter().all(|part| said.contains(part)), "{example}: {said}{wrong}");
    Ok(())
}

fn main() {
    let args = Arguments::from_args();
    let temp = tempfile::tempdir().expect("a folder for the packages");
    let python = if args.list { None } else { python(temp.path()) };
    let ignored = python.is_none() && std::env::var_os("EVOTOR_REQUIRE_PYTHON").is_none();
    let (one, other) = (python.clone(), python);
    let sobol = move || run(one, "sobol.py", &["256 rows", "rates.birth [/d]: S1 0.", "ST 0."]);
    let abc =
        move || run(other, "fit_abc.py", &["in 3 generations", "birth: posterior mean 0.0", "truth 0.055"]);
    let trials = vec![
        Trial::test("sobol_indices_by_salib", sobol).with_ignored_flag(ignored),
        Trial::test("a_fit_by_pyabc", abc).with_ignored_flag(ignored),
    ];
    let conclusion = libtest_mimic::run(&args, trials);
    // The end of the process would leave the packages behind.
    drop(temp);
    conclusion.exit();
}
