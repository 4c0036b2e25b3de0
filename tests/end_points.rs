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
noise = 0.06
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
    /// Whether the investigator saw progression of a line.
    fn has_progressed(&self, line: usize) -> bool {
        self.scans.iter().any(|s| s.1 == line && s.2 == "PD")
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
        let last = if row["arm"] == "sunitinib" {
            0
        } else if row["arm"] == "three" {
            2
        } else {
            1
        };
        told.died =
            number(&row, "os_days").filter(|_| row["os_ended"] == "death" && !told.has_progressed(last));
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
        if second.is_none() && first.1 == "progression" && patient.died.is_some() {
            assert_eq!(span("total_pfs"), (first.0, "death".to_owned()), "{row:?}");
            gaps[0] += 1;
        }
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

// Arms have the same patients: no p of a test that takes them for others; and the first line of one drug, censored at a switch, is
// not what arms are ranked by, wherever PFS is shown.
#[test]
fn comparisons_are_paired_and_by_total_pfs() {
    let temp = whole();
    let dir = temp.path().join("r");
    let said = text(&evotor(&["compare", "trial.toml", "--surrogate", "--out", "again"], temp.path()).stdout);
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    let plots = fs::read_to_string(dir.join("plots/forest.svg")).unwrap();
    let table = fs::read_to_string(dir.join("contrasts.csv")).unwrap();
    for shown in [&said, &page, &plots, &table] {
        assert!(!shown.contains("log-rank") && !shown.contains("log_rank"), "{}", &shown[..200]);
    }
    assert_eq!(number(&rows(&dir, "arms.csv")[0], "censored_at_switch"), Some(0.0), "whatever is taken");
    let command = ["compare", "trial.toml", "--surrogate", "--estimand", "while-on-treatment", "--out", "on"];
    let said = text(&evotor(&command, temp.path()).stdout);
    let page = fs::read_to_string(temp.path().join("on/report.html")).unwrap();
    let switched = number(&rows(&temp.path().join("on"), "arms.csv")[0], "censored_at_switch").unwrap();
    assert!(switched > 3.0);
    let of = format!("gap {switched} of 120");
    assert!(said.contains(&of) && page.contains(&of), "{of}: {said}");
    let lead = page.split("class=\"lead\"").nth(1).map(|rest| rest[..600].to_owned()).unwrap();
    assert!(lead.contains("total progression-free survival") && !lead.contains("longest"), "{lead}");
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
