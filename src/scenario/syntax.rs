//! What is wrong with a text that is not TOML, and the way out.

use super::error::Diagnostic;
use super::shown::cut;
use super::units::decimal_comma;

/// What is expected, and the way out.
type Advice = (&'static str, String);

/// The finding about a text that is not TOML.
pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or(text.len()..text.len());
    let (expected, help) = advice(text, span.start, error.message());
    Diagnostic::error(span, format!("this is not TOML: {}", error.message()))
        .label(format!("expected {expected}"))
        .help(help)
}

fn advice(text: &str, at: usize, message: &str) -> Advice {
    of_message(message).or_else(|| of_line(text, at)).unwrap_or_else(|| {
        let quotes = "write text and quantities in quotes: `name = \"x\"`, `end = \"720 d\"`";
        ("something else here", quotes.to_owned())
    })
}

/// Advice where the message says enough.
fn of_message(message: &str) -> Option<Advice> {
    let (expected, help) = if message.contains("duplicate key") {
        ("each key once", "remove one of the two, or write [[…]] for a list of sections")
    } else if message.contains("unclosed") {
        ("the end of what was opened", "close each `[`, `{` and quote that is open")
    } else if message.contains("basic string, expected `\"`") {
        ("the end of the text", "close the text with a quote")
    } else if message.contains("extra `=`") {
        ("one `=`", "remove the other")
    } else if message.contains("expected digits") {
        ("digits on both sides of the point", "write for example 0.5 or 5.0")
    } else {
        return None;
    };
    Some((expected, help.to_owned()))
}

/// Advice from what stands around a place.
fn of_line(text: &str, at: usize) -> Option<Advice> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or("");
    let before = &line[..(at - start).min(line.len())];
    let number = before.rsplit(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or("");
    if !number.is_empty() && line[before.len()..].starts_with(',') {
        let written = decimal_comma(&line[before.len() - number.len()..], number.len())?;
        return Some(("a decimal point", format!("write {}", cut(&written.replace(',', ".")))));
    }
    if line.trim_start().starts_with('{') {
        return Some((
            "TOML",
            "write `seed = 1` for each key, and sections as `[time]`: this looks like JSON".into(),
        ));
    }
    let (key, value) = line.split_once(':')?;
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let plain = !key.trim().is_empty() && key.trim().chars().all(bare);
    let pair = format!("{} = {}", key.trim(), value.trim());
    plain.then(|| ("`=` after the key", format!("write `{}`", cut(&pair))))
}

#[cfg(test)]
mod tests {
    use super::syntax;

    // Slips of people who write YAML, JSON or Python, or numbers with a comma: each has a way out of its own.
    #[test]
    fn the_way_out_fits_the_slip() {
        for (text, expected, help) in [
            ("death = 0,04", "a decimal point", "write 0.04"),
            ("x = [1, 2", "the end of what was opened", "close each"),
            ("[time\nend = \"1 d\"", "the end of what was opened", "close each"),
            ("seed: 1", "`=` after the key", "write `seed = 1`"),
            ("a = 1\nname: \"x\"", "`=` after the key", "write `name = \"x\"`"),
            ("{ \"seed\": 1 }", "TOML", "looks like JSON"),
            ("name = \"foo", "the end of the text", "close the text"),
            ("a == 3", "one `=`", "remove"),
            ("growth = .5", "digits on both sides of the point", "0.5"),
            ("a = 1\na = 2", "each key once", "remove one"),
            ("end = 60 d", "something else here", "in quotes"),
            ("end = 60,\u{e9} d", "something else here", "in quotes"),
        ] {
            let error = toml::de::DeTable::parse(text).unwrap_err();
            let found = syntax(text, &error);
            assert_eq!(found.label, format!("expected {expected}"), "{text}");
            assert!(found.help.as_deref().unwrap_or("").contains(help), "{text}: {:?}", found.help);
        }
    }
}
