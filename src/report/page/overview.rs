//! The page of many trials: every published figure beside the simulated one.

use std::path::{Path, PathBuf};

use super::trial::{more, quoted};
use super::{Block, Page, Section, Table, trust};
use crate::report::PAGE;
use crate::report::plot::Figure;
use crate::report::read::TrialFolder;
use crate::report::trial::{PublishedRow, agreement, published_all};
use crate::scenario::Scenario;
use crate::trial::review;

/// The figures of trials in folders beside each other.
pub fn overview_figures(trials: &[TrialFolder]) -> Vec<Figure> {
    figures(&rows(trials))
}

/// The page of trials in folders beside each other. Each trial's name leads to its own report where there is one, seen from the
/// folder of the page; `plots` is the folder of the figures' files relative to the page, empty for none.
pub fn overview(
    trials: &[TrialFolder],
    left_out: &[(PathBuf, String)],
    (figures, plots, png): (&[Figure], &str, bool),
    from: &Path,
) -> Page {
    let rows = rows(trials);
    let judged = rows.iter().filter(|r| r.beside.agrees.is_some());
    let predicted = || rows.iter().filter(|r| r.beside.role == "predicted" && r.beside.agrees.is_some());
    let agree = predicted().filter(|r| r.beside.agrees == Some(true)).count();
    let lead = format!(
        "{} trials with {} published figures, {} of which can be judged. Of the {} that were held out and can be judged, {agree} agree with what was \
         simulated.",
        trials.len(),
        rows.len(),
        judged.count(),
        predicted().count()
    );
    let mut happened = vec![Block::Table(table(trials, from))];
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
            Section { id: "happened", title: "What happened", blocks: happened },
            Section { id: "trust", title: "How far to trust it", blocks: trusted },
            Section {
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
fn commands(trials: &[TrialFolder]) -> String {
    let patients = |t: &TrialFolder| t.trial().map_or(t.cohort() as u32, |s| s.cohort.patients);
    let whole = |t: &&TrialFolder| t.arms.len() == t.trial().map_or(0, |s| s.arms.len());
    let named = |name: &str| trials.iter().filter(whole).find(|t| t.summary.name == name);
    let surrogate = trials.first().is_some_and(|t| t.summary.course.surrogate);
    let cohorts: Option<Vec<u32>> = review::ALL.iter().map(|f| named(f.name).map(patients)).collect();
    if let Some(&[first, ref rest @ ..]) = cohorts.as_deref()
        && trials.len() == review::ALL.len()
        && rest.iter().all(|n| *n == first)
        && trials.iter().all(|t| t.summary.course.surrogate == surrogate)
    {
        let by = if surrogate { " --surrogate" } else { "" };
        return format!("evotor trial --all --patients {first}{by}");
    }
    trials.iter().map(command).collect::<Vec<_>>().join("\n")
}

/// The command of a trial, by its name where it is of the review, with what differs from its file.
fn command(trial: &TrialFolder) -> String {
    let name = &trial.summary.name;
    let file = review::find(name).and_then(|file| review::parse(file).ok()).map(|l| l.scenario);
    let mut text = match &file {
        Some(_) => format!("evotor trial {}", quoted(name)),
        None => {
            format!("evotor compare {}", quoted(&trial.dir.join("effective.toml").display().to_string()))
        }
    };
    let file = file.as_ref().unwrap_or(&trial.loaded.scenario);
    let course = &trial.summary.course;
    if course.patients != file.trial.as_ref().map_or(0, |t| t.cohort.patients) {
        text += &format!(" --patients {}", course.patients);
    }
    if file.seed != trial.summary.seed {
        text += &format!(" --seed {}", trial.summary.seed);
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

fn name(trial: &TrialFolder) -> String {
    let about = trial.trial().map(|t| t.about.clone()).unwrap_or_default();
    if about.title.is_empty() { trial.summary.name.clone() } else { about.title }
}

fn rows(trials: &[TrialFolder]) -> Vec<PublishedRow> {
    let of = |t: &TrialFolder| -> Vec<PublishedRow> {
        let name = name(t);
        t.published.iter().map(|b| PublishedRow { trial: name.clone(), beside: b.clone() }).collect()
    };
    trials.iter().flat_map(of).collect()
}

fn figures(rows: &[PublishedRow]) -> Vec<Figure> {
    let predicted: Vec<PublishedRow> =
        rows.iter().filter(|r| r.beside.role == "predicted").cloned().collect();
    let held_out = published_all("published-all", &predicted)
        .map(|f| Figure { title: "Figures that were held out".to_owned(), ..f });
    agreement(rows).into_iter().chain(held_out).collect()
}

fn table(trials: &[TrialFolder], from: &Path) -> Table {
    let heads =
        ["trial", "arms", "#patients", "#calibrated", "#informed", "#predicted", "#predicted that differ"];
    let mut table = Table::new(
        "Trials, and how many published figures of each role agree of those that can be judged",
        &heads,
    );
    for trial in trials {
        let of = |role: &str| {
            let judged: Vec<bool> =
                trial.published.iter().filter(|p| p.role == role).filter_map(|p| p.agrees).collect();
            if judged.is_empty() {
                "–".to_owned()
            } else {
                format!("{} of {}", judged.iter().filter(|a| **a).count(), judged.len())
            }
        };
        let differ =
            trial.published.iter().filter(|p| p.role == "predicted" && p.agrees == Some(false)).count();
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
        assert_eq!((quoted("radiant-3").as_str(), quoted("b c").as_str()), ("radiant-3", "'b c'"));
    }
}
