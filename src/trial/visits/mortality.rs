//! Deaths that have nothing to do with the tumour, by age and sex.

use crate::numbers::DAYS_PER_YEAR;
use crate::scenario::Sex;

/// Hazard a day in the general population: `a·exp(b·(age − 60))` a year, least squares on the logarithm of the hazards of ages 50 to 80
/// in the United States in 2010 (`survexp.us` of the R package survival, from the National Center for Health Statistics); within 7 % of
/// them from 55 to 70.
pub(super) fn background(age_years: f64, sex: Sex) -> f64 {
    let (a, b) = match sex {
        Sex::Male => (0.0113, 0.0802),
        Sex::Female => (0.0070, 0.0871),
    };
    a * libm::exp(b * (age_years - 60.0)) / DAYS_PER_YEAR
}

#[cfg(test)]
mod tests {
    use super::*;

    // Hazards a year of the table itself: men and women at 55, 60, 65 and 70.
    #[test]
    fn it_is_that_of_the_table() {
        for (age, men, women) in
            [(55.0, 0.0078, 0.0045), (60.0, 0.0111, 0.0066), (65.0, 0.0159, 0.0102), (70.0, 0.0240, 0.0160)]
        {
            for (sex, table) in [(Sex::Male, men), (Sex::Female, women)] {
                let found = background(age, sex) * DAYS_PER_YEAR;
                assert!((found / table - 1.0).abs() < 0.08, "{age} {sex:?}: {found} of {table}");
            }
        }
    }
}
