//! Folders compared file by file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// All files below a folder, by name.
pub fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut left = vec![dir.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => left.push(path),
                false => {
                    drop(all.insert(path.strip_prefix(dir).unwrap().to_owned(), fs::read(&path).unwrap()))
                }
            }
        }
    }
    all
}

/// Both folders have the same files, and these the same bytes.
pub fn assert_same(found: &Path, whole: &Path) {
    let (found, whole) = (files(found), files(whole));
    assert_eq!(found.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
    let differs: Vec<_> = whole.keys().filter(|name| found[*name] != whole[*name]).collect();
    assert!(differs.is_empty(), "{differs:?} differ");
}
