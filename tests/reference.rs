//! Generated pages are fresh. `UPDATE_REFERENCE=1 cargo test --test reference` writes them anew.

use std::path::Path;

/// Compares a page with its copy in the documentation, or writes the copy anew.
fn hold(page: &str, file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&path, page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "{file} is not what the program reads: set UPDATE_REFERENCE=1");
}

#[test]
fn the_scenario_reference_is_fresh() {
    hold(&evotor::scenario::reference_markdown(), "docs/scenario-reference.md");
}

#[test]
fn the_catalogue_of_drugs_is_fresh() {
    let page = evotor::scenario::catalogue_markdown();
    assert!(page.lines().all(|l| !l.starts_with('|') || l.ends_with('|')), "rows of tables are whole");
    hold(&page, "docs/catalogue.md");
}

#[test]
fn the_signalling_reference_is_fresh() {
    hold(&evotor::biology::signalling_markdown(), "docs/signalling.md");
}

#[test]
fn the_page_of_falsifiers_is_fresh() {
    let page = evotor::trial::falsify::falsifiers_markdown();
    assert!(
        page.lines().all(|l| !l.starts_with('|') || l.ends_with(" |") || l.ends_with("---|")),
        "rows of tables are whole"
    );
    hold(&page, "docs/falsifiers.md");
}
