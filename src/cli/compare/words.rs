//! What a comparison says on standard output.

use crate::simulation::naming::{counted, median_text, signed};
use crate::trial::results::{ArmRow, ArmSummary, ContrastRow, Endpoint, Results};
use crate::trial::run::Plan;
use crate::trial::session::Session;
use crate::trial::visits::TrialView;

use super::super::outcome::say;
use super::super::table::{TextTable, or_dash};

/// Prints arms and contrasts: whole strategies, and below them what holds of single lines.
pub fn show(session: &Session, results: &Results, contrasts: &[ContrastRow]) {
    let plan = &session.plan;
    let arms: Vec<ArmSummary> = session.arms().iter().map(|arm| results.arm(plan, *arm)).collect();
    strategies(&arms);
    say(format_args!(""));
    let (own, of_lines): (Vec<&ContrastRow>, Vec<&ContrastRow>) =
        contrasts.iter().partition(|c| matches!(c.endpoint, Endpoint::Tfs | Endpoint::TimeToGrowth));
    if !own.is_empty() {
        differences(&own);
        say(format_args!(""));
    }
    times(&arms);
    switches(&arms);
    say(format_args!(""));
    responses(&arms);
    say(format_args!(""));
    toxicity(&arms);
    if !of_lines.is_empty() {
        say(format_args!(""));
        differences(&of_lines);
    }
    remarks(plan, &arms);
    if session.choices.surrogate {
        say(format_args!("computed by the mean-field surrogate, not cell by cell"));
    }
}

/// Prints what strategies came to, up to the horizon.
pub fn strategies(arms: &[ArmSummary]) {
    let horizon = arms.iter().find_map(|arm| arm.one("severe_days")?.at_months);
    let head = or_dash(horizon, |months| format!("strategy, to month {months:.0}"));
    let mut table = TextTable::new(&[
        head.as_str(),
        "#N",
        "#TFS, median (95 %)",
        "#mean TFS",
        "#mean time to growth",
        "#burden",
        "#days of grade 3-4",
        "#two drugs, %",
    ]);
    for arm in arms {
        let median = or_dash(arm.one("tfs"), |row| median_text([row.value, row.low, row.high], "-"));
        let number = |measure: &str, digits: usize, scale: f64| {
            or_dash(arm.one(measure).and_then(|row| row.value), |x| format!("{:.digits$}", scale * x))
        };
        table.row([
            arm.arm.clone(),
            arm.patients.to_string(),
            median,
            number("tfs_restricted_mean", 1, 1.0),
            number("time_to_growth_restricted_mean", 1, 1.0),
            number("burden", 2, 1.0),
            number("severe_days", 1, 1.0),
            number("second_drug", 0, 100.0),
        ]);
    }
    table.print();
}

/// Prints medians of the times of lines.
fn times(arms: &[ArmSummary]) {
    const LINES: [Endpoint; 4] = [Endpoint::Pfs, Endpoint::SecondLinePfs, Endpoint::Pfs2, Endpoint::Os];
    let mut table = TextTable::new(&["lines: months, median (95 %)", "#PFS", "#line 2", "#PFS2", "#OS"]);
    for arm in arms {
        let median = |endpoint: Endpoint| {
            or_dash(arm.one(&endpoint.word()), |row| median_text([row.value, row.low, row.high], "-"))
        };
        table.row([vec![arm.arm.clone()], LINES.map(median).to_vec()].concat());
    }
    table.print();
}

/// Says who was censored at a switch, and what that does to medians.
fn switches(arms: &[ArmSummary]) {
    let of = |arm: &ArmSummary, endpoint: Endpoint| {
        let row = arm.one(&endpoint.word())?;
        let (n, all) = (row.censored_at_switch.unwrap_or(0), row.patients);
        (n > 0).then(|| format!("{} {n} of {all}", arm.arm))
    };
    for (endpoint, name) in [(Endpoint::Pfs, "PFS"), (Endpoint::SecondLinePfs, "PFS on line 2")] {
        let listed: Vec<String> = arms.iter().filter_map(|arm| of(arm, endpoint)).collect();
        if !listed.is_empty() {
            say(format_args!(
                "{name} is censored where the next line began without progression: {}. That is not by chance, so that {name} of one drug \
                 differs between arms; time to failure of strategy (TFS) counts all lines.",
                listed.join(", ")
            ));
        }
    }
}

/// Prints percents of patients, and in the last column a measure with a line for each thing that it is of.
fn shares(heads: &[&str], arms: &[ArmSummary], shares: &[&str], rest: impl Fn(&ArmSummary) -> Vec<String>) {
    let mut table = TextTable::new(&[&["percent of patients"], heads].concat());
    for arm in arms {
        let percent = |measure: &&str| {
            or_dash(arm.one(measure).and_then(|row| row.value), |x| format!("{:.0}", 100.0 * x))
        };
        table.row([vec![arm.arm.clone()], shares.iter().map(percent).collect(), rest(arm)].concat());
    }
    table.print();
}

