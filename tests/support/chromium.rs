//! Chromium, and what its package brings: a browser, and SwiftShader, a software Vulkan driver with a compiler of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};

use crate::alone::{this_program, told};

/// A browser of this machine.
pub fn browser() -> Option<String> {
    let named = std::env::var("EVOTOR_TEST_BROWSER").ok();
    let known = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    named.into_iter().chain(known).find(|name| {
        let asked = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    })
}

/// Whether a missing witness is a failure.
pub fn is_required() -> bool {
    std::env::var_os("EVOTOR_REQUIRE_WITNESSES").is_some()
}

/// The library of SwiftShader.
fn library() -> Option<PathBuf> {
    let named = std::env::var_os("EVOTOR_SWIFTSHADER").map(PathBuf::from);
    let known = [
        "/usr/lib/chromium",
        "/usr/lib64/chromium-browser",
        "/usr/lib/chromium-browser",
        "/opt/google/chrome",
    ];
    let known = known.map(|folder| Path::new(folder).join("libvk_swiftshader.so"));
    named.into_iter().chain(known).find(|path| path.is_file())
}

/// Trials of this program once more, each with so many random cases, in a process of its own that sees SwiftShader alone. None in that
/// process.
pub fn swiftshader(trials: &[(&'static str, u32)]) -> Vec<Trial> {
    if std::env::var_os(WITNESS).is_some() {
        return Vec::new();
    }
    let missing = library().is_none();
    let again = |(name, cases): &(&'static str, u32)| {
        let (name, cases) = (*name, *cases);
        let (file, what) = name.split_once("::").unwrap_or(("swiftshader", name));
        let trial = Trial::test(format!("{file}::swiftshader: {what}"), move || on_swiftshader(name, cases));
        trial.with_kind("gpu").with_ignored_flag(missing && !is_required())
    };
    trials.iter().map(again).collect()
}

/// Set in the process that sees SwiftShader alone.
const WITNESS: &str = "EVOTOR_WITNESS";

fn on_swiftshader(name: &str, cases: u32) -> Result<(), Failed> {
    let library = library().ok_or("there is no libvk_swiftshader.so (Debian: package chromium)")?;
    let folder = tempfile::tempdir()?;
    let driver = folder.path().join("swiftshader.json");
    let icd = serde_json::json!({ "library_path": library, "api_version": "1.1.0" });
    std::fs::write(&driver, serde_json::json!({ "file_format_version": "1.0.0", "ICD": icd }).to_string())?;
    let mut program = this_program()?;
    let cases = std::env::var("EVOTOR_PARITY_CASES").unwrap_or_else(|_| cases.to_string());
    program
        .env(WITNESS, "1")
        .env("VK_DRIVER_FILES", &driver)
        .env("VK_ICD_FILENAMES", &driver)
        .env("EVOTOR_TEST_ADAPTER", "SwiftShader")
        .env("EVOTOR_REQUIRE_GPU", "1")
        .env("EVOTOR_PARITY_CASES", cases);
    let told = told(name, &mut program)?;
    if told.contains("SwiftShader") { Ok(()) } else { Err(told.into()) }
}
