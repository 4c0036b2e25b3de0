//! What a drug acts on: nodes of the network, vessels, and cells directly.

use serde::Serialize;

use super::{Number, TscContext};
use crate::scenario::declare::*;

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

/// How a state changes the effect at the node.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.target.shift", heading = "[[catalogue.drug.target.shift]]", given = changes_something, title = Shift::words)]
pub struct Shift {
    /// Which states.
    #[key(form = DrugStates, required, example = "fkbp12_frb!=none")]
    pub states: String,
    /// Only in patients whose TSC loss is hypersensitive (H) or resistant (R).
    #[key(absent = "all patients", example = "H")]
    pub tsc_context: Option<TscContext>,
    /// Factor on the concentration of half the effect.
    #[key(plain(0.0, 1e9), default = { value = 1.0, source = "default", confidence = "C" }, example = 1e6)]
    pub ec50: Number,
    /// Factor on the largest effect, or on the strength of a kill.
    #[key(plain(0.0, 1000.0), default = { value = 1.0, source = "default", confidence = "C" }, example = 1.0)]
    pub maximum: Number,
}

/// What it does at a node of the network: maximum x C^hill / (ec50^hill + C^hill), C unbound.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.target", heading = "[[catalogue.drug.target]]", title = Target::words)]
pub struct Target {
    /// The node.
    #[key(required, example = "mtor_allosteric")]
    pub node: Node,
    /// Which concentration counts.
    #[key(default = "parent", example = "sum")]
    pub analyte: Analyte,
    /// Unbound concentration of half the effect.
    #[key(positive(Molarity, "nM"), required, example = "0.1 nM")]
    pub ec50: Number,
    /// Hill exponent.
    #[key(plain_above(0.0, 20.0), default = { value = 1.0, source = "default", confidence = "C" }, example = 1.0)]
    pub hill: Number,
    /// Largest effect.
    #[key(PART, default = { value = 1.0, source = "default", confidence = "C" }, example = 1.0)]
    pub maximum: Number,
    /// Changes by state.
    #[key(name = "shift", section, absent = "the same in all states")]
    pub shifts: Vec<Shift>,
}

/// A hormone of the blood that feeds the receptors of a tumour, and that drugs move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hormone {
    /// Insulin: PI3K by way of IRS-1.
    Insulin,
    /// Insulin-like growth factor 1: receptors, and so both arms below them.
    Igf1,
}

/// What it does to a hormone of the blood, following the daily average of the measured concentration, whatever the
/// tumour's perfusion: hormone x (1 + (factor - 1) E) with E = C^hill / (ec50^hill + C^hill). A bath does nothing: a
/// dish has no liver and no pancreas.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.hormone", heading = "[[catalogue.drug.hormone]]", title = HormoneEffect::words)]
pub struct HormoneEffect {
    /// The hormone.
    #[key(required, example = "insulin")]
    pub hormone: Hormone,
    /// Daily average concentration, of drug and active metabolite together, of half the effect.
    #[key(positive(Concentration, "ng/mL"), required, example = "10 ng/mL")]
    pub ec50: Number,
    /// Hill exponent.
    #[key(plain_above(0.0, 20.0), default = { value = 1.0, source = "default", confidence = "C" }, example = 1.0)]
    pub hill: Number,
    /// What becomes of the hormone at full effect: above 1 it rises, below it falls.
    #[key(plain(0.0, 20.0), required, example = 2.0)]
    pub factor: Number,
}

