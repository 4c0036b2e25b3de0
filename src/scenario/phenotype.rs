//! Rates of a state under a set of drugs, and the states that a scenario can reach.

use std::collections::BTreeSet;

use super::model::{CellRates, Change, ChangeKind, Locus, STARTING_STATES, Scenario, StartShape};

impl Scenario {
    /// Rates of a cell with these levels while the drugs of `on` (one flag for each of
    /// [`Scenario::drugs`]) are on, in well-oxygenated surroundings.
    ///
    /// Rules replace rates in file order; birth is multiplied by the birth factors of the levels
    /// in the order of the loci; then effects are applied in file order: a factor multiplies what
    /// stands before it, `death_add` is added after `death_factor`, kill probabilities combine as
    /// `1-(1-a)(1-b)`.
    pub fn cell_rates(&self, levels: &[u8], on: &[bool]) -> CellRates {
        let is_on = |name: &str| self.drugs.iter().zip(on).any(|(d, on)| *on && d.name == name);
        let mut rates = self.rates.base;
        for rule in &self.rates.rules {
            if rule.states.matches(levels) && rule.drugs.iter().all(|d| is_on(d)) {
                rates.birth = rule.birth.unwrap_or(rates.birth);
                rates.death = rule.death.unwrap_or(rates.death);
                rates.migration = rule.migration.unwrap_or(rates.migration);
                rates.kill_at_division = rule.kill_at_division.unwrap_or(rates.kill_at_division);
            }
        }
        for (locus, level) in self.loci.iter().zip(levels) {
            rates.birth *= locus.birth_factor[usize::from(*level)];
        }
        for effect in &self.rates.effects {
            if effect.states.matches(levels) && is_on(&effect.drug) {
                rates.birth *= effect.birth_factor;
                rates.death = rates.death * effect.death_factor + effect.death_add;
                rates.migration *= effect.migration_factor;
                rates.kill_at_division =
                    1.0 - (1.0 - rates.kill_at_division) * (1.0 - effect.kill_at_division);
            }
        }
        rates
    }

    /// Levels of every state that the starting cells and the loci's changes can lead to, in
    /// ascending order of the level lists. A saved start may hold any state.
    ///
    /// A change of rate 0 without drugs and with all of them, or a mutation in a scenario whose
    /// mutations are switched off, leads nowhere.
    pub fn reachable_states(&self) -> Vec<Vec<u8>> {
        if matches!(self.start.shape, StartShape::Saved { .. }) {
            return self.all_states();
        }
        let mut seen = BTreeSet::from([vec![0; self.loci.len()]]);
        seen.extend(self.start.composition.iter().filter(|s| s.fraction > 0.0).map(|s| s.levels.clone()));
        seen.extend(self.start.cells.iter().filter(|s| s.cells > 0).map(|s| s.levels.clone()));
        let mut open: Vec<Vec<u8>> = seen.iter().cloned().collect();
        while let Some(state) = open.pop() {
            for (index, locus) in self.loci.iter().enumerate() {
                let leaving = |c: &&Change| c.from == state[index] && self.happens(locus, c);
                for change in locus.changes.iter().filter(leaving) {
                    let mut next = state.clone();
                    next[index] = change.to;
                    if seen.insert(next.clone()) {
                        open.push(next);
                    }
                }
            }
        }
        seen.into_iter().collect()
    }

    fn happens(&self, locus: &Locus, change: &Change) -> bool {
        let supplied = change.kind == ChangeKind::Switching || self.mutation_amplification > 0.0;
        supplied && (self.largest(change) > 0.0 || self.is_held(locus, change))
    }

    /// The largest rate of a change under any drugs.
    ///
    /// With a patient that is the rate and all that drugs may add through the network, at full inhibition; else the
    /// largest rate of `with`.
    pub(crate) fn largest(&self, change: &Change) -> f64 {
        let Some(patient) = &self.patient else {
            return change.with.iter().map(|(_, rate)| *rate).fold(change.rate, f64::max);
        };
        let induced = change.induced.as_ref().map_or(0.0, |i| {
            // Only rates that differ between patients follow the patient's factor.
            i.rate.value * if i.rate.cv > 0.0 { patient.induction_factor } else { 1.0 }
        });
        change.rate + induced
    }

    /// Whether the patient holds the level after a switching at a fraction, from which its rate then follows.
    fn is_held(&self, locus: &Locus, change: &Change) -> bool {
        let [upregulated, ..] = &STARTING_STATES;
        let held = self.patient.as_ref().is_some_and(|p| (upregulated.of)(p) > 0.0);
        held && change.kind == ChangeKind::Switching
            && change.from == 0
            && (locus.name.as_str(), change.to) == (upregulated.locus, upregulated.level)
    }

    fn all_states(&self) -> Vec<Vec<u8>> {
        let mut all = vec![Vec::new()];
        for locus in &self.loci {
            let levels = 0..locus.levels.len() as u8;
            all =
                all.iter().flat_map(|s| levels.clone().map(move |l| [s.as_slice(), &[l]].concat())).collect();
        }
        all
    }
}
