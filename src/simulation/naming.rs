//! How states, times, drugs and outcomes are written in tables and pictures.

use crate::biology::StateSpace;
pub use crate::numbers::count_text;
use crate::scenario::{Locus, Scenario, StateTarget, catalogue_loci};
use crate::tissue::lesion::status;

/// Folder of the pictures.
pub const SNAPSHOTS: &str = "snapshots";
/// Folder of the recorded lattices.
pub const FRAMES: &str = "frames";

/// A state by the names of its levels above 0, as in `rtk=up+gsk3=overactive`; that of level 0 if there is none.
pub fn state_name(space: &StateSpace, loci: &[Locus], code: u32) -> String {
    let parts: Vec<String> = loci
        .iter()
        .enumerate()
        .map(|(l, locus)| (locus, usize::from(space.level(code, l))))
        .filter(|(_, level)| *level != 0)
        .map(|(locus, level)| {
            let name = locus.levels.get(level).map_or_else(|| level.to_string(), Clone::clone);
            format!("{}={name}", locus.name)
        })
        .collect();
    if parts.is_empty() { unchanged(loci) } else { parts.join("+") }
}

/// The state with all loci at level 0: `sensitive`, but where a scenario has loci of its own, by what it calls their level 0,
/// as in `colour=yellow`.
fn unchanged(loci: &[Locus]) -> String {
    let own: Vec<String> = loci.iter().filter_map(own_base).collect();
    if own.is_empty() { "sensitive".to_owned() } else { own.join("+") }
}

/// Level 0 of a locus that is not the catalogue's and whose level 0 is not called sensitive.
fn own_base(locus: &Locus) -> Option<String> {
    let base = locus.levels.first().filter(|base| *base != "sensitive")?;
    let same = |other: &Locus| other.name == locus.name && other.levels.first() == Some(base);
    (!catalogue_loci().iter().any(same)).then(|| format!("{}={base}", locus.name))
}

/// The name of a state for readers: `rtk up + gsk3 overactive`.
pub fn state_words(name: &str) -> String {
    name.replace(['=', '_'], " ").replace('+', " + ")
}

/// A state as [`state_words`], where only blanks about `+` may be broken.
pub fn state_title(space: &StateSpace, loci: &[Locus], code: u32) -> String {
    let name = state_name(space, loci, code);
    let parts: Vec<String> = name.split('+').map(|part| state_words(part).replace(' ', "\u{a0}")).collect();
    parts.join(" + ")
}

/// Names of all states of a space, in the order of its codes.
pub fn state_names(space: &StateSpace, loci: &[Locus]) -> Vec<String> {
    space.codes.iter().map(|code| state_name(space, loci, *code)).collect()
}

/// A step's time in days with at most four decimals.
pub fn day(step: u32, step_hours: u32) -> f64 {
    let hours = u64::from(step) * u64::from(step_hours);
    ((hours * 10_000 + 12) / 24) as f64 / 10_000.0
}

/// The same as text, as in `60` or `60.5`.
pub fn day_text(step: u32, step_hours: u32) -> String {
    day(step, step_hours).to_string()
}

/// Names of the drugs of a bit mask joined by `+`; empty if none is on.
pub fn drugs_text(mask: u32, drugs: &[&str]) -> String {
    let on = drugs.iter().enumerate().filter(|(d, _)| mask & (1 << d) != 0);
    on.map(|(_, drug)| *drug).collect::<Vec<_>>().join("+")
}

/// The words of [`status`] bits joined by `+`, those of targets by their names; `running` if there is none.
pub fn status_text(bits: u32, targets: &[StateTarget]) -> String {
    const WORDS: [(u32, &str); 4] = [
        (status::EXTINCT, "extinct"),
        (status::PROGRESSED, "progressed"),
        (status::BURDEN, "burden"),
        (status::ENDED, "ended"),
    ];
    if bits == status::RUNNING {
        return "running".to_owned();
    }
    let named = targets.iter().enumerate().map(|(t, target)| (status::TARGET << t, target.name.as_str()));
    let words = WORDS.into_iter().chain(named).filter(|(bit, _)| bits & bit != 0);
    words.map(|(_, word)| word).collect::<Vec<_>>().join("+")
}

/// File name of a picture within the output folder: `snapshots/00-day0060h12.png`, where the hour is left out at
/// midnight. Names sort by replicate, then by time.
pub fn picture_name(scenario: &Scenario, replicate: u32, step: u32) -> String {
    format!("{SNAPSHOTS}/{}.png", time_name(scenario, replicate, step))
}

