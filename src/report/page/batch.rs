//! The page of a scenario over seeds.

use super::{Block, Fold, Page, PageSection, PageTable, trust};
use crate::plot::short;
use crate::scenario::Scenario;
use crate::simulation::naming::counted;
use crate::trial::batch::{DoneBatch, QuantileRow};

/// The page of a batch whose rows are seeds; `effective` is its scenario with every default.
pub fn over_seeds(scenario: &Scenario, effective: &str, batch: &DoneBatch) -> Page {
    let summary = &batch.summary;
    let seeds: Vec<u64> =
        batch.rows.iter().filter_map(|row| row.cells.first()?.as_ref()?.parse().ok()).collect();
    let rows = vec![
        Block::Table(quantiles(&summary.quantiles)),
        Block::Text(
            "A figure that is a day counts as later than all days in a seed in which it did not come; a dash is a quantile that was not \
             reached. A share has no value in a seed without live cells. Quantiles are linear between order statistics."
                .to_owned(),
        ),
        Block::Text("Each seed by itself, with its digest, is in results.csv.".to_owned()),
    ];
    let asked = Fold {
        title: "The scenario with every default".to_owned(),
        text: effective.to_owned(),
        items: Vec::new(),
    };
    let again = match scenario.trial {
        None => format!("evotor run effective.toml --seeds {} --out again", listed(&seeds)),
        Some(_) => "evotor batch design.csv --scenario effective.toml --out again".to_owned(),
    };
    let command = format!("{again}\n# digest: {}", summary.digest);
    let trusted = [trust::confidence(scenario), trust::weak_points(scenario)].concat();
    Page {
        kicker: "Report of a scenario over seeds".to_owned(),
        title: summary.question.scenario.clone(),
        subtitle: scenario.description.clone(),
        lead: lead(scenario, &summary.quantiles, &seeds) + &partial(batch),
        facts: Vec::new(),
        sections: vec![
            PageSection { id: "asked", title: "What was asked", blocks: vec![Block::Fold(asked)] },
            PageSection { id: "happened", title: "What happened", blocks: rows },
            PageSection { id: "trust", title: "Limitations", blocks: trusted },
            PageSection { id: "repeat", title: "How to repeat it", blocks: vec![Block::Code(command)] },
        ],
    }
}

/// What came out, in a few sentences.
fn lead(scenario: &Scenario, rows: &[QuantileRow], seeds: &[u64]) -> String {
    let of = |name: &str| rows.iter().find(|row| row.figure == name);
    let mut text = format!("{} of one scenario.", counted(seeds.len() as u64, "seed"));
    if let Some(live) = of("live")
        && let (Some(low), Some(middle), Some(high)) = (live.quantile_5, live.median, live.quantile_95)
    {
        text += &format!(
            " Live cells at the end: median {}, from {} to {} in nine of ten seeds.",
            short(middle),
            short(low),
            short(high)
        );
    }
    // Where nobody judges it, none of them progressing says nothing.
    let is_judged = scenario.stop.progression.is_some() || scenario.therapy.is_some();
    let shares = [("progression_share", "progressed", is_judged), ("extinction_share", "died out", true)];
    for (figure, what, _) in shares.into_iter().filter(|share| share.2) {
        if let Some(share) = of(figure).and_then(|row| row.mean) {
            text += &format!(" {} % of the tumours {what}.", short(100.0 * share));
        }
    }
    text
}

fn partial(batch: &DoneBatch) -> String {
    let (refused, failed) = (batch.summary.refused.len(), batch.summary.failed.len());
    match batch.summary.missing_words() {
        words if !words.is_empty() => format!(" {words}."),
        _ if refused + failed > 0 => format!(" {} of the seeds have no figures.", refused + failed),
        _ => String::new(),
    }
}

fn quantiles(rows: &[QuantileRow]) -> PageTable {
    let heads =
        ["figure", "#seeds", "#mean", "#least", "#5 %", "#25 %", "#median", "#75 %", "#95 %", "#most"];
    let mut table = PageTable::new("Figures over seeds", &heads);
    for row in rows.iter().filter(|row| row.seeds > 0) {
        let values = [
            row.mean,
            row.minimum,
            row.quantile_5,
            row.quantile_25,
            row.median,
            row.quantile_75,
            row.quantile_95,
            row.maximum,
        ];
        let cells = values.map(|value| value.map_or_else(|| "–".to_owned(), short));
        table.row([row.figure.clone(), row.seeds.to_string()].into_iter().chain(cells));
    }
    table
}

/// Seeds as `--seeds` takes them: those that follow on each other as a range.
fn listed(seeds: &[u64]) -> String {
    let runs = seeds.chunk_by(|one, next| one.checked_add(1) == Some(*next));
    let words = runs.filter_map(|run| match run {
        [] => None,
        [only] => Some(only.to_string()),
        [first, .., last] => Some(format!("{first}-{last}")),
    });
    words.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn seeds_are_listed_as_the_command_takes_them() {
        for (seeds, expected) in [
            (&[7][..], "7"),
            (&[1, 2, 3], "1-3"),
            (&[1, 5, 6, 9], "1,5-6,9"),
            (&[], ""),
            (&[3, 2, 1], "3,2,1"),
        ] {
            assert_eq!(listed(seeds), expected);
        }
    }
}
