//! `composition` of `[start]`: which states the starting cells are in.

use super::parts::all;
use crate::scenario::amount::{Amount, Amounts};
use crate::scenario::context::At;
use crate::scenario::error::{Diagnostic, Span, plural};
use crate::scenario::model::{Locus, PatientData, STARTING_STATES, Share, StartingFraction, StateCells};
use crate::scenario::reader::Reader;
use crate::scenario::selector::{self, state_text};
use crate::scenario::shown::shown;
use crate::scenario::units::number_text;

/// How far fractions that must sum to 1 may miss it.
const SUM_TOLERANCE: f64 = 1e-9;

/// The states of starting cells: exact numbers, and shares of the other cells.
#[derive(Debug, Default)]
pub(super) struct StartingStates {
    pub shares: Vec<Share>,
    pub cells: Vec<StateCells>,
}

/// How many cells a start has, as far as it is known beforehand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// At most so many.
    pub most: Option<u64>,
    /// Whether it is just that many, all of them alive.
    pub is_exact: bool,
}

/// The composition as written, or the patient's.
pub(super) fn read(
    reader: &Reader<'_>,
    written: Option<At<Amounts>>,
    loci: Option<&[Locus]>,
    patient: Option<&At<PatientData>>,
    size: Size,
) -> Option<StartingStates> {
    let Some(entries) = written else {
        let shares = match patient {
            Some(patient) => of_patient(reader, loci?, patient),
            None => Vec::new(),
        };
        return Some(StartingStates { shares, cells: Vec::new() });
    };
    let (sensitive, others): (Amounts, Amounts) =
        entries.value.into_iter().partition(|(state, _)| state.value.trim() == "sensitive");
    let sensitive = sensitive.into_iter().next();
    let states = states(reader, loci, &others);
    let amounts = Sums::of(&others);
    shares_sum(reader, &amounts, sensitive.as_ref().map(|s| &s.1));
    cells_sum(reader, &amounts, sensitive.as_ref().map(|s| &s.1), size);
    Some(together(states?, &others, sensitive.map(|s| s.1.value), loci?.len()))
}

/// The levels of each state.
fn states(reader: &Reader<'_>, loci: Option<&[Locus]>, entries: &Amounts) -> Option<Vec<Vec<u8>>> {
    let mut seen: Vec<(Vec<u8>, &At<String>)> = Vec::new();
    let levels = entries.iter().map(|(state, _)| {
        let levels = selector::read_state(reader.cx, loci?, state)?;
        distinct(reader, loci?, &levels, state, &seen);
        seen.push((levels.clone(), state));
        Some(levels)
    });
    all(levels)
}

fn together(
    states: Vec<Vec<u8>>,
    entries: &Amounts,
    sensitive: Option<Amount>,
    loci: usize,
) -> StartingStates {
    let mut made = StartingStates::default();
    for (levels, (_, amount)) in states.into_iter().zip(entries) {
        match amount.value {
            Amount::Share(fraction) => made.shares.push(Share { levels, fraction }),
            Amount::Cells(cells) => made.cells.push(StateCells { levels, cells }),
        }
    }
    if let Some(Amount::Cells(cells)) = sensitive {
        made.cells.push(StateCells { levels: vec![0; loci], cells });
    }
    made
}

/// The patient's shares of starting states, of the loci that the scenario has.
fn of_patient(reader: &Reader<'_>, loci: &[Locus], patient: &At<PatientData>) -> Vec<Share> {
    let share = |state: &StartingFraction| {
        let locus = loci.iter().position(|l| state.is_in(l))?;
        let levels = (0..loci.len()).map(|index| if index == locus { state.level } else { 0 }).collect();
        let fraction = (state.of)(&patient.value);
        (fraction > 0.0).then_some(Share { levels, fraction })
    };
    let shares: Vec<Share> = STARTING_STATES.iter().filter_map(share).collect();
    let sum: f64 = shares.iter().map(|s| s.fraction).sum();
    if sum > 1.0 + SUM_TOLERANCE {
        let place = if patient.span.is_empty() { &reader.span } else { &patient.span };
        Diagnostic::error(place.clone(), format!("the patient's shares of starting cells sum to {}", rounded(sum)))
                .label("expected at most 1 where [start] has no `composition`: each share has one change alone")
                .help("give cells with several changes by `composition` in [start], such as `\"tsc=2, rtk=1\" = 0.02`; or lower the shares").report(reader.cx);
    }
    shares
}

