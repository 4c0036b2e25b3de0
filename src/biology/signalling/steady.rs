//! The steady state of a cell, and what follows from it.

use serde::Serialize;

use crate::catalogue::{NetworkInput, Node};

use super::feedback::{Loop, Nodes, Responses};
use super::growth::{PreparedCell, Reference, core, growth_weights, rescue, without_gsk3};
use super::hill::Hill;
use super::inhibition::Inhibition;
use super::inputs::CellInputs;
use super::parameters::Parameters;

/// Every node of the network at its steady state, and what follows for the cell.
///
/// Activities are relative, 0 to about 1, except those that say otherwise. The observables of a
/// laboratory are pAKT-S473 (`s473`), pAKT-T308 (`t308`), pS6 (`s6`), p4E-BP1 (`bp1`) and pERK (`erk`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SteadyState {
    /// Receptor tyrosine kinases.
    pub rtk: f64,
    /// IRS-1.
    pub irs: f64,
    /// PI3K.
    pub pi3k: f64,
    /// PIP3.
    pub pip3: f64,
    /// AKT phosphorylated at T308 by PDK1.
    pub t308: f64,
    /// mTORC2.
    pub mtorc2: f64,
    /// AKT phosphorylated at S473.
    pub s473: f64,
    /// AKT activity.
    pub akt: f64,
    /// RAS.
    pub ras: f64,
    /// RAF.
    pub raf: f64,
    /// MEK.
    pub mek: f64,
    /// ERK.
    pub erk: f64,
    /// TSC1/TSC2 function.
    pub tsc: f64,
    /// Rheb.
    pub rheb: f64,
    /// mTORC1, before drugs that bind it.
    pub mtorc1: f64,
    /// S6 kinase.
    pub s6k: f64,
    /// Phosphorylated S6.
    pub s6: f64,
    /// Phosphorylated 4E-BP1.
    pub bp1: f64,
    /// eIF4E.
    pub eif4e: f64,
    /// MYC, relative to the untreated sensitive cell.
    pub myc: f64,
    /// GSK3.
    pub gsk3: f64,
    /// Nuclear FOXO.
    pub foxo: f64,
    /// Active BAD.
    pub bad: f64,
    /// Autophagy.
    pub autophagy: f64,
    /// CDK1.
    pub cdk1: f64,
    /// HIF, relative to the untreated sensitive cell with oxygen.
    pub hif: f64,
    /// Growth multiplier: division rate relative to the untreated sensitive cell.
    pub growth: f64,
    /// Death multiplier: uncoupled death rate relative to the untreated sensitive cell.
    pub death: f64,
    /// Secretion of VEGF relative to the untreated sensitive cell with oxygen.
    pub vegf: f64,
    /// Secretion of chromogranin A relative to the untreated sensitive cell.
    pub cga: f64,
    /// What mTORC1 does for the size of a cell, relative to the same cell untreated.
    pub mass: f64,
}

impl SteadyState {
    /// Names and values in the order of the pathway.
    pub fn rows(&self) -> [(&'static str, f64); 31] {
        [
            ("rtk", self.rtk),
            ("irs", self.irs),
            ("pi3k", self.pi3k),
            ("pip3", self.pip3),
            ("t308", self.t308),
            ("mtorc2", self.mtorc2),
            ("s473", self.s473),
            ("akt", self.akt),
            ("ras", self.ras),
            ("raf", self.raf),
            ("mek", self.mek),
            ("erk", self.erk),
            ("tsc", self.tsc),
            ("rheb", self.rheb),
            ("mtorc1", self.mtorc1),
            ("s6k", self.s6k),
            ("s6", self.s6),
            ("bp1", self.bp1),
            ("eif4e", self.eif4e),
            ("myc", self.myc),
            ("gsk3", self.gsk3),
            ("foxo", self.foxo),
            ("bad", self.bad),
            ("autophagy", self.autophagy),
            ("cdk1", self.cdk1),
            ("hif", self.hif),
            ("growth", self.growth),
            ("death", self.death),
            ("vegf", self.vegf),
            ("cga", self.cga),
            ("mass", self.mass),
        ]
    }
}

/// What a row of [`SteadyState::rows`] is, in words.
pub fn meaning(row: &str) -> &'static str {
    match row {
        "rtk" => "receptor tyrosine kinases",
        "irs" => "IRS-1",
        "pi3k" => "PI3K",
        "pip3" => "PIP3",
        "t308" => "pAKT-T308",
        "mtorc2" => "mTORC2",
        "s473" => "pAKT-S473",
        "akt" => "AKT activity",
        "ras" => "RAS",
        "raf" => "RAF",
        "mek" => "MEK",
        "erk" => "pERK",
        "tsc" => "TSC1/TSC2",
        "rheb" => "Rheb",
        "mtorc1" => "mTORC1 before drugs that bind it",
        "s6k" => "S6 kinase",
        "s6" => "pS6",
        "bp1" => "p4E-BP1",
        "eif4e" => "eIF4E",
        "myc" => "MYC, sensitive = 1",
        "gsk3" => "GSK3",
        "foxo" => "nuclear FOXO",
        "bad" => "active BAD",
        "autophagy" => "autophagy",
        "cdk1" => "CDK1",
        "hif" => "HIF, sensitive = 1",
        "growth" => "division rate, sensitive = 1",
        "death" => "uncoupled death rate, sensitive = 1",
        "vegf" => "VEGF secretion, sensitive = 1",
        "cga" => "chromogranin A secretion, sensitive = 1",
        _ => "drive of cell size, untreated = 1",
    }
}

