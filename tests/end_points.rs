//! End points of whole trials of the real binary, replayed from the tables that it writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn evotor(args: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Small tumours with errors of measurement, new lesions and many deaths; a scan falls on the last day of follow-up.
const TRIAL: &str = r#"name = "replayed"
phenotype = "signalling"
seed = 9
[time]
end = "840 d"
[lattice]
placement = "radius"
[start]
[oxygen]
[vessels]
[cohort]
patients = 120
agents = 900
[[cohort.change]]
quantity = "diameter_sum"
fixed = 22
[assessment]
jitter = "0 d"
within = 0.06
between = 0
gross_error = 0
overlooked = 0
confirmation = "0 d"
other_death = "1.5e-3 /d"
[assessment.visits]
every = "56 d"
[[arm]]
name = "gap"
[[arm.therapy.line]]
regimens = "sunitinib 50 mg daily"
until = ["progression", "toxicity"]
[[arm.therapy.line]]
regimens = "everolimus 10 mg daily"
until = "progression"
delay = "84 d"
[[arm]]
name = "beyond"
[[arm.therapy.line]]
regimens = "sunitinib 37.5 mg daily"
until = "progression"
beyond_progression = "168 d"
[[arm.therapy.line]]
regimens = "everolimus 10 mg daily"
until = "progression"
[[arm]]
name = "three"
[[arm.therapy.line]]
regimens = "sunitinib 50 mg daily"
until = ["progression", "toxicity"]
[[arm.therapy.line]]
regimens = "everolimus 10 mg daily"
until = ["progression", "toxicity"]
[[arm.therapy.line]]
regimens = "sorafenib 400 mg twice daily"
until = "progression"
[[arm]]
name = "sunitinib"
[[arm.therapy.line]]
regimens = "sunitinib 50 mg daily"
until = ["progression", "toxicity"]
"#;

type Row = BTreeMap<String, String>;

