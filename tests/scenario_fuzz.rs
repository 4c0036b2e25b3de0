//! No input makes a reader panic, fall silent, or take its time: random text, mutated scenarios, trials, calibrations, drug files,
//! doses, selectors, settings, arms in words, tables of one's own, command lines, and a small corpus.
//!
//! Whatever is refused must also be shown without a panic and with a reason, and whatever is accepted must survive
//! being written out and read again. `EVOTOR_FUZZ_CASES=10000` tries that many inputs of each kind, and then holds the
//! readers to a second an input and 256 MiB in all.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use evotor::report::overlay;
use evotor::report::own_data::OwnTable;
use evotor::scenario::{self, MessageStyle, Overlay, ScenarioError, Setting, regimen};
use evotor::trial;
use evotor::trial::batch::Design;
use evotor::trial::calibrate::Calibration;
use proptest::prelude::*;

fn folder(path: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect();
    files.sort();
    files
}

/// A scenario with drugs of every shape in its text.
fn with_drugs() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/01-first-run.toml");
    let mut scenario = scenario::load(&path).unwrap().scenario;
    let find = |name| scenario::Catalogue::embedded().find(name).unwrap().clone();
    scenario.catalogue = ["sunitinib", "octreotide LAR", "sorafenib", "177Lu-DOTATATE"].map(find).to_vec();
    scenario::effective_toml(&scenario)
}

/// Texts of the shipped scenarios, and of others.
static SHIPPED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = folder("scenarios").into_iter().filter(|p| p.extension().is_some_and(|e| e == "toml"));
    let good = folder("tests/data/scenario/good");
    let others =
        ["scenarios/trials", "scenarios/falsify", "scenarios/catalogue", "scenarios/catalogue/drugs"];
    let others = others.into_iter().filter(|f| Path::new(env!("CARGO_MANIFEST_DIR")).join(f).is_dir());
    let others = others.flat_map(folder).filter(|p| p.extension().is_some_and(|e| e == "toml"));
    files
        .chain(good)
        .chain(others)
        .map(|p| std::fs::read_to_string(p).unwrap())
        .chain([with_drugs()])
        .collect()
});

/// Inputs of each kind.
fn cases() -> u32 {
    std::env::var("EVOTOR_FUZZ_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(300)
}

/// Peak memory of this process in KiB, where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Time that this thread has spent on a processor, where the system tells: a busy machine does not count.
fn computed() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(told.split(' ').next()?.parse().ok()?))
}

/// Reads an input; in the long form slow ones and hungry ones fail.
fn within_bounds<T>(text: &str, read: impl FnOnce() -> T) -> T {
    let before = computed();
    let found = read();
    if cases() > 1000 {
        let took = computed().zip(before).map(|(now, before)| now - before);
        assert!(
            took.is_none_or(|t| t.as_secs_f64() < 1.0),
            "{took:?} for {} bytes:\n{text:.2000}",
            text.len()
        );
        assert!(peak_kib().is_none_or(|k| k < 256 << 10), "{:?} KiB after\n{text:.2000}", peak_kib());
    }
    found
}

fn pick(index: &prop::sample::Index) -> &'static String {
    index.get(&SHIPPED)
}

/// Reads a text; shows what is wrong with it, or checks the round trip.
fn try_out(text: &str) {
    within_bounds(text, || try_scenario(text));
    // The same text as a calibration: it is refused in nearly all cases, with a reason.
    if let Err(error) = within_bounds(text, || Calibration::parse(text)) {
        assert!(!error.to_string().trim().is_empty(), "silence for\n{text}");
    }
}

fn try_scenario(text: &str) {
    match scenario::parse(text, "fuzz.toml", Path::new("/nowhere")) {
        Ok(loaded) => {
            let _ = loaded.render_warnings(MessageStyle::Coloured);
            let again =
                scenario::parse(&scenario::effective_toml(&loaded.scenario), "e.toml", Path::new("/nowhere"));
            let again = again.unwrap_or_else(|e| panic!("{}\n{text}", e.render(MessageStyle::Plain)));
            assert_eq!(again.scenario, loaded.scenario);
        }
        Err(error) => {
            let shown = error.render(MessageStyle::Plain);
            assert!(shown.contains("error"), "{shown}");
            assert!(shown.contains("fuzz.toml:"), "a place: {shown}");
            let _ = error.render(MessageStyle::Coloured);
            let ScenarioError::Invalid(report) = error else { panic!("{error}") };
            assert!(report.errors() > 0);
            assert!(!shown.contains("evotor does not know why"), "{shown}\n{text}");
            for found in &report.diagnostics {
                assert!(!found.label.is_empty() && found.help.is_some(), "{found:?}");
            }
        }
    }
}

