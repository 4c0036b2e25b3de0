//! The nearest of a list of names, for "did you mean" lines.

/// The candidate nearest to `word` if one is near enough to be what was meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    if length > 64 {
        return None;
    }
    // A single letter is as near to any other one.
    let allowed = if length < 2 { 0 } else { (length / 3).max(1) };
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits between the two, where leaving off the tail of a word counts as one.
fn distance(word: &str, candidate: &str) -> usize {
    let candidate = candidate.to_lowercase();
    if word.len() >= 3 && candidate.starts_with(word) {
        return 1;
    }
    strsim::damerau_levenshtein(word, &candidate)
}

/// Names in backquotes, separated by commas, in the order given.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    if quoted.is_empty() { "(none)".to_owned() } else { quoted.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_recognised() {
        let keys = ["birth", "death", "migration", "clearance"];
        assert_eq!(nearest("brith", keys), Some("birth"));
        assert_eq!(nearest("Death", keys), Some("death"));
        assert_eq!(nearest("migr", keys), Some("migration"));
        assert_eq!(nearest("xyz", keys), None);
    }

    // Confidence "D" is not a misspelt "A".
    #[test]
    fn a_single_letter_is_not_taken_for_another_one() {
        assert_eq!(nearest("D", ["A", "B", "C"]), None);
        assert_eq!(nearest("b", ["A", "B", "C"]), Some("B"));
    }
}
