//! A lesion under radionuclides: how its dose is spread over cells, and cells that are hit but not yet dead.
//!
//! Cells of a lesion get `x` times its mean dose. A share ν of them takes up nothing; the others take up `y`, log-normal with mean
//! 1; and a share `c` of the dose comes from so far away that all get it alike (cross-fire):
//!
//! ```text
//! x = c + (1 − c)·y/(1 − ν)   of cells with receptors
//! x = c                       of cells without
//! ```
//!
//! so that the mean of x is 1. Since the first dose a cell has not been hit lethally with probability `S = E[exp(−x·A − x²·B)]`, A
//! and B the sums of linear and quadratic hits at the mean dose. Where a cell lies and what it takes up it leaves to its
//! daughters, so that what survives a cycle is less sensitive to the next.
//!
//! A cell that was hit dies when it tries to divide: a part φ at the first attempt, the rest divides once more and both daughters
//! die at theirs. With the attempts `b` a day and the coupled loss κ, of intact cells u, hit cells with a division left and hit cells
//! with none (`later`, `next`):
//!
//! ```text
//! u' = b·(1 − κ)·u      later' = −b·later      next' = b·(2 − κ)·later − b·next
//! ```
//!
//! Other deaths take all three alike. So of the attempts of a lesion's cells the share `next` of all kills, and that alone is what
//! agents are told: which of them were hit is as unknown as it is to whoever counts them, and their number is the same in the
//! mean. Clones that were hit together are not, which is what this leaves out.

use crate::catalogue::{CellKill, Drug, KillKind, Node, Number};

/// Places on the axis of a normal number, and their distance: the trapezoidal rule is exact to rounding on what falls off like a
/// normal density.
const PLACES: i32 = 28;
const APART: f64 = 0.25;

/// How a lesion's dose is spread over its cells: doses relative to the mean, and shares of cells.
#[derive(Debug, Clone, PartialEq)]
struct CellDoses(Vec<(f64, f64)>);

impl CellDoses {
    fn new(kill: &CellKill) -> Self {
        let value = |number: &Option<Number>| number.as_ref().map_or(0.0, |n| n.value);
        let (crossfire, negative, log_sd) =
            (value(&kill.crossfire), value(&kill.negative), value(&kill.cells_log_sd));
        let of = |uptake: f64| crossfire + (1.0 - crossfire) * uptake;
        let with_receptors = 1.0 - negative;
        let mut doses = vec![(of(0.0), negative)];
        if log_sd <= 0.0 || with_receptors <= 0.0 {
            doses.push((of(1.0 / with_receptors.max(f64::MIN_POSITIVE)), with_receptors));
            return Self(doses);
        }
        let places: Vec<f64> = (-PLACES..=PLACES).map(|place| f64::from(place) * APART).collect();
        let all: f64 = places.iter().map(|z| density(*z)).sum();
        doses.extend(places.iter().map(|z| {
            let uptake = libm::exp(log_sd * z - 0.5 * log_sd * log_sd) / with_receptors;
            (of(uptake), with_receptors * density(*z) / all)
        }));
        Self(doses)
    }

    /// Share of cells that these hits at the mean dose have left unhit.
    fn intact(&self, linear: f64, quadratic: f64) -> f64 {
        self.0.iter().map(|(x, share)| share * libm::exp(-x * linear - x * x * quadratic)).sum()
    }
}

/// A normal density, but for a factor.
fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z)
}

/// A radionuclide in one lesion.
#[derive(Debug, Clone, PartialEq)]
struct Source {
    cells: CellDoses,
    /// Dose of the lesion relative to that of the patient's median one; 0 where it gets none.
    factor: f64,
    /// φ, the share that dies at the first attempt.
    first: f64,
    /// Hits so far at the mean dose.
    linear: f64,
    quadratic: f64,
    /// Hit cells with a division left, and with none, relative to all live cells.
    later: f64,
    next: f64,
}

