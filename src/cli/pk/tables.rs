//! Tables of concentrations: columns for a terminal, comma-separated values.

use std::fmt::Write;

use documented::{Documented, DocumentedFields};
use serde::{Deserialize, Serialize};

use crate::table::{Rows, csv as written};
use crate::therapy::pk::{ConcentrationLevel, Concentrations, DayExposure, PopulationBand, SHARES};

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
    let level = "  average      peak       C24";
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

/// One for each day (`evotor pk --csv`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct PkDayRow {
    /// Day, from 0.
    pub day: usize,
    /// Average of the drug in the matrix in which it is measured, ng/mL.
    pub average_ng_per_ml: f64,
    /// Peak, ng/mL.
    pub peak_ng_per_ml: f64,
    /// Concentration at the end of the day (C24), ng/mL.
    pub c24_ng_per_ml: f64,
    /// Average of the active metabolite, ng/mL; empty without one.
    pub metabolite_average_ng_per_ml: Option<f64>,
    /// Its peak, ng/mL.
    pub metabolite_peak_ng_per_ml: Option<f64>,
    /// Its concentration at the end of the day, ng/mL.
    pub metabolite_c24_ng_per_ml: Option<f64>,
    /// Unbound drug at the site of action, average of the day, nmol/L.
    pub effect_site_nmol_per_l: f64,
    /// The same of the metabolite.
    pub metabolite_effect_site_nmol_per_l: f64,
}

/// One for each hour (`evotor pk --csv --hourly`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct PkHourRow {
    /// Hour, from 0.
    pub hour: u32,
    /// Concentration of the drug, ng/mL.
    pub concentration_ng_per_ml: f64,
    /// Concentration of the active metabolite, ng/mL; empty without one.
    pub metabolite_ng_per_ml: Option<f64>,
}

/// One for each day (`evotor pk --population N --csv`). After these columns: `QUANTITY_pNN_ng_per_ml`, the percentiles 5, 25, 50, 75 and
/// 95 over patients of `average` and `c24`, and of `total_average` and `total_c24`, which are of drug and metabolite together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct PkBandRow {
    /// Day, from 0.
    pub day: usize,
}

/// One row per hour.
pub fn hours_csv(hours: &[Concentrations]) -> String {
    let row = |(hour, now): (u32, &Concentrations)| PkHourRow {
        hour,
        concentration_ng_per_ml: now.parent,
        metabolite_ng_per_ml: now.metabolite,
    };
    String::from_utf8_lossy(&written((0..).zip(hours).map(row))).into_owned()
}

/// One row per day.
pub fn csv(days: &[DayExposure]) -> String {
    let row = |(day, e): (usize, &DayExposure)| PkDayRow {
        day,
        average_ng_per_ml: e.parent.average,
        peak_ng_per_ml: e.parent.peak,
        c24_ng_per_ml: e.parent.trough,
        metabolite_average_ng_per_ml: e.metabolite.map(|m| m.average),
        metabolite_peak_ng_per_ml: e.metabolite.map(|m| m.peak),
        metabolite_c24_ng_per_ml: e.metabolite.map(|m| m.trough),
        effect_site_nmol_per_l: e.site_parent_nm,
        metabolite_effect_site_nmol_per_l: e.site_metabolite_nm,
    };
    String::from_utf8_lossy(&written(days.iter().enumerate().map(row))).into_owned()
}

/// One line per day: quantiles of averages and of levels at the end of the day, of both together for a drug with a metabolite.
pub fn bands_table(together: bool, bands: &[PopulationBand]) -> String {
    let what = if together { "drug and metabolite" } else { "drug" };
    let mut text = format!(
        "{:>4}  {:<53}  {}\n",
        "",
        format!("average of {what}, ng/mL"),
        "C24 (at the end of the day)"
    );
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

/// One row per day.
pub fn bands_csv(bands: &[PopulationBand]) -> String {
    let mut rows = Rows::default();
    let quantities = ["average", "c24", "total_average", "total_c24"];
    let name = |quantity| SHARES.map(|share| format!("{quantity}_p{:02.0}_ng_per_ml", share * 100.0));
    rows.head::<PkBandRow>().cells(quantities.into_iter().flat_map(name)).end();
    for (day, band) in bands.iter().enumerate() {
        let values = [band.average, band.trough, band.total_average, band.total_trough];
        rows.row(&PkBandRow { day }).cells(values.as_flattened()).end();
    }
    String::from_utf8_lossy(rows.bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Catalogue;
    use crate::table::rounded;
    use crate::therapy::pk::checks::support::{everolimus, sunitinib};
    use crate::therapy::pk::{PkIndividual, bands};
    use crate::therapy::prescription::Prescription;
    use crate::therapy::regimen::Body;

    fn given(text: &str, individual: PkIndividual, days: u32) -> Vec<DayExposure> {
        let body = Body::typical();
        Prescription::read(text, Catalogue::embedded(), &body)
            .unwrap()
            .course(individual, days, &body)
            .unwrap()
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
        // Numbers come back as they were written.
        let text = csv(&alone());
        let first = text.lines().nth(1).unwrap().split(',').nth(1).unwrap().parse::<f64>().unwrap();
        assert_eq!(first, rounded(alone()[0].parent.average));
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
