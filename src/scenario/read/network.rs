//! `[[locus.network]]`, and what drugs do to a change through the network.

use super::parts;
use crate::catalogue::{
    Confidence, Inducer, Induction, LevelEffect, NetworkInput, Number, Suppression, TscContext,
};
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::units::number_text;

/// What a level of the locus does to one input of the signalling network. Values of several loci for one input
/// are summed (`rtk`, `kras`, `aurka`, `gsk3`, `gsk3_death`, `vessels`), the smallest counts (`coupling`), or they are multiplied (all
/// others).
#[derive(Debug, Section)]
#[section(path = "locus.network", heading = "[[locus.network]]", given = judge_value)]
pub(crate) struct NetworkKeys {
    /// The level; level 0 is the sensitive cell, to which all is compared.
    #[key(integer(1, 3), required, example = 1)]
    pub(crate) level: u32,
    /// The input.
    #[key(required, example = "rtk")]
    pub(crate) input: NetworkInput,
    /// Its value; at most 1 for `tsc`, `pten`, `coupling` and `vessels`; where vessels live, those of all loci for `vegf` multiply to at
    /// most 15.
    #[key(number(0.0, 100.0), required, example = 1.3)]
    pub(crate) value: f64,
    /// Only in patients whose TSC loss is hypersensitive (H) or resistant (R).
    #[key(absent = "all patients", example = "R")]
    pub(crate) tsc_context: Option<TscContext>,
    /// Coefficient of variation between patients, log-normal; 0 for none.
    #[key(number(0.0, 10.0), default = 0.0, example = 0.5)]
    pub(crate) cv: f64,
    /// Where the number comes from.
    #[key(default = "", example = "BMC Cancer 10:3")]
    pub(crate) source: String,
    /// A: direct human number; B: one good study; C: order of magnitude or a choice of the model.
    #[key(default = "C")]
    pub(crate) confidence: Confidence,
}

/// Drugs add `rate` times an inhibition to the rate of the change.
#[derive(Debug, Section)]
#[section(path = "locus.change.induced", heading = "induced = { … }")]
pub(crate) struct InducedKeys {
    /// Added at full inhibition, in the unit of the change: per division for a mutation, per day for a
    /// switching.
    #[key(required, example = "4e-4 /d")]
    pub(crate) rate: ChangeRate,
    /// Which inhibition, 0 to 1: the fall of S6K below the same state without drugs, the share of mTORC1
    /// that a rapalog holds, or the inhibition of VEGF or its receptors in vessels.
    #[key(required, example = "s6k_inhibition")]
    pub(crate) by: Inducer,
    /// Coefficient of variation between patients, log-normal; 0 for none.
    #[key(number(0.0, 10.0), default = 0.0, example = 0.5)]
    pub(crate) cv: f64,
    /// Where the number comes from.
    #[key(default = "", example = "BMC Cancer 10:3")]
    pub(crate) source: String,
    /// A: direct human number; B: one good study; C: order of magnitude or a choice of the model.
    #[key(default = "C")]
    pub(crate) confidence: Confidence,
}

/// The rate of the change is multiplied by one minus `share` times an inhibition.
#[derive(Debug, Section)]
#[section(path = "locus.change.suppressed", heading = "suppressed = { … }")]
pub(crate) struct SuppressedKeys {
    /// Share of the rate that full inhibition removes.
    #[key(FRACTION, required, example = 1.0)]
    pub(crate) share: f64,
    /// Which inhibition, 0 to 1: the fall of S6K below the same state without drugs, the share of mTORC1
    /// that a rapalog holds, or the inhibition of VEGF or its receptors in vessels.
    #[key(required, example = "s6k_inhibition")]
    pub(crate) by: Inducer,
    /// Coefficient of variation between patients, log-normal; 0 for none.
    #[key(number(0.0, 10.0), default = 0.0, example = 0.5)]
    pub(crate) cv: f64,
    /// Where the number comes from.
    #[key(default = "", example = "BMC Cancer 10:3")]
    pub(crate) source: String,
    /// A: direct human number; B: one good study; C: order of magnitude or a choice of the model.
    #[key(default = "C")]
    pub(crate) confidence: Confidence,
}

