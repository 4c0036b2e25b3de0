//! The page of a trial or comparison.

use super::headline::lead;
use super::published::{agreement, beside};
use super::run::effective;
use super::strategy::{incidences, left, strategies};
use super::{Block, Page, PageSection, PageTable, trust, with};
use crate::plot::Figure;
use crate::report::read::ReadTrial;
use crate::scenario::therapy_text;
use crate::simulation::disk;
use crate::simulation::naming::{counted, shell_word};
use crate::trial::output::RunInfo;
use crate::trial::output::rows::ContrastRow;
use crate::trial::results::Endpoint;
use crate::trial::visits::TrialView;

/// What the mean-field surrogate leaves out.
const SURROGATE: &str = "Computed by the mean-field surrogate and not cell by cell: without space, chance in how clones arise, or perfusion that differs from place \
                         to place; drugs against vessels do less than by agents.";

/// The page of a trial with its figures; `plots` is the folder of their files relative to the page, empty for none.
pub fn trial(trial: &ReadTrial, figures: &[Figure], plots: &str, png: bool) -> Page {
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
            PageSection { id: "asked", title: "What was asked", blocks: asked(trial) },
            PageSection {
                id: "happened",
                title: "What happened",
                blocks: happened(trial, figures, plots, png),
            },
            PageSection { id: "trust", title: "Limitations", blocks: trusted(trial, figures, plots, png) },
            PageSection { id: "repeat", title: "How to repeat it", blocks: repeat(trial) },
        ],
    }
}

fn facts(trial: &ReadTrial) -> Vec<(String, String)> {
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut out =
        vec![fact("Patients", trial.cohort().to_string()), fact("Arms", trial.arms.len().to_string())];
    if let Some(t) = trial.trial() {
        out.push(fact("Growth population", t.cohort.population.clone()));
    }
    out.push(fact("Seed", trial.summary.seed.to_string()));
    out
}

