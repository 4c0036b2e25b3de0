//! The page of many trials: every published figure beside the simulated one.

use std::path::PathBuf;

use super::{Block, Page, Section, Table, trust};
use crate::report::plot::Figure;
use crate::report::read::TrialFolder;
use crate::report::trial::{PublishedRow, agreement, published_all};

/// The page of trials in folders beside each other. Each trial's name leads to its own report, which stands in its folder.
pub fn overview(trials: &[TrialFolder], left_out: &[(PathBuf, String)]) -> (Page, Vec<Figure>) {
    let rows = rows(trials);
    let figures: Vec<Figure> = figures(&rows);
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
    let mut happened = vec![Block::Table(table(trials))];
    happened.extend(
        left_out
            .iter()
            .map(|(dir, why)| Block::Note(format!("{} is left out: failed to {why}", dir.display()))),
    );
    happened.extend(figures.iter().map(|f| Block::figure(f, "", false)));
    let scenario = trials.first().map(|t| &t.loaded.scenario);
    let trusted =
        scenario.map(|s| [trust::confidence(s), trust::weak_points(s)].concat()).unwrap_or_default();
    let page = Page {
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
                    Block::Code("evotor trial --all".to_owned()),
                    Block::Text("Seeds and versions are those of the reports of the trials.".to_owned()),
                ],
            },
        ],
    };
    (page, figures)
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

fn table(trials: &[TrialFolder]) -> Table {
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
        let folder = trial.dir.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let cells = [
            name(trial),
            trial.arms.join(", "),
            trial.cohort().to_string(),
            of("calibrated"),
            of("informed"),
            of("predicted"),
            differ.to_string(),
        ];
        table.linked(format!("{folder}/report.html"), cells);
    }
    table
}
