//! `[[published]]`: figures of a trial as published.

use super::arms::ArmsRead;
use super::conduct::{Limits, cutoff_place};
use crate::catalogue::Confidence;
use crate::numbers::DAYS_PER_MONTH;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, plural};
use crate::scenario::model::{
    Arm, Conduct, FigureKind, FigureTiming, Published, PublishedEndpoint, Role, ScanReader,
};
use crate::scenario::units::number_text;

/// Medians, in months.
const MONTHS: Bounds = Bounds::above(0.0, 600.0);
/// Shares, in percent.
const PERCENT: Bounds = Bounds::closed(0.0, 100.0);
/// Ratios of hazards.
const RATIO: Bounds = Bounds::above(0.0, 100.0);

/// Reads the figures; `None` if one of them is wrong.
pub(super) fn read(
    root: &Reader<'_>,
    arms: &ArmsRead,
    conduct: Option<&Conduct>,
    limits: Limits<'_>,
) -> Option<Vec<Published>> {
    let one = |r: &Reader<'_>| published(r, arms, conduct, limits);
    let read: Vec<_> = root.tables("published").iter().map(one).collect();
    read.into_iter().collect()
}

/// A published figure of an arm, or of one arm against another, to stand beside what comes out.
#[derive(Debug, Section)]
#[section(path = "published", heading = "[[published]]")]
pub(crate) struct PublishedKeys {
    /// Name of the arm.
    #[key(required, example = "everolimus")]
    pub(crate) arm: At<String>,
    /// Name of the arm against which, for the hazard ratios and for them alone.
    #[key(absent = "a figure of one arm", example = "placebo")]
    pub(crate) against: Option<At<String>>,
    /// What was measured. Medians are in months; shares in percent; `response_rate` counts complete and partial
    /// responses, `any_shrinkage` a best change below 0, `progressive_disease` progression as best response,
    /// `first_scan_progression` progression or death by the first scan, `discontinuation` and `dose_change`
    /// drugs stopped, and doses held, reduced or stopped, for adverse events of drugs, `dose_intensity` that of
    /// the first drug, `early_cga` a fall of chromogranin A by 30 % after 4 weeks in
    /// those in whom it was above twice the upper limit of normal.
    #[key(required, example = "pfs_median")]
    pub(crate) endpoint: At<PublishedEndpoint>,
    /// Time in months of 30.4375 days, for `pfs_rate`, `os_rate` and `dose_limiting` and for them alone.
    #[key(above(0.0, 600.0), absent = "a figure of no time", example = 18)]
    pub(crate) at: Option<At<f64>>,
    /// The figure: months, percent, or a ratio.
    #[key(number(0.0, 600.0), required, example = 11.0)]
    pub(crate) value: At<f64>,
    /// Its 95 % interval: the lower end, the upper end.
    #[key(Kind::Numbers(Bounds::closed(0.0, 600.0)), absent = "none published", example = [8.4, 13.9])]
    pub(crate) interval: Option<At<Vec<At<f64>>>>,
    /// Who read the scans: it is held against what the same reader sees here.
    #[key(name = "reader", absent = "nobody, or it is not known: that of [assessment]", example = "central")]
    pub(crate) read_by: Option<ScanReader>,
    /// Time from the first patient's entry to the cut-off of the data: it is held against what is seen here until
    /// then.
    #[key(absent = "not known, or told by `follow_up`: that of [trial]", example = "30 mo", form = NearestDays)]
    pub(crate) cutoff: Option<u32>,
    /// Median follow-up, from which the cut-off follows: as long after the median day of entry, which is half of the
    /// accrual by uniform accrual and 0.71 of it by linear.
    #[key(absent = "not known, or told by `cutoff`", example = "17 mo", form = NearestDays)]
    pub(crate) follow_up: Option<u32>,
    /// Whether responses had to be seen twice (after `confirmation` of \[assessment\], or 28 d where that is 0);
    /// for `response_rate` and `disease_control` alone.
    #[key(absent = "not known: as [assessment] has it", example = true)]
    pub(crate) confirmed: Option<bool>,
    /// How well the figure and these circumstances are known: A read in the primary source, B in a secondary one, C
    /// from memory or inferred.
    #[key(default = "C", example = "A")]
    pub(crate) grade: Confidence,
    /// What is not known of it, or rests on memory.
    #[key(default = "", example = "confirmation is not in the abstract")]
    pub(crate) doubt: String,
    /// What it did for this model: parameters were fitted to it; it shaped a default; it was held out.
    #[key(required, example = "predicted")]
    pub(crate) role: Role,
    /// Where it was published.
    #[key(required, example = "NEJM 2011;364:514")]
    pub(crate) source: String,
}

