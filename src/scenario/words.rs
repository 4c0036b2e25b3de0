//! The plan of a therapy in words, for terminals and reports.

use super::model::{
    AfterLastLine, DrugMonitoring, Line, LineEnd, MarkerAction, MarkerTrigger, Monitor, Regimen, Therapy,
    TriggerMarker,
};

/// What each line gives, from when on, by which rule and until when; what goes on beside and after them.
pub fn therapy_text(plan: &Therapy) -> String {
    let mut text = plan.lines.iter().map(line).collect::<Vec<_>>().join("; then ");
    if plan.after_last_line == AfterLastLine::Continue {
        text.push_str(", and on beyond it");
    }
    if !plan.background.is_empty() {
        text.push_str(&format!("; all the time {}", together(&plan.background, " and ")));
    }
    for rule in &plan.monitoring {
        text.push_str(&format!("; {}", monitored(rule)));
    }
    text
}

fn monitored(rule: &DrugMonitoring) -> String {
    let target = match rule.upper {
        Some(upper) => format!("{} to {upper}", rule.lower),
        None => format!("{} or more", rule.lower),
    };
    format!("the dose of {} follows its trough, to {target} ng/mL", rule.drug)
}

fn triggered(rule: &MarkerTrigger) -> String {
    let what = match rule.action {
        MarkerAction::Hold => "paused",
        MarkerAction::EndLine => "ended",
    };
    let when = match (rule.marker, &rule.locus) {
        (TriggerMarker::Ctdna, Some(locus)) => {
            format!("`{locus}` above {} of circulating DNA", rule.fraction.unwrap_or_default())
        }
        _ => format!(
            "chromogranin A above {} times its {}",
            rule.above.unwrap_or_default(),
            rule.reference.map_or("nadir", |reference| reference.word())
        ),
    };
    format!(", {what} at {when}")
}

fn together(regimens: &[Regimen], between: &str) -> String {
    regimens.iter().map(Regimen::to_string).collect::<Vec<_>>().join(between)
}

fn line(line: &Line) -> String {
    let mut text = match line.alternate {
        Some(days) => format!("{} in turns of {days} d", together(&line.regimens, " and ")),
        None => together(&line.regimens, " with "),
    };
    match (line.start, line.delay) {
        (Some(day), _) => text.push_str(&format!(" from day {day}")),
        (None, 0) => {}
        (None, delay) => text.push_str(&format!(" after {delay} d")),
    }
    if let Some(rule) = &line.adaptive {
        let monitor = match rule.monitor {
            Monitor::Visit => "scans".to_owned(),
            Monitor::Every { days } => format!("looks every {days} d"),
        };
        text.push_str(&format!(", off below {} and on above {} at {monitor}", rule.off_below, rule.on_above));
    }
    text.extend(line.trigger.as_ref().map(triggered));
    let ends: Vec<String> = line.until.iter().map(end).collect();
    if !ends.is_empty() {
        text.push_str(&format!(" until {}", ends.join(" or ")));
    }
    if line.beyond_progression > 0 {
        text.push_str(&format!(" and {} d beyond", line.beyond_progression));
    }
    text
}

fn end(end: &LineEnd) -> String {
    match end {
        LineEnd::Progression => "progression".to_owned(),
        LineEnd::Toxicity => "toxicity".to_owned(),
        LineEnd::After { days } => format!("{days} d have passed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    // Reports once had words of their own, which left out all of this but the regimens, and called 168 days after the second
    // line's beginning "day 168".
    #[test]
    fn nothing_that_a_plan_does_is_left_out() {
        let text = "name = \"x\"\nphenotype = \"signalling\"\n[time]\nend = \"720 d\"\n[lattice]\nsize = [40, 40]\n[start]\n\
            [oxygen]\n[vessels]\n[patient]\n[therapy]\nbackground = \"octreotide LAR 30 mg every 28 d\"\n\
            after_last_line = \"continue\"\n[[therapy.line]]\nregimens = \"everolimus 10 mg daily\"\n\
            adaptive = { off_below = 0.9, on_above = 1.0 }\nuntil = \"progression\"\nbeyond_progression = \"28 d\"\n\
            [[therapy.line]]\nregimens = \"sunitinib 37.5 mg daily\"\ndelay = \"14 d\"\nuntil = \"168 d\"\n\
            [[therapy.line]]\nregimens = \"everolimus 5 mg daily\"\nstart = \"400 d\"\n";
        let scenario = crate::scenario::parse(text, "x.toml", Path::new("")).unwrap().scenario;
        assert_eq!(
            therapy_text(&scenario.therapy.unwrap()),
            "everolimus 10 mg daily, off below 0.9 and on above 1 at scans until progression and 28 d beyond; then \
             sunitinib 37.5 mg daily after 14 d until 168 d have passed; then everolimus 5 mg daily from day 400, and on \
             beyond it; all the time octreotide LAR 30 mg every 4 weeks"
        );
    }
}
