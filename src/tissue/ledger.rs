//! The ledger: cells of rare states, as numbers off the lattice, until they are worth agents.
//!
//! ```text
//! cell       one cell of a linear birth-death process with rates λ, μ has after a time t
//!            no offspring with probability α = μx/(1 + λx), else a geometric number with ratio β = λx/(1 + λx),
//!            x = (e^{(λ−μ)t} − 1)/(λ − μ)                                        (Kendall, Ann Math Stat 1948;19:1)
//! account    F(s) = (α + (1 − α − β)s)/(1 − βs) is a linear fraction, and so are days under other rates one after the other, and kills:
//!            days are multiplied as matrices, and cells are drawn once an account, exactly: S ~ Bin(X, 1 − α), X' = S + NegBin(S, 1 − β)
//! start      mutants of a tumour that grew to N₀ cells: events ~ Poisson(u·b·N₀/r), ages ~ Exp(r), each a birth-death process
//!            (Luria and Delbrück 1943, with deaths)
//! arrivals   Poisson, with the mean of the agents' divisions times the cells that one stands for times the rate of mutation, each with the
//!            offspring of half an account
//! ```
//!
//! What a ledger does not have: places. A founder shares the mean conditions of the tumour, and is neither sheltered nor crowded.

use std::collections::{BTreeMap, BTreeSet};

use super::host_random::{HostPurpose, HostRandom};

/// Agents that cells of a state must be worth before they are placed on a lattice. Fewer of them go back into the ledger.
pub const AGENTS: u32 = 16;
/// Days of an account.
pub const ACCOUNT_DAYS: u32 = 7;
/// Founders of a start that are followed one by one, in the mean: the oldest. Others are put together by age.
const ONE_BY_ONE: f64 = 512.0;
/// Groups of the others, of one age each. The mean is off by (r·width)²/24, less than a thousandth for up to 10^7 founders.
const AGES: u32 = 96;

/// Births and deaths of a cell, per day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BirthDeath {
    /// Births.
    pub birth: f64,
    /// Deaths.
    pub death: f64,
}

impl BirthDeath {
    /// Net growth, per day.
    pub fn growth(&self) -> f64 {
        self.birth - self.death
    }

    /// What becomes of a cell in these days.
    pub fn days(&self, days: f64) -> Offspring {
        let r = self.growth();
        let x = if r == 0.0 { days } else { libm::expm1(r * days) / r };
        let all = 1.0 + self.birth * x;
        Offspring::of(self.death * x / all, self.birth * x / all)
    }
}

/// The generating function of a cell's offspring, a linear fraction `(a + b·s)/(c + d·s)`, with `a + b = c + d = 1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offspring {
    /// `a`, `b`, `c`, `d`.
    pub terms: [f64; 4],
}

impl Offspring {
    /// One cell, always.
    pub const ITSELF: Self = Self { terms: [0.0, 1.0, 1.0, 0.0] };

    /// None with probability `none`, else a geometric number with this ratio.
    fn of(none: f64, ratio: f64) -> Self {
        // Divided by 1 − β, so that the law at s = 1 is kept to be 1.
        let rest = 1.0 - ratio;
        Self { terms: [none / rest, (rest - none) / rest, 1.0 / rest, -ratio / rest] }
    }

    /// A cell that a procedure kills with this probability.
    pub fn killed(share: f64) -> Self {
        Self { terms: [share, 1.0 - share, 1.0, 0.0] }
    }

    /// What becomes of the offspring in a time after this one.
    pub fn then(self, later: Self) -> Self {
        let [a, b, c, d] = self.terms;
        let [e, f, g, h] = later.terms;
        Self { terms: [a * g + b * e, a * h + b * f, c * g + d * e, c * h + d * f] }
    }

    /// Probability that there is none, and the ratio of the geometric number else.
    pub fn law(&self) -> (f64, f64) {
        let [a, _, c, d] = self.terms;
        ((a / c).clamp(0.0, 1.0), (-d / c).clamp(0.0, 1.0))
    }

