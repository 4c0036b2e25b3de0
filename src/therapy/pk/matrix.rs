//! The exponential of a compartment matrix, exact to rounding in every entry.
//!
//! A compartment matrix has no negative entry off its diagonal. With the diagonal's largest loss `q` added, all
//! entries are non-negative, and `exp(A·t) = exp(−q·t) · exp((A + q)·t)` is a sum of non-negative terms: nothing
//! cancels, so every entry is accurate relative to itself and none can come out negative, whatever the parameters
//! (Xue and Ye 2013, doi:10.1137/110860847; Shao, Gao and Xue 2014, doi:10.1137/120894294). A Padé approximant would
//! promise neither. Plain additions and multiplications in a fixed order, so every platform computes the same bits.

/// A square matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matrix {
    size: usize,
    cells: Vec<f64>,
}

/// Terms of the Taylor series: with a norm of at most 1 the first one left out is below 1/21! = 2e-20.
const TERMS: u32 = 20;

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }

    /// Number of rows.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The cell in a row and column.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.size + column]
    }

    /// Adds to a cell.
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.size + column] += value;
    }

    /// A row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.size..(row + 1) * self.size]
    }

    /// `exp(self · time)` of a compartment matrix: no negative cell but on the diagonal.
    pub fn exponential(&self, time: f64) -> Self {
        let n = self.size;
        let loss = (0..n).map(|i| -self.at(i, i)).fold(0.0, f64::max);
        let mut shifted = self.clone();
        (0..n).for_each(|i| shifted.add(i, i, loss));
        let norm = (0..n).map(|i| shifted.row(i).iter().sum::<f64>()).fold(0.0, f64::max) * time;
        let mut halvings = 0u32;
        let mut step = time;
        while norm * (step / time) > 1.0 {
            step *= 0.5;
            halvings += 1;
        }
        let mut result = shifted.series(step);
        let decay = libm::exp(-loss * step);
        result.cells.iter_mut().for_each(|c| *c *= decay);
        (0..halvings).for_each(|_| result = result.squared());
        result
    }

    /// The Taylor series of `exp(self · time)`, by Horner's rule.
    fn series(&self, time: f64) -> Self {
        let identity = Self::identity(self.size);
        let mut sum = identity.clone();
        for k in (1..=TERMS).rev() {
            sum = self.times(&sum);
            sum.cells.iter_mut().for_each(|c| *c *= time / f64::from(k));
            (0..self.size).for_each(|i| sum.add(i, i, 1.0));
        }
        sum
    }

    fn identity(size: usize) -> Self {
        let mut matrix = Self::zeros(size);
        (0..size).for_each(|i| matrix.add(i, i, 1.0));
        matrix
    }

    /// The product with itself.
    pub fn squared(&self) -> Self {
        self.times(self)
    }

    /// `self · other`. Cells that are zero are skipped: chains of compartments have many.
    pub fn times(&self, other: &Self) -> Self {
        let n = self.size;
        let mut product = Self::zeros(n);
        for (i, row) in product.cells.chunks_exact_mut(n).enumerate() {
            for k in 0..n {
                let factor = self.cells[i * n + k];
                if factor != 0.0 {
                    row.iter_mut().zip(other.row(k)).for_each(|(sum, cell)| *sum += factor * cell);
                }
            }
        }
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chain of `n` compartments that lose to the next at `rate`, the last one to the outside.
    fn chain(n: usize, rate: f64) -> Matrix {
        let mut matrix = Matrix::zeros(n);
        for i in 0..n {
            matrix.add(i, i, -rate);
            if i + 1 < n {
                matrix.add(i + 1, i, rate);
            }
        }
        matrix
    }

    // exp of a chain: cell (i, j) is the Poisson probability of i − j events (Erlang). Relative accuracy of every
    // cell, also of tiny ones and of stiff chains.
    #[test]
    fn a_chain_gives_poisson_probabilities() {
        for (n, rate, time) in [(5, 2.7, 1.0 / 60.0), (12, 0.03, 17.0), (6, 40.0, 4.0), (3, 900.0, 0.1)] {
            let result = chain(n, rate).exponential(time);
            let mean = rate * time;
            for i in 0..n {
                for j in 0..n {
                    if j > i {
                        assert_eq!(result.at(i, j), 0.0);
                        continue;
                    }
                    let k = i - j;
                    let log = k as f64 * mean.ln() - mean - (1..=k).map(|f| (f as f64).ln()).sum::<f64>();
                    let error = result.at(i, j).ln() - log;
                    assert!(error.abs() < 1e-10, "n {n} rate {rate} cell {i},{j}: {error}");
                }
            }
        }
    }

    #[test]
    fn two_compartments_agree_with_their_eigenvalues() {
        let (k10, k12, k21) = (17.4 / 25.2, 51.1 / 25.2, 51.1 / 400.0);
        let mut a = Matrix::zeros(2);
        a.add(0, 0, -k10 - k12);
        a.add(1, 0, k12);
        a.add(0, 1, k21);
        a.add(1, 1, -k21);
        let sum: f64 = k10 + k12 + k21;
        let root = (sum * sum - 4.0 * k10 * k21).sqrt();
        let (fast, slow) = ((sum + root) / 2.0, (sum - root) / 2.0);
        for t in [0.01, 1.0, 24.0, 500.0] {
            let e = a.exponential(t);
            let central =
                ((fast - k21) * (-fast * t).exp() + (k21 - slow) * (-slow * t).exp()) / (fast - slow);
            assert!((e.at(0, 0) / central - 1.0).abs() < 1e-11, "{t}: {} {central}", e.at(0, 0));
            let peripheral = k12 * ((-slow * t).exp() - (-fast * t).exp()) / (fast - slow);
            assert!((e.at(1, 0) / peripheral - 1.0).abs() < 1e-11, "{t}");
        }
    }

    // Nothing may come out negative, which is what a Padé approximant gets wrong first.
    #[test]
    fn no_cell_is_negative_over_ten_orders_of_magnitude() {
        let mut a = Matrix::zeros(3);
        for (from, to, rate) in [(0, 1, 1e6), (1, 0, 3.0), (1, 2, 1e-4), (2, 0, 1e-3)] {
            a.add(to, from, rate);
            a.add(from, from, -rate);
        }
        let e = a.exponential(1024.0 / 60.0);
        for j in 0..3 {
            let column: f64 = (0..3).map(|i| e.at(i, j)).sum();
            assert!((column - 1.0).abs() < 1e-8, "{column}");
            assert!((0..3).all(|i| e.at(i, j) >= 0.0));
        }
    }
}
