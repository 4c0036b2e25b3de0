//! A trial without a file: arms in plain words, over the default cohort.

use toml::Value;

use crate::catalogue::Drug;
use crate::scenario::regimen::parse;
use crate::scenario::{Catalogue, MAX_NAME};

/// What a trial has besides its arms: the tumours and visits of the trials that the program ships.
const SETTING: &str = "name = \"arms\"\ndescription = \"Arms from the command line\"\nphenotype = \"signalling\"\n\n\
    [time]\nstep = \"12 h\"\nend = \"1820 d\"\n\n\
    [lattice]\nplacement = \"radius\"\nradius = 4\ncandidates = 16\n\n\
    [start]\nshape = \"nests\"\n\n[oxygen]\n\n[vessels]\n\n\
    [trial]\ntitle = \"Arms from the command line\"\n\n\
    [cohort]\npatients = 60\npopulation = \"radiant-3\"\nagents = 3000\n\n\
    [assessment.visits]\nevery = \"84 d\"\n";

/// The text of a trial's file with an arm for each of `arms`: lines of therapy with ` then ` between them, drugs of a line with ` + `.
///
/// The last line of several ends by progression, every other by progression or toxicity, if its drugs have any.
pub fn trial_of(arms: &[String]) -> String {
    let mut text = SETTING.to_owned();
    for (number, arm) in arms.iter().enumerate() {
        let name = if arm.trim().chars().count() > MAX_NAME {
            format!("arm {}", number + 1)
        } else {
            arm.trim().into()
        };
        text += &format!("\n[[arm]]\nname = {}\n", Value::from(name));
        let lines = lines(arm);
        for (number, line) in lines.iter().enumerate() {
            let last = number > 0 && number + 1 == lines.len();
            let regimens: Vec<Value> = parts(line, "+").into_iter().map(Value::from).collect();
            let until =
                if last || !harms(line) { "\"progression\"" } else { "[\"progression\", \"toxicity\"]" };
            text +=
                &format!("\n[[arm.therapy.line]]\nregimens = {}\nuntil = {until}\n", Value::from(regimens));
        }
    }
    text
}

/// Whether a drug of a line has adverse events, so that they can end it.
fn harms(line: &str) -> bool {
    let drug = |text: &str| Catalogue::embedded().find(&parse(text).ok()?.drug).ok();
    parts(line, "+").iter().filter_map(|regimen| drug(regimen)).any(Drug::has_adverse_events)
}

/// The parts of a text between a word, in whatever case that is written; one that is empty is a part too, and no regimen.
fn parts(text: &str, between: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in text.split_whitespace() {
        match parts.last_mut() {
            Some(part) if !word.eq_ignore_ascii_case(between) => {
                if !part.is_empty() {
                    part.push(' ');
                }
                part.push_str(word);
            }
            _ => parts.push(String::new()),
        }
    }
    parts
}

/// Lines of therapy. `4 weeks then 2 weeks off` is a cycle and not a second line.
fn lines(arm: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts(arm, "then") {
        let first = part.split_whitespace().next().unwrap_or("");
        let is_time = !first.is_empty() && first.chars().all(|c| c.is_ascii_digit());
        match lines.last_mut() {
            Some(line) if is_time => *line += &format!(" then {part}"),
            _ => lines.push(part),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::trial_of;
    use crate::scenario::{MessageStyle, Scenario};
    use crate::trial::file::parse;

    fn read(arms: &[&str]) -> Scenario {
        let arms: Vec<String> = arms.iter().map(|arm| (*arm).to_owned()).collect();
        parse(&trial_of(&arms), "arms", Path::new(""))
            .unwrap_or_else(|e| panic!("{}", e.render(MessageStyle::Plain)))
            .scenario
    }

    // Sequences, combinations and cycles in the words that a regimen has; names are what was typed.
    #[test]
    fn arms_are_lines_of_therapy_in_plain_words() {
        let scenario = read(&[
            "everolimus 10 mg daily then sunitinib 37.5 mg daily",
            "everolimus 10 mg daily + octreotide LAR 30 mg monthly",
            "sunitinib 50 mg daily for 4 weeks then 2 weeks off then 177Lu-DOTATATE 7.4 GBq every 8 weeks x4",
            "best supportive care",
        ]);
        let trial = scenario.trial.unwrap();
        let lines = |arm: usize| {
            trial.arms[arm]
                .therapy
                .lines
                .iter()
                .map(|line| line.regimens.iter().map(|r| r.to_string()).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        assert_eq!(trial.arms[0].name, "everolimus 10 mg daily then sunitinib 37.5 mg daily");
        assert_eq!(lines(0), [["everolimus 10 mg daily"], ["sunitinib 37.5 mg daily"]]);
        assert_eq!(lines(1), [["everolimus 10 mg daily", "octreotide LAR 30 mg every 4 weeks"]]);
        assert_eq!(lines(2)[0], ["sunitinib 50 mg daily, 4 weeks on 2 weeks off"]);
        assert_eq!(lines(2)[1], ["177Lu-DOTATATE 7.4 GBq every 8 weeks x4"]);
        assert_eq!(lines(3), [["best supportive care"]]);
    }

    // Words between drugs are understood in any case; a drug that is missing beside one is missed.
    #[test]
    fn nothing_between_two_words_is_no_drug() {
        let scenario = read(&["everolimus 10 mg daily THEN sunitinib 37.5 mg daily"]);
        assert_eq!(scenario.trial.unwrap().arms[0].therapy.lines.len(), 2);
        for arm in [
            "everolimus 10 mg daily + + sunitinib 50 mg daily",
            "then sunitinib 50 mg daily",
            "sunitinib 50 mg daily then",
        ] {
            let error = parse(&trial_of(&[arm.to_owned()]), "arms", Path::new("")).unwrap_err();
            let shown = error.render(MessageStyle::Plain);
            assert!(shown.contains("the regimen is empty"), "{arm}: {shown}");
        }
    }

    // What is typed cannot leave its text: quotes and new lines are data.
    #[test]
    fn an_arm_is_text_whatever_is_in_it() {
        let typed = "x\" 10 mg daily\n[cohort]".to_owned();
        assert!(parse(&trial_of(&[typed]), "arms", Path::new("")).is_err());
    }
}
