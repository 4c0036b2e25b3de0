//! A tumour without a lattice: cells by state in classes of perfusion, and the vessels of its mean field.
//!
//! ```text
//! perfusion of class j   p_j = base_j · v_j · flow              base_j: quantiles of the uneven density
//! oxygen of class j      c_j, from the vessels of the class and those around it
//! cells of class j       n' = b·m·fed(p_j)·(1 − κ)·n, a share of it spread over all classes, − deaths − want − kills, ± switches, all but
//!                        switches times what a step of the scenario makes of rates (CellRates::days_of_step)
//! vessels of class j     v_j, by the VEGF that its cells see, and by the cells that keep vessels without it ([`super::class_vessels`])
//! ```
//!
//! Sites are never short, and nothing is left to chance but what is in the ledgers of lesions ([`super::rare`]): mutants, and states too
//! rare to be worth agents. The share of daughters that land in another voxel than their mother's is that of
//! the lattice's placement. Lesions are alike but for their ledgers, and under radionuclides ([`super::lesions`]); each begins with as many agents as a lattice would, and when so few are expected that
//! as likely as not none is left, none is: a lesion can be cured.

use std::collections::HashMap;

use crate::biology::StateSpace;
use crate::biology::exposure::{DrugBins, Grid};
use crate::biology::nutrients::Nutrients;
use crate::biology::oxygen::MeanOxygen;
use crate::biology::patient::PatientBiology;
use crate::biology::phenotype::{Move, OxygenEffects, Phenotype, Regime, StatePhenotype};
use crate::biology::potency::{Exposure, PotencyError};
use crate::biology::signalling::Parameters;
use crate::biology::volume::{Cellularity, TissueParts};
use crate::catalogue::Drug;
use crate::scenario::{ChangeKind, LesionVolume, Scenario};
use crate::simulation::care::{Vasculature, exposures};
use crate::simulation::perfusion_classes::{
    CLASSES, ClassDensity, PLACES, bin, classes, even, leaving, occupied,
};
use crate::therapy::course::DayReport;
use crate::tissue::LesionId;

use super::beginning::{agents, dead, reachable, shares};
use super::class_vessels::{ClassVessels, perfusions};
use super::rare::{ClassConditions, Drives, Rare, RareDay, StateRates};
use super::walk::Tumour;

/// Expected number of cells at which there are none with a probability of one half.
const GONE: f64 = std::f64::consts::LN_2;

/// A tumour as numbers.
#[derive(Debug, Clone)]
pub struct MeanField {
    states: Vec<StatePhenotype>,
    /// Row of each state among all of the scenario, and levels.
    rows: Vec<usize>,
    levels: Vec<Vec<u8>>,
    all_rows: usize,
    grids: Vec<Grid>,
    exponents: Vec<f64>,
    nutrients: Nutrients,
    vasculature: Vasculature,
    oxygen: MeanOxygen,
    volume: LesionVolume,
    /// Days of a step, and their number in a day.
    step_days: f64,
    steps: u32,
    /// Share of daughters that land in another voxel than their mother's.
    leaving: f64,
    base: Vec<ClassDensity>,
    vessels: ClassVessels,
    /// Clearance of the dead, per day; `None`: at once.
    clearance: Option<f64>,
    /// Live agents of all lesions at the start.
    agents: f64,
    /// Numbers of the rates that are known, by local exposure.
    known: HashMap<(Regime, Vec<DrugBins>), usize>,
    made: Vec<Vec<StateRates>>,
    /// The local exposures that they are under.
    seen: Vec<(Regime, Vec<Exposure>)>,
    phenotype: Phenotype,
    lesions: usize,
    /// Ledgers of the lesions, if they have any.
    rare: Option<Rare>,
    // What changes.
    cells: Vec<Vec<f64>>,
    dead: f64,
    start: f64,
    parts: TissueParts,
    does: Drives,
}

