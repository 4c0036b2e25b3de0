//! The partial log-likelihood with its score and information.

use super::super::matrix::dot;
use super::Ties;
use super::prepared::{Block, Prepared};

/// The likelihood at some coefficients.
#[derive(Debug, Clone)]
pub(super) struct Evaluation {
    pub log_likelihood: f64,
    /// Its gradient.
    pub score: Vec<f64>,
    /// Minus its second derivatives, columns × columns.
    pub information: Vec<f64>,
}

/// Sums over a set of subjects of their hazard ratio `w = exp(β·x − shift)`, of `w·x` and of `w·x·xᵀ` (upper triangle).
#[derive(Debug, Clone)]
struct Moments {
    weight: f64,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Moments {
    fn new(columns: usize) -> Moments {
        Moments { weight: 0.0, first: vec![0.0; columns], second: vec![0.0; columns * columns] }
    }

    fn scale(&mut self, factor: f64) {
        self.weight *= factor;
        self.first.iter_mut().chain(&mut self.second).for_each(|m| *m *= factor);
    }

    fn add(&mut self, weight: f64, x: &[f64]) {
        self.weight += weight;
        for (i, xi) in x.iter().enumerate() {
            self.first[i] += weight * xi;
            for (second, xj) in self.second[i * x.len() + i..(i + 1) * x.len()].iter_mut().zip(&x[i..]) {
                *second += weight * xi * xj;
            }
        }
    }
}

/// The likelihood of coefficients of the scaled covariates.
pub(super) fn evaluate(data: &Prepared, beta: &[f64], ties: Ties) -> Evaluation {
    let mut sweep = Sweep::new(data, beta);
    for block in &data.blocks {
        sweep.enter(*block);
        sweep.add_events(block.events_end - block.begin, ties);
    }
    sweep.finish()
}

/// The way through the blocks.
struct Sweep<'a> {
    data: &'a Prepared,
    beta: &'a [f64],
    sum: Evaluation,
    /// All at risk.
    risk: Moments,
    /// Those of the block who have the event.
    tied: Moments,
    /// Largest predictor at risk: weights are relative to it, so that none overflows.
    shift: f64,
}

impl<'a> Sweep<'a> {
    fn new(data: &'a Prepared, beta: &'a [f64]) -> Sweep<'a> {
        let columns = data.columns;
        let sum = Evaluation {
            log_likelihood: 0.0,
            score: vec![0.0; columns],
            information: vec![0.0; columns * columns],
        };
        let (risk, tied) = (Moments::new(columns), Moments::new(columns));
        Sweep { data, beta, sum, risk, tied, shift: f64::NEG_INFINITY }
    }

    /// Adds a block to the risk set, and the covariates of its events to the sums.
    fn enter(&mut self, block: Block) {
        if block.restart {
            self.risk.scale(0.0);
            self.shift = f64::NEG_INFINITY;
        }
        let predictor = |i: usize| dot(self.data.row(i), self.beta);
        let most = (block.begin..block.end).map(predictor).fold(self.shift, f64::max);
        if most > self.shift {
            self.risk.scale(libm::exp(self.shift - most));
            self.shift = most;
        }
        self.tied.scale(0.0);
        for i in block.begin..block.end {
            let (above, x) = (predictor(i) - self.shift, self.data.row(i));
            let weight = libm::exp(above);
            self.risk.add(weight, x);
            if i < block.events_end {
                self.tied.add(weight, x);
                self.sum.log_likelihood += above;
                self.sum.score.iter_mut().zip(x).for_each(|(score, x)| *score += x);
            }
        }
    }

    /// Subtracts what the events of a block are compared with.
    fn add_events(&mut self, events: usize, ties: Ties) {
        match ties {
            Ties::Breslow if events > 0 => self.subtract(0.0, events as f64),
            Ties::Breslow => {}
            // Those with the event leave the risk set one by one, each by an equal share.
            Ties::Efron => (0..events).for_each(|k| self.subtract(k as f64 / events as f64, 1.0)),
        }
    }

    /// The terms of the risk set of which a share of the tied has left, `times` over.
    fn subtract(&mut self, share: f64, times: f64) {
        let Sweep { sum, risk, tied, .. } = self;
        let columns = sum.score.len();
        let weight = risk.weight - share * tied.weight;
        let mean = |i: usize| (risk.first[i] - share * tied.first[i]) / weight;
        sum.log_likelihood -= times * libm::log(weight);
        for i in 0..columns {
            sum.score[i] -= times * mean(i);
            for j in i..columns {
                let at = i * columns + j;
                let second = (risk.second[at] - share * tied.second[at]) / weight;
                sum.information[at] += times * (second - mean(i) * mean(j));
            }
        }
    }

    /// The lower triangle is that of the upper one.
    fn finish(mut self) -> Evaluation {
        let columns = self.data.columns;
        for i in 0..columns {
            for j in 0..i {
                self.sum.information[i * columns + j] = self.sum.information[j * columns + i];
            }
        }
        self.sum
    }
}
