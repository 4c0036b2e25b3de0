//! Generated pages are fresh. `UPDATE_REFERENCE=1 cargo test --test reference` writes them anew.

use std::path::Path;

#[test]
fn the_scenario_reference_is_fresh() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario-reference.md");
    let page = evotor::scenario::reference_markdown();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == page,
        "docs/scenario-reference.md is not what the program reads: set UPDATE_REFERENCE=1"
    );
}
