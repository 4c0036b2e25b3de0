//! Kernel densities of what was found.

/// The density of a sample: Gaussian kernels of a width that all rivals share, and a little of a wide normal law, so that a value far from
/// all that was seen says little and never everything.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KernelDensity {
    points: Vec<f64>,
    width: f64,
    wide: (f64, f64),
    /// Weight of the wide law: that of one more patient.
    doubt: f64,
}

/// Densities of rivals, each from its sample; `patients` are who it is from, several values of each patient counting as one.
pub(super) fn densities(samples: &[Vec<f64>], patients: usize) -> Vec<KernelDensity> {
    let within: Vec<f64> = samples.iter().map(|sample| deviation(sample)).collect();
    let spread = within.iter().sum::<f64>() / within.len().max(1) as f64;
    let all: Vec<f64> = samples.iter().flatten().copied().collect();
    let (mean, whole) = (average(&all), deviation(&all));
    // Silverman 1986, formula 3.28 with 0.9; where nothing differs a width that is small against what differs between rivals.
    let silverman = 0.9 * spread * libm::pow(patients.max(1) as f64, -0.2);
    let width = silverman.max(0.01 * whole).max(1e-6);
    let doubt = 1.0 / (patients as f64 + 1.0);
    let wide = (mean, 3.0 * whole.max(width));
    samples.iter().map(|points| KernelDensity { points: points.clone(), width, wide, doubt }).collect()
}

impl KernelDensity {
    /// Logarithm of the density at a value.
    pub fn log_at(&self, x: f64) -> f64 {
        let sum: f64 = self.points.iter().map(|point| normal((x - point) / self.width)).sum();
        let kernels = sum / (self.points.len().max(1) as f64 * self.width);
        let wide = normal((x - self.wide.0) / self.wide.1) / self.wide.1;
        libm::log(((1.0 - self.doubt) * kernels + self.doubt * wide).max(f64::MIN_POSITIVE))
    }
}

fn normal(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * std::f64::consts::PI)
}

fn average(sample: &[f64]) -> f64 {
    sample.iter().sum::<f64>() / sample.len().max(1) as f64
}

fn deviation(sample: &[f64]) -> f64 {
    let mean = average(sample);
    let squares = sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
    libm::sqrt(squares / sample.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Its integral is 1, and near a normal sample it is the normal density: 400 quantiles, and a kernel that widens it by a tenth.
    #[test]
    fn a_density_is_one() {
        let sample: Vec<f64> =
            (0..400).map(|i| crate::trial::stats::normal_quantile((f64::from(i) + 0.5) / 400.0)).collect();
        let density = &densities(&[sample.clone(), sample], 400)[0];
        let step = 0.01;
        let at = |i: i32| libm::exp(density.log_at(f64::from(i) * step));
        let whole: f64 = (-3000..3000).map(|i| at(i) * step).sum();
        assert!((whole - 1.0).abs() < 1e-3, "{whole}");
        for x in [-1.0, 0.0, 1.5] {
            assert!((libm::exp(density.log_at(x)) / normal(x) - 1.0).abs() < 0.06, "{x}");
        }
    }

    #[test]
    fn what_nobody_showed_says_little() {
        let of = |x: f64| densities(&[vec![x; 50], vec![x + 1.0; 50]], 50);
        let both = of(0.0);
        let far = both[0].log_at(100.0) - both[1].log_at(100.0);
        assert!(far.abs() < 0.1, "{far}");
        assert!(both[0].log_at(0.0) - both[1].log_at(0.0) > 3.0);
    }
}
