//! The loop of the network: from S6K through its feedbacks back to S6K.
//!
//! # One steady state, found for certain
//!
//! S6K acts back in three ways: it degrades IRS-1, it restrains RAS, and where it is off receptors are
//! re-expressed. All other nodes are chains. So, *given* `s` = S6K, every node has an explicit value, and
//! with it the S6K that the chain returns, `F(s)`. Go round: a larger `s` gives
//!
//! - no more receptor activity, less IRS-1, hence no more PI3K, PIP3, T308, S473 and AKT;
//! - no more RAS, RAF, MEK and ERK;
//! - hence no less TSC1/TSC2 function, no more Rheb and mTORC1, and **no more S6K**.
//!
//! ERK holds RAF back in turn. That loop is closed within the step: with the drive `r` of RAF and the output `k·r` of MEK, `k` what
//! drugs leave, `r·(1 + erk_raf·k·r) = RAS` is quadratic, and its one positive root rises with RAS, as `k·r` does.
//!
//! `F` is continuous, maps \[0, 1\] into itself and never rises, whatever the cell's state, the drugs and the
//! oxygen, as long as the constants are within their bounds. So `s − F(s)` rises strictly from at most 0
//! at `s` = 0 to at least 0 at `s` = 1: there is exactly one steady state, no second branch to jump to, and a
//! bracket that always holds it. Since the slope of `F(s) − s` is −1 or steeper, `|F(s) − s|` bounds
//! the error of `s`. If S6K relaxes slowly towards `F(s)` (receptors and IRS-1 take hours, kinases
//! minutes), `ds/dt = F(s) − s` runs straight to that state from anywhere: in this one-dimensional dynamics
//! there is nothing to oscillate.

use crate::catalogue::{Hormone, NetworkInput, Node};

use super::hill::Hill;
use super::inhibition::Inhibition;
use super::inputs::CellInputs;
use super::parameters::Parameters;

/// Largest error of S6K at the steady state.
const TOLERANCE: f64 = 1e-13;
/// Most evaluations of the loop; a test shows how few are needed.
const MAX_EVALUATIONS: u32 = 100;

/// Responses of the nodes, prepared once for a set of constants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Responses {
    pi3k: Hill,
    t308: Hill,
    s473: Hill,
    akt_on_tsc: Hill,
    erk_on_tsc: Hill,
    ras: Hill,
    erk: Hill,
    s6k: Hill,
    pub bp1: Hill,
    pub eif4e: Hill,
}

impl Responses {
    pub fn new(p: &Parameters) -> Self {
        Self {
            pi3k: Hill::new(p.pi3k_half, p.pi3k_hill),
            t308: Hill::new(p.t308_half, p.t308_hill),
            s473: Hill::new(p.s473_half, p.s473_hill),
            akt_on_tsc: Hill::new(p.akt_tsc_half, 2.0),
            erk_on_tsc: Hill::new(p.erk_tsc_half, 2.0),
            ras: Hill::new(p.ras_half, p.ras_hill),
            erk: Hill::new(p.erk_half, p.erk_hill),
            s6k: Hill::new(p.s6k_half, p.s6k_hill),
            bp1: Hill::new(p.bp1_half, p.bp1_hill),
            eif4e: Hill::new(p.eif4e_half, p.eif4e_hill),
        }
    }
}

/// Nodes of the loop for a given S6K.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nodes {
    pub rtk: f64,
    pub irs: f64,
    pub pi3k: f64,
    pub pip3: f64,
    pub t308: f64,
    pub mtorc2: f64,
    pub s473: f64,
    pub akt: f64,
    pub ras: f64,
    pub raf: f64,
    pub mek: f64,
    pub erk: f64,
    pub tsc: f64,
    pub rheb: f64,
    pub mtorc1: f64,
    pub s6k: f64,
}

/// The loop of one cell under given drugs and oxygen: everything that does not depend on S6K.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loop<'a> {
    p: &'a Parameters,
    r: &'a Responses,
    receptors: f64,
    irs: f64,
    kras_pi3k: f64,
    kras_ras: f64,
    pi3k: f64,
    pten: f64,
    mtorc2: f64,
    phlpp2: f64,
    raf: f64,
    mek: f64,
    tsc: f64,
    mtorc1: f64,
    /// What drugs leave of mTORC1's work on S6K.
    on_s6k: f64,
    /// What drugs leave of mTORC1's work on 4E-BP1.
    pub on_bp1: f64,
}

