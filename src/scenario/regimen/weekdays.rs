//! Days of the week: `Mon/Wed/Fri`, `Mondays, Wednesdays and Fridays`, `Mon-Fri`. A line begins on a Monday.

/// Days of the week, from Monday; a plural has an `s` besides.
const WEEKDAYS: [&[&str]; 7] = [
    &["mon", "monday"],
    &["tue", "tues", "tuesday"],
    &["wed", "weds", "wednesday"],
    &["thu", "thur", "thurs", "thursday"],
    &["fri", "friday"],
    &["sat", "saturday"],
    &["sun", "sunday"],
];

/// Number of a day of the week, from 1 for Monday.
fn weekday(word: &str) -> Option<u32> {
    let singular = word.strip_suffix("days").map(|stem| format!("{stem}day"));
    let word = singular.as_deref().unwrap_or(word);
    WEEKDAYS.iter().position(|names| names.contains(&word)).map(|at| at as u32 + 1)
}

/// Days of the week of a word in lower case, such as `mon/wed/fri` or `mon-fri`; none if it says anything else.
pub(super) fn weekdays(word: &str) -> Vec<u32> {
    let range = |part: &str| match part.split_once(['-', '–']) {
        Some((first, last)) => Some(weekday(first)?..=weekday(last)?),
        None => weekday(part).map(|day| day..=day),
    };
    let parts: Option<Vec<_>> = word.split(['/', '&', '+', ',']).map(range).collect();
    parts.unwrap_or_default().into_iter().flatten().collect()
}

/// Days in a row as ranges.
pub(super) fn ranges(days: &[u32]) -> Vec<(u32, u32)> {
    days.chunk_by(|a, b| a + 1 == *b).map(|run| (run[0], run[run.len() - 1])).collect()
}
