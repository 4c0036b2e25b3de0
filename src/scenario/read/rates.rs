//! `[rates]`, `[[rates.rule]]` and `[[rates.effect]]`.

use super::loci::known_drug;
use crate::scenario::check::Places;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{CellRates, Effect, Locus, RateRule, Rates};
use crate::scenario::reader::Reader;
use crate::scenario::selector;

pub(crate) fn read(reader: &Reader<'_>, loci: Option<&[Locus]>, drugs: &[String]) -> Option<(Rates, Places)> {
    let base = base(reader);
    let clearance = reader.quantity_or("clearance");
    let rule_readers = reader.tables("rule");
    let effect_readers = reader.tables("effect");
    let rules: Vec<Option<RateRule>> = rule_readers.iter().map(|r| rule(r, loci, drugs)).collect();
    let effects: Vec<Option<Effect>> = effect_readers.iter().map(|r| effect(r, loci, drugs)).collect();
    let clearance = clearance?;
    let places = Places {
        birth: reader.given("birth").map_or(reader.span.clone(), |(_, v)| v.span()),
        clearance: clearance.span.clone(),
        rules: rule_readers.into_iter().map(|r| r.span).collect(),
        effects: effect_readers.into_iter().map(|r| r.span).collect(),
        ..Places::default()
    };
    let rates = Rates {
        base: base?,
        clearance: clearance.value,
        rules: rules.into_iter().collect::<Option<_>>()?,
        effects: effects.into_iter().collect::<Option<_>>()?,
    };
    Some((rates, places))
}

/// What of `[rates]` goes with a patient.
const WITH_PATIENT: [&str; 2] = ["migration", "clearance"];

/// `[rates]` in mode `signalling`: migration and clearance alone; the rest follows from the patient and the network.
pub(crate) fn with_patient(root: &Reader<'_>) -> Option<(Rates, Places)> {
    let reader = root.table_or_defaults("rates")?;
    for key in reader.section.keys.iter().filter(|k| !WITH_PATIENT.contains(&k.name)) {
        let Some((span, _)) = reader.given(key.name) else {
            continue;
        };
        let why = match key.name {
            "birth" | "death" => {
                "they follow from `growth` and `coupled_loss` in [patient], and from the network"
            }
            "kill_at_division" => "the drugs of [therapy] bring it with them",
            "rule" => "rates of a state follow from what its levels do in the network, [[locus.network]]",
            _ => "what drugs of [therapy] do stands in the catalogue, `evotor drugs`",
        };
        reader.cx.report(
            Diagnostic::error(
                span,
                format!("`{}` of [rates] does not go with phenotype = \"signalling\"", key.name),
            )
            .label("expected only `migration` and `clearance`")
            .help(format!("remove it: {why}")),
        );
    }
    let (migration, clearance) = (reader.quantity("migration"), reader.quantity_or("clearance"));
    let (migration, clearance) = (migration?, clearance?);
    // Where no key is to blame, what cells die of without oxygen is.
    let oxygen = root.given("oxygen").map_or(0..0, |(_, v)| v.span());
    let places = Places {
        birth: reader.given("migration").map_or(oxygen, |(_, v)| v.span()),
        clearance: clearance.span,
        ..Places::default()
    };
    let base = CellRates { birth: 0.0, death: 0.0, migration: migration.value, kill_at_division: 0.0 };
    let rates = Rates { base, clearance: clearance.value, rules: Vec::new(), effects: Vec::new() };
    Some((rates, places))
}

fn base(reader: &Reader<'_>) -> Option<CellRates> {
    let (birth, death) = (reader.quantity("birth"), reader.quantity("death"));
    let (migration, kill) = (reader.quantity("migration"), reader.number("kill_at_division"));
    Some(CellRates {
        birth: birth?.value,
        death: death?.value,
        migration: migration?.value,
        kill_at_division: kill?.value,
    })
}

fn rule(reader: &Reader<'_>, loci: Option<&[Locus]>, drugs: &[String]) -> Option<RateRule> {
    let states = reader.selector("states");
    let names = reader.names("drugs");
    let (birth, death) = (reader.quantity("birth"), reader.quantity("death"));
    let (migration, kill) = (reader.quantity("migration"), reader.number("kill_at_division"));
    for name in names.iter().flat_map(|n| &n.value) {
        known_drug(reader.cx, name, drugs);
    }
    let changes = ["birth", "death", "migration", "kill_at_division"];
    if !changes.iter().any(|key| reader.has(key)) {
        reader.cx.report(
            Diagnostic::error(reader.span.clone(), "a rule without rates")
                .label("expected at least one of `birth`, `death`, `migration`, `kill_at_division`")
                .help("add the rate that the rule sets, or remove the rule"),
        );
    }
    let states = selector::read(reader.cx, loci?, &states?)?;
    Some(RateRule {
        states,
        drugs: names?.value.into_iter().map(|n| n.value).collect(),
        birth: birth.map(|v| v.value),
        death: death.map(|v| v.value),
        migration: migration.map(|v| v.value),
        kill_at_division: kill.map(|v| v.value),
    })
}

fn effect(reader: &Reader<'_>, loci: Option<&[Locus]>, drugs: &[String]) -> Option<Effect> {
    let drug = reader.name("drug");
    let states = reader.selector("states");
    let (birth, death) = (reader.number("birth_factor"), reader.number("death_factor"));
    let (add, migration) = (reader.quantity("death_add"), reader.number("migration_factor"));
    let kill = reader.number("kill_at_division");
    if let Some(drug) = &drug {
        known_drug(reader.cx, drug, drugs);
    }
    let states = selector::read(reader.cx, loci?, &states?)?;
    Some(Effect {
        drug: drug?.value,
        states,
        birth_factor: birth?.value,
        death_factor: death?.value,
        death_add: add?.value,
        migration_factor: migration?.value,
        kill_at_division: kill?.value,
    })
}
