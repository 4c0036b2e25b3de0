//! How much likelier a patient of one cohort is in another: the weight by which patients who were drawn from wide laws stand for those
//! of other laws.
//!
//! ```text
//! ln w = Σ ln f(x)/f₀(x) over parameters and the origin;  of growth, at what it is without covariates and mutations: f(r/φ)/φ, with φ by
//!        which they move it in each cohort
//! ```

use crate::biology::patient::PatientParameter;
use crate::tissue::random::StreamKey;

use super::patient::Cohort;

/// Why patients of one cohort cannot stand for those of another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnlikeCohorts {
    /// Something other than laws differs.
    #[error("{0} is another one there, and no law between patients that weights could change")]
    Beyond(&'static str),
    /// One law has values with a probability of their own where the other has a density.
    #[error(
        "the law of `{0}` is of another kind there: one value for all, or one of two, cannot stand for a range, nor a range for them"
    )]
    Kind(&'static str),
}

impl Cohort {
    /// Whether this cohort's patients can be weighted to be those of another one.
    ///
    /// # Errors
    ///
    /// [`UnlikeCohorts::Beyond`].
    pub fn can_stand_for(&self, other: &Cohort) -> Result<(), UnlikeCohorts> {
        let (own, other) = (self.spec(), other.spec());
        let beyond = [
            ("the number and sizes of lesions", own.lesions == other.lesions),
            ("`germline_effects`", own.germline_effects == other.germline_effects),
            ("`pharmacokinetics`", own.pharmacokinetics == other.pharmacokinetics),
        ];
        let differs = beyond.into_iter().find(|(_, is_same)| !is_same);
        differs.map_or(Ok(()), |(what, _)| Err(UnlikeCohorts::Beyond(what)))
    }

    /// Logarithm of how much likelier this cohort's patient of a number is in another cohort.
    ///
    /// # Errors
    ///
    /// [`UnlikeCohorts`].
    pub fn log_weight(&self, other: &Cohort, id: u32) -> Result<f64, UnlikeCohorts> {
        self.can_stand_for(other)?;
        let key = StreamKey { seed: self.spec().seed, patient: id };
        let own = self.draw(key);
        let mut sum = 0.0;
        for parameter in PatientParameter::ALL {
            let value = own.values[parameter.index()];
            let factor = |of: &Cohort| match parameter {
                PatientParameter::Growth => of.growth_factor(key, &own),
                _ => 1.0,
            };
            let at = |of: &Cohort| of.sampler(parameter).likeliness(value / factor(of));
            let ratio = at(other).over(at(self)).ok_or(UnlikeCohorts::Kind(parameter.name()))?;
            sum += ratio - libm::log(factor(other) / factor(self));
        }
        let origin = self.origin(key);
        let share = |of: &Cohort| {
            let shares = of.spec().origins.each();
            shares.into_iter().find(|(one, _)| *one == origin).map_or(0.0, |(_, share)| share)
        };
        Ok(sum + libm::log(share(other) / share(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::cohort::{CohortSpec, ParameterChange};

    fn cohort(changes: &[(&str, ParameterChange)]) -> Cohort {
        let spec = CohortSpec::new(4000, 5);
        Cohort::new(&changes.iter().fold(spec, |spec, (of, change)| spec.with(of, *change))).unwrap()
    }

    // Weights of any law over another one have mean 1, whatever both are: the standard error of 4000 of them is measured.
    #[test]
    fn weights_have_mean_one_and_move_means() {
        let wide = cohort(&[
            ("growth", ParameterChange::Spread(1.8)),
            ("kill_factor", ParameterChange::Spread(1.2)),
            ("men1", ParameterChange::Spread(0.5)),
        ]);
        let law = cohort(&[
            ("growth", ParameterChange::Typical(0.006)),
            ("growth", ParameterChange::Spread(1.0)),
            ("coupled_loss", ParameterChange::Typical(0.75)),
        ]);
        let all: Vec<f64> = (0..4000).map(|id| wide.log_weight(&law, id).unwrap().exp()).collect();
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let se = (all.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / n / n).sqrt();
        assert!(se < 0.1 && (mean - 1.0).abs() < 5.0 * se, "{mean} ± {se}");
        // The mean logarithm of growth is that of the other law's own patients.
        let log = |of: &Cohort, id: u32| of.patient(id).turnover.growth.ln();
        let weighted = (0..4000).map(|id| all[id as usize] * log(&wide, id)).sum::<f64>() / (n * mean);
        let direct = (0..4000).map(|id| log(&law, id)).sum::<f64>() / n;
        assert!((weighted - direct).abs() < 0.2, "{weighted} and {direct}");
        assert!((0..50).all(|id| wide.log_weight(&wide, id) == Ok(0.0)));
    }

    #[test]
    fn what_weights_cannot_reach_is_refused() {
        let wide = cohort(&[]);
        let fixed = cohort(&[("growth", ParameterChange::Fixed(0.003))]);
        assert_eq!(wide.log_weight(&fixed, 0), Err(UnlikeCohorts::Kind("growth")));
        let mut spec = CohortSpec::new(10, 5);
        spec.germline_effects = true;
        let other = Cohort::new(&spec).unwrap();
        assert_eq!(wide.log_weight(&other, 0), Err(UnlikeCohorts::Beyond("`germline_effects`")));
    }
}