#[test]
fn the_corpus_is_read_without_a_panic() {
    let files = folder("tests/data/scenario/corpus");
    assert!(!files.is_empty());
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        try_out(&String::from_utf8_lossy(&bytes));
        if let Err(error) = scenario::load(&path) {
            assert!(error.render(MessageStyle::Plain).contains("error"), "{}", path.display());
        }
    }
}

/// Bits of scenarios that go where they do not belong.
const PIECES: [&str; 36] = [
    "\"",
    "'",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    "#",
    "\n",
    "\0",
    "µ",
    "-",
    "nan",
    "inf",
    "1e999",
    "0",
    "-1",
    "99999999999999999999",
    "-340282366920938463463374607431768211456",
    "0xffffffffffffffffffffffffffffffffffffffff",
    "1_000_000",
    "\"everolimus 10 mg daily\"",
    "\"on/off/on\"",
    "\"x3\"",
    "[[\"0 d\", \"1 d\"]]",
    "{ value = 1 }",
    "\"1 d\"",
    "\"0 /d\"",
    "\"1e308 /d\"",
    "true",
    "1979-05-27",
    "\\u0000",
    "any",
];

/// Words of doses, selectors and command lines.
const WORDS: [&str; 64] = [
    "everolimus",
    "sunitinib",
    "octreotide LAR",
    "177Lu-DOTATATE",
    "surgery",
    "nothing",
    "10",
    "37.5",
    "0",
    "-1",
    "1e300",
    "99999999999999999999",
    "mg",
    "mg/kg",
    "mg/m2",
    "GBq",
    "%",
    "g",
    "ug",
    "h",
    "d",
    "days",
    "weeks",
    "months",
    "daily",
    "twice",
    "every",
    "weekly",
    "on",
    "off",
    "on/",
    "off/",
    "once-",
    "of",
    "from",
    "until",
    "day",
    "day 1",
    "days 1-7",
    "x4",
    "x",
    ",",
    "/",
    "4/2",
    "po",
    "iv",
    "as",
    "over",
    "then",
    "and",
    "=",
    "*",
    "|",
    "!",
    "any",
    "rtk=up",
    "rtk",
    "gsk3",
    "µg",
    "\u{feff}",
    "\u{202e}",
    "\0",
    "\"",
    "(",
];

/// Words one after the other, in some order, some of them many times.
fn words() -> impl Strategy<Value = String> {
    let word = (0..WORDS.len(), prop_oneof![30 => 1..2_usize, 1 => 1..4000_usize], any::<bool>());
    prop::collection::vec(word, 0..12).prop_map(|words| {
        let part = |(word, times, apart): &(usize, usize, bool)| {
            format!("{}{}", WORDS[*word].repeat(*times), if *apart { " " } else { "" })
        };
        words.iter().map(part).collect()
    })
}

/// A refusal has words.
fn spoken<T, E: std::fmt::Display>(text: &str, read: impl FnOnce() -> Result<T, E>) {
    if let Err(error) = within_bounds(text, read) {
        assert!(!error.to_string().trim().is_empty(), "silence for {text}");
    }
}

/// A change of a text: where (as a share of its length), how many bytes go, what comes.
fn edits() -> impl Strategy<Value = Vec<(f64, usize, usize)>> {
    prop::collection::vec((0.0..1.0, 0..12_usize, 0..PIECES.len() + 4), 1..6)
}

