//! `[[arm]]` and `[[comparison]]`.

use super::conduct;
use super::therapy::{ArmTherapyKeys, Practice};
use crate::scenario::context::Context;
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::limits::MAX_PATIENTS;
use crate::scenario::model::{Arm, Estimand};
use crate::scenario::nearest::{list, nearest};
use crate::scenario::shown::shown;

/// Longest name of an arm, in characters.
pub(crate) const MAX_NAME: usize = 80;

/// An arm of a trial. All arms treat the same virtual patients, each with its own plan.
#[derive(Debug, Section)]
#[section(path = "arm", heading = "[[arm]]")]
pub(crate) struct ArmKeys {
    /// Name for tables and plots, at most 80 characters; every arm has another one.
    #[key(required, example = "everolimus")]
    pub(crate) name: At<String>,
    /// Patients of the published arm: how many a predicted arm has (`evotor trial --predict`).
    #[key(integer(1, MAX_PATIENTS), absent = "predictions have 100 patients in the arm", example = 207)]
    pub(crate) enrolled: Option<u32>,
    /// What a stop of its drugs means for end points, where that is not as in \[trial\].
    #[key(absent = "`estimand` of [trial]", example = "composite")]
    pub(crate) estimand: Option<Estimand>,
    /// The plan.
    #[key(section, required, example = { regimen = "everolimus 10 mg daily" })]
    pub(crate) therapy: ArmTherapyKeys,
}

/// Two arms that are compared, by their names. Without any, every arm is compared with the first one.
#[derive(Debug, Section)]
#[section(path = "comparison", heading = "[[comparison]]")]
pub(crate) struct ComparisonKeys {
    /// The arm.
    #[key(required, example = "everolimus")]
    pub(crate) arm: At<String>,
    /// The arm with which it is compared.
    #[key(required, example = "placebo")]
    pub(crate) against: At<String>,
}

/// The arms as far as they could be read, so that their names are known whatever else is wrong.
#[derive(Debug, Default)]
pub(super) struct ArmsRead {
    /// Names; `None` for one that could not be read.
    pub names: Vec<Option<At<String>>>,
    /// The arms, if all is well.
    pub arms: Option<Vec<Arm>>,
}

/// Reads the arms; reports names that occur twice.
pub(super) fn read(root: &Reader<'_>, practice: &Practice<'_>) -> ArmsRead {
    let mut read = ArmsRead { names: Vec::new(), arms: Some(Vec::new()) };
    for reader in root.tables("arm") {
        let name = reader.placed::<Plain, String>("name").and_then(|name| checked_name(root.cx, name));
        let enrolled = reader.maybe::<Plain, u32>("enrolled");
        let estimand = reader.maybe::<Plain, Estimand>("estimand");
        let plan = reader.table("therapy").and_then(|r| practice.plan(&r));
        if let (Some(Some(estimand)), Some(plan)) = (estimand, &plan) {
            conduct::stoppable(&reader, estimand, std::iter::once(plan));
        }
        if let Some(name) = &name {
            twice(root.cx, name, &read.names);
        }
        let known = name.as_ref().zip(enrolled).zip(estimand).zip(plan);
        let arm = known.map(|(((name, enrolled), estimand), therapy)| Arm {
            name: name.value.clone(),
            enrolled,
            estimand,
            therapy,
        });
        read.arms = read.arms.zip(arm).map(|(mut arms, arm)| {
            arms.push(arm);
            arms
        });
        read.names.push(name);
    }
    let listed = root.given("arm").is_some_and(|(_, arms)| arms.get_ref().is_array());
    if read.names.is_empty() && (listed || !root.has("arm")) {
        let place = root.given("arm").or(root.given("cohort")).map_or(0..0, |(span, _)| span);
        Diagnostic::error(place, "a trial without an arm")
                .label("expected at least one [[arm]] beside [cohort]")
                .help("add [[arm]] with a `name`, and below it [arm.therapy] with `regimen = \"everolimus 10 mg daily\"`").report(root.cx);
    }
    read.arms = read.arms.filter(|arms| !arms.is_empty());
    read
}

