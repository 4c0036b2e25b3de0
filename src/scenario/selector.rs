//! State selectors: `"rtk>=1, tsc=2"`, `"sensitive"`, `"any"`.

use std::ops::Range;

use super::context::{At, Context};
use super::error::Diagnostic;
use super::model::{Condition, Locus, Selector};
use super::nearest::{list, nearest};
use super::shown::shown;

/// Words that select states without naming a locus; no locus may have such a name.
pub(crate) const RESERVED: [&str; 2] = ["any", "sensitive"];

/// Relations, longest first so that `>=` is not read as `>`.
const RELATIONS: [&str; 7] = [">=", "<=", "!=", "==", "=", ">", "<"];

/// What is wrong at a place within a selector.
struct Wrong {
    at: Range<usize>,
    message: String,
    help: String,
}

/// Reads a selector; reports what is wrong with it.
pub(crate) fn read(cx: &Context<'_>, loci: &[Locus], text: &At<String>) -> Option<Selector> {
    match parse(loci, &text.value) {
        Ok(conditions) => Some(Selector { text: text.value.clone(), conditions }),
        Err(wrong) => {
            let diagnostic = Diagnostic::error(cx.within(text, wrong.at), wrong.message)
                .label("expected conditions such as `rtk>=1`, `rtk=1|2`, `sensitive` or `any`");
            cx.report(diagnostic.help(wrong.help));
            None
        }
    }
}

/// Reads a selector that names one state: a level for each locus, 0 where it is silent.
pub(crate) fn read_state(cx: &Context<'_>, loci: &[Locus], text: &At<String>) -> Option<Vec<u8>> {
    let selector = read(cx, loci, text)?;
    let levels = one_state(loci, &selector);
    if levels.is_none() {
        return Diagnostic::error(
            text.span.clone(),
            format!("{} is more than one state", shown(&text.value)),
        )
        .label("expected one level of each locus that is named, such as `rtk=1, tsc=2`")
        .help("give each starting state a line of its own")
        .fail(cx);
    }
    levels
}

/// A selector that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read the state `{text}`: {message}; {help}")]
pub struct SelectorError {
    /// The text as written.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: String,
}

impl SelectorError {
    fn new(text: &str, message: String, help: String) -> Self {
        Self { text: text.to_owned(), message, help }
    }
}

/// Reads a selector that does not stand in a scenario: of the catalogue, or from the command line.
///
/// # Errors
///
/// [`SelectorError`] if it names what these loci do not have.
pub fn parse_selector(loci: &[Locus], text: &str) -> Result<Selector, SelectorError> {
    let conditions =
        parse(loci, text).map_err(|wrong| SelectorError::new(text, wrong.message, wrong.help))?;
    Ok(Selector { text: text.to_owned(), conditions })
}

/// Reads a selector that names one state: a level for each locus, 0 where it is silent.
///
/// # Errors
///
/// [`SelectorError`] if it names what these loci do not have, or more than one state.
pub fn parse_state(loci: &[Locus], text: &str) -> Result<Vec<u8>, SelectorError> {
    let selector = parse_selector(loci, text)?;
    one_state(loci, &selector).ok_or_else(|| {
        let help = "name one level of each locus, such as `rtk=1, tsc=2`, or `sensitive`".to_owned();
        SelectorError::new(text, "it is more than one state".into(), help)
    })
}

/// Levels of the only state that a selector names, 0 where it is silent.
fn one_state(loci: &[Locus], selector: &Selector) -> Option<Vec<u8>> {
    let mut masks = vec![0xff_u8; loci.len()];
    for condition in &selector.conditions {
        masks[condition.locus] &= condition.allowed;
    }
    let level = |mask: &u8| match mask {
        0xff => Some(0),
        m if m.count_ones() == 1 => Some(m.trailing_zeros() as u8),
        _ => None,
    };
    masks.iter().map(level).collect::<Option<Vec<u8>>>().filter(|_| selector.text.trim() != "any")
}

fn parse(loci: &[Locus], text: &str) -> Result<Vec<Condition>, Wrong> {
    let mut conditions = Vec::new();
    let mut offset = 0;
    for term in text.split(',') {
        let start = offset + (term.len() - term.trim_start().len());
        let trimmed = term.trim();
        let at = start..start + trimmed.len();
        offset += term.len() + 1;
        match trimmed {
            "any" => {}
            "sensitive" => conditions.extend((0..loci.len()).map(|locus| Condition { locus, allowed: 1 })),
            _ => conditions.push(condition(loci, trimmed, at)?),
        }
    }
    possible(loci, &conditions, text)?;
    Ok(conditions)
}

fn possible(loci: &[Locus], conditions: &[Condition], text: &str) -> Result<(), Wrong> {
    for (index, locus) in loci.iter().enumerate() {
        let masks = conditions.iter().filter(|c| c.locus == index).map(|c| c.allowed);
        if masks.fold(0xff, |a, b| a & b) == 0 {
            return Err(Wrong {
                at: 0..text.len(),
                message: format!("no level of `{}` meets all conditions", locus.name),
                help: "conditions separated by commas must all hold; use `|` for alternatives: `rtk=1|2`"
                    .into(),
            });
        }
    }
    Ok(())
}