fn published(
    reader: &Reader<'_>,
    arms: &ArmsRead,
    conduct: Option<&Conduct>,
    limits: Limits<'_>,
) -> Option<Published> {
    let keys = PublishedKeys::read(reader)?;
    let PublishedKeys { arm: name, against, endpoint, at, value, .. } = &keys;
    let arm = arms.find(reader.cx, name);
    let other = against.as_ref().map(|name| arms.find(reader.cx, name));
    pairing(reader, endpoint);
    timed(reader, endpoint);
    circumstances(reader, endpoint);
    let timing = match (keys.cutoff, keys.follow_up) {
        (Some(days), _) => FigureTiming::Cutoff(days),
        (None, Some(days)) => FigureTiming::FollowUp(days),
        (None, None) => FigureTiming::Unknown,
    };
    if let Some(conduct) = conduct {
        seen_by_then(reader, endpoint, at.as_ref(), timing.cutoff(conduct), conduct, limits);
    }
    if let (Some(arm), Some(Some(other)), Some(place)) = (arm, other, against) {
        arms.differ(reader.cx, (arm, other), place);
    }
    if let Some(arm) = arm {
        second_line(reader, endpoint, arms.arms.as_ref().and_then(|all| all.get(arm)), name);
    }
    within(reader, endpoint, value);
    let interval = match &keys.interval {
        Some(ends) => Some(ends_of(reader, endpoint, ends, Some(value))?),
        None => None,
    };
    if other == Some(None) {
        return None;
    }
    Some(Published {
        arm: arm?,
        against: other.flatten(),
        endpoint: endpoint.value,
        at_months: at.as_ref().map(|at| at.value),
        value: value.value,
        interval,
        reader: keys.read_by,
        timing,
        confirmed: keys.confirmed,
        grade: keys.grade,
        doubt: keys.doubt,
        role: keys.role,
        source: keys.source,
    })
}

impl PublishedKeys {
    /// The keys of a figure.
    pub fn of(figure: &Published, arms: &[Arm]) -> PublishedKeys {
        let name = |arm: usize| At::new(arms.get(arm).map_or(String::new(), |arm| arm.name.clone()), 0..0);
        let at = |value: f64| At::new(value, 0..0);
        PublishedKeys {
            arm: name(figure.arm),
            against: figure.against.map(name),
            endpoint: At::new(figure.endpoint, 0..0),
            at: figure.at_months.map(at),
            value: at(figure.value),
            interval: figure.interval.map(|(low, high)| At::new(vec![at(low), at(high)], 0..0)),
            read_by: figure.reader,
            cutoff: if let FigureTiming::Cutoff(days) = figure.timing { Some(days) } else { None },
            follow_up: if let FigureTiming::FollowUp(days) = figure.timing { Some(days) } else { None },
            confirmed: figure.confirmed,
            grade: figure.grade,
            doubt: figure.doubt.clone(),
            role: figure.role,
            source: figure.source.clone(),
        }
    }
}

/// Reports a ratio without a second arm, and a second arm of what is no ratio.
fn pairing(reader: &Reader<'_>, endpoint: &At<PublishedEndpoint>) {
    let name = endpoint.value.name();
    match (endpoint.value.figure() == FigureKind::Ratio, reader.given("against")) {
        (true, None) => Diagnostic::error(endpoint.span.clone(), format!("`{name}` without `against`"))
            .label("expected `against` beside it: a ratio is of one arm to another")
            .help("add for example `against = \"placebo\"`")
            .report(reader.cx),
        (false, Some((span, _))) => {
            Diagnostic::error(span, format!("`against` with `{name}`, a figure of one arm"))
                .label("expected only with a hazard ratio")
                .related(endpoint.span.clone(), "the end point")
                .help("remove `against`, or write one [[published]] for each arm")
                .report(reader.cx)
        }
        _ => {}
    }
}

/// Reports a time that is missing, or means nothing.
fn timed(reader: &Reader<'_>, endpoint: &At<PublishedEndpoint>) {
    let name = endpoint.value.name();
    match (endpoint.value.has_time(), reader.given("at")) {
        (true, None) => Diagnostic::error(endpoint.span.clone(), format!("`{name}` without `at`"))
            .label("expected `at` beside it: the time in months")
            .help("add for example `at = 18`")
            .report(reader.cx),
        (false, Some((span, _))) => {
            Diagnostic::error(span, format!("`at` with `{name}`, which is of no time"))
                .label("expected only with `pfs_rate`, `os_rate` or `dose_limiting`")
                .related(endpoint.span.clone(), "the end point")
                .help("remove `at`")
                .report(reader.cx)
        }
        _ => {}
    }
}

/// Reports a reader of what nobody reads, and a confirmation of what is seen once.
fn circumstances(reader: &Reader<'_>, endpoint: &At<PublishedEndpoint>) {
    reader.exclusive(
        "cutoff",
        "follow_up",
        "remove `follow_up`: the cut-off is what it would be turned into",
    );
    let of = endpoint.value;
    let needless = [
        ("reader", of.has_reader(), "a figure that no scans are read for"),
        ("confirmed", of.has_confirmation(), "which no response has to be confirmed for"),
    ];
    for (key, has, why) in needless {
        let Some((span, _)) = reader.given(key).filter(|_| !has) else { continue };
        Diagnostic::error(span, format!("`{key}` with `{}`, {why}", of.name()))
            .label("expected no such key")
            .related(endpoint.span.clone(), "the end point")
            .help(format!("remove `{key}`"))
            .report(reader.cx);
    }
}

