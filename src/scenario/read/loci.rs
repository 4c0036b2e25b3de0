//! `loci` and `[[locus]]`: heritable traits, from the catalogue and from the scenario.

use std::sync::LazyLock;

use toml::de::DeTable;

use super::network::{self, InducedKeys, NetworkKeys, SuppressedKeys};
use super::parts;
use crate::catalogue::{Confidence, LevelEffect, MAX_VEGF_FACTOR, NetworkInput};
use crate::scenario::context::Context;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Span, plural};
use crate::scenario::model::{Change, ChangeKind, Locus};
use crate::scenario::nearest::{list, nearest};
use crate::scenario::selector::RESERVED;
use crate::scenario::shown::shown;
use crate::scenario::units::number_text;

/// Bits of a state code.
const STATE_BITS: u32 = 12;

/// Most switching moves that can leave one state.
const MAX_MOVES: usize = 15;

/// The catalogue of loci that is part of the program.
#[derive(Section)]
#[section(path = "catalogue", heading = "catalogue", keys)]
#[expect(dead_code, reason = "its keys are all that is wanted of it")]
struct LocusFileKeys {
    /// Loci that a scenario has unless it says otherwise.
    #[key(names(Word), required, example = ["tsc"])]
    on_by_default: Vec<String>,
    /// Loci that it has beside these where vessels live.
    #[key(names(Word), default = [], example = ["angiogenesis"])]
    on_with_vessels: Vec<String>,
    /// The loci.
    #[key(section, required)]
    locus: Vec<LocusKeys>,
}

/// The loci that are part of the program.
#[derive(Debug)]
pub(crate) struct LocusCatalogue {
    pub loci: Vec<Locus>,
    pub on_by_default: Vec<String>,
    pub on_with_vessels: Vec<String>,
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
        let root = Reader::new(&cx, LocusFileKeys::SECTION, parsed.get_ref(), 0..0);
        let on = root.placed::<Plain, Vec<At<String>>>("on_by_default");
        let with_vessels = root.value::<Plain, Vec<At<String>>>("on_with_vessels").unwrap_or_default();
        let loci: Option<Vec<Locus>> = root.tables("locus").iter().map(|r| locus(r).1).collect();
        match (on, loci) {
            (Some(on), Some(loci)) if !cx.has_errors() => {
                let on_by_default = on.value.into_iter().map(|n| n.value).collect();
                let on_with_vessels = with_vessels.into_iter().map(|n| n.value).collect();
                Ok(LocusCatalogue { loci, on_by_default, on_with_vessels })
            }
            _ => Err(cx.finish()),
        }
    }

    /// Loci of a scenario that lists none.
    fn unlisted(&self, has_vessels: bool) -> impl Iterator<Item = &String> {
        let of_vessels = if has_vessels { &self.on_with_vessels[..] } else { &[] };
        self.on_by_default.iter().chain(of_vessels)
    }

    fn find(&self, name: &str) -> Option<&Locus> {
        self.loci.iter().find(|l| l.name == name)
    }
}

/// A locus as read from the file: its name, and the whole if nothing is wrong with it.
type OwnLocus = (Option<At<String>>, Option<At<Locus>>);

