//! The page of many trials: every published figure beside the simulated one.

use std::path::{Path, PathBuf};

use super::headline::at_published_size;
use super::trial::more;
use super::{Block, Page, PageSection, PageTable, trust};
use crate::plot::Figure;
use crate::report::PAGE;
use crate::report::read::ReadTrial;
use crate::report::trial::{PublishedFigure, agreement, partial, published_all};
use crate::scenario::Scenario;
use crate::simulation::folder::EFFECTIVE;
use crate::simulation::naming::{counted, shell_word};
use crate::trial::output::rows::PublishedRow;
use crate::trial::review;

/// The figures of trials in folders beside each other.
pub fn overview_figures(trials: &[ReadTrial]) -> Vec<Figure> {
    figures(&rows(trials))
}

/// The page of trials in folders beside each other. Each trial's name leads to its own report where there is one, seen from the
/// folder of the page; `plots` is the folder of the figures' files relative to the page, empty for none.
pub fn overview(
    trials: &[ReadTrial],
    left_out: &[(PathBuf, String)],
    (figures, plots, png): (&[Figure], &str, bool),
    from: &Path,
) -> Page {
    let rows = rows(trials);
    let held_out: Vec<&PublishedRow> =
        rows.iter().map(|r| &r.beside).filter(|b| b.role == "predicted").collect();
    let figures_that = counted(rows.len() as u64, "published figure");
    let lead = format!("{} with {figures_that}.", counted(trials.len() as u64, "trial"))
        + &at_published_size(&held_out, "held-out figures");
    let mut happened = vec![Block::Table(table(trials, from))];
    let part = |trial: &ReadTrial| Some(Block::Note(format!("{}: {}.", name(trial), partial(trial)?)));
    happened.extend(trials.iter().filter_map(part));
    happened.extend(
        left_out
            .iter()
            .map(|(dir, why)| Block::Note(format!("{} is left out: failed to {why}", dir.display()))),
    );
    happened.extend(figures.iter().map(|f| Block::figure(f, plots, png)));
    let scenarios: Vec<&Scenario> = trials.iter().map(|t| &t.loaded.scenario).collect();
    let weak = scenarios.first().map(|s| trust::weak_points(s)).unwrap_or_default();
    let trusted = [trust::confidence_of(&scenarios), weak].concat();
    Page {
        kicker: "Report of published trials".to_owned(),
        title: "Published and simulated".to_owned(),
        subtitle: String::new(),
        lead,
        facts: Vec::new(),
        sections: vec![
            PageSection { id: "happened", title: "What happened", blocks: happened },
            PageSection { id: "trust", title: "Limitations", blocks: trusted },
            PageSection {
                id: "repeat",
                title: "How to repeat it",
                blocks: vec![
                    Block::Code(commands(trials)),
                    Block::Text("Seeds and versions are those of the reports of the trials.".to_owned()),
                ],
            },
        ],
    }
}

/// How the trials are repeated: all of the review by one command, else one by one.
fn commands(trials: &[ReadTrial]) -> String {
    all_at_once(trials).unwrap_or_else(|| trials.iter().map(command).collect::<Vec<_>>().join("\n"))
}

/// The command of all trials of the review, if these are all that have published figures, asked for in the same way.
fn all_at_once(trials: &[ReadTrial]) -> Option<String> {
    let files = || review::ALL.iter().filter_map(|f| review::parse(f).ok()).map(|loaded| loaded.scenario);
    let shown: Vec<Scenario> =
        files().filter(|s| s.trial.as_ref().is_some_and(|t| !t.published.is_empty())).collect();
    let of = |file: &Scenario| trials.iter().find(|t| t.summary.name == file.name).map(|t| changes(t, file));
    let asked: Vec<String> = shown.iter().map(of).collect::<Option<_>>()?;
    // Files differ in the size of their cohorts; one size for all is no change for those that have it anyway.
    let first = asked.iter().max_by_key(|changes| changes.len())?;
    let same = |(file, changes): (&Scenario, &String)| {
        let own = file.trial.as_ref().map_or(0, |t| t.cohort.patients);
        changes == first || first.replacen(&format!(" --patients {own}"), "", 1) == *changes
    };
    let is_all = trials.len() == shown.len() && shown.iter().zip(&asked).all(same);
    is_all.then(|| format!("evotor trial --all{first}"))
}

/// The command of a trial, by its name where it is of the review, with what differs from its file.
fn command(trial: &ReadTrial) -> String {
    let name = &trial.summary.name;
    match review::find(name).and_then(|f| review::parse(f).ok()) {
        Some(file) => format!("evotor trial {name}{}", changes(trial, &file.scenario)),
        None => {
            let effective = trial.dir.join(EFFECTIVE).display().to_string();
            format!("evotor compare {}{}", shell_word(&effective), changes(trial, &trial.loaded.scenario))
        }
    }
}

