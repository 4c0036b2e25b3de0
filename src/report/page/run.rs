//! The page of a run.

use super::pictures::pictures;
use super::{Block, Fold, Page, PageSection, PageTable, percent, trust};
use crate::plot::{Figure, short};
use crate::report::read::RunFolder;
use crate::scenario::therapy_text;
use crate::simulation::TherapyRow;
use crate::simulation::naming::state_words;
use crate::simulation::naming::{count_text, counted, plural};

/// At most so many rows of a table of states.
const MAX_STATES: usize = 12;

/// How often, in words: `day`, `7 days`.
fn every(days: f64) -> String {
    if days == 1.0 { "day".to_owned() } else { format!("{} days", short(days)) }
}

/// The page of a run with its figures; `plots` is the folder of their files relative to the page, empty for none.
pub fn run(run: &RunFolder, figures: &[Figure], plots: &str, png: bool) -> Page {
    Page {
        kicker: "Report of a run".to_owned(),
        title: run.summary.scenario.clone(),
        subtitle: run.summary.description.clone(),
        lead: lead(run),
        facts: facts(run),
        sections: vec![
            PageSection { id: "asked", title: "What was asked", blocks: asked(run) },
            PageSection {
                id: "happened",
                title: "What happened",
                blocks: happened(run, figures, plots, png),
            },
            PageSection { id: "trust", title: "Limitations", blocks: trusted(run) },
            PageSection { id: "repeat", title: "How to repeat it", blocks: repeat(run) },
        ],
    }
}

/// What came out, in sentences.
fn lead(run: &RunFolder) -> String {
    let s = &run.summary;
    let start: u64 = run.series.checks.values().filter_map(|c| c.first()).map(|c| c.live).sum();
    let whole = if s.replicates == 1 {
        let mut text = format!("The tumour began with {} live cells", count_text(start));
        let later = run.series.checks.values().flatten().skip(1);
        let least = later.min_by_key(|c| c.live).filter(|c| c.live * 100 < start * 98);
        if let Some(least) = least.filter(|c| c.day < run.last_day()) {
            text += &format!(", fell to {} on day {}", count_text(least.live), short(least.day));
        }
        let days = plural("day", run.last_day() == 1.0);
        text + &format!(" and had {} after {} {days}.", count_text(s.live), short(run.last_day()))
    } else {
        let outcomes: Vec<String> =
            s.outcomes.iter().map(|(name, n)| format!("{n} {}", name.replace('+', " and "))).collect();
        format!(
            "{} replicates, over up to {} days: {}. Together they began with {} live cells and had {} at the end.",
            count_text(u64::from(s.replicates)),
            short(run.last_day()),
            outcomes.join(", "),
            count_text(start),
            count_text(s.live)
        )
    };
    let progressed = match (s.progression_days.as_slice(), s.replicates) {
        ([], _) => String::new(),
        ([day, ..], 1) => match s.progression_confirmed_days.first() {
            Some(later) if later > day => {
                format!(" It progressed on day {}, confirmed on day {}.", short(*day), short(*later))
            }
            _ => format!(" It progressed on day {}.", short(*day)),
        },
        (days, n) => format!(
            " {} of {n} progressed, half of these by day {}.",
            days.len(),
            short(days[(days.len() - 1) / 2])
        ),
    };
    let most = s.states.first().filter(|_| s.live > 0).map_or_else(String::new, |state| {
        let words = state_words(&state.state);
        let share = percent(state.live, s.live, 0);
        match state.live {
            live if live == s.live => format!(" At the end all cells were {words}."),
            live if live > s.live / 2 => format!(" At the end most cells were {words} ({share})."),
            _ => format!(" At the end the commonest state was {words} ({share} of the cells)."),
        }
    });
    whole + &progressed + &most
}

