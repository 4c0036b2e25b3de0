//! The page of a search for strategies.

use super::{Block, Fold, Page, PageSection, PageTable, trust};
use crate::plot::Figure;
use crate::scenario::Scenario;
use crate::simulation::naming::{counted, fixed, shell_word, signed};
use crate::trial::optimise::{FrontRow, FrontStatus, SearchSummary};

/// The page of a search; `effective` is the trial of its candidates with every default.
pub fn optimise(
    scenario: &Scenario,
    effective: &str,
    summary: &SearchSummary,
    (figures, plots, png): (&[Figure], &str, bool),
) -> Page {
    let asked = Fold {
        title: "The trial of all candidates with every default".to_owned(),
        text: effective.to_owned(),
        items: Vec::new(),
    };
    let mut happened: Vec<Block> = figures.iter().map(|figure| Block::figure(figure, plots, png)).collect();
    happened.push(Block::Table(table(summary)));
    if let Some(agents) = by_agents(summary) {
        happened.push(Block::Table(agents));
    }
    happened.extend(summary.remarks().into_iter().map(Block::Note));
    let confirm = summary.confirm.map_or_else(String::new, |n| format!(" --confirm {n}"));
    let command = format!("evotor optimise search.toml{confirm} --out again");
    let one = summary.found.best.as_ref().map_or_else(String::new, |best| {
        format!("\nevotor compare effective.toml --arm {} --surrogate --out one", shell_word(best))
    });
    let trusted = [trust::confidence(scenario), trust::weak_points(scenario)].concat();
    Page {
        kicker: "Report of a search for strategies".to_owned(),
        title: summary.name.clone(),
        subtitle: summary.description.clone(),
        lead: summary.conclusion(),
        facts: Vec::new(),
        sections: vec![
            PageSection {
                id: "asked",
                title: "What was asked",
                blocks: vec![Block::List(summary.asked()), Block::Fold(asked)],
            },
            PageSection { id: "happened", title: "What came out", blocks: happened },
            PageSection { id: "trust", title: "Limitations", blocks: trusted },
            PageSection {
                id: "repeat",
                title: "How to repeat it",
                blocks: vec![Block::Code(command + &one)],
            },
        ],
    }
}

fn table(summary: &SearchSummary) -> PageTable {
    let mut table =
        PageTable::new("Candidates: those of the front by price, then the others", &summary.heads());
    for row in &summary.found.candidates {
        table.row(summary.cells(row));
    }
    table
}

/// The front by agents, if that was asked for.
fn by_agents(summary: &SearchSummary) -> Option<PageTable> {
    summary.found.confirmed_patients?;
    let heads = [
        "candidate",
        "#patients",
        "#benefit by agents, months",
        "#less the mean field",
        "#price by agents, days",
        "#less the mean field",
    ];
    let mut table = PageTable::new(
        "The front by agents, and how it differs from the mean field in the same patients",
        &heads,
    );
    let number = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| fixed(x, 1));
    for row in summary.found.front() {
        table.row([
            row.candidate.clone(),
            row.agents_patients.map_or_else(|| "–".to_owned(), |n| n.to_string()),
            number(row.agents_benefit_months),
            change([
                row.agents_less_field_months,
                row.agents_less_field_low_months,
                row.agents_less_field_high_months,
            ]),
            number(row.agents_severe_days),
            change([
                row.agents_less_field_days,
                row.agents_less_field_low_days,
                row.agents_less_field_high_days,
            ]),
        ]);
    }
    Some(table)
}

/// A difference with its interval, as far as there is one.
fn change([value, low, high]: [Option<f64>; 3]) -> String {
    match (value, low, high) {
        (Some(value), Some(low), Some(high)) => {
            format!("{} ({} to {})", signed(value, 1), signed(low, 1), signed(high, 1))
        }
        _ => "–".to_owned(),
    }
}

fn within([value, low, high]: [f64; 3], digits: usize) -> String {
    format!("{} ({} to {})", fixed(value, digits), fixed(low, digits), fixed(high, digits))
}

impl SearchSummary {
    /// Heads of its table.
    pub fn heads(&self) -> [&'static str; 9] {
        let benefit = match self.found.benefit {
            crate::trial::optimise::Benefit::Tfs => "#TFS, months",
            crate::trial::optimise::Benefit::TimeToGrowth => "#time to growth, months",
        };
        [
            "#no.",
            "candidate",
            "what became of it",
            "#patients",
            benefit,
            "#against the most, months",
            "#grade 3-4, days",
            "#dose-limiting, %",
            "#dose intensity, %",
        ]
    }

    /// A row of it.
    pub fn cells(&self, row: &FrontRow) -> [String; 9] {
        let limiting =
            [row.dose_limiting_fraction, row.dose_limiting_low_fraction, row.dose_limiting_high_fraction];
        let by =
            if row.dominated_by.is_empty() { String::new() } else { format!(" by {}", row.dominated_by) };
        let is_best = self.found.best.as_ref() == Some(&row.candidate);
        let against = [
            row.benefit_difference_months,
            row.benefit_difference_low_months,
            row.benefit_difference_high_months,
        ];
        [
            row.number.to_string(),
            row.candidate.clone(),
            format!("{}{by}", row.status.words()),
            row.patients.to_string(),
            within(row.benefit(self.found.benefit), 1),
            if is_best { "the most".to_owned() } else { change(against) },
            within(row.price(), 0),
            within(limiting.map(|x| 100.0 * x), 0),
            row.dose_intensity_fraction.map_or_else(|| "–".to_owned(), |x| fixed(100.0 * x, 0)),
        ]
    }

