//! Drugs of the catalogue, as it has them, against published levels that are none of its numbers.

use super::support::{off, treat, typical};
use crate::scenario::Catalogue;
use crate::therapy::pk::{DayExposure, DrugCourse};

/// A course of a drug in a patient of 70 kg.
fn course(name: &str) -> DrugCourse {
    typical(Catalogue::embedded().find(name).unwrap().pk.as_ref().unwrap())
}

/// Days under a dose in mg at these hours of every day.
fn daily(course: &mut DrugCourse, days: u32, mg: f64, hours: &[f64]) -> Vec<DayExposure> {
    treat(course, days, |_| hours.iter().map(|&hour| (hour, mg)).collect())
}

/// Days of which the first has one dose.
fn once(name: &str, mg: f64) -> Vec<DayExposure> {
    treat(&mut course(name), 30, |day| if day == 0 { vec![(0.0, mg)] } else { Vec::new() })
}

/// Half-life in hours between two days without doses.
fn half_life(from: &DayExposure, to: &DayExposure, days: f64) -> f64 {
    24.0 * days * 2f64.ln() / (from.parent.trough / to.parent.trough).ln()
}

/// Area in h*mg/L.
fn area(days: &[DayExposure], of: impl Fn(&DayExposure) -> f64) -> f64 {
    days.iter().map(|day| of(day) * 24.0 / 1000.0).sum()
}

// SmPC of Cabometyx, section 5.2: terminal half-life of about 110 h, of patients of 81 kg. After two weeks four to
// five times as much as on the first day (label, from memory).
#[test]
fn cabozantinib_lasts_and_accumulates_as_published() {
    let mut course = course("cabozantinib");
    let on = daily(&mut course, 60, 60.0, &[0.0]);
    let accumulation = on[14].parent.average / on[0].parent.average;
    assert!((4.0..6.0).contains(&accumulation), "{accumulation}");
    let off_drug = treat(&mut course, 30, |_| Vec::new());
    let hours = half_life(&off_drug[10], &off_drug[20], 10.0);
    assert!(off(hours, 110.0) < 0.12, "{hours}");
}

// One dose of 5 mg after a meal: area 0.150 (China) and 0.125 (elsewhere) h*mg/L with CVs of 62 and 60 %, peak
// 33.5 ng/mL (Int J Clin Pharmacol Ther 2011;49:679). Label of Inlyta, section 12.3: 1.4 times as much at steady
// state as after one dose.
#[test]
fn axitinib_reaches_its_published_area() {
    let first = once("axitinib", 5.0);
    let area = area(&first, |day| day.parent.average);
    assert!((0.125..0.150).contains(&area), "{area}");
    assert!(off(first[0].parent.peak, 33.5) < 0.6, "{}", first[0].parent.peak);
    let twice = daily(&mut course("axitinib"), 30, 5.0, &[0.0, 12.0]);
    let accumulation = twice[29].parent.average / twice[0].parent.average;
    assert!(off(accumulation, 1.4) < 0.15, "{accumulation}");
}

// Swissmedic product information, Lenvima: half-life of about 28 h, hardly any accumulation at a dose a day. The
// three compartments of Gupta 2016 (doi:10.1111/bcp.12907) give 53.2 ng/mL a day after the last of many doses of
// 24 mg, 20.2 and 10.2 a day and two later, at 75 kg.
#[test]
fn lenvatinib_in_two_compartments_falls_as_in_three() {
    let pk = Catalogue::embedded().find("lenvatinib").unwrap().pk.as_ref().unwrap();
    let mut course = DrugCourse::new(crate::therapy::pk::PkIndividual::typical(pk, 75.0).unwrap());
    let on = daily(&mut course, 20, 24.0, &[0.0]);
    let off_drug = treat(&mut course, 4, |_| Vec::new());
    for (level, of_three) in [(on[19], 53.2), (off_drug[0], 20.2), (off_drug[1], 10.2)] {
        assert!(off(level.parent.trough, of_three) < 0.12, "{} for {of_three}", level.parent.trough);
    }
    let hours = half_life(&off_drug[1], &off_drug[3], 2.0);
    assert!((20.0..40.0).contains(&hours), "{hours}");
    assert!(on[19].parent.average / on[0].parent.average < 1.3);
}

