//! The examples of `docs/examples.md`, run in the folder of a small run or trial, and the Python package, from a wheel in a virtual environment of
//! its own. Reported as ignored where the interpreter is missing, and as a failure where `EVOTOR_REQUIRE_PYTHON` says that Python must be
//! there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::SMALL;
use libtest_mimic::{Failed, Trial};

/// Blocks of a language in the page.
fn blocks(language: &str) -> Vec<String> {
    let page = include_str!("../docs/examples.md");
    let begin = format!("```{language}\n");
    page.split(&begin).skip(1).map(|rest| rest.split("```").next().unwrap_or("").to_owned()).collect()
}

fn is_there(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

fn run(program: &str, ending: &str, language: &str, says: &[&str]) -> Result<(), Failed> {
    let temp = tempfile::tempdir()?;
    fs::write(temp.path().join("small.toml"), SMALL)?;
    let mut evotor = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    let args = ["run", "small.toml", "--backend", "cpu", "--quiet", "--out", "r"];
    assert!(evotor.args(args).current_dir(temp.path()).stdin(Stdio::null()).status()?.success());
    let blocks = blocks(language);
    assert_eq!(blocks.len(), says.len(), "examples of {language}");
    for (block, says) in blocks.iter().zip(says) {
        let file = temp.path().join(format!("example.{ending}"));
        fs::write(&file, block)?;
        let out = in_folder(program, &file, &temp.path().join("r"))?;
        assert!(out.contains(says), "{out}");
    }
    Ok(())
}

fn in_folder(program: &str, file: &Path, dir: &Path) -> Result<String, Failed> {
    told(Command::new(program).arg(file).current_dir(dir))
}

/// Runs a command to its end; what it said.
fn told(command: &mut Command) -> Result<String, Failed> {
    let out = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    if out.status.success() {
        return Ok(said);
    }
    Err(format!("{command:?}\n{said}\n{}", String::from_utf8_lossy(&out.stderr)).into())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A small trial, with its ADaM-shaped tables, in R.
fn trial_in_r() -> Result<(), Failed> {
    let temp = tempfile::tempdir()?;
    let trial = root().join("tests/data/small-trial.toml");
    let evotor = || Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    let args = ["--patients", "20", "--surrogate", "--quiet", "--no-report", "--out", "t"];
    told(evotor().arg("compare").arg(trial).args(args).current_dir(temp.path()))?;
    told(evotor().args(["tables", "t", "--format", "adam"]).current_dir(temp.path()))?;
    let example = root().join("docs/examples/trial.R");
    let said = told(Command::new("Rscript").arg(example).arg("t").current_dir(temp.path()))?;
    assert!(said.contains("subjects 40 in 2 arms"), "{said}");
    Ok(())
}

/// The package as users install it: a wheel with the program in it, in a clean environment, its own tests and the notebook.
fn python_package() -> Result<(), Failed> {
    let temp = tempfile::tempdir()?;
    let wheel = match std::env::var_os("EVOTOR_WHEEL") {
        Some(wheel) => wheel.into_string().map_err(|_| "EVOTOR_WHEEL is not text")?,
        None => {
            let program = assert_cmd::cargo::cargo_bin!("evotor");
            let pack = root().join("python/wheel.py");
            told(Command::new("python3").arg(pack).arg(program).arg(temp.path().join("dist")))?
                .trim()
                .to_owned()
        }
    };
    let environment = temp.path().join("environment");
    told(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    let python = environment.join("bin/python");
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    told(Command::new(&python).args(install).arg(format!("{wheel}[lattice,test]")))?;
    // From another folder, so that the package is the one that was installed.
    let tests = root().join("python/tests");
    let quiet = ["-m", "pytest", "-q", "-p", "no:cacheprovider"];
    let said = told(Command::new(&python).args(quiet).arg(tests).current_dir(temp.path()))?;
    assert!(said.contains(" passed") && !said.contains("skipped"), "{said}");
    let notebook = root().join("docs/examples/notebook.py");
    let said = told(Command::new(&python).arg(notebook).current_dir(temp.path()))?;
    assert!(said.contains("mean oxygen of live cells") && said.contains("scenario.toml:18:1"), "{said}");
    Ok(())
}

/// Whether there is a Python with which environments are made.
fn has_python() -> bool {
    let asked = Command::new("python3").args(["-c", "import ensurepip, venv"]).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let asked = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let (required, r_required) = (asked("EVOTOR_REQUIRE_PYTHON"), asked("EVOTOR_REQUIRE_R"));
    let no_r = !r_required && !is_there("Rscript");
    let python = || run("python3", "py", "python", &["largest burden"]);
    let r = || run("Rscript", "R", "r", &["clones ", "counts 4", "tree of "]);
    vec![
        Trial::test("examples::python", python).with_ignored_flag(!required && !is_there("python3")),
        Trial::test("examples::python_package", python_package).with_ignored_flag(!required && !has_python()),
        Trial::test("examples::r", r).with_ignored_flag(no_r),
        Trial::test("examples::trial_in_r", trial_in_r).with_ignored_flag(no_r),
    ]
}
