//! Tables that are made of all patients of an arm.

use serde::{Deserialize, Serialize};

use crate::simulation::rows::Rows;
use crate::trial::results::{ArmSummary, Beside, Contrast, Median, Percent, Results, Which, simulated};
use crate::trial::run::Plan;
use crate::trial::stats::KaplanMeier;

/// Six significant digits.
fn rounded(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

/// Names and texts of the tables.
pub fn tables(plan: &Plan, results: &Results) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("arms.csv", text(|rows| arms(rows, plan, results))),
        ("contrasts.csv", text(|rows| contrasts(rows, &all_contrasts(plan, results)))),
        ("survival.csv", text(|rows| survival(rows, plan, results))),
        ("resistance.csv", text(|rows| resistance(rows, plan, results))),
    ];
    if !plan.trial.published.is_empty() {
        all.push(("published.csv", text(|rows| published(rows, &simulated(plan, results)))));
    }
    all
}

fn text(fill: impl FnOnce(&mut Rows)) -> String {
    let mut rows = Rows::default();
    fill(&mut rows);
    String::from_utf8_lossy(rows.bytes()).into_owned()
}

fn arms(rows: &mut Rows, plan: &Plan, results: &Results) {
    rows.text("arm").text("patients");
    for which in Which::ALL {
        let word = which.word();
        for part in ["median_months", "low", "high", "events", "censored_at_switch"] {
            rows.text(&format!("{word}_{part}"));
        }
    }
    let shares = [
        "response_rate",
        "disease_control",
        "any_shrinkage",
        "progressive_disease",
        "first_scan_progression",
        "grade_3_or_4",
        "dose_limiting_28_days",
        "discontinuation",
        "dose_change",
        "early_cga",
        "early_nse",
    ];
    for share in shares {
        rows.text(&format!("{share}_percent")).text(&format!("{share}_low")).text(&format!("{share}_high"));
    }
    rows.line([
        "median_days_on_treatment",
        "dose_intensity_percent",
        "dominant_at_progression",
        "began_second_line",
        "most_blocked_percent",
        "thinned",
    ]);
    for arm in 0..plan.arms().len() {
        arm_row(rows, &results.arm(plan, arm));
    }
}

fn arm_row(rows: &mut Rows, arm: &ArmSummary) {
    rows.text(&arm.arm).number(arm.patients);
    for which in Which::ALL {
        let median: Option<&Median> = arm.medians.get(which.word());
        rows.maybe(median.and_then(|m| m.months).map(rounded));
        rows.maybe(median.and_then(|m| m.low).map(rounded)).maybe(median.and_then(|m| m.high).map(rounded));
        rows.maybe(median.map(|m| m.events)).maybe(median.map(|m| m.censored_at_switch));
    }
    let shares: [&Option<Percent>; 11] = [
        &arm.response_rate,
        &arm.disease_control,
        &arm.any_shrinkage,
        &arm.progressive_disease,
        &arm.first_scan_progression,
        &arm.grade_3_or_4,
        &arm.dose_limiting,
        &arm.discontinuation,
        &arm.dose_change,
        &arm.early_cga,
        &arm.early_nse,
    ];
    for share in shares {
        rows.maybe(share.map(|p| rounded(p.percent)));
        rows.maybe(share.map(|p| rounded(p.low))).maybe(share.map(|p| rounded(p.high)));
    }
    let intensities: Vec<String> =
        arm.dose_intensity.iter().map(|(d, share)| format!("{d}={}", rounded(*share))).collect();
    let dominant: Vec<String> = arm.dominant.iter().map(|(name, n)| format!("{name}={n}")).collect();
    rows.maybe(arm.days_on_treatment).text(&intensities.join(";")).text(&dominant.join(";"));
    rows.number(arm.began_second_line).number(rounded(arm.most_blocked)).number(arm.thinned).end();
}

/// All pairs that the trial compares, by all times.
fn all_contrasts(plan: &Plan, results: &Results) -> Vec<Contrast> {
    let of = |(arm, against): &(usize, usize)| {
        [Which::Pfs, Which::TotalPfs, Which::Os].map(|which| results.contrast(plan, *arm, *against, which))
    };
    plan.trial.comparisons.iter().flat_map(of).collect()
}

