//! What growth leans on, and how fast a cell divides.
//!
//! Growth is a weighted sum of eIF4E, S6K, ERK and AKT. Whose weights, and how far growth depends on mTORC1 beyond its weight, follows from
//! the cell's own untreated state:
//!
//! ```text
//! lean       = min(1, ras_lean · (RAS/RAS of the sensitive cell − 1)₊)          0 its weights, 1 those of a cell that RTK or RAS drive
//! pull       = mtor_dependence · (mTORC1/mTORC1 of the sensitive cell − 1)₊
//! dependence = (1 − lean) · pull/(1 + pull)
//! growth     = weighted sum · (1 − dependence · (1 − output of mTORC1/untreated output)₊)
//! ```
//!
//! So receptors and mutant KRAS escape a rapalog, alterations of PI3K, loss of TSC1/TSC2 and activated mTOR are held by it, and KRAS
//! or receptors cancel that (J Clin Invest 2010;120:2858; Cancer Discov 2014;4:554).

use crate::catalogue::{NetworkInput, Node};

use super::feedback::Nodes;
use super::inhibition::Inhibition;
use super::inputs::CellInputs;
use super::parameters::Parameters;

/// A cell prepared for the network, with what its growth leans on: that is the state's, and no drug changes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PreparedCell {
    /// Its inputs.
    pub inputs: CellInputs,
    /// Weights of eIF4E, S6K, ERK and AKT in its growth.
    pub weights: [f64; 4],
    /// Share of growth that goes with the output of mTORC1 beyond these weights.
    pub dependence: f64,
    /// What its untreated growth is measured by, where growth is not coupled to the network's output.
    own_core: f64,
    /// Untreated output of mTORC1.
    own_output: f64,
    /// Untreated drive of cell size.
    pub(super) own_mass: f64,
}

/// The untreated sensitive cell, to which growth, death and secretion are relative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reference {
    pub core: f64,
    pub s6k: f64,
    pub eif4e: f64,
    pub bad: f64,
    pub ras: f64,
    pub mtorc1: f64,
}

impl PreparedCell {
    /// Prepares a cell from its own untreated state.
    ///
    /// What growth leans on follows from it: with RAS above the sensitive cell's it goes over to the weights of a cell that RTK or RAS
    /// drive; with mTORC1 above the sensitive cell's it depends on mTORC1 beyond its weight, unless RAS drives the cell.
    pub(super) fn new(
        inputs: CellInputs,
        p: &Parameters,
        reference: &Reference,
        (own, eif4e, own_mass): (&Nodes, f64, f64),
    ) -> Self {
        let excess = |of: f64, usual: f64| if of > usual && usual > 0.0 { of / usual - 1.0 } else { 0.0 };
        let lean = (p.ras_lean * excess(own.ras, reference.ras)).min(1.0);
        let pull = p.mtor_dependence * excess(own.mtorc1, reference.mtorc1);
        let weights = growth_weights(p, lean);
        Self {
            inputs,
            weights,
            dependence: (1.0 - lean) * pull / (1.0 + pull),
            own_core: core(&weights, eif4e, own),
            own_output: output(p, eif4e, own),
            own_mass,
        }
    }

    /// Division rate relative to the untreated sensitive cell: a weighted sum of eIF4E, S6K, ERK and AKT, less
    /// what a cell that depends on mTORC1 loses with its output, and what any cell loses without GSK3.
    pub(super) fn growth(
        &self,
        p: &Parameters,
        reference: &Reference,
        drugs: &Inhibition,
        (nodes, eif4e): (&Nodes, f64),
    ) -> f64 {
        // Without an output there is nothing to lose: 0/0 is no more than 0.
        let lost = (1.0 - output(p, eif4e, nodes) / self.own_output).max(0.0);
        let leaning = self.leaning(p, reference, drugs, core(&self.weights, eif4e, nodes));
        leaning * (1.0 - self.dependence * lost) * without_gsk3(p, drugs)
    }

    /// Division rate by the weighted sum. Where only a share `c` of growth is coupled to it, `growth = basal · (1 − c'·(1 − core/own core))`,
    /// and what inhibits PI3K, the mTOR kinase or GSK3 couples the rest, `c' = c + (1 − c)·I`. Of all this p27 withholds a share
    /// where somatostatin receptors are engaged: those cells stay in G1.
    fn leaning(&self, p: &Parameters, reference: &Reference, drugs: &Inhibition, core: f64) -> f64 {
        let leaving_g1 = 1.0 - p.sstr_p27 * self.inputs.braked(drugs);
        let (basal, coupling) =
            (self.inputs.get(NetworkInput::Growth) * leaving_g1, self.inputs.get(NetworkInput::Coupling));
        if coupling >= 1.0 {
            return basal * (core / reference.core);
        }
        let coupled = coupling + (1.0 - coupling) * rescue(drugs);
        basal * (1.0 - coupled * (1.0 - core / self.own_core)).max(0.0)
    }
}

/// What full inhibition of GSK3 leaves of what any cell needs it for.
pub(super) fn without_gsk3(p: &Parameters, drugs: &Inhibition) -> f64 {
    1.0 - p.gsk3_need * drugs.get(Node::Gsk3)
}

/// How far drugs undo what overactive GSK3 does: growth that no longer follows mTORC1, low autophagy.
/// Inhibition of PI3K-alpha brings sensitivity to everolimus back, through GSK3 and autophagy (Endocr Relat
/// Cancer 2018;25:893); such cells stay sensitive to inhibitors of the mTOR kinase, a choice of the model
/// in line with other lines resistant to rapalogs.
pub(super) fn rescue(drugs: &Inhibition) -> f64 {
    let left = drugs.left(Node::Pi3k) * drugs.left(Node::Gsk3);
    1.0 - left * drugs.left(Node::MtorKinase) * drugs.left(Node::MtorBivalent)
}

/// Weights of eIF4E, S6K, ERK and AKT in growth that leans this far, 0 to 1, on RTK and RAS.
pub(super) fn growth_weights(p: &Parameters, lean: f64) -> [f64; 4] {
    let sensitive = [p.growth_eif4e, p.growth_s6k, p.growth_erk, p.growth_akt];
    let driven = [p.driven_eif4e, p.driven_s6k, p.driven_erk, p.driven_akt];
    std::array::from_fn(|i| sensitive[i] * (1.0 - lean) + driven[i] * lean)
}

/// What mTORC1 gives to the growth of the sensitive cell.
fn output(p: &Parameters, eif4e: f64, nodes: &Nodes) -> f64 {
    p.growth_eif4e * eif4e + p.growth_s6k * nodes.s6k
}

/// Weighted sum of what drives division.
pub(super) fn core(weights: &[f64; 4], eif4e: f64, nodes: &Nodes) -> f64 {
    weights[0] * eif4e + weights[1] * nodes.s6k + weights[2] * nodes.erk + weights[3] * nodes.akt
}
