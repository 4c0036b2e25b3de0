//! Vessels, perfusion and oxygen against publications.

use crate::trial::{Plan, Ran, lines, number};

/// Days at which perfusion is looked at.
const DAYS: [u32; 8] = [0, 2, 7, 21, 28, 42, 84, 126];

/// Averages under a therapy, and of the same tumour without.
struct Course {
    treated: Ran,
    untreated: Ran,
}

fn plan(therapy: String) -> Plan {
    Plan { days: 126, check_days: 7, environment: DAYS.to_vec(), therapy, ..Plan::default() }
}

impl Course {
    fn new(regimen: &str) -> Self {
        Self { treated: plan(lines(&[regimen])).run(), untreated: plan(String::new()).run() }
    }

    /// Change of a column on a day relative to the tumour before therapy, percent.
    fn change(&self, column: &str, day: u32) -> f64 {
        let at = |ran: &Ran, day: u32| {
            let rows = ran.table("environment");
            let row = rows.iter().find(|r| number(r, "day") == f64::from(day)).unwrap();
            number(row, column)
        };
        // Both began alike: what is left is the therapy and growth since.
        assert_eq!(at(&self.treated, 0), at(&self.untreated, 0));
        100.0 * (at(&self.treated, day) / at(&self.treated, 0) - 1.0)
    }
}

/// Bound on changes that were measured by perfusion CT, percentage points: twice the standard error of the two means (flow
/// 32.3 to 16.2 mL/min/100 g) would be more; this is what is asked of the model.
const POINTS: f64 = 8.0;

fn near(what: &str, found: f64, published: f64) {
    println!("{what}: {found:.1} %, published {published:.1} %, bound {POINTS} points");
    assert!((found - published).abs() <= POINTS, "{what}: {found:.1} %, published {published:.1} %");
}

// Perfusion CT of carcinoids under bevacizumab (PubMed 21343498): blood flow -41.4 %, blood volume -27.9 % on day 2, both
// sustained for 18 weeks. A calibrated arm: flow and trap of the drug were chosen for it.
#[test]
fn bevacizumab_lowers_perfusion_at_once_and_for_long() {
    let course = Course::new("\"bevacizumab 15 mg/kg every 21 d\"");
    for day in [2, 7, 21, 42, 84, 126] {
        near(&format!("perfusion, day {day}"), course.change("perfusion", day), -41.4);
        near(&format!("blood volume, day {day}"), course.change("blood_volume", day), -27.9);
    }
}

// Perfusion CT of liver NET within 3 weeks of everolimus alone: no change (PubMed 29075824; F10: 0 +- 15 %).
#[test]
fn everolimus_alone_leaves_perfusion_alone_for_three_weeks() {
    let course = Course::new("\"everolimus 10 mg daily\"");
    for day in [2, 7, 21] {
        let change = course.change("perfusion", day);
        println!("everolimus, day {day}: {change:.1} %");
        assert!(change.abs() <= 15.0, "day {day}: {change:.1} %");
    }
    // Negative control, and F10: an inhibitor of VEGF receptors does not.
    let sunitinib = Course::new("\"sunitinib 37.5 mg daily\"");
    let change = sunitinib.change("perfusion", 7);
    println!("sunitinib, day 7: {change:.1} %");
    assert!((-50.0..=-30.0).contains(&change), "sunitinib, day 7: {change:.1} %");
}

// Vessels regrow within days of a withdrawal (rebound in the weeks off; F9).
#[test]
fn vessels_fall_on_sunitinib_and_rebound_in_the_weeks_off() {
    let course = Course::new("\"sunitinib 50 mg daily, 4 weeks on 2 weeks off\"");
    for column in ["vessels", "perfusion"] {
        let [start, on, off] = [2, 28, 42].map(|day| course.change(column, day));
        println!("{column}: {start:.1} % on day 2, {on:.1} % on day 28, {off:.1} % on day 42");
        assert!(on < -35.0 && on < start, "{column}: {on:.1} %");
        // At least a tenth of what was there before therapy comes back, but not all in two weeks.
        assert!(off > on + 10.0 && off < -10.0, "{column}: {on:.1} %, then {off:.1} %");
    }
}

/// Share of hypoxic cells of a tumour with so many vessels per mm².
fn hypoxic(oxygen: &'static str) -> (f64, f64) {
    let plan = Plan { days: 20, environment: vec![0, 20], oxygen, ..Plan::default() };
    let rows = plan.run().table("environment");
    (number(&rows[1], "hypoxic_share"), number(&rows[1], "oxygen_mmhg"))
}

// Well-differentiated carcinomas have 252 to 535 vessels per mm² (Br J Cancer 2005;92:94): half of them, Krogh radius 46 um,
// keep every cell within reach of oxygen.
#[test]
fn half_of_the_vessels_of_a_well_differentiated_tumour_are_enough() {
    for (oxygen, most) in [("vessels = \"300 /mm2\"", 1e-3), ("vessels = \"150 /mm2\"", 1e-2)] {
        let (share, mmhg) = hypoxic(oxygen);
        println!("{oxygen}: {share} hypoxic, {mmhg} mmHg");
        assert!(share <= most, "{oxygen}: {share}");
        assert!(mmhg > 30.0);
    }
    // Negative control: hardly any vessels at all are not.
    let (share, _) = hypoxic("vessels = \"0.5 /mm2\"");
    assert!(share > 0.5, "{share}");
}

// Poorly differentiated carcinomas have 45 (Krogh radius 84 um) and express CA9, a mark of hypoxia. Here they stay
// oxygenated: oxygen is that of a voxel of 80 um, and within it there is none of the fall between two vessels 149 um apart; and
// a nest takes up a tenth of the oxygen of solid tissue. If this fails, they have become hypoxic: make it a check.
#[test]
fn expected_failure_poorly_differentiated_tumours_are_oxygenated() {
    let (share, mmhg) = hypoxic("vessels = \"45 /mm2\"");
    println!("45 /mm2: {share} hypoxic, {mmhg} mmHg");
    assert!(share <= 1e-2, "a poorly differentiated tumour is now hypoxic: {share}");
}
