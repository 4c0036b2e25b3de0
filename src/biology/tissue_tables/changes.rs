//! What cells change to: lists of outcomes of one kind of change, switching or mutation.

use std::collections::HashMap;

use super::super::phenotype::{Extents, StatePhenotype, Trajectory};
use super::super::rates::{mutation_law, push, switch_law};
use super::super::states::StateSpace;
use crate::engine::tables::Transition;
use crate::scenario::ChangeKind;

/// From rates of changes to probabilities.
#[derive(Debug, Clone, Copy)]
pub(super) enum Law {
    /// In a step of this many days.
    Switching(f64),
    /// Of a daughter, with this amplification.
    Mutation(f64),
}

impl Law {
    fn kind(self) -> ChangeKind {
        match self {
            Self::Switching(_) => ChangeKind::Switching,
            Self::Mutation(_) => ChangeKind::Mutation,
        }
    }

    fn outcomes(self, space: &StateSpace, code: u32, moves: &[(usize, u8, f64)]) -> Vec<(u32, f64)> {
        match self {
            Self::Switching(step_days) => switch_law(space, code, moves, step_days),
            Self::Mutation(amplification) => mutation_law(space, code, moves, amplification),
        }
    }
}

/// What all states change to under one exposure.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists {
    /// Range in `outcomes` of each state: first, number.
    pub ranges: Vec<(u32, u32)>,
    pub outcomes: Vec<Transition>,
}

impl Lists {
    /// Outcomes of a state, by cumulative thresholds.
    pub fn of(&self, row: usize) -> &[Transition] {
        let (first, count) = self.ranges[row];
        &self.outcomes[first as usize..(first + count) as usize]
    }
}

/// A state with the changes that it may make.
#[derive(Debug, Clone)]
struct Changing {
    code: u32,
    /// Its kind of cell.
    kind: usize,
    courses: Vec<Trajectory>,
    /// First state of the same kind with the same changes: what differs between them is silent.
    twin: usize,
}

/// Changes of one kind in all states.
#[derive(Debug, Clone)]
pub(super) struct Changes {
    law: Law,
    space: StateSpace,
    states: Vec<Changing>,
    lists: Vec<Lists>,
    /// Lists by the rates of all changes on which drugs act.
    known: HashMap<Vec<u64>, u32>,
}

impl Changes {
    /// Changes of states, of which each is of a kind.
    pub fn new(law: Law, space: &StateSpace, phenotypes: &[StatePhenotype], kinds: &[u32]) -> Self {
        let mut states: Vec<Changing> = Vec::new();
        for (row, phenotype) in phenotypes.iter().enumerate() {
            let (kind, courses) = (kinds[row] as usize, phenotype.courses(law.kind()).cloned().collect());
            let twin = states.iter().position(|s| s.kind == kind && s.courses == courses).unwrap_or(row);
            states.push(Changing { code: space.codes[row], kind, courses, twin });
        }
        Self { law, space: space.clone(), states, lists: Vec::new(), known: HashMap::new() }
    }

    /// Number of the lists where drugs act on the kinds of cells to these extents.
    pub fn number(&mut self, extents: &[Extents]) -> u32 {
        let first = self.states.iter().enumerate().filter(|(row, state)| state.twin == *row);
        let driven = first.flat_map(|(_, s)| s.courses.iter().filter(|c| c.is_driven()).map(|c| (s.kind, c)));
        let rates: Vec<u64> = driven.map(|(kind, course)| course.rate(&extents[kind]).to_bits()).collect();
        if let Some(known) = self.known.get(&rates) {
            return *known;
        }
        let number = self.lists.len() as u32;
        let made = self.make(extents);
        self.lists.push(made);
        self.known.insert(rates, number);
        number
    }

    /// Lists by their number.
    pub fn lists(&self, number: u32) -> &Lists {
        &self.lists[number as usize]
    }

    /// Forgets all lists.
    pub fn forget(&mut self) {
        self.lists.clear();
        self.known.clear();
    }

    fn make(&self, extents: &[Extents]) -> Lists {
        let mut made = Lists::default();
        for (row, state) in self.states.iter().enumerate() {
            let range = if state.twin < row {
                self.copied(&mut made, state)
            } else {
                let rate = |c: &Trajectory| (c.locus, c.to, c.rate(&extents[state.kind]));
                let moves: Vec<_> = state.courses.iter().map(rate).filter(|m| m.2 > 0.0).collect();
                push(&mut made.outcomes, &self.law.outcomes(&self.space, state.code, &moves))
            };
            made.ranges.push(range);
        }
        made
    }

    /// The twin's outcomes from this state: the same levels change.
    fn copied(&self, made: &mut Lists, state: &Changing) -> (u32, u32) {
        let (first, count) = made.ranges[state.twin];
        let silent = state.code ^ self.states[state.twin].code;
        let here = made.outcomes.len();
        made.outcomes.extend_from_within(first as usize..(first + count) as usize);
        made.outcomes[here..].iter_mut().for_each(|outcome| outcome.code ^= silent);
        (here as u32, count)
    }
}