fn rows(dir: &Path, name: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(dir.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn number(row: &Row, name: &str) -> Option<f64> {
    row[name].parse().ok()
}

/// A scan by its row: day, line, category, change, sum of diameters, new lesion.
type ToldScan = (f64, usize, String, f64, f64, bool);

/// A patient in an arm by its tables: scans, days on which lines began, day of death.
#[derive(Default)]
struct Told {
    scans: Vec<ToldScan>,
    began: Vec<f64>,
    died: Option<f64>,
}

impl Told {
    /// Day on which the investigator saw progression of a line.
    fn progression(&self, line: usize) -> Option<f64> {
        self.scans.iter().find(|s| s.1 == line && s.2 == "PD").map(|s| s.0)
    }

    /// The event of a line, whatever is taken after it, or the last scan; `None` where a sum lies so near a threshold that the digits of
    /// the table do not tell.
    fn event(&self, line: usize) -> Option<(Option<f64>, &'static str)> {
        let before = self.scans.iter().rfind(|s| s.1 < line).map(|s| s.4);
        let start = self.scans.first().map(|s| s.4 / (1.0 + s.3));
        let mut nadir = before.or(start).unwrap_or(f64::NAN);
        for (day, _, category, _, sum, new_lesion) in self.scans.iter().filter(|s| s.1 >= line) {
            let (ratio, rise) = (sum / nadir, sum - nadir);
            if (ratio - 1.2).abs() < 1e-4 || (rise - 5.0).abs() < 1e-2 {
                return None;
            }
            if *new_lesion || category == "PD" || (ratio > 1.2 && rise > 5.0) {
                return Some((Some(*day), "progression"));
            }
            nadir = nadir.min(*sum);
        }
        if let Some(day) = self.died {
            return Some((Some(day), "death"));
        }
        Some((self.scans.iter().filter(|s| s.1 >= line).map(|s| s.0).next_back(), "censored"))
    }

    /// PFS2.
    fn second(&self) -> Option<(f64, &'static str)> {
        if self.began.len() > 1 {
            let (day, ended) = self.event(1)?;
            let before = self.scans.iter().rfind(|s| s.1 == 0).map_or(0.0, |s| s.0);
            return Some((day.unwrap_or(before), ended));
        }
        let last = self.scans.last().map_or(0.0, |s| s.0);
        Some(self.died.map_or((last, "censored"), |day| (day, "death")))
    }
}

/// Number of the last planned line of an arm, from 0.
fn last_line(arm: &str) -> usize {
    match arm {
        "sunitinib" => 0,
        "three" => 2,
        _ => 1,
    }
}

fn told(dir: &Path) -> BTreeMap<(String, String), Told> {
    let mut all: BTreeMap<(String, String), Told> = BTreeMap::new();
    let key = |row: &Row| (row["arm"].clone(), row["patient"].clone());
    for row in rows(dir, "visits.csv") {
        let line = row["line"].parse::<usize>().unwrap() - 1;
        let of = |name| number(&row, name).unwrap();
        let (category, new_lesion) = (row["category"].clone(), row["new_lesion"] == "true");
        let scan = (of("day"), line, category, of("change"), of("sum_mm"), new_lesion);
        all.entry(key(&row)).or_default().scans.push(scan);
    }
    for row in rows(dir, "events.csv").iter().filter(|row| row["kind"] == "line_begins") {
        all.entry(key(row)).or_default().began.push(number(row, "day").unwrap());
    }
    for row in rows(dir, "patients.csv") {
        // Who has left is followed without scans: a death is one of the trial if no line had progressed that was the last one.
        let told = all.entry(key(&row)).or_default();
        let last = last_line(&row["arm"]);
        told.died = number(&row, "os_days")
            .filter(|_| row["os_ended"] == "death" && told.progression(last).is_none());
    }
    all
}

fn whole() -> tempfile::TempDir {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("trial.toml"), TRIAL).unwrap();
    let run = evotor(&["compare", "trial.toml", "--surrogate", "--out", "r", "-q"], temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    temp
}

#[test]
fn end_points_follow_from_the_tables() {
    let temp = whole();
    let dir = temp.path().join("r");
    let all = told(&dir);
    let (mut gaps, mut untold) = ([0, 0, 0, 0], 0);
    for row in rows(&dir, "patients.csv") {
        let patient = &all[&(row["arm"].clone(), row["patient"].clone())];
        let span =
            |name: &str| (number(&row, &format!("{name}_days")), row[&format!("{name}_ended")].clone());
        let (Some(first), Some(pfs2), Some(second)) = (patient.event(0), patient.second(), patient.event(1))
        else {
            untold += 1;
            continue;
        };
        assert_eq!(span("pfs"), (Some(first.0.unwrap_or(0.0)), first.1.to_owned()), "{row:?}");
        let second = patient.began.get(1).map(|began| {
            let (day, ended) = second;
            (Some(day.map_or(0.0, |day| day - began)), ended.to_owned())
        });
        assert_eq!(span("second_line_pfs"), second.clone().unwrap_or((None, String::new())), "{row:?}");
        if row["arm"] != "sunitinib" {
            assert_eq!(span("pfs2"), (Some(pfs2.0), pfs2.1.to_owned()), "{row:?}");
        }
        // The strategy fails with its last planned line, or by death wherever the patient stands.
        let seen = patient.scans.last().map_or(0.0, |s| s.0);
        let failed = match (patient.progression(last_line(&row["arm"])), patient.died) {
            (Some(day), _) => (day, "progression"),
            (None, Some(day)) => (day, "death"),
            (None, None) => (seen, "censored"),
        };
        assert_eq!(span("tfs"), (Some(failed.0), failed.1.to_owned()), "{row:?}");
        gaps[0] += usize::from(second.is_none() && first.1 == "progression" && failed.1 == "death");
        // Progression of the first line, seen while the second one was given: it had been stopped for toxicity.
        gaps[3] += usize::from(
            first.1 == "progression" && patient.began.get(1).zip(first.0).is_some_and(|(b, day)| *b < day),
        );
        // Response, and what is best, until progression.
        let until: Vec<_> =
            patient.scans.iter().filter(|s| s.1 == 0 && first.0.is_none_or(|day| s.0 <= day)).collect();
        let best =
            ["CR", "PR", "SD", "PD"].into_iter().find(|c| until.iter().any(|s| s.2 == *c)).unwrap_or("");
        assert_eq!(row["best_response"], best, "{row:?}");
        assert_eq!(number(&row, "best_change"), until.iter().map(|s| s.3).reduce(f64::min), "{row:?}");
        let later =
            patient.scans.iter().filter(|s| s.1 == 0 && first.1 == "progression" && Some(s.0) > first.0);
        gaps[1] += usize::from(later.count() > 0);
        gaps[2] += usize::from(row["arm"] == "three" && patient.began.len() == 3 && patient.died.is_some());
    }
    assert!(untold < 20, "{untold}");
    assert!(
        gaps.iter().all(|n| *n > 3),
        "deaths in a gap, scans beyond progression, deaths on a third line, progression after a switch: {gaps:?}"
    );
}

// RECIST counts 5 mm of what was measured: errors are in the sums and in the nadir.
#[test]
fn progression_is_judged_on_measured_sums() {
    let temp = whole();
    let mut nadirs: BTreeMap<(String, String), (String, f64)> = BTreeMap::new();
    let (mut judged, mut small, mut before) = (0, 0, BTreeMap::<(String, String), f64>::new());
    for row in rows(&temp.path().join("r"), "visits.csv") {
        let key = (row["arm"].clone(), row["patient"].clone());
        let (sum, change) = (number(&row, "sum_mm").unwrap(), number(&row, "change").unwrap());
        let baseline = sum / (1.0 + change);
        let (line, nadir) = nadirs.entry(key.clone()).or_insert_with(|| (row["line"].clone(), baseline));
        if *line != row["line"] {
            (*line, *nadir) = (row["line"].clone(), baseline);
            // The line's baseline is the sum that was measured last.
            assert!((baseline - before[&key]).abs() < 1e-3, "{row:?}");
        }
        let (ratio, rise) = (sum / *nadir, sum - *nadir);
        let near = (ratio - 1.2).abs() < 1e-4 || (rise - 5.0).abs() < 1e-2;
        if !near && row["new_lesion"] == "false" {
            assert_eq!(row["category"] == "PD", ratio > 1.2 && rise > 5.0, "{ratio} {rise} {row:?}");
            (judged, small) = (judged + 1, small + usize::from(ratio > 1.2 && rise < 5.0));
        }
        *nadir = nadir.min(sum);
        before.insert(key, sum);
    }
    assert!(judged > 500 && small > 5, "{judged} scans, {small} of which rose by less than 5 mm");
}

#[test]
fn a_scan_that_is_due_on_the_last_day_is_made() {
    let temp = whole();
    let last = rows(&temp.path().join("r"), "visits.csv").iter().filter(|row| row["day"] == "840").count();
    assert!(last > 5, "{last}");
}

// Growth beyond day 0 is judged on measured sums, of whatever line, as long as patients are scanned; later on none of it is seen.
#[test]
fn growth_beyond_the_first_sum_follows_from_the_scans() {
    let temp = whole();
    let dir = temp.path().join("r");
    let mut sums: BTreeMap<(String, String), Vec<(f64, f64)>> = BTreeMap::new();
    for row in rows(&dir, "visits.csv") {
        let (day, sum, change) =
            (number(&row, "day").unwrap(), number(&row, "sum_mm").unwrap(), number(&row, "change").unwrap());
        let all = sums.entry((row["arm"].clone(), row["patient"].clone())).or_default();
        if all.is_empty() {
            all.push((0.0, sum / (1.0 + change)));
        }
        all.push((day, sum));
    }
    let (mut seen, mut later) = (0, 0);
    for row in rows(&dir, "patients.csv") {
        let Some(scans) = sums.get(&(row["arm"].clone(), row["patient"].clone())) else { continue };
        let least = (1.2 * scans[0].1).max(scans[0].1 + 5.0);
        if scans.iter().any(|s| (s.1 / least - 1.0).abs() < 1e-4) {
            continue;
        }
        let grown = scans.iter().find(|s| s.1 > least).map(|s| s.0);
        let (days, ended) = (number(&row, "time_to_growth_days"), row["time_to_growth_ended"].as_str());
        match grown {
            Some(_) => assert_eq!((days, ended), (grown, "progression"), "{row:?}"),
            None => assert!(days >= scans.last().map(|s| s.0), "{row:?}"),
        }
        assert!(grown.is_none() || row["growth_after_leaving"] == "false");
        seen += usize::from(grown.is_some());
        later += usize::from(row["growth_after_leaving"] == "true");
    }
    assert!(seen > 50 && later > 5, "{seen} seen, {later} later");
}

// One drug, and a sequence that begins with it: until the second line begins the patient is the same, and by one rule for both the
// sequence cannot fail earlier; by first-line PFS they would be alike.
#[test]
fn a_drug_and_a_sequence_that_begins_with_it_are_on_equal_terms() {
    let temp = whole();
    let all = rows(&temp.path().join("r"), "patients.csv");
    let of = |arm: &str| all.iter().filter(|r| r["arm"] == arm).cloned().collect::<Vec<Row>>();
    let (mut same, mut longer) = (0, 0);
    for (one, three) in of("sunitinib").iter().zip(&of("three")) {
        assert_eq!(one["patient"], three["patient"]);
        // A second line that began before, after a drug was stopped, may have held the tumour for longer.
        let switched = !three["second_line_day"].is_empty()
            && number(three, "second_line_day") < number(three, "pfs_days");
        if three["pfs_ended"] == "progression" && !switched {
            assert_eq!((&one["pfs_days"], &one["tfs_days"]), (&three["pfs_days"], &three["pfs_days"]));
            assert!(number(three, "tfs_days") >= number(one, "tfs_days"), "{three:?}");
            same += 1;
            longer += usize::from(number(three, "tfs_days") > number(one, "tfs_days"));
        }
    }
    assert!(same > 20 && longer > 15, "{same}, {longer}");
}

// Restricted means of one trial are to one day: in arms, contrasts, prices, and the repetition with other growth.
#[test]
fn a_horizon_is_the_same_in_every_table() {
    let temp = tempfile::tempdir().unwrap();
    let own = TRIAL.replace("patients = 120", "patients = 30\nrepeat = [\"clarinet\"]");
    fs::write(temp.path().join("trial.toml"), own).unwrap();
    let run = evotor(&["compare", "trial.toml", "--surrogate", "--out", "r"], temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let dir = temp.path().join("r");
    let mut all: Vec<String> = Vec::new();
    for (table, column) in [
        ("contrasts.csv", "horizon_months"),
        ("prices.csv", "horizon_months"),
        ("clarinet-contrasts.csv", "horizon_months"),
        ("arms.csv", "at_months"),
        ("clarinet-arms.csv", "at_months"),
    ] {
        let told = rows(&dir, table);
        let is_mean = |row: &&Row| {
            let measure = row.get("measure").map_or("", String::as_str);
            column == "horizon_months"
                || measure.ends_with("_restricted_mean")
                || ["severe_days", "burden"].contains(&measure)
        };
        let before = all.len();
        all.extend(told.iter().filter(is_mean).map(|row| row[column].clone()));
        assert!(all.len() > before + 5, "{table}");
    }
    all.dedup();
    assert_eq!(all.len(), 1, "{all:?}");
    // A scan of every patient falls on the last day of follow-up.
    assert!((all[0].parse::<f64>().unwrap() - 840.0 * 12.0 / 365.25).abs() < 1e-3, "{all:?}");
    let said = text(&run.stdout);
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    for shown in [&said, &page] {
        assert!(shown.contains("restricted mean to month 28"), "{}", &shown[..300]);
    }
}

// Arms that are the same do not differ, whatever the patients: nothing is ranked, and p is 1.
#[test]
fn arms_that_do_not_differ_are_not_ranked() {
    let temp = tempfile::tempdir().unwrap();
    let (head, _) = TRIAL.split_once("[[arm]]").unwrap();
    let arm = |name: &str| {
        format!("[[arm]]\nname = \"{name}\"\n[arm.therapy]\nregimen = \"everolimus 10 mg daily\"\n")
    };
    fs::write(temp.path().join("trial.toml"), format!("{head}{}{}", arm("one"), arm("other"))).unwrap();
    let run =
        evotor(&["compare", "trial.toml", "--surrogate", "--patients", "40", "--out", "r"], temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let dir = temp.path().join("r");
    for row in rows(&dir, "contrasts.csv") {
        let numbers = ["paired_difference_months", "paired_low_months", "paired_high_months", "paired_p"];
        assert_eq!(numbers.map(|name| number(&row, name)), [Some(0.0), Some(0.0), Some(0.0), Some(1.0)]);
    }
    let expected = "other and one are not separated, 0.0 (95 % 0.0 to 0.0) months, with 0.0 (0.0 to 0.0) days of drug toxicity of grade 3";
    let said = text(&run.stdout);
    assert!(said.lines().next().unwrap().contains(expected), "{said}");
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    assert!(page.contains(expected));
}

// The incidences of an arm are shares of its patients: without censoring before, those who had the event by then.
#[test]
fn incidences_are_beside_crude_shares() {
    let temp = whole();
    let dir = temp.path().join("r");
    let patients = rows(&dir, "patients.csv");
    let measures = rows(&dir, "arms.csv");
    let mut checked = 0;
    for row in
        measures.iter().filter(|r| r["measure"] == "response_incidence" && r["at_months"].starts_with("27.5"))
    {
        let crude =
            measures.iter().find(|r| r["arm"] == row["arm"] && r["measure"] == "response_rate").unwrap();
        let (incidence, share) = (number(row, "value").unwrap(), number(crude, "value").unwrap());
        // The last scan is on the last day, and nobody withdraws: nobody is censored before.
        assert!((incidence - share).abs() < 1e-6, "{row:?} {crude:?}");
        assert!(number(row, "low") <= Some(incidence) && number(row, "high") >= Some(incidence));
        checked += 1;
    }
    assert_eq!(checked, 4);
    let stopped =
        |arm: &str| patients.iter().filter(|r| r["arm"] == arm && r["discontinued"] == "true").count();
    let curve = rows(&dir, "incidence.csv");
    let of = |arm: &str| {
        let own = curve.iter().filter(|r| r["arm"] == arm && r["event"] == "discontinuation");
        own.filter_map(|r| number(r, "events")).sum::<f64>()
    };
    assert_eq!(of("sunitinib"), stopped("sunitinib") as f64);
    // Stops in later lines are not of the first one.
    assert!(of("three") < stopped("three") as f64);
}

// Arms have the same patients: no p of a test that takes them for others; and the first line of one drug, censored at a switch, is
// not what arms are ranked by, wherever PFS is shown.
#[test]
fn comparisons_are_paired_and_by_the_strategy() {
    let temp = whole();
    let dir = temp.path().join("r");
    let said = text(&evotor(&["compare", "trial.toml", "--surrogate", "--out", "again"], temp.path()).stdout);
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    let plots = fs::read_to_string(dir.join("plots/forest.svg")).unwrap();
    let table = fs::read_to_string(dir.join("contrasts.csv")).unwrap();
    for shown in [&said, &page, &plots, &table] {
        assert!(!shown.contains("log-rank") && !shown.contains("log_rank"), "{}", &shown[..200]);
    }
    let pfs = |dir: &Path| {
        let row = rows(dir, "arms.csv").into_iter().find(|row| row["measure"] == "pfs").unwrap();
        number(&row, "censored_at_switch")
    };
    assert_eq!(pfs(&dir), Some(0.0), "whatever is taken");
    let command = ["compare", "trial.toml", "--surrogate", "--estimand", "while-on-treatment", "--out", "on"];
    let said = text(&evotor(&command, temp.path()).stdout);
    let page = fs::read_to_string(temp.path().join("on/report.html")).unwrap();
    let switched = pfs(&temp.path().join("on")).unwrap();
    assert!(switched > 3.0);
    let of = format!("gap {switched} of 120");
    assert!(said.contains(&of) && page.contains(&of), "{of}: {said}");
    let first = "Time to failure of strategy (TFS: progression on the last planned line, or death), restricted mean to month 28";
    assert!(said.starts_with(first), "{said}");
    let lead = page.split("class=\"lead\"").nth(1).map(|rest| rest[..900].to_owned()).unwrap();
    assert!(lead.contains(first) && !lead.contains("rogression-free"), "{lead}");
    // No p is 0, however far arms are apart.
    assert!(rows(&dir, "contrasts.csv").iter().all(|row| number(row, "paired_p") > Some(0.0)));
    // The first plot is of what is compared, and PFS comes below it.
    let at = |id: &str| page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}"));
    assert!(at("survival-tfs") < at("survival-time_to_growth") && at("survival-tfs") < at("survival-pfs"));
}

// One arm without an event: the ratio is infinite one way and 0 the other, and both are in the tables, the data and the plot.
#[test]
fn hazard_ratios_without_a_bound_are_shown_like_others() {
    let temp = tempfile::tempdir().unwrap();
    let (head, _) = TRIAL.split_once("[assessment]").unwrap();
    let head = head
        .replace("patients = 120", "patients = 1")
        .replace("840 d", "400 d")
        .replace("fixed = 22", "fixed = 110");
    for (arm, against, expected) in [("placebo", "everolimus", "inf"), ("everolimus", "placebo", "0")] {
        let file = format!(
            "{head}[[arm]]\nname = \"placebo\"\n[arm.therapy]\nregimen = \"best supportive care\"\n[[arm]]\nname = \"everolimus\"\n\
             [arm.therapy]\nregimen = \"everolimus 10 mg daily\"\n[[comparison]]\narm = \"{arm}\"\nagainst = \"{against}\"\n"
        )
        .replace("seed = 9", "seed = 3");
        fs::write(temp.path().join(format!("{arm}.toml")), file).unwrap();
        let run =
            evotor(&["compare", &format!("{arm}.toml"), "--surrogate", "--out", arm, "-q"], temp.path());
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        let dir = temp.path().join(arm);
        assert_eq!(rows(&dir, "contrasts.csv")[0]["hazard_ratio"], expected);
        let summary: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(dir.join("summary.json")).unwrap()).unwrap();
        let ratio = &summary["contrasts"][0]["hazard_ratio"];
        assert!(ratio == "inf" || ratio.as_f64() == Some(0.0) && expected == "0", "{ratio}");
        let plot = fs::read_to_string(dir.join("plots/forest.svg")).unwrap();
        assert!(plot.contains(if expected == "inf" { "∞" } else { "0.00" }), "{plot}");
    }
}
