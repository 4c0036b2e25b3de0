//! `loci` and `[[locus]]`: heritable traits, from the catalogue and from the scenario.

use std::sync::LazyLock;

use toml::de::DeTable;

use super::{network, parts};
use crate::scenario::error::Diagnostic;
use crate::scenario::keys::CATALOGUE;
use crate::scenario::model::{Change, ChangeKind, Locus};
use crate::scenario::nearest::{list, nearest};
use crate::scenario::reader::{At, Context, Reader};
use crate::scenario::selector::RESERVED;
use crate::scenario::units::Dimension;
use crate::scenario::value::{Entries, shown};

/// Bits of a state code.
const STATE_BITS: u32 = 12;

/// Most switching moves that can leave one state.
const MOST_MOVES: usize = 15;

/// The loci that are part of the program.
#[derive(Debug)]
pub(crate) struct LocusCatalogue {
    pub loci: Vec<Locus>,
    pub on_by_default: Vec<String>,
}

static EMBEDDED: LazyLock<LocusCatalogue> = LazyLock::new(|| {
    let read = LocusCatalogue::read(include_str!("../../../scenarios/catalogue/loci.toml"));
    read.unwrap_or_else(|found| {
        unreachable!("the catalogue of loci is valid, a test holds it to that: {found:?}")
    })
});

impl LocusCatalogue {
    /// The catalogue embedded in the program.
    pub fn embedded() -> &'static LocusCatalogue {
        &EMBEDDED
    }

    /// Reads a catalogue; the error holds everything that is wrong with it.
    pub fn read(text: &str) -> Result<LocusCatalogue, Vec<Diagnostic>> {
        let cx = Context::new(text);
        let parsed = DeTable::parse(text)
            .map_err(|e| vec![Diagnostic::error(e.span().unwrap_or(0..0), e.message())])?;
        let root = Reader::new(&cx, &CATALOGUE, parsed.get_ref(), 0..0);
        let on = root.names("on_by_default");
        let loci: Option<Vec<Locus>> = root.tables("locus").iter().map(|r| locus(r, &[]).1).collect();
        match (on, loci) {
            (Some(on), Some(loci)) if !cx.has_errors() => {
                let on_by_default = on.value.into_iter().map(|n| n.value).collect();
                Ok(LocusCatalogue { loci, on_by_default })
            }
            _ => Err(cx.finish()),
        }
    }

    fn find(&self, name: &str) -> Option<&Locus> {
        self.loci.iter().find(|l| l.name == name)
    }
}

/// A locus as read from the file: its name, and the whole if nothing is wrong with it.
type OwnLocus = (Option<At<String>>, Option<At<Locus>>);

/// The scenario's loci: those of `loci` first, then the others of `[[locus]]`.
pub(crate) fn read(root: &Reader<'_>, drugs: &[String]) -> Option<Vec<At<Locus>>> {
    let readers = root.tables("locus");
    let own: Vec<OwnLocus> = readers
        .iter()
        .map(|r| {
            let (name, read) = locus(r, drugs);
            (name, read.map(|l| At::new(l, r.span.clone())))
        })
        .collect();
    let listed = root.names("loci");
    if root.has("loci") && listed.is_none() {
        return None;
    }
    let names: Vec<At<String>> = match listed {
        Some(listed) => listed.value,
        None => {
            let on = LocusCatalogue::embedded().on_by_default.iter();
            on.map(|n| At::new(n.clone(), root.span.clone())).collect()
        }
    };
    twice(root.cx, "locus", &names);
    let own_names: Vec<At<String>> = own.iter().filter_map(|(name, _)| name.clone()).collect();
    twice(root.cx, "locus", &own_names);
    let mut loci: Vec<Option<At<Locus>>> =
        names.iter().map(|name| listed_locus(root.cx, name, &own)).collect();
    for (name, locus) in &own {
        if name.as_ref().is_none_or(|n| names.iter().all(|listed| listed.value != n.value)) {
            loci.push(locus.clone());
        }
    }
    let loci: Vec<At<Locus>> = loci.into_iter().collect::<Option<_>>()?;
    let place = readers.last().map_or(root.given("loci").map_or(0..0, |(span, _)| span), |r| r.span.clone());
    fits_code(root.cx, &loci, place);
    Some(loci)
}

fn listed_locus(cx: &Context<'_>, name: &At<String>, own: &[OwnLocus]) -> Option<At<Locus>> {
    if let Some((_, locus)) = own.iter().find(|(n, _)| n.as_ref().is_some_and(|n| n.value == name.value)) {
        return locus.clone();
    }
    let catalogue = LocusCatalogue::embedded();
    if let Some(locus) = catalogue.find(&name.value) {
        return Some(At::new(locus.clone(), name.span.clone()));
    }
    let known = || catalogue.loci.iter().map(|l| l.name.as_str());
    let all = format!("loci of the catalogue: {}", list(known()));
    let help = match nearest(&name.value, known()) {
        Some(near) => format!("did you mean `{near}`? {all}"),
        None => format!("{all}; define others with [[locus]]"),
    };
    cx.report(
        Diagnostic::error(name.span.clone(), format!("unknown locus {}", shown(&name.value)))
            .label("expected a locus of the catalogue or of this file")
            .help(help),
    );
    None
}