    /// Mean number.
    pub fn mean(&self) -> f64 {
        let (none, ratio) = self.law();
        if ratio < 1.0 { (1.0 - none) / (1.0 - ratio) } else { 1.0 }
    }

    /// Offspring of cells.
    pub fn draw(&self, random: &mut HostRandom, cells: u64) -> u64 {
        let (none, ratio) = self.law();
        let survive = random.binomial(cells, 1.0 - none);
        survive.saturating_add(random.failures(survive, 1.0 - ratio))
    }
}

/// The population that mutants of a start came from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MotherPopulation {
    /// Its cells.
    pub cells: f64,
    /// How it grew.
    pub lineage: BirthDeath,
    /// Mutants for each birth.
    pub rate: f64,
}

impl MotherPopulation {
    /// Age of the population: it began with one cell that had offspring, `N₀ = e^{r·age}·b/r`.
    pub fn age(&self) -> f64 {
        let BirthDeath { birth, .. } = self.lineage;
        let r = self.lineage.growth();
        if r > 0.0 { libm::log1p(self.cells * r / birth) / r } else { libm::log1p(self.cells) / birth }
    }

    /// Founders of an age above this one, in the mean.
    fn founders(&self, above: f64) -> f64 {
        let (r, all) = (self.lineage.growth(), self.rate * self.lineage.birth * self.cells);
        let left = self.age() - above;
        if r == 0.0 { all * left } else { all * libm::exp(-r * above) * -libm::expm1(-r * left) / r }
    }

    /// Cells that the founders have come to, each of which has the births and deaths of its own that `own` says, if there is any founder.
    pub fn mutants(&self, random: &mut HostRandom, own: impl FnOnce() -> BirthDeath) -> u64 {
        let BirthDeath { birth, .. } = self.lineage;
        let r = self.lineage.growth();
        let expected = self.founders(0.0);
        if !(self.rate > 0.0 && birth > 0.0 && expected > 0.0) {
            return 0;
        }
        // From this age on founders are few.
        let few = match expected > ONE_BY_ONE && r > 0.0 {
            true => (libm::log(expected / ONE_BY_ONE) / r).min(self.age()),
            false => 0.0,
        };
        let old = random.poisson(self.founders(few));
        if old == 0 && few == 0.0 {
            return 0;
        }
        let (own, mut all) = (own(), 0u64);
        for _ in 0..old {
            let range = libm::expm1(-r * (self.age() - few));
            let u = random.unit();
            let beyond = if r == 0.0 { u * (self.age() - few) } else { -libm::log1p(u * range) / r };
            all = all.saturating_add(own.days(few + beyond).draw(random, 1));
        }
        let width = few / f64::from(AGES);
        for group in 0..if few > 0.0 { AGES } else { 0 } {
            let young = f64::from(group) * width;
            let founders = random.poisson(self.founders(young) - self.founders(young + width));
            all = all.saturating_add(own.days(young + 0.5 * width).draw(random, founders));
        }
        all.min(self.cells as u64)
    }
}

/// Whose numbers they are, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerKey {
    /// Seed of the run.
    pub seed: u64,
    /// Id of the lesion.
    pub lesion: u32,
    /// Day.
    pub day: u32,
}

impl LedgerKey {
    /// The stream of a state, by its row.
    pub fn stream(self, purpose: HostPurpose, row: usize) -> HostRandom {
        HostRandom::keyed(self.seed, self.lesion, purpose, [row as u32, self.day])
    }
}

/// Cells of a state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RareCells {
    /// How many there were at the last account.
    pub cells: u64,
    /// What has become of each since then.
    pub since: Offspring,
}

/// What a state's cells do, per day.
#[derive(Debug, Clone, PartialEq)]
pub struct RareFate {
    /// Births and deaths.
    pub lineage: BirthDeath,
    /// Row, and rate per day.
    pub switches: Vec<(usize, f64)>,
    /// Row, and mutants a day for each cell.
    pub mutations: Vec<(usize, f64)>,
}

