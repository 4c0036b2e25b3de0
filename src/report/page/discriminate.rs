//! The page of a comparison of rival models.

use super::{Block, Fold, Page, PageSection, PageTable, trust};
use crate::plot::Figure;
use crate::scenario::Scenario;
use crate::simulation::naming::{counted, fixed};
use crate::trial::discriminate::{NeededPatients, RivalSummary};

/// Numbers of patients of which tables tell.
const TOLD: [u32; 8] = [1, 2, 5, 10, 20, 50, 100, 200];

/// The page of a comparison; `effective` is the trial of the first rival with every default.
pub fn discriminate(
    scenario: &Scenario,
    effective: &str,
    summary: &RivalSummary,
    (figures, plots, png): (&[Figure], &str, bool),
) -> Page {
    let fold = |title: &str, text: &str| {
        Block::Fold(Fold { title: title.to_owned(), text: text.to_owned(), items: Vec::new() })
    };
    let asked = vec![
        fold("The question, as it was asked", &summary.asked),
        fold("The trial of the first rival with every default", effective),
    ];
    let mut happened: Vec<Block> = figures.iter().map(|figure| Block::figure(figure, plots, png)).collect();
    happened.push(Block::Table(naming(summary)));
    happened.push(Block::Table(measured(summary)));
    happened.extend(summary.remarks().into_iter().map(Block::Note));
    let trusted = [trust::confidence(scenario), trust::weak_points(scenario)].concat();
    Page {
        kicker: "Report of a comparison of rival models".to_owned(),
        title: summary.name.clone(),
        subtitle: summary.description.clone(),
        lead: summary.conclusion(),
        facts: Vec::new(),
        sections: vec![
            PageSection { id: "asked", title: "What was asked", blocks: asked },
            PageSection { id: "happened", title: "What came out", blocks: happened },
            PageSection { id: "trust", title: "Limitations", blocks: trusted },
        ],
    }
}

fn naming(summary: &RivalSummary) -> PageTable {
    let heads = summary.heads();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = PageTable::new(
        "How often the right rival is named, in %, by patients measured; the least over which one is true",
        &heads,
    );
    summary.cells().into_iter().for_each(|row| table.row(row));
    table
}

fn measured(summary: &RivalSummary) -> PageTable {
    let heads = ["measurement", "rival", "#can be measured, %", "quantity", "#found, median (10 % to 90 %)"];
    let mut table = PageTable::new("What is found under each rival, noise included", &heads);
    for row in &summary.found.measured {
        table.row([
            row.measurement.clone(),
            row.rival.clone(),
            fixed(100.0 * row.measured_fraction, 0),
            row.quantity.clone(),
            format!("{} ({} to {})", fixed(row.median, 1), fixed(row.low, 1), fixed(row.high, 1)),
        ]);
    }
    table
}

impl RivalSummary {
    /// Numbers of patients of which tables tell.
    fn told(&self) -> impl Iterator<Item = u32> {
        TOLD.into_iter().filter(|n| *n <= self.found.most)
    }

    /// Heads of its table.
    pub fn heads(&self) -> Vec<String> {
        let sizes = self.told().map(|n| format!("#{n}"));
        let needed = format!("#patients for {} %", fixed(100.0 * self.found.power, 0));
        ["measurement".to_owned(), "#day".to_owned()]
            .into_iter()
            .chain(sizes)
            .chain([needed, "#ln Bayes factor of one".to_owned()])
            .collect()
    }

    /// Its rows.
    pub fn cells(&self) -> Vec<Vec<String>> {
        let row = |needed: &NeededPatients| {
            let sizes = self.told().map(|n| fixed(100.0 * self.least_right(&needed.measurement, n), 0));
            let enough =
                needed.patients.map_or_else(|| format!("over {}", self.found.most), |n| n.to_string());
            let first = [needed.measurement.clone(), needed.day.to_string()];
            let factor = fixed(self.mean_factor(&needed.measurement), 2);
            first.into_iter().chain(sizes).chain([enough, factor]).collect()
        };
        self.found.needed.iter().map(row).collect()
    }

