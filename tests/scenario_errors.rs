//! What a user sees for each of many bad files, held against a stored transcript.
//!
//! Each `tests/data/scenario/bad/*.toml` has its expected text beside it as `.stderr`. Run with
//! `UPDATE_TRANSCRIPTS=1` to write them anew, and review the difference.

use std::path::{Path, PathBuf};

use evotor::scenario::{self, MessageStyle, ScenarioError, Severity};

fn bad_files() -> Vec<PathBuf> {
    files("tests/data/scenario/bad")
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

fn refused(path: &Path) -> ScenarioError {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    match scenario::parse(&text, &name, path.parent().unwrap()) {
        Err(error) => error,
        Ok(_) => panic!("{name} is accepted"),
    }
}

/// Compares each text with the transcript beside its file, or writes the transcripts anew.
fn hold_to_transcripts(found: &[(PathBuf, String)]) {
    let update = std::env::var_os("UPDATE_TRANSCRIPTS").is_some();
    let mut differ = Vec::new();
    for (path, text) in found {
        let stored = path.with_extension("stderr");
        if update {
            std::fs::write(&stored, text).unwrap();
        } else if std::fs::read_to_string(&stored).unwrap_or_default() != *text {
            differ.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(differ.is_empty(), "set UPDATE_TRANSCRIPTS=1 if these are right:\n{}", differ.join("\n"));
}

#[test]
fn bad_files_are_refused_as_transcribed() {
    let files = bad_files();
    assert!(files.len() >= 40, "{} files", files.len());
    let found: Vec<_> =
        files.into_iter().map(|p| (p.clone(), refused(&p).render(MessageStyle::Plain))).collect();
    hold_to_transcripts(&found);
}

#[test]
fn odd_files_are_accepted_with_warnings_as_transcribed() {
    let warned = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let loaded = scenario::parse(&text, &name, Path::new("")).unwrap();
        assert!(!loaded.warnings.is_empty(), "{name}");
        (path, loaded.render_warnings(MessageStyle::Plain))
    };
    let found: Vec<_> = files("tests/data/scenario/odd").into_iter().map(warned).collect();
    hold_to_transcripts(&found);
}

#[test]
fn every_finding_has_a_place_an_expectation_and_a_way_out() {
    for path in bad_files() {
        let ScenarioError::Invalid(report) = refused(&path) else { panic!("{}", path.display()) };
        assert!(report.diagnostics.iter().any(|d| d.severity == Severity::Error));
        for found in &report.diagnostics {
            assert!(found.label.starts_with("expected"), "{}: {found:?}", path.display());
            assert!(found.help.is_some(), "{}: {found:?}", path.display());
            let first = found.message.chars().next().unwrap();
            assert!(!first.is_uppercase() && !found.message.ends_with('.'), "{}", found.message);
            let place = report.place(found);
            assert!(report.render(MessageStyle::Plain).contains(&place), "{place}");
        }
    }
}

#[test]
fn errors_read_well_after_failed_to() {
    let missing = scenario::load(Path::new("no/such/file.toml")).unwrap_err();
    assert_eq!(missing.to_string(), "read scenario `no/such/file.toml`");
    assert!(
        missing
            .render(MessageStyle::Plain)
            .starts_with("error: failed to read scenario `no/such/file.toml`: ")
    );
    let invalid = scenario::parse("", "x.toml", Path::new("")).unwrap_err();
    assert_eq!(invalid.to_string(), "read scenario `x.toml`: 5 errors");
}

#[test]
fn a_coloured_report_differs_by_escapes_only() {
    let error = scenario::parse("sed = 1", "x.toml", Path::new("")).unwrap_err();
    let coloured = error.render(MessageStyle::Coloured);
    assert!(coloured.contains('\u{1b}'));
    assert!(!error.render(MessageStyle::Plain).contains('\u{1b}'));
}
