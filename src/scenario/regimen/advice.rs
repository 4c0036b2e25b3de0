//! What is expected in place of a problem, and the way out.

use super::error::{DoseProblem, WrongAmount};
use super::{MAX_COURSES, MAX_DATES, MAX_DAY, MAX_DOSE, MAX_INTERVAL, MAX_TEXT};
use crate::scenario::shown::cut;

/// Units of doses, as messages list them.
const UNITS: &str = "mg, ug, g, mg/kg, mg/m2, GBq, MBq, MU, nM, uM or %";

impl DoseProblem {
    /// What is expected, beginning with that word.
    pub fn expected(&self) -> String {
        self.advice().0
    }

    /// The way out.
    pub fn help(&self) -> String {
        self.advice().1
    }

    fn advice(&self) -> (String, String) {
        use DoseProblem as P;
        let pair = |expected: &str, help: &str| (format!("expected {expected}"), help.to_owned());
        match self {
            P::Empty => pair(
                "a drug, its dose and how often it is given",
                "write for example \"everolimus 10 mg daily\"",
            ),
            P::TooLong { .. } => (
                format!("expected one drug with its schedule, in at most {MAX_TEXT} bytes"),
                "write each drug as a regimen of its own, and a long schedule as a cycle".to_owned(),
            ),
            P::NoDrug => pair("the name of a drug first", "write for example \"everolimus 10 mg daily\""),
            P::NoDose { drug } => (
                expected("a dose with its unit before this"),
                format!("write for example \"{} 10 mg daily\"", cut(drug)),
            ),
            P::NoNumber { unit, .. } => {
                (format!("expected a number before `{unit}`"), format!("write for example \"10 {unit}\""))
            }
            P::NoUnit { number } => (
                expected("a unit after the number: mg, mg/kg, mg/m2, GBq, MU, nM or %"),
                format!("write \"{number} mg\" if milligrams are meant"),
            ),
            P::UnknownUnit { instead: Some(instead), .. } => {
                (format!("expected {UNITS}"), format!("write it in `{instead}`"))
            }
            P::UnknownUnit { .. } => {
                (format!("expected {UNITS}"), format!("use one of {UNITS}, for example \"10 mg\""))
            }
            P::PerDay { dose } => (
                expected("one administration, and how often it is given"),
                format!("write \"{dose} daily\" for one dose a day, or half of it \"twice daily\""),
            ),
            P::DecimalComma { number } => {
                (expected("a decimal point"), format!("write {}", number.replace(',', ".")))
            }
            P::Amount { amount, wrong } => {
                (format!("expected a number above 0, at most {MAX_DOSE}"), of_amount(amount, *wrong))
            }
            P::AboveAll { .. } => pair("a share above 0 %, at most 100 %", "write for example \"80 %\""),
            P::NoRhythm { dose } => (
                expected("how often: daily, twice daily, weekly, every 28 d, on day 10"),
                format!("write for example \"{dose} daily\", or \"{dose} on day 0\" for a single dose"),
            ),
            P::NoDate { dose } => {
                (expected("a date: on day 100"), format!("write for example \"{dose} on day 100\""))
            }
            P::Twice { .. } => pair("it once", "remove one of the two"),
            P::SeveralDrugs { .. } => pair(
                "one drug with its schedule",
                "write each drug as a regimen of its own: [\"everolimus 10 mg daily\", \"sunitinib 37.5 mg daily\"]",
            ),
            P::UnknownWord { near: Some(near), .. } => {
                (expected("how often, phases, courses or dates"), format!("did you mean \"{near}\"?"))
            }
            P::UnknownWord { .. } => pair(
                "how often, phases, courses or dates",
                "for example: daily; every 28 d; 4 weeks on 2 weeks off; days 1-7 of 28; x4; from day 84; until day 168",
            ),
            P::Incomplete { .. } => pair(
                "the rest of the clause",
                "for example: every 28 d; days 1-7 of 28; from day 84; 4 weeks on 2 weeks off",
            ),
            P::Event { .. } => pair(
                "a day, or a length of time",
                "leave it out: when a line ends is said by its `until`; or write for example \"until day 168\"",
            ),
            P::Biweekly => {
                pair("one of the two", "write \"every 2 weeks\", or \"days 1 and 4 of 7\" for twice a week")
            }
            P::PartOfDay { .. } => pair(
                "whole days or weeks; within a day: every 6, 8 or 12 h",
                "write for example \"every 2 d\" or \"every 12 h\"",
            ),
            P::Interval { .. } => (
                format!("expected from 1 to {MAX_INTERVAL} d"),
                "for a single dose write \"on day 0\"; for a few, list their days".to_owned(),
            ),
            P::TimesPerDay { .. } => pair(
                "1, 2, 3, 4, 6, 8, 12 or 24 doses a day",
                "write for example \"twice daily\" or \"every 8 h\"",
            ),
            P::TimesNotDaily => pair(
                "one dose on each of these days",
                "write the dose of the whole day, for example \"10 mg every 2 d\"",
            ),
            P::PhaseDay { .. } => pair(
                "days in ascending order, apart, from 1 to the length of the cycle",
                "write for example \"days 1-7 and 15-21 of 28\"",
            ),
            P::NeverOff => pair(
                "fewer days on the drug than the cycle has",
                "leave the cycle out: without one the drug is given all the time",
            ),
            P::NoPeriod => pair("\"of 28\" after the days", "write for example \"days 1-7 and 15-21 of 28\""),
            P::NoRoom { days } => (
                expected("an interval shorter than each stretch of days on the drug"),
                format!("leave the phases out, or list the days: \"days 1 and {} of …\"", days + 1),
            ),
            P::Conflict { first, second } => {
                (expected("only one of them"), format!("remove {first}, or {second}"))
            }
            P::DateOrder { .. } => pair("ascending days", "put the days in order, each once"),
            P::TooManyDates { .. } => (
                format!("expected at most {MAX_DATES} dates"),
                "write an interval or a cycle: \"every 28 d\", \"days 1-7 of 28\"".to_owned(),
            ),
            P::Courses { .. } => {
                (format!("expected from 1 to {MAX_COURSES}"), "write for example \"x4\"".to_owned())
            }
            P::EndsBeforeStart { first, .. } => (
                expected("an end after the first dose"),
                format!("write \"until day {}\" or later", first + 1),
            ),
            P::TooLate { .. } => (format!("expected at most day {MAX_DAY}"), "use an earlier day".to_owned()),
        }
    }
}

/// The way out of an impossible amount.
fn of_amount(amount: &str, wrong: WrongAmount) -> String {
    match wrong {
        WrongAmount::Zero => {
            "for a time without the drug use phases (\"4 weeks on 2 weeks off\") or another line".to_owned()
        }
        WrongAmount::Negative => format!("write {}", amount.trim_start_matches('-')),
        WrongAmount::TooLarge => "correct the number, or its unit".to_owned(),
    }
}

fn expected(what: &str) -> String {
    format!("expected {what}")
}
