//! A tumour without a lattice: cells by state in classes of perfusion, and the vessels of its mean field.
//!
//! ```text
//! perfusion of class j   p_j = base_j · v · flow                base_j: quantiles of the uneven density
//! cells of class j       n' = b·m·fed(p_j)·(1 − κ)·n, half of it spread over all classes, − deaths − want − kills, ± switches, all but
//!                        switches times what a step of a day makes of rates (CellRates::days_of_step)
//! vessels                v' = p·h(f·g)·formation·(1 − v/v_max) − (d + d_rx)·v,   g the mean secretion of VEGF
//! ```
//!
//! Cells are well oxygenated, sites are never short, and nothing is left to chance. Daughters that seek a site land in another
//! voxel about as often as not. Cells are numbers of agents: when so few are expected that as likely as not none is left, none is.

use std::collections::HashMap;

use crate::biology::exposure::{DrugBins, Grid};
use crate::biology::nutrients::Nutrients;
use crate::biology::patient::PatientBiology;
use crate::biology::phenotype::{Move, OxygenEffects, Phenotype, Regime, StatePhenotype};
use crate::biology::potency::{Exposure, PotencyError};
use crate::biology::signalling::Parameters;
use crate::biology::tissue_tables::cga_secretion;
use crate::biology::{StateSpace, vessels};
use crate::catalogue::Drug;
use crate::scenario::{CellRates, ChangeKind, Scenario, Vessels};
use crate::simulation::care::exposures;
use crate::therapy::VesselEffect;
use crate::therapy::course::DayReport;

use super::beginning::{CLASSES, agents, classes, dead, reachable, shares};
use super::walk::Tumour;