impl MeanField {
    /// The tumour of a patient's scenario at its untreated equilibrium, with this many lesions that are all alike.
    ///
    /// # Errors
    ///
    /// [`PotencyError`] if a drug's targets cannot be used.
    pub fn new(
        scenario: &Scenario,
        space: &StateSpace,
        patient: &PatientBiology,
        drugs: &[Drug],
        lesions: usize,
    ) -> Result<Self, PotencyError> {
        let oxygen = scenario.oxygen.as_ref().map_or_else(OxygenEffects::default, OxygenEffects::from);
        let phenotype = Phenotype::new(patient, Parameters::default(), &scenario.loci, drugs, oxygen)?;
        let shares = shares(scenario);
        let levels = reachable(scenario, shares.iter().map(|(levels, _)| levels.clone()).collect());
        let states: Vec<StatePhenotype> = levels.iter().map(|l| phenotype.state(l)).collect();
        let row = |l: &Vec<u8>| space.codes.iter().position(|code| *code == space.code(l)).unwrap_or(0);
        let base = scenario.vessels.as_ref().map_or_else(even, |v| classes(v.unevenness));
        let of_class = |levels: &Vec<u8>| {
            shares.iter().find(|(l, _)| l == levels).map_or(0.0, |(_, share)| share.max(0.0)) / CLASSES as f64
        };
        let dead = dead(scenario, &patient.turnover);
        let oxygen = MeanOxygen::new(scenario, occupied(scenario));
        Ok(Self {
            vessels: ClassVessels::new(scenario, &levels, &base, &oxygen),
            rows: levels.iter().map(row).collect(),
            all_rows: space.codes.len(),
            grids: drugs.iter().map(|drug| Grid::new(drug, patient).for_loci(&scenario.loci)).collect(),
            exponents: drugs.iter().map(|drug| drug.delivery_exponent.value).collect(),
            nutrients: scenario.vessels.as_ref().map_or_else(Nutrients::none, Nutrients::new),
            vasculature: Vasculature::new(scenario.vessels.as_ref()),
            oxygen,
            volume: scenario.volume,
            step_days: scenario.time.step_days(),
            steps: 24 / scenario.time.step_hours,
            leaving: leaving(&scenario.lattice),
            cells: vec![levels.iter().map(of_class).collect(); base.len()],
            base,
            clearance: scenario.rates.clearance,
            agents: agents(scenario, &patient.turnover, lesions),
            known: HashMap::new(),
            made: Vec::new(),
            seen: Vec::new(),
            phenotype,
            rare: None,
            states,
            levels,
            lesions,
            dead,
            start: 1.0 + dead,
            parts: TissueParts::default(),
            does: Drives { vegf: 1.0, cga: 1.0, mass: 1.0 },
        })
    }

    /// The same with the ledgers of its lesions, of so many live cells each; `None`: as many as the agents that the scenario begins with
    /// stand for.
    pub fn with_ledgers(
        mut self,
        scenario: &Scenario,
        space: &StateSpace,
        lesions: &[(LesionId, Option<f64>)],
    ) -> Self {
        let each = self.agents / self.lesions as f64 * scenario.cells_per_agent.unwrap_or(1.0);
        let lesions = lesions.iter().map(|(id, cells)| (*id, cells.unwrap_or(each)));
        let kind = |levels: &[u8]| self.vessels.kind(&scenario.loci, levels);
        self.rare = Rare::new(scenario, space, (&self.phenotype, kind), lesions);
        self
    }

    /// Live cells that are not rare by row, relative to the start.
    fn common_by_row(&self) -> Vec<(usize, f64)> {
        let of = |(state, row): (usize, &usize)| (*row, self.cells.iter().map(|class| class[state]).sum());
        self.rows.iter().enumerate().map(of).collect()
    }

    /// Share of live cells in each class; as many in each where there are none.
    fn class_shares(&self) -> Vec<f64> {
        let live = self.live();
        let of = |class: &Vec<f64>| match live > 0.0 {
            true => class.iter().sum::<f64>() / live,
            false => 1.0 / CLASSES as f64,
        };
        self.cells.iter().map(of).collect()
    }

    /// Draws what is rare before therapy, under no drugs at the mean perfusion.
    fn begin_rare(&mut self, drugs: usize) {
        let Some(mut rare) = self.rare.take() else { return };
        if !rare.has_begun() {
            let untreated = self.vessels.densities().to_vec();
            let none = vec![Exposure::default(); drugs];
            let around = self.vessels.of_cells(&self.cells);
            let conditions = self.conditions_at(&none, (&untreated, &around), 1.0);
            let mut placed = vec![0.0; self.all_rows];
            self.common_by_row().iter().for_each(|(row, share)| placed[*row] += share);
            let (shares, exposures) = (self.class_shares(), &self.seen);
            rare.begin(&placed, &RareDay { conditions: &conditions, shares: &shares, exposures });
        }
        self.rare = Some(rare);
    }

    /// A day of what is rare, before the rest has grown.
    fn pass_rare(&mut self, killed: f64, conditions: &[Vec<ClassConditions>]) {
        let Some(mut rare) = self.rare.take() else { return };
        let (live, shares) = (self.common_by_row(), self.class_shares());
        let day = RareDay { conditions, shares: &shares, exposures: &self.seen };
        rare.account(&day);
        rare.pass(&live, killed, &day);
        self.rare = Some(rare);
    }

    /// Adds what rare cells do to what the others do.
    fn mix(&mut self, conditions: &[Vec<ClassConditions>]) {
        let Some(mut rare) = self.rare.take() else { return };
        let shares = self.class_shares();
        let (does, cells) = rare.does(&RareDay { conditions, shares: &shares, exposures: &self.seen });
        let live = self.live() * rare.placed();
        if cells > 0.0 {
            let mut all = Drives::default();
            all.add(live / (live + cells), &self.does);
            all.add(1.0 / (live + cells), &does);
            self.does = all;
        }
        self.rare = Some(rare);
    }