/// The signalling network with one set of constants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Network {
    parameters: Parameters,
    responses: Responses,
    gsk3: Hill,
    foxo: Hill,
    bad_akt: Hill,
    bad_erk: Hill,
    cdk1: Hill,
    reference: Reference,
}

impl Default for Network {
    fn default() -> Self {
        Self::new(Parameters::default())
    }
}

impl Network {
    /// Prepares the network. Constants are taken to be within the bounds of [`Parameters::TABLE`].
    pub fn new(parameters: Parameters) -> Self {
        Self::relative_to(parameters, CellInputs::sensitive())
    }

    /// The same, with growth, death and secretion relative to this untreated cell: the sensitive cell of a
    /// patient whose germline acts on the network.
    pub fn relative_to(parameters: Parameters, sensitive: CellInputs) -> Self {
        let p = &parameters;
        let mut network = Self {
            responses: Responses::new(p),
            gsk3: Hill::new(p.gsk3_akt_half, 2.0),
            foxo: Hill::new(p.foxo_akt_half, 2.0),
            bad_akt: Hill::new(p.bad_akt_half, 2.0),
            bad_erk: Hill::new(p.bad_erk_half, 2.0),
            cdk1: Hill::new(p.cdk1_gsk3_half, 2.0),
            reference: Reference { core: 1.0, s6k: 1.0, eif4e: 1.0, bad: 0.0, ras: 1.0, mtorc1: 1.0 },
            parameters,
        };
        let (nodes, eif4e) = network.untreated(&sensitive);
        network.reference = Reference {
            core: core(&growth_weights(p, 0.0), eif4e, &nodes),
            s6k: nodes.s6k,
            eif4e,
            bad: network.bad(&nodes),
            ras: nodes.ras,
            mtorc1: nodes.mtorc1,
        };
        network
    }

    /// The constants.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Prepares a cell.
    pub fn cell(&self, inputs: CellInputs) -> PreparedCell {
        let (own, eif4e) = self.untreated(&inputs.in_usual_medium());
        let mass = self.mass(eif4e, &own);
        PreparedCell::new(inputs, &self.parameters, &self.reference, (&own, eif4e, mass))
    }

    /// The steady state of a cell under drugs; `hypoxia` is 0 with oxygen and 1 without.
    pub fn solve(&self, cell: &PreparedCell, drugs: &Inhibition, hypoxia: f64) -> SteadyState {
        let (loop_, nodes) = self.loop_nodes(&cell.inputs, drugs, hypoxia);
        self.complete(cell, drugs, hypoxia, &loop_, &nodes)
    }

    /// The state in the first hours of drugs, before feedback answers: IRS-1, RAS and receptors are as they
    /// were, and T308 falls with S473. The model steps by 6 h or more and never uses it; it shows what a
    /// laboratory sees at once.
    pub fn first_hours(&self, cell: &PreparedCell, drugs: &Inhibition, hypoxia: f64) -> SteadyState {
        let (_, before) = self.loop_nodes(&cell.inputs, &Inhibition::NONE, hypoxia);
        let loop_ = Loop::new(&self.parameters, &self.responses, &cell.inputs, drugs, hypoxia);
        let nodes = loop_.first_hours(before.s6k, before.s473);
        self.complete(cell, drugs, hypoxia, &loop_, &nodes)
    }