impl Source {
    /// Takes the hits of a day; what is left of cells that were intact.
    fn hit(&mut self, [linear, quadratic]: [f64; 2]) -> f64 {
        let before = self.cells.intact(self.linear, self.quadratic);
        self.linear += self.factor * linear;
        self.quadratic += self.factor * self.factor * quadratic;
        let after = self.cells.intact(self.linear, self.quadratic);
        if before > 0.0 { after / before } else { 0.0 }
    }
}

/// One lesion of a patient under the drugs of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Irradiation {
    /// By drug; `None` for one that is not a radionuclide.
    sources: Vec<Option<Source>>,
    /// Coupled loss of the patient's cells, κ.
    coupled_loss: f64,
    intact: f64,
}

impl Irradiation {
    /// A lesion before any dose. `factor` gives its dose of a drug relative to that of the patient's median lesion; `receptors` is
    /// the patient's somatostatin receptors, 0 to 1, to which uptake by them is in proportion.
    pub fn new(
        drugs: &[Drug],
        coupled_loss: f64,
        receptors: f64,
        factor: impl Fn(&Drug, &CellKill) -> f64,
    ) -> Self {
        let source = |drug: &Drug| {
            let kill = drug.kills.iter().find(|kill| kill.kind == KillKind::Radiation)?;
            let uptake = if kill.node == Some(Node::Sstr) { receptors } else { 1.0 };
            Some(Source {
                cells: CellDoses::new(kill),
                factor: uptake * factor(drug, kill),
                first: kill.first_division.as_ref().map_or(1.0, |n| n.value),
                linear: 0.0,
                quadratic: 0.0,
                later: 0.0,
                next: 0.0,
            })
        };
        Self { sources: drugs.iter().map(source).collect(), coupled_loss, intact: 1.0 }
    }

    /// Whether none of the drugs is a radionuclide.
    pub fn is_without(&self) -> bool {
        self.sources.iter().all(Option::is_none)
    }

    /// Whether it was never irradiated.
    pub fn is_untouched(&self) -> bool {
        self.sources.iter().flatten().all(|source| source.linear <= 0.0)
    }

    /// A day with the linear and quadratic hits of each drug at the dose of the patient's median lesion, and the attempts to divide
    /// of a cell that day. The result is what each drug does to attempts of that day: they survive it with
    /// probability `exp(−level)`.
    pub fn advance_day(&mut self, hits: &[[f64; 2]], attempts: f64) -> Vec<f64> {
        for (source, hits) in self.sources.iter_mut().zip(hits) {
            let Some(source) = source else { continue };
            let hit = self.intact * (1.0 - source.hit(*hits));
            self.intact -= hit;
            source.next += source.first * hit;
            source.later += (1.0 - source.first) * hit;
        }
        // Levels are those of noon.
        self.divide(attempts / 2.0);
        let levels = self.levels();
        self.divide(attempts / 2.0);
        levels
    }

    /// Lets cells attempt to divide so often in the mean, in closed form.
    fn divide(&mut self, attempts: f64) {
        let kept = libm::exp(-attempts);
        self.intact *= libm::exp(attempts * (1.0 - self.coupled_loss));
        for source in self.sources.iter_mut().flatten() {
            source.next = (source.next + attempts * (2.0 - self.coupled_loss) * source.later) * kept;
            source.later *= kept;
        }
        let hit: f64 = self.sources.iter().flatten().map(|s| s.next + s.later).sum();
        let all = self.intact + hit;
        if all > 0.0 {
            self.intact /= all;
            self.sources.iter_mut().flatten().for_each(|s| (s.next, s.later) = (s.next / all, s.later / all));
        }
    }

    /// What each drug does to attempts: several together kill the share of them that they come to.
    fn levels(&self) -> Vec<f64> {
        let all: f64 = self.sources.iter().flatten().map(|source| source.next).sum();
        let level = if all > 0.0 { -libm::log1p(-all.min(1.0 - f64::EPSILON)) / all } else { 0.0 };
        self.sources.iter().map(|s| s.as_ref().map_or(0.0, |source| level * source.next)).collect()
    }
}

#[cfg(test)]
mod tests;
