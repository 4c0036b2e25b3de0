//! Who wins an empty site, and where daughters go: measured through the engine.

use evotor::engine::Model;
use evotor::engine::model::{NEVER, PlacementRule, StopRule, Targets};
use evotor::engine::tables::{RateRow, RateTables, TableHead};
use evotor::tissue::fixed::Threshold;
use evotor::tissue::{Founding, LesionId, LesionState, Shape, word};

use super::bounds::{ALARM, Verdict, categories, ensure};
use super::ensemble::states;

/// A cell that divides in every step, and one that migrates in every step.
const DIVIDER: u32 = 0;
const MIGRANT: u32 = 1;

/// A model of one step in which cells of state 0 divide and cells of state 1 migrate, with certainty.
pub fn restless(seed: u64, dimension: u32, offsets: Vec<[i32; 3]>, placement: PlacementRule) -> Model {
    let certain = Threshold::CERTAIN;
    let divides = RateRow { divide: certain, migrate: certain, ..RateRow::default() };
    let migrates = RateRow { migrate: certain, ..RateRow::default() };
    let mut tables = RateTables {
        codes: vec![DIVIDER, MIGRANT],
        row_of: vec![0, 1],
        block_of: vec![0],
        blocks: 1,
        heads: vec![TableHead::default()],
        rows: vec![divides, migrates],
        table_of_drugs: vec![0],
        ..RateTables::default()
    };
    tables.seal();
    let stop =
        StopRule { check: 1, end: 1, extinction: false, burden: NEVER, factor: None, checks: 1, halt: false };
    Model {
        seed,
        dimension,
        periodic: false,
        offsets,
        placement,
        tables,
        drugs: Vec::new(),
        stop,
        targets: Targets::default(),
        oxygen: None,
    }
}

/// A lesion in which every site is held by a dead cell, but for what `change` makes of it.
fn crowded(id: u32, shape: Shape, change: impl Fn(&mut LesionState)) -> LesionState {
    let mut state = LesionState::empty(LesionId::new(id, 0), shape);
    state.table.0.push(Founding { parent: 0, step: 0, site: 0, code: 0 });
    for (site, w) in (0..).zip(state.words()) {
        if w == word::EMPTY {
            state.put(site, word::dead(0), 0);
        }
    }
    change(&mut state);
    state
}

/// Puts a live cell of a clone of its own to a site.
fn settle(state: &mut LesionState, site: u32, code: u32) {
    state.put(site, word::live(code), state.table.len() as u32);
    state.table.0.push(Founding { parent: 0, step: 0, site, code });
}

const CENTRE: [u32; 3] = [4, 3, 4];

/// For 2 to 26 claimants: how often each of them won, in `fights` fights a claimant, each in a lesion of its own.
/// The claimants sit around one empty site of a full lattice; every other one migrates.
fn fights(fights: u32, id: impl Fn(u32) -> u32) -> Vec<Vec<u64>> {
    let shape = Shape::new(3, [8, 8, 8], false);
    let centre = shape.site(CENTRE);
    let offsets = Model::neighbourhood(3, true);
    let model = restless(41, 3, offsets.clone(), PlacementRule::Neighbour);
    (2..=26u32)
        .map(|n| {
            // Seven and 26 have no common factor, so these are n different neighbours.
            let claimants: Vec<u32> = (0..n)
                .filter_map(|i| shape.neighbour(CENTRE, offsets[((7 * i + n) % 26) as usize]))
                .collect();
            let starts: Vec<LesionState> = (0..fights * n)
                .map(|fight| {
                    crowded(id(fight), shape, |state| {
                        state.put(centre, word::EMPTY, 0);
                        for (i, site) in claimants.iter().enumerate() {
                            settle(state, *site, if i % 2 == 0 { DIVIDER } else { MIGRANT });
                        }
                    })
                })
                .collect();
            let mut wins = vec![0; n as usize];
            for winner in states(&model, &starts, |s| s.bricks.clone_of(centre)) {
                wins[winner as usize - 1] += 1;
            }
            wins
        })
        .collect()
}

fn check_fights(wins: &[Vec<u64>]) -> Verdict {
    let mut rank = 0.0;
    let mut all = 0.0;
    for wins in wins {
        let n = wins.len();
        let law = vec![1.0 / n as f64; n];
        categories(&format!("{n} claimants"), wins, &law, ALARM / 50.0)?;
        for (i, wins) in wins.iter().enumerate() {
            rank += *wins as f64 * (i as f64 + 0.5) / n as f64;
            all += *wins as f64;
        }
    }
    // Places between 0 and 1, with mean 1/2: Hoeffding's inequality.
    let bound = ((4.0 / ALARM).ln() / (2.0 * all)).sqrt();
    let mean = rank / all - 0.5;
    println!("mean place of the winner among the claimants {mean:+.5}, bound {bound:.5}, {all} fights");
    ensure(mean.abs() < bound, || format!("the winner's mean place is off by {mean:+.5}, bound {bound:.5}"))
}

