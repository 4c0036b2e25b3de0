//! The steady state of a cell, and what follows from it.

use serde::Serialize;

use crate::catalogue::{NetworkInput, Node};

use super::feedback::{Loop, Nodes, Responses};
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

/// The untreated sensitive cell, to which growth, death and secretion are relative.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reference {
    core: f64,
    s6k: f64,
    eif4e: f64,
    bad: f64,
    ras: f64,
    mtorc1: f64,
}

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
    own_mass: f64,
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
    ///
    /// What growth leans on follows from the cell's own untreated state: with RAS above the sensitive cell's it goes over to the
    /// weights of a cell that RTK or RAS drive; with mTORC1 above the sensitive cell's it depends on mTORC1 beyond its weight,
    /// unless RAS drives the cell.
    pub fn cell(&self, inputs: CellInputs) -> PreparedCell {
        let p = &self.parameters;
        let (own, eif4e) = self.untreated(&inputs.in_usual_medium());
        let excess = |of: f64, usual: f64| (of / usual - 1.0).max(0.0);
        let lean = (p.ras_lean * excess(own.ras, self.reference.ras)).min(1.0);
        let pull = p.mtor_dependence * excess(own.mtorc1, self.reference.mtorc1);
        let weights = growth_weights(p, lean);
        PreparedCell {
            inputs,
            weights,
            dependence: (1.0 - lean) * pull / (1.0 + pull),
            own_core: core(&weights, eif4e, &own),
            own_output: output(p, eif4e, &own),
            own_mass: self.mass(eif4e, &own),
        }
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
        let size = input(NetworkInput::CellSize) * (1.0 - self.mass(eif4e, nodes) / cell.own_mass);
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
            growth: self.growth(cell, drugs, eif4e, nodes),
            death: self.death(cell, drugs, bad),
            vegf: input(NetworkInput::Vegf) * hif,
            cga: secreted(granules)
                * (1.0 - p.sstr_secretion * drugs.get(Node::Sstr))
                * self.without_gsk3(drugs),
            mass: 1.0 - size,
        }
    }

    /// What full inhibition of GSK3 leaves of what any cell needs it for.
    fn without_gsk3(&self, drugs: &Inhibition) -> f64 {
        1.0 - self.parameters.gsk3_need * drugs.get(Node::Gsk3)
    }

    /// What mTORC1 does for the size of a cell, relative to the untreated sensitive cell.
    fn mass(&self, eif4e: f64, nodes: &Nodes) -> f64 {
        let share = self.parameters.mass_s6k;
        share * nodes.s6k / self.reference.s6k + (1.0 - share) * eif4e / self.reference.eif4e
    }

    /// Division rate relative to the untreated sensitive cell: a weighted sum of eIF4E, S6K, ERK and AKT, less
    /// what a cell that depends on mTORC1 loses with its output, and what any cell loses without GSK3.
    fn growth(&self, cell: &PreparedCell, drugs: &Inhibition, eif4e: f64, nodes: &Nodes) -> f64 {
        let lost = (1.0 - output(&self.parameters, eif4e, nodes) / cell.own_output).max(0.0);
        self.leaning(cell, drugs, eif4e, nodes) * (1.0 - cell.dependence * lost) * self.without_gsk3(drugs)
    }

    /// Division rate by the weighted sum. Where only a share `c` of growth is coupled to it, `growth = basal · (1 − c'·(1 − core/own core))`,
    /// and what inhibits PI3K, the mTOR kinase or GSK3 couples the rest, `c' = c + (1 − c)·I`. Of all this p27 withholds a share
    /// where somatostatin receptors are engaged: those cells stay in G1.
    fn leaning(&self, cell: &PreparedCell, drugs: &Inhibition, eif4e: f64, nodes: &Nodes) -> f64 {
        let core = core(&cell.weights, eif4e, nodes);
        let leaving_g1 = 1.0 - self.parameters.sstr_p27 * cell.inputs.braked(drugs);
        let (basal, coupling) =
            (cell.inputs.get(NetworkInput::Growth) * leaving_g1, cell.inputs.get(NetworkInput::Coupling));
        if coupling >= 1.0 {
            return basal * (core / self.reference.core);
        }
        let coupled = coupling + (1.0 - coupling) * rescue(drugs);
        basal * (1.0 - coupled * (1.0 - core / cell.own_core)).max(0.0)
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

/// How far drugs undo what overactive GSK3 does: growth that no longer follows mTORC1, low autophagy.
/// Inhibition of PI3K-alpha brings sensitivity to everolimus back, through GSK3 and autophagy (Endocr Relat
/// Cancer 2018;25:893); such cells stay sensitive to inhibitors of the mTOR kinase, a choice of the model
/// in line with other lines resistant to rapalogs.
fn rescue(drugs: &Inhibition) -> f64 {
    let left = drugs.left(Node::Pi3k) * drugs.left(Node::Gsk3);
    1.0 - left * drugs.left(Node::MtorKinase) * drugs.left(Node::MtorBivalent)
}

/// Weights of eIF4E, S6K, ERK and AKT in growth that leans this far, 0 to 1, on RTK and RAS.
fn growth_weights(p: &Parameters, lean: f64) -> [f64; 4] {
    let sensitive = [p.growth_eif4e, p.growth_s6k, p.growth_erk, p.growth_akt];
    let driven = [p.driven_eif4e, p.driven_s6k, p.driven_erk, p.driven_akt];
    std::array::from_fn(|i| sensitive[i] * (1.0 - lean) + driven[i] * lean)
}

/// What mTORC1 gives to the growth of the sensitive cell.
fn output(p: &Parameters, eif4e: f64, nodes: &Nodes) -> f64 {
    p.growth_eif4e * eif4e + p.growth_s6k * nodes.s6k
}

/// Weighted sum of what drives division.
fn core(weights: &[f64; 4], eif4e: f64, nodes: &Nodes) -> f64 {
    weights[0] * eif4e + weights[1] * nodes.s6k + weights[2] * nodes.erk + weights[3] * nodes.akt
}

/// Solves the network for one cell, see [`Network::solve`]; to solve many, prepare a [`Network`] and [`PreparedCell`]s.
pub fn solve(parameters: &Parameters, cell: &CellInputs, drugs: &Inhibition, hypoxia: f64) -> SteadyState {
    let network = Network::new(*parameters);
    network.solve(&network.cell(*cell), drugs, hypoxia)
}