/// The ledger of a lesion: cells by row of the scenario's states.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CellLedger {
    /// Cells of those states that have any.
    pub states: BTreeMap<usize, RareCells>,
    /// Cells that are expected to have come from agents since the last account.
    pub due: BTreeMap<usize, f64>,
}

impl CellLedger {
    /// Cells of a state at the last account.
    pub fn cells(&self, row: usize) -> u64 {
        self.states.get(&row).map_or(0, |state| state.cells)
    }

    /// Adds cells of a state, between two accounts.
    pub fn add(&mut self, row: usize, cells: u64) {
        if cells > 0 {
            let state = self.states.entry(row).or_insert(RareCells { cells: 0, since: Offspring::ITSELF });
            state.cells = state.cells.saturating_add(cells);
        }
    }

    /// Takes cells in proportion from all states of a tumour of so many cells, until none has more than are left for the commonest state, which
    /// is not in the ledger.
    pub fn leave_the_commonest(&mut self, cells: f64) {
        let of = || self.states.values().map(|state| state.cells as f64);
        let part = cells / (of().sum::<f64>() + of().fold(0.0, f64::max));
        if part < 1.0 {
            self.states.values_mut().for_each(|state| state.cells = (state.cells as f64 * part) as u64);
            self.states.retain(|_, state| state.cells > 0);
        }
    }

    /// A day of a state.
    pub fn pass(&mut self, row: usize, lineage: BirthDeath, killed: f64) {
        if let Some(state) = self.states.get_mut(&row) {
            if killed > 0.0 {
                state.since = state.since.then(Offspring::killed(killed));
            }
            state.since = state.since.then(lineage.days(1.0));
        }
    }

    /// Expects cells of a state from agents.
    pub fn expect(&mut self, row: usize, cells: f64) {
        if cells > 0.0 {
            *self.due.entry(row).or_insert(0.0) += cells;
        }
    }

    /// Draws what has become of all since the last account. Cells switch at its end; mutants and cells that came from agents did so in the
    /// middle of it, in the mean, and have had offspring since.
    pub fn settle(&mut self, key: LedgerKey, mut fate: impl FnMut(usize) -> RareFate) {
        let days = f64::from(ACCOUNT_DAYS);
        let mut mutants: BTreeMap<usize, u64> = BTreeMap::new();
        for (row, state) in std::mem::take(&mut self.states) {
            let mut random = key.stream(HostPurpose::Ledger, row);
            let mut left = state.since.draw(&mut random, state.cells);
            if left == 0 {
                continue;
            }
            let RareFate { switches, mutations, .. } = fate(row);
            let lived = 0.5 * (state.cells as f64 + left as f64) * days;
            for (to, rate) in mutations {
                let moved = random.poisson(rate * lived).min(left);
                left -= moved;
                *mutants.entry(to).or_insert(0) += moved;
            }
            for (to, rate) in switches {
                let moved = random.binomial(left, -libm::expm1(-rate * days));
                left -= moved;
                self.add(to, moved);
            }
            self.add(row, left);
        }
        let due = std::mem::take(&mut self.due);
        let rows: BTreeSet<usize> = due.keys().chain(mutants.keys()).copied().collect();
        for row in rows {
            let mut random = key.stream(HostPurpose::LedgerArrivals, row);
            let came = random.poisson(due.get(&row).copied().unwrap_or(0.0));
            let new = came.saturating_add(mutants.get(&row).copied().unwrap_or(0));
            if new > 0 {
                let grown = fate(row).lineage.days(0.5 * days).draw(&mut random, new);
                self.add(row, grown);
            }
        }
    }

