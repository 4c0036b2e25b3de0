//! `ro-crate-metadata.json`: a folder of results as a Research Object Crate (RO-Crate 1.1, Process Run Crate), so that repositories of data know
//! what it holds. Same folder, same bytes: it has no times. Who publishes the folder adds the date and the licence.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::files::write;
use super::read::{FolderKind, look};
use super::{ReportError, files};
use crate::scenario::{Loaded, Scenario};
use crate::simulation::folder::{DIGEST, EFFECTIVE, FRAMES, LINEAGE, METADATA, REPORT, SNAPSHOTS, SUMMARY};
use crate::trial::output::outcomes::OUTCOMES;
use crate::trial::shard::MANIFEST;

/// Folders of results, and what is in them.
const FOLDERS: [(&str, &str); 4] = [
    (SNAPSHOTS, "pictures of the lattice at recorded times"),
    (FRAMES, "the lattice at recorded times, which `evotor export` reads"),
    (files::PLOTS, "plots of the results"),
    (LINEAGE, "histories of clones"),
];

/// Files of results that are no tables, their kinds, and what they hold.
const FILES: [(&str, &str, &str); 6] = [
    (
        EFFECTIVE,
        "application/toml",
        "the scenario with every default; running it again gives the same digest",
    ),
    (SUMMARY, "application/json", "what came out, as data"),
    (MANIFEST, "application/json", "which part of a trial this is, and hashes of its tables"),
    (OUTCOMES, "application/jsonl", "the outcome of every patient, exactly as it was computed"),
    (DIGEST, "text/plain", "one hash of everything that was decided"),
    (REPORT, "text/html", "the report"),
];

/// Writes the metadata of a folder of results; `meaning` says what a row of a table, by its name, stands for in a trial (`true`) or a run.
///
/// # Errors
///
/// [`ReportError`], for a folder that cannot be read or written.
pub fn describe(dir: &Path, meaning: impl Fn(&str, bool) -> Option<String>) -> Result<(), ReportError> {
    let (loaded, is_trial) = match look(dir)? {
        FolderKind::Run(loaded)
        | FolderKind::Batch(loaded)
        | FolderKind::Design(loaded)
        | FolderKind::Condition(loaded)
        | FolderKind::Search(loaded)
        | FolderKind::Rivals(loaded) => (loaded, false),
        FolderKind::Trial(loaded) => (loaded, true),
        FolderKind::Trials(_) => return Ok(()),
    };
    let mut parts = Vec::new();
    let mut names: Vec<String> = fs::read_dir(dir)
        .map_err(ReportError::read(dir))?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in names {
        parts.extend(part(&name, &meaning, is_trial));
    }
    let text = crate::table::json(&graph(&loaded, is_trial, parts));
    write(dir.join(METADATA), text.as_bytes()).map(drop)
}

/// An entry of a folder, if it is of the results.
fn part(name: &str, meaning: &impl Fn(&str, bool) -> Option<String>, is_trial: bool) -> Option<Value> {
    if let Some((folder, what)) = FOLDERS.iter().find(|(folder, _)| *folder == name) {
        return Some(
            json!({ "@id": format!("{folder}/"), "@type": "Dataset", "name": folder, "description": what }),
        );
    }
    if let Some((_, kind, what)) = FILES.iter().find(|(file, _, _)| *file == name) {
        return Some(file(name, kind, (*what).to_owned()));
    }
    let is_table = Path::new(name).extension().is_some_and(|end| end == "csv");
    is_table.then(|| {
        let rows = meaning(name, is_trial);
        file(name, "text/csv", rows.unwrap_or_else(|| "a table of the results".to_owned()))
    })
}

fn file(name: &str, kind: &str, what: String) -> Value {
    json!({ "@id": identifier(name), "@type": "File", "name": name, "encodingFormat": kind, "description": what })
}