/// When 2 to 26 cells claim the same empty site, each wins with the same probability 1/n, dividers and migrants
/// alike: the key that decides is a bijection of the site, drawn anew for each lesion and step. Bound: exact
/// binomial tails for each claimant, half of the alarm shared out among all 350; and Hoeffding's inequality on the
/// winner's place in the list of claimants.
#[test]
fn every_claimant_wins_equally_often() {
    assert_eq!(check_fights(&fights(300, |fight| fight)), Ok(()));
    // Broken: the same key in every fight.
    assert!(check_fights(&fights(30, |_| 7)).is_err());
    // Broken: the smallest key of a mix that is too weak, the site itself under an exclusive or.
    let weak: Vec<Vec<u64>> = (2..=26usize)
        .map(|n| {
            let mut wins = vec![0; n];
            for salt in 0..300 * n as u64 {
                let winner = (0..n as u64).min_by_key(|i| i ^ (salt % 32));
                wins[winner.unwrap_or(0) as usize] += 1;
            }
            wins
        })
        .collect();
    assert!(check_fights(&weak).is_err());
}

/// Where the daughter of one dividing cell went, by direction; the last entry counts the blocked.
fn directions(model: &Model, shape: Shape, mother: [u32; 3], free: &[[i32; 3]], lesions: u32) -> Vec<u64> {
    let starts: Vec<LesionState> = (0..lesions)
        .map(|id| {
            crowded(id, shape, |state| {
                for offset in free {
                    let site = shape.neighbour(mother, *offset).expect("an inner site");
                    state.put(site, word::EMPTY, 0);
                }
                settle(state, shape.site(mother), DIVIDER);
            })
        })
        .collect();
    let mut counts = vec![0; free.len() + 1];
    let found = states(model, &starts, |state| {
        let taken = |offset: &[i32; 3]| {
            shape.neighbour(mother, *offset).is_some_and(|site| word::is_live(state.word(site)))
        };
        free.iter().position(taken).unwrap_or(free.len())
    });
    for place in found {
        counts[place] += 1;
    }
    counts
}

fn check_directions(model: &Model, shape: Shape, mother: [u32; 3], free: &[[i32; 3]]) -> Verdict {
    let counts = directions(model, shape, mother, free, 400 * free.len() as u32);
    let mut law = vec![1.0 / free.len() as f64; free.len()];
    law.push(0.0);
    categories(&format!("directions in {}D", model.dimension), &counts, &law, ALARM / 6.0)
}

/// A daughter goes to each empty neighbour with the same probability: all 4, 8, 6 or 26 on an open lattice, and the
/// empty ones alone where some are taken. Bound: exact binomial tails, the alarm shared out among six lattices.
#[test]
fn daughters_go_in_every_direction() {
    for (dimension, size, mother) in [(2, [32, 16, 1], [15, 8, 0]), (3, [8, 8, 8], [3, 4, 4])] {
        let shape = Shape::new(dimension, size, false);
        for moore in [false, true] {
            let offsets = Model::neighbourhood(dimension, moore);
            let model = restless(42, dimension, offsets.clone(), PlacementRule::Neighbour);
            assert_eq!(check_directions(&model, shape, mother, &offsets), Ok(()));
            let some: Vec<[i32; 3]> = offsets.iter().copied().skip(1).step_by(2).collect();
            assert_eq!(check_directions(&model, shape, mother, &some), Ok(()));
            // Broken: one direction is missing.
            let mut lacking = model.clone();
            lacking.offsets.pop();
            assert!(check_directions(&lacking, shape, mother, &offsets).is_err());
        }
    }
}

fn check_candidates(dimension: u32, radius: u32, tried: u32, expected: u32) -> Verdict {
    let (size, mother) = if dimension == 3 { ([8, 8, 8], [4, 3, 4]) } else { ([32, 16, 1], [15, 8, 0]) };
    let shape = Shape::new(dimension, size, false);
    let offsets = Model::ball(dimension, radius);
    let free: Vec<[i32; 3]> = offsets.iter().copied().step_by(3).collect();
    let model = restless(43, dimension, offsets.clone(), PlacementRule::Candidates(tried));
    let counts = directions(&model, shape, mother, &free, 12_000);
    let taken = 1.0 - free.len() as f64 / offsets.len() as f64;
    let blocked = taken.powi(expected as i32);
    let mut law = vec![(1.0 - blocked) / free.len() as f64; free.len()];
    law.push(blocked);
    categories(&format!("{tried} candidates within {radius}"), &counts, &law, ALARM / 3.0)
}

/// With placement within a radius, c candidates are drawn uniformly (with replacement) among the sites of the ball,
/// and the first empty one is taken: where a share x of them is taken, the division is blocked with probability
/// x^c, and else every empty site is equally likely. Bound: exact binomial tails.
#[test]
fn candidates_within_a_radius() {
    for (dimension, radius, tried) in [(2, 2, 3), (2, 3, 6), (3, 2, 5)] {
        assert_eq!(check_candidates(dimension, radius, tried, tried), Ok(()));
        // Broken: one candidate too few.
        assert!(check_candidates(dimension, radius, tried - 1, tried).is_err());
    }
}
