//! Generated pages are fresh. `UPDATE_REFERENCE=1 cargo test --test it reference::` writes them anew.

use std::collections::BTreeSet;
use std::path::Path;

use evotor::biology::patient::PatientParameter;
use evotor::biology::signalling::Parameters;
use evotor::catalogue::{Citation, Confidence};
use evotor::trial::cohort::POPULATIONS;
use evotor::trial::falsify::{FALSIFIERS, FILES, File};

/// A page of the documentation.
fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

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
fn the_tables_of_the_signalling_reference_are_fresh() {
    let page = read("docs/signalling.md");
    let (before, _) = page.split_once("## Inputs that loci set").unwrap();
    hold(&(before.to_owned() + &evotor::biology::signalling_markdown()), "docs/signalling.md");
}

/// A page with other lines between a head and the next empty line.
fn with_lines(page: &str, head: &str, lines: impl Iterator<Item = String>) -> String {
    let lines: String = lines.map(|line| line + "\n").collect();
    assert!(lines.lines().all(|l| l.starts_with("- ") || l.ends_with(" |")), "rows of tables are whole");
    let (before, rest) = page.split_once(head).unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    format!("{before}{head}{lines}\n{after}")
}

/// Files of the falsifiers that are not trials.
const TUMOURS: [(&str, &str); 4] = [
    ("tolerance", "F12, F13"),
    ("vessels", "F8, F9, F10"),
    ("persistence-rtk", "F8"),
    ("persistence-gsk3", "F8"),
];

#[test]
fn the_tables_of_falsifiers_are_fresh() {
    let page = read("docs/falsifiers.md");
    let all = FALSIFIERS.iter().map(|f| format!("| {} | {} | {} | {} |", f.id, f.observed, f.bound, f.wrong));
    let head = "| | what is observed | bound | what is wrong if it fails |\n|---|---|---|---|\n";
    let page = with_lines(&page, head, all);
    let how = FALSIFIERS.iter().map(|f| format!("- **{}**: {}.", f.id, f.how));
    let page = with_lines(&page, "## How they are computed\n\n", how);
    let used = |file: &File| {
        let needs = FALSIFIERS.iter().filter(|f| f.needs.iter().any(|n| n.file == file.name));
        let ids: Vec<&str> = needs.map(|f| f.id).collect();
        let tumours = TUMOURS.iter().find(|(name, _)| *name == file.name);
        format!("| `{}` | {} |", file.name, tumours.map_or(ids.join(", "), |(_, ids)| (*ids).to_owned()))
    };
    let page = with_lines(&page, "| file | falsifiers |\n|---|---|\n", FILES.iter().map(used));
    hold(&page, "docs/falsifiers.md");
}

#[test]
fn the_columns_of_tables_are_those_that_are_written() {
    let file = "docs/outputs.md";
    let columns = evotor::cli::columns_markdown();
    let with = |page, (part, columns): &(&str, String)| with_part(page, &format!("columns: {part}"), columns);
    hold(&columns.iter().fold(read(file), with), file);
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let file = "docs/outputs.md";
    hold(&with_part(read(file), "exit codes", &evotor::cli::exit_codes_markdown()), file);
}

/// A page with one of its generated parts made anew.
fn with_part(page: String, part: &str, text: &str) -> String {
    let (before, rest) = page.split_once(&format!("<!-- {part} -->\n")).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    format!("{before}<!-- {part} -->\n\n{text}\n<!-- end -->{after}")
}

// Three files say what this program is, for three kinds of readers: they must not say three things.
#[test]
fn citation_codemeta_and_manifest_say_the_same() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let package = |key: &str| manifest["package"][key].as_str().unwrap().to_owned();
    let codemeta: serde_json::Value = serde_json::from_str(&read("codemeta.json")).unwrap();
    for key in ["name", "version", "description"] {
        assert_eq!(codemeta[key], package(key), "{key}");
    }
    let licences: Vec<String> =
        package("license").split(" OR ").map(|l| format!("https://spdx.org/licenses/{l}")).collect();
    assert_eq!(codemeta["license"], serde_json::json!(licences));
    let citation = read("CITATION.cff");
    let list = |key: &str| -> Vec<String> {
        let (_, rest) = citation.split_once(&format!("\n{key}:\n")).unwrap();
        rest.lines().map_while(|l| l.strip_prefix("  - ")).map(str::to_owned).collect()
    };
    assert!(citation.contains(&format!("\nversion: {}\n", package("version"))));
    assert_eq!(list("license").join(" OR "), package("license"));
    assert_eq!(codemeta["keywords"], serde_json::json!(list("keywords")));
    let authors: Vec<String> = codemeta["author"]
        .as_array()
        .unwrap()
        .iter()
        .map(|author| format!("name: {:?}", author["name"].as_str().unwrap()))
        .collect();
    assert_eq!(list("authors"), authors);
}

/// Where links and images of a page lead, in Markdown and as HTML.
fn links(page: &str) -> Vec<&str> {
    let markdown = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let html = page.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    markdown.chain(html).collect()
}