    /// What was asked, item by item.
    pub fn asked(&self) -> Vec<(String, String)> {
        let found = &self.found;
        let last = found.rounds.last().copied().unwrap_or(0);
        let (of, to) = (found.benefit.endpoint().names().0.to_lowercase(), fixed(found.horizon_months, 0));
        let alike = format!(
            "{} months, {} days: a candidate may be pushed out by one that is no more than that worse in the other measure",
            self.indifference.months, self.indifference.days
        );
        let item = |name: &str, text: String| (name.to_owned(), text);
        vec![
            item("candidates", found.candidates.len().to_string()),
            item("patients", format!("{last}, the same in every candidate, by the mean field")),
            item("benefit", format!("{of}, restricted mean to month {to}")),
            item("price", format!("days with drug toxicity of grade 3-4 to month {to}")),
            item("bound", self.bound.words().unwrap_or_else(|| "none".to_owned())),
            item("alike", alike),
        ]
    }

    /// What came out, in a few sentences.
    pub fn conclusion(&self) -> String {
        let found = &self.found;
        let all = found.candidates.len() as u64;
        let Some(best) = found.candidates.iter().find(|row| found.best.as_ref() == Some(&row.candidate))
        else {
            return self.nobody(all);
        };
        let front: Vec<&FrontRow> = found.front().collect();
        let [benefit, price] = [within(best.benefit(found.benefit), 1), within(best.price(), 0)];
        let short = found.benefit.endpoint().names().1;
        let mut text = format!(
            "Of {}, {} on the front of {short} against days with drug toxicity of grade 3-4. The most {short} by estimates: {}, {benefit} months by month {}, at {price} days.",
            counted(all, "candidate"),
            if front.len() == 1 { "1 is".to_owned() } else { format!("{} are", front.len()) },
            best.candidate,
            fixed(found.horizon_months, 0),
        );
        let alike: Vec<&&FrontRow> = front
            .iter()
            .filter(|row| row.number != best.number && row.is_separated() == Some(false))
            .collect();
        if let Some(least) = alike.iter().min_by(|a, b| a.severe_days.total_cmp(&b.severe_days)) {
            let cost = [
                least.price_difference_days,
                least.price_difference_low_days,
                least.price_difference_high_days,
            ];
            text += &format!(
                " Not separated from it in {short}: {} of the front; the least toxic of {} is {}, {} days against it.",
                alike.len(),
                if alike.len() == 1 { "them, and the only one," } else { "them" },
                least.candidate,
                change(cost)
            );
        }
        text
    }

    /// That nobody keeps the bound.
    fn nobody(&self, all: u64) -> String {
        let bound = self.bound.words().unwrap_or_default();
        let open = self.found.candidates.iter().filter(|row| row.status != FrontStatus::OverBound).count();
        let which = counted(all, "candidate");
        match open {
            0 => format!("No candidate keeps the bound of {bound}: all {which} surely break it."),
            open => format!(
                "No candidate keeps the bound of {bound} by its estimate. Of {which}, {open} do not surely break it; more patients may tell."
            ),
        }
    }

    /// What is to be known before that is believed.
    pub fn remarks(&self) -> Vec<String> {
        let found = &self.found;
        let count =
            |status: FrontStatus| found.candidates.iter().filter(|row| row.status == status).count() as u64;
        let rounds: Vec<String> = found
            .rounds
            .iter()
            .zip(&found.entered)
            .map(|(patients, entered)| {
                format!("{} in {patients} patients", counted((*entered).into(), "candidate"))
            })
            .collect();
        let mut all = vec![format!(
            "Rounds: {}. Pushed out on the way: {}; set aside by estimates alone, to save time: {}; surely over the bound: {}.",
            rounds.join(", then "),
            count(FrontStatus::Dropped),
            count(FrontStatus::SetAside),
            count(FrontStatus::OverBound)
        )];
        let left_open =
            found.front().filter(|row| row.bound == crate::trial::optimise::BoundVerdict::Open).count();
        if left_open > 0 {
            all.push(format!(
                "Of the front, {} by the estimate alone: the interval holds the bound.",
                counted_keeps(left_open)
            ));
        }
        all.push(self.of_agents());
        if found.cut_patients > 0 {
            all.push(format!(
                "{} followed for less than the horizon without an event; the time that was seen counts.",
                are(found.cut_patients)
            ));
        }
        if found.failed_patients > 0 {
            all.push(format!(
                "{} left out, since some candidate could not be simulated in them.",
                are(found.failed_patients)
            ));
        }
        all.push("Computed at the fitted values: intervals hold the chance of who the patients are, and not what the fit leaves open.".to_owned());
        all
    }

    /// What agents say of the front.
    fn of_agents(&self) -> String {
        let Some(patients) = self.found.confirmed_patients else {
            return "The front is not confirmed by agents; --confirm does that.".to_owned();
        };
        let differ: Vec<&str> = self
            .found
            .front()
            .filter(|row| row.agents_differ() == Some(true))
            .map(|row| row.candidate.as_str())
            .collect();
        let said = match differ[..] {
            [] => "no candidate of the front surely differs from the mean field; few patients show large differences alone".to_owned(),
            _ => format!("these surely differ from the mean field: {}", differ.join("; ")),
        };
        format!("By agents, in {}: {said}.", counted(patients.into(), "patient"))
    }
}

fn counted_keeps(count: usize) -> String {
    if count == 1 {
        "1 candidate keeps the bound".to_owned()
    } else {
        format!("{count} candidates keep the bound")
    }
}

fn are(count: u32) -> String {
    let verb = if count == 1 { "was" } else { "were" };
    format!("{} {verb}", counted(count.into(), "patient"))
}
