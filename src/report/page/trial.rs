//! The page of a trial or comparison.

use super::run::effective;
use super::{Block, Page, Section, Table, trust};
use crate::report::plot::{Figure, short};
use crate::report::read::{ArmRow, ContrastRow, TrialFolder, Which};
use crate::scenario::therapy_text;
use crate::simulation::naming::{counted, shell_word};
use crate::trial::output::Course;

/// What the mean-field surrogate leaves out.
const SURROGATE: &str = "Computed by the mean-field surrogate and not cell by cell: without space, clones by chance, or perfusion that differs from place \
                         to place; drugs against vessels do less than by agents.";

/// The page of a trial with its figures; `plots` is the folder of their files relative to the page, empty for none.
pub fn trial(trial: &TrialFolder, figures: &[Figure], plots: &str, png: bool) -> Page {
    let about = trial.trial().map(|t| t.about.clone()).unwrap_or_default();
    let title = if about.title.is_empty() { trial.summary.name.clone() } else { about.title };
    let id = if about.id.is_empty() { String::new() } else { format!(" {}", about.id) };
    let kicker = if trial.published.is_empty() {
        "Report of a comparison".to_owned()
    } else {
        format!("Report of a published trial{id}")
    };
    Page {
        kicker,
        title,
        subtitle: if about.citation.is_empty() {
            trial.loaded.scenario.description.clone()
        } else {
            about.citation
        },
        lead: lead(trial),
        facts: facts(trial),
        sections: vec![
            Section { id: "asked", title: "What was asked", blocks: asked(trial) },
            Section { id: "happened", title: "What happened", blocks: happened(trial, figures, plots, png) },
            Section {
                id: "trust",
                title: "How far to trust it",
                blocks: trusted(trial, figures, plots, png),
            },
            Section { id: "repeat", title: "How to repeat it", blocks: repeat(trial) },
        ],
    }
}

fn value(row: &ArmRow, name: &str) -> Option<f64> {
    row.get(name)?.parse().ok()
}

fn text<'a>(row: &'a ArmRow, name: &str) -> &'a str {
    row.get(name).map_or("", String::as_str)
}

/// Rows of `arms.csv` of the arms that have patients.
fn rows(trial: &TrialFolder) -> Vec<&ArmRow> {
    trial.arm_rows.iter().filter(|row| trial.arms.iter().any(|a| a == text(row, "arm"))).collect()
}

fn lead(trial: &TrialFolder) -> String {
    // Longest where it is not reached.
    let median = |row: &&ArmRow| {
        (text(row, "arm").to_owned(), value(row, "pfs_median_months").unwrap_or(f64::INFINITY))
    };
    let mut all: Vec<(String, f64)> = rows(trial).iter().map(median).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let months = |months: f64| {
        if months.is_finite() { format!("{months:.1} months") } else { "not reached".to_owned() }
    };
    let arms = match trial.arms.len() {
        1 => "one arm".to_owned(),
        n => format!("{n} arms, the same patients in each"),
    };
    let mut out = format!("{} in {arms}.", counted(trial.cohort() as u64, "virtual patient"));
    let not_reached: Vec<&str> = all.iter().filter(|a| a.1.is_infinite()).map(|a| a.0.as_str()).collect();
    if let [(_, median)] = all[..] {
        out += &format!(" Median progression-free survival was {}.", months(median));
    } else if let [first, .., last] = &all[..]
        && last.1.is_finite()
    {
        let longest = match not_reached.as_slice() {
            [] => format!("longest with {} ({})", first.0, months(first.1)),
            arms => format!("not reached with {}", arms.join(", ")),
        };
        out += &format!(
            " Median progression-free survival was {longest} and shortest with {} ({}).",
            last.0,
            months(last.1)
        );
    } else {
        out += " Median progression-free survival was not reached in any arm.";
    }
    if !trial.published.is_empty() {
        let judged = trial.published.iter().filter(|p| p.agrees.is_some()).count();
        let agree = trial.published.iter().filter(|p| p.agrees == Some(true)).count();
        out += &format!(
            " Of {judged} published figures that can be judged, {agree} agree with what was simulated."
        );
    }
    out
}

fn facts(trial: &TrialFolder) -> Vec<(String, String)> {
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut out =
        vec![fact("Patients", trial.cohort().to_string()), fact("Arms", trial.arms.len().to_string())];
    if let Some(t) = trial.trial() {
        out.push(fact("Growth population", t.cohort.population.clone()));
    }
    out.push(fact("Seed", trial.summary.seed.to_string()));
    out
}

