//! From local drug concentrations to the inhibition of the network's nodes, by state.
//!
//! `E = max · Cʰ / (EC50ʰ + Cʰ)`, `C` the unbound local concentration in nM. A state may shift EC50 and
//! maximum of a target; several shifts multiply. Drugs on one node combine as independent events (Bliss).
//! What a state does to the network is not a shift: a shift is what it does to *binding*, or what the network
//! leaves unexplained and the catalogue says so.

use crate::catalogue::{Analyte, CellKill, Drug, Hormone, KillKind, Node, Shift, Target};
use crate::scenario::{Condition, Locus, SelectorError, catalogue_loci, parse_selector};

use super::patient::PatientBiology;
use super::signalling::{Hill, Inhibition};

/// Where a drug is: concentrations at the cell.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Exposure {
    /// Unbound parent drug, nM.
    pub parent_nm: f64,
    /// Unbound active metabolite, nM.
    pub metabolite_nm: f64,
    /// Daily average in the measured matrix, ng/mL.
    pub average: f64,
    /// What radiation does to attempts to divide: they survive with probability `exp(−radiation)`. In proportion to dose while few
    /// cells are hit (`irradiation.rs`).
    pub radiation: f64,
    /// Daily average in the blood, ng/mL, by which hormones are moved: the same wherever the cell is.
    pub systemic: f64,
    /// Inhibition of VEGF or its receptors in vessels by this drug, 0 to 1: what cells meet by the want of vessels that it brings.
    pub vegf_blockade: f64,
}

impl Exposure {
    /// A drug without metabolite at this unbound concentration, nM, as in a dish: no hormones are moved.
    pub fn bath(parent_nm: f64) -> Self {
        Self { parent_nm, ..Self::default() }
    }

    fn of(&self, analyte: Analyte) -> f64 {
        match analyte {
            Analyte::Parent => self.parent_nm,
            Analyte::Metabolite => self.metabolite_nm,
            Analyte::Sum => self.parent_nm + self.metabolite_nm,
        }
    }
}

/// What drugs do to a cell at one time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Effects {
    /// Inhibition of the network's nodes, and hormones.
    pub inhibition: Inhibition,
    /// Deaths added, per day.
    pub death: f64,
    /// Probability of dying at a division attempt.
    pub kill_at_division: f64,
    /// Inhibition of VEGF or its receptors in vessels, 0 to 1.
    pub vegf_blockade: f64,
}

/// Why the potency of a drug cannot be worked out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PotencyError {
    /// A shift names what no locus has.
    #[error("use the shifts of `{drug}`: {reason}")]
    Shift {
        /// The drug.
        drug: String,
        /// What is wrong.
        reason: SelectorError,
    },
    /// A number with which no effect can be computed.
    #[error("use `{drug}`: its {what} is {value}, it must be above 0")]
    Number {
        /// The drug.
        drug: String,
        /// Which number.
        what: &'static str,
        /// The number.
        value: f64,
    },
}

/// A shift prepared for the scenario's loci.
#[derive(Debug, Clone, PartialEq)]
struct PreparedDrug {
    conditions: Vec<Condition>,
    ec50: f64,
    maximum: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Binding {
    drug: usize,
    node: Node,
    analyte: Analyte,
    ec50: f64,
    hill: f64,
    maximum: f64,
    shifts: Vec<PreparedDrug>,
}

/// What a drug does to a hormone; the same in all states.
#[derive(Debug, Clone, Copy, PartialEq)]
struct HormoneShift {
    drug: usize,
    hormone: Hormone,
    response: Hill,
    factor: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Killing {
    drug: usize,
    kind: KillKind,
    node: Option<Node>,
    strength: f64,
    ec50: Option<f64>,
    shifts: Vec<PreparedDrug>,
}

/// Targets and kills of a list of drugs, prepared for a scenario's loci and one patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Potency {
    bindings: Vec<Binding>,
    hormones: Vec<HormoneShift>,
    kills: Vec<Killing>,
}

impl Potency {
    /// Prepares drugs. Shifts may name loci that the scenario does not have but the catalogue does: there
    /// the cell is at level 0.
    ///
    /// # Errors
    ///
    /// [`PotencyError`] if a shift cannot be read or a number makes no sense.
    pub fn compile(drugs: &[Drug], loci: &[Locus], patient: &PatientBiology) -> Result<Self, PotencyError> {
        let known = known_loci(loci);
        let (mut bindings, mut hormones, mut kills) = (Vec::new(), Vec::new(), Vec::new());
        for (index, drug) in drugs.iter().enumerate() {
            let shifts = |shifts: &[Shift]| prepared(&drug.name, shifts, &known, loci.len(), patient);
            for target in &drug.targets {
                let shifts = shifts(&target.shifts)?;
                bindings.push(binding(index, &drug.name, target, shifts, patient)?);
            }
            hormones.extend(drug.hormones.iter().map(|effect| HormoneShift {
                drug: index,
                hormone: effect.hormone,
                response: Hill::new(effect.ec50.value, effect.hill.value),
                factor: effect.factor.value,
            }));
            for kill in &drug.kills {
                if matches!(kill.kind, KillKind::Death | KillKind::AtDivision | KillKind::Radiation) {
                    kills.push(killing(index, kill, shifts(&kill.shifts)?, patient));
                }
            }
        }
        Ok(Self { bindings, hormones, kills })
    }

