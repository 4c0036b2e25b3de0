use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::simulation::BackendOptions;
use crate::trial::error::TrialError;
use crate::trial::file;
use crate::trial::hooks::TrialHooks;
use crate::trial::output::Extras;
use crate::trial::session::{Continued, Selection, Session};

#[test]
fn shards_are_all_of_a_cohort_in_order_and_nearly_equal() {
    for patients in [1, 2, 7, 60, 1000, 1 << 24] {
        for of in [1, 2, 3, 7, 16, 1000].into_iter().filter(|of| *of <= patients) {
            let ranges: Vec<_> = (0..of).map(|index| Shard { index, of }.range(patients)).collect();
            assert_eq!((ranges[0].first, ranges[of as usize - 1].last), (0, patients - 1));
            assert!(ranges.windows(2).all(|pair| pair[0].last + 1 == pair[1].first), "{patients} {of}");
            let sizes = || ranges.iter().map(|r| r.last - r.first + 1);
            assert!(sizes().max().unwrap() - sizes().min().unwrap() <= 1, "{patients} {of}");
        }
    }
}

#[test]
fn shards_read_as_they_are_written_and_others_are_refused() {
    assert_eq!("3/16".parse(), Ok(Shard { index: 3, of: 16 }));
    assert_eq!(Shard { index: 3, of: 16 }.to_string(), "3/16");
    let beyond = "16/16".parse::<Shard>().unwrap_err();
    assert!(beyond.contains("from 0 to 15") && beyond.contains("--array=0-15"), "{beyond}");
    for wrong in ["", "3", "3-16", "/", "-1/4", "1/0", "0/0", "1.5/4", "1/4/2", "1/99999999999"] {
        assert!(wrong.parse::<Shard>().unwrap_err().contains("such as 3/16"), "{wrong}");
    }
}

/// A trial in a folder of its own, by the surrogate.
fn run(dir: &Path, shard: Option<Shard>) -> String {
    let text = include_str!("../../../tests/data/small-trial.toml");
    let loaded = file::parse(text, "small-trial", Path::new("")).unwrap();
    let selection = Selection { patients: Some(5), shard, surrogate: true, ..Selection::default() };
    let session = Session::new(loaded.scenario, &selection, BackendOptions::cpu(2)).unwrap();
    let mut hooks = TrialHooks { listener: &mut (), stop: &AtomicUsize::new(0) };
    let Continued::Ran(done) = session.continue_in(dir, Extras::default(), &mut hooks).unwrap() else {
        panic!("{} is done", dir.display())
    };
    done.folder.finish().unwrap();
    crate::simulation::digest::hex(&done.results.digest())
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    entries
        .map(|p| (p.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&p).unwrap()))
        .collect()
}

#[test]
fn merged_shards_are_the_whole() {
    let temp = tempfile::tempdir().unwrap();
    let at = |name: &str| temp.path().join(name);
    let digest = run(&at("whole"), None);
    let parts = [at("1"), at("0"), at("2")];
    for part in &parts {
        let index = part.file_name().unwrap().to_str().unwrap().parse().unwrap();
        assert_ne!(run(part, Some(Shard { index, of: 3 })), digest);
    }
    let mut hooks = TrialHooks { listener: &mut (), stop: &AtomicUsize::new(0) };
    let merge = Merge::open(&parts).unwrap();
    assert!(merge.coverage().is_whole());
    let (_, done) = merge.write(&at("merged"), false, BackendOptions::cpu(1), &mut hooks).unwrap();
    done.folder.finish().unwrap();
    assert_eq!(crate::simulation::digest::hex(&done.results.digest()), digest);
    let (merged, whole) = (files(&at("merged")), files(&at("whole")));
    assert_eq!(merged.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
    for (name, bytes) in &whole {
        assert!(merged[name] == *bytes, "{name} differs");
    }
    // A table that was changed is found before anything is written.
    let table = at("0").join("laboratory.csv");
    std::fs::write(&table, std::fs::read_to_string(&table).unwrap().replacen(',', ";", 1)).unwrap();
    let refused = Merge::open(&parts).unwrap().write(&at("again"), false, BackendOptions::cpu(1), &mut hooks);
    assert!(matches!(&refused, Err(TrialError::Input(why)) if why.contains("laboratory.csv")), "{refused:?}");
    assert!(!at("again").exists());
}