/// The scenario's loci: those of `loci` first, then the others of `[[locus]]`. Without `loci` they are those of the catalogue that are on by
/// default, where vessels live or not.
pub(crate) fn read(root: &Reader<'_>, has_vessels: bool) -> Option<Vec<At<Locus>>> {
    let readers = root.tables("locus");
    let own: Vec<OwnLocus> = readers
        .iter()
        .map(|r| {
            let (name, read) = locus(r);
            (name, read.map(|l| At::new(l, r.span.clone())))
        })
        .collect();
    let listed = root.placed::<Plain, Vec<At<String>>>("loci");
    if root.has("loci") && listed.is_none() {
        return None;
    }
    let names: Vec<At<String>> = match listed {
        Some(listed) => listed.value,
        None => {
            let on = LocusCatalogue::embedded().unlisted(has_vessels);
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
    fits_code(root.cx, &loci, place.clone());
    if has_vessels {
        fits_tissue(root.cx, &loci, place);
    }
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
    Diagnostic::error(name.span.clone(), format!("unknown locus {}", shown(&name.value)))
        .label("expected a locus of the catalogue or of this file")
        .help(help)
        .fail(cx)
}

fn twice(cx: &Context<'_>, what: &str, names: &[At<String>]) {
    for (index, name) in names.iter().enumerate() {
        if let Some(first) = names[..index].iter().find(|n| n.value == name.value) {
            Diagnostic::error(name.span.clone(), format!("a second {what} `{}`", name.value))
                .label("expected another name")
                .related(first.span.clone(), "the first one")
                .help("remove one of them, or rename it")
                .report(cx);
        }
    }
}

fn fits_code(cx: &Context<'_>, loci: &[At<Locus>], place: std::ops::Range<usize>) {
    let bits = |l: &Locus| l.levels.len().next_power_of_two().trailing_zeros();
    let total: u32 = loci.iter().map(|l| bits(&l.value)).sum();
    let each: Vec<String> = loci.iter().map(|l| format!("{} {}", l.value.name, bits(&l.value))).collect();
    if total > STATE_BITS {
        Diagnostic::error(place.clone(), format!("the loci need {total} bits of a cell's state"))
            .label(format!("expected at most {STATE_BITS}: 1 for two levels, 2 for three or four"))
            .note(format!("bits: {}", each.join(", ")))
            .help("name only the loci that the scenario needs: `loci = [\"rtk\"]`")
            .report(cx);
    }
    let leaving = |l: &Locus, level: usize| {
        let moves = |c: &&Change| c.kind == ChangeKind::Switching && usize::from(c.from) == level;
        l.changes.iter().filter(moves).count()
    };
    let most = |l: &Locus| (0..l.levels.len()).map(|v| leaving(l, v)).max().unwrap_or(0);
    let moves: usize = loci.iter().map(|l| most(&l.value)).sum();
    if moves > MAX_MOVES {
        Diagnostic::error(place, format!("{moves} switching moves leave one state"))
            .label(format!("expected at most {MAX_MOVES}"))
            .help("remove loci or switching changes, or let a change be a mutation")
            .report(cx);
    }
}

/// Where vessels live, cells secrete VEGF by the factors of their loci, and the engine's numbers end somewhere.
fn fits_tissue(cx: &Context<'_>, loci: &[At<Locus>], place: std::ops::Range<usize>) {
    let of_vegf = |e: &&LevelEffect| e.input == NetworkInput::Vegf && e.tsc_context.is_none();
    let most = |l: &Locus| l.network.iter().filter(of_vegf).map(|e| e.value.value).fold(1.0, f64::max);
    let all: f64 = loci.iter().map(|l| most(&l.value)).product();
    if all <= f64::from(MAX_VEGF_FACTOR) {
        return;
    }
    let raising = loci.iter().filter(|l| most(&l.value) > 1.0);
    let each: Vec<String> =
        raising.map(|l| format!("{} {}", l.value.name, number_text(most(&l.value)))).collect();
    Diagnostic::error(place, format!("some cells secrete {} times the VEGF of others", number_text(all)))
        .label(format!("expected at most {MAX_VEGF_FACTOR} times by all loci together, where vessels live"))
        .note(format!("largest factors: {}", each.join(", ")))
        .help("lower a `value` of input `vegf` in [[locus.network]], or name fewer loci")
        .report(cx);
}

/// A heritable trait with two to four levels; level 0 is the sensitive one. All loci together have at most 12
/// bits: one for two levels, two for three or four.
#[derive(Debug, Section)]
#[section(path = "locus", heading = "[[locus]]")]
pub(crate) struct LocusKeys {
    /// Name, as used in selectors.
    #[key(name(Word), required, example = "rtk")]
    pub(crate) name: At<String>,
    /// What it is, in one sentence.
    #[key(default = "", example = "RTK upregulation")]
    pub(crate) description: String,
    /// Names of the levels, level 0 first.
    #[key(names(Word), required, example = ["normal", "up"])]
    pub(crate) levels: Vec<At<String>>,
    /// Factor on the birth rate at each level (fitness cost or gain); 1 at level 0.
    #[key(Kind::Numbers(Bounds::closed(0.0, 1000.0)), derived = "1 at every level", example = [1.0, 0.9])]
    pub(crate) birth_factor: Option<Vec<At<f64>>>,
    /// What the levels do in the signalling network.
    #[key(section, absent = "the locus does nothing in the signalling network")]
    pub(crate) network: Vec<NetworkKeys>,
    /// Possible changes of the level.
    #[key(section, absent = "the locus never changes")]
    pub(crate) change: Vec<ChangeKeys>,
}

/// One possible change of a locus: either `mutation` or `switching` is given.
#[derive(Debug, Section)]
#[section(path = "locus.change", heading = "[[locus.change]]", given = judge_change)]
pub(crate) struct ChangeKeys {
    /// Level before.
    #[key(integer(0, 3), required, example = 0)]
    pub(crate) from: u32,
    /// Level after.
    #[key(integer(0, 3), required, example = 1)]
    pub(crate) to: u32,
    /// Probability per completed division; each daughter draws at half of it. A mutation founds a clone.
    #[key(quantity(PerDivision), absent = "the change is a switching", example = "1e-4 /division")]
    pub(crate) mutation: Option<f64>,
    /// Rate of a live cell; inherited, founds no clone.
    #[key(quantity(Rate), absent = "the change is a mutation", example = "4e-4 /d")]
    pub(crate) switching: Option<f64>,
    /// Rates that replace the one above while the named drug is on; the largest where several are on.
    #[key(
        absent = "drugs do not alter the rate", example = { rapalog = "4e-4 /d" },
    )]
    pub(crate) with: Option<Vec<(At<String>, At<ChangeRate>)>>,
    /// What drugs add to the rate through the signalling network; without effect on the phenotype of \[rates\].
    #[key(
        section, absent = "drugs add nothing to the rate through the network",
        example = { rate = "4e-4 /d", by = "s6k_inhibition" },
    )]
    pub(crate) induced: Option<InducedKeys>,
    /// What drugs take from the rate through the signalling network; without effect on the phenotype of
    /// \[rates\].
    #[key(
        section, absent = "drugs take nothing from the rate through the network",
        example = { share = 1.0, by = "s6k_inhibition" },
    )]
    pub(crate) suppressed: Option<SuppressedKeys>,
    /// Where the number comes from.
    #[key(default = "", example = "BMC Cancer 10:3")]
    pub(crate) source: String,
    /// A: direct human number; B: one good study; C: order of magnitude or a choice of the model.
    #[key(default = "C")]
    pub(crate) confidence: Confidence,
}