/// Share of daughters that land in another class than their mother's, as far as classes differ.
const SPREAD: f64 = 0.5;
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
    vegf: f64,
    eif4e: f64,
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
    vessels: Option<Vessels>,
    /// Half-saturation of growth by VEGF.
    half: f64,
    base: Vec<f64>,
    /// Clearance of the dead, per day; `None`: at once.
    clearance: Option<f64>,
    /// Live agents of all lesions at the start.
    agents: f64,
    /// Numbers of the rates that are known, by local exposure.
    known: HashMap<Vec<DrugBins>, usize>,
    made: Vec<Vec<StateRates>>,
    untreated_eif4e: f64,
    lesions: usize,
    // What changes.
    cells: Vec<Vec<f64>>,
    dead: f64,
    start: f64,
    density: f64,
    closure: f64,
    vegf: f64,
    eif4e: f64,
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
        let base = scenario.vessels.as_ref().map_or_else(|| vec![1.0; CLASSES], |v| classes(v.unevenness));
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
            half: scenario.vessels.as_ref().map_or(1.0, |v| {
                let h = vessels::untreated_saturation(v);
                (1.0 - h) / h
            }),
            vessels: scenario.vessels.clone(),
            cells: vec![levels.iter().map(of_class).collect(); base.len()],
            base,
            clearance: scenario.rates.clearance,
            agents: agents(scenario, &patient.turnover, lesions),
            known: HashMap::new(),
            made: Vec::new(),
            untreated_eif4e: states[0].fate(&[], Regime::Normoxic).network.eif4e,
            states,
            levels,
            lesions,
            dead,
            start: 1.0 + dead,
            density: 1.0,
            closure: 0.0,
            vegf: 1.0,
            eif4e: 1.0,
        })
    }

    /// Number of the rates under an exposure at a perfusion.
    fn rates(&mut self, exposures: &[Exposure], perfusion: f64) -> usize {
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
                })
            })
            .collect();
        if let Some(known) = self.known.get(&local) {
            return *known;
        }
        let seen: Vec<Exposure> = local.iter().map(DrugBins::exposure).collect();
        let made = self.states.iter().zip(&self.levels).map(|(s, l)| self.rates_of(s, l, &seen)).collect();
        self.made.push(made);
        self.known.insert(local, self.made.len() - 1);
        self.made.len() - 1
    }

    fn rates_of(&self, state: &StatePhenotype, levels: &[u8], exposures: &[Exposure]) -> StateRates {
        let fate = state.fate(exposures, Regime::Normoxic);
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
            vegf: fate.network.vegf,
            eif4e: fate.network.eif4e,
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

    fn grow(&mut self, exposures: &[Exposure]) {
        let states = self.states.len();
        let (mut spread, mut deaths) = (vec![0.0; states], 0.0);
        let (mut vegf, mut eif4e) = (0.0, 0.0);
        let live = self.live();
        let mut before = Vec::with_capacity(states);
        for class in 0..self.base.len() {
            let perfusion = self.base[class] * self.density * (1.0 - self.closure);
            let last = self.nutrients.perfusions().len() - 1;
            let bin = if last == 0 { 0 } else { ((perfusion * 16.0) as usize).min(last) };
            let (fed, starved) = (self.nutrients.factor(bin), self.nutrients.starved(bin));
            let number = self.rates(exposures, perfusion);
            before.clone_from(&self.cells[class]);
            let now = &mut self.cells[class];
            for (state, (n, r)) in before.iter().zip(&self.made[number]).enumerate() {
                let here = CellRates { birth: r.cell.birth * fed, death: r.cell.death + starved, ..r.cell };
                let days = n * here.days_of_step(r.replace, 1.0);
                let attempts = here.birth * days;
                let completed = attempts * (1.0 - here.kill_at_division);
                let born = completed * (1.0 - r.replace);
                let lost = here.death * days + attempts * here.kill_at_division;
                deaths += lost;
                now[state] += born * (1.0 - SPREAD) - lost;
                spread[state] += born * SPREAD;
                for (to, rate) in &r.switches {
                    let moved = n * -libm::expm1(-rate);
                    now[state] -= moved;
                    now[*to] += moved;
                }
                for (to, probability) in &r.mutations {
                    let moved = completed * probability;
                    now[state] -= moved;
                    now[*to] += moved;
                }
                vegf += n * r.vegf;
                eif4e += n * r.eif4e;
            }
            now.iter_mut().for_each(|n| *n = n.max(0.0));
        }
        for class in &mut self.cells {
            class.iter_mut().zip(&spread).for_each(|(n, s)| *n += s / CLASSES as f64);
        }
        self.dead = match self.clearance {
            Some(rate) => self.dead * libm::exp(-rate) + deaths,
            None => 0.0,
        };
        if live > 0.0 {
            self.vegf = vegf / live;
            self.eif4e = eif4e / live;
        }
    }

    /// Lets go of what is less than a cell: a number would come back from any fraction of one.
    fn vanish(&mut self) {
        if self.live() * self.agents < GONE {
            self.cells.iter_mut().flatten().for_each(|n| *n = 0.0);
            if self.dead * self.agents < GONE {
                self.dead = 0.0;
            }
        }
    }

    fn flow(&mut self, effect: VesselEffect) {
        let Some(v) = &self.vessels else { return };
        self.closure += (effect.flow - self.closure) * -libm::expm1(-1.0);
        let g = self.vegf * (1.0 - effect.trap);
        let growth = v.growth * g / (self.half + g) * (1.0 - effect.formation);
        let change = growth * (1.0 - self.density / v.ceiling) - (v.loss + effect.pruning) * self.density;
        self.density = (self.density + change).max(0.0);
    }
}

impl Tumour for MeanField {
    fn volumes(&self) -> Vec<f64> {
        vec![(self.live() + self.dead) / self.start; self.lesions]
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
        (self.vegf, cga_secretion(self.eif4e, self.untreated_eif4e))
    }

    fn pass(&mut self, report: &DayReport) {
        for cut in &report.cuts {
            self.cut(cut.share, cut.dead_remain);
        }
        self.flow(report.vessels());
        self.grow(&exposures(report));
        self.vanish();
    }
}
