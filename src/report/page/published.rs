//! What a trial's page says of published figures.

use super::{Block, Table};
use crate::plot::short;
use crate::report::read::TrialFolder;
use crate::report::trial::told;
use crate::simulation::naming::counted;

/// Published figures beside simulated ones.
pub fn beside(trial: &TrialFolder) -> Table {
    let heads = ["arm", "end point", "#published", "#simulated", "role", "verdict", "at the published size"];
    let mut table = Table::new("Published figures beside simulated ones", &heads);
    for b in &trial.published {
        let at = b.at_months.map_or_else(String::new, |m| format!(" at {} months", short(m)));
        let verdict = |agrees| match agrees {
            Some(true) => "agrees".to_owned(),
            Some(false) => "differs".to_owned(),
            None => "not judged".to_owned(),
        };
        table.row([
            b.arm.clone(),
            format!("{}{at}", crate::scenario::Endpoint::words(&b.endpoint)),
            told(Some(b.published), b.published_low, b.published_high),
            told(b.simulated, b.simulated_low, b.simulated_high),
            b.role.clone(),
            verdict(b.agrees),
            verdict(b.within_published),
        ]);
    }
    table
}

/// How many agree, and what that depends on; nothing where none were published.
pub fn agreement(trial: &TrialFolder) -> Vec<Block> {
    if trial.published.is_empty() {
        return Vec::new();
    }
    let text = Block::Text(format!(
        "Figures that the model was fitted to agree because they were fitted; only predicted ones test it. Two figures agree if either lies in \
             the other's 95 % interval: with {} an arm, and with fewer more figures agree, as simulated intervals are wider. At the published size a figure agrees if \
             the simulated value lies in the published interval (of a share without one, in the exact interval of those enrolled), \
             however many are simulated.",
        counted(trial.cohort() as u64, "virtual patient")
    ));
    vec![Block::Table(roles(trial)), text]
}

fn roles(trial: &TrialFolder) -> Table {
    let mut table = Table::new(
        "Agreement by role",
        &[
            "role of the published figures",
            "#figures",
            "#judged",
            "#agree",
            "#judged at the published size",
            "#agree",
        ],
    );
    for role in ["calibrated", "informed", "predicted"] {
        let of = || trial.published.iter().filter(|p| p.role == role);
        let judged = of().filter(|p| p.agrees.is_some()).count();
        let agree = of().filter(|p| p.agrees == Some(true)).count();
        if of().count() > 0 {
            let (within, at_size) = (
                of().filter(|p| p.within_published == Some(true)),
                of().filter(|p| p.within_published.is_some()),
            );
            let counts = [of().count(), judged, agree, at_size.count(), within.count()];
            table.row([vec![role.to_owned()], counts.map(|n| n.to_string()).to_vec()].concat());
        }
    }
    table
}