fn twice(cx: &Context<'_>, what: &str, names: &[At<String>]) {
    for (index, name) in names.iter().enumerate() {
        if let Some(first) = names[..index].iter().find(|n| n.value == name.value) {
            cx.report(
                Diagnostic::error(name.span.clone(), format!("a second {what} `{}`", name.value))
                    .label("expected another name")
                    .related(first.span.clone(), "the first one")
                    .help("remove one of them, or rename it"),
            );
        }
    }
}

fn fits_code(cx: &Context<'_>, loci: &[At<Locus>], place: std::ops::Range<usize>) {
    let bits = |l: &Locus| l.levels.len().next_power_of_two().trailing_zeros();
    let total: u32 = loci.iter().map(|l| bits(&l.value)).sum();
    let each: Vec<String> = loci.iter().map(|l| format!("{} {}", l.value.name, bits(&l.value))).collect();
    if total > STATE_BITS {
        cx.report(
            Diagnostic::error(place.clone(), format!("the loci need {total} bits of a cell's state"))
                .label(format!("expected at most {STATE_BITS}: 1 for two levels, 2 for three or four"))
                .note(format!("bits: {}", each.join(", ")))
                .help("name only the loci that the scenario needs: `loci = [\"rtk\"]`"),
        );
    }
    let leaving = |l: &Locus, level: usize| {
        let moves = |c: &&Change| c.kind == ChangeKind::Switching && usize::from(c.from) == level;
        l.changes.iter().filter(moves).count()
    };
    let most = |l: &Locus| (0..l.levels.len()).map(|v| leaving(l, v)).max().unwrap_or(0);
    let moves: usize = loci.iter().map(|l| most(&l.value)).sum();
    if moves > MOST_MOVES {
        cx.report(
            Diagnostic::error(place, format!("{moves} switching moves leave one state"))
                .label(format!("expected at most {MOST_MOVES}"))
                .help("remove loci or switching changes, or let a change be a mutation"),
        );
    }
}

/// Reads one `[[locus]]`; its name is given even if the rest is wrong.
fn locus(reader: &Reader<'_>, drugs: &[String]) -> (Option<At<String>>, Option<Locus>) {
    let name = reader.name("name");
    if let Some(name) = name.as_ref().filter(|n| RESERVED.contains(&n.value.as_str())) {
        reader.cx.report(
            Diagnostic::error(name.span.clone(), format!("no locus can be called `{}`", name.value))
                .label("expected another name")
                .help("`any` and `sensitive` are words of selectors"),
        );
    }
    let description = reader.text("description");
    let levels = reader.names("levels").and_then(|levels| checked_levels(reader, levels));
    let factors = birth_factors(reader, levels.as_ref());
    let count = levels.as_ref().map(|l| l.value.len());
    let network = network::effects(reader, count);
    let changes = changes(reader, count, drugs);
    let whole = || {
        Some(Locus {
            name: name.as_ref()?.value.clone(),
            description: description?.value,
            levels: levels?.value.into_iter().map(|l| l.value).collect(),
            birth_factor: factors?,
            network: network?,
            changes: changes?,
        })
    };
    let locus = whole();
    (name, locus)
}

fn checked_levels(reader: &Reader<'_>, levels: At<Vec<At<String>>>) -> Option<At<Vec<At<String>>>> {
    let count = levels.value.len();
    twice(reader.cx, "level", &levels.value);
    if (2..=4).contains(&count) {
        return Some(levels);
    }
    let found =
        if count == 1 { "a locus with 1 level".to_owned() } else { format!("a locus with {count} levels") };
    reader.cx.report(
        Diagnostic::error(levels.span, found)
            .label("expected 2, 3 or 4 levels, the sensitive one first")
            .help(if count < 2 {
                "for example `levels = [\"normal\", \"up\"]`"
            } else {
                "split the trait into two loci"
            }),
    );
    None
}

fn birth_factors(reader: &Reader<'_>, levels: Option<&At<Vec<At<String>>>>) -> Option<Vec<f64>> {
    let factors = reader.numbers("birth_factor");
    if !reader.has("birth_factor") {
        return levels.map(|l| vec![1.0; l.value.len()]);
    }
    let (factors, levels) = (factors?, levels?);
    let (found, wanted) = (factors.value.len(), levels.value.len());
    if found != wanted {
        reader.cx.report(
            Diagnostic::error(
                factors.span,
                format!("`birth_factor` has {found} numbers for {wanted} levels"),
            )
            .label(format!("expected {wanted} numbers"))
            .related(levels.span.clone(), "the levels")
            .help("give one factor for each level, 1 for level 0"),
        );
        return None;
    }
    if let Some(first) = factors.value.first().filter(|f| f.value != 1.0) {
        reader.cx.report(
            Diagnostic::error(first.span.clone(), format!("the birth factor of level 0 is {}", first.value))
                .label("expected 1: level 0 is the sensitive level, to which the others are compared")
                .help("change `birth` in [rates] instead, and divide the other factors"),
        );
    }
    Some(factors.value.into_iter().map(|f| f.value).collect())
}

