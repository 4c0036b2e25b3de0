//! A trial in words: its cohort, how patients are followed, and what each arm is given.

use crate::scenario::{
    Assessment, CohortChange, CohortSection, Pharmacokinetics, Scenario, Trial, Visits, therapy_text,
};

/// A trial's size in one line, then its cohort, its calendar and its arms, a line for each.
pub fn described(scenario: &Scenario, trial: &Trial) -> String {
    let mut lines = vec![size(scenario, trial)];
    lines.push(format!("cohort: {}", cohort(&trial.cohort)));
    lines.push(format!("scans: {}", calendar(&trial.assessment)));
    for arm in &trial.arms {
        lines.push(format!("arm `{}`: {}", arm.name, therapy_text(&arm.therapy)));
    }
    lines.join("\n    ")
}

fn size(scenario: &Scenario, trial: &Trial) -> String {
    let sites = || scenario.lattice.size.iter().map(|edge| u64::from(*edge)).product::<u64>();
    let each = match trial.cohort.agents {
        Some(agents) => format!("{agents} agents each"),
        None => format!("{} sites for each lesion", sites()),
    };
    format!(
        "{} of {}, {each}, followed for {} d",
        count(trial.arms.len(), "arm"),
        count(trial.cohort.patients as usize, "patient"),
        scenario.time.days(scenario.time.end),
    )
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn cohort(cohort: &CohortSection) -> String {
    let mut text = format!("growth of {}", cohort.population);
    if let Some(lesions) = cohort.lesions {
        text.push_str(&format!(", {} each", count(lesions as usize, "lesion")));
    }
    if cohort.pharmacokinetics == Pharmacokinetics::Typical {
        text.push_str(", pharmacokinetics of the typical patient");
    }
    if cohort.germline_effects {
        text.push_str(", germline variants act");
    }
    for change in &cohort.changes {
        text.push_str(&format!("; {}", changed(change)));
    }
    text
}

fn changed(change: &CohortChange) -> String {
    let parts = [("typical", change.typical), ("spread", change.spread), ("fixed at", change.fixed)];
    let given = parts.iter().filter_map(|(word, number)| number.map(|number| format!("{word} {number}")));
    format!("{} {}", change.quantity, given.collect::<Vec<_>>().join(", "))
}

fn calendar(assessment: &Assessment) -> String {
    let Assessment { visits: Visits { at, every, .. }, jitter, .. } = assessment;
    let first: Vec<String> = at.iter().map(u32::to_string).collect();
    let days = if at[..] == [*every] {
        format!("every {every} d")
    } else {
        format!("on day {}, then every {every} d", first.join(", "))
    };
    if *jitter == 0 { days } else { format!("{days}, up to {jitter} d early or late") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_trial_is_told_in_words() {
        let text = "name = \"x\"\nphenotype = \"signalling\"\n[time]\nend = \"720 d\"\n[lattice]\nsize = [40, 40, 40]\n\
            [start]\n[oxygen]\n[vessels]\n[cohort]\npatients = 1\nlesions = 2\n[[cohort.change]]\nquantity = \"gamma\"\n\
            typical = 0.9\nspread = 0.2\n[assessment]\njitter = \"3 d\"\n[assessment.visits]\nat = [\"35 d\", \"63 d\"]\n\
            every = \"56 d\"\n[[arm]]\nname = \"a\"\n[arm.therapy]\nbackground = \"octreotide LAR 30 mg every 28 d\"\n\
            [[arm.therapy.line]]\nregimens = \"everolimus 10 mg daily\"\nuntil = [\"progression\", \"toxicity\"]\n\
            [[arm.therapy.line]]\nregimens = [\"sunitinib 37.5 mg daily\", \"everolimus 5 mg daily\"]\n\
            alternate = \"84 d\"\ndelay = \"14 d\"\n";
        let scenario = crate::scenario::parse(text, "x.toml", Path::new("")).unwrap().scenario;
        let told = described(&scenario, scenario.trial.as_ref().unwrap());
        let lines: Vec<&str> = told.lines().map(str::trim).collect();
        assert_eq!(
            lines,
            [
                "1 arm of 1 patient, 64000 sites for each lesion, followed for 720 d",
                "cohort: growth of radiant-3, 2 lesions each; gamma typical 0.9, spread 0.2",
                "scans: on day 35, 63, then every 56 d, up to 3 d early or late",
                "arm `a`: everolimus 10 mg daily until progression or toxicity; then sunitinib 37.5 mg daily and \
                 everolimus 5 mg daily in turns of 84 d after 14 d; all the time octreotide LAR 30 mg every 4 weeks",
            ]
        );
    }
}