    /// The same for cells with these levels: shifts are worked out, only concentrations are left open.
    pub fn of_state(&self, levels: &[u8]) -> StatePotency {
        let bindings = self.bindings.iter().map(|b| {
            let (ec50, maximum) = shifted(&b.shifts, levels);
            StateBinding {
                drug: b.drug,
                node: b.node,
                analyte: b.analyte,
                response: Hill::new(b.ec50 * ec50, b.hill),
                maximum: (b.maximum * maximum).clamp(0.0, 1.0),
            }
        });
        let kills = self.kills.iter().map(|k| {
            let (ec50, factor) = shifted(&k.shifts, levels);
            StateKill {
                drug: k.drug,
                kind: k.kind,
                node: k.node,
                strength: k.strength * factor,
                response: k.ec50.map(|own| Hill::new(own * ec50, 1.0)),
            }
        });
        StatePotency { bindings: bindings.collect(), hormones: self.hormones.clone(), kills: kills.collect() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct StateBinding {
    drug: usize,
    node: Node,
    analyte: Analyte,
    response: Hill,
    maximum: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct StateKill {
    drug: usize,
    kind: KillKind,
    node: Option<Node>,
    strength: f64,
    response: Option<Hill>,
}

/// Potency of the drugs in one state.
#[derive(Debug, Clone, PartialEq)]
pub struct StatePotency {
    bindings: Vec<StateBinding>,
    hormones: Vec<HormoneShift>,
    kills: Vec<StateKill>,
}

impl StatePotency {
    /// Inhibition of the network and hormones at these exposures, one for each drug in the order of
    /// [`Potency::compile`]; a drug without exposure is absent.
    pub fn inhibition(&self, exposures: &[Exposure]) -> Inhibition {
        let mut all = Inhibition::NONE;
        for binding in &self.bindings {
            all.add(binding.node, binding.effect(exposures));
        }
        for shift in &self.hormones {
            let level = exposures.get(shift.drug).map_or(0.0, |e| e.systemic.max(0.0));
            all.scale(shift.hormone, 1.0 + (shift.factor - 1.0) * shift.response.of(level));
        }
        all
    }

    /// Inhibition and direct kills.
    pub fn effects(&self, exposures: &[Exposure]) -> Effects {
        let spared: f64 = exposures.iter().map(|e| 1.0 - e.vegf_blockade).product();
        let mut effects = Effects {
            inhibition: self.inhibition(exposures),
            vegf_blockade: 1.0 - spared,
            ..Effects::default()
        };
        for kill in &self.kills {
            let strength = match kill.kind {
                KillKind::Radiation => {
                    let level = exposures.get(kill.drug).map_or(0.0, |e| e.radiation);
                    -libm::expm1(-kill.strength * level)
                }
                _ => kill.strength * self.extent(kill, exposures),
            };
            match kill.kind {
                KillKind::Death => effects.death += strength,
                _ => {
                    let spared = (1.0 - effects.kill_at_division) * (1.0 - strength.min(1.0));
                    effects.kill_at_division = 1.0 - spared;
                }
            }
        }
        effects
    }

    /// How far a kill is on, 0 to 1: by the drug's own effect at its node, or by its concentration.
    fn extent(&self, kill: &StateKill, exposures: &[Exposure]) -> f64 {
        let exposure = exposures.get(kill.drug).copied().unwrap_or_default();
        match (kill.node, kill.response) {
            (Some(node), _) => {
                let own = self.bindings.iter().filter(|b| b.drug == kill.drug && b.node == node);
                let mut effect = Inhibition::NONE;
                own.for_each(|b| effect.add(node, b.effect(exposures)));
                effect.get(node)
            }
            (None, Some(response)) => response.of(exposure.average.max(0.0)),
            (None, None) => f64::from(u8::from(exposure != Exposure::default())),
        }
    }
}

impl StateBinding {
    fn effect(&self, exposures: &[Exposure]) -> f64 {
        let concentration = exposures.get(self.drug).map_or(0.0, |e| e.of(self.analyte).max(0.0));
        self.maximum * self.response.of(concentration)
    }
}

/// The scenario's loci, and behind them those of the catalogue that it does not have.
fn known_loci(loci: &[Locus]) -> Vec<Locus> {
    let missing = catalogue_loci().iter().filter(|l| loci.iter().all(|own| own.name != l.name));
    loci.iter().chain(missing).cloned().collect()
}

fn prepared(
    drug: &str,
    shifts: &[Shift],
    known: &[Locus],
    own: usize,
    patient: &PatientBiology,
) -> Result<Vec<PreparedDrug>, PotencyError> {
    let mut all = Vec::new();
    for shift in shifts {
        let selector = parse_selector(known, &shift.states)
            .map_err(|reason| PotencyError::Shift { drug: drug.to_owned(), reason })?;
        let context = shift.tsc_context.is_none_or(|context| context == patient.data.tsc_context);
        // A locus that the scenario does not have is at level 0 in every cell.
        let (conditions, absent): (Vec<_>, Vec<_>) =
            selector.conditions.into_iter().partition(|c| c.locus < own);
        if context && absent.iter().all(|c| c.allowed & 1 != 0) {
            all.push(PreparedDrug { conditions, ec50: shift.ec50.value, maximum: shift.maximum.value });
        }
    }
    Ok(all)
}

fn binding(
    index: usize,
    drug: &str,
    target: &Target,
    shifts: Vec<PreparedDrug>,
    patient: &PatientBiology,
) -> Result<Binding, PotencyError> {
    for (what, value) in [("EC50", target.ec50.value), ("Hill exponent", target.hill.value)] {
        if value.is_nan() || value <= 0.0 {
            return Err(PotencyError::Number { drug: drug.to_owned(), what, value });
        }
    }
    let maximum = if target.node == Node::Sstr { patient.data.sstr } else { 1.0 };
    Ok(Binding {
        drug: index,
        node: target.node,
        analyte: target.analyte,
        ec50: target.ec50.value * patient.ec50_factor(target.node),
        hill: target.hill.value,
        maximum: target.maximum.value * maximum,
        shifts,
    })
}

fn killing(index: usize, kill: &CellKill, shifts: Vec<PreparedDrug>, patient: &PatientBiology) -> Killing {
    let strength = match kill.kind {
        KillKind::Death => kill.strength() * patient.data.kill_factor,
        // Dose and receptors are in the exposure.
        KillKind::Radiation => 1.0,
        _ => kill.strength(),
    };
    Killing {
        drug: index,
        kind: kill.kind,
        node: kill.node,
        strength,
        ec50: kill.ec50.as_ref().map(|ec50| ec50.value),
        shifts,
    }
}

/// Product of the shifts of a state: factors on EC50 and maximum.
fn shifted(shifts: &[PreparedDrug], levels: &[u8]) -> (f64, f64) {
    let fits = |p: &&PreparedDrug| p.conditions.iter().all(|c| c.allowed & (1 << levels[c.locus]) != 0);
    shifts.iter().filter(fits).fold((1.0, 1.0), |(ec50, maximum), s| (ec50 * s.ec50, maximum * s.maximum))
}

#[cfg(test)]
mod tests;