fn edited(text: &str, edits: &[(f64, usize, usize)]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (place, removed, piece) in edits {
        let at = (place * bytes.len() as f64) as usize;
        let end = (at + removed).min(bytes.len());
        let piece = PIECES.get(*piece).copied().unwrap_or("");
        bytes.splice(at..end, piece.bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A scenario with one line doubled, removed, or moved.
fn shuffled(text: &str, from: usize, to: usize, keep: bool) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let (from, to) = (from % lines.len(), to % lines.len());
    let line = if keep { lines[from] } else { lines.remove(from) };
    lines.insert(to.min(lines.len()), line);
    lines.join("\n")
}

/// A scenario with one of its values replaced.
fn revalued(text: &str, line: usize, piece: usize) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let with_value: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].contains(" = ")).collect();
    let line = with_value[line % with_value.len()];
    let key = lines[line].split(" = ").next().unwrap().to_owned();
    lines[line] = format!("{key} = {}", PIECES[piece % PIECES.len()]);
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text(text in any::<String>()) {
        try_out(&text);
    }

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        try_out(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn random_pieces(pieces in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: Vec<&str> = pieces.iter().map(|p| PIECES[*p]).collect();
        try_out(&text.join(" "));
    }

    #[test]
    fn edited_scenarios(file in any::<prop::sample::Index>(), edits in edits()) {
        try_out(&edited(pick(&file), &edits));
    }

    #[test]
    fn shuffled_scenarios(file in any::<prop::sample::Index>(), from in 0..500_usize, to in 0..500_usize, keep: bool) {
        try_out(&shuffled(pick(&file), from, to, keep));
    }

    #[test]
    fn revalued_scenarios(file in any::<prop::sample::Index>(), line in 0..500_usize, piece in 0..100_usize) {
        try_out(&revalued(pick(&file), line, piece));
    }

    #[test]
    fn random_doses(text in words()) {
        spoken(&text, || regimen::parse(&text));
        spoken(&text, || regimen::parse_step(&text, Some("everolimus"), &[]));
        spoken(&text, || regimen::parse_days(&text));
    }

    #[test]
    fn random_selectors(text in words()) {
        let loci = scenario::catalogue_loci();
        spoken(&text, || scenario::parse_selector(loci, &text));
        spoken(&text, || scenario::parse_state(loci, &text));
    }

    /// Keys that are given beside a file, as by `--set` and by rows of a design.
    #[test]
    fn random_settings(file in any::<prop::sample::Index>(), settings in prop::collection::vec(settings(), 1..4)) {
        let read: Vec<Setting> = settings.iter().filter_map(|text| {
            let setting = text.parse::<Setting>();
            spoken(text, || setting.clone());
            setting.ok()
        }).collect();
        let text = pick(&file);
        let laid = Overlay::of_command_line(&read);
        let shown = settings.join("\n");
        let loaded = within_bounds(&shown, || trial::file::parse_with(text, "fuzz.toml", Path::new("/nowhere"), &laid));
        match loaded {
            Ok(loaded) => {
                let effective = scenario::effective_toml(&loaded.scenario);
                let again = scenario::parse(&effective, "e.toml", Path::new("/nowhere"));
                let again = again.unwrap_or_else(|e| panic!("{}\n{shown}", e.render(MessageStyle::Plain)));
                assert_eq!(again.scenario, loaded.scenario, "{shown}");
            }
            Err(error) => {
                let told = error.render(MessageStyle::Plain);
                assert!(told.contains("fuzz.toml:") || told.contains("command line:"), "a place: {told}\n{shown}");
            }
        }
    }

    /// Arms of the command line.
    #[test]
    fn random_arms(arms in prop::collection::vec(words(), 1..3)) {
        let text = trial::unfiled::trial_of(&arms);
        let read = within_bounds(&text, || trial::file::parse(&text, "--arm", Path::new("/nowhere")));
        if let Err(error) = read {
            assert!(error.render(MessageStyle::Plain).contains("--arm:"), "{}", error.render(MessageStyle::Plain));
        }
    }

    /// Tables of a user's own: designs, dosing records, and what is laid over plots.
    #[test]
    fn random_tables(cells in prop::collection::vec((0..CELLS.len(), 0..ENDS.len()), 0..60), unit in words()) {
        let text: String = cells.iter().map(|(cell, end)| CELLS[*cell].to_owned() + ENDS[*end]).collect();
        spoken(&text, || regimen::regimen_of_records(&text, "everolimus", &unit));
        let temp = tempfile::tempdir().unwrap();
        for name in ["t.csv", "t.jsonl"] {
            let path = temp.path().join(name);
            std::fs::write(&path, &text).unwrap();
            spoken(&text, || Design::load(&path));
            spoken(&text, || overlay::read(&path));
            spoken(&text, || OwnTable::read(&path));
        }
    }

    #[test]
    fn random_command_lines(command in 0..COMMANDS.len(), option in 0..OPTIONS.len(), text in words(), file in words()) {
        let attached = format!("{}={text}", OPTIONS[option]);
        for arguments in [vec![COMMANDS[command], &attached, &file], vec![COMMANDS[command], &file, OPTIONS[option], &text]] {
            spoken(&text, || evotor::cli::understood(&arguments));
        }
    }
}

