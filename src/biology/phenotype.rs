//! Phenotype mode `signalling`: rates of a cell from its patient, its state, its drugs and its oxygen.
//!
//! ```text
//! division attempts  b · m · quiescence,  m = growth^gamma      (growth: the network's, 1 untreated)
//!   of which κ replace the mother in place and the rest seek a site
//! deaths             d0 · death + deaths caused by drugs + anoxia (death: the network's, 1 untreated)
//! net                b·m·(1 − κ) − deaths
//! ```

use crate::catalogue::{Drug, Inducer, Induction, Node, Suppression};
use crate::scenario::{CellRates, ChangeKind, Locus, Oxygen};

use super::patient::{PatientBiology, Turnover, equilibrium_switching};
use super::potency::{Effects, Exposure, Potency, PotencyError, StatePotency};
use super::signalling::{CellInputs, Inhibition, Network, Parameters, PreparedCell, SteadyState};

/// How much oxygen a cell has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Regime {
    /// Enough.
    Normoxic,
    /// Too little to cycle.
    Hypoxic,
    /// Too little to live on.
    Anoxic,
}

/// What oxygen does to a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OxygenEffects {
    /// Pressure below which a cell is hypoxic, mmHg.
    pub hypoxic_mmhg: f64,
    /// Division attempts of the untreated sensitive cell in hypoxia, relative to enough oxygen: the whole
    /// effect, of which the network's mTORC1 does a part and quiescence the rest.
    pub hypoxic_birth_factor: f64,
    /// Pressure below which cells die, mmHg.
    pub anoxic_mmhg: f64,
    /// Deaths added there, per day.
    pub anoxic_death_add: f64,
}

impl Default for OxygenEffects {
    /// Quiescent below 5 mmHg, deaths below 1 mmHg (orders of magnitude; C).
    fn default() -> Self {
        Self { hypoxic_mmhg: 5.0, hypoxic_birth_factor: 0.3, anoxic_mmhg: 1.0, anoxic_death_add: 0.01 }
    }
}

impl From<&Oxygen> for OxygenEffects {
    fn from(oxygen: &Oxygen) -> Self {
        Self {
            hypoxic_mmhg: oxygen.hypoxic_mmhg,
            hypoxic_birth_factor: oxygen.hypoxic_birth_factor,
            anoxic_mmhg: oxygen.anoxic_mmhg,
            anoxic_death_add: oxygen.anoxic_death_add,
        }
    }
}

impl OxygenEffects {
    /// The regime at a pressure, mmHg.
    pub fn regime(&self, mmhg: f64) -> Regime {
        match mmhg {
            p if p < self.anoxic_mmhg => Regime::Anoxic,
            p if p < self.hypoxic_mmhg => Regime::Hypoxic,
            _ => Regime::Normoxic,
        }
    }
}

impl Regime {
    /// Hypoxia as the network takes it: 0 with oxygen, 1 without.
    pub fn hypoxia(self) -> f64 {
        if self == Self::Normoxic { 0.0 } else { 1.0 }
    }
}

/// A change of a locus that a cell can make, with its rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Index of the locus.
    pub locus: usize,
    /// Level after.
    pub to: u8,
    /// Mutation or switching.
    pub kind: ChangeKind,
    /// Probability per completed division (each daughter draws at half of it), or rate per day.
    pub rate: f64,
}

/// Rates of a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// Division attempts per day.
    pub division: f64,
    /// Probability that an attempt replaces the mother in place, κ.
    pub replace: f64,
    /// Probability that an attempt kills the mother.
    pub kill_at_division: f64,
    /// Deaths per day.
    pub death: f64,
    /// Changes of loci.
    pub moves: Vec<Move>,
    /// The network.
    pub network: SteadyState,
}

impl Fate {
    /// Rates of the cell, which stays where it is.
    pub const fn rates(&self) -> CellRates {
        CellRates {
            birth: self.division,
            death: self.death,
            migration: 0.0,
            kill_at_division: self.kill_at_division,
        }
    }

    /// Expected net growth where sites are free, per day.
    pub fn net(&self) -> f64 {
        self.rates().growth(self.replace)
    }
}

/// What of a cell's network decides its rates.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Answer {
    /// Division attempts relative to the untreated sensitive cell with oxygen, but for quiescence: `growth^gamma`.
    pub multiplier: f64,
    /// Uncoupled deaths relative to the untreated sensitive cell.
    pub death: f64,
    /// S6 kinase.
    pub s6k: f64,
    /// Secretion of VEGF relative to the untreated sensitive cell with oxygen.
    pub vegf: f64,
    /// Secretion of chromogranin A relative to the untreated sensitive cell.
    pub cga: f64,
    /// Drive of cell size relative to the same cell untreated.
    pub mass: f64,
}

/// How far what induces and suppresses changes of loci is there, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extents {
    /// Fall of S6K below what it is without drugs.
    s6k_inhibition: f64,
    /// Binding of a rapalog.
    rapalog: f64,
    /// Inhibition of VEGF or its receptors in vessels.
    vegf_blockade: f64,
}