/// File name of a frame within the output folder, as [`picture_name`]: `frames/00-day0060h12.frame`.
pub fn frame_name(scenario: &Scenario, replicate: u32, step: u32) -> String {
    format!("{FRAMES}/{}.frame", time_name(scenario, replicate, step))
}

/// A replicate and a time as file names carry them.
pub fn time_name(scenario: &Scenario, replicate: u32, step: u32) -> String {
    let digits = |n: u64| n.to_string().len();
    let hours = |step: u32| u64::from(step) * u64::from(scenario.time.step_hours);
    let wide = digits(u64::from(scenario.output.detailed_replicates.max(1)) - 1);
    let day_wide = digits(hours(scenario.time.end) / 24);
    let (day, hour) = (hours(step) / 24, hours(step) % 24);
    let hour = if hour == 0 { String::new() } else { format!("h{hour:02}") };
    format!("{replicate:0wide$}-day{day:0day_wide$}{hour}")
}

/// A name as names of files and arrays carry it: letters and digits, with `-` for all else.
pub fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// Names as [`slug`], with numbers where two would be the same.
pub fn slugs<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for plain in names.map(slug) {
        let numbered = (2..).map(|n| format!("{plain}-{n}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|name| !out.contains(name));
        out.extend(free);
    }
    out
}

/// A word or path as a shell takes it.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A number of bytes for people: `812 kB`, `3.4 GB`.
pub fn bytes_text(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", tenths / 10, UNITS[unit])
    }
}

/// A number with so many decimals; what rounds to zero has no sign.
pub fn fixed(x: f64, decimals: usize) -> String {
    let text = format!("{x:.decimals$}");
    match text.strip_prefix('-') {
        Some(zero) if !zero.contains(|c: char| c.is_ascii_digit() && c != '0') && x.is_finite() => {
            zero.to_owned()
        }
        _ => text,
    }
}

/// A difference, as [`fixed`] with its sign.
pub fn signed(x: f64, decimals: usize) -> String {
    let text = fixed(x, decimals);
    let more = x > 0.0 && text != fixed(0.0, decimals);
    if more { format!("+{text}") } else { text }
}

/// A median in months with its interval; what is not reached is `NR`, and what has no interval at all, as that of one patient, has none.
pub fn median_text([median, low, high]: [Option<f64>; 3], dash: &str) -> String {
    let one = |x: Option<f64>| x.map_or_else(|| "NR".to_owned(), |x| fixed(x, 1));
    match (low, high) {
        (None, None) => one(median),
        _ => format!("{} ({}{dash}{})", one(median), one(low), one(high)),
    }
}

/// A number with what it counts: `1 day`, `1,234 days`.
pub fn counted(count: u64, what: &str) -> String {
    format!("{} {}", count_text(count), plural(what, count == 1))
}

/// What there is one of, or several.
pub fn plural(what: &str, is_one: bool) -> String {
    if is_one { what.to_owned() } else { format!("{what}s") }
}