fn condition(loci: &[Locus], term: &str, at: Range<usize>) -> Result<Condition, Wrong> {
    let relation = RELATIONS
        .iter()
        .filter_map(|r| term.find(r).map(|place| (place, *r)))
        .min_by_key(|(place, r)| (*place, usize::MAX - r.len()));
    let Some((place, relation)) = relation else {
        return Err(no_relation(loci, term, at));
    };
    let name = term[..place].trim();
    let Some((index, locus)) = loci.iter().enumerate().find(|(_, l)| l.name == name) else {
        return Err(unknown_locus(loci, name, at.start..at.start + place));
    };
    let values = &term[place + relation.len()..];
    let wrong = |message: String, help: String| Wrong { at: at.clone(), message, help };
    let instead = match relation {
        "==" => Some("`=`"),
        ">" => Some("`>=` with the next level"),
        "<" => Some("`<=` with the level below"),
        _ => None,
    };
    if let Some(instead) = instead {
        return Err(wrong(format!("unknown relation `{relation}`"), format!("use {instead}")));
    }
    let mut named = 0_u8;
    for value in values.split('|') {
        named |= 1 << level(locus, value.trim()).map_err(|(m, h)| wrong(m, h))?;
    }
    if named.count_ones() > 1 && !matches!(relation, "=" | "!=") {
        return Err(wrong(
            format!("`{relation}` takes one level"),
            "use `=` with alternatives: `rtk=1|2`".into(),
        ));
    }
    let all = (1_u8 << locus.levels.len()) - 1;
    let lowest = named.trailing_zeros();
    let allowed = match relation {
        "=" => named,
        "!=" => all & !named,
        ">=" => all & !((1 << lowest) - 1),
        _ => (1 << (lowest + 1)) - 1,
    };
    Ok(Condition { locus: index, allowed })
}

fn level(locus: &Locus, value: &str) -> Result<u8, (String, String)> {
    let by_name = locus.levels.iter().position(|l| l == value);
    let by_number = value.parse::<usize>().ok().filter(|n| *n < locus.levels.len());
    if let Some(level) = by_name.or(by_number) {
        return Ok(level as u8);
    }
    let names: Vec<String> = locus.levels.iter().enumerate().map(|(i, l)| format!("{i} (`{l}`)")).collect();
    let near = nearest(value, locus.levels.iter().map(String::as_str));
    let levels = format!("levels of `{}`: {}", locus.name, names.join(", "));
    let help = near.map_or(levels.clone(), |near| format!("did you mean `{near}`? {levels}"));
    Err((format!("`{}` has no level {}", locus.name, shown(value)), help))
}

fn no_relation(loci: &[Locus], term: &str, at: Range<usize>) -> Wrong {
    if let Some(locus) = loci.iter().find(|l| l.name == term) {
        let help = format!("write `{}>=1` for every level above 0", locus.name);
        return Wrong { at, message: format!("`{term}` is a locus without a level"), help };
    }
    let help = match nearest(term, RESERVED) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            format!("write a condition on one of the loci: {}", list(loci.iter().map(|l| l.name.as_str())))
        }
    };
    let message = if term.is_empty() {
        "empty condition".to_owned()
    } else {
        format!("{} is not a condition", shown(term))
    };
    Wrong { at, message, help }
}

fn unknown_locus(loci: &[Locus], name: &str, at: Range<usize>) -> Wrong {
    let all = list(loci.iter().map(|l| l.name.as_str()));
    let help = match nearest(name, loci.iter().map(|l| l.name.as_str())) {
        Some(near) => format!("did you mean `{near}`? loci of this scenario: {all}"),
        None => format!("loci of this scenario: {all}; add one by `loci` or [[locus]]"),
    };
    Wrong { at, message: format!("unknown locus {}", shown(name)), help }
}

/// A state as a selector that names it: `rtk=1, tsc=2`, or `sensitive`.
pub fn state_text(loci: &[Locus], levels: &[u8]) -> String {
    let named = loci.iter().zip(levels).filter(|(_, level)| **level > 0);
    let terms: Vec<String> = named.map(|(locus, level)| format!("{}={level}", locus.name)).collect();
    if terms.is_empty() { "sensitive".to_owned() } else { terms.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loci() -> Vec<Locus> {
        let locus = |name: &str, levels: &[&str]| Locus {
            name: name.into(),
            description: String::new(),
            levels: levels.iter().map(|l| l.to_string()).collect(),
            birth_factor: vec![1.0; levels.len()],
            network: Vec::new(),
            changes: Vec::new(),
        };
        vec![locus("rtk", &["normal", "up", "high", "highest"]), locus("tsc", &["intact", "one_hit", "lost"])]
    }

    fn selected(text: &str) -> Vec<[u8; 2]> {
        let conditions = parse(&loci(), text).map_err(|w| w.message).unwrap();
        let selector = Selector { text: text.into(), conditions };
        let all = (0..4).flat_map(|r| (0..3).map(move |t| [r, t]));
        all.filter(|levels| selector.matches(levels)).collect()
    }

    #[test]
    fn relations_select_what_they_say() {
        assert_eq!(selected("any").len(), 12);
        assert_eq!(selected("sensitive"), [[0, 0]]);
        assert_eq!(selected("rtk>=2, tsc=lost"), [[2, 2], [3, 2]]);
        assert_eq!(selected("rtk<=1,tsc!=0|1"), [[0, 2], [1, 2]]);
        assert_eq!(selected(" rtk = up|highest , tsc = 0 "), [[1, 0], [3, 0]]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |text: &str| parse(&loci(), text).map_err(|w| (w.message, w.help)).unwrap_err();
        assert!(wrong("rkt=1").1.contains("did you mean `rtk`"));
        assert!(wrong("rtk=4").0.contains("no level `4`"));
        assert!(wrong("tsc=lots").1.contains("did you mean `lost`"));
        assert!(wrong("rtk>1").1.contains("`>=`"));
        assert!(wrong("rtk=1,rtk=2").0.contains("no level of `rtk`"));
        assert!(wrong("").0.contains("empty"));
        assert!(wrong("sensitiv").1.contains("`sensitive`"));
        assert!(wrong("rtk").1.contains("rtk>=1"));
    }
}