/// A name as a relative URI.
fn identifier(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn graph(loaded: &Loaded, is_trial: bool, parts: Vec<Value>) -> Value {
    let Scenario { name, description, seed, .. } = &loaded.scenario;
    let what = if is_trial { "trial" } else { "run" };
    let title = format!("evotor {what} `{name}`, seed {seed}");
    let of_trial = loaded.scenario.trial.as_ref().map_or("", |trial| trial.about.title.as_str());
    let about = [description.as_str(), of_trial, &title].into_iter().find(|text| !text.is_empty());
    let named: Vec<Value> = parts.iter().map(|part| json!({ "@id": part["@id"] })).collect();
    let made: Vec<&Value> = named.iter().filter(|part| part["@id"] != EFFECTIVE).collect();
    let process = "https://w3id.org/ro/wfrun/process/0.5";
    let mut all = vec![
        json!({
            "@id": METADATA,
            "@type": "CreativeWork",
            "about": { "@id": "./" },
            "conformsTo": { "@id": "https://w3id.org/ro/crate/1.1" },
        }),
        json!({
            "@id": "./",
            "@type": "Dataset",
            "name": title,
            "description": about,
            "conformsTo": { "@id": process },
            "hasPart": named,
            "mentions": { "@id": "#made" },
        }),
        json!({ "@id": process, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5" }),
        json!({
            "@id": "#made",
            "@type": "CreateAction",
            "name": title,
            "instrument": { "@id": "#evotor" },
            "object": { "@id": EFFECTIVE },
            "result": made,
        }),
        json!({
            "@id": "#evotor",
            "@type": "SoftwareApplication",
            "name": "evotor",
            "description": env!("CARGO_PKG_DESCRIPTION"),
            "softwareVersion": env!("CARGO_PKG_VERSION"),
            "license": env!("CARGO_PKG_LICENSE"),
        }),
    ];
    all.extend(parts);
    json!({ "@context": "https://w3id.org/ro/crate/1.1/context", "@graph": all })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dir: &Path) -> String {
        describe(dir, |name, is_trial| (name == "series.csv" && !is_trial).then(|| "One each.".to_owned()))
            .unwrap();
        fs::read_to_string(dir.join(METADATA)).unwrap()
    }

    #[test]
    fn every_part_of_a_folder_is_named_once_and_described() {
        let temp = tempfile::tempdir().unwrap();
        let effective = "name = \"a\"\ndescription = \"Nests.\"\n[time]\nstep = \"12 h\"\nend = \"1 d\"\nevery = \"1 d\"\n[lattice]\nsize = [8]\n\
                         [start]\nshape = \"count\"\ncells = 1\n[rates]\nbirth = \"0.1 /d\"\ndeath = \"0.1 /d\"\n";
        for (name, text) in [
            (EFFECTIVE, effective),
            ("series.csv", "replicate\n"),
            ("my population-arms.csv", "arm\n"),
            ("run.lock", ""),
            ("checkpoint.json", "{}"),
            ("notes of mine.txt", ""),
        ] {
            fs::write(temp.path().join(name), text).unwrap();
        }
        fs::create_dir(temp.path().join("plots")).unwrap();
        let text = written(temp.path());
        assert_eq!(written(temp.path()), text, "it does not describe itself");
        let found: Value = serde_json::from_str(&text).unwrap();
        let graph = found["@graph"].as_array().unwrap();
        let of = |id: &str| graph.iter().find(|entity| entity["@id"] == id).unwrap();
        let parts: Vec<&str> = of("./")["hasPart"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part["@id"].as_str().unwrap())
            .collect();
        assert_eq!(parts, [EFFECTIVE, "my%20population-arms.csv", "plots/", "series.csv"]);
        parts.iter().for_each(|id| assert!(!of(id)["description"].as_str().unwrap().is_empty()));
        assert_eq!(of("series.csv")["description"], "One each.");
        assert_eq!(of("./")["description"], "Nests.");
        let mut ids: Vec<&str> = graph.iter().map(|entity| entity["@id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), graph.len());
    }
}