/// The anchor of a heading, as GitHub and GitLab make it.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

// The README once pointed at reports that were not there.
#[test]
fn links_of_the_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages =
        [root.to_owned(), root.join("docs")].into_iter().flat_map(|dir| std::fs::read_dir(dir).unwrap());
    let pages = pages.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "md"));
    let mut followed = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in links(&text).into_iter().filter(|l| !l.contains("://") && !l.contains([' ', '`'])) {
            let (file, part) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: {link}", page.display());
            if !part.is_empty() {
                let text = std::fs::read_to_string(&target).unwrap();
                let mut headings = text.lines().filter(|l| l.starts_with('#')).map(anchor);
                assert!(headings.any(|a| a == part), "{}: {link}", page.display());
            }
            followed += 1;
        }
    }
    assert!(followed > 30, "{followed} links");
}

// Numbers that nobody had looked up were called measured. Those of drugs: `scenario::catalogue`.
#[test]
fn what_is_surer_than_c_has_a_source_that_can_be_opened() {
    let network = Parameters::TABLE.iter().map(|c| (c.name, c.source, c.confidence));
    let patients = PatientParameter::ALL.into_iter().map(|p| (p.name(), p.source(), p.confidence()));
    let populations = POPULATIONS.iter().map(|p| (p.name, p.source, p.confidence));
    let loci = evotor::scenario::catalogue_loci();
    let loci = loci.iter().flat_map(|l| l.numbers().map(|(source, how)| (l.name.as_str(), source, how)));
    let mut surer = 0;
    for (name, source, confidence) in network.chain(patients).chain(populations).chain(loci) {
        if confidence != Confidence::C {
            assert!(can_be_opened(source), "{name}: {source:?} is not surer than C");
            surer += 1;
        }
    }
    assert!(surer > 15, "{surer}");
}

fn can_be_opened(source: &str) -> bool {
    !Citation::looked_up(source).is_empty()
}

// Letters in running text: `(B; Nature 2017;543:65)`, `4.3 mL/100 g (A)`.
#[test]
fn letters_of_the_documents_have_sources_in_their_lines() {
    let letters = ["(A)", "(A;", "(A:", "(A, ", "(B)", "(B;", "(B:", "(B, derived"];
    let mut held = 0;
    for file in ["docs/scenario-reference.md", "docs/model.md", "docs/signalling.md", "docs/validation.md"] {
        for line in read(file).lines().filter(|line| letters.iter().any(|letter| line.contains(letter))) {
            assert!(!Citation::all_of(line).is_empty(), "{file}: {line}");
            held += 1;
        }
    }
    assert!(held > 10, "{held}");
}

/// What a reader of a page types, in its order: lines that are set apart, and what captions say that made a picture.
fn commands(page: &str) -> Vec<String> {
    let apart = |line: &&str| line.starts_with("    evotor ") || line.starts_with("    cargo run ");
    let mut all = Vec::new();
    for line in page.lines() {
        if apart(&line) {
            all.push(line.trim().replace("cargo run --release -- ", "evotor "));
        }
        let quoted = line.split('`').skip(1).step_by(2).filter(|words| {
            ["evotor run ", "evotor render ", "evotor compare "]
                .iter()
                .any(|begins| words.starts_with(begins))
        });
        // A table of commands has words in capitals for what a reader has.
        all.extend(quoted.filter(|words| !words.contains(char::is_uppercase)).map(str::to_owned));
    }
    all
}

// Half of a block failed: it drew a run that a reader did not have yet.
#[test]
fn commands_of_the_readme_work_in_the_order_in_which_they_stand() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let commands = commands(&std::fs::read_to_string(root.join("README.md")).unwrap());
    assert!(commands.len() >= 7, "{commands:?}");
    let temp = tempfile::tempdir().unwrap();
    let mut before = BTreeSet::new();
    // Nobody types a command twice because two sentences name it.
    for typed in commands.into_iter().filter(|typed| before.insert(typed.clone())) {
        let mut quoted = false;
        let words = typed.split(|c| {
            quoted ^= c == '"';
            c == ' ' && !quoted
        });
        let words = words.skip(1).map(|word| {
            let word = word.trim_matches('"');
            // Its files are those of the repository, and results are here.
            if word.starts_with("scenarios/") {
                root.join(word).display().to_string()
            } else {
                word.to_owned()
            }
        });
        let mut args: Vec<String> = words.collect();
        match args[0].as_str() {
            // Sixty patients by agents take minutes; what is asked for is read all the same.
            "compare" | "trial" => {
                args.retain(|word| word != "--surrogate");
                args.extend(["--surrogate", "--patients", "2", "--no-report"].map(str::to_owned))
            }
            "run" => args.extend(["--no-report".to_owned()]),
            _ => {}
        }
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
        let done = command.args(&args).current_dir(temp.path()).output().unwrap();
        assert!(done.status.success(), "{typed}: {}", String::from_utf8_lossy(&done.stderr));
    }
}
