//! A tumour without a lattice: cells by state in classes of perfusion, and the vessels of its mean field.
//!
//! ```text
//! perfusion of class j   p_j = base_j · v · flow                base_j: quantiles of the uneven density
//! oxygen of class j      c_j, from the vessels of the class and those around it
//! cells of class j       n' = b·m·fed(p_j)·(1 − κ)·n, a share of it spread over all classes, − deaths − want − kills, ± switches, all but
//!                        switches times what a step of the scenario makes of rates (CellRates::days_of_step)
//! vessels                v' = p·h(f·g)·formation·(1 − v/v_max) − (d + d_rx)·v,   g the mean secretion of VEGF
//! ```
//!
//! Sites are never short, and nothing is left to chance. The share of daughters that land in another voxel than their mother's is that of
//! the lattice's placement. Lesions are alike but under radionuclides ([`super::lesions`]); each begins with as many agents as a lattice would, and when so few are expected that
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
use crate::scenario::{CellRates, ChangeKind, LesionVolume, Scenario};
use crate::simulation::care::{Vasculature, exposures};
use crate::therapy::course::DayReport;

use super::beginning::{
    CLASSES, ClassDensity, PLACES, agents, classes, dead, even, leaving, occupied, reachable, shares,
};
use super::walk::Tumour;

/// Expected number of cells at which there are none with a probability of one half.
const GONE: f64 = std::f64::consts::LN_2;

/// What cells of a state do under an exposure, per day.
#[derive(Debug, Clone)]
struct StateRates {
    /// Divisions and deaths of a cell that is fed.
    cell: CellRates,
    /// Share of attempts that replace the mother in place.
    replace: f64,
    /// Switches: state and rate per day; mutations: state and probability per division.
    switches: Vec<(usize, f64)>,
    mutations: Vec<(usize, f64)>,
    /// What a cell does, relative to the untreated sensitive one.
    does: Drives,
}

/// What cells secrete, and the drive of their size, relative to the untreated sensitive cell.
#[derive(Debug, Clone, Copy, Default)]
struct Drives {
    vegf: f64,
    cga: f64,
    mass: f64,
}

impl Drives {
    fn add(&mut self, cells: f64, of: &Self) {
        self.vegf += cells * of.vegf;
        self.cga += cells * of.cga;
        self.mass += cells * of.mass;
    }
}

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
    /// Clearance of the dead, per day; `None`: at once.
    clearance: Option<f64>,
    /// Live agents of all lesions at the start.
    agents: f64,
    /// Numbers of the rates that are known, by local exposure.
    known: HashMap<(Regime, Vec<DrugBins>), usize>,
    made: Vec<Vec<StateRates>>,
    lesions: usize,
    // What changes.
    cells: Vec<Vec<f64>>,
    dead: f64,
    start: f64,
    parts: TissueParts,
    does: Drives,
}

/// What a class of perfusion is under on a day.
#[derive(Debug, Clone, Copy)]
struct ClassConditions {
    /// What nutrients leave of division attempts.
    fed: f64,
    /// Deaths of want, per day.
    starved: f64,
    /// Number of the rates of its states.
    rates: usize,
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
        Ok(Self {
            rows: levels.iter().map(row).collect(),
            all_rows: space.codes.len(),
            grids: drugs.iter().map(|drug| Grid::new(drug, patient)).collect(),
            exponents: drugs.iter().map(|drug| drug.delivery_exponent.value).collect(),
            nutrients: scenario.vessels.as_ref().map_or_else(Nutrients::none, Nutrients::new),
            vasculature: Vasculature::new(scenario.vessels.as_ref()),
            oxygen: MeanOxygen::new(scenario, occupied(scenario)),
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
            states,
            levels,
            lesions,
            dead,
            start: 1.0 + dead,
            parts: TissueParts::default(),
            does: Drives { vegf: 1.0, cga: 1.0, mass: 1.0 },
        })
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
            mutations: of(ChangeKind::Mutation),
            does: Drives { vegf: fate.network.vegf, cga: fate.network.cga, mass: fate.network.mass },
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

    /// Means over a class of what nutrients leave of division attempts, and of deaths of want, at a mean perfusion.
    fn nourished(&self, class: usize, mean: f64) -> (f64, f64) {
        let last = self.nutrients.perfusions().len() - 1;
        let bin = |density: &f64| if last == 0 { 0 } else { ((density * mean * 16.0) as usize).min(last) };
        let bins = self.base[class].places.iter().map(bin);
        let (fed, starved) = bins.fold((0.0, 0.0), |(fed, starved), bin| {
            (fed + self.nutrients.factor(bin), starved + self.nutrients.starved(bin))
        });
        (fed / PLACES as f64, starved / PLACES as f64)
    }

    /// What is the same for a class all day: its nutrients, and the number of its rates.
    fn conditions(&mut self, exposures: &[Exposure]) -> Vec<ClassConditions> {
        let mean = self.parts.vessels * self.vasculature.flow();
        let (around, classes) = (self.oxygen.around(mean), self.base.len());
        let of = |class: usize| {
            let perfusion = self.base[class].mean * mean;
            let regime = self.oxygen.regime(perfusion, around);
            let (fed, starved) = self.nourished(class, mean);
            ClassConditions { fed, starved, rates: self.rates(exposures, perfusion, regime) }
        };
        (0..classes).map(of).collect()
    }

    /// A step under the day's conditions of each class.
    fn grow(&mut self, conditions: &[ClassConditions]) {
        let states = self.states.len();
        let (mut spread, mut deaths) = (vec![0.0; states], 0.0);
        let mut does = Drives::default();
        let live = self.live();
        let mut before = Vec::with_capacity(states);
        for (class, ClassConditions { fed, starved, rates }) in conditions.iter().enumerate() {
            before.clone_from(&self.cells[class]);
            let now = &mut self.cells[class];
            for (state, (n, r)) in before.iter().zip(&self.made[*rates]).enumerate() {
                let here = CellRates { birth: r.cell.birth * fed, death: r.cell.death + starved, ..r.cell };
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

    fn cellularity(&self) -> Cellularity {
        Cellularity { live: self.live() / self.start, dead: self.dead / self.start }
    }
}

impl Tumour for MeanField {
    fn volumes(&self) -> Vec<f64> {
        let volume = self.parts.volume(&self.volume, self.cellularity(), self.vasculature.flow());
        vec![volume; self.lesions]
    }

    fn live_by_row(&self) -> Vec<f64> {
        let mut all = vec![0.0; self.all_rows];
        for class in &self.cells {
            for (row, n) in self.rows.iter().zip(class) {
                all[*row] += self.agents * n;
            }
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
        for cut in &report.cuts {
            self.cut(cut.share, cut.dead_remain);
        }
        self.vasculature.advance_day(report.vessels());
        let cells = self.cellularity();
        self.parts.vessels = self.vasculature.grown(self.parts.vessels, self.does.vegf);
        let conditions = self.conditions(exposures);
        (0..self.steps).for_each(|_| self.grow(&conditions));
        self.parts.advance_day(&self.volume, cells, self.does.mass);
        self.vanish();
    }
}
