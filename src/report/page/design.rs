//! The page of a planned trial.

use super::{Block, Fold, Page, PageSection, PageTable, trust};
use crate::plot::Figure;
use crate::scenario::Scenario;
use crate::simulation::naming::{counted, fixed};
use crate::trial::assurance::{DesignRow, DesignSummary};
use crate::trial::visits::TrialView;

/// The page of a planned trial; `effective` is its trial with every default.
pub fn design(
    scenario: &Scenario,
    effective: &str,
    summary: &DesignSummary,
    (figures, plots, png): (&[Figure], &str, bool),
) -> Page {
    let asked = Fold {
        title: "The trial with every default".to_owned(),
        text: effective.to_owned(),
        items: Vec::new(),
    };
    let view = scenario.trial.as_ref().map(TrialView::words).unwrap_or_default();
    let mut happened: Vec<Block> = figures.iter().map(|figure| Block::figure(figure, plots, png)).collect();
    happened.push(Block::Table(table(&summary.planned.sizes)));
    happened.extend(summary.remarks().into_iter().map(Block::Note));
    let command = format!("evotor design effective.toml {} --out again", summary.question.options(scenario));
    let trusted = [trust::confidence(scenario), trust::weak_points(scenario)].concat();
    Page {
        kicker: "Report of a planned trial".to_owned(),
        title: scenario.name.clone(),
        subtitle: scenario.description.clone(),
        lead: summary.conclusion(scenario),
        facts: Vec::new(),
        sections: vec![
            PageSection {
                id: "asked",
                title: "What was asked",
                blocks: vec![Block::Text(view), Block::Fold(asked)],
            },
            PageSection { id: "happened", title: "What came out", blocks: happened },
            PageSection { id: "trust", title: "Limitations", blocks: trusted },
            PageSection { id: "repeat", title: "How to repeat it", blocks: vec![Block::Code(command)] },
        ],
    }
}

fn table(sizes: &[DesignRow]) -> PageTable {
    let heads =
        ["#patients", "#in the arm", "#events", "#power, %", "#assurance, %", "#hazard ratio of such trials"];
    let mut table = PageTable::new("By the size of the trial", &heads);
    for row in sizes {
        table.row(row.cells());
    }
    table
}

impl DesignRow {
    /// Its figures as people read them.
    pub fn cells(&self) -> [String; 6] {
        let percent = |[share, low, high]: [f64; 3]| {
            format!("{} ({} to {})", fixed(100.0 * share, 0), fixed(100.0 * low, 0), fixed(100.0 * high, 0))
        };
        let ratio = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| fixed(x, 2));
        [
            self.patients.to_string(),
            self.arm_patients.to_string(),
            fixed(self.events, 0),
            percent([self.power_fraction, self.power_low_fraction, self.power_high_fraction]),
            percent([self.assurance_fraction, self.assurance_low_fraction, self.assurance_high_fraction]),
            format!(
                "{} ({} to {})",
                ratio(self.hazard_ratio),
                ratio(self.hazard_ratio_low),
                ratio(self.hazard_ratio_high)
            ),
        ]
    }
}

impl DesignSummary {
    /// What came out, in a few sentences.
    pub fn conclusion(&self, scenario: &Scenario) -> String {
        let asked = format!("{} %", fixed(100.0 * self.question.power, 0));
        let [arm, against] = self.question.arms(scenario);
        let most = self.planned.sizes.last().map_or(0, |row| row.patients);
        let of = |what: &str, size: Option<u32>| match size {
            Some(patients) => format!("{what} of {asked} takes {}", counted(patients.into(), "patient")),
            None => format!("{what} of {asked} is not reached with {}", counted(most.into(), "patient")),
        };
        let means =
            format!("To show that {arm} is better than {against} by {}", self.question.endpoint.names().1);
        format!(
            "{means}, {}, and {}.",
            of("a power", self.planned.by_power),
            of("an assurance", self.planned.by_assurance)
        )
    }

    /// What is to be known before that is believed.
    pub fn remarks(&self) -> Vec<String> {
        let planned = &self.planned;
        let mut all = vec![format!(
            "In {} % of the draws {} does better in a trial of the largest size, significant or not: an assurance cannot go far beyond that, however large the trial.",
            fixed(100.0 * planned.better_fraction, 0),
            "the arm"
        )];
        if planned.is_open() {
            all.push(format!(
                "The posterior is worth {} draws: the data do not say what the assurance is.",
                fixed(planned.effective_draws, 0)
            ));
        }
        all.push("Computed by the mean field. How trials differ in growth is an assumption unless --between-trials gives it.".to_owned());
        all
    }
}
