//! The plan of a therapy in the effective scenario: every regimen in its canonical text.

use super::{Writer, plain, quoted};
use crate::scenario::keys;
use crate::scenario::model::{AdverseEvents, AfterLastLine, Line, LineEnd, Monitor, Regimen, Therapy};
use crate::scenario::table::Section;
use crate::scenario::units::hours_text;

/// Sections of a plan.
#[derive(Debug)]
pub(super) struct Sections {
    plan: &'static Section,
    visits: Option<&'static Section>,
    events: &'static Section,
    line: &'static Section,
}

/// Those of a scenario's plan.
pub(super) static OF_SCENARIO: Sections = Sections {
    plan: &keys::THERAPY,
    visits: Some(&keys::VISITS),
    events: &keys::ADVERSE_EVENTS,
    line: &keys::LINE,
};

/// Those of the plan of an arm, whose visits are the trial's.
pub(super) static OF_ARM: Sections = Sections {
    plan: &keys::ARM_THERAPY,
    visits: None,
    events: &keys::ARM_ADVERSE_EVENTS,
    line: &keys::ARM_LINE,
};

/// Writes a plan in these sections.
pub(super) fn write(out: &mut Writer, plan: &Therapy, sections: &Sections) {
    out.section(sections.plan);
    out.written.push("regimen");
    if !plan.background.is_empty() {
        out.key("background", texts(&plan.background));
    }
    let goes_on = plan.after_last_line == AfterLastLine::Continue;
    out.text("after_last_line", if goes_on { "continue" } else { "stop" });
    if let Some(section) = sections.visits {
        out.section(section);
        write_calendar(out, &plan.visits.at, plan.visits.every);
        if let Some(mm) = plan.visits.baseline_mm {
            out.unit("baseline_diameter", mm, "mm");
        }
    }
    out.section(sections.events);
    write_events(out, &plan.toxicity);
    for line in &plan.lines {
        out.section(sections.line);
        write_line(out, line);
    }
}

fn texts(regimens: &[Regimen]) -> String {
    let all: Vec<String> = regimens.iter().map(|r| quoted(&r.to_string())).collect();
    format!("[{}]", all.join(", "))
}

fn days_text(days: u32) -> String {
    hours_text(f64::from(days) * 24.0)
}

/// Writes a time of whole days.
pub(super) fn days(out: &mut Writer, name: &'static str, days: u32) {
    out.text(name, &days_text(days));
}

/// Writes the days of the first visits, and those between later ones.
pub(super) fn write_calendar(out: &mut Writer, at: &[u32], every: u32) {
    days(out, "every", every);
    match at {
        [first] => {
            days(out, "first", *first);
            out.written.push("at");
        }
        _ => {
            let all: Vec<String> = at.iter().map(|d| quoted(&days_text(*d))).collect();
            out.key("at", format!("[{}]", all.join(", ")));
        }
    }
}

fn write_events(out: &mut Writer, events: &AdverseEvents) {
    out.key("events", events.occur.to_string());
    out.number("overlap", events.overlap);
    out.number("background", events.background);
    out.number("grade_2", events.grade_2);
    out.number("grade_4", events.grade_4);
    out.number("grade_4_blood", events.grade_4_blood);
    out.number("intolerable", events.intolerable);
    out.number("not_restarted", events.not_restarted);
    days(out, "longest_hold", events.longest_hold);
}

fn write_line(out: &mut Writer, line: &Line) {
    out.key("regimens", texts(&line.regimens));
    if !line.steps.is_empty() {
        out.key("steps", texts(&line.steps));
    }
    if let Some(start) = line.start {
        days(out, "start", start);
    } else {
        days(out, "delay", line.delay);
    }
    if !line.until.is_empty() {
        let end = |end: &LineEnd| match end {
            LineEnd::Progression => quoted("progression"),
            LineEnd::Toxicity => quoted("toxicity"),
            LineEnd::After { days } => quoted(&days_text(*days)),
        };
        let all: Vec<String> = line.until.iter().map(end).collect();
        out.key("until", format!("[{}]", all.join(", ")));
    }
    days(out, "beyond_progression", line.beyond_progression);
    if let Some(turn) = line.alternate {
        days(out, "alternate", turn);
    }
    if let Some(rule) = &line.adaptive {
        let monitor = match rule.monitor {
            Monitor::Visit => "visit".to_owned(),
            Monitor::Every { days } => days_text(days),
        };
        let (below, above) = (plain(rule.off_below), plain(rule.on_above));
        let value = format!("{{ off_below = {below}, on_above = {above}, monitor = {} }}", quoted(&monitor));
        out.key("adaptive", value);
    }
}
