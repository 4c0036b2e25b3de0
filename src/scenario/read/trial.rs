//! A trial: its sections, and what of a scenario does not go with it.

use super::conduct::{self, Limits, TrialKeys};
use super::{arms, cohort, published, record};
use crate::scenario::context::Clock;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{About, Assessment, CohortSection, Conduct, Mode, Output, Stop, Trial};

use super::therapy::{Calendar, Practice};

/// Sections that a file has only as a trial.
const SECTIONS: [(&str, &str); 5] = [
    ("trial", "[trial]"),
    ("assessment", "[assessment]"),
    ("comparison", "[[comparison]]"),
    ("published", "[[published]]"),
    ("record", "[record]"),
];

/// The trial: `None` if it is wrong, `Some(None)` if the file is none, or in mode `rates`.
pub(super) fn read(
    practice: &Practice<'_>,
    mode: Mode,
    cohort: Option<CohortSection>,
) -> Option<Option<Trial>> {
    let (root, clock) = (practice.root, practice.clock);
    if mode == Mode::Rates {
        return Some(None);
    }
    if !cohort::is_trial(root) {
        alone(root);
        return Some(None);
    }
    misfits(root, clock);
    let assessment = assessment(root);
    let visits = assessment.as_ref().map(|a| a.visits.clone());
    let limits = Limits::new(visits.as_ref().and_then(|v| v.at.first().copied()), clock);
    let section = root.table("trial");
    let keys = section.as_ref().and_then(TrialKeys::read);
    let conduct = keys.as_ref().map(Conduct::of);
    if let Some(reader) = &section {
        conduct::judge(reader, limits);
    }
    let arms = arms::read(root, &Practice { calendar: Calendar::Trial(visits.as_ref()), ..*practice });
    let comparisons = arms.comparisons(root);
    if let Some(reader) = &section {
        conduct::stoppable_anywhere(reader, arms.arms.as_deref());
    }
    let published = published::read(root, &arms, conduct.as_ref(), limits);
    let record = record::read(root, clock, assessment.as_ref(), arms.arms.as_deref());
    let trial = Trial {
        about: about(root, keys?),
        conduct: conduct?,
        cohort: cohort?,
        assessment: assessment?,
        arms: arms.arms?,
        comparisons: comparisons?,
        published: published?,
        record: record?,
    };
    Some(Some(trial))
}

/// How patients are followed; `None` if it is wrong.
fn assessment(root: &Reader<'_>) -> Option<Assessment> {
    let reader = root.table("assessment")?;
    let mut read = Assessment::read(&reader)?;
    // One noise was all the error that there was.
    if reader.has_old_name("within") {
        let others = [&mut read.between, &mut read.gross_error, &mut read.overlooked];
        for (name, value) in ["between", "gross_error", "overlooked"].into_iter().zip(others) {
            *value = if reader.has(name) { *value } else { 0.0 };
        }
    }
    Some(read)
}

/// Outputs of a trial's single lesions: none.
pub(super) fn output() -> Output {
    Output {
        series: true,
        snapshots: Vec::new(),
        frames: false,
        clones: Vec::new(),
        environment: Vec::new(),
        clone_minimum: 1,
        detailed_replicates: 0,
    }
}

fn about(root: &Reader<'_>, keys: TrialKeys) -> About {
    let named = || root.given("name").and_then(|(_, name)| name.get_ref().as_str()).unwrap_or("").to_owned();
    let TrialKeys { id, title, citation, not_represented, .. } = keys;
    About { id, title: title.unwrap_or_else(named), citation, not_represented }
}

/// Reports sections of a trial in a file that is none.
fn alone(root: &Reader<'_>) {
    for (name, heading) in SECTIONS {
        let Some((span, _)) = root.given(name) else { continue };
        Diagnostic::error(span, format!("{heading} in a scenario that is not a trial"))
            .label("expected only beside [cohort] and [[arm]]")
            .help(format!("add [cohort] and at least one [[arm]], or remove {heading}"))
            .report(root.cx);
    }
}

/// Place of a key of a section.
fn inside(root: &Reader<'_>, section: &str, key: &str) -> Option<Span> {
    let (_, value) = root.given(section)?;
    let (key, _) = value.get_ref().as_table()?.get_key_value(key)?;
    Some(key.span())
}

/// The rules of a trial, in which no lesion halts: one without a live cell goes on to be measured, and so its dead to be cleared.
/// Whoever asks for a halt is told.
pub(super) fn never_halting(root: &Reader<'_>, stop: Stop) -> Stop {
    if let Some(span) = inside(root, "stop", "extinction").filter(|_| stop.extinction) {
        Diagnostic::warning(span, "`extinction` of [stop] has no effect in a trial")
            .label("expected `false`, which is what every trial does")
            .help("remove it: a tumour that has died out is followed on, and its dead are cleared")
            .report(root.cx);
    }
    Stop { extinction: false, ..stop }
}

