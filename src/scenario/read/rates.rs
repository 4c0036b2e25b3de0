//! `[rates]`, `[[rates.rule]]` and `[[rates.effect]]`.

use crate::scenario::check::Places;
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::limits::RATES_MODE;
use crate::scenario::model::{CellRates, Effect, RateRule, Rates};

/// Rates of a cell, with phenotype = "rates". (With phenotype = "signalling" births, deaths and what drugs do
/// follow from the patient and the signalling network: then only `migration` and `clearance` may be given, and
/// the section may be left out.) For a state and a set of drugs that are on: the rates of this section, changed
/// by every matching rule in file order; birth multiplied by the birth factors of the cell's levels; then the
/// effects of every drug that is on.
#[derive(Debug, Section)]
#[section(path = "rates")]
pub(crate) struct RatesKeys {
    /// Division attempts of the sensitive cell.
    #[key(quantity(Rate), required_in = RATES_MODE, example = "0.025 /d")]
    pub(crate) birth: f64,
    /// Deaths of the sensitive cell.
    #[key(quantity(Rate), required_in = RATES_MODE, example = "0.0215 /d")]
    pub(crate) death: f64,
    /// Moves of the sensitive cell.
    #[key(quantity(Rate), default = "0 /d", example = "0.01 /d")]
    pub(crate) migration: f64,
    /// Probability that a division attempt kills the mother instead.
    #[key(FRACTION, default = 0.0, example = 0.1)]
    pub(crate) kill_at_division: f64,
    /// Rate at which dead cells give their site free, or "at once" (C; an order of magnitude).
    #[key(Kind::QuantityOr(Rate, "at once"), default = "0.1 /d")]
    pub(crate) clearance: At<Option<f64>>,
    /// Rates that replace those above for some states.
    #[key(section, absent = "no rules")]
    pub(crate) rule: Vec<RateRule>,
    /// What drugs do.
    #[key(section, absent = "no effects")]
    pub(crate) effect: Vec<Effect>,
}

impl RatesKeys {
    /// The keys of the rates of mode `rates`.
    pub fn of(rates: &Rates) -> RatesKeys {
        let CellRates { birth, death, migration, kill_at_division } = rates.base;
        let (clearance, rule, effect) = (rates.clearance, rates.rules.clone(), rates.effects.clone());
        let clearance = At::new(clearance, 0..0);
        RatesKeys { birth, death, migration, kill_at_division, clearance, rule, effect }
    }
}

/// The rates of mode `rates`, with the places that checks point at.
pub(crate) fn read(reader: &Reader<'_>) -> Option<(Rates, Places)> {
    let RatesKeys { birth, death, migration, kill_at_division, clearance, rule, effect } =
        RatesKeys::read(reader)?;
    let spans = |name| reader.tables(name).into_iter().map(|r| r.span).collect();
    let places = Places {
        birth: reader.place("birth"),
        clearance: clearance.span,
        rules: spans("rule"),
        effects: spans("effect"),
        ..Places::default()
    };
    let base = CellRates { birth, death, migration, kill_at_division };
    Some((Rates { base, clearance: clearance.value, rules: rule, effects: effect }, places))
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
        Diagnostic::error(
            span,
            format!("`{}` of [rates] does not go with phenotype = \"signalling\"", key.name),
        )
        .label("expected only `migration` and `clearance`")
        .help(format!("remove it: {why}"))
        .report(reader.cx);
    }
    let (migration, clearance) =
        (reader.value::<Plain, f64>("migration"), reader.placed::<Plain, Option<f64>>("clearance"));
    let (migration, clearance) = (migration?, clearance?);
    // Where no key is to blame, what cells die of without oxygen is.
    let oxygen = root.given("oxygen").map_or(0..0, |(_, v)| v.span());
    let places = Places {
        birth: reader.given("migration").map_or(oxygen, |(_, v)| v.span()),
        clearance: clearance.span,
        ..Places::default()
    };
    let base = CellRates { birth: 0.0, death: 0.0, migration, kill_at_division: 0.0 };
    let rates = Rates { base, clearance: clearance.value, rules: Vec::new(), effects: Vec::new() };
    Some((rates, places))
}
