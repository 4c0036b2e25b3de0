//! Markers of the blood.

/// Chromogranin A follows live cells to this power (C).
const CGA_POWER: f64 = 0.8;

/// Chromogranin A of so many live cells, relative to a reference, at the same secretion by each.
pub fn chromogranin_a(cells: f64) -> f64 {
    libm::pow(cells, CGA_POWER)
}

/// Variant allele fraction of a locus in circulating DNA that all live cells shed alike: one of two alleles of the cells of its marked states; 0
/// without a locus.
pub fn variant_fraction(live_by_row: &[f64], marks: &[Vec<bool>], locus: Option<usize>) -> f64 {
    let Some(mark) = locus.and_then(|locus| marks.get(locus)) else { return 0.0 };
    let all: f64 = live_by_row.iter().sum();
    let marked = live_by_row.iter().zip(mark).filter(|(_, is)| **is).map(|(cells, _)| cells).sum::<f64>();
    if all > 0.0 { 0.5 * marked / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_alleles_of_the_cells_that_carry_a_mutation() {
        let of = |live: &[f64], mark: &[bool]| variant_fraction(live, &[mark.to_vec()], Some(0));
        assert_eq!(of(&[60.0, 30.0, 10.0], &[false, true, true]), 0.2);
        assert_eq!(of(&[0.0, 0.0], &[false, true]), 0.0, "no cell sheds anything");
    }
}