// Label of Votrient, section 12.3: area 1037 h*mg/L and peak 58.1 mg/L at 800 mg a day; trough above 20 mg/L in
// four of five (Verheijen 2017, doi:10.1007/s40262-017-0510-z). The peak is 11 % low: no one compartment with that
// area and half-life has it.
#[test]
fn pazopanib_reaches_its_published_levels() {
    let day = daily(&mut course("pazopanib"), 40, 800.0, &[0.0])[39].parent;
    assert!(off(day.average * 24.0 / 1000.0, 1037.0) < 0.002, "{}", day.average);
    assert!(off(day.peak / 1000.0, 58.1) < 0.12, "{}", day.peak);
    assert!(day.trough > 20_000.0, "{}", day.trough);
}

// One dose of 1255 mg/m2, 14 patients (Twelves 1999, Clin Cancer Res 5:1696, table 3): area of capecitabine 7.25
// h*mg/L (CV 48 %) and of 5-FU 0.526 (29 %), peaks 3.96 (71 %) and 0.218 mg/L (61 %). The model is of other
// patients (Urien 2005).
#[test]
fn capecitabine_gives_as_much_5_fu_as_in_other_patients() {
    let days = once("capecitabine", 1255.0 * 1.8);
    let parent = area(&days, |day| day.parent.average);
    let fluorouracil = area(&days, |day| day.metabolite.unwrap().average);
    assert!(off(parent, 7.25) < 0.48, "{parent}");
    assert!(off(fluorouracil, 0.526) < 0.35, "{fluorouracil}");
    assert!(off(days[0].parent.peak / 1000.0, 3.96) < 0.71, "{}", days[0].parent.peak);
    assert!(off(days[0].metabolite.unwrap().peak / 1000.0, 0.218) < 0.61);
}

// A bolus of 400 mg/m2: 30.7 +- 13.2 mg/L at its end, half-life 7.08 +- 3.21 min (Anticancer Res 1997;17:2727);
// 370 mg/m2: half-life 0.25 h (Di Paolo 2008, Clin Cancer Res 14:2749).
#[test]
fn fluorouracil_peaks_as_published() {
    let day = once("5-FU", 400.0 * 1.8)[0].parent;
    assert!((day.peak / 1000.0 - 30.7).abs() < 13.2, "{}", day.peak);
    let pk = Catalogue::embedded().find("5-FU").unwrap().pk.as_ref().unwrap();
    let hours = 2f64.ln() * pk.volume.value / pk.clearance.value;
    assert!(off(hours, 0.25) < 0.05, "{hours}");
}

// Gyves 1983 (doi:10.1089/cdd.1983.1.63): half-life of 35 to 40 min.
#[test]
fn streptozotocin_is_gone_in_hours() {
    let pk = Catalogue::embedded().find("Zanosar").unwrap().pk.as_ref().unwrap();
    let minutes = 60.0 * 2f64.ln() * pk.volume.value / pk.clearance.value;
    assert!((35.0..40.0).contains(&minutes), "{minutes}");
    assert!(once("Zanosar", 900.0)[0].parent.trough < 1e-3);
}

// Label of Sandostatin, section 12.3: 0.1 mg under the skin peaks at 5.2 ng/mL after 0.4 h, elimination half-life
// 1.7 to 1.9 h. The numbers of the catalogue are those of another study and peak lower.
#[test]
fn short_acting_octreotide_is_gone_between_doses() {
    let day = daily(&mut course("octreotide"), 3, 0.1, &[0.0, 8.0, 16.0])[2].parent;
    assert!((2.0..5.2).contains(&day.peak), "{}", day.peak);
    assert!(day.trough < 0.1 * day.peak, "{}", day.trough);
}