/// Options that make another trial of a file.
fn changes(trial: &ReadTrial, file: &Scenario) -> String {
    let course = &trial.summary.course;
    let cohort = |scenario: &Scenario| scenario.trial.as_ref().map(|t| (t.cohort.patients, t.cohort.agents));
    let (planned, agents) = cohort(file).unwrap_or_default();
    let mut text = String::new();
    if course.patients != planned {
        text += &format!(" --patients {}", course.patients);
    }
    if trial.summary.seed != file.seed {
        text += &format!(" --seed {}", trial.summary.seed);
    }
    if let Some(other) = cohort(&trial.loaded.scenario).and_then(|c| c.1).filter(|n| agents != Some(*n)) {
        text += &format!(" --agents {other}");
    }
    text + &more(course)
}

/// Where a file is, seen from a folder, as a page may lead there; `None` where there is no such file or no such way.
fn way(from: &Path, to: &Path) -> Option<String> {
    let (from, to) = (from.canonicalize().ok()?, to.canonicalize().ok()?);
    let both = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    if both == 0 {
        return None;
    }
    let up = from.components().skip(both).map(|_| "..".to_owned());
    let down = to.components().skip(both).map(|part| encoded(&part.as_os_str().to_string_lossy()));
    Some(up.chain(down).collect::<Vec<_>>().join("/"))
}

/// A name within the path of an address.
fn encoded(name: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
        _ => format!("%{b:02X}"),
    };
    name.bytes().map(byte).collect()
}

/// What a trial is called, in tables and figures; one that is not whole is marked.
fn name(trial: &ReadTrial) -> String {
    let about = trial.trial().map(|t| t.about.clone()).unwrap_or_default();
    let name = if about.title.is_empty() { trial.summary.name.clone() } else { about.title };
    if partial(trial).is_some() { name + " (partial)" } else { name }
}

fn rows(trials: &[ReadTrial]) -> Vec<PublishedFigure> {
    let of = |t: &ReadTrial| -> Vec<PublishedFigure> {
        let name = name(t);
        t.published.iter().map(|b| PublishedFigure { trial: name.clone(), beside: b.clone() }).collect()
    };
    trials.iter().flat_map(of).collect()
}

fn figures(rows: &[PublishedFigure]) -> Vec<Figure> {
    let predicted: Vec<PublishedFigure> =
        rows.iter().filter(|r| r.beside.role == "predicted").cloned().collect();
    let held_out = published_all("published-all", &predicted)
        .map(|f| Figure { title: "Figures that were held out".to_owned(), ..f });
    agreement(rows).into_iter().chain(held_out).collect()
}

fn table(trials: &[ReadTrial], from: &Path) -> PageTable {
    let heads =
        ["trial", "arms", "#patients", "#calibrated", "#informed", "#predicted", "#predicted that differ"];
    let mut table = PageTable::new(
        "Trials with published figures, and how many figures of each role agree at the published size of those that can be judged",
        &heads,
    );
    for trial in trials {
        let of = |role: &str| {
            let judged: Vec<bool> = trial
                .published
                .iter()
                .filter(|p| p.role == role)
                .filter_map(|p| p.within_published)
                .collect();
            if judged.is_empty() {
                "–".to_owned()
            } else {
                format!("{} of {}", judged.iter().filter(|a| **a).count(), judged.len())
            }
        };
        let differ = trial
            .published
            .iter()
            .filter(|p| p.role == "predicted" && p.within_published == Some(false))
            .count();
        let cells = [
            name(trial),
            trial.arms.join(", "),
            trial.cohort().to_string(),
            of("calibrated"),
            of("informed"),
            of("predicted"),
            differ.to_string(),
        ];
        table.linked(way(from, &trial.dir.join(PAGE)).unwrap_or_default(), cells);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    // Links were folder names as they stand: dead for `rad 2#%3F`, for a page elsewhere, and where there is no report.
    #[test]
    fn links_lead_to_files_that_exist() {
        let temp = tempfile::tempdir().unwrap();
        let trial = temp.path().join("all/rad 2#%3F");
        fs::create_dir_all(&trial).unwrap();
        fs::create_dir_all(temp.path().join("elsewhere")).unwrap();
        let report = trial.join(PAGE);
        assert_eq!(way(&temp.path().join("all"), &report), None);
        fs::write(&report, "").unwrap();
        assert_eq!(way(&temp.path().join("all"), &report).unwrap(), "rad%202%23%253F/report.html");
        let from = temp.path().join("elsewhere");
        assert_eq!(way(&from, &report).unwrap(), "../all/rad%202%23%253F/report.html");
        assert_eq!((shell_word("radiant-3").as_str(), shell_word("b c").as_str()), ("radiant-3", "'b c'"));
    }
}
