//! What a comparison says on standard output.

use crate::simulation::naming::counted;
use crate::trial::results::{ArmSummary, Contrast, Median, Percent, Results, Which};
use crate::trial::run::Plan;

use super::super::outcome::say;
use super::super::table::{Align, Table};
use super::Ready;

/// Prints arms and contrasts.
pub fn show(ready: &Ready, results: &Results) {
    let plan = &ready.plan;
    let arms: Vec<ArmSummary> = ready.arms().iter().map(|arm| results.arm(plan, *arm)).collect();
    times(&arms);
    say(format_args!(""));
    responses(&arms);
    say(format_args!(""));
    toxicity(&arms);
    let contrasts = ready.contrasts(results, &[Which::Pfs, Which::TotalPfs, Which::Os]);
    if !contrasts.is_empty() {
        say(format_args!(""));
        differences(&contrasts);
    }
    remarks(plan, &arms);
    if ready.choices.surrogate {
        say(format_args!("computed by the mean-field surrogate, not cell by cell"));
    }
}

/// Prints medians of all times.
pub fn times(arms: &[ArmSummary]) {
    let columns = ["PFS", "line 2", "total PFS", "PFS2", "OS"].map(|name| (name, Align::Right));
    let mut table =
        Table::new(&[&[("months, median (95 %)", Align::Left), ("N", Align::Right)], &columns[..]].concat());
    for arm in arms {
        let median = |which: Which| arm.medians.get(which.word()).map_or_else(|| "-".to_owned(), months);
        let cells = Which::ALL.map(median);
        table.row([vec![arm.arm.clone(), arm.patients.to_string()], cells.to_vec()].concat());
    }
    table.print();
}

fn months(m: &Median) -> String {
    let one = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), |x| format!("{x:.1}"));
    format!("{} ({}-{})", one(m.months), one(m.low), one(m.high))
}

fn percent(p: &Option<Percent>) -> String {
    p.map_or_else(|| "-".to_owned(), |p| format!("{:.0}", p.percent))
}

fn responses(arms: &[ArmSummary]) {
    let columns = ["ORR", "DCR", "any shrinkage", "PD at 1st scan", "CgA -30 %"].map(|c| (c, Align::Right));
    let last = ("dominant at progression", Align::Left);
    let mut table = Table::new(&[&[("percent of patients", Align::Left)], &columns[..], &[last]].concat());
    for arm in arms {
        let shares = [
            &arm.response_rate,
            &arm.disease_control,
            &arm.any_shrinkage,
            &arm.first_scan_progression,
            &arm.early_cga,
        ];
        let dominant: Vec<String> = arm.dominant.iter().map(|(name, n)| format!("{name} {n}")).collect();
        let shares = shares.map(percent).to_vec();
        table.row([vec![arm.arm.clone()], shares, vec![dominant.join(", ")]].concat());
    }
    table.print();
}

fn toxicity(arms: &[ArmSummary]) {
    let columns = ["grade 3-4", "DLT in 28 d", "stopped", "changed", "days on"].map(|c| (c, Align::Right));
    let last = ("dose intensity, %", Align::Left);
    let mut table = Table::new(&[&[("percent of patients", Align::Left)], &columns[..], &[last]].concat());
    for arm in arms {
        let shares = [&arm.grade_3_or_4, &arm.dose_limiting, &arm.discontinuation, &arm.dose_change];
        let intensities: Vec<String> =
            arm.dose_intensity.iter().map(|(drug, share)| format!("{drug} {share:.0}")).collect();
        let days = arm.days_on_treatment.map_or_else(|| "-".to_owned(), |d| d.to_string());
        let cells = [vec![arm.arm.clone()], shares.map(percent).to_vec(), vec![days, intensities.join(", ")]];
        table.row(cells.concat());
    }
    table.print();
}

/// Prints what sets arms apart.
pub fn differences(contrasts: &[Contrast]) {
    let mut table = Table::new(&[
        ("arm", Align::Left),
        ("against", Align::Left),
        ("time", Align::Left),
        ("hazard ratio (95 %)", Align::Right),
        ("log-rank p", Align::Right),
        ("paired difference, months", Align::Right),
        ("up to month", Align::Right),
    ]);
    for c in contrasts {
        let ratio = c.hazard_ratio.map_or_else(
            || "-".to_owned(),
            |h| format!("{:.2} ({:.2}-{:.2})", h.ratio, h.interval.low, h.interval.high),
        );
        let p = c.log_rank_p.map_or_else(|| "-".to_owned(), p_text);
        let paired = c.paired.map_or_else(
            || "-".to_owned(),
            |d| {
                let interval =
                    d.interval.map_or_else(String::new, |i| format!(" ({:+.1} to {:+.1})", i.low, i.high));
                format!("{:+.1}{interval}", d.months)
            },
        );
        let horizon = c.paired.map_or_else(|| "-".to_owned(), |d| format!("{:.0}", d.horizon));
        table.row([c.arm.clone(), c.against.clone(), c.which.word().to_owned(), ratio, p, paired, horizon]);
    }
    table.print();
}

fn p_text(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

/// What every reader of these tables must know.
fn remarks(plan: &Plan, arms: &[ArmSummary]) {
    say(format_args!(""));
    say(format_args!(
        "{}, growth population {}; seed {}. Patients are the same in all arms: paired differences use that, hazard \
         ratios do not. OS is of confidence C and not validated.",
        counted(arms.iter().map(|a| a.patients as u64).max().unwrap_or(0), "virtual patient"),
        plan.trial.cohort.population,
        plan.scenario.seed
    ));
    if plan.scenario.mutation_amplification != 1.0 {
        say(format_args!("mutation rates are amplified {} times", plan.scenario.mutation_amplification));
    }
    let most = arms.iter().map(|a| a.most_blocked).fold(0.0, f64::max);
    if most > 1.0 {
        say(format_args!(
            "note: up to {most:.1} % of division attempts found no site; results depend on the lattice above 1 %"
        ));
    }
}