impl<'a> Loop<'a> {
    pub fn new(
        p: &'a Parameters,
        r: &'a Responses,
        cell: &CellInputs,
        drugs: &Inhibition,
        hypoxia: f64,
    ) -> Self {
        use NetworkInput as N;
        let input = |input: N| cell.get(input);
        // Both ATP-site and bivalent inhibitors stop the kinase itself; a rapalog stops some of its work.
        let kinase = drugs.left(Node::MtorKinase) * drugs.left(Node::MtorBivalent);
        let rapalog = drugs.get(Node::MtorAllosteric);
        // What a rapalog that holds mTORC1 lets pass is limited by how substrates get in: a more active kinase does no more of it.
        let passes = 1.0 / input(N::MtorGain).max(1.0);
        let beside_rapalog = |stopped: f64| 1.0 - rapalog * (1.0 - (1.0 - stopped) * passes);
        let reached =
            |share: f64| (1.0 - share) * drugs.left(Node::GrowthFactor) + share * drugs.left(Node::Rtk);
        let upregulated = p.receptor_gain * input(N::Rtk) * reached(cell.upregulated_reach);
        let kras = input(N::Kras);
        // A share of what the sensitive cell's receptors and IRS-1 see comes with the blood.
        let circulating = |share: f64, hormone| 1.0 + share * (drugs.hormone(hormone) - 1.0);
        let igf1 = circulating(p.igf1_share, Hormone::Igf1);
        Self {
            p,
            r,
            receptors: p.receptor_input * input(N::Ligand) * (igf1 * reached(p.receptor_reach) + upregulated),
            irs: input(N::Irs) * circulating(p.insulin_share, Hormone::Insulin),
            kras_pi3k: p.kras_pi3k * kras,
            kras_ras: p.kras_ras * kras,
            pi3k: input(N::Pik3ca) * drugs.left(Node::Pi3k),
            pten: p.pten_strength * input(N::Pten),
            mtorc2: kinase * (1.0 - p.rapalog_mtorc2 * rapalog),
            phlpp2: input(N::Phlpp2),
            raf: drugs.left(Node::Raf),
            mek: drugs.left(Node::Mek) * (1.0 - p.sstr_erk * cell.braked(drugs)),
            tsc: input(N::Tsc),
            mtorc1: input(N::MtorGain) * (1.0 - p.hypoxia_mtor * hypoxia),
            on_s6k: kinase * beside_rapalog(p.rapalog_s6k),
            on_bp1: kinase * beside_rapalog(p.rapalog_bp1),
        }
    }

    /// Receptors, IRS-1 and the two arms below them, for a given S6K.
    #[inline]
    fn arms(&self, s: f64) -> Nodes {
        let (p, r) = (self.p, self.r);
        let relief = (1.0 - s / p.receptor_feedback_below).max(0.0);
        let rtk = self.receptors * (1.0 + p.receptor_feedback * relief);
        let irs = self.irs * (1.0 - p.s6k_irs * s);
        let pi3k = r.pi3k.of(rtk * irs + self.kras_pi3k) * self.pi3k;
        let pip3 = if pi3k > 0.0 { pi3k / (pi3k + self.pten) } else { 0.0 };
        let t308 = r.t308.of(pip3);
        let mtorc2 = (p.mtorc2_basal + (1.0 - p.mtorc2_basal) * pip3) * self.mtorc2;
        let s473 = r.s473.shifted(mtorc2, self.phlpp2);
        let ras = r.ras.of(rtk * (1.0 - p.s6k_ras * s) + self.kras_ras);
        let raf = self.freed(ras) * self.raf;
        let mek = raf * self.mek;
        let erk = r.erk.of(mek);
        let none = 0.0;
        Nodes {
            rtk,
            irs,
            pi3k,
            pip3,
            t308,
            mtorc2,
            s473,
            ras,
            raf,
            mek,
            erk,
            akt: none,
            tsc: none,
            rheb: none,
            mtorc1: none,
            s6k: none,
        }
    }