impl LocusKeys {
    /// The keys of a locus.
    pub fn of(locus: &Locus) -> LocusKeys {
        let at = |text: &String| At::new(text.clone(), 0..0);
        LocusKeys {
            name: at(&locus.name),
            description: locus.description.clone(),
            levels: locus.levels.iter().map(at).collect(),
            birth_factor: Some(locus.birth_factor.iter().map(|f| At::new(*f, 0..0)).collect()),
            network: locus.network.iter().map(NetworkKeys::of).collect(),
            change: locus.changes.iter().map(ChangeKeys::of).collect(),
        }
    }
}

/// Reads one `[[locus]]`; its name is given even if the rest is wrong.
fn locus(reader: &Reader<'_>) -> (Option<At<String>>, Option<Locus>) {
    let keys = LocusKeys::read(reader);
    let name = reader.peek::<Plain, String>("name").map(|name| At::new(name, reader.place("name")));
    if let Some(name) = name.as_ref().filter(|name| RESERVED.contains(&name.value.as_str())) {
        reader.refuse(
            "name",
            format!("a locus cannot be called `{}`", name.value),
            "expected another name",
            "`any` and `sensitive` are words of selectors",
        );
    }
    let Some(levels) = levels(reader) else { return (name, None) };
    let count = levels.len();
    let birth_factor = birth_factors(reader, count);
    let (network, changes) = (network::effects(reader, count), changes(reader, count));
    let whole = || {
        let keys = keys?;
        Some(Locus {
            name: keys.name.value,
            description: keys.description,
            levels,
            birth_factor: birth_factor?,
            network: network?,
            changes: changes?,
        })
    };
    (name, whole())
}