impl NetworkKeys {
    /// The keys of what a level does.
    pub fn of(effect: &LevelEffect) -> NetworkKeys {
        let Number { value, cv, source, confidence } = effect.value.clone();
        let LevelEffect { level, input, tsc_context, .. } = *effect;
        NetworkKeys { level: level.into(), input, value, tsc_context, cv, source, confidence }
    }
}

/// Whether the value is one that the input can have.
fn judge_value(reader: &Reader<'_>) {
    let (input, value) = (reader.peek::<Plain, NetworkInput>("input"), reader.peek::<Plain, f64>("value"));
    if let Some((input, value)) = input.zip(value).filter(|(input, value)| *value > input.largest()) {
        let largest = number_text(input.largest());
        reader.refuse(
            "value",
            format!("`{}` is {}", input.word(), number_text(value)),
            format!("expected at most {largest}: {}", input.meaning()),
            format!("write a number from 0 to {largest}"),
        );
    }
}

/// Where an effect holds: level, input, context.
type EffectPlace = (u8, NetworkInput, Option<TscContext>);

/// Whether two effects would hold in one cell.
fn meet(a: EffectPlace, b: EffectPlace) -> bool {
    let context = a.2.zip(b.2).is_none_or(|(a, b)| a == b);
    (a.0, a.1) == (b.0, b.1) && context
}

/// What the levels of a locus do in the network.
pub(super) fn effects(reader: &Reader<'_>, levels: usize) -> Option<Vec<LevelEffect>> {
    let mut seen: Vec<(EffectPlace, std::ops::Range<usize>)> = Vec::new();
    let mut read = Vec::new();
    for (reader, keys) in reader.each::<NetworkKeys>("network") {
        let level = parts::level(&reader, "level", levels);
        if let Some((level, input)) = level.zip(reader.peek::<Plain, NetworkInput>("input")) {
            let place = (level, input, reader.peek::<Plain, TscContext>("tsc_context"));
            if let Some((_, first)) = seen.iter().find(|(other, _)| meet(*other, place)) {
                Diagnostic::error(
                    reader.span.clone(),
                    format!("a second `{}` of level {level}", input.word()),
                )
                .label("expected each input once for a level")
                .related(first.clone(), "the first one")
                .help("remove one of the two")
                .report(reader.cx);
            }
            seen.push((place, reader.span.clone()));
        }
        read.push(keys.zip(level).map(|(keys, level)| {
            let NetworkKeys { input, tsc_context, value, cv, source, confidence, .. } = keys;
            LevelEffect { level, input, tsc_context, value: Number { value, cv, source, confidence } }
        }));
    }
    read.into_iter().collect()
}

impl InducedKeys {
    /// The keys of what drugs add.
    pub fn of(induction: &Induction, dimension: Dimension) -> InducedKeys {
        let Number { value, cv, source, confidence } = induction.rate.clone();
        InducedKeys { rate: ChangeRate { value, dimension }, by: induction.by, cv, source, confidence }
    }

    /// What drugs add.
    pub fn induction(self) -> Induction {
        let InducedKeys { rate, by, cv, source, confidence } = self;
        Induction { rate: Number { value: rate.value, cv, source, confidence }, by }
    }
}

impl SuppressedKeys {
    /// The keys of what drugs take away.
    pub fn of(suppression: &Suppression) -> SuppressedKeys {
        let Number { value, cv, source, confidence } = suppression.share.clone();
        SuppressedKeys { share: value, by: suppression.by, cv, source, confidence }
    }

    /// What drugs take away.
    pub fn suppression(self) -> Suppression {
        let SuppressedKeys { share, by, cv, source, confidence } = self;
        Suppression { share: Number { value: share, cv, source, confidence }, by }
    }
}