fn changes(reader: &Reader<'_>, levels: Option<usize>, drugs: &[String]) -> Option<Vec<Change>> {
    let mut moves: Vec<(u8, u8, std::ops::Range<usize>)> = Vec::new();
    let mut read = Vec::new();
    for change_reader in reader.tables("change") {
        let change = change(&change_reader, levels, drugs);
        if let Some(change) = &change {
            let same = moves.iter().find(|(from, to, _)| (*from, *to) == (change.from, change.to));
            if let Some((_, _, first)) = same {
                reader.cx.report(
                    Diagnostic::error(
                        change_reader.span.clone(),
                        format!("a second change from {} to {}", change.from, change.to),
                    )
                    .label("expected one change for each pair of levels")
                    .related(first.clone(), "the first one")
                    .help("merge the two; `with` gives other rates under drugs"),
                );
            }
            moves.push((change.from, change.to, change_reader.span.clone()));
        }
        read.push(change);
    }
    read.into_iter().collect()
}

fn change(reader: &Reader<'_>, levels: Option<usize>, drugs: &[String]) -> Option<Change> {
    let from = reader.small("from").and_then(|l| parts::level(reader, l, levels));
    let to = reader.small("to").and_then(|l| parts::level(reader, l, levels));
    if let (Some(from), Some(to)) = (&from, &to)
        && from.value == to.value
    {
        reader.cx.report(
            Diagnostic::error(to.span.clone(), format!("a change from level {} to itself", from.value))
                .label("expected another level")
                .related(from.span.clone(), "the level before")
                .help("correct one of the two levels, or remove the change"),
        );
    }
    let rate = kind_and_rate(reader);
    let dimension = match rate {
        Some((ChangeKind::Switching, _)) => Dimension::Rate,
        _ => Dimension::PerDivision,
    };
    let with = if rate.is_some() { reader.induced("with", dimension) } else { None };
    let with = with_drugs(reader, with, drugs);
    let (induced, suppressed) = (network::induced(reader, dimension), network::suppressed(reader));
    let (source, confidence) = (reader.text("source"), network::confidence(reader));
    let (kind, rate) = rate?;
    Some(Change {
        from: from?.value,
        to: to?.value,
        kind,
        rate,
        with: with?,
        induced: induced?,
        suppressed: suppressed?,
        source: source?.value,
        confidence: confidence?,
    })
}

fn kind_and_rate(reader: &Reader<'_>) -> Option<(ChangeKind, f64)> {
    let (mutation, switching) = (reader.quantity("mutation"), reader.quantity("switching"));
    match (reader.given("mutation"), reader.given("switching")) {
        (Some(_), None) => mutation.map(|m| (ChangeKind::Mutation, m.value)),
        (None, Some(_)) => switching.map(|s| (ChangeKind::Switching, s.value)),
        (Some((first, _)), Some((second, _))) => {
            reader.cx.report(
                Diagnostic::error(second, "`switching` together with `mutation`")
                    .label("expected only one of them")
                    .related(first, "the other one")
                    .help("a change is either a mutation at division (per division) or a switching of a live cell (per day)"),
            );
            None
        }
        (None, None) => {
            reader.cx.report(
                Diagnostic::error(reader.span.clone(), "a change without a rate")
                    .label("expected `mutation` or `switching`")
                    .help("add `mutation = \"1e-6 /division\"` or `switching = \"4e-4 /d\"`"),
            );
            None
        }
    }
}

fn with_drugs(
    reader: &Reader<'_>,
    with: Option<At<Entries>>,
    drugs: &[String],
) -> Option<Vec<(String, f64)>> {
    let Some(with) = with else {
        return if reader.has("with") { None } else { Some(Vec::new()) };
    };
    for (drug, _) in &with.value {
        known_drug(reader.cx, drug, drugs);
    }
    Some(with.value.into_iter().map(|(drug, rate)| (drug.value, rate.value)).collect())
}

/// Reports a drug that the scenario does not have.
pub(super) fn known_drug(cx: &Context<'_>, drug: &At<String>, drugs: &[String]) {
    if drugs.contains(&drug.value) {
        return;
    }
    let names = || drugs.iter().map(String::as_str);
    let help = match nearest(&drug.value, names()) {
        Some(near) => format!("did you mean `{near}`? drugs of this scenario: {}", list(names())),
        None => format!("drugs of this scenario: {}; add one with [[drug]]", list(names())),
    };
    cx.report(
        Diagnostic::error(drug.span.clone(), format!("unknown drug {}", shown(&drug.value)))
            .label("expected the name of a [[drug]]")
            .help(help),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_is_valid_and_sourced() {
        let catalogue = LocusCatalogue::embedded();
        for name in &catalogue.on_by_default {
            assert!(catalogue.find(name).is_some(), "{name}");
        }
        for locus in &catalogue.loci {
            assert!(!locus.description.is_empty(), "{}", locus.name);
            for change in &locus.changes {
                assert!(!change.source.is_empty(), "{} {}->{}", locus.name, change.from, change.to);
            }
        }
    }
}