    fn loop_nodes<'a>(&'a self, cell: &CellInputs, drugs: &Inhibition, hypoxia: f64) -> (Loop<'a>, Nodes) {
        let loop_ = Loop::new(&self.parameters, &self.responses, cell, drugs, hypoxia);
        let (nodes, _) = loop_.steady();
        (loop_, nodes)
    }

    /// Nodes and eIF4E of a cell without drugs, with oxygen.
    fn untreated(&self, cell: &CellInputs) -> (Nodes, f64) {
        let (loop_, nodes) = self.loop_nodes(cell, &Inhibition::NONE, 0.0);
        let (_, eif4e) = self.translation(&loop_, &nodes, cell, &Inhibition::NONE);
        (nodes, eif4e)
    }

    /// p4E-BP1 and eIF4E.
    fn translation(
        &self,
        loop_: &Loop<'_>,
        nodes: &Nodes,
        cell: &CellInputs,
        drugs: &Inhibition,
    ) -> (f64, f64) {
        let aurka = cell.get(NetworkInput::Aurka) * drugs.left(Node::Aurora);
        let per_bp = cell.get(NetworkInput::EifRatio) * (1.0 + self.parameters.aurka_eif4e * aurka);
        let bp1 = self.responses.bp1.of(nodes.mtorc1 * loop_.on_bp1);
        (bp1, self.responses.eif4e.of(bp1 * per_bp))
    }

    /// BAD is silenced by AKT and by ERK, each of which suffices (Cancer Cell 2005;8:287).
    fn bad(&self, nodes: &Nodes) -> f64 {
        (1.0 - self.bad_akt.of(nodes.akt)) * (1.0 - self.bad_erk.of(nodes.erk))
    }

    fn complete(
        &self,
        cell: &PreparedCell,
        drugs: &Inhibition,
        hypoxia: f64,
        loop_: &Loop<'_>,
        nodes: &Nodes,
    ) -> SteadyState {
        let p = &self.parameters;
        let input = |input: NetworkInput| cell.inputs.get(input);
        let (bp1, eif4e) = self.translation(loop_, nodes, &cell.inputs, drugs);
        let excess = input(NetworkInput::Gsk3) * (1.0 - rescue(drugs));
        let gsk3 = (1.0 + excess) * (1.0 - self.gsk3.of(nodes.akt)) * drugs.left(Node::Gsk3);
        let aurka = input(NetworkInput::Aurka) * drugs.left(Node::Aurora);
        let translated = eif4e / self.reference.eif4e;
        let secreted = |followed: f64| p.secretion_floor + (1.0 - p.secretion_floor) * followed;
        let hif = (1.0 + p.hypoxia_vegf * hypoxia) * secreted(translated);
        let granules = p.cga_s6k * (nodes.s6k / self.reference.s6k) + (1.0 - p.cga_s6k) * translated;
        let shrunk = if cell.own_mass > 0.0 { 1.0 - self.mass(eif4e, nodes) / cell.own_mass } else { 0.0 };
        let bad = self.bad(nodes);
        SteadyState {
            rtk: nodes.rtk,
            irs: nodes.irs,
            pi3k: nodes.pi3k,
            pip3: nodes.pip3,
            t308: nodes.t308,
            mtorc2: nodes.mtorc2,
            s473: nodes.s473,
            akt: nodes.akt,
            ras: nodes.ras,
            raf: nodes.raf,
            mek: nodes.mek,
            erk: nodes.erk,
            tsc: nodes.tsc,
            rheb: nodes.rheb,
            mtorc1: nodes.mtorc1,
            s6k: nodes.s6k,
            s6: nodes.s6k,
            bp1,
            eif4e,
            myc: translated * (1.0 + p.aurka_myc * aurka),
            gsk3,
            foxo: 1.0 - self.foxo.of(nodes.akt),
            bad,
            autophagy: (1.0 - nodes.s6k) / (1.0 + p.gsk3_autophagy * excess),
            cdk1: 1.0 - self.cdk1.of(gsk3),
            hif,
            growth: cell.growth(p, &self.reference, drugs, (nodes, eif4e)),
            death: self.death(cell, drugs, bad),
            vegf: input(NetworkInput::Vegf) * hif,
            cga: secreted(granules)
                * (1.0 - p.sstr_secretion * drugs.get(Node::Sstr))
                * without_gsk3(p, drugs),
            mass: 1.0 - input(NetworkInput::CellSize) * shrunk,
        }
    }

    /// What mTORC1 does for the size of a cell, relative to the untreated sensitive cell.
    fn mass(&self, eif4e: f64, nodes: &Nodes) -> f64 {
        let share = self.parameters.mass_s6k;
        share * nodes.s6k / self.reference.s6k + (1.0 - share) * eif4e / self.reference.eif4e
    }

    /// Uncoupled death rate relative to the untreated sensitive cell: it rises where both AKT and ERK no
    /// longer silence BAD, and where a cell loses GSK3, most of all one that lives on it. It never falls below the
    /// cell's own.
    fn death(&self, cell: &PreparedCell, drugs: &Inhibition, bad: f64) -> f64 {
        let freed = ((bad - self.reference.bad) / (1.0 - self.reference.bad)).max(0.0);
        let gsk3 =
            (self.parameters.gsk3_need + cell.inputs.get(NetworkInput::Gsk3Death)) * drugs.get(Node::Gsk3);
        cell.inputs.get(NetworkInput::Death) * (1.0 + self.parameters.bad_death * freed) * (1.0 + gsk3)
    }
}

/// Solves the network for one cell, see [`Network::solve`]; to solve many, prepare a [`Network`] and [`PreparedCell`]s.
pub fn solve(parameters: &Parameters, cell: &CellInputs, drugs: &Inhibition, hypoxia: f64) -> SteadyState {
    let network = Network::new(*parameters);
    network.solve(&network.cell(*cell), drugs, hypoxia)
}
