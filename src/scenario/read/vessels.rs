//! `[vessels]`, and drugs that would act on vessels that a scenario does not have.

use super::regimens::Formulary;
use crate::scenario::declare::Section as _;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Mode, Regimen, Vessels};
use crate::scenario::reader::{At, Reader};
use crate::scenario::units::number_text;

/// Vessels that live: `None` if they are wrong, `Some(None)` if there are none.
pub(super) fn read(root: &Reader<'_>, mode: Mode) -> Option<Option<Vessels>> {
    if mode == Mode::Rates || !root.has("vessels") {
        return Some(None);
    }
    let reader = root.table("vessels")?;
    if !root.has("oxygen") {
        reader.cx.report(
            Diagnostic::error(reader.span.clone(), "[vessels] without [oxygen]")
                .label("expected [oxygen] beside it: vessels grow where oxygen is short, and carry it")
                .help("add the section [oxygen], which may be empty, or leave [vessels] out"),
        );
    }
    Vessels::read(&reader).map(Some)
}

/// Largest ratio of growth at saturating VEGF to loss at the patient's density: VEGF of half the growth is then a
/// sixteenth of what untreated cells see, the most that its fixed point holds.
const MOST_RESERVE: f64 = 17.0;

/// At the patient's density growth and loss must balance: `growth · h · (1 − 1/ceiling) = loss` with `h` below 1, and not
/// so near 0 that VEGF means nothing.
pub(crate) fn balance(vessels: &Vessels, reader: &Reader<'_>) {
    let most = vessels.growth * (vessels.ceiling - 1.0) / vessels.ceiling;
    if vessels.loss < most && most <= MOST_RESERVE * vessels.loss {
        return;
    }
    let key = ["growth", "loss", "ceiling"].into_iter().find(|name| reader.has(name));
    let place = reader.place(key.unwrap_or_default());
    let needed = vessels.loss * vessels.ceiling / (vessels.ceiling - 1.0);
    let rounded = |x: f64| number_text((x * 1e4).ceil() / 1e4);
    let error = if vessels.loss >= most {
        let found = format!("vessels are lost faster than they can grow: {} /d", number_text(vessels.loss));
        Diagnostic::error(place, found)
            .label(format!("expected `growth` above {} /d for this loss and ceiling", rounded(needed)))
            .help("raise `growth` or `ceiling`, or lower `loss`")
    } else {
        Diagnostic::error(place, "vessels grow so much faster than they are lost that VEGF means nothing")
            .label(format!(
                "expected `growth` of at most {} /d for this loss and ceiling",
                rounded(MOST_RESERVE * needed)
            ))
            .help("lower `growth`, or raise `loss`")
    };
    reader.cx.report(error.note(
        "at the untreated tumour's density growth is at most growth (1 - 1/ceiling), and has to make up for the loss",
    ));
}

/// Warns of drugs that act on vessels where none live.
pub(super) fn absent(root: &Reader<'_>, formulary: &Formulary<'_>, regimens: &[&At<Regimen>]) {
    if root.has("vessels") {
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for regimen in regimens {
        let name = regimen.value.drug.as_str();
        let Some(alone) = formulary.acts_on_vessels(name).filter(|_| !seen.contains(&name)) else {
            continue;
        };
        seen.push(name);
        let rest = if alone { "it does nothing" } else { "only its effects on cells count" };
        let (missing, sections) = if root.has("oxygen") {
            ("[vessels]", "the section [vessels], which may be empty")
        } else {
            ("[vessels] and [oxygen]", "the sections [oxygen] and [vessels], which may be empty")
        };
        root.cx.report(
            Diagnostic::warning(
                regimen.span.clone(),
                format!("`{name}` acts on vessels, but this scenario has no vessels that live"),
            )
            .label(format!("expected {missing}: without, {rest}"))
            .help(format!("add {sections}")),
        );
    }
}