fn checked_name(cx: &Context<'_>, name: At<String>) -> Option<At<String>> {
    let trimmed = name.value.trim();
    let wrong = if trimmed.is_empty() {
        Some(("an arm without a name", "write for example `name = \"everolimus\"`"))
    } else if trimmed.chars().any(char::is_control) {
        Some(("a name with control characters", "write the name in one line, without tabs"))
    } else if trimmed.chars().count() > MAX_NAME {
        Some(("a name that is too long for tables", "shorten it, and say the rest in `description`"))
    } else {
        None
    };
    let Some((found, help)) = wrong else {
        return Some(At::new(trimmed.to_owned(), name.span));
    };
    Diagnostic::error(name.span, found)
        .label(format!("expected 1 to {MAX_NAME} characters in one line"))
        .help(help)
        .fail(cx)
}

fn twice(cx: &Context<'_>, name: &At<String>, before: &[Option<At<String>>]) {
    let same = |other: &&At<String>| other.value.eq_ignore_ascii_case(&name.value);
    if let Some(first) = before.iter().flatten().find(same) {
        Diagnostic::error(name.span.clone(), format!("a second arm {}", shown(&name.value)))
            .label("expected a name that no other arm has")
            .related(first.span.clone(), "the first one")
            .help("give it a name of its own: results are told apart by it")
            .report(cx);
    }
}

impl ArmsRead {
    /// The number of the arm of that name; reports that there is none.
    pub fn find(&self, cx: &Context<'_>, name: &At<String>) -> Option<usize> {
        let named = |arm: &Option<At<String>>| arm.as_ref().is_some_and(|n| n.value == name.value.trim());
        let found = self.names.iter().position(named);
        // An arm whose own name is wrong may be the one that is meant.
        if found.is_none() && self.names.iter().all(Option::is_some) {
            let names = || self.names.iter().flatten().map(|n| n.value.as_str());
            let help = match nearest(&name.value, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write the name of an arm as its [[arm]] has it".to_owned(),
            };
            Diagnostic::error(name.span.clone(), format!("no arm is called {}", shown(&name.value)))
                .label(format!("expected one of {}", list(names())))
                .help(help)
                .report(cx);
        }
        found
    }

    /// The pairs of `[[comparison]]`, or every arm with the first one; `None` if a pair is wrong.
    pub fn comparisons(&self, root: &Reader<'_>) -> Option<Vec<(usize, usize)>> {
        let sections = root.tables("comparison");
        if sections.is_empty() {
            return Some((1..self.names.len()).map(|arm| (arm, 0)).collect());
        }
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        let mut places: Vec<&Reader<'_>> = Vec::new();
        let mut fine = true;
        for section in &sections {
            let pair = self.comparison(section);
            fine &= pair.is_some();
            let Some(pair) = pair else { continue };
            if let Some(first) = pairs.iter().position(|other| *other == pair) {
                Diagnostic::error(section.span.clone(), "a comparison a second time")
                    .label("expected another pair of arms")
                    .related(places[first].span.clone(), "the first time")
                    .help("remove one of the two")
                    .report(root.cx);
                fine = false;
            }
            pairs.push(pair);
            places.push(section);
        }
        fine.then_some(pairs)
    }

    fn comparison(&self, section: &Reader<'_>) -> Option<(usize, usize)> {
        let ComparisonKeys { arm, against } = ComparisonKeys::read(section)?;
        let (one, other) = (self.find(section.cx, &arm), self.find(section.cx, &against));
        let pair = (one?, other?);
        self.differ(section.cx, pair, &against).then_some(pair)
    }

    /// Whether two arms are two; reports it if not.
    pub fn differ(&self, cx: &Context<'_>, (arm, against): (usize, usize), place: &At<String>) -> bool {
        if arm != against {
            return true;
        }
        Diagnostic::error(place.span.clone(), "an arm against itself")
            .label("expected another arm")
            .help("name the arm with which it is compared")
            .report(cx);
        false
    }
}