    /// Takes what whole agents cells of a state are worth out of it, if they are enough of them: their number, at most `most`. Between accounts
    /// nothing is.
    pub fn promote(&mut self, row: usize, cells_per_agent: f64, least: u32, most: u64) -> u32 {
        let cells = self.cells(row);
        let worth = libm::floor(cells as f64 / cells_per_agent);
        if worth < f64::from(least.max(1)) {
            return 0;
        }
        let agents = worth.min(most as f64) as u32;
        let taken = libm::rint(f64::from(agents) * cells_per_agent) as u64;
        self.states.remove(&row);
        self.add(row, cells.saturating_sub(taken));
        agents
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(seed: u64) -> HostRandom {
        HostRandom::new(seed, 0, HostPurpose::Ledger)
    }

    fn moments(draws: &[f64]) -> (f64, f64) {
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        (mean, draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n)
    }

    // Mean e^{rt}, variance (λ + μ)/r·e^{rt}(e^{rt} − 1) a cell (Kendall 1948); also where births and deaths are equal, 2λt.
    #[test]
    fn birth_death_has_its_closed_forms() {
        for (i, (birth, death)) in [(0.025, 0.0215), (0.02, 0.03), (0.03, 0.03)].into_iter().enumerate() {
            let (lineage, t, cells) = (BirthDeath { birth, death }, 60.0, 50u64);
            let r = lineage.growth();
            let grown = (r * t).exp();
            let one = if r == 0.0 { 2.0 * birth * t } else { (birth + death) / r * grown * (grown - 1.0) };
            // Days one after the other are the same law as all at once.
            let steps = (0..60).fold(Offspring::ITSELF, |all, _| all.then(lineage.days(1.0)));
            let ((a, b), (c, d)) = (steps.law(), lineage.days(t).law());
            assert!((a - c).abs() < 1e-12 && (b - d).abs() < 1e-12);
            assert!((steps.mean() / grown - 1.0).abs() < 1e-11);
            let mut random = stream(i as u64);
            let n = 40_000;
            let draws: Vec<f64> = (0..n).map(|_| steps.draw(&mut random, cells) as f64).collect();
            let (mean, variance) = moments(&draws);
            let (expected, spread) = (50.0 * grown, 50.0 * one);
            assert!((mean - expected).abs() < 6.0 * (spread / f64::from(n)).sqrt(), "{mean} {expected}");
            // Kurtosis of at most 6 here: the variance of a variance is below 5/n of its square.
            assert!(
                (variance / spread - 1.0).abs() < 6.0 * (5.0 / f64::from(n)).sqrt(),
                "{variance} {spread}"
            );
        }
    }

    #[test]
    fn days_under_other_rates_and_kills_are_multiplied() {
        let (fast, slow) = (BirthDeath { birth: 0.3, death: 0.1 }, BirthDeath { birth: 0.05, death: 0.2 });
        let both = fast.days(2.0).then(Offspring::killed(0.4)).then(slow.days(3.0));
        let mean = (0.4_f64).exp() * 0.6 * (-0.45_f64).exp();
        assert!((both.mean() / mean - 1.0).abs() < 1e-12);
        // Extinct: F₁(k(F₂(0))).
        let at = |o: Offspring, s: f64| (o.terms[0] + o.terms[1] * s) / (o.terms[2] + o.terms[3] * s);
        let later = 0.4 + 0.6 * at(slow.days(3.0), 0.0);
        assert!((both.law().0 - at(fast.days(2.0), later)).abs() < 1e-12);
    }

    // Without deaths and with neutral mutants: P(no mutant) = e^{−uN}, median and mean of Luria and Delbrück's law with m = uN:
    // p₀ = e^{−m}, p₁ = p₀·m/2, p₂ = p₀(m/6 + m²/8)  (Lea and Coulson, J Genet 1949;49:264).
    #[test]
    fn starts_without_deaths_are_those_of_lea_and_coulson() {
        let lineage = BirthDeath { birth: 1.0, death: 0.0 };
        for (seed, m) in [0.5_f64, 2.0].into_iter().enumerate() {
            let mothers = MotherPopulation { cells: 1e9, lineage, rate: m / 1e9 };
            let mut random = stream(40 + seed as u64);
            let n = 40_000;
            let mut seen = [0.0; 3];
            for _ in 0..n {
                let mutants = mothers.mutants(&mut random, || lineage) as usize;
                if mutants < 3 {
                    seen[mutants] += 1.0 / f64::from(n);
                }
            }
            let p0 = (-m).exp();
            for (seen, p) in seen.iter().zip([p0, p0 * m / 2.0, p0 * (m / 6.0 + m * m / 8.0)]) {
                assert!((seen - p).abs() < 6.0 * (p * (1.0 - p) / f64::from(n)).sqrt(), "{m}: {seen} {p}");
            }
        }
    }

    // With deaths, by integrating the chance that a founder of age a has offspring, (r/b)/(1 − (d/b)e^{−ra}): no mutant is left with
    // probability exp(−u·N·b/d·…); the integral over ages is ln(b/r)·b/d·u·N (Iwasa, Nowak and Michor, Genetics 2006;172:2557).
    #[test]
    fn starts_with_deaths_have_the_chance_of_no_mutant() {
        let lineage = BirthDeath { birth: 0.025, death: 0.0215 };
        let un = 0.4;
        let mothers = MotherPopulation { cells: 1e10, lineage, rate: un / 1e10 };
        let p0 = (-un * (lineage.birth / lineage.death) * (lineage.birth / lineage.growth()).ln()).exp();
        let mut random = stream(77);
        let n = 40_000;
        let none =
            (0..n).filter(|_| mothers.mutants(&mut random, || lineage) == 0).count() as f64 / f64::from(n);
        assert!((none - p0).abs() < 6.0 * (p0 * (1.0 - p0) / f64::from(n)).sqrt(), "{none} {p0}");
    }

    // Mutants that grow more slowly than their mothers have a finite variance: mean u·b·N/(r − q) for their growth q, whether founders
    // are followed one by one or by age.
    #[test]
    fn means_of_starts_are_kept_by_groups_of_ages() {
        let lineage = BirthDeath { birth: 0.03, death: 0.01 };
        let slow = BirthDeath { birth: 0.03, death: 0.026 };
        for (seed, founders) in [300.0, 40_000.0].into_iter().enumerate() {
            let mothers = MotherPopulation { cells: 1e9, lineage, rate: founders * 0.02 / 0.03 / 1e9 };
            let mut random = stream(90 + seed as u64);
            let n = 1500;
            let draws: Vec<f64> = (0..n).map(|_| mothers.mutants(&mut random, || slow) as f64).collect();
            let (mean, variance) = moments(&draws);
            let expected = founders * 0.02 / (0.02 - 0.004);
            assert!((mean - expected).abs() < 6.0 * (variance / f64::from(n)).sqrt(), "{mean} {expected}");
        }
    }

    // One cell an agent: the ledger against cells one by one, each with its own clock (Gillespie), with immigration and a second mutation.
    #[test]
    fn the_ledger_is_full_cells_in_law() {
        let lineage = BirthDeath { birth: 0.08, death: 0.05 };
        let (arrivals, second, weeks, n) = (0.3, 0.02, 8, 3000);
        let by_ledger = |seed: u64| {
            let mut ledger = CellLedger::default();
            for week in 1..=weeks {
                for _ in 0..ACCOUNT_DAYS {
                    ledger.pass(0, lineage, 0.0);
                    ledger.pass(1, lineage, 0.0);
                    ledger.expect(0, arrivals);
                }
                let key = LedgerKey { seed, lesion: 1, day: week * ACCOUNT_DAYS };
                ledger.settle(key, |row| RareFate {
                    lineage,
                    switches: Vec::new(),
                    mutations: if row == 0 { vec![(1, second * lineage.birth)] } else { Vec::new() },
                });
            }
            [ledger.cells(0) as f64, ledger.cells(1) as f64]
        };
        let by_cells = |seed: u64| {
            let (mut random, mut now) = (stream(50_000 + seed), [0u32; 2]);
            let (mut t, end) = (0.0, f64::from(weeks * ACCOUNT_DAYS));
            loop {
                let cells = f64::from(now[0] + now[1]);
                let all = arrivals + cells * (lineage.birth + lineage.death);
                t += random.exponential() / all;
                if t > end {
                    return now.map(f64::from);
                }
                let draw = random.unit() * all;
                if draw < arrivals {
                    now[0] += 1;
                    continue;
                }
                let row = usize::from(random.unit() * cells >= f64::from(now[0]));
                if draw - arrivals < cells * lineage.birth {
                    // A birth with a mutation leaves the mother as she was, and a mutant.
                    now[usize::from(row == 1 || random.unit() < second)] += 1;
                } else {
                    now[row] -= 1;
                }
            }
        };
        for row in 0..2 {
            let a: Vec<f64> = (0..n).map(|seed| by_ledger(seed)[row]).collect();
            let b: Vec<f64> = (0..n).map(|seed| by_cells(seed)[row]).collect();
            let ((m, v), (m2, v2)) = (moments(&a), moments(&b));
            // What comes in the middle of an account comes so in the mean only: 2 % of mutants of mutants, at these fast rates.
            let error = 6.0 * ((v + v2) / n as f64).sqrt();
            assert!((m - m2).abs() < error + 0.02 * m2, "row {row}: means {m} {m2}");
            assert!((v / v2).ln().abs() < 0.5, "row {row}: variances {v} {v2}");
        }
    }

    // Cells that leave the ledger at any threshold go on as agents of the same law: neither mean nor variance of all depends on it.
    #[test]
    fn mean_and_variance_do_not_depend_on_the_threshold() {
        let (lineage, w) = (BirthDeath { birth: 0.05, death: 0.04 }, 1.0);
        let all = |least: u32, seed: u64| {
            let (mut ledger, mut placed) = (CellLedger::default(), 0u64);
            ledger.add(0, 30);
            let mut random = stream(10_000 * u64::from(least) + seed);
            for week in 1..=20 {
                for _ in 0..ACCOUNT_DAYS {
                    ledger.pass(0, lineage, 0.0);
                }
                placed = lineage.days(f64::from(ACCOUNT_DAYS)).draw(&mut random, placed);
                let seed = 7000 * u64::from(least) + seed;
                let key = LedgerKey { seed, lesion: 1, day: 7 * week };
                ledger.settle(key, |_| RareFate { lineage, switches: Vec::new(), mutations: Vec::new() });
                placed += u64::from(ledger.promote(0, w, least, u64::MAX));
            }
            (ledger.cells(0) + placed) as f64
        };
        let n = 6000;
        let seen: Vec<(f64, f64)> = [1, 16, 64, 1_000_000]
            .map(|least| moments(&(0..n).map(|seed| all(least, seed)).collect::<Vec<_>>()))
            .to_vec();
        let grown = (0.01_f64 * 140.0).exp();
        let (mean, variance) = (30.0 * grown, 30.0 * 9.0 * grown * (grown - 1.0));
        for (m, v) in seen {
            assert!((m - mean).abs() < 6.0 * (variance / n as f64).sqrt(), "{m} {mean}");
            assert!((v / variance - 1.0).abs() < 6.0 * (8.0 / n as f64).sqrt(), "{v} {variance}");
        }
    }

    #[test]
    fn agents_take_their_cells_out_of_the_ledger() {
        let mut ledger = CellLedger::default();
        ledger.add(3, 1699);
        assert_eq!(ledger.promote(3, 100.0, 17, 50), 0);
        assert_eq!((ledger.promote(3, 100.0, 16, 10), ledger.cells(3)), (10, 699), "a lattice of 10 sites");
        assert_eq!((ledger.promote(3, 100.0, 6, 50), ledger.cells(3)), (6, 99));
        assert_eq!((ledger.promote(3, 99.0, 1, 50), ledger.cells(3)), (1, 0));
        assert!(ledger.states.is_empty());
    }

    #[test]
    fn no_state_of_a_ledger_has_more_cells_than_the_commonest() {
        let mut ledger = CellLedger::default();
        [(0, 600), (1, 300), (2, 1)].into_iter().for_each(|(row, cells)| ledger.add(row, cells));
        ledger.leave_the_commonest(1501.0);
        assert_eq!([0, 1, 2].map(|row| ledger.cells(row)), [600, 300, 1], "600 are left");
        ledger.leave_the_commonest(150.2);
        assert_eq!([0, 1, 2].map(|row| ledger.cells(row)), [60, 30, 0]);
        assert_eq!(ledger.states.len(), 2);
    }
}
