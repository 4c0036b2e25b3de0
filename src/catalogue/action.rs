//! What a drug acts on: nodes of the network, vessels, and cells directly.

use serde::Serialize;

use super::Number;

/// Which concentration an effect follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Analyte {
    /// The drug itself.
    Parent,
    /// Its active metabolite.
    Metabolite,
    /// The sum of both.
    Sum,
}

/// A place in the signalling network where drugs bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// FKBP12–FRB: partial, substrate-dependent inhibition of mTORC1 (rapalogs).
    MtorAllosteric,
    /// The ATP site of mTOR, both complexes.
    MtorKinase,
    /// Both sites at once (bivalent inhibitors such as RapaLink-1).
    MtorBivalent,
    /// PI3K-alpha (all class I for a dual inhibitor).
    Pi3k,
    /// MEK1/2.
    Mek,
    /// RAF kinases.
    Raf,
    /// Receptor tyrosine kinases that drive the tumour cell (PDGFR, KIT, RET).
    Rtk,
    /// IGF1R/EGFR-driven input, which sunitinib does not reach.
    GrowthFactor,
    /// Somatostatin receptors (agonists).
    Sstr,
    /// GSK3.
    Gsk3,
    /// Aurora kinase A.
    Aurora,
}

/// How a state or a covariate changes a drug's potency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shift {
    /// Which states, as a selector: `fkbp12_frb=frb_mutant`, `tsc=lost`.
    pub states: String,
    /// Only in patients with this TSC context, `H` (hypersensitive) or `R` (resistant); absent: in all.
    pub tsc_context: Option<String>,
    /// Factor on the EC50.
    pub ec50: Number,
    /// Factor on the maximum effect, or on the strength of a kill.
    pub maximum: Number,
}

/// Inhibition (or activation) of a node: `E = max · C^h / (EC50^h + C^h)`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// The node.
    pub node: Node,
    /// Which concentration counts.
    pub analyte: Analyte,
    /// Unbound concentration of half the maximum effect, nM.
    pub ec50: Number,
    /// Hill exponent.
    pub hill: Number,
    /// Maximum effect, 0 to 1.
    pub maximum: Number,
    /// Changes by state.
    pub shifts: Vec<Shift>,
}

/// What a drug does to the tumour's vessels, following its daily average concentration in ng/mL of
/// the measured matrix.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vascular {
    /// Which concentration counts.
    pub analyte: Analyte,
    /// Concentration of half the effect, ng/mL.
    pub ec50: Number,
    /// Hill exponent.
    pub hill: Number,
    /// Maximum inhibition of VEGF receptor signalling in vessels, 0 to 1.
    pub maximum: Number,
    /// Share of free VEGF that is trapped at full effect (antibodies), 0 to 1.
    pub trap: Number,
    /// Share of the growth of new vessels (endothelial proliferation) that is lost at full effect, 0 to 1.
    pub formation: Number,
    /// Loss of flow at full inhibition, 0 to 1, with a lag of a day.
    pub flow: Number,
    /// Loss of vessels at full inhibition, per day.
    pub pruning: Number,
}

/// How a drug kills cells directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KillKind {
    /// Added to the death rate, per day, in proportion to the effect at `node`.
    Death,
    /// Probability of being killed at a division attempt.
    AtDivision,
    /// Ionising dose: linear–quadratic, in Gy.
    Radiation,
    /// Removes a share of the tumour at once (surgery).
    Removal,
    /// Kills a share of the tumour at once; the dead remain (embolisation, ablation).
    Ablation,
}

/// Direct killing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellKill {
    /// How.
    pub kind: KillKind,
    /// The node whose inhibition scales it; absent: the concentration by `ec50`, or the dose itself.
    pub node: Option<Node>,
    /// `Death`: per day at full effect. `AtDivision`, `Removal`, `Ablation`: probability at full effect.
    /// `Radiation`: absorbed dose per GBq, Gy.
    pub strength: Number,
    /// Average concentration of half the effect, ng/mL; absent where `node` or the dose sets it.
    pub ec50: Option<Number>,
    /// `Death`, `AtDivision`: factor on `ec50` in patients whose cells have MGMT, and one over it in those without; absent:
    /// MGMT does not matter.
    pub mgmt: Option<Number>,
    /// `Radiation`: linear coefficient α, 1/Gy.
    pub alpha: Option<Number>,
    /// `Radiation`: α/β, Gy.
    pub alpha_beta: Option<Number>,
    /// `Radiation`: half-time of repair, h.
    pub repair_h: Option<Number>,
    /// `Radiation`: effective half-life in the tumour, h.
    pub half_life_h: Option<Number>,
    /// `Radiation`: relative fall of the absorbed dose from cycle to cycle, 0 to 1.
    pub fall_per_cycle: Option<Number>,
    /// States that are not killed, or less: factors on the strength.
    pub shifts: Vec<Shift>,
}
