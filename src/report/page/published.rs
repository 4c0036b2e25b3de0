//! What a trial's page says of published figures.

use super::{Block, PageTable};
use crate::plot::short;
use crate::report::read::ReadTrial;
use crate::report::trial::told;

/// Published figures beside simulated ones.
pub fn beside(trial: &ReadTrial) -> PageTable {
    let heads = ["arm", "end point", "#published", "#simulated", "role", "at the published size"];
    let mut table = PageTable::new("Published figures beside simulated ones", &heads);
    for b in &trial.published {
        let at = b.at_months.map_or_else(String::new, |m| format!(" at {} months", short(m)));
        let verdict = |agrees| match agrees {
            Some(true) => "agrees".to_owned(),
            Some(false) => "differs".to_owned(),
            None => "not judged".to_owned(),
        };
        table.row([
            b.arm.clone(),
            format!("{}{at}", crate::scenario::PublishedEndpoint::words(&b.endpoint)),
            told(Some(b.published), b.published_low, b.published_high),
            told(b.simulated, b.simulated_low, b.simulated_high),
            b.role.clone(),
            verdict(b.within_published),
        ]);
    }
    table
}

/// How many agree, and what that depends on; nothing where none were published.
pub fn agreement(trial: &ReadTrial) -> Vec<Block> {
    if trial.published.is_empty() {
        return Vec::new();
    }
    let text = Block::Text(
        "Figures that the model was fitted to agree because they were fitted; only predicted ones test it. A figure agrees if the simulated \
         value lies in the published interval (of a share without one, in the exact interval of those enrolled), however many are \
         simulated."
            .to_owned(),
    );
    vec![Block::Table(roles(trial)), text]
}

fn roles(trial: &ReadTrial) -> PageTable {
    let heads = ["role of the published figures", "#figures", "#judged at the published size", "#agree"];
    let mut table = PageTable::new("Agreement by role", &heads);
    for role in ["calibrated", "informed", "predicted"] {
        let of = || trial.published.iter().filter(|p| p.role == role);
        let within = |wanted| of().filter(move |p| p.within_published == wanted).count();
        let (agree, differ) = (within(Some(true)), within(Some(false)));
        if of().count() > 0 {
            let counts = [of().count(), agree + differ, agree];
            table.row([vec![role.to_owned()], counts.map(|n| n.to_string()).to_vec()].concat());
        }
    }
    table
}
