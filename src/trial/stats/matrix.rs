//! Small symmetric matrices, row by row in one list.

/// A positive semidefinite matrix `L·D·Lᵀ`, `L` with ones on its diagonal.
#[derive(Debug, Clone)]
pub(super) struct Factored {
    size: usize,
    lower: Vec<f64>,
    diagonal: Vec<f64>,
}

impl Factored {
    /// Factors a matrix. A row whose pivot is below `tolerance` times its diagonal depends on those before it: its pivot is
    /// set to 0 and it takes no part (a generalised inverse, as in R's `survival`).
    pub fn new(matrix: &[f64], size: usize, tolerance: f64) -> Factored {
        let mut lower = vec![0.0; size * size];
        let mut diagonal = vec![0.0; size];
        for i in 0..size {
            for j in 0..=i {
                let known: f64 =
                    (0..j).map(|k| lower[i * size + k] * diagonal[k] * lower[j * size + k]).sum();
                let rest = matrix[i * size + j] - known;
                if i == j {
                    diagonal[i] = if rest > tolerance * matrix[i * size + i] { rest } else { 0.0 };
                    lower[i * size + i] = 1.0;
                } else {
                    lower[i * size + j] = if diagonal[j] > 0.0 { rest / diagonal[j] } else { 0.0 };
                }
            }
        }
        Factored { size, lower, diagonal }
    }

    /// Number of independent rows.
    pub fn rank(&self) -> usize {
        self.diagonal.iter().filter(|&&pivot| pivot > 0.0).count()
    }

    /// First row that depends on those before it.
    pub fn dependent(&self) -> Option<usize> {
        self.diagonal.iter().position(|&pivot| pivot <= 0.0)
    }

    /// Solves for a right-hand side; dependent rows get 0.
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let at = |i: usize, j: usize| self.lower[i * self.size + j];
        let mut x = right.to_vec();
        for i in 0..self.size {
            x[i] -= (0..i).map(|k| at(i, k) * x[k]).sum::<f64>();
            if self.diagonal[i] <= 0.0 {
                x[i] = 0.0;
            }
        }
        for (value, pivot) in x.iter_mut().zip(&self.diagonal) {
            *value = if *pivot > 0.0 { *value / pivot } else { 0.0 };
        }
        for i in (0..self.size).rev() {
            x[i] -= (i + 1..self.size).map(|k| at(k, i) * x[k]).sum::<f64>();
            if self.diagonal[i] <= 0.0 {
                x[i] = 0.0;
            }
        }
        x
    }

    /// The inverse; rows and columns of dependent rows are 0.
    pub fn inverse(&self) -> Vec<f64> {
        let mut inverse = vec![0.0; self.size * self.size];
        for column in 0..self.size {
            let mut unit = vec![0.0; self.size];
            unit[column] = if self.diagonal[column] > 0.0 { 1.0 } else { 0.0 };
            for (row, value) in self.solve(&unit).into_iter().enumerate() {
                inverse[row * self.size + column] = value;
            }
        }
        inverse
    }
}

/// Sum of products.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_inverts() {
        let matrix = [4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let factored = Factored::new(&matrix, 3, 1e-12);
        assert_eq!((factored.rank(), factored.dependent()), (3, None));
        let x = factored.solve(&[1.0, -2.0, 0.5]);
        let inverse = factored.inverse();
        for i in 0..3 {
            assert!((dot(&matrix[3 * i..3 * i + 3], &x) - [1.0, -2.0, 0.5][i]).abs() < 1e-14);
            for j in 0..3 {
                let product: f64 = (0..3).map(|k| matrix[3 * i + k] * inverse[3 * k + j]).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn dependent_rows_take_no_part() {
        // Covariance of a multinomial: the third row is minus the sum of the others.
        let matrix = [2.0, -1.0, -1.0, -1.0, 2.0, -1.0, -1.0, -1.0, 2.0];
        let factored = Factored::new(&matrix, 3, 1e-10);
        assert_eq!((factored.rank(), factored.dependent()), (2, Some(2)));
        let x = factored.solve(&[1.0, 0.0, -1.0]);
        assert!((x[0] - 2.0 / 3.0).abs() < 1e-15 && (x[1] - 1.0 / 3.0).abs() < 1e-15 && x[2] == 0.0);
        assert_eq!(Factored::new(&[0.0], 1, 1e-10).inverse(), [0.0]);
    }
}