fn distinct(
    reader: &Reader<'_>,
    loci: &[Locus],
    levels: &[u8],
    state: &At<String>,
    seen: &[(Vec<u8>, &At<String>)],
) {
    if levels.iter().all(|l| *l == 0) {
        Diagnostic::error(state.span.clone(), format!("{} is the sensitive state", shown(&state.value)))
            .label("expected a state with a level above 0, or `sensitive`")
            .help("write it as `sensitive`; then the fractions must sum to 1")
            .report(reader.cx);
    }
    if let Some((_, first)) = seen.iter().find(|(other, _)| other == levels) {
        Diagnostic::error(
            state.span.clone(),
            format!("the state {} a second time", state_text(loci, levels)),
        )
        .label("expected another state")
        .related(first.span.clone(), "the first time")
        .help("merge the two")
        .report(reader.cx);
    }
}

/// Shares and numbers of the states that are named, added up.
#[derive(Debug, Default)]
struct Sums {
    share: f64,
    cells: u64,
    has_shares: bool,
}

impl Sums {
    fn of(entries: &Amounts) -> Sums {
        let mut sums = Sums::default();
        for (_, amount) in entries {
            match amount.value {
                Amount::Share(share) => (sums.share, sums.has_shares) = (sums.share + share, true),
                Amount::Cells(cells) => sums.cells += u64::from(cells),
            }
        }
        sums
    }
}

fn place(reader: &Reader<'_>) -> Span {
    reader.given("composition").map_or(reader.span.clone(), |(span, _)| span)
}

fn rounded(sum: f64) -> String {
    number_text((sum * 1e9).round() / 1e9)
}

fn shares_sum(reader: &Reader<'_>, sums: &Sums, sensitive: Option<&At<Amount>>) {
    let given = match sensitive.map(|s| s.value) {
        Some(Amount::Share(share)) => Some(share),
        _ => None,
    };
    let sum = sums.share + given.unwrap_or(0.0);
    match given {
        Some(_) if (sum - 1.0).abs() > SUM_TOLERANCE => {
            let rest = ((1.0 - sums.share) * 1e9).round() / 1e9;
            let help = if rest >= 0.0 {
                format!("write `sensitive = {}`, or leave it out", number_text(rest))
            } else {
                "lower the other fractions, or give weights divided by their sum".to_owned()
            };
            let found = format!("the fractions of `composition` sum to {}", rounded(sum));
            let error = Diagnostic::error(place(reader), found);
            error.label("expected a sum of 1, because `sensitive` is given").help(help).report(reader.cx);
        }
        None if sum > 1.0 + SUM_TOLERANCE => {
            let found = format!("the fractions of `composition` sum to {}", rounded(sum));
            Diagnostic::error(place(reader), found)
                .label("expected at most 1; what is left is sensitive")
                .help("lower them, or divide each by their sum")
                .report(reader.cx);
        }
        _ => {}
    }
}

/// Numbers of cells against those that the start has.
fn cells_sum(reader: &Reader<'_>, sums: &Sums, sensitive: Option<&At<Amount>>, size: Size) {
    if let Some(At { value: Amount::Cells(cells), span }) = sensitive {
        return sensitive_cells(reader, sums, u64::from(*cells), span.clone(), size);
    }
    let Some(most) = size.most.filter(|most| sums.cells > *most) else { return };
    Diagnostic::error(place(reader), format!("`composition` has {}", plural(sums.cells as usize, "cell")))
        .label(format!("expected at most {most}: the start has no more"))
        .help("lower the numbers, or start with more cells")
        .report(reader.cx);
}

/// A number of sensitive cells, which follows from the others.
fn sensitive_cells(reader: &Reader<'_>, sums: &Sums, cells: u64, span: Span, size: Size) {
    let total = size.most.filter(|_| size.is_exact && !sums.has_shares);
    if total == Some(sums.cells + cells) {
        return;
    }
    let (label, help) = match total {
        Some(total) => (
            format!("expected numbers that sum to the {total} of the start"),
            match total.checked_sub(sums.cells) {
                Some(rest) => {
                    format!("write \"{rest} cells\", or leave `sensitive` out: what is left is sensitive")
                }
                None => "lower the other numbers, or start with more cells".to_owned(),
            },
        ),
        None if sums.has_shares => (
            "expected no number of sensitive cells beside shares".to_owned(),
            "leave `sensitive` out: what is left is sensitive".to_owned(),
        ),
        None => (
            "expected no such number: how many cells this start has is not known beforehand".to_owned(),
            "leave `sensitive` out: what is left is sensitive".to_owned(),
        ),
    };
    let found = format!("{} that are sensitive", plural(cells as usize, "cell"));
    Diagnostic::error(span, found).label(label).help(help).report(reader.cx);
}