fn facts(run: &RunFolder) -> Vec<(String, String)> {
    let s = &run.summary;
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut out = vec![
        fact("Live cells at the end", count_text(s.live)),
        fact("Days", short(run.last_day())),
        fact("Replicates", count_text(u64::from(s.replicates))),
        fact("Sites of a lattice", count_text(s.sites)),
        fact("Clones founded", count_text(s.counters.new_clones)),
    ];
    if let Some(therapy) = &s.therapy {
        let severe = therapy.patients_with_grade_3_or_4;
        out.push(fact("Grade 3–4 events", format!("in {severe} of {}", s.replicates)));
    }
    out
}

fn asked(run: &RunFolder) -> Vec<Block> {
    let scenario = &run.loaded.scenario;
    let sides = if scenario.lattice.dimension == 2 { 2 } else { 3 };
    let size: Vec<String> = scenario.lattice.size[..sides].iter().map(u32::to_string).collect();
    let step = scenario.time.step_hours;
    let mut items = vec![
        ("Lattice.".to_owned(), format!("{} sites, {} dimensions", size.join(" × "), sides)),
        (
            "Time.".to_owned(),
            format!(
                "{} of {step} h, cells counted every {}",
                counted(scenario.time.end.into(), "step"),
                every(f64::from(scenario.time.check) * scenario.time.step_days())
            ),
        ),
        ("Mode.".to_owned(), format!("{:?}", scenario.mode).to_lowercase()),
    ];
    let loci: Vec<&str> = scenario.loci.iter().map(|l| l.name.as_str()).collect();
    items.push(("Loci.".to_owned(), if loci.is_empty() { "none".to_owned() } else { loci.join(", ") }));
    let drugs: Vec<&str> = scenario.drugs.iter().map(|d| d.name.as_str()).collect();
    items.push(match &scenario.therapy {
        Some(therapy) => ("Therapy.".to_owned(), therapy_text(therapy)),
        None if drugs.is_empty() => ("Drugs.".to_owned(), "none".to_owned()),
        None => ("Drugs.".to_owned(), drugs.join(", ")),
    });
    vec![Block::List(items), effective(&run.loaded.text)]
}

/// The effective scenario, folded away.
pub(super) fn effective(text: &str) -> Block {
    let title = "The effective scenario, with every default (effective.toml)".to_owned();
    Block::Fold(Fold { title, text: text.to_owned(), items: Vec::new() })
}

fn happened(run: &RunFolder, figures: &[Figure], plots: &str, png: bool) -> Vec<Block> {
    let mut out = Vec::new();
    let (pictures, all) = pictures(&run.dir.join("snapshots"), run.summary.seed);
    if !pictures.is_empty() {
        out.push(Block::Heading("Snapshots".to_owned()));
        if pictures.len() < all {
            let words =
                format!("{} of {all} snapshots; the others are in the folder snapshots.", pictures.len());
            out.push(Block::Text(words));
        }
        out.push(Block::Pictures(pictures));
    }
    out.extend(run.left_out.iter().cloned().map(Block::Note));
    out.extend(figures.iter().map(|f| Block::figure(f, plots, png)));
    out.push(Block::Table(states(run)));
    if !run.therapy.is_empty() {
        out.push(Block::Table(actions(run)));
    }
    out
}

fn states(run: &RunFolder) -> PageTable {
    let all = run.summary.live;
    let mut table = PageTable::new("Live cells by state at the end", &["state", "#cells", "#share"]);
    for state in run.summary.states.iter().take(MAX_STATES) {
        let share = percent(state.live, all, 1);
        table.row([state_words(&state.state), count_text(state.live), share]);
    }
    let rest: u64 = run.summary.states.iter().skip(MAX_STATES).map(|s| s.live).sum();
    if rest > 0 {
        let share = percent(rest, all, 1);
        table.row(["all other states".to_owned(), count_text(rest), share]);
    }
    table
}