/// What a change of a locus does in one patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// Index of the locus.
    pub locus: usize,
    from: u8,
    /// Level after.
    pub to: u8,
    kind: ChangeKind,
    basal: f64,
    induced: Option<(f64, Inducer)>,
    suppressed: Option<(f64, Inducer)>,
}

impl Trajectory {
    /// Whether drugs act on it.
    pub fn is_driven(&self) -> bool {
        self.induced.is_some() || self.suppressed.is_some()
    }

    /// Its rate, as in [`Move`].
    pub fn rate(&self, extents: &Extents) -> f64 {
        let extent = |by: Inducer| match by {
            Inducer::S6kInhibition => extents.s6k_inhibition,
            Inducer::Rapalog => extents.rapalog,
            Inducer::VegfBlockade => extents.vegf_blockade,
        };
        let added = self.induced.map_or(0.0, |(rate, by)| rate * extent(by));
        let kept = self.suppressed.map_or(1.0, |(share, by)| 1.0 - share * extent(by));
        (self.basal + added) * kept
    }
}

/// The phenotype of one patient's cells under a list of drugs.
#[derive(Debug, Clone, PartialEq)]
pub struct Phenotype {
    patient: PatientBiology,
    network: Network,
    potency: Potency,
    loci: Vec<Locus>,
    oxygen: OxygenEffects,
    /// Factor on division attempts in hypoxia beyond what the network does.
    quiescence: f64,
    courses: Vec<Trajectory>,
}

impl Phenotype {
    /// Prepares the phenotype of a patient's cells with these loci under these drugs.
    ///
    /// # Errors
    ///
    /// [`PotencyError`] if a drug's targets cannot be used.
    pub fn new(
        patient: &PatientBiology,
        parameters: Parameters,
        loci: &[Locus],
        drugs: &[Drug],
        oxygen: OxygenEffects,
    ) -> Result<Self, PotencyError> {
        let network = patient.network(parameters);
        let mut phenotype = Self {
            potency: Potency::compile(drugs, loci, patient)?,
            network,
            patient: patient.clone(),
            loci: loci.to_vec(),
            oxygen,
            quiescence: 1.0,
            courses: Vec::new(),
        };
        let sensitive = network.cell(patient.sensitive());
        let starved = phenotype.terms().multiplier(&network.solve(&sensitive, &Inhibition::NONE, 1.0));
        phenotype.quiescence = oxygen.hypoxic_birth_factor / starved.max(oxygen.hypoxic_birth_factor);
        phenotype.courses = phenotype.prepare_courses();
        Ok(phenotype)
    }

    /// The patient.
    pub fn patient(&self) -> &PatientBiology {
        &self.patient
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Prepares a state: a level for each locus.
    pub fn state(&self, levels: &[u8]) -> StatePhenotype {
        let mut inputs = CellInputs::of(&self.loci, levels, self.patient.data.tsc_context);
        self.patient.adjust(&mut inputs);
        let cell = self.network.cell(inputs);
        let untreated = |hypoxia| self.network.solve(&cell, &Inhibition::NONE, hypoxia).s6k;
        StatePhenotype {
            terms: self.terms(),
            potency: self.potency.of_state(levels),
            untreated_s6k: [untreated(0.0), untreated(1.0)],
            courses: self.courses.iter().filter(|c| levels[c.locus] == c.from).cloned().collect(),
            cell,
        }
    }

    fn terms(&self) -> Terms {
        Terms {
            network: self.network,
            turnover: self.patient.turnover,
            gamma: self.patient.effective_gamma(),
            oxygen: self.oxygen,
            quiescence: self.quiescence,
        }
    }

    /// Changes of loci in this patient. Basal switching into a state that the patient holds at a fraction
    /// is what balances reversion and growth there.
    fn prepare_courses(&self) -> Vec<Trajectory> {
        let mut courses = Vec::new();
        for (locus, described) in self.loci.iter().enumerate() {
            for change in &described.changes {
                let back = described
                    .changes
                    .iter()
                    .find(|c| c.kind == ChangeKind::Switching && (c.from, c.to) == (change.to, change.from));
                let held = self.patient.equilibrium_fraction(&described.name, change.to);
                let basal = match (held, back) {
                    (Some(fraction), Some(back))
                        if change.kind == ChangeKind::Switching && change.from == 0 =>
                    {
                        equilibrium_switching(fraction, back.rate, self.advantage(locus, change.to))
                    }
                    _ => change.rate,
                };
                courses.push(Trajectory {
                    locus,
                    from: change.from,
                    to: change.to,
                    kind: change.kind,
                    basal,
                    induced: change.induced.as_ref().map(|i| self.induction(i)),
                    suppressed: change.suppressed.as_ref().map(|s: &Suppression| (s.share.value, s.by)),
                });
            }
        }
        courses
    }

    /// Only rates that differ between patients follow the patient's factor.
    fn induction(&self, induced: &Induction) -> (f64, Inducer) {
        let factor = if induced.rate.cv > 0.0 { self.patient.data.induction_factor } else { 1.0 };
        (induced.rate.value * factor, induced.by)
    }

    /// Untreated net growth of a level of a locus above that of the sensitive cell, per day.
    fn advantage(&self, locus: usize, level: u8) -> f64 {
        let mut levels = vec![0; self.loci.len()];
        let sensitive = self.state(&levels).fate(&[], Regime::Normoxic).net();
        levels[locus] = level;
        self.state(&levels).fate(&[], Regime::Normoxic).net() - sensitive
    }
}

/// What all states of a patient's cells have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Terms {
    network: Network,
    turnover: Turnover,
    gamma: f64,
    oxygen: OxygenEffects,
    quiescence: f64,
}

