//! Tables of concentrations: columns for a terminal, comma-separated values.

use std::fmt::Write;

use crate::therapy::pk::{ConcentrationLevel, DayExposure, PopulationBand, SHARES};

/// Widest number that [`short`] writes; columns are wider by one, so that they stay apart.
const WIDEST: usize = 9;

/// Four significant digits, with an exponent where they would not fit a column.
fn short(value: f64) -> String {
    if value < 1e-99 {
        return "0".to_owned();
    }
    let digits = libm::floor(libm::log10(value)) as i32;
    let plain = format!("{value:.*}", (3 - digits).clamp(0, 12) as usize);
    if plain.len() <= WIDEST { plain } else { format!("{value:.3e}") }
}

/// One line per day, in columns.
pub fn table(metabolite: Option<&str>, days: &[DayExposure]) -> String {
    let mut text = format!("{:>4}  {:<29}", "", "drug, ng/mL");
    if let Some(name) = metabolite {
        let _ = write!(text, "  {:<29}", format!("{name}, ng/mL"));
    }
    text.push_str("  at the site, nM\n");
    let level = "  average      peak    trough";
    let _ = write!(text, "{:>4}{level:>31}", "day");
    if metabolite.is_some() {
        let _ = write!(text, "{level:>31}");
    }
    let _ = writeln!(text, "{:>11}{}", "drug", if metabolite.is_some() { " metabolite" } else { "" });
    for (day, exposure) in days.iter().enumerate() {
        let _ = write!(text, "{day:>4}{}", level_columns(exposure.parent));
        if metabolite.is_some() {
            text.push_str(&level_columns(exposure.metabolite.unwrap_or_default()));
        }
        let _ = write!(text, "{:>11}", short(exposure.site_parent_nm));
        if metabolite.is_some() {
            let _ = write!(text, "{:>11}", short(exposure.site_metabolite_nm));
        }
        text.push('\n');
    }
    text
}

fn level_columns(level: ConcentrationLevel) -> String {
    format!("{:>11}{:>10}{:>10}", short(level.average), short(level.peak), short(level.trough))
}

/// One row per day; numbers in full.
pub fn csv(days: &[DayExposure]) -> String {
    let mut text = String::from(
        "day,parent_average_ng_ml,parent_peak_ng_ml,parent_trough_ng_ml,metabolite_average_ng_ml,\
         metabolite_peak_ng_ml,metabolite_trough_ng_ml,site_parent_nm,site_metabolite_nm\n",
    );
    for (day, exposure) in days.iter().enumerate() {
        let ConcentrationLevel { average, peak, trough } = exposure.parent;
        let metabolite = exposure.metabolite.map_or(",,".to_owned(), |m| {
            let ConcentrationLevel { average, peak, trough } = m;
            format!("{average},{peak},{trough}")
        });
        let (site, site_m) = (exposure.site_parent_nm, exposure.site_metabolite_nm);
        let _ = writeln!(text, "{day},{average},{peak},{trough},{metabolite},{site},{site_m}");
    }
    text
}

/// One line per day: quantiles of averages and troughs, of both together for a drug with a metabolite.
pub fn bands_table(together: bool, bands: &[PopulationBand]) -> String {
    let what = if together { "drug and metabolite" } else { "drug" };
    let mut text = format!("{:>4}  {:<53}  {}\n", "", format!("average of {what}, ng/mL"), "trough");
    let _ = write!(text, "{:>4}", "day");
    for share in SHARES.iter().chain(&SHARES) {
        let _ = write!(text, "{:>11}", format!("{:.0} %", share * 100.0));
    }
    text.push('\n');
    for (day, band) in bands.iter().enumerate() {
        let (average, trough) =
            if together { (band.total_average, band.total_trough) } else { (band.average, band.trough) };
        let _ = write!(text, "{day:>4}");
        for value in average.iter().chain(&trough) {
            let _ = write!(text, "{:>11}", short(*value));
        }
        text.push('\n');
    }
    text
}

