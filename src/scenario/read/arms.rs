//! `[[arm]]` and `[[comparison]]`.

use super::cohort::optional;
use super::therapy::Practice;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::Arm;
use crate::scenario::nearest::{list, nearest};
use crate::scenario::reader::{At, Context, Reader};
use crate::scenario::value::shown;

/// Longest name of an arm, in characters.
const LONGEST_NAME: usize = 80;

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
        let name = reader.text("name").and_then(|name| checked_name(root.cx, name));
        let enrolled = optional(&reader, "enrolled");
        let plan = reader.table("therapy").and_then(|r| practice.plan(&r));
        if let Some(name) = &name {
            twice(root.cx, name, &read.names);
        }
        let arm = name.as_ref().zip(enrolled).zip(plan).map(|((name, enrolled), therapy)| Arm {
            name: name.value.clone(),
            enrolled,
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
        root.cx.report(
            Diagnostic::error(place, "a trial without an arm")
                .label("expected at least one [[arm]] beside [cohort]")
                .help("add [[arm]] with a `name`, and below it [arm.therapy] with `regimen = \"everolimus 10 mg daily\"`"),
        );
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
    } else if trimmed.chars().count() > LONGEST_NAME {
        Some(("a name that is too long for tables", "shorten it, and say the rest in `description`"))
    } else {
        None
    };
    let Some((found, help)) = wrong else {
        return Some(At::new(trimmed.to_owned(), name.span));
    };
    cx.report(
        Diagnostic::error(name.span, found)
            .label(format!("expected 1 to {LONGEST_NAME} characters in one line"))
            .help(help),
    );
    None
}

fn twice(cx: &Context<'_>, name: &At<String>, before: &[Option<At<String>>]) {
    let same = |other: &&At<String>| other.value.eq_ignore_ascii_case(&name.value);
    if let Some(first) = before.iter().flatten().find(same) {
        cx.report(
            Diagnostic::error(name.span.clone(), format!("a second arm {}", shown(&name.value)))
                .label("expected a name that no other arm has")
                .related(first.span.clone(), "the first one")
                .help("give it a name of its own: results are told apart by it"),
        );
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
            cx.report(
                Diagnostic::error(name.span.clone(), format!("no arm is called {}", shown(&name.value)))
                    .label(format!("expected one of {}", list(names())))
                    .help(help),
            );
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
                root.cx.report(
                    Diagnostic::error(section.span.clone(), "a comparison a second time")
                        .label("expected another pair of arms")
                        .related(places[first].span.clone(), "the first time")
                        .help("remove one of the two"),
                );
                fine = false;
            }
            pairs.push(pair);
            places.push(section);
        }
        fine.then_some(pairs)
    }

    fn comparison(&self, section: &Reader<'_>) -> Option<(usize, usize)> {
        let (arm, against) = (section.text("arm"), section.text("against"));
        let pair = arm.as_ref().map(|a| self.find(section.cx, a));
        let other = against.as_ref().map(|a| self.find(section.cx, a));
        let pair = (pair??, other??);
        self.differ(section.cx, pair, against.as_ref()?).then_some(pair)
    }

    /// Whether two arms are two; reports it if not.
    pub fn differ(&self, cx: &Context<'_>, (arm, against): (usize, usize), place: &At<String>) -> bool {
        if arm != against {
            return true;
        }
        cx.report(
            Diagnostic::error(place.span.clone(), "an arm against itself")
                .label("expected another arm")
                .help("name the arm with which it is compared"),
        );
        false
    }
}
