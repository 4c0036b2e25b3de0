//! `[assessment]`: how the patients of a trial are followed.

use super::bounded;
use super::days::{days, positive};
use super::time::Clock;
use super::visits::scans;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{Assessment, Visits};
use crate::scenario::reader::{At, Reader};
use crate::scenario::table::Bounds;

/// Deaths per day.
const HAZARD: Bounds = Bounds::closed(0.0, 1.0);

/// How patients are followed; `None` if it is wrong.
pub(super) fn read(root: &Reader<'_>, clock: &Clock) -> Option<Assessment> {
    let reader = root.table("assessment")?;
    let calendar = reader.table("visits").and_then(|r| scans(&r));
    let jitter = days(&reader, "jitter").flatten();
    let (noise, new_lesions) = (reader.number("noise"), reader.number("new_lesions"));
    let laboratory = positive(&reader, "laboratory", days(&reader, "laboratory").flatten());
    let confirmation = days(&reader, "confirmation").flatten();
    let other_death = bounded::quantity(&reader, "other_death", &HAZARD, "/d");
    let tumour_death = bounded::quantity(&reader, "tumour_death", &HAZARD, "/d");
    let (at, every) = calendar?;
    if let Some(jitter) = &jitter {
        apart(&reader, &at, every, jitter);
    }
    followed(&reader, &at, clock);
    Some(Assessment {
        at,
        every,
        jitter: jitter?.value,
        noise: noise?.value,
        new_lesions: new_lesions?.value,
        laboratory: laboratory?.value,
        confirmation: confirmation?.value,
        other_death: other_death?,
        tumour_death: tumour_death?,
    })
}

/// The calendar of the plans of a trial's arms.
pub(super) fn calendar(assessment: &Assessment) -> Visits {
    Visits { at: assessment.at.clone(), every: assessment.every, baseline_mm: None }
}

/// Reports scans that could be in another order, or before the start.
fn apart(reader: &Reader<'_>, at: &[u32], every: u32, jitter: &At<u32>) {
    let gaps = at.windows(2).map(|pair| pair[1] - pair[0]).chain([every]);
    let gap = gaps.min().unwrap_or(every);
    let first = at.first().copied().unwrap_or(every);
    let (limit, why) = if u64::from(jitter.value) * 2 >= u64::from(gap) {
        (gap.div_ceil(2), format!("scans {gap} d apart could change their order"))
    } else if jitter.value >= first {
        (first, format!("the first scan, on day {first}, could be before the start"))
    } else {
        return;
    };
    let most = limit.saturating_sub(1);
    let found = if reader.has("jitter") { "" } else { ", as it is by default" };
    reader.cx.report(
        Diagnostic::error(jitter.span.clone(), format!("with a jitter of {} d{found}, {why}", jitter.value))
            .label(format!("expected a jitter of at most {most} d"))
            .help(format!("write `jitter = \"{most} d\"` in [assessment], or set scans further apart")),
    );
}

/// Reports a follow-up without any scan.
fn followed(reader: &Reader<'_>, at: &[u32], clock: &Clock) {
    let (Some(end), Some(hours), Some(first)) = (&clock.end, clock.step_hours, at.first()) else {
        return;
    };
    if u64::from(*first) * 24 < u64::from(end.value) * u64::from(hours) {
        return;
    }
    let section = reader.given("visits").map(|(_, section)| section);
    let key = section.and_then(|s| ["at", "first", "every"].iter().find_map(|name| s.get_ref().get(*name)));
    let place = key.map(|k| k.span()).or(section.map(|s| s.span())).unwrap_or(reader.span.clone());
    // Without anything written, what stands there is the end.
    let place = if place.is_empty() { end.span.clone() } else { place };
    let related = if place == end.span { 0..0 } else { end.span.clone() };
    reader.cx.report(
        Diagnostic::error(place, format!("the first scan is on day {first}, when the follow-up is over"))
            .label("expected a scan before the end")
            .related(related, "the follow-up ends here")
            .help("set an earlier visit in [assessment.visits], or a later `end` in [time]"),
    );
}