    /// Drive of RAF that ERK's hold on it leaves: the positive root of `r·(1 + erk_raf·k·r) = RAS`, `k` what drugs leave of RAF and
    /// MEK.
    #[inline]
    fn freed(&self, ras: f64) -> f64 {
        let hold = 4.0 * self.p.erk_raf * self.raf * self.mek * ras;
        2.0 * ras / (1.0 + (1.0 + hold).sqrt())
    }

    /// From both arms to S6K.
    #[inline]
    fn join(&self, nodes: &mut Nodes) {
        let (p, r) = (self.p, self.r);
        nodes.akt = nodes.t308 * (p.akt_t308_only + (1.0 - p.akt_t308_only) * nodes.s473);
        nodes.tsc = self.tsc * r.unbraked(nodes.akt, nodes.erk);
        nodes.rheb = 1.0 - p.tsc_rheb * nodes.tsc;
        nodes.mtorc1 = nodes.rheb * self.mtorc1;
        nodes.s6k = r.s6k.of(nodes.mtorc1 * self.on_s6k);
    }

    /// All nodes of the loop when S6K is `s`; their own `s6k` is `F(s)`.
    #[inline]
    pub fn nodes(&self, s: f64) -> Nodes {
        let mut nodes = self.arms(s);
        self.join(&mut nodes);
        nodes
    }

    /// The same in the first hours of a drug, before any feedback: S6K still acts as it did (`s`), and T308
    /// falls with S473, whose value before the drug is `s473`.
    pub fn first_hours(&self, s: f64, s473: f64) -> Nodes {
        let mut nodes = self.arms(s);
        let kept = if s473 > 0.0 { (nodes.s473 / s473).min(1.0) } else { 1.0 };
        nodes.t308 *= 1.0 - self.p.t308_needs_s473 * (1.0 - kept);
        self.join(&mut nodes);
        nodes
    }

    /// Nodes at the steady state, and the number of evaluations that it took.
    ///
    /// Regula falsi within the bracket, with half the weight for an end that stays twice (Illinois). When it
    /// ends depends on the values alone, so it is the same everywhere.
    pub fn steady(&self) -> (Nodes, u32) {
        // F falls: F(0) is not below the root, F(F(0)) not above it.
        let mut high = self.nodes(0.0).s6k;
        let at_high = self.nodes(high);
        let mut low = at_high.s6k;
        let at_low = self.nodes(low);
        let (mut over, mut under) = (high - at_high.s6k, low - at_low.s6k);
        if over <= TOLERANCE {
            return (at_high, 2);
        }
        if under >= -TOLERANCE {
            return (at_low, 3);
        }
        let mut stayed = Stayed::Neither;
        let mut evaluations = 3;
        loop {
            let between = low + (high - low) * (-under / (over - under));
            let s = if between > low && between < high { between } else { 0.5 * (low + high) };
            let nodes = self.nodes(s);
            evaluations += 1;
            let excess = s - nodes.s6k;
            if excess.abs() <= TOLERANCE || high - low <= TOLERANCE || evaluations >= MAX_EVALUATIONS {
                return (nodes, evaluations);
            }
            if excess > 0.0 {
                (high, over) = (s, excess);
                under *= if stayed == Stayed::Low { 0.5 } else { 1.0 };
                stayed = Stayed::Low;
            } else {
                (low, under) = (s, excess);
                over *= if stayed == Stayed::High { 0.5 } else { 1.0 };
                stayed = Stayed::High;
            }
        }
    }
}

/// The end of the bracket that the last step left where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stayed {
    Neither,
    Low,
    High,
}

impl Responses {
    /// Function of an intact TSC1/TSC2 complex under AKT and ERK: `1 / (1 + (AKT/K)² + (ERK/K)²)`.
    #[inline]
    fn unbraked(&self, akt: f64, erk: f64) -> f64 {
        1.0 / (1.0 + self.akt_on_tsc.ratio(akt) + self.erk_on_tsc.ratio(erk))
    }
}