    /// Number of the rates under an exposure at a perfusion and oxygen.
    fn rates(&mut self, exposures: &[Exposure], perfusion: f64, regime: Regime) -> usize {
        let local: Vec<DrugBins> = exposures
            .iter()
            .zip(&self.grids)
            .zip(&self.exponents)
            .map(|((e, grid), exponent)| {
                let factor = libm::pow(perfusion.max(1e-3), *exponent);
                grid.bins(&Exposure {
                    parent_nm: e.parent_nm * factor,
                    metabolite_nm: e.metabolite_nm * factor,
                    average: e.average * factor,
                    radiation: e.radiation * factor,
                    ..*e
                })
            })
            .collect();
        let key = (regime, local);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let seen: Vec<Exposure> = key.1.iter().map(DrugBins::exposure).collect();
        let of = |(s, l): (&StatePhenotype, &Vec<u8>)| self.rates_of(s, l, &seen, regime);
        self.made.push(self.states.iter().zip(&self.levels).map(of).collect());
        self.seen.push((regime, seen));
        self.known.insert(key, self.made.len() - 1);
        self.made.len() - 1
    }

    fn rates_of(
        &self,
        state: &StatePhenotype,
        levels: &[u8],
        exposures: &[Exposure],
        regime: Regime,
    ) -> StateRates {
        let fate = state.fate(exposures, regime);
        let to = |m: &Move| {
            let mut after = levels.to_vec();
            after[m.locus] = m.to;
            self.levels.iter().position(|l| *l == after).map(|state| (state, m.rate))
        };
        let of = |kind| fate.moves.iter().filter(|m| m.kind == kind).filter_map(to).collect();
        StateRates {
            cell: fate.rates(),
            replace: fate.replace,
            switches: of(ChangeKind::Switching),
            mutations: if self.rare.is_some() { Vec::new() } else { of(ChangeKind::Mutation) },
            does: Drives::of(&fate),
        }
    }

    fn live(&self) -> f64 {
        self.cells.iter().flatten().sum()
    }

    /// Takes a share of the live cells, as a procedure does.
    fn cut(&mut self, share: f64, dead_remain: bool) {
        let killed = self.live() * share;
        self.cells.iter_mut().flatten().for_each(|n| *n *= 1.0 - share);
        self.dead = if dead_remain { self.dead + killed } else { 0.0 };
    }

    /// Means over a class of what nutrients leave of division attempts, and of deaths of want, where perfusion is such a multiple of base density.
    fn nourished(&self, class: usize, mean: f64) -> (f64, f64) {
        let all = self.nutrients.perfusions().len();
        let bins = self.base[class].places.iter().map(|density| bin(density * mean, all));
        let (fed, starved) = bins.fold((0.0, 0.0), |(fed, starved), bin| {
            (fed + self.nutrients.factor(bin), starved + self.nutrients.starved(bin))
        });
        (fed / PLACES as f64, starved / PLACES as f64)
    }

    /// What is the same all day for each kind of cells in each class: its nutrients, and the number of its rates.
    fn conditions(&mut self, exposures: &[Exposure]) -> Vec<Vec<ClassConditions>> {
        let (vessels, flow) = (self.vessels.densities().to_vec(), self.vasculature.flow());
        let around = self.vessels.of_cells(&self.cells);
        self.conditions_at(exposures, (&vessels, &around), flow)
    }

    /// The same with these vessels about each kind of cells, and about all.
    fn conditions_at(
        &mut self,
        exposures: &[Exposure],
        (vessels, all): (&[Vec<f64>], &[f64]),
        flow: f64,
    ) -> Vec<Vec<ClassConditions>> {
        let perfusion_of_all = perfusions(&self.base, all, flow);
        let around = self.oxygen.around(perfusion_of_all.iter().sum::<f64>() / all.len() as f64);
        let mut kinds = Vec::with_capacity(vessels.len());
        for vessels in vessels {
            let perfusions = perfusions(&self.base, vessels, flow);
            let of = |(class, perfusion): (usize, f64)| {
                let regime = self.oxygen.regime(perfusion, around);
                let (fed, starved) = self.nourished(class, vessels[class] * flow);
                ClassConditions { fed, starved, rates: self.rates(exposures, perfusion, regime) }
            };
            kinds.push(perfusions.into_iter().enumerate().map(of).collect());
        }
        kinds
    }