fn asked(trial: &TrialFolder) -> Vec<Block> {
    let mut out = remarks(trial);
    if let Some(t) = trial.trial() {
        let shown = t.arms.iter().filter(|a| trial.arms.contains(&a.name));
        out.push(Block::List(shown.map(|a| (format!("{}.", a.name), therapy_text(&a.therapy))).collect()));
        if !t.about.not_represented.is_empty() {
            out.push(Block::Heading("What the file does not represent".to_owned()));
            out.push(Block::List(
                t.about.not_represented.iter().map(|l| (String::new(), l.replace('`', ""))).collect(),
            ));
        }
    }
    out.push(effective(&trial.loaded.text));
    out
}

fn happened(trial: &TrialFolder, figures: &[Figure], plots: &str, png: bool) -> Vec<Block> {
    let mut out = vec![Block::Table(times(trial))];
    out.extend(figures.iter().filter(|f| f.name != "convergence").map(|f| Block::figure(f, plots, png)));
    out.push(Block::Table(shares(trial)));
    let contrasts = contrasts(trial);
    if !contrasts.rows.is_empty() {
        out.push(Block::Table(contrasts));
    }
    if !trial.repeats.is_empty() {
        out.push(Block::Table(by_growth(trial)));
    }
    if !trial.published.is_empty() {
        out.push(Block::Table(beside(trial)));
    }
    out
}

fn times(trial: &TrialFolder) -> Table {
    let used: Vec<Which> =
        Which::ALL.into_iter().filter(|w| trial.curves.iter().any(|c| c.time == w.word)).collect();
    let heads: Vec<String> = used.iter().map(|w| format!("#{}", w.short)).collect();
    let heads: Vec<&str> = ["arm", "#patients"].into_iter().chain(heads.iter().map(String::as_str)).collect();
    let mut table = Table::new("Median times with 95 % intervals, months (NR: not reached)", &heads);
    let months = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), |x| format!("{x:.1}"));
    for row in rows(trial) {
        let mut cells = vec![text(row, "arm").to_owned(), text(row, "patients").to_owned()];
        for which in &used {
            let part = |end: &str| value(row, &format!("{}_{end}", which.word));
            let measured = trial.curves.iter().any(|c| c.time == which.word && c.arm == text(row, "arm"));
            cells.push(if measured {
                format!(
                    "{} ({}–{})",
                    months(part("median_months")),
                    months(part("low")),
                    months(part("high"))
                )
            } else {
                "–".to_owned()
            });
        }
        table.row(cells);
    }
    table
}

fn shares(trial: &TrialFolder) -> Table {
    let columns = [
        ("response_rate", "#response"),
        ("disease_control", "#disease control"),
        ("any_shrinkage", "#any shrinkage"),
        ("grade_3_or_4", "#grade 3–4"),
        ("discontinuation", "#stopped"),
        ("dose_change", "#dose changed"),
    ];
    let heads: Vec<&str> = std::iter::once("arm")
        .chain(columns.map(|c| c.1))
        .chain(["dose intensity, %", "dominant at progression"])
        .collect();
    let mut table = Table::new("Percent of patients with exact 95 % intervals", &heads);
    for row in rows(trial) {
        let percent = |name: &str| {
            let part = |end: &str| value(row, &format!("{name}_{end}"));
            match (part("percent"), part("low"), part("high")) {
                (Some(p), Some(low), Some(high)) => format!("{p:.0} ({low:.0}–{high:.0})"),
                _ => "–".to_owned(),
            }
        };
        let listed = |name: &str, number: bool| {
            let one = |item: &str| match item.split_once('=') {
                Some((name, n)) if number => format!("{} {:.0}", name, n.parse::<f64>().unwrap_or(0.0)),
                _ => item.replace('=', " "),
            };
            text(row, name).split(';').filter(|i| !i.is_empty()).map(one).collect::<Vec<_>>().join(", ")
        };
        let mut cells = vec![text(row, "arm").to_owned()];
        cells.extend(columns.map(|c| percent(c.0)));
        cells.push(listed("dose_intensity_percent", true));
        cells.push(listed("dominant_at_progression", false));
        table.row(cells);
    }
    table
}

/// A value with its interval, as far as there are any.
fn with(value: Option<f64>, low: Option<f64>, high: Option<f64>, digits: usize) -> String {
    match (value, low, high) {
        (Some(v), Some(l), Some(h)) => {
            format!("{v:.digits$} ({l:.digits$} to {h:.digits$})").replace('-', "−")
        }
        (Some(v), ..) => format!("{v:.digits$}").replace('-', "−"),
        _ => "–".to_owned(),
    }
}