/// One row per day; numbers in full.
pub fn bands_csv(bands: &[PopulationBand]) -> String {
    let mut text = String::from("day");
    for name in ["average", "trough", "total_average", "total_trough"] {
        for share in SHARES {
            let _ = write!(text, ",{name}_p{:02.0}_ng_ml", share * 100.0);
        }
    }
    text.push('\n');
    for (day, band) in bands.iter().enumerate() {
        let _ = write!(text, "{day}");
        for value in [band.average, band.trough, band.total_average, band.total_trough].iter().flatten() {
            let _ = write!(text, ",{value}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::therapy::pk::checks::support::{everolimus, sunitinib};
    use crate::therapy::pk::{PkIndividual, bands};
    use crate::therapy::prescription::Prescription;
    use crate::therapy::regimen::Body;

    fn given(text: &str, individual: PkIndividual, days: u32) -> Vec<DayExposure> {
        let body = Body::typical();
        Prescription::read(text, &body).unwrap().course(individual, days, &body).unwrap()
    }

    fn both(days: u32) -> Vec<DayExposure> {
        given("sunitinib 37.5 mg daily", PkIndividual::typical(&sunitinib(), 70.0).unwrap(), days)
    }

    fn alone() -> Vec<DayExposure> {
        given("everolimus 10 mg daily", PkIndividual::typical(&everolimus(), 70.0).unwrap(), 3)
    }

    #[test]
    fn numbers_keep_four_digits() {
        let shown = [0.0, 1e-9, 0.012345, 1.26789, 36.94, 422_123.4, 9.9999].map(short);
        assert_eq!(shown, ["0", "1.000e-9", "0.01235", "1.268", "36.94", "422123", "10.000"]);
    }

    // In a wash-out, and under doses far beyond any, numbers of every size stand beside each other.
    #[test]
    fn columns_stay_apart_whatever_the_size_of_their_numbers() {
        for power in -120..=120 {
            for digits in [1.0, 2.5345, 9.9999] {
                let text = short(digits * libm::pow(10.0, f64::from(power)));
                assert!(text.len() <= WIDEST, "{text}");
            }
        }
        let level = ConcentrationLevel { average: 2.534e-5, peak: 3.605e-5, trough: 1.699e-5 };
        let day = DayExposure { parent: level, ..DayExposure::default() };
        let line = table(None, &[day]).lines().last().unwrap().to_owned();
        assert_eq!(
            line.split_whitespace().collect::<Vec<_>>(),
            ["0", "2.534e-5", "3.605e-5", "1.699e-5", "0"]
        );
    }

    #[test]
    fn columns_stand_under_their_heads() {
        let days = both(60);
        let text = table(Some("SU12662"), &days);
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("  59") && last.contains("36.89") && last.contains("17.81"), "{last}");
        let populations = bands(&[both(5), both(5)]);
        for text in [text, table(None, &alone()), bands_table(true, &populations)] {
            let widths: Vec<usize> = text.lines().skip(1).map(str::len).collect();
            assert!(widths.iter().all(|width| *width == widths[0]), "{text}");
        }
    }

    #[test]
    fn rows_have_as_many_cells_as_heads() {
        for text in [csv(&alone()), csv(&both(3)), bands_csv(&bands(&[both(3)]))] {
            let cells: Vec<usize> = text.lines().map(|line| line.split(',').count()).collect();
            assert!(cells.iter().all(|n| *n == cells[0]), "{text}");
        }
        // Numbers survive the way out and in.
        let text = csv(&alone());
        let first = text.lines().nth(1).unwrap().split(',').nth(1).unwrap().parse::<f64>().unwrap();
        assert_eq!(first, alone()[0].parent.average);
    }

    #[test]
    fn bands_are_ordered() {
        let courses: Vec<_> = (0..30)
            .map(|i| {
                let individual = PkIndividual::sampled(&everolimus(), 70.0, 7, i, 5).unwrap();
                given("everolimus 10 mg daily", individual, 3)
            })
            .collect();
        assert!(bands(&courses).iter().all(|b| b.trough.is_sorted() && b.average[0] < b.average[4]));
    }
}
