//! What perfusion does to growth beside oxygen and drugs: it feeds.
//!
//! Division attempts follow perfusion `p`, relative to the patient's mean, as `p/(p + K)`, divided by what this comes to on
//! average over the uneven perfusion of the untreated tumour: so untreated growth is the patient's. Halving
//! the vessels of a well-differentiated tumour leaves its cells oxygenated, and yet drugs that halve them slow
//! it; glucose is the likeliest of the reasons (confidence C). Where still less is brought, cells die.

use crate::engine::model::PERFUSION_BINS;
use crate::scenario::Vessels;

use super::vessels::densities;

/// Classes in a unit of the factor: so many that rounding moves no division rate by more than a thirty-second.
const CLASSES: f64 = 16.0;

/// Share of the untreated mean's attempts below which cells starve (C; a choice: a quarter of the mean perfusion, which
/// is found in less than a hundredth of an untreated tumour).
pub const STARVING: f64 = 0.6;

/// Factor on division attempts, and deaths, by bin of perfusion.
#[derive(Debug, Clone, PartialEq)]
pub struct Nutrients {
    perfusions: Vec<f64>,
    classes: Vec<u32>,
    /// What makes the average of the untreated tumour 1.
    scale: f64,
    /// Deaths per day where nothing is brought.
    starving: f64,
}

impl Nutrients {
    /// One bin, no effect: a scenario without vessels that live.
    pub fn none() -> Self {
        Self { perfusions: vec![1.0], classes: vec![0], scale: 0.0, starving: 0.0 }
    }

    /// The factors of a scenario's vessels.
    pub fn new(vessels: &Vessels) -> Self {
        let perfusions: Vec<f64> = (0..PERFUSION_BINS).map(middle).collect();
        let half = vessels.nutrient_half;
        if half <= 0.0 {
            return Self { classes: vec![0; perfusions.len()], perfusions, scale: 0.0, starving: 0.0 };
        }
        let classes: Vec<u32> =
            perfusions.iter().map(|p| libm::rint(CLASSES * p * (1.0 + half) / (p + half)) as u32).collect();
        let untreated = densities(vessels.unevenness);
        let bin = |p: &f64| ((p * f64::from(PERFUSION_BINS) / 4.0) as usize).min(PERFUSION_BINS as usize - 1);
        let sum: f64 = untreated.iter().map(|p| f64::from(classes[bin(p)])).sum();
        Self { classes, perfusions, scale: untreated.len() as f64 / sum, starving: vessels.starving_death }
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

    /// Deaths per day of want in a bin: `starving_death · (1 − factor/0.6)`, none above.
    pub fn starved(&self, bin: usize) -> f64 {
        self.starving * (1.0 - self.factor(bin) / STARVING).max(0.0)
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
        starving(unevenness, nutrient_half, 0.0)
    }

    fn starving(unevenness: f64, nutrient_half: f64, death: f64) -> Vessels {
        let text = format!(
            "name = \"a\"\nphenotype = \"signalling\"\n[time]\nend = \"1 d\"\n[lattice]\nsize = [64, 64]\n[start]\n\
             [patient]\n[oxygen]\n[vessels]\nunevenness = {unevenness}\nnutrient_half = {nutrient_half}\n\
             deprivation_death = \"{death} /d\"\n"
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

    #[test]
    fn cells_starve_where_hardly_anything_is_brought() {
        let nutrients = Nutrients::new(&starving(0.5, 0.3, 0.01));
        let starved: Vec<f64> = (0..PERFUSION_BINS as usize).map(|bin| nutrients.starved(bin)).collect();
        assert!(starved.is_sorted_by(|a, b| a >= b) && starved[0] > 0.005 && starved[0] <= 0.01);
        // Nothing from a quarter of the mean perfusion on, up to rounding of classes.
        for (p, starved) in nutrients.perfusions().iter().zip(&starved) {
            assert_eq!(*starved == 0.0, *p > 0.26, "{p} {starved}");
        }
        // So little of an untreated tumour that its growth is the patient's: 1e-5 /d of 3.5e-3.
        let untreated = densities(0.5);
        let bin = |p: &f64| (p * f64::from(PERFUSION_BINS) / 4.0) as usize;
        let mean = untreated.iter().map(|p| nutrients.starved(bin(p))).sum::<f64>() / untreated.len() as f64;
        assert!(mean > 0.0 && mean < 2e-5, "{mean}");
        let without = Nutrients::new(&vessels(0.5, 0.3));
        assert!((0..PERFUSION_BINS as usize).all(|bin| without.starved(bin) == 0.0));
    }
}