fn responses(arms: &[ArmSummary]) {
    let heads =
        ["#ORR", "#DCR", "#any shrinkage", "#PD at 1st scan", "#CgA -30 %", "dominant at progression"];
    let measures =
        ["response_rate", "disease_control", "any_shrinkage", "first_scan_progression", "early_cga"];
    shares(&heads, arms, &measures, |arm| {
        let dominant = arm.all("dominant_at_progression");
        let dominant: Vec<String> =
            dominant.filter_map(|row| Some(format!("{} {}", row.of, row.events?))).collect();
        vec![dominant.join(", ")]
    });
}

fn toxicity(arms: &[ArmSummary]) {
    let heads = [
        "#grade 3-4",
        "#DLT in 28 d",
        "#discontinued",
        "#dose modified",
        "#days on",
        "dose intensity, %, to stop/progression",
    ];
    let measures = ["grade_3_or_4", "dose_limiting_28_days", "discontinuation", "dose_modification"];
    shares(&heads, arms, &measures, |arm| {
        let percent = |row: &ArmRow| row.value.map(|x| format!("{:.0}", 100.0 * x));
        let to_progression = |drug: &str| {
            arm.all("dose_intensity_to_progression").find(|row| row.of == drug).and_then(percent)
        };
        let both = |row: &ArmRow| {
            let later = or_dash(to_progression(&row.of), |x| x);
            Some(format!("{} {}/{later}", row.of, percent(row)?))
        };
        let intensities: Vec<String> = arm.all("dose_intensity").filter_map(both).collect();
        let days = arm.one("on_treatment").and_then(|row| row.value);
        vec![or_dash(days, |d| format!("{d:.0}")), intensities.join(", ")]
    });
}

/// Prints what sets arms apart.
pub fn differences(contrasts: &[&ContrastRow]) {
    let mut table = TextTable::new(&[
        "arm",
        "against",
        "time",
        "#hazard ratio (95 %)",
        "#paired difference, months",
        "#p",
        "#up to month",
    ]);
    for c in contrasts {
        let ratio = c.hazard_ratio.zip(c.hazard_ratio_low.zip(c.hazard_ratio_high));
        let ratio = or_dash(ratio, |(ratio, (low, high))| format!("{ratio:.2} ({low:.2}-{high:.2})"));
        let ends = |(low, high)| format!(" ({} to {})", signed(low, 1), signed(high, 1));
        let interval = c.paired_low_months.zip(c.paired_high_months).map_or_else(String::new, ends);
        let paired = or_dash(c.paired_difference_months, |months| signed(months, 1) + &interval);
        let p = or_dash(c.paired_p, |p| format!("{p:.3}"));
        let horizon = format!("{:.0}", c.horizon_months);
        let time = c.endpoint.names().1.to_owned();
        table.row([c.arm.clone(), c.against.clone(), time, ratio, paired, p, horizon]);
    }
    table.print();
}

/// What every reader of these tables must know.
fn remarks(plan: &Plan, arms: &[ArmSummary]) {
    say(format_args!(""));
    say(format_args!(
        "{}, growth population {}; seed {}. {}\n\
         Patients are the same in all arms: paired differences of restricted means and their p, by the same bootstrap, use that; hazard \
         ratios and their intervals do not, they are those of a trial with other patients in each arm. Neither is adjusted for the number \
         of comparisons, and 1999 replicates tell no p below 0.001.\n\
         Time to growth is to 1.2 times the first sum of diameters, or death, whatever the line; burden is the mean sum over the days alive, \
         1 at the start; days of grade 3-4 are those with such an event of a drug. Doses are held, modified and discontinued for adverse \
         events of drugs alone; grade 3-4 counts disease-related events too. OS is of confidence C and not validated.",
        counted(arms.iter().map(|a| a.patients as u64).max().unwrap_or(0), "virtual patient"),
        plan.trial.cohort.population,
        plan.scenario.seed,
        TrialView::words(&plan.trial)
    ));
    if plan.scenario.mutation_amplification != 1.0 {
        say(format_args!("mutation rates are amplified {} times", plan.scenario.mutation_amplification));
    }
    let most = arms.iter().filter_map(|a| a.one("largest_blocked_fraction")?.value);
    let most = 100.0 * most.fold(0.0, f64::max);
    if most > 1.0 {
        say(format_args!(
            "note: up to {most:.1} % of division attempts found no site; results depend on the lattice above 1 %"
        ));
    }
}