/// A key and its value, as on the command line: keys of every kind, values that are TOML or not.
fn settings() -> impl Strategy<Value = String> {
    let part = (0..KEYS.len(), any::<bool>());
    let key = prop::collection::vec(part, 1..5).prop_map(|parts| {
        let part = |(key, quoted): &(usize, bool)| {
            if *quoted { format!("\"{}\"", KEYS[*key]) } else { KEYS[*key].to_owned() }
        };
        parts.iter().map(part).collect::<Vec<_>>().join(".")
    });
    let value = prop_oneof![
        words(),
        (0..PIECES.len()).prop_map(|piece| PIECES[piece].to_owned()),
        Just("everolimus 10 mg daily".to_owned()),
    ];
    (key, prop_oneof![9 => Just("="), 1 => Just("")], value).prop_map(|(key, is, value)| key + is + &value)
}

/// Parts of dotted keys.
const KEYS: [&str; 40] = [
    "seed",
    "name",
    "patient",
    "growth",
    "time",
    "end",
    "every",
    "lattice",
    "size",
    "start",
    "cells",
    "rates",
    "birth",
    "arm",
    "0",
    "1",
    "99999999999999999999",
    "-1",
    "therapy",
    "regimen",
    "line",
    "regimens",
    "until",
    "cohort",
    "change",
    "fixed",
    "patients",
    "catalogue",
    "drug",
    "pk",
    "published",
    "output",
    "stop",
    "state",
    "",
    " ",
    "=",
    "\u{202e}",
    "\n",
    "µ",
];

/// Cells of tables.
const CELLS: [&str; 40] = [
    "TIME",
    "AMT",
    "II",
    "ADDL",
    "EVID",
    "ID",
    "SS",
    "RATE",
    "time_h",
    "time_days",
    "time_months",
    "event",
    "arm",
    "endpoint",
    "concentration_ng_per_ml",
    "seed",
    "patient.growth [/d]",
    "arm.0.name",
    "{\"seed\": 1}",
    "{\"a.b\": [",
    "0",
    "1",
    "24",
    "-1",
    "1e300",
    "1e-320",
    "nan",
    "inf",
    "99999999999999999999",
    "0.1",
    "\"",
    "\"a,b\"",
    "\"\"",
    "pfs",
    "everolimus 10 mg daily",
    "\u{feff}",
    "\0",
    "\u{202e}",
    "#",
    "",
];

/// What stands behind a cell.
const ENDS: [&str; 6] = [",", ",", "\n", "\r\n", ";", "\t"];

/// Commands of the program.
const COMMANDS: [&str; 25] = [
    "init",
    "batch",
    "merge",
    "plan",
    "design",
    "optimise",
    "discriminate",
    "condition",
    "library",
    "tables",
    "schema",
    "run",
    "resume",
    "render",
    "animate",
    "export",
    "compare",
    "trial",
    "report",
    "plots",
    "calibrate",
    "falsify",
    "validate",
    "pk",
    "signalling",
];

/// Options that take a value.
const OPTIONS: [&str; 26] = [
    "--set",
    "--shard",
    "--scenario",
    "--tables",
    "--overlay",
    "--reader",
    "--estimand",
    "--concentration",
    "--catalogue",
    "--format",
    "--out",
    "--seed",
    "--threads",
    "--backend",
    "--adapter",
    "--patients",
    "--only",
    "--arm",
    "--drug",
    "--state",
    "--at",
    "--every",
    "--days",
    "--weight",
    "--predict",
    "--oxygen",
];