/// Reports a figure that is read when nothing, or nothing more, is seen.
fn seen_by_then(
    reader: &Reader<'_>,
    endpoint: &At<PublishedEndpoint>,
    at: Option<&At<f64>>,
    own: Option<u32>,
    conduct: &Conduct,
    limits: Limits<'_>,
) {
    let (key, place) = cutoff_place(reader);
    if let Some(days) = own {
        let limits =
            Limits { first_scan: limits.first_scan.filter(|_| endpoint.value.has_reader()), ..limits };
        limits.cutoff(reader, key, days);
    }
    let end = limits.end.map(|(end, _)| end);
    let (Some(at), Some(last)) = (at, own.or(conduct.cutoff).or(end)) else { return };
    let months = f64::from(last) / DAYS_PER_MONTH;
    if endpoint.value.has_time() && at.value > months {
        let end = limits.end.filter(|_| conduct.cutoff.is_none()).map(|(_, place)| place.clone());
        let related = if own.is_some() { place } else { end.unwrap_or(0..0) };
        Diagnostic::error(
            at.span.clone(),
            format!("a rate at {} months, when the follow-up is over", number_text(at.value)),
        )
        .label(format!("expected at most {} months", number_text((months * 10.0).floor() / 10.0)))
        .related(related, "the follow-up ends here")
        .help("write an earlier time, or a later cut-off, and a later `end` in [time] if need be")
        .report(reader.cx);
    }
}

/// Reports a figure of the second line of an arm that has none.
fn second_line(reader: &Reader<'_>, endpoint: &At<PublishedEndpoint>, arm: Option<&Arm>, name: &At<String>) {
    if endpoint.value != PublishedEndpoint::SecondLinePfsMedian
        || arm.is_none_or(|arm| arm.therapy.lines.len() > 1)
    {
        return;
    }
    Diagnostic::error(endpoint.span.clone(), "a figure of the second line of an arm with one line")
        .label("expected an arm with two lines")
        .related(name.span.clone(), "the arm")
        .help("add the line to the arm, or leave the figure out")
        .report(reader.cx);
}

fn bounds(endpoint: PublishedEndpoint) -> (&'static str, &'static Bounds) {
    match endpoint.figure() {
        FigureKind::Months => ("months", &MONTHS),
        FigureKind::Percent => ("percent", &PERCENT),
        FigureKind::Ratio => ("as a ratio", &RATIO),
    }
}

/// Reports a figure that the end point cannot have.
fn within(reader: &Reader<'_>, endpoint: &At<PublishedEndpoint>, value: &At<f64>) -> bool {
    let (unit, bounds) = bounds(endpoint.value);
    if bounds.contain(value.value) {
        return true;
    }
    let (name, figure) = (endpoint.value.name(), number_text(value.value));
    Diagnostic::error(value.span.clone(), format!("`{name}` cannot be {figure} {unit}"))
        .label(format!("expected a number {}", bounds.text()))
        .related(endpoint.span.clone(), "the end point")
        .help("medians are in months, shares in percent, ratios as they are")
        .report(reader.cx);
    false
}

/// The two ends of an interval; `None` if they are wrong.
fn ends_of(
    reader: &Reader<'_>,
    endpoint: &At<PublishedEndpoint>,
    ends: &At<Vec<At<f64>>>,
    value: Option<&At<f64>>,
) -> Option<(f64, f64)> {
    let [low, high] = &ends.value[..] else {
        return Diagnostic::error(
            ends.span.clone(),
            format!("an interval of {}", plural(ends.value.len(), "number")),
        )
        .label("expected two: the lower end and the upper end")
        .help("write for example `interval = [8.4, 13.9]`, or leave it out if an end is not known")
        .fail(reader.cx);
    };
    if !within(reader, endpoint, low) | !within(reader, endpoint, high) {
        return None;
    }
    let text = |at: &At<f64>| number_text(at.value);
    if low.value >= high.value {
        return Diagnostic::error(ends.span.clone(), "an interval whose ends are in the wrong order")
            .label("expected the lower end first")
            .help(format!("write `interval = [{}, {}]`", text(high), text(low)))
            .fail(reader.cx);
    }
    if let Some(value) = value.filter(|v| v.value < low.value || v.value > high.value) {
        Diagnostic::warning(value.span.clone(), format!("{} is not within its interval", text(value)))
            .label(format!("expected a number from {} to {}", text(low), text(high)))
            .related(ends.span.clone(), "the interval")
            .help("correct the figure or its interval")
            .report(reader.cx);
    }
    Some((low.value, high.value))
}