/// What it does to vessels, following the daily average of the measured concentration. With the effect E =
/// maximum x C^hill / (ec50^hill + C^hill): VEGF x (1 - trap E), growth of vessels x (1 - formation E), flow x
/// (1 - flow E), loss of vessels + pruning E.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.vascular", title = Vascular::words)]
pub struct Vascular {
    /// Which concentration counts.
    #[key(default = "parent", example = "sum")]
    pub analyte: Analyte,
    /// Concentration of half the effect.
    #[key(positive(Concentration, "ng/mL"), required, example = "1 mg*h/L/d")]
    pub ec50: Number,
    /// Hill exponent.
    #[key(plain_above(0.0, 20.0), default = { value = 1.0, source = "default", confidence = "C" }, example = 1.0)]
    pub hill: Number,
    /// Largest effect.
    #[key(PART, default = { value = 1.0, source = "default", confidence = "C" }, example = 1.0)]
    pub maximum: Number,
    /// Share of VEGF that is trapped at full effect.
    #[key(PART, default = { value = 0.0, source = "default", confidence = "C" }, example = 0.5)]
    pub trap: Number,
    /// Share of the growth of vessels that is lost at full effect.
    #[key(PART, default = { value = 0.0, source = "default", confidence = "C" }, example = 0.5)]
    pub formation: Number,
    /// Share of flow that is lost at full effect, after a day.
    #[key(PART, default = { value = 0.0, source = "default", confidence = "C" }, example = 0.4)]
    pub flow: Number,
    /// Added to the loss of vessels at full effect.
    #[key(measure(Rate, "/d"), default = { value = "0 /d", source = "default", confidence = "C" }, example = "0.08 /d")]
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

/// How cells are killed directly.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "catalogue.drug.kill", heading = "[[catalogue.drug.kill]]", given = one_scale, title = CellKill::words)]
pub struct CellKill {
    /// Added to the death rate; at a division attempt; by ionising dose; removed at once; killed at once.
    #[key(required, example = "death")]
    pub kind: KillKind,
    /// Node whose inhibition scales the kill. With kind = "radiation" `sstr` alone: the dose is that of a
    /// tumour with somatostatin receptors, and in proportion to the patient's.
    #[key(absent = "`ec50`, or the dose itself, sets the effect", example = "mtor_allosteric")]
    pub node: Option<Node>,
    /// Deaths at full effect.
    #[key(measure(Rate, "/d"), required_there, example = "0.0008 /d", only(kind = "death"))]
    pub rate: Option<Number>,
    /// Probability of being killed at full effect; of the treated share for procedures.
    #[key(PART, required_there, example = 0.5, only(kind = "at_division" | "removal" | "ablation"))]
    pub probability: Option<Number>,
    /// Dose that the tumour absorbs by activity given: of the median lesion, as a mean over its cells.
    #[key(
        measure(DoseByActivity, "Gy/GBq"),
        required_there,
        example = "3.41 Gy/GBq",
        only(kind = "radiation")
    )]
    pub dose: Option<Number>,
    /// Daily average concentration of half the effect.
    #[key(
        positive(Concentration, "ng/mL"),
        absent = "`node`, or the dose itself, sets the effect",
        example = "500 ng/mL"
    )]
    pub ec50: Option<Number>,
    /// Of an alkylating drug: factor on `ec50` in patients whose cells have MGMT, which repairs what it does,
    /// and one over it in those without. Patients of a trial have it or not (`mgmt_low`); in a run it is left
    /// out.
    #[key(
        plain(1.0, 100.0), absent = "MGMT does not matter", example = 2.3,
        only(kind = "death" | "at_division"),
    )]
    pub mgmt: Option<Number>,
    /// Linear coefficient of the linear-quadratic law.
    #[key(positive(PerGray, "/Gy"), required_there, example = "0.15 /Gy", only(kind = "radiation"))]
    pub alpha: Option<Number>,
    /// Ratio of its two coefficients.
    #[key(positive(AbsorbedDose, "Gy"), required_there, example = "10 Gy", only(kind = "radiation"))]
    pub alpha_beta: Option<Number>,
    /// Half-time of repair.
    #[key(name = "repair", positive(Time, "h"), required_there, example = "1.5 h", only(kind = "radiation"))]
    pub repair_h: Option<Number>,
    /// Effective half-life in the tumour.
    #[key(
        name = "half_life",
        positive(Time, "h"),
        required_there,
        example = "100 h",
        only(kind = "radiation")
    )]
    pub half_life_h: Option<Number>,
    /// Relative fall of the absorbed dose from cycle to cycle.
    #[key(
        plain(0.0, 0.99),
        absent = "the same dose in every cycle",
        example = 0.1,
        only(kind = "radiation")
    )]
    pub fall_per_cycle: Option<Number>,
    /// Log-SD of the absorbed dose between lesions of a patient; `dose` is that of the median lesion.
    #[key(
        plain(0.0, 3.0),
        absent = "all lesions of a patient get the same",
        example = 0.45,
        only(kind = "radiation")
    )]
    pub lesions_log_sd: Option<Number>,
    /// Log-SD of what cells of a lesion take up themselves.
    #[key(plain(0.0, 3.0), absent = "all cells take up the same", example = 0.9, only(kind = "radiation"))]
    pub cells_log_sd: Option<Number>,
    /// Share of a lesion's mean dose that all of its cells get alike, from decays farther away than uptake
    /// varies. The longer the range of the electrons, the larger.
    #[key(PART, absent = "none: each cell gets what it takes up", example = 0.4, only(kind = "radiation"))]
    pub crossfire: Option<Number>,
    /// Share of cells that take up nothing, and get `crossfire` alone.
    #[key(PART, absent = "none", example = 0.1, only(kind = "radiation"))]
    pub negative: Option<Number>,
    /// Share of lethally hit cells that die at their first attempt to divide; the others divide once more, and
    /// their daughters die at theirs.
    #[key(PART, absent = "all of them", example = 0.5, only(kind = "radiation"))]
    pub first_division: Option<Number>,
    /// Lesions of the liver alone are irradiated.
    #[key(absent = "lesions of all organs are", example = true, only(kind = "radiation"))]
    pub liver_only: Option<bool>,
    /// Changes by state.
    #[key(name = "shift", section("catalogue.drug.kill.shift" "[[catalogue.drug.kill.shift]]" "How a state changes the kill."), absent = "the same in all states")]
    pub shifts: Vec<Shift>,
}

