//! Vessels, perfusion and oxygen against publications.

use super::trial::{Plan, Ran, lines, number, run};

/// Days at which perfusion is looked at.
const DAYS: [u32; 8] = [0, 2, 7, 21, 28, 42, 84, 126];

/// Averages under a therapy, and of the same tumour without.
struct TreatmentCourse {
    treated: Ran,
    untreated: Ran,
}

fn plan(therapy: String) -> Plan {
    Plan { days: 126, check_days: 7, environment: DAYS.to_vec(), therapy, ..Plan::default() }
}

impl TreatmentCourse {
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

/// Bound on a change of perfusion that was measured, percentage points: what is asked of the model.
const POINTS: f64 = 8.0;
/// The same of blood volume. That volume goes with the root of flow makes -23.4 % of the published -41.4 %, which is 4.5 points from
/// the published -27.9 %: so much more.
const VOLUME_POINTS: f64 = POINTS + 4.5;

fn near(what: &str, found: f64, published: f64, points: f64) {
    println!("{what}: {found:.1} %, published {published:.1} %, bound {points} points");
    assert!((found - published).abs() <= points, "{what}: {found:.1} %, published {published:.1} %");
}

// Perfusion CT of carcinoids under bevacizumab (PubMed 21343498): blood flow -41.4 %, blood volume -27.9 % on day 2, both
// sustained for 18 weeks. A calibrated arm: flow and trap of the drug were chosen for it.
#[test]
fn bevacizumab_lowers_perfusion_at_once_and_for_long() {
    let course = TreatmentCourse::new("\"bevacizumab 15 mg/kg every 21 d\"");
    for day in [2, 7, 21, 42, 84, 126] {
        near(&format!("perfusion, day {day}"), course.change("perfusion", day), -41.4, POINTS);
        let volume = course.change("blood_volume", day);
        near(&format!("blood volume, day {day}"), volume, -27.9, VOLUME_POINTS);
    }
}

// Perfusion CT of liver NET within 3 weeks of everolimus alone: no change (PubMed 29075824; F10: 0 +- 15 %).
#[test]
fn everolimus_alone_leaves_perfusion_alone_for_three_weeks() {
    let course = TreatmentCourse::new("\"everolimus 10 mg daily\"");
    for day in [2, 7, 21] {
        let change = course.change("perfusion", day);
        println!("everolimus, day {day}: {change:.1} %");
        assert!(change.abs() <= 15.0, "day {day}: {change:.1} %");
    }
    // Negative control, and F10: an inhibitor of VEGF receptors does not.
    let sunitinib = TreatmentCourse::new("\"sunitinib 37.5 mg daily\"");
    let change = sunitinib.change("perfusion", 7);
    println!("sunitinib, day 7: {change:.1} %");
    assert!((-50.0..=-30.0).contains(&change), "sunitinib, day 7: {change:.1} %");
}

// Vessels regrow within days of a withdrawal (rebound in the weeks off; F9).
#[test]
fn vessels_fall_on_sunitinib_and_rebound_in_the_weeks_off() {
    let course = TreatmentCourse::new("\"sunitinib 50 mg daily, 4 weeks on 2 weeks off\"");
    for column in ["vessels", "perfusion"] {
        let [start, on, off] = [2, 28, 42].map(|day| course.change(column, day));
        println!("{column}: {start:.1} % on day 2, {on:.1} % on day 28, {off:.1} % on day 42");
        assert!(on < -35.0 && on < start, "{column}: {on:.1} %");
        // At least 15 % more than at the end of the weeks on, but not all that was there before.
        let rebound = (100.0 + off) / (100.0 + on);
        assert!(rebound > 1.15 && off < -10.0, "{column}: {on:.1} %, then {off:.1} %");
    }
}

/// Share of hypoxic cells and mean pressure after 20 days, with so many vessels per mm²: in nests, whose surroundings are at the
/// pressure of the vessels, and in solid tissue.
fn oxygen(vessels: f64) -> [(f64, f64); 2] {
    ["shape = \"nests\"", "shape = \"random\"\ndensity = 0.95"].map(|start| {
        let plan = Plan { days: 20, edge: 40, environment: vec![0, 20], ..Plan::default() };
        let text = plan.text().replace("shape = \"nests\"", start);
        let text = text.replace("[oxygen]\n", &format!("[oxygen]\nvessels = \"{vessels} /mm2\"\n"));
        let rows = run(&text).table("environment");
        let found = (number(&rows[1], "hypoxic_fraction"), number(&rows[1], "oxygen_mmhg"));
        println!("{vessels} /mm2, {start:?}: {:.3} hypoxic, {:.1} mmHg", found.0, found.1);
        found
    })
}

// Well-differentiated carcinomas have 252 to 535 vessels per mm² (Br J Cancer 2005;92:94): half of them, Krogh radius 46 um,
// keep every cell within reach of oxygen. In solid tissue supply and uptake balance at s/(s + k) of the vessels' 40 mmHg.
#[test]
fn half_of_the_vessels_of_a_well_differentiated_tumour_are_enough() {
    for vessels in [300.0, 150.0] {
        for (share, mmhg) in oxygen(vessels) {
            assert!(share <= 1e-3 && mmhg > 30.0, "{vessels} /mm2: {share}, {mmhg}");
        }
    }
    // Negative control: two vessels per mm² do not feed solid tissue.
    let [_, (share, _)] = oxygen(2.0);
    assert!(share > 0.5, "{share}");
}

// Poorly differentiated carcinomas have 45 (Krogh radius 84 um) and express CA9, a mark of hypoxia. Here they stay oxygenated,
// even solid tissue: oxygen is that of a voxel of 80 um, and within it there is none of the fall between two vessels 149 um
// apart. If this fails, they have become hypoxic: make it a check.
#[test]
fn expected_failure_poorly_differentiated_tumours_are_oxygenated() {
    let [(nests, _), (solid, _)] = oxygen(45.0);
    assert!(nests.max(solid) <= 1e-2, "a poorly differentiated tumour is now hypoxic: {nests} {solid}");
}
