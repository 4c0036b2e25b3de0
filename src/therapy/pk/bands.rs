//! Quantiles of a population's concentrations.

use super::course::DayExposure;

/// Shares of a population below its quantiles.
pub const SHARES: [f64; 5] = [0.05, 0.25, 0.50, 0.75, 0.95];

/// Quantiles of a population on one day: of the averages and troughs of the drug, and of drug and metabolite together.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct PopulationBand {
    /// Average of the drug, ng/mL.
    pub average: [f64; 5],
    /// Trough of the drug, ng/mL.
    pub trough: [f64; 5],
    /// Average of drug and metabolite together, ng/mL.
    pub total_average: [f64; 5],
    /// Trough of drug and metabolite together, ng/mL.
    pub total_trough: [f64; 5],
}

/// Quantiles of every day.
pub fn bands(courses: &[Vec<DayExposure>]) -> Vec<PopulationBand> {
    let days = courses.first().map_or(0, Vec::len);
    let of = |day: usize, f: &dyn Fn(&DayExposure) -> f64| {
        let mut values: Vec<f64> = courses.iter().map(|course| f(&course[day])).collect();
        values.sort_by(f64::total_cmp);
        SHARES.map(|share| quantile(&values, share))
    };
    (0..days)
        .map(|day| PopulationBand {
            average: of(day, &|d| d.parent.average),
            trough: of(day, &|d| d.parent.trough),
            total_average: of(day, &|d| d.parent.average + d.metabolite.map_or(0.0, |m| m.average)),
            total_trough: of(day, &|d| d.parent.trough + d.metabolite.map_or(0.0, |m| m.trough)),
        })
        .collect()
}

/// Linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate() {
        let values = [1.0, 2.0, 3.0, 4.0];
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|share| quantile(&values, share)), [1.0, 1.75, 2.5, 4.0]);
        assert_eq!(quantile(&[7.0], 0.95), 7.0);
    }
}
