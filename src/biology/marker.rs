//! Markers of the blood.

/// Chromogranin A follows live cells to this power (C).
const CGA_POWER: f64 = 0.8;

/// Chromogranin A of so many live cells, relative to a reference, at the same secretion by each.
pub fn chromogranin_a(cells: f64) -> f64 {
    libm::pow(cells, CGA_POWER)
}

/// Variant allele fraction in circulating DNA that all live cells shed alike: one of two alleles of the cells of the marked states.
pub fn variant_fraction(live_by_row: &[f64], mark: &[bool]) -> f64 {
    let all: f64 = live_by_row.iter().sum();
    let marked = live_by_row.iter().zip(mark).filter(|(_, is)| **is).map(|(cells, _)| cells).sum::<f64>();
    if all > 0.0 { 0.5 * marked / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_alleles_of_the_cells_that_carry_a_mutation() {
        assert_eq!(variant_fraction(&[60.0, 30.0, 10.0], &[false, true, true]), 0.2);
        assert_eq!(variant_fraction(&[0.0, 0.0], &[false, true]), 0.0, "no cell sheds anything");
    }
}