    /// A step under the day's conditions of each class.
    fn grow(&mut self, conditions: &[Vec<ClassConditions>]) {
        let states = self.states.len();
        let (mut spread, mut deaths) = (vec![0.0; states], 0.0);
        let mut does = Drives::default();
        let live = self.live();
        let mut before = Vec::with_capacity(states);
        for (class, now) in self.cells.iter_mut().enumerate() {
            before.clone_from(now);
            for (state, n) in before.iter().enumerate() {
                let here = &conditions[self.vessels.kind_of(state)][class];
                let r = &self.made[here.rates][state];
                let here = here.cell(&r.cell);
                let days = n * here.days_of_step(r.replace, self.step_days);
                let attempts = here.birth * days;
                let completed = attempts * (1.0 - here.kill_at_division);
                let born = completed * (1.0 - r.replace);
                let lost = here.death * days + attempts * here.kill_at_division;
                deaths += lost;
                now[state] += born * (1.0 - self.leaving) - lost;
                spread[state] += born * self.leaving;
                for (to, rate) in &r.switches {
                    let moved = n * -libm::expm1(-rate * self.step_days);
                    now[state] -= moved;
                    now[*to] += moved;
                }
                for (to, probability) in &r.mutations {
                    let moved = completed * probability;
                    now[state] -= moved;
                    now[*to] += moved;
                }
                does.add(*n, &r.does);
            }
            now.iter_mut().for_each(|n| *n = n.max(0.0));
        }
        for class in &mut self.cells {
            class.iter_mut().zip(&spread).for_each(|(n, s)| *n += s / CLASSES as f64);
        }
        self.dead = match self.clearance {
            Some(rate) => self.dead * libm::exp(-rate * self.step_days) + deaths,
            None => 0.0,
        };
        if live > 0.0 {
            self.does = Drives::default();
            self.does.add(1.0 / live, &does);
        }
    }

    /// Lets go of what is less than a cell: a number would come back from any fraction of one.
    fn vanish(&mut self) {
        let agents = self.agents / self.lesions as f64;
        if self.live() * agents < GONE {
            self.cells.iter_mut().flatten().for_each(|n| *n = 0.0);
            if self.dead * agents < GONE {
                self.dead = 0.0;
            }
        }
    }

    /// What live cells that are not rare count of the start.
    fn placed(&self) -> f64 {
        self.rare.as_ref().map_or(1.0, Rare::placed)
    }

    /// Cells of a lesion relative to the start.
    fn cellularity(&self, lesion: usize) -> Cellularity {
        let live = self.rare.as_ref().map_or(self.live(), |rare| rare.live(lesion, self.live()));
        Cellularity { live: live / self.start, dead: self.dead / self.start }
    }

    /// The same in the mean of all lesions.
    fn mean_cellularity(&self) -> Cellularity {
        let rare: f64 = self.rare.iter().flat_map(Rare::by_row).map(|(_, share)| share).sum();
        let live = self.live() * self.placed() + rare;
        Cellularity { live: live / self.start, dead: self.dead / self.start }
    }
}

impl Tumour for MeanField {
    fn volumes(&self) -> Vec<f64> {
        let of = |lesion| self.parts.volume(&self.volume, self.cellularity(lesion), self.vasculature.flow());
        (0..self.lesions).map(of).collect()
    }

    fn live_by_row(&self) -> Vec<f64> {
        let mut all = vec![0.0; self.all_rows];
        for class in &self.cells {
            for (row, n) in self.rows.iter().zip(class) {
                all[*row] += self.agents * self.placed() * n;
            }
        }
        for (row, share) in self.rare.iter().flat_map(Rare::by_row) {
            all[row] += self.agents * share;
        }
        all
    }

    fn secretion(&self) -> (f64, f64) {
        (self.does.vegf, self.does.cga)
    }

    fn pass(&mut self, report: &DayReport) {
        self.pass_under(report, &exposures(report));
    }
}

impl MeanField {
    /// A day under therapy, with what it brings to the cells of these lesions.
    pub(super) fn pass_under(&mut self, report: &DayReport, exposures: &[Exposure]) {
        self.begin_rare(exposures.len());
        let killed = 1.0 - report.cuts.iter().fold(1.0, |left, cut| left * (1.0 - cut.share));
        for cut in &report.cuts {
            self.cut(cut.share, cut.dead_remain);
        }
        self.vasculature.advance_day(report.vessels());
        let cells = self.mean_cellularity();
        let independent = self.vessels.independent(&self.cells);
        self.parts.vessels = self.vasculature.grown(self.parts.vessels, self.does.vegf, independent);
        self.vessels.advance_day(&self.vasculature, (&self.base, &self.oxygen), self.does.vegf, &self.cells);
        let conditions = self.conditions(exposures);
        self.pass_rare(killed, &conditions);
        (0..self.steps).for_each(|_| self.grow(&conditions));
        self.mix(&conditions);
        self.parts.advance_day(&self.volume, cells, self.does.mass);
        self.vanish();
    }
}
