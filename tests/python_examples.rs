//! The examples of sweeps in `docs/examples/sweep`, run in a virtual environment of their own. Reported as ignored where Python or its
//! packages cannot be had, unless `EVOTOR_REQUIRE_PYTHON` is set. `EVOTOR_TEST_PYTHON` names a Python that has SALib and pyABC already.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Completion, Failed, Trial};
use tempfile::TempDir;

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

/// A folder for the packages, and the Python that has them, sought by the first who asks.
type Shared = Arc<(TempDir, OnceLock<Option<PathBuf>>)>;

fn run(shared: &Shared, example: &str, says: &[&str]) -> Result<Completion, Failed> {
    let (folder, python_with_packages) = &**shared;
    let Some(python) = python_with_packages.get_or_init(|| python(folder.path())) else {
        let missing = "no Python with the packages could be made";
        let required = std::env::var_os("EVOTOR_REQUIRE_PYTHON").is_some();
        return if required { Err(missing.into()) } else { Ok(Completion::ignored_with(missing)) };
    };
    let temp = tempfile::tempdir()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/sweep").join(example);
    let mut command = Command::new(python);
    command.arg(script).arg(temp.path()).env("EVOTOR", assert_cmd::cargo::cargo_bin!("evotor"));
    let out = command.current_dir(temp.path()).stdin(Stdio::null()).output()?;
    let (said, wrong) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{example}: {said}{wrong}");
    assert!(says.iter().all(|part| said.contains(part)), "{example}: {said}{wrong}");
    Ok(Completion::Completed)
}

/// All of them. The packages go with the last of them.
pub fn trials() -> Vec<Trial> {
    let shared = Arc::new((tempfile::tempdir().expect("a folder for the packages"), OnceLock::new()));
    let trial = |name: &str, example: &'static str, says: &'static [&str]| {
        let shared = Arc::clone(&shared);
        Trial::ignorable_test(format!("python_examples::{name}"), move || run(&shared, example, says))
    };
    vec![
        trial("sobol_indices_by_salib", "sobol.py", &["256 rows", "rates.birth [/d]: S1 0.", "ST 0."]),
        trial(
            "a_fit_by_pyabc",
            "fit_abc.py",
            &["in 3 generations", "birth: posterior mean 0.0", "truth 0.055"],
        ),
    ]
}