fn asked(trial: &ReadTrial) -> Vec<Block> {
    let mut out = remarks(trial);
    if let Some(t) = trial.trial() {
        out.push(Block::Text(TrialView::words(t)));
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

/// Times of whole strategies; the others are of lines.
const STRATEGIES: [Endpoint; 2] = [Endpoint::Tfs, Endpoint::TimeToGrowth];

fn happened(trial: &ReadTrial, figures: &[Figure], plots: &str, png: bool) -> Vec<Block> {
    let of_lines: Vec<Endpoint> = trial.endpoints().into_iter().filter(|e| !STRATEGIES.contains(e)).collect();
    let mut out = vec![Block::Table(strategies(trial))];
    let differences = |title: &str, of: &[Endpoint]| {
        let table = contrasts(trial, title, of);
        (!table.rows.is_empty()).then_some(Block::Table(table))
    };
    out.extend(differences("Differences between strategies", &STRATEGIES));
    out.extend(figures.iter().filter(|f| f.name != "convergence").map(|f| Block::figure(f, plots, png)));
    out.push(Block::Table(times(trial, &of_lines)));
    out.extend(switches(trial).map(Block::Text));
    out.extend(differences("Differences between arms by their lines", &of_lines));
    out.push(Block::Table(incidences(trial)));
    out.push(Block::Table(shares(trial)));
    if !trial.repeats.is_empty() {
        out.push(Block::Table(by_growth(trial)));
    }
    if !trial.published.is_empty() {
        out.push(Block::Table(beside(trial)));
    }
    out
}

fn times(trial: &ReadTrial, used: &[Endpoint]) -> PageTable {
    let heads: Vec<String> = used.iter().map(|e| format!("#{}", e.names().1)).collect();
    let heads: Vec<&str> = ["arm", "#patients"].into_iter().chain(heads.iter().map(String::as_str)).collect();
    let mut table =
        PageTable::new("Lines: median times with 95 % intervals, months (NR: not reached)", &heads);
    for arm in &trial.arms {
        let mut cells = vec![arm.clone(), trial.patients_of(arm).count().to_string()];
        for endpoint in used {
            let measured = trial.curve(arm, *endpoint).next().is_some();
            cells.push(if measured { trial.median(arm, *endpoint).1 } else { "–".to_owned() });
        }
        table.row(cells);
    }
    table
}

/// Who was censored because the next line began, and what that does to medians; nothing where nobody was.
pub fn switches(trial: &ReadTrial) -> Option<String> {
    let of = |measure: &str| {
        let one = |arm: &String| {
            let row = trial.measure(arm, measure).next()?;
            let n = row.censored_at_switch.filter(|n| *n > 0)?;
            Some(format!("{arm} {n} of {}", trial.patients_of(arm).count()))
        };
        trial.arms.iter().filter_map(one).collect::<Vec<_>>().join(", ")
    };
    let named = [("PFS", of("pfs")), ("second-line PFS", of("second_line_pfs"))];
    let listed =
        named.iter().filter(|(_, arms)| !arms.is_empty()).map(|(name, arms)| format!("{name}: {arms}"));
    let listed = listed.collect::<Vec<_>>().join("; ");
    (!listed.is_empty()).then(|| {
        format!(
            "PFS of a line is censored where the next line began without progression, as after a drug was discontinued ({listed}). These patients \
             are not censored by chance: PFS of one drug differs between arms by what follows it, and arms are not to be ranked by it. The time to failure \
             of strategy (TFS) counts all lines."
        )
    })
}

fn shares(trial: &ReadTrial) -> PageTable {
    let columns = [
        ("response_rate", "#response"),
        ("disease_control", "#disease control"),
        ("any_shrinkage", "#any shrinkage"),
        ("grade_3_or_4", "#grade 3–4"),
        ("discontinuation", "#discontinued, drug's events"),
        ("dose_modification", "#dose modified"),
    ];
    let heads: Vec<&str> = std::iter::once("arm")
        .chain(columns.map(|c| c.1))
        .chain(["dose intensity, %, until stopped / to progression", "dominant at progression"])
        .collect();
    let mut table = PageTable::new("Percent of patients with exact 95 % intervals, whenever it was", &heads);
    for arm in &trial.arms {
        let percent = |measure: &str| {
            let row = trial.measure(arm, measure).next();
            match row.map(|row| [row.value, row.low, row.high].map(|x| x.map(|x| 100.0 * x))) {
                Some([Some(p), Some(low), Some(high)]) => format!("{p:.0} ({low:.0}–{high:.0})"),
                _ => "–".to_owned(),
            }
        };
        let to_progression = |drug: &str| {
            let row = trial.measure(arm, "dose_intensity_to_progression").find(|r| r.of == drug);
            row.and_then(|r| r.value).map_or_else(String::new, |x| format!(" / {:.0}", 100.0 * x))
        };
        let intensity = trial.measure(arm, "dose_intensity");
        let intensity = intensity
            .filter_map(|r| Some(format!("{} {:.0}{}", r.of, 100.0 * r.value?, to_progression(&r.of))));
        let dominant = trial.measure(arm, "dominant_at_progression");
        let dominant = dominant.filter_map(|r| Some(format!("{} {}", r.of, r.events?)));
        let mut cells = vec![arm.clone()];
        cells.extend(columns.map(|c| percent(c.0)));
        cells.push(intensity.collect::<Vec<_>>().join(", "));
        cells.push(dominant.collect::<Vec<_>>().join(", "));
        table.row(cells);
    }
    table
}

fn ratio(c: &ContrastRow) -> String {
    with(c.hazard_ratio, c.hazard_ratio_low, c.hazard_ratio_high, 2)
}

fn difference(c: &ContrastRow) -> String {
    with(c.paired_difference_months, c.paired_low_months, c.paired_high_months, 1)
}

/// TFS with the growth of several populations, each beside what the same means give for the trial's own.
fn by_growth(trial: &ReadTrial) -> PageTable {
    let own = trial.trial().map_or("", |t| t.cohort.population.as_str());
    let agents = if trial.summary.course.surrogate { "surrogate" } else { "agents" };
    let heads = trial.repeats.iter().map(|(name, _)| format!("#{name}, surrogate"));
    let heads: Vec<String> = ["arm".to_owned(), "against".to_owned(), format!("#{own}, {agents}")]
        .into_iter()
        .chain(heads)
        .collect();
    let title = "Whether it depends on growth: TFS, difference of restricted means over the same patients in months, by growth population";
    let mut table = PageTable::new(title, &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let total = |c: &&ContrastRow| c.endpoint == Endpoint::Tfs;
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

fn contrasts(trial: &ReadTrial, title: &str, endpoints: &[Endpoint]) -> PageTable {
    let heads = [
        "arm",
        "against",
        "time",
        "#hazard ratio (95 %), as of independent arms",
        "#paired difference, months",
        "#p",
        "#up to month",
    ];
    let mut table = PageTable::new(title, &heads);
    let took_part = |arm: &String| trial.arms.contains(arm);
    let is_told =
        |c: &&ContrastRow| endpoints.contains(&c.endpoint) && took_part(&c.arm) && took_part(&c.against);
    for c in trial.contrasts.iter().filter(is_told) {
        let (ratio, paired) = (ratio(c), difference(c));
        let p = c.paired_p.map_or_else(|| "–".to_owned(), |p| format!("{p:.3}"));
        table.row([
            c.arm.clone(),
            c.against.clone(),
            c.endpoint.names().1.to_owned(),
            ratio,
            paired,
            p,
            format!("{:.0}", c.horizon_months),
        ]);
    }
    table
}

fn trusted(trial: &ReadTrial, figures: &[Figure], plots: &str, png: bool) -> Vec<Block> {
    let mut out = Vec::new();
    out.extend(agreement(trial));
    let arms = if trial.arms.len() > 1 {
        " Hazard ratios and their intervals are those of a trial of this size with other patients in each arm; since all arms have the same \
         patients, the paired differences are the sharper comparison. Their p comes from the same bootstrap as the interval, \
         whose 1999 replicates tell none below 0.001; neither is adjusted for the number of comparisons."
    } else {
        ""
    };
    out.push(Block::Text(format!("Overall survival is of confidence C and not validated.{arms}")));
    out.extend(left(trial).map(Block::Text));
    out.push(Block::Heading("Numbers".to_owned()));
    out.extend(trust::confidence(&trial.loaded.scenario));
    out.push(trust::amplification(trial.summary.mutation_amplification));
    out.push(Block::Heading("Space and chance".to_owned()));
    if trial.summary.course.surrogate {
        out.push(Block::Note(SURROGATE.to_owned()));
    } else {
        let most = trial.patients.iter().map(|p| 100.0 * p.blocked_fraction).fold(0.0, f64::max);
        out.push(trust::blocked(most, " in the patient with the most"));
        let resampled = trial.patients.iter().filter(|p| p.resampled > 0).count() as u64;
        out.extend((resampled > 0).then(|| Block::Text(format!(
            "In {} of a patient in an arm a lesion filled half of its lattice and was resampled: each agent then stands for twice \
             as many cells.",
            counted(resampled, "course")
        ))));
    }
    out.push(Block::Text(convergence(trial)));
    out.extend(figures.iter().filter(|f| f.name == "convergence").map(|f| Block::figure(f, plots, png)));
    out.push(Block::Heading("Known weak points of the model".to_owned()));
    out.extend(trust::weak_points(&trial.loaded.scenario));
    out
}

/// How wide intervals are with this many patients, and how many would halve them.
fn convergence(trial: &ReadTrial) -> String {
    let n = trial.cohort();
    format!(
        "With {n} patients an arm's share of 50 % has a 95 % interval of about ±{:.0} percentage points; four times as many patients would halve \
         it. Medians are seen on the grid of scans.",
        98.0 / (n.max(1) as f64).sqrt()
    )
}

fn repeat(trial: &ReadTrial) -> Vec<Block> {
    let fingerprint = disk::open(&trial.dir.join("patients.csv")).and_then(|file| {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(file).map(|hasher| hasher.finalize().to_hex().to_string())
    });
    let mut table = PageTable::new("What decides the result", &["item", "value"]);
    table.row(["version", &trial.summary.evotor]);
    table.row(["seed", &trial.summary.seed.to_string()]);
    if !trial.summary.digest.is_empty() {
        table.row(["digest of the tumours", &trial.summary.digest]);
    }
    if let Ok(hash) = &fingerprint {
        table.row(["BLAKE3 of patients.csv", hash]);
    }
    vec![
        Block::Text(
            "The same version gives the same tables on any machine. Each row of patients.csv has a digest of all that was seen of the \
             tumour in it."
                .to_owned(),
        ),
        Block::Code(format!("{}\ncmp patients.csv again/patients.csv", command(trial))),
        Block::Table(table),
    ]
}

/// The command that gives the same tables.
fn command(trial: &ReadTrial) -> String {
    let course = &trial.summary.course;
    let out = format!("evotor compare effective.toml --patients {}", course.patients);
    out + &more(course) + " --out again"
}

/// Options of a command that chose patients, arms and the way of computing.
pub fn more(course: &RunInfo) -> String {
    let mut out = String::new();
    out.extend(course.chosen().iter().flatten().map(|patient| format!(" --only {patient}")));
    out.extend(course.arms.iter().flatten().map(|arm| format!(" --arm {}", shell_word(arm))));
    if course.surrogate {
        out += " --surrogate";
    }
    out
}

/// What a reader must know before anything else: how it was computed, and who is missing.
fn remarks(trial: &ReadTrial) -> Vec<Block> {
    let course = &trial.summary.course;
    let mut out = Vec::new();
    if course.surrogate {
        out.push(Block::Note(SURROGATE.to_owned()));
    }
    let asked = course.asked().len();
    if !course.missing.is_empty() {
        out.push(Block::Note(format!("This is a part of the trial ({}).", course.missing_words())));
    }
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
