//! Generated pages are fresh. `UPDATE_REFERENCE=1 cargo test --test reference` writes them anew.

use std::path::Path;

fn is_fresh(name: &str, page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&file, page).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == page, "{name} is not what the program computes with: set UPDATE_REFERENCE=1");
}

#[test]
fn the_scenario_reference_is_fresh() {
    is_fresh("docs/scenario-reference.md", &evotor::scenario::reference_markdown());
}

#[test]
fn the_signalling_reference_is_fresh() {
    is_fresh("docs/signalling.md", &evotor::biology::signalling_markdown());
}
