//! Every table and picture of clones holds every live cell, at every count: whatever the smallest clone that is listed or shown, with
//! one founder or many, from saved tissue, stopped and resumed, to the extinction of the tumour.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::runs::{self, resume_until, run_until, run_whole, settings};
use evotor::report::lineage::{Form, History, bands};
use evotor::report::read::{FolderKind, RunFolder, kind};
use evotor::report::{self, PlotFormat};
use evotor::scenario;
use evotor::simulation::Job;

/// A number below `end` that follows from a case and a place in it.
fn chance(case: u64, place: u64, end: u64) -> u64 {
    let mut x = case << 32 | place;
    for _ in 0..3 {
        x = (x ^ (x >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    (x >> 33) % end
}

/// One of some texts.
fn one<'a>(case: u64, place: u64, of: &[&'a str]) -> &'a str {
    of[chance(case, place, of.len() as u64) as usize]
}

/// A scenario of two states that found clones of each other all the time, some of which die out.
fn scenario_of(case: u64) -> String {
    let start = one(
        case,
        1,
        &[
            "shape = \"single\"",
            "shape = \"count\"\ncells = 9",
            "shape = \"random\"\ndensity = 0.2\ncomposition = { \"r=r\" = 0.5 }",
            "shape = \"saved\"\npath = \"grown/checkpoint.evotor\"",
        ],
    );
    let minimum = one(case, 2, &["1", "2", "20", "1000"]);
    let death = one(case, 3, &["0.02", "0.1", "0.5"]);
    let mutation = one(case, 4, &["0.02", "0.5", "1"]);
    let counts = one(case, 5, &["4 d", "8 d", "28 d"]);
    format!(
        "name = \"case\"\nseed = {case}\nreplicates = 3\nloci = []\n[time]\nstep = \"12 h\"\nend = \"56 d\"\ncheck = \"4 d\"\n\
         [lattice]\nsize = [40, 40]\n[start]\n{start}\n\
         [[locus]]\nname = \"r\"\nlevels = [\"s\", \"r\"]\n\
         [[locus.change]]\nfrom = 0\nto = 1\nmutation = \"{mutation} /division\"\n\
         [[locus.change]]\nfrom = 1\nto = 0\nmutation = \"{mutation} /division\"\n\
         [rates]\nbirth = \"0.3 /d\"\ndeath = \"{death} /d\"\n\
         [output]\nclones_every = \"{counts}\"\nclone_minimum = {minimum}\ndetailed_replicates = 2\n"
    )
}

/// Fields of the rows of a table, by their columns.
fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// Live cells by replicate and day.
type Live = BTreeMap<(String, String), u64>;

/// Live cells at every check.
fn live(dir: &Path) -> Live {
    let row = |r: BTreeMap<String, String>| {
        ((r["replicate"].clone(), r["day"].clone()), r["live"].parse().unwrap())
    };
    table(&dir.join("series.csv")).into_iter().map(row).collect()
}

/// Sums of a column by replicate and day.
fn sums(rows: &[BTreeMap<String, String>], column: &str) -> Live {
    let mut out = Live::new();
    for row in rows {
        *out.entry((row["replicate"].clone(), row["day"].clone())).or_default() +=
            row[column].parse::<u64>().unwrap();
    }
    out
}

/// The table of the run itself; the counts that it has.
fn check_sizes(dir: &Path, case: u64) -> Live {
    let (rows, live) = (table(&dir.join("clone_sizes.csv")), live(dir));
    let clones = table(&dir.join("clones.csv"));
    let founders: BTreeSet<(String, String)> = clones
        .iter()
        .filter(|c| c["clone"] == c["parent"])
        .map(|c| (c["replicate"].clone(), c["clone"].clone()))
        .collect();
    let roots: Vec<_> = rows
        .iter()
        .filter(|r| founders.contains(&(r["replicate"].clone(), r["clone"].clone())))
        .cloned()
        .collect();
    let counted = sums(&rows, "exclusive");
    assert_eq!(counted, sums(&roots, "inclusive"), "case {case}: inclusive sizes of founders");
    for (count, cells) in &counted {
        assert_eq!(live[count], *cells, "case {case}: {count:?}");
    }
    for replicate in table(&dir.join("replicates.csv")).iter().filter(|r| r["replicate"] != "2") {
        let end = (replicate["replicate"].clone(), replicate["end_day"].clone());
        assert!(
            counted.contains_key(&end) || live[&(end.0.clone(), "0".into())] == 0,
            "case {case}: {end:?}"
        );
    }
    counted
}