fn ratio(c: &ContrastRow) -> String {
    with(c.hazard_ratio, c.low, c.high, 2)
}

fn difference(c: &ContrastRow) -> String {
    with(c.paired_difference_months, c.paired_low, c.paired_high, 1)
}

/// Total PFS with the growth of several populations, each beside what the same means give for the trial's own.
fn by_growth(trial: &TrialFolder) -> Table {
    let own = trial.trial().map_or("", |t| t.cohort.population.as_str());
    let agents = if trial.summary.course.surrogate { "surrogate" } else { "agents" };
    let heads = trial.repeats.iter().map(|(name, _)| format!("#{name}, surrogate"));
    let heads: Vec<String> = ["arm".to_owned(), "against".to_owned(), format!("#{own}, {agents}")]
        .into_iter()
        .chain(heads)
        .collect();
    let title = "Whether it depends on growth: total PFS, difference over the same patients in months, by growth population";
    let mut table = Table::new(title, &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let total = |c: &&ContrastRow| c.time == "total_pfs";
    for c in trial.contrasts.iter().filter(total) {
        let same = |rows: &[ContrastRow]| {
            let found = rows.iter().filter(total).find(|r| (&r.arm, &r.against) == (&c.arm, &c.against));
            found.map_or_else(|| "–".to_owned(), difference)
        };
        let repeated = trial.repeats.iter().map(|(_, rows)| same(rows));
        table.row([c.arm.clone(), c.against.clone(), difference(c)].into_iter().chain(repeated));
    }
    table
}

fn contrasts(trial: &TrialFolder) -> Table {
    let heads = [
        "arm",
        "against",
        "time",
        "#hazard ratio (95 %)",
        "#log-rank p",
        "#paired difference, months",
        "#up to month",
    ];
    let mut table = Table::new("Differences between arms", &heads);
    let took_part = |arm: &String| trial.arms.contains(arm);
    for c in trial.contrasts.iter().filter(|c| took_part(&c.arm) && took_part(&c.against)) {
        let p = c.log_rank_p.map_or_else(
            || "–".to_owned(),
            |p| if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") },
        );
        let (ratio, paired) = (ratio(c), difference(c));
        let horizon = c.horizon_months.map_or_else(|| "–".to_owned(), |months| format!("{months:.0}"));
        table.row([
            c.arm.clone(),
            c.against.clone(),
            Which::short_of(&c.time).to_owned(),
            ratio,
            p,
            paired,
            horizon,
        ]);
    }
    table
}

fn beside(trial: &TrialFolder) -> Table {
    let heads = ["arm", "end point", "#published", "#simulated", "role", "verdict"];
    let mut table = Table::new("Published figures beside simulated ones", &heads);
    let with = |value: Option<f64>, low: Option<f64>, high: Option<f64>| match (value, low, high) {
        (Some(v), Some(l), Some(h)) => format!("{} ({}–{})", short(v), short(l), short(h)),
        (Some(v), ..) => short(v),
        _ => "–".to_owned(),
    };
    for b in &trial.published {
        let at = b.at_months.map_or_else(String::new, |m| format!(" at {} months", short(m)));
        let verdict = match b.agrees {
            Some(true) => "agrees",
            Some(false) => "differs",
            None => "not judged",
        };
        table.row([
            b.arm.clone(),
            format!("{}{at}", crate::scenario::Endpoint::words(&b.endpoint)),
            with(Some(b.published), b.low, b.high),
            with(b.simulated, b.simulated_low, b.simulated_high),
            b.role.clone(),
            verdict.to_owned(),
        ]);
    }
    table
}

fn trusted(trial: &TrialFolder, figures: &[Figure], plots: &str, png: bool) -> Vec<Block> {
    let mut out = Vec::new();
    if !trial.published.is_empty() {
        out.push(Block::Table(roles(trial)));
        out.push(Block::Text(
            "Figures that the model was fitted to agree because they were fitted; only predicted ones test it. Two figures agree if either lies in \
             the other's 95 % interval, which small cohorts make easy."
                .to_owned(),
        ));
    }
    let arms = if trial.arms.len() > 1 {
        " Hazard ratios are those of a trial of this size; since all arms have the same patients, the paired differences are the \
         sharper comparison."
    } else {
        ""
    };
    out.push(Block::Text(format!("Overall survival is of confidence C and not validated.{arms}")));
    out.push(Block::Heading("Numbers".to_owned()));
    out.extend(trust::confidence(&trial.loaded.scenario));
    out.push(trust::amplification(trial.summary.mutation_amplification));
    out.push(Block::Heading("Space and chance".to_owned()));
    if trial.summary.course.surrogate {
        out.push(Block::Note(SURROGATE.to_owned()));
    } else {
        let most = trial.patients.iter().map(|p| 100.0 * p.blocked).fold(0.0, f64::max);
        out.push(trust::blocked(most, " in the patient with the most"));
        let thinned: f64 = rows(trial).iter().filter_map(|r| value(r, "thinned")).sum();
        out.push(Block::Text(format!(
            "In {thinned:.0} courses of a patient in an arm a lesion filled half of its lattice and was thinned: each agent then stands for twice \
             as many cells."
        )));
    }
    out.push(Block::Text(convergence(trial)));
    out.extend(figures.iter().filter(|f| f.name == "convergence").map(|f| Block::figure(f, plots, png)));
    out.push(Block::Heading("Known weak points of the model".to_owned()));
    out.extend(trust::weak_points(&trial.loaded.scenario));
    out
}

fn roles(trial: &TrialFolder) -> Table {
    let mut table =
        Table::new("Agreement by role", &["role of the published figures", "#figures", "#judged", "#agree"]);
    for role in ["calibrated", "informed", "predicted"] {
        let of = || trial.published.iter().filter(|p| p.role == role);
        let judged = of().filter(|p| p.agrees.is_some()).count();
        let agree = of().filter(|p| p.agrees == Some(true)).count();
        if of().count() > 0 {
            table.row([role.to_owned(), of().count().to_string(), judged.to_string(), agree.to_string()]);
        }
    }
    table
}

/// How wide intervals are with this many patients, and how many would halve them.
fn convergence(trial: &TrialFolder) -> String {
    let n = trial.cohort();
    format!(
        "With {n} patients an arm's share of 50 % has a 95 % interval of about ±{:.0} percentage points; four times as many patients would halve \
         it. Medians are seen on the grid of scans.",
        98.0 / (n.max(1) as f64).sqrt()
    )
}

fn repeat(trial: &TrialFolder) -> Vec<Block> {
    let fingerprint =
        std::fs::read(trial.dir.join("patients.csv")).map(|bytes| blake3::hash(&bytes).to_hex().to_string());
    let mut table = Table::new("What decides the result", &["item", "value"]);
    table.row(["version", &trial.summary.evotor]);
    table.row(["seed", &trial.summary.seed.to_string()]);
    if let Ok(hash) = &fingerprint {
        table.row(["BLAKE3 of patients.csv", hash]);
    }
    vec![
        Block::Text(
            "The same version gives the same tables on any machine. Each row of patients.csv ends with a digest of all that was seen of the \
             tumour in it."
                .to_owned(),
        ),
        Block::Code(format!("{}\ncmp patients.csv again/patients.csv", command(trial))),
        Block::Table(table),
    ]
}

/// The command that gives the same tables.
fn command(trial: &TrialFolder) -> String {
    let course = &trial.summary.course;
    let out = format!("evotor compare effective.toml --patients {}", course.patients);
    out + &more(course) + " --out again"
}

/// Options of a command that chose patients, arms and the way of computing.
pub fn more(course: &Course) -> String {
    let mut out = String::new();
    out.extend(course.only.iter().flatten().map(|patient| format!(" --only {patient}")));
    out.extend(course.arms.iter().flatten().map(|arm| format!(" --arm {}", shell_word(arm))));
    if course.surrogate {
        out += " --surrogate";
    }
    out
}

/// What a reader must know before anything else: how it was computed, and who is missing.
fn remarks(trial: &TrialFolder) -> Vec<Block> {
    let course = &trial.summary.course;
    let mut out = Vec::new();
    if course.surrogate {
        out.push(Block::Note(SURROGATE.to_owned()));
    }
    let asked = course.only.as_ref().map_or(course.patients as usize, Vec::len);
    if course.stopped {
        out.push(Block::Note(format!(
            "The trial was stopped by a signal: {} of {asked} patients are in it.",
            trial.cohort()
        )));
    }
    if !course.failed.is_empty() {
        let numbers: Vec<String> = course.failed.iter().map(u32::to_string).collect();
        out.push(Block::Note(format!(
            "{} of {asked} patients failed in an arm and are missing there: {}.",
            numbers.len(),
            numbers.join(", ")
        )));
    }
    out
}