/// Reports what does not go with a trial.
fn misfits(root: &Reader<'_>, clock: &Clock) {
    let refuse = |span: Span, found: &str, label: &str, help: &str| {
        Diagnostic::error(span, found).label(label).help(help).report(root.cx);
    };
    if let Some((span, _)) = root.given("therapy") {
        refuse(
            span,
            "[therapy] in a trial",
            "expected the plan of each arm in its [arm.therapy]",
            "move it below an [[arm]] as [arm.therapy], and its visits to [assessment.visits]",
        );
    }
    if let Some((span, _)) = root.given("patient") {
        refuse(
            span,
            "[patient] in a trial, whose patients are drawn",
            "expected [cohort], and [[cohort.change]] for what differs from its laws",
            "write for example `quantity = \"growth\"` and `fixed = 0.0035` in a [[cohort.change]]",
        );
    }
    if let Some((_, value)) = root.given("replicates").filter(|(_, v)| !is_one(v.get_ref())) {
        refuse(
            value.span(),
            "replicates in a trial",
            "expected 1: patients are the replicates",
            "remove `replicates`, and set the number of `patients` in [cohort]",
        );
    }
    for (section, key, found, help) in KEYS {
        if let Some(span) = inside(root, section, key) {
            refuse(span, found, "expected no such key in a trial", help);
        }
    }
    if let Some((span, _)) = root.given("output").filter(|(_, v)| !is_empty(v.get_ref())) {
        refuse(
            span,
            "[output] in a trial",
            "expected no outputs of single lesions: a trial writes tables of patients and of arms",
            "remove [output]; run one patient's therapy as a scenario of its own for pictures and clones",
        );
    }
    start(root);
    daily(root, clock);
}

/// Keys of other sections that mean nothing in a trial.
const KEYS: [(&str, &str, &str, &str); 4] = [
    (
        "stop",
        "burden",
        "`burden` of [stop] in a trial",
        "remove it: patients are followed to the end of [time], or to death",
    ),
    (
        "stop",
        "progression",
        "`progression` of [stop] in a trial",
        "remove it: progression is judged by the criteria of trials at the scans of [assessment]",
    ),
    (
        "stop",
        "state",
        "[[stop.state]] in a trial",
        "remove it: what the tumours are made of over time is in `resistance.csv`; run one patient's therapy as a scenario of its own for more",
    ),
    (
        "start",
        "composition",
        "`composition` of [start] in a trial, whose patients have their own",
        "remove it; a [[cohort.change]] of `rtk_fraction` or another share changes what patients start with",
    ),
];

fn is_one(value: &toml::de::DeValue<'_>) -> bool {
    matches!(value, toml::de::DeValue::Integer(number) if number.as_str() == "1")
}

fn is_empty(value: &toml::de::DeValue<'_>) -> bool {
    value.as_table().is_some_and(|table| table.is_empty())
}

/// Reports shapes that cannot be every patient's.
fn start(root: &Reader<'_>) {
    let shape = root.given("start").and_then(|(_, start)| start.get_ref().get("shape"));
    let Some((shape, word)) = shape.and_then(|s| Some((s, s.get_ref().as_str()?))) else { return };
    if word == "saved" {
        Diagnostic::error(shape.span(), "a saved state in a trial")
            .label("expected another shape: every patient has a tumour of its own")
            .help("write `shape = \"nests\"`, or leave `shape` out")
            .report(root.cx);
    }
    let Some(agents) = inside(root, "cohort", "agents") else { return };
    if ["ball", "disc", "single", "count"].contains(&word) {
        Diagnostic::error(shape.span(), format!("shape = {word:?} with `agents` in [cohort]"))
            .label("expected \"nests\" or \"random\", which fill a lattice of any size")
            .related(agents, "lattices are made as large as this needs")
            .help("change the shape; or remove `agents`, and give `size` in [lattice]")
            .report(root.cx);
    }
}

/// Reports checks that are not once a day.
fn daily(root: &Reader<'_>, clock: &Clock) {
    let (Some(check), Some(hours)) = (&clock.check, clock.step_hours) else { return };
    if u64::from(check.value) * u64::from(hours) == 24 {
        return;
    }
    let At { span, value } = check;
    Diagnostic::error(span.clone(), format!("an observation every {} in a trial", clock.text(*value)))
        .label("expected an observation every day: patients are treated by the day")
        .help("write `every = \"1 d\"`, or leave it out")
        .report(root.cx);
}