fn actions(run: &RunFolder) -> PageTable {
    const MAX_ROWS: usize = 40;
    let more = if run.therapy.len() > MAX_ROWS {
        format!(": the first {MAX_ROWS} of {}", run.therapy.len())
    } else {
        String::new()
    };
    let heads = ["action", "#day", "#replicate", "#line", "drug", "detail"];
    let mut table = PageTable::new(format!("What was done{more}"), &heads);
    for a in run.therapy.iter().take(MAX_ROWS) {
        let (day, replicate) = (short(a.day), a.replicate.to_string());
        let line = a.line.map_or_else(String::new, |l| l.to_string());
        table.row([a.action.replace('_', " "), day, replicate, line, a.drug.clone(), detail(a)]);
    }
    table
}

/// What is told of an action beside its day and its drug.
fn detail(action: &TherapyRow) -> String {
    let until = action.until_day.map(|day| format!("until day {day} or later"));
    let step = action.dose_step.map(|step| format!("dose step {step}"));
    let reason = Some(action.reason.replace('_', " ").replace('+', ", ")).filter(|r| !r.is_empty());
    let measured = action
        .measured
        .map(|level| format!("{}{}", short(level), if action.action == "trough" { " ng/mL" } else { "" }));
    let dose = action.relative_dose.map(|dose| format!("{} of the planned dose", short(dose)));
    [measured, until, step, dose, reason].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn trusted(run: &RunFolder) -> Vec<Block> {
    let s = &run.summary;
    // What is told in full below is not told twice.
    let told = |w: &&String| {
        w.starts_with("mutation rates were multiplied") || w.contains("divisions found no empty site")
    };
    let mut out: Vec<Block> =
        s.warnings.iter().filter(|w| !told(w)).map(|w| Block::Note(w.clone())).collect();
    out.push(Block::Heading("Numbers".to_owned()));
    out.extend(trust::confidence(&run.loaded.scenario));
    out.push(trust::amplification(s.mutation_amplification));
    out.push(Block::Heading("Space, steps and chance".to_owned()));
    if s.counters.attempts() > 0 {
        let blocked = s.counters.blocked_divisions as f64 / s.counters.attempts() as f64;
        out.push(trust::blocked(100.0 * blocked, ""));
    }
    out.push(Block::Text(steps(run)));
    out.push(Block::Text(chance(s.replicates)));
    out.push(Block::Heading("Known weak points of the model".to_owned()));
    out.extend(trust::weak_points(&run.loaded.scenario));
    out
}

/// Births and deaths per live cell and step, at their most: what a cell may do once a step only.
fn steps(run: &RunFolder) -> String {
    let untold = if run.has_series {
        "There were too few cells to tell what share of them divided or died in a step"
    } else {
        "Without the time series it is not known what share of the live cells divided or died in a step"
    };
    let most = run.series.busiest.map_or_else(
        || untold.to_owned(),
        |most| {
            format!(
                "Between two observations at most {:.1} % of the live cells divided or died in a step",
                100.0 * most
            )
        },
    );
    format!(
        "A cell does at most one thing a step. {most} of {} h; results differ from those in continuous time by about that share, and \
         a shorter step shows how much.",
        run.summary.step_hours
    )
}

fn chance(replicates: u32) -> String {
    match replicates {
        1 => "One replicate shows one course out of many: what is due to chance can be seen with `replicates` above 1, or with other seeds.".replace('`', ""),
        n => format!("{n} replicates differ by chance alone; a share that is seen in them has a standard error of up to {:.0} percentage points.", 50.0 / f64::from(n).sqrt()),
    }
}

fn repeat(run: &RunFolder) -> Vec<Block> {
    let s = &run.summary;
    let mut table = PageTable::new("What decides the result", &["item", "value"]);
    table.row(["version", &s.evotor]);
    table.row(["seed", &s.seed.to_string()]);
    table.row(["digest", &s.digest]);
    let mut course = PageTable::new("What does not decide it", &["item", "value"]);
    course.row(["computed by", &s.backends.join("; then ")]);
    course.row(["time taken", &format!("{:.1} s", s.seconds)]);
    vec![
        Block::Text("The same version gives the same digest from the effective scenario beside this page, on any machine:".to_owned()),
        Block::Code(format!("evotor run effective.toml --out again\n# digest: {}", s.digest)),
        Block::Table(table),
        Block::Table(course),
    ]
}
