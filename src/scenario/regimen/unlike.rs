//! Schedules that are like none of a drug's label: a depot several times a day, a tablet once a month, a hundredth of the least dose. They
//! are computed as they are written, which is seldom what was meant: most often it is the schedule of another form.

use super::finding::{Finding, comparable};
use super::label::reductions;
use super::sound::Part;
use super::{Body, dose, usual};
use crate::catalogue::Drug;
use crate::scenario::error::Severity;
use crate::scenario::model::Regimen;

/// A drug with at least so many days between its usual doses is one that lasts.
const LASTS: u32 = 14;
/// How many times more often than usual is more often than any label of a drug that lasts says.
const OFTEN: f64 = 4.0;
/// By what factor a dose is below the least one of a label to be of another order.
const ORDER: f64 = 10.0;

/// What of a regimen is like nothing in its drug's label, for a body by which doses are scaled.
pub(super) fn unlike(regimen: &Regimen, drug: &Drug, body: &Body) -> Option<Finding> {
    let usual = usual(drug)?;
    interval(regimen, &usual).or_else(|| little(regimen, drug, &usual, body))
}

fn warning(part: Part, message: String, expected: String) -> Option<Finding> {
    let help = "it is computed as it is written; correct it if it is not meant".to_owned();
    Some(Finding { severity: Severity::Warning, part, message, expected, help })
}

/// Doses of a drug that lasts, given in quick succession, and of one that does not, given far apart.
fn interval(regimen: &Regimen, usual: &Regimen) -> Option<Finding> {
    let apart = |of: &Regimen| f64::from(of.interval()) / f64::from(of.times_per_day);
    let (given, labelled) = (apart(regimen), usual.interval());
    // One dose, or dates that are listed, have no interval.
    if given == 0.0 || labelled == 0 || regimen.courses == Some(1) {
        return None;
    }
    let expected = format!("expected doses about as far apart as {usual}");
    if labelled >= LASTS && given * OFTEN < f64::from(labelled) {
        let message =
            format!("`{}` lasts for weeks, and {regimen} gives it in quick succession", regimen.drug);
        return warning(Part::Rhythm, message, expected);
    }
    if labelled == 1 && given >= f64::from(LASTS) && regimen.phases.is_none() {
        let message = format!("`{}` is gone for most of the time between doses by {regimen}", regimen.drug);
        return warning(Part::Rhythm, message, expected);
    }
    None
}

/// A dose far below the least one of the label.
fn little(regimen: &Regimen, drug: &Drug, usual: &Regimen, body: &Body) -> Option<Finding> {
    let least = reductions(drug).pop().and_then(|step| step.dose).or(usual.dose)?;
    let given = regimen.dose?;
    let [(amount, unit), (limit, same)] = [given, least].map(|dose| comparable(&dose, drug, body));
    if unit != same || amount * ORDER >= limit {
        return None;
    }
    let message = format!("{} of {} is far below the label's least dose", dose::text(&given), drug.name);
    warning(Part::Dose, message, format!("expected at least about {}", dose::text(&least)))
}

#[cfg(test)]
mod tests {
    use crate::scenario::regimen::{Body, fits, parse};
    use crate::scenario::{Catalogue, Severity};

    /// What is found about a regimen, with the forms of its drug; empty for nothing.
    fn found(text: &str) -> (String, Option<Severity>) {
        let (catalogue, body) = (Catalogue::embedded(), Body::typical());
        let mut regimen = parse(text).unwrap();
        let drug = catalogue.find(&regimen.drug).unwrap();
        regimen.drug = drug.name.clone();
        let forms = catalogue.other_forms(drug);
        let first =
            fits(&regimen, drug, &body).into_iter().next().map(|f| f.with_forms(&regimen, &forms, &body));
        first.map_or_else(Default::default, |f| {
            (format!("{}; {}; {}", f.message, f.expected, f.help), Some(f.severity))
        })
    }

    // It was taken without a word: a depot of 0.1 mg three times a day.
    #[test]
    fn a_schedule_of_another_form_is_an_error() {
        for text in [
            "octreotide LAR 0.1 mg three times daily",
            "Sandostatin LAR 0.1 mg tid",
            "pasireotide LAR 0.6 mg bid",
        ] {
            let (said, severity) = found(text);
            assert_eq!(severity, Some(Severity::Error), "{text}: {said}");
            assert!(said.contains("is a dose of `") && said.contains("write \""), "{text}: {said}");
        }
    }

    #[test]
    fn what_is_like_nothing_in_the_label_is_a_warning() {
        for (text, expected) in [
            ("octreotide LAR 20 mg daily", "label's largest dose as often"),
            ("octreotide LAR 1 mg daily", "lasts for weeks"),
            ("lanreotide 10 mg every 3 d", "lasts for weeks"),
            ("bevacizumab 1 mg/kg every 2 d", "lasts for weeks"),
            ("177Lu-DOTATATE 0.1 GBq weekly", "lasts for weeks"),
            ("octreotide 0.1 mg every 28 d", "is gone for most of the time"),
            ("sunitinib 37.5 mg monthly", "is gone for most of the time"),
            ("everolimus 0.1 mg daily", "far below the label's least dose; expected at least about 5 mg"),
        ] {
            let (said, severity) = found(text);
            assert!(said.contains(expected) && severity == Some(Severity::Warning), "{text}: {said}");
        }
    }

    // Schedules of labels and of trials, and single doses.
    #[test]
    fn what_is_given_somewhere_is_not_remarked() {
        for text in [
            "octreotide LAR 30 mg every 14 d",
            "octreotide LAR 10 mg weekly",
            "octreotide LAR 30 mg on day 0",
            "lanreotide 120 mg every 56 d",
            "everolimus 20 mg weekly",
            "everolimus 5 mg every 2 d",
            "sunitinib 50 mg daily, 4/2",
            "temozolomide 200 mg/m2 daily, days 10-14 of 28",
            "temsirolimus 3 mg daily",
            "octreotide 0.1 mg tid",
            "everolimus 0.5 mg daily",
            "everolimus 10 mg on days 0, 30 and 60",
        ] {
            assert_eq!(found(text), (String::new(), None), "{text}");
        }
    }
}