impl Shift {
    fn words(&self) -> String {
        let context = self.tsc_context.map_or(String::new(), |c| format!(" (TSC context {})", c.word()));
        format!("factors in {}{context}", self.states)
    }
}

fn changes_something(reader: &Reader<'_>) {
    if !reader.has("ec50") && !reader.has("maximum") {
        reader.refuse(
            "",
            "a shift that changes nothing",
            "expected `ec50` or `maximum`",
            "add the factor that the states change, or remove the shift",
        );
    }
}

impl Target {
    fn words(&self) -> String {
        format!("target {}, {}, unbound", self.node.word(), self.analyte.word())
    }
}

impl HormoneEffect {
    fn words(&self) -> String {
        format!("hormone {}", self.hormone.word())
    }
}

impl Vascular {
    fn words(&self) -> String {
        format!("vessels, {}", self.analyte.word())
    }
}

impl CellKill {
    /// What it does at full effect: deaths per day, the probability of dying, or Gy per GBq.
    pub fn strength(&self) -> f64 {
        [&self.rate, &self.probability, &self.dose].into_iter().flatten().next().map_or(0.0, |n| n.value)
    }

    fn words(&self) -> String {
        let follows = self.node.map_or(String::new(), |n| format!(" with {}", n.word()));
        format!("kill {}{follows}", self.kind.word())
    }
}

/// A kill by a drug follows its node or its concentration; one by dose or procedure follows neither, but radiation may
/// need receptors.
fn one_scale(reader: &Reader<'_>) {
    if reader.has("mgmt") && !reader.has("ec50") {
        reader.refuse(
            "",
            "`mgmt` of a kill without `ec50`",
            "expected `ec50`, which it changes",
            "add the concentration of half the effect, or leave `mgmt` out",
        );
    }
    let Some(kind) = reader.value::<Plain, KillKind>("kind") else { return };
    let given: Vec<&str> = ["node", "ec50"].into_iter().filter(|k| reader.has(k)).collect();
    let by_drug = matches!(kind, KillKind::Death | KillKind::AtDivision);
    match (given.as_slice(), by_drug) {
        ([], true) => reader.refuse(
            "",
            "a kill that follows nothing",
            "expected `node` or `ec50`",
            "add the node of the drug that kills, or the concentration of half the effect",
        ),
        ([_, second], true) => reader.refuse(
            second,
            "`ec50` together with `node`",
            "expected only one of them",
            "remove one: a kill follows either its node or its concentration",
        ),
        // Uptake by receptors: a radionuclide on a somatostatin analogue.
        (["node"], false) if kind == KillKind::Radiation => by_receptors(reader),
        ([first, ..], false) => reader.refuse(
            first,
            format!("`{first}` does not go with kind = {:?}", kind.word()),
            "expected no such key: the dose itself sets the effect",
            format!("remove `{first}`"),
        ),
        _ => {}
    }
}

/// A radionuclide may be taken up by somatostatin receptors, and by nothing else of the network.
fn by_receptors(reader: &Reader<'_>) {
    if reader.peek::<Plain, Node>("node").is_some_and(|node| node != Node::Sstr) {
        reader.refuse(
            "node",
            "a radionuclide that is taken up by no receptor",
            "expected `sstr`, or no such key: the dose itself sets the effect",
            "remove `node`, or write `node = \"sstr\"` for uptake by somatostatin receptors",
        );
    }
}
