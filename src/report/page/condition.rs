//! The page of one patient.

use super::{Block, Fold, Page, PageSection, PageTable, trust};
use crate::numbers::DAYS_PER_MONTH;
use crate::plot::Figure;
use crate::scenario::Scenario;
use crate::simulation::naming::{counted, fixed};
use crate::trial::condition::{ConditionSummary, ConditionedPatient, FanRow};

/// The page of a patient; `effective` is its file with every default.
pub fn condition(
    scenario: &Scenario,
    effective: &str,
    summary: &ConditionSummary,
    (figures, plots, png): (&[Figure], &str, bool),
) -> Page {
    let of = &summary.conditioned;
    let asked = Fold {
        title: "The patient's file with every default".to_owned(),
        text: effective.to_owned(),
        items: Vec::new(),
    };
    let mut happened: Vec<Block> = figures.iter().map(|figure| Block::figure(figure, plots, png)).collect();
    if !of.is_open {
        happened.push(Block::Table(options(of)));
    }
    happened.push(Block::Table(scans(of)));
    happened.extend(of.remarks().into_iter().map(Block::Note));
    let command = format!("evotor condition effective.toml --patients {} --out again", of.patients);
    let trusted = [trust::confidence(scenario), trust::weak_points(scenario)].concat();
    Page {
        kicker: "Report of one patient".to_owned(),
        title: scenario.name.clone(),
        subtitle: scenario.description.clone(),
        lead: of.conclusion(),
        facts: Vec::new(),
        sections: vec![
            PageSection {
                id: "asked",
                title: "What was asked",
                blocks: vec![Block::Text(of.asked()), Block::Fold(asked)],
            },
            PageSection { id: "happened", title: "What came out", blocks: happened },
            PageSection { id: "trust", title: "Limitations", blocks: trusted },
            PageSection { id: "repeat", title: "How to repeat it", blocks: vec![Block::Code(command)] },
        ],
    }
}

/// Months after the question that tables tell.
const TOLD: [f64; 4] = [3.0, 6.0, 12.0, 24.0];

/// Heads of the table of options.
pub const OPTION_HEADS: [&str; 5] =
    ["option", "#months on", "#sum of diameters, mm (90 %)", "#progressed or died, %", "#died, %"];
/// Heads of the table of scans.
pub const SCAN_HEADS: [&str; 4] = ["#day", "#measured, mm", "#simulated, median, mm", "#nearest patient, mm"];

fn options(of: &ConditionedPatient) -> PageTable {
    let mut table = PageTable::new("What is foreseen", &OPTION_HEADS);
    for row in of.option_cells() {
        table.row(row);
    }
    table
}

fn scans(of: &ConditionedPatient) -> PageTable {
    let mut table = PageTable::new("The scans", &SCAN_HEADS);
    for row in of.scan_cells() {
        table.row(row);
    }
    table
}

impl ConditionedPatient {
    /// The scans as people read them.
    pub fn scan_cells(&self) -> Vec<[String; 4]> {
        let cells = |scan: &crate::trial::condition::ScanFit| {
            let median = scan.median_mm.map_or_else(|| "–".to_owned(), |mm| fixed(mm, 0));
            [scan.day.to_string(), fixed(scan.measured_mm, 0), median, fixed(scan.nearest_mm, 0)]
        };
        self.scans.iter().map(cells).collect()
    }

    /// What is foreseen of each option some months on, as people read it.
    pub fn option_cells(&self) -> Vec<[String; 5]> {
        let mut all = Vec::new();
        for arm in &self.arms {
            for months in TOLD {
                all.extend(self.after(arm, months).map(|row| row.cells(months)));
            }
        }
        all
    }

    /// The row of an option nearest to some months after the question; `None` where it is not followed so far.
    fn after<'a>(&'a self, arm: &'a str, months: f64) -> Option<&'a FanRow> {
        let day = f64::from(self.today) + months * DAYS_PER_MONTH;
        let apart = |row: &&FanRow| (f64::from(row.day) - day).abs();
        let row = self.of_arm(arm).min_by(|a, b| apart(a).total_cmp(&apart(b)))?;
        (apart(&row) <= DAYS_PER_MONTH / 2.0).then_some(row)
    }

    /// What was asked, in a sentence.
    pub fn asked(&self) -> String {
        format!(
            "On day {} of the therapy, after {}: what is to be foreseen under {}?",
            self.today,
            counted(self.scans.len() as u64, "scan"),
            self.arms.join(", ")
        )
    }

    /// What came out, in a few sentences.
    pub fn conclusion(&self) -> String {
        let effective = fixed(self.effective_patients, 0);
        let fit = format!(
            "{} simulated, worth {effective} of equal weight",
            counted(self.patients.into(), "patient")
        );
        if self.is_open {
            return format!(
                "The data do not say: of {fit}, too few fit this patient for anything to be foreseen. More patients (--patients), or a population that is nearer to this \
                 one, would help; the nearest one is patient {}.",
                self.nearest
            );
        }
        let months = TOLD
            .into_iter()
            .rev()
            .find(|months| self.arms.iter().all(|arm| self.after(arm, *months).is_some()));
        let of = |arm: &String| {
            let row = self.after(arm, months?)?;
            let error = 100.0 * 2.0 * row.standard_error_fraction;
            Some(format!("{arm} {} % (± {})", fixed(100.0 * row.progressed_fraction, 0), fixed(error, 0)))
        };
        let told: Vec<String> = self.arms.iter().filter_map(of).collect();
        match months {
            Some(months) if !told.is_empty() => format!(
                "Within {} months progression or death is foreseen with a probability of: {} ({fit}).",
                fixed(months, 0),
                told.join(", ")
            ),
            _ => format!("The options are followed for less than {} months ({fit}).", fixed(TOLD[0], 0)),
        }
    }

    /// What is to be known before that is believed.
    pub fn remarks(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.k_hat.is_some_and(|k| k >= crate::trial::library::UNRELIABLE) && !self.is_open {
            all.push(format!(
                "The weights have a heavy tail (k̂ {}, unreliable from 0.7 on): a few simulated patients decide; give more with --patients.",
                fixed(self.k_hat.unwrap_or_default(), 2)
            ));
        }
        let triple = |[low, median, high]: [f64; 3]| {
            format!(
                "{} (90 %: {} to {})",
                fixed(1000.0 * median, 1),
                fixed(1000.0 * low, 1),
                fixed(1000.0 * high, 1)
            )
        };
        if let Some(after) = self.growth.after {
            all.push(format!(
                "Untreated growth, per 1000 days: {} in the population, {} after what is known.",
                triple(self.growth.before),
                triple(after)
            ));
        }
        all.push(
            "Computed by the mean field at the fitted values: what the fit itself leaves open is not in the bands. It is a model's answer about a simulated patient, and no \
             advice about a person."
                .to_owned(),
        );
        all
    }
}

impl FanRow {
    /// Its figures as people read them, some months after the question.
    fn cells(&self, months: f64) -> [String; 5] {
        let sums = self.quantiles_mm().map_or_else(
            || "–".to_owned(),
            |q| format!("{} ({} to {})", fixed(q[2], 0), fixed(q[0], 0), fixed(q[4], 0)),
        );
        [
            self.arm.clone(),
            fixed(months, 0),
            sums,
            fixed(100.0 * self.progressed_fraction, 0),
            fixed(100.0 * self.died_fraction, 0),
        ]
    }
}
