//! The examples of `docs/examples.md`, run in the folder of a small run. Reported as ignored where the interpreter is missing.

#[expect(dead_code, reason = "only a scenario of it is needed here")]
mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use support::SMALL;

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
    let out = Command::new(program).arg(file).current_dir(dir).stdin(Stdio::null()).output()?;
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

fn main() {
    let args = Arguments::from_args();
    let python = || run("python3", "py", "python", &["largest burden"]);
    let r = || run("Rscript", "R", "r", &["clones ", "counts 3"]);
    let trials = vec![
        Trial::test("python", python).with_ignored_flag(!is_there("python3")),
        Trial::test("r", r).with_ignored_flag(!is_there("Rscript")),
    ];
    libtest_mimic::run(&args, trials).exit();
}