impl Terms {
    fn multiplier(&self, network: &SteadyState) -> f64 {
        libm::pow(network.growth, self.gamma)
    }
}

/// The phenotype of cells in one state.
#[derive(Debug, Clone)]
pub struct StatePhenotype {
    terms: Terms,
    cell: PreparedCell,
    potency: StatePotency,
    /// S6K without drugs, with and without oxygen.
    untreated_s6k: [f64; 2],
    courses: Vec<Trajectory>,
}

impl StatePhenotype {
    /// What drugs at these exposures (one for each drug, in order; none for the rest) do to a cell.
    pub fn effects(&self, exposures: &[Exposure]) -> Effects {
        self.potency.effects(exposures)
    }

    /// The network under these effects.
    pub fn network(&self, effects: &Effects, regime: Regime) -> SteadyState {
        self.terms.network.solve(&self.cell, &effects.inhibition, regime.hypoxia())
    }

    /// Rates of a cell at these exposures.
    pub fn fate(&self, exposures: &[Exposure], regime: Regime) -> Fate {
        let effects = self.effects(exposures);
        self.fate_under(&effects, regime)
    }

    /// What of a network decides the rates of this cell.
    pub fn answer(&self, network: &SteadyState) -> Answer {
        Answer {
            multiplier: self.terms.multiplier(network),
            death: network.death,
            s6k: network.s6k,
            vegf: network.vegf,
            cga: network.cga,
            mass: network.mass,
        }
    }

    /// Whether drugs and network are the same in another state of the same patient, so that its effects and its network
    /// are this one's: states that differ in silent levels, or in what the drugs at hand do not tell apart.
    pub fn is_alike(&self, other: &Self) -> bool {
        self.cell == other.cell && self.potency == other.potency
    }

    /// Changes of loci of one kind that the cell may make.
    pub fn courses(&self, kind: ChangeKind) -> impl Iterator<Item = &Trajectory> {
        self.courses.iter().filter(move |c| c.kind == kind)
    }

    /// Rates of a cell under these effects.
    pub fn fate_under(&self, effects: &Effects, regime: Regime) -> Fate {
        let network = self.network(effects, regime);
        let answer = self.answer(&network);
        let extents = self.extents(effects, &answer, regime);
        let moved = |c: &Trajectory| Move { locus: c.locus, to: c.to, kind: c.kind, rate: c.rate(&extents) };
        Fate {
            division: self.division(&answer, regime),
            replace: self.replace(),
            kill_at_division: effects.kill_at_division,
            death: self.death(effects, &answer, regime),
            moves: self.courses.iter().map(moved).collect(),
            network,
        }
    }

    /// Division attempts per day.
    pub fn division(&self, answer: &Answer, regime: Regime) -> f64 {
        let quiescence = if regime == Regime::Normoxic { 1.0 } else { self.terms.quiescence };
        self.terms.turnover.birth * answer.multiplier * quiescence
    }

    /// Probability that a division attempt replaces the mother in place, κ.
    pub fn replace(&self) -> f64 {
        self.terms.turnover.coupled_loss
    }

    /// Deaths per day.
    pub fn death(&self, effects: &Effects, answer: &Answer, regime: Regime) -> f64 {
        let anoxia = if regime == Regime::Anoxic { self.terms.oxygen.anoxic_death_add } else { 0.0 };
        self.terms.turnover.death * answer.death + effects.death + anoxia
    }

    /// How far what acts on changes of loci is there.
    pub fn extents(&self, effects: &Effects, answer: &Answer, regime: Regime) -> Extents {
        let untreated = self.untreated_s6k[usize::from(regime != Regime::Normoxic)];
        let fall = if untreated > 0.0 { (1.0 - answer.s6k / untreated).clamp(0.0, 1.0) } else { 0.0 };
        Extents {
            s6k_inhibition: fall,
            rapalog: effects.inhibition.get(Node::MtorAllosteric),
            vegf_blockade: effects.vegf_blockade,
        }
    }
}

#[cfg(test)]
mod tests;