/// The tables for other programs.
fn check_files(dir: &Path, counted: &Live, case: u64) {
    for replicate in ["0", "1"] {
        let of: BTreeMap<&str, u64> =
            counted.iter().filter(|(k, _)| k.0 == replicate).map(|(k, n)| (k.1.as_str(), *n)).collect();
        let file = |name: &str| dir.join("lineage").join(format!("{replicate}-{name}"));
        if of.is_empty() {
            assert!(!file("evofreq.csv").exists(), "case {case}");
            continue;
        }
        let mut population: BTreeMap<String, u64> = BTreeMap::new();
        for row in table(&file("ggmuller-population.csv")) {
            *population.entry(row["Generation"].clone()).or_default() +=
                row["Population"].parse::<u64>().unwrap();
        }
        let population: BTreeMap<&str, u64> = population.iter().map(|(day, n)| (day.as_str(), *n)).collect();
        assert_eq!(population, of, "case {case}, ggmuller");

        let evofreq = table(&file("evofreq.csv"));
        let size = |row: &BTreeMap<String, String>, day: &str| row[day].parse::<u64>().unwrap();
        let root = evofreq.iter().find(|r| r["parent"] == "0").unwrap();
        for (day, cells) in &of {
            assert_eq!(size(root, day), *cells, "case {case}, EvoFreq, day {day}");
            // Thousands of clones: their children are summed once, not sought for each.
            let mut inner: BTreeMap<&str, u64> = BTreeMap::new();
            for row in &evofreq {
                *inner.entry(row["parent"].as_str()).or_default() += size(row, day);
            }
            for parent in &evofreq {
                let children = inner.get(parent["clone"].as_str()).copied().unwrap_or(0);
                assert!(size(parent, day) >= children, "case {case}, day {day}");
            }
        }

        let edges = table(&file("ggmuller-adjacency.csv"));
        let mut names: BTreeSet<String> = edges.iter().map(|r| format!("clone{}", r["Identity"])).collect();
        names.insert(format!("clone{}", root["clone"].parse::<u64>().unwrap() - 1));
        let tree = fs::read_to_string(file("phylogeny.nwk")).unwrap();
        let parts = tree.split(['(', ')', ',', ';', '\n']).filter(|p| !p.is_empty());
        let found: Vec<String> = parts.map(|p| p.split(':').next().unwrap().to_owned()).collect();
        assert_eq!(found.len(), names.len(), "case {case}, Newick");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), names, "case {case}, Newick");
    }
}

/// The bands of Muller plots, at any share below which clones are merged.
fn check_bands(dir: &Path, counted: &Live, case: u64) {
    let FolderKind::Run(loaded) = kind(dir).unwrap() else { panic!("a run") };
    let run = RunFolder::read(dir, *loaded).unwrap();
    for (lineage, share) in run.lineages.iter().flat_map(|l| [0.0, 0.01, 0.3].map(|share| (l, share))) {
        let history = History::read(&dir.join("clone_sizes.csv"), lineage, share).unwrap();
        for form in [Form::Population, Form::Frequency] {
            let bands = bands(lineage, &history, form);
            let mut heights = BTreeMap::new();
            for band in &bands {
                let of_day: BTreeMap<u64, f64> =
                    band.edges.iter().rev().map(|e| (e[0].to_bits(), e[2] - e[1])).collect();
                heights.entry(band.clone).or_insert(of_day);
            }
            let height = |clone: usize, day: f64| {
                heights.get(&clone).and_then(|of_day| of_day.get(&day.to_bits())).copied().unwrap_or(0.0)
            };
            for ((_, day), cells) in counted.iter().filter(|(k, _)| k.0 == lineage.replicate.to_string()) {
                let day: f64 = day.parse().unwrap();
                let inner = |clone: usize| history.clones[clone].children.iter().map(|c| height(*c, day));
                let own: f64 =
                    (0..history.clones.len()).map(|c| height(c, day) - inner(c).sum::<f64>()).sum();
                let all = match form {
                    Form::Population => *cells as f64,
                    Form::Frequency if *cells > 0 => 1.0,
                    Form::Frequency => continue,
                };
                let place = format!("case {case}, {form:?}, share {share}, day {day}");
                assert!(
                    (own - all).abs() < 1e-6 && (height(0, day) - all).abs() < 1e-6,
                    "{place}: {own} {all}"
                );
                let fits = |c: usize| height(c, day) >= inner(c).sum::<f64>() - 1e-9;
                assert!((0..history.clones.len()).all(fits), "{place}");
            }
        }
    }
}

// Clones below `clone_minimum` left tables and plots with their cells, and the end of a tumour was in none of them.
#[test]
fn totals_of_every_table_of_clones_are_the_live_cells() {
    let temp = tempfile::tempdir().unwrap();
    let job = |text: &str| {
        let loaded = scenario::parse(text, "test.toml", temp.path())
            .unwrap_or_else(|e| panic!("{}", e.render(scenario::MessageStyle::Plain)));
        Job::new(&loaded.scenario, temp.path()).unwrap()
    };
    let grown =
        scenario_of(0).replace("shape = \"saved\"\npath = \"grown/checkpoint.evotor\"", "shape = \"single\"");
    run_whole(
        &runs::job(&grown.replace("death = \"0.5", "death = \"0.02")),
        &settings(),
        &temp.path().join("grown"),
    );
    let (mut extinct, mut many, mut left_out) = (0, 0, 0);
    for case in 0..24 {
        let (job, dir) = (job(&scenario_of(case)), temp.path().join(format!("case{case}")));
        if case % 3 == 0 {
            let _ = run_until(&job, &settings(), &dir, 20).0.unwrap();
            resume_until(&settings(), &dir, u64::MAX).unwrap();
        } else {
            run_whole(&job, &settings(), &dir);
        }
        let counted = check_sizes(&dir, case);
        report::report(&dir, None, PlotFormat { png: false, ..PlotFormat::default() }).unwrap();
        check_files(&dir, &counted, case);
        check_bands(&dir, &counted, case);
        extinct += counted.values().filter(|n| **n == 0).count();
        let clones = table(&dir.join("clones.csv"));
        many += clones.iter().filter(|c| c["clone"] != "0" && c["clone"] == c["parent"]).count();
        left_out += usize::from(job.scenario.output.clone_minimum > 1 && clones.len() > 2);
    }
    assert!(
        extinct > 2 && left_out > 2,
        "{extinct} died out, {many} further founders, {left_out} with a minimum"
    );
}
