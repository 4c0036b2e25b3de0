//! What cells of a state do in the mean over environments: what a ledger needs.

use super::{Fates, TableId, TissueTables};
use crate::biology::phenotype::Regime;
use crate::engine::tables::Transition;
use crate::scenario::CellRates;
use crate::tissue::ledger::{BirthDeath, RareFate};

/// An environment and its share of the cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnvironmentShare {
    /// Oxygen.
    pub regime: Regime,
    /// Bin of perfusion.
    pub perfusion: usize,
    /// Share of the cells.
    pub share: f64,
}

/// What a cell of a state does, per day, in the mean over environments.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MeanRates {
    /// Division attempts, well fed or not.
    pub attempts: f64,
    /// Completed ones.
    pub completed: f64,
    /// Those of them by which there is a cell more.
    pub births: f64,
    /// Deaths, those at division included.
    pub deaths: f64,
}

impl MeanRates {
    /// Adds what cells with these rates do that are such a share of all.
    pub fn add(&mut self, share: f64, rates: &CellRates, replace: f64) {
        let completed = rates.birth * (1.0 - rates.kill_at_division);
        self.attempts += share * rates.birth;
        self.completed += share * completed;
        self.births += share * completed * (1.0 - replace);
        self.deaths += share * (rates.death + rates.birth * rates.kill_at_division);
    }

    /// Births and deaths of a cell.
    pub fn lineage(&self) -> BirthDeath {
        BirthDeath { birth: self.births, death: self.deaths }
    }
}

/// What cells of a state do and change to, in the mean over environments.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StateMeans {
    /// Births and deaths.
    pub rates: MeanRates,
    /// Row of another state, and rate per day.
    pub switches: Vec<(usize, f64)>,
    /// Row of another state, and mutants for each completed division.
    pub mutations: Vec<(usize, f64)>,
}

impl StateMeans {
    /// The same for a ledger.
    pub fn fate(self) -> RareFate {
        let completed = self.rates.completed;
        RareFate {
            lineage: self.rates.lineage(),
            switches: self.switches,
            mutations: self.mutations.into_iter().map(|(to, p)| (to, p * completed)).collect(),
        }
    }
}

impl TissueTables {
    /// What a state's cells do and change to, in the mean over environments.
    pub fn means(&self, table: TableId, row: usize, places: &[EnvironmentShare]) -> StateMeans {
        StateMeans {
            rates: self.mean_rates(table, row, places),
            switches: self.mean_switches(table, row, places),
            mutations: self.mean_mutations(table, row, places),
        }
    }

    /// Rates of a state's cells in an environment under a table, fed as they are there.
    pub fn rates_in(&self, table: TableId, row: usize, regime: Regime, perfusion: usize) -> CellRates {
        let rates = self.fates[self.fates_of(table, regime, perfusion)].rates[self.kind_of[row] as usize];
        CellRates {
            birth: rates.birth * self.nutrients.factor(perfusion),
            death: rates.death + self.nutrients.starved(perfusion),
            ..rates
        }
    }

    /// Mean rates of a state's cells over environments.
    pub fn mean_rates(&self, table: TableId, row: usize, places: &[EnvironmentShare]) -> MeanRates {
        let mut mean = MeanRates::default();
        let replace = self.replace();
        for place in places {
            mean.add(place.share, &self.rates_in(table, row, place.regime, place.perfusion), replace);
        }
        mean
    }

    /// Share of divisions that leave one daughter, in the mother's place.
    pub fn replace(&self) -> f64 {
        self.kinds[0].replace()
    }

    /// What a state's cells switch to, at rates per day, in the mean over environments.
    fn mean_switches(&self, table: TableId, row: usize, places: &[EnvironmentShare]) -> Vec<(usize, f64)> {
        self.mean_changes(table, places, |fates, share| {
            (self.switching.lists(fates.switches).of(row), share / self.step_days)
        })
    }

    /// What a state's cells mutate to, for each completed division, in the mean over environments.
    pub fn mean_mutations(
        &self,
        table: TableId,
        row: usize,
        places: &[EnvironmentShare],
    ) -> Vec<(usize, f64)> {
        // Lists are of one daughter; where the mother is replaced there is one.
        let daughters = 2.0 - self.replace();
        self.mean_changes(table, places, |fates, share| {
            (self.mutation.lists(fates.mutations).of(row), share * daughters)
        })
    }

    fn mean_changes<'a>(
        &'a self,
        table: TableId,
        places: &[EnvironmentShare],
        of: impl Fn(&'a Fates, f64) -> (&'a [Transition], f64),
    ) -> Vec<(usize, f64)> {
        let mut all = Vec::new();
        for place in places {
            let fates = &self.fates[self.fates_of(table, place.regime, place.perfusion)];
            let (changes, share) = of(fates, place.share);
            self.sum(&mut all, changes, share);
        }
        all
    }

    fn sum(&self, all: &mut Vec<(usize, f64)>, outcomes: &[Transition], share: f64) {
        let mut before = 0;
        for outcome in outcomes {
            let below = outcome.below().bits();
            let probability = libm::ldexp((below - before) as f64, -64);
            before = below;
            let Ok(row) = self.codes.binary_search(&outcome.code) else { continue };
            match all.iter_mut().find(|(known, _)| *known == row) {
                Some((_, sum)) => *sum += share * probability,
                None => all.push((row, share * probability)),
            }
        }
    }

    fn fates_of(&self, table: TableId, regime: Regime, perfusion: usize) -> usize {
        let bins = self.nutrients.perfusions().len();
        let class = self.regimes.iter().position(|known| *known == regime).unwrap_or(0);
        let block = self.tables[table.0 as usize].map[class * bins + perfusion.min(bins - 1)];
        self.blocks[block as usize].fates as usize
    }
}