/// Names of the levels; reports a number of them that no locus can have.
fn levels(reader: &Reader<'_>) -> Option<Vec<String>> {
    let levels = reader.peek::<Plain, Vec<At<String>>>("levels")?;
    let count = levels.len();
    twice(reader.cx, "level", &levels);
    if (2..=4).contains(&count) {
        return Some(levels.into_iter().map(|l| l.value).collect());
    }
    let few = count < 2;
    reader.refused(
        "levels",
        format!("a locus with {}", plural(count, "level")),
        "expected 2, 3 or 4 levels, the sensitive one first",
        if few { "for example `levels = [\"normal\", \"up\"]`" } else { "split the trait into two loci" },
    )
}

fn birth_factors(reader: &Reader<'_>, levels: usize) -> Option<Vec<f64>> {
    let Some(factors) = reader.peek::<Plain, Vec<At<f64>>>("birth_factor") else {
        return Some(vec![1.0; levels]);
    };
    let found = factors.len();
    if found != levels {
        return Diagnostic::error(
            reader.place("birth_factor"),
            format!("`birth_factor` has {found} numbers for {levels} levels"),
        )
        .label(format!("expected {levels} numbers"))
        .related(reader.place("levels"), "the levels")
        .help("give one factor for each level, 1 for level 0")
        .fail(reader.cx);
    }
    if let Some(first) = factors.first().filter(|f| f.value != 1.0) {
        Diagnostic::error(first.span.clone(), format!("the birth factor of level 0 is {}", first.value))
            .label("expected 1: level 0 is the sensitive level, to which the others are compared")
            .help("change `birth` in [rates] instead, and divide the other factors")
            .report(reader.cx);
    }
    Some(factors.into_iter().map(|f| f.value).collect())
}

fn changes(reader: &Reader<'_>, levels: usize) -> Option<Vec<Change>> {
    let mut moves: Vec<(u8, u8, Span)> = Vec::new();
    let mut read = Vec::new();
    for (reader, keys) in reader.each::<ChangeKeys>("change") {
        let [from, to] = ["from", "to"].map(|key| parts::level(&reader, key, levels));
        if let Some((from, to)) = from.zip(to) {
            let same = moves.iter().find(|(f, t, _)| (*f, *t) == (from, to));
            if let Some((_, _, first)) = same {
                Diagnostic::error(reader.span.clone(), format!("a second change from {from} to {to}"))
                    .label("expected one change for each pair of levels")
                    .related(first.clone(), "the first one")
                    .help("merge the two; `with` gives other rates under drugs")
                    .report(reader.cx);
            }
            moves.push((from, to, reader.span.clone()));
        }
        read.push(keys.zip(from.zip(to)).and_then(|(keys, (from, to))| keys.change(from, to)));
    }
    read.into_iter().collect()
}

