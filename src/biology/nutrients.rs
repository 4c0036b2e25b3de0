//! What perfusion does to growth beside oxygen and drugs: it feeds.
//!
//! Division attempts follow perfusion `p`, relative to the patient's mean, as `p/(p + K)`, divided by what this comes to on
//! average over the uneven perfusion of the untreated tumour: so untreated growth is the patient's. Halving
//! the vessels of a well-differentiated tumour leaves its cells oxygenated, and yet drugs that halve them slow
//! it; glucose is the likeliest of the reasons (confidence C).

use crate::engine::model::PERFUSION_BINS;
use crate::scenario::Vessels;

use super::vessels::densities;

/// Classes in a unit of the factor: so many that rounding moves no division rate by more than a thirty-second.
const CLASSES: f64 = 16.0;

/// Factor on division attempts by bin of perfusion.
#[derive(Debug, Clone, PartialEq)]
pub struct Nutrients {
    perfusions: Vec<f64>,
    classes: Vec<u32>,
    /// What makes the average of the untreated tumour 1.
    scale: f64,
}

impl Nutrients {
    /// One bin, no effect: a scenario without vessels that live.
    pub fn none() -> Self {
        Self { perfusions: vec![1.0], classes: vec![0], scale: 0.0 }
    }

    /// The factors of a scenario's vessels.
    pub fn new(vessels: &Vessels) -> Self {
        let perfusions: Vec<f64> = (0..PERFUSION_BINS).map(middle).collect();
        let half = vessels.nutrient_half;
        if half <= 0.0 {
            return Self { classes: vec![0; perfusions.len()], perfusions, scale: 0.0 };
        }
        let classes: Vec<u32> =
            perfusions.iter().map(|p| libm::rint(CLASSES * p * (1.0 + half) / (p + half)) as u32).collect();
        let untreated = densities(vessels.unevenness);
        let bin = |p: &f64| ((p * f64::from(PERFUSION_BINS) / 4.0) as usize).min(PERFUSION_BINS as usize - 1);
        let sum: f64 = untreated.iter().map(|p| f64::from(classes[bin(p)])).sum();
        Self { classes, perfusions, scale: untreated.len() as f64 / sum }
    }

    /// Middle of each bin of perfusion, relative to the patient's mean.
    pub fn perfusions(&self) -> &[f64] {
        &self.perfusions
    }

    /// Class of a bin; bins of one class have the same factor.
    pub fn class(&self, bin: usize) -> u32 {
        self.classes[bin]
    }

    /// Factor on division attempts in a bin.
    pub fn factor(&self, bin: usize) -> f64 {
        if self.scale == 0.0 { 1.0 } else { f64::from(self.classes[bin]) * self.scale }
    }
}

/// Perfusion in the middle of a bin: bins cover 0 to 4.
fn middle(bin: u32) -> f64 {
    4.0 * (f64::from(bin) + 0.5) / f64::from(PERFUSION_BINS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vessels(unevenness: f64, nutrient_half: f64) -> Vessels {
        let text = format!(
            "name = \"a\"\nphenotype = \"signalling\"\n[time]\nend = \"1 d\"\n[lattice]\nsize = [64, 64]\n[start]\n\
             [patient]\n[oxygen]\n[vessels]\nunevenness = {unevenness}\nnutrient_half = {nutrient_half}\n"
        );
        let loaded = crate::scenario::parse(&text, "test.toml", std::path::Path::new("")).unwrap();
        loaded.scenario.vessels.unwrap()
    }

    // Classes round by half of 1/16 of (1 + K)·p/(p + K); the scale makes it relative to the untreated mean.
    #[test]
    fn factors_are_a_thirty_second_off_at_most() {
        for (unevenness, half) in [(0.0, 0.3), (0.5, 0.3), (0.5, 1.0), (0.9, 0.05), (0.6, 10.0)] {
            let nutrients = Nutrients::new(&vessels(unevenness, half));
            for (bin, p) in nutrients.perfusions().iter().enumerate() {
                let exact = p * (1.0 + half) / (p + half);
                let found = nutrients.factor(bin) / (nutrients.scale * CLASSES);
                assert!((found - exact).abs() <= 0.5 / CLASSES + 1e-12, "{half} {p}: {found} {exact}");
            }
        }
    }

    #[test]
    fn the_untreated_tumour_is_fed_as_the_patient_says() {
        for (unevenness, half) in [(0.0, 0.3), (0.5, 0.3), (0.5, 1.0), (0.9, 0.05)] {
            let nutrients = Nutrients::new(&vessels(unevenness, half));
            let untreated = densities(unevenness);
            let bin = |p: &f64| (p * f64::from(PERFUSION_BINS) / 4.0) as usize;
            let sum: f64 = untreated.iter().map(|p| nutrients.factor(bin(p))).sum();
            assert!((sum / untreated.len() as f64 - 1.0).abs() < 1e-12, "{unevenness} {half}");
        }
        let none = Nutrients::new(&vessels(0.5, 0.0));
        assert!((0..PERFUSION_BINS as usize).all(|bin| none.factor(bin) == 1.0 && none.class(bin) == 0));
    }
}