/// With a capital first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_titles() {
        let text = "name = \"t\"\nloci = [\"gsk3\", \"rtk\"]\n[time]\nend = \"1 d\"\n[lattice]\nsize = [8, 8]\n\
                    placement = \"neighbour\"\n[start]\nshape = \"random\"\ndensity = 0.5\n\
                    composition = { \"gsk3=overactive, rtk=up\" = 0.5 }\n[rates]\nbirth = \"0.1 /d\"\ndeath = \"0.1 /d\"\n";
        let scenario = crate::scenario::parse(text, "t", std::path::Path::new("")).unwrap().scenario;
        let space = StateSpace::new(&scenario);
        let titles: Vec<String> =
            space.codes.iter().map(|c| state_title(&space, &scenario.loci, *c)).collect();
        assert!(titles.contains(&"sensitive".to_owned()));
        // Pictures had "tsc one_hit" where plots had "tsc one hit".
        assert_eq!(state_words("fkbp12_frb=frb_mutant+rtk=up"), "fkbp12 frb frb mutant + rtk up");
        let plain: Vec<String> = space.codes.iter().map(|c| state_name(&space, &scenario.loci, *c)).collect();
        assert!(titles.iter().zip(plain).all(|(t, name)| t.replace('\u{a0}', " ") == state_words(&name)));
        assert!(titles.contains(&"gsk3\u{a0}overactive + rtk\u{a0}up".to_owned()), "{titles:?}");
    }

    // Cells of a locus with the levels yellow and blue, without any drug, were called sensitive.
    #[test]
    fn level_0_is_called_what_its_file_calls_it() {
        let locus = |name: &str, levels: &[&str]| Locus {
            name: name.into(),
            levels: levels.iter().map(|l| (*l).to_owned()).collect(),
            description: String::new(),
            birth_factor: vec![1.0; levels.len()],
            network: Vec::new(),
            changes: Vec::new(),
        };
        let (colour, shape) = (locus("colour", &["yellow", "blue"]), locus("shape", &["round", "long"]));
        let drug = locus("resistance", &["sensitive", "resistant"]);
        let rtk = catalogue_loci().iter().find(|l| l.name == "rtk").unwrap().clone();
        assert_eq!(unchanged(&[]), "sensitive");
        assert_eq!(unchanged(&[rtk.clone(), drug.clone()]), "sensitive");
        assert_eq!(unchanged(std::slice::from_ref(&colour)), "colour=yellow");
        assert_eq!(unchanged(&[rtk, colour, drug, shape]), "colour=yellow+shape=round");
        assert_eq!(unchanged(&[locus("rtk", &["low", "up"])]), "rtk=low");
    }

    #[test]
    fn days_are_decimal() {
        assert_eq!(day_text(120, 12), "60");
        assert_eq!(day_text(121, 12), "60.5");
        assert_eq!(day_text(1, 1), "0.0417");
        assert_eq!(day_text(7, 8), "2.3333");
        assert_eq!(day_text(9, 6), "2.25");
        assert_eq!(day_text(u32::MAX, 24), "4294967295");
    }

    #[test]
    fn status_bits_have_words() {
        assert_eq!(status_text(0, &[]), "running");
        assert_eq!(status_text(status::ENDED | status::EXTINCT, &[]), "extinct+ended");
    }

    // A drug named with a `/` could not be drawn: its file was in a folder that is not there.
    #[test]
    fn names_of_drugs_are_fit_for_files() {
        assert_eq!(slug("177lu-dotatate"), "177lu-dotatate");
        assert_eq!(slug("Ex amp/li.sib-5"), "Ex-amp-li-sib-5");
        assert_eq!(slug("../up"), "up");
        assert_eq!(slugs(["a/b", "a b", "a-b"].into_iter()), ["a-b", "a-b-2", "a-b-3"]);
    }

    // "−0.0" and "+0.0" said of which sign a difference was that is not one.
    #[test]
    fn what_rounds_to_zero_has_no_sign() {
        let both = |x| (fixed(x, 1), signed(x, 1));
        for x in [0.0, -0.0, 0.04, -0.04] {
            assert_eq!(both(x), ("0.0".to_owned(), "0.0".to_owned()), "{x}");
        }
        assert_eq!(both(-0.06), ("-0.1".to_owned(), "-0.1".to_owned()));
        assert_eq!(both(12.34), ("12.3".to_owned(), "+12.3".to_owned()));
        assert_eq!(both(f64::INFINITY), ("inf".to_owned(), "+inf".to_owned()));
        assert_eq!((fixed(-0.4, 0), signed(-0.4, 0), signed(0.6, 0)), ("0".into(), "0".into(), "+1".into()));
    }

    // "46.8 (NR-NR)" stood beside the one patient of an arm.
    #[test]
    fn medians_without_an_interval_have_none() {
        let text = |all| median_text(all, "-");
        assert_eq!(text([Some(8.2), Some(2.8), None]), "8.2 (2.8-NR)");
        assert_eq!(text([None, Some(20.0), None]), "NR (20.0-NR)");
        assert_eq!((text([Some(46.8), None, None]), text([None, None, None])), ("46.8".into(), "NR".into()));
    }

    #[test]
    fn sizes_and_counts_are_readable() {
        assert_eq!(bytes_text(999), "999 bytes");
        assert_eq!(bytes_text(1_500), "1.5 kB");
        assert_eq!(bytes_text(12_000_000), "12 MB");
        assert_eq!(bytes_text(3_400_000_000), "3.4 GB");
        assert_eq!(count_text(7), "7");
        assert_eq!(count_text(1_234_567), "1,234,567");
        assert_eq!([0, 1, 1234].map(|n| counted(n, "day")), ["0 days", "1 day", "1,234 days"]);
    }
}