/// Rates of a change, and their units.
fn judge_change(reader: &Reader<'_>) {
    let level = |key| reader.peek::<Plain, u32>(key);
    if let Some(from) = level("from").filter(|from| level("to") == Some(*from)) {
        Diagnostic::error(reader.place("to"), format!("a change from level {from} to itself"))
            .label("expected another level")
            .related(reader.place("from"), "the level before")
            .help("correct one of the two levels, or remove the change")
            .report(reader.cx);
    }
    let kind = match (reader.has("mutation"), reader.has("switching")) {
        (true, false) => ChangeKind::Mutation,
        (false, true) => ChangeKind::Switching,
        (true, true) => {
            return reader.exclusive(
                "switching",
                "mutation",
                "a change is either a mutation at division (per division) or a switching of a live cell (per day)",
            );
        }
        (false, false) => {
            return reader.refuse(
                "",
                "a change without a rate",
                "expected `mutation` or `switching`",
                "add `mutation = \"1e-6 /division\"` or `switching = \"4e-4 /d\"`",
            );
        }
    };
    for (drug, rate) in reader.peek::<Plain, Vec<(At<String>, At<ChangeRate>)>>("with").unwrap_or_default() {
        reader.cx.known_drug(&drug);
        kind.judge_unit(reader, "with", rate.value, rate.span);
    }
    if let Some(induced) = reader.table("induced")
        && let Some(rate) = induced.peek::<Plain, ChangeRate>("rate")
    {
        kind.judge_unit(reader, "rate", rate, induced.place("rate"));
    }
}

impl ChangeKeys {
    fn of(change: &Change) -> ChangeKeys {
        let is_mutation = change.kind == ChangeKind::Mutation;
        let dimension = change.kind.dimension();
        let at = |value: f64| At::new(ChangeRate { value, dimension }, 0..0);
        let with: Vec<_> = change.with.iter().map(|(d, r)| (At::new(d.clone(), 0..0), at(*r))).collect();
        ChangeKeys {
            from: change.from.into(),
            to: change.to.into(),
            mutation: is_mutation.then_some(change.rate),
            switching: (!is_mutation).then_some(change.rate),
            with: (!with.is_empty()).then_some(with),
            induced: change.induced.as_ref().map(|i| InducedKeys::of(i, dimension)),
            suppressed: change.suppressed.as_ref().map(SuppressedKeys::of),
            source: change.source.clone(),
            confidence: change.confidence,
        }
    }

    /// The change between these levels; none without a rate of one kind.
    fn change(self, from: u8, to: u8) -> Option<Change> {
        let (kind, rate) = match (self.mutation, self.switching) {
            (Some(rate), None) => (ChangeKind::Mutation, rate),
            (None, Some(rate)) => (ChangeKind::Switching, rate),
            _ => return None,
        };
        let with = self.with.unwrap_or_default();
        Some(Change {
            from,
            to,
            kind,
            rate,
            with: with.into_iter().map(|(drug, rate)| (drug.value, rate.value.value)).collect(),
            induced: self.induced.map(InducedKeys::induction),
            suppressed: self.suppressed.map(SuppressedKeys::suppression),
            source: self.source,
            confidence: self.confidence,
        })
    }
}

impl ChangeKind {
    /// What its rate is measured in.
    fn dimension(self) -> Dimension {
        if self == ChangeKind::Mutation { Dimension::PerDivision } else { Dimension::Rate }
    }

    /// Reports a rate in the unit of the other kind.
    fn judge_unit(self, reader: &Reader<'_>, key: &str, rate: ChangeRate, place: Span) {
        let wanted = self.dimension();
        if rate.dimension != wanted {
            let (unit, is) = (rate.dimension.canonical(), rate.dimension.name());
            let found = format!("`{key}` must be {}, but `{unit}` is {is}", wanted.name());
            let error = Diagnostic::error(place, found);
            let expected = format!("expected {} with its unit: {}", wanted.name(), wanted.unit_list());
            let example = format!("write for example \"{} {}\"", wanted.example(), wanted.canonical());
            error.label(expected).help(example).report(reader.cx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_is_valid_and_sourced() {
        let catalogue = LocusCatalogue::embedded();
        for name in catalogue.unlisted(true) {
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