    /// How often the right rival is named, where the one is true that is named least often.
    pub fn least_right(&self, measurement: &str, patients: u32) -> f64 {
        let rows = self.found.naming.iter();
        let of = rows.filter(|row| row.measurement == measurement && row.patients == patients);
        of.map(|row| row.right_fraction).fold(1.0, f64::min)
    }

    /// Mean logarithm of the Bayes factor of one patient, over rivals.
    fn mean_factor(&self, measurement: &str) -> f64 {
        let rows = self.found.naming.iter();
        let of: Vec<f64> = rows
            .filter(|row| row.measurement == measurement && row.patients == 1)
            .map(|row| row.log_bayes_factor)
            .collect();
        of.iter().sum::<f64>() / of.len().max(1) as f64
    }

    /// What came out, in a few sentences.
    pub fn conclusion(&self) -> String {
        let found = &self.found;
        let power = fixed(100.0 * found.power, 0);
        let reached = found.needed.iter().filter_map(|one| Some((one, one.patients?)));
        let rivals = counted(found.rivals.len() as u64, "rival");
        match reached.min_by_key(|(_, patients)| *patients) {
            None => format!(
                "No measurement names the right one of {rivals} in {power} % of cases with up to {}, whichever is true.",
                counted(found.most.into(), "patient")
            ),
            Some((best, patients)) => {
                let others = found.needed.iter().filter(|one| one.measurement != best.measurement);
                let told: Vec<String> = others
                    .map(|one| match one.patients {
                        Some(n) => format!("{} takes {n}", one.measurement),
                        None => format!("{} does not reach that with {}", one.measurement, found.most),
                    })
                    .collect();
                let rest = if told.is_empty() { String::new() } else { format!(" {}.", told.join("; ")) };
                format!(
                    "To name the right one of {rivals} in {power} % of cases, whichever is true, {} on day {} takes {}.{rest}",
                    best.measurement,
                    best.day,
                    counted(patients.into(), "patient")
                )
            }
        }
    }

    /// What is to be known before that is believed.
    pub fn remarks(&self) -> Vec<String> {
        let found = &self.found;
        let mut all = Vec::new();
        for needed in found.needed.iter().filter(|one| !one.alike.is_empty()) {
            let pairs: Vec<String> = needed.alike.iter().map(|[a, b]| format!("{a} and {b}")).collect();
            all.push(format!(
                "{} does not tell {} apart: nothing of it differs in any patient. Measure something else beside it.",
                needed.measurement,
                pairs.join("; ")
            ));
        }
        let chance = 1.0 / found.rivals.len().max(1) as f64;
        let worse = |one: &&NeededPatients| self.least_right(&one.measurement, found.most) < chance - 0.1;
        let weak: Vec<&str> = found.needed.iter().filter(worse).map(|one| one.measurement.as_str()).collect();
        if !weak.is_empty() {
            all.push(format!(
                "Worse than chance with many patients: {}. Some rivals hardly differ there, and what many patients seem to say is the error of densities from few; simulate more of them to see whether anything is left.",
                weak.join("; ")
            ));
        }
        let lost = found.measured.iter().map(|row| row.measured_fraction).fold(1.0, f64::min);
        if lost < 0.995 {
            all.push(format!(
                "Patients count who can be measured: at the least {} % of those who begin; the others have progressed on the last line or died before.",
                fixed(100.0 * lost, 0)
            ));
        }
        all.push(format!(
            "From {} of each rival, by the mean field: a half gives kernel densities, patients are drawn from the other half, and then the halves change sides. Rivals are as likely as each other before. \
             How the rivals' other numbers differ from the truth is not in it.",
            counted(found.patients.into(), "patient")
        ));
        all
    }
}