fn contrasts(rows: &mut Rows, all: &[Contrast]) {
    rows.line([
        "arm",
        "against",
        "time",
        "pairs",
        "hazard_ratio",
        "low",
        "high",
        "paired_difference_months",
        "paired_low",
        "paired_high",
        "horizon_months",
    ]);
    for c in all {
        rows.text(&c.arm).text(&c.against).text(c.which.word()).number(c.pairs);
        let hr = c.hazard_ratio;
        rows.maybe(hr.map(|h| rounded(h.ratio)));
        rows.maybe(hr.map(|h| rounded(h.interval.low))).maybe(hr.map(|h| rounded(h.interval.high)));
        rows.maybe(c.paired.map(|p| rounded(p.months)));
        let interval = c.paired.and_then(|p| p.interval);
        rows.maybe(interval.map(|i| rounded(i.low))).maybe(interval.map(|i| rounded(i.high)));
        rows.maybe(c.paired.map(|p| rounded(p.horizon))).end();
    }
}

fn survival(rows: &mut Rows, plan: &Plan, results: &Results) {
    rows.line(["arm", "time", "months", "at_risk", "events", "censored", "share", "low", "high"]);
    for (number, arm) in plan.arms().iter().enumerate() {
        for which in Which::ALL {
            let Ok(curve) = KaplanMeier::new(&results.subjects(number, which)) else { continue };
            for row in &curve.rows {
                rows.text(&arm.name).text(which.word()).number(rounded(row.time)).number(row.at_risk);
                rows.number(row.events).number(row.censored).number(rounded(row.survival));
                rows.maybe(row.interval.map(|i| rounded(i.low)));
                rows.maybe(row.interval.map(|i| rounded(i.high))).end();
            }
        }
    }
}

fn resistance(rows: &mut Rows, plan: &Plan, results: &Results) {
    rows.text("arm").text("day").text("patients").text("volume").text("sensitive_percent");
    for locus in plan.loci() {
        rows.text(&format!("{locus}_percent"));
    }
    rows.end();
    for (number, arm) in plan.arms().iter().enumerate() {
        for mean in results.resistance(number) {
            rows.text(&arm.name).number(mean.day).number(mean.patients).number(rounded(mean.volume));
            rows.number(rounded(mean.sensitive));
            for share in &mean.changed {
                rows.number(rounded(*share));
            }
            rows.end();
        }
    }
}

fn published(rows: &mut Rows, all: &[Beside]) {
    rows.line([
        "arm",
        "endpoint",
        "at_months",
        "published",
        "low",
        "high",
        "role",
        "simulated",
        "simulated_low",
        "simulated_high",
        "agrees",
        "within_published",
    ]);
    for b in all {
        rows.text(&b.arm).text(&word(&b.endpoint)).maybe(b.at_months).number(b.published);
        rows.maybe(b.interval.map(|i| i.0)).maybe(b.interval.map(|i| i.1)).text(&word(&b.role));
        let figure = b.simulated;
        rows.maybe(figure.and_then(|f| f.value).map(rounded));
        rows.maybe(figure.and_then(|f| f.low).map(rounded));
        rows.maybe(figure.and_then(|f| f.high).map(rounded));
        rows.maybe(b.agrees()).maybe(b.within_published).end();
    }
}

/// The word of a plain choice in files.
pub fn word(choice: &impl Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// How a trial was computed, and how far it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Whether by the mean-field surrogate.
    pub surrogate: bool,
    /// Patients of the cohort.
    pub patients: u32,
    /// Numbers of those who were asked for; `None`: all.
    pub only: Option<Vec<u32>>,
    /// Names of the arms that were asked for; `None`: all.
    pub arms: Option<Vec<String>>,
    /// Whether a signal stopped it.
    pub stopped: bool,
    /// Patients who failed in an arm.
    pub failed: Vec<u32>,
}

impl Course {
    /// Numbers of the patients who were asked for.
    pub fn asked(&self) -> Vec<u32> {
        self.only.clone().unwrap_or_else(|| (0..self.patients).collect())
    }
}

/// `summary.json`.
pub fn summary(plan: &Plan, results: &Results, course: &Course) -> String {
    #[derive(Serialize)]
    struct Summary<'a> {
        evotor: &'a str,
        name: &'a str,
        seed: u64,
        course: &'a Course,
        about: &'a crate::scenario::About,
        cohort: crate::trial::cohort::CohortReport,
        mutation_amplification: f64,
        arms: Vec<ArmSummary>,
        contrasts: Vec<Contrast>,
        published: Vec<Beside>,
    }
    let whole = Summary {
        evotor: env!("CARGO_PKG_VERSION"),
        name: &plan.scenario.name,
        seed: plan.scenario.seed,
        course,
        about: &plan.trial.about,
        cohort: plan.cohort.report(),
        mutation_amplification: plan.scenario.mutation_amplification,
        arms: (0..plan.arms().len()).map(|arm| results.arm(plan, arm)).collect(),
        contrasts: all_contrasts(plan, results),
        published: simulated(plan, results),
    };
    let text = serde_json::to_string_pretty(&whole);
    text.map_or_else(|e| unreachable!("plain data becomes text: {e}"), |text| text + "\n")
}
